"""Blocks by their hashes, held against blocks that everybody has."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from jumpstart.chain.blocks import header_hash, receipts_root

EMPTY_TREE = "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"
EMPTY_UNCLES = "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347"

GENESIS = {  # of Ethereum's main chain
    "parentHash": "0x" + "00" * 32,
    "sha3Uncles": EMPTY_UNCLES,
    "miner": "0x" + "00" * 20,
    "stateRoot": "0xd7f8974fb5ac78d9ac099b9ad5018bedc2ce0a72dad1827a1709da30580f0544",
    "transactionsRoot": EMPTY_TREE,
    "receiptsRoot": EMPTY_TREE,
    "logsBloom": "0x" + "00" * 256,
    "difficulty": "0x400000000",
    "number": "0x0",
    "gasLimit": "0x1388",
    "gasUsed": "0x0",
    "timestamp": "0x0",
    "extraData": "0x11bbe8db4e347b4e8c937c1c8370e4b5ed33adb3db69cbdb7a38e1e50b1b82fa",
    "mixHash": "0x" + "00" * 32,
    "nonce": "0x0000000000000042",
}
RECEIPT = {
    "type": "0x2",
    "status": "0x1",
    "cumulativeGasUsed": "0x5208",
    "logsBloom": "0x" + "00" * 256,
    "logs": [],
}


def test_the_first_block_of_ethereum_has_its_hash() -> None:
    assert header_hash(GENESIS) == (
        "0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3"
    )
    for name in GENESIS:
        other = GENESIS[name][:-1] + ("1" if GENESIS[name][-1] != "1" else "2")
        assert header_hash(GENESIS | {name: other}) != header_hash(GENESIS), name


def test_no_receipts_have_the_root_of_nothing() -> None:
    assert receipts_root([]) == EMPTY_TREE


@given(st.integers(1, 140), st.data())
@settings(max_examples=20)
def test_each_receipt_counts_and_so_does_the_order(count: int, data: st.DataObject) -> None:
    receipts = [RECEIPT | {"cumulativeGasUsed": hex(gas)} for gas in range(count)]
    root = receipts_root(receipts)
    assert receipts_root([*receipts, RECEIPT]) != root
    assert receipts_root(receipts[:-1]) != root
    place = data.draw(st.integers(0, count - 1))
    changed = [*receipts]
    changed[place] = changed[place] | {"status": "0x0"}
    assert receipts_root(changed) != root
    if count > 1:
        assert receipts_root(receipts[::-1]) != root


def test_a_log_counts_in_every_part() -> None:
    log = {"address": "0x" + "11" * 20, "topics": ["0x" + "22" * 32], "data": "0x33"}
    root = receipts_root([RECEIPT | {"logs": [log]}])
    changes: tuple[dict[str, Any], ...] = (
        {"address": "0x" + "12" * 20},
        {"topics": ["0x" + "23" * 32]},
        {"topics": []},
        {"data": "0x34"},
    )
    for change in changes:
        assert receipts_root([RECEIPT | {"logs": [log | change]}]) != root
