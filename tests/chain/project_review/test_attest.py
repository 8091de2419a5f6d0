"""`voteToAttest`, carried: the reviewers say that a milestone was delivered."""

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak

from jumpstart.chain.client import Chain
from tests.chain import figures
from tests.chain.project_review.panel import (
    APPROVED,
    ATTEST,
    EVIDENCE,
    LISTED,
    REASON,
    REVIEWERS,
    Court,
)
from tests.chain.reverts import reverts
from tests.chain.stage import Trial

FIRST, SECOND, THIRD, FOURTH, FIFTH = REVIEWERS


@pytest.fixture
def settled(court: Court) -> Trial:
    """It succeeded; the first of its four milestones is due."""
    trial = court.stage.open()
    trial.oversubscribe()
    trial.settle()
    return trial


@pytest.fixture
def attested(court: Court, settled: Trial) -> Trial:
    """Its first milestone; participants can object."""
    court.vote_to_attest(settled.sale.application, 0, [FIRST, SECOND, THIRD])
    return settled


def attesting(trial: Trial, *, attestations: int) -> bytes:
    """The name of the motion for the first milestone, after so many attestations."""
    words = [ATTEST, trial.sale.application, 0, EVIDENCE, attestations]
    return keccak(encode(["uint8", "uint256", "uint256", "bytes32", "uint256"], words))


def test_a_quorum_attests_the_milestone(court: Court, settled: Trial) -> None:
    """With its third vote, not before."""
    application = settled.sale.application
    court.vote_to_attest(application, 0, [FIRST, SECOND])
    assert settled.escrow.call("delivery").attestedAt == 0
    (receipt,) = court.vote_to_attest(application, 0, [THIRD])
    now = court.time_of(receipt)
    assert settled.escrow.call("delivery").attestedAt == now
    assert settled.escrow.event(receipt, "MilestoneAttested").args == {
        "milestone": 0,
        "evidenceHash": EVIDENCE,
        "objectionsUntil": now + figures.OBJECTION,
    }


def test_votes_on_different_evidence_do_not_add_up(court: Court, settled: Trial) -> None:
    """A quorum must have seen the same."""
    application = settled.sale.application
    court.vote_to_attest(application, 0, [FIRST, SECOND])
    court.send("voteToAttest", application, 0, REASON, sender=THIRD)
    assert settled.escrow.call("delivery").attestedAt == 0
    (receipt,) = court.vote_to_attest(application, 0, [FOURTH])
    assert settled.escrow.call("delivery").attestedAt == court.time_of(receipt)


def test_votes_for_a_vetoed_attestation_do_not_count_for_the_next(
    court: Court, attested: Trial
) -> None:
    """After the veto it takes a quorum again: the fourth reviewer alone does nothing."""
    application, people = attested.sale.application, court.stage.people
    for person in people.buyers[:5]:
        if attested.escrow.call("delivery").attestedAt:
            attested.escrow.send("object", sender=person)
    assert attested.escrow.call("delivery").attestedAt == 0
    (receipt,) = court.vote_to_attest(application, 0, [FOURTH])
    assert court.event(receipt, "Voted").args["motion"] == attesting(attested, attestations=1)
    assert attested.escrow.call("delivery").attestedAt == 0
    court.vote_to_attest(application, 0, [FIRST])
    assert attested.escrow.call("delivery").attestedAt == 0
    (receipt,) = court.vote_to_attest(application, 0, [SECOND])
    assert attested.escrow.call("delivery").attestedAt == court.time_of(receipt)


def test_a_milestone_that_is_attested_is_not_voted_on(court: Court, attested: Trial) -> None:
    """Nor is the next one before the objections are over."""
    application = attested.sale.application
    end = attested.escrow.call("delivery").attestedAt + figures.OBJECTION
    court.chain.mine_at(end - 1)
    for milestone in (0, 1):
        with reverts("ProjectReview_NotDue", application, milestone):
            court.call("voteToAttest", application, milestone, EVIDENCE, sender=FOURTH)
    court.chain.mine_at(end)
    with reverts("ProjectReview_NotDue", application, 0):
        court.call("voteToAttest", application, 0, EVIDENCE, sender=FOURTH)
    *_, last = court.vote_to_attest(application, 1, [FIRST, SECOND, FOURTH])
    assert attested.escrow.call("delivery").attestedAt == court.time_of(last)


def test_a_milestone_is_not_voted_on_before_the_sale_has_succeeded(court: Court) -> None:
    """From the settlement on it is."""
    trial = court.stage.open()
    trial.oversubscribe()
    application = trial.sale.application
    with reverts("ProjectReview_NotDue", application, 0):
        court.call("voteToAttest", application, 0, EVIDENCE, sender=FIRST)
    trial.settle()
    court.call("voteToAttest", application, 0, EVIDENCE, sender=FIRST)


def test_a_missed_milestone_is_not_voted_on(court: Court, settled: Trial, chain: Chain) -> None:
    """A second before its grace is over it is; other milestones are not its substitute."""
    application = settled.sale.application
    missed_at = settled.sale.listing.escrow.milestones[0].deadline + figures.GRACE
    chain.mine_at(missed_at - 1)
    court.call("voteToAttest", application, 0, EVIDENCE, sender=FIRST)
    with reverts("ProjectReview_NotDue", application, 1):
        court.call("voteToAttest", application, 1, EVIDENCE, sender=FIRST)
    chain.mine_at(missed_at)
    for milestone in (0, 1):
        with reverts("ProjectReview_NotDue", application, milestone):
            court.call("voteToAttest", application, milestone, EVIDENCE, sender=FIRST)


def test_a_milestone_is_not_attested_without_evidence(court: Court, settled: Trial) -> None:
    """The zero hash is none."""
    with reverts("ProjectReview_HashZero"):
        court.call("voteToAttest", settled.sale.application, 0, bytes(32), sender=FIRST)


def test_there_are_no_milestones_of_what_is_not_listed(court: Court) -> None:
    """An approval is no sale yet."""
    application = court.brought_to(APPROVED)
    with reverts("ProjectReview_WrongStatus", application, APPROVED, LISTED):
        court.call("voteToAttest", application, 0, EVIDENCE, sender=FIRST)
