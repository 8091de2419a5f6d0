"""The model of the vault: what a grant's id is, what vests of it, and who may do what."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jumpstart.accounts import checksummed
from jumpstart.errors import LedgerRefusal
from jumpstart.grants import AMOUNT_MAX, Award, Grant, Plan, Vault
from jumpstart.hashing import keccak256
from jumpstart.schedule import Vesting

TOKEN, VAULT, LAUNCHPAD, REVOKER, MEMBER, HEIR, STRANGER = (
    number.to_bytes(20) for number in range(1, 8)
)
NOBODY = bytes(20)

SCHEDULE = Vesting(
    start=1000, unlock_bps=1000, cliff_seconds=30, duration_seconds=100, step_seconds=10
)
PLAN = Plan(token=TOKEN, revoker=REVOKER, schedule=SCHEDULE)
AMOUNT = 10_007  # of which 1,000 are free at the start


@pytest.fixture
def vault() -> Vault:
    return Vault(VAULT, LAUNCHPAD)


@pytest.fixture
def grant(vault: Vault) -> Grant:
    """One grant, to the member, of a plan with a revoker."""
    (made,) = vault.create(PLAN, [Award(beneficiary=MEMBER, amount=AMOUNT)]).grants
    return made


@contextmanager
def refuses(name: str, *args: object) -> Iterator[None]:
    """Passes only for this refusal with exactly these arguments; accounts are raw."""
    with pytest.raises(LedgerRefusal) as caught:
        yield
    spelled = tuple(
        checksummed(arg) if isinstance(arg, bytes) and len(arg) == 20 else arg for arg in args
    )
    assert (caught.value.name, caught.value.args) == (f"VestingVault_{name}", spelled)


def field(name: str) -> bytes:
    return name.encode().ljust(32, b"\0")


# ---------------------------------------------------------------------------------------- the id


def test_the_id_is_the_hash_of_nine_words(grant: Grant) -> None:
    """Token, revoker, the five figures of the schedule, amount, number: each in 32 bytes, nothing else."""
    words = [1, 4, 1000, 1000, 30, 100, 10, AMOUNT, 1]
    encoding = b"".join(word.to_bytes(32) for word in words)
    assert grant.abi_encoding == encoding
    assert grant.grant_id == keccak256(encoding)


def test_equal_awards_are_different_grants(vault: Vault) -> None:
    """The number tells them apart."""
    award = Award(beneficiary=MEMBER, amount=5)
    first, second = vault.create(PLAN, [award, award]).grants
    assert replace(second, number=first.number) == first
    assert first.grant_id != second.grant_id


# ---------------------------------------------------------------------------------------- creating


def test_awards_that_cannot_be_one_are_skipped(vault: Vault) -> None:
    """Nobody's, the vault's, of nothing, of too much; the others are numbered without a gap and paid for."""
    awards = [
        Award(beneficiary=NOBODY, amount=1),
        Award(beneficiary=MEMBER, amount=1),
        Award(beneficiary=VAULT, amount=1),
        Award(beneficiary=MEMBER, amount=0),
        Award(beneficiary=HEIR, amount=AMOUNT_MAX),
        Award(beneficiary=HEIR, amount=AMOUNT_MAX + 1),
    ]
    batch = vault.create(PLAN, awards)
    assert batch.skipped == (0, 2, 3, 5)
    assert [(made.number, made.amount) for made in batch.grants] == [(1, 1), (2, AMOUNT_MAX)]
    assert [vault.state_of(made).beneficiary for made in batch.grants] == [MEMBER, HEIR]
    assert batch.due == vault.owed(TOKEN) == 2**96
    assert vault.grant_count == 2


def test_numbers_go_on_over_all_batches(vault: Vault, grant: Grant) -> None:
    """Also over those of another plan, and those the launchpad makes."""
    other = replace(PLAN, token=HEIR, revoker=NOBODY)
    award = Award(beneficiary=MEMBER, amount=1)
    funded = vault.create_funded(other, award, caller=LAUNCHPAD)
    (last,) = vault.create(other, [award]).grants
    assert [grant.number, funded.number, last.number] == [1, 2, 3]
    assert (vault.owed(TOKEN), vault.owed(HEIR)) == (AMOUNT, 2)


def test_only_the_launchpad_makes_funded_grants(vault: Vault) -> None:
    """Anybody else would make grants that nobody paid for."""
    award = Award(beneficiary=MEMBER, amount=1)
    with refuses("OnlyLaunchpad", STRANGER, LAUNCHPAD):
        vault.create_funded(PLAN, award, caller=STRANGER)
    assert vault.grant_count == 0
    assert vault.create_funded(PLAN, award, caller=LAUNCHPAD).number == 1


@pytest.mark.parametrize("beneficiary", [NOBODY, VAULT])
def test_a_funded_grant_that_cannot_be_one_is_refused(vault: Vault, beneficiary: bytes) -> None:
    """It is not skipped: its tokens have been sent."""
    with refuses("BeneficiaryInvalid", beneficiary):
        vault.create_funded(PLAN, Award(beneficiary=beneficiary, amount=1), caller=LAUNCHPAD)


@pytest.mark.parametrize(("amount", "bound"), [(0, 1), (AMOUNT_MAX + 1, AMOUNT_MAX)])
def test_a_funded_grant_of_an_impossible_amount_is_refused(
    vault: Vault, amount: int, bound: int
) -> None:
    """At the bound it is made."""
    with refuses("PlanInvalid", field("amount"), amount, bound):
        vault.create_funded(PLAN, Award(beneficiary=MEMBER, amount=amount), caller=LAUNCHPAD)
    vault.create_funded(PLAN, Award(beneficiary=MEMBER, amount=bound), caller=LAUNCHPAD)


@pytest.mark.parametrize(
    ("changes", "name", "given", "bound"),
    [
        ({"start": 2**40}, "vesting.start", 2**40, 2**40 - 1),
        ({"duration_seconds": 2**40}, "vesting.durationSeconds", 2**40, 2**40 - 1),
        ({"unlock_bps": 10_001}, "vesting.unlockBps", 10_001, 10_000),
        ({"cliff_seconds": 101}, "vesting.cliffSeconds", 101, 100),
        ({"step_seconds": 101}, "vesting.stepSeconds", 101, 100),
        (
            {"duration_seconds": 0, "cliff_seconds": 0, "step_seconds": 0, "unlock_bps": 9_999},
            "vesting.unlockBps",
            9_999,
            10_000,
        ),
    ],
)
def test_a_plan_that_breaks_a_rule_is_refused(
    vault: Vault, changes: dict[str, Any], name: str, given: int, bound: int
) -> None:
    """Even where it would be used for nothing; at the bound it is accepted."""
    with refuses("PlanInvalid", field(name), given, bound):
        vault.create(replace(PLAN, schedule=replace(SCHEDULE, **changes)), [])
    at_bound = {key: bound if value == given else value for key, value in changes.items()}
    vault.create(replace(PLAN, schedule=replace(SCHEDULE, **at_bound)), [])


# ---------------------------------------------------------------------------------------- releasing

VESTED = [
    (999, 0), (1000, 1000), (1029, 1000), (1030, 3702), (1039, 3702), (1040, 4602),
    (1099, 9106), (1100, AMOUNT), (10**9, AMOUNT),
]  # fmt: skip


def test_a_release_pays_what_vested_since_the_last(vault: Vault, grant: Grant) -> None:
    """A second before and at each change; between changes there is nothing to release."""
    released = 0
    for time, vested in VESTED:
        assert vault.vested_of(grant, time) == vested
        if vested == released:
            with refuses("NothingToRelease", grant.grant_id):
                vault.release(grant, time=time)
            continue
        assert vault.release(grant, time=time) == vested - released
        released = vested
        assert vault.owed(TOKEN) == AMOUNT - released
    assert vault.state_of(grant).released == AMOUNT


def test_what_was_never_granted_is_refused(vault: Vault, grant: Grant) -> None:
    """One unit more is another grant."""
    other = replace(grant, amount=AMOUNT + 1)
    for act in (
        lambda: vault.release(other, time=1100),
        lambda: vault.revoke(other, caller=REVOKER, time=1100),
        lambda: vault.transfer(other, HEIR, caller=MEMBER),
        lambda: vault.vested_of(other, 1100),
        lambda: vault.releasable_of(other, 1100),
    ):
        with refuses("NoSuchGrant", other.grant_id):
            act()


# ---------------------------------------------------------------------------------------- revoking


@pytest.mark.parametrize(("time", "vested"), VESTED)
def test_a_revocation_returns_what_has_not_vested(
    vault: Vault, grant: Grant, time: int, vested: int
) -> None:
    """What has vested stays the beneficiary's, and no more ever vests."""
    assert vault.revoke(grant, caller=REVOKER, time=time) == AMOUNT - vested
    assert vault.vested_of(grant, time + 10**6) == vault.owed(TOKEN) == vested
    if vested:
        assert vault.release(grant, time=time + 10**6) == vested
    with refuses("NothingToRelease", grant.grant_id):
        vault.release(grant, time=time + 10**6)
    assert vault.owed(TOKEN) == 0


