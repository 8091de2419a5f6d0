"""The weighted rule, against rounds of redistribution in fractions and against published figures."""

import itertools
import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jumpstart.allotment.weighted import (
    Level,
    Saturation,
    Share,
    allotment_down,
    is_capped,
    level_of,
)

NOBODY_WAITS = Level(remaining=0, weight=0)

bounds = st.one_of(st.integers(0, 20), st.integers(0, 2**112 - 1))
weights = st.one_of(st.integers(0, 5), st.integers(0, 2**224 - 1))
lists = st.lists(st.builds(Share, bound=bounds, weight=weights), max_size=12)
supplies = st.one_of(st.integers(0, 100), st.integers(0, 2**112 - 1))


def allot(supply: int, shares: list[Share]) -> list[int]:
    level = level_of(supply, shares)
    return [allotment_down(share, level) for share in shares]


def redistributed(supply: int, shares: list[Share]) -> list[Fraction]:
    """Round by round, as exchanges describe it: all share what is left by weight, who gets too much
    gives the excess back, and is out.
    """
    given_to = [Fraction(0)] * len(shares)
    rest, waiting = Fraction(supply), {n for n, share in enumerate(shares) if share.weight}
    while waiting:
        whole = sum(shares[each].weight for each in waiting)
        part = {each: rest * shares[each].weight / whole for each in waiting}
        full = {each for each in waiting if part[each] >= shares[each].bound}
        if not full:
            for each in waiting:
                given_to[each] = part[each]
            break
        for each in full:
            given_to[each] = Fraction(shares[each].bound)
            rest -= shares[each].bound
        waiting -= full
    return given_to


@given(supplies, lists)
def test_allotment_equals_redistribution_rounded_down(supply: int, shares: list[Share]) -> None:
    assert allot(supply, shares) == [int(each) for each in redistributed(supply, shares)]


@given(supplies, lists)
def test_allotments_exhaust_the_supply_but_for_rounding(supply: int, shares: list[Share]) -> None:
    allotted = sum(allot(supply, shares))
    wanted = min(supply, sum(share.bound for share in shares if share.weight))
    assert wanted - len(shares) < allotted <= wanted or (allotted == wanted == 0)


@given(supplies, lists)
def test_nobody_gets_more_than_its_bound(supply: int, shares: list[Share]) -> None:
    for share, allotted in zip(shares, allot(supply, shares), strict=True):
        assert allotted <= share.bound
        assert share.weight or allotted == 0


@given(supplies, lists, st.randoms(use_true_random=False))
def test_saturation_ends_at_the_level_in_whatever_order(
    supply: int, shares: list[Share], chance: random.Random
) -> None:
    """Passes over all accounts in any order, until a pass finds nobody, end where sorting does."""
    saturation = Saturation(supply, sum(share.weight for share in shares))
    waiting = list(shares)
    while True:
        chance.shuffle(waiting)
        left = [share for share in waiting if not saturation.saturate(share)]
        if len(left) == len(waiting):
            break
        waiting = left
    assert saturation.level == level_of(supply, shares)


@given(supplies, lists, st.data())
def test_whoever_is_forgotten_lowers_others_and_overpays_nobody(
    supply: int, shares: list[Share], data: st.DataObject
) -> None:
    """Saturation of any part of the accounts, in any order, wherever it stops."""
    full = allot(supply, shares)
    saturation = Saturation(supply, sum(share.weight for share in shares))
    order = data.draw(st.permutations(range(len(shares))))
    tried = order[: data.draw(st.integers(0, len(order)))]
    gone = {each for each in tried if saturation.saturate(shares[each])}
    allotted = [
        share.bound if number in gone else allotment_down(share, saturation.level)
        for number, share in enumerate(shares)
    ]
    assert sum(allotted) <= supply
    assert all(found <= most for found, most in zip(allotted, full, strict=True))


