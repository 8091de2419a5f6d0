"""`returnBond`: all at once, or by twelfths after the listing."""

import pytest
from eth_account.signers.local import LocalAccount

from jumpstart.chain.client import Chain
from tests.chain import figures
from tests.chain.project_review.panel import (
    APPLIED,
    APPROVED,
    EXPIRED,
    REJECTED,
    WITHDRAWN,
    Panel,
)
from tests.chain.reverts import reverts

MONTH = 30 * figures.DAY


@pytest.mark.parametrize("status", [REJECTED, EXPIRED, WITHDRAWN])
def test_the_whole_bond_returns_to_who_was_not_listed(
    panel: Panel, project: LocalAccount, bystander: LocalAccount, status: int
) -> None:
    """Anybody sends it, the applicant gets it."""
    application = panel.brought_to(status)
    assert panel.call("returnableBondOf", application) == figures.BOND
    before = panel.bonds(project)
    receipt = panel.send("returnBond", application, sender=bystander)
    assert panel.bonds(project) - before == figures.BOND
    assert panel.bonds(panel.review) == 0
    assert panel.event(receipt, "BondReturned").args == {
        "id": application,
        "applicant": project.address,
        "amount": figures.BOND,
    }
    assert panel.call("applicationOf", application).bondReturned == figures.BOND
    assert panel.call("returnableBondOf", application) == 0
    with reverts("ProjectReview_NothingToReturn", application):
        panel.call("returnBond", application)


@pytest.mark.parametrize("status", [APPLIED, APPROVED])
def test_nothing_returns_while_an_application_is_open(
    panel: Panel, chain: Chain, status: int
) -> None:
    """When nobody decides, or lists, it returns from the expiry on."""
    application = panel.brought_to(status)
    chain.mine_at(panel.expiry(application) - 1)
    with reverts("ProjectReview_NothingToReturn", application):
        panel.call("returnBond", application)
    chain.mine_at(panel.expiry(application))
    assert panel.call("returnBond", application) == figures.BOND


def test_a_listed_project_gets_a_twelfth_for_each_30_days(
    panel: Panel, listed_application: int, chain: Chain, project: LocalAccount
) -> None:
    """Nothing in the first 30 days, a twelfth at their end, and all of it after 360."""
    listed_at, before = chain.now(), panel.bonds(project)
    with reverts("ProjectReview_NothingToReturn", listed_application):
        panel.call("returnBond", listed_application)
    for month in range(1, 13):
        chain.mine_at(listed_at + month * MONTH - 1)
        earlier = figures.BOND * (month - 1) // 12
        assert panel.bonds(project) - before == earlier
        with reverts("ProjectReview_NothingToReturn", listed_application):
            panel.call("returnBond", listed_application)
        panel.send("returnBond", listed_application, sender=project)  # a second later
        assert panel.bonds(project) - before == figures.BOND * month // 12
    assert panel.bonds(panel.review) == 0
    chain.mine_at(listed_at + 13 * MONTH)
    with reverts("ProjectReview_NothingToReturn", listed_application):
        panel.call("returnBond", listed_application)


def test_months_that_nobody_collected_come_together(
    panel: Panel, listed_application: int, chain: Chain
) -> None:
    """It makes no difference when anybody calls; never more than the bond."""
    listed_at = chain.now()
    for months, parts in ((5, 5), (11, 11), (12, 12), (13, 12), (500, 12)):
        chain.mine_at(listed_at + months * MONTH)
        due = figures.BOND * parts // 12
        assert panel.call("returnableBondOf", listed_application) == due
        assert panel.call("returnBond", listed_application) == due


def test_bonds_of_two_applications_are_apart(
    panel: Panel, application: int, project: LocalAccount
) -> None:
    """The bond of one is not paid for the other."""
    withdrawn = panel.brought_to(WITHDRAWN)
    panel.send("returnBond", withdrawn, sender=project)
    assert panel.bonds(panel.review) == figures.BOND
    with reverts("ProjectReview_NothingToReturn", application):
        panel.call("returnBond", application)
