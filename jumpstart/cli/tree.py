"""`jumpstart tree`: the Merkle tree of a file of values."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from jumpstart.accounts import parse_account
from jumpstart.cli.output import Json, emit, emit_json
from jumpstart.errors import InputError, located
from jumpstart.tables import Row, read_rows
from jumpstart.tree import HOLDING_TYPES, Tree, admits

EXAMPLE = "Example: jumpstart tree holdings.csv --types address,uint256 --out tree.json"

_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)


def tree(
    file: Annotated[
        Path, typer.Argument(metavar="VALUES.csv", help="CSV, one leaf a row, header optional.")
    ],
    types: Annotated[str, typer.Option(help="ABI types of the columns, joined by commas.")],
    as_json: Json = False,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the standard dump to this file.")
    ] = None,
) -> None:
    """Builds the tree that OpenZeppelin's merkle-tree would build, and prints its root.

    --out writes the standard dump, which the library loads. The first row is a header when all its
    cells are plain names and not all are values of their types. No row may repeat another, nor an
    account another in a table of address,uint256.
    """
    columns = types.split(",")
    rows = read_rows(file, len(columns))
    if _is_header(rows[0][1], columns):
        del rows[0]
    with located(str(file)):
        _check_accounts(rows, columns)
        built = Tree.of([cells for _, cells in rows], columns)
    root = "0x" + built.root.hex()
    if out is not None:
        emit(built.dump(), out)
    if as_json:
        emit_json({"root": root, "leaves": len(rows)})
    else:
        emit(f"root {root}\nleaves {len(rows)}\n")


def _is_header(cells: Sequence[str], types: Sequence[str]) -> bool:
    return all(map(_NAME.fullmatch, cells)) and not all(map(admits, types, cells))


def _check_accounts(rows: Sequence[Row], types: Sequence[str]) -> None:
    for column, type_ in enumerate(types):
        if type_ != "address":
            continue
        lines: dict[bytes, int] = {}
        for line, cells in rows:
            try:
                first = lines.setdefault(parse_account(cells[column]), line)
            except InputError as error:
                raise InputError(f"line {line}: {error}") from None
            if first != line and tuple(types) == HOLDING_TYPES:
                raise InputError(f"line {line}: {cells[column]} stands in line {first} already")
