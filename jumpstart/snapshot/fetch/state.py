"""State: what a token itself says of its balances, beside what its transfers add up to.

Transfers that every node leaves out show here: the supply is what was minted less what was burnt, and
an account has what it received less what it sent. Accounts are drawn anew in each run, so that nobody
knows which are looked at. Where they differ, the first block after which they do is found.
"""

import re
import secrets
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jumpstart.snapshot.checks import ZERO_ACCOUNT
from jumpstart.snapshot.fetch.pool import Call, Pool
from jumpstart.snapshot.fetch.progress import Watch
from jumpstart.snapshot.fetch.run import Fetched

ROWS: Final = 32
"""How many are drawn; both of their accounts are looked at."""

_BATCH_ROWS: Final = 1 << 17
_TOTAL_SUPPLY: Final = "0x18160ddd"
_BALANCE_OF: Final = "0x70a08231"
_WORD: Final = re.compile(r"0x[0-9a-fA-F]{64}", re.ASCII)
_COLUMNS: Final = ("block_number", "from_address", "to_address", "value")


class DifferenceError(Exception):
    """Transfers and token disagree, from this block on."""

    def __init__(self, block: int, text: str) -> None:
        super().__init__(text)
        self.block = block


@dataclass
class _Tally:
    """What came to an account, or went, and after which block."""

    blocks: list[int] = field(default_factory=list)
    changes: list[int] = field(default_factory=list)

    def balances(self) -> Callable[[int], int]:
        """By block, at its end."""
        sums = [0, *accumulate(self.changes)]
        return lambda block: sums[bisect_right(self.blocks, block)]


def check_state(
    pool: Pool, token: str, fetched: Fetched, blocks: Sequence[int], watch: Watch
) -> list[str]:
    """Asks the token for its supply at the snapshot blocks, and for balances of drawn accounts. Returns
    what could not be asked, in sentences.

    Raises `DifferenceError` naming the first block after which transfers and token disagree.
    """
    watch.tell("comparing with the balances that the token has")
    accounts = _drawn(fetched)
    tallies = _tallies(fetched.files, accounts)
    questions = [("totalSupply()", _TOTAL_SUPPLY, ZERO_ACCOUNT, block) for block in blocks]
    for account in accounts:
        call = _BALANCE_OF + account[2:].rjust(64, "0")
        for block in {secrets.choice(blocks), blocks[-1]}:
            questions.append((f"balanceOf({account})", call, account, block))
    answers = pool.ask_many([_call(token, call, block) for _, call, _, block in questions])
    notes = []
    for (name, call, account, block), answer in zip(questions, answers, strict=True):
        counted, stated = tallies[account].balances(), _amount(answer)
        if stated is None:
            what = name.partition("(")[0]
            notes.append(f"nodes do not tell {what} at block {block}: it was not compared")
        elif stated != counted(block):

            def asked(at: int, call: str = call) -> int | None:
                return _amount(*pool.ask_many([_call(token, call, at)]))

            raise _difference(name, counted, asked, fetched.first, block)
    notes = list(dict.fromkeys(notes))
    for note in notes:
        watch.tell(note)
    return notes


def _difference(
    name: str,
    counted: Callable[[int], int],
    asked: Callable[[int], int | None],
    first: int,
    block: int,
) -> DifferenceError:
    """Where they began to differ, as far as nodes know."""
    equal, different = first - 1, block
    while different - equal > 1:
        middle = (equal + different) // 2
        stated = asked(middle)
        if stated is None:
            equal = middle
            continue
        if stated == counted(middle):
            equal = middle
        else:
            different = middle
    return DifferenceError(
        different,
        f"block {different}: {name} is {asked(different)}, the transfers come to {counted(different)}: "
        "logs are missing, or its balances change without any",
    )


def _call(token: str, call: str, block: int) -> Call:
    return "eth_call", ({"to": token, "data": call}, hex(block))


def _amount(answer: Any) -> int | None:
    """None for what is none: a refusal, as of a node without old states, or no word."""
    if not isinstance(answer, str) or _WORD.fullmatch(answer) is None:
        return None
    return int(answer, 16)


def _drawn(fetched: Fetched) -> list[str]:
    """Accounts of rows that are drawn from all."""
    if not fetched.rows:
        return []
    rows = sorted({secrets.randbelow(fetched.rows) for _ in range(ROWS)})
    found: set[str] = set()
    start = 0
    for batch in _batches(fetched.files):
        end = start + batch.num_rows
        for row in rows:
            if start <= row < end:
                found |= {batch.column(name)[row - start].as_py() for name in _COLUMNS[1:3]}
        start = end
    return sorted(found - {ZERO_ACCOUNT})


def _tallies(files: Sequence[Path], accounts: Sequence[str]) -> dict[str, _Tally]:
    """Of the accounts, and under the zero account, of the supply."""
    tallies = {account: _Tally() for account in (ZERO_ACCOUNT, *accounts)}
    wanted = pa.array(list(tallies))
    for batch in _batches(files):
        senders, receivers = batch.column("from_address"), batch.column("to_address")
        rows = batch.filter(pc.or_(pc.is_in(senders, wanted), pc.is_in(receivers, wanted)))
        for block, sender, receiver, value in zip(
            *(rows.column(name).to_pylist() for name in _COLUMNS), strict=True
        ):
            amount = int(value)
            for account, change in ((sender, -amount), (receiver, amount)):
                if tally := tallies.get(account):
                    tally.blocks.append(block)
                    # What leaves the zero account is the supply.
                    tally.changes.append(-change if account == ZERO_ACCOUNT else change)
    return tallies


def _batches(files: Sequence[Path]) -> Iterator[Any]:
    for file in files:
        yield from pq.ParquetFile(file).iter_batches(_BATCH_ROWS, columns=list(_COLUMNS))
