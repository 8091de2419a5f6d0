"""The rules of a review at their bounds, and what scorecards come to."""

from dataclasses import replace
from typing import Any

import pytest
from eth_abi.abi import encode
from hypothesis import given
from hypothesis import strategies as st

from jumpstart.errors import InputError, TermsError
from jumpstart.hashing import keccak256
from jumpstart.review import (
    CRITERIA,
    ReviewRules,
    Verdict,
    commitment_of,
    decide,
    median_down,
    weighted_total,
)

RULES = ReviewRules(
    bond_token=(1).to_bytes(20),
    bond=1000,
    challenge_bond=10,
    quorum=3,
    commit_seconds=100,
    reveal_seconds=100,
    approval_seconds=100,
    notice_seconds=100,
    bar=600_000,
    floors=(50, 40, 30, 20, 10, 0, 50),
    weights_bps=(4_000, 1_000, 1_000, 1_000, 1_000, 1_000, 1_000),
)
SIXTY = (60,) * 7
scorecards = st.tuples(*[st.integers(0, 100)] * 7)


def test_the_criteria_are_seven_and_spell_a_compass() -> None:
    """The order is that of the scores on chain."""
    assert "".join(name[0] for name in CRITERIA) == "compass"


# ---------------------------------------------------------------------------------------- rules


@pytest.mark.parametrize(
    ("field", "name", "least", "most"),
    [
        ("bond_token", "bondToken", 1, 2**160 - 1),
        ("bond", "bond", 0, 2**112 - 1),
        ("challenge_bond", "challengeBond", 0, 2**112 - 1),
        ("quorum", "quorum", 1, 31),
        ("commit_seconds", "commitSeconds", 1, 2**32),
        ("reveal_seconds", "revealSeconds", 1, 2**32),
        ("approval_seconds", "approvalSeconds", 1, 2**32),
        ("notice_seconds", "noticeSeconds", 1, 2**32),
        ("bar", "bar", 0, 1_000_000),
    ],
)
def test_every_figure_is_refused_beyond_its_bounds(
    field: str, name: str, least: int, most: int
) -> None:
    """At the least and the most it is fine; the error names the field as the contract does."""

    def of(figure: int) -> ReviewRules:
        value: Any = figure.to_bytes(21) if field == "bond_token" else figure
        return replace(RULES, **{field: value})

    of(least).check()
    of(most).check()
    beyond = [(most + 1, most)] + [(least - 1, least)] * (least > 0)
    for figure, bound in beyond:
        with pytest.raises(TermsError) as caught:
            of(figure).check()
        assert (caught.value.field, caught.value.given, caught.value.bound) == (name, figure, bound)


def test_a_floor_above_the_highest_score_is_refused() -> None:
    """No project could reach it."""
    replace(RULES, floors=(100,) * 7).check()
    with pytest.raises(TermsError, match=r"^floors in row 7: 101 is above the most, 100$"):
        replace(RULES, floors=(100,) * 6 + (101,)).check()
    with pytest.raises(TermsError, match=r"^floors in row 1: -1 is below the least, 0$"):
        replace(RULES, floors=(-1,) + (0,) * 6).check()


@pytest.mark.parametrize("change", [-1, 1])
def test_weights_that_are_not_the_whole_are_refused(change: int) -> None:
    """One basis point more or less."""
    weights = (*RULES.weights_bps[:6], RULES.weights_bps[6] + change)
    with pytest.raises(
        TermsError, match=rf"^weightsBps: {10_000 + change} is not the whole, 10000$"
    ):
        replace(RULES, weights_bps=weights).check()


def test_a_negative_weight_is_refused() -> None:
    """Also where the sum is right."""
    with pytest.raises(TermsError, match=r"^weightsBps in row 2: -1 is below the least, 0$"):
        replace(RULES, weights_bps=(10_000, -1, 1, 0, 0, 0, 0)).check()
    replace(RULES, weights_bps=(10_000, 0, 0, 0, 0, 0, 0)).check()


@pytest.mark.parametrize("field", ["floors", "weights_bps"])
@pytest.mark.parametrize("count", [6, 8])
def test_another_number_of_criteria_is_refused(field: str, count: int) -> None:
    """One figure for each criterion."""
    figures: Any = {field: (10_000,) + (0,) * (count - 1)}
    with pytest.raises(TermsError, match=f": {count} figures, expected 7$"):
        replace(RULES, **figures).check()


# ---------------------------------------------------------------------------------------- medians


@pytest.mark.parametrize(
    ("scores", "median"),
    [([], 0), ([7], 7), ([100, 0], 0), ([5, 9, 6], 6), ([9, 1, 5, 6], 5), ([3, 3, 3, 100], 3)],
)
def test_the_median_of_an_even_number_is_the_lower_one(scores: list[int], median: int) -> None:
    """Of none it is 0."""
    assert median_down(scores) == median


@given(st.lists(st.integers(0, 100), min_size=1, max_size=31))
def test_half_of_the_scores_reach_the_median_and_less_than_half_fall_below(
    scores: list[int],
) -> None:
    """One reviewer alone moves it no further than to the next score."""
    median = median_down(scores)
    assert median in scores
    assert 2 * sum(score >= median for score in scores) > len(scores)
    assert 2 * sum(score <= median for score in scores) >= len(scores)


