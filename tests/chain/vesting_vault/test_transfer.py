"""`transfer`: the beneficiary names another one, and nobody else does."""

from dataclasses import replace

import pytest
from eth_account.signers.local import LocalAccount

from jumpstart.accounts import checksummed
from jumpstart.grants import Grant
from tests.chain.reverts import reverts
from tests.chain.stage import raw
from tests.chain.vesting_vault.trial import AMOUNT, CLIFF, DURATION, NOBODY, Cast, VaultTrial


def test_what_was_not_released_goes_to_the_new_beneficiary(
    vault: VaultTrial, grant: Grant, member: LocalAccount, heir: LocalAccount
) -> None:
    """The old one keeps what it got; the id stays, and nothing moves by the transfer itself."""
    vault.send_at(CLIFF)
    vault.send("release", grant, sender=member)
    receipt = vault.send("transfer", grant, heir, sender=member)
    assert vault.events(receipt) == [
        (
            "BeneficiaryChanged",
            {"id": grant.grant_id, "from": member.address, "to": heir.address},
        )
    ]
    assert len(receipt.logs) == 1
    assert vault.state(grant) == (heir.address, 3_702, 0)
    vault.send_at(DURATION)
    vault.send("release", grant, sender=member)
    assert (vault.balance(member), vault.balance(heir)) == (3_702, AMOUNT - 3_702)


def test_only_the_beneficiary_transfers(
    vault: VaultTrial, revocable_grant: Grant, cast: Cast, bystander: LocalAccount
) -> None:
    """Neither who paid for it, nor who may revoke it, nor who would get it."""
    for other in (cast.funder, cast.revoker, cast.launchpad, cast.heir, bystander):
        with reverts("VestingVault_OnlyBeneficiary", other, cast.member):
            vault.call("transfer", revocable_grant, cast.heir, sender=other)
    vault.call("transfer", revocable_grant, cast.heir, sender=cast.member)


def test_the_old_beneficiary_has_no_say_any_more(
    vault: VaultTrial, grant: Grant, member: LocalAccount, heir: LocalAccount
) -> None:
    """It cannot take it back; the new one can give it."""
    vault.send("transfer", grant, heir, sender=member)
    with reverts("VestingVault_OnlyBeneficiary", member, heir):
        vault.call("transfer", grant, member, sender=member)
    vault.send("transfer", grant, member, sender=heir)
    assert vault.state(grant) == (member.address, 0, 0)


@pytest.mark.parametrize("is_vault", [False, True])
def test_nobody_and_the_vault_cannot_be_beneficiaries(
    vault: VaultTrial, grant: Grant, member: LocalAccount, is_vault: bool
) -> None:
    """What is theirs would be lost."""
    to = raw(vault.contract) if is_vault else NOBODY
    with reverts("VestingVault_BeneficiaryInvalid", checksummed(to)):
        vault.call("transfer", grant, to, sender=member)


def test_a_grant_that_was_never_made_is_refused(
    vault: VaultTrial, grant: Grant, member: LocalAccount, heir: LocalAccount
) -> None:
    """One unit more is another grant."""
    other = replace(grant, amount=AMOUNT + 1)
    with reverts("VestingVault_NoSuchGrant", other.grant_id):
        vault.call("transfer", other, heir, sender=member)


def test_what_had_vested_of_a_revoked_grant_is_transferred(
    vault: VaultTrial,
    revocable_grant: Grant,
    cast: Cast,
) -> None:
    """It stays revoked, also for the new beneficiary."""
    vault.send_at(CLIFF)
    vault.send("revoke", revocable_grant, sender=cast.revoker)
    vault.send("transfer", revocable_grant, cast.heir, sender=cast.member)
    vault.send_at(DURATION)
    vault.send("release", revocable_grant, sender=cast.heir)
    assert (vault.balance(cast.heir), vault.balance(cast.revoker)) == (3_702, AMOUNT - 3_702)
    assert vault.balance(vault.contract) == 0
