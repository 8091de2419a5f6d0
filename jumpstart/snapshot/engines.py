"""Engines: what runs a query. DuckDB inside this process, or Spark, on this machine or a cluster.

Both are reached through Ibis, so that a query is written once. This module knows how they are started
and stopped, how much memory they may take, and how what they complain of becomes one line.
"""

import importlib.util
import os
import re
import shutil
import subprocess
import warnings
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from jumpstart.errors import InputError, ToolError

if TYPE_CHECKING:
    from ibis.expr.types import Table

DUCKDB: Final = "duckdb"
SPARK_LOCAL: Final = "spark-local"
SPARK_CLUSTER: Final = "spark://"

_ROWS: Final = 100_000  # that become Python objects at a time
_MEMORY: Final = re.compile(r"([1-9][0-9]*)(MB|GB)", re.ASCII)

JAVA_MIN: Final = 17
_NO_JAVA: Final = (
    f"Spark needs Java {JAVA_MIN} or newer: install it (on Debian: apt-get install "
    f"openjdk-{JAVA_MIN}-jre-headless) or let JAVA_HOME say where it is"
)


class Engine(Protocol):
    """What a snapshot asks of an engine."""

    @property
    def version(self) -> str:
        """Its name and version."""

    def read_parquet(self, paths: Sequence[Path]) -> "Table":
        """The rows of files with the same columns."""

    def rows(self, table: "Table") -> Generator[tuple[Any, ...], None, None]:
        """The rows of a query, in its order: to the last, or closed, before the next query. Raises
        `ToolError` when the engine fails.
        """


@contextmanager
def opened(choice: str, memory: str, folder: Path, threads: int | None = None) -> Iterator[Engine]:
    """The engine called `choice`: "duckdb", "spark-local", or the "spark://.." of a cluster.

    `memory`, such as "4GB", is what DuckDB, or each process of Spark, may take before it writes to
    `folder`. `threads` are all cores unless given. Raises `InputError` for another choice or memory,
    `ToolError` when the engine is not there.
    """
    check(choice, memory)
    if choice == DUCKDB:
        with _duckdb(memory, folder, threads) as engine:
            yield engine
        return
    master = f"local[{threads or '*'}]" if choice == SPARK_LOCAL else choice
    with _spark(master, memory.lower().removesuffix("b"), folder) as engine:
        yield engine


def check(choice: str, memory: str) -> None:
    """Raises what `opened` would, before anything has been fetched or counted in vain."""
    if _MEMORY.fullmatch(memory) is None:
        raise InputError(f"--memory: {memory!r} is no memory such as 4GB or 512MB")
    if choice == DUCKDB:
        return
    if choice != SPARK_LOCAL and not choice.startswith(SPARK_CLUSTER):
        raise InputError(
            f"--engine: {choice!r} is no engine: expected duckdb, spark-local or spark://.."
        )
    if importlib.util.find_spec("pyspark") is None:
        raise ToolError("Spark is not installed: pip install 'jumpstart[spark]'")
    check_java()


@contextmanager
def _duckdb(memory: str, folder: Path, threads: int | None) -> Iterator[Engine]:
    import duckdb
    import ibis

    settings = {"threads": threads} if threads else {}
    try:
        connection = ibis.duckdb.connect(
            memory_limit=memory,
            temp_directory=str(folder / "duckdb"),
            preserve_insertion_order=False,
            **settings,
        )
    except duckdb.Error as error:
        raise ToolError(f"duckdb: {_line_of(error)}") from None
    try:
        connection.raw_sql("SET enable_progress_bar = false")
        yield _DuckDB(connection, f"duckdb {duckdb.__version__}")
    except duckdb.Error as error:
        raise ToolError(f"duckdb: {_line_of(error)}") from None
    finally:
        connection.disconnect()


