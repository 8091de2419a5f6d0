"""Merkle-Patricia trees, as a block has them of its state and its receipts: roots, and proofs.

A proof is the nodes on the way from the root to a value, or to where it would be. After the Yellow
Paper, appendix D. Knows bytes; asks nobody.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import rlp  # type: ignore[import-untyped]
from rlp.exceptions import DecodingError  # type: ignore[import-untyped]

from jumpstart.errors import ProofError
from jumpstart.hashing import keccak256

EMPTY_ROOT: Final = keccak256(rlp.encode(b""))
"""Of a tree without values."""

_HASH_SIZE: Final = 32
_BRANCHES: Final = 16
_LEAF: Final = 2  # in the first nibble of a packed path; 1 says that the path is of odd length


def root_of(values: Mapping[bytes, bytes]) -> bytes:
    """The root of a tree with exactly these values by their keys; no value is empty."""
    return keccak256(rlp.encode(_node([(_nibbles(key), value) for key, value in values.items()])))


def proof_of(values: Mapping[bytes, bytes], key: bytes) -> list[bytes]:
    """The nodes from the root to where the key is, or would be."""
    kept: dict[bytes, bytes] = {}
    root = rlp.encode(_node([(_nibbles(place), value) for place, value in values.items()], kept))
    kept[keccak256(root)] = root
    nodes = Nodes(kept.values())
    nodes.value(keccak256(root), key)
    return nodes.used


class Nodes:
    """Nodes that somebody has brought, of one tree or of several, found by their hashes."""

    def __init__(self, nodes: Iterable[bytes]) -> None:
        self._by_hash = {keccak256(node): node for node in nodes}
        self._used: dict[bytes, bytes] = {}

    @property
    def used(self) -> list[bytes]:
        """Those that a way has led over, in the order in which it first did."""
        return list(self._used.values())

    @property
    def unused(self) -> int:
        """How many no way has led over."""
        return len(self._by_hash) - len(self._used)

    def value(self, root: bytes, key: bytes) -> bytes:
        """What the tree with this root has at the key; empty: it provably has nothing there.

        Raises `ProofError` where a node is missing or is none.
        """
        path = _nibbles(key)
        node = self._node(root)
        while node:
            if len(node) == _BRANCHES + 1:
                if not path:
                    return _value(node[_BRANCHES])
                path, node = path[1:], self._next(node[path[0]])
                continue
            part, is_leaf = _unpacked(_value(node[0]))
            if is_leaf:
                return _value(node[1]) if part == path else b""
            if path[: len(part)] != part:
                return b""
            path, node = path[len(part) :], self._next(node[1])
        return b""

    def _next(self, reference: Any) -> Sequence[Any]:
        if isinstance(reference, list):  # a node so short that it stands where its hash would
            return reference
        return self._node(reference) if reference else ()

    def _node(self, hashed: bytes) -> Sequence[Any]:
        if hashed == EMPTY_ROOT:
            return ()
        if hashed not in self._by_hash:
            raise ProofError(f"the proof has no node 0x{hashed.hex()}")
        self._used[hashed] = self._by_hash[hashed]
        try:
            node = rlp.decode(self._by_hash[hashed])
        except DecodingError as error:
            raise ProofError(f"node 0x{hashed.hex()} cannot be read: {error}") from None
        if not isinstance(node, list) or len(node) not in (2, _BRANCHES + 1):
            raise ProofError(f"node 0x{hashed.hex()} is none of a tree")
        return node


def _value(found: Any) -> bytes:
    if not isinstance(found, bytes):
        raise ProofError("a node has a list where a value has to be")
    return found


# A node over (path in nibbles, value). Those that are referred to by their hash are kept by it.


def _node(items: list[tuple[bytes, bytes]], kept: dict[bytes, bytes] | None = None) -> Any:
    if not items:
        return b""
    if len(items) == 1:
        path, value = items[0]
        return [_packed(path, is_leaf=True), value]
    shared = _shared([path for path, _ in items])
    if shared:
        rest = [(path[shared:], value) for path, value in items]
        return [
            _packed(items[0][0][:shared], is_leaf=False),
            _reference(_node(rest, kept), kept),
        ]
    branches = [
        _reference(
            _node(
                [(path[1:], value) for path, value in items if path[:1] == bytes([nibble])], kept
            ),
            kept,
        )
        for nibble in range(_BRANCHES)
    ]
    return [*branches, next((value for path, value in items if not path), b"")]


def _reference(node: Any, kept: dict[bytes, bytes] | None) -> Any:
    if node == b"":
        return node
    encoded = rlp.encode(node)
    if len(encoded) < _HASH_SIZE:
        return node
    hashed = keccak256(encoded)
    if kept is not None:
        kept[hashed] = encoded
    return hashed


def _shared(paths: Sequence[bytes]) -> int:
    """How many nibbles all begin with."""
    first, last = min(paths), max(paths)
    pairs = zip(first, last, strict=False)
    return next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(first), len(last)))


def _nibbles(key: bytes) -> bytes:
    return bytes(nibble for byte in key for nibble in (byte >> 4, byte & 15))


def _packed(path: bytes, *, is_leaf: bool) -> bytes:
    flag = _LEAF * is_leaf + len(path) % 2
    nibbles = bytes([flag, *path]) if len(path) % 2 else bytes([flag, 0, *path])
    return bytes(a << 4 | b for a, b in zip(nibbles[::2], nibbles[1::2], strict=True))


def _unpacked(packed: bytes) -> tuple[bytes, bool]:
    """A path, and whether it ends at a value."""
    nibbles = _nibbles(packed)
    if not nibbles or nibbles[0] >= 2 * _LEAF:
        raise ProofError("a node has a path that is none")
    return nibbles[1 if nibbles[0] % 2 else 2 :], nibbles[0] >= _LEAF
