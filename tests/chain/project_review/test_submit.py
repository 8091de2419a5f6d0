"""`submit`: an application, its hashes and its bond."""

from dataclasses import astuple

import pytest
from eth_account.signers.local import LocalAccount

from jumpstart.chain.client import Chain
from jumpstart.chain.sale import UNLIMITED
from tests.chain import figures
from tests.chain.project_review.panel import APPLIED, DOSSIER, TERMS, URI, ZERO, Panel
from tests.chain.reverts import reverts
from tests.chain.stage import TRANSFER_FROM_FAILED, Stage, raw


def test_an_application_is_kept_and_announced(panel: Panel, project: LocalAccount) -> None:
    """Everything but the address of the dossier, which is in the event."""
    receipt = panel.send("submit", URI, DOSSIER, TERMS, sender=project)
    shown = panel.call("applicationOf", 1)
    now = panel.chain.now()
    assert tuple(shown) == (project.address, APPLIED, now, 0, 0, 0, 0, 0, TERMS, DOSSIER)
    assert panel.event(receipt, "Applied").args == {
        "id": 1,
        "applicant": project.address,
        "termsHash": TERMS,
        "dossierHash": DOSSIER,
        "dossierUri": URI,
    }


def test_applications_are_numbered_from_one(panel: Panel, project: LocalAccount) -> None:
    """Each gets the next number, also with the same terms."""
    assert panel.call("submit", URI, DOSSIER, TERMS, sender=project) == 1
    assert [panel.apply(), panel.apply()] == [1, 2]
    assert panel.call("submit", URI, DOSSIER, TERMS, sender=project) == 3


def test_the_bond_is_paid(panel: Panel, project: LocalAccount) -> None:
    """By the applicant, to the unit."""
    before = panel.bonds(project)
    panel.apply()
    assert before - panel.bonds(project) == panel.bonds(panel.review) == figures.BOND


def test_an_application_without_the_bond_is_refused(
    panel: Panel, stage: Stage, bystander: LocalAccount
) -> None:
    """Who has one unit less than the bond cannot apply, who has the bond can, whoever it is."""
    token, review = stage.bond_token, panel.review.address
    token.send("transfer", bystander.address, figures.BOND - 1, sender=stage.people.project)
    token.send("approve", review, UNLIMITED, sender=bystander)
    with reverts(TRANSFER_FROM_FAILED, b""):
        panel.call("submit", URI, DOSSIER, TERMS, sender=bystander)
    token.send("transfer", bystander.address, 1, sender=stage.people.project)
    panel.send("submit", URI, DOSSIER, TERMS, sender=bystander)
    assert panel.call("applicationOf", 1).applicant == bystander.address


def test_a_bond_that_arrives_short_is_refused(panel: Panel, stage: Stage, chain: Chain) -> None:
    """A token that takes a hundredth on the way; without its fee it is accepted."""
    people = stage.people
    token = chain.deploy("FeeToken", 2**200, sender=people.project)
    review = chain.deploy(
        "ProjectReview",
        astuple(stage.rules(bond_token=raw(token))),
        people.creator.address,
        people.chair.address,
        people.guardian.address,
        [],
        sender=people.creator,
    )
    token.send("approve", review.address, UNLIMITED, sender=people.project)
    token.send("setFeeBps", 100, sender=people.project)
    with reverts("ProjectReview_BondShort", figures.BOND * 99 // 100, figures.BOND):
        review.call("submit", URI, DOSSIER, TERMS, sender=people.project)
    token.send("setFeeBps", 0, sender=people.project)
    review.send("submit", URI, DOSSIER, TERMS, sender=people.project)


def test_no_bond_is_asked_for_when_the_rules_have_none(
    stage: Stage, chain: Chain, bystander: LocalAccount
) -> None:
    """Not even a transfer of nothing, which some tokens refuse; there is none to return either."""
    people = stage.people
    token = chain.deploy("BlockingToken", 2**200, sender=people.project)
    token.send("setBlocked", bystander.address, True, sender=people.project)
    review = chain.deploy(
        "ProjectReview",
        astuple(stage.rules(bond_token=raw(token), bond=0)),
        people.creator.address,
        people.chair.address,
        people.guardian.address,
        [],
        sender=people.creator,
    )
    review.send("submit", URI, DOSSIER, TERMS, sender=bystander)
    review.send("withdraw", 1, sender=bystander)
    with reverts("ProjectReview_NothingToReturn", 1):
        review.call("returnBond", 1, sender=bystander)


@pytest.mark.parametrize("hashes", [(bytes(32), TERMS), (DOSSIER, bytes(32))])
def test_a_zero_hash_is_refused(
    panel: Panel, project: LocalAccount, hashes: tuple[bytes, bytes]
) -> None:
    """Of the dossier or of the terms: it is the hash of nothing."""
    with reverts("ProjectReview_HashZero"):
        panel.call("submit", URI, *hashes, sender=project)


def test_nothing_is_known_of_an_application_that_is_not(panel: Panel) -> None:
    """All zero, for number 0 and for the next one."""
    panel.apply()
    for number in (0, 2):
        assert tuple(panel.call("applicationOf", number)) == (
            *(ZERO, 0, 0, 0, 0, 0, 0, 0),
            *(bytes(32), bytes(32)),
        )
        assert panel.call("returnableBondOf", number) == 0
