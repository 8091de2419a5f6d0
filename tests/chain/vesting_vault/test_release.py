"""`release`: the beneficiary gets what has vested, whoever asks for it."""

from dataclasses import replace
from typing import Any

import pytest
from eth_account.signers.local import LocalAccount

from jumpstart.grants import AMOUNT_MAX, Grant
from jumpstart.schedule import Vesting
from tests.chain.reverts import reverts
from tests.chain.stage import TRANSFER_FAILED
from tests.chain.vesting_vault.trial import (
    AMOUNT,
    CLIFF,
    DURATION,
    STEP,
    VESTED,
    VaultTrial,
)


def test_what_has_vested_goes_to_the_beneficiary(
    vault: VaultTrial, grant: Grant, member: LocalAccount, bystander: LocalAccount
) -> None:
    """Anyone may ask; it is announced, and counts as released."""
    vault.send_at(CLIFF)
    receipt = vault.send("release", grant, sender=bystander)
    assert vault.events(receipt) == [
        ("Released", {"id": grant.grant_id, "beneficiary": member.address, "amount": 3_702})
    ]
    assert vault.state(grant) == (member.address, 3_702, 0)
    assert vault.balance(member) == 3_702
    assert vault.balance(vault.contract) == AMOUNT - 3_702


def test_who_releases_at_every_change_gets_the_same_in_all(
    vault: VaultTrial, grant: Grant, member: LocalAccount
) -> None:
    """Each release pays what has vested since the one before; where nothing has, it is refused."""
    released = 0
    for seconds, vested in VESTED:
        if vested == released:
            vault.at(seconds)
            with reverts("VestingVault_NothingToRelease", grant.grant_id):
                vault.call("release", grant)
            continue
        vault.send_at(seconds)
        receipt = vault.send("release", grant, sender=member)
        assert vault.event(receipt, "Released").args["amount"] == vested - released
        released = vested
        assert vault.balance(member) == vault.state(grant)[1] == released
    assert released == AMOUNT


def test_nothing_is_released_before_the_start(vault: VaultTrial, grant: Grant) -> None:
    """A second later there is something."""
    vault.at(-1)
    with reverts("VestingVault_NothingToRelease", grant.grant_id):
        vault.call("release", grant)
    vault.at(0)
    assert vault.call("release", grant) == 1_000


def test_nothing_is_left_after_all_was_released(
    vault: VaultTrial, grant: Grant, member: LocalAccount
) -> None:
    """Not then, and not ten years later."""
    vault.send_at(DURATION)
    vault.send("release", grant, sender=member)
    assert vault.balance(vault.contract) == 0
    for _ in range(2):
        with reverts("VestingVault_NothingToRelease", grant.grant_id):
            vault.call("release", grant)
        vault.chain.mine_at(vault.chain.now() + 315_360_000)


def test_a_grant_without_a_duration_is_free_at_its_start(
    vault: VaultTrial, revoker: LocalAccount
) -> None:
    """All of it, and nothing a second before; also where somebody might have revoked it."""
    plan = vault.plan(
        revoker=revoker, unlock_bps=10_000, cliff_seconds=0, duration_seconds=0, step_seconds=0
    )
    grant = vault.grant(plan)
    vault.at(-1)
    with reverts("VestingVault_NothingToRelease", grant.grant_id):
        vault.call("release", grant)
    vault.at(0)
    assert vault.call("release", grant) == AMOUNT


def test_the_largest_grant_is_released_to_the_last_unit(
    vault: VaultTrial, member: LocalAccount
) -> None:
    """What is released fits beside the beneficiary's address."""
    (grant,) = vault.create(vault.plan(), vault.award(member, AMOUNT_MAX))
    vault.send_at(DURATION - 1)
    vault.send("release", grant, sender=member)
    part = grant.vested_down(vault.start + DURATION - 1)
    assert vault.state(grant) == (member.address, part, 0)
    vault.send("release", grant, sender=member)
    assert vault.state(grant) == (member.address, AMOUNT_MAX, 0)
    assert vault.balance(member) == AMOUNT_MAX


