"""The terms: their encoding, their hash, and every rule that they keep."""

from dataclasses import replace
from typing import Any
from unittest.mock import ANY

import pytest

from jumpstart.amounts import UINT112_MAX
from jumpstart.errors import TermsError
from jumpstart.hashing import keccak256
from jumpstart.terms import (
    SUPPLY_MAX,
    TIME_MAX,
    WINDOW_MAX,
    ZERO_ADDRESS,
    EscrowTerms,
    ListingTerms,
    Milestone,
    SaleTerms,
    Session,
    Statistic,
    Tier,
)


def word(value: int) -> bytes:
    """One ABI word."""
    return value.to_bytes(32)


def dynamic(*members: bytes | int) -> bytes:
    """A struct or array of the ABI: words stand in place, bytes behind the head at their offset."""
    head, tail = [], b""
    for member in members:
        head.append(member if isinstance(member, int) else 32 * len(members) + len(tail))
        tail += b"" if isinstance(member, int) else member
    return b"".join(map(word, head)) + tail


def array(*words: int, length: int) -> bytes:
    """An array of the ABI, its rows of so many words in place."""
    return b"".join(map(word, (length, *words)))


def test_encoding_is_that_of_the_solidity_struct(small_listing: ListingTerms) -> None:
    """Word by word: static members in place, of the others the offset, and they follow in order."""
    france, germany = 1 << 250, 1 << 20
    sale = dynamic(
        1337, 1000,
        1, 2, 2, 3, 0, 0, 1,
        3, 1, france, germany, 0, 0,
        4, 20, 5, 6, 7, 250,
        1000, 2500, 30, 120, 10,
        array(100, 200, 300, 1500, 300, 400, 700, 0, length=2),
        array(500, 1, 1000, 2, 2500, 5, length=3),
        array(8, length=1),
    )  # fmt: skip
    holdings = dynamic(
        1337, 15, 16, 40, 17, 3, array(18, 1, 19, 5, length=2), array(20, 21, length=2)
    )
    milestones = array(3500, 1000, 10, 2500, 1040, 11, length=2)
    escrow = dynamic(4000, 50, 60, 2000, 70, 9, milestones)
    allocations = array(12, 13, 14, 1500, 100, 200, 300, 40, length=1)
    encoding = dynamic(dynamic(sale, holdings, escrow, allocations))
    assert small_listing.abi_encoding == encoding
    assert small_listing.terms_hash == keccak256(encoding)
    assert ListingTerms.decoded(encoding) == small_listing


def test_struct_is_what_a_call_encodes(small_listing: ListingTerms) -> None:
    """Values alone, nested as the structs are."""
    sale, holdings, escrow, allocations = small_listing.struct
    assert sale[2][2:4] == (2, 3)
    assert holdings[5:7] == (3, ((18, 1), (19, 5)))
    assert escrow[6] == ((3500, 1000, (10).to_bytes(32)), (2500, 1040, (11).to_bytes(32)))
    assert allocations == (((12).to_bytes(20), 13, (14).to_bytes(20), (1500, 100, 200, 300, 40)),)


def test_packed_terms_are_laid_out_as_the_contracts_read_them(small_listing: ListingTerms) -> None:
    """Field by field at its place, big-endian; the lists follow the fixed part."""
    packed = small_listing.packed(77)
    place = 0
    for at, size, value in PACKED:
        assert at == place
        assert int.from_bytes(packed[at : at + size]) == value, at
        place += size
    assert packed[:32] == small_listing.terms_hash
    assert len(packed) == place


# Offset, size and value of each field; the hash is compared by itself.
PACKED = [
    (0, 32, ANY), (32, 4, 77), (36, 5, 1000), (41, 20, 1), (61, 20, 2), (81, 14, 2),
    (95, 14, 3), (109, 5, 1000), (114, 2, 2500), (116, 5, 30), (121, 5, 120), (126, 5, 10),
    (131, 1, 2), (132, 1, 3), (133, 1, 1), (134, 1, 2), (135, 12, 0), (147, 14, 1), (161, 20, 3),
    (181, 1, 1), (182, 32, 1 << 250), (214, 32, 1 << 20), (246, 32, 0), (278, 32, 0),
    (310, 8, 1337), (318, 14, 0), (332, 20, 4), (352, 4, 20), (356, 20, 5), (376, 20, 6),
    (396, 20, 7), (416, 2, 250), (418, 2, 4000), (420, 2, 2000), (422, 4, 60), (426, 4, 50),
    (430, 4, 70), (434, 20, 9),
    (454, 5, 40),
    (459, 5, 100), (464, 5, 200), (469, 12, 300), (481, 14, 1500),
    (495, 5, 300), (500, 5, 400), (505, 12, 700), (517, 14, 0),
    (531, 14, 500), (545, 2, 1), (547, 14, 1000), (561, 2, 2), (563, 14, 2500), (577, 2, 5),
    (579, 20, 8), (599, 2, 3500), (601, 5, 1000), (606, 2, 2500), (608, 5, 1040),
]  # fmt: skip


