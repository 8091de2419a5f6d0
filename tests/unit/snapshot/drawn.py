"""Histories that Hypothesis draws, and how logs become files."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st

from jumpstart.snapshot.transfers import COLUMNS
from tests.unit.snapshot.model import ZERO, Ledger, Log

TOKEN = bytes([0x77]) * 20
TOKEN_TEXT = "0x" + TOKEN.hex()
PEOPLE = [f"0x{number:040x}" for number in (1, 2, 0xAB, 2**159, 2**160 - 1)]
SUPPLY_MAX = 2**256 - 1

Cells = dict[str, object]


@st.composite
def histories(draw: st.DrawFn) -> list[Log]:
    """Valid logs of a few accounts: mints, burns, transfers to oneself and of nothing among them.

    Blocks come with gaps and with several logs. In half of the histories amounts go up to what a
    uint256 holds.
    """
    scale = draw(st.sampled_from([10, 10**21, 2**128, SUPPLY_MAX]))
    ledger, supply = Ledger(), 0
    logs: list[Log] = []
    block, index = draw(st.integers(0, 5)), 0
    for _ in range(draw(st.integers(1, 25))):
        if gap := draw(st.sampled_from([0, 0, 1, 7])):
            block, index = block + gap, 0
        index += draw(st.integers(0, 2))
        source = draw(st.sampled_from([ZERO, *PEOPLE]))
        target = draw(st.sampled_from([ZERO, *PEOPLE]))
        most = min(scale, SUPPLY_MAX - supply) if source == ZERO else ledger.balances.get(source, 0)
        if source == target == ZERO:
            most = 0
        amount = draw(st.sampled_from([0, 1, most]) | st.integers(0, most))
        log = Log(block=block, index=index, source=source, target=target, amount=min(amount, most))
        ledger.apply(log)
        supply = sum(held for account, held in ledger.balances.items() if account != ZERO)
        logs.append(log)
        index += 1
    return logs


@st.composite
def snapshot_blocks(draw: st.DrawFn, last: int) -> list[int]:
    """Ascending blocks, none after the last; some twice, as of days that end in the same block."""
    return sorted(draw(st.lists(st.integers(0, last), min_size=1, max_size=6)))


def cells_of(log: Log) -> Cells:
    """The row of a log, as public data sets have it."""
    return {
        "token_address": TOKEN_TEXT,
        "from_address": log.source,
        "to_address": log.target,
        "value": str(log.amount),
        "transaction_hash": f"0x{log.block * 1000 + log.index:064x}",
        "log_index": log.index,
        "block_number": log.block,
    }


def rows_of(logs: Sequence[Log]) -> list[Cells]:
    return [cells_of(log) for log in logs]


def write_parquet(path: Path, rows: Sequence[Cells]) -> Path:
    """Text but for the places."""
    kinds = {"log_index": pa.int64(), "block_number": pa.int64()}
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in COLUMNS])
    pq.write_table(pa.Table.from_pylist(list(rows), schema=schema), path)
    return path


def write_csv(path: Path, rows: Sequence[Cells]) -> Path:
    lines = [",".join(COLUMNS), *(",".join(str(row[name]) for name in COLUMNS) for row in rows)]
    path.write_text("\n".join(lines) + "\n")
    return path
