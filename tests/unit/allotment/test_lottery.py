"""The lottery: the permutation is one, the winners are exactly as many as published, and chance is
fair.
"""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jumpstart.allotment.lottery import Draw, image_of, wins_of
from jumpstart.hashing import keccak256


def seed_of(number: int) -> bytes:
    return keccak256(b"seed %d" % number)


def images(tickets: int, seed: bytes) -> list[int]:
    draw = Draw(seed=seed, tickets=tickets, winners=0)
    return [image_of(ticket, draw) for ticket in range(tickets)]


def assert_permutation(tickets: int, seed: bytes) -> None:
    assert sorted(images(tickets, seed)) == list(range(tickets))


@pytest.mark.parametrize("tickets", [*range(1, 40), 63, 64, 65, 127, 128, 129, 255, 256, 257, 1000])
def test_it_is_a_permutation(tickets: int) -> None:
    assert_permutation(tickets, seed_of(tickets))


@pytest.mark.deep
def test_it_is_a_permutation_for_every_size_up_to_2000() -> None:
    for tickets in range(1, 2_001):
        assert_permutation(tickets, seed_of(tickets))


@given(st.integers(1, 60), st.data(), st.binary(min_size=32, max_size=32))
def test_exactly_the_published_number_wins(tickets: int, data: Any, seed: bytes) -> None:
    """Whatever the seed, the size, and how the tickets are shared out."""
    winners = data.draw(st.integers(0, tickets))
    draw = Draw(seed=seed, tickets=tickets, winners=winners)
    counts = data.draw(st.lists(st.integers(0, 9), max_size=8))
    won, first = 0, 0
    for count in counts:
        held = min(count, tickets - first)
        won += wins_of(first, held, draw)
        first += held
    assert won + wins_of(first, tickets - first, draw) == winners


@given(st.integers(2, 2**200), st.data())
@settings(max_examples=60)
def test_large_lotteries_give_no_image_twice(tickets: int, data: Any) -> None:
    draw = Draw(seed=seed_of(1), tickets=tickets, winners=0)
    some = data.draw(st.lists(st.integers(0, tickets - 1), unique=True, max_size=12))
    found = [image_of(ticket, draw) for ticket in some]
    assert len(set(found)) == len(some)
    assert all(0 <= each < tickets for each in found)


def test_the_network_by_hand() -> None:
    """Five tickets have three bits: one low, two high. A second writing of the text, unrolled."""
    seed = seed_of(7)

    def mixed(number: int, half: int) -> int:
        return int.from_bytes(keccak256(seed + number.to_bytes(16) + half.to_bytes(16)))

    def once(value: int) -> int:
        low, high = value % 2, value // 2
        high ^= mixed(0, low) % 4
        low ^= mixed(1, high) % 2
        high ^= mixed(2, low) % 4
        low ^= mixed(3, high) % 2
        high ^= mixed(4, low) % 4
        low ^= mixed(5, high) % 2
        high ^= mixed(6, low) % 4
        low ^= mixed(7, high) % 2
        return 2 * high + low

    expected = []
    for ticket in range(5):
        image = once(ticket)
        while image >= 5:
            image = once(image)
        expected.append(image)
    assert images(5, seed) == expected


@pytest.mark.parametrize("ticket", [-1, 5, 6])
def test_what_is_no_ticket_has_no_image(ticket: int) -> None:
    with pytest.raises(ValueError, match=f"ticket {ticket} of 5"):
        image_of(ticket, Draw(seed=seed_of(0), tickets=5, winners=1))


@pytest.mark.parametrize("tickets", [1, 2])
def test_one_or_two_tickets(tickets: int) -> None:
    assert all(sorted(images(tickets, seed_of(n))) == list(range(tickets)) for n in range(20))
    firsts = {images(2, seed_of(n))[0] for n in range(20)}
    assert firsts == {0, 1}, "either of two tickets may win"


@pytest.mark.parametrize("tickets", [96, 1_000, 28_547])
def test_a_ticket_falls_anywhere_alike(tickets: int) -> None:
    """Over seeds, where three tickets fall, in sixteen parts of the range: chi-squared with 15
    degrees of freedom is below 44.3 but once in 10,000 times; seeds are fixed.
    """
    seeds = 1_600
    for ticket in (0, tickets // 2, tickets - 1):
        counts: Counter[int] = Counter()
        weight = Counter(place * 16 // tickets for place in range(tickets))
        for number in range(seeds):
            draw = Draw(seed=seed_of(number), tickets=tickets, winners=0)
            counts[image_of(ticket, draw) * 16 // tickets] += 1
        found = sum(
            (counts[part] - seeds * weight[part] / tickets) ** 2 / (seeds * weight[part] / tickets)
            for part in range(16)
        )
        assert found < 44.3


def test_neighbours_do_not_win_together() -> None:
    """Of two tickets side by side, both win as often as chance has it."""
    tickets, winners, seeds = 1_000, 250, 1_600
    both = 0
    for number in range(seeds):
        draw = Draw(seed=seed_of(number), tickets=tickets, winners=winners)
        both += wins_of(500, 2, draw) == 2
    expected = seeds * winners * (winners - 1) / (tickets * (tickets - 1))
    assert abs(both - expected) < 4 * (expected * (1 - expected / seeds)) ** 0.5
