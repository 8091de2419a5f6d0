"""Reasons: what each custom error of the contracts means, in plain words with its figures.

Knows the errors that the demo provokes. One that is missing here is a mistake of the demo, and says
so by its `KeyError`.
"""

from collections.abc import Callable
from typing import Final

from jumpstart.drafts import TokensSection
from jumpstart.errors import ContractRevert
from jumpstart.jurisdictions import alpha2_of
from jumpstart.pages.numerals import clock, short, shown

_SALES: Final = ("running", "a success", "a failure")
_ESCROWS: Final = (
    "waiting for the sale",
    "delivering",
    "delivered",
    "open for exits",
    "closed for exits",
)
_APPLICATIONS: Final = (
    "none",
    "under review",
    "approved",
    "rejected",
    "expired",
    "withdrawn",
    "listed",
    "delisted",
)


def words_of(refusal: ContractRevert, tokens: TokensSection) -> str:
    """The reason in words, the end of a sentence that begins "turned away because"."""
    _, _, rule = refusal.name.partition("_")
    explain: Callable[..., str] = _WORDS[refusal.name if refusal.name in _WORDS else rule]
    return explain(tokens, *refusal.args)


def _tokens(tokens: TokensSection, amount: int) -> str:
    return shown(amount, tokens.sale.unit)


def _holding(tokens: TokensSection, amount: int) -> str:
    return shown(amount, tokens.holding.unit)


_WORDS: Final[dict[str, Callable[..., str]]] = {
    "OnlyPublisher": lambda _, caller, publisher: (
        f"only the publisher {short(publisher)} may post the holdings, not {short(caller)}"
    ),
    "IdentityTaken": lambda _, identity, holder: (
        f"this person already has a pass, at the account {short(holder)}"
    ),
    "SignatureInvalid": lambda _, signer: f"the signature is not that of {short(signer)}",
    "Expired": lambda _, end, now: f"the attestation ended at {clock(end)}, it was {clock(now)}",
    "NotOpen": lambda _, now, start: f"the session opens at {clock(start)}, it was {clock(now)}",
    "Closed": lambda _, now, end: f"the last session closed at {clock(end)}, it was {clock(now)}",
    "NoPass": lambda _, account: f"{short(account)} has no pass that counts now",
    "JurisdictionNotAdmitted": lambda _, code: (
        f"the pass is for {alpha2_of(code)}, which the terms do not admit"
    ),
    "ProofInvalid": lambda tokens, account, holding: (
        f"the published list does not say that {short(account)} holds {_holding(tokens, holding)}"
    ),
    "HoldingTooLow": lambda tokens, holding, least: (
        f"{_holding(tokens, holding)} is less than the least holding, {_holding(tokens, least)}"
    ),
    "CapExceeded": lambda tokens, wanted, room: (
        f"{_tokens(tokens, wanted)} is more than the {_tokens(tokens, room)} left under the "
        "cap of one account"
    ),
    "BelowMinimum": lambda tokens, wanted, least: (
        f"{_tokens(tokens, wanted)} is less than the minimum, {_tokens(tokens, least)}"
    ),
    "LimitReached": lambda tokens, _, limit: (
        f"the session was closed by its limit: {_tokens(tokens, limit)} were subscribed"
    ),
    "SessionRunning": lambda _, now, end: (
        f"the session runs until {clock(end)}, it was {clock(now)}"
    ),
    "SettlementTooLate": lambda _, now, deadline: (
        f"the deadline was {clock(deadline)}, it was {clock(now)}"
    ),
    "SubscriptionSale_WrongStatus": lambda _, actual, required: (
        f"the sale is {_SALES[actual]}, and would have to be {_SALES[required]}"
    ),
    "NothingSubscribed": lambda _, account: f"{short(account)} has subscribed to nothing",
    "NothingToClaim": lambda _, account: f"{short(account)} has nothing to take now",
    "NothingToCollect": lambda _: "it was collected before",
    "NothingToReturn": lambda _, account: f"{short(account)} has nothing to return",
    "ClaimOpen": lambda _, account: f"{short(account)} still has something to claim",
    "OnlyGuardian": lambda _, caller, guardian: (
        f"only the guardian {short(guardian)} may, not {short(caller)}"
    ),
    "Paused": lambda _, now, until: f"it is paused until {clock(until)}, it was {clock(now)}",
    "SubscriptionSale_Challenged": lambda _, root: (
        f"the list 0x{root.hex()[:8]} is under challenge"
    ),
    "HoldingsFinal": lambda _, now, end: (
        f"it could be replaced until {clock(end)}, it was {clock(now)}"
    ),
    # The review
    "OnlyChair": lambda _, caller, chair: f"only the chair {short(chair)} may, not {short(caller)}",
    "OnlyReviewer": lambda _, caller: f"{short(caller)} is no reviewer",
    "OnlyApplicant": lambda _, caller, applicant: (
        f"only the applicant {short(applicant)} may, not {short(caller)}"
    ),
    "ProjectReview_WrongStatus": lambda _, number, actual, required: (
        f"application {number} is {_APPLICATIONS[actual]}, and would have to be "
        f"{_APPLICATIONS[required]}"
    ),
    "RevealNotOpen": lambda _, now, start: (
        f"not everybody has committed, and the time to do so runs until {clock(start)}; it was "
        f"{clock(now)}"
    ),
    "RevealOpen": lambda _, now, end: (
        f"not everybody has revealed, and the time to do so runs until {clock(end)}; it was "
        f"{clock(now)}"
    ),
    "CommitClosed": lambda _, now, _end: (
        f"everybody had committed or was recused by then, at {clock(now)}"
    ),
    "CommitmentWrong": lambda _, given, committed: (
        f"this reviewer committed to 0x{committed.hex()[:8]}, and what it shows is "
        f"0x{given.hex()[:8]}"
    ),
    "Recused": lambda _, number, reviewer: (
        f"{short(reviewer)} is recused from application {number}"
    ),
    "TermsDiffer": lambda _, given, approved: (
        f"these terms hash to 0x{given.hex()[:8]}, those approved to 0x{approved.hex()[:8]}"
    ),
    "ProjectReview_NothingToReturn": lambda _, number: (
        f"nothing of the bond of application {number} has come due"
    ),
    "AlreadyVoted": lambda _, _number, reviewer: f"{short(reviewer)} has voted for it already",
    "NotDue": lambda _, _number, milestone: f"milestone {milestone + 1} is not due any more",
    # The escrow
    "ProceedsEscrow_WrongStatus": lambda _, actual, required: (
        f"the escrow is {_ESCROWS[actual]}, and would have to be {_ESCROWS[required]}"
    ),
    "ProceedsEscrow_NothingToCollect": lambda _: "all that is free has been sent",
    "NotAttested": lambda _, milestone: f"milestone {milestone + 1} is not attested",
    "AlreadyObjected": lambda _, account: f"{short(account)} has objected already",
    "NoWeight": lambda _, account: f"{short(account)} has bought nothing",
    "NotDelisted": lambda _: "the project is not delisted",
    "AlreadyShared": lambda _, account: f"{short(account)} has its share",
    # The vault
    "NothingToRelease": lambda _, grant: f"nothing of grant 0x{grant.hex()[:8]} has vested",
    "OnlyRevoker": lambda _, caller, revoker: (
        f"this grant has no revoker, so {short(caller)} is none"
        if int(revoker, 16) == 0
        else f"only the revoker {short(revoker)} may, not {short(caller)}"
    ),
    "AlreadyRevoked": lambda _, _grant, time: f"it was revoked at {clock(time)}",
}