def test_application_that_does_not_fit_is_refused(small_listing: ListingTerms) -> None:
    """Its number has four bytes in the code of the sale."""
    assert small_listing.packed(2**32 - 1)[32:36] == b"\xff" * 4
    with pytest.raises(
        TermsError, match=r"applicationId: 4294967296 is above the most, 4294967295"
    ):
        small_listing.packed(2**32)


def test_hash_changes_with_every_value(small_listing: ListingTerms) -> None:
    """Two listings that differ in one unit of one field are two hashes."""
    variants = [changed(small_listing, field, 1) for field in FIELDS]
    hashes = {terms.terms_hash for terms in [small_listing, *variants]}
    assert len(hashes) == 1 + len(FIELDS)


FIELDS = [
    "sale.chain_id", "sale.settle_deadline", "sale.deal.price", "sale.deal.price_unit",
    "sale.deal.soft_cap", "sale.deal.account_cap", "sale.deal.minimum", "sale.admission.level",
    "sale.parties.challenge_seconds", "sale.parties.fee_bps", "sale.vesting.start",
    "sale.vesting.unlock_bps", "sale.vesting.cliff_seconds", "sale.vesting.duration_seconds",
    "sale.vesting.step_seconds", "sale.sessions.0.start", "sale.sessions.0.end",
    "sale.sessions.0.supply", "sale.sessions.0.limit", "sale.sessions.1.start",
    "sale.tiers.0.threshold", "sale.tiers.2.coefficient", "escrow.initial_bps",
    "holdings.chain_id", "holdings.day_count", "holdings.draw_time", "holdings.seed_chain_id",
    "holdings.statistic", "holdings.minimum_tiers.1.threshold", "holdings.minimum_tiers.0.coefficient",
    "escrow.grace_seconds", "escrow.objection_seconds", "escrow.objection_bps",
    "escrow.exit_seconds", "escrow.milestones.0.share_bps", "escrow.milestones.1.deadline",
    "allocations.0.amount", "allocations.0.schedule.start", "allocations.0.schedule.unlock_bps",
    "allocations.0.schedule.cliff_seconds", "allocations.0.schedule.duration_seconds",
    "allocations.0.schedule.step_seconds",
]  # fmt: skip


def changed(record: Any, path: str, by: int) -> Any:
    """A copy of the record with the integer at `path` moved by so much."""
    name, _, rest = path.partition(".")
    if isinstance(record, tuple):
        place = int(name)
        return (*record[:place], changed(record[place], rest, by), *record[place + 1 :])
    value = getattr(record, name)
    return replace(record, **{name: changed(value, rest, by) if rest else value + by})


def with_values(terms: ListingTerms, values: dict[str, int]) -> ListingTerms:
    """The terms with the integers at these paths set."""
    for path, value in values.items():
        current: Any = terms
        for name in path.split("."):
            current = current[int(name)] if isinstance(current, tuple) else getattr(current, name)
        terms = changed(terms, path, value - current)
    return terms


AT_ONCE = {
    "sale.vesting.duration_seconds": 0,
    "sale.vesting.cliff_seconds": 0,
    "sale.vesting.step_seconds": 0,
    "sale.vesting.unlock_bps": 10_000,
}

LOCKED_AT_ONCE = {
    "allocations.0.schedule.duration_seconds": 0,
    "allocations.0.schedule.cliff_seconds": 0,
    "allocations.0.schedule.step_seconds": 0,
    "allocations.0.schedule.unlock_bps": 10_000,
}

# The last deadlines that there are.
LATEST = {
    "sale.settle_deadline": TIME_MAX - 1,
    "escrow.milestones.0.deadline": TIME_MAX - 1,
    "escrow.milestones.1.deadline": TIME_MAX,
}

