"""Spark answers as DuckDB does and as the model does: the same query, the same figures, the same
bytes but for the engine's name. Long: Spark takes seconds for what takes DuckDB milliseconds.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jumpstart.errors import InputError
from jumpstart.snapshot.balances import balances
from jumpstart.snapshot.engines import Engine, opened
from jumpstart.snapshot.figures import Rule
from jumpstart.snapshot.histories import History
from jumpstart.snapshot.run import Machine, Request, holdings_of, take
from jumpstart.snapshot.transfers import prepare
from jumpstart.terms import Statistic
from tests.unit.snapshot.drawn import (
    PEOPLE,
    TOKEN,
    Cells,
    histories,
    rows_of,
    snapshot_blocks,
    write_csv,
    write_parquet,
)
from tests.unit.snapshot.model import Log
from tests.unit.snapshot.test_balances import DAYS, MOST, ONE, counted, modelled
from tests.unit.snapshot.test_checks import UNSOUND
from tests.unit.snapshot.test_checks import counted as checked
from tests.unit.snapshot.test_transfers import cryo_table, read

pytestmark = [pytest.mark.spark, pytest.mark.timeout(1800)]

MILLION = History(transfers=1_000_000, accounts=100_000, seed=2020)


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    from pyspark.sql import SparkSession

    with opened("spark-local", "2GB", tmp_path_factory.mktemp("spark")) as engine:
        session = SparkSession.getActiveSession()
        assert session is not None
        session.conf.set("spark.sql.shuffle.partitions", "4")  # of 200, most had nothing to do
        yield engine


@given(st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_spark_and_duckdb_and_the_model_agree(
    duckdb: Engine, spark: Engine, data: st.DataObject
) -> None:
    """Whatever the amounts, in the form that they need and in the widest."""
    logs = data.draw(histories())
    blocks = data.draw(snapshot_blocks(logs[-1].block))
    form = data.draw(st.sampled_from([None, MOST]))
    found = counted(spark, logs, blocks, form)
    assert found == counted(duckdb, logs, blocks, form)
    assert found == modelled(logs, blocks)


@pytest.mark.parametrize(
    "name",
    ["wrong token", "line break", "beyond a uint256", "null amount", "duplicate log",
     "transaction in two blocks", "missing log"],
)  # fmt: skip
def test_spark_refuses_what_duckdb_refuses(
    spark: Engine, tmp_path: Path, small_rows: list[Cells], name: str
) -> None:
    """In the same words; what depends on the engine is among them."""
    spoil, message = UNSOUND[name]
    spoil(small_rows)
    file = write_parquet(tmp_path / "transfers.parquet", small_rows)
    with pytest.raises(InputError) as refused:
        checked(spark, [file], tmp_path)
    assert message in str(refused.value)


def test_spark_refuses_a_sum_that_does_not_fit(spark: Engine, tmp_path: Path) -> None:
    """Should the choice of limbs ever be wrong, it is an error, never a null."""
    zero, half = "0x" + 40 * "0", 6 * 10**37
    logs = [Log(block=n, index=0, source=zero, target=PEOPLE[0], amount=half) for n in (1, 2)]
    transfers = prepare([write_parquet(tmp_path / "t.parquet", rows_of(logs))], tmp_path)
    with pytest.raises(Exception, match=r"(?i)overflow|out of range|CANNOT_CHANGE"):
        list(balances(spark, transfers.table(spark), [2], ONE))


@pytest.mark.parametrize("name", ["_t.parquet", "t*.parquet", "block_number=7/t.parquet"])
def test_names_mean_nothing_to_spark(
    spark: Engine, tmp_path: Path, small_rows: list[Cells], name: str
) -> None:
    """A file whose name begins with an underscore is hidden to it, and would be left out."""
    file = tmp_path / "data" / name
    file.parent.mkdir(parents=True)
    write_parquet(file, small_rows[:2])
    second = write_parquet(file.with_name("tt.parquet"), small_rows[2:])
    assert read(spark, [file, second], tmp_path) == small_rows


def test_layouts_are_the_same_rows_to_spark(
    spark: Engine, tmp_path: Path, small_rows: list[Cells]
) -> None:
    """Bytes, dictionaries, decimals, unsigned integers; each file has its own columns."""
    files = [tmp_path / f"{number}.parquet" for number in range(4)]
    pq.write_table(cryo_table(small_rows[:1]), files[0])
    plain = pa.Table.from_pylist(small_rows)
    place = plain.schema.get_field_index("value")
    for number, column in enumerate(
        (
            plain["value"].cast(pa.decimal128(38, 0)),
            plain["value"].dictionary_encode(),
            plain["value"].cast(pa.uint64()),
        ),
        1,
    ):
        table = plain.set_column(place, "value", column).slice(number, 1)
        pq.write_table(table.append_column("note", pa.array([number])), files[number])
    assert read(spark, files, tmp_path) == small_rows


def million_logs() -> list[Log]:
    logs = []
    for batch in MILLION.batches():
        table = pa.Table.from_batches([batch]).select(
            ["block_number", "log_index", "from_address", "to_address", "value"]
        )
        columns = (column.to_pylist() for column in table.columns)
        logs += [
            Log(block=block, index=index, source=source, target=target, amount=int(amount))
            for block, index, source, target, amount in zip(*columns, strict=True)
        ]
    return logs


def test_a_million_transfers_are_counted_alike(
    duckdb: Engine, spark: Engine, tmp_path: Path
) -> None:
    """By both engines and the model, in every form."""
    file = tmp_path / "million.parquet"
    last = MILLION.write(file)
    first = 10_000_000
    blocks = [first + (last - first) * day // 30 for day in range(1, 31)]
    expected = modelled(million_logs(), blocks)
    transfers = prepare([file], tmp_path)
    for engine in (duckdb, spark):
        for form in (ONE, DAYS, MOST):
            found = balances(engine, transfers.table(engine), blocks, form)
            assert [(one.account, one.total, one.least) for one in found] == expected
        request = Request(
            files=[file],
            token=bytes([0x77]) * 20,
            blocks=blocks,
            rule=Rule(statistic=Statistic.MINIMUM, days=30),
        )
        holdings, _, _ = holdings_of(request, engine, tmp_path, lambda _: None)
        assert [(one.account, one.holding) for one in holdings] == [
            (account, least) for account, _, least in expected if least
        ]


def test_snapshots_differ_by_the_name_of_the_engine_only(
    tmp_path: Path, small_rows: list[Cells]
) -> None:
    """Also from CSV."""
    file = write_csv(tmp_path / "transfers.csv", small_rows)
    request = Request(
        files=[file], token=TOKEN, blocks=[20, 30], rule=Rule(statistic=Statistic.MEAN, days=2)
    )
    contents = {}
    for name in ("duckdb", "spark-local"):
        take(request, tmp_path / name, Machine(engine=name, memory="1GB"))
        contents[name] = {
            str(path.relative_to(tmp_path / name)): path.read_bytes()
            for path in (tmp_path / name).rglob("*")
            if path.is_file()
        }
    mine, theirs = contents["duckdb"], contents["spark-local"]
    assert mine.keys() == theirs.keys()
    assert [name for name in mine if mine[name] != theirs[name]] == ["manifest.json"]
    manifests = [json.loads(files["manifest.json"]) for files in (mine, theirs)]
    assert manifests[0].pop("versions") != manifests[1].pop("versions")
    assert manifests[0] == manifests[1]
