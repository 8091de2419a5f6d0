"""`voteToDelist`, carried: the bond for the participants, a refund or the exit right, and nothing after it."""

import pytest
from eth_account.signers.local import LocalAccount

from jumpstart.chain.client import Chain
from tests.chain import figures
from tests.chain.project_review.panel import (
    APPLIED,
    APPROVED,
    DELISTED,
    EVIDENCE,
    LISTED,
    REASON,
    REVIEWERS,
    TERMS,
    Court,
)
from tests.chain.reverts import reverts
from tests.chain.stage import FAILED, SUCCEEDED, Trial

MONTH = 30 * figures.DAY
DELIVERING, EXITING = 1, 3  # status of an escrow
FIRST, SECOND, THIRD, *_ = REVIEWERS


@pytest.fixture
def running(court: Court) -> Trial:
    """In its session, oversubscribed."""
    trial = court.stage.open()
    trial.oversubscribe()
    return trial


@pytest.fixture
def settled(running: Trial) -> Trial:
    """It succeeded; the first milestone is due."""
    running.settle()
    return running


def delist(court: Court, trial: Trial) -> int:
    """What the delisting says it slashed."""
    last = court.vote_to_delist(trial.sale.application, [FIRST, SECOND, THIRD])[-1]
    event = court.event(last, "Delisted").args
    assert (event["id"], event["reasonHash"]) == (trial.sale.application, REASON)
    slashed: int = event["slashed"]
    return slashed


def test_a_delisting_in_mid_sale_refunds_everybody(court: Court, running: Trial) -> None:
    """The sale is voided, the whole bond is with the escrow, and what all weigh is taken down."""
    weight = sum(figures.SUBSCRIPTIONS)
    assert delist(court, running) == figures.BOND
    assert running.call("status") == FAILED
    assert running.escrow.call("slash") == (figures.BOND, weight)
    assert court.bonds(running.escrow) == figures.BOND
    for person, subscribed in zip(court.stage.people.buyers, figures.SUBSCRIPTIONS, strict=False):
        before = (running.paid(person), court.bonds(person))
        deposit = running.call("depositOf", person.address)
        running.send("refundFor", person.address, sender=court.stage.people.stranger)
        running.escrow.send("shareBond", person.address, sender=court.stage.people.stranger)
        after = (running.paid(person), court.bonds(person))
        share = figures.BOND * subscribed // weight
        assert (after[0] - before[0], after[1] - before[1]) == (deposit, share)


def test_a_delisting_after_the_sale_opens_the_exit_right(court: Court, settled: Trial) -> None:
    """The sale stays a success: what was allotted stays allotted."""
    assert settled.escrow.call("delivery").status == DELIVERING
    delist(court, settled)
    assert settled.call("status") == SUCCEEDED
    assert settled.escrow.call("delivery").status == EXITING
    assert settled.escrow.call("slash") == (figures.BOND, figures.SUPPLY)


def test_the_application_is_closed_by_the_delisting(court: Court, running: Trial) -> None:
    """Nothing that needs a listed project happens any more, and it cannot be listed again."""
    application = running.sale.application
    *_, last = court.vote_to_delist(application, [FIRST, SECOND, THIRD])
    shown = court.call("applicationOf", application)
    assert (shown.status, shown.closedAt) == (DELISTED, court.time_of(last))
    for function, args in (
        ("voteToDelist", (application, REASON)),
        ("voteToAttest", (application, 0, EVIDENCE)),
        ("voteOnChallenge", (application, True)),
        ("challenge", (application, bytes(32), EVIDENCE)),
    ):
        with reverts("ProjectReview_WrongStatus", application, DELISTED, LISTED):
            court.call(function, *args, sender=REVIEWERS[3])
    with reverts("ProjectReview_WrongStatus", application, DELISTED, APPROVED):
        court.call("list", application, TERMS, sender=court.launchpad)
    with reverts("ProjectReview_WrongStatus", application, DELISTED, APPLIED):
        court.call("withdraw", application, sender=court.applicant)


# ------------------------------------------------------------------------------------------- the bond


