"""What unit tests share: the terms of a small sale and its listing, and the folders of the project."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

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
    Tier,
)

# A machine that is busy is no failure.
settings.register_profile(
    "unhurried",
    deadline=None,
    suppress_health_check=[HealthCheck.data_too_large, HealthCheck.too_slow],
)
settings.load_profile("unhurried")

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of test data."""
    return PROJECT / "tests" / "data"


@pytest.fixture(scope="session")
def sales() -> Path:
    """The folder of reviewed sales."""
    return PROJECT / "sales"


@pytest.fixture(scope="session")
def small_terms() -> SaleTerms:
    """Two sessions, the first with a limit, three coefficients, a price that rounds."""
    return SaleTerms(
        chain_id=1337,
        settle_deadline=1000,
        deal=Deal(
            sale_token=(1).to_bytes(20),
            payment_token=(2).to_bytes(20),
            price=2,
            price_unit=3,
            soft_cap=0,
            account_cap=0,
            minimum=1,
        ),
        admission=Admission(
            pass_registry=(3).to_bytes(20), level=1, jurisdictions=bitmap_of(["FR", "DE"])
        ),
        parties=Parties(
            holdings_publisher=(4).to_bytes(20),
            challenge_seconds=20,
            proceeds_to=(5).to_bytes(20),
            unsold_to=(6).to_bytes(20),
            fee_to=(7).to_bytes(20),
            fee_bps=250,
        ),
        vesting=Vesting(
            start=1000, unlock_bps=2500, cliff_seconds=30, duration_seconds=120, step_seconds=10
        ),
        sessions=(
            Session(start=100, end=200, supply=300, limit=1500),
            Session(start=300, end=400, supply=700, limit=0),
        ),
        tiers=(
            Tier(threshold=500, coefficient=1),
            Tier(threshold=1000, coefficient=2),
            Tier(threshold=2500, coefficient=5),
        ),
        attesters=((8).to_bytes(20),),
    )


@pytest.fixture(scope="session")
def small_listing(small_terms: SaleTerms) -> ListingTerms:
    """The small sale, its holdings counted in two ways, with two milestones and one allocation."""
    return ListingTerms(
        sale=small_terms,
        holdings=HoldingsTerms(
            chain_id=1337,
            token=(15).to_bytes(20),
            day_count=16,
            draw_time=40,
            seed_chain_id=17,
            statistic=3,
            minimum_tiers=(
                Tier(threshold=18, coefficient=1),
                Tier(threshold=19, coefficient=5),
            ),
            excluded=((20).to_bytes(20), (21).to_bytes(20)),
        ),
        escrow=EscrowTerms(
            initial_bps=4000,
            grace_seconds=50,
            objection_seconds=60,
            objection_bps=2000,
            exit_seconds=70,
            remainder_to=(9).to_bytes(20),
            milestones=(
                Milestone(share_bps=3500, deadline=1000, description_hash=(10).to_bytes(32)),
                Milestone(share_bps=2500, deadline=1040, description_hash=(11).to_bytes(32)),
            ),
        ),
        allocations=(
            Allocation(
                beneficiary=(12).to_bytes(20),
                amount=13,
                revoker=(14).to_bytes(20),
                schedule=Vesting(
                    start=1500,
                    unlock_bps=100,
                    cliff_seconds=200,
                    duration_seconds=300,
                    step_seconds=40,
                ),
            ),
        ),
    )
