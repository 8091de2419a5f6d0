"""Applications, scorecards, votes and challenges as the events of a review make them.

Who judges an application in the end is not asked here: only whether what the contract answers is what
its events add up to.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from eth_utils.address import to_canonical_address

from jumpstart.chain.applications import STAGES, STATUSES
from jumpstart.chain.blueprint import NOBODY
from jumpstart.chain.client import Contract
from jumpstart.deployment.verification.history import History
from jumpstart.deployment.verification.questions import Asker
from jumpstart.review import CRITERIA, ReviewRules, decide

_PART_SECONDS: Final = 30 * 86_400
_PARTS: Final = 12
_NO_SCORES: Final = (0,) * len(CRITERIA)
_NO_HASH: Final = bytes(32)


@dataclass
class _Card:
    stage: str = "none"
    commitment: bytes = _NO_HASH
    scores: tuple[int, ...] = _NO_SCORES


@dataclass
class _Application:
    applicant: str = NOBODY
    terms_hash: bytes = _NO_HASH
    dossier_hash: bytes = _NO_HASH
    applied_at: int = 0
    closed_at: int = 0
    status: str = "none"
    slashed: int = 0
    returned: int = 0
    committed: int = 0
    recused: int = 0
    cards: dict[str, _Card] = field(default_factory=dict)
    revealed: list[tuple[int, ...]] = field(default_factory=list)
    challenger: str = NOBODY
    challenges: int = 0
    is_challenged: bool = False
    motions: dict[bytes, list[str]] = field(default_factory=dict)
    """Who has voted, by the name of the motion."""


class Applications:
    """What the events of a review say of every application. Amounts in base units, times Unix seconds."""

    def __init__(self, history: History, review: Contract, rules: ReviewRules) -> None:
        self._rules = rules
        self._by_number: dict[int, _Application] = {}
        for event in history.of(review):
            if "id" in event.args:
                found = self._by_number.setdefault(event.args["id"], _Application())
                _apply(found, event.name, event.args, history.time_of(event))

    @property
    def numbers(self) -> list[int]:
        return sorted(self._by_number)

    def ask(self, asker: Asker, number: int, now: int, present: Iterable[str] | None) -> None:
        """Asks for all that the review knows of an application. `present`: the reviewers in office;
        without them votes are not asked for.
        """
        found, rules = self._by_number.get(number, _Application()), self._rules
        expiry = (
            found.applied_at + rules.commit_seconds + rules.reveal_seconds + rules.approval_seconds
        )
        status = found.status
        if now >= expiry:
            status = {"applied": "rejected", "approved": "expired"}.get(status, status)
        verdict = decide(found.revealed, rules)
        asker.expect(
            "applicationOf",
            {
                "applicant": found.applicant,
                "status": STATUSES.index(status),
                "appliedAt": found.applied_at,
                "closedAt": found.closed_at,
                "committed": found.committed,
                "revealed": len(found.revealed),
                "recused": found.recused,
                "bondReturned": found.returned,
                "termsHash": found.terms_hash,
                "dossierHash": found.dossier_hash,
            },
            number,
            kind=lambda name: "role" if name.endswith("applicant") else "getter",
        )
        asker.expect("statusOf", STATUSES.index(status), number)
        asker.expect("expiryOf", expiry, number)
        asker.expect("resultOf", {"medians": verdict.medians, "total": verdict.total}, number)
        asker.expect("returnableBondOf", self._due(found, status, now) - found.returned, number)
        asker.expect(
            "challengeOf",
            {
                "challenger": found.challenger,
                "isOpen": found.is_challenged,
                "number": found.challenges,
            },
            number,
        )
        for reviewer, card in found.cards.items():
            asker.expect(
                "scorecardOf",
                {
                    "stage": STAGES.index(card.stage),
                    "commitment": card.commitment,
                    "scores": card.scores,
                },
                number,
                reviewer,
            )
        if present is None:
            return
        in_office = set(present)
        for motion, voters in found.motions.items():
            counted = [each for each in voters if each in in_office and not _recused(found, each)]
            asker.expect("votesFor", len(counted), motion)

    def _due(self, found: _Application, status: str, now: int) -> int:
        """What is the applicant's of the bond."""
        bond = self._rules.bond
        if status in ("none", "applied", "approved"):
            return 0
        if status == "delisted":
            return bond - found.slashed
        if status != "listed":
            return bond
        parts = (now - found.closed_at) // _PART_SECONDS
        return bond * parts // _PARTS if parts < _PARTS else bond

    def held(self, now: int) -> int:
        """Bonds of applications and challenges that the review must still have."""
        rules, total = self._rules, 0
        for found in self._by_number.values():
            total += rules.bond - found.returned - found.slashed
            total += rules.challenge_bond if found.is_challenged else 0
        return total


def rules_of(struct: Any) -> ReviewRules:
    """The rules as a review answers them."""
    bond_token, *others = struct
    names = ReviewRules.__dataclass_fields__.keys()
    values = dict(zip(names, [to_canonical_address(bond_token), *others], strict=True))
    return ReviewRules(**values)


def _recused(found: _Application, reviewer: str) -> bool:
    card = found.cards.get(reviewer)
    return reviewer == found.applicant or (card is not None and card.stage == "recused")


def _apply(found: _Application, name: str, args: Mapping[str, Any], time: int) -> None:
    """Takes in one event."""
    card = found.cards.setdefault(args["reviewer"], _Card()) if name in _OF_CARDS else _Card()
    match name:
        case "Applied":
            found.applicant, found.status, found.applied_at = args["applicant"], "applied", time
            found.terms_hash, found.dossier_hash = args["termsHash"], args["dossierHash"]
        case "Committed":
            found.committed += card.stage == "none"
            card.stage, card.commitment = "committed", args["commitment"]
        case "Recused":
            found.committed -= card.stage == "committed"
            found.recused += 1
            card.stage = "recused"
        case "Revealed":
            card.stage, card.scores = "revealed", tuple(args["scores"])
            found.revealed.append(card.scores)
        case "Decided":
            found.status = "approved" if args["approved"] else "rejected"
        case "Withdrawn":
            found.status = "withdrawn"
        case "Listed":
            found.status, found.closed_at = "listed", time
        case "Delisted":
            found.status, found.closed_at, found.slashed = "delisted", time, args["slashed"]
        case "BondReturned":
            found.returned += args["amount"]
        case "HoldingsChallenged":
            found.challenger, found.challenges = args["challenger"], args["number"]
            found.is_challenged = True
        case "ChallengeBondPaid":
            found.is_challenged = False
        case "Voted":
            voters = found.motions.setdefault(args["motion"], [])
            if args["reviewer"] not in voters:
                voters.append(args["reviewer"])


_OF_CARDS: Final = ("Committed", "Recused", "Revealed")
