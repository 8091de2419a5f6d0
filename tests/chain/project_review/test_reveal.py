"""`reveal`: what was committed, when nobody can commit any more."""

import pytest

from jumpstart.chain.client import Chain
from tests.chain.project_review.panel import (
    APPLIED,
    APPROVED,
    EXPIRED,
    GOOD,
    LISTED,
    NEWCOMER,
    NONE,
    REJECTED,
    REVEALED,
    REVIEWERS,
    SALT,
    WITHDRAWN,
    Panel,
)
from tests.chain.reverts import reverts

FIRST, SECOND, THIRD, FOURTH, FIFTH = REVIEWERS


@pytest.fixture
def open_application(panel: Panel, application: int, chain: Chain) -> int:
    """All but one have committed, and it is time to reveal."""
    chain.send_many([panel.committing(application, each) for each in REVIEWERS[:4]])
    chain.mine_at(panel.commit_end(application))
    return application


def test_a_revealed_scorecard_is_kept_and_announced(panel: Panel, open_application: int) -> None:
    """For everybody to read; the commitment stays beside it."""
    receipt = panel.reveal(open_application, FIRST)
    assert panel.event(receipt, "Revealed").args == {
        "id": open_application,
        "reviewer": FIRST.address,
        "scores": GOOD,
    }
    assert panel.call("scorecardOf", open_application, FIRST.address) == (
        REVEALED,
        panel.commitment(open_application, FIRST),
        GOOD,
    )
    shown = panel.call("applicationOf", open_application)
    assert (shown.committed, shown.revealed) == (4, 1)


def test_a_scorecard_is_revealed_once(panel: Panel, open_application: int) -> None:
    """The second time it would count twice."""
    panel.reveal(open_application, FIRST)
    with reverts("ProjectReview_AlreadyRevealed", open_application, FIRST):
        panel.call("reveal", open_application, GOOD, SALT, sender=FIRST)


@pytest.mark.parametrize("place", range(7))
def test_another_score_than_committed_is_refused(
    panel: Panel, open_application: int, place: int
) -> None:
    """One point more on one criterion."""
    scores = tuple(score + (row == place) for row, score in enumerate(GOOD))
    given = panel.commitment(open_application, FIRST, scores)
    committed = panel.commitment(open_application, FIRST)
    with reverts("ProjectReview_CommitmentWrong", given, committed):
        panel.call("reveal", open_application, scores, SALT, sender=FIRST)
    panel.call("reveal", open_application, GOOD, SALT, sender=FIRST)


def test_another_salt_than_committed_is_refused(panel: Panel, open_application: int) -> None:
    """With the right scores."""
    salt = bytes(32)
    given = panel.commitment(open_application, FIRST, GOOD, salt)
    committed = panel.commitment(open_application, FIRST)
    with reverts("ProjectReview_CommitmentWrong", given, committed):
        panel.call("reveal", open_application, GOOD, salt, sender=FIRST)


def test_a_copied_commitment_is_of_no_use(panel: Panel, application: int, chain: Chain) -> None:
    """Who commits to the same bytes as another cannot reveal with the other's words."""
    copied = panel.commitment(application, FIRST)
    for reviewer in (FIRST, SECOND):
        panel.send("commit", application, copied, sender=reviewer)
    chain.mine_at(panel.commit_end(application))
    panel.reveal(application, FIRST)
    given = panel.commitment(application, SECOND)
    with reverts("ProjectReview_CommitmentWrong", given, copied):
        panel.call("reveal", application, GOOD, SALT, sender=SECOND)


def test_a_commitment_to_another_application_is_of_no_use(
    panel: Panel, application: int, chain: Chain
) -> None:
    """Each scorecard is of one application."""
    other = panel.apply()
    committed = panel.commitment(other, FIRST)
    panel.send("commit", application, committed, sender=FIRST)
    panel.send("commit", other, committed, sender=FIRST)
    chain.mine_at(panel.commit_end(other))
    with reverts("ProjectReview_CommitmentWrong", panel.commitment(application, FIRST), committed):
        panel.call("reveal", application, GOOD, SALT, sender=FIRST)
    panel.call("reveal", other, GOOD, SALT, sender=FIRST)


def test_who_has_not_committed_does_not_reveal(panel: Panel, open_application: int) -> None:
    """The scores of the others are known by then."""
    given = panel.commitment(open_application, FIFTH)
    with reverts("ProjectReview_CommitmentWrong", given, bytes(32)):
        panel.call("reveal", open_application, GOOD, SALT, sender=FIFTH)


