"""What a sale says about itself, in every state, against the terms and the model."""

from dataclasses import astuple

import pytest
from eth_account.signers.local import LocalAccount

from jumpstart.chain.client import Chain
from jumpstart.chain.sale import sale_creation_code
from jumpstart.terms import Tier
from tests.chain import figures
from tests.chain.stage import (
    FAILED,
    FUNDED,
    NONE,
    SUBSCRIBED,
    SUCCEEDED,
    UNFUNDED,
    People,
    Stage,
    Trial,
    changed,
    paid_in,
    raw,
)

NOBODY = (0, 0, 0, 0, 0, NONE)


def test_terms_are_returned_to_the_byte(created_sale: Trial, chain: Chain) -> None:
    """The answer is the encoding that was hashed and reviewed, and it stands at the end of the code."""
    encoding = created_sale.terms.abi_encoding
    answer = chain.call_raw(created_sale.address, created_sale.contract.calldata("terms"))
    assert answer == encoding
    assert created_sale.call("termsHash") == created_sale.terms.terms_hash
    assert chain.code(created_sale.address)[45:] == encoding


def test_terms_are_read_field_by_field(created_sale: Trial) -> None:
    """Decoded by the interface, each is what the model has."""
    found = created_sale.call("terms")
    terms = created_sale.terms
    assert (found.chainId, found.settleDeadline) == (terms.chain_id, terms.settle_deadline)
    assert found.deal[2:] == astuple(terms.deal)[2:]
    assert raw(found.deal.saleToken) == terms.deal.sale_token
    assert raw(found.parties.unsoldTo) == terms.parties.unsold_to
    assert found.admission.jurisdictions == terms.admission.jurisdictions
    assert found.vesting == astuple(terms.vesting)
    assert found.sessions == tuple(map(astuple, terms.sessions))
    assert found.tiers == tuple(map(astuple, terms.tiers))
    assert tuple(map(raw, found.attesters)) == terms.attesters


def test_the_longest_terms_make_a_sale(stage: Stage, chain: Chain, people: People) -> None:
    """Eight sessions, 32 tiers, eight attesters: read right to the last word, funded, subscribed to in the last."""
    terms = stage.terms(supplies=tuple((100 + index, 0) for index in range(8)))
    tiers = tuple(Tier(threshold=10 * row, coefficient=row) for row in range(1, 33))
    attesters = tuple(raw(each) for each in (*people.buyers[:7], people.attester))
    trial = stage.fund(changed(terms, tiers=tiers, attesters=attesters))
    answer = chain.call_raw(trial.address, trial.contract.calldata("terms"))
    assert answer == trial.terms.abi_encoding
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
    one, other = stage.fund(), stage.fund(minimum=77)
    one.open()
    one.subscribe(buyer, 900)
    assert one.call("positionOf", buyer.address).amount == 900
    assert other.call("positionOf", buyer.address) == NOBODY
    assert (one.call("terms").deal.minimum, other.call("terms").deal.minimum) == (10, 77)


def test_status_follows_the_sale(
    stage: Stage, chain: Chain, buyer: LocalAccount, project: LocalAccount
) -> None:
    """Unfunded, funded, and at the last settlement succeeded; an unsettled one fails at its deadline, to the second."""
    trial = stage.create(stage.terms())
    assert trial.call("status") == UNFUNDED
    trial.send("fund", sender=project)
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


def test_an_unfunded_sale_stays_unfunded_past_its_deadline(
    created_sale: Trial, chain: Chain
) -> None:
    """It never was a sale, so it did not fail."""
    chain.mine_at(created_sale.terms.settle_deadline)
    assert created_sale.call("status") == UNFUNDED


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
    assert open_sale.call("holdingsRoot") == open_sale.tree.root


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


def test_a_sale_is_a_clone_that_only_adds_its_terms(created_sale: Trial, stage: Stage) -> None:
    """45 bytes of EIP-1167 around the implementation's address: no owner, no upgrade, nothing else."""
    code = created_sale.chain.code(created_sale.address)
    implementation = raw(stage.platform.implementation)
    prefix, suffix = "363d3d373d3d3d363d73", "5af43d82803e903d91602b57fd5bf3"
    assert code[:45] == bytes.fromhex(prefix) + implementation + bytes.fromhex(suffix)
    assert sale_creation_code(stage.platform.implementation.address, created_sale.terms).endswith(
        code
    )


def test_no_session_or_row_exists_beyond_the_terms(
    settled_sale: Trial,
) -> None:
    """Views of what is not in the terms are zero, not a neighbour's figures."""
    assert settled_sale.call("settlementOf", 1) == (0, 0, 0)
    assert settled_sale.call("demandOf", 1, 0) == (0, 0, 0)
    assert settled_sale.call("demandOf", 0, 5) == (0, 0, 0)
