"""`pause`: stops subscriptions, nothing else, for a day, once."""

import pytest
from eth_account.signers.local import LocalAccount

from jumpstart.chain.client import Chain
from tests.chain import figures
from tests.chain.reverts import reverts
from tests.chain.stage import FAILED, FUNDED, SUCCEEDED, Stage, Trial


@pytest.fixture
def long_sale(stage: Stage) -> Trial:
    """In a session of three days."""
    terms = stage.terms()
    (session,) = terms.sessions
    longer = type(session)(
        start=session.start,
        end=session.start + 3 * figures.DAY,
        supply=session.supply,
        limit=session.limit,
    )
    deadline = longer.end + figures.SETTLING
    return stage.open(terms, sessions=(longer,), settle_deadline=deadline)


@pytest.fixture
def paused_sale(long_sale: Trial, guardian: LocalAccount, buyer: LocalAccount) -> Trial:
    """Paused after one subscription."""
    long_sale.subscribe(buyer, 900)
    long_sale.send("pause", sender=guardian)
    return long_sale


def test_a_pause_lasts_a_day_and_is_announced(
    long_sale: Trial, chain: Chain, guardian: LocalAccount
) -> None:
    """Its end is known when it begins."""
    receipt = long_sale.send("pause", sender=guardian)
    until = chain.now() + figures.DAY
    assert long_sale.call("opening").pausedUntil == until
    assert long_sale.event(receipt, "SubscriptionsPaused").args == {"until": until}


def test_only_the_guardian_pauses(open_sale: Trial, stage: Stage, guardian: LocalAccount) -> None:
    """Not the chair, nor a reviewer, nor who sells."""
    for other in stage.people.all:
        if other != guardian:
            with reverts("SubscriptionSale_OnlyGuardian", other, guardian):
                open_sale.call("pause", sender=other)


def test_nobody_subscribes_given_a_pause(
    paused_sale: Trial, chain: Chain, buyer: LocalAccount, rival: LocalAccount
) -> None:
    """Neither newcomers nor who is in already, up to the last second."""
    until = paused_sale.call("opening").pausedUntil
    with reverts("SubscriptionSale_Paused", chain.now(), until):
        paused_sale.call("subscribe", 900, *paused_sale.proof_of(rival), sender=rival)
    chain.advance_to(until - 1)
    with reverts("SubscriptionSale_Paused", until - 1, until):
        paused_sale.send("subscribe", 900, 0, [], sender=buyer)


def test_everybody_subscribes_again_when_the_pause_is_over(
    paused_sale: Trial, chain: Chain, buyer: LocalAccount, rival: LocalAccount
) -> None:
    """It ends by itself."""
    chain.advance_to(paused_sale.call("opening").pausedUntil)
    paused_sale.subscribe(rival, 900)
    paused_sale.subscribe(buyer, 100)
    assert paused_sale.call("positionOf", buyer.address).amount == 1000


def test_a_second_pause_is_refused(
    paused_sale: Trial, chain: Chain, guardian: LocalAccount
) -> None:
    """Neither while the first lasts nor after it: a guardian cannot close a sale for good."""
    until = paused_sale.call("opening").pausedUntil
    with reverts("SubscriptionSale_PausedBefore", until):
        paused_sale.call("pause", sender=guardian)
    chain.advance_to(until)
    with reverts("SubscriptionSale_PausedBefore", until):
        paused_sale.send("pause", sender=guardian)


def test_a_pause_stops_neither_settlement_nor_claims(
    oversubscribed_sale: Trial, guardian: LocalAccount, buyer: LocalAccount
) -> None:
    """Paused in its session, the sale is settled and pays as it would have."""
    oversubscribed_sale.send("pause", sender=guardian)
    oversubscribed_sale.settle()
    assert oversubscribed_sale.call("status") == SUCCEEDED
    oversubscribed_sale.vest()
    payout = oversubscribed_sale.ledger.claim(buyer.address, oversubscribed_sale.chain.now() + 1)
    before = oversubscribed_sale.paid(buyer)
    oversubscribed_sale.send("claim", sender=buyer)
    assert oversubscribed_sale.paid(buyer) - before == payout.refund > 0


def test_a_pause_stops_no_refund(
    oversubscribed_sale: Trial, chain: Chain, guardian: LocalAccount, buyer: LocalAccount
) -> None:
    """Nobody settled a paused sale: the whole deposit comes back."""
    oversubscribed_sale.send("pause", sender=guardian)
    chain.mine_at(oversubscribed_sale.terms.settle_deadline)
    deposit = oversubscribed_sale.call("depositOf", buyer.address)
    before = oversubscribed_sale.paid(buyer)
    oversubscribed_sale.send("refund", sender=buyer)
    assert oversubscribed_sale.paid(buyer) - before == deposit > 0


def test_a_pause_before_the_holdings_keeps_them_back_until_it_is_over(
    listed_sale: Trial,
    chain: Chain,
    guardian: LocalAccount,
    publisher: LocalAccount,
    buyer: LocalAccount,
) -> None:
    """What is posted in a pause is not in force before its end."""
    listed_sale.send("pause", sender=guardian)
    until = listed_sale.call("opening").pausedUntil
    listed_sale.send("publishHoldings", listed_sale.tree.root, sender=publisher)
    assert listed_sale.call("opening").root == listed_sale.tree.root
    listed_sale.open()
    with reverts("SubscriptionSale_Paused", listed_sale.terms.sessions[0].start + 1, until):
        chain.advance_to(listed_sale.terms.sessions[0].start + 1)
        listed_sale.send("subscribe", 900, *listed_sale.proof_of(buyer), sender=buyer)


def test_a_challenge_and_a_pause_at_once_both_have_to_end(
    published_sale: Trial, stage: Stage, chain: Chain, guardian: LocalAccount, buyer: LocalAccount
) -> None:
    """A decision in a pause does not open the sale early, and the end of a pause decides nothing."""
    review = stage.as_review()
    published_sale.send("pause", sender=guardian)
    published_sale.send("challengeHoldings", sender=review)
    published_sale.send("settleChallenge", True, sender=review)
    until = published_sale.call("opening").pausedUntil
    start = published_sale.terms.sessions[0].start
    chain.advance_to(start)
    with reverts("SubscriptionSale_Paused", start, until):
        published_sale.send("subscribe", 900, *published_sale.proof_of(buyer), sender=buyer)


def test_a_pause_is_refused_given_a_sale_that_is_over(
    settled_sale: Trial, failed_sale: Trial, guardian: LocalAccount
) -> None:
    """There is nothing to stop."""
    for trial, status in ((settled_sale, SUCCEEDED), (failed_sale, FAILED)):
        with reverts("SubscriptionSale_WrongStatus", status, FUNDED):
            trial.call("pause", sender=guardian)
