"""`sweep`: the last units go out when nobody can need them any more, and not before."""

import pytest
from eth_account.signers.local import LocalAccount

from jumpstart.chain.client import Chain
from jumpstart.chain.sale import NATIVE
from tests.chain import figures
from tests.chain.reverts import reverts
from tests.chain.stage import (
    COIN_TRANSFER_FAILED,
    FUNDED,
    LOCKED,
    SUCCEEDED,
    People,
    Person,
    Stage,
    Trial,
    ascending,
    raw,
)

ZERO_ADDRESS = "0x" + 40 * "0"


@pytest.fixture
def collected_sale(vested_sale: Trial) -> Trial:
    """Everything is collected; five claims are open."""
    vested_sale.collect()
    return vested_sale


@pytest.fixture
def emptied_sale(collected_sale: Trial, people: People) -> Trial:
    """Everybody has claimed everything too."""
    collected_sale.claim_for_all(*people.buyers[:5])
    return collected_sale


def force_coin(chain: Chain, to: str, value: int, sender: LocalAccount) -> None:
    """Leaves coin at an address that cannot refuse it: a contract that ends itself while it is created."""
    chain.deploy_code(bytes.fromhex("73" + to[2:] + "ff"), sender=sender, value=value)


def test_the_call_that_shows_the_last_one_sends_the_remainders(
    emptied_sale: Trial, people: People
) -> None:
    """What rounding left, to the unit: tokens to the treasury, payment to the beneficiary; nothing stays."""
    assert emptied_sale.assets == (3, 4)
    had = emptied_sale.sold(people.treasury), emptied_sale.paid(people.beneficiary)
    receipt = emptied_sale.sweep(people.buyers[:5])
    assert emptied_sale.assets == (0, 0)
    assert emptied_sale.sold(people.treasury) == had[0] + 3
    assert emptied_sale.paid(people.beneficiary) == had[1] + 4
    assert emptied_sale.event(receipt, "RemaindersSwept").args == {"tokens": 3, "payment": 4}


def test_many_calls_do_what_one_does(emptied_sale: Trial, people: People) -> None:
    """Only the last of them moves anything."""
    rows = ascending(people.buyers[:5])
    for part in (rows[:1], rows[1:4], []):
        receipt = emptied_sale.send("sweep", part, sender=people.stranger)
        assert not receipt.logs
        assert emptied_sale.assets == (3, 4)
    receipt = emptied_sale.send("sweep", rows[4:], sender=people.stranger)
    assert emptied_sale.event(receipt, "RemaindersSwept").args["tokens"] == 3
    assert emptied_sale.assets == (0, 0)


def test_nobody_can_be_left_out(emptied_sale: Trial, people: People) -> None:
    """Four of five are not all, whichever is missing."""
    buyers = people.buyers[:5]
    for missing in buyers:
        snapshot = emptied_sale.chain.snapshot()
        emptied_sale.sweep(buyer for buyer in buyers if buyer != missing)
        assert emptied_sale.assets == (3, 4)
        emptied_sale.chain.revert(snapshot)


def test_nobody_can_be_shown_twice(emptied_sale: Trial, people: People) -> None:
    """In the same call or in two, a second time is out of order."""
    rows = ascending(people.buyers[:5])
    for twice in ([rows[0], rows[0]], [*rows[:4], rows[3]]):
        with reverts("SubscriptionSale_NotAscending", twice[-1], twice[-1]):
            emptied_sale.call("sweep", twice, sender=people.stranger)
    emptied_sale.send("sweep", rows[:2], sender=people.stranger)
    for again in rows[:2]:
        with reverts("SubscriptionSale_NotAscending", rows[1], again):
            emptied_sale.call("sweep", [again], sender=people.stranger)


def test_the_order_is_ascending(emptied_sale: Trial, people: People) -> None:
    """A step back is refused with the two neighbours."""
    rows = ascending(people.buyers[:5])
    with reverts("SubscriptionSale_NotAscending", rows[2], rows[1]):
        emptied_sale.call("sweep", [rows[0], rows[2], rows[1]], sender=people.stranger)
    with reverts("SubscriptionSale_NotAscending", ZERO_ADDRESS, ZERO_ADDRESS):
        emptied_sale.call("sweep", [ZERO_ADDRESS], sender=people.stranger)


