"""Transfers: the logs of a token, in files, as one table whatever the files look like.

A file is CSV (packed with gzip or not) with a header, or Parquet. It has the seven columns of
`COLUMNS`, or of `ALIASES`, in any order, among others or not. Which values are sound is for `checks`;
this module knows names and types, and where in which file a row stands. What an engine cannot read as
it is, it gets as a copy.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jumpstart.errors import InputError, located
from jumpstart.snapshot import copies

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from jumpstart.snapshot.engines import Engine

COLUMNS: Final = (
    "token_address",  # 0x and 40 hexadecimal digits, in any case, as in the next two
    "from_address",
    "to_address",
    "value",  # plain decimal digits, in base units
    "transaction_hash",
    "log_index",  # within the block
    "block_number",
)
"""The columns of the common public data sets."""

PLACES: Final = ("log_index", "block_number")
"""Those that are 64-bit integers in the table; the others are text."""

ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    # cryo's erc20_transfers. Of its forms of an amount the float is none of ours.
    "token_address": ("erc20",),
    "value": ("value_string", "value_binary"),
}
"""What a column is called elsewhere, where it has not the name of ours; the first that is there."""

SCHEMA: Final = {name: "int64" if name in PLACES else "string" for name in COLUMNS}
"""The types of the table, in words of Ibis."""

WIDTHS: Final = {
    "token_address": 20,
    "from_address": 20,
    "to_address": 20,
    "value": 32,
    "transaction_hash": 32,
}
"""Of columns kept as bytes, how many."""

_CSV: Final = (".csv", ".csv.gz")
_INT64_MAX: Final = 2**63 - 1


@dataclass(frozen=True, kw_only=True)
class Source:
    """A file as it was given, the Parquet file of ours that has its rows (a link to it, or a copy),
    the names of its columns there, and what tells whether it was changed meanwhile.
    """

    given: Path
    parquet: Path
    names: Mapping[str, str]
    stamp: tuple[int, int]

    def place(self, position: int) -> str:
        """How a reader finds the row at `position`, counted from 0."""
        if self.given.name.endswith(_CSV):
            return f"{self.given}: line {position + 2}"
        return f"{self.given}: row {position + 1}"


@dataclass(frozen=True, kw_only=True)
class Transfers:
    """Files whose columns are in order."""

    sources: tuple[Source, ...]

    def table(self, engine: "Engine") -> "Table":
        """All rows, with the columns of `SCHEMA`. Values are as in the files but for their types."""
        # Engines take the columns of the first of several files for those of all.
        alike: dict[Any, list[Source]] = {}
        for source in self.sources:
            schema = pq.read_schema(source.parquet).remove_metadata()
            alike.setdefault(schema, []).append(source)
        tables = [
            engine.read_parquet([source.parquet for source in sources])
            .select(**sources[0].names)
            .cast(SCHEMA)
            for sources in alike.values()
        ]
        whole, *others = tables
        return whole.union(*others) if others else whole

    def places(self, row: Mapping[str, Any]) -> list[str]:
        """Where a row of the table stands, and every row at the same place of the chain."""
        found = []
        for source in self.sources:
            position = 0
            for batch in pq.ParquetFile(source.parquet).iter_batches(columns=list(PLACES)):
                same = _equal(batch, "block_number", row) & _equal(batch, "log_index", row)
                found += [source.place(position + int(at)) for at in same.nonzero()[0]]
                position += batch.num_rows
        return found

    def check_unchanged(self) -> None:
        """Raises `InputError` for a file that is not the one that was read."""
        for source in self.sources:
            with located(str(source.given)):
                if _stamp(source.given) != source.stamp:
                    raise InputError("changed while it was read")


def prepare(files: Sequence[Path], folder: Path) -> Transfers:
    """The transfers in `files`; a folder stands for the files in it. Copies and links go to `folder`.

    Raises `InputError` naming the file for one that cannot be read, is neither CSV nor Parquet,
    lacks a column or has one of another type; the line or row too, where a cell is malformed.
    """
    sources: list[Source] = []
    for number, given in enumerate(expanded(files)):
        # Engines see names of ours: they would take some for patterns, partitions or hidden files.
        parquet = folder / f"transfers-{number}.parquet"
        with located(str(given)):
            stamp = _stamp(given)
            names = dict.fromkeys(COLUMNS, "")
            if given.name.endswith(_CSV):
                names = _names(copies.header(given))
                copies.of_csv(given, parquet, names, PLACES)
                names = dict(zip(COLUMNS, COLUMNS, strict=True))
            else:
                schema = _schema_of(given)
                names = _names(schema.names)
                _check(schema, names)
                _check_places(given, schema, names)
                if any(copies.is_binary(_kind(schema, name)) for name in names.values()):
                    copies.of_bytes(given, parquet, names, WIDTHS)
                    names = dict(zip(COLUMNS, COLUMNS, strict=True))
                else:
                    parquet.unlink(missing_ok=True)
                    parquet.symlink_to(given.absolute())
        sources.append(Source(given=given, parquet=parquet, names=names, stamp=stamp))
    return Transfers(sources=tuple(sources))


def expanded(files: Sequence[Path]) -> Iterator[Path]:
    """The files themselves: those of a folder stand for it, by name. Raises `InputError`."""
    for file in files:
        if not file.is_dir():
            yield file
            continue
        parts = sorted(part for part in file.iterdir() if part.name.endswith((*_CSV, ".parquet")))
        if not parts:
            raise InputError(f"{file}: no .parquet or .csv file in this folder")
        yield from parts


def _stamp(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}") from None
    return found.st_size, found.st_mtime_ns


def _schema_of(path: Path) -> pa.Schema:
    try:
        return pq.read_schema(path)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}") from None
    except pa.ArrowInvalid:
        raise InputError("not a Parquet file, and its name does not end in .csv") from None


def _names(there: Sequence[str]) -> dict[str, str]:
    """For each of our columns the name of theirs."""
    found = {}
    for name in COLUMNS:
        called = [other for other in (name, *ALIASES.get(name, ())) if other in there]
        if called:
            found[name] = called[0]
    missing = [name for name in COLUMNS if name not in found]
    if missing:
        raise InputError(f"columns {','.join(there)!r} lack {','.join(missing)!r}")
    for name in found.values():
        if there.count(name) > 1:
            raise InputError(f"column {name} stands there {there.count(name)} times")
    return found


def _kind(schema: pa.Schema, name: str) -> pa.DataType:
    kind = schema.field(name).type
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _check(schema: pa.Schema, names: Mapping[str, str]) -> None:
    for name, called in names.items():
        kind = _kind(schema, called)
        is_whole = pa.types.is_integer(kind)
        if name in PLACES:
            fits, expected = is_whole, "an integer"
        elif name == "value":
            # Wider decimals become floats in an engine.
            exact = pa.types.is_decimal128(kind) and kind.scale == 0
            fits = _is_text(kind) or is_whole or exact or copies.is_binary(kind)
            expected = "text, an integer, a decimal of scale 0 and at most 38 digits, or 32 bytes"
        else:
            fits = _is_text(kind) or copies.is_binary(kind)
            expected = f"text or {WIDTHS[name]} bytes"
        if not fits:
            raise InputError(f"column {called} is {kind}, expected {expected}")


def _check_places(given: Path, schema: pa.Schema, names: Mapping[str, str]) -> None:
    most = pa.scalar(_INT64_MAX, pa.uint64())
    for name in PLACES:
        if not pa.types.is_uint64(schema.field(names[name]).type):
            continue
        row = 1
        for batch in pq.ParquetFile(given).iter_batches(columns=[names[name]]):
            wrong = pc.index(pc.greater(batch.column(0), most), True).as_py()
            if wrong >= 0:
                cell = batch.column(0)[wrong].as_py()
                raise InputError(
                    f"row {row + wrong}: {name}: {cell} is above the most, {_INT64_MAX}"
                )
            row += batch.num_rows


def _is_text(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    )


def _equal(batch: pa.RecordBatch, name: str, row: Mapping[str, Any]) -> Any:
    wanted = row[name]
    column = batch.column(name)
    same = pc.is_null(column) if wanted is None else pc.equal(column, wanted)
    return pc.fill_null(same, False).to_numpy(zero_copy_only=False)