def test_only_the_plans_revoker_revokes_and_once(vault: Vault, grant: Grant) -> None:
    """The second time would return the same tokens again."""
    for caller in (MEMBER, LAUNCHPAD, STRANGER):
        with refuses("OnlyRevoker", caller, REVOKER):
            vault.revoke(grant, caller=caller, time=1000)
    vault.revoke(grant, caller=REVOKER, time=1001)
    with refuses("AlreadyRevoked", grant.grant_id, 1001):
        vault.revoke(grant, caller=REVOKER, time=1002)


def test_a_grant_without_a_revoker_is_revoked_by_nobody(vault: Vault) -> None:
    """It vests to its end."""
    plan = replace(PLAN, revoker=NOBODY)
    (made,) = vault.create(plan, [Award(beneficiary=MEMBER, amount=5)]).grants
    with refuses("OnlyRevoker", REVOKER, NOBODY):
        vault.revoke(made, caller=REVOKER, time=1000)
    assert vault.release(made, time=1100) == 5


# ---------------------------------------------------------------------------------------- transferring


def test_the_beneficiary_hands_on_what_was_not_released(vault: Vault, grant: Grant) -> None:
    """Nobody else does, and after it not the old one either."""
    vault.release(grant, time=1000)
    for caller in (REVOKER, HEIR, STRANGER):
        with refuses("OnlyBeneficiary", caller, MEMBER):
            vault.transfer(grant, HEIR, caller=caller)
    vault.transfer(grant, HEIR, caller=MEMBER)
    with refuses("OnlyBeneficiary", MEMBER, HEIR):
        vault.transfer(grant, MEMBER, caller=MEMBER)
    state = vault.state_of(grant)
    assert (state.beneficiary, state.released, state.revoked_at) == (HEIR, 1000, 0)


