"""`delist` and `shareBond`: the exit right, and the bond to those who took part."""

from typing import Any

import pytest
from eth_account.signers.local import LocalAccount

from tests.chain import figures
from tests.chain.proceeds_escrow.escrowed import (
    DELIVERED,
    DELIVERING,
    ENDED,
    EXITING,
    WAITING,
    Escrowed,
)
from tests.chain.reverts import reverts
from tests.chain.stage import Stage, raw

BUYER = 69_443  # of 300,000


def test_a_delisting_opens_the_exit_right(delivering: Escrowed, buyer: LocalAccount) -> None:
    """At once, and for as long as the terms say."""
    receipt = delivering.delist()
    now = delivering.chain.now()
    assert delivering.event(receipt, "Delisted").args == {
        "bond": figures.BOND,
        "totalWeight": 300_000,
    }
    assert delivering.call("slash") == (figures.BOND, 300_000)
    assert tuple(delivering.call("delivery")) == (EXITING, 0, 0, 0, 0, now, 2_000)
    delivering.call("exit", buyer.address, sender=buyer)
    delivering.check()
    delivering.at(now + delivering.terms.exit_seconds - 1)
    assert delivering.status == EXITING
    delivering.at(now + delivering.terms.exit_seconds)
    assert delivering.status == ENDED


def test_only_the_review_delists(delivering: Escrowed, reviewer: LocalAccount) -> None:
    """Not even a reviewer alone."""
    with reverts("ProceedsEscrow_OnlyReview", reviewer, delivering.review):
        delivering.call("delist", 0, sender=reviewer)
    delivering.as_review("delist", 0)


def test_a_project_is_delisted_once(delisted: Escrowed) -> None:
    """A second bond would be shared by those who have shared the first."""
    with reverts("ProceedsEscrow_AlreadyDelisted"):
        delisted.as_review("delist", 0)


@pytest.mark.parametrize("late", [-1, 0, 1])
def test_a_delisting_voids_an_attestation_under_way(attested: Escrowed, late: int) -> None:
    """One whose window is over has freed its share for good."""
    end = attested.chain.now() + attested.terms.objection_seconds
    attested.next_at(end + late)
    attested.delist()
    attested.check()
    current = 0 if late < 0 else 1
    expected = (EXITING, current, 0, 0, 1, end + late, 2_000 + 2_000 * current)
    assert tuple(attested.call("delivery")) == expected
    attested.at(end + figures.DAY)
    attested.check()
    assert tuple(attested.call("delivery")) == expected


def test_objections_are_forgotten_with_the_attestation(
    attested: Escrowed, rival: LocalAccount
) -> None:
    """Nothing is left to object to."""
    attested.object(rival)
    attested.delist()
    attested.check()
    with reverts("ProceedsEscrow_WrongStatus", EXITING, DELIVERING):
        attested.call("object", sender=attested.people.buyers[0])


@pytest.mark.parametrize("days", [0, 10, 20, 21])
def test_a_delisting_changes_nothing_once_the_exit_right_has_opened(
    exiting: Escrowed, days: int
) -> None:
    """The window is not longer, and not opened again; the bond is shared all the same."""
    exiting.next_at(exiting.due() + 1 + days * figures.DAY)
    exiting.delist()
    exiting.check()
    assert exiting.call("delivery").exitAt == exiting.due()
    assert exiting.status == (EXITING if days < 20 else ENDED)
    exiting.share_bond(exiting.people.buyers[2])
    exiting.check()


def test_a_delisting_takes_nothing_of_what_was_delivered(
    delivered: Escrowed, buyer: LocalAccount
) -> None:
    """Only the bond that has not returned yet is for the participants."""
    delivered.delist()
    assert delivered.status == DELIVERED
    with reverts("ProceedsEscrow_WrongStatus", DELIVERED, EXITING):
        delivered.call("exit", buyer.address, sender=buyer)
    delivered.share_bond(buyer)
    delivered.check()


