"""Moments drawn: as `interfaces/Terms.sol` says, one in each day, evenly."""

from collections import Counter
from dataclasses import replace
from typing import Any, cast

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak
from hypothesis import given
from hypothesis import strategies as st

from jumpstart.chain.client import BlockHeader, Chain
from jumpstart.errors import CheckError, InputError
from jumpstart.snapshot.draw import draw, moments_of
from jumpstart.terms import HoldingsTerms
from tests.unit.test_timeline import Headers

DAY = 86_400
TERMS = HoldingsTerms(
    chain_id=1,
    token=b"\xaa" * 20,
    day_count=30,
    draw_time=1_700_000_000,
    seed_chain_id=1,
    statistic=1,
    minimum_tiers=(),
    excluded=(),
)


@given(st.integers(0, 2**256 - 1), st.integers(1, 366), st.integers(0, 2**64 - 1))
def test_moments_are_those_of_the_interface(randomness: int, days: int, chain_id: int) -> None:
    """Its words, in the ABI's encoding."""
    terms = replace(TERMS, day_count=days, chain_id=chain_id)
    start = terms.draw_time - 3_600 - days * DAY
    assert moments_of(terms, randomness) == tuple(
        start
        + day * DAY
        + int.from_bytes(
            keccak(
                encode(
                    ["uint256", "uint256", "address", "uint256"],
                    [randomness, chain_id, terms.token, day],
                )
            )
        )
        % DAY
        for day in range(days)
    )


