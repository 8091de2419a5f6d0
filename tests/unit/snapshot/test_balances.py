"""The query finds what the slow model finds, to the last unit, over drawn histories."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jumpstart.errors import InputError
from jumpstart.snapshot.balances import Form, balances, sql_of
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

ONE = Form(limbs=1, days_added=True)
DAYS = Form(limbs=1, days_added=False)
MOST = Form(limbs=3, days_added=False)


def counted(
    engine: Engine, logs: list[Log], blocks: list[int], form: Form | None
) -> list[tuple[str, int, int]]:
    """Account, sum and least of what the engine finds; in the form that it asks for by default."""
    with tempfile.TemporaryDirectory() as folder:
        file = write_parquet(Path(folder, "transfers.parquet"), rows_of(logs))
        transfers = prepare([file], Path(folder))
        checks = Checks(engine=engine, transfers=transfers, token=TOKEN)
        needed = Form.of(checks.rows(), len(blocks))
        checks.places()
        found = balances(engine, transfers.table(engine), blocks, form or needed)
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
    """Whatever the amounts, in the form that they need and in the widest."""
    logs = data.draw(histories())
    blocks = data.draw(snapshot_blocks(logs[-1].block))
    form = data.draw(st.sampled_from([None, MOST]))
    assert counted(duckdb, logs, blocks, form) == modelled(logs, blocks)


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


@pytest.mark.parametrize(
    ("turnover", "blocks", "form"),
    [
        (10**37 - 1, 10, ONE),
        (10**37, 10, DAYS),
        (10**38 - 1, 1, ONE),
        (10**38 - 1, 2, DAYS),
        (10**38, 1, Form(limbs=2, days_added=False)),
        (10**52 - 1, 30, Form(limbs=2, days_added=False)),
        (10**52, 30, MOST),
        (10**90, 30, MOST),
    ],
)
def test_form_is_the_cheapest_that_is_exact(turnover: int, blocks: int, form: Form) -> None:
    """The last sum that fits, and the first that might not."""
    assert Form.of(extent(5, turnover), blocks) == form


@given(st.data())
@settings(max_examples=10, deadline=None)
def test_borders_of_38_digits_are_exact(duckdb: Engine, data: st.DataObject) -> None:
    """Amounts around the places where another form is needed."""
    borders = [10**26, 10**36, 10**37, 10**38 - 1, 10**38, 10**52, 2**127, 2**128, 2**63]
    amounts = data.draw(
        st.lists(
            st.builds(lambda a, b: a + b, st.sampled_from(borders), st.integers(-2, 2)),
            min_size=1,
            max_size=5,
        )
    )
    zero, (first, second, *_) = "0x" + 40 * "0", PEOPLE
    logs = []
    for block, amount in enumerate(amounts):
        logs.append(Log(block=block, index=0, source=zero, target=first, amount=amount))
        logs.append(Log(block=block, index=1, source=first, target=second, amount=amount // 3))
    blocks = list(range(len(amounts)))
    assert counted(duckdb, logs, blocks, None) == modelled(logs, blocks)


@pytest.mark.parametrize("amounts", [[1], [7, 10**18, 3], [10**77], [2**256 - 1] * 3])
def test_turnover_is_no_less_than_the_amounts(
    duckdb: Engine, tmp_path: Path, amounts: list[int]
) -> None:
    """And hardly more: it is added in floats."""
    logs = [
        Log(block=n, index=0, source="0x" + 40 * "0", target=PEOPLE[0], amount=amount)
        for n, amount in enumerate(amounts)
    ]
    transfers = prepare([write_parquet(tmp_path / "t.parquet", rows_of(logs))], tmp_path)
    found = Checks(engine=duckdb, transfers=transfers, token=TOKEN).rows()
    assert sum(amounts) <= found.turnover <= sum(amounts) * 1.00001 + 2


def test_more_than_can_be_added_exactly_is_refused() -> None:
    """Each limb is added at most 10^12 times."""
    assert Form.of(extent(5 * 10**11, 10**60), 50) == MOST
    with pytest.raises(InputError, match="500000000001 transfers: amounts as large as these can"):
        Form.of(extent(5 * 10**11 + 1, 10**60), 50)


def test_engine_refuses_a_sum_that_does_not_fit(duckdb: Engine, tmp_path: Path) -> None:
    """Should the choice of limbs ever be wrong, nothing wraps: the engine itself complains."""
    zero = "0x" + 40 * "0"
    half = 9 * 10**37
    logs = [Log(block=n, index=0, source=zero, target=PEOPLE[0], amount=half) for n in (1, 2)]
    transfers = prepare([write_parquet(tmp_path / "t.parquet", rows_of(logs))], tmp_path)
    with pytest.raises(Exception, match=r"(?i)overflow|out of range"):
        list(balances(duckdb, transfers.table(duckdb), [2], ONE))


def test_accounts_in_any_case_are_one(
    duckdb: Engine, tmp_path: Path, small_rows: list[Cells]
) -> None:
    """Data sets have lower case, block explorers checksums."""
    mixed = "0x00000000000000000000000000000000000000aB"
    small_rows[3]["to_address"] = mixed
    transfers = prepare([write_parquet(tmp_path / "t.parquet", small_rows)], tmp_path)
    found = list(balances(duckdb, transfers.table(duckdb), [30], ONE))
    assert [(one.account, one.total) for one in found if one.total] == [
        (PEOPLE[1], 50),
        (PEOPLE[2], 50),
    ]


def test_query_is_the_same_text_each_time() -> None:
    """It stands in what is published."""
    assert sql_of([1, 2], ONE) == sql_of([1, 2], ONE)
    assert '"block_number" <= 2' in sql_of([1, 2], ONE)


def test_a_year_of_days_is_counted(duckdb: Engine) -> None:
    """One more each day, sent on the day after."""
    zero, (first, second, *_) = "0x" + 40 * "0", PEOPLE
    logs = []
    for day in range(365):
        logs.append(Log(block=7 * day, index=0, source=zero, target=first, amount=day))
        if day:
            source = Log(block=7 * day, index=1, source=first, target=second, amount=day - 1)
            logs.append(source)
    blocks = [7 * day + 3 for day in range(365)]
    expected = modelled(logs, blocks)
    for form in (ONE, DAYS, MOST):
        assert counted(duckdb, logs, blocks, form) == expected
