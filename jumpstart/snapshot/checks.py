"""Checks: what is wrong with transfers, found before anything is added up.

Every row must be of the token, have an amount that a uint256 can hold, accounts and a place on the
chain; no two rows may stand at the same place, and no transaction in two blocks, as the leavings of a
re-organised chain do. What is found is one row, the first in the order of the chain, and the error
says in which file and where.
"""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from jumpstart.errors import InputError
from jumpstart.snapshot.transfers import COLUMNS, Transfers

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue, Table

    from jumpstart.snapshot.engines import Engine

ZERO_ACCOUNT: Final = "0x" + 40 * "0"
"""Where tokens come from when they are minted and go to when they are burnt: nobody's holding."""

_UINT256_MAX: Final = 2**256 - 1
_DIGITS: Final = len(str(_UINT256_MAX))
_ORDER: Final = ("block_number", "log_index", "transaction_hash", "from_address", "to_address")


@dataclass(frozen=True, kw_only=True)
class Extent:
    """What there is: so many `rows`, in blocks `first` to `last`, whose amounts, added up, are at
    most `turnover`, and hardly less.
    """

    rows: int
    first: int
    last: int
    turnover: int


@dataclass(frozen=True, kw_only=True)
class Checks:
    """The transfers of one token, on the engine that reads them."""

    engine: "Engine"
    transfers: Transfers
    token: bytes

    @property
    def table(self) -> "Table":
        return self.transfers.table(self.engine)

    def rows(self) -> Extent:
        """Looks at every row by itself. Raises `InputError` for the first that is wrong."""
        table = self.table
        faults = self._faults(table)
        found = table.aggregate(
            rows=table.count(),
            first=table.block_number.min(),
            last=table.block_number.max(),
            turnover=table.value.try_cast("float64").sum(),
            **{name: fault.ifelse(1, 0).sum() for name, fault in faults.items()},
        )
        ((rows, first, last, turnover, *counts),) = self.engine.rows(found)
        if not rows:
            raise InputError("the transfers have no row")
        for (name, fault), count in zip(faults.items(), counts, strict=True):
            if count:
                self._refuse(table.filter(fault), name)
        return Extent(rows=rows, first=first, last=last, turnover=_sum_up(turnover, rows))

    def places(self) -> None:
        """Looks for rows that stand at the same place, and for transactions in two blocks. Raises
        `InputError` naming both rows.
        """
        table = self.table
        twice = (
            table.group_by("block_number", "log_index")
            .having(table.count() > 1)
            .aggregate(rows=table.count())
            .order_by("block_number", "log_index")
            .limit(1)
        )
        for block, log, _ in list(self.engine.rows(twice)):
            row = {"block_number": block, "log_index": log}
            first, second, *_ = self.transfers.places(row)
            raise InputError(f"{second}: log {log} of block {block} stands in {first} already")
        table = self.table
        blocks = table.group_by(transaction=table.transaction_hash.lower()).aggregate(
            first=table.block_number.min(), last=table.block_number.max()
        )
        split = blocks.filter(blocks.first < blocks.last).order_by("first", "transaction")
        for name, first, last in list(self.engine.rows(split.limit(1))):
            table = self.table
            row = self._first(
                table.filter(
                    (table.transaction_hash.lower() == name) & (table.block_number == last)
                )
            )
            raise InputError(
                f"{self._where(row)}: transaction {name} stands in block {last}, and in block "
                f"{first} as well: one of them was dropped by the chain"
            )

    def refuse_account(self, account: str) -> None:
        """Raises `InputError` for the first row with this malformed account."""
        table = self.table
        for name in ("from_address", "to_address"):
            first = table.filter(table[name].lower() == account).order_by(*_ORDER).limit(1)
            for values in list(self.engine.rows(first)):
                row = dict(zip(COLUMNS, values, strict=True))
                raise InputError(f"{self._where(row)}: {name}: {row[name]!r} is not an address")
        raise AssertionError(account)

    def refuse_balance(self, account: str) -> None:
        """Raises `InputError` for the row after which this account has less than nothing."""
        table = self.table
        rows = table.filter(
            (table.from_address.lower() == account) | (table.to_address.lower() == account)
        )
        balance = 0
        with closing(self.engine.rows(rows.order_by("block_number", "log_index"))) as ordered:
            for values in ordered:
                row = dict(zip(COLUMNS, values, strict=True))
                amount = int(row["value"])
                if row["from_address"].lower() == account:
                    if amount > balance:
                        raise InputError(
                            f"{self._where(row)}: {account} sends {amount}, its balance is "
                            f"{balance}: a transfer to it is missing"
                        )
                    balance -= amount
                if row["to_address"].lower() == account:
                    balance += amount
        raise AssertionError(account)

    def _faults(self, table: "Table") -> dict[str, "BooleanValue"]:
        """By column, what a row must not be."""
        faults = {
            name: table[name].isnull() | (table[name] < 0) for name in ("block_number", "log_index")
        }
        token = "0x" + self.token.hex()
        faults["token_address"] = table.token_address.isnull() | (
            table.token_address.lower() != token
        )
        faults["value"] = (
            table.value.isnull()
            | ~table.value.re_search(rf"\A(0|[1-9][0-9]{{0,{_DIGITS - 1}}})\z")
            | ((table.value.length() == _DIGITS) & (table.value > str(_UINT256_MAX)))
        )
        for name in ("from_address", "to_address", "transaction_hash"):
            faults[name] = table[name].isnull()
        return faults

    def _refuse(self, faulty: "Table", name: str) -> None:
        row = self._first(faulty)
        cell, where = row[name], f"{self._where(row)}: {name}"
        if cell is None:
            raise InputError(f"{where}: nothing there")
        if name == "token_address":
            raise InputError(f"{where}: {cell}, expected 0x{self.token.hex()}")
        if name == "value":
            if cell.isdecimal() and cell.isascii() and int(cell) > _UINT256_MAX:
                raise InputError(f"{where}: {cell} is above the most, {_UINT256_MAX}")
            raise InputError(f"{where}: {cell!r} is not a plain decimal integer")
        raise InputError(f"{where}: {cell} is below the least, 0")

    def _first(self, table: "Table") -> dict[str, Any]:
        (values,) = self.engine.rows(table.order_by(*_ORDER).limit(1))
        return dict(zip(COLUMNS, values, strict=True))

    def _where(self, row: dict[str, Any]) -> str:
        places = self.transfers.places(row)
        return f"{places[0]} (log {row['log_index']} of block {row['block_number']})"


def _sum_up(sum_: float, count: int) -> int:
    """An integer that the exact sum of so many amounts is not above, given their sum in floats, which
    are rounded by 2^-53 each and again with each addition: twice that is allowed for, and doubled.
    """
    whole = int(sum_)
    return whole - (-whole * count >> 51) + 1


def check_blocks(blocks: Sequence[int], extent: Extent, through: int | None) -> None:
    """Raises `InputError` when a snapshot block lies beyond what the transfers cover: up to block
    `through`, or else the last one that has a transfer.
    """
    end = extent.last if through is None else through
    if end < extent.last:
        raise InputError(f"the transfers go to block {extent.last}, beyond {end}")
    for block in blocks:
        if block > end:
            raise InputError(
                f"block {block} is missing: the transfers end with block {end}"
                + (
                    " (--through says how far they are known to be complete)"
                    if through is None
                    else ""
                )
            )
