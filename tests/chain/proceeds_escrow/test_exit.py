"""`exit`: tokens not yet vested, for the part of their price that was not released; alone, and in time."""

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
from tests.chain.stage import (
    COIN_TRANSFER_FAILED,
    EXITED,
    TRANSFER_FAILED,
    Person,
    Stage,
    paid_in,
    raw,
)

ALLOTTED = 69_443  # to the buyer, of 300,000
UNLOCKED = 17_360  # a quarter: the cliff is still ahead
RETURNED = ALLOTTED - UNLOCKED
REFUND = 66_667 - 46_296  # deposit less cost
UNRELEASED = 194_998 - 38_999
AMOUNT = 27_082  # RETURNED / 300,000 of UNRELEASED, rounded down

ZERO = "0x" + "00" * 20


def test_an_exit_takes_everything_at_once(
    exiting: Escrowed, buyer: LocalAccount, treasury: LocalAccount
) -> None:
    """What has vested, the refund, and the price of what goes back to where unsold tokens go."""
    trial = exiting.trial
    had = trial.paid(buyer), trial.sold(buyer), trial.sold(treasury)
    assert exiting.call("exitOf", buyer.address) == (RETURNED, AMOUNT)
    assert exiting.call("exit", buyer.address, sender=buyer) == (RETURNED, AMOUNT)
    receipt = exiting.exit(buyer)
    (event,) = exiting.contract.events(receipt)
    assert (event.name, dict(event.args)) == (
        "ExitPaid",
        {"account": buyer.address, "to": buyer.address, "returned": RETURNED, "amount": AMOUNT},
    )
    assert trial.event(receipt, "Exited").args == {
        "account": buyer.address,
        "kept": UNLOCKED,
        "returned": RETURNED,
        "refund": REFUND,
    }
    assert trial.paid(buyer) == had[0] + REFUND + AMOUNT
    assert trial.sold(buyer) == had[1] + UNLOCKED
    assert trial.sold(treasury) == had[2]
    collected = trial.send("collectReturned", sender=treasury)
    assert trial.event(collected, "ReturnedCollected").args == {
        "to": treasury.address,
        "amount": RETURNED,
    }
    assert trial.sold(treasury) == had[2] + RETURNED
    with reverts("SubscriptionSale_NothingToCollect"):
        trial.call("collectReturned", sender=treasury)
    assert trial.call("positionOf", buyer.address).stage == EXITED
    exiting.check()


def test_who_has_claimed_exits_with_the_rest(exiting: Escrowed, buyer: LocalAccount) -> None:
    """Claim and exit together bring what the exit alone does."""
    trial = exiting.trial
    had = trial.paid(buyer), trial.sold(buyer)
    exiting.claim(buyer)
    assert exiting.call("exitOf", buyer.address) == (RETURNED, AMOUNT)
    exiting.exit(buyer)
    assert trial.paid(buyer) == had[0] + REFUND + AMOUNT
    assert trial.sold(buyer) == had[1] + UNLOCKED
    exiting.check()


def test_an_exit_is_paid_where_the_participant_says(
    exiting: Escrowed, buyer: LocalAccount, bystander: LocalAccount
) -> None:
    """Tokens, refund and price: all of it there."""
    trial = exiting.trial
    had = [(trial.paid(each), trial.sold(each)) for each in (buyer, bystander)]
    receipt = exiting.exit(buyer, bystander)
    assert exiting.event(receipt, "ExitPaid").args["to"] == bystander.address
    assert [(trial.paid(each), trial.sold(each)) for each in (buyer, bystander)] == [
        had[0],
        (had[1][0] + REFUND + AMOUNT, had[1][1] + UNLOCKED),
    ]


def test_an_exit_is_paid_to_no_address_that_would_lose_it(
    exiting: Escrowed, buyer: LocalAccount
) -> None:
    """Not to nobody, and not to the contracts themselves."""
    for to in (ZERO, exiting.trial.address, exiting.address):
        with reverts("ProceedsEscrow_RecipientInvalid", to):
            exiting.call("exit", to, sender=buyer)
    exiting.call("exit", exiting.review.address, sender=buyer)


