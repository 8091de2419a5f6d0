"""`release`: what is free for the project goes to it, by whoever calls, and never more."""

import pytest
from eth_account.signers.local import LocalAccount

from tests.chain.proceeds_escrow.escrowed import DELIVERED, DELIVERING, WAITING, Escrowed
from tests.chain.reverts import reverts
from tests.chain.stage import COIN_TRANSFER_FAILED, TRANSFER_FAILED, Stage, paid_in, raw

PROCEEDS = 194_998  # of 199,997, less the fee of two and a half per cent
FREE = (38_999, 77_999, 116_998, 155_998, PROCEEDS)  # fifths, rounded down


def test_the_initial_share_is_free_at_once(delivering: Escrowed, beneficiary: LocalAccount) -> None:
    """Anyone may send it; the proceeds come in with it."""
    assert delivering.call("releasableAmount") == FREE[0]
    assert not delivering.trial.call("isProceedsCollected")
    receipt = delivering.release()
    (event,) = delivering.contract.events(receipt)
    assert (event.name, dict(event.args)) == (
        "Released",
        {"to": beneficiary.address, "amount": FREE[0]},
    )
    assert delivering.trial.paid(beneficiary) == FREE[0]
    assert delivering.paid == PROCEEDS - FREE[0]
    delivering.check()


def test_it_makes_no_difference_who_collected_the_proceeds(
    delivering: Escrowed, beneficiary: LocalAccount
) -> None:
    """Before the release, anybody may."""
    delivering.trial.collect()
    assert delivering.paid == PROCEEDS
    delivering.release()
    assert delivering.trial.paid(beneficiary) == FREE[0]


def test_nothing_is_released_twice(delivering: Escrowed) -> None:
    """Not before another milestone is released."""
    delivering.release()
    with reverts("ProceedsEscrow_NothingToCollect"):
        delivering.call("release", sender=delivering.people.project)
    delivering.attest()
    with reverts("ProceedsEscrow_NothingToCollect"):
        delivering.call("release", sender=delivering.people.project)
    delivering.at(delivering.chain.now() + delivering.terms.objection_seconds)
    assert delivering.call("release", sender=delivering.people.project) == FREE[1] - FREE[0]


def test_each_milestone_frees_its_share_and_rounding_loses_nothing(
    delivering: Escrowed, beneficiary: LocalAccount
) -> None:
    """After the last one the project has all of it."""
    paid = []
    for milestone in range(4):
        delivering.release()
        paid.append(delivering.trial.paid(beneficiary))
        delivering.deliver(milestone)
        delivering.check()
    delivering.release()
    paid.append(delivering.trial.paid(beneficiary))
    assert tuple(paid) == FREE
    assert (delivering.status, delivering.paid) == (DELIVERED, 0)


def test_who_collects_only_in_the_end_gets_the_same(
    delivered: Escrowed, beneficiary: LocalAccount
) -> None:
    """Nothing has to be called at any date."""
    delivered.release()
    assert delivered.trial.paid(beneficiary) == PROCEEDS


def test_without_milestones_all_is_free_at_once(
    unlocked: Escrowed, beneficiary: LocalAccount
) -> None:
    """There is nothing that could be missed."""
    assert tuple(unlocked.call("delivery")) == (DELIVERED, 0, 0, 0, 0, 0, 10_000)
    unlocked.release()
    assert unlocked.trial.paid(beneficiary) == PROCEEDS
    unlocked.check()


def test_nothing_is_released_before_the_sale_succeeded(waiting: Escrowed) -> None:
    """A second after the settlement, it is."""
    assert waiting.call("releasableAmount") == 0
    with reverts("ProceedsEscrow_WrongStatus", WAITING, DELIVERING):
        waiting.call("release", sender=waiting.people.project)
    waiting.trial.settle()
    assert waiting.call("release", sender=waiting.people.project) == FREE[0]


def test_nothing_is_released_after_the_sale_failed(failed: Escrowed) -> None:
    """It never holds anything."""
    failed.at(failed.due())
    with reverts("ProceedsEscrow_WrongStatus", WAITING, DELIVERING):
        failed.call("release", sender=failed.people.project)


def test_a_missed_milestone_leaves_what_was_free(exiting: Escrowed, buyer: LocalAccount) -> None:
    """Also when others have exited, and also after the exit window."""
    exiting.exit(buyer)
    assert exiting.call("release", sender=buyer) == FREE[0]
    exiting.at(exiting.due() + exiting.terms.exit_seconds)
    exiting.collect_remainder()
    exiting.release()
    exiting.check()
    assert exiting.paid == 0


def test_the_native_coin_is_released_likewise(stage: Stage, beneficiary: LocalAccount) -> None:
    """It comes from the sale, and goes on to the project."""
    trial = stage.open(**paid_in(is_native=True))
    trial.oversubscribe()
    trial.settle()
    escrow = Escrowed(trial)
    had = trial.paid(beneficiary)
    escrow.release()
    assert trial.paid(beneficiary) == had + FREE[0]
    assert escrow.paid == PROCEEDS - FREE[0]
    escrow.check()


def test_a_project_that_cannot_be_paid_leaves_everything_as_it_is(stage: Stage) -> None:
    """A receiver that refuses the coin harms nobody but itself."""
    trial = stage.open(proceeds_to=raw(stage.rejecting), **paid_in(is_native=True))
    trial.oversubscribe()
    trial.settle()
    escrow = Escrowed(trial)
    with reverts(COIN_TRANSFER_FAILED, b""):
        escrow.call("release", sender=stage.people.stranger)
    escrow.at(escrow.due())
    escrow.exit(stage.people.buyers[2])
    escrow.check()


def test_a_token_that_refuses_a_payment_is_asked_again(stage: Stage) -> None:
    """What it says with a false is a failure, too; later the same is paid."""
    token = stage.odd_token("FalseReturningToken", paying=True)
    trial = stage.open(payment_token=raw(token))
    trial.oversubscribe()
    trial.settle()
    trial.collect()
    escrow = Escrowed(trial)
    token.send("setRefusing", True, sender=stage.people.stranger)
    with reverts(TRANSFER_FAILED, b""):
        escrow.call("release", sender=stage.people.stranger)
    token.send("setRefusing", False, sender=stage.people.stranger)
    escrow.release()
    escrow.check()


@pytest.mark.parametrize("is_native", [False, True])
def test_what_is_given_to_it_changes_nothing(stage: Stage, is_native: bool) -> None:
    """Payment that was sent here from elsewhere is never reckoned with."""
    trial = stage.open(**paid_in(is_native=is_native))
    trial.oversubscribe()
    trial.settle()
    escrow, people = Escrowed(trial), stage.people
    stage.payment_token.send("transfer", escrow.address, 1_000_000, sender=people.stranger)
    escrow.release()
    escrow.at(escrow.due() + escrow.terms.exit_seconds)
    escrow.collect_remainder()
    assert stage.payment_token.call("balanceOf", escrow.address) == 1_000_000
    assert trial.paid(people.heir) == PROCEEDS - FREE[0] + (2 * 2**128 if is_native else 0)
