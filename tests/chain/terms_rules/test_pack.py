"""`pack`: every rule of the terms, at its bound and one beyond, on chain and in Python; and what it packs."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from eth_abi.abi import encode

from jumpstart.chain.client import Chain, Contract
from jumpstart.errors import TermsError
from jumpstart.schedule import Vesting
from jumpstart.terms import Allocation, ListingTerms, Milestone, Session, Tier
from tests.chain import figures
from tests.chain.reverts import reverts
from tests.chain.stage import Stage, account, changed, raw

APPLICATION = 77
MAX_APPLICATION = 2**32 - 1
MAX_CHAIN = 2**64 - 1
MAX_TIME = 2**40 - 1
MAX_WINDOW = 2**32 - 1
MAX_AMOUNT = 2**112 - 1
MAX_SUPPLY = 2**96 - 1
MAX_COEFFICIENT = 65_534
MAX_CODE = 2 ** (1000 - 768) - 1  # the fourth word of the bitmap, up to code 999

NOWHERE = raw(account("an address without code"))
ZERO = bytes(20)

Change = Callable[[ListingTerms], ListingTerms]


@pytest.fixture
def rules(stage: Stage) -> Contract:
    return stage.platform.terms_rules


@pytest.fixture
def listing(stage: Stage) -> ListingTerms:
    """Four milestones, an allocation and two accounts that are excluded."""
    return stage.listing(allocations=(ALLOCATION,), excluded=(b"\3" * 20, b"\4" * 20))


ALLOCATION = Allocation(
    beneficiary=b"\1" * 20,
    amount=5,
    revoker=b"\2" * 20,
    schedule=Vesting(
        start=7, unlock_bps=100, cliff_seconds=20, duration_seconds=300, step_seconds=40
    ),
)


def of(**values: Any) -> Change:
    """Another value of a field named, wherever it stands in the sale."""
    return lambda listing: replace(listing, sale=changed(listing.sale, **values))


def session(**values: Any) -> Change:
    """Another value in the only session."""

    def change(listing: ListingTerms) -> ListingTerms:
        return of(sessions=(replace(listing.sale.sessions[0], **values),))(listing)

    return change


def escrow(**values: Any) -> Change:
    return lambda listing: replace(listing, escrow=replace(listing.escrow, **values))


def at_once(listing: ListingTerms) -> ListingTerms:
    """No milestones, so that any deadline of the settlement is early enough."""
    return escrow(initial_bps=10_000, milestones=())(listing)


def milestone(row: int, **values: Any) -> Change:
    """Another value in a milestone, counted from 0."""

    def change(listing: ListingTerms) -> ListingTerms:
        rows = list(listing.escrow.milestones)
        rows[row] = replace(rows[row], **values)
        return escrow(milestones=tuple(rows))(listing)

    return change


def milestones(count: int, initial: int = 0) -> Change:
    """So many, of which the first has what the others leave."""

    def change(listing: ListingTerms) -> ListingTerms:
        rows = [
            Milestone(
                share_bps=1,
                deadline=listing.sale.settle_deadline + row,
                description_hash=b"\1" * 32,
            )
            for row in range(count)
        ]
        rows[0] = replace(rows[0], share_bps=10_000 - initial - count + 1)
        return escrow(initial_bps=initial, milestones=tuple(rows))(listing)

    return change


def due(*deadlines: int) -> Change:
    """So many seconds after the settlement's deadline."""

    def change(listing: ListingTerms) -> ListingTerms:
        for row, after in enumerate(deadlines):
            listing = milestone(row, deadline=listing.sale.settle_deadline + after)(listing)
        return listing

    return change


def allocation(**values: Any) -> Change:
    """Another value in the only allocation."""
    return lambda listing: replace(listing, allocations=(replace(ALLOCATION, **values),))


def locked(**values: Any) -> Change:
    """Another value in its schedule."""
    return allocation(schedule=replace(ALLOCATION.schedule, **values))


def allocations(count: int) -> Change:
    return lambda listing: replace(listing, allocations=(ALLOCATION,) * count)


def holdings(**values: Any) -> Change:
    return lambda listing: replace(listing, holdings=replace(listing.holdings, **values))


