"""What a sale says about itself, in every state, against the terms and the model."""

from dataclasses import astuple

import pytest
from eth_account.signers.local import LocalAccount

from jumpstart.chain.addresses import parse_clone
from jumpstart.chain.client import Chain
from jumpstart.terms import Tier
from tests.chain import figures
from tests.chain.stage import (
    FAILED,
    FUNDED,
    NONE,
    SUBSCRIBED,
    SUCCEEDED,
    People,
    Stage,
    Trial,
    changed,
    paid_in,
    raw,
)

NOBODY = (0, 0, 0, 0, 0, NONE)


def test_a_sale_is_a_clone_that_only_adds_its_terms(listed_sale: Trial, stage: Stage) -> None:
    """Its code is a proxy to the locked implementation, and behind that what was reviewed."""
    assert parse_clone(listed_sale.chain.code(listed_sale.address)) == (
        stage.platform.sale_implementation.address,
        listed_sale.sale.listing.packed(listed_sale.sale.application),
    )
    assert listed_sale.call("termsHash") == listed_sale.sale.listing.terms_hash


def test_terms_are_read_field_by_field(listed_sale: Trial, stage: Stage) -> None:
    """Unpacked from the code and decoded by the interface, each is what the model has."""
    found = stage.platform.terms_rules.call("termsOf", listed_sale.address)
    terms = listed_sale.terms
    assert (found.chainId, found.settleDeadline) == (terms.chain_id, terms.settle_deadline)
    assert found.deal[2:] == astuple(terms.deal)[2:]
    assert raw(found.deal.saleToken) == terms.deal.sale_token
    assert raw(found.parties.unsoldTo) == terms.parties.unsold_to
    assert found.parties.challengeSeconds == terms.parties.challenge_seconds
    assert found.admission.jurisdictions == terms.admission.jurisdictions
    assert found.vesting == astuple(terms.vesting)
    assert found.sessions == tuple(map(astuple, terms.sessions))
    assert found.tiers == tuple(map(astuple, terms.tiers))
    assert tuple(map(raw, found.attesters)) == terms.attesters


def test_the_longest_terms_make_a_sale(stage: Stage, people: People) -> None:
    """Eight sessions, 32 tiers, eight attesters: funded, and subscribed to in the last session."""
    terms = stage.terms(supplies=tuple((100 + index, 0) for index in range(8)))
    tiers = tuple(Tier(threshold=10 * row, coefficient=row) for row in range(1, 33))
    attesters = tuple(raw(each) for each in (*people.buyers[:7], people.attester))
    trial = stage.publish(changed(terms, tiers=tiers, attesters=attesters))
    assert trial.assets == (sum(100 + index for index in range(8)), 0)
    for _ in range(7):
        trial.settle()
    trial.open(7)
    buyer = people.buyers[0]
    receipt = trial.subscribe(buyer, 200)
    assert trial.event(receipt, "Subscribed").args["coefficient"] == 32
    trial.settle()
    assert trial.call("allotmentOf", buyer.address) == 107


def test_each_sale_has_its_own_storage_and_terms(stage: Stage, buyer: LocalAccount) -> None:
    """Two clones of one implementation know nothing of each other."""
    one, other = stage.publish(), stage.publish(minimum=77)
    one.open()
    one.subscribe(buyer, 900)
    assert one.call("positionOf", buyer.address).amount == 900
    assert other.call("positionOf", buyer.address) == NOBODY
    minima = [
        stage.platform.terms_rules.call("termsOf", each.address).deal.minimum
        for each in (one, other)
    ]
    assert minima == [10, 77]


