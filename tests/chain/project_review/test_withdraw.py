"""`withdraw`: an application is taken back before it is listed."""

import pytest
from eth_account.signers.local import LocalAccount

from jumpstart.chain.client import Chain
from tests.chain import figures
from tests.chain.project_review.panel import (
    APPLIED,
    APPROVED,
    EXPIRED,
    LISTED,
    NONE,
    REJECTED,
    TERMS,
    WITHDRAWN,
    ZERO,
    Panel,
)
from tests.chain.reverts import reverts


@pytest.mark.parametrize("status", [APPLIED, APPROVED])
def test_an_application_is_withdrawn_before_it_is_listed(
    panel: Panel, project: LocalAccount, status: int
) -> None:
    """Decided or not; the whole bond is returnable then."""
    application = panel.brought_to(status)
    receipt = panel.send("withdraw", application, sender=project)
    assert panel.event(receipt, "Withdrawn").args == {"id": application}
    assert panel.call("statusOf", application) == WITHDRAWN
    assert panel.call("returnableBondOf", application) == figures.BOND


@pytest.mark.parametrize("status", [REJECTED, EXPIRED, WITHDRAWN, LISTED])
def test_an_application_that_is_over_is_not_withdrawn(
    panel: Panel, project: LocalAccount, status: int
) -> None:
    """Rejected, expired, withdrawn before, or listed: that stays."""
    application = panel.brought_to(status)
    with reverts("ProjectReview_WrongStatus", application, status, APPLIED):
        panel.call("withdraw", application, sender=project)


@pytest.mark.parametrize(("status", "expired"), [(APPLIED, REJECTED), (APPROVED, EXPIRED)])
def test_withdrawing_ends_with_the_expiry(
    panel: Panel, chain: Chain, project: LocalAccount, status: int, expired: int
) -> None:
    """A second before it can be withdrawn, from the expiry on there is nothing to withdraw."""
    application = panel.brought_to(status)
    expiry = panel.expiry(application)
    chain.mine_at(expiry - 1)
    panel.call("withdraw", application, sender=project)
    for late in (0, 1):
        chain.mine_at(expiry + late)
        with reverts("ProjectReview_WrongStatus", application, expired, APPLIED):
            panel.call("withdraw", application, sender=project)


def test_only_the_applicant_withdraws(panel: Panel, application: int) -> None:
    """Neither the chair nor a reviewer nor anybody else; nobody withdraws what is not."""
    people = panel.stage.people
    for other in people.all:
        if other != people.project:
            with reverts("ProjectReview_OnlyApplicant", other, people.project):
                panel.call("withdraw", application, sender=other)
    with reverts("ProjectReview_OnlyApplicant", people.project, ZERO):
        panel.call("withdraw", panel.brought_to(NONE), sender=people.project)


def test_a_withdrawn_approval_cannot_be_listed(
    panel: Panel, approved_application: int, project: LocalAccount
) -> None:
    """It could the moment before."""
    panel.call("list", approved_application, TERMS, sender=panel.launchpad)
    panel.send("withdraw", approved_application, sender=project)
    with reverts("ProjectReview_WrongStatus", approved_application, WITHDRAWN, APPROVED):
        panel.call("list", approved_application, TERMS, sender=panel.launchpad)