def better_of(*rows: tuple[int, int]) -> Change:
    """The statistic that has a second table, and that table."""
    table = tuple(Tier(threshold=held, coefficient=given) for held, given in rows)
    return holdings(statistic=3, minimum_tiers=table)


def excluding(*accounts: int) -> Change:
    return holdings(excluded=tuple(account.to_bytes(20) for account in accounts))


def drawn_early(change: Change) -> Change:
    """Holdings that are drawn at 0, and can be challenged for a second: the first session can start at 3."""
    return both(change, of(challenge_seconds=1), holdings(draw_time=0))


def windows(*times: tuple[int, int], supply: int = 1) -> Change:
    """Sessions with these starts and ends, and a deadline that is late enough."""
    sessions = tuple(Session(start=start, end=end, supply=supply, limit=0) for start, end in times)
    return both(drawn_early(of(sessions=sessions, settle_deadline=MAX_TIME)), at_once)


def supplies(*tokens: int) -> Change:
    """Sessions of these supplies, one after another."""
    sessions = tuple(
        Session(start=10 * index, end=10 * index + 10, supply=supply, limit=0)
        for index, supply in enumerate(tokens, 1)
    )
    return drawn_early(of(sessions=sessions))


def tiers(*rows: tuple[int, int]) -> Change:
    return of(
        tiers=tuple(
            Tier(threshold=threshold, coefficient=coefficient) for threshold, coefficient in rows
        )
    )


def attesters(count: int) -> Change:
    return of(attesters=tuple(bytes([index + 1]) * 20 for index in range(count)))


def deadline(after: int) -> Change:
    """So many seconds after the last end."""
    return lambda listing: of(settle_deadline=listing.sale.sessions[-1].end + after)(listing)


def both(*changes: Change) -> Change:
    def change(listing: ListingTerms) -> ListingTerms:
        for each in changes:
            listing = each(listing)
        return listing

    return change


VESTED = figures.VESTING_DURATION

