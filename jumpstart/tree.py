"""Merkle trees in the standard format of OpenZeppelin's merkle-tree library ("standard-v1").

A leaf is `keccak256(keccak256(abi.encode(types, values)))`; leaves are sorted, the tree is a
complete binary one in an array with the root first, and siblings are hashed in ascending order.
Same values, same dump, byte for byte. Values are text, as the format keeps them: integers in plain
decimal digits, addresses and bytes in hexadecimal digits behind 0x, `true` or `false`.

Knows elementary ABI types only, and refuses what the library would pad, guess or let stand twice.
It takes an address in any case; whether a checksum is right is for whoever reads the values.

Columns are checked and packed whole and the hash is called without a wrapper, and beyond some rows a
second process takes half of the work: that is what makes a million rows take three seconds.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from json.encoder import encode_basestring
from typing import Final

from jumpstart.cores import beside
from jumpstart.errors import InputError
from jumpstart.hashing import keccak256

FORMAT: Final = "standard-v1"

HOLDING_TYPES: Final = ("address", "uint256")
"""The types of a published `(account, holding)`."""

_NUMBERED: Final = re.compile(r"(uint|int|bytes)([1-9][0-9]*)", re.ASCII)
_WORD: Final = 32
_PADDING: Final = bytes(12)  # in front of the 20 bytes of an address
_MANY: Final = 20_000  # leaves; below, another process and numpy take longer to load than they save


@dataclass(frozen=True, kw_only=True)
class Tree:
    """A built tree: `nodes[0]` is the root, `nodes[indices[i]]` the leaf of `values[i]`."""

    types: Sequence[str]
    values: Sequence[Sequence[str]]
    nodes: Sequence[bytes]
    indices: Sequence[int]

    @classmethod
    def of(cls, values: Sequence[Sequence[str]], types: Sequence[str]) -> "Tree":
        """The tree over rows of `values`, each as wide as `types`.

        Raises `InputError` for an unknown type, for no rows at all, and, naming the row counted
        from 1, for a value that its type does not admit and a row that is there twice.
        """
        if not values:
            raise InputError("a tree needs at least one row")
        descending, indices = _placed(_leaves_shared(values, types))
        return cls(types=types, values=values, nodes=_nodes(descending), indices=indices)

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

    def proofs(self, start: int = 0, stop: int | None = None) -> Iterator[tuple[bytes, ...]]:
        """The `proof` of every value, or of `values[start:stop]`, in their order. Ways to the root
        that values share are walked once.
        """
        nodes = self.nodes
        if len(nodes) == 1:
            return iter([()][start:stop])
        paths: list[tuple[bytes, ...]] = [()]
        append = paths.append
        for index in range(1, len(nodes) // 2):
            append((nodes[((index + 1) ^ 1) - 1],) + paths[(index - 1) >> 1])
        return (
            (nodes[((index + 1) ^ 1) - 1],) + paths[(index - 1) >> 1]
            for index in self.indices[start:stop]
        )

    def dump(self) -> str:
        """The text of `JSON.stringify(tree.dump())` in the library."""
        types = json.dumps(list(self.types), separators=(",", ":"), ensure_ascii=False)
        nodes = '","0x'.join([node.hex() for node in self.nodes])
        values = ",".join(
            [
                f'{{"value":[{",".join(map(encode_basestring, value))}],"treeIndex":{index}}}'
                for value, index in zip(self.values, self.indices, strict=True)
            ]
        )
        return f'{{"format":"{FORMAT}","leafEncoding":{types},"tree":["0x{nodes}"],"values":[{values}]}}'


def verify(root: bytes, types: Sequence[str], value: Sequence[str], proof: Sequence[bytes]) -> bool:
    """Whether `proof` shows that `value` is in the tree of `root`."""
    (leaf,) = _leaves([value], types)
    return root_from(leaf, proof) == root


def root_from(leaf: bytes, proof: Sequence[bytes]) -> bytes:
    """The root that a proof leads to from a leaf, whatever the leaf is a hash of."""
    for sibling in proof:
        leaf = _parent(leaf, sibling)
    return leaf


def admits(type_: str, cell: str) -> bool:
    """Whether `cell` is a value of the ABI type. Raises `InputError` for an unknown type."""
    pattern, packer = _codec(type_)
    try:
        _pack([cell], pattern, packer)
    except (ValueError, OverflowError):
        return False
    return True


def _leaves(values: Sequence[Sequence[str]], types: Sequence[str]) -> list[bytes]:
    width = len(types)
    if set(map(len, values)) != {width}:
        number, row = next((n, v) for n, v in enumerate(values, 1) if len(v) != width)
        raise InputError(f"row {number}: {len(row)} values, expected {width}")
    columns = [
        _column([value[place] for value in values], type_) for place, type_ in enumerate(types)
    ]
    if any(map(_is_dynamic, types)):
        dynamic = list(map(_is_dynamic, types))
        encodings = [_encode(cells, dynamic) for cells in zip(*columns, strict=True)]
    else:
        encodings = list(map(b"".join, zip(*columns, strict=True)))
    return [keccak256(keccak256(encoding)) for encoding in encodings]


def _leaves_shared(values: Sequence[Sequence[str]], types: Sequence[str]) -> list[bytes]:
    """`_leaves`, the second half of many in another process."""
    if len(values) >= _MANY:
        half = len(values) // 2
        leaves, others = beside(
            lambda: b"".join(_leaves(values[half:], types)), lambda: _leaves(values[:half], types)
        )
        if others is not None:
            return leaves + _words(others)
    return _leaves(values, types)  # again where the other process failed: errors name their row


def _placed(leaves: Sequence[bytes]) -> tuple[list[bytes], list[int]]:
    """The leaves, descending as they stand in the tree, and the index of each in it. Raises
    `InputError` when one is there twice.
    """
    last = 2 * len(leaves) - 2
    if len(leaves) >= _MANY:
        import numpy as np

        # The first 8 of 32 bytes nearly always tell leaves apart.
        heads = np.frombuffer(b"".join(leaves), dtype=">u8")[:: _WORD // 8].astype(np.uint64)
        order = np.argsort(heads)
        if np.all(np.diff(heads[order])):
            indices = np.empty(len(leaves), dtype=np.int64)
            indices[order] = np.arange(last, last - len(leaves), -1)
            return [leaves[place] for place in order[::-1].tolist()], indices.tolist()
    ascending = sorted(leaves)
    index_of = dict(zip(ascending, range(last, last - len(leaves), -1), strict=True))
    if len(index_of) < len(leaves):
        raise InputError(_repetition(leaves))
    return ascending[::-1], list(map(index_of.__getitem__, leaves))


def _nodes(descending: list[bytes]) -> list[bytes]:
    """The whole array over its leaves: the branches below the root, and then the root."""
    inner = len(descending) - 1
    nodes = [b""] * inner + descending
    left, right = _branch(inner, 0), _branch(inner, 1)
    if inner >= _MANY:

        def filled_right() -> bytes:
            _fill(nodes, right)
            return b"".join([b"".join(nodes[span.start : span.stop]) for span in right])

        _, others = beside(filled_right, partial(_fill, nodes, left))
        if others is None:
            _fill(nodes, right)
        else:
            words = _words(others)
            for span in right:
                nodes[span.start : span.stop] = words[: len(span)]
                del words[: len(span)]
    else:
        _fill(nodes, left)
        _fill(nodes, right)
    if inner:
        nodes[0] = _parent(nodes[1], nodes[2])
    return nodes


def _branch(inner: int, side: int) -> list[range]:
    """The inner nodes below one side of the root, a range for each level, the lowest first."""
    levels = []
    for depth in range(inner.bit_length(), 0, -1):
        width = 2 ** (depth - 1)
        first = 2**depth - 1 + side * width
        levels.append(range(min(first, inner), min(first + width, inner)))
    return levels


def _fill(nodes: list[bytes], branch: Sequence[range]) -> None:
    for span in branch:
        left = nodes[2 * span.start + 1 : 2 * span.stop : 2]
        right = nodes[2 * span.start + 2 : 2 * span.stop + 1 : 2]
        nodes[span.start : span.stop] = [
            keccak256(a + b if a < b else b + a) for a, b in zip(left, right, strict=True)
        ]


def _words(data: bytes) -> list[bytes]:
    return [data[start : start + _WORD] for start in range(0, len(data), _WORD)]


def _parent(a: bytes, b: bytes) -> bytes:
    return keccak256(min(a, b) + max(a, b))


def _repetition(leaves: Sequence[bytes]) -> str:
    first: dict[bytes, int] = {}
    number = next(n for n, leaf in enumerate(leaves, 1) if first.setdefault(leaf, n) != n)
    return f"row {number} repeats row {first[leaves[number - 1]]}"


Packer = Callable[[Sequence[str]], list[bytes]]
"""Makes of a column's cells their words or, with a dynamic type, their tails."""


