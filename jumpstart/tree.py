"""Merkle trees in the standard format of OpenZeppelin's merkle-tree library ("standard-v1").

A leaf is `keccak256(keccak256(abi.encode(types, values)))`; leaves are sorted, the tree is a
complete binary one in an array with the root first, and siblings are hashed in ascending order.
Same values, same dump, byte for byte. Values are text, as the format keeps them; `encodings` says
which. No row may stand there twice. An address is taken in any case; whether a checksum is right is
for whoever reads the values.

Beyond some rows a second process takes part of the hashing, and numpy the sorting: that is what
makes a million rows take two seconds.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring
from typing import Final, overload

from jumpstart.cores import Pair, pair
from jumpstart.encodings import WORD, admits, encode_rows, has_tails
from jumpstart.errors import InputError
from jumpstart.hashing import keccak256

__all__ = ["FORMAT", "HOLDING_TYPES", "Nodes", "Tree", "admits", "root_from", "verify"]

FORMAT: Final = "standard-v1"

HOLDING_TYPES: Final = ("address", "uint256")
"""The types of a published `(account, holding)`."""

_MANY: Final = 20_000  # leaves; below, another process and numpy take longer to load than they save
_BATCH: Final = 8_192  # leaves or nodes that are hashed at a time: they stay in the cache
_LINES: Final = 65_536  # values of a dump that become text at a time


class Nodes(Sequence[bytes]):
    """Hashes of 32 bytes each, one after the other in `data`."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def __len__(self) -> int:
        return len(self.data) // WORD

    @overload
    def __getitem__(self, index: int) -> bytes: ...
    @overload
    def __getitem__(self, index: slice) -> list[bytes]: ...
    def __getitem__(self, index: int | slice) -> bytes | list[bytes]:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        place = range(len(self))[index] * WORD
        return self.data[place : place + WORD]

    def __iter__(self) -> Iterator[bytes]:
        data = self.data
        return (data[place : place + WORD] for place in range(0, len(data), WORD))