ACCEPTED: dict[str, Change] = {
    "one session": windows((5, 6)),
    "eight sessions": windows(*((index, index + 1) for index in range(3, 11))),
    "sessions without a pause": windows((5, 6), (6, 7)),
    "the first start that there can be": windows((3, 4)),
    "the last end just before the last moment": windows((5, MAX_TIME - 1)),
    "a session of one second": windows((MAX_TIME - 2, MAX_TIME - 1)),
    "a supply of one token": both(session(supply=1)),
    "the largest supply": supplies(MAX_SUPPLY),
    "the largest supply in two sessions": supplies(MAX_SUPPLY - 1, 1),
    "no limit": session(limit=0),
    "a limit equal to the supply": session(limit=figures.SUPPLY),
    "the largest limit": session(limit=MAX_AMOUNT),
    "a deadline a second after the end": deadline(1),
    "the last deadline": both(of(settle_deadline=MAX_TIME), at_once),
    "the native coin": of(payment_token=ZERO),
    "the least price": of(price=1),
    "the largest price": of(price=MAX_AMOUNT),
    "the least price unit": of(price_unit=1),
    "the largest price unit": of(price_unit=MAX_AMOUNT),
    "a minimum of one": of(minimum=1),
    "the largest minimum": of(minimum=MAX_AMOUNT),
    "no cap": of(account_cap=0),
    "a cap equal to the minimum": of(account_cap=figures.MINIMUM),
    "a cap of the whole supply": of(account_cap=figures.SUPPLY),
    "a soft cap of all the supply": of(soft_cap=200_000),
    "a soft cap rounded down": both(session(supply=300_001), of(soft_cap=200_000)),
    "the largest soft cap": of(price=MAX_AMOUNT, soft_cap=MAX_AMOUNT),
    "level 1": of(level=1),
    "level 255": of(level=255),
    "one attester": attesters(1),
    "eight attesters": attesters(8),
    "the lowest code alone": of(jurisdictions=(1, 0, 0, 0)),
    "code 999 alone": of(jurisdictions=(0, 0, 0, 1 << 231)),
    "all codes": of(jurisdictions=(2**256 - 1, 2**256 - 1, 2**256 - 1, MAX_CODE)),
    "the shortest time to challenge": of(challenge_seconds=1),
    "the longest time to challenge": both(
        windows((3 * MAX_WINDOW, 3 * MAX_WINDOW + 1)), of(challenge_seconds=MAX_WINDOW)
    ),
    "another chain's token": holdings(chain_id=1),
    "a token of the highest chain": holdings(chain_id=MAX_CHAIN),
    "another chain's randomness": holdings(seed_chain_id=1),
    "randomness of the highest chain": holdings(seed_chain_id=MAX_CHAIN),
    "one day": holdings(day_count=1),
    "366 days": holdings(day_count=366),
    "the sum": holdings(statistic=0),
    "the minimum": holdings(statistic=2),
    "the better of two": better_of((1, 2), (MAX_AMOUNT, 5)),
    "the better of two by the whole table": better_of(*((row, row) for row in range(1, 6))),
    "nobody excluded": excluding(),
    "256 excluded": excluding(*range(1, 257)),
    "the last account excluded": excluding(2**160 - 2, 2**160 - 1),
    "no fee": of(fee_bps=0),
    "nothing but the fee": of(fee_bps=10_000),
    "one receiver for all": of(proceeds_to=b"\7" * 20, unsold_to=b"\7" * 20, fee_to=b"\7" * 20),
    "vesting from 0": of(start=0),
    "vesting from the last moment": of(start=MAX_TIME),
    "the longest vesting": of(duration_seconds=MAX_TIME),
    "everything unlocked": of(unlock_bps=10_000),
    "nothing unlocked": of(unlock_bps=0),
    "a cliff as long as the vesting": of(cliff_seconds=VESTED),
    "a step as long as the vesting": of(step_seconds=VESTED),
    "everything at once": of(
        duration_seconds=0, cliff_seconds=0, step_seconds=0, unlock_bps=10_000
    ),
    "one tier": tiers((1, 1)),
    "the largest tier": tiers((MAX_AMOUNT, MAX_COEFFICIENT)),
    "32 tiers": tiers(*((index, index) for index in range(1, 33))),
    "neighbouring tiers": tiers((1, 1), (2, 2)),
    "everything released at once": at_once,
    "nothing to miss": both(
        at_once, escrow(grace_seconds=0, objection_seconds=0, objection_bps=0, exit_seconds=0)
    ),
    "nothing released at once": milestones(4),
    "one milestone": milestones(1),
    "twelve milestones": milestones(12),
    "the least share": milestones(1, initial=9_999),
    "a milestone due with the settlement": due(0),
    "milestones one second apart": due(7, 8, 9, 10),
    "the last milestone at the last moment": milestone(3, deadline=MAX_TIME),
    "no grace": escrow(grace_seconds=0),
    "the longest grace": escrow(grace_seconds=MAX_WINDOW),
    "the shortest time to object": escrow(objection_seconds=1),
    "the longest time to object": escrow(objection_seconds=MAX_WINDOW),
    "a veto by next to nobody": escrow(objection_bps=1),
    "a veto by half": escrow(objection_bps=5_000),
    "the shortest time to exit": escrow(exit_seconds=1),
    "the longest time to exit": escrow(exit_seconds=MAX_WINDOW),
    "no allocation": allocations(0),
    "sixteen allocations": allocations(16),
    "nobody who may revoke": allocation(revoker=ZERO),
    "one token locked": allocation(amount=1),
    "the most tokens locked": allocation(amount=MAX_SUPPLY),
    "locked from 0": locked(start=0),
    "locked from the last moment": locked(start=MAX_TIME),
    "locked for the longest time": locked(duration_seconds=MAX_TIME),
    "all of it unlocked": locked(unlock_bps=10_000),
    "none of it unlocked": locked(unlock_bps=0),
    "a cliff as long as the lock": locked(cliff_seconds=300),
    "a step as long as the lock": locked(step_seconds=300),
    "not locked at all": locked(
        duration_seconds=0, cliff_seconds=0, step_seconds=0, unlock_bps=10_000
    ),
}

NO_COUNTRIES = {"the lowest code alone", "code 999 alone", "all codes"}
"""Bits for which there is no country: Python knows the list, the contract its length."""


@pytest.mark.parametrize("name", ACCEPTED)
def test_terms_at_a_bound_are_accepted(rules: Contract, listing: ListingTerms, name: str) -> None:
    """Each bound belongs to what is allowed; the answer is what Python packs."""
    terms = ACCEPTED[name](listing)
    assert rules.call("pack", terms.struct, APPLICATION) == terms.packed(APPLICATION)
    if name not in NO_COUNTRIES:
        terms.check()


