"""`subscribe`: who is admitted, when, how much is accepted, and what is charged for it."""

from collections.abc import Sequence

import pytest
from eth_account.signers.local import LocalAccount
from eth_utils.crypto import keccak

from jumpstart.chain.client import Chain
from jumpstart.chain.sale import NATIVE
from jumpstart.terms import Tier
from tests.chain import figures
from tests.chain.reverts import reverts
from tests.chain.stage import (
    SUBSCRIBED,
    TRANSFER_FROM_FAILED,
    People,
    Stage,
    Trial,
    changed,
    paid_in,
    raw,
)

AMOUNT = 1000
COST = 667  # of AMOUNT tokens, two payment units for three: 666.67, rounded up


def test_subscribing_takes_the_cost_rounded_up_and_is_announced(
    open_sale: Trial, buyer: LocalAccount
) -> None:
    """Payment moves from the buyer to the sale; position, demand and event say what was accepted."""
    had = open_sale.paid(buyer)
    receipt = open_sale.subscribe(buyer, AMOUNT)
    assert open_sale.paid(buyer) == had - COST
    assert open_sale.assets == (figures.SUPPLY, COST)
    assert open_sale.call("positionOf", buyer.address) == (0, AMOUNT, 3, 2, 0, SUBSCRIBED)
    assert open_sale.call("demandOf", 0, 2) == (AMOUNT, 1, 1)
    assert open_sale.call("depositOf", buyer.address) == COST
    assert [event.name for event in open_sale.contract.events(receipt)] == ["Subscribed"]
    assert open_sale.event(receipt, "Subscribed").args == {
        "account": buyer.address,
        "coefficient": 3,
        "accepted": AMOUNT,
    }


def test_subscribing_returns_what_was_accepted(
    open_sale: Trial, stage: Stage, buyer: LocalAccount
) -> None:
    """A contract that subscribes learns the figure."""
    assert open_sale.call("subscribe", AMOUNT, *stage.proof_of(buyer), sender=buyer) == AMOUNT


def test_a_top_up_needs_neither_proof_nor_pass(
    open_sale: Trial, stage: Stage, buyer: LocalAccount, attester: LocalAccount
) -> None:
    """Who is in stays in, and pays the difference of two costs: the sum is rounded once."""
    open_sale.subscribe(buyer, AMOUNT)
    stage.platform.pass_registry.send("revoke", buyer.address, sender=attester)
    had = open_sale.paid(buyer)
    open_sale.send("subscribe", AMOUNT, 0, [], sender=buyer)
    assert open_sale.paid(buyer) == had - 667  # 1,334 for 2,000
    open_sale.send("subscribe", AMOUNT, 0, [], sender=buyer)
    assert open_sale.paid(buyer) == had - 667 - 666  # 2,000 for 3,000
    assert open_sale.call("positionOf", buyer.address).amount == 3 * AMOUNT
    assert open_sale.call("demandOf", 0, 2) == (3 * AMOUNT, 1, 1)


def test_a_top_up_can_be_free_given_a_cost_already_rounded_up(
    stage: Stage, buyer: LocalAccount
) -> None:
    """At one payment unit for a thousand tokens, the second token costs nothing more."""
    trial = stage.open(price=1, price_unit=1000, minimum=1)
    trial.subscribe(buyer, 1)
    assert trial.assets[1] == 1
    trial.subscribe(buyer, 999)
    assert trial.assets[1] == 1
    trial.subscribe(buyer, 1)
    assert trial.assets[1] == 2


def test_one_token_can_be_subscribed_given_a_minimum_of_one(
    stage: Stage, buyer: LocalAccount
) -> None:
    """The smallest subscription costs the smallest payment, and is allotted."""
    trial = stage.open(minimum=1)
    trial.subscribe(buyer, 1)
    assert trial.assets[1] == 1
    trial.settle()
    assert trial.call("allotmentOf", buyer.address) == 1


# ---------------------------------------------------------------------------------------- when


def test_subscribing_is_refused_before_the_window_and_succeeds_at_its_start(
    published_sale: Trial, stage: Stage, chain: Chain, buyer: LocalAccount
) -> None:
    """One second decides."""
    start = published_sale.terms.sessions[0].start
    chain.mine_at(start - 1)
    with reverts("SubscriptionSale_NotOpen", start - 1, start):
        published_sale.call("subscribe", AMOUNT, *stage.proof_of(buyer), sender=buyer)
    published_sale.subscribe(buyer, AMOUNT)
    assert chain.now() == start
    assert published_sale.call("positionOf", buyer.address).amount == AMOUNT


