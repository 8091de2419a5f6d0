"""The tiered rule, against a second derivation of its level and against published figures."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jumpstart.allotment.tiered import (
    Demand,
    Outcome,
    Subscription,
    allotment_down,
    demands_of,
    settle,
    sold_down,
    sold_up,
)


def exact_level(supply: int, subscriptions: list[Subscription]) -> Fraction:
    """The level L with `sum min(q, L*c*q) = min(S, sum q)`: bisection over the levels 1/c at which
    somebody is served in full, then one linear equation between two of them.
    """

    def total(level: Fraction) -> Fraction:
        return sum((exact_allotment(s, level) for s in subscriptions), Fraction())

    target = min(supply, sum(s.subscribed for s in subscriptions))
    levels = [Fraction(), *sorted({Fraction(1, s.coefficient) for s in subscriptions})]
    low, high = 0, len(levels) - 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if total(levels[middle]) < target else (low, middle)
    rise = total(levels[high]) - total(levels[low])
    if rise == 0:
        return levels[high]
    share = (target - total(levels[low])) / rise
    return levels[low] + share * (levels[high] - levels[low])


def exact_allotment(subscription: Subscription, level: Fraction) -> Fraction:
    """`min(q, L*c*q)` without rounding."""
    return min(Fraction(1), level * subscription.coefficient) * subscription.subscribed


def allot(supply: int, subscriptions: list[Subscription]) -> tuple[Outcome, list[int]]:
    """The outcome, and the allotment of each subscription."""
    outcome = settle(supply, demands_of(subscriptions))
    allotted = [allotment_down(s.subscribed, s.coefficient, outcome) for s in subscriptions]
    return outcome, allotted


amounts = st.one_of(st.integers(0, 20), st.integers(0, 2**112 - 1))
subscriptions = st.lists(
    st.builds(
        Subscription,
        subscribed=amounts,
        coefficient=st.one_of(st.integers(1, 5), st.integers(1, 65_534)),
    ),
    min_size=1,
    max_size=12,
)
supplies = st.one_of(st.integers(1, 100), st.integers(1, 2**112 - 1))


@given(supplies, subscriptions)
@settings(max_examples=150)
def test_allotment_equals_the_exact_level_rounded_down(
    supply: int, subscribed: list[Subscription]
) -> None:
    """Totals by coefficient give what a search for the level over all accounts gives."""
    level = exact_level(supply, subscribed)
    _, allotted = allot(supply, subscribed)
    assert allotted == [int(exact_allotment(s, level)) for s in subscribed]


@given(supplies, subscriptions)
@settings(max_examples=150)
def test_allotments_exhaust_the_supply_but_for_rounding(
    supply: int, subscribed: list[Subscription]
) -> None:
    """Never more than the supply or the demand, and less than one base unit below for each."""
    outcome, allotted = allot(supply, subscribed)
    demands = demands_of(subscribed)
    sharing = sum(s.coefficient < outcome.full_from and s.subscribed > 0 for s in subscribed)
    most = min(supply, sum(s.subscribed for s in subscribed))
    assert sold_up(supply, demands) == most
    assert sum(allotted) <= most
    assert sum(allotted) > most - sharing or sum(allotted) == most
    assert max(0, most - sharing) <= sold_down(outcome, demands) <= sum(allotted)


@given(supplies, subscriptions)
@settings(max_examples=100)
def test_allotment_is_at_most_subscribed_and_full_exactly_from_the_outcome_on(
    supply: int, subscribed: list[Subscription]
) -> None:
    """Below `full_from` somebody with a subscription gets strictly less than it."""
    outcome, allotted = allot(supply, subscribed)
    for subscription, tokens in zip(subscribed, allotted, strict=True):
        assert 0 <= tokens <= subscription.subscribed
        full = subscription.coefficient >= outcome.full_from or subscription.subscribed == 0
        assert (tokens == subscription.subscribed) == full


@given(supplies, subscriptions)
@settings(max_examples=100)
def test_outcome_is_empty_exactly_when_everybody_is_served(
    supply: int, subscribed: list[Subscription]
) -> None:
    """`full_from` is 1 with nothing remaining if the supply suffices, and above 1 if not."""
    outcome, _ = allot(supply, subscribed)
    if sum(s.subscribed for s in subscribed) <= supply:
        assert outcome == Outcome(full_from=1, remaining=0, weight=0)
    else:
        assert outcome.full_from > 1
        assert outcome.remaining > 0
        assert outcome.weight > outcome.remaining


@given(supplies, subscriptions, st.integers(2, 5))
@settings(max_examples=50)
def test_splitting_a_subscription_gains_nothing(
    supply: int, subscribed: list[Subscription], parts: int
) -> None:
    """At one coefficient, parts together get at most the whole, and lose less than one each."""
    whole = subscribed[0]
    sizes = [
        whole.subscribed * (n + 1) // parts - whole.subscribed * n // parts for n in range(parts)
    ]
    split = [Subscription(subscribed=size, coefficient=whole.coefficient) for size in sizes]
    _, before = allot(supply, subscribed)
    _, after = allot(supply, [*split, *subscribed[1:]])
    assert before[0] - parts < sum(after[:parts]) <= before[0]


def test_session_filled_to_five_times_its_supply_allots_nobody_more_than_subscribed() -> None:
    """The published example: supply 300, limit 1,500; user A has coefficient 1 of at most 5.

    Filled by the highest coefficient alone the rule is at its edge: `5 * 300 >= 5 * 300`.
    """
    filled = [Subscription(subscribed=1500, coefficient=5)]
    assert allot(300, filled) == (Outcome(full_from=6, remaining=300, weight=7500), [300])
    mixed = [
        Subscription(subscribed=300, coefficient=1),
        Subscription(subscribed=1200, coefficient=5),
    ]
    outcome, allotted = allot(300, mixed)
    assert outcome == Outcome(full_from=6, remaining=300, weight=6300)
    assert allotted == [300 * 300 // 6300, 5 * 1200 * 300 // 6300]


def test_excess_of_a_saturated_coefficient_goes_to_the_others() -> None:
    """Below the limit the plain formula would give 5 more than its 10; the others get the rest."""
    subscribed = [
        Subscription(subscribed=10, coefficient=5),
        Subscription(subscribed=1000, coefficient=1),
    ]
    outcome, allotted = allot(300, subscribed)
    assert outcome == Outcome(full_from=5, remaining=290, weight=1000)
    assert allotted == [10, 290]


def test_rows_without_demand_count_as_served_while_the_level_reaches_them() -> None:
    """The table's empty rows decide `full_from` too, down to the first that the level misses."""
    subscribed = [
        Subscription(subscribed=100, coefficient=5),
        Subscription(subscribed=900, coefficient=1),
    ]
    demands = demands_of(subscribed, coefficients=[1, 2, 3, 4, 5])
    # After the first row R = 350 and W = 900: 4 and 3 pass, 2 does not.
    assert settle(450, demands) == Outcome(full_from=3, remaining=350, weight=900)