def test_who_was_not_there_cannot_stand_in(
    emptied_sale: Trial, people: People, bystander: LocalAccount
) -> None:
    """A stranger and a buyer who did not subscribe have no claim that is over."""
    for other in (bystander, people.buyers[5]):
        with reverts("SubscriptionSale_ClaimOpen", other):
            emptied_sale.call("sweep", [other.address], sender=bystander)


def test_an_open_claim_keeps_the_remainders(collected_sale: Trial, people: People) -> None:
    """Nobody of the five has claimed: each is refused."""
    for buyer in people.buyers[:5]:
        with reverts("SubscriptionSale_ClaimOpen", buyer):
            collected_sale.call("sweep", [buyer.address], sender=people.stranger)


def test_a_claim_is_open_until_the_last_token_has_vested(
    settled_sale: Trial, chain: Chain, people: People
) -> None:
    """Claimed in full a second before the end is not in full."""
    buyers = people.buyers[:5]
    settled_sale.collect()
    vesting = settled_sale.terms.vesting
    chain.mine_at(vesting.start + vesting.duration_seconds - 3)
    settled_sale.claim_for_all(*buyers)
    first = ascending(buyers)[0]
    with reverts("SubscriptionSale_ClaimOpen", first):
        settled_sale.call("sweep", ascending(buyers), sender=people.stranger)
    chain.mine_at(vesting.start + vesting.duration_seconds)
    settled_sale.claim_for_all(*buyers)
    settled_sale.sweep(buyers)
    assert settled_sale.assets == (0, 0)


def test_the_first_claim_of_nothing_is_a_claim_that_is_over(stage: Stage, people: People) -> None:
    """Who was allotted nothing has only to take the refund, before anything vests."""
    trial = stage.open(supplies=((10, 0),), minimum=1)
    trial.subscribe_all([(people.buyers[0], 1), (people.buyers[4], 10_000)])
    trial.settle()
    trial.collect()
    weak = people.buyers[0]
    with reverts("SubscriptionSale_ClaimOpen", weak):
        trial.call("sweep", [weak.address], sender=people.stranger)
    trial.send("claim", sender=weak)
    trial.call("sweep", [weak.address], sender=people.stranger)


@pytest.mark.parametrize(
    "missing", ["collectProceeds", "collectFee", "collectUnsold", "all of them"]
)
def test_proceeds_and_fee_wait_for_their_own_receivers(
    stage: Stage, people: People, missing: str
) -> None:
    """Unsold tokens go out with the remainders, to the same receiver; the proceeds never go past the escrow."""
    functions = {"collectProceeds", "collectFee", "collectUnsold"}
    trial, buyer = stage.open(), people.buyers[2]
    receivers: tuple[Person, ...] = (
        people.beneficiary,
        trial.escrow,
        people.fee_receiver,
        people.treasury,
    )
    had = [(trial.paid(each), trial.sold(each)) for each in receivers]
    trial.subscribe(buyer, 100_000)
    trial.settle()
    trial.vest()
    trial.claim_for_all(buyer)
    late = {missing} if missing in functions else functions
    for function in functions - late:
        trial.send(function, sender=people.stranger)
    trial.sweep([buyer])
    left = {"collectProceeds": 66_666 - 1_666, "collectFee": 1_666}
    assert trial.assets == (0, sum(left.get(function, 0) for function in late))
    for function in left:
        if function in late:
            trial.send(function, sender=people.stranger)
    for function in functions:
        with reverts("SubscriptionSale_NothingToCollect"):
            trial.call(function, sender=people.stranger)
    assert trial.assets == (0, 0)
    # 66,667 were paid, of which 66,666 are proceeds and one is what rounding left.
    assert [
        (trial.paid(each) - paid, trial.sold(each) - sold)
        for each, (paid, sold) in zip(receivers, had, strict=True)
    ] == [(1, 0), (66_666 - 1_666, 0), (1_666, 0), (0, figures.SUPPLY - 100_000)]


