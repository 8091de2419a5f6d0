"""Vesting: how much of an allotment is free at a moment.

Times are Unix seconds, tokens base units, shares basis points. Knows one schedule and one total;
what was already taken is for the caller to subtract.
"""

from dataclasses import dataclass

from jumpstart.amounts import BASIS_POINTS, mul_div_down


@dataclass(frozen=True, kw_only=True)
class Vesting:
    """`unlock_bps` of a total is free at `start`; the rest accrues evenly from `start` over
    `duration_seconds`, by whole steps of `step_seconds` (0: every second), none of it before
    `cliff_seconds` have passed. A duration of 0 frees everything at `start`.
    """

    start: int
    unlock_bps: int
    cliff_seconds: int
    duration_seconds: int
    step_seconds: int


def vested_down(total: int, vesting: Vesting, time: int) -> int:
    """Tokens of `total` that are free at `time`, rounded down; at the end exactly `total`."""
    elapsed = time - vesting.start
    if elapsed < 0:
        return 0
    if elapsed >= vesting.duration_seconds:
        return total
    unlocked = mul_div_down(total, vesting.unlock_bps, BASIS_POINTS)
    if elapsed < vesting.cliff_seconds:
        return unlocked
    if vesting.step_seconds:
        elapsed -= elapsed % vesting.step_seconds
    return unlocked + mul_div_down(total - unlocked, elapsed, vesting.duration_seconds)
