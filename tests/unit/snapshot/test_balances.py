"""The query finds what the slow model finds, to the last unit, over drawn histories."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jumpstart.errors import InputError
from jumpstart.snapshot.balances import LIMBS, balances, limbs_of, sql_of
from jumpstart.snapshot.checks import Checks, Extent
from jumpstart.snapshot.engines import Engine
from jumpstart.snapshot.transfers import prepare
from tests.unit.snapshot.drawn import (
    PEOPLE,
    TOKEN,
    Cells,
    histories,
    rows_of,
    snapshot_blocks,
    write_parquet,
)
from tests.unit.snapshot.model import Log, daily_balances


def counted(
    engine: Engine, logs: list[Log], blocks: list[int], limbs: int | None
) -> list[tuple[str, int, int]]:
    """Account, sum and least of what the engine finds; with the limbs that it asks for by default."""
    with tempfile.TemporaryDirectory() as folder:
        file = write_parquet(Path(folder, "transfers.parquet"), rows_of(logs))
        transfers = prepare([file], Path(folder))
        checks = Checks(engine=engine, transfers=transfers, token=TOKEN)
        needed = limbs_of(checks.rows(), len(blocks))
        checks.places()
        found = balances(engine, transfers.table(engine), blocks, limbs or needed)
        return [(one.account, one.total, one.least) for one in found]


def modelled(logs: list[Log], blocks: list[int]) -> list[tuple[str, int, int]]:
    return sorted(
        (account, sum(days), min(days))
        for account, days in daily_balances(logs, blocks).items()
        if account != "0x" + 40 * "0"
    )


@given(st.data())
@settings(max_examples=25, deadline=None)
def test_balances_are_those_of_the_model(duckdb: Engine, data: st.DataObject) -> None:
    """Whatever the amounts, with the limbs that they need and with the most."""
    logs = data.draw(histories())
    blocks = data.draw(snapshot_blocks(logs[-1].block))
    limbs = data.draw(st.sampled_from([None, LIMBS]))
    assert counted(duckdb, logs, blocks, limbs) == modelled(logs, blocks)


def test_uint256_is_added_exactly(duckdb: Engine) -> None:
    """Thirty times the most that a transfer can move, less one unit on the last day."""
    most = 2**256 - 1
    zero, (first, second, *_) = "0x" + 40 * "0", PEOPLE
    logs = [
        Log(block=1, index=0, source=zero, target=first, amount=most),
        Log(block=30, index=0, source=first, target=second, amount=1),
    ]
    assert counted(duckdb, logs, list(range(1, 31)), None) == [
        (first, 30 * most - 1, most - 1),
        (second, 1, 0),
    ]


def extent(rows: int, turnover: int) -> Extent:
    return Extent(rows=rows, first=0, last=0, turnover=turnover)


def test_one_limb_is_enough_up_to_38_digits() -> None:
    """The last sum that fits, and the first that might not."""
    assert limbs_of(extent(5, 10**37 - 1), 10) == 1
    assert limbs_of(extent(5, 10**37), 10) == LIMBS
    assert limbs_of(extent(5, 10**38 - 1), 1) == 1


def test_more_than_can_be_added_exactly_is_refused() -> None:
    """Each limb is added at most 10^12 times."""
    assert limbs_of(extent(10**10, 10**60), 50) == LIMBS
    with pytest.raises(InputError, match="10000000001 transfers at 50 blocks: amounts as large"):
        limbs_of(extent(10**10 + 1, 10**60), 50)


def test_engine_refuses_a_sum_that_does_not_fit(duckdb: Engine, tmp_path: Path) -> None:
    """Should the choice of limbs ever be wrong, nothing wraps: the engine itself complains."""
    zero = "0x" + 40 * "0"
    half = 9 * 10**37
    logs = [Log(block=n, index=0, source=zero, target=PEOPLE[0], amount=half) for n in (1, 2)]
    transfers = prepare([write_parquet(tmp_path / "t.parquet", rows_of(logs))], tmp_path)
    with pytest.raises(Exception, match=r"(?i)overflow|out of range"):
        list(balances(duckdb, transfers.table(duckdb), [2], 1))


def test_accounts_in_any_case_are_one(
    duckdb: Engine, tmp_path: Path, small_rows: list[Cells]
) -> None:
    """Data sets have lower case, block explorers checksums."""
    mixed = "0x00000000000000000000000000000000000000aB"
    small_rows[3]["to_address"] = mixed
    transfers = prepare([write_parquet(tmp_path / "t.parquet", small_rows)], tmp_path)
    found = list(balances(duckdb, transfers.table(duckdb), [30], 1))
    assert [(one.account, one.total) for one in found if one.total] == [
        (PEOPLE[1], 50),
        (PEOPLE[2], 50),
    ]


def test_query_is_the_same_text_each_time() -> None:
    """It stands in what is published."""
    assert sql_of([1, 2], 1) == sql_of([1, 2], 1)
    assert '"block" <= 2' in sql_of([1, 2], 1)
