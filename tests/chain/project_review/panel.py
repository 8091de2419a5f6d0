"""What the tests of the review play on: a review, its five reviewers, and applications brought to a state."""

from collections.abc import Sequence
from dataclasses import astuple
from hashlib import sha256
from typing import Any, Final, Self

from eth_account.signers.local import LocalAccount
from eth_utils.crypto import keccak

from jumpstart.chain.client import Contract, Receipt, Sender, Transaction
from jumpstart.chain.sale import UNLIMITED
from jumpstart.review import ReviewRules, Scores, commitment_of
from tests.chain.stage import Stage, account, raw

NONE, APPLIED, APPROVED, REJECTED, EXPIRED, WITHDRAWN, LISTED, DELISTED = range(8)  # status
NO_CARD, COMMITTED, REVEALED, RECUSED = range(4)  # stage of a scorecard
DELIST, ATTEST, CHALLENGE = range(3)  # kind of a motion

URI: Final = "https://example.org/dossier.pdf"
DOSSIER: Final = sha256(b"dossier").digest()
TERMS: Final = keccak(text="terms")
REASON: Final = sha256(b"reason").digest()
OTHER_REASON: Final = sha256(b"other reason").digest()
EVIDENCE: Final = sha256(b"evidence").digest()
SALT: Final = bytes(range(100, 132))
ZERO: Final = "0x" + 40 * "0"

REVIEWERS: Final = tuple(account(f"reviewer {number}") for number in range(1, 6))
LAUNCHPAD: Final = account("launchpad")
NEWCOMER: Final = account("newcomer")  # no reviewer yet
QUORUM: Final = 3
GOOD: Final = (90, 80, 70, 65, 60, 55, 50)  # good enough
POOR: Final = (100, 100, 100, 100, 100, 100, 49)  # below one floor


class Panel:
    """One review, with `REVIEWERS` in office and `QUORUM` of them as the quorum."""

    def __init__(
        self, stage: Stage, review: Contract, rules: ReviewRules, launchpad: Sender
    ) -> None:
        self.stage = stage
        self.chain = stage.chain
        self.review = review
        self.rules = rules
        self.launchpad = launchpad
        self.applicant = stage.people.project
        self.bond_token = stage.bond_token
        self.call = review.call
        self.send = review.send
        self.event = review.event
        self.transaction = review.transaction

    @classmethod
    def deploy(cls, stage: Stage, rules: ReviewRules) -> Self:
        """A review whose launchpad is an ordinary account."""
        people = stage.people
        review = stage.chain.deploy(
            "ProjectReview",
            astuple(rules),
            LAUNCHPAD.address,
            people.chair.address,
            people.guardian.address,
            [reviewer.address for reviewer in REVIEWERS],
            sender=people.creator,
        )
        stage.bond_token.send("approve", review.address, UNLIMITED, sender=people.project)
        return cls(stage, review, rules, LAUNCHPAD)

    def bonds(self, holder: LocalAccount | Contract | str) -> int:
        """What somebody has of the bond token."""
        address = holder if isinstance(holder, str) else holder.address
        balance: int = self.bond_token.call("balanceOf", address)
        return balance

    # ------------------------------------------------------------------------------------ moments

    def time_of(self, receipt: Receipt) -> int:
        """When it was mined. After a batch some chains have mined one block more."""
        return self.chain.header(receipt.block_number).timestamp

    def applied_at(self, application: int) -> int:
        moment: int = self.call("applicationOf", application).appliedAt
        return moment

    def commit_end(self, application: int) -> int:
        return self.applied_at(application) + self.rules.commit_seconds

    def reveal_end(self, application: int) -> int:
        return self.commit_end(application) + self.rules.reveal_seconds

    def expiry(self, application: int) -> int:
        return self.reveal_end(application) + self.rules.approval_seconds

    # ------------------------------------------------------------------------------------ acting

    def apply(self) -> int:
        """The number of an application of the project."""
        self.send("submit", URI, DOSSIER, TERMS, sender=self.applicant)
        number: int = self.call("applicationCount")
        return number

    def commitment(
        self, application: int, reviewer: LocalAccount, scores: Scores = GOOD, salt: bytes = SALT
    ) -> bytes:
        chain_id, review = self.chain.chain_id, raw(self.review)
        return commitment_of(chain_id, review, application, raw(reviewer), scores, salt)

    def committing(
        self, application: int, reviewer: LocalAccount, scores: Scores = GOOD
    ) -> Transaction:
        commitment = self.commitment(application, reviewer, scores)
        return self.transaction("commit", application, commitment, sender=reviewer)

    def commit(self, application: int, reviewer: LocalAccount, scores: Scores = GOOD) -> Receipt:
        return self.chain.send(self.committing(application, reviewer, scores))

    def commit_all(self, application: int) -> None:
        """All five, to good scores."""
        self.chain.send_many([self.committing(application, each) for each in REVIEWERS])

    def revealing(
        self, application: int, reviewer: LocalAccount, scores: Scores = GOOD
    ) -> Transaction:
        return self.transaction("reveal", application, list(scores), SALT, sender=reviewer)

    def reveal(self, application: int, reviewer: LocalAccount, scores: Scores = GOOD) -> Receipt:
        return self.chain.send(self.revealing(application, reviewer, scores))

    def score(self, application: int, cards: Sequence[Scores]) -> None:
        """The first reviewers commit and reveal, one for each scorecard, when it is time."""
        pairs = list(zip(REVIEWERS, cards, strict=False))
        self.chain.send_many([self.committing(application, *pair) for pair in pairs])
        if len(pairs) < len(REVIEWERS):
            self.chain.mine_at(self.commit_end(application))
        self.chain.send_many([self.revealing(application, *pair) for pair in pairs])

    def decide(self, application: int) -> Receipt:
        return self.send("decide", application, sender=self.stage.people.stranger)

    def list(self, application: int) -> Receipt:
        return self.send("list", application, TERMS, sender=self.launchpad)

    def brought_to(self, status: int) -> int:
        """The number of a new application that has this status; for none, a number not given yet."""
        if status == NONE:
            return int(self.call("applicationCount")) + 1
        application = self.apply()
        if status in (APPROVED, EXPIRED, REJECTED, LISTED):
            self.score(application, [POOR if status == REJECTED else GOOD] * 5)
            self.decide(application)
        if status == EXPIRED:
            self.chain.mine_at(self.expiry(application))
        if status == WITHDRAWN:
            self.send("withdraw", application, sender=self.applicant)
        if status == LISTED:
            self.list(application)
        return application


class Court(Panel):
    """The same for a whole platform: what it lists are sales."""

    def vote_to_delist(
        self, application: int, voters: Sequence[LocalAccount], reason: bytes = REASON
    ) -> list[Receipt]:
        """The last one's receipt is the last."""
        return self._vote("voteToDelist", application, reason, voters=voters)

    def vote_to_attest(
        self, application: int, milestone: int, voters: Sequence[LocalAccount]
    ) -> list[Receipt]:
        return self._vote("voteToAttest", application, milestone, EVIDENCE, voters=voters)

    def vote_on_challenge(
        self, application: int, voters: Sequence[LocalAccount], *, stands: bool
    ) -> list[Receipt]:
        return self._vote("voteOnChallenge", application, stands, voters=voters)

    def _vote(self, function: str, *args: Any, voters: Sequence[LocalAccount]) -> list[Receipt]:
        return self.chain.send_many(
            [self.transaction(function, *args, sender=voter) for voter in voters]
        )
