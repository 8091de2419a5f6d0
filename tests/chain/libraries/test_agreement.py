"""The libraries against the model: thousands of drawn examples through the harnesses, many in one call."""

from dataclasses import dataclass
from typing import Any

import pytest
from eth_utils.crypto import keccak
from hypothesis import given, settings
from hypothesis import strategies as st

from jumpstart.allotment import weighted
from jumpstart.allotment.lottery import Draw, image_of, wins_of
from jumpstart.allotment.tiered import Demand, allotment_down, settle, sold_down, sold_up
from jumpstart.allotment.weighted import Saturation, Share, level_of
from jumpstart.amounts import mul_div_down, mul_div_up
from jumpstart.chain.client import Chain, Contract
from jumpstart.schedule import Vesting, vested_down
from tests.chain.conftest import DRAWN, drawn
from tests.chain.stage import Stage

PER_CALL = 25

MAX_AMOUNT = 2**112 - 1
MAX_DEMAND = 2**107 - 1
MAX_POSITION = 2**104 - 1
MAX_SUPPLY = 2**96 - 1
MAX_TIME = 2**40 - 1

# Small figures meet each other at their bounds, large ones the bounds of their types.
small = st.integers(0, 20)


def up_to(most: int) -> st.SearchStrategy[int]:
    """Small, anything, or close to the most."""
    return st.one_of(small, st.integers(0, most), st.integers(most - 20, most))


def at_least_one(most: int) -> st.SearchStrategy[int]:
    return up_to(most - 1).map(lambda value: value + 1)


@pytest.fixture(scope="module")
def harness(chain: Chain, stage: Stage) -> dict[str, Contract]:
    """Each harness by the name of its library."""
    return {
        name: chain.deploy(f"{name}Harness", sender=stage.people.project)
        for name in ("TieredMath", "WeightedMath", "LotteryMath", "PriceMath", "ScheduleMath")
    }


# ---------------------------------------------------------------------------------------- allotment


@dataclass(frozen=True)
class SessionExample:
    """A supply, and for each coefficient what was subscribed by how many."""

    supply: int
    demands: dict[int, Demand]


@st.composite
def session_examples(draw: Any) -> SessionExample:
    coefficients = draw(
        st.one_of(
            st.just([1, 2, 3, 4, 5]),
            st.lists(at_least_one(65_534), min_size=1, max_size=6, unique=True),
        )
    )
    is_large = draw(st.booleans())
    amounts = up_to(MAX_DEMAND) if is_large else small
    demands = {}
    for coefficient in sorted(coefficients):
        subscribed = draw(amounts)
        accounts = draw(st.integers(1, min(subscribed, 2**32 - 1))) if subscribed else 0
        demands[coefficient] = Demand(subscribed=subscribed, accounts=accounts)
    total = sum(demand.subscribed for demand in demands.values())
    near = st.integers(max(1, min(total, MAX_SUPPLY) - 3), max(1, min(total + 3, MAX_SUPPLY)))
    supply = draw(st.one_of(near, at_least_one(MAX_SUPPLY if is_large else 30)))
    return SessionExample(supply, demands)


def agree_on_sessions(harness: Contract, examples: list[SessionExample]) -> None:
    answers = harness.call(
        "settle",
        [
            (
                example.supply,
                [
                    (coefficient, demand.subscribed, demand.accounts)
                    for coefficient, demand in example.demands.items()
                ],
            )
            for example in examples
        ],
    )
    for example, answer in zip(examples, answers, strict=True):
        outcome = settle(example.supply, example.demands)
        expected = (
            outcome.remaining,
            outcome.weight,
            outcome.full_from,
            sold_up(example.supply, example.demands),
            sold_down(outcome, example.demands),
            tuple(
                allotment_down(demand.subscribed, coefficient, outcome)
                for coefficient, demand in example.demands.items()
            ),
        )
        assert answer == expected, example


def test_a_session_is_settled_as_the_model_does(chain: Chain, harness: dict[str, Contract]) -> None:
    """Two thousand sessions, on Ganache a third: outcome, tokens sold, tokens surely sold, and each allotment."""

    @given(st.lists(session_examples(), min_size=PER_CALL, max_size=PER_CALL))
    @drawn(chain, 80)
    def agree(examples: list[SessionExample]) -> None:
        agree_on_sessions(harness["TieredMath"], examples)

    agree()


@pytest.mark.deep
@given(st.lists(session_examples(), min_size=PER_CALL, max_size=PER_CALL))
@settings(DRAWN, max_examples=4000, derandomize=False)
def test_a_session_is_settled_as_the_model_does_a_hundred_thousand_times(
    harness: dict[str, Contract], examples: list[SessionExample]
) -> None:
    """The same, with other examples in each run."""
    agree_on_sessions(harness["TieredMath"], examples)