def test_subscribing_succeeds_in_the_last_second_and_is_refused_at_the_end(
    open_sale: Trial, chain: Chain, buyer: LocalAccount
) -> None:
    """The end does not belong to the window."""
    end = open_sale.terms.sessions[0].end
    chain.advance_to(end - 1)
    open_sale.subscribe(buyer, AMOUNT)
    assert chain.now() == end - 1
    for late in (0, 1):
        chain.mine_at(end + late)
        with reverts("SubscriptionSale_Closed", end + late, end):
            open_sale.call("subscribe", AMOUNT, 0, [], sender=buyer)


def test_subscribing_is_refused_between_two_sessions(
    two_session_sale: Trial, chain: Chain, buyer: LocalAccount
) -> None:
    """In the pause it is the second session that is not open yet, settled or not."""
    two_session_sale.subscribe(buyer, AMOUNT)
    first, second = two_session_sale.terms.sessions
    chain.mine_at(first.end)
    with reverts("SubscriptionSale_NotOpen", first.end, second.start):
        two_session_sale.call("subscribe", AMOUNT, 0, [], sender=buyer)
    two_session_sale.settle()
    chain.mine_at(second.start - 1)
    with reverts("SubscriptionSale_NotOpen", second.start - 1, second.start):
        two_session_sale.call("subscribe", AMOUNT, 0, [], sender=buyer)
    two_session_sale.subscribe(buyer, AMOUNT)
    assert two_session_sale.call("positionOf", buyer.address).session == 1


def test_the_second_session_is_refused_given_an_unsettled_first(
    two_session_sale: Trial, stage: Stage, buyer: LocalAccount, rival: LocalAccount
) -> None:
    """Neither who is in nor a newcomer comes in before the settlement, and both do after it."""
    two_session_sale.subscribe(buyer, AMOUNT)
    two_session_sale.open(1)
    with reverts("SubscriptionSale_EarlierSessionUnsettled", 0):
        two_session_sale.send("subscribe", AMOUNT, 0, [], sender=buyer)
    with reverts("SubscriptionSale_EarlierSessionUnsettled", 0):
        two_session_sale.call("subscribe", AMOUNT, *stage.proof_of(rival), sender=rival)
    two_session_sale.settle()
    two_session_sale.subscribe(buyer, AMOUNT)
    two_session_sale.subscribe(rival, AMOUNT)
    assert two_session_sale.call("demandOf", 1, 2) == (AMOUNT, 1, 0)
    assert two_session_sale.call("demandOf", 1, 4) == (AMOUNT, 1, 1)


def test_the_third_session_is_refused_given_an_unsettled_second(
    stage: Stage, buyer: LocalAccount
) -> None:
    """It is the session just before that must be settled."""
    trial = stage.open(supplies=((10, 0), (10, 0), (10, 0)))
    trial.close(0)
    trial.settle()
    trial.open(2)
    with reverts("SubscriptionSale_EarlierSessionUnsettled", 1):
        trial.send("subscribe", AMOUNT, *stage.proof_of(buyer), sender=buyer)
    trial.settle()
    trial.subscribe(buyer, AMOUNT)


def test_sessions_may_follow_without_a_pause(
    stage: Stage, chain: Chain, buyer: LocalAccount
) -> None:
    """At the common second only the second session counts."""
    terms = stage.terms(supplies=((figures.SUPPLY, 0), (figures.SUPPLY, 0)))
    first, second = terms.sessions
    adjoining = type(second)(
        start=first.end, end=second.end, supply=second.supply, limit=second.limit
    )
    trial = stage.open(changed(terms, sessions=(first, adjoining)))
    trial.subscribe(buyer, AMOUNT)
    chain.mine_at(first.end)
    with reverts("SubscriptionSale_EarlierSessionUnsettled", 0):
        trial.call("subscribe", AMOUNT, 0, [], sender=buyer)
    trial.settle()
    trial.subscribe(buyer, AMOUNT)
    assert trial.call("positionOf", buyer.address).session == 1


# ---------------------------------------------------------------------------------------- the limit


def test_the_last_token_below_the_limit_is_accepted_whole(
    open_sale: Trial, buyer: LocalAccount, rival: LocalAccount
) -> None:
    """One below the limit, the session stays open for one token more."""
    open_sale.subscribe(buyer, figures.LIMIT - AMOUNT - 1)
    receipt = open_sale.subscribe(rival, AMOUNT)
    assert open_sale.event(receipt, "Subscribed").args["accepted"] == AMOUNT
    assert open_sale.call("subscribe", 5, 0, [], sender=rival) == 1


def test_exactly_the_limit_is_accepted_whole(
    open_sale: Trial, buyer: LocalAccount, rival: LocalAccount
) -> None:
    """At the limit, nothing is cut off and nothing more is accepted."""
    open_sale.subscribe(buyer, figures.LIMIT - AMOUNT)
    receipt = open_sale.subscribe(rival, AMOUNT)
    assert open_sale.event(receipt, "Subscribed").args["accepted"] == AMOUNT
    with reverts("SubscriptionSale_LimitReached", 1, figures.LIMIT):
        open_sale.call("subscribe", 1, 0, [], sender=rival)