# Sessions that three of the longest windows to challenge fit before.
FAR = LATEST | {
    "sale.sessions.0.start": 40 + 3 * WINDOW_MAX,
    "sale.sessions.0.end": 41 + 3 * WINDOW_MAX,
    "sale.sessions.1.start": 41 + 3 * WINDOW_MAX,
    "sale.sessions.1.end": 42 + 3 * WINDOW_MAX,
}

# 1,000 tokens cost more than a soft cap can say.
DEAR = {"sale.deal.price": UINT112_MAX}

# The least shares of milestones.
SHARES = {"escrow.milestones.0.share_bps": 1, "escrow.milestones.1.share_bps": 1}

# Each rule with values that just keep it, then the same with one fact changed that breaks it.
RULES = [
    (
        {"sale.chain_id": 2**64 - 1}, {"sale.chain_id": 2**64},
        "chainId", 2**64, 2**64 - 1,
    ),
    ({"sale.sessions.0.end": 300}, {"sale.sessions.0.end": 301}, "session.start", 300, 301),
    ({"sale.sessions.0.end": 101}, {"sale.sessions.0.end": 100}, "session.end", 100, 101),
    (
        LATEST | {"sale.sessions.1.end": TIME_MAX - 2},
        LATEST | {"sale.sessions.1.end": TIME_MAX + 1},
        "session.end", TIME_MAX + 1, TIME_MAX,
    ),
    (
        {}, {"sale.sessions.1.start": TIME_MAX + 1, "sale.sessions.1.end": TIME_MAX + 2},
        "session.start", TIME_MAX + 1, TIME_MAX,
    ),
    ({"sale.sessions.1.supply": 1}, {"sale.sessions.1.supply": 0}, "session.supply", 0, 1),
    ({}, {"sale.sessions.1.supply": UINT112_MAX + 1}, "session.supply", UINT112_MAX + 1, UINT112_MAX),
    ({"sale.sessions.0.limit": 300}, {"sale.sessions.0.limit": 299}, "session.limit", 299, 300),
    (
        {"sale.sessions.0.limit": UINT112_MAX}, {"sale.sessions.0.limit": UINT112_MAX + 1},
        "session.limit", UINT112_MAX + 1, UINT112_MAX,
    ),
    (
        {"sale.sessions.1.supply": SUPPLY_MAX - 300}, {"sale.sessions.1.supply": SUPPLY_MAX - 299},
        "supply", SUPPLY_MAX + 1, SUPPLY_MAX,
    ),
    ({"sale.settle_deadline": 401}, {"sale.settle_deadline": 400}, "settleDeadline", 400, 401),
    (LATEST, LATEST | {"sale.settle_deadline": TIME_MAX + 1}, "settleDeadline", TIME_MAX + 1, TIME_MAX),
    ({"sale.deal.price": 1}, {"sale.deal.price": 0}, "price", 0, 1),
    (
        {"sale.deal.price": UINT112_MAX}, {"sale.deal.price": UINT112_MAX + 1},
        "price", UINT112_MAX + 1, UINT112_MAX,
    ),
    ({"sale.deal.price_unit": 1}, {"sale.deal.price_unit": 0}, "priceUnit", 0, 1),
    (
        {"sale.deal.price_unit": UINT112_MAX}, {"sale.deal.price_unit": UINT112_MAX + 1},
        "priceUnit", UINT112_MAX + 1, UINT112_MAX,
    ),
    ({"sale.deal.minimum": 1}, {"sale.deal.minimum": 0}, "minimum", 0, 1),
    (
        {"sale.deal.minimum": UINT112_MAX}, {"sale.deal.minimum": UINT112_MAX + 1},
        "minimum", UINT112_MAX + 1, UINT112_MAX,
    ),
    (
        {"sale.deal.minimum": 5, "sale.deal.account_cap": 5}, {"sale.deal.minimum": 5, "sale.deal.account_cap": 4},
        "accountCap", 4, 5,
    ),
    (
        {"sale.deal.account_cap": 1000}, {"sale.deal.account_cap": 1001},
        "accountCap", 1001, 1000,
    ),
    ({"sale.deal.soft_cap": 666}, {"sale.deal.soft_cap": 667}, "softCap", 667, 666),
    (
        DEAR | {"sale.deal.soft_cap": UINT112_MAX}, DEAR | {"sale.deal.soft_cap": UINT112_MAX + 1},
        "softCap", UINT112_MAX + 1, UINT112_MAX,
    ),
    ({"sale.admission.level": 1}, {"sale.admission.level": 0}, "level", 0, 1),
    ({"sale.admission.level": 255}, {"sale.admission.level": 256}, "level", 256, 255),
    (
        {"sale.parties.challenge_seconds": 1}, {"sale.parties.challenge_seconds": 0},
        "challengeSeconds", 0, 1,
    ),
    (
        FAR | {"sale.parties.challenge_seconds": WINDOW_MAX},
        FAR | {"sale.parties.challenge_seconds": WINDOW_MAX + 1},
        "challengeSeconds", WINDOW_MAX + 1, WINDOW_MAX,
    ),
    ({"sale.parties.fee_bps": 10_000}, {"sale.parties.fee_bps": 10_001}, "feeBps", 10_001, 10_000),
    (
        {"sale.vesting.start": TIME_MAX}, {"sale.vesting.start": TIME_MAX + 1},
        "vesting.start", TIME_MAX + 1, TIME_MAX,
    ),
    (
        {"sale.vesting.duration_seconds": TIME_MAX}, {"sale.vesting.duration_seconds": TIME_MAX + 1},
        "vesting.durationSeconds", TIME_MAX + 1, TIME_MAX,
    ),
    (
        {"sale.vesting.unlock_bps": 10_000}, {"sale.vesting.unlock_bps": 10_001},
        "vesting.unlockBps", 10_001, 10_000,
    ),
    (
        {"sale.vesting.cliff_seconds": 120}, {"sale.vesting.cliff_seconds": 121},
        "vesting.cliffSeconds", 121, 120,
    ),
    (
        {"sale.vesting.step_seconds": 120}, {"sale.vesting.step_seconds": 121},
        "vesting.stepSeconds", 121, 120,
    ),
    (AT_ONCE, AT_ONCE | {"sale.vesting.unlock_bps": 9_999}, "vesting.unlockBps", 9_999, 10_000),
    (AT_ONCE, AT_ONCE | {"sale.vesting.cliff_seconds": 1}, "vesting.cliffSeconds", 1, 0),
    (AT_ONCE, AT_ONCE | {"sale.vesting.step_seconds": 1}, "vesting.stepSeconds", 1, 0),
    ({"sale.tiers.0.threshold": 1}, {"sale.tiers.0.threshold": 0}, "tier.threshold", 0, 0),
    ({"sale.tiers.1.threshold": 501}, {"sale.tiers.1.threshold": 500}, "tier.threshold", 500, 500),
    (
        {"sale.tiers.2.threshold": UINT112_MAX}, {"sale.tiers.2.threshold": UINT112_MAX + 1},
        "tier.threshold", UINT112_MAX + 1, UINT112_MAX,
    ),
    ({"sale.tiers.0.coefficient": 1}, {"sale.tiers.0.coefficient": 0}, "tier.coefficient", 0, 1),
    (
        {"sale.tiers.2.coefficient": 3, "holdings.minimum_tiers.1.coefficient": 3},
        {"sale.tiers.2.coefficient": 2, "holdings.minimum_tiers.1.coefficient": 3},
        "tier.coefficient", 2, 3,
    ),
    (
        {"sale.tiers.2.coefficient": 65_534, "holdings.minimum_tiers.1.coefficient": 65_534},
        {"sale.tiers.2.coefficient": 65_535, "holdings.minimum_tiers.1.coefficient": 65_534},
        "tier.coefficient", 65_535, 65_534,
    ),
    ({"holdings.chain_id": 1}, {"holdings.chain_id": 0}, "holdings.chainId", 0, 1),
    (
        {"holdings.chain_id": 2**64 - 1}, {"holdings.chain_id": 2**64},
        "holdings.chainId", 2**64, 2**64 - 1,
    ),
    ({"holdings.day_count": 1}, {"holdings.day_count": 0}, "holdings.dayCount", 0, 1),
    ({"holdings.day_count": 366}, {"holdings.day_count": 367}, "holdings.dayCount", 367, 366),
    ({"holdings.draw_time": 40}, {"holdings.draw_time": 41}, "session.start", 100, 101),
    (
        {}, {"holdings.draw_time": TIME_MAX + 1},
        "holdings.drawTime", TIME_MAX + 1, TIME_MAX,
    ),
    ({"holdings.seed_chain_id": 1}, {"holdings.seed_chain_id": 0}, "holdings.seedChainId", 0, 1),
    (
        {"holdings.seed_chain_id": 2**64 - 1}, {"holdings.seed_chain_id": 2**64},
        "holdings.seedChainId", 2**64, 2**64 - 1,
    ),
    ({"holdings.statistic": 3}, {"holdings.statistic": 4}, "holdings.statistic", 4, 3),
    ({}, {"holdings.statistic": 2}, "minimumTiers", 2, 0),
    (
        {"holdings.minimum_tiers.0.threshold": 1}, {"holdings.minimum_tiers.0.threshold": 0},
        "minimumTier.threshold", 0, 0,
    ),
    (
        {"holdings.minimum_tiers.1.threshold": UINT112_MAX},
        {"holdings.minimum_tiers.1.threshold": UINT112_MAX + 1},
        "minimumTier.threshold", UINT112_MAX + 1, UINT112_MAX,
    ),
    (
        {"holdings.minimum_tiers.0.coefficient": 2}, {"holdings.minimum_tiers.0.coefficient": 3},
        "minimumTier.coefficient", 3, 5,
    ),
    (
        {"holdings.minimum_tiers.1.coefficient": 2}, {"holdings.minimum_tiers.1.coefficient": 1},
        "minimumTier.coefficient", 1, 2,
    ),
    (
        {"holdings.minimum_tiers.1.coefficient": 5}, {"holdings.minimum_tiers.1.coefficient": 6},
        "minimumTier.coefficient", 6, 5,
    ),
    (
        SHARES | {"escrow.initial_bps": 9_998}, SHARES | {"escrow.initial_bps": 9_997},
        "escrow.shares", 9_999, 10_000,
    ),
    (
        SHARES | {"escrow.initial_bps": 9_998}, SHARES | {"escrow.initial_bps": 9_999},
        "escrow.shares", 10_001, 10_000,
    ),
    (
        {"escrow.initial_bps": 0, "escrow.milestones.0.share_bps": 7_500},
        {"escrow.initial_bps": 10_001, "escrow.milestones.0.share_bps": 7_500},
        "escrow.initialBps", 10_001, 10_000,
    ),
    (
        {"escrow.grace_seconds": WINDOW_MAX}, {"escrow.grace_seconds": WINDOW_MAX + 1},
        "escrow.graceSeconds", WINDOW_MAX + 1, WINDOW_MAX,
    ),
    ({"escrow.objection_seconds": 1}, {"escrow.objection_seconds": 0}, "escrow.objectionSeconds", 0, 1),
    (
        {"escrow.objection_seconds": WINDOW_MAX}, {"escrow.objection_seconds": WINDOW_MAX + 1},
        "escrow.objectionSeconds", WINDOW_MAX + 1, WINDOW_MAX,
    ),
    ({"escrow.objection_bps": 1}, {"escrow.objection_bps": 0}, "escrow.objectionBps", 0, 1),
    (
        {"escrow.objection_bps": 5_000}, {"escrow.objection_bps": 5_001},
        "escrow.objectionBps", 5_001, 5_000,
    ),
    ({"escrow.exit_seconds": 1}, {"escrow.exit_seconds": 0}, "escrow.exitSeconds", 0, 1),
    (
        {"escrow.exit_seconds": WINDOW_MAX}, {"escrow.exit_seconds": WINDOW_MAX + 1},
        "escrow.exitSeconds", WINDOW_MAX + 1, WINDOW_MAX,
    ),
    (
        SHARES | {"escrow.initial_bps": 9_998},
        SHARES | {"escrow.initial_bps": 9_999, "escrow.milestones.1.share_bps": 0},
        "milestone.shareBps", 0, 1,
    ),
    ({}, {"escrow.milestones.0.share_bps": 10_001}, "milestone.shareBps", 10_001, 10_000),
    (
        {"escrow.milestones.0.deadline": 1000}, {"escrow.milestones.0.deadline": 999},
        "milestone.deadline", 999, 1000,
    ),
    (
        {"escrow.milestones.1.deadline": 1001}, {"escrow.milestones.1.deadline": 1000},
        "milestone.deadline", 1000, 1001,
    ),
    (
        {"escrow.milestones.1.deadline": TIME_MAX}, {"escrow.milestones.1.deadline": TIME_MAX + 1},
        "milestone.deadline", TIME_MAX + 1, TIME_MAX,
    ),
    ({"allocations.0.amount": 1}, {"allocations.0.amount": 0}, "allocation.amount", 0, 1),
    (
        {"allocations.0.amount": SUPPLY_MAX}, {"allocations.0.amount": SUPPLY_MAX + 1},
        "allocation.amount", SUPPLY_MAX + 1, SUPPLY_MAX,
    ),
    (
        {"allocations.0.schedule.start": TIME_MAX}, {"allocations.0.schedule.start": TIME_MAX + 1},
        "allocation.start", TIME_MAX + 1, TIME_MAX,
    ),
    (
        {"allocations.0.schedule.duration_seconds": TIME_MAX},
        {"allocations.0.schedule.duration_seconds": TIME_MAX + 1},
        "allocation.durationSeconds", TIME_MAX + 1, TIME_MAX,
    ),
    (
        {"allocations.0.schedule.unlock_bps": 10_000},
        {"allocations.0.schedule.unlock_bps": 10_001},
        "allocation.unlockBps", 10_001, 10_000,
    ),
    (
        {"allocations.0.schedule.cliff_seconds": 300}, {"allocations.0.schedule.cliff_seconds": 301},
        "allocation.cliffSeconds", 301, 300,
    ),
    (
        {"allocations.0.schedule.step_seconds": 300}, {"allocations.0.schedule.step_seconds": 301},
        "allocation.stepSeconds", 301, 300,
    ),
    (
        LOCKED_AT_ONCE, LOCKED_AT_ONCE | {"allocations.0.schedule.unlock_bps": 9_999},
        "allocation.unlockBps", 9_999, 10_000,
    ),
]  # fmt: skip


