"""Audits sales of many participants, beside the time that each sale took to run on the same chain; and
replays the archives of larger ones.

    python -m benchmarks.audit [--chain ganache|anvil] [--sizes N ..] [--archives N ..]

A sale: everybody presents a pass, gets payment, approves it, subscribes with a proof of depth 18; one
settlement; a claim for everybody. The audit is the command itself in a process of its own, with its
rebuild of the code and both its reports, on the node that ran the sale. Holdings are not counted: they
have a measurement of their own.

The bars: at the largest size in less time than the sale took, in at most 1 GiB; and its time grows
with an exponent of at most 1.1.

An archive is of a sale that is simulated (`benchmarks.simulated`), and replayed by the command in a
process of its own. The bars: memory for the program, and 2 KiB for each participant, so that a million
need less than 2.2 GiB; and an exponent of at most 1.1.
"""

import argparse
import math
import multiprocessing
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.gas import START_TIME, Setting
from benchmarks.simulated import write_archive
from jumpstart.chain.client import Chain
from jumpstart.chain.compiler import compile_contracts
from jumpstart.chain.node import Kind, LocalNode
from jumpstart.cli.output import emit

SIZES: Final = (1_000, 3_000, 10_000)
ARCHIVES: Final = (10_000, 100_000)
MEMORY: Final = 1 << 30
MEMORY_OF_PROGRAM: Final = 256 << 20
MEMORY_OF_PARTICIPANT: Final = 2 << 10
EXPONENT: Final = 1.1
PATIENCE: Final = 7_200  # seconds for one process


@dataclass(frozen=True, kw_only=True)
class Process:
    """Seconds by the clock and of the processor; bytes at most."""

    elapsed: float
    processor: float
    memory: int


@dataclass(frozen=True, kw_only=True)
class Measured:
    """`ran`: seconds that the sale took."""

    size: int
    ran: float
    audit: Process


def run_sale(chain: Chain, size: int) -> str:
    """The address of a sale of so many participants, from passes to claims."""
    setting = Setting.prepare(chain, size)
    sale = setting.open(setting.terms(), size)
    setting.subscribe_all(sale, size)
    setting.end_session(sale)
    chain.send_many(
        [
            sale.contract.transaction("claimFor", buyer.address, sender=setting.deployer)
            for buyer in setting.buyers
        ]
    )
    return sale.address


def run_command(*words: str) -> Process:
    """A command of this package in a process of its own. Raises `SystemExit` unless it ends with 0."""
    program = "from jumpstart.cli import main; raise SystemExit(main())"
    started = time.monotonic()
    process = subprocess.Popen([sys.executable, "-c", program, *words], stdout=subprocess.DEVNULL)
    timer = threading.Timer(PATIENCE, process.kill)
    timer.start()
    try:
        _, status, used = os.wait4(process.pid, 0)
    finally:
        timer.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(words)} ended with {process.returncode}")
    return Process(
        elapsed=time.monotonic() - started,
        processor=used.ru_utime + used.ru_stime,
        memory=used.ru_maxrss * 1024,
    )


def measure_audit(kind: Kind, size: int) -> Measured:
    """One size on a chain of its own."""
    artifacts = compile_contracts()
    with (
        LocalNode(kind, start_time=START_TIME) as node,
        tempfile.TemporaryDirectory() as folder,
    ):
        chain = Chain.connect(node.url, artifacts=artifacts)
        started = time.monotonic()
        address = run_sale(chain, size)
        ran = time.monotonic() - started
        audited = run_command("audit", address, "--rpc", node.url, "--no-holdings", "--out", folder)
    return Measured(size=size, ran=ran, audit=audited)


def measure_replay(size: int) -> Process:
    """One archive. It is made by a process of its own, so that its memory is not ours."""
    with tempfile.TemporaryDirectory() as folder:
        maker = multiprocessing.get_context("spawn").Process(
            target=write_archive, args=(Path(folder), size, compile_contracts())
        )
        maker.start()
        maker.join(PATIENCE)
        if maker.exitcode != 0:
            maker.kill()
            raise SystemExit(f"an archive of {size} participants was not made")
        return run_command("replay", folder)


def exponent_of(points: Sequence[tuple[float, float]]) -> float:
    """Of the power of the size that the cost grows with, by least squares of the logarithms."""
    logs = [(math.log(size), math.log(cost)) for size, cost in points]
    mean_size = sum(size for size, _ in logs) / len(logs)
    mean_cost = sum(cost for _, cost in logs) / len(logs)
    above = sum((size - mean_size) * (cost - mean_cost) for size, cost in logs)
    return above / sum((size - mean_size) ** 2 for size, _ in logs)


def check_audits(kind: Kind, sizes: Sequence[int]) -> list[str]:
    """Measures all, says how they went, and returns the bars that were missed."""
    found = []
    for size in sorted(sizes):
        each = measure_audit(kind, size)
        found.append(each)
        emit(
            f"{size:>9,} participants on {kind}: the sale {each.ran:,.1f} s, its audit "
            f"{each.audit.elapsed:,.1f} s ({each.audit.elapsed / each.ran:.2f} of it; "
            f"{each.audit.processor:,.1f} s of our processor, {each.audit.memory >> 20:,} MiB)\n"
        )
    last, missed = found[-1], []
    if last.audit.elapsed >= last.ran:
        missed.append(
            f"the audit took {last.audit.elapsed / last.ran:.2f} times what the sale took"
        )
    if last.audit.memory > MEMORY:
        missed.append(f"{last.audit.memory >> 20:,} MiB, at most {MEMORY >> 20:,}")
    return missed + _too_steep("an audit", [(each.size, each.audit.elapsed) for each in found])


def check_replays(sizes: Sequence[int]) -> list[str]:
    """The same of archives."""
    points, missed = [], []
    for size in sorted(sizes):
        each = measure_replay(size)
        points.append((size, each.processor))
        emit(
            f"{size:>9,} participants in an archive: its replay {each.elapsed:,.1f} s, "
            f"{each.memory >> 20:,} MiB\n"
        )
        most = MEMORY_OF_PROGRAM + MEMORY_OF_PARTICIPANT * size
        if each.memory > most:
            missed.append(f"{each.memory >> 20:,} MiB for {size:,}, at most {most >> 20:,}")
    return missed + _too_steep("a replay", points)


def _too_steep(what: str, points: Sequence[tuple[float, float]]) -> list[str]:
    if len(points) == 1:
        return []
    exponent = exponent_of(points)
    emit(f"the time of {what} grows with the power {exponent:.2f} of the participants\n")
    if exponent <= EXPONENT:
        return []
    return [f"the time of {what} grows with the power {exponent:.2f}, at most {EXPONENT}"]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--chain", choices=("ganache", "anvil"), default="ganache")
    parser.add_argument("--sizes", type=int, nargs="*", default=list(SIZES))
    parser.add_argument("--archives", type=int, nargs="*", default=list(ARCHIVES))
    options = parser.parse_args()
    missed = check_replays(options.archives) if options.archives else []
    if options.sizes:
        missed += check_audits(options.chain, options.sizes)
    emit("".join(f"MISSED  {bar}\n" for bar in missed))
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
