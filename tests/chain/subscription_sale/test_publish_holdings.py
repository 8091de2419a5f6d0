"""`publishHoldings`: in time to be challenged, by the publisher alone; replaced within the window, never after."""

import pytest
from eth_account.signers.local import LocalAccount

from jumpstart.chain.client import Chain
from tests.chain import figures
from tests.chain.reverts import reverts
from tests.chain.stage import FAILED, FUNDED, Stage, Trial

ROOT = bytes(range(32))
OTHER_ROOT = bytes(range(1, 33))


def latest(trial: Trial) -> int:
    """The last moment for posting: two windows before the first session."""
    return trial.terms.sessions[0].start - 2 * figures.CHALLENGE


def test_publishing_stores_the_root_and_announces_it(
    listed_sale: Trial, chain: Chain, publisher: LocalAccount
) -> None:
    """The root is zero before and the published one after."""
    start = listed_sale.terms.sessions[0].start
    assert listed_sale.call("opening") == (start, bytes(32), 0, 0, False)
    receipt = listed_sale.send("publishHoldings", ROOT, sender=publisher)
    assert listed_sale.call("opening") == (start, ROOT, chain.now(), 0, False)
    assert listed_sale.event(receipt, "HoldingsPublished").args == {"root": ROOT}


def test_publishing_is_refused_when_anybody_else_tries(
    listed_sale: Trial, stage: Stage, publisher: LocalAccount
) -> None:
    """Neither who sells, nor who receives, nor who reviews or attests posts holdings."""
    for other in stage.people.all:
        if other != publisher:
            with reverts("SubscriptionSale_OnlyPublisher", other, publisher):
                listed_sale.call("publishHoldings", ROOT, sender=other)


def test_the_zero_root_is_refused(listed_sale: Trial, publisher: LocalAccount) -> None:
    """Nothing is not a root."""
    with reverts("SubscriptionSale_HoldingsMissing"):
        listed_sale.call("publishHoldings", bytes(32), sender=publisher)


def test_publishing_succeeds_as_long_as_a_challenge_can_be_decided(
    listed_sale: Trial, chain: Chain, publisher: LocalAccount
) -> None:
    """Two windows before the first session is the last moment."""
    chain.advance_to(latest(listed_sale))
    listed_sale.send("publishHoldings", ROOT, sender=publisher)
    assert listed_sale.call("opening").root == ROOT


def test_publishing_is_refused_before_the_draw(
    stage: Stage, chain: Chain, publisher: LocalAccount
) -> None:
    """Nobody knows yet which balances count; in the moment of the draw everybody can."""
    trial = stage.list(is_drawn=False)
    draw = trial.sale.listing.holdings.draw_time
    chain.advance_to(draw - 1)
    with reverts("SubscriptionSale_HoldingsTooEarly", draw - 1, draw):
        trial.send("publishHoldings", ROOT, sender=publisher)
    trial.send("publishHoldings", ROOT, sender=publisher)
    assert trial.call("opening")[1:3] == (ROOT, draw)


def test_publishing_is_refused_a_second_later(
    listed_sale: Trial, chain: Chain, publisher: LocalAccount
) -> None:
    """Nobody could challenge it in time."""
    late = latest(listed_sale) + 1
    chain.advance_to(late)
    with reverts("SubscriptionSale_HoldingsTooLate", late, late - 1):
        listed_sale.send("publishHoldings", ROOT, sender=publisher)


def test_the_root_is_replaced_within_the_window(
    listed_sale: Trial, chain: Chain, publisher: LocalAccount
) -> None:
    """A mistake can be put right in the last second of the window, which begins anew."""
    listed_sale.send("publishHoldings", ROOT, sender=publisher)
    end = chain.now() + figures.CHALLENGE
    chain.advance_to(end - 1)
    listed_sale.send("publishHoldings", OTHER_ROOT, sender=publisher)
    assert listed_sale.call("opening")[1:3] == (OTHER_ROOT, end - 1)


@pytest.mark.parametrize("late", [0, 1])
def test_the_root_is_final_after_the_window(
    listed_sale: Trial, chain: Chain, publisher: LocalAccount, late: int
) -> None:
    """Though there would be time before the first session."""
    listed_sale.send("publishHoldings", ROOT, sender=publisher)
    end = chain.now() + figures.CHALLENGE
    assert end + late <= latest(listed_sale)
    chain.advance_to(end + late)
    with reverts("SubscriptionSale_HoldingsFinal", end + late, end):
        listed_sale.send("publishHoldings", OTHER_ROOT, sender=publisher)


def test_publishing_is_refused_given_a_sale_that_is_over(
    listed_sale: Trial, chain: Chain, publisher: LocalAccount
) -> None:
    """After the deadline the sale has failed."""
    chain.mine_at(listed_sale.terms.settle_deadline)
    with reverts("SubscriptionSale_WrongStatus", FAILED, FUNDED):
        listed_sale.call("publishHoldings", ROOT, sender=publisher)


def test_nobody_subscribes_given_no_root(
    listed_sale: Trial, stage: Stage, buyer: LocalAccount
) -> None:
    """Without holdings the sale stays empty."""
    listed_sale.open()
    holding, proof = stage.proof_of(buyer)
    with reverts("SubscriptionSale_HoldingsMissing"):
        listed_sale.send("subscribe", 100, holding, proof, sender=buyer)
    with reverts("SubscriptionSale_HoldingsMissing"):
        listed_sale.call("subscribe", 100, 0, [], sender=buyer)
