"""`revoke`: the revoker gets back what has not vested, and never what has."""

from dataclasses import replace

import pytest
from eth_account.signers.local import LocalAccount

from jumpstart.chain.client import Contract
from jumpstart.grants import Grant
from tests.chain.reverts import reverts
from tests.chain.stage import TRANSFER_FAILED
from tests.chain.vesting_vault.trial import AMOUNT, CLIFF, DURATION, STEP, VESTED, Cast, VaultTrial


@pytest.mark.parametrize(("seconds", "vested"), VESTED)
def test_what_has_vested_stays_and_the_rest_is_returned(
    vault: VaultTrial,
    revocable_grant: Grant,
    member: LocalAccount,
    revoker: LocalAccount,
    seconds: int,
    vested: int,
) -> None:
    """Before the start, around each change, after the end: to the unit, and nothing vests any more."""
    grant = revocable_grant
    vault.send_at(seconds)
    receipt = vault.send("revoke", grant, sender=revoker)
    assert vault.events(receipt) == [
        ("Revoked", {"id": grant.grant_id, "vested": vested, "returned": AMOUNT - vested})
    ]
    assert vault.state(grant) == (member.address, 0, vault.start + seconds)
    assert vault.balance(revoker) == AMOUNT - vested
    assert vault.balance(vault.contract) == vested
    vault.at(2 * DURATION)
    assert vault.call("vestedOf", grant) == vault.call("releasableOf", grant) == vested
    if vested:
        vault.send("release", grant, sender=member)
    assert vault.balance(member) == vested
    with reverts("VestingVault_NothingToRelease", grant.grant_id):
        vault.call("release", grant)


def test_what_was_released_before_counts(
    vault: VaultTrial, revocable_grant: Grant, member: LocalAccount, revoker: LocalAccount
) -> None:
    """The revoker gets the same; the beneficiary only what it did not have."""
    vault.send_at(CLIFF)
    vault.send("release", revocable_grant, sender=member)
    vault.send_at(CLIFF + STEP)
    vault.send("revoke", revocable_grant, sender=revoker)
    assert (vault.balance(member), vault.balance(revoker)) == (3_702, AMOUNT - 4_602)
    assert vault.call("release", revocable_grant) == 900
    vault.send("release", revocable_grant, sender=member)
    assert vault.balance(vault.contract) == 0


def test_the_revoker_gets_nothing_after_the_end(
    vault: VaultTrial, revocable_grant: Grant, revoker: LocalAccount
) -> None:
    """A second before it gets the last step; then not even a transfer of nothing is tried."""
    vault.at(DURATION - 1)
    assert vault.call("revoke", revocable_grant, sender=revoker) == AMOUNT - 9_106
    vault.at(DURATION)
    assert vault.call("revoke", revocable_grant, sender=revoker) == 0
    receipt = vault.send("revoke", revocable_grant, sender=revoker)
    assert len(receipt.logs) == 1


def test_only_the_plans_revoker_revokes(
    vault: VaultTrial, revocable_grant: Grant, cast: Cast, bystander: LocalAccount
) -> None:
    """Neither who paid for it, nor whose it is, nor the launchpad."""
    for other in (cast.funder, cast.member, cast.launchpad, bystander):
        with reverts("VestingVault_OnlyRevoker", other, cast.revoker):
            vault.call("revoke", revocable_grant, sender=other)
    assert vault.call("revoke", revocable_grant, sender=cast.revoker) == AMOUNT


def test_a_grant_without_a_revoker_is_revoked_by_nobody(
    vault: VaultTrial, grant: Grant, cast: Cast
) -> None:
    """It vests to its end."""
    for other in cast.all:
        with reverts("VestingVault_OnlyRevoker", other, "0x" + 40 * "0"):
            vault.call("revoke", grant, sender=other)
    vault.at(DURATION)
    assert vault.call("release", grant) == AMOUNT


def test_a_grant_is_revoked_once(
    vault: VaultTrial, revocable_grant: Grant, revoker: LocalAccount
) -> None:
    """Not again in the same plan's name, when others have tokens in the vault."""
    vault.grant(vault.plan())
    vault.send("revoke", revocable_grant, sender=revoker)
    revoked_at = vault.chain.now()
    with reverts("VestingVault_AlreadyRevoked", revocable_grant.grant_id, revoked_at):
        vault.call("revoke", revocable_grant, sender=revoker)


def test_a_revocation_leaves_other_grants_alone(
    vault: VaultTrial, member: LocalAccount, revoker: LocalAccount
) -> None:
    """Of the same plan and the same beneficiary."""
    award = vault.award(member)
    first, second = vault.create(vault.plan(revoker=revoker), award, award)
    vault.send("revoke", first, sender=revoker)
    assert vault.state(second) == (member.address, 0, 0)
    vault.at(DURATION)
    assert vault.call("release", second) == AMOUNT


def test_a_grant_that_was_never_made_is_refused(
    vault: VaultTrial, revocable_grant: Grant, bystander: LocalAccount
) -> None:
    """Nobody makes itself the revoker of a grant of others."""
    plan = vault.plan(revoker=bystander)
    other = replace(revocable_grant, plan=plan)
    with reverts("VestingVault_NoSuchGrant", other.grant_id):
        vault.call("revoke", other, sender=bystander)


def test_a_blocked_revoker_hurts_only_itself(
    vault: VaultTrial, cast: Cast, member: LocalAccount, revoker: LocalAccount
) -> None:
    """It cannot revoke, and the grant goes on."""
    token = vault.odd_token("BlockingToken")
    grant = vault.grant(vault.plan(token, revoker=revoker))
    token.send("setBlocked", revoker.address, True, sender=cast.funder)
    vault.at(CLIFF)
    with reverts(TRANSFER_FAILED, b""):
        vault.call("revoke", grant, sender=revoker)
    vault.send_at(DURATION)
    vault.send("release", grant, sender=member)
    assert vault.balance(member, token) == AMOUNT


def test_a_token_that_calls_back_revokes_once(vault: VaultTrial, member: LocalAccount) -> None:
    """The token is the revoker itself, and tries again in the middle of the return."""
    token: Contract = vault.odd_token("ReentrantToken")
    plan = vault.plan(token, revoker=token)
    grant, _ = vault.create(plan, vault.award(member), vault.award(member))
    revoke = vault.calldata("revoke", grant)
    token.send("arm", vault.contract.address, revoke, sender=member)
    token.send("execute", vault.contract.address, revoke, sender=member)
    assert (token.call("calls"), token.call("successes")) == (1, 0)
    assert vault.balance(token, token) == vault.balance(vault.contract, token) == AMOUNT