def test_a_delisting_of_an_unsettled_sale_leaves_only_the_bond(
    waiting: Escrowed, buyer: LocalAccount
) -> None:
    """The sale refunds everybody; who took part has a weight for what it subscribed, before and after."""
    waiting.delist()
    assert waiting.call("slash") == (figures.BOND, sum(figures.SUBSCRIPTIONS))
    assert waiting.status == WAITING
    waiting.share_bond(buyer)
    waiting.trial.send("refund", sender=waiting.people.buyers[0])
    waiting.share_bond(waiting.people.buyers[0])
    waiting.check()
    waiting.at(waiting.due())
    assert tuple(waiting.call("delivery")) == (WAITING, 0, 0, 0, 0, 0, 0)


# ------------------------------------------------------------------------------------ the bond


def test_the_bond_is_shared_by_weight(delisted: Escrowed, buyer: LocalAccount) -> None:
    """Anyone may send a share; it is rounded down."""
    share = figures.BOND * BUYER // 300_000
    token = delisted.stage.bond_token
    had = token.call("balanceOf", buyer.address)
    receipt = delisted.share_bond(buyer)
    (event,) = delisted.contract.events(receipt)
    assert (event.name, dict(event.args)) == (
        "BondShared",
        {"account": buyer.address, "amount": share},
    )
    assert token.call("balanceOf", buyer.address) == had + share
    delisted.check()


def test_the_whole_bond_is_shared_whatever_participants_do(delisted: Escrowed) -> None:
    """Claims and exits change no weight; rounding leaves less than a unit for each, and what it left in the sale."""
    buyers = delisted.people.buyers[:5]
    delisted.claim(buyers[0])
    delisted.exit(buyers[1])
    for each in buyers:
        delisted.share_bond(each)
        delisted.check()
    allotted = sum(delisted.trial.ledger.allotment_of(each.address) for each in buyers)
    least = figures.BOND * allotted // 300_000 - 5
    assert least <= figures.BOND - delisted.model.bond_held <= figures.BOND


def test_nobody_gets_a_second_share(delisted: Escrowed, buyer: LocalAccount) -> None:
    """Also not after an exit, or years later."""
    delisted.share_bond(buyer)
    delisted.exit(buyer)
    delisted.at(delisted.chain.now() + 10 * 365 * figures.DAY)
    assert delisted.call("hasSharedBond", buyer.address)
    with reverts("ProceedsEscrow_AlreadyShared", buyer):
        delisted.call("shareBond", buyer.address, sender=buyer)
    delisted.share_bond(delisted.people.buyers[0])


def test_only_participants_share(delisted: Escrowed, bystander: LocalAccount) -> None:
    """The bond token itself weighs nothing."""
    with reverts("ProceedsEscrow_NoWeight", bystander):
        delisted.call("shareBond", bystander.address, sender=bystander)


def test_nothing_is_shared_before_a_delisting(delivering: Escrowed, buyer: LocalAccount) -> None:
    """Whatever of the bond token somebody has sent here."""
    token, project = delivering.stage.bond_token, delivering.people.project
    token.send("transfer", delivering.address, 1_000, sender=project)
    with reverts("ProceedsEscrow_NotDelisted"):
        delivering.call("shareBond", buyer.address, sender=buyer)


@pytest.fixture
def paid_in_bonds(stage: Stage) -> Escrowed:
    """The sale is paid in the token of the bonds; the project was delisted."""
    stage.hand_out(stage.bond_token)
    trial = stage.open(payment_token=raw(stage.bond_token))
    trial.oversubscribe()
    trial.settle()
    escrow = Escrowed(trial)
    escrow.delist()
    return escrow


def test_bond_and_proceeds_are_two_accounts_of_one_token(paid_in_bonds: Escrowed) -> None:
    """Each is paid out to the last unit that is due, and takes nothing of the other."""
    escrow = paid_in_bonds
    token, model, buyers = escrow.stage.bond_token, escrow.model, escrow.people.buyers[:5]

    def held() -> Any:
        return token.call("balanceOf", escrow.address)

    assert held() == figures.BOND  # nobody has collected the proceeds yet
    escrow.share_bond(buyers[0])
    assert held() == model.bond_held
    escrow.exit(buyers[1])
    assert held() == model.bond_held + model.held
    for each in buyers[1:]:
        escrow.share_bond(each)
    escrow.release()
    escrow.at(escrow.chain.now() + escrow.terms.exit_seconds)
    escrow.collect_remainder()
    assert (held(), model.held) == (model.bond_held, 0)
