"""Balances: the one query, of transfers to what each account held at the snapshot blocks.

A balance at a block is everything received less everything sent up to and with that block. What an
account gained or lost is added up by day first, a day being what lies between two snapshot blocks;
these few rows of an account, in order, are its balances and the days that each stayed.

Amounts are added as exact decimals of 38 digits, which both engines have and neither lets wrap. Where
all amounts of the file together could need more digits, they are cut into limbs of 26 digits, which
are added by themselves and put together in exact integers at the end: three limbs hold a uint256, and
10^12 of them can be added.
"""

from collections.abc import Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

import ibis

from jumpstart.errors import InputError
from jumpstart.snapshot.checks import ZERO_ACCOUNT, Extent
from jumpstart.snapshot.transfers import SCHEMA

if TYPE_CHECKING:
    from ibis.expr.types import DecimalValue, IntegerValue, Table

    from jumpstart.snapshot.engines import Engine

EXACT_DIGITS: Final = 38
_EXACT: Final = f"decimal({EXACT_DIGITS}, 0)"

LIMBS_MAX: Final = 3
LIMB_DIGITS: Final = 26
_ADDENDS_MAX: Final = 10 ** (EXACT_DIGITS - LIMB_DIGITS)


@dataclass(frozen=True, kw_only=True)
class Form:
    """How sums are kept exact: in how many limbs, and whether the engine adds up the days too, or
    gives each of them.
    """

    limbs: int
    days_added: bool

    @classmethod
    def of(cls, extent: Extent, blocks: int) -> "Form":
        """The cheapest that keeps every sum exact. Raises `InputError` when there are more rows than
        can be added exactly.
        """
        if extent.turnover < 10**EXACT_DIGITS:
            return cls(limbs=1, days_added=extent.turnover * blocks < 10**EXACT_DIGITS)
        if 2 * extent.rows > _ADDENDS_MAX:
            raise InputError(
                f"{extent.rows} transfers: amounts as large as these can be added exactly "
                f"{_ADDENDS_MAX // 2} times"
            )
        # No amount has more digits than all of them together.
        limbs = -(-len(str(extent.turnover)) // LIMB_DIGITS)
        return cls(limbs=min(limbs, LIMBS_MAX), days_added=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Balance:
    """Of an account, over all snapshot blocks: the sum of its balances, and the least of them."""

    account: str
    total: int
    least: int


def query(transfers: "Table", blocks: Sequence[int], form: Form) -> "Table":
    """In ascending order, figures as text: with the days added one row for each account of
    `transfers` but the zero account, with `total` and `least`; else one for each day on which an
    account moved anything, with the sum of each limb, lowest limb first. Days count from 0, the last
    is the one after all blocks.
    """
    day = _day(transfers.block_number, blocks, 0)
    amounts = _amounts(transfers.value, form.limbs)
    received = transfers.select(account=transfers.to_address.lower(), day=day, **amounts)
    sent = transfers.select(
        account=transfers.from_address.lower(),
        day=day,
        **{name: -limb for name, limb in amounts.items()},
    )
    moves = received.union(sent)
    moves = moves.filter(moves.account != ZERO_ACCOUNT)
    days = moves.group_by("account", "day").aggregate(
        **{name: moves[name].sum() for name in amounts}
    )
    if not form.days_added:
        figures = {name: days[name].cast("string") for name in amounts}
        return days.select("account", "day", **figures).order_by("account", "day")
    ordered = ibis.window(group_by="account", order_by="day")
    held = days.mutate(
        balance=days.limb_0.sum().over(ibis.cumulative_window(group_by="account", order_by="day")),
        stayed=days.day.lead(1, len(blocks)).over(ordered) - days.day,
    )
    nothing = ibis.literal(0, _EXACT)
    sums = held.group_by("account").aggregate(
        total=(held.balance * held.stayed.cast(_EXACT)).sum(),
        least=held.balance.min(where=held.day < len(blocks)),
        first=held.day.min(),
    )
    # Before its first day an account has nothing.
    least = ibis.coalesce(sums.least, nothing)
    least = (sums["first"] > 0).ifelse(ibis.least(least, nothing), least)
    return sums.select(
        "account", total=sums.total.cast("string"), least=least.cast("string")
    ).order_by("account")


def balances(
    engine: "Engine", transfers: "Table", blocks: Sequence[int], form: Form
) -> Generator[Balance, None, None]:
    """What `query` finds, in integers."""
    with closing(engine.rows(query(transfers, blocks, form))) as rows:
        if form.days_added:
            for account, total, least in rows:
                yield Balance(account=account, total=int(total), least=int(least))
            return
        for account, days in groupby(rows, key=itemgetter(0)):
            moved = ((day, _joined(limbs)) for _, day, *limbs in days)
            total, least = _added(moved, len(blocks))
            yield Balance(account=account, total=total, least=least)


def _added(moved: Iterable[tuple[int, int]], count: int) -> tuple[int, int]:
    """The sum and the least of `count` balances, of what was gained or lost on which days."""
    total, balance, since = 0, 0, 0
    seen = []
    for day, amount in chain(moved, [(count, 0)]):
        if since < day <= count:
            total += balance * (day - since)
            seen.append(balance)
        balance, since = balance + amount, day
    return total, min(seen)


def sql_of(blocks: Sequence[int], form: Form) -> str:
    """The query as DuckDB is asked it, over a table `transfers`."""
    transfers = ibis.table(SCHEMA, name="transfers")
    return str(ibis.to_sql(query(transfers, blocks, form), dialect="duckdb"))


def _day(number: Any, blocks: Sequence[int], first: int) -> "IntegerValue":
    """How many of the blocks, and `first`, are before that `number`: found by halving."""
    if not blocks:
        return ibis.literal(first, "int64")
    middle = len(blocks) // 2
    return (number <= blocks[middle]).ifelse(
        _day(number, blocks[:middle], first), _day(number, blocks[middle + 1 :], first + middle + 1)
    )


def _amounts(value: Any, limbs: int) -> dict[str, "DecimalValue"]:
    if limbs == 1:
        return {"limb_0": value.cast(_EXACT)}
    padded = value.lpad(limbs * LIMB_DIGITS, "0")
    return {
        f"limb_{limb}": padded.substr((limbs - 1 - limb) * LIMB_DIGITS, LIMB_DIGITS).cast(_EXACT)
        for limb in range(limbs)
    }


def _joined(limbs: Sequence[str]) -> int:
    return sum(int(limb) * 10 ** (place * LIMB_DIGITS) for place, limb in enumerate(limbs))
