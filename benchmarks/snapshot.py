"""Takes a snapshot of a large made-up token, and measures it beside what bounds it.

    python -m benchmarks.snapshot [--transfers N]

In one run: how many times longer counting takes than DuckDB needs to add up the same file by account
once (both in the same process, before and after each other); how time grows from a tenth of the
transfers to all of them; the peak of memory of the whole snapshot; a tree of a million leaves beside
OpenZeppelin's library and beside hashing alone, with the library that it hashes with; and all proofs
beside the tree. A tenth as many accounts as transfers, thirty snapshot blocks.

Seconds depend on the machine and on what else it does; ratios much less. The seconds of processors,
which other programs disturb least, stand beside those of the clock. Exit status 1 when a ratio is
beyond its bound, 2 when Node or its library is missing.
"""

import argparse
import json
import math
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from benchmarks.tree import measure_theirs
from jumpstart.hashing import keccak256
from jumpstart.snapshot.figures import Rule
from jumpstart.snapshot.histories import FIRST_BLOCK, History
from jumpstart.snapshot.run import MEMORY, Request, take
from jumpstart.terms import Statistic
from jumpstart.tree import HOLDING_TYPES, Tree

TRANSFERS: Final = 10_000_000
DAYS: Final = 30
LEAVES: Final = 1_000_000
THEIR_LEAVES: Final = 100_000  # in Node a million take minutes, and not less each
RUNS: Final = 3

COUNT_RATIO_MAX: Final = 10.0
EXPONENT_MAX: Final = 1.1
MEMORY_MAX: Final = 4 * 2**30
THEIR_RATIO_MIN: Final = 50.0
HASHING_RATIO_MAX: Final = 2.0
PROOFS_RATIO_MAX: Final = 1.0

TOKEN: Final = bytes([0x77]) * 20

_SUM: Final = """
SELECT count(*), max(total) FROM (
    SELECT account, sum(amount) AS total FROM (
        SELECT to_address AS account, CAST(value AS DECIMAL(38, 0)) AS amount FROM '{file}'
        UNION ALL
        SELECT from_address, -CAST(value AS DECIMAL(38, 0)) FROM '{file}'
    ) GROUP BY account
)
"""

_Result = TypeVar("_Result")


