"""The till: each thing is collected once, and nothing is swept that somebody may still take."""

from collections.abc import Callable

import pytest

from jumpstart.errors import LedgerRefusal
from jumpstart.ledger import Ledger, Status
from jumpstart.terms import ListingTerms, SaleTerms
from jumpstart.till import Till

BUYER = "0x" + "11" * 20


@pytest.fixture
def terms(small_listing: ListingTerms) -> SaleTerms:
    """Those of the small sale, late enough for a pause of a day before it."""
    return small_listing.moved(10**6).sale


@pytest.fixture
def sold(terms: SaleTerms) -> Ledger:
    """One buyer has subscribed to the whole supply of every session, and all are settled."""
    ledger = Ledger(terms, {BUYER: terms.tiers[-1].threshold})
    for session in terms.sessions:
        ledger.subscribe(BUYER, session.supply, session.start)
        ledger.settle(session.end)
    return ledger


@pytest.fixture
def end(terms: SaleTerms) -> int:
    """All has vested."""
    return terms.vesting.start + terms.vesting.duration_seconds


def refused(name: str, act: Callable[[], object]) -> None:
    with pytest.raises(LedgerRefusal) as refusal:
        act()
    assert refusal.value.name == f"SubscriptionSale_{name}"


def test_nothing_is_collected_before_the_end(terms: SaleTerms) -> None:
    till, time = Till(Ledger(terms, {})), terms.sessions[0].start
    for collect in (till.collect_proceeds, till.collect_fee, till.collect_unsold, till.sweep):
        refused("WrongStatus", lambda collect=collect: collect(time))  # type: ignore[misc]
    refused("NothingToCollect", till.collect_returned)


def test_each_is_collected_once(sold: Ledger, end: int) -> None:
    assert sold.status(end) is Status.SUCCEEDED
    till = Till(sold)
    assert till.reserved == sold.proceeds
    assert till.collect_proceeds(end) == sold.proceeds - sold.fee
    assert till.reserved == sold.fee
    assert till.collect_fee(end) == sold.fee
    assert till.reserved == 0
    assert till.collect_unsold(end) == sold.unsold(end)
    for collect in (till.collect_proceeds, till.collect_fee, till.collect_unsold):
        refused("NothingToCollect", lambda collect=collect: collect(end))  # type: ignore[misc]


def test_what_exits_return_waits(sold: Ledger) -> None:
    till = Till(sold)
    till.take_back(3)
    till.take_back(4)
    assert till.collect_returned() == 7
    refused("NothingToCollect", till.collect_returned)


def test_an_open_claim_keeps_everything(sold: Ledger, end: int) -> None:
    till = Till(sold)
    refused("ClaimOpen", lambda: till.sweep(end))
    sold.claim(BUYER, end)
    till.take_back(5)
    till.sweep(end)
    assert (till.has_unsold_collected, till.returned) == (True, 0)


def test_a_failed_sale_is_swept_when_all_are_refunded(terms: SaleTerms) -> None:
    ledger = Ledger(terms, {BUYER: terms.tiers[-1].threshold})
    ledger.subscribe(BUYER, terms.deal.minimum, terms.sessions[0].start)
    till, late = Till(ledger), terms.settle_deadline
    refused("ClaimOpen", lambda: till.sweep(late))
    ledger.refund(BUYER, late)
    assert till.collect_unsold(late) == terms.supply
    till.sweep(late)


def test_what_is_left_is_what_everybody_is_owed(sold: Ledger, end: int) -> None:
    till = Till(sold)
    supply, deposits = sold.terms.supply, sold.deposit_of(BUYER)
    assert (till.tokens(end), till.payment) == (supply, deposits)
    till.collect_proceeds(end)
    assert till.payment == deposits - (sold.proceeds - sold.fee)
    sold.claim(BUYER, sold.terms.vesting.start)
    free = sold.position_of(BUYER).amount
    assert 0 < free < supply
    assert till.tokens(end) == supply - free
    gone = sold.exit(BUYER, sold.terms.vesting.start, with_tokens=True)
    till.take_back(gone.returned)
    assert till.tokens(end) == supply - free
    till.collect_returned()
    assert till.tokens(end) == supply - free - gone.returned
    till.sweep(end)
    assert (till.tokens(end), till.payment) == (0, sold.fee)
