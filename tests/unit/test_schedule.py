"""Vesting at every edge, and between them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jumpstart.schedule import Vesting, vested_down

STEPPED = Vesting(
    start=1000, unlock_bps=2500, cliff_seconds=30, duration_seconds=120, step_seconds=10
)


@pytest.mark.parametrize(
    ("time", "vested"),
    [
        (0, 0), (999, 0), (1000, 250), (1001, 250), (1029, 250),
        (1030, 437), (1031, 437), (1039, 437), (1040, 500),
        (1119, 937), (1120, 1000), (1121, 1000), (10**12, 1000),
    ],
)  # fmt: skip
def test_stepped_vesting_at_its_edges(time: int, vested: int) -> None:
    """Nothing before the start, the unlock until the cliff, then whole steps, all at the end."""
    assert vested_down(1000, STEPPED, time) == vested


@pytest.mark.parametrize(("time", "vested"), [(1030, 437), (1031, 443), (1119, 993), (1120, 1000)])
def test_steps_of_zero_vest_every_second(time: int, vested: int) -> None:
    """Without steps the rest accrues by the second, rounded down."""
    assert vested_down(1000, replace(STEPPED, step_seconds=0), time) == vested


def test_duration_of_zero_frees_everything_at_the_start() -> None:
    """One second before there is nothing, at the start all."""
    at_once = Vesting(
        start=1000, unlock_bps=10_000, cliff_seconds=0, duration_seconds=0, step_seconds=0
    )
    assert [vested_down(7, at_once, time) for time in (999, 1000, 1001)] == [0, 7, 7]


def test_cliff_frees_what_accrued_behind_it_at_once() -> None:
    """The cliff is part of the duration, not in front of it."""
    cliff = Vesting(start=0, unlock_bps=0, cliff_seconds=60, duration_seconds=120, step_seconds=0)
    assert [vested_down(1000, cliff, time) for time in (59, 60, 120)] == [0, 500, 1000]


def test_step_that_does_not_divide_the_duration_still_ends_exactly() -> None:
    """The last, shorter step completes the total."""
    odd = Vesting(start=0, unlock_bps=0, cliff_seconds=0, duration_seconds=100, step_seconds=30)
    assert [vested_down(1000, odd, time) for time in (90, 99, 100)] == [900, 900, 1000]


@given(
    st.integers(0, 2**112),
    st.integers(0, 10_000),
    st.integers(1, 10**6),
    st.data(),
)
def test_vested_grows_to_exactly_the_total(
    total: int, bps: int, duration: int, data: st.DataObject
) -> None:
    """From the start on at least the unlock, at most the straight line, and never shrinking."""
    vesting = Vesting(
        start=1000,
        unlock_bps=bps,
        cliff_seconds=data.draw(st.integers(0, duration)),
        duration_seconds=duration,
        step_seconds=data.draw(st.integers(0, duration)),
    )
    elapsed = data.draw(st.integers(0, duration))
    vested = vested_down(total, vesting, 1000 + elapsed)
    unlocked = total * bps // 10_000
    assert unlocked <= vested <= unlocked + (total - unlocked) * elapsed // duration
    assert vested <= vested_down(total, vesting, 1001 + elapsed) <= total
    assert vested_down(total, vesting, 1000 + duration) == total
