"""`decide`: the medians of what was revealed, and when they are taken."""

import pytest
from eth_account.signers.local import LocalAccount

from jumpstart.chain.client import Chain
from jumpstart.review import Scores, decide
from tests.chain import figures
from tests.chain.project_review.panel import (
    APPLIED,
    APPROVED,
    EXPIRED,
    GOOD,
    LISTED,
    NEWCOMER,
    NONE,
    POOR,
    QUORUM,
    REJECTED,
    REVIEWERS,
    WITHDRAWN,
    Panel,
)
from tests.chain.reverts import reverts

FIRST, SECOND, THIRD, FOURTH, FIFTH = REVIEWERS
AT_THE_BAR = (60,) * 7


def decided(panel: Panel, application: int) -> tuple[bool, Scores, int]:
    """What the decision said, once it is time."""
    if panel.chain.now() < panel.reveal_end(application):
        panel.chain.mine_at(panel.reveal_end(application))
    event = panel.event(panel.decide(application), "Decided")
    assert event.args["id"] == application
    approved = event.args["approved"]
    assert panel.call("statusOf", application) == (APPROVED if approved else REJECTED)
    result = (event.args["medians"], event.args["total"])
    assert panel.call("resultOf", application) == result
    return approved, *result


def test_a_quorum_of_good_scores_is_an_approval(panel: Panel, application: int) -> None:
    """The other two reviewers said nothing, and block nothing."""
    panel.score(application, [GOOD] * QUORUM)
    total = 90 * 2_000 + 80 * 2_000 + 70 * 1_500 + 65 * 1_500 + 60 * 1_000 + 55 * 1_000 + 50_000
    assert decided(panel, application) == (True, GOOD, total)
    assert panel.call("applicationOf", application).closedAt == 0


def test_one_scorecard_less_than_the_quorum_is_a_rejection(panel: Panel, application: int) -> None:
    """However good the others are; their medians are told."""
    panel.score(application, [GOOD] * (QUORUM - 1))
    approved, medians, _ = decided(panel, application)
    assert (approved, medians) == (False, GOOD)


def test_a_commitment_that_is_not_revealed_does_not_count(
    panel: Panel, committed_application: int, chain: Chain
) -> None:
    """Five have committed, two reveal."""
    for reviewer in (FIRST, SECOND):
        panel.reveal(committed_application, reviewer)
    assert decided(panel, committed_application)[0] is False


def test_silence_is_a_rejection(panel: Panel, application: int) -> None:
    """Nobody scored: all medians are 0, and the bond goes back."""
    assert decided(panel, application) == (False, (0,) * 7, 0)
    assert panel.call("returnableBondOf", application) == figures.BOND


def test_a_total_at_the_bar_is_an_approval(panel: Panel, application: int) -> None:
    """A point less on the criterion that weighs least is a rejection, with all floors reached."""
    other = panel.apply()
    panel.score(application, [AT_THE_BAR] * 5)
    panel.score(other, [(*AT_THE_BAR[:6], 59)] * 5)
    assert decided(panel, application) == (True, AT_THE_BAR, 600_000)
    assert decided(panel, other) == (False, (*AT_THE_BAR[:6], 59), 599_000)


@pytest.mark.parametrize("criterion", range(7))
def test_a_median_below_its_floor_is_a_rejection(
    panel: Panel, application: int, criterion: int
) -> None:
    """With 100 on all the others; at the floor it is an approval."""
    other = panel.apply()
    cards = {
        number: tuple(score if row == criterion else 100 for row in range(7))
        for number, score in ((application, 50), (other, 49))
    }
    for number, card in cards.items():
        panel.score(number, [card] * 5)
    assert decided(panel, application)[:2] == (True, cards[application])
    assert decided(panel, other)[:2] == (False, cards[other])


def test_the_median_of_an_even_number_is_the_lower_one(panel: Panel, application: int) -> None:
    """Of 10, 40, 60 and 90 it is 40, in whatever order they came."""
    panel.score(application, [(score,) * 7 for score in (60, 10, 90, 40)])
    assert decided(panel, application) == (False, (40,) * 7, 400_000)


def test_each_criterion_has_its_own_median_and_weight(panel: Panel, application: int) -> None:
    """Nobody's scorecard need be the medians'."""
    cards = [
        (90, 10, 55, 70, 0, 99, 50),
        (80, 20, 60, 70, 100, 98, 51),
        (70, 30, 65, 70, 50, 97, 52),
    ]
    panel.score(application, cards)
    verdict = decide(cards, panel.rules)
    assert decided(panel, application) == (verdict.approved, verdict.medians, verdict.total)
    assert verdict.medians == (80, 20, 60, 70, 50, 98, 51)


