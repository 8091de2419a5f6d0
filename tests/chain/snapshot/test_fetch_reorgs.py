"""Blocks that the chain replaces, while they are fetched or between two runs, are fetched again."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from eth_account.signers.local import LocalAccount

from jumpstart.chain.client import Chain
from jumpstart.chain.compiler import Artifacts
from jumpstart.chain.node import LocalNode
from jumpstart.errors import ChainError
from tests.chain.conftest import START
from tests.chain.faulty_node import FaultyNode
from tests.chain.snapshot.scene import QUICK, History, bytes_of, rows_of


@pytest.fixture
def history(artifacts: Artifacts, deployer: LocalAccount) -> Iterator[History]:
    """On Anvil whatever chain the others run on: it can be made to go back."""
    with LocalNode("anvil", start_time=START) as node:
        yield History.played(Chain.connect(node.url, artifacts=artifacts), deployer)


@pytest.fixture(autouse=True)
def _undone() -> None:
    """Nothing has to be: every test has its own."""


def reorganise(history: History, depth: int, *, again: int = 2) -> None:
    """The last blocks are replaced by others with other transfers, and at least as many."""
    height = history.chain.block_number()
    history.chain.request("anvil_reorg", depth, [])
    # What the client counted for the account was in blocks that are gone.
    history.chain = Chain.connect(history.chain.url, artifacts=history.chain.artifacts)
    history.token = history.chain.contract("ProjectToken", history.token.address)
    history.rows = [row for row in history.rows if row[0] <= height - depth]
    history.send(again)
    history.chain.mine()


def test_a_reorg_between_two_runs_is_repaired(history: History, tmp_path: Path) -> None:
    """What was before it is kept, what it replaced is not; the bytes are those of a new fetch."""
    history.chain.mine(3)
    history.send(3)
    history.through = history.chain.block_number()
    work = tmp_path / "work"
    before = rows_of(history.fetch(work))
    reorganise(history, 4)
    fetched = history.fetch(work)
    expected = history.fetch(tmp_path / "expected")
    assert bytes_of(fetched) == bytes_of(expected)
    assert rows_of(fetched) == [row for row in history.rows if row[0] <= history.through] != before
    assert any("were replaced by the chain" in note for note in fetched.notes)
    assert fetched.block_hashes == expected.block_hashes


def test_a_reorg_deeper_than_all_that_was_fetched_is_repaired(
    history: History, tmp_path: Path
) -> None:
    """All but the creation is gone."""
    work = tmp_path / "work"
    history.fetch(work)
    reorganise(history, history.through - history.created - 1)
    if (missing := history.through - history.chain.block_number()) > 0:
        history.chain.mine(missing)
    fetched = rows_of(history.fetch(work))
    assert fetched == [row for row in history.rows if row[0] <= history.through]


@pytest.mark.parametrize("request_number", [1, 3, 6])
def test_a_reorg_in_the_middle_is_repaired(
    history: History, tmp_path: Path, request_number: int
) -> None:
    """Whichever answers came before it, and whichever after."""
    left = [request_number]

    def once(act: Callable[[], None]) -> Callable[[], None]:
        def acting() -> None:
            left[0] -= 1
            if left[0] == 0:
                act()

        return acting

    policy = replace(QUICK, first_span=8, requests=1)
    with FaultyNode(history.chain.url) as node:
        node.before("eth_getLogs", once(lambda: reorganise(history, 6)), times=request_number)
        fetched = history.fetch(tmp_path / "work", node.url, policy=policy)
    assert left == [0]
    assert rows_of(fetched) == [row for row in history.rows if row[0] <= history.through]
    assert bytes_of(fetched) == bytes_of(history.fetch(tmp_path / "expected"))


def test_a_chain_that_stays_shorter_stops_it(history: History, tmp_path: Path) -> None:
    """The last block is not there any more; when it is again, the fetch goes on."""
    work = tmp_path / "work"
    history.fetch(work)
    history.chain.request("anvil_rollback", 3)
    with pytest.raises(
        (ChainError, ValueError), match=rf"block {history.through} is not there yet"
    ):
        history.fetch(work)
    history.chain.mine(4)
    rows = [row for row in history.rows if row[0] <= history.through - 3]
    assert rows_of(history.fetch(work)) == rows
