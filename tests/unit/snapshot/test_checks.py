"""Every unsound transfer is refused by the row it stands in, with the figures that disagree."""

from collections.abc import Callable
from pathlib import Path

import pytest

from jumpstart.errors import InputError
from jumpstart.snapshot.engines import Engine
from jumpstart.snapshot.figures import Rule
from jumpstart.snapshot.run import Holding, Request, holdings_of
from jumpstart.terms import Statistic
from tests.unit.snapshot.drawn import PEOPLE, TOKEN, TOKEN_TEXT, Cells, write_csv, write_parquet

ONE, TWO, THREE, *_ = PEOPLE
Change = Callable[[list[Cells]], object]


def counted(
    engine: Engine,
    files: list[Path],
    work: Path,
    blocks: tuple[int, ...] = (20, 30),
    **rest: object,
) -> list[Holding]:
    request = Request(
        files=files,
        token=TOKEN,
        blocks=blocks,
        rule=Rule(statistic=Statistic.SUM, days=len(blocks)),
        **rest,  # type: ignore[arg-type]
    )
    found, _, _ = holdings_of(request, engine, work, lambda _: None)
    return found


def change(row: int, column: str, cell: object) -> Change:
    return lambda rows: rows[row].__setitem__(column, cell)


UNSOUND: dict[str, tuple[Change, str]] = {
    "wrong token": (
        change(1, "token_address", TWO),
        f"row 2 (log 4 of block 20): token_address: {TWO}, expected {TOKEN_TEXT}",
    ),
    "no token": (
        change(1, "token_address", None),
        "row 2 (log 4 of block 20): token_address: noth",
    ),
    "float": (change(2, "value", "1.5"), "value: '1.5' is not a plain decimal integer"),
    "exponent": (change(2, "value", "1e3"), "value: '1e3' is not a plain decimal integer"),
    "hexadecimal": (change(2, "value", "0x1f"), "value: '0x1f' is not a plain decimal integer"),
    "negative amount": (change(2, "value", "-5"), "value: '-5' is not a plain decimal integer"),
    "no amount": (change(2, "value", ""), "row 3 (log 5 of block 20): value: '' is not a plain"),
    "null amount": (change(2, "value", None), "row 3 (log 5 of block 20): value: nothing there"),
    "line break": (change(2, "value", "5\n"), "value: '5\\n' is not a plain decimal integer"),
    "leading zero": (change(2, "value", "05"), "value: '05' is not a plain decimal integer"),
    "beyond a uint256": (
        change(2, "value", str(2**256)),
        f"row 3 (log 5 of block 20): value: {2**256} is above the most, {2**256 - 1}",
    ),
    "beyond any figure": (change(2, "value", "9" * 79), f"value: {'9' * 79} is above the most"),
    "short account": (
        change(1, "to_address", TWO[:-1]),
        f"row 2 (log 4 of block 20): to_address: '{TWO[:-1]}' is not an address",
    ),
    "account in capitals with a wrong digit": (
        change(3, "to_address", "0x" + 39 * "A" + "G"),
        f"row 4 (log 1 of block 30): to_address: '0x{39 * 'A'}G' is not an address",
    ),
    "no account": (change(3, "to_address", None), "row 4 (log 1 of block 30): to_address: nothing"),
    "no transaction": (change(3, "transaction_hash", None), "transaction_hash: nothing there"),
    "no block": (
        change(3, "block_number", None),
        "row 4 (log 1 of block None): block_number: noth",
    ),
    "negative block": (change(3, "block_number", -1), "block_number: -1 is below the least, 0"),
    "no log": (change(3, "log_index", None), "log_index: nothing there"),
    "duplicate log": (
        lambda rows: rows.append(dict(rows[1])),
        "row 5: log 4 of block 20 stands in ",
    ),
    "two logs at one place": (change(2, "log_index", 4), "row 3: log 4 of block 20 stands in "),
    "transaction in two blocks": (
        lambda rows: rows[3].__setitem__("transaction_hash", rows[1]["transaction_hash"]),
        "row 4 (log 1 of block 30): transaction 0x",
    ),
    "transaction in two blocks, in capitals in one": (
        lambda rows: rows[3].__setitem__(
            "transaction_hash", str(rows[1]["transaction_hash"]).upper().replace("X", "x")
        ),
        f"row 4 (log 1 of block 30): transaction 0x{20004:064x} stands in block 30, and in block 20",
    ),
    "missing log": (
        lambda rows: rows.pop(1),
        f"row 2 (log 5 of block 20): {TWO} sends 10, its balance is 0: a transfer to it is missing",
    ),
    "amount too large": (
        change(3, "value", "41"),
        f"row 4 (log 1 of block 30): {ONE} sends 41, its balance is 40: a transfer to it is missing",
    ),
    "nothing at all": (lambda rows: rows.clear(), "the transfers have no row"),
}


def test_sound_transfers_are_counted(duckdb: Engine, small_file: Path, tmp_path: Path) -> None:
    """The history that each of the unsound ones changes by one fact."""
    found = counted(duckdb, [small_file], tmp_path)
    assert [(one.account, one.total, one.least) for one in found] == [
        (ONE, 40, 0),
        (TWO, 100, 50),
        (THREE, 60, 10),
    ]