@contextmanager
def _spark(master: str, memory: str, folder: Path) -> Iterator[Engine]:
    import ibis
    import pyspark
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    quiet = Path(__file__).with_name("log4j2.properties")
    builder = SparkSession.Builder().master(master).appName("jumpstart snapshot")
    for name, value in {
        "spark.driver.memory": memory,
        "spark.executor.memory": memory,
        "spark.local.dir": str(folder),
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.sql.ansi.enabled": "true",  # an overflow is an error, never a null
        "spark.driver.maxResultSize": "0",  # what comes back is as long as there are accounts
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={quiet}",
    }.items():
        builder = builder.config(name, value)
    if master.startswith("local"):
        builder = builder.config("spark.driver.bindAddress", "127.0.0.1")
        builder = builder.config("spark.driver.host", "127.0.0.1")
    said = folder / "spark.log"
    try:
        with _diverted(said):
            session = builder.getOrCreate()
    except (PySparkException, Py4JError, OSError) as error:
        lines = said.read_text(errors="replace").split("\n")
        reason = next((line for line in lines if "rror" in line or "JAVA" in line), _line_of(error))
        raise ToolError(f"Spark does not start at {master}: {reason}") from None
    try:
        connection = ibis.pyspark.connect(session)
        yield _Spark(connection, f"spark {pyspark.__version__}", session)
    except (PySparkException, Py4JError) as error:
        raise ToolError(f"spark: {_line_of(error)}") from None
    finally:
        session.stop()


def check_java() -> None:
    """Raises `ToolError` saying what to install, where there is no Java that runs Spark."""
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home, "bin", "java")) if home else shutil.which("java")
    if java is None:
        raise ToolError(f"found no java. {_NO_JAVA}")
    try:
        told = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=60).stderr
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ToolError(f"{java} does not run ({_line_of(error)}). {_NO_JAVA}") from None
    match = re.search(r'version "(?:1\.)?(\d+)', told)
    if match is None or int(match[1]) < JAVA_MIN:
        raise ToolError(f"{java} is {_line_of(ValueError(told))}. {_NO_JAVA}")


@contextmanager
def _diverted(path: Path) -> Iterator[None]:
    """Sends what programs that are started meanwhile say on standard error to a file."""
    kept = os.dup(2)
    try:
        with path.open("wb") as file:
            os.dup2(file.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


class _DuckDB:
    """DuckDB behind an Ibis connection."""

    def __init__(self, connection: Any, version: str) -> None:
        self._connection = connection
        self.version = version

    def read_parquet(self, paths: Sequence[Path]) -> "Table":
        with _unwarned():
            # A folder called a=b is no column of its files.
            return self._connection.read_parquet(list(map(str, paths)), hive_partitioning=False)

    def rows(self, table: "Table") -> Generator[tuple[Any, ...], None, None]:
        import ibis

        asked = self._connection.con.sql(str(ibis.to_sql(table, dialect="duckdb")))
        with asked.to_arrow_reader(_ROWS) as batches:
            for batch in batches:
                yield from _tuples(batch)


@contextmanager
def _unwarned() -> Iterator[None]:
    """Ibis asks DuckDB by names that it has newer ones for; both are pinned."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


class _Spark:
    """A session of Spark behind an Ibis connection."""

    def __init__(self, connection: Any, version: str, session: Any) -> None:
        self._connection = connection
        self.version = version
        self._session = session
        self._views = 0

    def read_parquet(self, paths: Sequence[Path]) -> "Table":
        self._views += 1
        name = f"transfers_{self._views}"
        self._session.read.parquet(*map(str, paths)).createOrReplaceTempView(name)
        return self._connection.table(name)

    def rows(self, table: "Table") -> Generator[tuple[Any, ...], None, None]:
        import ibis

        result = self._session.sql(str(ibis.to_sql(table, dialect="pyspark"))).toArrow()
        for batch in result.to_batches(_ROWS):
            yield from _tuples(batch)


def _tuples(batch: Any) -> Iterator[tuple[Any, ...]]:
    return zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _line_of(error: BaseException) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
