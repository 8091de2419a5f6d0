"""The weighted rule: in proportion to a weight, but nobody more than its bound.

An account's bound is what it subscribed, or its cap where that is less; its weight is what it
committed, what it holds, or their product. Find the level `R/W` with `sum min(b, w*R/W)` equal to
the supply, or to the sum of all bounds where that is less: what one cannot take goes to the others,
until nobody exceeds its bound.

Bounds are arbitrary, so the level depends on who is capped, and no total tells. `level_of` sorts.
`Saturation` is what a contract can do instead: it begins with everybody sharing, and anybody may
prove that an account is capped at the level so far; the account takes its bound and leaves. The level
`R/W` never falls by that: with `b*W <= w*R`, `(R-b)/(W-w) >= R/W`. So whoever can leave now can leave
later, and the end is the same in whatever order. Whoever was forgotten at the end still gets no more
than its bound; the others only less than they might, and never more than there is.

Knows tokens in base units and weights. Knows neither who subscribed, nor prices, nor time.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from jumpstart.amounts import mul_div_down


@dataclass(frozen=True, kw_only=True)
class Share:
    """What one account may get: at most `bound` tokens, by its `weight`. Without weight: nothing."""

    bound: int
    weight: int


@dataclass(frozen=True, kw_only=True)
class Level:
    """Accounts whose bound is not reached share `remaining` tokens by their part in `weight`. Both
    are 0 when everybody has its bound.
    """

    remaining: int
    weight: int


class Saturation:
    """The way to the level: begins with everybody sharing, accounts at their bound leave."""

    def __init__(self, supply: int, weight: int) -> None:
        """`weight` is that of all accounts together."""
        self._remaining, self._weight = supply, weight

    @property
    def level(self) -> Level:
        """The level so far. The last that leaves may leave tokens that nobody can take."""
        return Level(remaining=self._remaining if self._weight else 0, weight=self._weight)

    def saturate(self, share: Share) -> bool:
        """Lets an account that has not left yet take its bound, if it is capped; otherwise changes
        nothing. The caller remembers who has left.
        """
        if not is_capped(share, self.level):
            return False
        self._remaining -= share.bound
        self._weight -= share.weight
        return True


def is_capped(share: Share, level: Level) -> bool:
    """Whether the level gives an account its bound, or more than that. Never without weight."""
    return share.weight > 0 and share.bound * level.weight <= share.weight * level.remaining


def level_of(supply: int, shares: Iterable[Share]) -> Level:
    """The level at which nobody is left to saturate."""
    waiting = [share for share in shares if share.weight]
    # Whoever has the least bound for its weight is capped at the lowest level.
    waiting.sort(key=_BoundByWeight)
    saturation = Saturation(supply, sum(share.weight for share in waiting))
    for share in waiting:
        if not saturation.saturate(share):
            break
    return saturation.level


def allotment_down(share: Share, level: Level) -> int:
    """Tokens allotted to an account, rounded down. Never more than its bound."""
    if share.weight == 0:
        return 0
    if is_capped(share, level):
        return share.bound
    return mul_div_down(share.weight, level.remaining, level.weight)


class _BoundByWeight:
    """Orders by bound over weight, exactly."""

    def __init__(self, share: Share) -> None:
        self._share = share

    def __lt__(self, other: "_BoundByWeight") -> bool:
        one, two = self._share, other._share
        return one.bound * two.weight < two.bound * one.weight
