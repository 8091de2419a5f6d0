"""Headers of Ethereum are hashed again, of every layout there is; what is not known is said."""

import re
from typing import Any, Final

import pytest

from jumpstart.chain.blocks import header_hash
from jumpstart.errors import CheckError
from jumpstart.snapshot.fetch.headers import read_header
from jumpstart.snapshot.fetch.logs import Filter

EMPTY_LIST: Final = "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347"
EMPTY_ROOT: Final = "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"

GENESIS: Final[dict[str, Any]] = {
    "number": "0x0",
    "hash": "0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3",
    "parentHash": "0x" + "0" * 64,
    "sha3Uncles": EMPTY_LIST,
    "miner": "0x" + "0" * 40,
    "stateRoot": "0xd7f8974fb5ac78d9ac099b9ad5018bedc2ce0a72dad1827a1709da30580f0544",
    "transactionsRoot": EMPTY_ROOT,
    "receiptsRoot": EMPTY_ROOT,
    "logsBloom": "0x" + "0" * 512,
    "difficulty": "0x400000000",
    "gasLimit": "0x1388",
    "gasUsed": "0x0",
    "timestamp": "0x0",
    "extraData": "0x11bbe8db4e347b4e8c937c1c8370e4b5ed33adb3db69cbdb7a38e1e50b1b82fa",
    "mixHash": "0x" + "0" * 64,
    "nonce": "0x0000000000000042",
    "size": "0x21c",
    "totalDifficulty": "0x400000000",
    "transactions": [],
    "uncles": [],
}
"""The first block of Ethereum's main chain, as nodes answer it."""

LATER: Final = {
    "baseFeePerGas": "0x7",
    "withdrawalsRoot": EMPTY_ROOT,
    "blobGasUsed": "0x20000",
    "excessBlobGas": "0x0",
    "parentBeaconBlockRoot": "0x" + "b" * 64,
    "requestsHash": "0x" + "c" * 64,
}


def test_the_first_block_of_ethereum_comes_to_its_hash() -> None:
    """Which everybody knows."""
    header = read_header(GENESIS, 0, "node")
    assert header is not None
    assert header.hash == GENESIS["hash"]
    assert header.unknown == ()


@pytest.mark.parametrize("name", LATER)
def test_each_field_is_part_of_the_hash(name: str) -> None:
    """From London to Prague; one that is left out or changed is a lie."""
    names = list(LATER)[: list(LATER).index(name) + 1]
    header = {**GENESIS, **{each: LATER[each] for each in names}}
    header["hash"] = header_hash(header)
    assert read_header(header, 0, "node") is not None
    without = {key: value for key, value in header.items() if key != name}
    changed = {**header, name: header[name][:-1] + "9"}
    for lie in (without, changed):
        words = (
            rf"^node: block 0 has the hash {header['hash']}, its header comes to 0x[0-9a-f]{{64}}$"
        )
        with pytest.raises(CheckError, match=words):
            read_header(lie, 0, "node")


def test_fields_of_other_chains_are_named() -> None:
    """Where they belong to the hash, it cannot be made; where they do not, it is."""
    foreign = {**GENESIS, "l1BlockNumber": "0x5"}
    assert read_header(foreign, 0, "node") == read_header(GENESIS, 0, "node")
    strange = read_header({**foreign, "hash": "0x" + "a" * 64}, 0, "node")
    assert strange is not None
    assert strange.unknown == ("l1BlockNumber",)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"number": "0x1"}, "node: block 0 was asked for, its header says 1"),
        ({"stateRoot": None}, "node: block 0: its header is malformed"),
        ({"logsBloom": "0xzz"}, "node: block 0: its header is malformed"),
        ({"hash": "0x12"}, "node: block 0: its hash is malformed: 0x12"),
    ],
)
def test_malformed_headers_are_refused(change: dict[str, Any], message: str) -> None:
    """By the field, in one line."""
    with pytest.raises(CheckError, match=re.escape(message)):
        read_header({**GENESIS, **change}, 0, "node")
    with pytest.raises(CheckError, match="node: block 0 is list, expected an object"):
        read_header([], 0, "node")


def test_a_block_that_is_not_there_is_none() -> None:
    """A node that is behind answers so."""
    assert read_header(None, 5, "node") is None


def test_a_bloom_has_what_was_put_in() -> None:
    """Three bits for the address and for each topic; one bit less and it is certain."""
    address = "0x7ef66b77759e12caf3ddb3e4aff524e577c59d8d"
    topic = "0xe9e44f9f7da8c559de847a3232b57364adc0354f15a2cd8dc636d54396f9587a"
    wanted = Filter(address=address, topics=(topic,))
    bits = [bit for item in (address, topic) for bit in bits_of(item)]
    bloom = sum({1 << bit for bit in bits})
    assert wanted.may_be_in(bloom)
    for bit in bits:
        assert not wanted.may_be_in(bloom & ~(1 << bit))
    assert Filter(address=address, topics=(None, ("0x" + "1" * 64, topic))).may_be_in(bloom)
    assert not Filter(address=address, topics=(("0x" + "1" * 64,),)).may_be_in(bloom)


def bits_of(item: str) -> list[int]:
    """By web3's own library."""
    from eth_utils.crypto import keccak

    digest = keccak(hexstr=item)
    return [(digest[place] << 8 | digest[place + 1]) & 2047 for place in (0, 2, 4)]
