"""Supplies, caps, limits and the coefficient table: what they allow together, and what they rule out."""

from collections.abc import Iterator
from itertools import pairwise
from math import gcd
from typing import Final

from jumpstart.amounts import UINT112_MAX
from jumpstart.ledger import MAX_DEMAND
from jumpstart.lint.case import Case
from jumpstart.lint.figures import count, percent
from jumpstart.lint.findings import Code, Found, Severity
from jumpstart.lint.places import Path
from jumpstart.terms import SUPPLY_MAX, Statistic

LIKELY_ACCOUNTS: Final = 100_000
"""More participants than a sale can count on: each has passed a check of who it is."""

LOPSIDED: Final = 20
NEAR_LIMIT_BPS: Final = 11_000
FAR_LIMIT: Final = 1_000
LARGE_MINIMUM: Final = 100  # accounts that a session's supply is enough for
WHOLE_SOFT_CAP: Final = 95  # percent
CLOSE_COEFFICIENTS: Final = 100

SHORT = Code(
    name="supply.short",
    severity=Severity.ERROR,
    title="More tokens than there are",
    why="The whole supply of the sale and all allocations are taken from the applicant when the sale is listed.",
    fix="Sell or lock less, or have more of the token.",
)
LOPSIDED_SESSIONS = Code(
    name="supply.lopsided",
    severity=Severity.NOTE,
    title="Sessions of very different supplies",
    why="A slip in one figure looks just like that.",
    fix="Check the supplies of the sessions.",
)
LIMIT_NEAR = Code(
    name="limit.near",
    severity=Severity.WARNING,
    title="A limit so near to the supply that the first take all",
    why="A session closes when its limit is reached: coefficients say little when hardly more is taken.",
    fix="Let the limit be some times the supply, or none.",
)
LIMIT_FAR = Code(
    name="limit.far",
    severity=Severity.NOTE,
    title="A limit that will never be reached",
    why="A slip in one figure looks just like that; a limit that does not bind says nothing.",
    fix='Lower the limit, or write "none".',
)
CAP_LOOSE = Code(
    name="cap.loose",
    severity=Severity.WARNING,
    title="An account cap that never binds",
    why="One account may be allotted everything that is on sale, as without a cap.",
    fix='Lower the cap, or write "none".',
)
CAP_TIGHT = Code(
    name="cap.tight",
    severity=Severity.WARNING,
    title="An account cap that cannot sell the supply",
    why="So many participants with a pass and a holding are not to be expected; the rest stays unsold.",
    fix="Raise the cap, or sell less.",
)
CAP_MINIMUM = Code(
    name="cap.minimum",
    severity=Severity.NOTE,
    title="An account cap of less than two minimums",
    why="Who is allotted all of a first subscription has no room for the minimum in a later session.",
    fix="Lower the minimum, or raise the cap.",
)
MINIMUM_OUT = Code(
    name="minimum.out-of-reach",
    severity=Severity.ERROR,
    title="A minimum above a session's limit",
    why="No subscription of the minimum fits into the session: nobody can take part in it.",
    fix="Lower the minimum, or raise the limit.",
)
MINIMUM_LARGE = Code(
    name="minimum.large",
    severity=Severity.WARNING,
    title="A minimum of more than a hundredth of a session",
    why="A minimum keeps dust away; one of more than a hundredth of a session keeps participants away.",
    fix="Lower the minimum.",
)
SOFT_CAP_NONE = Code(
    name="soft-cap.none",
    severity=Severity.NOTE,
    title="No soft cap",
    why="The sale succeeds with a single subscription: nobody is paid back because too little came in.",
    fix="Set the least sum that the project can do its work with, or tell participants that there is none.",
)
SOFT_CAP_WHOLE = Code(
    name="soft-cap.whole",
    severity=Severity.WARNING,
    title="A soft cap of nearly everything",
    why="The sale fails unless nearly all of it is sold, in every session.",
    fix="Lower the soft cap.",
)
SOFT_CAP_FAR = Code(
    name="soft-cap.out-of-reach",
    severity=Severity.WARNING,
    title="A soft cap that the account cap keeps out of reach",
    why="So many participants with a pass and a holding are not to be expected: the sale would fail.",
    fix="Lower the soft cap, or raise the account cap.",
)
TIER_OUT = Code(
    name="tier.out-of-reach",
    severity=Severity.WARNING,
    title="A row of the table that nobody can reach",
    why="The holding that it asks for is more than there is of the token.",
    fix="Lower the row's holding, or take the row out; check the unit.",
)
TIER_CLOSE = Code(
    name="tier.close",
    severity=Severity.NOTE,
    title="Two coefficients that are nearly the same",
    why="Less than a hundredth between two rows makes no difference that their holders would notice.",
    fix="Take one row out, or put the coefficients apart.",
)
TIER_FACTOR = Code(
    name="tier.factor",
    severity=Severity.NOTE,
    title="Coefficients with a common factor",
    why="Only their ratios count: the table says the same with smaller figures, which are easier to read.",
    fix="Divide all coefficients by the factor.",
)
NEAR_BOUND = Code(
    name="amount.near-bound",
    severity=Severity.WARNING,
    title="An amount near the most that can be counted",
    why="More than half of what fits: a slip in a unit or in the decimals looks just like that.",
    fix="Check the figure and the decimals of its token.",
)


