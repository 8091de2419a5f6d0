"""`claimRefund`: the refund alone, when the sale token cannot be moved; the tokens stay."""

import pytest
from eth_account.signers.local import LocalAccount

from tests.chain.reverts import reverts
from tests.chain.stage import CLAIMED, FAILED, SUCCEEDED, TRANSFER_FAILED, Stage, Trial, raw


@pytest.fixture
def blocked_sale(stage: Stage) -> Trial:
    """It succeeded, all has vested, and its token moves nothing out of it."""
    token = stage.odd_token("BlockingToken")
    trial = stage.open(sale_token=raw(token))
    trial.oversubscribe()
    trial.settle()
    trial.vest()
    token.send("setBlocked", trial.address, True, sender=stage.people.stranger)
    return trial


def test_a_token_that_cannot_be_moved_keeps_no_refund(
    blocked_sale: Trial, stage: Stage, buyer: LocalAccount, bystander: LocalAccount
) -> None:
    """Where a claim fails, anybody has the account refunded; the tokens are claimed when they can be."""
    trial = blocked_sale
    tokens, refund = trial.call("claimableOf", buyer.address)
    assert tokens > 0
    assert refund > 0
    with reverts(TRANSFER_FAILED, b""):
        trial.send("claim", sender=buyer)
    had = trial.paid(buyer)
    receipt = trial.send("claimRefund", buyer.address, sender=bystander)
    assert trial.paid(buyer) - had == refund
    assert trial.event(receipt, "Claimed").args == {
        "account": buyer.address,
        "tokens": 0,
        "refund": refund,
    }
    assert trial.call("positionOf", buyer.address).stage == CLAIMED
    assert trial.call("claimableOf", buyer.address) == (tokens, 0)
    token = stage.chain.contract("BlockingToken", trial.sale_token.address)
    token.send("setBlocked", trial.address, False, sender=bystander)
    had = trial.sold(buyer)
    trial.send("claim", sender=buyer)
    assert trial.sold(buyer) - had == tokens


def test_a_refund_is_claimed_once(settled_sale: Trial, buyer: LocalAccount) -> None:
    """Neither after another one nor after a claim."""
    settled_sale.send("claimRefund", buyer.address, sender=buyer)
    other = settled_sale.stage.people.buyers[0]
    settled_sale.send("claim", sender=other)
    for account in (buyer, other):
        with reverts("SubscriptionSale_NothingToClaim", account):
            settled_sale.call("claimRefund", account.address, sender=buyer)


def test_who_has_not_subscribed_has_no_refund(settled_sale: Trial, bystander: LocalAccount) -> None:
    """As with a claim."""
    with reverts("SubscriptionSale_NothingSubscribed", bystander):
        settled_sale.call("claimRefund", bystander.address, sender=bystander)


def test_refunds_are_claimed_of_a_success_only(failed_sale: Trial, buyer: LocalAccount) -> None:
    """After a failure there is `refund`."""
    with reverts("SubscriptionSale_WrongStatus", FAILED, SUCCEEDED):
        failed_sale.call("claimRefund", buyer.address, sender=buyer)
