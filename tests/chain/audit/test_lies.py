"""A node that lies: it hides an event, changes an amount, serves another fork. That never ends well."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

import pytest

from jumpstart.audit.audit import Audit, audit
from jumpstart.audit.findings import DIFFERENT
from jumpstart.chain.client import Chain
from jumpstart.errors import ChainError
from jumpstart.hashing import keccak256
from tests.chain.audit import scenes
from tests.chain.faulty_node import Answer, FaultyNode
from tests.chain.stage import Stage, Trial

Lie: TypeAlias = Callable[[Answer, Any], Any]
"""What is answered in place of the truth, to a request."""

CLAIMED = "0x" + keccak256(b"Claimed(address,uint256,uint256)").hex()
REDIRECTED = "0x" + keccak256(b"Redirected(address,address)").hex()
TRANSFER = "0x" + keccak256(b"Transfer(address,address,uint256)").hex()


class _Liar(FaultyNode):
    """The real node, but for one lie."""

    def __init__(self, node_url: str, lie: Lie) -> None:
        super().__init__(node_url)
        self._lie = lie

    def answer(self, request: Answer, forward: Callable[[str, list[Any]], Answer]) -> Answer:
        answer = super().answer(request, forward)
        if "result" in answer:
            answer = {**answer, "result": self._lie(request, answer["result"])}
        return answer


@contextmanager
def believing(trial: Trial, lie: Lie) -> Iterator[Chain]:
    """The chain of a trial, through a node that lies."""
    with _Liar(trial.chain.url, lie) as node:
        yield Chain.connect(node.url, artifacts=trial.chain.artifacts)


def lied_to(trial: Trial, lie: Lie, **options: Any) -> Audit:
    with believing(trial, lie) as chain:
        return audit(chain, trial.address, with_code=False, **options)


def _named(log: Any, topic: str) -> bool:
    return bool(log["topics"]) and log["topics"][0] == topic


def _without(topic: str, *methods: str) -> Lie:
    """The first such event is not there."""

    def lie(request: Answer, result: Any) -> Any:
        if request["method"] not in methods or not result:
            return result
        parts = [result] if isinstance(result, dict) else result
        for part in parts:
            if "logs" in part:
                part["logs"] = [log for log in part["logs"] if not _named(log, topic)]
        return (
            [log for log in result if "logs" in log or not _named(log, topic)]
            if isinstance(result, list)
            else result
        )

    return lie


def _with_other_amounts(topic: str) -> Lie:
    """A unit more in each, in logs and in receipts."""

    def raised(log: Any) -> None:
        if _named(log, topic):
            log["data"] = (
                "0x" + (int(log["data"][2:66], 16) + 1).to_bytes(32).hex() + log["data"][66:]
            )

    def lie(request: Answer, result: Any) -> Any:
        if request["method"] == "eth_getLogs":
            for log in result:
                raised(log)
        if request["method"] == "eth_getTransactionReceipt" and result:
            for log in result["logs"]:
                raised(log)
        if request["method"] == "eth_getBlockReceipts" and result:
            for receipt in result:
                for log in receipt["logs"]:
                    raised(log)
        return result

    return lie


@pytest.fixture(scope="module")
def trial(stage: Stage, _module_isolation: None) -> Trial:
    """Some have claimed, one of them to another address."""
    return scenes.settled(stage)


def test_the_truth_is_consistent(trial: Trial) -> None:
    """Told by the same proxy, so that it is the lie which makes the difference below."""
    assert lied_to(trial, lambda request, result: result).findings.all == []


RECEIPTS = ("eth_getTransactionReceipt", "eth_getBlockReceipts")
LIES: dict[str, Lie] = {
    "a redirection hidden everywhere": _without(REDIRECTED, "eth_getLogs", *RECEIPTS),
}
DEEP_LIES: dict[str, Lie] = {
    "an event hidden everywhere": _without(CLAIMED, "eth_getLogs", *RECEIPTS),
    "an event hidden among the logs": _without(CLAIMED, "eth_getLogs"),
    "an event hidden in receipts": _without(CLAIMED, *RECEIPTS),
    "a transfer hidden everywhere": _without(TRANSFER, "eth_getLogs", *RECEIPTS),
    "another amount in an event": _with_other_amounts(CLAIMED),
    "another amount in a transfer": _with_other_amounts(TRANSFER),
}


@pytest.mark.parametrize(
    "name", [*LIES, *(pytest.param(each, marks=pytest.mark.deep) for each in DEEP_LIES)]
)
def test_what_a_node_hides_or_changes_is_found(trial: Trial, name: str) -> None:
    done = lied_to(trial, (LIES | DEEP_LIES)[name])
    assert done.findings.verdict == DIFFERENT
    assert "node" in {each.kind for each in done.findings.all}


def test_a_hidden_event_does_not_hide_behind_a_block_of_its_own(trial: Trial) -> None:
    """All events of the last block are hidden, so that nothing leads to it but the filter in its header."""
    block = hex(trial.chain.block_number())

    def lie(request: Answer, result: Any) -> Any:
        if request["method"] != "eth_getLogs":
            return result
        return [log for log in result if log["blockNumber"] != block]

    findings = lied_to(trial, lie).findings
    assert any(f"logs of block {int(block, 16)}" in each.what for each in findings.all)


def test_a_position_that_is_not_what_it_should_be_is_named(trial: Trial, stage: Stage) -> None:
    """By account, with both figures."""
    buyer = stage.people.buyers[0].address

    def lie(request: Answer, result: Any) -> Any:
        is_word = request["method"] == "eth_getStorageAt" and len(result) > 60
        return hex(int(result, 16) + 1) if is_word else result

    findings = lied_to(trial, lie).findings
    named = [each for each in findings.all if f"position of {buyer}" in each.what]
    assert [int(each.found) - int(each.expected) for each in named] == [1]


def test_another_fork_is_refused(trial: Trial) -> None:
    """Told by the hash that somebody else has given, or by a chain that changes meanwhile."""
    done = lied_to(trial, lambda request, result: result, block_hash="0x" + "11" * 32)
    assert [each.what for each in done.findings.all] == [
        f"hash of block {done.subject.head.number}"
    ]
    asked = 0

    def turned(request: Answer, result: Any) -> Any:
        nonlocal asked
        head = hex(trial.chain.block_number())
        if request["method"] == "eth_getBlockByNumber" and request["params"][0] == head:
            asked += 1
            return {**result, "hash": f"0x{asked:064x}"}
        return result

    with pytest.raises(ChainError, match="rolled back"):
        lied_to(trial, turned)


def test_an_answer_that_is_none_is_no_sale_in_order(trial: Trial) -> None:
    """Where a node answers nonsense for logs, the audit could not be done."""
    answers: tuple[Any, ...] = (None, {}, [], "0x", 7)
    for nonsense in answers:

        def lie(request: Answer, result: Any, given: Any = nonsense) -> Any:
            return given if request["method"] == "eth_getLogs" else result

        with pytest.raises(ChainError):
            lied_to(trial, lie)
