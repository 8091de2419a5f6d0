"""Applications as the review on a chain has them: status, scorecards, medians.

Scorecards are read from the contract's storage; its events only say which reviewers to ask for.
"""

from typing import Any, Final

from jumpstart.chain.abi import Event
from jumpstart.chain.client import Contract
from jumpstart.errors import InputError
from jumpstart.review import CRITERIA

STATUSES: Final = (
    "none",
    "applied",
    "approved",
    "rejected",
    "expired",
    "withdrawn",
    "listed",
    "delisted",
)
"""Names of the contract's `ApplicationStatus`, by number."""

STAGES: Final = ("none", "committed", "revealed", "recused")
"""Names of the contract's `CardStage`, by number."""

_ACTS: Final = ("Committed", "Recused", "Revealed")  # events of who has a scorecard


def read_application(review: Contract, application: int, *, from_block: int = 0) -> dict[str, Any]:
    """Everything the review says of an application, as plain data for JSON: amounts are decimal
    text in base units, times Unix seconds. Looks for events from `from_block` on.

    Raises `InputError` when there is no application of that number, or it is older than that.
    """
    count: int = review.call("applicationCount")
    if not 1 <= application <= count:
        raise InputError(f"application {application}: there are {count}")
    found, rules = review.call("applicationOf", application), review.call("rules")
    medians, total = review.call("resultOf", application)
    events = _events_of(review, application, from_block)
    uris = [event.args["dossierUri"] for event in events if event.name == "Applied"]
    if not uris:
        raise InputError(f"application {application} was made before block {from_block}")
    return {
        "application": application,
        "status": STATUSES[found.status],
        "applicant": found.applicant,
        "appliedAt": found.appliedAt,
        "expiresAt": review.call("expiryOf", application),
        "closedAt": found.closedAt or None,
        "termsHash": "0x" + found.termsHash.hex(),
        "dossierHash": "0x" + found.dossierHash.hex(),
        "dossierUri": uris[0],
        "bond": str(rules.bond),
        "bondReturned": str(found.bondReturned),
        "quorum": rules.quorum,
        "bar": rules.bar,
        "total": total,
        "criteria": [
            {"name": name, "floor": floor, "weightBps": weight, "median": median}
            for name, floor, weight, median in zip(
                CRITERIA, rules.floors, rules.weightsBps, medians, strict=True
            )
        ],
        "scorecards": [
            _card_of(review, application, reviewer)
            for reviewer in dict.fromkeys(e.args["reviewer"] for e in events if e.name in _ACTS)
        ],
    }


def _card_of(review: Contract, application: int, reviewer: str) -> dict[str, Any]:
    card = review.call("scorecardOf", application, reviewer)
    stage = STAGES[card.stage]
    return {
        "reviewer": reviewer,
        "stage": stage,
        "commitment": "0x" + card.commitment.hex(),
        "scores": list(card.scores) if stage == "revealed" else None,
    }


def _events_of(review: Contract, application: int, from_block: int) -> list[Event]:
    logs = review.chain.logs(
        review.address,
        from_block=from_block,
        to_block=review.chain.block_number(),
        topics=[None, "0x" + application.to_bytes(32).hex()],
    )
    return review.events(logs)


def reviewers_of(review: Contract, *, from_block: int = 0, to_block: int | None = None) -> set[str]:
    """Who is in office, by the events of the review from `from_block` on."""
    last = review.chain.block_number() if to_block is None else to_block
    logs = review.chain.logs(review.address, from_block=from_block, to_block=last)
    present: set[str] = set()
    for event in review.events(logs):
        if event.name == "ReviewerJoined":
            present.add(event.args["account"])
        elif event.name == "ReviewerLeft":
            present.discard(event.args["account"])
    return present