@dataclass(frozen=True, kw_only=True)
class Tree:
    """A built tree: `nodes[0]` is the root, `nodes[indices[i]]` the leaf of `values[i]`."""

    types: Sequence[str]
    values: Sequence[Sequence[str]]
    nodes: Nodes
    indices: Sequence[int]

    @classmethod
    def of(cls, values: Sequence[Sequence[str]], types: Sequence[str]) -> "Tree":
        """The tree over rows of `values`, each as wide as `types`.

        Raises `InputError` for an unknown type, for no rows at all, and, naming the row counted
        from 1, for a value that its type does not admit and a row that is there twice.
        """
        if not values:
            raise InputError("a tree needs at least one row")
        with pair(alone=len(values) < _MANY) as both:
            descending, indices = _placed(_leaves(values, types, both))
            return cls(types=types, values=values, nodes=_nodes(descending, both), indices=indices)

    @property
    def root(self) -> bytes:
        """The 32 bytes that stand for all values."""
        return self.nodes[0]

    def proof(self, position: int) -> tuple[bytes, ...]:
        """The siblings on the way from `values[position]` up to the root."""
        index = self.indices[position]
        siblings = []
        while index:
            siblings.append(self.nodes[index + 1 if index % 2 else index - 1])
            index = (index - 1) // 2
        return tuple(siblings)

    def proofs(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """The `proof` of every value, or of `values[start:stop]`, in their order: each as its
        siblings of 32 bytes, one after the other.
        """
        import numpy as np

        nodes = np.frombuffer(self.nodes.data, dtype=np.dtype((np.void, WORD)))
        spanned = range(len(self.values))[start:stop]
        for first in range(0, len(spanned), _BATCH):
            span = spanned[first : first + _BATCH]
            # Numbers that count from 1 halve on the way up, and siblings differ in the last bit.
            places = np.array(self.indices[span.start : span.stop], dtype=np.int64) + 1
            longest = int(places.max()).bit_length() - 1
            ways = places[:, None] >> np.arange(longest)
            siblings = nodes[np.maximum(ways ^ 1, 1) - 1].tobytes()
            lengths = [place.bit_length() - 1 for place in places.tolist()]
            for row, length in enumerate(lengths):
                at = row * longest * WORD
                yield siblings[at : at + length * WORD]

    def dump(self) -> str:
        """The text of `JSON.stringify(tree.dump())` in the library."""
        return "".join(self.dumped())

    def dumped(self) -> Iterator[str]:
        """The `dump`, in parts."""
        types = json.dumps(list(self.types), separators=(",", ":"), ensure_ascii=False)
        yield f'{{"format":"{FORMAT}","leafEncoding":{types},"tree":['
        for start in range(0, len(self.nodes), _LINES):
            data = self.nodes.data[start * WORD : (start + _LINES) * WORD]
            nodes = data.hex(",", WORD).replace(",", '","0x')
            yield f'{"," if start else ""}"0x{nodes}"'
        yield '],"values":['
        for start in range(0, len(self.values), _LINES):
            span = slice(start, start + _LINES)
            values = ",".join(
                [
                    f'{{"value":[{",".join(map(encode_basestring, value))}],"treeIndex":{index}}}'
                    for value, index in zip(self.values[span], self.indices[span], strict=True)
                ]
            )
            yield f"{',' if start else ''}{values}"
        yield "]}"


def verify(root: bytes, types: Sequence[str], value: Sequence[str], proof: Sequence[bytes]) -> bool:
    """Whether `proof` shows that `value` is in the tree of `root`."""
    return root_of(types, value, proof) == root


def root_of(types: Sequence[str], value: Sequence[str], proof: Sequence[bytes]) -> bytes:
    """The root of the only tree in which `proof` is one of `value`."""
    (encoding,) = encode_rows([value], types)
    return root_from(keccak256(keccak256(encoding)), proof)


def root_from(leaf: bytes, proof: Sequence[bytes]) -> bytes:
    """The root that a proof leads to from a leaf, whatever the leaf is a hash of."""
    for sibling in proof:
        leaf = keccak256(leaf + sibling if leaf < sibling else sibling + leaf)
    return leaf


def digests_of_pairs(pairs: bytes) -> bytes:
    """Of every 64 bytes their hash."""
    return b"".join([keccak256(pairs[at : at + 2 * WORD]) for at in range(0, len(pairs), 2 * WORD)])


def leaves_of_pairs(pairs: bytes) -> bytes:
    """Of every 64 bytes the hash of their hash."""
    return b"".join(
        [keccak256(keccak256(pairs[at : at + 2 * WORD])) for at in range(0, len(pairs), 2 * WORD)]
    )


def _leaves(values: Sequence[Sequence[str]], types: Sequence[str], both: Pair) -> bytes:
    """The leaves of the rows, in their order."""

    def encodings() -> Iterator[list[bytes]]:
        for start in range(0, len(values), _BATCH):
            yield encode_rows(values[start : start + _BATCH], types, start + 1)

    if len(types) == 2 and not has_tails(types):
        return b"".join(both.map(leaves_of_pairs, map(b"".join, encodings())))
    return b"".join([keccak256(keccak256(encoding)) for batch in encodings() for encoding in batch])


def _placed(leaves: bytes) -> tuple[bytes, list[int]]:
    """The leaves, descending as they stand in the tree, and the index of each in it. Raises
    `InputError` when one is there twice.
    """
    count = len(leaves) // WORD
    last = 2 * count - 2
    if count >= _MANY:
        import numpy as np

        words = np.frombuffer(leaves, dtype=np.dtype((np.void, WORD)))
        # The first 8 of 32 bytes nearly always tell leaves apart.
        heads = np.frombuffer(leaves, dtype=">u8")[:: WORD // 8].astype(np.uint64)
        order = np.argsort(heads)[::-1]
        if np.all(np.diff(heads[order])):
            indices = np.empty(count, dtype=np.int64)
            indices[order] = np.arange(count - 1, last + 1)
            return words[order].tobytes(), indices.tolist()
    one_by_one = list(Nodes(leaves))
    descending = sorted(one_by_one, reverse=True)
    index_of = dict(zip(descending, range(count - 1, last + 1), strict=True))
    if len(index_of) < count:
        raise InputError(_repetition(one_by_one))
    return b"".join(descending), list(map(index_of.__getitem__, one_by_one))


def _nodes(descending: bytes, both: Pair) -> Nodes:
    """The whole array over its leaves, which stand at its end."""
    inner = len(descending) // WORD - 1
    nodes = bytearray(inner * WORD) + descending
    for depth in range(inner.bit_length() - 1, -1, -1):
        start, stop = 2**depth - 1, min(2 ** (depth + 1) - 1, inner)
        children = bytes(nodes[(2 * start + 1) * WORD : (2 * stop + 1) * WORD])
        level = both.map(digests_of_pairs, _ascending(children))
        nodes[start * WORD : stop * WORD] = b"".join(level)
    return Nodes(bytes(nodes))


def _ascending(children: bytes) -> Iterator[bytes]:
    """The pairs of children, each in ascending order, some at a time."""
    width = 2 * WORD * _BATCH
    for start in range(0, len(children), width):
        batch = children[start : start + width]
        if len(batch) < width:
            ordered = [
                pair if pair[:WORD] < pair[WORD:] else pair[WORD:] + pair[:WORD]
                for pair in (batch[at : at + 2 * WORD] for at in range(0, len(batch), 2 * WORD))
            ]
            yield b"".join(ordered)
            continue
        import numpy as np

        pairs = np.frombuffer(batch, dtype=np.uint64).reshape(-1, 2, WORD // 8)
        heads = np.frombuffer(batch, dtype=">u8").reshape(-1, 2, WORD // 8)[:, :, 0]
        swapped = heads[:, 0] > heads[:, 1]
        for row in np.flatnonzero(heads[:, 0] == heads[:, 1]):
            swapped[row] = pairs[row, 0].tobytes() > pairs[row, 1].tobytes()
        yield np.where(swapped[:, None, None], pairs[:, ::-1, :], pairs).tobytes()


def _repetition(leaves: Sequence[bytes]) -> str:
    first: dict[bytes, int] = {}
    number = next(n for n, leaf in enumerate(leaves, 1) if first.setdefault(leaf, n) != n)
    return f"row {number} repeats row {first[leaves[number - 1]]}"
