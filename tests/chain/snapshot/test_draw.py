"""The draw on a real chain: found from headers alone, before it nothing, and refused where it cannot be."""

from dataclasses import replace

import pytest

from jumpstart.chain.client import Chain
from jumpstart.errors import InputError
from jumpstart.snapshot.draw import Draw, draw, moments_of
from jumpstart.terms import DAY_SECONDS, HoldingsTerms
from tests.chain.stage import Stage, raw

HOUR = 3_600


@pytest.fixture
def terms(stage: Stage, chain: Chain) -> HoldingsTerms:
    """Three days that begin in an hour."""
    return HoldingsTerms(
        chain_id=chain.chain_id,
        token=raw(stage.bond_token),
        day_count=3,
        draw_time=chain.now() + 2 * HOUR + 3 * DAY_SECONDS,
        seed_chain_id=chain.chain_id,
        statistic=1,
        minimum_tiers=(),
        excluded=(),
    )


def live(chain: Chain, terms: HoldingsTerms) -> None:
    """Blocks at odd times: many on the first day, two of one gap on the second, none on the third."""
    start = terms.days_start
    for after in (-1, 0, 1, 7, HOUR, 9 * HOUR, 9 * HOUR + 1, 20 * HOUR, DAY_SECONDS - 1):
        chain.mine_at(start + after)
    for after in (0, 43_200):
        chain.mine_at(start + DAY_SECONDS + after)
    chain.mine_at(terms.draw_time - 1)
    chain.mine_at(terms.draw_time + 5)
    chain.mine_at(terms.draw_time + 6)


def test_the_draw_is_what_a_look_at_every_header_finds(chain: Chain, terms: HoldingsTerms) -> None:
    """The first block from the draw on, and of each day the last block until its moment."""
    live(chain, terms)
    headers = [chain.header(number) for number in range(chain.block_number() + 1)]
    seed = next(header for header in headers if header.timestamp >= terms.draw_time)
    assert seed.timestamp == terms.draw_time + 5
    moments = moments_of(terms, seed.prev_randao)
    blocks = tuple(
        max((each for each in headers if each.timestamp <= moment), key=lambda each: each.number)
        for moment in moments
    )
    drawn = draw(terms, chain, chain)
    assert drawn == Draw(
        seed_chain_id=chain.chain_id, seed_block=seed, moments=moments, blocks=blocks
    )
    assert blocks[1].timestamp in (
        terms.days_start + DAY_SECONDS,
        terms.days_start + DAY_SECONDS + 43_200,
    )
    assert blocks[2].timestamp == terms.days_start + DAY_SECONDS + 43_200
    seeds = drawn.provenance.seeds
    assert (seeds["block"], seeds["hash"]) == (str(seed.number), seed.hash)
    assert int(seeds["randomness"], 16) == seed.prev_randao
    chain.mine_at(terms.draw_time + DAY_SECONDS)
    assert draw(terms, chain, chain) == drawn


def test_nothing_is_drawn_before_its_time(chain: Chain, terms: HoldingsTerms) -> None:
    """A second earlier the randomness is not there."""
    chain.mine_at(terms.draw_time - 1)
    with pytest.raises(
        InputError, match=r"the draw: chain 1337 has come to block \d+, .*Z, before "
    ):
        draw(terms, chain, chain)
    chain.mine_at(terms.draw_time)
    assert draw(terms, chain, chain).seed_block.timestamp == terms.draw_time


def test_days_before_the_chain_are_refused(chain: Chain, terms: HoldingsTerms) -> None:
    """Nobody could say what was held."""
    live(chain, terms)
    with pytest.raises(InputError, match=r"day 1: chain 1337 begins .*Z, after "):
        draw(replace(terms, day_count=366), chain, chain)


def test_a_node_of_another_chain_is_refused(chain: Chain, terms: HoldingsTerms) -> None:
    """Whether it is for the token or for the randomness."""
    live(chain, terms)
    with pytest.raises(InputError, match="the token is of chain 5, the node of chain 1337"):
        draw(replace(terms, chain_id=5), chain, chain)
    with pytest.raises(InputError, match="the randomness is of chain 6, the node of chain 1337"):
        draw(replace(terms, seed_chain_id=6), chain, chain)
