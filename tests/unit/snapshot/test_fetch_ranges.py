"""Whatever nodes allow, and in whatever order they answer, every block is covered exactly once."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from jumpstart.snapshot.fetch.limits import SPAN_MAX, Limits
from jumpstart.snapshot.fetch.ranges import Ranges


@settings(deadline=None)
@given(
    first=st.integers(0, 50),
    count=st.integers(0, 300),
    spans=st.lists(st.integers(1, 60), min_size=1),
    parts=st.lists(st.integers(1, 60), min_size=1),
    workers=st.integers(1, 6),
    ahead=st.integers(1, 8),
    seed=st.integers(0, 2**32),
)
def test_every_block_is_released_once_in_order(
    first: int,
    count: int,
    spans: list[int],
    parts: list[int],
    workers: int,
    ahead: int,
    seed: int,
) -> None:
    """A taken range is answered in part or whole, late or early; no more results wait than may."""
    draw = random.Random(seed)
    ranges: Ranges[list[int]] = Ranges(first, first + count - 1, ahead=ahead)
    taken: list[tuple[int, int]] = []
    covered: list[int] = []
    steps = 0
    while not ranges.is_finished:
        while len(taken) < workers and (each := ranges.take(spans[steps % len(spans)])):
            taken.append(each)
            steps += 1
        assert taken, "nothing is left to wait for"
        start, end = taken.pop(draw.randrange(len(taken)))
        stop = min(end, start + parts[steps % len(parts)] - 1)
        steps += 1
        ranges.give(start, end, stop, list(range(start, stop + 1)))
        for start, stop, blocks in ranges.released():
            assert blocks == list(range(start, stop + 1))
            covered += blocks
        assert len(ranges._done) <= ahead + workers
    assert covered == list(range(first, first + count))
    assert not taken
    assert ranges.take(1) is None


@settings(deadline=None)
@given(limit=st.integers(1, SPAN_MAX), start=st.integers(1, 2 * SPAN_MAX))
def test_a_limit_of_blocks_is_learnt(limit: int, start: int) -> None:
    """In few refusals, to at least a half of it; and afterwards it is tried ever more rarely."""
    limits = Limits(span=start, rows=1000)
    refusals = []
    for turn in range(400):
        span = limits.span
        if span > limit:
            limits.refused(span)
            refusals.append(turn)
        else:
            limits.answered(span, 0)
    assert 2 * limits.span > min(limit, SPAN_MAX)
    late = [turn for turn in refusals if turn >= 100]
    assert len(late) <= 4


@settings(deadline=None)
@given(density=st.integers(1, 500), cap=st.integers(1000, 10_000))
def test_a_limit_of_logs_is_respected(density: int, cap: int) -> None:
    """Ranges come to hold about as many logs as an answer should, whether more are refused or not."""
    limits = Limits(span=1000, rows=500)
    for _ in range(60):
        span = limits.span
        if span * density > cap and span > 1:
            limits.refused(span)
        else:
            limits.answered(span, span * density)
    assert limits.span * density <= max(500, density) * 2


def test_a_dense_stretch_is_left_behind() -> None:
    """What was too much there is tried again behind it, step by step."""
    limits = Limits(span=1024, rows=5000)
    for span in (1024, 512, 256, 128, 64):
        limits.refused(span)
    assert limits.span == 32
    for _ in range(120):
        limits.answered(limits.span, 0)
    assert limits.span >= 1024


def test_a_cap_is_remembered() -> None:
    """An answer of as many logs as one that was cut is cut; one with a few is not."""
    limits = Limits(span=1000, rows=5000)
    limits.dropped(1000)
    limits.dropped(3)
    assert limits.is_cap(1000)
    assert not limits.is_cap(999)
    assert not limits.is_cap(3)