def test_the_level_never_falls_in_any_small_case() -> None:
    """Every way of three accounts with bounds and weights up to 3, and each supply up to 9."""
    shares = [Share(bound=b, weight=w) for b in range(4) for w in range(4)]
    for three in itertools.combinations_with_replacement(shares, 3):
        for supply in range(10):
            ends = set()
            for order in itertools.permutations(three):
                saturation = Saturation(supply, sum(share.weight for share in three))
                waiting, before = list(order), Fraction(0)
                while True:
                    share = next((s for s in waiting if is_capped(s, saturation.level)), None)
                    if share is None:
                        break
                    assert saturation.saturate(share)
                    waiting.remove(share)
                    level = saturation.level
                    if level.weight:
                        assert Fraction(level.remaining, level.weight) >= before
                        before = Fraction(level.remaining, level.weight)
                ends.add(saturation.level)
            assert ends == {level_of(supply, three)}


def test_whoever_is_not_capped_stays() -> None:
    saturation = Saturation(10, 4)
    assert not saturation.saturate(Share(bound=6, weight=2))
    assert saturation.level == Level(remaining=10, weight=4)
    assert saturation.saturate(Share(bound=5, weight=2))
    assert saturation.level == Level(remaining=5, weight=2)


def test_without_weight_there_is_nothing() -> None:
    assert allot(10, [Share(bound=5, weight=0), Share(bound=5, weight=1)]) == [0, 5]
    assert not is_capped(Share(bound=0, weight=0), Level(remaining=10, weight=1))


def test_less_demand_than_supply_leaves_nobody_waiting() -> None:
    shares = [Share(bound=3, weight=1), Share(bound=4, weight=7)]
    assert level_of(100, shares) == NOBODY_WAITS
    assert allot(100, shares) == [3, 4]


# ------------------------------------------------------------------------------- published figures

BINANCE = (
    (50_000, 20_000_000),
    (30_000, 20_000_000),
    (7_000, 16_800_000),
    (6_000, 14_400_000),
    (5_000, 12_000_000),
    (5_000, 12_000_000),
    (1_400, 3_360_000),
    (500, 1_200_000),
    (90, 216_000),
    (10, 24_000),
)
"""BNB committed and tokens received: 100,000,000 on sale, at most 20,000,000 for one."""


def test_the_example_of_ten_users_comes_out_to_the_unit() -> None:
    shares = [Share(bound=20_000_000, weight=committed) for committed, _ in BINANCE]
    assert allot(100_000_000, shares) == [received for _, received in BINANCE]


def test_its_first_step_has_the_published_excess() -> None:
    """Before redistribution two are over the cap, by 36,190,476 together."""
    parts = [Fraction(100_000_000 * committed, 105_000) for committed, _ in BINANCE]
    excess = sum(part - 20_000_000 for part in parts if part > 20_000_000)
    assert int(excess) == 36_190_476


# --------------------------------------------------------------------------------------- splitting


@given(
    st.integers(1, 2**112 - 1),
    st.lists(st.integers(1, 2**100), min_size=1, max_size=6),
    st.lists(st.integers(1, 2**100), min_size=1, max_size=5),
)
def test_splitting_gains_nothing_when_the_weight_is_the_holding(
    supply: int, others: list[int], parts: list[int]
) -> None:
    """One that splits its holding into parts gets the same, less what each part is rounded down."""
    enough = 2**112
    rest = [Share(bound=enough, weight=weight) for weight in others]
    one = allot(supply, [Share(bound=enough, weight=sum(parts)), *rest])[0]
    many = allot(supply, [*(Share(bound=enough, weight=part) for part in parts), *rest])
    assert one - len(parts) < sum(many[: len(parts)]) <= one


@pytest.mark.parametrize("parts", [2, 5, 10])
def test_splitting_gains_where_there_is_a_cap(parts: int) -> None:
    """Measured, not hidden: ten accounts with a tenth of the commitment get past the cap."""
    rest = [Share(bound=100, weight=100)] * 20
    one = allot(1_000, [Share(bound=100, weight=1_000), *rest])[0]
    split = [Share(bound=100, weight=1_000 // parts)] * parts
    assert sum(allot(1_000, [*split, *rest])[:parts]) > one
