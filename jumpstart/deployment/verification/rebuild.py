"""Rebuilding code: what a contract's constructor leaves at an address, immutables included.

The constructor is run on a private node, as the code of that very address: what it answers is the
runtime code that a creation there leaves. So an immutable that contains the address or the chain's id
comes out as it must be on the real chain, of which the node knows nothing but the id.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from jumpstart.chain.client import Chain
from jumpstart.chain.compiler import Artifact
from jumpstart.chain.factory import FACTORY
from jumpstart.chain.node import Kind, LocalNode, is_installed
from jumpstart.errors import ChainError, CheckError

_ANY_CODE = b"\x00"


class Rebuild:
    """A private node to run constructors on. Make it with `rebuilding`."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain

    def put(self, address: str, code: bytes = _ANY_CODE) -> None:
        """Puts code where a constructor looks for some."""
        self._chain.set_code(address, code)

    def runtime_code(self, artifact: Artifact, arguments: bytes, address: str) -> bytes:
        """The code of a contract at an address, which stays there for the constructors that follow.

        Raises `CheckError` when its constructor refuses the arguments.
        """
        self.put(address, artifact.creation_code + arguments)
        try:
            code = self._chain.call_raw(address, b"", sender=FACTORY)
        except ChainError as refusal:
            raise CheckError(f"{artifact.name} cannot be made at {address}: {refusal}") from refusal
        self.put(address, code)
        return code


@contextmanager
def rebuilding(chain_id: int, artifacts: Mapping[str, Artifact]) -> Iterator[Rebuild]:
    """A rebuild for a chain of this id. Raises `ToolError` where no local chain is installed."""
    kind: Kind = "anvil" if is_installed("anvil") else "ganache"
    with LocalNode(kind, chain_id=chain_id, accounts=1) as node:
        yield Rebuild(Chain.connect(node.url, chain_id=chain_id, artifacts=artifacts))


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Where two codes of a contract differ, and by what: `place` in words."""

    place: str
    expected: bytes
    found: bytes

    def __str__(self) -> str:
        return f"{self.place}: expected {_shown(self.expected)}, found {_shown(self.found)}"


def differences(artifact: Artifact, expected: bytes, found: bytes) -> list[Difference]:
    """The places where the code of this contract is not what it must be, in their order."""
    if len(expected) != len(found):
        first = _first_difference(expected, found)
        place = f"its length is {len(found)} bytes, expected {len(expected)}; from byte {first} on"
        return [Difference(place=place, expected=expected[first:], found=found[first:])]
    rest = bytearray(found)
    differing = []
    for start, length in artifact.immutables:
        part = slice(start, start + length)
        if expected[part] != found[part]:
            place = f"in an immutable, bytes {start} to {start + length - 1}"
            differing.append(Difference(place=place, expected=expected[part], found=found[part]))
        rest[part] = expected[part]
    tail = len(expected) - metadata_size(expected)
    for words, part in (("in the code", slice(0, tail)), ("in the metadata", slice(tail, None))):
        if bytes(rest[part]) != expected[part]:
            offset = part.start + _first_difference(expected[part], bytes(rest[part]))
            last = part.start + _last_difference(expected[part], bytes(rest[part]))
            where = slice(offset, last + 1)
            differing.append(
                Difference(
                    place=f"{words}, bytes {offset} to {last}",
                    expected=expected[where],
                    found=found[where],
                )
            )
    return differing


def metadata_size(code: bytes) -> int:
    """How many bytes at the end of the code are the compiler's metadata, with its two of length."""
    size = int.from_bytes(code[-2:]) + 2
    return size if size <= len(code) else 0


def _first_difference(one: bytes, other: bytes) -> int:
    pairs = zip(one, other, strict=False)
    return next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _last_difference(one: bytes, other: bytes) -> int:
    return len(one) - 1 - _first_difference(one[::-1], other[::-1])


def _shown(part: bytes) -> str:
    most = 32
    cut = f".. ({len(part)} bytes)" if len(part) > most else ""
    return f"0x{part[:most].hex()}{cut}" if part else "nothing"
