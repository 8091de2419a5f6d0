"""The price: what it makes of the smallest amounts, and what rounding takes and leaves.

An account pays `ceil(tokens * price / price_unit)` and is allotted a rounded-down amount: it loses
less than one base unit of each. How much that is depends on the decimals of the two tokens.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from jumpstart.lint.case import Case
from jumpstart.lint.figures import count, percent
from jumpstart.lint.findings import Code, Found, Severity
from jumpstart.lint.places import Path

LARGEST_ROUNDING: Final = Fraction(1, 1_000)
"""Of what is paid for the minimum, or of the minimum itself: beyond a tenth of a percent one sees it."""

COARSEST_TOKEN: Final = 1_000
"""Base units of payment in the cost of a whole token, below which a price cannot be set finely."""

LARGEST_PIECE: Final = Fraction(1, 1_000)
"""Of what the whole supply costs: what a single base unit may cost."""

DUST = Code(
    name="price.dust",
    severity=Severity.ERROR,
    title="The minimum costs less than one base unit of payment",
    why="Costs are rounded up: many small subscriptions would pay far more than the price, each a whole base unit.",
    fix="Raise the minimum until it costs at least a thousand base units.",
)
ROUNDING = Code(
    name="price.rounding",
    severity=Severity.WARNING,
    title="Rounding up is a visible part of what the minimum costs",
    why="An account pays up to one base unit more than the price.",
    fix="Raise the minimum, or be paid in a token of more decimals.",
)
PIECES = Code(
    name="price.pieces",
    severity=Severity.WARNING,
    title="Rounding down is a visible part of the minimum",
    why="An account is allotted up to one base unit less than its share: a token of few decimals comes in pieces.",
    fix="Raise the minimum, or sell a token of more decimals.",
)
COARSE = Code(
    name="price.coarse",
    severity=Severity.WARNING,
    title="A token that costs few base units of payment",
    why="The price of a whole token cannot be set more finely than by one of them.",
    fix="Check the price and the decimals of both tokens.",
)
HUGE = Code(
    name="price.huge",
    severity=Severity.WARNING,
    title="A base unit of the token that costs a visible part of the whole sale",
    why="With so few pieces on sale, a decimal was probably lost.",
    fix="Check the price and the decimals of both tokens.",
)
INEXACT = Code(
    name="price.inexact",
    severity=Severity.NOTE,
    title="A whole token has no exact price",
    why="Its cost is a fraction of a base unit more than what is shown: lists and wallets differ in the last digit.",
    fix="Nothing, if the price is meant as a ratio; else choose one that is exact.",
)
LEFT_OVER = Code(
    name="price.left-over",
    severity=Severity.NOTE,
    title="The whole supply has no exact price",
    why="What rounding leaves goes to `proceeds_to` after all claims; it is less than one base unit for each account.",
    fix="Nothing, unless the sum that is announced is meant to the last base unit.",
)


def smallest(case: Case) -> Iterator[Found]:
    """What rounding makes of the minimum, in payment and in tokens."""
    minimum = case.sale.deal.minimum
    if not minimum:
        return
    exact = Fraction(minimum * case.sale.deal.price, case.sale.deal.price_unit)
    paid = case.sale.cost_up(minimum)
    place: Path = ("deal", "minimum")
    costs = f"{case.tokens(minimum)} costs {_units(exact)} of {_symbol(case)}"
    if exact < 1:
        yield DUST.at(
            *place, says=f"{costs}, and {paid} is paid, {percent(paid - exact, exact)} more"
        )
    elif 1 / exact > LARGEST_ROUNDING:
        yield ROUNDING.at(*place, says=f"{costs}: rounding up adds up to {percent(1 / exact)}")
    if Fraction(1, minimum) > LARGEST_ROUNDING:
        said = (
            f"{case.tokens(minimum)} is {count(minimum)} base units: rounding down takes up to "
            f"{percent(1, minimum)}"
        )
        yield PIECES.at(*place, says=said)


def price(case: Case) -> Iterator[Found]:
    """What a whole token costs, and a base unit of it."""
    token, deal = case.draft.tokens.sale.unit, case.sale.deal
    each = Fraction(10**token.decimals * deal.price, deal.price_unit)
    place: Path = ("deal", "price")
    costs = f"1 {token.symbol} costs {_units(each)} of {_symbol(case)}"
    if each < COARSEST_TOKEN:
        yield COARSE.at(*place, says=f"{costs}, less than {count(COARSEST_TOKEN)}")
    piece = Fraction(1, max(case.sale.supply, 1))
    if piece > LARGEST_PIECE:
        said = (
            f"one base unit of {token.symbol} is {percent(piece)} of all that is on sale, and costs "
            f"{case.payment(case.sale.cost_up(1))}"
        )
        yield HUGE.at(*place, says=said)
    if each.denominator > 1:
        yield INEXACT.at(*place, says=f"{costs}: {deal.price} for {deal.price_unit} base units")
    total = Fraction(case.sale.supply * deal.price, deal.price_unit)
    if total.denominator > 1:
        yield LEFT_OVER.at(
            *place, says=f"all that is on sale costs {_units(total)} of {_symbol(case)}"
        )


def _units(amount: Fraction) -> str:
    if amount.denominator == 1:
        return f"{count(amount.numerator)} base unit{'' if amount == 1 else 's'}"
    if amount < 1:
        return f"{float(amount):.3g} base units"
    return f"{count(int(amount))} and a fraction base units"


def _symbol(case: Case) -> str:
    return case.draft.tokens.payment.symbol


RULES: Final = (smallest, price)
