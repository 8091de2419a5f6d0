"""Blocks by their hashes: what a header and the receipts of a block come to.

The hash of a block binds its header, which binds the root of its receipts: whoever has the hash of a block
needs to believe nobody about the events in it. Written after the Yellow Paper, EIP-2718 and the forks that
have added fields to the header. Knows answers of JSON-RPC; asks nobody.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import rlp  # type: ignore[import-untyped]

from jumpstart.chain.trie import root_of
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


def header_hash(header: Mapping[str, Any]) -> str:
    """The hash of a block with this header, as `eth_getBlockByNumber` has it."""
    return "0x" + keccak256(header_bytes(header)).hex()


def header_bytes(header: Mapping[str, Any]) -> bytes:
    """The header as it is hashed."""
    fields: list[Any] = [_bytes(header[name]) for name in _BYTES]
    fields += [int(header[name], 16) for name in _NUMBERS]
    fields += [_bytes(header[name]) for name in _AFTER]
    for name, is_number in _LATER:
        if header.get(name) is not None:
            value = header[name]
            fields.append(int(value, 16) if is_number else _bytes(value))
    encoded: bytes = rlp.encode(fields)
    return encoded


def receipts_root(receipts: Sequence[Mapping[str, Any]]) -> str:
    """The root of a block with exactly these receipts, in their order, as nodes answer them."""
    return "0x" + root_of(receipt_items(receipts)).hex()


def receipt_items(receipts: Sequence[Mapping[str, Any]]) -> dict[bytes, bytes]:
    """The tree of a block's receipts: each by its key, as it is hashed."""
    return {rlp.encode(place): _receipt(receipt) for place, receipt in enumerate(receipts)}


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


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text[2:])
