"""Tokens and coins that nobody had to send: explained where it can be known how they came.

On a chain of its own: coins are explained by old balances, which Anvil forgets of a chain that has lived
long.
"""

from collections.abc import Callable, Iterator
from typing import Any, Literal

import pytest

from jumpstart.audit.audit import audit
from jumpstart.audit.findings import CONSISTENT, INCOMPLETE
from jumpstart.chain.client import Chain
from jumpstart.chain.compiler import Artifacts
from jumpstart.chain.node import LocalNode
from tests.chain.audit import scenes
from tests.chain.conftest import START
from tests.chain.faulty_node import Answer, FaultyNode
from tests.chain.stage import Stage, Trial


@pytest.fixture(scope="module")
def given(chain_kind: Literal["ganache", "anvil"], artifacts: Artifacts) -> Iterator[Trial]:
    """A sale that was given tokens and coins."""
    with LocalNode(chain_kind, start_time=START) as node:
        chain = Chain.connect(node.url, chain_id=node.chain_id, artifacts=artifacts)
        yield scenes.given(Stage(chain))


def test_gifts_are_explained_as_such(given: Trial) -> None:
    """Tokens by their transfers, coins by the blocks in which they came."""
    done = audit(given.chain, given.address, with_code=False)
    assert done.findings.verdict == CONSISTENT
    said = " ".join(each.what for each in done.findings.explained)
    for figure in ("77 of ", "5 of ", "1234 wei", "9 wei"):
        assert figure in said, said


class _Forgetful(FaultyNode):
    """A node that knows balances of the newest block alone."""

    def answer(self, request: Answer, forward: Callable[[str, list[Any]], Answer]) -> Answer:
        if request["method"] == "eth_getBalance":
            newest = forward("eth_blockNumber", [])["result"]
            if request["params"][1] not in (newest, "latest"):
                error = {"code": -32000, "message": "missing trie node"}
                return {"jsonrpc": "2.0", "id": request["id"], "error": error}
        return super().answer(request, forward)


def test_coins_that_cannot_be_explained_are_no_difference(given: Trial) -> None:
    """Else whoever forces a coin on a sale made it look wrong at every node without an archive."""
    with _Forgetful(given.chain.url) as node:
        chain = Chain.connect(node.url, artifacts=given.chain.artifacts)
        done = audit(chain, given.address, with_code=False)
    assert done.findings.all == []
    assert done.findings.verdict == INCOMPLETE
    assert [each.what for each in done.findings.undone] == [
        "where 1234 wei in the sale come from",
        "where 9 wei in the escrow come from",
    ]
    assert all("missing trie node" in each.why for each in done.findings.undone)
