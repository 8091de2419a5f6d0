"""The chair and the guardian are passed on in two steps, both by the chair."""

import pytest
from eth_account.signers.local import LocalAccount

from tests.chain.project_review.panel import NEWCOMER, REVIEWERS, ZERO, Panel
from tests.chain.reverts import reverts

ROLES = pytest.mark.parametrize("role", ["Chair", "Guardian"])


def holder(panel: Panel, role: str) -> str:
    address: str = panel.call(role.lower())
    return address


@ROLES
def test_a_nominee_takes_the_role_by_accepting(
    panel: Panel, chair: LocalAccount, role: str
) -> None:
    """Until then everything is as it was, and after it there is no nominee."""
    before = holder(panel, role)
    receipt = panel.send(f"nominate{role}", NEWCOMER.address, sender=chair)
    assert panel.event(receipt, f"{role}Nominated").args == {"account": NEWCOMER.address}
    assert panel.call(f"nominated{role}") == NEWCOMER.address
    assert holder(panel, role) == before
    receipt = panel.send(f"accept{role}", sender=NEWCOMER)
    assert panel.event(receipt, f"{role}Changed").args == {"from": before, "to": NEWCOMER.address}
    assert holder(panel, role) == NEWCOMER.address
    assert panel.call(f"nominated{role}") == ZERO
    with reverts("ProjectReview_OnlyNominee", NEWCOMER, ZERO):
        panel.call(f"accept{role}", sender=NEWCOMER)


@ROLES
def test_only_the_chair_nominates(panel: Panel, chair: LocalAccount, role: str) -> None:
    """The guardian does not choose who follows."""
    for other in (*panel.stage.people.all, REVIEWERS[0]):
        if other != chair:
            with reverts("ProjectReview_OnlyChair", other, chair):
                panel.call(f"nominate{role}", NEWCOMER.address, sender=other)


@ROLES
def test_only_the_nominee_accepts(panel: Panel, chair: LocalAccount, role: str) -> None:
    """Not even the chair, for them; nor who is nominated for the other role."""
    other_role = {"Chair": "Guardian", "Guardian": "Chair"}[role]
    panel.send(f"nominate{role}", NEWCOMER.address, sender=chair)
    panel.send(f"nominate{other_role}", REVIEWERS[0].address, sender=chair)
    for other in (*panel.stage.people.all, REVIEWERS[0]):
        with reverts("ProjectReview_OnlyNominee", other, NEWCOMER):
            panel.call(f"accept{role}", sender=other)


@ROLES
def test_a_nomination_is_taken_back(panel: Panel, chair: LocalAccount, role: str) -> None:
    """By naming nobody."""
    panel.send(f"nominate{role}", NEWCOMER.address, sender=chair)
    panel.send(f"nominate{role}", ZERO, sender=chair)
    with reverts("ProjectReview_OnlyNominee", NEWCOMER, ZERO):
        panel.call(f"accept{role}", sender=NEWCOMER)


def test_a_chair_that_has_passed_it_on_is_none(panel: Panel, chair: LocalAccount) -> None:
    """The new one is."""
    panel.call("appointReviewer", chair.address, sender=chair)
    panel.send("nominateChair", NEWCOMER.address, sender=chair)
    panel.send("acceptChair", sender=NEWCOMER)
    with reverts("ProjectReview_OnlyChair", chair, NEWCOMER):
        panel.call("appointReviewer", chair.address, sender=chair)
    panel.call("appointReviewer", chair.address, sender=NEWCOMER)
