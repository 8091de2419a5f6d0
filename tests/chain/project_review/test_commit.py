"""`commit`: a scorecard that nobody can read or copy."""

import pytest
from eth_account.signers.local import LocalAccount

from jumpstart.chain.client import Chain
from tests.chain.project_review.panel import (
    APPLIED,
    APPROVED,
    COMMITTED,
    EXPIRED,
    GOOD,
    LISTED,
    NEWCOMER,
    NONE,
    REJECTED,
    REVIEWERS,
    SALT,
    WITHDRAWN,
    Panel,
)
from tests.chain.reverts import reverts
from tests.chain.stage import account

FIRST, SECOND, *_ = REVIEWERS
COMMITMENT = b"\7" * 32
OTHER = b"\x08" * 32


def test_a_commitment_is_kept_and_announced(panel: Panel, application: int) -> None:
    """Without a score in it."""
    receipt = panel.send("commit", application, COMMITMENT, sender=FIRST)
    assert panel.event(receipt, "Committed").args == {
        "id": application,
        "reviewer": FIRST.address,
        "commitment": COMMITMENT,
    }
    assert panel.call("scorecardOf", application, FIRST.address) == (
        COMMITTED,
        COMMITMENT,
        (0,) * 7,
    )
    assert panel.call("scorecardOf", application, SECOND.address) == (0, bytes(32), (0,) * 7)
    assert panel.call("applicationOf", application).committed == 1


def test_a_second_commitment_replaces_the_first(panel: Panel, application: int) -> None:
    """The reviewer is counted once."""
    panel.send("commit", application, COMMITMENT, sender=FIRST)
    panel.send("commit", application, OTHER, sender=FIRST)
    assert panel.call("scorecardOf", application, FIRST.address).commitment == OTHER
    assert panel.call("applicationOf", application).committed == 1
    panel.send("commit", application, COMMITMENT, sender=SECOND)
    assert panel.call("applicationOf", application).committed == 2


def test_only_a_reviewer_commits(panel: Panel, application: int) -> None:
    """Neither the chair nor the applicant nor who is appointed."""
    people = panel.stage.people
    panel.send("appointReviewer", NEWCOMER.address, sender=people.chair)
    for other in (*people.all, NEWCOMER):
        with reverts("ProjectReview_OnlyReviewer", other):
            panel.call("commit", application, COMMITMENT, sender=other)


def test_a_removed_reviewer_does_not_commit(panel: Panel, application: int) -> None:
    """Until the removal they could."""
    panel.call("commit", application, COMMITMENT, sender=FIRST)
    panel.send("removeReviewer", FIRST.address, sender=panel.stage.people.chair)
    with reverts("ProjectReview_OnlyReviewer", FIRST):
        panel.call("commit", application, COMMITMENT, sender=FIRST)


def test_committing_ends_with_its_time(panel: Panel, application: int, chain: Chain) -> None:
    """`appliedAt <= now < appliedAt + commitSeconds`."""
    end = panel.commit_end(application)
    chain.mine_at(end - 1)
    panel.call("commit", application, COMMITMENT, sender=FIRST)
    for late in (0, 1):
        chain.mine_at(end + late)
        with reverts("ProjectReview_CommitClosed", end + late, end):
            panel.call("commit", application, COMMITMENT, sender=FIRST)


def test_nobody_commits_once_somebody_has_revealed(
    panel: Panel, committed_application: int, chain: Chain
) -> None:
    """A reviewer who knows a score cannot change theirs."""
    application = committed_application
    panel.reveal(application, FIRST)
    with reverts("ProjectReview_CommitClosed", chain.now(), panel.commit_end(application)):
        panel.call("commit", application, COMMITMENT, sender=SECOND)
    assert chain.now() < panel.commit_end(application)


@pytest.mark.parametrize("status", [NONE, APPROVED, REJECTED, EXPIRED, WITHDRAWN, LISTED])
def test_nobody_commits_to_an_application_that_is_not_open(panel: Panel, status: int) -> None:
    """Only to one that waits for its decision."""
    application = panel.brought_to(status)
    with reverts("ProjectReview_WrongStatus", application, status, APPLIED):
        panel.call("commit", application, COMMITMENT, sender=FIRST)


def test_a_commitment_is_the_hash_that_the_model_says(panel: Panel, application: int) -> None:
    """Also for an application that is not there yet, and a reviewer who is none."""
    for number, reviewer in ((application, FIRST), (9, account("anybody"))):
        for scores in (GOOD, (0,) * 7, (100, 0, 1, 2, 3, 4, 5)):
            commitment = panel.call("commitmentOf", number, reviewer.address, scores, SALT)
            assert commitment == panel.commitment(number, reviewer, scores)


def test_nobody_commits_again_once_all_have_committed(panel: Panel, chain: Chain) -> None:
    """Revealing is open then: who sees a score on its way cannot take it over."""
    application = panel.apply()
    panel.commit_all(application)
    end = panel.commit_end(application)
    with reverts("ProjectReview_CommitClosed", chain.now(), end):
        panel.call("commit", application, bytes(32), sender=REVIEWERS[0])


def test_a_newcomer_does_not_open_the_commitments_again(
    panel: Panel, chair: LocalAccount, chain: Chain
) -> None:
    """Who joins when all have committed is too late, and keeps nobody from revealing."""
    panel.send("appointReviewer", NEWCOMER.address, sender=chair)
    chain.mine_at(chain.now() + panel.rules.notice_seconds)
    application = panel.apply()
    panel.commit_all(application)
    panel.send("acceptAppointment", sender=NEWCOMER)
    end = panel.commit_end(application)
    for late in (NEWCOMER, REVIEWERS[0]):
        with reverts("ProjectReview_CommitClosed", chain.now(), end):
            panel.call("commit", application, bytes(32), sender=late)
    panel.reveal(application, REVIEWERS[1])