@pytest.mark.parametrize(
    "coefficients", [(1,), (65_534,), tuple(range(1, 33)), tuple(range(65_503, 65_535))]
)
@pytest.mark.parametrize("subscribed", [0, 1, MAX_DEMAND])
@pytest.mark.parametrize("supply", [1, 31, 32, 33, MAX_SUPPLY])
def test_the_corners_are_settled_as_the_model_does(
    harness: dict[str, Contract], coefficients: tuple[int, ...], subscribed: int, supply: int
) -> None:
    """One row or all 32, the least or the highest coefficients, nothing or the most."""
    demand = Demand(subscribed=subscribed, accounts=min(subscribed, 2**32 - 1))
    example = SessionExample(supply, dict.fromkeys(coefficients, demand))
    agree_on_sessions(harness["TieredMath"], [example])


# ---------------------------------------------------------------------------------------- weighted


@dataclass(frozen=True)
class WeightedExample:
    """A supply, the shares, and the places of those that are asked to leave, one after the other."""

    supply: int
    shares: list[Share]
    asked: list[int]


@st.composite
def weighted_examples(draw: Any) -> WeightedExample:
    """Often one in which everybody is asked until nobody leaves any more."""
    is_large = draw(st.booleans())
    bounds = at_least_one(MAX_POSITION if is_large else 30)
    weights = at_least_one(2**120 if is_large else 30)
    shares = draw(
        st.lists(
            st.builds(lambda b, w: Share(bound=b, weight=w), bounds, weights),
            min_size=1,
            max_size=7,
        )
    )
    total = sum(share.bound for share in shares)
    near = st.integers(max(1, min(total, MAX_SUPPLY) - 3), max(1, min(total + 3, MAX_SUPPLY)))
    supply = draw(st.one_of(near, at_least_one(MAX_SUPPLY if is_large else 60)))
    places = list(range(len(shares)))
    asked = draw(
        st.one_of(
            st.permutations(places).map(lambda order: list(order) * len(places)),
            st.lists(st.sampled_from(places), max_size=10),
        )
    )
    return WeightedExample(supply, shares, asked)


def agree_on_shares(harness: Contract, examples: list[WeightedExample]) -> None:
    answers = harness.call(
        "saturate",
        [
            (
                example.supply,
                [(share.bound, share.weight) for share in example.shares],
                example.asked,
            )
            for example in examples
        ],
    )
    for example, answer in zip(examples, answers, strict=True):
        supply, shares = example.supply, example.shares
        total = sum(share.bound for share in shares)
        if total <= supply:
            everybody = tuple(share.bound for share in shares)
            assert answer == (total, 0, 0, everybody), example
            assert everybody == shares_of(supply, shares)
            continue
        saturation, left = Saturation(supply, sum(share.weight for share in shares)), set[int]()
        for place in example.asked:
            if place not in left and saturation.saturate(shares[place]):
                left.add(place)
        level = saturation.level
        allotments = tuple(
            share.bound if place in left else weighted.allotment_down(share, level)
            for place, share in enumerate(shares)
        )
        assert answer == (supply, level.remaining, level.weight, allotments), example
        assert sum(allotments) <= supply
        best = shares_of(supply, shares)
        assert all(found <= share.bound for found, share in zip(allotments, shares, strict=True))
        rounds = list(zip(*[iter(example.asked)] * len(shares), strict=False))
        if len(rounds) >= len(shares) and all(len(set(each)) == len(shares) for each in rounds):
            assert allotments == best, "everybody was asked until nobody left"


def shares_of(supply: int, shares: list[Share]) -> tuple[int, ...]:
    """What everybody gets, by sorting."""
    level = level_of(supply, shares)
    return tuple(weighted.allotment_down(share, level) for share in shares)


def test_shares_are_saturated_as_by_the_model(chain: Chain, harness: dict[str, Contract]) -> None:
    """Two thousand sessions: the level, and each allotment, whoever was asked and in whatever order."""

    @given(st.lists(weighted_examples(), min_size=PER_CALL, max_size=PER_CALL))
    @drawn(chain, 80)
    def agree(examples: list[WeightedExample]) -> None:
        agree_on_shares(harness["WeightedMath"], examples)

    agree()


# ---------------------------------------------------------------------------------------- lottery

MOST_GAS = 3_000  # for each ticket, on average


