"""`claimFor`: anyone may pay the gas, only the account is paid."""

from eth_account.signers.local import LocalAccount

from jumpstart.chain.sale import NATIVE
from tests.chain.reverts import reverts
from tests.chain.stage import (
    COIN_TRANSFER_FAILED,
    FUNDED,
    SUCCEEDED,
    TRANSFER_FAILED,
    People,
    Stage,
    Trial,
    raw,
)

ALLOTTED = 69_443
REFUND = 66_667 - 46_296


def test_a_stranger_claims_and_the_account_is_paid(
    vested_sale: Trial, buyer: LocalAccount, bystander: LocalAccount
) -> None:
    """Everything goes to the account, nothing to who called."""
    had = [(vested_sale.paid(each), vested_sale.sold(each)) for each in (buyer, bystander)]
    assert vested_sale.call("claimFor", buyer.address, sender=bystander) == (ALLOTTED, REFUND)
    receipt = vested_sale.send("claimFor", buyer.address, sender=bystander)
    assert vested_sale.event(receipt, "Claimed").args == {
        "account": buyer.address,
        "tokens": ALLOTTED,
        "refund": REFUND,
    }
    assert not vested_sale.contract.events(receipt, "Redirected")
    now = [(vested_sale.paid(each), vested_sale.sold(each)) for each in (buyer, bystander)]
    assert now == [(had[0][0] + REFUND, had[0][1] + ALLOTTED), had[1]]


def test_the_account_cannot_claim_again_what_a_stranger_claimed_for_it(
    vested_sale: Trial, buyer: LocalAccount, bystander: LocalAccount
) -> None:
    """It is one claim, whoever called."""
    vested_sale.send("claimFor", buyer.address, sender=bystander)
    for caller in (buyer, bystander):
        with reverts("SubscriptionSale_NothingToClaim", buyer):
            vested_sale.call("claimFor", buyer.address, sender=caller)


def test_claiming_for_who_is_not_there_is_refused(
    settled_sale: Trial, buyer: LocalAccount, bystander: LocalAccount
) -> None:
    """The refusal names the account, not the caller."""
    with reverts("SubscriptionSale_NothingSubscribed", bystander):
        settled_sale.call("claimFor", bystander.address, sender=buyer)


def test_claiming_for_somebody_is_refused_given_a_running_sale(
    oversubscribed_sale: Trial, buyer: LocalAccount, bystander: LocalAccount
) -> None:
    """As for oneself."""
    with reverts("SubscriptionSale_WrongStatus", FUNDED, SUCCEEDED):
        oversubscribed_sale.call("claimFor", buyer.address, sender=bystander)


def test_a_receiver_that_takes_no_coin_blocks_only_itself(stage: Stage, people: People) -> None:
    """Its own claim fails; the others' claims, the proceeds and the unsold tokens do not wait for it."""
    trial = stage.open(payment_token=NATIVE)
    trial.subscribe_all(
        [(people.buyers[0], 300_000), (stage.rejecting, 300_000), (people.buyers[4], 300_000)]
    )
    trial.settle()
    trial.vest()
    with reverts(COIN_TRANSFER_FAILED, b""):
        trial.send("claimFor", stage.rejecting.address, sender=people.stranger)
    trial.claim_for_all(people.buyers[0], people.buyers[4])
    trial.collect()
    allotted = trial.ledger.allotment_of(stage.rejecting.address)
    refund = 200_000 - trial.terms.cost_up(allotted)
    assert trial.call("claimableOf", stage.rejecting.address) == (allotted, refund)
    assert trial.assets[0] >= allotted
    assert trial.assets[1] >= refund


def test_a_receiver_that_takes_no_coin_has_it_paid_elsewhere(stage: Stage, people: People) -> None:
    """Its own call names an address that does."""
    trial = stage.open(payment_token=NATIVE)
    trial.subscribe_all([(people.buyers[0], 300_000), (stage.rejecting, 300_000)])
    trial.settle()
    trial.vest()
    had = trial.sold(people.treasury)
    to = people.treasury.address
    stage.execute(stage.rejecting, trial.contract, "claimTo", stage.rejecting.address, to, 0, b"")
    allotted = trial.ledger.allotment_of(stage.rejecting.address)
    assert trial.sold(people.treasury) == had + allotted
    assert trial.call("claimableOf", stage.rejecting.address) == (0, 0)


def test_a_blocked_address_blocks_only_itself(stage: Stage, people: People) -> None:
    """The token refuses one account: the others claim, the proceeds go out, and `claimTo` helps the one."""
    token = stage.odd_token("BlockingToken", paying=True)
    trial = stage.open(payment_token=raw(token))
    trial.oversubscribe()
    trial.settle()
    trial.vest()
    blocked, others = people.buyers[2], (*people.buyers[:2], *people.buyers[3:5])
    token.send("setBlocked", blocked.address, True, sender=people.stranger)
    with reverts("BlockingToken_Blocked", blocked):
        token.call("transfer", blocked.address, 1, sender=people.stranger)
    with reverts(TRANSFER_FAILED, b""):
        trial.send("claimFor", blocked.address, sender=people.stranger)
    trial.claim_for_all(*others)
    trial.collect()
    had = trial.paid(people.treasury)
    trial.send("claimTo", blocked.address, people.treasury.address, 0, b"", sender=blocked)
    assert trial.paid(people.treasury) == had + REFUND
    trial.sweep(people.buyers[:5])
    assert trial.assets == (0, 0)


def test_a_blocked_treasury_blocks_nobody_else(stage: Stage, people: People) -> None:
    """Who takes the unsold tokens cannot be paid; participants and proceeds do not notice."""
    token = stage.odd_token("BlockingToken")
    trial = stage.open(sale_token=raw(token))
    trial.oversubscribe()
    trial.settle()
    trial.vest()
    token.send("setBlocked", people.treasury.address, True, sender=people.stranger)
    trial.claim_for_all(*people.buyers[:5])
    trial.send("collectProceeds", sender=people.stranger)
    trial.send("collectFee", sender=people.stranger)
    trial.send("collectUnsold", sender=people.stranger)  # of nothing
    with reverts(TRANSFER_FAILED, b""):
        trial.sweep(people.buyers[:5])
    token.send("setBlocked", people.treasury.address, False, sender=people.stranger)
    trial.sweep(people.buyers[:5])
    assert trial.assets == (0, 0)


def test_a_wallet_that_is_a_contract_takes_part_like_anybody(stage: Stage, people: People) -> None:
    """It subscribes, and somebody claims for it, in the native coin."""
    trial = stage.open(payment_token=NATIVE)
    trial.subscribe_all([(stage.wallet, 300_000), (people.buyers[4], 300_000)])
    trial.settle()
    trial.vest()
    had = trial.paid(stage.wallet)
    trial.claim_for_all(stage.wallet)
    allotted = trial.ledger.allotment_of(stage.wallet.address)
    assert trial.sold(stage.wallet) == allotted
    assert trial.paid(stage.wallet) == had + 200_000 - trial.terms.cost_up(allotted)