def test_what_crosses_the_limit_is_neither_accepted_nor_charged(
    open_sale: Trial, buyer: LocalAccount, rival: LocalAccount
) -> None:
    """One above the limit, one token is left out of the subscription and of its cost."""
    open_sale.subscribe(buyer, figures.LIMIT - AMOUNT)
    had = open_sale.paid(rival)
    receipt = open_sale.subscribe(rival, AMOUNT + 1)
    assert open_sale.event(receipt, "Subscribed").args["accepted"] == AMOUNT
    assert open_sale.paid(rival) == had - COST
    assert open_sale.call("positionOf", rival.address).amount == AMOUNT
    assert open_sale.call("demandOf", 0, 4) == (AMOUNT, 1, 1)


def test_the_limit_counts_all_coefficients_together(open_sale: Trial, people: People) -> None:
    """Five buyers fill it; the sixth, of whichever coefficient, is refused."""
    share = figures.LIMIT // 5
    open_sale.subscribe_all((buyer, share) for buyer in people.buyers[:5])
    for late in people.buyers[5:]:
        with reverts("SubscriptionSale_LimitReached", AMOUNT, figures.LIMIT):
            open_sale.call("subscribe", AMOUNT, *open_sale.stage.proof_of(late), sender=late)


def test_a_session_without_a_limit_accepts_any_demand(stage: Stage, buyer: LocalAccount) -> None:
    """No limit, no cut."""
    trial = stage.open(supplies=((figures.SUPPLY, 0),))
    receipt = trial.subscribe(buyer, 100 * figures.LIMIT)
    assert trial.event(receipt, "Subscribed").args["accepted"] == 100 * figures.LIMIT


def test_limits_of_sessions_are_counted_apart(
    stage: Stage, buyer: LocalAccount, rival: LocalAccount
) -> None:
    """What filled the first session takes nothing from the second's limit."""
    trial = stage.open(supplies=((100, 150), (100, 200)))
    trial.subscribe(buyer, 150)
    trial.settle()
    trial.open(1)
    receipt = trial.subscribe(rival, 500)
    assert trial.event(receipt, "Subscribed").args["accepted"] == 200


def test_a_session_settled_early_refuses_more_while_its_window_lasts(
    open_sale: Trial, stage: Stage, buyer: LocalAccount, rival: LocalAccount
) -> None:
    """Full is full, before and after the settlement, for participants and newcomers."""
    open_sale.subscribe(buyer, figures.LIMIT)
    for _ in range(2):
        with reverts("SubscriptionSale_LimitReached", AMOUNT, figures.LIMIT):
            open_sale.call("subscribe", AMOUNT, 0, [], sender=buyer)
        with reverts("SubscriptionSale_LimitReached", AMOUNT, figures.LIMIT):
            open_sale.call("subscribe", AMOUNT, *stage.proof_of(rival), sender=rival)
        if open_sale.settled == 0:
            open_sale.send("settle", sender=rival)
            open_sale.ledger.settle(open_sale.terms.sessions[0].end)
    assert open_sale.settled == 1


def test_what_the_limit_leaves_may_be_below_the_minimum(
    open_sale: Trial, buyer: LocalAccount, rival: LocalAccount
) -> None:
    """The minimum is about what was asked for, so that the last tokens can be had and the limit be reached."""
    open_sale.subscribe(buyer, figures.LIMIT - 1)
    receipt = open_sale.subscribe(rival, figures.MINIMUM)
    assert open_sale.event(receipt, "Subscribed").args["accepted"] == 1


# ---------------------------------------------------------------------------------------- minimum and cap


def test_the_minimum_is_accepted_and_one_less_is_refused(
    open_sale: Trial, stage: Stage, buyer: LocalAccount
) -> None:
    """Figures of the refusal are what would be subscribed, and the minimum."""
    less = figures.MINIMUM - 1
    with reverts("SubscriptionSale_BelowMinimum", less, figures.MINIMUM):
        open_sale.call("subscribe", less, *stage.proof_of(buyer), sender=buyer)
    open_sale.subscribe(buyer, figures.MINIMUM)
    assert open_sale.call("positionOf", buyer.address).amount == figures.MINIMUM


def test_a_top_up_may_be_below_the_minimum(open_sale: Trial, buyer: LocalAccount) -> None:
    """The minimum is of all that the account has subscribed in the session."""
    open_sale.subscribe(buyer, figures.MINIMUM)
    open_sale.subscribe(buyer, 1)
    assert open_sale.call("positionOf", buyer.address).amount == figures.MINIMUM + 1