REFUSED: dict[str, tuple[Change, str, int, int]] = {
    "another chain": (of(chain_id=1338), "chainId", 1338, 1337),
    "a chain beyond all": (of(chain_id=MAX_CHAIN + 1), "chainId", MAX_CHAIN + 1, MAX_CHAIN),
    "no session": (of(sessions=()), "sessions", 0, 1),
    "nine sessions": (windows(*((index, index + 1) for index in range(9))), "sessions", 9, 8),
    "sessions that overlap": (windows((5, 7), (6, 8)), "session.start", 6, 7),
    "sessions in another order": (windows((8, 9), (5, 6)), "session.start", 5, 9),
    "a start beyond time": (
        windows((MAX_TIME + 1, MAX_TIME + 2)),
        "session.start",
        MAX_TIME + 1,
        MAX_TIME,
    ),
    "a start beyond all numbers": (
        windows((2**256 - 1, 0)),
        "session.start",
        2**256 - 1,
        MAX_TIME,
    ),
    "an empty window": (windows((5, 5)), "session.end", 5, 6),
    "a window that ends first": (windows((5, 4)), "session.end", 4, 6),
    "an end beyond time": (windows((5, MAX_TIME + 1)), "session.end", MAX_TIME + 1, MAX_TIME),
    "no supply": (session(supply=0, limit=0), "session.supply", 0, 1),
    "a supply beyond a slot": (
        session(supply=MAX_AMOUNT + 1, limit=0),
        "session.supply",
        MAX_AMOUNT + 1,
        MAX_AMOUNT,
    ),
    "a supply beyond the largest": (supplies(MAX_SUPPLY + 1), "supply", MAX_SUPPLY + 1, MAX_SUPPLY),
    "a sum beyond the largest": (supplies(MAX_SUPPLY, 1), "supply", MAX_SUPPLY + 1, MAX_SUPPLY),
    "a limit below the supply": (
        session(limit=figures.SUPPLY - 1),
        "session.limit",
        figures.SUPPLY - 1,
        figures.SUPPLY,
    ),
    "a limit beyond a slot": (
        session(limit=MAX_AMOUNT + 1),
        "session.limit",
        MAX_AMOUNT + 1,
        MAX_AMOUNT,
    ),
    "a second session without supply": (supplies(1, 0), "session.supply", 0, 1),
    "a deadline beyond time": (
        of(settle_deadline=MAX_TIME + 1),
        "settleDeadline",
        MAX_TIME + 1,
        MAX_TIME,
    ),
    "an end at the last moment": (windows((5, MAX_TIME)), "settleDeadline", MAX_TIME, MAX_TIME + 1),
    "a sale token without code": (of(sale_token=NOWHERE), "saleToken.code", 0, 1),
    "no sale token": (of(sale_token=ZERO), "saleToken.code", 0, 1),
    "a payment token without code": (of(payment_token=NOWHERE), "paymentToken.code", 0, 1),
    "no price": (of(price=0), "price", 0, 1),
    "a price beyond a slot": (of(price=MAX_AMOUNT + 1), "price", MAX_AMOUNT + 1, MAX_AMOUNT),
    "no price unit": (of(price_unit=0), "priceUnit", 0, 1),
    "a price unit beyond a slot": (
        of(price_unit=MAX_AMOUNT + 1),
        "priceUnit",
        MAX_AMOUNT + 1,
        MAX_AMOUNT,
    ),
    "no minimum": (of(minimum=0), "minimum", 0, 1),
    "a minimum beyond a slot": (of(minimum=MAX_AMOUNT + 1), "minimum", MAX_AMOUNT + 1, MAX_AMOUNT),
    "a cap below the minimum": (
        of(account_cap=figures.MINIMUM - 1),
        "accountCap",
        figures.MINIMUM - 1,
        figures.MINIMUM,
    ),
    "a cap above the supply": (
        of(account_cap=figures.SUPPLY + 1),
        "accountCap",
        figures.SUPPLY + 1,
        figures.SUPPLY,
    ),
    "a soft cap beyond the supply": (of(soft_cap=200_001), "softCap", 200_001, 200_000),
    "a soft cap beyond a slot": (
        of(price=MAX_AMOUNT, soft_cap=MAX_AMOUNT + 1),
        "softCap",
        MAX_AMOUNT + 1,
        MAX_AMOUNT,
    ),
    "a registry without code": (of(pass_registry=NOWHERE), "passRegistry.code", 0, 1),
    "level 0": (of(level=0), "level", 0, 1),
    "level 256": (of(level=256), "level", 256, 255),
    "no attester": (attesters(0), "attesters", 0, 1),
    "nine attesters": (attesters(9), "attesters", 9, 8),
    "the zero attester": (of(attesters=(b"\1" * 20, ZERO)), "attester", 0, 0),
    "no jurisdiction": (of(jurisdictions=(0, 0, 0, 0)), "jurisdictions", 0, 1),
    "code 1000": (of(jurisdictions=(1, 0, 0, 1 << 232)), "jurisdictions", 1 << 232, MAX_CODE),
    "no publisher": (of(holdings_publisher=ZERO), "holdingsPublisher", 0, 0),
    "no time to challenge": (of(challenge_seconds=0), "challengeSeconds", 0, 1),
    "too long to challenge": (
        of(challenge_seconds=MAX_WINDOW + 1),
        "challengeSeconds",
        MAX_WINDOW + 1,
        MAX_WINDOW,
    ),
    "nobody for the proceeds": (of(proceeds_to=ZERO), "proceedsTo", 0, 0),
    "nobody for the unsold": (of(unsold_to=ZERO), "unsoldTo", 0, 0),
    "nobody for the fee": (of(fee_to=ZERO), "feeTo", 0, 0),
    "a fee beyond the whole": (of(fee_bps=10_001), "feeBps", 10_001, 10_000),
    "vesting from beyond time": (of(start=MAX_TIME + 1), "vesting.start", MAX_TIME + 1, MAX_TIME),
    "vesting for longer than time": (
        of(duration_seconds=MAX_TIME + 1),
        "vesting.durationSeconds",
        MAX_TIME + 1,
        MAX_TIME,
    ),
    "more than everything unlocked": (of(unlock_bps=10_001), "vesting.unlockBps", 10_001, 10_000),
    "a cliff longer than the vesting": (
        of(cliff_seconds=VESTED + 1),
        "vesting.cliffSeconds",
        VESTED + 1,
        VESTED,
    ),
    "a step longer than the vesting": (
        of(step_seconds=VESTED + 1),
        "vesting.stepSeconds",
        VESTED + 1,
        VESTED,
    ),
    "at once, but not everything": (
        of(duration_seconds=0, cliff_seconds=0, step_seconds=0, unlock_bps=9_999),
        "vesting.unlockBps",
        9_999,
        10_000,
    ),
    "no tier": (tiers(), "tiers", 0, 1),
    "33 tiers": (tiers(*((index, index) for index in range(1, 34))), "tiers", 33, 32),
    "a threshold of 0": (tiers((0, 1)), "tier.threshold", 0, 0),
    "two tiers of one threshold": (tiers((5, 1), (5, 2)), "tier.threshold", 5, 5),
    "thresholds that fall": (tiers((5, 1), (4, 2)), "tier.threshold", 4, 5),
    "a threshold beyond a slot": (
        tiers((1, 1), (MAX_AMOUNT + 1, 2)),
        "tier.threshold",
        MAX_AMOUNT + 1,
        MAX_AMOUNT,
    ),
    "a coefficient of 0": (tiers((1, 0)), "tier.coefficient", 0, 1),
    "two tiers of one coefficient": (tiers((5, 7), (6, 7)), "tier.coefficient", 7, 8),
    "coefficients that fall": (tiers((5, 7), (6, 6)), "tier.coefficient", 6, 8),
    "a coefficient beyond the largest": (
        tiers((1, MAX_COEFFICIENT + 1)),
        "tier.coefficient",
        MAX_COEFFICIENT + 1,
        MAX_COEFFICIENT,
    ),
    "more than everything at once": (
        escrow(initial_bps=10_001),
        "escrow.initialBps",
        10_001,
        10_000,
    ),
    "shares that leave something": (escrow(initial_bps=1_999), "escrow.shares", 9_999, 10_000),
    "shares of more than there is": (escrow(initial_bps=2_001), "escrow.shares", 10_001, 10_000),
    "not everything at once": (
        both(at_once, escrow(initial_bps=9_999)),
        "escrow.shares",
        9_999,
        10_000,
    ),
    "too long a grace": (
        escrow(grace_seconds=MAX_WINDOW + 1),
        "escrow.graceSeconds",
        MAX_WINDOW + 1,
        MAX_WINDOW,
    ),
    "no time to object": (escrow(objection_seconds=0), "escrow.objectionSeconds", 0, 1),
    "too long to object": (
        escrow(objection_seconds=MAX_WINDOW + 1),
        "escrow.objectionSeconds",
        MAX_WINDOW + 1,
        MAX_WINDOW,
    ),
    "too long to object to nothing": (
        both(at_once, escrow(objection_seconds=MAX_WINDOW + 1)),
        "escrow.objectionSeconds",
        MAX_WINDOW + 1,
        MAX_WINDOW,
    ),
    "a veto by nobody": (escrow(objection_bps=0), "escrow.objectionBps", 0, 1),
    "a veto by more than half": (
        escrow(objection_bps=5_001),
        "escrow.objectionBps",
        5_001,
        5_000,
    ),
    "a veto of nothing by more than half": (
        both(at_once, escrow(objection_bps=5_001)),
        "escrow.objectionBps",
        5_001,
        5_000,
    ),
    "no time to exit": (escrow(exit_seconds=0), "escrow.exitSeconds", 0, 1),
    "too long to exit": (
        escrow(exit_seconds=MAX_WINDOW + 1),
        "escrow.exitSeconds",
        MAX_WINDOW + 1,
        MAX_WINDOW,
    ),
    "too long to exit from nothing": (
        both(at_once, escrow(exit_seconds=MAX_WINDOW + 1)),
        "escrow.exitSeconds",
        MAX_WINDOW + 1,
        MAX_WINDOW,
    ),
    "nobody for the remainder": (escrow(remainder_to=ZERO), "escrow.remainderTo", 0, 0),
    "thirteen milestones": (milestones(13), "milestones", 13, 12),
    "a milestone for nothing": (milestone(2, share_bps=0), "milestone.shareBps", 0, 1),
    "a milestone for more than everything": (
        milestone(2, share_bps=10_001),
        "milestone.shareBps",
        10_001,
        10_000,
    ),
    "a milestone beyond time": (
        milestone(3, deadline=MAX_TIME + 1),
        "milestone.deadline",
        MAX_TIME + 1,
        MAX_TIME,
    ),
    "a milestone without a description": (
        milestone(1, description_hash=bytes(32)),
        "milestone.descriptionHash",
        0,
        0,
    ),
    "holdings of no chain": (holdings(chain_id=0), "holdings.chainId", 0, 1),
    "holdings of a chain beyond all": (
        holdings(chain_id=MAX_CHAIN + 1),
        "holdings.chainId",
        MAX_CHAIN + 1,
        MAX_CHAIN,
    ),
    "holdings of the coin": (holdings(token=ZERO), "holdings.token", 0, 0),
    "no day": (holdings(day_count=0), "holdings.dayCount", 0, 1),
    "367 days": (holdings(day_count=367), "holdings.dayCount", 367, 366),
    "a draw beyond time": (
        holdings(draw_time=MAX_TIME + 1),
        "holdings.drawTime",
        MAX_TIME + 1,
        MAX_TIME,
    ),
    "a draw three windows before, less a second": (
        both(windows((9, 10)), holdings(draw_time=7)),
        "session.start",
        9,
        10,
    ),
    "randomness of no chain": (holdings(seed_chain_id=0), "holdings.seedChainId", 0, 1),
    "randomness of a chain beyond all": (
        holdings(seed_chain_id=MAX_CHAIN + 1),
        "holdings.seedChainId",
        MAX_CHAIN + 1,
        MAX_CHAIN,
    ),
    "a statistic that there is not": (holdings(statistic=4), "holdings.statistic", 4, 3),
    "a table that nobody reads": (
        both(better_of((1, 1)), holdings(statistic=1)),
        "minimumTiers",
        1,
        0,
    ),
    "no second table": (better_of(), "minimumTiers", 0, 1),
    "33 rows in the second table": (
        better_of(*((row, row) for row in range(1, 34))),
        "minimumTiers",
        33,
        32,
    ),
    "a second table from nothing": (better_of((0, 1)), "minimumTier.threshold", 0, 0),
    "a second table that falls": (better_of((6, 1), (5, 2)), "minimumTier.threshold", 5, 6),
    "a second table beyond a slot": (
        better_of((MAX_AMOUNT + 1, 1)),
        "minimumTier.threshold",
        MAX_AMOUNT + 1,
        MAX_AMOUNT,
    ),
    "a second table with one coefficient twice": (
        better_of((1, 2), (2, 2)),
        "minimumTier.coefficient",
        2,
        3,
    ),
    "a coefficient above the first table": (
        better_of((1, 5), (2, 6)),
        "minimumTier.coefficient",
        6,
        5,
    ),
    "a coefficient between those of the first table": (
        both(tiers((1, 2), (2, 7)), better_of((1, 3))),
        "minimumTier.coefficient",
        3,
        7,
    ),
    "the zero account excluded": (excluding(0), "holdings.excluded", 0, 1),
    "an account excluded twice": (excluding(5, 5), "holdings.excluded", 5, 6),
    "excluded accounts that fall": (excluding(5, 4), "holdings.excluded", 4, 6),
    "257 excluded": (excluding(*range(1, 258)), "holdings.excluded", 257, 256),
    "seventeen allocations": (allocations(17), "allocations", 17, 16),
    "tokens locked for nobody": (allocation(beneficiary=ZERO), "allocation.beneficiary", 0, 0),
    "no tokens locked": (allocation(amount=0), "allocation.amount", 0, 1),
    "too many tokens locked": (
        allocation(amount=MAX_SUPPLY + 1),
        "allocation.amount",
        MAX_SUPPLY + 1,
        MAX_SUPPLY,
    ),
    "locked from beyond time": (
        locked(start=MAX_TIME + 1),
        "allocation.start",
        MAX_TIME + 1,
        MAX_TIME,
    ),
    "locked for longer than time": (
        locked(duration_seconds=MAX_TIME + 1),
        "allocation.durationSeconds",
        MAX_TIME + 1,
        MAX_TIME,
    ),
    "more than all of it unlocked": (
        locked(unlock_bps=10_001),
        "allocation.unlockBps",
        10_001,
        10_000,
    ),
    "a cliff longer than the lock": (
        locked(cliff_seconds=301),
        "allocation.cliffSeconds",
        301,
        300,
    ),
    "a step longer than the lock": (locked(step_seconds=301), "allocation.stepSeconds", 301, 300),
    "not locked, but not all of it": (
        locked(duration_seconds=0, cliff_seconds=0, step_seconds=0, unlock_bps=9_999),
        "allocation.unlockBps",
        9_999,
        10_000,
    ),
}

