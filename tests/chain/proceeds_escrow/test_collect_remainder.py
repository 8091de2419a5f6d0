"""`collectRemainder`: what nobody exited with, once, when nobody can exit any more."""

from eth_account.signers.local import LocalAccount

from tests.chain.proceeds_escrow.escrowed import (
    DELIVERED,
    DELIVERING,
    ENDED,
    EXITING,
    WAITING,
    Escrowed,
)
from tests.chain.reverts import reverts
from tests.chain.stage import People, Stage

UNRELEASED = 194_998 - 38_999


def test_the_remainder_goes_where_the_terms_say(ended: Escrowed, people: People) -> None:
    """All that is not the project's, when nobody has exited; the proceeds come in with it."""
    receipt = ended.collect_remainder()
    (event,) = ended.contract.events(receipt)
    assert (event.name, dict(event.args)) == (
        "RemainderCollected",
        {"to": people.heir.address, "amount": UNRELEASED},
    )
    assert ended.trial.paid(people.heir) == UNRELEASED
    ended.check()


def test_the_remainder_is_less_what_was_paid_for_exits(
    exiting: Escrowed, buyer: LocalAccount, rival: LocalAccount, people: People
) -> None:
    """What rounding left of them is in it; the project's share stays for the project."""
    exiting.release()
    exiting.exit(buyer)
    exiting.exit(rival)
    exiting.at(exiting.due() + exiting.terms.exit_seconds)
    exiting.collect_remainder()
    assert exiting.trial.paid(people.heir) == UNRELEASED - exiting.model.exited
    assert exiting.paid == 0
    exiting.check()


def test_the_remainder_is_collected_once(ended: Escrowed) -> None:
    """The project's share is still there then, and stays."""
    ended.collect_remainder()
    with reverts("ProceedsEscrow_NothingToCollect"):
        ended.call("collectRemainder", sender=ended.people.heir)
    assert ended.paid == 38_999
    ended.release()
    assert ended.paid == 0


def test_no_remainder_is_left_where_nothing_was_raised(stage: Stage) -> None:
    """A sale that nobody came to succeeds where no soft cap is set."""
    trial = stage.open()
    trial.settle()
    escrow = Escrowed(trial)
    escrow.at(escrow.due() + escrow.terms.exit_seconds)
    assert escrow.status == ENDED
    for function in ("collectRemainder", "release"):
        with reverts("ProceedsEscrow_NothingToCollect"):
            escrow.call(function, sender=stage.people.stranger)


def test_nothing_is_collected_while_participants_can_exit(exiting: Escrowed) -> None:
    """To the second."""
    end = exiting.due() + exiting.terms.exit_seconds
    exiting.at(end - 1)
    with reverts("ProceedsEscrow_WrongStatus", EXITING, ENDED):
        exiting.call("collectRemainder", sender=exiting.people.heir)
    exiting.at(end)
    exiting.call("collectRemainder", sender=exiting.people.heir)


def test_nothing_is_collected_while_the_project_delivers(delivering: Escrowed) -> None:
    """Nor before that."""
    with reverts("ProceedsEscrow_WrongStatus", DELIVERING, ENDED):
        delivering.call("collectRemainder", sender=delivering.people.heir)


def test_nothing_is_collected_while_the_sale_is_not_settled(waiting: Escrowed) -> None:
    """Nor where it has failed."""
    with reverts("ProceedsEscrow_WrongStatus", WAITING, ENDED):
        waiting.call("collectRemainder", sender=waiting.people.heir)


def test_nothing_is_collected_of_what_was_delivered(delivered: Escrowed) -> None:
    """All of it is the project's."""
    with reverts("ProceedsEscrow_WrongStatus", DELIVERED, ENDED):
        delivered.call("collectRemainder", sender=delivered.people.heir)