def test_nothing_cannot_be_subscribed(open_sale: Trial, stage: Stage, buyer: LocalAccount) -> None:
    """Zero is refused for a newcomer and as a top-up, where the minimum is long reached."""
    with reverts("SubscriptionSale_BelowMinimum", 0, figures.MINIMUM):
        open_sale.call("subscribe", 0, *stage.proof_of(buyer), sender=buyer)
    open_sale.subscribe(buyer, AMOUNT)
    with reverts("SubscriptionSale_BelowMinimum", AMOUNT, figures.MINIMUM):
        open_sale.call("subscribe", 0, 0, [], sender=buyer)


def test_the_minimum_counts_anew_in_each_session(
    two_session_sale: Trial, buyer: LocalAccount
) -> None:
    """What was subscribed before does not count."""
    two_session_sale.subscribe(buyer, AMOUNT)
    two_session_sale.settle()
    two_session_sale.open(1)
    less = figures.MINIMUM - 1
    with reverts("SubscriptionSale_BelowMinimum", less, figures.MINIMUM):
        two_session_sale.send("subscribe", less, 0, [], sender=buyer)
    two_session_sale.subscribe(buyer, figures.MINIMUM)


def test_the_cap_is_accepted_and_one_more_is_refused(stage: Stage, buyer: LocalAccount) -> None:
    """Figures of the refusal are what was asked for, and what was left."""
    cap = figures.ACCOUNT_CAP
    trial = stage.open(account_cap=cap)
    with reverts("SubscriptionSale_CapExceeded", cap + 1, cap):
        trial.send("subscribe", cap + 1, *stage.proof_of(buyer), sender=buyer)
    trial.subscribe(buyer, cap - AMOUNT)
    with reverts("SubscriptionSale_CapExceeded", AMOUNT + 1, AMOUNT):
        trial.call("subscribe", AMOUNT + 1, 0, [], sender=buyer)
    trial.subscribe(buyer, AMOUNT)
    with reverts("SubscriptionSale_CapExceeded", 1, 0):
        trial.call("subscribe", 1, 0, [], sender=buyer)


def test_the_cap_counts_what_earlier_sessions_allotted_not_what_was_subscribed(
    stage: Stage, people: People
) -> None:
    """Of 400 subscribed under a cap of 500, 100 were allotted: 400 more may be had."""
    first, other = people.buyers[0], people.buyers[5]
    trial = stage.open(supplies=((200, 0), (1000, 0)), account_cap=500)
    trial.subscribe_all([(first, 400), (other, 400)])
    trial.settle()
    trial.open(1)
    assert trial.call("allotmentOf", first.address) == 100
    with reverts("SubscriptionSale_CapExceeded", 401, 400):
        trial.send("subscribe", 401, 0, [], sender=first)
    trial.subscribe(first, 400)
    assert trial.call("positionOf", first.address)[:2] == (100, 400)


def test_the_cap_is_about_what_is_asked_for_given_a_limit_that_cuts_it(
    stage: Stage, buyer: LocalAccount, rival: LocalAccount
) -> None:
    """Asking beyond the cap is refused, though the limit would have left less."""
    cap = figures.SUPPLY
    trial = stage.open(supplies=((cap, cap),), account_cap=cap)
    trial.subscribe(buyer, cap - 5)
    with reverts("SubscriptionSale_CapExceeded", cap + 1, cap):
        trial.call("subscribe", cap + 1, *stage.proof_of(rival), sender=rival)
    receipt = trial.subscribe(rival, cap)
    assert trial.event(receipt, "Subscribed").args["accepted"] == 5


def test_the_largest_position_is_accepted_and_one_more_is_refused(
    stage: Stage, buyer: LocalAccount
) -> None:
    """Without a cap, an account is limited to what its slot can hold."""
    most = 2**104 - 1
    trial = stage.open(supplies=((figures.SUPPLY, 0),), price=1, price_unit=2**100)
    for amount in (most + 1, 2**200, 2**256 - 1):
        with reverts("SubscriptionSale_CapExceeded", amount, most):
            trial.call("subscribe", amount, *stage.proof_of(buyer), sender=buyer)


# ---------------------------------------------------------------------------------------- the proof


def test_the_holding_decides_the_coefficient_at_each_threshold(stage: Stage) -> None:
    """At a row's threshold its coefficient applies, one below it the row before; above the last row, the last."""
    tiers = tuple(Tier(threshold=100 * row * row, coefficient=1000 * row) for row in range(1, 33))
    holdings = [tier.threshold + step for tier in tiers for step in (-1, 0)] + [2**256 - 1]
    people = [f"0x{number:040x}" for number in range(1, len(holdings) + 1)]
    published = dict(zip(people, holdings, strict=True))
    buyers = stage.people.buyers
    of_buyers = dict(
        zip((buyer.address for buyer in buyers), holdings[-len(buyers) :], strict=True)
    )
    trial = stage.open(tiers=tiers, holdings=published | of_buyers)
    for buyer in buyers:
        holding, proof = trial.proof_of(buyer)
        trial.send("subscribe", AMOUNT, holding, proof, sender=buyer)
        row = max(row for row, tier in enumerate(tiers) if tier.threshold <= holding)
        position = trial.call("positionOf", buyer.address)
        assert (position.tier, position.coefficient) == (row, tiers[row].coefficient)


