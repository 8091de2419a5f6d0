"""`pack` of terms drawn at random, on chain and in Python side by side: what it packs, and what it refuses."""

from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jumpstart.chain.client import Contract
from jumpstart.errors import TermsError
from jumpstart.jurisdictions import bitmap_of
from jumpstart.schedule import Vesting
from jumpstart.terms import (
    Admission,
    Allocation,
    Deal,
    EscrowTerms,
    HoldingsTerms,
    ListingTerms,
    Milestone,
    Parties,
    SaleTerms,
    Session,
    Statistic,
    Tier,
)
from tests.chain.conftest import drawn
from tests.chain.reverts import reverts
from tests.chain.stage import Stage, raw

MAX_APPLICATION = 2**32 - 1
MAX_TIME = 2**40 - 1
MAX_WINDOW = 2**32 - 1
MAX_AMOUNT = 2**112 - 1
MAX_SUPPLY = 2**96 - 1
MAX_COEFFICIENT = 65_534

APPLICATION = 77
ZERO = bytes(20)
CODES = ("AD", "FR", "DE", "US", "ZW")


def between(draw: Any, least: int, most: int) -> int:
    """Any value, and often one of the ends."""
    value: int = draw(st.one_of(st.just(least), st.just(most), st.integers(least, most)))
    return value


def somebody(draw: Any) -> bytes:
    return between(draw, 1, 2**160 - 1).to_bytes(20)


def rising(draw: Any, count: int, least: int, most: int) -> list[int]:
    """So many different values, in their order."""
    drawn = draw(st.sets(st.integers(least, most), min_size=count, max_size=count))
    return sorted(drawn)


def schedules(draw: Any) -> Vesting:
    duration = between(draw, 0, MAX_TIME)
    return Vesting(
        start=between(draw, 0, MAX_TIME),
        unlock_bps=between(draw, 0, 10_000) if duration else 10_000,
        cliff_seconds=between(draw, 0, duration),
        duration_seconds=duration,
        step_seconds=between(draw, 0, duration),
    )


