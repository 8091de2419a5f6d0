"""`list`: the launchpad takes up an approval, for exactly the terms approved."""

import pytest
from eth_account.signers.local import LocalAccount

from jumpstart.chain.client import Chain
from tests.chain.project_review.panel import (
    APPLIED,
    APPROVED,
    EXPIRED,
    LISTED,
    NONE,
    REJECTED,
    REVIEWERS,
    TERMS,
    WITHDRAWN,
    Panel,
)
from tests.chain.reverts import reverts


def test_listing_is_kept_and_announced(
    panel: Panel, approved_application: int, project: LocalAccount
) -> None:
    """The launchpad learns whose tokens are sold."""
    application = approved_application
    answer = panel.call("list", application, TERMS, sender=panel.launchpad)
    assert answer == project.address
    receipt = panel.list(application)
    assert panel.event(receipt, "Listed").args == {"id": application}
    shown = panel.call("applicationOf", application)
    assert (shown.status, shown.closedAt) == (LISTED, panel.chain.now())


def test_only_the_launchpad_lists(panel: Panel, approved_application: int) -> None:
    """Nobody else, whatever role."""
    for other in (*panel.stage.people.all, REVIEWERS[0]):
        with reverts("ProjectReview_OnlyLaunchpad", other, panel.launchpad):
            panel.call("list", approved_application, TERMS, sender=other)


@pytest.mark.parametrize("place", [0, 31])
def test_other_terms_than_approved_are_refused(
    panel: Panel, approved_application: int, place: int
) -> None:
    """One bit apart."""
    terms = bytearray(TERMS)
    terms[place] ^= 1
    with reverts("ProjectReview_TermsDiffer", bytes(terms), TERMS):
        panel.call("list", approved_application, bytes(terms), sender=panel.launchpad)
    panel.call("list", approved_application, TERMS, sender=panel.launchpad)


def test_an_approval_expires(panel: Panel, approved_application: int, chain: Chain) -> None:
    """A second before it can be listed."""
    application, expiry = approved_application, panel.expiry(approved_application)
    chain.mine_at(expiry - 1)
    panel.call("list", application, TERMS, sender=panel.launchpad)
    assert panel.call("statusOf", application) == APPROVED
    for late in (0, 1):
        chain.mine_at(expiry + late)
        with reverts("ProjectReview_WrongStatus", application, EXPIRED, APPROVED):
            panel.call("list", application, TERMS, sender=panel.launchpad)
        assert panel.call("statusOf", application) == EXPIRED


def test_a_listing_does_not_expire(panel: Panel, listed_application: int, chain: Chain) -> None:
    """It was listed in time."""
    chain.mine_at(panel.expiry(listed_application))
    assert panel.call("statusOf", listed_application) == LISTED


@pytest.mark.parametrize("status", [NONE, APPLIED, REJECTED, EXPIRED, WITHDRAWN, LISTED])
def test_what_is_not_approved_is_not_listed(panel: Panel, status: int) -> None:
    """Also what was listed before."""
    application = panel.brought_to(status)
    with reverts("ProjectReview_WrongStatus", application, status, APPROVED):
        panel.call("list", application, TERMS, sender=panel.launchpad)