def test_a_holding_at_the_first_threshold_is_enough_and_one_below_is_not(
    open_sale: Trial, stage: Stage, people: People
) -> None:
    """The refusal names the holding and the threshold."""
    small = people.small_holder
    threshold = figures.TIERS[0].threshold
    with reverts("SubscriptionSale_HoldingTooLow", threshold - 1, threshold):
        open_sale.call("subscribe", AMOUNT, *stage.proof_of(small), sender=small)
    first = people.buyers[0]
    assert stage.proof_of(first)[0] == threshold
    open_sale.subscribe(first, AMOUNT)


def test_a_proof_of_another_account_is_refused(
    open_sale: Trial, stage: Stage, buyer: LocalAccount, rival: LocalAccount
) -> None:
    """Nobody subscribes on somebody else's holding."""
    holding, proof = stage.proof_of(rival)
    with reverts("SubscriptionSale_ProofInvalid", buyer, holding):
        open_sale.call("subscribe", AMOUNT, holding, proof, sender=buyer)


@pytest.mark.parametrize("change", [-1, 1, 1000])
def test_a_proof_of_another_holding_is_refused(
    open_sale: Trial, stage: Stage, buyer: LocalAccount, change: int
) -> None:
    """The holding is exactly the published one."""
    holding, proof = stage.proof_of(buyer)
    with reverts("SubscriptionSale_ProofInvalid", buyer, holding + change):
        open_sale.call("subscribe", AMOUNT, holding + change, proof, sender=buyer)


def test_a_damaged_proof_is_refused(open_sale: Trial, stage: Stage, buyer: LocalAccount) -> None:
    """Empty, shorter, longer, in another order, or with one bit changed."""
    holding, proof = stage.proof_of(buyer)
    flipped = bytes([proof[0][0] ^ 1]) + proof[0][1:]
    damaged: Sequence[list[bytes]] = (
        [],
        proof[:-1],
        proof[1:],
        [*proof, bytes(32)],
        [*proof, stage.tree.root],
        proof[::-1],
        [flipped, *proof[1:]],
    )
    for wrong in damaged:
        with reverts("SubscriptionSale_ProofInvalid", buyer, holding):
            open_sale.call("subscribe", AMOUNT, holding, wrong, sender=buyer)
    open_sale.subscribe(buyer, AMOUNT)


def test_an_inner_node_is_no_leaf(open_sale: Trial, stage: Stage, buyer: LocalAccount) -> None:
    """For each inner node, the rest of the way up to the root proves nothing."""
    holding, proof = stage.proof_of(buyer)
    for start in range(1, len(proof) + 1):
        with reverts("SubscriptionSale_ProofInvalid", buyer, holding):
            open_sale.call("subscribe", AMOUNT, holding, proof[start:], sender=buyer)


def test_a_leaf_hashed_once_is_refused(stage: Stage, buyer: LocalAccount) -> None:
    """A root over single hashes, such as 64 bytes that could be two nodes, admits nobody; hashed twice, it does."""
    packed = bytes(12) + raw(buyer) + (500).to_bytes(32)
    trial = stage.list()
    trial.send("publishHoldings", keccak(packed), sender=stage.people.publisher)
    trial.open()
    with reverts("SubscriptionSale_ProofInvalid", buyer, 500):
        trial.send("subscribe", AMOUNT, 500, [], sender=buyer)
    twice = stage.list()
    twice.send("publishHoldings", keccak(keccak(packed)), sender=stage.people.publisher)
    twice.open()
    twice.send("subscribe", AMOUNT, 500, [], sender=buyer)
    assert twice.call("positionOf", buyer.address).amount == AMOUNT


# ---------------------------------------------------------------------------------------- the pass


def test_a_newcomer_without_a_pass_is_refused(
    open_sale: Trial, stage: Stage, people: People
) -> None:
    """A holding alone is not enough; with a pass it is."""
    newcomer = people.unattested
    with reverts("SubscriptionSale_NoPass", newcomer):
        open_sale.call("subscribe", AMOUNT, *stage.proof_of(newcomer), sender=newcomer)
    stage.present(newcomer)
    open_sale.subscribe(newcomer, AMOUNT)


def test_a_revoked_pass_refuses_a_newcomer(
    open_sale: Trial, stage: Stage, buyer: LocalAccount, attester: LocalAccount
) -> None:
    """What counts is the pass at the first subscription."""
    stage.platform.pass_registry.send("revoke", buyer.address, sender=attester)
    with reverts("SubscriptionSale_NoPass", buyer):
        open_sale.call("subscribe", AMOUNT, *stage.proof_of(buyer), sender=buyer)


