"""`create`: each award that can be one becomes a grant, and the caller pays for exactly those."""

from dataclasses import astuple, replace
from typing import Any

import pytest
from eth_account.signers.local import LocalAccount

from jumpstart.accounts import checksummed
from jumpstart.chain.client import Contract
from jumpstart.chain.sale import NATIVE, UNLIMITED
from jumpstart.grants import AMOUNT_MAX, Award
from tests.chain.reverts import reverts
from tests.chain.stage import TRANSFER_FROM_FAILED, raw
from tests.chain.vesting_vault.trial import AMOUNT, DURATION, FORTUNE, NOBODY, VaultTrial


def test_awards_become_grants_that_the_caller_pays_for(
    vault: VaultTrial, funder: LocalAccount, member: LocalAccount, heir: LocalAccount
) -> None:
    """Numbered in their order and announced behind their plan; each has one slot, and the sum is pulled once."""
    plan = vault.plan(revoker=heir)
    awards = [vault.award(member, 5), vault.award(heir, 7)]
    assert vault.call("create", plan, awards, sender=funder) == (1, 2)
    receipt = vault.send("create", plan, awards, sender=funder)
    first, second = vault.model.create(plan, awards).grants
    (used, *created) = vault.events(receipt)
    assert used[0] == "PlanUsed"
    assert used[1] | {"plan": None} == {
        "token": vault.token.address,
        "funder": funder.address,
        "firstNumber": 1,
        "plan": None,
    }
    shown = used[1]["plan"]
    assert (raw(shown.token), raw(shown.revoker)) == (plan.token, plan.revoker)
    assert tuple(shown.schedule) == astuple(plan.schedule)
    assert created == [
        (
            "GrantCreated",
            {"id": grant.grant_id, "beneficiary": who.address, "number": number, "amount": amount},
        )
        for grant, who, number, amount in ((first, member, 1, 5), (second, heir, 2, 7))
    ]
    assert vault.state(first) == (member.address, 0, 0)
    assert vault.state(second) == (heir.address, 0, 0)
    assert vault.call("grantCount") == 2
    assert vault.balance(vault.contract) == 12
    assert vault.balance(funder) == FORTUNE - 12


def test_an_award_that_cannot_be_one_is_left_out_and_not_paid_for(
    vault: VaultTrial, funder: LocalAccount, member: LocalAccount
) -> None:
    """Nobody's, the vault's, of nothing, of too much: each is announced by its row, and the others are made."""
    impossible = [
        Award(beneficiary=NOBODY, amount=1),
        vault.award(vault.contract, 1),
        vault.award(member, 0),
        vault.award(member, AMOUNT_MAX + 1),
        vault.award(member, 2**256 - 1),
    ]
    possible = [vault.award(member, 1), vault.award(member, AMOUNT_MAX)]
    awards = [*impossible[:3], possible[0], *impossible[3:], possible[1]]
    plan = vault.plan()
    assert vault.call("create", plan, awards, sender=funder) == (1, 2)
    receipt = vault.send("create", plan, awards, sender=funder)
    batch = vault.model.create(plan, awards)
    assert batch.skipped == (0, 1, 2, 4, 5)
    assert [dict(event.args) for event in vault.contract.events(receipt, "AwardSkipped")] == [
        {
            "index": row,
            "beneficiary": checksummed(awards[row].beneficiary),
            "amount": awards[row].amount,
        }
        for row in batch.skipped
    ]
    assert [
        (event.args["number"], event.args["amount"])
        for event in vault.contract.events(receipt, "GrantCreated")
    ] == [(1, 1), (2, AMOUNT_MAX)]
    assert [vault.state(grant)[0] for grant in batch.grants] == 2 * [member.address]
    assert vault.balance(vault.contract) == batch.due == 2**96


def test_nothing_happens_when_no_award_can_be_one(
    vault: VaultTrial, funder: LocalAccount, member: LocalAccount
) -> None:
    """Nothing is pulled, not even nothing, no number is used, and only what was skipped is announced."""
    vault.approve(vault.token, 0)
    plan = vault.plan()
    for awards in ([], [vault.award(member, 0)]):
        assert vault.call("create", plan, awards, sender=funder) == (0, 0)
        receipt = vault.send("create", plan, awards, sender=funder)
        assert [name for name, _ in vault.events(receipt)] == len(awards) * ["AwardSkipped"]
        assert len(receipt.logs) == len(awards)
    assert vault.call("grantCount") == 0