def test_a_release_leaves_other_grants_alone(
    vault: VaultTrial, member: LocalAccount, heir: LocalAccount
) -> None:
    """Of the same plan, the same beneficiary and the same amount, and of another token."""
    same = vault.award(member)
    first, second, third = vault.create(vault.plan(), same, same, vault.award(heir))
    other = vault.odd_token("PermitlessToken")
    fourth = vault.grant(vault.plan(other))
    vault.send_at(DURATION)
    vault.send("release", first, sender=heir)
    assert [vault.state(grant)[1] for grant in (first, second, third, fourth)] == [AMOUNT, 0, 0, 0]
    assert vault.balance(vault.contract) == 2 * AMOUNT
    assert vault.balance(vault.contract, other) == AMOUNT
    assert (vault.balance(member), vault.balance(member, other)) == (AMOUNT, 0)


@pytest.mark.parametrize(
    "name", ["token", "revoker", *Vesting.__dataclass_fields__, "amount", "number"]
)
def test_a_grant_that_was_never_made_is_refused(
    vault: VaultTrial, grant: Grant, member: LocalAccount, name: str
) -> None:
    """It differs in one field, by one unit or one account, from one that was."""
    plan, schedule = grant.plan, grant.plan.schedule
    change: dict[str, Any]
    if name in ("amount", "number"):
        change = {name: getattr(grant, name) + 1}
    elif name in ("token", "revoker"):
        address: dict[str, Any] = {name: bytes(19) + b"\1"}
        change = {"plan": replace(plan, **address)}
    else:
        changed = replace(schedule, **{name: getattr(schedule, name) + 1})
        change = {"plan": replace(plan, schedule=changed)}
    other = replace(grant, **change)
    vault.at(DURATION + 1)
    with reverts("VestingVault_NoSuchGrant", other.grant_id):
        vault.call("release", other, sender=member)
    assert vault.call("release", grant, sender=member) == AMOUNT


# ---------------------------------------------------------------------------------------- odd tokens


def test_a_blocked_beneficiary_hurts_only_itself(
    vault: VaultTrial, funder: LocalAccount, member: LocalAccount, heir: LocalAccount
) -> None:
    """Another one of the same batch is paid; the blocked one once it is blocked no more, and loses nothing."""
    token = vault.odd_token("BlockingToken")
    blocked, free = vault.create(vault.plan(token), vault.award(member), vault.award(heir))
    token.send("setBlocked", member.address, True, sender=funder)
    vault.at(DURATION)
    with reverts(TRANSFER_FAILED, b""):
        vault.call("release", blocked)
    vault.send("release", free, sender=heir)
    assert vault.balance(heir, token) == AMOUNT
    token.send("setBlocked", member.address, False, sender=funder)
    vault.send("release", blocked, sender=heir)
    assert vault.balance(member, token) == AMOUNT


def test_a_token_that_says_no_releases_nothing(
    vault: VaultTrial, funder: LocalAccount, member: LocalAccount
) -> None:
    """A false for an answer takes the release back; later it is made."""
    token = vault.odd_token("FalseReturningToken")
    grant = vault.grant(vault.plan(token))
    token.send("setRefusing", True, sender=funder)
    vault.at(DURATION)
    with reverts(TRANSFER_FAILED, b""):
        vault.call("release", grant)
    token.send("setRefusing", False, sender=funder)
    vault.send("release", grant, sender=member)
    assert vault.balance(member, token) == AMOUNT


def test_a_token_that_returns_nothing_is_as_good(vault: VaultTrial, member: LocalAccount) -> None:
    """As USDT."""
    token = vault.odd_token("NoReturnToken")
    grant = vault.grant(vault.plan(token))
    vault.send_at(CLIFF + STEP)
    vault.send("release", grant, sender=member)
    assert vault.balance(member, token) == 4_602


def test_a_token_that_calls_back_is_paid_once(vault: VaultTrial, member: LocalAccount) -> None:
    """A release in the middle of the same one finds nothing left."""
    token = vault.odd_token("ReentrantToken")
    first, _ = vault.create(vault.plan(token), vault.award(member), vault.award(member))
    again = vault.calldata("release", first)
    token.send("arm", vault.contract.address, again, sender=member)
    vault.send_at(DURATION)
    vault.send("release", first, sender=member)
    assert (token.call("calls"), token.call("successes")) == (1, 0)
    assert vault.balance(member, token) == vault.balance(vault.contract, token) == AMOUNT