ON_CHAIN_ONLY = {
    "another chain",
    "a sale token without code",
    "no sale token",
    "a payment token without code",
    "a registry without code",
    "code 1000",  # which Python names itself
}


@pytest.mark.parametrize("name", REFUSED)
def test_terms_beyond_a_bound_are_refused(
    rules: Contract, listing: ListingTerms, name: str
) -> None:
    """The refusal names the field, what it says, and what it had to respect; Python says the same."""
    change, field, given, bound = REFUSED[name]
    terms = change(listing)
    assert_refused(rules, terms, field, given, bound, on_chain_only=name in ON_CHAIN_ONLY)


def assert_refused(
    rules: Contract,
    terms: ListingTerms,
    field: str,
    given: int,
    bound: int,
    *,
    on_chain_only: bool = False,
) -> None:
    with reverts("TermsRules_Invalid", field.encode().ljust(32, b"\0"), given, bound):
        rules.call("pack", terms.struct, APPLICATION)
    if not on_chain_only:
        with pytest.raises(TermsError) as refused:
            terms.check()
        assert (refused.value.field, refused.value.given, refused.value.bound) == (
            field,
            given,
            bound,
        )


def test_a_deadline_at_the_end_is_refused(rules: Contract, listing: ListingTerms) -> None:
    """There must be a second in which to settle."""
    end = listing.sale.sessions[-1].end
    assert_refused(rules, deadline(0)(listing), "settleDeadline", end, end + 1)


