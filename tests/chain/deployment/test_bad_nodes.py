"""Over nodes that lose, forget, lag and refuse, a deployment comes to the same end."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from typing import Final as Constant

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jumpstart.chain.client import Chain
from jumpstart.chain.compiler import Artifacts
from jumpstart.chain.node import LocalNode
from jumpstart.deployment.journal import Entry, Journal
from jumpstart.errors import ChainError
from tests.chain.conftest import DRAWN, START
from tests.chain.deployment.scene import Scene
from tests.chain.deployment.trouble import (
    GWEI,
    IMPATIENT,
    POLICY,
    SIGNERS,
    Trouble,
    deep,
    in_trouble,
    reorg,
)
from tests.chain.faulty_node import ANY, SEND

# ------------------------------------------------------------------------------------ lost


@pytest.mark.parametrize("kind", ["sale", *deep(("platform",))])
def test_what_a_node_takes_and_loses_is_sent_again(
    request: pytest.FixtureRequest, kind: str
) -> None:
    trouble: Trouble = request.getfixturevalue(kind)
    trouble.node.swallow(times=5)
    trouble.run()
    trouble.ends_as_expected()
    assert trouble.node.counts[SEND] >= len(trouble.expected.sent) + 5


@pytest.mark.deep
def test_what_is_dropped_from_the_pool_is_sent_again(sale: Trouble) -> None:
    def drop(sent: str) -> None:
        sale.chain.request("anvil_dropTransaction", sent)

    for _ in range(3):
        sale.node.after(SEND, drop)
    sale.run()
    sale.ends_as_expected()


@pytest.mark.parametrize("signer", SIGNERS)
def test_what_was_accepted_without_an_answer_is_not_sent_twice(sale: Trouble, signer: str) -> None:
    """The connection breaks after the node has the transaction, every time."""
    method = SEND if signer == "key" else "eth_sendTransaction"
    sale.node.drop_after_accepting(method, times=100)
    sale.run(signer=signer)
    sale.ends_as_expected()


def test_what_never_arrived_is_sent_again(sale: Trouble) -> None:
    sale.node.drop_before(SEND, times=4)
    sale.run()
    sale.ends_as_expected()


# ------------------------------------------------------------------------------------ replaced


def test_a_step_whose_number_was_taken_before_gets_another(sale: Trouble) -> None:
    """A foreign transaction is in the pool when ours arrives."""
    sale.when("intent", "apply", sale.foreign)
    sale.run()
    sale.ends_as_expected()
    assert [each["step"] for each in sale.entries("replaced")] == ["apply"]


def test_a_step_whose_transaction_was_pushed_out_gets_another_number(sale: Trouble) -> None:
    """A foreign transaction of the same number pays more than ours, which is in the pool."""

    def push_out() -> None:
        with sale.miner.paused():
            number = sale.chain.nonce(sale.scene.sender.address)
            sale.foreign(number)

    sale.node.after(SEND, lambda sent: push_out())
    sale.run()
    sale.ends_as_expected()


def test_foreign_transactions_in_between_do_no_harm(platform: Trouble) -> None:
    platform.node.before("eth_estimateGas", platform.foreign, times=3)
    platform.node.before("eth_maxPriorityFeePerGas", platform.foreign, times=6)
    platform.run()
    platform.ends_as_expected()


# ------------------------------------------------------------------------------------ late


@pytest.mark.parametrize(
    ("behind", "signer"),
    [
        ((2,), "key"),
        ((0, 3), "wallet"),
        *deep(*(((5, 0, 1), signer) for signer in SIGNERS), ((2,), "wallet"), ((0, 3), "key")),
    ],
)
def test_stale_answers_change_nothing(sale: Trouble, behind: tuple[int, ...], signer: str) -> None:
    """Always behind, or in turns: a load balancer over nodes of different age."""
    sale.node.stale(*behind)
    sale.run(signer=signer)
    sale.ends_as_expected()


def test_a_node_that_refuses_now_and_then_is_asked_again(sale: Trouble) -> None:
    for method in ("eth_getBlockByNumber", "eth_getTransactionReceipt", SEND):
        sale.node.status(method, 429)
        sale.node.refuse(method, "limit exceeded")
        sale.node.status(method, 502)
        sale.node.drop_before(method)
    sale.run()
    sale.ends_as_expected()


def test_a_node_that_dies_and_comes_back_is_waited_for(sale: Trouble) -> None:
    dead = sale.node.dead()

    def die() -> None:
        dead.__enter__()
        threading.Timer(0.6, dead.__exit__, (None, None, None)).start()

    sale.when("intent", "apply", die)
    sale.run()
    sale.ends_as_expected()


def test_a_node_that_stays_away_stops_it_and_it_can_be_resumed(sale: Trouble) -> None:
    dead = sale.node.dead()
    sale.when("sent", "apply", dead.__enter__)
    with pytest.raises(ChainError, match=r"^http://127\.0\.0\.1:\d+ does not answer \(\w+\)$"):
        sale.run(IMPATIENT)
    dead.__exit__(None, None, None)
    sale.run()
    sale.ends_as_expected()


# ------------------------------------------------------------------------------------ all at once

FAULTS: Constant[Mapping[str, Callable[[Trouble], None]]] = {
    "swallow": lambda trouble: trouble.node.swallow(2),
    "drop before": lambda trouble: trouble.node.drop_before(SEND, 2),
    "drop after": lambda trouble: trouble.node.drop_after_accepting(SEND, 2),
    "too many requests": lambda trouble: trouble.node.status(ANY, 429, 5),
    "bad gateway": lambda trouble: trouble.node.status("eth_getTransactionReceipt", 502, 3),
    "stale": lambda trouble: trouble.node.stale(2),
    "flapping": lambda trouble: trouble.node.stale(0, 3, 1),
    "fresh": lambda trouble: trouble.node.stale(0),
    "foreign": lambda trouble: trouble.foreign(),
    "empty pool": lambda trouble: trouble.chain.request("anvil_dropAllTransactions"),
    "re-org of one": lambda trouble: reorg(trouble, 1),
    "re-org of three": lambda trouble: reorg(trouble, 3),
    "base fee": lambda trouble: setattr(trouble.miner, "base_fee", 5 * GWEI),
}
ENTRIES: Constant = 30  # of the journal, about
TROUBLES: Constant = st.lists(
    st.tuples(st.integers(1, ENTRIES), st.sampled_from(sorted(FAULTS))), min_size=2, max_size=8
)
DEEP: Constant = replace(POLICY, confirmations=4, patience_seconds=3.0)
"""One more than the deepest re-org takes back."""


def anything_happens(
    scene: Scene, folder: Path, kind: str, troubles: list[tuple[int, str]]
) -> None:
    """Each fault begins after so many entries; what stops is resumed, and gaps are filled."""
    with (
        pytest.MonkeyPatch.context() as patch,
        in_trouble(scene, kind, folder, patch) as trouble,
    ):
        append, written = Journal.append, [0]

        def acting(self: Journal, entry: str, **content: Any) -> Entry:
            made = append(self, entry, **content)
            written[0] += 1
            for place, name in troubles:
                if place == written[0]:
                    FAULTS[name](trouble)
            return made

        patch.setattr(Journal, "append", acting)
        for _ in range(len(troubles) + 2):
            try:
                trouble.run(DEEP)
                break
            except ChainError as error:
                trouble.node.stale(0)
                if "not of this deployment" in str(error):
                    trouble.foreign(trouble.chain.nonce(scene.sender.address))
        trouble.ends_as_expected()


@pytest.mark.deep
@pytest.mark.timeout(3600)
@settings(DRAWN, max_examples=150, derandomize=False)
@given(troubles=TROUBLES, kind=st.sampled_from(("platform", "sale")))
def test_it_comes_to_the_same_end_whatever_happens(
    artifacts: Artifacts,
    tmp_path_factory: pytest.TempPathFactory,
    troubles: list[tuple[int, str]],
    kind: str,
) -> None:
    """Several faults at once, at any time; other draws in every run. Each on a chain of its own: Anvil
    forgets what was before when it has been taken back many times.
    """
    with LocalNode("anvil", start_time=START) as node:
        scene = Scene(Chain.connect(node.url, artifacts=artifacts))
        anything_happens(scene, tmp_path_factory.mktemp("trouble"), kind, troubles)