def supplies(case: Case) -> Iterator[Found]:
    """The sale and the allocations against all there is, and the sessions against each other."""
    token = case.draft.tokens.sale
    total = case.supplies.get(token.unit)
    needed = case.sale.supply + sum(each.amount for each in case.terms.allocations)
    if total is not None and needed > total:
        said = (
            f"{case.tokens(case.sale.supply)} are on sale, {case.tokens(needed - case.sale.supply)} "
            f"are locked, but there are {case.tokens(total)}"
        )
        yield SHORT.at("tokens", "sale", says=said)
    most = max((session.supply for session in case.sale.sessions), default=0)
    for row, session in enumerate(case.sale.sessions):
        if 0 < session.supply * LOPSIDED < most:
            said = f"{case.tokens(session.supply)}, another session has {case.tokens(most)}"
            yield LOPSIDED_SESSIONS.at("sessions", row, "supply", says=said)


def limits(case: Case) -> Iterator[Found]:
    """Each limit against its supply, and what one coefficient can count."""
    for row, session in enumerate(case.sale.sessions):
        limit, supply = session.limit, session.supply
        place: Path = ("sessions", row, "limit")
        said = f"{case.tokens(limit)}, the supply is {case.tokens(supply)}"
        if supply <= limit and limit * 10_000 < supply * NEAR_LIMIT_BPS:
            yield LIMIT_NEAR.at(*place, says=said)
        elif limit > supply * FAR_LIMIT:
            times = count(limit // max(supply, 1))
            yield LIMIT_FAR.at(*place, says=f"{said}: {times} times less")


def account_cap(case: Case) -> Iterator[Found]:
    """The cap against the supply, the accounts that could take it, and the minimum."""
    cap, minimum, supply = case.sale.deal.account_cap, case.sale.deal.minimum, case.sale.supply
    if not cap:
        return
    place: Path = ("deal", "account_cap")
    if cap >= supply:
        yield CAP_LOOSE.at(*place, says=f"{case.tokens(cap)}, of {case.tokens(supply)} on sale")
    accounts = -(-supply // cap)
    if accounts > LIKELY_ACCOUNTS:
        said = (
            f"{case.tokens(cap)}: selling {case.tokens(supply)} takes {count(accounts)} accounts, "
            f"more than {count(LIKELY_ACCOUNTS)}"
        )
        yield CAP_TIGHT.at(*place, says=said)
    if minimum <= cap < 2 * minimum and len(case.sale.sessions) > 1:
        yield CAP_MINIMUM.at(*place, says=f"{case.tokens(cap)}, minimum {case.tokens(minimum)}")


def minimum(case: Case) -> Iterator[Found]:
    """The minimum against the session that has least room for it."""
    least, place = case.sale.deal.minimum, ("deal", "minimum")
    sessions = list(enumerate(case.sale.sessions, 1))
    limited = [(session.limit, row) for row, session in sessions if session.limit]
    limit, row = min(limited, default=(least, 0))
    if limit < least:
        said = f"{case.tokens(least)}, the limit of session {row} is {case.tokens(limit)}"
        yield MINIMUM_OUT.at(*place, says=said)
        return
    supply, row = min(((session.supply, row) for row, session in sessions), default=(0, 0))
    if 0 < supply < least * LARGE_MINIMUM:
        part = percent(least, supply)
        said = f"{case.tokens(least)}, {part} of the supply of session {row}"
        yield MINIMUM_LARGE.at(*place, says=said)


def soft_cap(case: Case) -> Iterator[Found]:
    """The soft cap against all that can be raised, and by how many."""
    deal, most = case.sale.deal, case.sale.cost_down(case.sale.supply)
    place: Path = ("deal", "soft_cap")
    if not deal.soft_cap:
        said = (
            f"the sale succeeds with {case.tokens(deal.minimum)} of {case.tokens(case.sale.supply)}"
        )
        yield SOFT_CAP_NONE.at(*place, says=said)
        return
    part = f"{case.payment(deal.soft_cap)}, of {case.payment(most)} for everything"
    if most * WHOLE_SOFT_CAP < deal.soft_cap * 100 <= most * 100:
        yield SOFT_CAP_WHOLE.at(*place, says=part)
    each = case.sale.cost_down(deal.account_cap)
    if each and (accounts := -(-deal.soft_cap // each)) > LIKELY_ACCOUNTS:
        said = (
            f"{case.payment(deal.soft_cap)} takes {count(accounts)} accounts that each pay the most, "
            f"{case.payment(each)}, more than {count(LIKELY_ACCOUNTS)}"
        )
        yield SOFT_CAP_FAR.at(*place, says=said)


def tiers(case: Case) -> Iterator[Found]:
    """The table against what there is to hold, and its coefficients against each other."""
    table, holdings = case.sale.tiers, case.draft.holdings
    total = case.supplies.get(case.draft.tokens.holding.unit)
    days = holdings.days if holdings.statistic is Statistic.SUM else 1
    for row, tier in enumerate(table):
        if total is not None and tier.threshold > total * days:
            over = f" over {days} days" if days > 1 else ""
            said = f"{case.holding(tier.threshold)}, there are {case.holding(total * days)}{over}"
            yield TIER_OUT.at("tiers", row, "holding", says=said)
    for row, (below, tier) in enumerate(pairwise(table), 1):
        apart = tier.coefficient - below.coefficient
        if 0 < apart * CLOSE_COEFFICIENTS < tier.coefficient:
            said = f"{tier.coefficient} is {percent(apart, below.coefficient)} above {below.coefficient}"
            yield TIER_CLOSE.at("tiers", row, "coefficient", says=said)
    factor = gcd(*(tier.coefficient for tier in table))
    if factor > 1:
        less = ", ".join(str(tier.coefficient // factor) for tier in table)
        yield TIER_FACTOR.at("tiers", says=f"all are multiples of {factor}; the same as {less}")


def bounds(case: Case) -> Iterator[Found]:
    """Amounts of more than half of what can be counted."""
    sale = case.sale
    amounts: list[tuple[Path, int, int, str]] = [
        (("sessions",), sale.supply, SUPPLY_MAX, case.tokens(sale.supply)),
        (("deal", "minimum"), sale.deal.minimum, UINT112_MAX, case.tokens(sale.deal.minimum)),
        (("deal", "soft_cap"), sale.deal.soft_cap, UINT112_MAX, case.payment(sale.deal.soft_cap)),
        (("deal", "price"), sale.deal.price, UINT112_MAX, f"{sale.deal.price} base units"),
        (
            ("deal", "price"),
            sale.deal.price_unit,
            UINT112_MAX,
            f"{sale.deal.price_unit} base units",
        ),
    ]
    for row, session in enumerate(sale.sessions):
        path: Path = ("sessions", row, "limit")
        amounts.append((path, session.limit, MAX_DEMAND, case.tokens(session.limit)))
    for row, tier in enumerate(sale.tiers):
        path = ("tiers", row, "holding")
        amounts.append((path, tier.threshold, UINT112_MAX, case.holding(tier.threshold)))
    for row, each in enumerate(case.terms.allocations):
        path = ("allocations", row, "amount")
        amounts.append((path, each.amount, SUPPLY_MAX, case.tokens(each.amount)))
    for path, amount, most, written in amounts:
        if most // 2 < amount <= most:
            said = f"{written} is {percent(amount, most)} of the most, {most} base units"
            yield NEAR_BOUND.at(*path, says=said)


RULES: Final = (supplies, limits, account_cap, minimum, soft_cap, tiers, bounds)
