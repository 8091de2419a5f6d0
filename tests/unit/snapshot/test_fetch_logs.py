"""What a node answers is read strictly, and becomes rows exactly."""

import random
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jumpstart.errors import CheckError, InputError
from jumpstart.snapshot.fetch.logs import Filter, parsed
from jumpstart.snapshot.fetch.tables import TRANSFERS
from jumpstart.snapshot.fetch.transfers import TRANSFER
from jumpstart.snapshot.transfers import COLUMNS

TOKEN: Final = "0x" + "7" * 40
SENDER: Final = "0x" + "a" * 40
RECEIVER: Final = "0x" + "b" * 40
WANTED: Final = Filter(address=TOKEN, topics=(TRANSFER,))


def log(block: int = 5, place: int = 0, amount: int = 1, **changed: Any) -> dict[str, Any]:
    return {
        "blockNumber": hex(block),
        "logIndex": hex(place),
        "blockHash": f"0x{block:064x}",
        "transactionHash": f"0x{place:064x}",
        "address": TOKEN,
        "topics": [TRANSFER, "0x" + SENDER[2:].rjust(64, "0"), "0x" + RECEIVER[2:].rjust(64, "0")],
        "data": f"0x{amount:064x}",
        "removed": False,
        **changed,
    }


@settings(deadline=None)
@given(
    amounts=st.dictionaries(
        st.tuples(st.integers(0, 9), st.integers(0, 9)), st.integers(0, 2**256 - 1), max_size=20
    ),
    again=st.integers(0, 5),
    draw=st.randoms(use_true_random=False),
)
def test_order_and_repetition_do_not_matter(
    amounts: dict[tuple[int, int], int], again: int, draw: random.Random
) -> None:
    """Each log once, in the order of the chain, its amount to the last unit."""
    answer = [log(*place, amount=amount) for place, amount in amounts.items()]
    answer += answer[:again]
    draw.shuffle(answer)
    batch = TRANSFERS.batch(parsed(answer, WANTED, 0, 9, "node"))
    assert batch.schema.names == list(COLUMNS)
    rows = batch.to_pylist()
    found = [((row["block_number"], row["log_index"]), int(row["value"])) for row in rows]
    assert found == sorted(amounts.items())
    assert {row["from_address"] for row in rows} <= {SENDER}


def test_upper_case_is_lower_case() -> None:
    """Nodes differ in how they spell."""
    plain = log(amount=0xAB)
    upper = {
        name: "0x" + value[2:].upper() if isinstance(value, str) else value
        for name, value in plain.items()
    }
    assert parsed([upper], WANTED, 0, 9, "node") == parsed([plain], WANTED, 0, 9, "node")


def test_removed_logs_are_no_rows() -> None:
    """Whatever else they say."""
    gone = log(removed=True, blockHash=None, address="0x1")
    assert parsed([gone, log()], WANTED, 5, 5, "node") == parsed([log()], WANTED, 5, 5, "node")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"blockNumber": None}, "log 0x0 of block None: blockNumber is malformed: None"),
        ({"blockNumber": 5}, "blockNumber is malformed: 5"),
        ({"blockNumber": "0x5 "}, "blockNumber is malformed"),
        ({"logIndex": "0x"}, "logIndex is malformed: 0x"),
        ({"blockHash": "0x12"}, "blockHash is malformed: 0x12"),
        ({"transactionHash": "12"}, "transactionHash is malformed: 12"),
        ({"data": "0x1"}, "data is malformed: 0x1"),
        ({"topics": [TRANSFER] * 5}, "topics is malformed"),
        ({"topics": None}, "topics is malformed: None"),
        ({"topics": ["0x1"]}, "topics is malformed"),
        ({"address": SENDER}, f"log 0 of block 5 is of {SENDER}, expected {TOKEN}"),
        ({"topics": []}, f"has topic 0 none, expected {TRANSFER}"),
        ({"blockNumber": "0xa"}, "log 0 of block 10 was sent, asked for blocks 5 to 9"),
        ({"blockNumber": "0x4"}, "log 0 of block 4 was sent, asked for blocks 5 to 9"),
    ],
)
def test_a_log_that_cannot_be_is_refused(changed: dict[str, Any], message: str) -> None:
    """By its place, and what is wrong with it."""
    with pytest.raises(CheckError) as caught:
        parsed([log(), log(**changed)], WANTED, 5, 9, "node")
    assert message in str(caught.value)
    assert str(caught.value).startswith("node: log ")


def test_two_logs_at_one_place_are_refused() -> None:
    """One of them is of a block that the chain has dropped."""
    other = log(transactionHash="0x" + "e" * 64)
    with pytest.raises(
        CheckError, match=r"^node: log 0 of block 5 is of transaction 0x0+ and of 0xe+"
    ):
        parsed([log(), other], WANTED, 0, 9, "node")


@pytest.mark.parametrize("answer", [None, {}, "0x", [1], [None]])
def test_an_answer_that_is_none_is_refused(answer: Any) -> None:
    """A list of objects it must be."""
    with pytest.raises(CheckError, match=r"^node: (eth_getLogs gives|a log is) "):
        parsed(answer, WANTED, 0, 9, "node")


@pytest.mark.parametrize(
    "changed",
    [
        {"topics": [*log()["topics"], "0x" + "1" * 64], "data": "0x"},
        {"topics": [TRANSFER], "data": "0x" + "1" * 192},
        {"data": "0x"},
        {"data": "0x" + "1" * 128},
        {"topics": [TRANSFER, "0x" + "f" * 64, "0x" + "f" * 64]},
    ],
)
def test_another_kind_of_transfer_is_no_fungible_token(changed: dict[str, Any]) -> None:
    """ERC-721 has a fourth topic; others have other data."""
    (found,) = parsed([log(**changed)], WANTED, 0, 9, "node")
    with pytest.raises(
        InputError, match=f"^{TOKEN} is no fungible token: its Transfer in log 0 of"
    ):
        TRANSFERS.batch([found])


def test_filters_are_asked_as_nodes_take_them() -> None:
    """Blocks in hexadecimal, both included; choices as lists."""
    wanted = Filter(address=TOKEN, topics=(TRANSFER, None, (SENDER, RECEIVER)))
    assert wanted.between(10, 255) == {
        "fromBlock": "0xa",
        "toBlock": "0xff",
        "address": TOKEN,
        "topics": [TRANSFER, None, [SENDER, RECEIVER]],
    }
    assert Filter(address=TOKEN).within("0x1") == {"blockHash": "0x1", "address": TOKEN}
