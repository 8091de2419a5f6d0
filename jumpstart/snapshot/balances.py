"""Balances: the one query, of transfers to what each account held at the snapshot blocks.

A balance at a block is everything received less everything sent up to and with that block. Amounts
are added as exact decimals of 38 digits, which both engines have and neither lets wrap. Where all
amounts of the file together could need more digits, they are cut into limbs of 26 digits, which are
added by themselves and put together in exact integers at the end: three limbs hold a uint256, and
10^12 of them can be added.
"""

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any, Final

import ibis

from jumpstart.errors import InputError
from jumpstart.snapshot.checks import ZERO_ACCOUNT, Extent
from jumpstart.snapshot.transfers import SCHEMA

if TYPE_CHECKING:
    from ibis.expr.types import DecimalValue, Table

    from jumpstart.snapshot.engines import Engine

EXACT_DIGITS: Final = 38
_EXACT: Final = f"decimal({EXACT_DIGITS}, 0)"

LIMBS_MAX: Final = 3
LIMB_DIGITS: Final = 26
_ADDENDS_MAX: Final = 10 ** (EXACT_DIGITS - LIMB_DIGITS)


@dataclass(frozen=True, kw_only=True)
class Form:
    """How sums are kept exact: in how many limbs, and whether the engine adds up the days too, or
    gives what each of them has.
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
    """One row for each account of `transfers` but the zero account, in ascending order: its figures
    as text.

    With the days added `total` and `least`; else the sum of each limb at each block, lowest limb
    first.
    """
    limbs = form.limbs
    received = transfers.select(
        account=transfers.to_address.lower(),
        block=transfers.block_number,
        **_amounts(transfers.value, limbs),
    )
    sent = transfers.select(
        account=transfers.from_address.lower(),
        block=transfers.block_number,
        **{name: -limb for name, limb in _amounts(transfers.value, limbs).items()},
    )
    moves = received.union(sent)
    moves = moves.filter(moves.account != ZERO_ACCOUNT)
    nothing = ibis.literal(0, _EXACT)
    names = [[f"balance_{place}_{limb}" for limb in range(limbs)] for place in range(len(blocks))]
    held = moves.group_by("account").aggregate(
        **{
            name: (moves.block <= block).ifelse(moves[f"limb_{limb}"], nothing).sum()
            for block, row in zip(blocks, names, strict=True)
            for limb, name in enumerate(row)
        }
    )
    if form.days_added:
        balances = [held[name] for (name,) in names]
        # Spark has no least of one.
        least = ibis.least(*balances) if len(balances) > 1 else balances[0]
        figures = {
            "total": reduce(add, balances).cast("string"),
            "least": least.cast("string"),
        }
    else:
        figures = {name: held[name].cast("string") for row in names for name in row}
    return held.select("account", **figures).order_by("account")


def balances(
    engine: "Engine", transfers: "Table", blocks: Sequence[int], form: Form
) -> Generator[Balance, None, None]:
    """What `query` finds, in integers."""
    with closing(engine.rows(query(transfers, blocks, form))) as rows:
        if form.days_added:
            for account, total, least in rows:
                yield Balance(account=account, total=int(total), least=int(least))
            return
        for account, *cells in rows:
            held = [_joined(cells[at : at + form.limbs]) for at in range(0, len(cells), form.limbs)]
            yield Balance(account=account, total=sum(held), least=min(held))


def sql_of(blocks: Sequence[int], form: Form) -> str:
    """The query as DuckDB is asked it, over a table `transfers`."""
    transfers = ibis.table(SCHEMA, name="transfers")
    return str(ibis.to_sql(query(transfers, blocks, form), dialect="duckdb"))


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
