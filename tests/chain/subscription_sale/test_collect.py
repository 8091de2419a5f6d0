"""`collectProceeds`, `collectFee`, `collectUnsold`: what is nobody's claim, once, to whom the terms say."""

from itertools import permutations

import pytest
from eth_account.signers.local import LocalAccount

from jumpstart.chain.client import Chain
from jumpstart.chain.sale import NATIVE
from tests.chain import figures
from tests.chain.reverts import reverts
from tests.chain.stage import (
    COIN_TRANSFER_FAILED,
    FAILED,
    FUNDED,
    LOCKED,
    SUCCEEDED,
    TRANSFER_FAILED,
    People,
    Stage,
    Trial,
    paid_in,
    raw,
)

PROCEEDS = 199_997
FEE = 4_999  # 2.5 % of PROCEEDS, rounded down

FUNCTIONS = ("collectProceeds", "collectFee", "collectUnsold")


def test_proceeds_go_to_the_escrow_less_the_fee(
    settled_sale: Trial, bystander: LocalAccount
) -> None:
    """Anyone asks, and the sale's own escrow is paid."""
    escrow = settled_sale.escrow
    assert settled_sale.paid(escrow) == 0
    assert settled_sale.call("outcome") == (figures.SUPPLY, PROCEEDS - FEE)
    assert settled_sale.call("isProceedsCollected") is False
    assert settled_sale.call("collectProceeds", sender=bystander) == PROCEEDS - FEE
    receipt = settled_sale.send("collectProceeds", sender=bystander)
    assert settled_sale.paid(escrow) == PROCEEDS - FEE
    assert settled_sale.call("isProceedsCollected") is True
    assert settled_sale.event(receipt, "ProceedsCollected").args == {
        "to": escrow.address,
        "amount": PROCEEDS - FEE,
    }


def test_the_fee_goes_to_its_receiver(
    settled_sale: Trial, fee_receiver: LocalAccount, bystander: LocalAccount
) -> None:
    """Its share of the proceeds, rounded down."""
    had = settled_sale.paid(fee_receiver)
    assert settled_sale.call("collectFee", sender=bystander) == FEE
    receipt = settled_sale.send("collectFee", sender=bystander)
    assert settled_sale.paid(fee_receiver) == had + FEE
    assert settled_sale.event(receipt, "FeeCollected").args == {
        "to": fee_receiver.address,
        "amount": FEE,
    }


def test_unsold_tokens_go_to_the_treasury(
    open_sale: Trial, buyer: LocalAccount, treasury: LocalAccount, bystander: LocalAccount
) -> None:
    """What nobody subscribed, to the token."""
    open_sale.subscribe(buyer, 1000)
    open_sale.settle()
    had = open_sale.sold(treasury)
    unsold = figures.SUPPLY - 1000
    assert open_sale.call("collectUnsold", sender=bystander) == unsold
    receipt = open_sale.send("collectUnsold", sender=bystander)
    assert open_sale.sold(treasury) == had + unsold
    assert open_sale.event(receipt, "UnsoldCollected").args == {
        "to": treasury.address,
        "amount": unsold,
    }
    assert open_sale.assets[0] == 1000


def test_no_tokens_are_unsold_given_a_demand_above_the_supply(
    settled_sale: Trial, treasury: LocalAccount
) -> None:
    """Collecting nothing is announced, and moves nothing: what rounding left waits for the sweep."""
    had = settled_sale.sold(treasury)
    receipt = settled_sale.send("collectUnsold", sender=treasury)
    assert settled_sale.event(receipt, "UnsoldCollected").args["amount"] == 0
    assert settled_sale.sold(treasury) == had
    assert not [
        log for log in receipt.logs if log["address"].lower() != settled_sale.address.lower()
    ]


@pytest.mark.parametrize(("fee_bps", "fee"), [(0, 0), (1, 19), (10_000, PROCEEDS)])
def test_the_fee_may_be_nothing_or_everything(
    stage: Stage, bystander: LocalAccount, fee_bps: int, fee: int
) -> None:
    """Proceeds and fee are the whole between them."""
    trial = stage.open(fee_bps=fee_bps)
    trial.oversubscribe()
    trial.settle()
    assert trial.call("collectFee", sender=bystander) == fee
    assert trial.call("collectProceeds", sender=bystander) == PROCEEDS - fee
    before = trial.assets[1]
    trial.collect()
    assert trial.assets[1] == before - PROCEEDS


@pytest.mark.parametrize("function", FUNCTIONS)
def test_each_is_collected_once(
    settled_sale: Trial, bystander: LocalAccount, function: str
) -> None:
    """The second time there is nothing, also of what was nothing."""
    settled_sale.send(function, sender=bystander)
    with reverts("SubscriptionSale_NothingToCollect"):
        settled_sale.call(function, sender=bystander)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_nothing_is_collected_before_the_sale_is_decided(
    stage: Stage,
    two_session_sale: Trial,
    buyer: LocalAccount,
    bystander: LocalAccount,
    function: str,
) -> None:
    """Neither of the implementation, nor while it runs, nor between sessions, nor before the last settlement."""
    with reverts("SubscriptionSale_WrongStatus", LOCKED, SUCCEEDED):
        stage.platform.sale_implementation.call(function, sender=bystander)
    two_session_sale.subscribe(buyer, 900)
    with reverts("SubscriptionSale_WrongStatus", FUNDED, SUCCEEDED):
        two_session_sale.call(function, sender=bystander)
    two_session_sale.settle()
    two_session_sale.close(1)
    with reverts("SubscriptionSale_WrongStatus", FUNDED, SUCCEEDED):
        two_session_sale.call(function, sender=bystander)