def test_a_fee_that_cannot_be_received_keeps_nobody_from_the_rest(
    stage: Stage, people: People
) -> None:
    """Its receiver takes no coin: everything else goes out, and the fee stays."""
    trial = stage.open(payment_token=NATIVE, fee_to=raw(stage.rejecting))
    trial.oversubscribe()
    trial.settle()
    trial.vest()
    trial.claim_for_all(*people.buyers[:5])
    with reverts(COIN_TRANSFER_FAILED, b""):
        trial.send("collectFee", sender=people.stranger)
    trial.send("collectProceeds", sender=people.stranger)
    trial.sweep(people.buyers[:5])
    assert trial.assets == (0, 4_999)


def test_sweeping_is_refused_given_a_sale_that_is_not_decided(
    stage: Stage, oversubscribed_sale: Trial, chain: Chain, bystander: LocalAccount
) -> None:
    """Neither before the funding, nor while it runs, nor over but unsettled."""
    with reverts("SubscriptionSale_WrongStatus", LOCKED, SUCCEEDED):
        stage.platform.sale_implementation.call("sweep", [], sender=bystander)
    with reverts("SubscriptionSale_WrongStatus", FUNDED, SUCCEEDED):
        oversubscribed_sale.call("sweep", [], sender=bystander)
    chain.mine_at(oversubscribed_sale.terms.settle_deadline - 1)
    with reverts("SubscriptionSale_WrongStatus", FUNDED, SUCCEEDED):
        oversubscribed_sale.call("sweep", [], sender=bystander)


def test_nothing_is_swept_given_a_demand_that_nobody_has_shown(
    settled_sale: Trial, bystander: LocalAccount
) -> None:
    """Showing nobody is no error, and sends nothing."""
    before = settled_sale.assets
    receipt = settled_sale.send("sweep", [], sender=bystander)
    assert not receipt.logs
    assert settled_sale.assets == before


def test_a_sweeper_cannot_spoil_another_ones_sweep(
    emptied_sale: Trial, people: People, bystander: LocalAccount
) -> None:
    """Somebody shows the last one first, and so leaves out four; everybody else is as far as they were."""
    rows = ascending(people.buyers[:5])
    emptied_sale.send("sweep", rows[:2], sender=bystander)
    emptied_sale.send("sweep", rows[4:], sender=people.treasury)
    with reverts("SubscriptionSale_NotAscending", rows[4], rows[0]):
        emptied_sale.call("sweep", rows, sender=people.treasury)
    assert emptied_sale.assets == (3, 4)
    emptied_sale.send("sweep", rows[2:], sender=bystander)
    assert emptied_sale.assets == (0, 0)


def test_two_sweepers_do_not_add_up(
    emptied_sale: Trial, people: People, bystander: LocalAccount
) -> None:
    """Three shown by one and two by the other are not five; one of them shows the rest."""
    rows = ascending(people.buyers[:5])
    emptied_sale.send("sweep", rows[:3], sender=bystander)
    emptied_sale.send("sweep", rows[3:], sender=people.treasury)
    assert emptied_sale.assets == (3, 4)
    emptied_sale.send("sweep", rows[3:], sender=bystander)
    assert emptied_sale.assets == (0, 0)


def test_a_failed_sale_is_swept_when_all_are_refunded(
    failed_sale: Trial, people: People, buyer: LocalAccount, rival: LocalAccount
) -> None:
    """An open refund keeps everything; after it, all the tokens go back, collected or not."""
    had = failed_sale.sold(people.treasury), failed_sale.paid(people.beneficiary)
    failed_sale.send("refund", sender=buyer)
    with reverts("SubscriptionSale_ClaimOpen", rival):
        failed_sale.call("sweep", [rival.address], sender=people.stranger)
    failed_sale.send("refund", sender=rival)
    receipt = failed_sale.sweep([buyer, rival])
    assert failed_sale.event(receipt, "RemaindersSwept").args == {
        "tokens": figures.SUPPLY,
        "payment": 0,
    }
    assert failed_sale.assets == (0, 0)
    now = failed_sale.sold(people.treasury), failed_sale.paid(people.beneficiary)
    assert now == (had[0] + figures.SUPPLY, had[1])
    with reverts("SubscriptionSale_NothingToCollect"):
        failed_sale.call("collectUnsold", sender=people.stranger)


