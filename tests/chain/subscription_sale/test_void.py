"""`void`, `abandon`: a sale that ends before it is settled, and refunds in full."""

import pytest
from eth_account.signers.local import LocalAccount

from jumpstart.chain.client import Chain
from tests.chain import figures
from tests.chain.reverts import reverts
from tests.chain.stage import FAILED, FUNDED, REFUNDED, SUCCEEDED, Stage, Trial


@pytest.fixture
def review(stage: Stage) -> str:
    """The review itself, so that it calls without its own rules."""
    return stage.as_review()


def test_only_the_review_voids(open_sale: Trial, stage: Stage, review: str) -> None:
    """Nobody else, whatever role."""
    for other in stage.people.all:
        with reverts("SubscriptionSale_OnlyReview", other, review):
            open_sale.call("void", sender=other)


def test_a_voided_sale_has_failed_and_says_so(oversubscribed_sale: Trial, review: str) -> None:
    """At once, in its session."""
    receipt = oversubscribed_sale.send("void", sender=review)
    assert oversubscribed_sale.call("status") == FAILED
    assert oversubscribed_sale.event(receipt, "SaleVoided").args == {}


def test_nobody_subscribes_given_a_voided_sale(
    oversubscribed_sale: Trial, stage: Stage, buyer: LocalAccount, review: str
) -> None:
    """Neither newcomers nor who is in already."""
    oversubscribed_sale.send("void", sender=review)
    newcomer = stage.people.buyers[6]
    proof = oversubscribed_sale.proof_of(newcomer)
    with reverts("SubscriptionSale_WrongStatus", FAILED, FUNDED):
        oversubscribed_sale.call("subscribe", 900, *proof, sender=newcomer)
    with reverts("SubscriptionSale_WrongStatus", FAILED, FUNDED):
        oversubscribed_sale.call("subscribe", 900, 0, [], sender=buyer)


def test_everybody_takes_the_whole_deposit_back(
    oversubscribed_sale: Trial, stage: Stage, review: str
) -> None:
    """To the last unit, and the project its tokens."""
    trial = oversubscribed_sale
    had = {each: trial.paid(each) for each in stage.people.buyers[:5]}
    trial.send("void", sender=review)
    for each in had:
        deposit = trial.call("depositOf", each.address)
        assert trial.call("claimableOf", each.address) == (0, deposit)
        trial.send("refundFor", each.address, sender=stage.people.stranger)
        assert trial.paid(each) - had[each] == deposit > 0
        assert trial.call("positionOf", each.address).stage == REFUNDED
        assert trial.call("depositOf", each.address) == 0
        assert trial.call("claimableOf", each.address) == (0, 0)
    trial.collect()
    assert trial.assets == (0, 0)


def test_deposits_of_settled_sessions_come_back_too(
    two_session_sale: Trial, stage: Stage, review: str
) -> None:
    """Voided in its second session: who was allotted tokens in the first gets the money for them back."""
    trial, people = two_session_sale, stage.people
    had = {each: trial.paid(each) for each in people.buyers[:5]}
    trial.oversubscribe()
    trial.settle()
    trial.open(1)
    trial.subscribe(people.buyers[0], 1_000)
    trial.send("void", sender=review)
    for each, before in had.items():
        trial.send("refund", sender=each)
        assert trial.paid(each) == before
    trial.collect()
    assert trial.assets == (0, 0)


def test_the_weight_of_each_stays_and_all_of_them_are_the_total(
    two_session_sale: Trial, stage: Stage, review: str
) -> None:
    """What was allotted in the settled session and asked for in the other, before and after the refund."""
    trial, people = two_session_sale, stage.people
    trial.oversubscribe()
    trial.settle()
    trial.open(1)
    trial.subscribe(people.buyers[0], 1_000)
    trial.subscribe(people.buyers[6], 77)
    allotted = {each: trial.call("allotmentOf", each.address) for each in people.buyers[:5]}
    expected = {each.address: allotted[each] for each in people.buyers[:5]}
    expected[people.buyers[0].address] += 1_000
    expected[people.buyers[6].address] = 77
    total = trial.call("totalWeight")
    assert total == figures.SUPPLY + 1_077
    assert 0 <= total - sum(expected.values()) <= 5
    trial.send("void", sender=review)
    for address, weight in expected.items():
        assert trial.call("weightOf", address) == weight
        trial.send("refundFor", address, sender=people.stranger)
        assert trial.call("weightOf", address) == weight
    assert trial.call("totalWeight") == total
    assert trial.call("weightOf", people.stranger.address) == 0