def test_a_milestone_before_the_settlement_is_refused(
    rules: Contract, listing: ListingTerms
) -> None:
    """A second later it is due with the deadline of the settlement, until which there may be no proceeds."""
    first = listing.sale.settle_deadline
    assert_refused(rules, due(-1)(listing), "milestone.deadline", first - 1, first)


def test_milestones_of_one_deadline_are_refused(rules: Contract, listing: ListingTerms) -> None:
    """They follow one another; one second is enough."""
    second = listing.sale.settle_deadline + 8
    assert_refused(rules, due(7, 8, 8, 10)(listing), "milestone.deadline", second, second + 1)


def test_a_sale_that_pays_in_what_it_sells_is_refused(
    rules: Contract, stage: Stage, listing: ListingTerms
) -> None:
    """Deposits could not be told from tokens."""
    token = int(stage.sale_token.address, 16)
    terms = of(payment_token=raw(stage.sale_token))(listing)
    assert_refused(rules, terms, "paymentToken", token, token)


def test_the_first_offending_row_counts(rules: Contract, listing: ListingTerms) -> None:
    """Of two bad rows the refusal names the first."""
    assert_refused(rules, tiers((5, 1), (5, 2), (4, 3))(listing), "tier.threshold", 5, 5)


def test_an_application_that_does_not_fit_is_refused(
    rules: Contract, listing: ListingTerms
) -> None:
    """Its number has four bytes in the code of the sale."""
    packed = rules.call("pack", listing.struct, MAX_APPLICATION)
    assert packed == listing.packed(MAX_APPLICATION)
    field = b"applicationId".ljust(32, b"\0")
    with reverts("TermsRules_Invalid", field, MAX_APPLICATION + 1, MAX_APPLICATION):
        rules.call("pack", listing.struct, MAX_APPLICATION + 1)


