"""The opening: windows, challenges, a pause; each refusal beside what it allows one second or one fact away."""

from collections.abc import Callable

import pytest

from jumpstart.errors import LedgerRefusal
from jumpstart.ledger import Ledger, Status
from jumpstart.opening import NO_ROOT, PAUSE_SECONDS, Opening
from jumpstart.terms import ListingTerms, SaleTerms

ROOT, OTHER = b"\x01" * 32, b"\x02" * 32


@pytest.fixture
def terms(small_listing: ListingTerms) -> SaleTerms:
    """Those of the small sale, late enough for a pause of a day before it."""
    return small_listing.moved(10**6).sale


@pytest.fixture
def opening(terms: SaleTerms) -> Opening:
    return Opening(Ledger(terms, {}))


@pytest.fixture
def latest(opening: Opening) -> int:
    """The last second in which a root can be posted."""
    return opening.starts_at - 2 * opening.sale.terms.parties.challenge_seconds


def refused(name: str, act: Callable[[], object]) -> None:
    with pytest.raises(LedgerRefusal) as refusal:
        act()
    assert refusal.value.name == f"SubscriptionSale_{name}"


def test_a_root_is_posted_in_time_or_not_at_all(opening: Opening, latest: int) -> None:
    refused("HoldingsMissing", lambda: opening.publish(NO_ROOT, latest))
    refused("HoldingsTooLate", lambda: opening.publish(ROOT, latest + 1))
    opening.publish(ROOT, latest)
    assert (opening.in_force, opening.published_at) == (ROOT, latest)


def test_a_root_is_replaced_within_its_window_only(opening: Opening, latest: int) -> None:
    window = opening.sale.terms.parties.challenge_seconds
    opening.publish(ROOT, latest - window)
    opening.publish(OTHER, latest - 1)
    assert opening.root == OTHER
    early = Opening(opening.sale)
    early.publish(ROOT, latest - window)
    refused("HoldingsFinal", lambda: early.publish(OTHER, latest))


def test_a_challenge_suspends_the_root_until_it_is_decided(opening: Opening, latest: int) -> None:
    refused("HoldingsMissing", lambda: opening.challenge(latest))
    opening.publish(ROOT, latest)
    assert opening.challenge(latest + 1) == ROOT
    refused("Challenged", lambda: opening.challenge(latest + 1))
    refused("Challenged", lambda: opening.publish(OTHER, latest))
    refused("Challenged", lambda: opening.admit(opening.starts_at))
    start = opening.starts_at
    refused("DecisionTooLate", lambda: opening.settle_challenge(stands=True, time=start))
    assert opening.settle_challenge(stands=True, time=start - 1) == ROOT
    assert opening.admit(start) == ROOT
    refused("NotChallenged", lambda: opening.settle_challenge(stands=True, time=start - 1))


def test_a_challenge_after_the_window_is_refused(opening: Opening, latest: int) -> None:
    opening.publish(ROOT, latest)
    end = latest + opening.sale.terms.parties.challenge_seconds
    refused("ChallengeTooLate", lambda: opening.challenge(end))
    opening.challenge(end - 1)


def test_a_root_that_falls_is_gone_and_nobody_is_admitted(opening: Opening, latest: int) -> None:
    opening.publish(ROOT, latest)
    opening.challenge(latest)
    opening.settle_challenge(stands=False, time=latest)
    assert opening.root == NO_ROOT
    refused("HoldingsMissing", lambda: opening.admit(opening.starts_at))


def test_a_pause_ends_by_itself_and_comes_once(opening: Opening, latest: int) -> None:
    opening.publish(ROOT, latest)
    until = opening.pause(opening.starts_at - PAUSE_SECONDS)
    assert (until, opening.root, opening.in_force) == (opening.starts_at, ROOT, NO_ROOT)
    refused("PausedBefore", lambda: opening.pause(until))
    refused("Paused", lambda: opening.admit(until - 1))
    assert opening.admit(until) == ROOT
    assert opening.in_force == ROOT


def test_a_sale_is_abandoned_only_when_it_cannot_open(opening: Opening, latest: int) -> None:
    start = opening.starts_at
    refused("MayStillOpen", lambda: opening.abandon(start - 1))
    opening.publish(ROOT, latest)
    refused("MayStillOpen", lambda: opening.abandon(start))
    opening.challenge(latest)
    opening.abandon(start)
    assert opening.sale.status(start) is Status.FAILED
    assert opening.root == NO_ROOT
    refused("WrongStatus", lambda: opening.pause(start))