@pytest.mark.parametrize(("kept", "broken", "field", "given", "bound"), RULES)
def test_rule_holds_at_its_bound_and_fails_one_beyond(
    small_listing: ListingTerms,
    kept: dict[str, int],
    broken: dict[str, int],
    field: str,
    given: int,
    bound: int,
) -> None:
    """The error has the contract's name of the field, what it says and what it had to respect."""
    with_values(small_listing, kept).check()
    with pytest.raises(TermsError) as refused:
        with_values(small_listing, broken).check()
    assert (refused.value.field, refused.value.given, refused.value.bound) == (field, given, bound)
    assert str(refused.value).startswith(field)
    assert f": {given} " in str(refused.value)
    assert str(refused.value).endswith(f" {bound}")


def sessions_of(count: int) -> tuple[Session, ...]:
    """So many short sessions, one after the other."""
    return tuple(Session(start=n, end=n + 1, supply=1, limit=0) for n in range(count))


def tiers_of(count: int) -> tuple[Tier, ...]:
    """So many rows."""
    return tuple(Tier(threshold=n, coefficient=n) for n in range(1, count + 1))


@pytest.mark.parametrize(
    ("field", "items", "most"), [("sessions", sessions_of, 8), ("tiers", tiers_of, 32),
                                 ("attesters", lambda n: ((1).to_bytes(20),) * n, 8)]
)  # fmt: skip
def test_lists_have_one_row_at_least_and_so_many_at_most(
    small_terms: SaleTerms, field: str, items: Any, most: int
) -> None:
    """1 and the most pass; 0 and one more do not."""
    for count in (1, most):
        replace(small_terms, **{field: items(count)}).check()
    for count, bound in ((0, 1), (most + 1, most)):
        with pytest.raises(TermsError) as refused:
            replace(small_terms, **{field: items(count)}).check()
        assert refused.value.field == field
        assert (refused.value.given, refused.value.bound) == (count, bound)