def test_a_pass_counts_until_the_second_before_it_expires(
    open_sale: Trial, stage: Stage, chain: Chain, people: People
) -> None:
    """The expiry itself is too late."""
    newcomer = people.unattested
    expiry = chain.now() + 100
    stage.present(newcomer, expires_at=expiry)
    chain.mine_at(expiry - 1)
    assert open_sale.call("subscribe", AMOUNT, *stage.proof_of(newcomer), sender=newcomer) == AMOUNT
    chain.mine_at(expiry)
    with reverts("SubscriptionSale_NoPass", newcomer):
        open_sale.call("subscribe", AMOUNT, *stage.proof_of(newcomer), sender=newcomer)


def test_a_pass_of_the_level_asked_for_counts_and_one_below_does_not(
    open_sale: Trial, stage: Stage, people: People
) -> None:
    """The refusal names both levels."""
    newcomer = people.unattested
    stage.present(newcomer, level=figures.LEVEL - 1)
    with reverts("SubscriptionSale_PassLevelTooLow", figures.LEVEL - 1, figures.LEVEL):
        open_sale.call("subscribe", AMOUNT, *stage.proof_of(newcomer), sender=newcomer)
    stage.present(newcomer, level=figures.LEVEL)
    open_sale.subscribe(newcomer, AMOUNT)


def test_a_pass_of_a_higher_level_counts(open_sale: Trial, stage: Stage, people: People) -> None:
    """Levels are a floor."""
    stage.present(people.unattested, level=255)
    open_sale.subscribe(people.unattested, AMOUNT)


def test_a_jurisdiction_that_is_not_admitted_is_refused(
    open_sale: Trial, stage: Stage, people: People
) -> None:
    """The refusal names the jurisdiction; a pass of an admitted one counts."""
    newcomer = people.unattested
    stage.present(newcomer, jurisdiction=figures.UNITED_STATES)
    with reverts("SubscriptionSale_JurisdictionNotAdmitted", figures.UNITED_STATES):
        open_sale.call("subscribe", AMOUNT, *stage.proof_of(newcomer), sender=newcomer)
    stage.present(newcomer, jurisdiction=figures.SWITZERLAND)
    open_sale.subscribe(newcomer, AMOUNT)


def test_a_pass_of_a_second_attester_counts(open_sale: Trial, stage: Stage, people: People) -> None:
    """Any accepted attester will do, and a bad pass of one does not spoil a good one of the other."""
    newcomer = people.unattested
    stage.present(newcomer, by=people.second_attester)
    open_sale.subscribe(newcomer, AMOUNT)
    buyer = people.buyers[0]
    stage.platform.pass_registry.send("revoke", buyer.address, sender=people.attester)
    stage.present(buyer, by=people.second_attester)
    open_sale.subscribe(buyer, AMOUNT)


def test_two_bad_passes_give_the_reason_of_the_last(
    open_sale: Trial, stage: Stage, people: People
) -> None:
    """A level of one and a jurisdiction of the other do not add up to a good pass."""
    newcomer = people.unattested
    stage.present(newcomer, level=1)
    stage.present(newcomer, by=people.second_attester, jurisdiction=figures.UNITED_STATES)
    with reverts("SubscriptionSale_JurisdictionNotAdmitted", figures.UNITED_STATES):
        open_sale.call("subscribe", AMOUNT, *stage.proof_of(newcomer), sender=newcomer)
    stage.platform.pass_registry.send("revoke", newcomer.address, sender=people.second_attester)
    with reverts("SubscriptionSale_PassLevelTooLow", 1, figures.LEVEL):
        open_sale.call("subscribe", AMOUNT, *stage.proof_of(newcomer), sender=newcomer)


def test_a_pass_of_an_attester_that_is_not_accepted_does_not_count(
    open_sale: Trial, stage: Stage, people: People
) -> None:
    """Anyone can be an attester; the terms say whose word counts."""
    newcomer = people.unattested
    stage.present(newcomer, by=people.stranger)
    with reverts("SubscriptionSale_NoPass", newcomer):
        open_sale.call("subscribe", AMOUNT, *stage.proof_of(newcomer), sender=newcomer)


def test_the_eighth_attester_counts_too(stage: Stage, people: People) -> None:
    """The whole list is asked."""
    others = tuple(raw(each) for each in people.buyers[:7])
    trial = stage.open(attesters=(*others, raw(people.second_attester)))
    stage.present(people.unattested, by=people.second_attester)
    trial.subscribe(people.unattested, AMOUNT)
    with reverts("SubscriptionSale_NoPass", people.buyers[0]):
        buyer = people.buyers[0]
        trial.call("subscribe", AMOUNT, *stage.proof_of(buyer), sender=buyer)


