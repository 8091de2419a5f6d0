"""The engine that most tests count with, and a small history."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from jumpstart.snapshot.engines import Engine, opened
from tests.unit.snapshot.drawn import PEOPLE, Cells, rows_of, write_parquet
from tests.unit.snapshot.model import ZERO, Log


@pytest.fixture(scope="package")
def duckdb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with opened("duckdb", "512MB", tmp_path_factory.mktemp("duckdb")) as engine:
        yield engine


@pytest.fixture
def small_rows() -> list[Cells]:
    """A mint of 100 and three transfers, in blocks 10, 20, 20 and 30."""
    first, second, third, *_ = PEOPLE
    return rows_of(
        [
            Log(block=10, index=0, source=ZERO, target=first, amount=100),
            Log(block=20, index=4, source=first, target=second, amount=60),
            Log(block=20, index=5, source=second, target=third, amount=10),
            Log(block=30, index=1, source=first, target=third, amount=40),
        ]
    )


@pytest.fixture
def small_file(tmp_path: Path, small_rows: list[Cells]) -> Path:
    return write_parquet(tmp_path / "transfers.parquet", small_rows)
