"""The views: a grant's name, what has vested of it, and what is said of a grant that is none."""

from dataclasses import replace

from eth_account.signers.local import LocalAccount
from hypothesis import given, settings
from hypothesis import strategies as st

from jumpstart.accounts import checksummed
from jumpstart.grants import Grant, Plan
from jumpstart.schedule import Vesting
from tests.chain.conftest import DRAWN
from tests.chain.reverts import reverts
from tests.chain.vesting_vault.trial import (
    AMOUNT,
    CLIFF,
    DURATION,
    NOBODY,
    VESTED,
    Cast,
    Place,
    VaultTrial,
    plain,
)

words = st.one_of(st.integers(0, 2**256 - 1), st.sampled_from([0, 1, 2**40, 2**256 - 1]))
accounts = st.binary(min_size=20, max_size=20)
grants = st.builds(
    Grant,
    plan=st.builds(
        Plan,
        token=accounts,
        revoker=accounts,
        schedule=st.builds(
            Vesting,
            start=words,
            unlock_bps=words,
            cliff_seconds=words,
            duration_seconds=words,
            step_seconds=words,
        ),
    ),
    amount=words,
    number=words,
)


def test_ids_are_those_of_the_model(place: Place) -> None:
    """Of any grant, made or not, possible or not; many in one message."""

    @given(st.lists(grants, min_size=30, max_size=30))
    @settings(DRAWN, max_examples=5)
    def compare(drawn: list[Grant]) -> None:
        ids = place.chain.call_many([(place.contract, "idOf", (plain(each),)) for each in drawn])
        assert ids == [each.grant_id for each in drawn]

    compare()


def test_tokens_vest_by_the_schedule_to_the_second(vault: VaultTrial, grant: Grant) -> None:
    """What has vested changes at the start, at the cliff, at each step and at the end, and never between."""
    for seconds, vested in VESTED:
        assert vested == grant.vested_down(vault.start + seconds)
        vault.at(seconds)
        assert vault.call("vestedOf", grant) == vault.call("releasableOf", grant) == vested


def test_what_was_released_is_not_releasable(
    vault: VaultTrial, grant: Grant, member: LocalAccount
) -> None:
    """But has vested all the same."""
    vault.send_at(CLIFF)
    vault.send("release", grant, sender=member)
    assert (vault.call("vestedOf", grant), vault.call("releasableOf", grant)) == (3_702, 0)
    vault.at(DURATION)
    assert (vault.call("vestedOf", grant), vault.call("releasableOf", grant)) == (
        AMOUNT,
        AMOUNT - 3_702,
    )


def test_nothing_is_said_of_a_grant_that_was_never_made(vault: VaultTrial, grant: Grant) -> None:
    """Its id leads to nothing, and its figures are not looked at."""
    other = replace(grant, number=grant.number + 1)
    assert vault.state(other) == (checksummed(NOBODY), 0, 0)
    for view in ("vestedOf", "releasableOf"):
        with reverts("VestingVault_NoSuchGrant", other.grant_id):
            vault.call(view, other)


def test_the_launchpad_is_known(vault: VaultTrial, cast: Cast) -> None:
    """From the constructor on, for ever."""
    assert vault.call("LAUNCHPAD") == cast.launchpad.address


def test_a_new_vault_has_no_grants(vault: VaultTrial) -> None:
    """The first one gets number 1."""
    assert vault.call("grantCount") == 0
    assert vault.grant().number == vault.call("grantCount") == 1