def test_the_total_weighs_each_median() -> None:
    """Each criterion counts by its own weight, and the highest scores make a million."""
    weights = (1, 20, 300, 4_000, 5, 600, 5_074)
    rules = replace(RULES, weights_bps=weights)
    singles = [tuple(int(row == column) for column in range(7)) for row in range(7)]
    assert tuple(weighted_total(single, rules) for single in singles) == weights
    assert weighted_total((100,) * 7, rules) == 1_000_000


# ---------------------------------------------------------------------------------------- verdict


def test_a_quorum_at_the_bar_and_the_floors_is_approved() -> None:
    """With one scorecard less there is no quorum, and the medians are the same."""
    assert decide([SIXTY] * 3, RULES) == Verdict(approved=True, medians=SIXTY, total=600_000)
    assert decide([SIXTY] * 2, RULES) == Verdict(approved=False, medians=SIXTY, total=600_000)


def test_nobody_revealing_is_a_rejection() -> None:
    """All medians are 0, whatever the rules ask for."""
    lenient = replace(RULES, bar=0, floors=(0,) * 7)
    assert decide([], lenient) == Verdict(approved=False, medians=(0,) * 7, total=0)


def test_a_total_one_below_the_bar_is_rejected() -> None:
    """Every floor is reached in both."""
    assert decide([SIXTY] * 3, replace(RULES, bar=600_000)).approved
    assert not decide([SIXTY] * 3, replace(RULES, bar=600_001)).approved


@pytest.mark.parametrize("criterion", range(7))
def test_one_median_below_its_floor_rejects(criterion: int) -> None:
    """However high the others are."""
    floors = tuple(60 if row == criterion else 0 for row in range(7))
    rules = replace(RULES, bar=0, floors=floors)
    below = tuple(59 if row == criterion else 100 for row in range(7))
    at = tuple(60 if row == criterion else 100 for row in range(7))
    assert decide([at] * 3, rules).approved
    assert not decide([below] * 3, rules).approved


def test_the_medians_are_taken_by_criterion() -> None:
    """They need not be anybody's scorecard."""
    cards = [
        (10, 90, 50, 0, 100, 7, 70),
        (20, 80, 50, 100, 0, 8, 70),
        (30, 70, 50, 50, 50, 9, 0),
    ]
    assert decide(cards, RULES).medians == (20, 80, 50, 50, 50, 8, 70)


@given(st.lists(scorecards, min_size=1, max_size=9), st.data())
def test_a_higher_score_never_lowers_the_verdict(
    cards: list[tuple[int, ...]], data: st.DataObject
) -> None:
    """Raise one score of one reviewer: no median falls, and an approval stays."""
    rules = replace(RULES, quorum=1, bar=500_000)
    card, row = data.draw(st.integers(0, len(cards) - 1)), data.draw(st.integers(0, 6))
    raised = list(cards[card])
    raised[row] = data.draw(st.integers(raised[row], 100))
    before = decide(cards, rules)
    after = decide([*cards[:card], tuple(raised), *cards[card + 1 :]], rules)
    assert all(low <= high for low, high in zip(before.medians, after.medians, strict=True))
    assert before.total <= after.total
    assert before.approved <= after.approved


@pytest.mark.parametrize("bad", [(60,) * 6, (60,) * 8, (60,) * 6 + (101,), (-1,) + (60,) * 6])
def test_a_scorecard_that_cannot_be_is_refused(bad: tuple[int, ...]) -> None:
    """By the verdict, and by the commitment before it."""
    with pytest.raises(InputError):
        decide([SIXTY, bad], RULES)
    with pytest.raises(InputError):
        commitment_of(1337, bytes(20), 1, bytes(20), bad, bytes(32))


# ---------------------------------------------------------------------------------------- commitment


def test_the_commitment_is_the_hash_of_the_interface() -> None:
    """Twelve words: chain, review, application, reviewer, seven scores, salt."""
    review, reviewer, salt = (3).to_bytes(20), (4).to_bytes(20), bytes(range(32))
    scores = (0, 100, 3, 4, 5, 6, 7)
    words = [1337, 3, 9, 4, *scores, int.from_bytes(salt)]
    expected = keccak256(encode(["uint256"] * 12, words))
    assert commitment_of(1337, review, 9, reviewer, scores, salt) == expected


def test_every_part_of_a_commitment_counts() -> None:
    """Another chain, review, application, reviewer, score or salt is another commitment."""
    base = (1337, (3).to_bytes(20), 9, (4).to_bytes(20), SIXTY, bytes(32))
    other = (1338, (5).to_bytes(20), 10, (6).to_bytes(20), (*SIXTY[:6], 61), b"\1" + bytes(31))
    variants = [base] + [
        (*base[:place], changed, *base[place + 1 :]) for place, changed in enumerate(other)
    ]
    assert len({commitment_of(*variant) for variant in variants}) == len(variants) == 7


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_salt_of_another_length_is_refused(length: int) -> None:
    """A shorter one would be padded, and easier to guess than it looks."""
    with pytest.raises(InputError, match=f"a salt of {length} bytes, expected 32"):
        commitment_of(1337, bytes(20), 1, bytes(20), SIXTY, bytes(length))