def test_what_a_removed_reviewer_has_revealed_counts(panel: Panel, application: int) -> None:
    """The chair cannot take a score back by removing who gave it."""
    panel.score(application, [GOOD] * QUORUM)
    panel.send("removeReviewer", FIRST.address, sender=panel.stage.people.chair)
    assert decided(panel, application)[0] is True


def test_the_result_is_shown_as_it_grows(panel: Panel, committed_application: int) -> None:
    """Before the decision it is that of the scorecards so far."""
    application = committed_application
    assert panel.call("resultOf", application) == ((0,) * 7, 0)
    panel.reveal(application, FIRST)
    verdict = decide([GOOD], panel.rules)
    assert panel.call("resultOf", application) == (verdict.medians, verdict.total)


# ------------------------------------------------------------------------------------------- time


def test_a_decision_is_due_when_revealing_ends(
    panel: Panel, application: int, chain: Chain, bystander: LocalAccount
) -> None:
    """Not a second before, as somebody may still reveal; by anybody."""
    panel.score(application, [GOOD] * 4)
    end = panel.reveal_end(application)
    chain.mine_at(end - 1)
    with reverts("ProjectReview_RevealOpen", end - 1, end):
        panel.call("decide", application, sender=bystander)
    for late in (0, 1):
        chain.mine_at(end + late)
        panel.call("decide", application, sender=bystander)


def test_a_decision_is_due_at_once_when_all_have_revealed(
    panel: Panel, committed_application: int, chain: Chain
) -> None:
    """With the last scorecard, or with the leaving or the recusal of who has not revealed."""
    application = committed_application
    for reviewer in REVIEWERS[:4]:
        panel.reveal(application, reviewer)
    with reverts("ProjectReview_RevealOpen", chain.now(), panel.reveal_end(application)):
        panel.call("decide", application)
    for last in (
        panel.revealing(application, FIFTH),
        panel.transaction("recuse", application, sender=FIFTH),
        panel.transaction("resign", sender=FIFTH),
    ):
        snapshot = chain.snapshot()
        chain.send(last)
        panel.decide(application)
        assert panel.call("statusOf", application) == APPROVED
        chain.revert(snapshot)


def test_a_newcomer_is_waited_for(panel: Panel, chain: Chain) -> None:
    """They cannot score what others have revealed, so only the time can end the waiting."""
    panel.send("appointReviewer", NEWCOMER.address, sender=panel.stage.people.chair)
    chain.mine_at(chain.now() + panel.rules.notice_seconds)
    application = panel.apply()
    panel.score(application, [GOOD] * 5)
    panel.call("decide", application)
    panel.send("acceptAppointment", sender=NEWCOMER)
    end = panel.reveal_end(application)
    with reverts("ProjectReview_RevealOpen", chain.now(), end):
        panel.call("decide", application)
    chain.mine_at(end)
    panel.call("decide", application)


def test_an_application_from_which_all_are_recused_is_rejected_at_once(
    panel: Panel, application: int, chain: Chain
) -> None:
    """There is nobody to wait for."""
    recusals = [panel.transaction("recuse", application, sender=each) for each in REVIEWERS]
    chain.send_many(recusals[:4])
    with reverts("ProjectReview_RevealOpen", chain.now(), panel.reveal_end(application)):
        panel.call("decide", application)
    chain.send(recusals[4])
    panel.decide(application)
    assert panel.call("statusOf", application) == REJECTED


def test_nobody_decides_from_the_expiry_on(panel: Panel, application: int, chain: Chain) -> None:
    """Good scores that nobody counted in time are a rejection."""
    panel.score(application, [GOOD] * 5)
    expiry = panel.expiry(application)
    assert panel.call("expiryOf", application) == expiry
    chain.mine_at(expiry - 1)
    panel.call("decide", application)
    assert panel.call("statusOf", application) == APPLIED
    for late in (0, 1):
        chain.mine_at(expiry + late)
        with reverts("ProjectReview_WrongStatus", application, REJECTED, APPLIED):
            panel.call("decide", application)
        assert panel.call("statusOf", application) == REJECTED
        assert panel.call("applicationOf", application).status == REJECTED


@pytest.mark.parametrize("status", [NONE, APPROVED, REJECTED, EXPIRED, WITHDRAWN, LISTED])
def test_what_is_decided_is_not_decided_again(panel: Panel, status: int) -> None:
    """Nor what is over."""
    application = panel.brought_to(status)
    with reverts("ProjectReview_WrongStatus", application, status, APPLIED):
        panel.call("decide", application)


def test_a_rejection_stays_a_rejection(panel: Panel, chain: Chain) -> None:
    """One point below one floor, and after the expiry it reads the same."""
    application = panel.brought_to(REJECTED)
    assert decide([POOR] * 5, panel.rules).total > panel.rules.bar
    chain.mine_at(panel.expiry(application))
    assert panel.call("statusOf", application) == REJECTED
