"""Encodings: rows of text as the ABI encodes them. Elementary types only.

Values are text: integers in plain decimal digits, addresses and bytes in hexadecimal digits behind
0x, `true` or `false`. What an encoder would pad or guess is refused. Columns are checked and packed
whole: that is what makes a million rows take a second.
"""

import re
from collections.abc import Callable, Sequence
from typing import Final

from jumpstart.errors import InputError

WORD: Final = 32
"""Bytes in a word of the ABI."""

_NUMBERED: Final = re.compile(r"(uint|int|bytes)([1-9][0-9]*)", re.ASCII)
_PADDING: Final = bytes(12)  # in front of the 20 bytes of an address


def has_tails(types: Sequence[str]) -> bool:
    """Whether encodings of these types differ in length."""
    return any(map(_is_dynamic, types))


def encode_rows(rows: Sequence[Sequence[str]], types: Sequence[str], first: int = 1) -> list[bytes]:
    """The encoding of each row. Raises `InputError` for an unknown type, for a row that is not as
    wide as `types` and for a value that its type does not admit; rows count from `first`.
    """
    width = len(types)
    if set(map(len, rows)) - {width}:
        number, row = next((n, row) for n, row in enumerate(rows, first) if len(row) != width)
        raise InputError(f"row {number}: {len(row)} values, expected {width}")
    columns = [
        _column([row[place] for row in rows], type_, first) for place, type_ in enumerate(types)
    ]
    if has_tails(types):
        dynamic = list(map(_is_dynamic, types))
        return [_encode(cells, dynamic) for cells in zip(*columns, strict=True)]
    return list(map(b"".join, zip(*columns, strict=True)))


def admits(type_: str, cell: str) -> bool:
    """Whether `cell` is a value of the ABI type. Raises `InputError` for an unknown type."""
    pattern, packer = _codec(type_)
    try:
        _pack([cell], pattern, packer)
    except (ValueError, OverflowError):
        return False
    return True


Packer = Callable[[Sequence[str]], list[bytes]]
"""Makes of a column's cells their words or, with a dynamic type, their tails."""


def _column(cells: Sequence[str], type_: str, first: int) -> list[bytes]:
    pattern, packer = _codec(type_)
    try:
        return _pack(cells, pattern, packer)
    except (ValueError, OverflowError):
        number, cell = next((n, c) for n, c in enumerate(cells, first) if not admits(type_, c))
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
        return "true|false", lambda cells: [(cell == "true").to_bytes(WORD) for cell in cells]
    if type_ == "string":
        return r"[\s\S]*", lambda cells: [_tail(cell.encode()) for cell in cells]
    if type_ == "bytes":
        return "0x(?:[0-9a-fA-F]{2})*", lambda cells: [
            _tail(bytes.fromhex(cell[2:])) for cell in cells
        ]
    match = _NUMBERED.fullmatch(type_)
    kind, number = (match[1], int(match[2])) if match else ("", 0)
    size, odd = (number, 0) if kind == "bytes" else divmod(number, 8)
    if size <= WORD and not odd:
        match kind:
            case "bytes":
                pattern = f"0x[0-9a-fA-F]{{{2 * size}}}"
                return pattern, lambda cells: [
                    bytes.fromhex(cell[2:]).ljust(WORD, b"\0") for cell in cells
                ]
            case "uint":
                return "0|[1-9][0-9]{0,77}+", lambda cells: [
                    int(cell).to_bytes(size).rjust(WORD, b"\0") for cell in cells
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
    return value.to_bytes(WORD, signed=True)


def _is_dynamic(type_: str) -> bool:
    return type_ in ("bytes", "string")


def _tail(data: bytes) -> bytes:
    return len(data).to_bytes(WORD) + data + bytes(-len(data) % WORD)


def _encode(cells: Sequence[bytes], dynamic: Sequence[bool]) -> bytes:
    head, tail = b"", b""
    for cell, has_tail in zip(cells, dynamic, strict=True):
        if has_tail:
            head += (WORD * len(cells) + len(tail)).to_bytes(WORD)
            tail += cell
        else:
            head += cell
    return head + tail
