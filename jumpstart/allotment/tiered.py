"""The tiered rule: who is allotted how many tokens of a session.

Find the level L with `sum min(q, L*c*q) = min(S, sum q)`, where `S` is the session's supply, `q` a
subscription and `c` its coefficient. The cap `L*c >= 1` binds for a whole coefficient at once, so
the totals per coefficient decide: from the highest coefficient down, one is allotted in full while
`c*R >= W`, where `R` are the tokens left and `W` the sum of `c*q` over what is not yet in full; the
others share `R` in proportion to `c*q`.

Knows tokens in base units and coefficients. Knows neither who subscribed, nor prices, nor time.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from jumpstart.amounts import mul_div_down

COEFFICIENT_MAX: Final = 65_534
"""One less than fits into 16 bits: "no coefficient in full" is written as the highest plus one."""


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """What one account asks for: tokens `subscribed`, with its coefficient."""

    subscribed: int
    coefficient: int


@dataclass(frozen=True, kw_only=True)
class Demand:
    """Subscriptions of one coefficient in one session: tokens, and accounts that they come from."""

    subscribed: int
    accounts: int


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a session's settlement fixes for ever (`Settlement` on chain).

    A coefficient of `full_from` or more is allotted in full; the others share `remaining` tokens by
    their part in `weight`, the sum of coefficient times subscription over them. When everybody is
    allotted in full, `full_from` is 1 and the rest 0; when nobody is, it is the highest coefficient
    plus one.
    """

    full_from: int
    remaining: int
    weight: int


def demands_of(
    subscriptions: Iterable[Subscription], coefficients: Iterable[int] = ()
) -> dict[int, Demand]:
    """Subscriptions by coefficient. `coefficients` is the table, with those that nobody has."""
    subscribed: Counter[int] = Counter(dict.fromkeys(coefficients, 0))
    accounts: Counter[int] = Counter()
    for subscription in subscriptions:
        subscribed[subscription.coefficient] += subscription.subscribed
        accounts[subscription.coefficient] += subscription.subscribed > 0
    return {
        coefficient: Demand(subscribed=tokens, accounts=accounts[coefficient])
        for coefficient, tokens in subscribed.items()
    }


def settle(supply: int, demands: Mapping[int, Demand]) -> Outcome:
    """The outcome of a session of `supply` tokens. `demands` has every coefficient of the table,
    also those that nobody subscribed with.
    """
    remaining = supply
    weight = sum(coefficient * demand.subscribed for coefficient, demand in demands.items())
    full_from = max(demands) + 1
    for coefficient in sorted(demands, reverse=True):
        if coefficient * remaining < weight:
            return Outcome(full_from=full_from, remaining=remaining, weight=weight)
        remaining -= demands[coefficient].subscribed
        weight -= coefficient * demands[coefficient].subscribed
        full_from = coefficient
    return Outcome(full_from=1, remaining=0, weight=0)


def allotment_down(subscribed: int, coefficient: int, outcome: Outcome) -> int:
    """Tokens allotted to one subscription, rounded down. Never more than subscribed."""
    if coefficient >= outcome.full_from:
        return subscribed
    return mul_div_down(coefficient * subscribed, outcome.remaining, outcome.weight)


def sold_up(supply: int, demands: Mapping[int, Demand]) -> int:
    """Tokens sold before rounding: no sum of allotments exceeds it."""
    return min(supply, sum(demand.subscribed for demand in demands.values()))


def sold_down(outcome: Outcome, demands: Mapping[int, Demand]) -> int:
    """Tokens surely allotted: no sum of allotments falls below it, as rounding takes less than one
    base unit from each account that is not allotted in full.
    """
    in_full = sum(d.subscribed for c, d in demands.items() if c >= outcome.full_from)
    sharing = sum(d.accounts for c, d in demands.items() if c < outcome.full_from)
    return in_full + max(0, outcome.remaining - sharing)