@pytest.mark.parametrize(
    ("elapsed", "parts"),
    [(MONTH - 1, 0), (MONTH, 1), (4 * MONTH + 5, 4), (12 * MONTH - 1, 11), (12 * MONTH, 12)],
)
def test_only_what_had_not_returned_is_slashed(
    court: Court, settled: Trial, chain: Chain, elapsed: int, parts: int
) -> None:
    """By the months until the delisting, whether they were collected or not; to the second."""
    application = settled.sale.application
    listed_at = court.call("applicationOf", application).closedAt
    court.vote_to_delist(application, [FIRST, SECOND])
    chain.advance_to(listed_at + elapsed)
    court.vote_to_delist(application, [THIRD])
    due = figures.BOND * parts // 12
    assert settled.escrow.call("slash")[0] == court.bonds(settled.escrow) == figures.BOND - due
    assert court.call("returnableBondOf", application) == due
    chain.mine_at(listed_at + 24 * MONTH)
    assert court.call("returnableBondOf", application) == due
    assert court.bonds(court.review) == due


def test_what_was_returned_before_is_not_returned_again(
    court: Court, settled: Trial, chain: Chain, project: LocalAccount
) -> None:
    """Three months of which one was collected: two are left."""
    application = settled.sale.application
    listed_at = court.call("applicationOf", application).closedAt
    chain.mine_at(listed_at + MONTH)
    court.send("returnBond", application, sender=project)
    chain.mine_at(listed_at + 3 * MONTH)
    assert delist(court, settled) == figures.BOND - figures.BOND * 3 // 12
    left = figures.BOND * 3 // 12 - figures.BOND // 12
    assert court.call("returnBond", application) == left
    court.send("returnBond", application, sender=project)
    assert court.bonds(court.review) == 0
    with reverts("ProjectReview_NothingToReturn", application):
        court.call("returnBond", application)


@pytest.mark.parametrize("is_settled", [False, True])
def test_the_bond_goes_back_when_nobody_has_taken_part(
    court: Court, chain: Chain, *, is_settled: bool
) -> None:
    """There is nobody to get it: all of it is the applicant's at once."""
    trial = court.stage.open()
    if is_settled:
        trial.settle()
    assert delist(court, trial) == 0
    assert trial.call("status") == (SUCCEEDED if is_settled else FAILED)
    assert trial.escrow.call("slash") == (0, 0)
    assert court.bonds(trial.escrow) == 0
    assert court.call("returnBond", trial.sale.application) == figures.BOND


def test_one_participant_is_somebody(court: Court, buyer: LocalAccount) -> None:
    """With the least subscription the bond is theirs."""
    trial = court.stage.open()
    trial.subscribe(buyer, figures.MINIMUM)
    assert delist(court, trial) == figures.BOND
    trial.escrow.send("shareBond", buyer.address, sender=buyer)
    assert court.bonds(buyer) == figures.BOND


def test_bonds_of_other_projects_stay(court: Court, running: Trial) -> None:
    """Slashed is one bond."""
    court.stage.list()
    assert court.bonds(court.review) == 2 * figures.BOND
    delist(court, running)
    assert court.bonds(court.review) == figures.BOND


# ------------------------------------------------------------------------------------------- refused


def test_a_sale_that_failed_is_not_delisted(
    court: Court, chain: Chain, buyer: LocalAccount
) -> None:
    """It missed its soft cap, or nobody settled it in time: everybody has a refund already."""
    missed = court.stage.open(soft_cap=figures.SOFT_CAP)
    missed.subscribe(buyer, 1_000)
    application = missed.sale.application
    court.vote_to_delist(application, [FIRST])
    missed.settle()
    assert missed.call("status") == FAILED
    with reverts("ProjectReview_SaleOver", application):
        court.call("voteToDelist", application, REASON, sender=SECOND)


def test_a_sale_that_nobody_settled_is_not_delisted(
    court: Court, running: Trial, chain: Chain
) -> None:
    """A second before the deadline it is."""
    application, deadline = running.sale.application, running.terms.settle_deadline
    court.vote_to_delist(application, [FIRST, SECOND])
    chain.mine_at(deadline - 1)
    court.call("voteToDelist", application, REASON, sender=THIRD)
    chain.mine_at(deadline)
    with reverts("ProjectReview_SaleOver", application):
        court.call("voteToDelist", application, REASON, sender=THIRD)


@pytest.mark.parametrize("status", [APPLIED, APPROVED])
def test_what_is_not_listed_is_not_delisted(court: Court, status: int) -> None:
    """There is no sale yet."""
    application = court.brought_to(status)
    with reverts("ProjectReview_WrongStatus", application, status, LISTED):
        court.call("voteToDelist", application, REASON, sender=FIRST)


def test_a_delisting_without_a_reason_is_refused(court: Court, running: Trial) -> None:
    """The zero hash is none."""
    with reverts("ProjectReview_HashZero"):
        court.call("voteToDelist", running.sale.application, bytes(32), sender=FIRST)
