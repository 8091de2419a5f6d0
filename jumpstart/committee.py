"""The committee: an exact model of who reviews, and of one application from its dossier to its bond.

It is written from the rules of `interfaces/IProjectReview.sol`, not from the contract's code. A
refusal bears the name and the arguments of the contract's custom error.

Knows accounts by any spelling that it is given, and a clock that the caller moves. What a motion
says, what becomes of the sale, and where bonds are paid to are beyond it: a motion is its name.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from jumpstart.errors import LedgerRefusal
from jumpstart.review import CRITERIA, REVIEWERS_MAX, ReviewRules, Scores, Verdict, decide

PARTS: Final = 12
"""In which the bond of a listed project comes back."""

PART_SECONDS: Final = 30 * 86_400
"""From one part to the next."""

NOBODY: Final = ""
"""In place of an account: there is none."""


class ApplicationStatus(IntEnum):
    """Numbered as on chain."""

    NONE = 0
    APPLIED = 1
    APPROVED = 2
    REJECTED = 3
    EXPIRED = 4
    WITHDRAWN = 5
    LISTED = 6
    DELISTED = 7


class CardStage(IntEnum):
    """Numbered as on chain."""

    NONE = 0
    COMMITTED = 1
    REVEALED = 2
    RECUSED = 3


class Committee:
    """Who holds which role. Reviewers in the order in which they came."""

    def __init__(self, rules: ReviewRules) -> None:
        self.rules = rules
        self.chair = self.guardian = NOBODY
        self.nominated_chair = self.nominated_guardian = NOBODY
        self.reviewers: dict[str, int] = {}  # since when
        self.appointments: dict[str, int] = {}  # from when each can be accepted

    def appoint(self, account: str, time: int) -> int:
        """The chair appoints a reviewer; says from when it can be accepted.

        Raises `LedgerRefusal`: AlreadyReviewer.
        """
        if account in self.reviewers:
            raise _refusal("AlreadyReviewer", account)
        self.appointments[account] = time + self.rules.notice_seconds
        return self.appointments[account]

    def join(self, account: str, time: int) -> None:
        """Who was appointed accepts. Raises `LedgerRefusal`: NotAppointed, NoticeRunning,
        TooManyReviewers.
        """
        if account not in self.appointments:
            raise _refusal("NotAppointed", account)
        if time < self.appointments[account]:
            raise _refusal("NoticeRunning", time, self.appointments[account])
        if len(self.reviewers) >= REVIEWERS_MAX:
            raise _refusal("TooManyReviewers", len(self.reviewers) + 1, REVIEWERS_MAX)
        del self.appointments[account]
        self.reviewers[account] = time

    def leave(self, account: str) -> None:
        """A reviewer, or an appointment, is no more. Raises `LedgerRefusal`: NotAppointed."""
        if self.reviewers.pop(account, None) is None and (
            self.appointments.pop(account, None) is None
        ):
            raise _refusal("NotAppointed", account)

    def require_reviewer(self, account: str) -> None:
        """Raises `LedgerRefusal`: OnlyReviewer."""
        if account not in self.reviewers:
            raise _refusal("OnlyReviewer", account)


@dataclass
class Card:
    """What one reviewer says of the application; `commitment` 32 bytes, `scores` once revealed."""

    stage: CardStage = CardStage.NONE
    commitment: bytes = bytes(32)
    scores: Scores = (0,) * len(CRITERIA)


@dataclass
class Application:
    """One application to the committee. Amounts in base units, times in Unix seconds."""

    number: int
    committee: Committee
    applicant: str
    terms_hash: bytes
    dossier_hash: bytes
    applied_at: int
    closed_at: int = 0
    slashed: int = 0
    returned: int = 0
    committed: int = 0
    recused: int = 0
    is_commit_closed: bool = False
    cards: dict[str, Card] = field(default_factory=dict)
    revealed: list[Scores] = field(default_factory=list)
    motions: dict[bytes, dict[str, None]] = field(default_factory=dict)
    """Who has voted, by the name of the motion."""
    challenger: str = NOBODY
    challenges: int = 0
    is_challenged: bool = False
    _stored: ApplicationStatus = ApplicationStatus.APPLIED

    @property
    def rules(self) -> ReviewRules:
        return self.committee.rules

    # ------------------------------------------------------------------------------------ status

    @property
    def expires_at(self) -> int:
        """When the approval, or the time to decide, ends."""
        return self._reveal_end + self.rules.approval_seconds

    @property
    def _commit_end(self) -> int:
        return self.applied_at + self.rules.commit_seconds

    @property
    def _reveal_end(self) -> int:
        return self._commit_end + self.rules.reveal_seconds

    def status(self, time: int) -> ApplicationStatus:
        """What is not decided in time is rejected, and an approval expires."""
        if time >= self.expires_at:
            if self._stored is ApplicationStatus.APPLIED:
                return ApplicationStatus.REJECTED
            if self._stored is ApplicationStatus.APPROVED:
                return ApplicationStatus.EXPIRED
        return self._stored

    def _require(self, required: ApplicationStatus, time: int) -> None:
        actual = self.status(time)
        if actual is not required:
            raise _refusal("WrongStatus", self.number, actual, required)

    def withdraw(self, time: int) -> None:
        """Raises `LedgerRefusal`: WrongStatus."""
        if self.status(time) is not ApplicationStatus.APPROVED:
            self._require(ApplicationStatus.APPLIED, time)
        self._stored = ApplicationStatus.WITHDRAWN

    def list(self, time: int) -> None:
        """Raises `LedgerRefusal`: WrongStatus."""
        self._require(ApplicationStatus.APPROVED, time)
        self._stored, self.closed_at = ApplicationStatus.LISTED, time

    # ----------------------------------------------------------------------------------- scoring

    def is_recused(self, reviewer: str) -> bool:
        """Also who has applied itself."""
        card = self.cards.get(reviewer)
        is_out = card is not None and card.stage is CardStage.RECUSED
        return is_out or reviewer == self.applicant

    def _require_impartial(self, reviewer: str) -> None:
        self.committee.require_reviewer(reviewer)
        if self.is_recused(reviewer):
            raise _refusal("Recused", self.number, reviewer)

    def commit(self, reviewer: str, commitment: bytes, time: int) -> None:
        """Raises `LedgerRefusal`: OnlyReviewer, WrongStatus, Recused, CommitClosed."""
        self.committee.require_reviewer(reviewer)
        self._require(ApplicationStatus.APPLIED, time)
        self._require_impartial(reviewer)
        if time >= self._commit_end or self.is_commit_closed:
            raise _refusal("CommitClosed", time, self._commit_end)
        card = self.cards.setdefault(reviewer, Card())
        self.committed += card.stage is CardStage.NONE
        card.stage, card.commitment = CardStage.COMMITTED, commitment
        self._close_if_all_have_committed()

    def recuse(self, reviewer: str) -> None:
        """Raises `LedgerRefusal`: OnlyReviewer, Recused, AlreadyRevealed."""
        self._require_impartial(reviewer)
        card = self.cards.setdefault(reviewer, Card())
        if card.stage is CardStage.REVEALED:
            raise _refusal("AlreadyRevealed", self.number, reviewer)
        self.committed -= card.stage is CardStage.COMMITTED
        self.recused += 1
        card.stage = CardStage.RECUSED
        self._close_if_all_have_committed()

    def reveal(self, reviewer: str, scores: Scores, time: int) -> None:
        """Raises `LedgerRefusal`: OnlyReviewer, WrongStatus, Recused, AlreadyRevealed,
        RevealNotOpen, RevealClosed, CommitmentWrong for who has not committed.
        """
        self.committee.require_reviewer(reviewer)
        self._require(ApplicationStatus.APPLIED, time)
        self._require_impartial(reviewer)
        card = self.cards.get(reviewer, Card())
        if card.stage is CardStage.REVEALED:
            raise _refusal("AlreadyRevealed", self.number, reviewer)
        if time < self._commit_end and not self.is_commit_closed:
            raise _refusal("RevealNotOpen", time, self._commit_end)
        if time >= self._reveal_end:
            raise _refusal("RevealClosed", time, self._reveal_end)
        if card.stage is not CardStage.COMMITTED:
            raise _refusal("CommitmentWrong")
        card.stage, card.scores = CardStage.REVEALED, scores
        self.revealed.append(scores)

    def _close_if_all_have_committed(self) -> None:
        if self._have_all(CardStage.COMMITTED):
            self.is_commit_closed = True

    def _have_all(self, stage: CardStage) -> bool:
        present = self.committee.reviewers
        return bool(present) and all(
            self.cards.get(each, Card()).stage >= stage or self.is_recused(each) for each in present
        )

    @property
    def verdict(self) -> Verdict:
        """What the cards that are revealed so far say."""
        return decide(self.revealed, self.rules)

    def decide(self, time: int) -> Verdict:
        """Raises `LedgerRefusal`: WrongStatus, RevealOpen."""
        self._require(ApplicationStatus.APPLIED, time)
        if time < self._reveal_end and not self._have_all(CardStage.REVEALED):
            raise _refusal("RevealOpen", time, self._reveal_end)
        verdict = self.verdict
        approved, rejected = ApplicationStatus.APPROVED, ApplicationStatus.REJECTED
        self._stored = approved if verdict.approved else rejected
        return verdict

    # ------------------------------------------------------------------------------------- votes

    def votes_for(self, motion: bytes) -> int:
        """Votes of reviewers in office that are not recused."""
        return sum(1 for _ in self._counted(motion))

    def _counted(self, motion: bytes) -> Iterator[str]:
        for voter in self.motions.get(motion, ()):
            if voter in self.committee.reviewers and not self.is_recused(voter):
                yield voter

    def vote(self, reviewer: str, motion: bytes, time: int) -> int:
        """Counts a vote on a listed project; says how many the motion has, of the quorum.

        Raises `LedgerRefusal`: OnlyReviewer, WrongStatus, Recused, AlreadyVoted.
        """
        self.committee.require_reviewer(reviewer)
        self._require(ApplicationStatus.LISTED, time)
        self._require_impartial(reviewer)
        voters = self.motions.setdefault(motion, {})
        has_voted = reviewer in voters
        voters[reviewer] = None
        votes = self.votes_for(motion)
        if has_voted and votes < self.rules.quorum:
            raise _refusal("AlreadyVoted", self.number, reviewer)
        return votes

    def delist(self, total_weight: int, time: int) -> int:
        """Says what of the bond goes to participants, who weigh so much together.

        Raises `LedgerRefusal`: WrongStatus.
        """
        self._require(ApplicationStatus.LISTED, time)
        self.slashed = self.rules.bond - self.due(time) if total_weight else 0
        self._stored, self.closed_at = ApplicationStatus.DELISTED, time
        return self.slashed

    # ------------------------------------------------------------------------------------- bonds

    def due(self, time: int) -> int:
        """What of the bond is the applicant's by now, returned or not."""
        bond, status = self.rules.bond, self.status(time)
        if status < ApplicationStatus.REJECTED:
            return 0
        if status is ApplicationStatus.DELISTED:
            return bond - self.slashed
        if status is not ApplicationStatus.LISTED:
            return bond
        return bond * min(PARTS, (time - self.closed_at) // PART_SECONDS) // PARTS

    def return_bond(self, time: int) -> int:
        """Pays what is due. Raises `LedgerRefusal`: NothingToReturn."""
        amount = self.due(time) - self.returned
        if amount == 0:
            raise _refusal("NothingToReturn", self.number)
        self.returned += amount
        return amount

    # -------------------------------------------------------------------------------- challenges

    def challenge(self, challenger: str, time: int) -> int:
        """Somebody challenges the holdings; says which challenge it is, from 1.

        Raises `LedgerRefusal`: WrongStatus.
        """
        self._require(ApplicationStatus.LISTED, time)
        self.challenger, self.is_challenged = challenger, True
        self.challenges += 1
        return self.challenges

    def close_challenge(self) -> str:
        """It is decided, or its bond taken back; says whose it was.

        Raises `LedgerRefusal`: NotChallenged.
        """
        if not self.is_challenged:
            raise _refusal("NotChallenged", self.number)
        self.is_challenged = False
        return self.challenger

    def return_challenge_bond(self, starts_at: int, time: int) -> str:
        """Gives the bond of what nobody decided back to who paid it.

        Raises `LedgerRefusal`: NotChallenged, ChallengeUndecided.
        """
        is_listed = self.status(time) is not ApplicationStatus.DELISTED
        if self.is_challenged and is_listed and time < starts_at:
            raise _refusal("ChallengeUndecided", time, starts_at)
        return self.close_challenge()


def _refusal(reason: str, *args: object) -> LedgerRefusal:
    return LedgerRefusal(f"ProjectReview_{reason}", *args)
