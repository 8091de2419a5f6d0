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

BLOOM: Final = (
    "0x"
    "906bcea33100b8441a4a0c5de35d59013308c3016c15ce661e9b0a186622e471"
    "4485c58587058601d718be14d7ba0d80be199318a800aefd47c7e06a0bad7526"
    "2008cd48504b192bae365d0bce04e17e405c56db06fc3c988e020544d96c45d9"
    "0e0f31684246873f3018d2178148ff757625f37115d0a724a81cee37c63b2210"
    "884dae5e07432398b1dc31431fea424644d36649e140ac5cea31e25d28b02ba8"
    "061e0d1c8bad6f320f7473ccaa12ceb844f9c63ac80fa005ecf30c4c01082278"
    "e192b20b60230782070e0dc26769d13636b0c413cd250594531735e26010e54d"
    "89ff6048ca0002b019ecbda696d1eb060d7dde60f3b2f4cb4e4182f885d137b1"
)
BLOCK: Final[dict[str, Any]] = {
    "parentHash": "0xb2b49c99cba41ed96ab53ff2b172cd867b7d6784fe8ca3c147d211529cde4482",
    "sha3Uncles": "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347",
    "miner": "0x4838b106fce9647bdf1e7877bf73ce8b0bad5f97",
    "stateRoot": "0x62a02785cda0dc514aee2019d96eaefaee29d40428971940e21965805aa5136d",
    "receiptsRoot": "0x52b0138ad6cd29a7b8eab45da3fdbf3ac8ac19b9ea4b0fa85effff7c730b6c83",
    "difficulty": "0x0",
    "number": "0x1316022",
    "gasLimit": "0x1c9c380",
    "gasUsed": "0xd3b755",
    "timestamp": "0x665e0b83",
    "extraData": "0x546974616e2028746974616e6275696c6465722e78797a29",
    "mixHash": "0x221ee008a8c5aafb557a4654110c3aeb8ae9c3af0f5ff7271edc7c91b2d95e07",
    "nonce": "0x0000000000000000",
    "baseFeePerGas": "0x3322eaeab",
    "withdrawalsRoot": "0xb18681663754565d0a1b2ba18ee9519e184905f59dfc5edd846fa5909772e1df",
    "blobGasUsed": "0x60000",
    "excessBlobGas": "0x40000",
    "parentBeaconBlockRoot": "0x87c7c94ff2fdca52510b51b932364c1fae94cb20cc9657e6de84f19921745603",
    "transactionsRoot": "0x6365226abe9c20b7754d2b71212edf4815dd6ae80f8e0086ce051f126cc5e478",
    "hash": "0xb5f712d1c6eab970b927eac6e3f1704f297d4acfc860f2b243f61e1771aab3ff",
    "logsBloom": BLOOM,
}
"""Block 20,013,090 of the same chain, of June 2024, after Cancun."""

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


def test_a_block_after_cancun_comes_to_its_hash() -> None:
    """With all fields that forks have added by then; and its bloom is as full as the ADR says."""
    header = read_header(BLOCK, 20_013_090, "node")
    assert header is not None
    assert header.unknown == ()
    share = header.bloom.bit_count() / 2048
    assert round(share**3, 2) == 0.09


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
