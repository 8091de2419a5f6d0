"""The review of projects: the rules of a committee, and what they make of scorecards.

`ReviewRules` mirrors the struct of that name in `interfaces/IProjectReview.sol`: integers in base
units, seconds and basis points, addresses of 20 bytes. A score is an integer from 0 to 100, a
scorecard has one for each of `CRITERIA`, in that order. Knows no chain, and neither who scored nor
when.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median_low
from typing import Final, TypeAlias

from eth_abi.abi import encode

from jumpstart.amounts import BASIS_POINTS, UINT112_MAX
from jumpstart.errors import InputError, TermsError
from jumpstart.hashing import keccak256

CRITERIA: Final = (
    "creativity",
    "operations",
    "marketing",
    "product",
    "assurance",
    "supply",
    "sustainability",
)
"""What a reviewer scores. The initials are a compass."""

REVIEWERS_MAX: Final = 31
SCORE_MAX: Final = 100

TOTAL_MAX: Final = SCORE_MAX * BASIS_POINTS
"""The weighted total of a project with the highest score everywhere."""

DURATION_MAX: Final = 2**32
"""The most seconds of any period of a review."""

Scores: TypeAlias = tuple[int, ...]
"""One figure for each of `CRITERIA`."""


@dataclass(frozen=True, kw_only=True)
class ReviewRules:
    """What is fixed when a review is deployed, in the order of its ABI encoding: the bonds in base
    units of `bond_token`, periods in seconds, `quorum` in reviewers, `bar` the least weighted total
    and `floors` the least medians for an approval.
    """

    bond_token: bytes
    bond: int
    challenge_bond: int
    quorum: int
    commit_seconds: int
    reveal_seconds: int
    approval_seconds: int
    notice_seconds: int
    bar: int
    floors: Scores
    weights_bps: tuple[int, ...]

    def check(self) -> None:
        """Applies every rule of the contract's constructor that needs no chain.

        Raises `TermsError` that names the field, and the row from 1 in `floors` and `weightsBps`.
        """
        _check_range("bondToken", int.from_bytes(self.bond_token), 1, 2**160 - 1)
        _check_range("bond", self.bond, 0, UINT112_MAX)
        _check_range("challengeBond", self.challenge_bond, 0, UINT112_MAX)
        _check_range("quorum", self.quorum, 1, REVIEWERS_MAX)
        _check_range("commitSeconds", self.commit_seconds, 1, DURATION_MAX)
        _check_range("revealSeconds", self.reveal_seconds, 1, DURATION_MAX)
        _check_range("approvalSeconds", self.approval_seconds, 1, DURATION_MAX)
        _check_range("noticeSeconds", self.notice_seconds, 1, DURATION_MAX)
        _check_range("bar", self.bar, 0, TOTAL_MAX)
        for field, figures, most in (
            ("floors", self.floors, SCORE_MAX),
            ("weightsBps", self.weights_bps, BASIS_POINTS),
        ):
            if len(figures) != len(CRITERIA):
                raise TermsError(field, len(figures), len(CRITERIA), "figures, expected")
            for row, figure in enumerate(figures, 1):
                _check_range(field, figure, 0, most, row)
        if sum(self.weights_bps) != BASIS_POINTS:
            raise TermsError("weightsBps", sum(self.weights_bps), BASIS_POINTS, "is not the whole,")


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the scorecards of an application say (`Decided` on chain)."""

    approved: bool
    medians: Scores
    total: int


def median_down(scores: Iterable[int]) -> int:
    """The median; of an even number of scores the lower of the two in the middle, of none 0."""
    return median_low([*scores] or [0])


def weighted_total(medians: Scores, rules: ReviewRules) -> int:
    """Score times basis points: a million for the highest score everywhere."""
    return sum(median * weight for median, weight in zip(medians, rules.weights_bps, strict=True))


def decide(scorecards: Sequence[Scores], rules: ReviewRules) -> Verdict:
    """The verdict on the scorecards that were revealed: approved when there is a quorum of them,
    each median reaches its floor and the weighted total the bar.

    Raises `InputError` for a scorecard that could not be revealed.
    """
    for scores in scorecards:
        _check_scores(scores)
    columns = zip(*scorecards, strict=True) if scorecards else [()] * len(CRITERIA)
    medians = tuple(map(median_down, columns))
    total = weighted_total(medians, rules)
    return Verdict(
        approved=(
            len(scorecards) >= rules.quorum
            and total >= rules.bar
            and all(median >= floor for median, floor in zip(medians, rules.floors, strict=True))
        ),
        medians=medians,
        total=total,
    )


def commitment_of(
    chain_id: int, review: bytes, application: int, reviewer: bytes, scores: Scores, salt: bytes
) -> bytes:
    """What a reviewer commits to before revealing `scores` with `salt`, 32 bytes that nobody can
    guess: it hides the scores, and is of no use to another reviewer, application, review or chain.

    Raises `InputError` for scores that could not be revealed, and for a salt of another length.
    """
    _check_scores(scores)
    if len(salt) != 32:
        raise InputError(f"a salt of {len(salt)} bytes, expected 32")
    return keccak256(
        encode(
            ["uint256", "address", "uint256", "address", f"uint8[{len(CRITERIA)}]", "bytes32"],
            [chain_id, review, application, reviewer, scores, salt],
        )
    )


def _check_scores(scores: Scores) -> None:
    if len(scores) != len(CRITERIA):
        raise InputError(f"{len(scores)} scores, expected {len(CRITERIA)}")
    for criterion, score in zip(CRITERIA, scores, strict=True):
        if not 0 <= score <= SCORE_MAX:
            raise InputError(f"{criterion}: {score} is not from 0 to {SCORE_MAX}")


def _check_range(field: str, given: int, least: int, most: int, row: int | None = None) -> None:
    if given < least:
        raise TermsError(field, given, least, "is below the least,", row)
    if given > most:
        raise TermsError(field, given, most, "is above the most,", row)