def test_an_exit_pays_the_same_first_or_last(
    exiting: Escrowed, buyer: LocalAccount, rival: LocalAccount
) -> None:
    """Others exit, the project collects, a delisting comes: none of it counts."""
    exiting.release()
    for other in (rival, *exiting.people.buyers[:2], exiting.people.buyers[3]):
        exiting.exit(other)
    exiting.delist()
    exiting.at(exiting.due() + exiting.terms.exit_seconds - 1)
    assert exiting.call("exit", buyer.address, sender=buyer) == (RETURNED, AMOUNT)
    exiting.check()


def test_what_vests_meanwhile_is_kept(exiting: Escrowed, buyer: LocalAccount) -> None:
    """After the cliff there is less to return, at the same price."""
    vesting = exiting.trial.terms.vesting
    cliff = vesting.start + vesting.cliff_seconds
    assert exiting.due() < cliff - 1 < cliff
    late = exiting.trial
    exiting.at(exiting.due() + exiting.terms.exit_seconds - 1)
    before = exiting.call("exitOf", buyer.address)
    assert before == (RETURNED, AMOUNT)
    # A year later there would be nothing left; `exitOf` answers as if the right were open.
    exiting.at(cliff)
    vested = UNLOCKED + RETURNED * 2 // 12
    returned = ALLOTTED - vested
    assert exiting.call("exitOf", buyer.address) == (returned, UNRELEASED * returned // 300_000)
    late.vest()
    assert exiting.call("exitOf", buyer.address) == (0, 0)


def test_nobody_exits_with_what_has_vested(stage: Stage, buyer: LocalAccount) -> None:
    """A milestone missed after the vesting leaves nothing to return."""
    trial = stage.open(cliff_seconds=0, duration_seconds=30 * figures.DAY)
    trial.oversubscribe()
    trial.settle()
    escrow = Escrowed(trial)
    escrow.at(escrow.due())
    assert escrow.status == EXITING
    with reverts("SubscriptionSale_NothingToReturn", buyer):
        escrow.call("exit", buyer.address, sender=buyer)


def test_nobody_exits_twice(exiting: Escrowed, buyer: LocalAccount) -> None:
    """What was returned is gone, and so is the claim."""
    exiting.exit(buyer)
    assert exiting.call("exitOf", buyer.address) == (0, 0)
    with reverts("SubscriptionSale_NothingToReturn", buyer):
        exiting.call("exit", buyer.address, sender=buyer)
    exiting.trial.vest()
    with reverts("SubscriptionSale_NothingToClaim", buyer):
        exiting.trial.call("claim", sender=buyer)


def test_only_participants_exit(exiting: Escrowed, bystander: LocalAccount) -> None:
    """Each for itself: there is no exit for another."""
    assert exiting.call("exitOf", bystander.address) == (0, 0)
    with reverts("SubscriptionSale_NothingSubscribed", bystander):
        exiting.call("exit", bystander.address, sender=bystander)


def test_the_exit_window_is_open_to_the_second(delivering: Escrowed, buyer: LocalAccount) -> None:
    """From the end of the grace, for as long as the terms say."""
    due, end = delivering.due(), delivering.due() + delivering.terms.exit_seconds
    delivering.at(due - 1)
    delivering.check()
    with reverts("ProceedsEscrow_WrongStatus", DELIVERING, EXITING):
        delivering.call("exit", buyer.address, sender=buyer)
    for moment in (due, end - 1):
        delivering.at(moment)
        delivering.check()
        delivering.call("exit", buyer.address, sender=buyer)
    delivering.at(end)
    delivering.check()
    with reverts("ProceedsEscrow_WrongStatus", ENDED, EXITING):
        delivering.call("exit", buyer.address, sender=buyer)


def test_an_attested_milestone_keeps_the_exit_right_closed(
    attested: Escrowed, buyer: LocalAccount
) -> None:
    """The second one is missed at its own date, when less is unreleased."""
    attested.at(attested.due())
    with reverts("ProceedsEscrow_WrongStatus", DELIVERING, EXITING):
        attested.call("exit", buyer.address, sender=buyer)
    attested.at(attested.due(1))
    attested.check()
    assert attested.call("exitOf", buyer.address)[1] < AMOUNT
    attested.exit(buyer)
    attested.check()


def test_nobody_exits_from_a_sale_that_is_not_settled(
    waiting: Escrowed, buyer: LocalAccount
) -> None:
    """Nothing was sold yet."""
    assert waiting.call("exitOf", buyer.address) == (0, 0)
    with reverts("ProceedsEscrow_WrongStatus", WAITING, EXITING):
        waiting.call("exit", buyer.address, sender=buyer)


def test_nobody_exits_from_a_sale_that_failed(failed: Escrowed, buyer: LocalAccount) -> None:
    """The sale gives everything back; the milestones' dates mean nothing."""
    failed.at(failed.due())
    assert failed.call("exitOf", buyer.address) == (0, 0)
    with reverts("ProceedsEscrow_WrongStatus", WAITING, EXITING):
        failed.call("exit", buyer.address, sender=buyer)


def test_nobody_exits_once_all_is_delivered(delivered: Escrowed, buyer: LocalAccount) -> None:
    """Years later either."""
    delivered.at(delivered.chain.now() + 10 * 365 * figures.DAY)
    with reverts("ProceedsEscrow_WrongStatus", DELIVERED, EXITING):
        delivered.call("exit", buyer.address, sender=buyer)


def test_an_exit_is_paid_in_the_native_coin(stage: Stage, buyer: LocalAccount) -> None:
    """The same amounts, at an address that pays no gas."""
    trial = stage.open(**paid_in(is_native=True))
    trial.oversubscribe()
    trial.settle()
    escrow = Escrowed(trial)
    escrow.at(escrow.due())
    had = trial.paid(stage.people.heir)
    escrow.exit(buyer, stage.people.heir)
    assert trial.paid(stage.people.heir) == had + REFUND + AMOUNT
    escrow.check()


def test_who_cannot_be_paid_exits_to_another_address(stage: Stage) -> None:
    """A contract that refuses the native coin loses nothing by trying."""
    trial = stage.open(**paid_in(is_native=True))
    rejecting, people = stage.rejecting, stage.people
    trial.subscribe(rejecting, 90_000)
    trial.settle()
    escrow = Escrowed(trial)
    escrow.at(escrow.due())
    had = trial.paid(people.heir)

    def leave(to: Person) -> None:
        data = escrow.contract.calldata("exit", to.address)
        rejecting.send("execute", escrow.address, data, sender=people.wallet_owner)

    with reverts(COIN_TRANSFER_FAILED, b""):
        leave(rejecting)
    leave(people.heir)
    # Nine tenths of a quarter have vested; all of 58,500 (60,000 less the fee) but a fifth is unreleased.
    assert trial.paid(people.heir) == had + 46_800 * 67_500 // 90_000


def test_a_token_that_cannot_be_moved_keeps_nobody_from_the_money(stage: Stage) -> None:
    """Blocked where returned tokens go, an exit is as ever; blocked altogether, what has vested is given up."""
    token = stage.odd_token("BlockingToken")
    trial = stage.open(sale_token=raw(token))
    trial.oversubscribe()
    trial.settle()
    exiting, people = Escrowed(trial), stage.people
    exiting.at(exiting.due())
    first, second = people.buyers[2], people.buyers[4]
    token.send("setBlocked", people.treasury.address, True, sender=people.stranger)
    trial.escrow.send("exit", first.address, sender=first)
    token.send("setBlocked", trial.address, True, sender=people.stranger)
    with reverts(TRANSFER_FAILED, b""):
        trial.escrow.send("exit", second.address, sender=second)
    returned, amount = trial.escrow.call("exitOf", second.address)
    vested, refund = trial.call("claimableOf", second.address)
    had = trial.paid(second), trial.sold(second)
    receipt = trial.escrow.send("exitWithoutTokens", second.address, sender=second)
    assert trial.event(receipt, "Exited").args == {
        "account": second.address,
        "kept": 0,
        "returned": returned,
        "refund": refund,
    }
    assert (trial.paid(second) - had[0], trial.sold(second) - had[1]) == (refund + amount, 0)
    assert vested > 0
    assert trial.call("claimableOf", second.address) == (0, 0)
    for blocked in (people.treasury, trial):
        token.send("setBlocked", blocked.address, False, sender=people.stranger)
    returned_by_first = trial.call("weightOf", first.address)
    returned_by_first -= trial.call("positionOf", first.address).amount
    treasury = trial.sold(people.treasury)
    trial.send("collectReturned", sender=people.stranger)
    assert trial.sold(people.treasury) - treasury == returned_by_first + returned + vested
