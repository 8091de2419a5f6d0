"""The cast: the roles of a sale, its buyers, and what each of them is going to order.

Keys are made of text that stands here, so everybody knows them: they are for a local chain alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from eth_account import Account
from eth_account.signers.local import LocalAccount

from jumpstart.demo.holders import Habit, Holder, balances_of, row_for, rows_of
from jumpstart.demo.lots import Lots
from jumpstart.errors import InputError
from jumpstart.hashing import keccak256
from jumpstart.holdings import coefficient_of, mean_down
from jumpstart.terms import SaleTerms, Tier

LEAST: Final = 12
"""Buyers: fewer could not fill the first session to its limit under the account cap."""

MOST: Final = 2_000
"""Buyers: more take longer than a demo may."""

REVIEWERS: Final = tuple(f"reviewer {number}" for number in range(1, 6))
"""The committee."""

ROLES: Final = (
    "deployer",
    "chair",
    "guardian",
    *REVIEWERS,
    "project",
    "holdings-publisher",
    "attester",
    "proceeds",
    "treasury",
    "team",
    "platform",
    "watcher",
    "bank",
    "stranger",
)
"""Accounts that are not buyers. The project applies and brings the tokens, the watcher recomputes what
is published, the bank hands out payment tokens, the stranger is anybody.
"""

_HABITS: Final = (Habit.TRADER, Habit.STEADY, Habit.SAVER, Habit.TRADER, Habit.LATE_BUYER)


@dataclass(frozen=True, kw_only=True)
class Buyer:
    """A buyer: an account with a key, the balances of the snapshot's days, and its orders.

    `number` counts from 0, the name from 1.
    `balances` and `holding` are base units of the platform's token; `orders` are tokens, one figure
    for each session, 0 where it stays away.
    """

    number: int
    key: LocalAccount
    habit: Habit
    balances: tuple[int, ...]
    holding: int
    coefficient: int
    orders: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """What the report calls it."""
        return f"buyer {self.number + 1}"

    @property
    def account(self) -> str:
        """The address, with its checksum."""
        return self.key.address


def key_of(role: str) -> LocalAccount:
    """The account that plays a role. Its key is public by construction."""
    account: LocalAccount = Account.from_key(keccak256(f"jumpstart demo: {role}".encode()))
    return account


def require_count(count: int) -> None:
    """Raises `InputError` for a count of buyers out of range."""
    if not LEAST <= count <= MOST:
        raise InputError(f"--participants: {count}, expected {LEAST} to {MOST}")


def buyers_of(
    count: int, holders: Sequence[Holder], tiers: Sequence[Tier], days: int
) -> tuple[Buyer, ...]:
    """So many buyers, every row of the table among them, their orders still open.

    Raises `InputError` for a count out of range.
    """
    require_count(count)
    rows = rows_of(holders, tiers)
    lots = Lots("jumpstart demo: balances")
    buyers = []
    for number in range(count):
        amount = lots.one_of(rows[row_for(number, len(rows))])
        habit = _HABITS[number % len(_HABITS)]
        balances = balances_of(amount, habit, days, tiers, lots)
        holding = mean_down(balances)
        buyers.append(
            Buyer(
                number=number,
                key=key_of(f"buyer {number + 1}"),
                habit=habit,
                balances=balances,
                holding=holding,
                coefficient=coefficient_of(holding, tiers),
            )
        )
    return tuple(buyers)


def with_orders(
    buyers: Sequence[Buyer], terms: SaleTerms, targets: tuple[int, int], *, lot: int
) -> tuple[Buyer, ...]:
    """The buyers with orders for two sessions that add up to about `targets` tokens.

    Three quarters come to the first session; to the second come the others, and one in three of the
    first. Orders are whole multiples of `lot` tokens, as people write them.
    """
    lots = Lots("jumpstart demo: orders")
    cap = terms.deal.account_cap or terms.supply
    first = [number for number in range(len(buyers)) if number % 4 != 3]
    wishes = [lots.between(10, 100) ** 2 * (2 + buyers[number].coefficient) for number in first]
    orders = dict(zip(first, _shared(targets[0], wishes, cap, lot), strict=True))
    if terms.sessions[0].limit:
        _stop_at_limit(orders, terms.sessions[0].limit)
    second = [n for n in range(len(buyers)) if not orders.get(n) or n % 3 == 0]
    wishes = [lots.between(10, 100) ** 2 for _ in second]
    again = dict(zip(second, _shared(targets[1], wishes, cap // 2, lot), strict=True))
    return tuple(
        replace(buyer, orders=(orders.get(number, 0), again.get(number, 0)))
        for number, buyer in enumerate(buyers)
    )


def _stop_at_limit(orders: dict[int, int], limit: int) -> None:
    """Whoever would come after the limit is reached stays away from this session."""
    total = 0
    for number, amount in orders.items():
        orders[number] = amount if total < limit else 0
        total += amount


def _shared(target: int, wishes: Sequence[int], cap: int, lot: int) -> list[int]:
    """`target` shared in proportion to the wishes, nobody above `cap`, in multiples of `lot`."""
    shares = [0] * len(wishes)
    open_, left = set(range(len(wishes))), target
    while open_:
        weight = sum(wishes[place] for place in open_)
        full = {place for place in open_ if left * wishes[place] >= cap * weight}
        for place in full or open_:
            shares[place] = cap if full else left * wishes[place] // weight
        if not full:
            break
        left -= cap * len(full)
        open_ -= full
    return [max(lot, share // lot * lot) for share in shares]
