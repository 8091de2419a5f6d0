"""`appointReviewer`, `acceptAppointment`, `removeReviewer`, `resign`: who is in office."""

import pytest
from eth_account.signers.local import LocalAccount

from jumpstart.chain.client import Chain
from tests.chain import figures
from tests.chain.project_review.panel import NEWCOMER, REVIEWERS, ZERO, Panel
from tests.chain.reverts import reverts
from tests.chain.stage import account

FIRST, *_ = REVIEWERS


@pytest.fixture
def appointed(panel: Panel, chair: LocalAccount) -> int:
    """When the newcomer can accept."""
    panel.send("appointReviewer", NEWCOMER.address, sender=chair)
    return panel.chain.now() + panel.rules.notice_seconds


def test_an_appointment_is_kept_and_announced(panel: Panel, chair: LocalAccount) -> None:
    """It is none before the notice is over and the newcomer has accepted."""
    assert panel.call("appointmentOf", NEWCOMER.address) == 0
    receipt = panel.send("appointReviewer", NEWCOMER.address, sender=chair)
    acceptable = panel.chain.now() + panel.rules.notice_seconds
    assert panel.call("appointmentOf", NEWCOMER.address) == acceptable
    assert panel.event(receipt, "ReviewerAppointed").args == {
        "account": NEWCOMER.address,
        "acceptableFrom": acceptable,
    }
    assert panel.call("isReviewer", NEWCOMER.address) is False


def test_an_appointment_is_accepted_when_the_notice_is_over(
    panel: Panel, appointed: int, chain: Chain
) -> None:
    """A second before it is not; it is accepted once."""
    chain.mine_at(appointed - 1)
    with reverts("ProjectReview_NoticeRunning", appointed - 1, appointed):
        panel.call("acceptAppointment", sender=NEWCOMER)
    chain.advance_to(appointed)
    receipt = panel.send("acceptAppointment", sender=NEWCOMER)
    assert panel.event(receipt, "ReviewerJoined").args == {"account": NEWCOMER.address}
    assert panel.call("isReviewer", NEWCOMER.address) is True
    assert panel.call("reviewerCount") == len(REVIEWERS) + 1
    assert panel.call("appointmentOf", NEWCOMER.address) == 0
    with reverts("ProjectReview_NotAppointed", NEWCOMER):
        panel.call("acceptAppointment", sender=NEWCOMER)


def test_who_is_not_appointed_accepts_nothing(panel: Panel, appointed: int, chain: Chain) -> None:
    """Nor for somebody else."""
    chain.mine_at(appointed)
    for other in (*panel.stage.people.all, FIRST):
        with reverts("ProjectReview_NotAppointed", other):
            panel.call("acceptAppointment", sender=other)


def test_the_notice_begins_anew_with_another_appointment(
    panel: Panel, appointed: int, chain: Chain, chair: LocalAccount
) -> None:
    """Not accepted in between."""
    chain.mine_at(appointed)
    panel.send("appointReviewer", NEWCOMER.address, sender=chair)
    later = chain.now() + panel.rules.notice_seconds
    with reverts("ProjectReview_NoticeRunning", chain.now(), later):
        panel.call("acceptAppointment", sender=NEWCOMER)


def test_an_appointment_is_taken_back(
    panel: Panel, appointed: int, chain: Chain, chair: LocalAccount
) -> None:
    """By the chair, at once."""
    receipt = panel.send("removeReviewer", NEWCOMER.address, sender=chair)
    assert panel.event(receipt, "ReviewerLeft").args == {"account": NEWCOMER.address}
    chain.mine_at(appointed)
    with reverts("ProjectReview_NotAppointed", NEWCOMER):
        panel.call("acceptAppointment", sender=NEWCOMER)


def test_a_reviewer_is_not_appointed_again(panel: Panel, chair: LocalAccount) -> None:
    """Nor is nobody."""
    with reverts("ProjectReview_AlreadyReviewer", FIRST):
        panel.call("appointReviewer", FIRST.address, sender=chair)
    with reverts("ProjectReview_AccountInvalid", ZERO):
        panel.call("appointReviewer", ZERO, sender=chair)
    panel.call("appointReviewer", NEWCOMER.address, sender=chair)


def test_the_committee_has_31_reviewers_at_most(
    panel: Panel, chain: Chain, chair: LocalAccount
) -> None:
    """Any number may be appointed; the 32nd cannot accept until somebody has left."""
    crowd = [account(f"one of many {number}") for number in range(27)]
    chain.set_balances({each.address: figures.COINS for each in crowd})
    chain.send_many(
        [panel.transaction("appointReviewer", each.address, sender=chair) for each in crowd]
    )
    chain.mine_at(chain.now() + panel.rules.notice_seconds)
    chain.send_many([panel.transaction("acceptAppointment", sender=each) for each in crowd[:26]])
    assert panel.call("reviewerCount") == 31
    with reverts("ProjectReview_TooManyReviewers", 32, 31):
        panel.call("acceptAppointment", sender=crowd[26])
    panel.send("resign", sender=FIRST)
    panel.call("acceptAppointment", sender=crowd[26])


def test_a_reviewer_is_removed_at_once(panel: Panel, chair: LocalAccount) -> None:
    """The others stay."""
    receipt = panel.send("removeReviewer", FIRST.address, sender=chair)
    assert panel.event(receipt, "ReviewerLeft").args == {"account": FIRST.address}
    assert [panel.call("isReviewer", each.address) for each in REVIEWERS] == [False] + [True] * 4
    assert panel.call("reviewerCount") == 4
    with reverts("ProjectReview_NotAppointed", FIRST):
        panel.call("removeReviewer", FIRST.address, sender=chair)


def test_a_reviewer_resigns(panel: Panel) -> None:
    """Once; who is none has nothing to resign from."""
    receipt = panel.send("resign", sender=FIRST)
    assert panel.event(receipt, "ReviewerLeft").args == {"account": FIRST.address}
    assert panel.call("isReviewer", FIRST.address) is False
    assert panel.call("reviewerCount") == 4
    for other in (*panel.stage.people.all, FIRST):
        with reverts("ProjectReview_OnlyReviewer", other):
            panel.call("resign", sender=other)


def test_who_was_removed_comes_back_by_another_appointment(
    panel: Panel, chain: Chain, chair: LocalAccount
) -> None:
    """As anybody else."""
    panel.send("removeReviewer", FIRST.address, sender=chair)
    panel.send("appointReviewer", FIRST.address, sender=chair)
    chain.mine_at(chain.now() + panel.rules.notice_seconds)
    panel.send("acceptAppointment", sender=FIRST)
    assert panel.call("isReviewer", FIRST.address) is True


@pytest.mark.parametrize("function", ["appointReviewer", "removeReviewer"])
def test_only_the_chair_appoints_and_removes(
    panel: Panel, chair: LocalAccount, function: str
) -> None:
    """Neither a reviewer nor the guardian."""
    target = {"appointReviewer": NEWCOMER, "removeReviewer": FIRST}[function].address
    for other in (*panel.stage.people.all, FIRST):
        if other != chair:
            with reverts("ProjectReview_OnlyChair", other, chair):
                panel.call(function, target, sender=other)
    panel.call(function, target, sender=chair)