@dataclass(frozen=True, kw_only=True)
class Seconds:
    """Of a clock, and of processors: this process and those that it waited for."""

    clock: float
    processors: float


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What one process measured: a plain sum, the counting, the whole snapshot, bytes of memory."""

    plain: Seconds
    count: Seconds
    whole: Seconds
    peak: int


def processors() -> float:
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def timed(work: Callable[[], _Result]) -> tuple[_Result, Seconds]:
    clock, cpu = time.perf_counter(), processors()
    result = work()
    return result, Seconds(clock=time.perf_counter() - clock, processors=processors() - cpu)


def median(runs: list[Seconds]) -> Seconds:
    return Seconds(
        clock=statistics.median(run.clock for run in runs),
        processors=statistics.median(run.processors for run in runs),
    )


def measure_count(file: Path, last: int, out: Path) -> Counted:
    """Runs in a process of its own, whose memory nothing else has touched."""
    import duckdb

    def add_up() -> None:
        with duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": str(out)}) as base:
            base.execute("SET preserve_insertion_order = false")
            base.execute(_SUM.format(file=file)).fetchall()

    blocks = [FIRST_BLOCK + (last - FIRST_BLOCK) * day // DAYS for day in range(1, DAYS + 1)]
    request = Request(
        files=[file],
        token=TOKEN,
        blocks=blocks,
        rule=Rule(statistic=Statistic.MEAN, days=DAYS),
    )
    before = [timed(add_up)[1] for _ in range(2)]
    start, cpu, counted = time.perf_counter(), processors(), []

    def tell(doing: str) -> None:
        if doing.startswith("building the tree"):
            counted.append(
                Seconds(clock=time.perf_counter() - start, processors=processors() - cpu)
            )

    _, whole = timed(lambda: take(request, out / "snapshot", single=False, tell=tell))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    after = [timed(add_up)[1]]
    return Counted(plain=median(before + after), count=counted[0], whole=whole, peak=peak)


def counted_apart(file: Path, last: int, out: Path) -> Counted:
    """`measure_count` in another process."""
    words = [sys.executable, "-m", __spec__.name, "--count", str(file), str(last), str(out)]
    run = subprocess.run(words, capture_output=True, text=True, timeout=3600)
    if run.returncode:
        sys.exit(run.stderr)
    figures = json.loads(run.stdout)
    peak = figures.pop("peak")
    return Counted(peak=peak, **{name: Seconds(**pair) for name, pair in figures.items()})


class Report:
    """Lines of figures, and whether all were within their bounds."""

    def __init__(self) -> None:
        self.good = True

    def line(self, name: str, text: str) -> None:
        print(f"{name:<34}{text}", flush=True)

    def bound(
        self, name: str, figure: float, *, most: float = math.inf, least: float = 0.0
    ) -> None:
        good = least <= figure <= most
        self.good &= good
        asked = f"at most {most:g}" if most < math.inf else f"at least {least:g}"
        self.line(name, f"{figure:.2f}, {asked}{'' if good else '  MISSED'}")


def told(seconds: Seconds) -> str:
    return f"{seconds.clock:.2f} s, {seconds.processors:.2f} s of processors"


def report_counting(report: Report, transfers: int, folder: Path) -> None:
    sizes = (transfers // 10, transfers)
    results = []
    for size in sizes:
        file, out = folder / f"{size}.parquet", folder / f"out-{size}"
        out.mkdir()
        history = History(transfers=size, accounts=size // 10, seed=2020)
        last, seconds = timed(partial(history.write, file))
        report.line(f"{size} transfers", f"made in {seconds.clock:.0f} s")
        result = counted_apart(file, last, out)
        results.append(result)
        report.line("  DuckDB, one sum by account", told(result.plain))
        report.line(f"  counting at {DAYS} blocks", told(result.count))
        report.line("  whole snapshot", told(result.whole))
        report.line("  peak of memory", f"{result.peak / 2**30:.2f} GiB")
    small, large = results
    report.bound("times one sum", large.count.clock / large.plain.clock, most=COUNT_RATIO_MAX)
    report.line("  of processors", f"{large.count.processors / large.plain.processors:.2f}")
    growth = math.log10(large.count.clock / small.count.clock)
    report.bound("exponent of growth", growth, most=EXPONENT_MAX)
    report.line(
        "  of processors", f"{math.log10(large.count.processors / small.count.processors):.2f}"
    )
    report.bound("peak of memory, GiB", large.peak / 2**30, most=MEMORY_MAX / 2**30)


def report_tree(report: Report) -> None:
    source = random.Random(2019)
    values = [
        ["0x" + source.randbytes(20).hex(), str(source.randrange(10**24))] for _ in range(LEAVES)
    ]
    encodings = [source.randbytes(64) for _ in range(LEAVES)]

    def hash_alone() -> None:
        """As many digests, of as many bytes, as the tree has: two of each leaf, one of a pair."""
        for encoding in encodings:
            keccak256(keccak256(encoding))
        for encoding in encodings:
            keccak256(encoding)

    def make_all(tree: Tree) -> None:
        for _ in tree.proofs():
            pass

    trees, hashings, proofs = [], [], []
    for _ in range(RUNS):
        hashings.append(timed(hash_alone)[1])
        tree, seconds = timed(partial(Tree.of, values, HOLDING_TYPES))
        trees.append(seconds)
        proofs.append(timed(partial(make_all, tree))[1])
    _, _, theirs = measure_theirs(values[:THEIR_LEAVES])
    ours, alone, all_proofs = median(trees), median(hashings), median(proofs)
    report.line(f"tree of {LEAVES} leaves", told(ours))
    report.line("  its hashing alone", told(alone))
    report.line("  all proofs", told(all_proofs))
    report.line(f"  merkle-tree, {THEIR_LEAVES} leaves", f"{theirs:.2f} s")
    report.bound("times faster than merkle-tree",
                 theirs / THEIR_LEAVES / (ours.clock / LEAVES), least=THEIR_RATIO_MIN)  # fmt: skip
    report.bound("times its hashing", ours.clock / alone.clock, most=HASHING_RATIO_MAX)
    report.bound("proofs, times the tree", all_proofs.clock / ours.clock, most=PROOFS_RATIO_MAX)


def main() -> int:
    """Runs all of it, prints the figures, and returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--transfers", type=int, default=TRANSFERS)
    parser.add_argument("--count", nargs=3, help=argparse.SUPPRESS)
    options: Any = parser.parse_args()
    if options.count:
        file, last, out = options.count
        print(json.dumps(asdict(measure_count(Path(file), int(last), Path(out)))))
        return 0
    report = Report()
    report_tree(report)
    with tempfile.TemporaryDirectory() as folder:
        report_counting(report, options.transfers, Path(folder))
    return 0 if report.good else 1


if __name__ == "__main__":
    sys.exit(main())
