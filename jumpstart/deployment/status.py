"""How far a deployment is: what the journal says, and what the chain says of it now."""

from dataclasses import dataclass
from typing import Any

from jumpstart.chain.applications import STATUSES
from jumpstart.chain.client import Chain
from jumpstart.deployment.journal import Entry
from jumpstart.deployment.state import Progress, State
from jumpstart.errors import InputError
from jumpstart.times import format_time


@dataclass(frozen=True, kw_only=True)
class StepStatus:
    """One step: `state` is done, there already, mined, sent, or open."""

    step: str
    state: str
    transaction: str | None
    block: int | None
    confirmations: int | None
    detail: str


@dataclass(frozen=True, kw_only=True)
class Status:
    """`state`: done, under way, or empty. `facts` are about what was deployed, as of now."""

    title: str
    kind: str
    chain_id: int
    state: str
    steps: tuple[StepStatus, ...]
    facts: tuple[tuple[str, str], ...]


def status_of(entries: tuple[Entry, ...], chain: Chain | None) -> Status:
    """The status of a journal; without a chain what the journal alone can say.

    Raises `InputError` for a journal without a beginning, or of another chain.
    """
    state = State.of(entries)
    begin = state.begin
    if begin is None:
        raise InputError("nothing was begun")
    head = None
    if chain is not None:
        found = {"chainId": str(chain.chain_id), "genesis": chain.header(0).hash}
        for field, value in found.items():
            if begin[field] != value:
                raise InputError(f"{field}: begun on {begin[field]}, the node has {value}")
        head = chain.block_number()
    steps = tuple(_step(name, progress, head) for name, progress in state.progress.items())
    inputs = begin["inputs"]
    return Status(
        title=inputs["title"],
        kind=inputs["kind"],
        chain_id=int(begin["chainId"]),
        state="done" if state.is_ended else "under way",
        steps=steps,
        facts=tuple(_facts(inputs, state, chain)) if chain is not None else (),
    )


def _step(name: str, progress: Progress, head: int | None) -> StepStatus:
    mined = progress.mined
    sent = progress.hashes[-1] if progress.hashes else None
    if progress.is_done:
        state = "done" if mined else progress.how
    elif mined:
        state = "mined"
    else:
        state = "sent" if progress.attempts else "open"
    replacements = len(progress.attempts) - 1
    return StepStatus(
        step=name,
        state=state,
        transaction=mined.hash if mined else sent,
        block=mined.block if mined else None,
        confirmations=head - mined.block + 1 if mined and head is not None else None,
        detail=f"replaced {replacements} times by a higher fee" if replacements > 0 else "",
    )


def _facts(inputs: dict[str, Any], state: State, chain: Chain) -> list[tuple[str, str]]:
    """What matters next, for a sale."""
    applied = state.results.get("apply")
    if inputs["kind"] != "sale" or applied is None:
        return []
    launchpad = chain.contract("Launchpad", inputs["launchpad"])
    review = chain.contract("ProjectReview", launchpad.call("REVIEW"))
    number = int(applied["application"])
    found, rules = review.call("applicationOf", number), review.call("rules")
    facts = [
        ("application", f"{number}, {STATUSES[found.status]}"),
        (
            "scorecards",
            f"{found.revealed} revealed, {found.committed} committed, quorum {rules.quorum}",
        ),
    ]
    if STATUSES[found.status] in ("applied", "approved"):
        facts.append(("to be listed before", format_time(review.call("expiryOf", number))))
    address = launchpad.call("saleOf", number)
    if int(address, 16) == 0:
        return facts
    sale = chain.contract("SubscriptionSale", address)
    session = inputs["terms"]["sale"]["sessions"][0]
    start, window = (
        int(session["start"]),
        int(inputs["terms"]["sale"]["parties"]["challengeSeconds"]),
    )
    facts += [
        ("sale", address),
        ("first session", format_time(start)),
        ("holdings to be posted before", format_time(start - 2 * window)),
        ("holdings posted", "yes" if any(sale.call("opening").root) else "no"),
    ]
    return facts
