"""Figures: the holding that a rule makes of an account's balances, and its coefficient.

The statistics are those of `jumpstart.holdings`, taken from the sum and the least of the balances.
"""

from dataclasses import dataclass
from typing import Self

from jumpstart.errors import InputError
from jumpstart.holdings import better_of_figures, coefficient_of
from jumpstart.terms import HoldingsTerms, Statistic, Tier

UINT256_MAX = 2**256 - 1


@dataclass(frozen=True, kw_only=True)
class Rule:
    """How balances at so many `days` become a holding. `tiers` give it a coefficient; without any
    it has none. `minimum_tiers` are the second table of "better-of". Thresholds in base units.
    """

    statistic: Statistic
    days: int
    tiers: tuple[Tier, ...] = ()
    minimum_tiers: tuple[Tier, ...] = ()

    @classmethod
    def of(cls, holdings: HoldingsTerms, tiers: tuple[Tier, ...]) -> Self:
        """The one that terms fix; `tiers` are those of the sale."""
        return cls(
            statistic=list(Statistic)[holdings.statistic],
            days=holdings.day_count,
            tiers=tiers,
            minimum_tiers=holdings.minimum_tiers,
        )

    def __post_init__(self) -> None:
        if self.statistic is Statistic.BETTER_OF and not (self.tiers and self.minimum_tiers):
            raise InputError("the statistic better-of needs the two tables of the terms")

    def holding(self, total: int, least: int) -> int:
        """Of an account whose balances add up to `total` and were never below `least`. Base units;
        of the mean, rounded down.

        Raises `InputError` for a figure that a uint256 cannot hold.
        """
        holding = self._holding(total, least)
        if holding > UINT256_MAX:
            raise InputError(f"the {self.statistic} {holding} is above the most, {UINT256_MAX}")
        return holding

    def _holding(self, total: int, least: int) -> int:
        match self.statistic:
            case Statistic.SUM:
                return total
            case Statistic.MEAN:
                return total // self.days
            case Statistic.MINIMUM:
                return least
            case Statistic.BETTER_OF:
                mean = total // self.days
                return better_of_figures(mean, least, self.tiers, self.minimum_tiers)

    def coefficient(self, holding: int) -> int | None:
        """The coefficient of a holding; None where there is no table."""
        return coefficient_of(holding, self.tiers) if self.tiers else None