# ---------------------------------------------------------------------------------------- a later session


@pytest.mark.parametrize("is_native", [False, True], ids=["token", "native"])
def test_what_a_session_did_not_allot_is_credited_against_the_next(
    stage: Stage, people: People, is_native: bool
) -> None:
    """Of 400 subscribed 100 were allotted: 500 more cost 400 in all more than what is in already, at cost 2/3."""
    first, other = people.buyers[0], people.buyers[5]
    trial = stage.open(supplies=((200, 0), (1000, 0)), **paid_in(is_native=is_native))
    trial.subscribe_all([(first, 400), (other, 400)])
    assert trial.call("depositOf", first.address) == 267
    trial.settle()
    trial.open(1)
    # 100 allotted and 500 subscribed cost 400, of which 267 are there.
    assert trial.call("costOf", first.address, 500) == (133, 0)
    before = trial.assets[1]
    receipt = trial.subscribe(first, 500)
    assert trial.assets[1] == before + 133
    assert trial.call("positionOf", first.address) == (100, 500, 1, 0, 1, SUBSCRIBED)
    assert trial.call("depositOf", first.address) == 400
    assert trial.call("demandOf", 1, 0) == (500, 1, 0)
    assert trial.event(receipt, "Subscribed").args["accepted"] == 500


@pytest.mark.parametrize("is_native", [False, True], ids=["token", "native"])
def test_a_surplus_of_an_earlier_session_is_paid_back_at_once(
    stage: Stage, people: People, is_native: bool
) -> None:
    """Of 400 subscribed 100 were allotted: 50 more leave 167 of the 267 too much."""
    first, other = people.buyers[0], people.buyers[5]
    trial = stage.open(supplies=((200, 0), (1000, 0)), **paid_in(is_native=is_native))
    trial.subscribe_all([(first, 400), (other, 400)])
    trial.settle()
    trial.open(1)
    assert trial.call("costOf", first.address, 50) == (0, 167)
    before, had = trial.assets[1], trial.paid(first)
    receipt = trial.subscribe(first, 50)
    fee = receipt.gas_used * receipt.gas_price if trial.sale.is_native else 0
    assert trial.assets[1] == before - 167
    assert trial.paid(first) == had + 167 - fee
    assert trial.call("depositOf", first.address) == 100


def test_who_skips_a_session_is_credited_in_the_one_after(stage: Stage, people: People) -> None:
    """The allotment of the first session is found from the third."""
    first, other = people.buyers[0], people.buyers[5]
    trial = stage.open(supplies=((200, 0), (50, 0), (1000, 0)))
    trial.subscribe_all([(first, 400), (other, 400)])
    trial.settle()
    trial.settle()
    trial.open(2)
    trial.subscribe(first, 500)
    assert trial.call("positionOf", first.address) == (100, 500, 1, 0, 2, SUBSCRIBED)
    assert trial.call("demandOf", 1, 0) == (0, 0, 0)
    assert trial.call("demandOf", 2, 0) == (500, 1, 0)


# ---------------------------------------------------------------------------------------- paying


def test_subscribing_is_refused_without_an_allowance(
    open_sale: Trial, stage: Stage, buyer: LocalAccount
) -> None:
    """One unit less than the cost is not enough."""
    stage.payment_token.send("approve", open_sale.address, COST - 1, sender=buyer)
    with reverts(TRANSFER_FROM_FAILED, b""):
        open_sale.call("subscribe", AMOUNT, *stage.proof_of(buyer), sender=buyer)
    stage.payment_token.send("approve", open_sale.address, COST, sender=buyer)
    open_sale.subscribe(buyer, AMOUNT)


def test_coin_sent_along_is_refused_given_a_sale_paid_in_a_token(
    two_session_sale: Trial, stage: Stage, people: People
) -> None:
    """No wei can get stuck, on any path: a first subscription, and one that gives a surplus back."""
    buyer, other = people.buyers[0], people.buyers[5]
    with reverts("SubscriptionSale_WrongValue", 1, 0):
        two_session_sale.call("subscribe", AMOUNT, *stage.proof_of(buyer), sender=buyer, value=1)
    two_session_sale.subscribe_all([(buyer, 400_000), (other, 400_000)])
    two_session_sale.settle()
    two_session_sale.open(1)
    with reverts("SubscriptionSale_WrongValue", 1, 0):
        two_session_sale.send("subscribe", AMOUNT, 0, [], sender=buyer, value=1)
    assert two_session_sale.call("costOf", buyer.address, AMOUNT)[1] > 0


