"""What an account gains by splitting itself into several, under each rule: `python -m benchmarks.splitting`.

Exact, from the models of the rules, for a crowd with the balances of a real token (`tests/data/README.md`). Everybody
asks for as much as it holds, and a fifth of that is on sale. One more comes, as one account or as several with equal
parts of its holding. `docs/splitting.md` has what this prints.
"""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

from jumpstart.allotment import tiered, weighted
from jumpstart.holdings import coefficient_of
from jumpstart.terms import Tier

CROWD: Final = Path(__file__).parents[1] / "tests" / "data" / "holders-sample.csv"
WHOLE: Final = 10**18
TABLE: Final = tuple(Tier(threshold=100 * row * WHOLE, coefficient=row) for row in range(1, 6))
"""Five rows, as the first sales had; the highest from 500 on."""
MOST: Final = 250_000 * WHOLE
"""Who has more is an exchange or a treasury, and excluded."""
OVERSUBSCRIBED: Final = 5
CAP: Final = 1_000  # parts of the supply, one of which is the most for an account

HOLDERS: Final = (500, 5_000, 50_000)  # whole tokens
PARTS: Final = (2, 10, 100)


@dataclass(frozen=True)
class Account:
    """Base units of one token for both, so that a holding buys as much."""

    holding: int
    asked: int

    @property
    def coefficient(self) -> int:
        return coefficient_of(self.holding, TABLE)


Rule = Callable[[int, Sequence[Account], Sequence[Account]], Fraction]
"""What the first accounts get together, of a supply that they share with the others."""


def of_capped_tiers(supply: int, own: Sequence[Account], others: Sequence[Account]) -> Fraction:
    """Nobody may ask for more than a part of the supply."""
    most = supply // CAP
    capped = [
        [Account(each.holding, min(each.asked, most)) for each in some] for some in (own, others)
    ]
    return of_tiers(supply, *capped)


def of_tiers(supply: int, own: Sequence[Account], others: Sequence[Account]) -> Fraction:
    outcome = tiered.settle(
        supply,
        tiered.demands_of(
            (
                tiered.Subscription(subscribed=each.asked, coefficient=each.coefficient)
                for each in (*own, *others)
                if each.coefficient
            ),
            (tier.coefficient for tier in TABLE),
        ),
    )
    return Fraction(
        sum(
            tiered.allotment_down(each.asked, each.coefficient, outcome)
            for each in own
            if each.coefficient
        )
    )


def of_weights(weight: Callable[[Account], int], cap: int | None = None) -> Rule:
    """In proportion to a weight, at most what was asked for, and at most so many parts of the supply."""

    def allotted(supply: int, own: Sequence[Account], others: Sequence[Account]) -> Fraction:
        most = supply if cap is None else supply // cap
        shares = [
            weighted.Share(bound=min(each.asked, most), weight=weight(each))
            for each in (*own, *others)
        ]
        level = weighted.level_of(supply, shares)
        return Fraction(sum(weighted.allotment_down(each, level) for each in shares[: len(own)]))

    return allotted


def of_tickets(supply: int, own: Sequence[Account], others: Sequence[Account]) -> Fraction:
    """As many tickets as the coefficient says; what is to be expected, as all win alike."""
    tickets = sum(each.coefficient for each in (*own, *others))
    return Fraction(sum(each.coefficient for each in own) * supply, tickets)


RULES: Final[dict[str, Rule]] = {
    "tiered": of_tiers,
    "tiered, capped": of_capped_tiers,
    "lottery, tickets by the table": of_tickets,
    "weighted by commitment": of_weights(lambda each: each.asked),
    "weighted by commitment, capped": of_weights(lambda each: each.asked, CAP),
    "weighted by holding times commitment": of_weights(lambda each: each.holding * each.asked),
    "weighted by holding (linear)": of_weights(lambda each: each.holding),
    "linear, capped": of_weights(lambda each: each.holding, CAP),
}


def crowd() -> list[Account]:
    """Those that may take part: who holds less than the table asks for may not, under any rule."""
    with CROWD.open(newline="") as file:
        amounts = [int(row["amount"]) for row in csv.DictReader(file)]
    return [Account(each, each) for each in amounts if TABLE[0].threshold <= each <= MOST]


def gain(rule: Rule, whole: int, parts: int, others: Sequence[Account]) -> Fraction:
    """What splitting multiplies the allotment by."""
    holding = whole * WHOLE
    supply = (sum(each.asked for each in others) + holding) // OVERSUBSCRIBED

    def of(count: int) -> Fraction:
        part = holding // count
        if part < TABLE[0].threshold:
            return Fraction(0)
        return rule(supply, [Account(part, part)] * count, others)

    return of(parts) / of(1)


def table() -> str:
    """A row for each rule, a column for each holder and number of accounts, in Markdown."""
    others = crowd()
    columns = [
        (whole, parts)
        for whole in HOLDERS
        for parts in PARTS
        if whole * WHOLE // parts >= TABLE[0].threshold
    ]
    heads = ["rule", *(f"{whole:,} as {parts}" for whole, parts in columns)]
    rows = [
        [name, *(f"{float(gain(rule, whole, parts, others)):.2f}" for whole, parts in columns)]
        for name, rule in RULES.items()
    ]
    lines = [heads, ["---", *["--:"] * len(columns)], *rows]
    return "".join(f"| {' | '.join(each)} |\n" for each in lines)


if __name__ == "__main__":
    import sys

    sys.stdout.write(table())
