"""`publishHoldings`: once, before the first session, by the publisher alone."""

import pytest
from eth_account.signers.local import LocalAccount

from jumpstart.chain.client import Chain
from tests.chain.reverts import reverts
from tests.chain.stage import FAILED, FUNDED, UNFUNDED, Stage, Trial

ROOT = bytes(range(32))
OTHER_ROOT = bytes(range(1, 33))


@pytest.fixture
def unpublished_sale(created_sale: Trial, project: LocalAccount) -> Trial:
    """Funded, without holdings."""
    created_sale.send("fund", sender=project)
    return created_sale


def test_publishing_stores_the_root_and_announces_it(
    unpublished_sale: Trial, publisher: LocalAccount
) -> None:
    """The root is zero before and the published one after."""
    assert unpublished_sale.call("holdingsRoot") == bytes(32)
    receipt = unpublished_sale.send("publishHoldings", ROOT, sender=publisher)
    assert unpublished_sale.call("holdingsRoot") == ROOT
    assert unpublished_sale.event(receipt, "HoldingsPublished").args == {"root": ROOT}


def test_publishing_is_refused_when_anybody_else_tries(
    unpublished_sale: Trial, stage: Stage, publisher: LocalAccount
) -> None:
    """Neither who sells, nor who receives, nor who attests posts holdings."""
    for other in stage.people.all:
        if other != publisher:
            with reverts("SubscriptionSale_OnlyPublisher", other, publisher):
                unpublished_sale.call("publishHoldings", ROOT, sender=other)


def test_publishing_again_is_refused(unpublished_sale: Trial, publisher: LocalAccount) -> None:
    """A root never changes, not even to itself."""
    unpublished_sale.send("publishHoldings", ROOT, sender=publisher)
    for root in (OTHER_ROOT, ROOT, bytes(32)):
        with reverts("SubscriptionSale_HoldingsAlreadyPublished", ROOT):
            unpublished_sale.call("publishHoldings", root, sender=publisher)


def test_the_zero_root_is_refused(unpublished_sale: Trial, publisher: LocalAccount) -> None:
    """Nothing is not a root."""
    with reverts("SubscriptionSale_HoldingsMissing"):
        unpublished_sale.call("publishHoldings", bytes(32), sender=publisher)


def test_publishing_succeeds_a_second_before_the_first_session(
    unpublished_sale: Trial, chain: Chain, publisher: LocalAccount
) -> None:
    """The last moment is the one before the window opens."""
    chain.advance_to(unpublished_sale.terms.sessions[0].start - 1)
    unpublished_sale.send("publishHoldings", ROOT, sender=publisher)
    assert unpublished_sale.call("holdingsRoot") == ROOT


@pytest.mark.parametrize("late", [0, 1])
def test_publishing_is_refused_from_the_first_session_on(
    unpublished_sale: Trial, chain: Chain, publisher: LocalAccount, late: int
) -> None:
    """Nobody can decide who holds what once subscriptions may have been seen."""
    start = unpublished_sale.terms.sessions[0].start
    chain.advance_to(start + late)
    with reverts("SubscriptionSale_AlreadyStarted", start + late, start):
        unpublished_sale.send("publishHoldings", ROOT, sender=publisher)


def test_publishing_is_refused_given_an_unfunded_sale(
    created_sale: Trial, publisher: LocalAccount
) -> None:
    """Holdings are for a sale that has its tokens."""
    with reverts("SubscriptionSale_WrongStatus", UNFUNDED, FUNDED):
        created_sale.call("publishHoldings", ROOT, sender=publisher)


def test_publishing_is_refused_given_a_sale_that_was_never_settled(
    unpublished_sale: Trial, chain: Chain, publisher: LocalAccount
) -> None:
    """After the deadline the sale has failed."""
    chain.mine_at(unpublished_sale.terms.settle_deadline)
    with reverts("SubscriptionSale_WrongStatus", FAILED, FUNDED):
        unpublished_sale.call("publishHoldings", ROOT, sender=publisher)


def test_nobody_subscribes_given_no_root(
    unpublished_sale: Trial, stage: Stage, buyer: LocalAccount
) -> None:
    """Without holdings the sale stays empty, and everything goes back unsold."""
    unpublished_sale.open()
    holding, proof = stage.proof_of(buyer)
    with reverts("SubscriptionSale_HoldingsMissing"):
        unpublished_sale.send("subscribe", 100, holding, proof, sender=buyer)
    with reverts("SubscriptionSale_HoldingsMissing"):
        unpublished_sale.call("subscribe", 100, 0, [], sender=buyer)
    unpublished_sale.settle()
    unpublished_sale.collect()
    assert unpublished_sale.assets == (0, 0)
