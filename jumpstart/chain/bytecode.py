"""What the code of a contract shows: the functions it has, and whose code it runs in its own name.

Knows dispatch by selector and the ways in which proxies find their implementation (EIP-1167,
EIP-1822, EIP-1967, EIP-2535, and what came before them). Refuses to judge what a function does.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError
from eth_utils.address import to_checksum_address

from jumpstart.chain.abi import selector_of
from jumpstart.chain.client import Chain
from jumpstart.chain.refusals import refusal_of
from jumpstart.errors import ChainError
from jumpstart.hashing import keccak256


def _erc1967(name: str) -> int:
    return int.from_bytes(keccak256(f"eip1967.proxy.{name}".encode())) - 1


IMPLEMENTATION_SLOTS: Final = {
    "EIP-1967": _erc1967("implementation"),
    "EIP-1822": int.from_bytes(keccak256(b"PROXIABLE")),
    "zeppelinos": int.from_bytes(keccak256(b"org.zeppelinos.proxy.implementation")),
}
"""Where a proxy keeps the address of its implementation, by the standard that says so."""
BEACON_SLOT: Final = _erc1967("beacon")
"""Where it keeps that of a contract which knows the implementation (EIP-1967)."""

_MOST = 32  # contracts that are followed: the facets of a large diamond
_PUSH1, _PUSH32, _DELEGATECALL = 0x60, 0x7F, 0xF4
# PUSH20, an address, GAS, DELEGATECALL: what every minimal clone has in its few bytes.
_CLONE = re.compile(rb"\x73(.{20})\x5a\xf4", re.DOTALL)
_CLONE_AT_MOST = 512  # some carry arguments behind the code


@dataclass(frozen=True, kw_only=True)
class Bytecode:
    """The code at an address, with that of every implementation it is known to run."""

    parts: tuple[bytes, ...]
    """The code of the address itself first."""
    proxy: str | None
    """How it finds an implementation that can be exchanged: part of a sentence; None where none
    was found.
    """
    is_complete: bool
    """False when it delegates, and to whom was not found out."""

    def has(self, signature: str) -> bool:
        """Whether a function is there, or called. By its selector: four bytes that are there by
        accident are one in a hundred thousand contracts.
        """
        selector = selector_of(signature)
        # The compiler pushes a selector without its leading zero.
        short = b"\x62" + selector[1:] if selector[0] == 0 else selector
        return any(selector in part or short in part for part in self.parts)

    def found(self, signatures: Iterable[str]) -> list[str]:
        return [each for each in signatures if self.has(each)]

    def mentions(self, address: str) -> bool:
        return any(bytes.fromhex(address[2:]) in part for part in self.parts)


def bytecode_of(chain: Chain, address: str, delegates: Sequence[str] = ()) -> Bytecode:
    """Reads the code and follows its proxies. `parts` is empty where there is no code.

    `delegates` are accounts whose code it was seen to run.
    """
    proxy = None
    parts: list[bytes] = []
    known: set[str] = set()
    waiting: list[str] = [to_checksum_address(address)]
    # A proxy's implementation runs on the proxy's storage, however many stand between them.
    for name, slot in IMPLEMENTATION_SLOTS.items():
        target = _address_in(word_at(chain, address, slot))
        if target is not None:
            proxy = proxy or f"at the slot of {name}"
            waiting.append(target)
    beacon = _address_in(word_at(chain, address, BEACON_SLOT))
    if beacon is not None:
        proxy = proxy or "by the beacon of EIP-1967"
        waiting += _asked(chain, beacon, "implementation()")
    waiting += _asked(chain, address, "implementation()")
    facets = _facets(chain, address)
    if facets:
        proxy = proxy or "among the facets of EIP-2535"
        waiting += facets
    waiting += delegates
    while waiting and len(known) < _MOST:
        current = waiting.pop(0)
        code = b"" if current in known else chain.code(current)
        known.add(current)
        if code:
            parts.append(code)
            waiting += _cloned(code)
    for each in delegates:
        # One that stands in the code is there to stay; any other was read from somewhere.
        if not any(bytes.fromhex(each[2:]) in part for part in parts):
            proxy = proxy or f"somewhere, and it is {each}"
    is_complete = not waiting and (len(parts) != 1 or not _delegates(parts[0]))
    return Bytecode(parts=tuple(parts), proxy=proxy, is_complete=is_complete)


def word_at(chain: Chain, address: str, slot: int) -> int:
    """A word of an account's storage."""
    answer: str = chain.request("eth_getStorageAt", address, f"0x{slot:064x}", "latest")
    return int(answer, 16) if len(answer) > 2 else 0  # Ganache says 0x for a word taken back


def _address_in(word: int) -> str | None:
    return to_checksum_address(f"0x{word:040x}") if 0 < word < 2**160 else None


def _asked(chain: Chain, address: str, signature: str) -> list[str]:
    answer = _answer(chain, address, signature)
    found = _address_in(int.from_bytes(answer)) if len(answer) == 32 else None
    return [] if found is None else [found]


def _facets(chain: Chain, address: str) -> list[str]:
    try:
        (found,) = decode(["address[]"], _answer(chain, address, "facetAddresses()"))
    except (DecodingError, OverflowError):
        return []
    return [to_checksum_address(each) for each in found]


def _answer(chain: Chain, address: str, signature: str) -> bytes:
    """Nothing where it is refused."""
    try:
        return chain.call_raw(address, selector_of(signature))
    except ChainError as error:
        if refusal_of(error) is None:
            raise
        return b""


def _cloned(code: bytes) -> list[str]:
    found = _CLONE.search(code) if len(code) <= _CLONE_AT_MOST else None
    return [] if found is None else [to_checksum_address(found[1])]


def _delegates(code: bytes) -> bool:
    # What the compiler puts behind the code is no code; its length stands at the very end.
    end = len(code) - int.from_bytes(code[-2:]) - 2
    place, end = 0, end if end >= 0 else len(code)
    while place < end:
        step = code[place]
        if step == _DELEGATECALL:
            return True
        place += step - _PUSH1 + 2 if _PUSH1 <= step <= _PUSH32 else 1
    return False
