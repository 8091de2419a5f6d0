"""The terms: their encoding, their hash, and every rule that they keep."""

from dataclasses import replace
from typing import Any

import pytest

from jumpstart.amounts import UINT112_MAX
from jumpstart.errors import TermsError
from jumpstart.hashing import keccak256
from jumpstart.terms import SUPPLY_MAX, TIME_MAX, ZERO_ADDRESS, SaleTerms, Session, Tier


def word(value: int) -> bytes:
    """One ABI word."""
    return value.to_bytes(32)


def test_encoding_is_that_of_the_solidity_struct(small_terms: SaleTerms) -> None:
    """Word by word: the struct's offset, its static members in place, then the three arrays."""
    france, germany = 1 << 250, 1 << 20
    head = [
        1337, 1000,
        1, 2, 2, 3, 0, 0, 1,
        3, 1, france, germany, 0, 0,
        4, 5, 6, 7, 250,
        1000, 2500, 30, 120, 10,
    ]  # fmt: skip
    sessions = [2, 100, 200, 300, 1500, 300, 400, 700, 0]
    tiers = [3, 500, 1, 1000, 2, 2500, 5]
    attesters = [1, 8]
    offset = 32 * (len(head) + 3)
    offsets = [offset, offset + 32 * len(sessions), offset + 32 * (len(sessions) + len(tiers))]
    words = [32, *head, *offsets, *sessions, *tiers, *attesters]
    assert small_terms.abi_encoding == b"".join(map(word, words))
    assert small_terms.terms_hash == keccak256(small_terms.abi_encoding)


def test_hash_changes_with_every_value(small_terms: SaleTerms) -> None:
    """Two sales that differ in one unit of one field are two hashes."""
    variants = [changed(small_terms, field, 1) for field in FIELDS]
    hashes = {terms.terms_hash for terms in [small_terms, *variants]}
    assert len(hashes) == 1 + len(FIELDS)


FIELDS = [
    "chain_id", "settle_deadline", "deal.price", "deal.price_unit", "deal.soft_cap",
    "deal.account_cap", "deal.minimum", "admission.level", "parties.fee_bps", "vesting.start",
    "vesting.unlock_bps", "vesting.cliff_seconds", "vesting.duration_seconds",
    "vesting.step_seconds", "sessions.0.start", "sessions.0.end", "sessions.0.supply",
    "sessions.0.limit", "sessions.1.start", "tiers.0.threshold", "tiers.2.coefficient",
]  # fmt: skip


def changed(record: Any, path: str, by: int) -> Any:
    """A copy of the record with the integer at `path` moved by so much."""
    name, _, rest = path.partition(".")
    if isinstance(record, tuple):
        place = int(name)
        return (*record[:place], changed(record[place], rest, by), *record[place + 1 :])
    value = getattr(record, name)
    return replace(record, **{name: changed(value, rest, by) if rest else value + by})


def with_values(terms: SaleTerms, values: dict[str, int]) -> SaleTerms:
    """The terms with the integers at these paths set."""
    for path, value in values.items():
        current: Any = terms
        for name in path.split("."):
            current = current[int(name)] if isinstance(current, tuple) else getattr(current, name)
        terms = changed(terms, path, value - current)
    return terms


AT_ONCE = {
    "vesting.duration_seconds": 0,
    "vesting.cliff_seconds": 0,
    "vesting.step_seconds": 0,
    "vesting.unlock_bps": 10_000,
}