@pytest.mark.parametrize("function", ["collectProceeds", "collectFee"])
def test_a_failed_sale_has_no_proceeds(
    failed_sale: Trial, bystander: LocalAccount, function: str
) -> None:
    """Deposits are refunds then, all of them."""
    with reverts("SubscriptionSale_WrongStatus", FAILED, SUCCEEDED):
        failed_sale.call(function, sender=bystander)


@pytest.mark.parametrize("function", ["collectProceeds", "collectFee"])
def test_an_expired_sale_has_no_proceeds(
    expired_sale: Trial, bystander: LocalAccount, function: str
) -> None:
    """The same when nobody settled in time."""
    with reverts("SubscriptionSale_WrongStatus", FAILED, SUCCEEDED):
        expired_sale.call(function, sender=bystander)


def test_all_tokens_are_unsold_given_a_failed_sale(
    failed_sale: Trial, treasury: LocalAccount
) -> None:
    """Though sessions had sold some."""
    had = failed_sale.sold(treasury)
    failed_sale.send("collectUnsold", sender=treasury)
    assert failed_sale.sold(treasury) == had + figures.SUPPLY


def test_all_tokens_are_unsold_from_the_deadline_on_given_a_sale_that_nobody_settled(
    oversubscribed_sale: Trial, chain: Chain, treasury: LocalAccount
) -> None:
    """A second before it, nothing is."""
    deadline = oversubscribed_sale.terms.settle_deadline
    chain.mine_at(deadline - 1)
    with reverts("SubscriptionSale_WrongStatus", FUNDED, SUCCEEDED):
        oversubscribed_sale.call("collectUnsold", sender=treasury)
    had = oversubscribed_sale.sold(treasury)
    oversubscribed_sale.send("collectUnsold", sender=treasury)
    assert chain.now() == deadline
    assert oversubscribed_sale.sold(treasury) == had + figures.SUPPLY


@pytest.mark.parametrize("is_native", [False, True], ids=["token", "native"])
@pytest.mark.parametrize("order", ["collect first", "claim first", "in between"])
def test_proceeds_never_reach_into_a_refund(
    stage: Stage, people: People, is_native: bool, order: str
) -> None:
    """Whoever is first, everybody gets the same, and what is left is what the model says."""
    trial = stage.open(**paid_in(is_native=is_native))
    buyers = people.buyers[:5]
    trial.oversubscribe()
    trial.settle()
    trial.vest()
    had = [(trial.sold(buyer), trial.paid(buyer)) for buyer in buyers]
    owed = [trial.call("claimableOf", buyer.address) for buyer in buyers]
    early = {"collect first": 0, "claim first": 5, "in between": 2}[order]
    trial.claim_for_all(*buyers[:early])
    trial.collect()
    trial.claim_for_all(*buyers[early:])
    assert [(trial.sold(buyer), trial.paid(buyer)) for buyer in buyers] == [
        (sold + tokens, paid + refund)
        for (sold, paid), (tokens, refund) in zip(had, owed, strict=True)
    ]
    remainders = trial.ledger.remainders
    assert trial.assets == (remainders.tokens, remainders.payment)
    assert remainders == type(remainders)(tokens=3, payment=4)


def test_what_is_collected_does_not_depend_on_the_order(
    settled_sale: Trial, chain: Chain, people: People
) -> None:
    """Three functions, six orders, the same three sums."""
    receivers = (settled_sale.escrow, people.fee_receiver, people.treasury)
    outcomes = set()
    for order in permutations(FUNCTIONS):
        snapshot = chain.snapshot()
        for function in order:
            settled_sale.send(function, sender=people.stranger)
        outcomes.add(
            tuple((settled_sale.paid(each), settled_sale.sold(each)) for each in receivers)
        )
        chain.revert(snapshot)
    assert len(outcomes) == 1


def test_proceeds_and_fee_are_paid_in_the_native_coin(native_sale: Trial, people: People) -> None:
    """To the wei; who asks pays the gas."""
    native_sale.oversubscribe()
    native_sale.settle()
    had = native_sale.paid(people.fee_receiver)
    native_sale.collect()
    assert native_sale.paid(native_sale.escrow) == PROCEEDS - FEE
    assert native_sale.paid(people.fee_receiver) == had + FEE


def test_a_beneficiary_that_takes_no_coin_blocks_only_itself(stage: Stage, people: People) -> None:
    """The proceeds, the fee, the unsold tokens and every claim go out; what rounding left waits."""
    trial = stage.open(payment_token=NATIVE, proceeds_to=raw(stage.rejecting))
    trial.oversubscribe()
    trial.settle()
    trial.collect()
    trial.vest()
    trial.claim_for_all(*people.buyers[:5])
    with reverts(COIN_TRANSFER_FAILED, b""):
        trial.sweep(people.buyers[:5])
    assert trial.assets[1] == trial.ledger.remainders.payment


def test_proceeds_that_a_token_refuses_can_be_collected_later(stage: Stage, people: People) -> None:
    """A failed payment is not a collection."""
    token = stage.odd_token("BlockingToken", paying=True)
    trial = stage.open(payment_token=raw(token))
    trial.oversubscribe()
    trial.settle()
    token.send("setBlocked", trial.escrow.address, True, sender=people.stranger)
    with reverts(TRANSFER_FAILED, b""):
        trial.send("collectProceeds", sender=people.stranger)
    token.send("setBlocked", trial.escrow.address, False, sender=people.stranger)
    trial.send("collectProceeds", sender=people.stranger)
    assert trial.paid(trial.escrow) == PROCEEDS - FEE