def test_zero_attester_is_refused(small_terms: SaleTerms) -> None:
    """Nobody's signature must not count; the message has the row."""
    with pytest.raises(TermsError, match="attester in row 2: 0 must differ from 0"):
        replace(small_terms, attesters=((8).to_bytes(20), ZERO_ADDRESS)).check()


@pytest.mark.parametrize(
    ("name", "field"),
    [("holdings_publisher", "holdingsPublisher"), ("proceeds_to", "proceedsTo"),
     ("unsold_to", "unsoldTo"), ("fee_to", "feeTo")],
)  # fmt: skip
def test_zero_party_is_refused(small_terms: SaleTerms, name: str, field: str) -> None:
    """Whoever publishes or receives is somebody, also of a fee of nothing."""
    changes: dict[str, Any] = {"fee_bps": 0, name: ZERO_ADDRESS}
    parties = replace(small_terms.parties, **changes)
    with pytest.raises(TermsError, match=f"{field}: 0 must differ from 0"):
        replace(small_terms, parties=parties).check()


def test_paying_with_the_sale_token_is_refused(small_terms: SaleTerms) -> None:
    """One token cannot be both sides of the deal; the native coin is no token."""
    deal = replace(small_terms.deal, payment_token=small_terms.deal.sale_token)
    with pytest.raises(TermsError, match="paymentToken: 1 must differ from 1"):
        replace(small_terms, deal=deal).check()
    replace(small_terms, deal=replace(deal, payment_token=ZERO_ADDRESS)).check()


