"""Reasons: what each custom error of the contracts means, in plain words with its figures.

Knows the errors that the demo provokes. One that is missing here is a mistake of the demo, and says
so by its `KeyError`.
"""

from collections.abc import Callable
from typing import Final

from jumpstart.demo.numerals import clock, short, shown
from jumpstart.drafts import TokensSection
from jumpstart.errors import ContractRevert
from jumpstart.jurisdictions import alpha2_of
from jumpstart.ledger import Status

_STATES: Final = ("not funded", "running", "a success", "a failure")


def words_of(refusal: ContractRevert, tokens: TokensSection) -> str:
    """The reason in words, the end of a sentence that begins "turned away because"."""
    _, _, rule = refusal.name.partition("_")
    explain: Callable[..., str] = _WORDS[rule]
    return explain(tokens, *refusal.args)


def _tokens(tokens: TokensSection, amount: int) -> str:
    return shown(amount, tokens.sale.unit)


def _holding(tokens: TokensSection, amount: int) -> str:
    return shown(amount, tokens.holding.unit)


def _state(status: int) -> str:
    return _STATES[Status(status) if status else 0]


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
    "WrongStatus": lambda _, actual, required: (
        f"the sale is {_state(actual)}, and would have to be {_state(required)}"
    ),
    "NothingToClaim": lambda _, account: f"{short(account)} has nothing to take now",
    "NothingToCollect": lambda _: "it was collected before",
    "ClaimOpen": lambda _, account: f"{short(account)} still has something to claim",
}
