"""A vault for each module, without grants at the beginning of each test."""

import pytest
from eth_account.signers.local import LocalAccount

from jumpstart.chain.client import Chain
from jumpstart.grants import Grant
from tests.chain.vesting_vault.trial import Cast, Place, VaultTrial


@pytest.fixture(scope="module")
def place(chain: Chain) -> Place:
    return Place(chain)


@pytest.fixture
def vault(place: Place) -> VaultTrial:
    return VaultTrial(place)


@pytest.fixture
def cast(place: Place) -> Cast:
    return place.cast


@pytest.fixture
def funder(cast: Cast) -> LocalAccount:
    """Has every token, and lets the vault take it."""
    return cast.funder


@pytest.fixture
def member(cast: Cast) -> LocalAccount:
    """The beneficiary of the grants below."""
    return cast.member


@pytest.fixture
def heir(cast: Cast) -> LocalAccount:
    """Another one, without a grant."""
    return cast.heir


@pytest.fixture
def revoker(cast: Cast) -> LocalAccount:
    return cast.revoker


@pytest.fixture
def grant(vault: VaultTrial) -> Grant:
    """Nothing has vested, and nobody can revoke it."""
    return vault.grant()


@pytest.fixture
def revocable_grant(vault: VaultTrial, revoker: LocalAccount) -> Grant:
    """The same with a revoker."""
    return vault.grant(vault.plan(revoker=revoker))
