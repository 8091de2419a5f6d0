"""`object`: participants, by what they were allotted, against the attestation under way."""

import pytest
from eth_account.signers.local import LocalAccount

from tests.chain.proceeds_escrow.escrowed import DELIVERING, EVIDENCE, EXITING, WAITING, Escrowed
from tests.chain.reverts import reverts
from tests.chain.stage import Stage, Trial

BUYER = 69_443  # of 300,000 tokens: more than a fifth
RIVAL = 50_003  # less


def test_an_objection_counts_with_the_allotment(attested: Escrowed, rival: LocalAccount) -> None:
    """Below the share that vetoes, it is noted and nothing else."""
    since = attested.chain.now()
    receipt = attested.object(rival)
    (event,) = attested.contract.events(receipt)
    assert (event.name, dict(event.args)) == (
        "Objected",
        {"milestone": 0, "account": rival.address, "weight": RIVAL, "objected": RIVAL},
    )
    assert tuple(attested.call("delivery")) == (DELIVERING, 0, since, RIVAL, 1, 0, 2_000)
    assert attested.call("hasObjected", rival.address)
    attested.at(since + attested.terms.objection_seconds)
    assert attested.call("delivery").current == 1
    attested.check()


def test_objections_of_a_fifth_veto(attested: Escrowed, buyer: LocalAccount) -> None:
    """The milestone counts as not attested, and its time goes on."""
    receipt = attested.object(buyer)
    assert [(event.name, dict(event.args)) for event in attested.contract.events(receipt)] == [
        (
            "Objected",
            {"milestone": 0, "account": buyer.address, "weight": BUYER, "objected": BUYER},
        ),
        ("MilestoneVetoed", {"milestone": 0, "objected": BUYER}),
    ]
    assert tuple(attested.call("delivery")) == (
        DELIVERING,
        0,
        0,
        0,
        1,
        attested.due(),
        2_000,
    )
    attested.at(attested.due() - 1)
    assert attested.status == DELIVERING
    attested.at(attested.due())
    assert attested.status == EXITING


def test_objections_add_up_to_a_veto(
    attested: Escrowed, buyer: LocalAccount, rival: LocalAccount
) -> None:
    """The one that completes the share vetoes."""
    attested.object(rival)
    receipt = attested.object(attested.people.buyers[0])
    vetoed = attested.event(receipt, "MilestoneVetoed").args["objected"]
    assert vetoed == RIVAL + attested.trial.ledger.weight_of(attested.people.buyers[0].address)
    attested.check()


@pytest.mark.parametrize(
    ("objection_bps", "vetoes"), [(1_999, True), (2_000, True), (2_001, False)]
)
def test_the_share_that_vetoes_is_exact(
    stage: Stage, buyer: LocalAccount, rival: LocalAccount, objection_bps: int, vetoes: bool
) -> None:
    """Who has a fifth of what was sold, to the token, has 2,000 basis points."""
    trial = stage.open(objection_bps=objection_bps)
    trial.subscribe_all([(buyer, 60_000), (rival, 240_000)])
    trial.settle()
    escrow = Escrowed(trial)
    escrow.attest()
    escrow.object(buyer)
    assert (escrow.call("delivery").attestedAt == 0) is vetoes
    escrow.check()


def test_who_has_claimed_objects_with_the_same_weight(
    attested: Escrowed, rival: LocalAccount
) -> None:
    """What is sold or moved of the tokens changes nothing."""
    attested.claim(rival)
    assert attested.event(attested.object(rival), "Objected").args["weight"] == RIVAL


def test_nobody_objects_twice_to_one_attestation(attested: Escrowed, rival: LocalAccount) -> None:
    """Another participant does."""
    attested.object(rival)
    with reverts("ProceedsEscrow_AlreadyObjected", rival):
        attested.call("object", sender=rival)
    attested.call("object", sender=attested.people.buyers[0])


def test_who_objected_can_object_to_the_next_attestation(
    attested: Escrowed, rival: LocalAccount, buyer: LocalAccount
) -> None:
    """What was objected to the first does not count for it."""
    attested.object(rival)
    attested.object(buyer)
    attested.attest()
    assert attested.call("delivery").objected == 0
    assert not attested.call("hasObjected", rival.address)
    attested.object(rival)
    attested.check()
    assert attested.call("delivery").objected == RIVAL


def test_who_objected_can_object_to_the_next_milestone(
    attested: Escrowed, rival: LocalAccount
) -> None:
    """The window of the first is over, and the second is attested."""
    attested.object(rival)
    attested.at(attested.chain.now() + attested.terms.objection_seconds)
    attested.attest(1)
    attested.object(rival)
    attested.check()


def test_only_participants_object(attested: Escrowed, bystander: LocalAccount) -> None:
    """Tokens that were not allotted in the sale weigh nothing."""
    with reverts("ProceedsEscrow_NoWeight", bystander):
        attested.call("object", sender=bystander)


def test_an_objection_is_in_time_until_the_window_is_over(
    attested: Escrowed, rival: LocalAccount
) -> None:
    """In its last second, and not in the next."""
    end = attested.chain.now() + attested.terms.objection_seconds
    attested.at(end - 1)
    attested.call("object", sender=rival)
    attested.at(end)
    with reverts("ProceedsEscrow_NotAttested", 1):
        attested.call("object", sender=rival)


def test_nothing_is_there_to_object_to_before_an_attestation(
    delivering: Escrowed, rival: LocalAccount
) -> None:
    """And nothing after a veto."""
    with reverts("ProceedsEscrow_NotAttested", 0):
        delivering.call("object", sender=rival)


def test_nobody_objects_while_the_sale_is_not_settled(
    waiting: Escrowed, buyer: LocalAccount
) -> None:
    """Nothing can have been attested."""
    with reverts("ProceedsEscrow_WrongStatus", WAITING, 1):
        waiting.call("object", sender=buyer)


@pytest.mark.parametrize("late", [-1, 0, 1])
def test_a_veto_after_the_time_for_the_milestone_opens_the_exit_right_at_once(
    delivering: Escrowed, buyer: LocalAccount, late: int
) -> None:
    """A second before, what is left of the time is left for another attestation."""
    due = delivering.due()
    delivering.next_at(due - 10)
    delivering.attest()
    delivering.next_at(due + late)
    delivering.object(buyer)
    delivering.check()
    status, exit_at = (DELIVERING, due) if late < 0 else (EXITING, due + late)
    assert (delivering.status, delivering.call("delivery").exitAt) == (status, exit_at)
    delivering.at(exit_at + delivering.terms.exit_seconds - 1)
    assert delivering.status == EXITING


def test_a_milestone_whose_turn_comes_too_late_is_missed_at_once(stage: Stage) -> None:
    """The exit window begins then: it is a whole one, although the date had gone by long before."""
    trial: Trial = stage.open(objection_seconds=2**31)
    trial.oversubscribe()
    trial.settle()
    escrow = Escrowed(trial)
    escrow.attest()
    end = escrow.chain.now() + 2**31
    assert end > escrow.due(3) + escrow.terms.exit_seconds
    escrow.at(end - 1)
    assert escrow.status == DELIVERING
    escrow.at(end)
    escrow.check()
    assert (escrow.status, escrow.call("delivery").exitAt) == (EXITING, end)
    with reverts("ProceedsEscrow_WrongStatus", EXITING, DELIVERING):
        escrow.as_review("attest", 1, EVIDENCE)