@pytest.mark.parametrize(
    ("bitmap", "given"), [((1, 0, 0, 0), 0), ((0, 0, 0, 1 << 255), 1023), ((0, 0, 0, 0), 0)]
)
def test_unknown_and_no_jurisdictions_are_refused(
    small_terms: SaleTerms, bitmap: tuple[int, int, int, int], given: int
) -> None:
    """A bit that is no country's admits nobody; no bit at all admits nobody either."""
    admission = replace(small_terms.admission, jurisdictions=bitmap)
    with pytest.raises(TermsError) as refused:
        replace(small_terms, admission=admission).check()
    assert (refused.value.field, refused.value.given) == ("jurisdictions", given)


def milestones_of(count: int) -> tuple[Milestone, ...]:
    """So many milestones that share all the proceeds."""
    first = Milestone(share_bps=10_000 - count + 1, deadline=1000, description_hash=b"\1" * 32)
    return tuple(
        first if number == 0 else replace(first, share_bps=1, deadline=1000 + number)
        for number in range(count)
    )


def test_milestones_are_twelve_at_most(small_listing: ListingTerms) -> None:
    """The row after that is refused; fewer pass."""
    for count in (1, 12):
        escrow = replace(small_listing.escrow, initial_bps=0, milestones=milestones_of(count))
        replace(small_listing, escrow=escrow).check()
    escrow = replace(small_listing.escrow, initial_bps=0, milestones=milestones_of(13))
    with pytest.raises(TermsError, match="milestones: 13 is above the most, 12"):
        replace(small_listing, escrow=escrow).check()