def test_the_exact_value_is_accepted_and_one_wei_less_is_refused(
    native_sale: Trial, stage: Stage, buyer: LocalAccount
) -> None:
    """The refusal names what was sent and what was due."""
    with reverts("SubscriptionSale_WrongValue", COST - 1, COST):
        native_sale.call("subscribe", AMOUNT, *stage.proof_of(buyer), sender=buyer, value=COST - 1)
    native_sale.subscribe(buyer, AMOUNT, value=COST)
    assert native_sale.assets == (figures.SUPPLY, COST)


def test_value_beyond_the_cost_is_returned(native_sale: Trial, buyer: LocalAccount) -> None:
    """The sale keeps the cost and not a wei more."""
    had = native_sale.paid(buyer)
    receipt = native_sale.subscribe(buyer, AMOUNT, value=COST + 1_000_000)
    assert native_sale.assets[1] == COST
    assert native_sale.paid(buyer) == had - COST - receipt.gas_used * receipt.gas_price


def test_the_value_of_what_the_limit_cuts_off_is_returned(
    native_sale: Trial, buyer: LocalAccount, rival: LocalAccount
) -> None:
    """Value for all that was asked is not kept for what was not accepted."""
    native_sale.subscribe(buyer, figures.LIMIT - 3)
    before, had = native_sale.assets[1], native_sale.paid(rival)
    receipt = native_sale.subscribe(rival, AMOUNT, value=COST)
    assert native_sale.event(receipt, "Subscribed").args["accepted"] == 3
    assert native_sale.assets[1] == before + 2
    assert native_sale.paid(rival) == had - 2 - receipt.gas_used * receipt.gas_price


def test_a_surplus_and_the_value_sent_along_both_come_back(stage: Stage, people: People) -> None:
    """Coin sent where nothing is due is returned with the surplus."""
    first, other = people.buyers[0], people.buyers[5]
    trial = stage.open(supplies=((200, 0), (1000, 0)), payment_token=NATIVE)
    trial.subscribe_all([(first, 400), (other, 400)])
    trial.settle()
    trial.open(1)
    had, before = trial.paid(first), trial.assets[1]
    receipt = trial.subscribe(first, 50, value=999)
    assert trial.assets[1] == before - 167
    assert trial.paid(first) == had + 167 - receipt.gas_used * receipt.gas_price


def test_coin_cannot_be_sent_without_subscribing(
    native_sale: Trial, open_sale: Trial, buyer: LocalAccount
) -> None:
    """There is no way in but `subscribe`."""
    for trial in (native_sale, open_sale):
        with reverts("NoReason"):
            trial.chain.transfer(trial.address, 1, sender=buyer)
        assert trial.chain.balance(trial.address) == 0


def test_subscribing_is_refused_given_a_token_that_takes_a_fee(
    stage: Stage, buyer: LocalAccount
) -> None:
    """What arrives short is refused with both figures, also when the fee is switched on in the middle of the sale."""
    token = stage.odd_token("FeeToken", paying=True)
    trial = stage.open(payment_token=raw(token))
    amount = 30_000
    trial.subscribe(buyer, amount)
    token.send("setFeeBps", 1, sender=buyer)
    with reverts("SubscriptionSale_PaymentShort", 19_998, 20_000):
        trial.call("subscribe", amount, 0, [], sender=buyer)
    token.send("setFeeBps", 0, sender=buyer)
    trial.subscribe(buyer, amount)
    assert trial.assets[1] == 40_000


def test_subscribing_is_refused_given_a_token_that_returns_false(
    stage: Stage, buyer: LocalAccount
) -> None:
    """A token that says no without reverting is heard."""
    token = stage.odd_token("FalseReturningToken", paying=True)
    trial = stage.open(payment_token=raw(token))
    token.send("setRefusing", True, sender=buyer)
    with reverts(TRANSFER_FROM_FAILED, b""):
        trial.call("subscribe", AMOUNT, *stage.proof_of(buyer), sender=buyer)
    token.send("setRefusing", False, sender=buyer)
    trial.subscribe(buyer, AMOUNT)


def test_demand_that_a_slot_cannot_hold_is_refused(stage: Stage, people: People) -> None:
    """Of one coefficient, in one session, by as many of the largest positions as it takes; another has room."""
    most, other = 2**104 - 1, people.small_holder
    holdings = dict.fromkeys(stage.holdings, 500) | {other.address: 1_000}
    trial = stage.open(
        supplies=((figures.SUPPLY, 0),), price=1, price_unit=2**111, holdings=holdings
    )
    for buyer in people.buyers:
        trial.send("subscribe", most, *trial.proof_of(buyer), sender=buyer)
    room = 2**107 - 1 - 8 * most
    data = trial.contract.calldata("subscribe", 10, *trial.proof_of(stage.wallet))
    with reverts("SubscriptionSale_DemandTooLarge", 10, room):
        stage.wallet.call("execute", trial.address, data, sender=people.wallet_owner)
    trial.send("subscribe", most, *trial.proof_of(other), sender=other)
