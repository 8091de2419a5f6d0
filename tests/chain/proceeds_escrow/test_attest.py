"""`attest`: only what the reviewers say, only of the current milestone, only in time."""

import pytest
from eth_account.signers.local import LocalAccount

from tests.chain.proceeds_escrow.escrowed import (
    DELIVERED,
    DELIVERING,
    ENDED,
    EVIDENCE,
    EXITING,
    WAITING,
    Escrowed,
)
from tests.chain.reverts import reverts


def test_an_attestation_opens_the_objection_window(delivering: Escrowed) -> None:
    """The escrow says of what, on which evidence, and until when it can be objected to."""
    receipt = delivering.attest()
    now = delivering.chain.now()
    (event,) = delivering.contract.events(receipt)
    assert (event.name, dict(event.args)) == (
        "MilestoneAttested",
        {
            "milestone": 0,
            "evidenceHash": EVIDENCE,
            "objectionsUntil": now + delivering.terms.objection_seconds,
        },
    )
    assert tuple(delivering.call("delivery")) == (DELIVERING, 0, now, 0, 1, 0, 2_000)


def test_an_attested_share_becomes_free_when_the_window_is_over(attested: Escrowed) -> None:
    """Not a second before, and without anybody doing anything."""
    end = attested.chain.now() + attested.terms.objection_seconds
    attested.at(end - 1)
    attested.check()
    assert attested.call("delivery").releasedBps == 2_000
    attested.at(end)
    attested.check()
    assert tuple(attested.call("delivery")) == (DELIVERING, 1, 0, 0, 1, attested.due(1), 4_000)


def test_only_the_review_attests(delivering: Escrowed, reviewer: LocalAccount) -> None:
    """Not even a reviewer alone."""
    with reverts("ProceedsEscrow_OnlyReview", reviewer, delivering.review):
        delivering.call("attest", 0, EVIDENCE, sender=reviewer)
    delivering.as_review("attest", 0, EVIDENCE)


@pytest.mark.parametrize("milestone", [1, 3, 4, 255, 256])
def test_only_the_current_milestone_is_attested(delivering: Escrowed, milestone: int) -> None:
    """Not a later one, and none that there is not."""
    with reverts("ProceedsEscrow_NotCurrent", milestone, 0):
        delivering.as_review("attest", milestone, EVIDENCE)


def test_a_released_milestone_is_not_attested_again(delivering: Escrowed) -> None:
    """The next one is, in the second in which its turn comes."""
    delivering.deliver()
    with reverts("ProceedsEscrow_NotCurrent", 0, 1):
        delivering.as_review("attest", 0, EVIDENCE)
    delivering.as_review("attest", 1, EVIDENCE)


def test_an_attestation_under_way_is_not_repeated(attested: Escrowed) -> None:
    """Neither for its own milestone nor for the next."""
    since = attested.chain.now()
    attested.at(since + attested.terms.objection_seconds - 1)
    with reverts("ProceedsEscrow_AlreadyAttested", 0, since):
        attested.as_review("attest", 0, EVIDENCE)
    with reverts("ProceedsEscrow_NotCurrent", 1, 0):
        attested.as_review("attest", 1, EVIDENCE)


def test_a_milestone_is_attested_in_the_last_second_of_its_grace(delivering: Escrowed) -> None:
    """Its share is then free after the window, as if it had been early."""
    delivering.next_at(delivering.due() - 1)
    delivering.attest()
    delivering.at(delivering.due() - 1 + delivering.terms.objection_seconds)
    assert delivering.call("delivery").current == 1


def test_a_missed_milestone_is_not_attested(exiting: Escrowed) -> None:
    """One second later it is too late, and stays so."""
    with reverts("ProceedsEscrow_WrongStatus", EXITING, DELIVERING):
        exiting.as_review("attest", 0, EVIDENCE)
    exiting.at(exiting.due() + exiting.terms.exit_seconds)
    with reverts("ProceedsEscrow_WrongStatus", ENDED, DELIVERING):
        exiting.as_review("attest", 0, EVIDENCE)


def test_nothing_is_attested_before_the_sale_succeeded(waiting: Escrowed) -> None:
    """Settled a second later, it is."""
    with reverts("ProceedsEscrow_WrongStatus", WAITING, DELIVERING):
        waiting.as_review("attest", 0, EVIDENCE)
    waiting.trial.settle()
    waiting.as_review("attest", 0, EVIDENCE)


def test_nothing_is_attested_after_the_sale_failed(failed: Escrowed) -> None:
    """Also not at the dates of the milestones."""
    with reverts("ProceedsEscrow_WrongStatus", WAITING, DELIVERING):
        failed.as_review("attest", 0, EVIDENCE)
    failed.at(failed.due())
    with reverts("ProceedsEscrow_WrongStatus", WAITING, DELIVERING):
        failed.as_review("attest", 0, EVIDENCE)


def test_nothing_is_attested_once_all_is_delivered(delivered: Escrowed) -> None:
    """There is no fifth milestone."""
    assert tuple(delivered.call("delivery")) == (DELIVERED, 4, 0, 0, 4, 0, 10_000)
    with reverts("ProceedsEscrow_WrongStatus", DELIVERED, DELIVERING):
        delivered.as_review("attest", 4, EVIDENCE)