def test_numbers_go_on_over_all_batches(
    vault: VaultTrial, funder: LocalAccount, member: LocalAccount
) -> None:
    """Equal awards of equal plans are different grants, each paid for."""
    award = vault.award(member)
    first = vault.create(vault.plan(), award, award)
    assert vault.call("create", vault.plan(), [award], sender=funder) == (3, 1)
    (third,) = vault.create(vault.plan(), award)
    assert len({grant.grant_id for grant in (*first, third)}) == 3
    assert vault.state(third) == (member.address, 0, 0)
    assert vault.call("grantCount") == 3
    assert vault.balance(vault.contract) == 3 * AMOUNT


def test_anyone_may_create(
    vault: VaultTrial, bystander: LocalAccount, funder: LocalAccount, member: LocalAccount
) -> None:
    """Whoever pays; it is the caller that does."""
    vault.token.send("transfer", bystander.address, AMOUNT, sender=funder)
    vault.token.send("approve", vault.contract.address, AMOUNT, sender=bystander)
    receipt = vault.send("create", vault.plan(), [vault.award(member)], sender=bystander)
    assert vault.event(receipt, "PlanUsed").args["funder"] == bystander.address
    assert vault.balance(bystander) == 0


# ---------------------------------------------------------------------------------------- plans


def field(name: str) -> bytes:
    return name.encode().ljust(32, b"\0")


AT_ONCE: dict[str, Any] = {"cliff_seconds": 0, "duration_seconds": 0, "step_seconds": 0}


@pytest.mark.parametrize(
    ("name", "shown", "refused", "bound"),
    [
        ("start", "vesting.start", 2**40, 2**40 - 1),
        ("start", "vesting.start", 2**256 - 1, 2**40 - 1),
        ("duration_seconds", "vesting.durationSeconds", 2**40, 2**40 - 1),
        ("unlock_bps", "vesting.unlockBps", 10_001, 10_000),
        ("cliff_seconds", "vesting.cliffSeconds", DURATION + 1, DURATION),
        ("step_seconds", "vesting.stepSeconds", DURATION + 1, DURATION),
    ],
)
def test_a_plan_beyond_a_bound_is_refused(
    vault: VaultTrial,
    funder: LocalAccount,
    member: LocalAccount,
    name: str,
    shown: str,
    refused: int,
    bound: int,
) -> None:
    """With the field and both figures; at the bound it is accepted."""
    awards = [vault.award(member)]
    beyond: dict[str, Any] = {name: refused}
    within: dict[str, Any] = {name: bound}
    with reverts("VestingVault_PlanInvalid", field(shown), refused, bound):
        vault.call("create", vault.plan(**beyond), awards, sender=funder)
    assert vault.call("create", vault.plan(**within), awards, sender=funder) == (1, 1)


def test_a_plan_without_a_duration_must_free_everything(
    vault: VaultTrial, funder: LocalAccount, member: LocalAccount
) -> None:
    """One basis point less would never be free."""
    awards = [vault.award(member)]
    with reverts("VestingVault_PlanInvalid", field("vesting.unlockBps"), 9_999, 10_000):
        vault.call("create", vault.plan(**AT_ONCE, unlock_bps=9_999), awards, sender=funder)
    free = vault.plan(**AT_ONCE, unlock_bps=10_000)
    assert vault.call("create", free, awards, sender=funder) == (1, 1)


def test_a_token_without_code_is_refused(
    vault: VaultTrial, funder: LocalAccount, member: LocalAccount, bystander: LocalAccount
) -> None:
    """An account that is none would take any transfer for done; so would the plan of a list that makes no grant."""
    for token in (raw(bystander), NOBODY):
        plan = replace(vault.plan(), token=token)
        for awards in ([vault.award(member)], []):
            with reverts("VestingVault_PlanInvalid", field("token.code"), 0, 1):
                vault.call("create", plan, awards, sender=funder)


# ---------------------------------------------------------------------------------------- tokens


def test_what_is_not_delivered_in_full_is_refused(
    vault: VaultTrial, funder: LocalAccount, member: LocalAccount
) -> None:
    """A token that takes a fee makes no grant; the same token without one does."""
    token = vault.odd_token("FeeToken")
    create = ("create", vault.plan(token), [vault.award(member, 20_000)])
    token.send("setFeeBps", 1, sender=funder)
    with reverts("VestingVault_FundingShort", 19_998, 20_000):
        vault.call(*create, sender=funder)
    token.send("setFeeBps", 0, sender=funder)
    assert vault.call(*create, sender=funder) == (1, 1)


