"""Nodes that fail are survived with the same bytes; nodes that lie are refused in one line."""

import itertools
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

import pytest

from jumpstart.chain.blocks import header_hash
from jumpstart.chain.node import LocalNode
from jumpstart.errors import ChainError, CheckError, InputError
from tests.chain.conftest import leave_to_anvil
from tests.chain.faulty_node import FaultyNode, Reply
from tests.chain.snapshot.scene import QUICK, SUPPLY, History, bytes_of, rows_of

LOGS: Final = "eth_getLogs"
HEADER: Final = "eth_getBlockByNumber"
SUPPLY_SLOT: Final = 0x05345CDF77EB68F44C
"""Where Solady's ERC-20 keeps the supply."""

Logs: TypeAlias = list[dict[str, Any]]


@pytest.fixture
def faulty(history: History) -> Iterator[FaultyNode]:
    with FaultyNode(history.chain.url) as node:
        yield node


@pytest.fixture(scope="module")
def expected(history: History, tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """What an undisturbed fetch writes."""
    fetched = history.fetch(tmp_path_factory.mktemp("expected") / "work")
    assert rows_of(fetched) == history.rows
    return bytes_of(fetched)


def span_of(params: list[Any]) -> int:
    wanted = params[0]
    if "blockHash" in wanted:
        return 1
    return int(wanted["toBlock"], 16) - int(wanted["fromBlock"], 16) + 1


# ---------------------------------------------------------------------------------------- survived


def limits_ranges(node: FaultyNode) -> None:
    node.reject(LOGS, lambda params: span_of(params) > 3)


def takes_one_block(node: FaultyNode) -> None:
    node.reject(LOGS, lambda params: span_of(params) > 1, Reply(status=413))


def gateway_times_out(node: FaultyNode) -> None:
    node.reject(LOGS, lambda params: span_of(params) > 5, Reply(status=504))


def cuts_its_answers(node: FaultyNode) -> None:
    reply = Reply(body=b'{"jsonrpc":"2.0","id":1,"result":[{"addr', promised=5_000)
    node.reject(LOGS, lambda params: span_of(params) > 5, reply)


def is_no_json(node: FaultyNode) -> None:
    node.respond(LOGS, Reply(body=b"<html>busy</html>"), times=5)


def asks_for_patience(node: FaultyNode) -> None:
    node.respond(LOGS, Reply(status=429, headers={"Retry-After": "1"}), times=2)


def is_busy_in_words(node: FaultyNode) -> None:
    node.refuse(LOGS, "daily request count exceeded, request rate limited", times=3)


def hangs_up(node: FaultyNode) -> None:
    node.drop_before(LOGS, times=2)
    node.drop_after_accepting(HEADER, times=2)


def takes_no_batches(node: FaultyNode) -> None:
    node.takes_batches = False


def has_no_finality(node: FaultyNode) -> None:
    node.reject(HEADER, lambda params: params[0] == "finalized", message="unknown block tag")


def has_no_old_states(node: FaultyNode) -> None:
    for method in ("eth_getCode", "eth_call"):
        node.reject(method, lambda params: True, message="missing trie node")


def lags(node: FaultyNode) -> None:
    node.stale(0, 9, 0)


def mixes_its_answers(node: FaultyNode) -> None:
    node.change(LOGS, lambda params, logs: logs[::-1] + logs[:2])


def sends_what_was_removed(node: FaultyNode) -> None:
    def with_removed(params: list[Any], logs: Logs) -> Logs:
        return [*logs, *({**log, "blockHash": "0x" + "9" * 64, "removed": True} for log in logs)]

    node.change(LOGS, with_removed)


def caps_silently(node: FaultyNode) -> None:
    node.change(LOGS, lambda params, logs: logs[:7] if span_of(params) > 1 else logs)


def caps_even_one_block(node: FaultyNode) -> None:
    node.change(LOGS, lambda params, logs: logs[:10])


def drops_a_page_now_and_then(node: FaultyNode) -> None:
    turn = itertools.count()
    node.change(LOGS, lambda params, logs: logs[: len(logs) // 2] if next(turn) % 5 == 2 else logs)


def drops_the_last_log_always(node: FaultyNode) -> None:
    node.change(LOGS, lambda params, logs: logs[:-1])


def knows_no_logs_at_all(node: FaultyNode) -> None:
    node.change(LOGS, lambda params, logs: [])


def has_a_hole(node: FaultyNode) -> None:
    """The index of a node can lack logs that their blocks have."""
    node.change(LOGS, lambda params, logs: [log for log in logs if log["logIndex"] != "0x1"])


SURVIVED: Final = (
    *(limits_ranges, takes_one_block, gateway_times_out, cuts_its_answers, is_no_json),
    *(asks_for_patience, is_busy_in_words, hangs_up, takes_no_batches, has_no_finality),
    *(has_no_old_states, lags, mixes_its_answers, sends_what_was_removed, caps_silently),
    *(caps_even_one_block, drops_a_page_now_and_then, drops_the_last_log_always),
    *(knows_no_logs_at_all, has_a_hole),
)


ON_THE_WAY: Final = (
    *(takes_one_block, gateway_times_out, cuts_its_answers, is_no_json, asks_for_patience),
    *(is_busy_in_words, hangs_up),
)
"""Faults between us and a node, whichever it is."""


@pytest.mark.parametrize("fault", SURVIVED, ids=lambda fault: fault.__name__)
def test_a_node_that_fails_is_survived(
    history: History,
    faulty: FaultyNode,
    expected: list[bytes],
    tmp_path: Path,
    fault: Callable[[FaultyNode], None],
) -> None:
    """By itself, with the bytes of an undisturbed fetch."""
    if fault in ON_THE_WAY:
        leave_to_anvil(history.chain)
    fault(faulty)
    first = history.created if fault is has_no_old_states else None
    assert bytes_of(history.fetch(tmp_path / "work", faulty.url, first=first)) == expected


def test_one_good_node_is_enough(
    history: History, faulty: FaultyNode, expected: list[bytes], tmp_path: Path
) -> None:
    """The other answers half of what it should, and then nothing any more."""
    faulty.change(LOGS, lambda params, logs: logs[::2])
    faulty.status(LOGS, 503, times=10**6)
    work = tmp_path / "work"
    assert bytes_of(history.fetch(work, faulty.url, history.chain.url)) == expected


def test_a_fetch_that_ran_out_of_patience_goes_on(
    history: History, faulty: FaultyNode, expected: list[bytes], tmp_path: Path
) -> None:
    """One line says who did not answer what; what was written down is not asked for again."""
    late = threading.Event()

    def is_late(params: list[Any]) -> bool:
        first = int(params[0].get("fromBlock", "0x0"), 16)
        return not late.is_set() and first > history.created + 14

    faulty.reject(LOGS, is_late, Reply(status=503))
    impatient = replace(QUICK, patience_seconds=0.3, first_span=4)
    words = r"^http://127.0.0.1:\d+ answers with HTTP status 503 \(eth_getLogs of block \d+\), for 0.3 s now$"
    with pytest.raises(ChainError, match=words):
        history.fetch(tmp_path / "work", faulty.url, policy=impatient)
    late.set()
    asked: list[int] = []

    def noted(params: list[Any], logs: Logs) -> Logs:
        asked.append(int(params[0].get("fromBlock", "0xffff"), 16))
        return logs

    faulty.change(LOGS, noted)
    assert bytes_of(history.fetch(tmp_path / "work", faulty.url)) == expected
    assert min(asked) > history.created + 4


# ---------------------------------------------------------------------------------------- refused


def in_every(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[Any, Logs], Logs]:
    return lambda params, logs: [change(log) for log in logs]


def says_another_hash(node: FaultyNode, block: int) -> None:
    def changed(params: list[Any], header: dict[str, Any]) -> dict[str, Any]:
        lies = header and header["number"] == hex(block)
        return {**header, "hash": "0x" + "5" * 64} if lies else header

    node.change(HEADER, changed)


def says_another_time(node: FaultyNode, block: int) -> None:
    def changed(params: list[Any], header: dict[str, Any]) -> dict[str, Any]:
        lies = header and header["number"] == hex(block)
        return {**header, "timestamp": "0x1"} if lies else header

    node.change(HEADER, changed)


def says_another_block(node: FaultyNode, block: int) -> None:
    node.change(
        LOGS,
        in_every(
            lambda log: (
                {**log, "blockHash": "0x" + "6" * 64} if log["blockNumber"] == hex(block) else log
            )
        ),
    )


def sends_another_token(node: FaultyNode, block: int) -> None:
    node.change(LOGS, in_every(lambda log: {**log, "address": "0x" + "7" * 40}))


def sends_another_event(node: FaultyNode, block: int) -> None:
    node.change(LOGS, in_every(lambda log: {**log, "topics": ["0x" + "8" * 64]}))


def sends_another_range(node: FaultyNode, block: int) -> None:
    node.change(LOGS, in_every(lambda log: {**log, "blockNumber": "0x0"}))


def sends_half_a_log(node: FaultyNode, block: int) -> None:
    node.change(LOGS, in_every(lambda log: {**log, "data": "0x123"}))


def sends_an_invented_log(node: FaultyNode, block: int) -> None:
    """It fits everything but the balances."""

    def more(params: list[Any], logs: Logs) -> Logs:
        found = [log for log in logs if log["blockNumber"] == hex(block)][:1]
        return [*logs, *({**log, "logIndex": "0xfff"} for log in found)]

    node.change(LOGS, more)


def sends_another_amount(node: FaultyNode, block: int) -> None:
    node.change(LOGS, in_every(lambda log: {**log, "data": "0x" + "0" * 63 + "1"}))


def is_of_another_token(node: FaultyNode, block: int) -> None:
    """As ERC-721 has it: the token's number is a fourth topic."""
    node.change(
        LOGS, in_every(lambda log: {**log, "topics": [*log["topics"], log["data"]], "data": "0x"})
    )


REFUSED: Final = (
    (says_another_hash, r"block (\d+) has the hash 0x5{64}, its header comes to 0x[0-9a-f]{64}$"),
    (says_another_time, r"block (\d+) has the hash 0x[0-9a-f]{64}, its header comes to 0x[0-9a-f]"),
    (says_another_block, r"^block (\d+) has the hash 0x[0-9a-f]{64}, its logs say 0x6{64}$"),
    (sends_another_token, r"log \d+ of block \d+ is of 0x7{40}, expected 0x[0-9a-f]{40}$"),
    (sends_another_event, r"log \d+ of block \d+ has topic 0 0x8{64}, expected 0xddf252ad"),
    (sends_another_range, r"log \d+ of block 0 was sent, asked for blocks \d+ to \d+$"),
    (sends_half_a_log, r"log 0x\d+ of block 0x[0-9a-f]+: data is malformed: 0x123$"),
    (sends_an_invented_log, r"log 4095 of block (\d+) was sent, the receipts of the block have"),
    (sends_another_amount, r"log \d+ of block \d+ was sent, the receipts of the block have \d+"),
    (
        is_of_another_token,
        r"^0x[0-9a-f]{40} is no fungible token: its Transfer in log \d+ of block",
    ),
)


@pytest.mark.parametrize(("lie", "message"), REFUSED, ids=[lie.__name__ for lie, _ in REFUSED])
def test_a_node_that_lies_is_refused(
    history: History,
    faulty: FaultyNode,
    tmp_path: Path,
    lie: Callable[[FaultyNode, int], None],
    message: str,
) -> None:
    """In one line with the block, what was expected and what was found; no file is written."""
    block = history.rows[-3][0]
    lie(faulty, block)
    with pytest.raises((CheckError, InputError), match=message) as caught:
        history.fetch(tmp_path / "work", faulty.url)
    if "(" in message.replace("\\(", ""):
        assert str(block) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_nodes_that_disagree_are_refused(
    history: History, faulty: FaultyNode, tmp_path: Path
) -> None:
    """Each header comes to its hash; there are two for one block."""
    block = history.blocks[1]

    def forged(params: list[Any], header: dict[str, Any]) -> dict[str, Any]:
        if not header or header["number"] != hex(block):
            return header
        other = {**header, "extraData": "0x01"}
        return {**other, "hash": header_hash(other)}

    faulty.change(HEADER, forged)
    words = rf"^block {block} has the hash 0x[0-9a-f]{{64}} by http.*, 0x[0-9a-f]{{64}} by http"
    with pytest.raises(CheckError, match=words):
        history.fetch(tmp_path / "work", history.chain.url, faulty.url)


def test_nodes_of_two_chains_are_refused(
    history: History, faulty: FaultyNode, tmp_path: Path, chain_kind: Literal["ganache", "anvil"]
) -> None:
    """By the id, or where that is the same by the first block; and a checkpoint of another chain."""
    work = tmp_path / "work"
    history.fetch(work)
    words = r"^block 0 has the hash 0x\w{64} by http.*, 0x\w{64} by http"
    with (
        LocalNode(chain_kind, start_time=1_700_000_000) as other,
        pytest.raises(CheckError, match=words),
    ):
        history.fetch(tmp_path / "new", history.chain.url, other.url, first=0)
    faulty.change("eth_chainId", lambda params, result: "0x53a")
    with pytest.raises(CheckError, match=r"is of chain 1337, http://127.0.0.1:\d+ of chain 1338$"):
        history.fetch(tmp_path / "new", history.chain.url, faulty.url)
    with pytest.raises(InputError, match="chainId is 1337, expected 1338: it is of another fetch"):
        history.fetch(work, faulty.url)


def test_fields_that_nobody_knows_are_said(
    history: History, faulty: FaultyNode, expected: list[bytes], tmp_path: Path
) -> None:
    """The hash of such a header cannot be made again; that is no lie, and no proof."""
    faulty.change(HEADER, lambda params, header: header and {**header, "l1BlockNumber": "0x1"})
    fetched = history.fetch(tmp_path / "work", faulty.url)
    assert bytes_of(fetched) == expected
    faulty.change(HEADER, lambda params, header: header and {**header, "timestamp": "0x1"})
    fetched = history.fetch(tmp_path / "again", faulty.url)
    assert any("could not be checked" in note for note in fetched.notes)


def test_a_token_that_changes_without_transfers_is_refused(
    history: History, tmp_path: Path
) -> None:
    """The first block is named in which it does; no receipt shows what is not there."""
    history.chain.set_storage(history.token.address, SUPPLY_SLOT, SUPPLY + 1)
    history.chain.mine(2)
    changed = history.chain.block_number()
    words = (
        r"^block (\d+): totalSupply\(\) is 10{23}1, the transfers come to 10{24}: logs are missing"
    )
    with pytest.raises(CheckError, match=words) as caught:
        history.fetch(tmp_path / "work", blocks=[history.blocks[0], changed])
    named = int(str(caught.value).split()[1].rstrip(":"))
    supply = history.token.call("totalSupply", block=named)
    assert supply == SUPPLY + 1
    assert history.token.call("totalSupply", block=named - 1) == SUPPLY
