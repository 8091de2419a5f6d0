"""`recuse`: a reviewer who has an interest takes no part."""

import pytest
from eth_account.signers.local import LocalAccount

from jumpstart.chain.client import Chain
from tests.chain.project_review.panel import (
    APPLIED,
    APPROVED,
    GOOD,
    LISTED,
    NEWCOMER,
    NONE,
    RECUSED,
    REJECTED,
    REVIEWERS,
    SALT,
    WITHDRAWN,
    Panel,
)
from tests.chain.reverts import reverts

FIRST, SECOND, *_ = REVIEWERS


def test_a_recusal_is_kept_and_announced(panel: Panel, application: int) -> None:
    """Of this application alone."""
    other = panel.apply()
    receipt = panel.send("recuse", application, sender=FIRST)
    assert panel.event(receipt, "Recused").args == {"id": application, "reviewer": FIRST.address}
    assert panel.call("scorecardOf", application, FIRST.address).stage == RECUSED
    assert panel.call("applicationOf", application).recused == 1
    assert panel.call("scorecardOf", other, FIRST.address).stage == 0
    panel.commit(other, FIRST)


def test_a_recused_reviewer_neither_commits_nor_recuses_again(
    panel: Panel, application: int
) -> None:
    """Nor takes it back."""
    panel.send("recuse", application, sender=FIRST)
    with reverts("ProjectReview_Recused", application, FIRST):
        panel.call("commit", application, SALT, sender=FIRST)
    with reverts("ProjectReview_Recused", application, FIRST):
        panel.call("recuse", application, sender=FIRST)
    panel.call("commit", application, SALT, sender=SECOND)


def test_a_commitment_is_dropped_by_the_recusal(
    panel: Panel, committed_application: int, chain: Chain
) -> None:
    """It is counted no more, and cannot be revealed."""
    application = committed_application
    panel.send("recuse", application, sender=FIRST)
    shown = panel.call("applicationOf", application)
    assert (shown.committed, shown.recused) == (4, 1)
    chain.mine_at(panel.commit_end(application))
    with reverts("ProjectReview_Recused", application, FIRST):
        panel.call("reveal", application, GOOD, SALT, sender=FIRST)
    panel.call("reveal", application, GOOD, SALT, sender=SECOND)


def test_who_has_revealed_does_not_recuse(panel: Panel, committed_application: int) -> None:
    """What was said counts."""
    panel.reveal(committed_application, FIRST)
    with reverts("ProjectReview_AlreadyRevealed", committed_application, FIRST):
        panel.call("recuse", committed_application, sender=FIRST)
    panel.call("recuse", committed_application, sender=SECOND)


def test_only_a_reviewer_recuses(panel: Panel, application: int) -> None:
    """It would mean nothing of anybody else."""
    for other in (*panel.stage.people.all, NEWCOMER):
        with reverts("ProjectReview_OnlyReviewer", other):
            panel.call("recuse", application, sender=other)


@pytest.mark.parametrize("status", [APPROVED, REJECTED, WITHDRAWN, LISTED])
def test_a_newcomer_recuses_at_any_time(panel: Panel, chain: Chain, status: int) -> None:
    """What concerns the application may go on for years."""
    application = panel.brought_to(status)
    panel.send("appointReviewer", NEWCOMER.address, sender=panel.stage.people.chair)
    chain.mine_at(chain.now() + panel.rules.notice_seconds)
    panel.send("acceptAppointment", sender=NEWCOMER)
    panel.send("recuse", application, sender=NEWCOMER)
    assert panel.call("applicationOf", application).recused == 1


def test_nobody_recuses_from_an_application_that_is_not(panel: Panel) -> None:
    """The next number could be anybody's."""
    application = panel.brought_to(NONE)
    with reverts("ProjectReview_WrongStatus", application, NONE, APPLIED):
        panel.call("recuse", application, sender=FIRST)


def test_an_applicant_who_is_a_reviewer_counts_as_recused(
    panel: Panel, chair: LocalAccount, chain: Chain
) -> None:
    """It scores no project of its own, and is not waited for."""
    applicant = panel.applicant
    panel.send("appointReviewer", applicant.address, sender=chair)
    chain.mine_at(chain.now() + panel.rules.notice_seconds)
    panel.send("acceptAppointment", sender=applicant)
    application = panel.apply()
    with reverts("ProjectReview_Recused", application, applicant):
        panel.call(
            "commit", application, panel.commitment(application, applicant), sender=applicant
        )
    panel.commit_all(application)
    chain.send_many([panel.revealing(application, each) for each in REVIEWERS])
    panel.decide(application)
    assert panel.call("statusOf", application) == APPROVED
