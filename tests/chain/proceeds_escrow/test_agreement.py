"""Whole lives of an escrow, drawn at random, on the chain and in the model side by side.

At each step both accept, or both refuse by the same error with the same figures; after it every figure that the escrow
shows, and what it has, is the model's. Time mostly moves to where something changes, or to the second before.
"""

from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest

from jumpstart.errors import LedgerRefusal
from jumpstart.escrow import EscrowLedger, EscrowStatus
from tests.chain import figures
from tests.chain.proceeds_escrow.escrowed import EVIDENCE, Escrowed
from tests.chain.reverts import reverts
from tests.chain.stage import Stage, paid_in

SEEDS = range(476, 482)
"""With these few, every kind of step is seen."""

STEPS = 24

SEEN: Counter[str] = Counter()
"""How often each action was accepted, and refused for each reason."""

MUST_BE_SEEN = {
    *("attest", "object", "release", "exit", "collectRemainder", "delist", "shareBond", "claim"),
    "attest: WrongStatus",
    "attest: NotCurrent",
    "attest: AlreadyAttested",
    "object: WrongStatus",
    "object: NotAttested",
    "object: AlreadyObjected",
    "object: NoWeight",
    "release: NothingToCollect",
    "exit: WrongStatus",
    "exit: NothingToReturn",
    "exit: NothingSubscribed",
    "collectRemainder: WrongStatus",
    "collectRemainder: NothingToCollect",
    "delist: AlreadyDelisted",
    "shareBond: NotDelisted",
    "shareBond: AlreadyShared",
    "shareBond: NoWeight",
}

ACTIONS = (
    "attest",
    "object",
    "release",
    "exit",
    "collectRemainder",
    "delist",
    "shareBond",
    "claim",
)

LIKELY: dict[tuple[EscrowStatus, bool], tuple[str, ...]] = {
    (EscrowStatus.DELIVERING, False): ("attest", "attest", "release", "claim"),
    (EscrowStatus.DELIVERING, True): ("object", "object", "object", "release"),
    (EscrowStatus.DELIVERED, False): ("release", "delist", "shareBond"),
    (EscrowStatus.EXITING, False): ("exit", "exit", "release", "shareBond", "claim"),
    (EscrowStatus.ENDED, False): ("collectRemainder", "release", "shareBond"),
}
"""What is mostly tried, by status and whether an attestation is under way, so that not all is refused."""


@dataclass(frozen=True)
class Step:
    """Something is tried, by or for one of the buyers; the last of them has bought nothing."""

    is_likely: bool
    choice: int  # of the action
    who: int
    turn: int  # 0: the time stays; else to a moment at which something changes, or a second before
    is_early: bool
    offset: int  # of the milestone, from the current one


def drawn(seed: int) -> list[Step]:
    """The same script for the same seed."""
    random = Random(seed)
    return [
        Step(
            is_likely=random.random() < 0.75,
            choice=random.randrange(40),
            who=random.choices(range(6), (4, 1, 1, 1, 4, 2))[0],
            turn=random.choices((0, 1, 2), (16, 3, 1))[0],
            is_early=random.random() < 0.5,
            offset=random.choices((0, 1, 255), (8, 1, 1))[0],
        )
        for _ in range(STEPS)
    ]


@pytest.fixture(scope="module", params=[False, True], ids=["token", "coin"])
def succeeded(stage: Stage, request: pytest.FixtureRequest) -> Escrowed:
    """A sale that has just succeeded; vesting goes on beyond the last milestone."""
    trial = stage.open(objection_bps=4_000, **paid_in(is_native=request.param))
    trial.oversubscribe()
    trial.settle()
    return Escrowed(trial)


def moments(escrow: Escrowed) -> list[int]:
    """When time alone will change something, the next first."""
    now = escrow.chain.now()
    delivery = escrow.model.delivery(now)
    vesting = escrow.trial.terms.vesting
    ahead = {vesting.start + vesting.duration_seconds}
    if delivery.attested_at:
        ahead.add(delivery.attested_at + escrow.terms.objection_seconds)
    if delivery.exit_at:
        ahead |= {delivery.exit_at, delivery.exit_at + escrow.terms.exit_seconds}
    return sorted(moment for moment in ahead if moment > now + 2)


