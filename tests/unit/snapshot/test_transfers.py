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


def cryo_table(rows: list[Cells], **changes: pa.Array) -> pa.Table:
    """As cryo writes erc20_transfers: bytes, small integers, an amount in three forms."""

    def raw(name: str) -> pa.Array:
        return pa.array([bytes.fromhex(str(row[name])[2:]) for row in rows], pa.large_binary())

    amounts = [int(str(row["value"])) for row in rows]
    columns = {
        "block_number": pa.array([row["block_number"] for row in rows], pa.uint32()),
        "transaction_index": pa.array([0] * len(rows), pa.uint32()),
        "log_index": pa.array([row["log_index"] for row in rows], pa.uint32()),
        "transaction_hash": raw("transaction_hash"),
        "erc20": raw("token_address"),
        "from_address": raw("from_address"),
        "to_address": raw("to_address"),
        "value_binary": pa.array([amount.to_bytes(32) for amount in amounts], pa.large_binary()),
        "value_string": pa.array(list(map(str, amounts)), pa.large_string()),
        "value_f64": pa.array(list(map(float, amounts))),
        "chain_id": pa.array([1] * len(rows), pa.uint64()),
    }
    return pa.table({**columns, **changes})


@pytest.mark.parametrize("left_out", [[], ["value_string"], ["value_binary"]])
def test_bytes_of_cryo_are_the_same_rows(
    duckdb: Engine, tmp_path: Path, small_rows: list[Cells], left_out: list[str]
) -> None:
    """With the amount as bytes or as text; never as a float."""
    small_rows[0]["value"] = str(2**256 - 1)
    table = cryo_table(small_rows).drop_columns(left_out)
    pq.write_table(table, tmp_path / "t.parquet", row_group_size=3)
    assert read(duckdb, [tmp_path / "t.parquet"], tmp_path) == small_rows
    pq.write_table(
        table.drop_columns({"value_string", "value_binary"} - {*left_out}), tmp_path / "t.parquet"
    )
    with pytest.raises(InputError, match=r"t\.parquet: columns .* lack 'value'"):
        prepare([tmp_path / "t.parquet"], tmp_path)


@pytest.mark.parametrize(
    "kind", [pa.binary(), pa.binary(20), pa.binary_view(), pa.dictionary(pa.int32(), pa.binary())]
)
def test_bytes_of_any_type_are_taken(
    duckdb: Engine, tmp_path: Path, small_rows: list[Cells], kind: pa.DataType
) -> None:
    """With nothing where there is nothing, which the checks refuse."""
    cells: list[bytes | None] = [bytes.fromhex(str(row["to_address"])[2:]) for row in small_rows]
    cells[2] = None
    small_rows[2]["to_address"] = None
    column = pa.array(cells, pa.binary())
    column = column.dictionary_encode() if pa.types.is_dictionary(kind) else column.cast(kind)
    table = pa.Table.from_pylist(small_rows)
    table = table.set_column(table.schema.get_field_index("to_address"), "to_address", column)
    pq.write_table(table, tmp_path / "t.parquet")
    assert read(duckdb, [tmp_path / "t.parquet"], tmp_path) == small_rows


def test_bytes_that_are_too_many_are_refused_by_their_row(
    tmp_path: Path, small_rows: list[Cells]
) -> None:
    """A topic of 32 bytes is no account."""
    topics = pa.array([bytes(20), bytes(20), bytes(32), bytes(20)], pa.binary())
    pq.write_table(cryo_table(small_rows, from_address=topics), tmp_path / "t.parquet")
    with pytest.raises(InputError) as refused:
        prepare([tmp_path / "t.parquet"], tmp_path)
    assert str(refused.value) == f"{tmp_path}/t.parquet: row 3: from_address: 32 bytes, expected 20"


def test_text_in_any_form_is_taken(duckdb: Engine, tmp_path: Path, small_rows: list[Cells]) -> None:
    """Columns of few different values are often kept as a dictionary."""
    table = pa.Table.from_pylist(small_rows)
    for place, name in enumerate(table.column_names):
        column = table[name]
        if pa.types.is_string(column.type):
            column = column.cast(pa.string_view()) if place % 2 else column.dictionary_encode()
            table = table.set_column(place, name, column)
    pq.write_table(table, tmp_path / "t.parquet")
    assert read(duckdb, [tmp_path / "t.parquet"], tmp_path) == small_rows


def test_files_with_other_columns_are_one_table(
    duckdb: Engine, tmp_path: Path, small_rows: list[Cells]
) -> None:
    """An engine takes the columns of the first file for those of all."""
    first = pa.Table.from_pylist(small_rows[:2]).append_column("block_hash", pa.array(["0x", "0x"]))
    pq.write_table(first, tmp_path / "1.parquet")
    second = write_parquet(tmp_path / "2.parquet", small_rows[2:])
    assert read(duckdb, [tmp_path / "1.parquet", second], tmp_path) == small_rows