def test_escrow_without_milestones_needs_no_windows(small_listing: ListingTerms) -> None:
    """There is nothing to object to or to miss; but everything has to be released at once."""
    bare = EscrowTerms(
        initial_bps=10_000,
        grace_seconds=0,
        objection_seconds=0,
        objection_bps=0,
        exit_seconds=0,
        remainder_to=(9).to_bytes(20),
        milestones=(),
    )
    replace(small_listing, escrow=bare).check()
    with pytest.raises(TermsError, match=r"escrow\.shares: 9999 is below the least, 10000"):
        replace(small_listing, escrow=replace(bare, initial_bps=9_999)).check()


def test_allocations_are_sixteen_at_most(small_listing: ListingTerms) -> None:
    """None and sixteen pass; one more does not."""
    for count in (0, 16):
        replace(small_listing, allocations=small_listing.allocations * count).check()
    with pytest.raises(TermsError, match="allocations: 17 is above the most, 16"):
        replace(small_listing, allocations=small_listing.allocations * 17).check()


def test_nobody_for_the_remainder_is_refused(small_listing: ListingTerms) -> None:
    """What nobody exits with goes to somebody."""
    escrow = replace(small_listing.escrow, remainder_to=ZERO_ADDRESS)
    with pytest.raises(TermsError, match=r"escrow\.remainderTo: 0 must differ from 0"):
        replace(small_listing, escrow=escrow).check()


def test_milestone_without_a_description_is_refused(small_listing: ListingTerms) -> None:
    """Nobody could say whether it was delivered."""
    first, second = small_listing.escrow.milestones
    milestones = (first, replace(second, description_hash=bytes(32)))
    escrow = replace(small_listing.escrow, milestones=milestones)
    with pytest.raises(
        TermsError, match=r"milestone\.descriptionHash in row 2: 0 must differ from 0"
    ):
        replace(small_listing, escrow=escrow).check()


def test_allocation_needs_a_beneficiary_and_no_revoker(small_listing: ListingTerms) -> None:
    """Tokens of nobody could never be released; a vesting that nobody may end is what one wants."""
    (allocation,) = small_listing.allocations
    kept = replace(allocation, revoker=ZERO_ADDRESS)
    replace(small_listing, allocations=(allocation, kept)).check()
    broken = replace(allocation, beneficiary=ZERO_ADDRESS)
    with pytest.raises(TermsError, match=r"allocation\.beneficiary in row 2: 0 must differ from 0"):
        replace(small_listing, allocations=(allocation, broken)).check()