def test_a_voided_sale_cannot_be_settled(
    oversubscribed_sale: Trial, stage: Stage, review: str
) -> None:
    """It is over."""
    oversubscribed_sale.send("void", sender=review)
    oversubscribed_sale.close()
    with reverts("SubscriptionSale_WrongStatus", FAILED, FUNDED):
        oversubscribed_sale.call("settle", sender=stage.people.stranger)


def test_voiding_is_refused_given_a_sale_that_is_settled(
    settled_sale: Trial, failed_sale: Trial, review: str
) -> None:
    """What was allotted stays allotted."""
    for trial, status in ((settled_sale, SUCCEEDED), (failed_sale, FAILED)):
        with reverts("SubscriptionSale_WrongStatus", status, FUNDED):
            trial.call("void", sender=review)


# ------------------------------------------------------------------------------------------- abandon


def test_anybody_abandons_a_sale_without_holdings_from_its_first_session_on(
    listed_sale: Trial, stage: Stage, chain: Chain, bystander: LocalAccount
) -> None:
    """Nobody can have subscribed, and the project gets its tokens back at once."""
    start = listed_sale.terms.sessions[0].start
    chain.advance_to(start)
    receipt = listed_sale.send("abandon", sender=bystander)
    assert listed_sale.event(receipt, "SaleVoided").args == {}
    assert listed_sale.call("status") == FAILED
    before = listed_sale.sold(stage.people.treasury)
    listed_sale.collect()
    assert listed_sale.sold(stage.people.treasury) - before == figures.SUPPLY


def test_abandoning_is_refused_a_second_earlier(
    listed_sale: Trial, chain: Chain, bystander: LocalAccount
) -> None:
    """A decision on a challenge could still open it."""
    start = listed_sale.terms.sessions[0].start
    chain.advance_to(start - 1)
    with reverts("SubscriptionSale_MayStillOpen", start - 1, start):
        listed_sale.send("abandon", sender=bystander)


def test_a_sale_with_an_undecided_challenge_is_abandoned(
    published_sale: Trial, review: str, bystander: LocalAccount
) -> None:
    """An undecided challenge voids the sale."""
    published_sale.send("challengeHoldings", sender=review)
    published_sale.open()
    published_sale.send("abandon", sender=bystander)
    assert published_sale.call("status") == FAILED


def test_a_sale_with_holdings_in_force_cannot_be_abandoned(
    open_sale: Trial, chain: Chain, bystander: LocalAccount
) -> None:
    """It is open."""
    start = open_sale.terms.sessions[0].start
    chain.advance_to(start + 1)
    with reverts("SubscriptionSale_MayStillOpen", start + 1, start):
        open_sale.send("abandon", sender=bystander)


def test_a_paused_sale_cannot_be_abandoned(
    open_sale: Trial, chain: Chain, guardian: LocalAccount, bystander: LocalAccount
) -> None:
    """A pause takes nothing from anybody."""
    open_sale.send("pause", sender=guardian)
    start = open_sale.terms.sessions[0].start
    chain.advance_to(start + 5)
    with reverts("SubscriptionSale_MayStillOpen", start + 5, start):
        open_sale.send("abandon", sender=bystander)


def test_abandoning_is_refused_given_a_sale_that_is_over(
    settled_sale: Trial, bystander: LocalAccount
) -> None:
    """It succeeded."""
    with reverts("SubscriptionSale_WrongStatus", SUCCEEDED, FUNDED):
        settled_sale.call("abandon", sender=bystander)
