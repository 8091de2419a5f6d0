"""Holders: a real distribution of a token, and thirty days of balances drawn around it.

The amounts are those of a public distribution of 2020 and stand for holdings of the platform's
token in 2019, which only the platform knows. How a balance moves from day to day is ours.
"""

import csv
import lzma
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from jumpstart.accounts import checksummed, parse_account
from jumpstart.amounts import parse_integer
from jumpstart.chain.compiler import PROJECT_ROOT
from jumpstart.demo.lots import Lots
from jumpstart.errors import InputError, located
from jumpstart.holdings import coefficient_of, mean_down
from jumpstart.terms import Tier

SAMPLE: Final = PROJECT_ROOT / "tests" / "data" / "holders-sample.csv"
"""2,000 holders with the quantiles of the whole distribution."""

# Of a hundred holders that may subscribe, so many in each row of a table of five: few hold much.
_SHARES: Final = (44, 22, 12, 8, 14)
_TRIES: Final = 50  # before a habit gives way to a steady balance


class Habit(StrEnum):
    """How a balance moves over the days of the snapshot."""

    STEADY = "steady"
    TRADER = "trader"
    SAVER = "saver"
    LATE_BUYER = "late buyer"


@dataclass(frozen=True, kw_only=True)
class Holder:
    """An account of the distribution. `amount`: base units of 18 decimals."""

    account: str
    amount: int


def read_holders(path: Path = SAMPLE) -> list[Holder]:
    """The table with the columns `account` and `amount`, among others, packed (.xz) or not.

    Raises `InputError` naming the line that is wrong.
    """
    with located(str(path)):
        try:
            with lzma.open(path, "rt") if path.suffix == ".xz" else path.open() as lines:
                rows = list(csv.DictReader(lines))
        except (OSError, UnicodeDecodeError, lzma.LZMAError, csv.Error):
            raise InputError("cannot be read as a table of holders") from None
        if not rows or not {"account", "amount"} <= rows[0].keys():
            raise InputError("expected rows with the columns account,amount")
        return [_holder(line, row["account"], row["amount"]) for line, row in enumerate(rows, 2)]


def _holder(line: int, account: str | None, amount: str | None) -> Holder:
    with located(f"line {line}"):
        address = checksummed(parse_account(account or ""))
        return Holder(account=address, amount=parse_integer(amount or ""))


def rows_of(holders: Sequence[Holder], tiers: Sequence[Tier]) -> list[list[int]]:
    """The amounts of the distribution that fall into each row of the table, in its order.

    Raises `InputError` when a row is empty: then the demo would have nobody in it.
    """
    amounts: list[list[int]] = [[] for _ in tiers]
    coefficients = [tier.coefficient for tier in tiers]
    for holder in holders:
        coefficient = coefficient_of(holder.amount, tiers)
        if coefficient:
            amounts[coefficients.index(coefficient)].append(holder.amount)
    for tier, found in zip(tiers, amounts, strict=True):
        if not found:
            raise InputError(
                f"no holder of the distribution has the coefficient {tier.coefficient}"
            )
    return amounts


def row_for(number: int, rows: int) -> int:
    """The row of the table that buyer `number` (from 0) is in: every row early, then by share."""
    if number < rows:
        return rows - 1 - number
    spread = (number * 37) % 100  # 37 is coprime to 100: a hundred buyers meet every share exactly
    for row, share in enumerate(_SHARES[:rows]):
        if spread < share:
            return row
        spread -= share
    return rows - 1


def balances_of(
    amount: int, habit: Habit, days: int, tiers: Sequence[Tier], lots: Lots
) -> tuple[int, ...]:
    """Daily balances of somebody who is known to have held `amount`, in base units.

    Drawn until their mean has the coefficient of `amount`, so that a habit changes the days and not
    the row of the table.
    """
    coefficient = coefficient_of(amount, tiers)
    for _ in range(_TRIES):
        balances = tuple(amount * percent // 100 for percent in _percents(habit, days, lots))
        if coefficient_of(mean_down(balances), tiers) == coefficient:
            return balances
    return (amount,) * days


def _percents(habit: Habit, days: int, lots: Lots) -> list[int]:
    match habit:
        case Habit.STEADY:
            return [100] * days
        case Habit.TRADER:
            return [lots.between(55, 150) for _ in range(days)]
        case Habit.SAVER:
            return [50 + 100 * day // (days - 1) + lots.between(-4, 4) for day in range(days)]
        case Habit.LATE_BUYER:
            turn = days - lots.between(3, 5)
            return [60 if day < turn else 60 + 40 * days // (days - turn) for day in range(days)]