def test_excluded_accounts_rise_and_are_256_at_most(small_listing: ListingTerms) -> None:
    """In their order and each once; the zero account has no holding anyway."""

    def excluding(*numbers: int) -> ListingTerms:
        accounts = tuple(number.to_bytes(20) for number in numbers)
        return replace(small_listing, holdings=replace(small_listing.holdings, excluded=accounts))

    excluding().check()
    excluding(1, 2, 2**160 - 1).check()
    excluding(*range(1, 257)).check()
    for numbers, given, bound, row in (((0,), 0, 1, 1), ((5, 5), 5, 6, 2), ((7, 9, 8), 8, 10, 3)):
        with pytest.raises(
            TermsError,
            match=rf"holdings\.excluded in row {row}: {given} is below the least, {bound}",
        ):
            excluding(*numbers).check()
    with pytest.raises(TermsError, match=r"holdings\.excluded: 257 is above the most, 256"):
        excluding(*range(1, 258)).check()


def test_second_table_is_there_when_it_counts(small_listing: ListingTerms) -> None:
    """A statistic has the tables that it reads, and no other."""
    holdings = small_listing.holdings
    for statistic in range(4):
        for rows in ((), holdings.minimum_tiers):
            terms = replace(
                small_listing, holdings=replace(holdings, statistic=statistic, minimum_tiers=rows)
            )
            if (statistic == Statistic.BETTER_OF.number) == bool(rows):
                terms.check()
            else:
                with pytest.raises(TermsError, match="minimumTiers: "):
                    terms.check()


def test_holdings_are_of_some_token(small_listing: ListingTerms) -> None:
    """The native coin has no Transfer logs to count."""
    holdings = replace(small_listing.holdings, token=bytes(20))
    with pytest.raises(TermsError, match=r"holdings\.token: 0 must differ from 0"):
        replace(small_listing, holdings=holdings).check()


def test_moved_terms_keep_every_distance(small_listing: ListingTerms) -> None:
    """All times move together, nothing else does, and back again is the same listing."""
    moved = small_listing.moved(50)
    assert [session.start for session in moved.sale.sessions] == [150, 350]
    assert [session.end for session in moved.sale.sessions] == [250, 450]
    assert moved.holdings.draw_time == 90
    assert (moved.sale.settle_deadline, moved.sale.vesting.start) == (1050, 1050)
    assert [milestone.deadline for milestone in moved.escrow.milestones] == [1050, 1090]
    assert [allocation.schedule.start for allocation in moved.allocations] == [1550]
    assert moved.moved(-50) == small_listing


def test_costs_enclose_the_price(small_terms: SaleTerms) -> None:
    """Two units buy three tokens: one token costs 0 from below and 1 from above."""
    assert [small_terms.cost_down(tokens) for tokens in range(4)] == [0, 0, 1, 2]
    assert [small_terms.cost_up(tokens) for tokens in range(4)] == [0, 1, 2, 2]


def test_written_terms_use_the_names_of_the_struct(small_listing: ListingTerms) -> None:
    """JSON has decimal text, addresses with checksum, hashes in hex, and lists for arrays."""
    written = small_listing.written()
    assert list(written) == ["sale", "holdings", "escrow", "allocations"]
    sale, holdings, escrow, (allocation,) = written.values()
    assert holdings["drawTime"] == "40"
    assert list(sale) == [
        "chainId", "settleDeadline", "deal", "admission", "parties", "vesting", "sessions",
        "tiers", "attesters",
    ]  # fmt: skip
    assert sale["deal"]["priceUnit"] == "3"
    assert sale["sessions"][1] == {"start": "300", "end": "400", "supply": "700", "limit": "0"}
    assert sale["attesters"] == ["0x0000000000000000000000000000000000000008"]
    assert sale["admission"]["jurisdictions"] == [str(1 << 250), str(1 << 20), "0", "0"]
    assert escrow["milestones"][0] == {
        "shareBps": "3500",
        "deadline": "1000",
        "descriptionHash": "0x" + "00" * 31 + "0a",
    }
    assert allocation["schedule"]["unlockBps"] == "100"
