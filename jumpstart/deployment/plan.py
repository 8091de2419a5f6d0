"""Plans: every transaction of a deployment before any is sent, as a copy of the chain has taken it."""

from dataclasses import dataclass
from typing import Literal

RowState = Literal["to send", "there already", "others"]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One step. `others`: a gate, which other people pass. Amounts of `value` and `cost` in wei; `gas` and
    `cost` are None where the copy could not be asked, `note` says why.
    """

    number: int
    key: str
    state: RowState
    title: str
    who: str
    """By role: `deployer`, `applicant`, `3 or more reviewers`."""
    sender: str | None
    target: str
    to: str | None
    function: str
    arguments: tuple[tuple[str, str], ...]
    """Names and texts with units and people."""
    creates: tuple[tuple[str, str], ...]
    """Names and addresses."""
    value: int
    gas: int | None
    cost: int | None
    note: str


@dataclass(frozen=True, kw_only=True)
class Plan:
    """All rows in the order of sending. `price` is wei for a gas: what the chain asks for now."""

    title: str
    kind: str
    chain_id: int
    network: str
    coin: str
    sender: str
    rows: tuple[Row, ...]
    price: int
    balance: int
    """Of the sender, in wei."""

    @property
    def gas(self) -> int:
        """Of all that is to be sent, as far as it is known."""
        return sum(row.gas or 0 for row in self.rows)

    @property
    def cost(self) -> int:
        """The same in wei, with the values that are sent along."""
        return sum((row.cost or 0) + row.value for row in self.rows if row.state == "to send")