def test_nobody_is_served_in_full_when_the_highest_row_is_not() -> None:
    """`full_from` is then one above the table, also where its top row has no demand."""
    subscribed = [Subscription(subscribed=1000, coefficient=1)]
    outcome = settle(10, demands_of(subscribed, coefficients=[1, 65_534]))
    assert outcome == Outcome(full_from=65_534, remaining=10, weight=1000)
    assert settle(10, demands_of(subscribed)).full_from == 2
    crowded = demands_of([Subscription(subscribed=10**9, coefficient=65_534)])
    assert settle(1, crowded).full_from == 65_535


def test_session_without_demand_settles_with_nothing_sold() -> None:
    """Zero participants is an outcome like any other."""
    demands = demands_of([], coefficients=[1, 2, 5])
    outcome = settle(300, demands)
    assert outcome == Outcome(full_from=1, remaining=0, weight=0)
    assert sold_up(300, demands) == sold_down(outcome, demands) == 0


def test_sold_bounds_enclose_the_sum_when_rounding_bites() -> None:
    """Three accounts share 10 tokens as 3, 3, 3: sold lies between 7 and 10."""
    subscribed = [Subscription(subscribed=100, coefficient=1)] * 3
    outcome, allotted = allot(10, subscribed)
    assert allotted == [3, 3, 3]
    assert sold_down(outcome, demands_of(subscribed)) == 7
    assert sold_up(10, demands_of(subscribed)) == 10


def test_sold_down_is_never_negative_when_accounts_outnumber_tokens() -> None:
    """Ten accounts share one token: nobody surely gets any."""
    demands = {1: Demand(subscribed=1000, accounts=10)}
    assert sold_down(settle(1, demands), demands) == 0


@pytest.mark.parametrize(
    ("supply", "full_from", "allotted"),
    [(299, 6, [199, 99]), (300, 5, [200, 100]), (301, 5, [200, 101])],
)
def test_coefficient_is_served_in_full_from_equality_on(
    supply: int, full_from: int, allotted: list[int]
) -> None:
    """`5 * 300 >= 1 * 500 + 5 * 200` holds with equality; one token less and it does not."""
    subscribed = [
        Subscription(subscribed=200, coefficient=5),
        Subscription(subscribed=500, coefficient=1),
    ]
    outcome, tokens = allot(supply, subscribed)
    assert (outcome.full_from, tokens) == (full_from, allotted)
