"""Histories: made-up transfers of a token, of any size, for tests and benchmarks.

Every account first receives an amount drawn from the distribution of a real airdrop (UNI, September
2020: four in five accounts hold the same, one in a thousand sixty times as much), then accounts send
each other parts of what they hold. A few accounts take part in most transfers, as exchanges do.
There are mints, burns, transfers to oneself and transfers of nothing, and no balance is ever
negative. Same seed, same rows.

Amounts have 18 decimals. Balances are kept as two integers each, in 10^9 base units and the rest,
which is what numpy adds exactly.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from jumpstart.errors import InputError
from jumpstart.snapshot.copies import hexadecimal
from jumpstart.snapshot.transfers import COLUMNS

ACCOUNTS_MAX: Final = 10_000_000
"""Beyond this the sum of all balances would not fit into the integers that numpy adds."""

FIRST_BLOCK: Final = 10_000_000

_ROWS_PER_STEP: Final = (
    16_384  # nobody sends twice in a step, so that rows need not be played singly
)
_UNIT: Final = 10**9

# How much the richest part of the real accounts had at least, in whole tokens.
_TAIL: Final = (
    (1.0, 400.0), (0.2, 400.0), (0.15, 400.079), (0.12, 400.558), (0.1, 401.471), (0.05, 416.832),
    (0.02, 560.162), (0.01, 1178.50), (5e-3, 3129.57), (2e-3, 12361.1), (1e-3, 25801.9),
    (5e-4, 61137.7), (2e-4, 164175.0), (1e-4, 362697.0), (5e-5, 638395.0), (2e-5, 909282.0),
    (1e-5, 1158434.0), (4e-6, 2103517.0),
)  # fmt: skip

Integers = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class History:
    """What to make: so many `transfers` among so many `accounts`, of the token `token` (text)."""

    transfers: int
    accounts: int
    seed: int
    token: str = "0x" + 40 * "7"

    def __post_init__(self) -> None:
        if not 1 <= self.accounts <= min(ACCOUNTS_MAX, self.transfers // 2):
            raise InputError(
                f"{self.accounts} accounts in {self.transfers} transfers: expected at least 1, "
                f"at most half as many as transfers and {ACCOUNTS_MAX}"
            )

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows, in the order of the chain, some thousands at a time."""
        return _Maker(self).batches()

    def write(self, path: Path) -> int:
        """Writes a Parquet file, a batch at a time, and returns the last block."""
        last = FIRST_BLOCK
        with pq.ParquetWriter(path, _SCHEMA, compression="zstd", use_dictionary=_REPEATED) as file:
            pending: list[pa.RecordBatch] = []
            for batch in self.batches():
                pending.append(batch)
                if len(pending) == 16:  # one row group
                    file.write_table(pa.Table.from_batches(pending))
                    pending.clear()
                last = int(batch.column("block_number")[-1].as_py())
            if pending:
                file.write_table(pa.Table.from_batches(pending))
        return last


_SCHEMA: Final = pa.schema(
    [
        (name, pa.int64() if name in ("log_index", "block_number") else pa.string())
        for name in COLUMNS
    ]
)
_REPEATED: Final[Any] = ["token_address", "from_address", "to_address"]