@pytest.mark.parametrize(("spoil", "message"), UNSOUND.values(), ids=UNSOUND)
def test_unsound_transfer_is_refused_by_its_row(
    duckdb: Engine, tmp_path: Path, small_rows: list[Cells], spoil: Change, message: str
) -> None:
    """What disagrees is in the message."""
    spoil(small_rows)
    file = write_parquet(tmp_path / "transfers.parquet", small_rows)
    with pytest.raises(InputError) as refused:
        counted(duckdb, [file], tmp_path)
    assert message in str(refused.value)


def test_row_of_a_csv_is_named_by_its_line(
    duckdb: Engine, tmp_path: Path, small_rows: list[Cells]
) -> None:
    """Line 1 is the header; the file is named as it was given."""
    small_rows[2]["value"] = "1.5"
    file = write_csv(tmp_path / "transfers.csv", small_rows)
    with pytest.raises(InputError, match=r"transfers\.csv: line 4 \(log 5 of block 20\): value"):
        counted(duckdb, [file], tmp_path)


def test_duplicate_in_another_file_names_both(
    duckdb: Engine, tmp_path: Path, small_rows: list[Cells]
) -> None:
    """Overlapping exports are how duplicates come about."""
    first = write_csv(tmp_path / "a.csv", small_rows[:3])
    second = write_parquet(tmp_path / "b.parquet", small_rows[2:])
    with pytest.raises(InputError) as refused:
        counted(duckdb, [first, second], tmp_path)
    assert str(refused.value) == (
        f"{second}: row 1: log 5 of block 20 stands in {first}: line 4 already"
    )


def test_block_beyond_the_transfers_is_missing(
    duckdb: Engine, small_file: Path, tmp_path: Path
) -> None:
    """Unless the transfers are known to be complete up to it."""
    with pytest.raises(InputError, match="block 31 is missing: the transfers end with block 30"):
        counted(duckdb, [small_file], tmp_path, (20, 31))
    found = counted(duckdb, [small_file], tmp_path, (20, 31), through=31)
    assert [one.total for one in found] == [40, 100, 60]
    with pytest.raises(InputError, match="block 32 is missing: the transfers end with block 31"):
        counted(duckdb, [small_file], tmp_path, (20, 32), through=31)
    with pytest.raises(InputError, match="the transfers go to block 30, beyond 29"):
        counted(duckdb, [small_file], tmp_path, (20, 29), through=29)


def test_rows_in_any_order_are_the_same_history(
    duckdb: Engine, tmp_path: Path, small_rows: list[Cells]
) -> None:
    """Also when they are spread over files."""
    files = [
        write_parquet(tmp_path / "b.parquet", small_rows[:1]),
        write_csv(tmp_path / "a.csv", small_rows[:0:-1]),
    ]
    assert [one.total for one in counted(duckdb, files, tmp_path)] == [40, 100, 60]


def test_what_an_excluded_account_never_received_is_missing(
    duckdb: Engine, tmp_path: Path, small_rows: list[Cells]
) -> None:
    """A log that is missing is missing from others too, and exchanges have the most."""
    small_rows.pop(1)
    file = write_parquet(tmp_path / "transfers.parquet", small_rows)
    left_out = frozenset([bytes.fromhex(TWO[2:])])
    with pytest.raises(InputError, match=f"{TWO} sends 10, its balance is 0: a transfer to it is"):
        counted(duckdb, [file], tmp_path, excluded=left_out)


def test_blocks_before_the_first_transfer_count_as_nothing(
    duckdb: Engine, small_file: Path, tmp_path: Path
) -> None:
    """A token has a history from its first log on."""
    found = counted(duckdb, [small_file], tmp_path, (1, 9, 10))
    assert [(one.account, one.total, one.least) for one in found] == [(ONE, 100, 0)]


def test_balance_is_that_at_the_end_of_its_block(
    duckdb: Engine, tmp_path: Path, small_rows: list[Cells]
) -> None:
    """What comes and goes in one block was never there; sent to oneself changes nothing."""
    for row, (source, target, amount) in zip(
        small_rows[1:], [(ONE, TWO, 100), (TWO, ONE, 100), (ONE, ONE, 100)], strict=True
    ):
        row |= {"from_address": source, "to_address": target, "value": str(amount)}
        row["block_number"] = 20
    small_rows[3]["log_index"] = 6
    file = write_parquet(tmp_path / "transfers.parquet", small_rows[::-1])
    found = counted(duckdb, [file], tmp_path, (10, 20))
    assert [(one.account, one.total, one.least) for one in found] == [(ONE, 200, 100)]


def test_one_transaction_may_have_many_logs(
    duckdb: Engine, tmp_path: Path, small_rows: list[Cells]
) -> None:
    """In one block."""
    small_rows[2]["transaction_hash"] = small_rows[1]["transaction_hash"]
    file = write_parquet(tmp_path / "transfers.parquet", small_rows)
    assert [one.total for one in counted(duckdb, [file], tmp_path)] == [40, 100, 60]


def test_figure_beyond_a_uint256_is_refused(
    duckdb: Engine, tmp_path: Path, small_rows: list[Cells]
) -> None:
    """No contract could be told of it."""
    small_rows[0]["value"] = str(2**256 - 1)
    file = write_parquet(tmp_path / "transfers.parquet", small_rows[:1])
    with pytest.raises(InputError, match=f"{ONE}: the sum {2**257 - 2} is above the most"):
        counted(duckdb, [file], tmp_path, (20, 30), through=30)
