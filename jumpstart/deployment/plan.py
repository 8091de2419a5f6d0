"""Plans: every transaction of a deployment before any is sent, as a copy of the chain has taken it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from jumpstart.writing import plain

RowState = Literal["to send", "sent", "there already", "others"]

PartyKind = Literal["account", "contract", "to be created"]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One step. `sent`: written down in the journal, and not mined yet. `others`: a gate, which other
    people pass. Amounts of `value` and `cost` in wei. `gas` is what the copy used and `gas_limit` what
    will be offered; with `cost` they are None where the copy could not be asked, and `note` says why.
    """

    number: int
    key: str
    state: RowState
    title: str
    who: str
    """By role: `deployer`, `applicant`, `the reviewers`."""
    sender: str | None
    target: str
    to: str | None
    function: str
    arguments: tuple[tuple[str, str], ...]
    """Names and texts with units and people."""
    creates: tuple[tuple[str, str], ...]
    """Names and addresses."""
    data: bytes
    value: int
    gas: int | None
    gas_limit: int | None
    cost: int | None
    transaction: str | None
    """The hash of the one that was sent, where the journal knows one."""
    note: str

    @property
    def is_ahead(self) -> bool:
        """Whether it is a transaction that is still to be mined."""
        return self.state in ("to send", "sent")


@dataclass(frozen=True, kw_only=True)
class Party:
    """Somebody or something that the plan names. `roles`: what it is or does, in words."""

    name: str
    address: str
    kind: PartyKind
    roles: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of what is being agreed to, in plain sentences."""

    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """All rows in the order of sending, `parties` in that of their importance. Prices are wei for a
    gas, as of `block`: `price`, the most that is going to be offered, is `tip` and twice the
    `base_fee`.
    """

    title: str
    kind: str
    chain_id: int
    network: str
    coin: str
    block: int
    time: int
    """Of that block."""
    sender: str
    rows: tuple[Row, ...]
    parties: tuple[Party, ...]
    meaning: tuple[Section, ...]
    units: tuple[str, ...]
    """Symbols of the tokens that texts have amounts of."""
    base_fee: int
    tip: int
    balance: int
    """Of the sender, in wei."""

    @property
    def price(self) -> int:
        return 2 * self.base_fee + self.tip

    @property
    def ahead(self) -> tuple[Row, ...]:
        """The transactions that are still to be mined."""
        return tuple(row for row in self.rows if row.is_ahead)

    @property
    def gas(self) -> int:
        """Of all that is to be sent, as far as it is known."""
        return sum(row.gas or 0 for row in self.ahead)

    @property
    def cost(self) -> int:
        """The same in wei, with the values that are sent along."""
        return sum((row.cost or 0) + row.value for row in self.ahead)

    @property
    def is_complete(self) -> bool:
        """Whether gas and cost of everything are known."""
        return all(row.cost is not None for row in self.ahead)

    @property
    def is_by_contract(self) -> bool:
        """Whether the sender is a contract, such as a multisig, which somebody else pays the gas for."""
        return any(each.address == self.sender and each.kind == "contract" for each in self.parties)

    @property
    def needed(self) -> int:
        """Wei that the sender must have so that every transaction is taken: they are offered with
        more gas than they use, and what is left of it is not paid. A contract needs the values alone.
        """
        price = 0 if self.is_by_contract else self.price
        own = (row for row in self.ahead if row.sender == self.sender)
        return sum((row.gas_limit or 0) * price + row.value for row in own)

    @property
    def shortfall(self) -> int:
        """What the account lacks of that."""
        return max(0, self.needed - self.balance)

    @property
    def names(self) -> Mapping[str, str]:
        """Of the parties, by their addresses."""
        return {each.address: each.name for each in self.parties}


def plan_json(plan: Plan) -> dict[str, Any]:
    """Everything, under names in camel case: integers as decimal text, data in hex, and the sums."""
    content: dict[str, Any] = plain(plan)
    content["rows"] = [
        row
        | {
            "arguments": [{"name": name, "value": value} for name, value in row["arguments"]],
            "creates": [{"name": name, "address": address} for name, address in row["creates"]],
        }
        for row in content["rows"]
    ]
    sums = ("price", "gas", "cost", "needed", "shortfall")
    content |= {name: str(getattr(plan, name)) for name in sums}
    content["isComplete"] = plan.is_complete
    return content