def test_only_what_the_caller_lets_the_vault_take_makes_grants(
    vault: VaultTrial, funder: LocalAccount, member: LocalAccount
) -> None:
    """One unit less than the sum is too little, whatever else lies in the vault."""
    vault.token.send("transfer", vault.contract.address, 2 * AMOUNT, sender=funder)
    create = ("create", vault.plan(), 2 * [vault.award(member)])
    vault.approve(vault.token, 2 * AMOUNT - 1)
    with reverts(TRANSFER_FROM_FAILED, b""):
        vault.call(*create, sender=funder)
    vault.approve(vault.token, 2 * AMOUNT)
    assert vault.call(*create, sender=funder) == (1, 2)


def test_a_token_that_returns_nothing_is_as_good(vault: VaultTrial, member: LocalAccount) -> None:
    """As USDT."""
    token = vault.odd_token("NoReturnToken")
    grant = vault.grant(vault.plan(token))
    assert vault.state(grant) == (member.address, 0, 0)
    assert vault.balance(vault.contract, token) == AMOUNT


def test_a_token_that_says_no_makes_no_grant(
    vault: VaultTrial, funder: LocalAccount, member: LocalAccount
) -> None:
    """A false for an answer is a refusal."""
    token = vault.odd_token("FalseReturningToken")
    create = ("create", vault.plan(token), [vault.award(member)])
    token.send("setRefusing", True, sender=funder)
    with reverts(TRANSFER_FROM_FAILED, b""):
        vault.call(*create, sender=funder)
    token.send("setRefusing", False, sender=funder)
    assert vault.call(*create, sender=funder) == (1, 1)


# ---------------------------------------------------------------------------------------- tokens that call back


@pytest.fixture
def reentrant_token(vault: VaultTrial, funder: LocalAccount) -> Contract:
    """Has tokens of its own, which it lets the vault take, and calls back in the middle of a transfer."""
    token = vault.odd_token("ReentrantToken")
    token.send("transfer", token.address, AMOUNT, sender=funder)
    allow = token.calldata("approve", vault.contract.address, UNLIMITED)
    token.send("execute", token.address, allow, sender=funder)
    return token


def arm(vault: VaultTrial, token: Contract, function: str, *args: Any) -> None:
    data = vault.calldata(function, *args)
    token.send("arm", vault.contract.address, data, sender=vault.cast.funder)


def test_a_batch_in_the_middle_of_another_is_refused(
    vault: VaultTrial, reentrant_token: Contract, funder: LocalAccount, member: LocalAccount
) -> None:
    """Else what the inner one pays could count for both; one that makes nothing changes nothing."""
    create = ("create", vault.plan(reentrant_token), [vault.award(member)])
    arm(vault, reentrant_token, *create)
    with reverts("VestingVault_CreatedMeanwhile", 2, 1):
        vault.call(*create, sender=funder)
    arm(vault, reentrant_token, "create", vault.plan(), [])
    vault.send(*create, sender=funder)
    assert (reentrant_token.call("successes"), vault.call("grantCount")) == (1, 1)


def test_a_grant_released_before_it_is_paid_for_is_refused(
    vault: VaultTrial, reentrant_token: Contract, funder: LocalAccount, member: LocalAccount
) -> None:
    """Everything is free at once, and the token lets the member take it in the middle of the payment."""
    plan = vault.plan(reentrant_token, start=0, unlock_bps=10_000, **AT_ONCE)
    awards = [vault.award(member)]
    (grant,) = vault.model.create(plan, awards).grants
    arm(vault, reentrant_token, "release", grant)
    with reverts("VestingVault_FundingShort", 0, AMOUNT):
        vault.call("create", plan, awards, sender=funder)
    reentrant_token.send("arm", NATIVE, b"", sender=funder)
    vault.send("create", plan, awards, sender=funder)
    assert vault.call("release", grant) == AMOUNT


def test_a_payment_that_leaves_less_than_before_is_refused(
    vault: VaultTrial, reentrant_token: Contract, funder: LocalAccount, member: LocalAccount
) -> None:
    """In its middle an older grant of twice as much is released: what came is below nothing."""
    plan = vault.plan(reentrant_token, start=0, unlock_bps=10_000, **AT_ONCE)
    (older,) = vault.create(plan, vault.award(member, 2 * AMOUNT))
    arm(vault, reentrant_token, "release", older)
    with reverts("VestingVault_FundingShort", 2**256 - AMOUNT, AMOUNT):
        vault.call("create", plan, [vault.award(member)], sender=funder)