class _Maker:
    """The state of a history that is being made. Account 0 is who distributes the tokens."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._random = np.random.default_rng(history.seed)
        known = history.accounts + 1
        drawn = self._random.integers(0, 256, (known + 1, 20), dtype=np.uint8)
        drawn[-1] = 0  # the zero account, which index -1 stands for
        self._addresses = hexadecimal(drawn)
        self._high = np.zeros(known, dtype=np.int64)
        self._low = np.zeros(known, dtype=np.int64)
        self._claimed = 0
        self._block, self._log = FIRST_BLOCK, 0

    def batches(self) -> Iterator[pa.RecordBatch]:
        total, made = self._history.transfers, 0
        step = min(_ROWS_PER_STEP, max(8, total // 64))
        # The first half of the rows, or as many as it takes, have all first receipts among them.
        share = self._history.accounts / max(total // 2, self._history.accounts)
        while made < total:
            rows = min(step, total - made)
            left = self._history.accounts - self._claimed
            claims = min(left, rows - 1, round((made + rows) * share) - self._claimed + 1)
            # What is left must fit behind this step, whose first row is always a mint.
            claims = max(claims, left - (total - made - rows) * (step - 1) // step + 1, 0)
            yield self._step(rows, min(claims, left, rows - 1))
            made += rows

    def _step(self, rows: int, claims: int) -> pa.RecordBatch:
        """A mint to the distributor, and then first receipts and transfers in drawn order."""
        senders = self._senders(rows - 1 - claims)
        mints = rows - claims - len(senders)
        order = mints + self._random.permutation(rows - mints)
        source, target = np.zeros(rows, np.int64), np.zeros(rows, np.int64)
        high, low = np.zeros(rows, np.int64), np.zeros(rows, np.int64)

        first = order[:claims]
        target[first] = self._claimed + 1 + np.arange(claims)
        high[first], low[first] = self._first_amounts(claims)
        sent = order[claims:]
        source[sent] = senders
        high[sent], low[sent] = self._parts(senders)
        reach = self._claimed + claims
        target[sent] = self._popular(len(sent), reach) if reach else 0
        oneself = self._random.random(len(sent)) < 0.002
        target[sent] = np.where(oneself, senders, target[sent])
        burnt = np.zeros(rows, np.bool_)
        burnt[sent] = ~oneself & (self._random.random(len(sent)) < 0.002)

        self._claimed += claims
        amounts = [str(h * _UNIT + lo) for h, lo in zip(high.tolist(), low.tolist(), strict=True)]
        amounts[0] = str(int(high[first].sum()) * _UNIT + int(low[first].sum()))
        high[:mints] = low[:mints] = 0
        self._move(source[mints:], target[mints:], high[mints:], low[mints:], burnt[mints:])
        source[:mints] = -1
        target[burnt] = -1
        blocks, logs = self._places(rows)
        return pa.RecordBatch.from_arrays(
            [
                pa.array([self._history.token] * rows),
                self._addresses.take(pa.array(source % len(self._addresses))),
                self._addresses.take(pa.array(target % len(self._addresses))),
                pa.array(amounts),
                hexadecimal(self._random.integers(0, 256, (rows, 32), dtype=np.uint8)),
                pa.array(logs),
                pa.array(blocks),
            ],
            schema=_SCHEMA,
        )

    def _senders(self, count: int) -> Integers:
        """Different accounts that have received already, the busy ones nearly always among them."""
        if not self._claimed:
            return np.zeros(0, np.int64)
        drawn = self._popular(3 * count, self._claimed)
        _, places = np.unique(drawn, return_index=True)
        return drawn[np.sort(places)[:count]]

    def _popular(self, count: int, reach: int) -> Integers:
        """Accounts out of 1..reach, the first of them far more often than the rest."""
        drawn = (self._random.random(count) ** 3 * reach).astype(np.int64) + 1
        return np.minimum(drawn, reach)

    def _first_amounts(self, count: int) -> tuple[Integers, Integers]:
        tail, least = (np.log(np.array(column)) for column in zip(*_TAIL, strict=True))
        rank = np.log(1 - self._random.random(count))
        tokens = np.exp(np.interp(-rank, -tail, least))
        return (tokens * 1e9).astype(np.int64), self._random.integers(0, _UNIT, count)

    def _parts(self, senders: Integers) -> tuple[Integers, Integers]:
        """Of each sender's balance everything, one time in ten, or else a part, mostly small."""
        high, low = self._high[senders], self._low[senders]
        everything = self._random.random(len(senders)) < 0.1
        part = (high * self._random.random(len(senders)) ** 2).astype(np.int64)
        part = np.clip(part, 0, np.maximum(high - 1, 0))  # one unit of 10^9 stays to borrow from
        rest = np.where(high > 0, self._random.integers(0, _UNIT, len(senders)), 0)
        return np.where(everything, high, part), np.where(everything, low, rest)

    def _move(
        self, source: Integers, target: Integers, high: Integers, low: Integers, burnt: Bools
    ) -> None:
        """Nobody sends twice and everybody sends of what was there before: the order is free."""
        sent = source > 0
        self._high[source[sent]] -= high[sent]
        self._low[source[sent]] -= low[sent]
        np.add.at(self._high, target[~burnt], high[~burnt])
        np.add.at(self._low, target[~burnt], low[~burnt])
        carry = self._low // _UNIT
        self._high += carry
        self._low -= carry * _UNIT

    def _places(self, rows: int) -> tuple[Integers, Integers]:
        """Ascending (block, log); on average two logs of the token in a block that has any."""
        gaps = np.where(self._random.random(rows) < 0.5, self._random.integers(1, 8, rows), 0)
        blocks = self._block + np.cumsum(gaps)
        logs = self._log + np.cumsum(self._random.integers(1, 9, rows))
        # Within a block logs count from that block's first row.
        starts = np.where(gaps > 0, logs, 0)
        base = np.maximum.accumulate(starts)
        self._block, self._log = int(blocks[-1]), int((logs - base)[-1])
        return blocks, logs - base
