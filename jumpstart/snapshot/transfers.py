"""Transfers: the logs of a token, in files, as one table whatever the files look like.

A file is CSV (packed with gzip or not) with a header, or Parquet. It has the seven columns of
`COLUMNS`, in any order, among others or not. Which values are sound is for `checks`; this module
knows names and types, and where in which file a row stands.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from jumpstart.errors import InputError, located

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

SCHEMA: Final = {name: "int64" if name in PLACES else "string" for name in COLUMNS}
"""The types of the table, in words of Ibis."""

_CSV: Final = (".csv", ".csv.gz")
_INTEGER: Final = "^(0|[1-9][0-9]{0,17})$"
_BLOCK_BYTES: Final = 16 << 20


@dataclass(frozen=True, kw_only=True)
class Source:
    """A file as it was given, and the Parquet file that has its rows: the same one or a copy."""

    given: Path
    parquet: Path

    def place(self, position: int) -> str:
        """How a reader finds the row at `position`, counted from 0."""
        if self.given == self.parquet:
            return f"{self.given}: row {position + 1}"
        return f"{self.given}: line {position + 2}"


@dataclass(frozen=True, kw_only=True)
class Transfers:
    """Files whose columns are in order."""

    sources: tuple[Source, ...]

    def table(self, engine: "Engine") -> "Table":
        """All rows, with the columns of `SCHEMA`. Values are as in the files but for their types."""
        alike: dict[pa.Schema, list[Path]] = {}
        for source in self.sources:
            schema = _columns_of(source.parquet)
            alike.setdefault(schema, []).append(source.parquet)
        tables = [
            engine.read_parquet(paths).select(*COLUMNS).cast(SCHEMA) for paths in alike.values()
        ]
        whole, *others = tables
        return whole.union(*others) if others else whole

    def places(self, row: dict[str, Any]) -> list[str]:
        """Where a row of the table stands, and every row at the same place of the chain."""
        found = []
        for source in self.sources:
            position = 0
            for batch in pq.ParquetFile(source.parquet).iter_batches(columns=list(PLACES)):
                same = _equal(batch, "block_number", row) & _equal(batch, "log_index", row)
                found += [source.place(position + int(at)) for at in same.nonzero()[0]]
                position += batch.num_rows
        return found


def prepare(files: Sequence[Path], folder: Path) -> Transfers:
    """The transfers in `files`; a folder stands for the files in it. Copies of CSV go to `folder`.

    Raises `InputError` naming the file for one that cannot be read, is neither CSV nor Parquet,
    lacks a column or has one of another type; the line too, where CSV is malformed.
    """
    sources = []
    for number, given in enumerate(expanded(files)):
        with located(str(given)):
            if given.name.endswith(_CSV):
                parquet = folder / f"transfers-{number}.parquet"
                _convert(given, parquet)
            else:
                parquet = given
                _check(_columns_of(given))
        sources.append(Source(given=given, parquet=parquet))
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


def _columns_of(path: Path) -> pa.Schema:
    try:
        schema = pq.read_schema(path)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}") from None
    except pa.ArrowInvalid:
        raise InputError("not a Parquet file, and its name does not end in .csv") from None
    missing = [name for name in COLUMNS if name not in schema.names]
    if missing:
        raise InputError(f"columns {','.join(schema.names)!r} lack {','.join(missing)!r}")
    return pa.schema([pa.field(name, schema.field(name).type) for name in COLUMNS])


def _check(schema: pa.Schema) -> None:
    for field in schema:
        kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
        is_whole = pa.types.is_integer(kind)
        if field.name in PLACES:
            fits, expected = is_whole, "an integer"
        elif field.name == "value":
            exact = pa.types.is_decimal128(kind) and kind.scale == 0
            fits, expected = (
                is_text or is_whole or exact,
                "text, an integer or a decimal of scale 0",
            )
        else:
            fits, expected = is_text, "text"
        if not fits:
            raise InputError(f"column {field.name} is {field.type}, expected {expected}")


def _convert(given: Path, parquet: Path) -> None:
    """CSV as Parquet, all text but for the places, a block at a time."""
    try:
        # One thread, or errors come without their line.
        with pyarrow.csv.open_csv(
            pa.input_stream(given, compression="detect"),
            read_options=pyarrow.csv.ReadOptions(use_threads=False, block_size=_BLOCK_BYTES),
            parse_options=pyarrow.csv.ParseOptions(ignore_empty_lines=False),
            convert_options=pyarrow.csv.ConvertOptions(
                include_columns=list(COLUMNS),
                column_types=dict.fromkeys(COLUMNS, pa.string()),
                strings_can_be_null=False,
            ),
        ) as batches:
            schema = pa.schema(
                [(name, pa.int64() if name in PLACES else pa.string()) for name in COLUMNS]
            )
            line = 2
            with pq.ParquetWriter(parquet, schema, compression="zstd") as writer:
                for batch in batches:
                    columns = [_typed(batch, name, line) for name in COLUMNS]
                    writer.write_batch(pa.record_batch(columns, schema=schema))
                    line += batch.num_rows
    except FileNotFoundError:
        raise InputError("cannot be read: No such file or directory") from None
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}") from None
    except pa.ArrowInvalid as error:
        raise InputError(_told(str(error))) from None
    except KeyError as error:
        raise InputError(str(error.args[0])) from None


def _typed(batch: pa.RecordBatch, name: str, line: int) -> pa.Array:
    column = batch.column(name)
    if name not in PLACES:
        return column
    sound = pc.match_substring_regex(column, _INTEGER)
    wrong = pc.index(sound, False).as_py()
    if wrong >= 0:
        raise InputError(f"line {line + wrong}: {name}: {column[wrong].as_py()!r} is no integer")
    return column.cast(pa.int64())


def _told(message: str) -> str:
    """What Arrow says, with the number of the line where it has one."""
    if match := re.search(r"Row #(\d+): (Expected \d+ columns, got \d+)", message):
        return f"line {match[1]}: {match[2][0].lower()}{match[2][1:]}"
    return f"not CSV: {message.splitlines()[0]}"


def _equal(batch: pa.RecordBatch, name: str, row: dict[str, Any]) -> Any:
    wanted = row[name]
    column = batch.column(name)
    same = pc.is_null(column) if wanted is None else pc.equal(column, wanted)
    return pc.fill_null(same, False).to_numpy(zero_copy_only=False)