def _column(cells: Sequence[str], type_: str) -> list[bytes]:
    pattern, packer = _codec(type_)
    try:
        return _pack(cells, pattern, packer)
    except (ValueError, OverflowError):
        number, cell = next((n, c) for n, c in enumerate(cells, 1) if not admits(type_, c))
        raise InputError(f"row {number}: {cell!r} is no {type_}") from None


def _pack(cells: Sequence[str], pattern: str, packer: Packer) -> list[bytes]:
    """A comma inside a cell may pass the pattern, but never the packer behind it."""
    if pattern and not re.fullmatch(f"(?:(?:{pattern}),)*+", ",".join(cells) + ","):
        raise ValueError
    return packer(cells)


def _codec(type_: str) -> tuple[str, Packer]:
    """The pattern of a type's text, none where the packer looks for itself, and its packer, which
    may still raise `ValueError` or `OverflowError`. Raises `InputError` for an unknown type.
    """
    if type_ == "address":
        return "", _addresses
    if type_ == "bool":
        return "true|false", lambda cells: [(cell == "true").to_bytes(_WORD) for cell in cells]
    if type_ == "string":
        return r"[\s\S]*", lambda cells: [_tail(cell.encode()) for cell in cells]
    if type_ == "bytes":
        return "0x(?:[0-9a-fA-F]{2})*", lambda cells: [
            _tail(bytes.fromhex(cell[2:])) for cell in cells
        ]
    match = _NUMBERED.fullmatch(type_)
    kind, number = (match[1], int(match[2])) if match else ("", 0)
    size, odd = (number, 0) if kind == "bytes" else divmod(number, 8)
    if size <= _WORD and not odd:
        match kind:
            case "bytes":
                pattern = f"0x[0-9a-fA-F]{{{2 * size}}}"
                return pattern, lambda cells: [
                    bytes.fromhex(cell[2:]).ljust(_WORD, b"\0") for cell in cells
                ]
            case "uint":
                return "0|[1-9][0-9]{0,77}+", lambda cells: [
                    int(cell).to_bytes(size).rjust(_WORD, b"\0") for cell in cells
                ]
            case "int":
                return "0|-?[1-9][0-9]{0,76}+", lambda cells: [
                    _signed(int(cell), size) for cell in cells
                ]
    raise InputError(f"{type_!r} is no elementary ABI type")


