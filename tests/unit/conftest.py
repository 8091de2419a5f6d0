"""What unit tests share: terms of a small sale, and the folders of the project."""

from pathlib import Path

import pytest

from jumpstart.jurisdictions import bitmap_of
from jumpstart.schedule import Vesting
from jumpstart.terms import Admission, Deal, Parties, SaleTerms, Session, Tier

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
