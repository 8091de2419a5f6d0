"""Powers: who may call each function that changes anything, when, and what it can do at worst.

Data, in words. Every function of every contract of the platform has a row here, in the order of a
sale's life. `LIMITS` says what nobody can do. Knows no chain.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Who(StrEnum):
    """Whom a function admits."""

    ANYONE = "anyone"
    DEPLOYER = "whoever deploys the platform"
    APPLICANT = "the project that applied"
    REVIEWER = "a reviewer"
    QUORUM = "a quorum of reviewers, by vote"
    CHAIR = "the chair"
    NOMINEE = "whoever was named for the role"
    GUARDIAN = "the guardian"
    PUBLISHER = "the publisher of holdings"
    PARTICIPANT = "a participant, for itself"
    SIGNED = "anyone, on the participant's word"
    BENEFICIARY = "the beneficiary of the grant"
    REVOKER = "the revoker that the grant names"
    OWNER = "the owner of the tokens"
    ALLOWED = "whom the owner has allowed to"
    REVIEW = "the review, when it is decided there"
    LAUNCHPAD = "the launchpad, when it lists"
    ESCROW = "the escrow of the sale, on an exit"
    SALE = "the sale of the escrow"


@dataclass(frozen=True, kw_only=True)
class Power:
    """One function, or the `receive` of a contract: whom it admits, when, and the worst of it."""

    contract: str
    function: str
    who: Who
    when: str
    worst: str


def _of(contract: str, *rows: tuple[str, Who, str, str]) -> tuple[Power, ...]:
    return tuple(
        Power(contract=contract, function=function, who=who, when=when, worst=worst)
        for function, who, when, worst in rows
    )


_REVIEW: Final = _of(
    "ProjectReview",
    ("submit", Who.ANYONE, "at any time, with the bond", "applies for terms nobody should approve"),
    ("withdraw", Who.APPLICANT, "before it is listed", "wastes the reviewers' time"),
    (
        "commit",
        Who.REVIEWER,
        "in the time to commit",
        "commits to what it will not reveal: it is not counted",
    ),
    (
        "recuse",
        Who.REVIEWER,
        "before its reveal",
        "leaves too few for a quorum: the project is rejected, its bond back",
    ),
    (
        "reveal",
        Who.REVIEWER,
        "in the time to reveal",
        "scores unfairly: one of several, and the median counts",
    ),
    (
        "decide",
        Who.ANYONE,
        "when all have revealed, or the time is over",
        "nothing: the medians are what they are",
    ),
    ("list", Who.LAUNCHPAD, "while the approval lasts, for exactly its terms", "nothing else"),
    (
        "returnBond",
        Who.ANYONE,
        "when a part has come due",
        "sends the project what is the project's",
    ),
    (
        "challenge",
        Who.ANYONE,
        "within the window after holdings are posted, with a bond",
        "if nobody decides it, the sale never opens, and nobody has paid",
    ),
    (
        "voteOnChallenge",
        Who.QUORUM,
        "before the first session",
        "lets wrong holdings stand, or drops right ones",
    ),
    (
        "returnChallengeBond",
        Who.ANYONE,
        "when it was not decided in time",
        "sends the challenger its bond",
    ),
    (
        "voteToAttest",
        Who.QUORUM,
        "while the milestone is due",
        "attests what was not delivered: participants can veto it",
    ),
    (
        "voteToDelist",
        Who.QUORUM,
        "as long as the project is listed",
        "delists for no reason: participants are refunded or may exit, the project loses its bond",
    ),
    (
        "appointReviewer",
        Who.CHAIR,
        "at any time",
        "appoints friends: they can start only after the notice",
    ),
    ("acceptAppointment", Who.NOMINEE, "when the notice is over", "becomes a reviewer"),
    (
        "removeReviewer",
        Who.CHAIR,
        "at any time",
        "leaves no quorum: what nobody attests is missed, and participants may exit",
    ),
    ("resign", Who.REVIEWER, "at any time", "leaves no quorum, as when it is removed"),
    ("nominateChair", Who.CHAIR, "at any time", "names somebody, who must accept"),
    ("acceptChair", Who.NOMINEE, "once named", "becomes the chair"),
    ("nominateGuardian", Who.CHAIR, "at any time", "names somebody, who must accept"),
    ("acceptGuardian", Who.NOMINEE, "once named", "becomes the guardian"),
)

_LAUNCHPAD: Final = _of(
    "Launchpad",
    (
        "list",
        Who.ANYONE,
        "while the approval lasts, and in time for holdings",
        "lists what was approved, with tokens that the project has let it take",
    ),
)

_CREATOR: Final = _of(
    "LaunchpadCreator",
    (
        "create",
        Who.DEPLOYER,
        "once, before there is a platform",
        "makes a launchpad of other parts: whoever uses it sees which",
    ),
)

_PASSES: Final = _of(
    "PassRegistry",
    (
        "present",
        Who.ANYONE,
        "with an attestation of its own account",
        "shows a pass; which attesters count, the terms say",
    ),
    (
        "revoke",
        Who.ANYONE,
        "at any time, its own attestations",
        "keeps somebody from a first subscription; what was subscribed stays",
    ),
)

_SALE: Final = _of(
    "SubscriptionSale",
    (
        "publishHoldings",
        Who.PUBLISHER,
        "two windows before the first session, at the latest",
        "posts a wrong list, which anybody can challenge, or none: the sale never opens",
    ),
    (
        "challengeHoldings",
        Who.REVIEW,
        "within the window",
        "keeps the sale closed until it is decided",
    ),
    (
        "settleChallenge",
        Who.REVIEW,
        "before the first session",
        "puts the list in force, or drops it",
    ),
    (
        "pause",
        Who.GUARDIAN,
        "once, before the sale is settled",
        "keeps everybody from subscribing for a day",
    ),
    (
        "void",
        Who.REVIEW,
        "on a delisting, before settlement",
        "ends the sale: everybody has a full refund",
    ),
    (
        "abandon",
        Who.ANYONE,
        "when a session has begun without holdings in force",
        "ends a sale in which nobody can have paid",
    ),
    ("subscribe", Who.PARTICIPANT, "in a session, with pass and proof", "spends its own money"),
    (
        "subscribeWithPermit",
        Who.PARTICIPANT,
        "in a session, with pass and proof",
        "spends its own money",
    ),
    (
        "settle",
        Who.ANYONE,
        "when a session is over, before the deadline",
        "nothing: the formula decides",
    ),
    ("claim", Who.PARTICIPANT, "when the sale has succeeded", "takes what is its own"),
    (
        "claimFor",
        Who.ANYONE,
        "when the sale has succeeded",
        "sends a participant what is the participant's",
    ),
    (
        "claimRefund",
        Who.ANYONE,
        "when the sale has succeeded, before the first claim",
        "sends a participant its refund, and leaves the tokens to be claimed",
    ),
    (
        "claimTo",
        Who.SIGNED,
        "when the sale has succeeded",
        "sends it where the participant has signed",
    ),
    ("refund", Who.PARTICIPANT, "when the sale has failed, for ever", "takes its own money back"),
    (
        "refundFor",
        Who.ANYONE,
        "when the sale has failed, for ever",
        "sends a participant its money",
    ),
    (
        "refundTo",
        Who.SIGNED,
        "when the sale has failed, for ever",
        "sends it where the participant has signed",
    ),
    (
        "exitFor",
        Who.ESCROW,
        "while exits are open",
        "ends the part of the account that asked for it",
    ),
    (
        "collectProceeds",
        Who.ANYONE,
        "when the sale has succeeded, once",
        "moves the proceeds into the escrow, and nothing that a refund needs",
    ),
    (
        "collectFee",
        Who.ANYONE,
        "when the sale has succeeded, once",
        "sends the fee that the terms name where they say",
    ),
    (
        "collectUnsold",
        Who.ANYONE,
        "when the sale is over, once",
        "sends unsold tokens where the terms say",
    ),
    (
        "collectReturned",
        Who.ANYONE,
        "when exits have returned tokens",
        "sends these tokens where the terms say",
    ),
    (
        "sweep",
        Who.ANYONE,
        "when every claim is over",
        "sends what rounding left where the terms say",
    ),
)

_ESCROW: Final = _of(
    "ProceedsEscrow",
    ("receive", Who.SALE, "with the proceeds of a sale in the native coin", "nothing"),
    ("attest", Who.REVIEW, "while the milestone is due", "starts the time for objections"),
    (
        "object",
        Who.PARTICIPANT,
        "in that time, once, by what it paid for",
        "with enough others, vetoes what was delivered: it must be attested again",
    ),
    (
        "release",
        Who.ANYONE,
        "when a share is free",
        "sends the project what its milestones have earned",
    ),
    (
        "exit",
        Who.PARTICIPANT,
        "after a missed milestone or a delisting",
        "returns its own tokens for its own share",
    ),
    (
        "exitWithoutTokens",
        Who.PARTICIPANT,
        "after a missed milestone or a delisting",
        "gives up what it has not claimed, where the sale token cannot be moved",
    ),
    (
        "collectRemainder",
        Who.ANYONE,
        "when the time to exit is over",
        "sends what nobody exited with where the terms say",
    ),
    ("delist", Who.REVIEW, "once", "opens the exit right, and takes the bond in for participants"),
    (
        "shareBond",
        Who.ANYONE,
        "after a delisting, once for each account",
        "sends a participant its share",
    ),
)

_VAULT: Final = _of(
    "VestingVault",
    ("create", Who.ANYONE, "at any time, with its own tokens", "locks its own tokens"),
    (
        "createFunded",
        Who.LAUNCHPAD,
        "when it has sent the tokens",
        "locks what the approved terms say",
    ),
    (
        "release",
        Who.ANYONE,
        "when something has vested",
        "sends a beneficiary what is the beneficiary's",
    ),
    ("revoke", Who.REVOKER, "once", "takes what has not vested, never what has"),
    ("transfer", Who.BENEFICIARY, "at any time", "gives away what is its own"),
)

_TOKEN: Final = _of(
    "ProjectToken",
    ("transfer", Who.OWNER, "at any time", "gives away what is its own"),
    ("approve", Who.OWNER, "at any time", "lets somebody take what is its own"),
    ("transferFrom", Who.ALLOWED, "up to what was allowed", "takes what it was allowed to"),
    (
        "permit",
        Who.ANYONE,
        "with the owner's signature",
        "lets somebody take what the owner has signed",
    ),
)

POWERS: Final = (*_REVIEW, *_CREATOR, *_LAUNCHPAD, *_PASSES, *_SALE, *_ESCROW, *_VAULT, *_TOKEN)
"""All of them. What is not here changes nothing, or does not exist."""

LIMITS: Final = (
    "take a deposit, a refund or an allotted token that is somebody else's",
    "change the terms of a sale once they are approved: they are part of its code",
    "list other terms than those approved, or a sale without its tokens",
    "stop a claim, a refund or an exit, or prolong a pause",
    "read or copy a score before its reveal, or keep a decision waiting by silence",
    "pay the project more than what is attested and not vetoed",
    "replace a list of holdings after its window, or settle a session by another formula",
    "mint more of a token on sale that the platform's own contract has made",
    "upgrade a contract, or give itself a role: the deployer has none",
)
"""The ends of sentences that begin with: nobody, whatever role, can."""
