"""Files of transfers: what is accepted as it is, and what is refused before anything is counted."""

import gzip
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jumpstart.errors import InputError
from jumpstart.snapshot.engines import Engine
from jumpstart.snapshot.transfers import COLUMNS, prepare
from tests.unit.snapshot.drawn import Cells, write_csv, write_parquet


def read(engine: Engine, files: list[Path], work: Path) -> list[Cells]:
    table = prepare(files, work).table(engine).order_by("block_number", "log_index")
    return [dict(zip(COLUMNS, row, strict=True)) for row in engine.rows(table)]


def test_csv_gzip_and_parquet_are_the_same_rows(
    duckdb: Engine, tmp_path: Path, small_rows: list[Cells]
) -> None:
    """A folder stands for the files in it."""
    csv = write_csv(tmp_path / "t.csv", small_rows)
    packed = tmp_path / "t.csv.gz"
    packed.write_bytes(gzip.compress(csv.read_bytes()))
    folder = tmp_path / "parts"
    folder.mkdir()
    write_parquet(folder / "1.parquet", small_rows[:2])
    write_csv(folder / "2.csv", small_rows[2:])
    for given in (csv, packed, folder):
        assert read(duckdb, [given], tmp_path) == small_rows


@pytest.mark.parametrize(
    "kind", [pa.uint64(), pa.int32(), pa.decimal128(38, 0), pa.large_string(),
             pa.dictionary(pa.int8(), pa.string())]
)  # fmt: skip
def test_amounts_of_any_exact_type_are_accepted(
    duckdb: Engine, tmp_path: Path, small_rows: list[Cells], kind: pa.DataType
) -> None:
    """Data sets differ in how they keep integers; columns of others are left alone."""
    table = pa.Table.from_pylist(small_rows)
    table = table.set_column(3, "value", table["value"].cast(pa.string()).cast(kind)
                             if not pa.types.is_dictionary(kind)
                             else table["value"].dictionary_encode())  # fmt: skip
    table = table.append_column("block_timestamp", pa.array(range(len(small_rows))))
    pq.write_table(table, tmp_path / "t.parquet")
    assert read(duckdb, [tmp_path / "t.parquet"], tmp_path) == small_rows


def test_files_of_different_types_are_one_table(
    duckdb: Engine, tmp_path: Path, small_rows: list[Cells]
) -> None:
    """Amounts as text in one and as decimals in the next."""
    first = write_parquet(tmp_path / "1.parquet", small_rows[:2])
    table = pa.Table.from_pylist(small_rows[2:])
    amounts = table["value"].cast(pa.decimal128(38, 0))
    pq.write_table(table.set_column(3, "value", amounts), tmp_path / "2.parquet")
    assert read(duckdb, [first, tmp_path / "2.parquet"], tmp_path) == small_rows


@pytest.mark.parametrize(
    "kind", [pa.float64(), pa.decimal128(38, 18), pa.decimal256(40, 0), pa.bool_()]
)
def test_amounts_of_an_inexact_type_are_refused(
    tmp_path: Path, small_rows: list[Cells], kind: pa.DataType
) -> None:
    """Some public data sets have amounts as floats: they are wrong before we see them."""
    table = pa.Table.from_pylist(small_rows).drop_columns("value")
    table = table.append_column("value", pa.nulls(len(small_rows), kind))
    pq.write_table(table, tmp_path / "t.parquet")
    with pytest.raises(InputError, match=r"t\.parquet: column value is .*, expected text"):
        prepare([tmp_path / "t.parquet"], tmp_path)


def test_missing_column_is_named(tmp_path: Path, small_rows: list[Cells]) -> None:
    """In either format."""
    table = pa.Table.from_pylist(small_rows).drop_columns(["log_index"])
    pq.write_table(table, tmp_path / "t.parquet")
    with pytest.raises(InputError, match=r"t\.parquet: columns .* lack 'log_index'"):
        prepare([tmp_path / "t.parquet"], tmp_path)
    (tmp_path / "t.csv").write_text("block_number,value\n1,2\n")
    with pytest.raises(InputError, match=r"t\.csv: .*token_address"):
        prepare([tmp_path / "t.csv"], tmp_path)


HEADER = ",".join(COLUMNS)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"{HEADER}\na,b,c,1,h,0,5\na,b,c,1,h,0\n", "line 3: expected 7 columns, got 6"),
        (f"{HEADER}\na,b,c,1,h,0,5\n\na,b,c,1,h,0,5\n", "line 3: log_index: '' is no integer"),
        (f"{HEADER}\na,b,c,1,h,0,5\na,b,c,1,h,x,5\n", "line 3: log_index: 'x' is no integer"),
        (f"{HEADER}\na,b,c,1,h,0,5.0\n", "line 2: block_number: '5.0' is no integer"),
        (f"{HEADER}\na,b,c,1,h,0,-5\n", "line 2: block_number: '-5' is no integer"),
        (f"{HEADER}\na,b,c,1,h,0,\n", "line 2: block_number: '' is no integer"),
        ("", "not CSV"),
    ],
)
def test_malformed_csv_is_refused_by_its_line(tmp_path: Path, text: str, message: str) -> None:
    """The header is line 1."""
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(InputError) as refused:
        prepare([tmp_path / "t.csv"], tmp_path)
    assert str(refused.value).startswith(f"{tmp_path}/t.csv: {message}")


def test_what_is_no_file_of_transfers_is_refused(tmp_path: Path) -> None:
    """Missing, of another format, or a folder without any."""
    (tmp_path / "t.json").write_text("{}")
    (tmp_path / "empty").mkdir()
    for name, message in [
        ("none.parquet", "cannot be read"),
        ("none.csv", "cannot be read: No such file"),
        ("t.json", "not a Parquet file, and its name does not end in .csv"),
        ("empty", "no .parquet or .csv file in this folder"),
    ]:
        with pytest.raises(InputError) as refused:
            prepare([tmp_path / name], tmp_path)
        assert message in str(refused.value)
        assert str(tmp_path / name) in str(refused.value)
