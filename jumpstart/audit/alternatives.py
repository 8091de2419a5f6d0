"""What if: the same subscriptions under other allotment rules, so that people can judge the rule.

Nobody would have subscribed the same way under another rule, and the figures do not say so: they say
what each rule makes of the same wishes. Each is a function of a session's subscriptions alone.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from jumpstart.allotment import lottery, tiered, weighted
from jumpstart.audit.subscriptions import Asked, SessionDemand
from jumpstart.hashing import keccak256

Allotments = dict[str, int]
"""Tokens in base units by account, in the order of the session."""

_CAP: Final = 2
"""How many equal shares the capped rule gives one account at most."""
_SALT: Final = b"Jumpstart: what if it had been a lottery?"


@dataclass(frozen=True, kw_only=True)
class TierResult:
    """What the accounts of one coefficient get; `served` are those that get more than nothing."""

    coefficient: int
    accounts: int
    served: int
    subscribed: int
    allotted: int


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """One rule. `largest_tenth_bps` is the share, rounded down, of what was allotted that the tenth of
    accounts with the most of it has. `setting` has the rule's figures, by name.
    """

    rule: str
    setting: Mapping[str, int]
    accounts: int
    served: int
    allotted: int
    largest_tenth_bps: int
    by_coefficient: tuple[TierResult, ...]


@dataclass(frozen=True, kw_only=True)
class WhatIf:
    """A session: each rule, the one that was used first; and what each account gets under each, in the
    order of the rules.
    """

    supply: int
    subscribed: int
    alternatives: tuple[Alternative, ...]
    by_account: tuple[tuple[str, tuple[int, ...]], ...]


def what_if(session: SessionDemand, terms_hash: bytes) -> WhatIf | None:
    """None where nobody has subscribed. `terms_hash` is what the lottery's seed is made of."""
    if not session.asked:
        return None
    found: list[tuple[Alternative, Allotments]] = []
    for rule, make in _rules(terms_hash):
        setting, allotments = make(session)
        found.append((_alternative(rule, setting, session, allotments), allotments))
    return WhatIf(
        supply=session.supply,
        subscribed=sum(each.subscribed for each in session.asked.values()),
        alternatives=tuple(alternative for alternative, _ in found),
        by_account=tuple(
            (account, tuple(allotments[account] for _, allotments in found))
            for account in sorted(session.asked, key=str.lower)
        ),
    )


def _alternative(
    rule: str, setting: Mapping[str, int], session: SessionDemand, allotments: Allotments
) -> Alternative:
    tiers: dict[int, list[tuple[Asked, int]]] = defaultdict(list)
    for account, asked in session.asked.items():
        tiers[asked.coefficient].append((asked, allotments[account]))
    amounts = sorted(allotments.values(), reverse=True)
    allotted = sum(amounts)
    tenth = sum(amounts[: -(-len(amounts) // 10)])
    return Alternative(
        rule=rule,
        setting=setting,
        accounts=len(amounts),
        served=sum(amount > 0 for amount in amounts),
        allotted=allotted,
        largest_tenth_bps=tenth * 10_000 // allotted if allotted else 0,
        by_coefficient=tuple(
            TierResult(
                coefficient=coefficient,
                accounts=len(rows),
                served=sum(amount > 0 for _, amount in rows),
                subscribed=sum(asked.subscribed for asked, _ in rows),
                allotted=sum(amount for _, amount in rows),
            )
            for coefficient, rows in sorted(tiers.items())
        ),
    )


# -------------------------------------------------------------------------------------------- rules

_Made = tuple[Mapping[str, int], Allotments]


def _rules(terms_hash: bytes) -> tuple[tuple[str, Callable[[SessionDemand], _Made]], ...]:
    """The one that was used first."""
    return (
        ("tiered", lambda session: ({}, tiered_allotments(session))),
        ("commitment", lambda session: _weighted(session, lambda asked: asked.subscribed)),
        ("commitment-capped", _capped),
        (
            "holding-times-commitment",
            lambda session: _weighted(session, lambda asked: asked.holding * asked.subscribed),
        ),
        ("holding", lambda session: _weighted(session, lambda asked: asked.holding)),
        ("equal", lambda session: _weighted(session, lambda asked: 1)),
        ("lottery", lambda session: _lottery(session, keccak256(_SALT + terms_hash))),
        ("first-come", _first_come),
    )


def tiered_allotments(session: SessionDemand) -> Allotments:
    """By coefficient: the rule of the sale itself. Empty where nobody has subscribed."""
    outcome = tiered.settle(
        session.supply,
        tiered.demands_of(
            (
                tiered.Subscription(subscribed=each.subscribed, coefficient=each.coefficient)
                for each in session.asked.values()
            ),
            session.coefficients,
        ),
    )
    return {
        account: tiered.allotment_down(each.subscribed, each.coefficient, outcome)
        for account, each in session.asked.items()
    }


def _weighted(
    session: SessionDemand, weight: Callable[[Asked], int], cap: int | None = None
) -> _Made:
    """In proportion to a weight, never more than was asked for."""
    shares = {
        account: weighted.Share(
            bound=each.subscribed if cap is None else min(each.subscribed, cap),
            weight=weight(each),
        )
        for account, each in session.asked.items()
    }
    level = weighted.level_of(session.supply, shares.values())
    return {}, {account: weighted.allotment_down(share, level) for account, share in shares.items()}


def _capped(session: SessionDemand) -> _Made:
    """In proportion to what was asked for, at most a few equal shares for one."""
    cap = -(-_CAP * session.supply // len(session.asked))
    _, allotments = _weighted(session, lambda asked: asked.subscribed, cap)
    return {"cap": cap}, allotments


def _lottery(session: SessionDemand, seed: bytes) -> _Made:
    """One ticket in the first row of the table, two in the second, and so on, but not more than what
    was asked for needs. A ticket is worth as much as makes all tickets that there can be worth what
    was asked for.
    """
    rows = {coefficient: row for row, coefficient in enumerate(session.coefficients, 1)}
    asked = session.asked.values()
    most = sum(rows[each.coefficient] for each in asked)
    size = max(1, -(-sum(each.subscribed for each in asked) // most))
    counts = {
        account: min(rows[each.coefficient], -(-each.subscribed // size))
        for account, each in session.asked.items()
    }
    tickets = sum(counts.values())
    winners = min(tickets, session.supply // size)
    draw = lottery.Draw(seed=seed, tickets=tickets, winners=winners)
    allotments, first = {}, 0
    for account, count in counts.items():
        won = lottery.wins_of(first, count, draw) * size
        allotments[account] = min(session.asked[account].subscribed, won)
        first += count
    return {"tickets": tickets, "winners": winners, "tokensOfTicket": size}, allotments


def _first_come(session: SessionDemand) -> _Made:
    """Who came first gets everything: how a sale is over in a second."""
    rest, allotments = session.supply, dict.fromkeys(session.asked, 0)
    last = 0
    for number, (account, amount) in enumerate(session.order, 1):
        taken = min(amount, rest)
        allotments[account] += taken
        rest -= taken
        if taken:
            last = number
    return {"subscriptionsServed": last}, allotments