def test_participants_of_all_sessions_are_counted_once(
    two_session_sale: Trial, people: People
) -> None:
    """Who was in both sessions is one; who came in the second is one more."""
    first, both, second = people.buyers[0], people.buyers[1], people.buyers[2]
    two_session_sale.subscribe_all([(first, 900), (both, 900)])
    two_session_sale.settle()
    two_session_sale.open(1)
    two_session_sale.subscribe_all([(both, 900), (second, 900)])
    two_session_sale.settle()
    two_session_sale.vest()
    two_session_sale.claim_for_all(first, both, second)
    two_session_sale.collect()
    rows = ascending([first, both, second])
    receipt = two_session_sale.send("sweep", rows[:2], sender=people.stranger)
    assert not receipt.logs
    receipt = two_session_sale.send("sweep", rows[2:], sender=people.stranger)
    assert two_session_sale.event(receipt, "RemaindersSwept").args["tokens"] == 0
    assert two_session_sale.assets == (0, 0)


# ---------------------------------------------------------------------------------------- donations


def test_donations_change_no_claim_and_go_out_with_the_remainders(
    oversubscribed_sale: Trial, stage: Stage, people: People
) -> None:
    """Tokens of both kinds sent to the sale by mistake, before the settlement and after it."""
    trial, buyers = oversubscribed_sale, people.buyers[:5]
    before = [(trial.call("depositOf", each.address), trial.sold(each)) for each in buyers]
    for _ in range(2):
        stage.sale_token.send("transfer", trial.address, 50, sender=people.project)
        stage.payment_token.send("transfer", trial.address, 70, sender=people.project)
        if trial.settled == 0:
            assert [trial.call("depositOf", each.address) for each in buyers] == [
                deposit for deposit, _ in before
            ]
            trial.settle()
    allotted = [trial.call("allotmentOf", each.address) for each in buyers]
    assert allotted == [trial.ledger.allotment_of(each.address) for each in buyers]
    assert trial.call("collectProceeds", sender=people.stranger) == 199_997 - 4_999
    assert trial.call("collectUnsold", sender=people.stranger) == 0
    trial.vest()
    trial.claim_for_all(*buyers)
    trial.collect()
    assert [trial.sold(each) for each in buyers] == [
        sold + tokens for (_, sold), tokens in zip(before, allotted, strict=True)
    ]
    receipt = trial.sweep(buyers)
    assert trial.event(receipt, "RemaindersSwept").args == {
        "tokens": 3 + 100,
        "payment": 4 + 140,
    }
    assert trial.assets == (0, 0)


def test_coin_forced_upon_a_sale_changes_no_claim_and_goes_out(
    native_sale: Trial, chain: Chain, people: People
) -> None:
    """Coin that nobody accepted is not a deposit, and not proceeds."""
    buyers = people.buyers[:5]
    native_sale.oversubscribe()
    force_coin(chain, native_sale.address, 1000, people.stranger)
    native_sale.settle()
    assert native_sale.call("collectProceeds", sender=people.stranger) == 199_997 - 4_999
    assert native_sale.call("claimableOf", buyers[2].address) == (0, 66_667 - 46_296)
    native_sale.vest()
    native_sale.claim_for_all(*buyers)
    native_sale.collect()
    receipt = native_sale.sweep(buyers)
    assert native_sale.event(receipt, "RemaindersSwept").args["payment"] == 1004
    assert native_sale.assets == (0, 0)


def test_a_sale_may_have_coin_before_it_exists(stage: Stage, chain: Chain, people: People) -> None:
    """Coin waiting at its future address breaks nothing."""
    listing = stage.listing(payment_token=NATIVE)
    sale = stage.platform.sale_at(stage.next_application, listing)
    force_coin(chain, sale.address, 5, people.stranger)
    trial = stage.open(listing)
    assert trial.address == sale.address
    assert trial.assets == (figures.SUPPLY, 5)
    trial.subscribe(people.buyers[0], 900)
    assert trial.assets[1] == 605


def test_a_later_donation_can_be_swept_again(emptied_sale: Trial, people: People) -> None:
    """By who has shown everybody, without showing anybody again."""
    emptied_sale.sweep(people.buyers[:5])
    emptied_sale.stage.sale_token.send("transfer", emptied_sale.address, 11, sender=people.project)
    receipt = emptied_sale.send("sweep", [], sender=people.stranger)
    assert emptied_sale.event(receipt, "RemaindersSwept").args == {"tokens": 11, "payment": 0}
    assert emptied_sale.assets == (0, 0)
