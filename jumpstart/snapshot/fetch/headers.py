"""Headers: the blocks that logs are pinned to.

A header is believed when its fields come to its hash. Where a chain has fields that are not known
here, they cannot be added up, and that is said; a field less or one that is wrong is a lie.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from jumpstart.chain.blocks import header_hash
from jumpstart.errors import CheckError

_KNOWN: Final = frozenset(
    {
        *("parentHash", "sha3Uncles", "miner", "stateRoot", "transactionsRoot", "receiptsRoot"),
        *("logsBloom", "difficulty", "number", "gasLimit", "gasUsed", "timestamp", "extraData"),
        *("mixHash", "nonce", "baseFeePerGas", "withdrawalsRoot", "blobGasUsed", "excessBlobGas"),
        *("parentBeaconBlockRoot", "requestsHash"),
        # What stands beside the header in an answer.
        *("hash", "size", "totalDifficulty", "transactions", "uncles", "withdrawals", "author"),
    }
)
_HASH: Final = re.compile(r"0x[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Header:
    """Of a block. `unknown` are fields that its hash may be made of, and nobody here knows how; they
    are empty where the hash was made again.
    """

    number: int
    hash: str
    parent_hash: str
    receipts_root: str
    bloom: int
    transactions: tuple[str, ...]
    unknown: tuple[str, ...]


def read_header(answer: Any, number: int, node: str) -> Header | None:
    """The header in an answer to eth_getBlockByNumber; None where the node has no such block.

    Raises `CheckError` for one that is malformed, of another block, or whose fields do not come to
    its hash.
    """
    if answer is None:
        return None
    where = f"{node}: block {number}"
    if not isinstance(answer, Mapping):
        raise CheckError(f"{where} is {type(answer).__name__}, expected an object")
    try:
        stated = str(answer["hash"]).lower()
        header = Header(
            number=int(answer["number"], 16),
            hash=stated,
            parent_hash=str(answer["parentHash"]).lower(),
            receipts_root=str(answer["receiptsRoot"]).lower(),
            bloom=int(answer["logsBloom"], 16),
            transactions=tuple(map(_name, answer.get("transactions") or ())),
            unknown=tuple(sorted(answer.keys() - _KNOWN)),
        )
        made = _made(answer)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CheckError(f"{where}: its header is malformed: {error}") from None
    if header.number != number:
        raise CheckError(f"{where} was asked for, its header says {header.number}")
    if _HASH.fullmatch(stated) is None:
        raise CheckError(f"{where}: its hash is malformed: {stated[:80]}")
    if made == stated:
        return Header(**{**vars(header), "unknown": ()})
    if not header.unknown:
        raise CheckError(f"{where} has the hash {stated}, its header comes to {made}")
    return header


def _made(answer: Mapping[str, Any]) -> str | None:
    try:
        return header_hash(answer)
    except (KeyError, TypeError, ValueError, OverflowError):
        if answer.keys() <= _KNOWN:
            raise
        return None


def _name(transaction: Any) -> str:
    name = transaction["hash"] if isinstance(transaction, Mapping) else transaction
    return str(name).lower()