@pytest.mark.parametrize(
    "name", ["t*.parquet", "[t].parquet", "_t.parquet", "log_index=7/t.parquet", "a b'c.parquet"]
)
def test_names_mean_nothing_to_an_engine(
    duckdb: Engine, tmp_path: Path, small_rows: list[Cells], name: str
) -> None:
    """To an engine some are patterns, columns or hidden files."""
    file = tmp_path / "data" / name
    file.parent.mkdir(parents=True)
    write_parquet(file, small_rows)
    write_parquet(file.with_name("tt.parquet"), small_rows)
    assert read(duckdb, [file], tmp_path) == small_rows


def test_place_beyond_64_bits_is_refused(tmp_path: Path, small_rows: list[Cells]) -> None:
    """Unsigned integers may be too large for the table."""
    table = pa.Table.from_pylist(small_rows)
    blocks = pa.array([10, 20, 2**63, 30], pa.uint64())
    table = table.set_column(table.schema.get_field_index("block_number"), "block_number", blocks)
    pq.write_table(table, tmp_path / "t.parquet")
    with pytest.raises(InputError) as refused:
        prepare([tmp_path / "t.parquet"], tmp_path)
    assert str(refused.value) == (
        f"{tmp_path}/t.parquet: row 3: block_number: {2**63} is above the most, {2**63 - 1}"
    )


def test_column_that_stands_twice_is_refused(tmp_path: Path, small_rows: list[Cells]) -> None:
    """Nobody knows which is meant."""
    file = write_csv(tmp_path / "t.csv", small_rows)
    file.write_text("value," + "\nvalue,".join(file.read_text().splitlines()) + "\n")
    with pytest.raises(InputError, match=r"t\.csv: column value stands there 2 times"):
        prepare([file], tmp_path)
    table = pa.Table.from_pylist(small_rows)
    pq.write_table(
        pa.Table.from_arrays([*table.columns, table["value"]], [*table.column_names, "value"]),
        tmp_path / "t.parquet",
    )
    with pytest.raises(InputError, match=r"t\.parquet: column value stands there 2 times"):
        prepare([tmp_path / "t.parquet"], tmp_path)


def test_csv_of_any_habit_is_the_same_rows(
    duckdb: Engine, tmp_path: Path, small_rows: list[Cells]
) -> None:
    """Quotes, CRLF, a mark of byte order, no line break at the end, columns of others."""
    names = [*reversed(COLUMNS), "note"]
    lines = [",".join(f'"{row.get(name, "a, b")}"' for name in names) for row in small_rows]
    text = "\r\n".join([",".join(names), *lines])
    (tmp_path / "t.csv").write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert read(duckdb, [tmp_path / "t.csv"], tmp_path) == small_rows


NO_CSV = {
    "endless cell": (
        f"{HEADER}\n{'9' * 9000},b,c,1,h,0,5\n".encode(),
        "not CSV: a row of more than",
    ),
    "no text": (f"{HEADER}\n".encode() + b"\xff,b,c,1,h,0,5\n", "not CSV: In CSV column #0"),
    "nothing": (b"", "not CSV: no header in its first line"),
    "semicolons": (HEADER.replace(",", ";").encode(), "columns "),
}


@pytest.mark.parametrize(("content", "message"), NO_CSV.values(), ids=NO_CSV)
def test_what_is_no_csv_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, message: str
) -> None:
    """By one line."""
    monkeypatch.setattr("jumpstart.snapshot.copies._BLOCK_BYTES", 1024)
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(InputError) as refused:
        prepare([tmp_path / "t.csv"], tmp_path)
    assert str(refused.value).startswith(f"{tmp_path}/t.csv: {message}")
    assert "\n" not in str(refused.value)


def test_half_a_packed_file_is_refused(tmp_path: Path, small_rows: list[Cells]) -> None:
    """What a broken download leaves; nothing at all is no CSV either."""
    whole = gzip.compress(write_csv(tmp_path / "t.csv", small_rows * 999).read_bytes())
    for part in (whole[: len(whole) // 2], whole[:-4], b"", b"plain"):
        (tmp_path / "t.csv.gz").write_bytes(part)
        with pytest.raises(InputError, match=r"t\.csv\.gz: (cannot be read|not CSV): "):
            prepare([tmp_path / "t.csv.gz"], tmp_path)


def test_file_that_changes_is_noticed(tmp_path: Path, small_rows: list[Cells]) -> None:
    """What is published would not be what was read."""
    file = write_parquet(tmp_path / "t.parquet", small_rows)
    transfers = prepare([file], tmp_path)
    transfers.check_unchanged()
    write_parquet(file, small_rows[:3])
    with pytest.raises(InputError, match=r"t\.parquet: changed while it was read"):
        transfers.check_unchanged()
