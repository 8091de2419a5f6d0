"""The chronicle: what the review and the escrow say happened, read from the chain as plain data.

Amounts are decimal text in base units; times are Unix seconds. What a hash is of, is looked up in
`jumpstart.demo.documents`.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from jumpstart.chain.abi import Event
from jumpstart.chain.client import Contract
from jumpstart.demo.books import SaleBooks
from jumpstart.demo.cast import REVIEWERS
from jumpstart.demo.documents import words_of
from jumpstart.demo.play import Play
from jumpstart.escrow import EscrowStatus
from jumpstart.review import CRITERIA

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
_CARDS: Final = ("nothing", "committed, revealed nothing", "revealed", "recused")
_REVEALED: Final = 2


def rules(play: Play) -> dict[str, Any]:
    """What is fixed for all applications, as the review says it."""
    found = play.review.call("rules")
    return {
        "bond": str(found.bond),
        "challengeBond": str(found.challengeBond),
        "quorum": found.quorum,
        "reviewers": len(REVIEWERS),
        "commitSeconds": found.commitSeconds,
        "revealSeconds": found.revealSeconds,
        "approvalSeconds": found.approvalSeconds,
        "bar": found.bar,
        "criteria": [
            {"name": name, "floor": floor, "weightBps": weight}
            for name, floor, weight in zip(CRITERIA, found.floors, found.weightsBps, strict=True)
        ],
    }


def applications(play: Play) -> list[dict[str, Any]]:
    """All of them, with every scorecard."""
    review = play.review
    events = _events(review)
    return [
        _application(play, number, [each for each in events if each.args.get("id") == number])
        for number in range(1, review.call("applicationCount") + 1)
    ]


def _application(play: Play, number: int, events: Sequence[Event]) -> dict[str, Any]:
    review = play.review
    found = review.call("applicationOf", number)
    cards = play.chain.call_many(
        [(review, "scorecardOf", (number, play.role(name).address)) for name in REVIEWERS]
    )
    decided = next((each for each in events if each.name == "Decided"), None)
    uri = next(each.args["dossierUri"] for each in events if each.name == "Applied")
    return {
        "number": number,
        "status": _APPLICATIONS[found.status],
        "dossier": {
            "uri": uri,
            "hash": "0x" + found.dossierHash.hex(),
            "words": words_of(found.dossierHash),
        },
        "termsHash": "0x" + found.termsHash.hex(),
        "appliedAt": found.appliedAt,
        "expiresAt": review.call("expiryOf", number),
        "decidedAt": _time_of(play, decided) if decided else None,
        "approved": bool(decided and decided.args["approved"]),
        "medians": list(decided.args["medians"]) if decided else [],
        "total": decided.args["total"] if decided else 0,
        "cards": [
            {
                "reviewer": name,
                "stage": _CARDS[card.stage],
                "scores": list(card.scores) if card.stage == _REVEALED else [],
            }
            for name, card in zip(REVIEWERS, cards, strict=True)
        ],
        "bondReturned": str(found.bondReturned),
    }


# -------------------------------------------------------------------------------------- delivering


def delivery(play: Play, books: SaleBooks) -> dict[str, Any]:
    """The milestones, what moved when, and who exited."""
    escrow, terms = play.sale.escrow, play.stage.listing.escrow
    events = _events(escrow)
    found = escrow.call("delivery")
    names = {buyer.account: buyer.name for buyer in play.buyers}
    milestones = []
    for index, milestone in enumerate(terms.milestones):
        own = [each for each in events if each.args.get("milestone") == index]
        milestones.append(
            {
                "number": index + 1,
                "words": words_of(milestone.description_hash),
                "shareBps": milestone.share_bps,
                "deadline": milestone.deadline,
                "missedAt": milestone.deadline + terms.grace_seconds,
                "state": _state_of(index, found.current, found.status),
                "attestations": list(_attestations(play, own, names)),
            }
        )
    return {
        "initialBps": terms.initial_bps,
        "objectionBps": terms.objection_bps,
        "milestones": milestones,
        "exitAt": found.exitAt,
        "exitSeconds": terms.exit_seconds,
        "flows": list(_flows(play, events)),
        "exits": [
            {
                "name": names[account],
                "account": account,
                "time": each.time,
                "to": next(
                    event.args["to"]
                    for event in events
                    if event.name == "ExitPaid" and event.args["account"] == account
                ),
                "kept": str(each.kept),
                "returned": str(each.returned),
                "refund": str(each.refund),
                "paid": str(each.paid),
            }
            for account, each in books.escrow.exits.items()
        ],
    }


def _state_of(index: int, current: int, status: int) -> str:
    if index < current:
        return "released"
    if index == current and status in (EscrowStatus.EXITING, EscrowStatus.ENDED):
        return "missed"
    return "not reached"


def _attestations(
    play: Play, events: Sequence[Event], names: dict[str, str]
) -> Iterator[dict[str, Any]]:
    attested: dict[str, Any] | None = None
    for event in events:
        match event.name:
            case "MilestoneAttested":
                if attested:
                    yield attested
                attested = {
                    "time": _time_of(play, event),
                    "evidence": words_of(event.args["evidenceHash"]),
                    "evidenceHash": "0x" + event.args["evidenceHash"].hex(),
                    "until": event.args["objectionsUntil"],
                    "objections": [],
                    "objected": "0",
                    "vetoedAt": None,
                }
            case "Objected" if attested:
                name, weight = names[event.args["account"]], str(event.args["weight"])
                attested["objections"].append({"name": name, "weight": weight})
                attested["objected"] = str(event.args["objected"])
            case "MilestoneVetoed" if attested:
                attested["vetoedAt"] = _time_of(play, event)
    if attested:
        yield attested


def _flows(play: Play, events: Sequence[Event]) -> Iterator[dict[str, Any]]:
    kinds = {"Released": "released", "ExitPaid": "exited", "RemainderCollected": "remainder"}
    for event in events:
        if event.name in kinds:
            yield {
                "time": _time_of(play, event),
                "kind": kinds[event.name],
                "amount": str(event.args["amount"]),
            }


# ------------------------------------------------------------------------------------------- parts


def _events(contract: Contract) -> list[Event]:
    chain = contract.chain
    logs = chain.logs(contract.address, from_block=0, to_block=chain.block_number())
    return contract.events(logs)


def _time_of(play: Play, event: Event) -> int:
    return play.time_at(event.block_number)
