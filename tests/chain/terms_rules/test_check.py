"""`check`: every rule of the terms, at its bound and one beyond, and the one encoding that is allowed."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from eth_abi.abi import encode

from jumpstart.chain.client import Chain, Contract
from jumpstart.hashing import keccak256
from jumpstart.terms import SaleTerms, Session, Tier
from tests.chain import figures
from tests.chain.reverts import reverts
from tests.chain.stage import Stage, account, changed, raw

MAX_TIME = 2**40 - 1
MAX_AMOUNT = 2**112 - 1
MAX_SUPPLY = 2**96 - 1
MAX_COEFFICIENT = 65_534
MAX_CODE = 2 ** (1000 - 768) - 1  # the fourth word of the bitmap, up to code 999

SALE = "0x" + 20 * "5a"
NOWHERE = raw(account("an address without code"))
ZERO = bytes(20)

Change = Callable[[SaleTerms], SaleTerms]


@pytest.fixture
def rules(stage: Stage) -> Contract:
    return stage.platform.terms_rules


def of(**fields: Any) -> Change:
    """Another value of a field named, wherever it stands."""
    return lambda terms: changed(terms, **fields)


def session(**fields: Any) -> Change:
    """Another value in the only session."""
    return lambda terms: replace(terms, sessions=(replace(terms.sessions[0], **fields),))


def windows(*times: tuple[int, int], supply: int = 1) -> Change:
    """Sessions with these starts and ends, and a deadline that is late enough."""

    def change(terms: SaleTerms) -> SaleTerms:
        sessions = tuple(
            Session(start=start, end=end, supply=supply, limit=0) for start, end in times
        )
        return replace(terms, sessions=sessions, settle_deadline=MAX_TIME)

    return change


def supplies(*tokens: int) -> Change:
    """Sessions of these supplies, one after another."""

    def change(terms: SaleTerms) -> SaleTerms:
        sessions = tuple(
            Session(start=10 * index, end=10 * index + 10, supply=supply, limit=0)
            for index, supply in enumerate(tokens)
        )
        return replace(terms, sessions=sessions)

    return change


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
    return lambda terms: replace(terms, settle_deadline=terms.sessions[-1].end + after)


def both(*changes: Change) -> Change:
    def change(terms: SaleTerms) -> SaleTerms:
        for each in changes:
            terms = each(terms)
        return terms

    return change


VESTED = figures.VESTING_DURATION

ACCEPTED: dict[str, Change] = {
    "one session": windows((5, 6)),
    "eight sessions": windows(*((index, index + 1) for index in range(8))),
    "sessions without a pause": windows((5, 6), (6, 7)),
    "the first start at 0": windows((0, 1)),
    "the last end just before the last moment": windows((5, MAX_TIME - 1)),
    "a session of one second": windows((MAX_TIME - 2, MAX_TIME - 1)),
    "a supply of one token": both(session(supply=1)),
    "the largest supply": supplies(MAX_SUPPLY),
    "the largest supply in two sessions": supplies(MAX_SUPPLY - 1, 1),
    "no limit": session(limit=0),
    "a limit equal to the supply": session(limit=figures.SUPPLY),
    "the largest limit": session(limit=MAX_AMOUNT),
    "a deadline a second after the end": deadline(1),
    "the last deadline": of(settle_deadline=MAX_TIME),
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
    "level 1": of(level=1),
    "level 255": of(level=255),
    "one attester": attesters(1),
    "eight attesters": attesters(8),
    "the lowest code alone": of(jurisdictions=(1, 0, 0, 0)),
    "code 999 alone": of(jurisdictions=(0, 0, 0, 1 << 231)),
    "all codes": of(jurisdictions=(2**256 - 1, 2**256 - 1, 2**256 - 1, MAX_CODE)),
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
    "the largest tier": tiers((2**256 - 1, MAX_COEFFICIENT)),
    "32 tiers": tiers(*((index, index) for index in range(1, 33))),
    "neighbouring tiers": tiers((1, 1), (2, 2)),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_terms_at_a_bound_are_accepted(rules: Contract, stage: Stage, name: str) -> None:
    """Each bound belongs to what is allowed; the answer is the supply."""
    terms = ACCEPTED[name](stage.terms())
    assert rules.call("check", terms.abi_encoding, SALE) == terms.supply


REFUSED: dict[str, tuple[Change, str, int, int]] = {
    "another chain": (of(chain_id=1338), "chainId", 1338, 1337),
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
    "a registry without code": (of(pass_registry=NOWHERE), "passRegistry.code", 0, 1),
    "level 0": (of(level=0), "level", 0, 1),
    "level 256": (of(level=256), "level", 256, 255),
    "no attester": (attesters(0), "attesters", 0, 1),
    "nine attesters": (attesters(9), "attesters", 9, 8),
    "the zero attester": (of(attesters=(b"\1" * 20, ZERO)), "attester", 0, 0),
    "no jurisdiction": (of(jurisdictions=(0, 0, 0, 0)), "jurisdictions", 0, 1),
    "code 1000": (of(jurisdictions=(1, 0, 0, 1 << 232)), "jurisdictions", 1 << 232, MAX_CODE),
    "no publisher": (of(holdings_publisher=ZERO), "holdingsPublisher", 0, 0),
    "nobody for the proceeds": (of(proceeds_to=ZERO), "proceedsTo", 0, 0),
    "nobody for the unsold": (of(unsold_to=ZERO), "unsoldTo", 0, 0),
    "nobody for the fee": (of(fee_to=ZERO), "feeTo", 0, 0),
    "proceeds to the sale": (of(proceeds_to=raw(SALE)), "proceedsTo", int(SALE, 16), int(SALE, 16)),
    "unsold to the sale": (of(unsold_to=raw(SALE)), "unsoldTo", int(SALE, 16), int(SALE, 16)),
    "the fee to the sale": (of(fee_to=raw(SALE)), "feeTo", int(SALE, 16), int(SALE, 16)),
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
    "a coefficient of 0": (tiers((1, 0)), "tier.coefficient", 0, 1),
    "two tiers of one coefficient": (tiers((5, 7), (6, 7)), "tier.coefficient", 7, 8),
    "coefficients that fall": (tiers((5, 7), (6, 6)), "tier.coefficient", 6, 8),
    "a coefficient beyond the largest": (
        tiers((1, MAX_COEFFICIENT + 1)),
        "tier.coefficient",
        MAX_COEFFICIENT + 1,
        MAX_COEFFICIENT,
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_terms_beyond_a_bound_are_refused(rules: Contract, stage: Stage, name: str) -> None:
    """The refusal names the field, what it says, and what it had to respect."""
    change, field, given, bound = REFUSED[name]
    terms = change(stage.terms())
    with reverts("TermsRules_Invalid", field.encode().ljust(32, b"\0"), given, bound):
        rules.call("check", terms.abi_encoding, SALE)


def test_a_deadline_at_the_end_is_refused(rules: Contract, stage: Stage) -> None:
    """There must be a second in which to settle."""
    terms = deadline(0)(stage.terms())
    end = terms.sessions[-1].end
    with reverts("TermsRules_Invalid", b"settleDeadline".ljust(32, b"\0"), end, end + 1):
        rules.call("check", terms.abi_encoding, SALE)


def test_a_sale_that_pays_in_what_it_sells_is_refused(rules: Contract, stage: Stage) -> None:
    """Deposits could not be told from tokens."""
    terms = stage.terms(payment_token=raw(stage.sale_token))
    token = int(stage.sale_token.address, 16)
    with reverts("TermsRules_Invalid", b"paymentToken".ljust(32, b"\0"), token, token):
        rules.call("check", terms.abi_encoding, SALE)


def test_the_first_offending_row_counts(rules: Contract, stage: Stage) -> None:
    """Of two bad rows the refusal names the first."""
    terms = tiers((5, 1), (5, 2), (4, 3))(stage.terms())
    with reverts("TermsRules_Invalid", b"tier.threshold".ljust(32, b"\0"), 5, 5):
        rules.call("check", terms.abi_encoding, SALE)


# ---------------------------------------------------------------------------------------- encoding

LISTS = ("(uint256,uint256,uint256,uint256)[]", "(uint256,uint256)[]", "address[]")


def encoding_of(
    terms: SaleTerms, order: tuple[int, ...], *, gap: bytes = b"", offset: int = 32
) -> bytes:
    """The same values, with the lists in another order or with something between."""
    standard = terms.abi_encoding
    values = (
        [(each.start, each.end, each.supply, each.limit) for each in terms.sessions],
        [(each.threshold, each.coefficient) for each in terms.tiers],
        list(terms.attesters),
    )
    # Each list alone is encoded with its offset in front, which the tuple's head has instead.
    tails = [encode([kind], [value])[32:] for kind, value in zip(LISTS, values, strict=True)]
    words = [standard[start : start + 32] for start in range(32, len(standard), 32)]
    head = b"".join(words[:25])
    places, tail = {}, gap
    for index in order:
        places[index] = 28 * 32 + len(tail)
        tail += tails[index]
    offsets = b"".join(places[index].to_bytes(32) for index in range(3))
    return offset.to_bytes(32) + bytes(offset - 32) + head + offsets + tail


def test_the_standard_encoding_is_what_it_is_taken_for(stage: Stage) -> None:
    """Put together by hand in the standard order, it is the standard encoding."""
    terms = stage.terms()
    assert encoding_of(terms, (0, 1, 2)) == terms.abi_encoding


@pytest.mark.parametrize("order", [(0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)])
def test_lists_in_another_order_are_refused(
    rules: Contract, stage: Stage, order: tuple[int, ...]
) -> None:
    """They decode to the same terms; the sale would read them from other places."""
    terms = stage.terms()
    encoding = encoding_of(terms, order)
    with reverts("TermsRules_NotCanonical", keccak256(encoding), terms.terms_hash):
        rules.call("check", encoding, SALE)


@pytest.mark.parametrize("change", ["a trailing byte", "a trailing word", "a gap", "a later start"])
def test_an_encoding_with_more_in_it_is_refused(rules: Contract, stage: Stage, change: str) -> None:
    """Bytes that decoding overlooks are bytes that a reviewer overlooks."""
    terms = stage.terms()
    encoding = {
        "a trailing byte": terms.abi_encoding + b"\0",
        "a trailing word": terms.abi_encoding + bytes(32),
        "a gap": encoding_of(terms, (0, 1, 2), gap=bytes(32)),
        "a later start": encoding_of(terms, (0, 1, 2), offset=64),
    }[change]
    with reverts("TermsRules_NotCanonical", keccak256(encoding), terms.terms_hash):
        rules.call("check", encoding, SALE)


def test_what_does_not_decode_is_refused(rules: Contract, stage: Stage) -> None:
    """Nothing, too little, and an address with something in front of it."""
    encoding = stage.terms().abi_encoding
    dirty = bytearray(encoding)
    dirty[3 * 32] = 1  # the first byte of the sale token's word
    for wrong in (b"", encoding[:-1], encoding[:-32], bytes(dirty)):
        with reverts("NoReason"):
            rules.call("check", wrong, SALE)


def test_rules_are_for_everybody(rules: Contract, stage: Stage, chain: Chain) -> None:
    """The answer depends neither on who asks nor on the moment."""
    terms = stage.terms()
    chain.mine_at(terms.settle_deadline + 1)
    for person in stage.people.all[:3]:
        assert rules.call("check", terms.abi_encoding, SALE, sender=person) == figures.SUPPLY
