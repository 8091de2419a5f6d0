"""What splitting gains is what the documentation says, and the linear rule gives nothing for it."""

from fractions import Fraction
from pathlib import Path

import pytest

from benchmarks.splitting import HOLDERS, PARTS, RULES, crowd, gain, table

PAGE = Path(__file__).parents[3] / "docs" / "splitting.md"
LINEAR = "weighted by holding (linear)"


def test_the_documentation_has_the_measured_figures() -> None:
    assert table() in PAGE.read_text()


@pytest.mark.parametrize("whole", HOLDERS)
def test_splitting_gains_nothing_under_the_linear_rule(whole: int) -> None:
    """Not even what rounding might give."""
    others = crowd()
    for parts in PARTS:
        assert gain(RULES[LINEAR], whole, parts, others) <= 1


def test_splitting_gains_under_every_rule_that_counts_heads() -> None:
    """Where there is a cap for each account, or so many tickets for each: it is said and not hidden."""
    others = crowd()
    for name in ("lottery, tickets by the table", "tiered, capped", "linear, capped"):
        assert gain(RULES[name], 50_000, 10, others) > Fraction(3, 2), name