@pytest.mark.parametrize("to", [NOBODY, VAULT])
def test_nobody_and_the_vault_cannot_be_beneficiaries(
    vault: Vault, grant: Grant, to: bytes
) -> None:
    """What is theirs would be lost."""
    with refuses("BeneficiaryInvalid", to):
        vault.transfer(grant, to, caller=MEMBER)


# ---------------------------------------------------------------------------------------- always


@given(st.lists(st.tuples(st.integers(0, 2), st.booleans(), st.integers(0, 40)), max_size=30))
def test_nothing_is_lost_or_made_whatever_the_order(steps: list[tuple[int, bool, int]]) -> None:
    """Released, returned and owed are together what was granted, after every step; in the end nothing is owed."""
    vault = Vault(VAULT, LAUNCHPAD)
    amounts = (AMOUNT, 1, AMOUNT_MAX)
    awards = [Award(beneficiary=MEMBER, amount=amount) for amount in amounts]
    grants = vault.create(PLAN, awards).grants
    time, paid, returned = 990, 0, 0
    for which, is_release, pause in steps:
        time += pause
        one = grants[which]
        if is_release and vault.releasable_of(one, time):
            paid += vault.release(one, time=time)
        elif not is_release and not vault.state_of(one).revoked_at:
            returned += vault.revoke(one, caller=REVOKER, time=time)
        assert paid + returned + vault.owed(TOKEN) == sum(amounts)
    for one in grants:
        if vault.releasable_of(one, 10**9):
            vault.release(one, time=10**9)
    assert vault.owed(TOKEN) == 0
