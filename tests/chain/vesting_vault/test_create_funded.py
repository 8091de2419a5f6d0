"""`createFunded`: the launchpad makes grants of what it has sent, and nobody else does."""

from dataclasses import astuple

import pytest
from eth_account.signers.local import LocalAccount

from jumpstart.accounts import checksummed
from jumpstart.grants import AMOUNT_MAX, Award
from tests.chain.reverts import reverts
from tests.chain.stage import raw
from tests.chain.vesting_vault.trial import AMOUNT, DURATION, NOBODY, Cast, VaultTrial


def field(name: str) -> bytes:
    return name.encode().ljust(32, b"\0")


def test_a_grant_is_made_of_what_was_sent_before(
    vault: VaultTrial, cast: Cast, member: LocalAccount, revoker: LocalAccount
) -> None:
    """Nothing is pulled, and who paid is announced; it vests as any other."""
    vault.token.send("transfer", vault.contract.address, AMOUNT, sender=cast.funder)
    plan, award = vault.plan(revoker=revoker), vault.award(member)
    args = (plan, award, cast.funder)
    assert vault.call("createFunded", *args, sender=cast.launchpad) == 1
    receipt = vault.send("createFunded", *args, sender=cast.launchpad)
    grant = vault.model.create_funded(plan, award, caller=raw(cast.launchpad))
    used, created = vault.events(receipt)
    assert used[0] == "PlanUsed"
    assert (used[1]["token"], used[1]["funder"], used[1]["firstNumber"]) == (
        vault.token.address,
        cast.funder.address,
        1,
    )
    assert tuple(used[1]["plan"].schedule) == astuple(plan.schedule)
    assert created == (
        "GrantCreated",
        {"id": grant.grant_id, "beneficiary": member.address, "number": 1, "amount": AMOUNT},
    )
    assert len(receipt.logs) == 2
    assert vault.state(grant) == (member.address, 0, 0)
    vault.send_at(DURATION)
    vault.send("release", grant, sender=member)
    assert vault.balance(member) == AMOUNT


def test_only_the_launchpad_makes_grants_that_it_does_not_pay_for(
    vault: VaultTrial, cast: Cast, member: LocalAccount, bystander: LocalAccount
) -> None:
    """Anybody else could give away what belongs to the grants of others."""
    args = (vault.plan(), vault.award(member), cast.funder)
    for other in (bystander, cast.funder, member):
        with reverts("VestingVault_OnlyLaunchpad", other, cast.launchpad):
            vault.call("createFunded", *args, sender=other)
    assert vault.call("createFunded", *args, sender=cast.launchpad) == 1


def test_numbers_are_those_of_all_grants(
    vault: VaultTrial, cast: Cast, member: LocalAccount
) -> None:
    """Those of `create` and of the launchpad are one sequence."""
    award = vault.award(member)
    vault.create(vault.plan(), award, award)
    vault.send("createFunded", vault.plan(), award, cast.funder, sender=cast.launchpad)
    assert vault.call("grantCount") == 3
    assert vault.call("create", vault.plan(), [award], sender=cast.funder) == (4, 1)


@pytest.mark.parametrize("is_vault", [False, True])
def test_a_beneficiary_that_cannot_be_one_is_refused(
    vault: VaultTrial, cast: Cast, is_vault: bool
) -> None:
    """Where `create` would skip, the launchpad has already sent the tokens."""
    beneficiary = raw(vault.contract) if is_vault else NOBODY
    award = Award(beneficiary=beneficiary, amount=AMOUNT)
    with reverts("VestingVault_BeneficiaryInvalid", checksummed(beneficiary)):
        vault.call("createFunded", vault.plan(), award, cast.funder, sender=cast.launchpad)


@pytest.mark.parametrize(
    ("amount", "bound"), [(0, 1), (AMOUNT_MAX + 1, AMOUNT_MAX), (2**256 - 1, AMOUNT_MAX)]
)
def test_an_impossible_amount_is_refused(
    vault: VaultTrial, cast: Cast, member: LocalAccount, amount: int, bound: int
) -> None:
    """At the bound it is accepted."""
    plan = vault.plan()
    with reverts("VestingVault_PlanInvalid", field("amount"), amount, bound):
        vault.call(
            "createFunded", plan, vault.award(member, amount), cast.funder, sender=cast.launchpad
        )
    award = vault.award(member, bound)
    assert vault.call("createFunded", plan, award, cast.funder, sender=cast.launchpad) == 1


def test_a_plan_beyond_a_bound_is_refused(
    vault: VaultTrial, cast: Cast, member: LocalAccount
) -> None:
    """The rules are those of `create`."""
    award = vault.award(member)
    beyond = vault.plan(cliff_seconds=DURATION + 1)
    with reverts("VestingVault_PlanInvalid", field("vesting.cliffSeconds"), DURATION + 1, DURATION):
        vault.call("createFunded", beyond, award, cast.funder, sender=cast.launchpad)
    within = vault.plan(cliff_seconds=DURATION)
    assert vault.call("createFunded", within, award, cast.funder, sender=cast.launchpad) == 1
