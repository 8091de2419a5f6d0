"""Copies: files of transfers that an engine cannot read as they are, as Parquet that it can.

CSV, for its lines are named by number and its text is never guessed to be a float; and Parquet with
bytes where others have text. A batch at a time, so that a file may be larger than memory.
"""

import csv
import gzip
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TextIO

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from jumpstart.errors import InputError

_INTEGER: Final = "^(0|[1-9][0-9]{0,17})$"
_BLOCK_BYTES: Final = 16 << 20  # of CSV that are read at a time; no row may be longer
_ROWS: Final = 1 << 16  # of Parquet

_HEX: Final = np.frombuffer(b"".join(b"%02x" % byte for byte in range(256)), dtype="<u2")


def header(given: Path) -> list[str]:
    """The names in the first line of a CSV file. Raises `InputError`."""
    with _reading(), _opened(given) as file:
        try:
            return next(csv.reader(file))
        except (StopIteration, csv.Error):
            raise InputError("not CSV: no header in its first line") from None


def of_csv(given: Path, parquet: Path, names: Mapping[str, str], places: Sequence[str]) -> None:
    """All columns as text but for `places`, which become integers. `names` has for each name of ours
    that in the file.

    Raises `InputError` naming the line.
    """
    # One thread, or errors come without their line.
    with (
        _reading(),
        pyarrow.csv.open_csv(
            pa.input_stream(given, compression="gzip" if given.suffix == ".gz" else None),
            read_options=pyarrow.csv.ReadOptions(use_threads=False, block_size=_BLOCK_BYTES),
            parse_options=pyarrow.csv.ParseOptions(ignore_empty_lines=False),
            convert_options=pyarrow.csv.ConvertOptions(
                include_columns=list(names.values()),
                column_types=dict.fromkeys(names.values(), pa.string()),
                strings_can_be_null=False,
            ),
        ) as batches,
    ):
        schema = pa.schema(
            [(name, pa.int64() if name in places else pa.string()) for name in names]
        )
        line = 2
        with pq.ParquetWriter(parquet, schema, compression="zstd") as writer:
            for batch in batches:
                columns = [
                    _integers(batch.column(called), called, line)
                    if name in places
                    else batch.column(called)
                    for name, called in names.items()
                ]
                writer.write_batch(pa.record_batch(columns, schema=schema))
                line += batch.num_rows


def of_bytes(
    given: Path, parquet: Path, names: Mapping[str, str], widths: Mapping[str, int]
) -> None:
    """The columns of `names` under our names; those of bytes as text, amounts in decimal digits.

    Raises `InputError` naming the row for bytes that are not as many as `widths` says.
    """
    with _reading():
        file = pq.ParquetFile(given)
        kinds = {name: file.schema_arrow.field(called).type for name, called in names.items()}
        texts = {name for name in names if name in widths and not pa.types.is_integer(kinds[name])}
        schema = pa.schema(
            [(name, pa.string() if name in texts else kinds[name]) for name in names]
        )
        row = 1
        with pq.ParquetWriter(parquet, schema, compression="zstd") as writer:
            for batch in file.iter_batches(_ROWS, columns=list(names.values())):
                columns = []
                for name, called in names.items():
                    column = batch.column(called)
                    if name in texts:
                        column = _text(column, called, widths[name], row, is_amount=name == "value")
                    columns.append(column)
                writer.write_batch(pa.record_batch(columns, schema=schema))
                row += batch.num_rows


def is_binary(kind: pa.DataType) -> bool:
    """Whether a type has bytes in its cells that are not known to be text."""
    return bool(
        pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
        or pa.types.is_binary_view(kind)
        or pa.types.is_fixed_size_binary(kind)
    )


def hexadecimal(raw: npt.NDArray[np.uint8]) -> pa.StringArray:
    """Each row of bytes as 0x and hexadecimal digits, in lower case."""
    count, width = raw.shape
    length = 2 + 2 * width
    text = np.empty((count, length), dtype=np.uint8)
    text[:, 0], text[:, 1] = ord("0"), ord("x")
    text[:, 2:] = _HEX[raw].view(np.uint8).reshape(count, 2 * width)
    offsets = np.arange(0, (count + 1) * length, length, dtype=np.int32)
    return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(text))


def _text(column: pa.Array, called: str, width: int, row: int, *, is_amount: bool) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if not is_binary(column.type):
        return column.cast(pa.string())
    lengths = pc.binary_length(column.cast(pa.large_binary()))
    wrong = pc.index(pc.equal(lengths, width), False).as_py()
    if wrong >= 0:
        count = lengths[wrong].as_py()
        raise InputError(f"row {row + wrong}: {called}: {count} bytes, expected {width}")
    cells = column.to_pylist()
    if is_amount:
        return pa.array(
            [None if cell is None else str(int.from_bytes(cell)) for cell in cells], pa.string()
        )
    raw = np.frombuffer(b"".join([cell or bytes(width) for cell in cells]), dtype=np.uint8)
    text = hexadecimal(raw.reshape(-1, width))
    return pc.if_else(column.is_valid(), text, pa.scalar(None, pa.string()))


def _integers(column: pa.Array, called: str, line: int) -> pa.Array:
    sound = pc.match_substring_regex(column, _INTEGER)
    wrong = pc.index(sound, False).as_py()
    if wrong >= 0:
        raise InputError(f"line {line + wrong}: {called}: {column[wrong].as_py()!r} is no integer")
    return column.cast(pa.int64())


@contextmanager
def _reading() -> Iterator[None]:
    """Makes one line of what libraries say of a file."""
    try:
        yield
    except pa.ArrowInvalid as error:
        raise InputError(_told(str(error))) from None
    except (OSError, EOFError) as error:
        reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
        raise InputError(f"cannot be read: {reason}") from None


def _told(message: str) -> str:
    """What Arrow says, with the number of the line where it has one."""
    if match := re.search(r"Row #(\d+): (Expected \d+ columns, got \d+)", message):
        return f"line {match[1]}: {match[2][0].lower()}{match[2][1:]}"
    if "straddling" in message:
        return f"not CSV: a row of more than {_BLOCK_BYTES} bytes"
    return f"not CSV: {message.splitlines()[0]}"


def _opened(given: Path) -> TextIO:
    if given.suffix == ".gz":
        return gzip.open(given, "rt", encoding="utf-8-sig", errors="replace", newline="")
    return given.open(encoding="utf-8-sig", errors="replace", newline="")
