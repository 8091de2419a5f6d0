"""The events of the review: the application with its scorecards, votes, challenges, bonds.

All applications of the review pay bonds into the same contract. Of those of other sales it is only
followed what moves, as their events say it.
"""

from collections.abc import Callable
from typing import Final

from eth_abi.abi import encode

from jumpstart.audit.calldata import salt_of
from jumpstart.audit.escrow import EscrowEvents
from jumpstart.audit.replay import Replay
from jumpstart.chain.abi import Event
from jumpstart.committee import Application
from jumpstart.errors import LedgerRefusal
from jumpstart.hashing import keccak256
from jumpstart.ledger import Status
from jumpstart.review import commitment_of

BURN: Final = "0x000000000000000000000000000000000000dEaD"
"""Where the bond of a lost challenge goes."""

_DELIST, _ATTEST, _CHALLENGE = range(3)  # kinds of motions
_ACTS: Final = ("Delisted", "MilestoneAttested", "ChallengeDecided")


class ReviewEvents:
    """What the models make of the events of a review."""

    def __init__(self, replay: Replay, escrow: EscrowEvents) -> None:
        self.replay = replay
        self.models = replay.models
        self.subject = replay.subject
        self.escrow = escrow
        self._others: dict[int, str] = {}  # applicants of other applications
        own: dict[str, Callable[[Event], None]] = {
            "Applied": self.applied,
            "Withdrawn": self.withdrawn,
            "Committed": self.committed,
            "Recused": self.recused,
            "Revealed": self.revealed,
            "Decided": self.decided,
            "Listed": self.listed,
            "Delisted": replay.follow,
            "BondReturned": self.bond_returned,
            "Voted": self.voted,
            "HoldingsChallenged": self.challenged,
            "ChallengeDecided": replay.follow,
            "ChallengeBondPaid": self.challenge_bond_paid,
        }
        replay.on("review", {name: self._sorted(handler) for name, handler in own.items()})

    def _sorted(self, handler: Callable[[Event], None]) -> Callable[[Event], None]:
        """Ours by the models; of others what moves."""

        def sort(event: Event) -> None:
            if event.args["id"] == self.subject.application:
                handler(event)
            else:
                self.of_another(event)

        return sort

    @property
    def _time(self) -> int:
        return self.replay.time

    # ------------------------------------------------------------------------------ application

    def applied(self, event: Event) -> None:
        args, terms_hash = event.args, self.subject.listing.terms_hash
        self.models.applications += 1
        self.replay.require_sender(event, args["applicant"])
        self.replay.compare(
            event,
            id=self.models.applications,
            applicant=args["applicant"],
            termsHash=terms_hash,
            dossierHash=args["dossierHash"],
            dossierUri=args["dossierUri"],
        )
        self.models.application = Application(
            number=self.subject.application,
            committee=self.models.committee,
            applicant=args["applicant"],
            terms_hash=terms_hash,
            dossier_hash=args["dossierHash"],
            applied_at=self._time,
        )
        self._bond(args["applicant"], self.subject.review.address, self.subject.rules.bond)

    def _application(self, event: Event) -> Application | None:
        if self.models.application is None:
            self.replay.unexplained(event)
        return self.models.application

    def withdrawn(self, event: Event) -> None:
        application = self._application(event)
        if application is not None:
            self.replay.require_sender(event, application.applicant)
            self.replay.attempt(event, lambda: application.withdraw(self._time))

    def committed(self, event: Event) -> None:
        application, args = self._application(event), event.args
        if application is not None:
            self.replay.require_sender(event, args["reviewer"])
            self.replay.attempt(
                event,
                lambda: application.commit(args["reviewer"], args["commitment"], self._time),
            )

    def recused(self, event: Event) -> None:
        application = self._application(event)
        if application is not None:
            self.replay.require_sender(event, event.args["reviewer"])
            self.replay.attempt(event, lambda: application.recuse(event.args["reviewer"]))

    def revealed(self, event: Event) -> None:
        application, args = self._application(event), event.args
        if application is not None:
            scores = tuple(args["scores"])
            self.replay.require_sender(event, args["reviewer"])
            self._check_commitment(event, application, scores)
            self.replay.attempt(
                event, lambda: application.reveal(args["reviewer"], scores, self._time)
            )

    def _check_commitment(
        self, event: Event, application: Application, scores: tuple[int, ...]
    ) -> None:
        """Where the transaction shows the salt: what was revealed is what was committed to."""
        review, reviewer = self.subject.review.address, event.args["reviewer"]
        salt = salt_of(self.replay.step, review)
        if salt is None:
            return
        card = application.cards.get(reviewer)
        made = commitment_of(
            self.subject.chain.chain_id,
            bytes.fromhex(review[2:]),
            application.number,
            bytes.fromhex(reviewer[2:]),
            scores,
            salt,
        )
        self.replay.require(event, "commitment", card.commitment if card else None, made)

    def decided(self, event: Event) -> None:
        application = self._application(event)
        if application is None:
            return
        verdict = self.replay.attempt(event, lambda: application.decide(self._time))
        if verdict is not None:
            self.replay.compare(
                event,
                id=self.subject.application,
                approved=verdict.approved,
                medians=verdict.medians,
                total=verdict.total,
            )

    def listed(self, event: Event) -> None:
        application = self._application(event)
        if application is not None:
            self.replay.attempt(event, lambda: application.list(self._time))
            self.replay.wait("launchpad", "Listed", None, "the review has listed it")

    def bond_returned(self, event: Event) -> None:
        application = self._application(event)
        if application is None:
            return
        amount = self.replay.attempt(event, lambda: application.return_bond(self._time))
        if amount is not None:
            to = application.applicant
            self.replay.compare(event, id=application.number, applicant=to, amount=amount)
            self._bond(self.subject.review.address, to, amount)

    # ----------------------------------------------------------------------------------- motions

    def voted(self, event: Event) -> None:
        """Counts; with a quorum, what was voted for must happen in the same transaction."""
        application, args = self._application(event), event.args
        if application is None:
            return
        motion, reviewer = args["motion"], args["reviewer"]
        self.replay.require_sender(event, reviewer)
        votes = self.replay.attempt(event, lambda: application.vote(reviewer, motion, self._time))
        if votes is None:
            return
        self.replay.compare(
            event, id=application.number, reviewer=reviewer, motion=motion, votes=votes
        )
        if votes >= self.subject.rules.quorum:
            self._carry(event, application, motion)

    def _carry(self, event: Event, application: Application, motion: bytes) -> None:
        act = next((each for each in self.replay.following(event) if each.name in _ACTS), None)
        acts = {
            "Delisted": self._delist,
            "MilestoneAttested": self._attest,
            "ChallengeDecided": self._decide,
        }
        if act is None:
            self.replay.require(event, "what a quorum has carried", "done", "nothing")
        else:
            acts[act.name](event, application, motion, act)

    def _require_motion(self, event: Event, motion: bytes, *words: object) -> None:
        kinds = {int: "uint256", bool: "bool", bytes: "bytes32"}
        named = keccak256(encode([kinds[type(each)] for each in words], list(words)))
        self.replay.require(event, "motion", named, motion)

    def _delist(self, event: Event, application: Application, motion: bytes, act: Event) -> None:
        reason, models = act.args["reasonHash"], self.models
        self._require_motion(event, motion, _DELIST, application.number, reason)
        weight, status = models.ledger.total_weight, models.ledger.status(self._time)
        self.replay.require(event, "the sale has failed", False, status is Status.FAILED)
        slashed = self.replay.attempt(event, lambda: application.delist(weight, self._time))
        if slashed is None:
            return
        said = {"id": application.number, "reasonHash": reason, "slashed": slashed}
        self.replay.wait("review", "Delisted", said, "a quorum has delisted it")
        if status is Status.FUNDED:
            models.opening.void(self._time)
            self.replay.wait("sale", "SaleVoided", {}, "its project was delisted")
        self.replay.attempt(event, lambda: models.escrow.delist(slashed, self._time))
        marked = {"bond": slashed, "totalWeight": weight}
        self.replay.wait("escrow", "Delisted", marked, "the project was delisted")
        self._bond(self.subject.review.address, self.subject.escrow.address, slashed)

    def _attest(self, event: Event, application: Application, motion: bytes, act: Event) -> None:
        evidence, escrow = act.args["evidenceHash"], self.models.escrow
        milestone, made = escrow.delivery(self._time).current, escrow.attestations
        self._require_motion(event, motion, _ATTEST, application.number, milestone, evidence, made)
        self.escrow.attest(event, evidence)

    def _decide(self, event: Event, application: Application, motion: bytes, act: Event) -> None:
        stands, number = act.args["stands"], application.challenges
        self._require_motion(event, motion, _CHALLENGE, application.number, number, stands)
        challenger = self.replay.attempt(event, application.close_challenge)
        if challenger is None:
            return
        said = {"id": application.number, "number": number, "stands": stands}
        self.replay.wait("review", "ChallengeDecided", said, "a quorum has decided it")
        self._paid_back(application, BURN if stands else challenger)
        try:
            root = self.models.opening.settle_challenge(stands=stands, time=self._time)
        except LedgerRefusal as refusal:
            self.replay.require(event, "challenge", f"refused: {refusal}", "settled")
            return
        settled = {"root": root, "stands": stands}
        self.replay.wait("sale", "ChallengeSettled", settled, "a quorum has decided it")

    # -------------------------------------------------------------------------------- challenges

    def challenged(self, event: Event) -> None:
        application, args = self._application(event), event.args
        if application is None:
            return
        challenger = args["challenger"]
        self.replay.require_sender(event, challenger)
        number = self.replay.attempt(event, lambda: application.challenge(challenger, self._time))
        root = self.replay.attempt(event, lambda: self.models.opening.challenge(self._time))
        if number is None or root is None:
            return
        self.replay.compare(
            event,
            id=application.number,
            number=number,
            challenger=challenger,
            evidenceHash=args["evidenceHash"],
        )
        self.replay.wait("sale", "HoldingsChallenged", {"root": root}, "they were challenged")
        bond = self.subject.rules.challenge_bond
        self._bond(challenger, self.subject.review.address, bond)

    def challenge_bond_paid(self, event: Event) -> None:
        """With the decision, or because there was none."""
        application = self._application(event)
        if application is None or self.replay.awaited(event):
            return
        starts_at = self.models.opening.starts_at
        challenger = self.replay.attempt(
            event, lambda: application.return_challenge_bond(starts_at, self._time)
        )
        if challenger is not None:
            self._paid_back(application, challenger)
            self.replay.follow(event)

    def _paid_back(self, application: Application, to: str) -> None:
        bond = self.subject.rules.challenge_bond
        said = {
            "id": application.number,
            "number": application.challenges,
            "to": to,
            "amount": bond,
        }
        self.replay.wait("review", "ChallengeBondPaid", said, "a challenge is over")
        self._bond(self.subject.review.address, to, bond)

    # ------------------------------------------------------------------------------------ others

    def of_another(self, event: Event) -> None:
        """What moves for the applications of other sales, as the review says it."""
        args, review, rules = event.args, self.subject.review.address, self.subject.rules
        match event.name:
            case "Applied":
                self.models.applications += 1
                self.replay.require(event, "number", self.models.applications, args["id"])
                self._bond(args["applicant"], review, rules.bond)
            case "BondReturned":
                self._bond(review, args["applicant"], args["amount"])
            case "HoldingsChallenged":
                self._bond(args["challenger"], review, rules.challenge_bond)
            case "ChallengeBondPaid":
                self._bond(review, args["to"], args["amount"])
            case "Delisted":
                self._bond(review, self._escrow_of(args["id"]), args["slashed"])

    def _escrow_of(self, application: int) -> str:
        launchpad, block = self.subject.launchpad, self.replay.subject.head.number
        sale = launchpad.call("saleOf", application, block=block)
        escrow: str = launchpad.call("escrowOf", sale, block=block)
        return escrow

    def _bond(self, source: str, target: str, amount: int) -> None:
        self.replay.flows.move(self.subject.bond_token, source, target, amount)