@pytest.mark.parametrize("tickets", [1, 2, 3, 4, 5, 31, 32, 33, 255, 257, 1_000])
def test_every_ticket_has_its_image(harness: dict[str, Contract], tickets: int) -> None:
    """As by the model; and exactly as many win as were published."""
    seed, winners = keccak(text=f"seed {tickets}"), tickets // 3 + 1
    found, _, wins = harness["LotteryMath"].call("images", 0, tickets, tickets, winners, seed)
    draw = Draw(seed=seed, tickets=tickets, winners=winners)
    assert list(found) == [image_of(ticket, draw) for ticket in range(tickets)]
    assert sorted(found) == list(range(tickets))
    assert wins == winners


@given(st.integers(2, 2**32), st.data(), st.binary(min_size=32, max_size=32))
@settings(DRAWN, max_examples=60)
def test_tickets_of_large_lotteries_have_their_images(
    harness: dict[str, Contract], tickets: int, data: Any, seed: bytes
) -> None:
    first = data.draw(st.integers(0, tickets - 1))
    count = data.draw(st.integers(1, min(10, tickets - first)))
    winners = data.draw(st.integers(0, tickets))
    found, _, wins = harness["LotteryMath"].call("images", first, count, tickets, winners, seed)
    draw = Draw(seed=seed, tickets=tickets, winners=winners)
    assert list(found) == [image_of(first + place, draw) for place in range(count)]
    assert wins == wins_of(first, count, draw)


@pytest.mark.parametrize("bits", [8, 16, 31])
def test_a_ticket_costs_little_where_walks_are_longest(
    harness: dict[str, Contract], bits: int
) -> None:
    """Just more tickets than fit into so many bits: half of the images are no ticket's."""
    tickets, seed = 2**bits + 1, keccak(text="seed")
    _, spent, _ = harness["LotteryMath"].call("images", 0, 200, tickets, 0, seed)
    assert 200 * 300 < spent <= 200 * MOST_GAS


# ---------------------------------------------------------------------------------------- price

prices = st.tuples(up_to(2**113 - 2), at_least_one(MAX_AMOUNT), at_least_one(MAX_AMOUNT))


@given(st.lists(prices, min_size=4 * PER_CALL, max_size=4 * PER_CALL))
@settings(DRAWN, max_examples=20)
def test_a_cost_is_rounded_as_the_model_does(
    harness: dict[str, Contract], examples: list[tuple[int, int, int]]
) -> None:
    """Two thousand costs, up for who pays and down for who is paid, never more than one apart."""
    answers = harness["PriceMath"].call("costs", examples)
    for example, (up, down) in zip(examples, answers, strict=True):
        assert (up, down) == (mul_div_up(*example), mul_div_down(*example)), example
        assert 0 <= up - down <= 1


# ---------------------------------------------------------------------------------------- schedule


@st.composite
def vestings(draw: Any) -> tuple[int, Vesting, int]:
    """A total, its vesting and a moment, mostly one at which something changes."""
    duration = draw(st.one_of(small, up_to(MAX_TIME)))
    vesting = Vesting(
        start=draw(up_to(MAX_TIME)),
        unlock_bps=draw(
            st.one_of(st.sampled_from([0, 1, 2500, 9999, 10_000]), st.integers(0, 10_000))
        ),
        cliff_seconds=draw(st.one_of(st.just(0), st.integers(0, duration), st.just(duration))),
        duration_seconds=duration,
        step_seconds=draw(st.one_of(st.integers(0, min(2, duration)), st.integers(0, duration))),
    )
    step = vesting.step_seconds
    moments = [
        0,
        duration,
        vesting.cliff_seconds,
        step * draw(st.integers(0, 5)),
        draw(up_to(MAX_TIME)),
    ]
    moment = vesting.start + draw(st.sampled_from(moments)) + draw(st.integers(-1, 1))
    return draw(up_to(2**113 - 2)), vesting, max(moment, 0)


@given(st.lists(vestings(), min_size=PER_CALL, max_size=PER_CALL))
@settings(DRAWN, max_examples=80)
def test_an_amount_vests_as_the_model_says(
    harness: dict[str, Contract], examples: list[tuple[int, Vesting, int]]
) -> None:
    """Two thousand moments; never more than the total, nothing before the start, all of it from the end on."""
    answers = harness["ScheduleMath"].call(
        "vested",
        [
            (
                total,
                moment,
                vesting.start,
                vesting.unlock_bps,
                vesting.cliff_seconds,
                vesting.duration_seconds,
                vesting.step_seconds,
            )
            for total, vesting, moment in examples
        ],
    )
    for (total, vesting, moment), answer in zip(examples, answers, strict=True):
        assert answer == vested_down(total, vesting, moment), (total, vesting, moment)
        assert answer <= total
        if moment < vesting.start:
            assert answer == 0
        if moment >= vesting.start + vesting.duration_seconds:
            assert answer == total