@st.composite
def listings(
    draw: Any, sale_token: bytes, payment_token: bytes, pass_registry: bytes
) -> ListingTerms:
    """Any terms that keep every rule."""
    counts = [between(draw, *bounds) for bounds in ((1, 8), (1, 32), (1, 8), (0, 12), (0, 16))]
    session_count, tier_count, attester_count, milestone_count, allocation_count = counts
    window = between(draw, 1, MAX_WINDOW)
    draw_time = between(draw, 0, MAX_TIME - 3 * MAX_WINDOW - 50)
    earliest = draw_time + 3 * window
    times = rising(draw, 2 * session_count + 1 + milestone_count, earliest, MAX_TIME)
    supplies_ = [between(draw, 1, MAX_SUPPLY // 8) for _ in range(session_count)]
    supply = sum(supplies_)
    price, unit = (between(draw, 1, MAX_AMOUNT) for _ in range(2))
    minimum = between(draw, 1, MAX_AMOUNT)
    cap = between(draw, minimum, supply) if minimum <= supply else 0
    shares = [0, *rising(draw, milestone_count, 1, 10_000)]
    thresholds = rising(draw, tier_count, 1, MAX_AMOUNT)
    coefficients = rising(draw, tier_count, 1, MAX_COEFFICIENT)
    least = 1 if milestone_count else 0
    sale = SaleTerms(
        chain_id=1337,
        settle_deadline=times[2 * session_count],
        deal=Deal(
            sale_token=sale_token,
            payment_token=draw(st.sampled_from((payment_token, ZERO))),
            price=price,
            price_unit=unit,
            soft_cap=between(draw, 0, min(supply * price // unit, MAX_AMOUNT)),
            account_cap=draw(st.sampled_from((0, cap))),
            minimum=minimum,
        ),
        admission=Admission(
            pass_registry=pass_registry,
            level=between(draw, 1, 255),
            jurisdictions=bitmap_of(draw(st.sets(st.sampled_from(CODES), min_size=1))),
        ),
        parties=Parties(
            holdings_publisher=somebody(draw),
            challenge_seconds=window,
            proceeds_to=somebody(draw),
            unsold_to=somebody(draw),
            fee_to=somebody(draw),
            fee_bps=between(draw, 0, 10_000),
        ),
        vesting=schedules(draw),
        sessions=tuple(
            Session(
                start=times[2 * row],
                end=times[2 * row + 1],
                supply=tokens,
                limit=draw(st.sampled_from((0, tokens, MAX_AMOUNT))),
            )
            for row, tokens in enumerate(supplies_)
        ),
        tiers=tuple(
            Tier(threshold=threshold, coefficient=coefficient)
            for threshold, coefficient in zip(thresholds, coefficients, strict=True)
        ),
        attesters=tuple(somebody(draw) for _ in range(attester_count)),
    )
    counted = draw(st.sampled_from(list(Statistic)))
    minimum_tiers: tuple[Tier, ...] = ()
    if counted is Statistic.BETTER_OF:
        given = sorted(draw(st.sets(st.sampled_from(coefficients), min_size=1)))
        least_held = rising(draw, len(given), 1, MAX_AMOUNT)
        minimum_tiers = tuple(
            Tier(threshold=threshold, coefficient=coefficient)
            for threshold, coefficient in zip(least_held, given, strict=True)
        )
    excluded = rising(draw, between(draw, 0, 5), 1, 2**160 - 1)
    return ListingTerms(
        sale=sale,
        holdings=HoldingsTerms(
            chain_id=between(draw, 1, 2**64 - 1),
            token=somebody(draw),
            day_count=between(draw, 1, 366),
            draw_time=draw_time,
            seed_chain_id=between(draw, 1, 2**64 - 1),
            statistic=counted.number,
            minimum_tiers=minimum_tiers,
            excluded=tuple(number.to_bytes(20) for number in excluded),
        ),
        escrow=EscrowTerms(
            initial_bps=10_000 - shares[-1],
            grace_seconds=between(draw, 0, MAX_WINDOW),
            objection_seconds=between(draw, least, MAX_WINDOW),
            objection_bps=between(draw, least, 5_000),
            exit_seconds=between(draw, least, MAX_WINDOW),
            remainder_to=somebody(draw),
            milestones=tuple(
                Milestone(
                    share_bps=shares[row + 1] - shares[row],
                    deadline=times[2 * session_count + 1 + row],
                    description_hash=between(draw, 1, 2**256 - 1).to_bytes(32),
                )
                for row in range(milestone_count)
            ),
        ),
        allocations=tuple(
            Allocation(
                beneficiary=somebody(draw),
                amount=between(draw, 1, MAX_SUPPLY),
                revoker=draw(st.sampled_from((ZERO, b"\xff" * 20))),
                schedule=schedules(draw),
            )
            for _ in range(allocation_count)
        ),
    )


@pytest.fixture
def rules(stage: Stage) -> Contract:
    return stage.platform.terms_rules


@pytest.fixture
def drawn_listings(stage: Stage) -> st.SearchStrategy[ListingTerms]:
    """With contracts where the rules ask for some."""
    return listings(
        raw(stage.sale_token), raw(stage.payment_token), raw(stage.platform.pass_registry)
    )


def test_drawn_terms_are_packed_as_in_python(
    rules: Contract, drawn_listings: st.SearchStrategy[ListingTerms]
) -> None:
    """Lists of any length, values up to their bounds."""

    @given(st.data())
    @drawn(rules.chain, 50)
    def run(data: st.DataObject) -> None:
        terms = data.draw(drawn_listings)
        application = data.draw(st.integers(0, MAX_APPLICATION))
        terms.check()
        assert rules.call("pack", terms.struct, application) == terms.packed(application)
        assert ListingTerms.decoded(terms.abi_encoding) == terms

    run()


def test_drawn_changes_are_judged_as_in_python(
    rules: Contract, drawn_listings: st.SearchStrategy[ListingTerms]
) -> None:
    """One number of good terms becomes another: both accept it, or both name the same field, figure and bound."""
    refused = set()

    @given(st.data())
    @drawn(rules.chain, 150)
    def run(data: st.DataObject) -> None:
        terms = data.draw(drawn_listings)
        path = data.draw(st.sampled_from(paths_of(terms)))
        before = value_at(terms, path)
        near = st.integers(max(before - 2, 0), min(before + 2, 2**256 - 1))
        powers = st.sampled_from([2**bits for bits in (0, 16, 32, 40, 96, 112)])
        around = st.builds(lambda power, by: power + by, powers, st.integers(-1, 1))
        terms = with_value(terms, path, data.draw(near | around | st.integers(0, 2**256 - 1)))
        try:
            terms.check()
        except TermsError as error:
            field = error.field.encode().ljust(32, b"\0")
            refused.add(error.field)
            with reverts("TermsRules_Invalid", field, error.given, error.bound):
                rules.call("pack", terms.struct, APPLICATION)
        else:
            packed = rules.call("pack", terms.struct, APPLICATION)
            assert packed == terms.packed(APPLICATION)

    run()
    assert len(refused) > (5 if rules.chain.kind == "ganache" else 15)


Path = tuple[str | int, ...]


def paths_of(value: Any, path: Path = ()) -> list[Path]:
    """Where the numbers are, but those that Python judges otherwise: the chain and the countries."""
    if isinstance(value, int):
        return [path]
    if is_dataclass(value):
        names = {field.name for field in fields(value)} - {"chain_id", "jurisdictions"}
        steps: list[str | int] = sorted(names)
    elif isinstance(value, tuple):
        steps = list(range(len(value)))
    else:
        return []
    return [found for step in steps for found in paths_of(value_at(value, (step,)), (*path, step))]


def value_at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step] if isinstance(step, int) else getattr(value, step)
    return value


def with_value(value: Any, path: Path, number: int) -> Any:
    """A copy with this number there."""
    if not path:
        return number
    step, *rest = path
    if isinstance(step, int):
        changed_row = with_value(value[step], tuple(rest), number)
        return (*value[:step], changed_row, *value[step + 1 :])
    return replace(value, **{step: with_value(getattr(value, step), tuple(rest), number)})