def _addresses(cells: Sequence[str]) -> list[bytes]:
    """All at once: each has 42 characters, of which the first two are 0x, and where the others are
    not hexadecimal digits, the bytes become fewer or none.
    """
    whole, count = "".join(cells), len(cells)
    if set(map(len, cells)) != {42} or whole[::42] + whole[1::42] != "0" * count + "x" * count:
        raise ValueError
    data = bytes.fromhex(whole.replace("0x", ""))
    if len(data) != 20 * count:
        raise ValueError
    return [_PADDING + data[start : start + 20] for start in range(0, len(data), 20)]


def _signed(value: int, size: int) -> bytes:
    value.to_bytes(size, signed=True)  # checks the range
    return value.to_bytes(_WORD, signed=True)


def _is_dynamic(type_: str) -> bool:
    return type_ in ("bytes", "string")


def _tail(data: bytes) -> bytes:
    return len(data).to_bytes(_WORD) + data + bytes(-len(data) % _WORD)


def _encode(cells: Sequence[bytes], dynamic: Sequence[bool]) -> bytes:
    head, tail = b"", b""
    for cell, has_tail in zip(cells, dynamic, strict=True):
        if has_tail:
            head += (_WORD * len(cells) + len(tail)).to_bytes(_WORD)
            tail += cell
        else:
            head += cell
    return head + tail
