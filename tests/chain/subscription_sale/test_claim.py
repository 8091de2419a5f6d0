"""`claim`: the refund once, the tokens as they vest, each to the unit."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from eth_account.signers.local import LocalAccount

from jumpstart.chain.client import Chain
from jumpstart.chain.sale import NATIVE
from jumpstart.schedule import vested_down
from tests.chain import figures
from tests.chain.reverts import reverts
from tests.chain.stage import (
    CLAIMED,
    FAILED,
    FUNDED,
    SUCCEEDED,
    TRANSFER_FAILED,
    People,
    Stage,
    Trial,
    raw,
)

ALLOTTED = 69_443  # to the buyer, of 100,000
REFUND = 66_667 - 46_296  # deposit less cost, both rounded up
UNLOCKED = 17_360  # a quarter of ALLOTTED, rounded down


def test_the_first_claim_pays_the_refund_before_anything_has_vested(
    settled_sale: Trial, buyer: LocalAccount
) -> None:
    """The whole refund, no tokens; the position remembers both."""
    had = settled_sale.paid(buyer), settled_sale.sold(buyer)
    assert settled_sale.call("claim", sender=buyer) == (0, REFUND)
    receipt = settled_sale.send("claim", sender=buyer)
    assert (settled_sale.paid(buyer), settled_sale.sold(buyer)) == (had[0] + REFUND, had[1])
    assert settled_sale.call("positionOf", buyer.address) == (ALLOTTED, 0, 3, 2, 0, CLAIMED)
    events = settled_sale.contract.events(receipt)
    assert [(event.name, dict(event.args)) for event in events] == [
        ("Claimed", {"account": buyer.address, "tokens": 0, "refund": REFUND})
    ]
    assert settled_sale.call("depositOf", buyer.address) == 46_296


def test_a_claim_of_all_pays_tokens_and_refund_together(
    vested_sale: Trial, buyer: LocalAccount
) -> None:
    """Who waits claims once."""
    had = vested_sale.paid(buyer), vested_sale.sold(buyer)
    receipt = vested_sale.send("claim", sender=buyer)
    assert vested_sale.paid(buyer) == had[0] + REFUND
    assert vested_sale.sold(buyer) == had[1] + ALLOTTED
    assert vested_sale.call("positionOf", buyer.address) == (
        ALLOTTED,
        ALLOTTED,
        3,
        2,
        0,
        CLAIMED,
    )
    assert vested_sale.event(receipt, "Claimed").args == {
        "account": buyer.address,
        "tokens": ALLOTTED,
        "refund": REFUND,
    }


def test_nothing_is_left_to_claim_after_all_was_claimed(
    vested_sale: Trial, chain: Chain, buyer: LocalAccount
) -> None:
    """Not then, and not a year later."""
    vested_sale.send("claim", sender=buyer)
    for _ in range(2):
        assert vested_sale.call("claimableOf", buyer.address) == (0, 0)
        with reverts("SubscriptionSale_NothingToClaim", buyer):
            vested_sale.call("claim", sender=buyer)
        chain.mine_at(chain.now() + 365 * figures.DAY)


def test_nothing_is_left_to_claim_until_more_has_vested(
    settled_sale: Trial, chain: Chain, buyer: LocalAccount
) -> None:
    """The refund is paid once; the next claim waits for the vesting to begin."""
    settled_sale.send("claim", sender=buyer)
    start = settled_sale.terms.vesting.start
    chain.mine_at(start - 1)
    with reverts("SubscriptionSale_NothingToClaim", buyer):
        settled_sale.call("claim", sender=buyer)
    receipt = settled_sale.send("claim", sender=buyer)
    assert chain.now() == start
    assert settled_sale.event(receipt, "Claimed").args["tokens"] == UNLOCKED


def test_the_first_claim_of_who_was_served_in_full_pays_nothing_before_the_vesting(
    settled_sale: Trial, rival: LocalAccount
) -> None:
    """It only takes note of the allotment; a second one is refused."""
    assert settled_sale.call("claimableOf", rival.address) == (0, 0)
    receipt = settled_sale.send("claim", sender=rival)
    assert settled_sale.event(receipt, "Claimed").args == {
        "account": rival.address,
        "tokens": 0,
        "refund": 0,
    }
    with reverts("SubscriptionSale_NothingToClaim", rival):
        settled_sale.call("claim", sender=rival)


def vested_at(trial: Trial) -> Sequence[tuple[int, int]]:
    """Moments, each a second before and at a change, and what the buyer's allotment has vested then."""
    vesting = trial.terms.vesting
    start, cliff, step = vesting.start, vesting.cliff_seconds, vesting.step_seconds
    end = vesting.duration_seconds
    rest = ALLOTTED - UNLOCKED
    return [
        (start - 1, 0),
        (start, UNLOCKED),
        (start + 1, UNLOCKED),
        (start + cliff - 1, UNLOCKED),
        (start + cliff, UNLOCKED + rest * 2 // 12),
        (start + cliff + 1, UNLOCKED + rest * 2 // 12),
        (start + cliff + step - 1, UNLOCKED + rest * 2 // 12),
        (start + cliff + step, UNLOCKED + rest * 3 // 12),
        (start + 7 * step, UNLOCKED + rest * 7 // 12),
        (start + end - 1, UNLOCKED + rest * 11 // 12),
        (start + end, ALLOTTED),
        (start + end + 1, ALLOTTED),
    ]


def test_tokens_vest_by_the_schedule_to_the_second(
    settled_sale: Trial, chain: Chain, buyer: LocalAccount
) -> None:
    """What can be claimed changes at the start, at the cliff, at each step and at the end, and never between."""
    settled_sale.send("claim", sender=buyer)
    for moment, vested in vested_at(settled_sale):
        assert vested == vested_down(ALLOTTED, settled_sale.terms.vesting, moment)
        chain.mine_at(moment)
        assert settled_sale.call("claimableOf", buyer.address) == (vested, 0)


def test_who_claims_at_every_change_gets_the_same_in_all(
    settled_sale: Trial, chain: Chain, buyer: LocalAccount
) -> None:
    """Each claim pays what has vested since the one before; at the end it is the allotment, to the unit."""
    had, claimed = settled_sale.sold(buyer), 0
    for moment, vested in vested_at(settled_sale):
        if vested == claimed:
            continue
        chain.advance_to(moment)
        receipt = settled_sale.send("claim", sender=buyer)
        assert settled_sale.event(receipt, "Claimed").args["tokens"] == vested - claimed
        claimed = vested
        assert settled_sale.call("positionOf", buyer.address)[:2] == (ALLOTTED, claimed)
    assert settled_sale.sold(buyer) == had + ALLOTTED


@pytest.mark.parametrize(
    ("changes", "elapsed", "vested"),
    [
        # Everything at once.
        (
            {"unlock_bps": 10_000, "cliff_seconds": 0, "duration_seconds": 0, "step_seconds": 0},
            0,
            900,
        ),
        # By the second, without an unlock: 900 in 1,000 seconds.
        ({"unlock_bps": 0, "cliff_seconds": 0, "duration_seconds": 1000, "step_seconds": 0}, 0, 0),
        ({"unlock_bps": 0, "cliff_seconds": 0, "duration_seconds": 1000, "step_seconds": 0}, 1, 0),
        ({"unlock_bps": 0, "cliff_seconds": 0, "duration_seconds": 1000, "step_seconds": 0}, 2, 1),
        (
            {"unlock_bps": 0, "cliff_seconds": 0, "duration_seconds": 1000, "step_seconds": 1},
            999,
            899,
        ),
        (
            {"unlock_bps": 0, "cliff_seconds": 0, "duration_seconds": 1000, "step_seconds": 1},
            1000,
            900,
        ),
        # A cliff as long as the whole.
        (
            {"unlock_bps": 1, "cliff_seconds": 1000, "duration_seconds": 1000, "step_seconds": 0},
            999,
            0,
        ),
        (
            {"unlock_bps": 1, "cliff_seconds": 1000, "duration_seconds": 1000, "step_seconds": 0},
            1000,
            900,
        ),
        # A step that does not divide the whole: the last one is shorter.
        (
            {"unlock_bps": 0, "cliff_seconds": 0, "duration_seconds": 1000, "step_seconds": 300},
            899,
            540,
        ),
        (
            {"unlock_bps": 0, "cliff_seconds": 0, "duration_seconds": 1000, "step_seconds": 300},
            900,
            810,
        ),
        (
            {"unlock_bps": 0, "cliff_seconds": 0, "duration_seconds": 1000, "step_seconds": 300},
            999,
            810,
        ),
        (
            {"unlock_bps": 0, "cliff_seconds": 0, "duration_seconds": 1000, "step_seconds": 300},
            1000,
            900,
        ),
        # A cliff inside a step.
        (
            {"unlock_bps": 0, "cliff_seconds": 450, "duration_seconds": 1000, "step_seconds": 300},
            449,
            0,
        ),
        (
            {"unlock_bps": 0, "cliff_seconds": 450, "duration_seconds": 1000, "step_seconds": 300},
            450,
            270,
        ),
    ],
)
def test_every_shape_of_vesting_is_exact(
    stage: Stage,
    chain: Chain,
    buyer: LocalAccount,
    changes: dict[str, Any],
    elapsed: int,
    vested: int,
) -> None:
    """Figures by hand, for an allotment of 900."""
    trial = stage.open(**changes)
    trial.subscribe(buyer, 900)
    trial.settle()
    chain.mine_at(trial.terms.vesting.start + elapsed)
    assert trial.call("claimableOf", buyer.address) == (vested, 0)


def test_vesting_may_begin_before_the_sale(stage: Stage, chain: Chain, buyer: LocalAccount) -> None:
    """A start in the past frees what has accrued since, as soon as the sale is settled."""
    long_ago = chain.now() - 2 * figures.VESTING_DURATION
    trial = stage.open(vesting=replace(stage.terms().vesting, start=long_ago))
    trial.subscribe(buyer, 900)
    trial.settle()
    assert trial.call("claimableOf", buyer.address) == (900, 0)


def test_an_allotment_of_two_sessions_is_claimed_as_one(
    two_session_sale: Trial, people: People
) -> None:
    """What was won before and what was won last are one sum that vests."""
    buyers = people.buyers[:5]
    two_session_sale.oversubscribe()
    two_session_sale.settle()
    two_session_sale.open(1)
    two_session_sale.subscribe_all((buyer, 100_000) for buyer in buyers[:3])
    first = two_session_sale.ledger.position_of(buyers[0].address).allotted
    two_session_sale.settle()
    two_session_sale.vest()
    for buyer in buyers:
        allotted = two_session_sale.ledger.allotment_of(buyer.address)
        deposit = two_session_sale.ledger.deposit_of(buyer.address)
        refund = deposit - two_session_sale.terms.cost_up(allotted)
        assert two_session_sale.call("claim", sender=buyer) == (allotted, refund)
    second = two_session_sale.ledger.allotment_of(buyers[0].address) - first
    assert first > 0
    assert second > 0


def test_who_won_nothing_is_refunded_in_full(stage: Stage, people: People) -> None:
    """One token of a weak coefficient against many of a strong one: allotted is nothing, refunded is everything."""
    trial = stage.open(supplies=((10, 0),), minimum=1)
    trial.subscribe_all([(people.buyers[0], 1), (people.buyers[4], 10_000)])
    trial.settle()
    weak = people.buyers[0]
    assert trial.call("allotmentOf", weak.address) == 0
    had = trial.paid(weak)
    trial.send("claim", sender=weak)
    assert trial.paid(weak) == had + 1
    assert trial.call("positionOf", weak.address)[:2] == (0, 0)
    with reverts("SubscriptionSale_NothingToClaim", weak):
        trial.call("claim", sender=weak)


# ---------------------------------------------------------------------------------------- who and when


def test_claiming_is_refused_given_no_subscription(
    settled_sale: Trial, bystander: LocalAccount
) -> None:
    """There is nothing to claim for who was not there."""
    with reverts("SubscriptionSale_NothingSubscribed", bystander):
        settled_sale.call("claim", sender=bystander)


def test_claiming_is_refused_given_a_sale_that_has_not_succeeded(
    oversubscribed_sale: Trial, chain: Chain, buyer: LocalAccount
) -> None:
    """Neither while it runs, nor over but unsettled, nor expired."""
    terms = oversubscribed_sale.terms
    with reverts("SubscriptionSale_WrongStatus", FUNDED, SUCCEEDED):
        oversubscribed_sale.call("claim", sender=buyer)
    chain.mine_at(terms.settle_deadline - 1)
    with reverts("SubscriptionSale_WrongStatus", FUNDED, SUCCEEDED):
        oversubscribed_sale.call("claim", sender=buyer)
    chain.mine_at(terms.settle_deadline)
    with reverts("SubscriptionSale_WrongStatus", FAILED, SUCCEEDED):
        oversubscribed_sale.call("claim", sender=buyer)


def test_claiming_is_refused_given_a_failed_or_an_unpublished_sale(
    failed_sale: Trial, listed_sale: Trial, buyer: LocalAccount
) -> None:
    """No token leaves a sale that did not succeed."""
    with reverts("SubscriptionSale_WrongStatus", FAILED, SUCCEEDED):
        failed_sale.call("claim", sender=buyer)
    with reverts("SubscriptionSale_WrongStatus", FUNDED, SUCCEEDED):
        listed_sale.call("claim", sender=buyer)


def test_claiming_is_refused_between_sessions(two_session_sale: Trial, buyer: LocalAccount) -> None:
    """A settled session is not a settled sale."""
    two_session_sale.subscribe(buyer, 900)
    two_session_sale.settle()
    with reverts("SubscriptionSale_WrongStatus", FUNDED, SUCCEEDED):
        two_session_sale.call("claim", sender=buyer)


# ---------------------------------------------------------------------------------------- with assets that behave oddly


def test_the_refund_is_paid_in_the_native_coin(native_sale: Trial, buyer: LocalAccount) -> None:
    """To the wei, next to the gas."""
    native_sale.oversubscribe()
    native_sale.settle()
    had = native_sale.paid(buyer)
    receipt = native_sale.send("claim", sender=buyer)
    assert native_sale.paid(buyer) == had + REFUND - receipt.gas_used * receipt.gas_price


@pytest.mark.parametrize("name", ["NoReturnToken", "PermitlessToken"])
@pytest.mark.parametrize("paying", [False, True], ids=["sold", "paid"])
def test_a_token_without_return_values_works_throughout(
    stage: Stage, people: People, name: str, paying: bool
) -> None:
    """From the funding to the sweep, as the token sold and as the one paid with."""
    token = stage.odd_token(name, paying=paying)
    changes: dict[str, Any] = {"payment_token" if paying else "sale_token": raw(token)}
    trial = stage.open(**changes)
    trial.oversubscribe()
    trial.settle()
    trial.vest()
    trial.claim_for_all(*people.buyers[:5])
    trial.collect()
    trial.sweep(people.buyers[:5])
    assert trial.assets == (0, 0)


def test_a_token_that_returns_false_pays_nothing_and_loses_nothing(
    stage: Stage, buyer: LocalAccount
) -> None:
    """A claim that was not paid did not happen; it can be repeated."""
    token = stage.odd_token("FalseReturningToken", paying=True)
    trial = stage.open(payment_token=raw(token))
    trial.oversubscribe()
    trial.settle()
    token.send("setRefusing", True, sender=buyer)
    with reverts(TRANSFER_FAILED, b""):
        trial.send("claim", sender=buyer)
    token.send("setRefusing", False, sender=buyer)
    had = trial.paid(buyer)
    trial.send("claim", sender=buyer)
    assert trial.paid(buyer) == had + REFUND


def test_a_fee_switched_on_after_the_subscriptions_costs_who_is_paid_alone(
    stage: Stage, people: People, buyer: LocalAccount
) -> None:
    """The sale sends out exactly what it owes, so that everybody else's part stays covered."""
    token = stage.odd_token("FeeToken", paying=True)
    trial = stage.open(payment_token=raw(token))
    trial.oversubscribe()
    trial.settle()
    token.send("setFeeBps", 1000, sender=buyer)
    had, before = trial.paid(buyer), trial.assets[1]
    trial.send("claim", sender=buyer)
    assert trial.assets[1] == before - REFUND
    assert trial.paid(buyer) == had + REFUND - REFUND // 10
    trial.vest()
    trial.claim_for_all(*people.buyers[:5])
    trial.collect()
    trial.sweep(people.buyers[:5])
    assert trial.assets == (0, 0)


def test_the_native_coin_is_not_needed_for_tokens_that_vest_later(
    stage: Stage, buyer: LocalAccount
) -> None:
    """A second claim moves tokens only."""
    trial = stage.open(payment_token=NATIVE)
    trial.oversubscribe()
    trial.settle()
    trial.send("claim", sender=buyer)
    before = trial.assets
    trial.vest()
    trial.send("claim", sender=buyer)
    assert trial.assets == (before[0] - ALLOTTED, before[1])