def test_status_follows_the_sale(stage: Stage, chain: Chain) -> None:
    """Funded, and at the last settlement succeeded; an unsettled one fails at its deadline, to the second."""
    trial = stage.publish()
    assert trial.call("status") == FUNDED
    trial.open()
    assert trial.call("status") == FUNDED
    snapshot = chain.snapshot()
    chain.mine_at(trial.terms.settle_deadline - 1)
    assert trial.call("status") == FUNDED
    chain.mine_at(trial.terms.settle_deadline)
    assert trial.call("status") == FAILED
    chain.revert(snapshot)
    trial.settle()
    chain.mine_at(trial.terms.settle_deadline)
    assert trial.call("status") == SUCCEEDED


def test_a_sale_names_its_parts(listed_sale: Trial, stage: Stage) -> None:
    """The launchpad that made it, the review that may void it, and what its escrow is a clone of."""
    platform = stage.platform
    parts = (platform.launchpad, platform.review, platform.escrow_implementation)
    assert listed_sale.call("parts") == tuple(part.address for part in parts)
    assert listed_sale.call("escrow") == listed_sale.escrow.address


def test_nobody_has_anything_given_a_fresh_sale(open_sale: Trial, buyer: LocalAccount) -> None:
    """All views of an account and a session are zero."""
    assert open_sale.call("positionOf", buyer.address) == NOBODY
    assert open_sale.call("nonceOf", buyer.address) == 0
    assert open_sale.call("depositOf", buyer.address) == 0
    assert open_sale.call("allotmentOf", buyer.address) == 0
    assert open_sale.call("claimableOf", buyer.address) == (0, 0)
    assert open_sale.call("demandOf", 0, 2) == (0, 0, 0)
    assert open_sale.call("settlementOf", 0) == (0, 0, 0)
    assert open_sale.call("sessionsSettled") == 0
    assert open_sale.call("opening").root == open_sale.tree.root


def test_nobody_has_anything_given_a_sale_that_is_over(
    settled_sale: Trial, failed_sale: Trial, bystander: LocalAccount
) -> None:
    """Who was not there stays at zero after a success and after a failure."""
    for trial in (settled_sale, failed_sale):
        assert trial.call("claimableOf", bystander.address) == (0, 0)
        assert trial.call("allotmentOf", bystander.address) == 0
        assert trial.call("depositOf", bystander.address) == 0


def test_demand_is_counted_by_session_and_row(two_session_sale: Trial, people: People) -> None:
    """Tokens, accounts and newcomers of each; two of one coefficient add up, top-ups are no new account."""
    one, same, other = people.buyers[0], people.buyers[5], people.buyers[4]
    two_session_sale.subscribe_all([(one, 100), (same, 50), (one, 10), (other, 30)])
    two_session_sale.settle()
    two_session_sale.open(1)
    two_session_sale.subscribe_all([(one, 20), (people.buyers[1], 40)])
    found = [
        [two_session_sale.call("demandOf", session, row) for row in range(5)] for session in (0, 1)
    ]
    none = (0, 0, 0)
    assert found == [
        [(160, 2, 2), none, none, none, (30, 1, 1)],
        [(20, 1, 0), (40, 1, 1), none, none, none],
    ]


def test_the_nonce_changes_with_every_change_of_the_position(
    open_sale: Trial, chain: Chain, buyer: LocalAccount
) -> None:
    """Subscription, top-up, first claim, each release: never the same twice."""
    nonces = [open_sale.call("nonceOf", buyer.address)]

    def note() -> None:
        nonces.append(open_sale.call("nonceOf", buyer.address))

    open_sale.subscribe(buyer, 900)
    note()
    open_sale.subscribe(buyer, 1)
    note()
    open_sale.settle()
    vesting = open_sale.terms.vesting
    for moment in (
        0,
        vesting.start,
        vesting.start + vesting.cliff_seconds,
        vesting.start + vesting.duration_seconds,
    ):
        if moment:
            chain.advance_to(moment)
        open_sale.send("claim", sender=buyer)
        note()
    assert len(set(nonces)) == len(nonces) == 7