def play(escrow: Escrowed, step: Step) -> None:
    ahead = moments(escrow)
    if step.turn and ahead:
        escrow.next_at(ahead[min(step.turn, len(ahead)) - 1] - step.is_early)
    time = escrow.chain.now() + 1
    people, model, ledger = escrow.people, escrow.model, escrow.model.sale
    person, stranger = people.buyers[step.who], people.stranger
    delivery = model.delivery(time)
    likely = LIKELY[delivery.status, delivery.attested_at != 0]
    choices = likely if step.is_likely else ACTIONS
    action = choices[step.choice % len(choices)]
    milestone = delivery.current + step.offset
    application = escrow.trial.sale.application
    review, send = escrow.review.send, escrow.send
    steps: dict[str, tuple[Callable[[], Any], Callable[[], Any]]] = {
        "attest": (
            lambda: model.attest(milestone, time),
            lambda: review(
                "voteToAttest", application, milestone, EVIDENCE, sender=people.reviewer
            ),
        ),
        "object": (
            lambda: model.object(person.address, time),
            lambda: send("object", sender=person),
        ),
        "release": (lambda: model.release(time), lambda: send("release", sender=stranger)),
        "exit": (
            lambda: model.exit(person.address, time),
            lambda: send("exit", person.address, sender=person),
        ),
        "collectRemainder": (
            lambda: model.collect_remainder(time),
            lambda: send("collectRemainder", sender=stranger),
        ),
        "delist": (
            lambda: model.delist(figures.BOND - returned(escrow, time), time),
            lambda: escrow.stage.delist(escrow.trial),
        ),
        "shareBond": (
            lambda: model.share_bond(person.address),
            lambda: send("shareBond", person.address, sender=stranger),
        ),
        "claim": (
            lambda: ledger.claim(person.address, time),
            lambda: escrow.trial.send("claim", sender=person),
        ),
    }
    in_model, on_chain = steps[action]
    try:
        in_model()
    except LedgerRefusal as refused:
        SEEN[f"{action}: {refused.name.partition('_')[2]}"] += 1
        as_review = {"attest": (milestone, EVIDENCE), "delist": (0,)}.get(action)
        if as_review is not None:  # it would refuse by itself, before it asks the escrow
            escrow.at(time)
        with reverts(refused.name, *refused.args):
            on_chain() if as_review is None else escrow.as_review(action, *as_review)
    else:
        SEEN[action] += 1
        on_chain()
    assert escrow.chain.now() == time
    escrow.check(person)


def returned(escrow: Escrowed, time: int) -> int:
    """What of the bond is the applicant's already: a twelfth for each 30 days since the listing."""
    application = escrow.review.call("applicationOf", escrow.trial.sale.application)
    months: int = min(12, (time - application.closedAt) // (30 * figures.DAY))
    return figures.BOND * months // 12


@pytest.mark.parametrize("seed", SEEDS)
def test_the_escrow_does_what_the_model_does(succeeded: Escrowed, seed: int) -> None:
    """Whatever happens, in whatever order, at whatever time."""
    escrow = Escrowed(succeeded.trial)
    escrow.model = EscrowLedger(escrow.terms, deepcopy(succeeded.trial.ledger))
    for step in drawn(seed):
        play(escrow, step)
    finish(escrow)


def finish(escrow: Escrowed) -> None:
    """Long after, all that can still be collected is collected: nothing of the proceeds is left."""
    chain, stranger = escrow.chain, escrow.people.stranger
    escrow.at(chain.now() + 10 * 365 * figures.DAY)
    for action, function in (("release", "release"), ("collect_remainder", "collectRemainder")):
        try:
            getattr(escrow.model, action)(chain.now() + 1)
        except LedgerRefusal as refused:
            with reverts(refused.name, *refused.args):
                escrow.send(function, sender=stranger)
        else:
            escrow.send(function, sender=stranger)
    escrow.check()
    assert escrow.model.held == 0
    ended = escrow.model.delivery(chain.now()).status
    assert ended in (EscrowStatus.DELIVERED, EscrowStatus.ENDED)


def test_every_kind_of_step_was_seen() -> None:
    """Else the runs above prove less than they seem to."""
    assert MUST_BE_SEEN - SEEN.keys() == set()
