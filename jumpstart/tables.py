"""CSV tables, read strictly: every row as wide as it must be, every figure an integer, no account
twice. Knows the form of a table, not what its columns mean.
"""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from jumpstart.accounts import parse_account
from jumpstart.errors import InputError, located
from jumpstart.files import read_text

Row = tuple[int, list[str]]
"""The number of a line, from 1, and its cells."""


def read_rows(path: Path, width: int) -> list[Row]:
    """All rows of a table, the header included if there is one.

    Raises `InputError` naming the line for malformed CSV and rows of another width than `width`
    cells; for an empty file, too.
    """
    with located(str(path)):
        reader = csv.reader(io.StringIO(read_text(path), newline=""), strict=True)
        try:
            rows = [(reader.line_num, cells) for cells in reader]
        except csv.Error as error:
            raise InputError(f"line {reader.line_num}: not CSV: {error}") from None
        for line, cells in rows:
            if len(cells) != width:
                raise InputError(f"line {line}: {len(cells)} columns, expected {width}")
        if not rows:
            raise InputError("the file is empty")
        return rows


def read_accounts(
    path: Path, columns: Mapping[str, Callable[[str], int]]
) -> dict[str, tuple[int, ...]]:
    """The table whose columns are exactly `account` and then `columns`, each with its parser:
    accounts as spelled, in the order of the file, with their figures.

    Raises `InputError` naming the line and the column for a malformed or repeated account and for
    what a parser refuses; for a table without a row, too.
    """
    names = ["account", *columns]
    (_, header), *rows = read_rows(path, len(names))
    with located(str(path)):
        if header != names:
            raise InputError(f"line 1: columns {','.join(header)!r}, expected {','.join(names)!r}")
        if not rows:
            raise InputError("no row below the header")
        figures: dict[str, tuple[int, ...]] = {}
        lines: dict[bytes, int] = {}
        for line, (account, *cells) in rows:
            with located(f"line {line}"):
                with located("account"):
                    first = lines.setdefault(parse_account(account), line)
                    if first != line:
                        raise InputError(f"{account} stands in line {first} already")
                figures[account] = tuple(
                    _parse(name, parse, cell)
                    for (name, parse), cell in zip(columns.items(), cells, strict=True)
                )
        return figures


def format_rows(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The text of a table whose cells need no quotes."""
    return "".join(f"{','.join(map(str, row))}\n" for row in (columns, *rows))


def _parse(name: str, parse: Callable[[str], int], cell: str) -> int:
    with located(name):
        return parse(cell)