def test_the_cost_of_more_is_what_more_takes(
    open_sale: Trial, stage: Stage, people: People
) -> None:
    """For a newcomer and as a top-up, at figures around the rounding, the view and the payment agree."""
    buyer = people.buyers[0]
    amounts = (10, 1, 1, 1, 2, 3, 4, 1000, 1)
    for amount in amounts:
        due, surplus = open_sale.call("costOf", buyer.address, amount)
        before = open_sale.assets[1]
        open_sale.subscribe(buyer, amount)
        assert (open_sale.assets[1] - before, surplus) == (due, 0)
    total = sum(amounts)
    assert open_sale.assets[1] == -(-total * figures.PRICE // figures.PRICE_UNIT)
    assert open_sale.call("costOf", buyer.address, 0) == (0, 0)


def test_the_cost_in_a_later_session_counts_what_the_earlier_left(
    stage: Stage, people: People
) -> None:
    """Before the settlement nothing is known to be left; after it, due and surplus are 0 at the turning point."""
    first, other = people.buyers[0], people.buyers[5]
    trial = stage.open(supplies=((200, 0), (1000, 0)))
    trial.subscribe_all([(first, 400), (other, 400)])
    assert trial.call("costOf", first.address, 300) == (200, 0)
    trial.settle()
    # 100 allotted; 267 paid is the cost of 400 tokens, so of 300 more.
    assert trial.call("costOf", first.address, 299) == (0, 1)
    assert trial.call("costOf", first.address, 300) == (0, 0)
    assert trial.call("costOf", first.address, 301) == (1, 0)
    assert trial.call("costOf", first.address, 0) == (0, 200)


def test_a_deposit_is_the_cost_of_all_that_is_held(two_session_sale: Trial, people: People) -> None:
    """Subscribed, settled, folded into the next session, claimed: always what the model says."""
    buyers = people.buyers[:5]

    def agree() -> None:
        for each in buyers:
            deposit = two_session_sale.ledger.deposit_of(each.address)
            assert two_session_sale.call("depositOf", each.address) == deposit

    two_session_sale.oversubscribe()
    agree()
    two_session_sale.settle()
    agree()
    two_session_sale.open(1)
    two_session_sale.subscribe(buyers[0], 5000)
    agree()
    two_session_sale.settle()
    agree()
    assert (
        sum(two_session_sale.ledger.deposit_of(each.address) for each in buyers)
        == (two_session_sale.assets[1])
    )


def test_the_last_settlement_of_a_failed_sale_is_not_kept(
    failed_sale: Trial, buyer: LocalAccount
) -> None:
    """It was announced, but allots nothing to anybody."""
    assert failed_sale.call("sessionsSettled") == 1
    assert failed_sale.call("settlementOf", 0) == (0, 0, 0)
    assert failed_sale.call("allotmentOf", buyer.address) == 0
    assert failed_sale.call("positionOf", buyer.address).stage == SUBSCRIBED


@pytest.mark.parametrize("is_native", [False, True], ids=["token", "native"])
def test_the_asset_of_the_terms_is_what_is_paid_with(
    stage: Stage, buyer: LocalAccount, is_native: bool
) -> None:
    """Nothing of the other asset moves."""
    trial = stage.open(**paid_in(is_native=is_native))
    tokens = stage.payment_token.call("balanceOf", buyer.address)
    trial.subscribe(buyer, 900)
    moved = tokens - stage.payment_token.call("balanceOf", buyer.address)
    assert (moved, trial.chain.balance(trial.address)) == ((0, 600) if is_native else (600, 0))


def test_no_session_or_row_exists_beyond_the_terms(
    settled_sale: Trial,
) -> None:
    """Views of what is not in the terms are zero, not a neighbour's figures."""
    assert settled_sale.call("settlementOf", 1) == (0, 0, 0)
    assert settled_sale.call("demandOf", 1, 0) == (0, 0, 0)
    assert settled_sale.call("demandOf", 0, 5) == (0, 0, 0)