# ------------------------------------------------------------------------------------------- bytes


def test_the_packed_hash_is_that_of_the_standard_encoding(
    rules: Contract, chain: Chain, listing: ListingTerms
) -> None:
    """However the terms are sent: with a gap in front, or with more behind them."""
    standard = rules.calldata("pack", listing.struct, APPLICATION)
    selector, body = standard[:4], standard[4 + 64 :]
    gap = selector + encode(["uint256"] * 3, [96, APPLICATION, 1]) + body
    for data in (standard, gap, standard + b"\1" * 33):
        answer = chain.call_raw(rules.address, data)
        assert answer == encode(["bytes"], [listing.packed(APPLICATION)])


def test_what_does_not_decode_is_refused(
    rules: Contract, chain: Chain, listing: ListingTerms
) -> None:
    """Nothing, too little, and an address with something in front of it, wherever it stands."""
    standard = rules.calldata("pack", listing.struct, APPLICATION)
    cut = (standard[:4], standard[: 4 + 64], standard[:-1], standard[:-32])
    sale, parties, escrow_ = listing.sale, listing.sale.parties, listing.escrow
    holdings_ = listing.holdings
    addresses = (
        *(holdings_.token, *holdings_.excluded),
        *(sale.deal.sale_token, sale.deal.payment_token, sale.admission.pass_registry),
        *(parties.holdings_publisher, parties.proceeds_to, parties.unsold_to, parties.fee_to),
        *(*sale.attesters, escrow_.remainder_to, ALLOCATION.beneficiary, ALLOCATION.revoker),
    )
    places = [standard.index(bytes(12) + address) for address in addresses]
    assert len(set(places)) == len(addresses)
    dirty = (standard[:place] + b"\1" + standard[place + 1 :] for place in places)
    for wrong in (*cut, *dirty):
        with reverts("NoReason"):
            chain.call_raw(rules.address, wrong)


def test_rules_are_for_everybody(
    rules: Contract, stage: Stage, chain: Chain, listing: ListingTerms
) -> None:
    """The answer depends neither on who asks nor on the moment."""
    chain.mine_at(listing.sale.settle_deadline + 1)
    for person in stage.people.all[:3]:
        packed = rules.call("pack", listing.struct, APPLICATION, sender=person)
        assert packed == listing.packed(APPLICATION)
