"""Blocks by their hashes: what a header and the receipts of a block come to.

The hash of a block binds its header, which binds the root of its receipts: whoever has the hash of a block
needs to believe nobody about the events in it. Written after the Yellow Paper, EIP-2718 and the forks that
have added fields to the header. Knows answers of JSON-RPC; asks nobody.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import rlp  # type: ignore[import-untyped]

from jumpstart.hashing import keccak256

_BYTES: Final = (
    "parentHash",
    "sha3Uncles",
    "miner",
    "stateRoot",
    "transactionsRoot",
    "receiptsRoot",
    "logsBloom",
)
_NUMBERS: Final = ("difficulty", "number", "gasLimit", "gasUsed", "timestamp")
_AFTER: Final = ("extraData", "mixHash", "nonce")
_LATER: Final = (
    ("baseFeePerGas", True),  # London
    ("withdrawalsRoot", False),  # Shanghai
    ("blobGasUsed", True),  # Cancun
    ("excessBlobGas", True),
    ("parentBeaconBlockRoot", False),
    ("requestsHash", False),  # Prague
)
"""What forks have added, in their order, and whether it is a number."""

_HASH_SIZE: Final = 32
_BRANCHES: Final = 16


def header_hash(header: Mapping[str, Any]) -> str:
    """The hash of a block with this header, as `eth_getBlockByNumber` has it."""
    fields: list[Any] = [_bytes(header[name]) for name in _BYTES]
    fields += [int(header[name], 16) for name in _NUMBERS]
    fields += [_bytes(header[name]) for name in _AFTER]
    for name, is_number in _LATER:
        if header.get(name) is not None:
            value = header[name]
            fields.append(int(value, 16) if is_number else _bytes(value))
    return "0x" + keccak256(rlp.encode(fields)).hex()


def receipts_root(receipts: Sequence[Mapping[str, Any]]) -> str:
    """The root of a block with exactly these receipts, in their order, as nodes answer them."""
    items = [
        (_nibbles(rlp.encode(place)), _receipt(receipt)) for place, receipt in enumerate(receipts)
    ]
    return "0x" + keccak256(rlp.encode(_node(items))).hex()


def _receipt(receipt: Mapping[str, Any]) -> bytes:
    kind = int(receipt.get("type") or "0x0", 16)
    logs = [
        [_bytes(log["address"]), list(map(_bytes, log["topics"])), _bytes(log["data"])]
        for log in receipt["logs"]
    ]
    fields = [
        int(receipt["status"], 16),
        int(receipt["cumulativeGasUsed"], 16),
        _bytes(receipt["logsBloom"]),
        logs,
    ]
    encoded: bytes = rlp.encode(fields)
    return bytes([kind]) + encoded if kind else encoded


# A Merkle-Patricia tree over (path in nibbles, value).


def _node(items: list[tuple[bytes, bytes]]) -> Any:
    if not items:
        return b""
    if len(items) == 1:
        path, value = items[0]
        return [_packed(path, is_leaf=True), value]
    shared = _shared([path for path, _ in items])
    if shared:
        rest = [(path[shared:], value) for path, value in items]
        return [_packed(items[0][0][:shared], is_leaf=False), _reference(_node(rest))]
    branches = [
        _reference(
            _node([(path[1:], value) for path, value in items if path[:1] == bytes([nibble])])
        )
        for nibble in range(_BRANCHES)
    ]
    return [*branches, next((value for path, value in items if not path), b"")]


def _reference(node: Any) -> Any:
    if node == b"":
        return node
    encoded = rlp.encode(node)
    return node if len(encoded) < _HASH_SIZE else keccak256(encoded)


def _shared(paths: Sequence[bytes]) -> int:
    """How many nibbles all begin with."""
    first, last = min(paths), max(paths)
    pairs = zip(first, last, strict=False)
    return next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(first), len(last)))


def _nibbles(key: bytes) -> bytes:
    return bytes(nibble for byte in key for nibble in (byte >> 4, byte & 15))


def _packed(path: bytes, *, is_leaf: bool) -> bytes:
    flag = 2 * is_leaf + len(path) % 2
    nibbles = bytes([flag, *path]) if len(path) % 2 else bytes([flag, 0, *path])
    return bytes(a << 4 | b for a, b in zip(nibbles[::2], nibbles[1::2], strict=True))


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text[2:])