@pytest.mark.parametrize("criterion", [0, 3, 6])
def test_a_score_above_100_is_refused(
    panel: Panel, application: int, chain: Chain, criterion: int
) -> None:
    """Also where it was committed; 100 is accepted."""
    for reviewer, score in ((FIRST, 100), (SECOND, 101)):
        scores = tuple(score if row == criterion else 0 for row in range(7))
        args = (application, reviewer.address, scores, SALT)
        panel.send("commit", application, panel.call("commitmentOf", *args), sender=reviewer)
    chain.mine_at(panel.commit_end(application))
    with reverts("ProjectReview_ScoreTooHigh", criterion, 101):
        panel.call("reveal", application, scores, SALT, sender=SECOND)
    best = tuple(100 if row == criterion else 0 for row in range(7))
    panel.reveal(application, FIRST, best)


def test_only_a_reviewer_reveals(panel: Panel, open_application: int) -> None:
    """A removed one does not, and could before."""
    for other in (*panel.stage.people.all, NEWCOMER):
        with reverts("ProjectReview_OnlyReviewer", other):
            panel.call("reveal", open_application, GOOD, SALT, sender=other)
    panel.call("reveal", open_application, GOOD, SALT, sender=FIRST)
    panel.send("removeReviewer", FIRST.address, sender=panel.stage.people.chair)
    with reverts("ProjectReview_OnlyReviewer", FIRST):
        panel.call("reveal", open_application, GOOD, SALT, sender=FIRST)


# ------------------------------------------------------------------------------------------- time


def test_revealing_begins_when_committing_ends(
    panel: Panel, application: int, chain: Chain
) -> None:
    """Somebody is missing, so a second before is too early."""
    chain.send_many([panel.committing(application, each) for each in REVIEWERS[:4]])
    start = panel.commit_end(application)
    chain.mine_at(start - 1)
    with reverts("ProjectReview_RevealNotOpen", start - 1, start):
        panel.call("reveal", application, GOOD, SALT, sender=FIRST)
    for late in (0, 1):
        chain.mine_at(start + late)
        panel.call("reveal", application, GOOD, SALT, sender=FIRST)


def test_revealing_ends_with_its_time(panel: Panel, open_application: int, chain: Chain) -> None:
    """`start <= now < start + revealSeconds`."""
    end = panel.reveal_end(open_application)
    chain.mine_at(end - 1)
    panel.call("reveal", open_application, GOOD, SALT, sender=FIRST)
    for late in (0, 1):
        chain.mine_at(end + late)
        with reverts("ProjectReview_RevealClosed", end + late, end):
            panel.call("reveal", open_application, GOOD, SALT, sender=FIRST)


def test_revealing_begins_at_once_when_all_have_committed(
    panel: Panel, application: int, chain: Chain
) -> None:
    """With the fifth commitment, or with the recusal of the fifth; not because the fifth has left."""
    chain.send_many([panel.committing(application, each) for each in REVIEWERS[:4]])
    with reverts("ProjectReview_RevealNotOpen", chain.now(), panel.commit_end(application)):
        panel.call("reveal", application, GOOD, SALT, sender=FIRST)
    for last in (
        panel.committing(application, FIFTH),
        panel.transaction("recuse", application, sender=FIFTH),
    ):
        snapshot = chain.snapshot()
        chain.send(last)
        panel.call("reveal", application, GOOD, SALT, sender=FIRST)
        chain.revert(snapshot)
    panel.send("resign", sender=FIFTH)
    with reverts("ProjectReview_RevealNotOpen", chain.now(), panel.commit_end(application)):
        panel.call("reveal", application, GOOD, SALT, sender=FIRST)


def test_revealing_stays_open_once_it_is(panel: Panel, application: int, chain: Chain) -> None:
    """Somebody who joins before or between reveals stops none, and has nothing to reveal."""
    panel.send("appointReviewer", NEWCOMER.address, sender=panel.stage.people.chair)
    chain.mine_at(chain.now() + panel.rules.notice_seconds)
    application = panel.apply()
    panel.commit_all(application)
    snapshot = chain.snapshot()
    panel.send("acceptAppointment", sender=NEWCOMER)
    panel.call("reveal", application, GOOD, SALT, sender=SECOND)
    chain.revert(snapshot)
    panel.reveal(application, FIRST)
    panel.send("acceptAppointment", sender=NEWCOMER)
    panel.reveal(application, SECOND)
    with reverts("ProjectReview_CommitClosed", chain.now(), panel.commit_end(application)):
        panel.call("commit", application, SALT, sender=NEWCOMER)


@pytest.mark.parametrize("status", [NONE, APPROVED, REJECTED, EXPIRED, WITHDRAWN, LISTED])
def test_nobody_reveals_for_an_application_that_is_not_open(panel: Panel, status: int) -> None:
    """Only for one that waits for its decision."""
    application = panel.brought_to(status)
    with reverts("ProjectReview_WrongStatus", application, status, APPLIED):
        panel.call("reveal", application, GOOD, SALT, sender=FIRST)