# Each rule with values that just keep it, then the same with one fact changed that breaks it.
RULES = [
    ({"sessions.0.end": 300}, {"sessions.0.end": 301}, "session.start", 300, 301),
    ({"sessions.0.end": 101}, {"sessions.0.end": 100}, "session.end", 100, 101),
    (
        {"sessions.1.end": TIME_MAX - 1, "settle_deadline": TIME_MAX},
        {"sessions.1.end": TIME_MAX + 1, "settle_deadline": TIME_MAX},
        "session.end", TIME_MAX + 1, TIME_MAX,
    ),
    (
        {}, {"sessions.1.start": TIME_MAX + 1, "sessions.1.end": TIME_MAX + 2},
        "session.start", TIME_MAX + 1, TIME_MAX,
    ),
    ({"sessions.1.supply": 1}, {"sessions.1.supply": 0}, "session.supply", 0, 1),
    ({}, {"sessions.1.supply": UINT112_MAX + 1}, "session.supply", UINT112_MAX + 1, UINT112_MAX),
    ({"sessions.0.limit": 300}, {"sessions.0.limit": 299}, "session.limit", 299, 300),
    (
        {"sessions.0.limit": UINT112_MAX}, {"sessions.0.limit": UINT112_MAX + 1},
        "session.limit", UINT112_MAX + 1, UINT112_MAX,
    ),
    (
        {"sessions.1.supply": SUPPLY_MAX - 300}, {"sessions.1.supply": SUPPLY_MAX - 299},
        "supply", SUPPLY_MAX + 1, SUPPLY_MAX,
    ),
    ({"settle_deadline": 401}, {"settle_deadline": 400}, "settleDeadline", 400, 401),
    (
        {"settle_deadline": TIME_MAX}, {"settle_deadline": TIME_MAX + 1},
        "settleDeadline", TIME_MAX + 1, TIME_MAX,
    ),
    ({"deal.price": 1}, {"deal.price": 0}, "price", 0, 1),
    (
        {"deal.price": UINT112_MAX}, {"deal.price": UINT112_MAX + 1},
        "price", UINT112_MAX + 1, UINT112_MAX,
    ),
    ({"deal.price_unit": 1}, {"deal.price_unit": 0}, "priceUnit", 0, 1),
    (
        {"deal.price_unit": UINT112_MAX}, {"deal.price_unit": UINT112_MAX + 1},
        "priceUnit", UINT112_MAX + 1, UINT112_MAX,
    ),
    ({"deal.minimum": 1}, {"deal.minimum": 0}, "minimum", 0, 1),
    (
        {"deal.minimum": UINT112_MAX}, {"deal.minimum": UINT112_MAX + 1},
        "minimum", UINT112_MAX + 1, UINT112_MAX,
    ),
    (
        {"deal.minimum": 5, "deal.account_cap": 5}, {"deal.minimum": 5, "deal.account_cap": 4},
        "accountCap", 4, 5,
    ),
    (
        {"deal.account_cap": 1000}, {"deal.account_cap": 1001},
        "accountCap", 1001, 1000,
    ),
    ({"deal.soft_cap": 666}, {"deal.soft_cap": 667}, "softCap", 667, 666),
    ({"admission.level": 1}, {"admission.level": 0}, "level", 0, 1),
    ({"admission.level": 255}, {"admission.level": 256}, "level", 256, 255),
    ({"parties.fee_bps": 10_000}, {"parties.fee_bps": 10_001}, "feeBps", 10_001, 10_000),
    (
        {"vesting.start": TIME_MAX}, {"vesting.start": TIME_MAX + 1},
        "vesting.start", TIME_MAX + 1, TIME_MAX,
    ),
    (
        {"vesting.duration_seconds": TIME_MAX}, {"vesting.duration_seconds": TIME_MAX + 1},
        "vesting.durationSeconds", TIME_MAX + 1, TIME_MAX,
    ),
    (
        {"vesting.unlock_bps": 10_000}, {"vesting.unlock_bps": 10_001},
        "vesting.unlockBps", 10_001, 10_000,
    ),
    (
        {"vesting.cliff_seconds": 120}, {"vesting.cliff_seconds": 121},
        "vesting.cliffSeconds", 121, 120,
    ),
    (
        {"vesting.step_seconds": 120}, {"vesting.step_seconds": 121},
        "vesting.stepSeconds", 121, 120,
    ),
    (AT_ONCE, AT_ONCE | {"vesting.unlock_bps": 9_999}, "vesting.unlockBps", 9_999, 10_000),
    (AT_ONCE, AT_ONCE | {"vesting.cliff_seconds": 1}, "vesting.cliffSeconds", 1, 0),
    (AT_ONCE, AT_ONCE | {"vesting.step_seconds": 1}, "vesting.stepSeconds", 1, 0),
    ({"tiers.0.threshold": 1}, {"tiers.0.threshold": 0}, "tier.threshold", 0, 0),
    ({"tiers.1.threshold": 501}, {"tiers.1.threshold": 500}, "tier.threshold", 500, 500),
    ({"tiers.0.coefficient": 1}, {"tiers.0.coefficient": 0}, "tier.coefficient", 0, 1),
    ({"tiers.2.coefficient": 3}, {"tiers.2.coefficient": 2}, "tier.coefficient", 2, 3),
    (
        {"tiers.2.coefficient": 65_534}, {"tiers.2.coefficient": 65_535},
        "tier.coefficient", 65_535, 65_534,
    ),
]  # fmt: skip


@pytest.mark.parametrize(("kept", "broken", "field", "given", "bound"), RULES)
def test_rule_holds_at_its_bound_and_fails_one_beyond(
    small_terms: SaleTerms,
    kept: dict[str, int],
    broken: dict[str, int],
    field: str,
    given: int,
    bound: int,
) -> None:
    """The error has the contract's name of the field, what it says and what it had to respect."""
    with_values(small_terms, kept).check()
    with pytest.raises(TermsError) as refused:
        with_values(small_terms, broken).check()
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
    parties = replace(small_terms.parties, fee_bps=0, **{name: ZERO_ADDRESS})
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


def test_moved_terms_keep_every_distance(small_terms: SaleTerms) -> None:
    """All times move together, nothing else does, and back again is the same sale."""
    moved = small_terms.moved(50)
    assert [session.start for session in moved.sessions] == [150, 350]
    assert [session.end for session in moved.sessions] == [250, 450]
    assert (moved.settle_deadline, moved.vesting.start) == (1050, 1050)
    assert moved.moved(-50) == small_terms


def test_costs_enclose_the_price(small_terms: SaleTerms) -> None:
    """Two units buy three tokens: one token costs 0 from below and 1 from above."""
    assert [small_terms.cost_down(tokens) for tokens in range(4)] == [0, 0, 1, 2]
    assert [small_terms.cost_up(tokens) for tokens in range(4)] == [0, 1, 2, 2]


def test_written_terms_use_the_names_of_the_struct(small_terms: SaleTerms) -> None:
    """JSON has decimal text, addresses with checksum, and lists for arrays."""
    written = small_terms.written()
    assert list(written) == [
        "chainId", "settleDeadline", "deal", "admission", "parties", "vesting", "sessions",
        "tiers", "attesters",
    ]  # fmt: skip
    assert written["deal"]["priceUnit"] == "3"
    assert written["sessions"][1] == {"start": "300", "end": "400", "supply": "700", "limit": "0"}
    assert written["attesters"] == ["0x0000000000000000000000000000000000000008"]
    assert written["admission"]["jurisdictions"] == [str(1 << 250), str(1 << 20), "0", "0"]
