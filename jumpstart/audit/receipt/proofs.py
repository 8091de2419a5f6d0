"""What a receipt proves: states of contracts at one block, and events in others.

A receipt brings the header of a block; whoever believes the hash of that header need not believe who made
the receipt. The state's root in the header proves code and storage, by the nodes of its tree that are on
the way. An event is proved by the header of its own block in the same manner.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import rlp  # type: ignore[import-untyped]
from rlp.exceptions import DecodingError  # type: ignore[import-untyped]

from jumpstart.accounts import checksummed
from jumpstart.chain.trie import Nodes
from jumpstart.errors import InputError, ProofError
from jumpstart.hashing import keccak256

_STATE_ROOT, _RECEIPTS_ROOT, _NUMBER, _TIME = 3, 5, 8, 11  # in a header
_HEADER: Final = 15  # fields of the oldest form
_WORD: Final = 32
_HEX: Final = re.compile(r"0x(?:[0-9a-fA-F]{2})*", re.ASCII)
_NATURAL: Final = re.compile(r"0|[1-9][0-9]{0,77}", re.ASCII)  # below 10^78, as a uint256 is

EVENTS: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "Subscribed(address,uint256,uint256)": (("account",), ("coefficient", "accepted")),
    "Claimed(address,uint256,uint256)": (("account",), ("tokens", "refund")),
    "Refunded(address,uint256)": (("account",), ("refund",)),
    "Redirected(address,address)": (("account", "to"), ()),
    "Exited(address,uint256,uint256,uint256)": (("account",), ("kept", "returned", "refund")),
    "ExitPaid(address,address,uint256,uint256)": (("account", "to"), ("returned", "amount")),
    "Objected(uint256,address,uint256,uint256)": (
        ("milestone", "account"),
        ("weight", "objected"),
    ),
    "BondShared(address,uint256)": (("account",), ("amount",)),
}
"""What a participant's doings log: names of the arguments that are topics, and of the others."""

_BROUGHT: Final = {"header", "transaction", "log", "nodes"}
_TOPICS: Final = {keccak256(signature.encode()): signature for signature in EVENTS}
_ADDRESSES: Final = frozenset({"account", "to"})


def unhex(text: Any) -> bytes:
    """The bytes of hexadecimal digits after 0x. Raises `InputError`."""
    if not isinstance(text, str) or not _HEX.fullmatch(text):
        raise InputError(f"expected hexadecimal digits after 0x, got {str(text)[:20]!r}")
    return bytes.fromhex(text[2:])


def natural(text: Any) -> int:
    """A number in decimal digits. Raises `InputError`."""
    if not isinstance(text, str) or not _NATURAL.fullmatch(text):
        raise InputError(f"expected a number in decimal digits, got {str(text)[:20]!r}")
    return int(text)


@dataclass(frozen=True, kw_only=True)
class Header:
    """What a receipt needs of a block."""

    hash: str
    number: int
    time: int
    state_root: bytes
    receipts_root: bytes

    @classmethod
    def read(cls, encoded: bytes) -> "Header":
        """From the bytes that the hash is of. Raises `ProofError`."""
        fields = _decoded(encoded, "the header of a block")
        if len(fields) < _HEADER or not all(isinstance(each, bytes) for each in fields):
            raise ProofError("the header of a block has not the fields of one")
        return cls(
            hash="0x" + keccak256(encoded).hex(),
            number=int.from_bytes(fields[_NUMBER]),
            time=int.from_bytes(fields[_TIME]),
            state_root=fields[_STATE_ROOT],
            receipts_root=fields[_RECEIPTS_ROOT],
        )


class State:
    """Contracts at a block, by nodes of its tree."""

    def __init__(self, header: Header, nodes: Nodes) -> None:
        self._root = header.state_root
        self._nodes = nodes
        self._storages: dict[str, bytes] = {}

    def code_hash(self, address: str) -> bytes:
        """Of the contract there. Raises `ProofError` where there is no account."""
        _, code_hash = self._account(address)
        return code_hash

    def word(self, address: str, slot: int) -> int:
        """A word of the storage of a contract; 0 where it provably has none."""
        storage, _ = self._account(address)
        found = self._nodes.value(storage, keccak256(slot.to_bytes(_WORD)))
        if not found:
            return 0
        try:
            word = rlp.decode(found)
        except DecodingError as error:
            raise ProofError(f"a word of storage cannot be read: {error}") from None
        if not isinstance(word, bytes) or len(word) > _WORD:
            raise ProofError("a word of storage is none")
        return int.from_bytes(word)

    def _account(self, address: str) -> tuple[bytes, bytes]:
        found = self._nodes.value(self._root, keccak256(unhex(address)))
        if not found:
            raise ProofError(f"there is no account {address} at this block")
        fields = _decoded(found, "an account")
        if len(fields) != 4 or not all(isinstance(each, bytes) for each in fields):
            raise ProofError("an account has not the fields of one")
        return fields[2], fields[3]


@dataclass(frozen=True, kw_only=True)
class ProvedEvent:
    """Something that a contract logged, with its place: block, transaction, log of the transaction."""

    header: Header
    transaction: int
    log: int
    contract: str
    name: str
    args: Mapping[str, int | str]

    @property
    def place(self) -> tuple[int, int, int]:
        return self.header.number, self.transaction, self.log

    @classmethod
    def read(cls, brought: Mapping[str, Any]) -> "ProvedEvent":
        """From what a receipt brings for it. Raises `ProofError`, `InputError`."""
        if brought.keys() != _BROUGHT:
            raise InputError(f"an event brings {', '.join(brought)[:99]}")
        header = Header.read(unhex(brought["header"]))
        transaction, log = natural(brought["transaction"]), natural(brought["log"])
        nodes = Nodes(map(unhex, brought["nodes"]))
        found = nodes.value(header.receipts_root, rlp.encode(transaction))
        if not found:
            raise ProofError(f"block {header.number} has no transaction {transaction}")
        if nodes.unused:
            raise ProofError("an event brings nodes that prove nothing")
        kind = 1 if found[0] < 0x80 else 0
        fields = _decoded(found[kind:], "the receipt of a transaction")
        if fields[0] != b"\x01":
            raise ProofError(f"transaction {transaction} of block {header.number} has failed")
        contract, topics, data = fields[3][log]
        signature = _TOPICS.get(topics[0])
        if signature is None:
            raise ProofError("an event is none that a participant's doings log")
        indexed, others = EVENTS[signature]
        if len(topics) != 1 + len(indexed) or len(data) != _WORD * len(others):
            raise ProofError(f"{signature} has not the arguments of one")
        words = [data[place : place + _WORD] for place in range(0, len(data), _WORD)]
        args = {
            name: checksummed(word[-20:]) if name in _ADDRESSES else int.from_bytes(word)
            for name, word in zip((*indexed, *others), (*topics[1:], *words), strict=True)
        }
        return cls(
            header=header,
            transaction=transaction,
            log=log,
            contract=checksummed(contract),
            name=signature.partition("(")[0],
            args=args,
        )


def _decoded(encoded: bytes, what: str) -> list[Any]:
    try:
        fields = rlp.decode(encoded)
    except DecodingError as error:
        raise ProofError(f"{what} cannot be read: {error}") from None
    if not isinstance(fields, list):
        raise ProofError(f"{what} is none")
    return fields