def test_each_day_has_one_moment_and_all_end_an_hour_before_the_draw() -> None:
    """Whatever the randomness: 366 days of a hundred draws."""
    terms = replace(TERMS, day_count=366)
    for randomness in range(100):
        moments = moments_of(terms, randomness)
        assert [(moment - terms.days_start) // DAY for moment in moments] == list(range(366))
        assert moments[-1] < terms.draw_time - 3_600


def test_another_token_has_other_moments() -> None:
    """Nor does one chain's token share them with that of another."""
    drawn = moments_of(TERMS, 5)
    for other in (replace(TERMS, token=b"\xab" * 20), replace(TERMS, chain_id=2)):
        assert not set(drawn) & set(moments_of(other, 5))


def test_hours_are_drawn_evenly() -> None:
    """24 cells, 36,600 draws: chi-squared stays below its 99.99 % point for 23 degrees of freedom."""
    terms = replace(TERMS, day_count=366)
    hours: Counter[int] = Counter()
    for randomness in range(100):
        hours.update(
            (moment - terms.days_start) % DAY // 3_600 for moment in moments_of(terms, randomness)
        )
    expected = 36_600 / 24
    assert sum((hours[hour] - expected) ** 2 / expected for hour in range(24)) < 56.5


TWO_CHAINS = replace(TERMS, chain_id=5, seed_chain_id=7)
BEGIN = TERMS.draw_time - 40 * DAY


def random_of(number: int) -> int:
    return int.from_bytes(keccak(number.to_bytes(8)))


def test_one_chain_draws_the_blocks_of_another() -> None:
    """Each at its own rate: a block every two seconds, and one every twelve."""
    counted = Headers(list(range(BEGIN, TERMS.draw_time + 100, 2)), chain_id=5)
    seeds = Headers(list(range(BEGIN + 1, TERMS.draw_time + 100, 12)), randomness=random_of)
    drawn = draw(TWO_CHAINS, cast(Chain, counted), cast(Chain, seeds))
    seed = drawn.seed_block
    assert TERMS.draw_time <= seed.timestamp < TERMS.draw_time + 12
    assert drawn.moments == moments_of(TWO_CHAINS, random_of(seed.number))
    assert [block.timestamp for block in drawn.blocks] == [
        moment - (moment - BEGIN) % 2 for moment in drawn.moments
    ]


@pytest.mark.parametrize("difficulty", [1, 2, 10**16])
def test_a_chain_with_another_meaning_of_the_field_is_refused(difficulty: int) -> None:
    """Proof of work, and chains that keep figures of their own there: all of them have a difficulty."""
    counted = Headers(list(range(BEGIN, TERMS.draw_time + 100, 2)), chain_id=5)
    times = list(range(BEGIN, TERMS.draw_time + 100, 12))
    seeds = Headers(times, randomness=random_of, difficulty=difficulty)
    with pytest.raises(InputError, match=f"have no randomness: .* difficulty of {difficulty}"):
        draw(TWO_CHAINS, cast(Chain, counted), cast(Chain, seeds))


class Liar(Headers):
    """Says another thing of one field than its hash is made of."""

    field = "mixHash"

    def batch(self, requests: list[tuple[str, tuple[str, bool]]]) -> list[dict[str, Any]]:
        answers = super().batch(requests)
        value = int(answers[1][self.field], 16) + 1
        answers[1][self.field] = hex(value) if self.field == "timestamp" else f"0x{value:064x}"
        return answers


@pytest.mark.parametrize("field", ["mixHash", "timestamp", "parentHash"])
def test_a_header_that_does_not_come_to_its_hash_is_refused(field: str) -> None:
    """Of the seed block, and of those that count."""
    times = list(range(BEGIN, TERMS.draw_time + 100, 2))
    honest = Headers(times, chain_id=5)
    seeds = Headers(times, randomness=random_of)
    liar, lying_seeds = Liar(times, chain_id=5), Liar(times, randomness=random_of)
    liar.field = lying_seeds.field = field
    for one, other in ((liar, seeds), (honest, lying_seeds)):
        with pytest.raises(CheckError, match=r"chain [57]: block \d+ has the hash .* comes to"):
            draw(TWO_CHAINS, cast(Chain, one), cast(Chain, other))


def test_a_block_whose_follower_names_another_is_refused() -> None:
    """Each header comes to its hash, and they are of two chains."""

    class Split(Headers):
        def batch(self, requests: list[tuple[str, tuple[str, bool]]]) -> list[dict[str, Any]]:
            return [self.raw(int(number, 16)) for _, (number, _) in requests]

    times = list(range(BEGIN, TERMS.draw_time + 100, 2))
    seeds = Headers(times, randomness=random_of)
    with pytest.raises(CheckError, match="the next one names 0x0000"):
        draw(TWO_CHAINS, cast(Chain, Split(times, chain_id=5)), cast(Chain, seeds))


@pytest.mark.parametrize("constant", [0, 1, 2_500_000_000_000_000, 2**64 - 1, 2**64, 2**255])
def test_a_chain_without_randomness_is_refused(constant: int) -> None:
    """Small values are none, whatever they are; a large one that never changes is none either."""
    counted = Headers(list(range(BEGIN, TERMS.draw_time + 100, 2)), chain_id=5)
    seeds = Headers(list(range(BEGIN, TERMS.draw_time + 100, 12)), randomness=lambda _: constant)
    with pytest.raises(
        InputError, match=rf"blocks of chain 7 have no randomness: .* has {constant:#x}"
    ):
        draw(TWO_CHAINS, cast(Chain, counted), cast(Chain, seeds))


def test_small_values_are_no_randomness_even_if_they_change() -> None:
    """A counter, or a time."""
    counted = Headers(list(range(BEGIN, TERMS.draw_time + 100, 2)), chain_id=5)
    seeds = Headers(
        list(range(BEGIN, TERMS.draw_time + 100, 12)), randomness=lambda number: 2**64 - 1 - number
    )
    with pytest.raises(InputError, match="blocks of chain 7 have no randomness"):
        draw(TWO_CHAINS, cast(Chain, counted), cast(Chain, seeds))


class Misleading(Headers):
    """Says another time of each block while one is searched for, and the truth of its whole header."""

    late: int = 0

    def header(self, block: Any = "latest") -> BlockHeader:
        found = super().header(block)
        return replace(found, timestamp=found.timestamp + self.late)


@pytest.mark.parametrize("late", [-40, 40])
@pytest.mark.parametrize("is_seed", [True, False])
def test_a_node_cannot_lead_the_search_to_another_block(late: int, *, is_seed: bool) -> None:
    """To one before the moment's, nor to one after it."""
    times = list(range(BEGIN, TERMS.draw_time + 100, 12))
    honest = Headers(times, chain_id=5 if is_seed else 7, randomness=random_of)
    lying = Misleading(times, chain_id=7 if is_seed else 5, randomness=random_of)
    lying.late = late
    counted, seeds = (honest, lying) if is_seed else (lying, honest)
    with pytest.raises(CheckError, match=r"chain [57]: block \d+ is not the newest at "):
        draw(TWO_CHAINS, cast(Chain, counted), cast(Chain, seeds))
