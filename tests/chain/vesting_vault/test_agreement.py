"""Grants of several plans, drawn at random with what people do about them, on the chain and in the model side by side.

After each step both accept, or both refuse by the same error with the same figures; every figure that the vault shows
is the model's, and it holds of each token exactly what it owes.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from eth_account.signers.local import LocalAccount
from hypothesis import given
from hypothesis import strategies as st

from jumpstart.accounts import checksummed
from jumpstart.chain.client import Contract
from jumpstart.errors import LedgerRefusal
from jumpstart.grants import AMOUNT_MAX, Award, Grant, Plan, State
from jumpstart.schedule import Vesting
from tests.chain.conftest import drawn
from tests.chain.reverts import reverts
from tests.chain.stage import raw
from tests.chain.vesting_vault.trial import NOBODY, Place, VaultTrial

PEOPLE = 7  # who may be meant: the five of the cast, nobody, the vault
ACTIONS = ("create", "createFunded", "release", "revoke", "transfer")


@dataclass(frozen=True)
class Step:
    """Somebody does something with a plan or a grant; `whom` it names, and an amount, where that matters."""

    action: str
    who: int  # most often replaced by whoever may
    whom: int
    which: int
    amounts: tuple[int, ...]
    pause: int
    is_right: bool  # the caller is who may, the grant is one that was made


@dataclass(frozen=True)
class Script:
    """What is drawn: plans, their tokens and revokers by number, and what happens."""

    plans: tuple[tuple[int, bool, Vesting], ...]  # starts are counted from now
    steps: tuple[Step, ...]


@st.composite
def schedules(draw: Any) -> Vesting:
    duration = draw(st.sampled_from([0, 1, 60, 1000]))
    return Vesting(
        start=draw(st.sampled_from([0, 20, 200])),
        # Of no duration a plan that frees less is refused.
        unlock_bps=draw(st.sampled_from([0, 1, 2_500, 10_000] if duration else [10_000, 9_999])),
        cliff_seconds=draw(st.integers(0, duration)),
        duration_seconds=duration,
        step_seconds=draw(st.sampled_from([0, duration // 10, duration])),
    )


amounts = st.one_of(
    st.integers(1, 50), st.integers(1, AMOUNT_MAX), st.sampled_from([0, AMOUNT_MAX, AMOUNT_MAX + 1])
)
steps = st.builds(
    Step,
    action=st.sampled_from([*ACTIONS, "release", "release"]),
    who=st.integers(0, 4),
    whom=st.integers(0, PEOPLE - 1),
    which=st.integers(0, 3),  # few, so that most are met again
    amounts=st.lists(amounts, min_size=1, max_size=4).map(tuple),
    pause=st.sampled_from([1, 1, 10, 100, 500]),
    is_right=st.sampled_from([True, True, False]),
)
BEGINNING = Step(
    action="create", who=0, whom=2, which=0, amounts=(7, AMOUNT_MAX), pause=1, is_right=True
)
scripts = st.builds(
    Script,
    plans=st.lists(
        st.tuples(st.integers(0, 1), st.sampled_from([True, True, False]), schedules()),
        min_size=1,
        max_size=3,
    ).map(tuple),
    steps=st.lists(steps, min_size=10, max_size=18).map(lambda drawn: (BEGINNING, *drawn)),
)

SEEN: Counter[str] = Counter()
"""How often each function was accepted, and refused for each reason."""

MUST_BE_SEEN = {
    *ACTIONS,
    "create: PlanInvalid",
    "createFunded: OnlyLaunchpad",
    "createFunded: PlanInvalid",
    "createFunded: BeneficiaryInvalid",
    "release: NoSuchGrant",
    "release: NothingToRelease",
    "revoke: NoSuchGrant",
    "revoke: OnlyRevoker",
    "revoke: AlreadyRevoked",
    "transfer: NoSuchGrant",
    "transfer: OnlyBeneficiary",
    "transfer: BeneficiaryInvalid",
}


class Pair:
    """The vault and its model, which take each step together."""

    def __init__(self, place: Place, tokens: tuple[Contract, Contract], script: Script) -> None:
        self.vault = VaultTrial(place)
        self.tokens = tokens
        self.cast = place.cast
        now = place.chain.now()
        self.plans = [
            Plan(
                token=raw(tokens[token]),
                revoker=raw(self.cast.revoker) if is_revocable else NOBODY,
                schedule=replace(schedule, start=now + schedule.start),
            )
            for token, is_revocable, schedule in script.plans
        ]
        self.accounts = [*map(raw, self.cast.all), NOBODY, raw(place.contract)]
        self.grants: list[Grant] = []
        self.paid: Counter[tuple[bytes, bytes]] = Counter()  # token, account

    def take(self, step: Step) -> None:
        vault, model = self.vault, self.vault.model
        time = vault.chain.now() + step.pause
        plan = self.plans[step.which % len(self.plans)]
        to = self.accounts[step.whom]
        awards = [
            Award(beneficiary=self.accounts[(step.whom + row) % PEOPLE], amount=amount)
            for row, amount in enumerate(step.amounts)
        ]
        if step.action == "create":
            batch = self._do(
                time,
                "create",
                plan,
                awards,
                sender=self.cast.funder,
                model=lambda: model.create(plan, awards),
            )
            self.grants += batch.grants if batch else ()
        elif step.action == "createFunded":
            who = self.cast.launchpad if step.is_right else self.cast.all[step.who]
            made = self._do(
                time,
                "createFunded",
                plan,
                awards[0],
                self.cast.funder,
                sender=who,
                model=lambda: model.create_funded(plan, awards[0], caller=raw(who)),
            )
            if made is not None:
                token = self.tokens[raw(self.tokens[1]) == plan.token]
                token.send("transfer", vault.contract.address, made.amount, sender=self.cast.funder)
                self.grants.append(made)
        elif self.grants:
            self._act(step, self.grants[step.which % len(self.grants)], to, time)

    def _act(self, step: Step, grant: Grant, to: bytes, time: int) -> None:
        model = self.vault.model
        state, who = model.state_of(grant), self.cast.all[step.who]
        if not step.is_right and step.which % 2:
            grant = replace(grant, number=grant.number + 100)
        if step.action == "release":
            amount = self._do(
                time,
                "release",
                grant,
                sender=who,
                model=lambda: model.release(grant, time=time),
            )
            self.paid[grant.plan.token, state.beneficiary] += amount or 0
        elif step.action == "revoke":
            who = self.cast.revoker if step.is_right else who
            returned = self._do(
                time,
                "revoke",
                grant,
                sender=who,
                model=lambda: model.revoke(grant, caller=raw(who), time=time),
            )
            self.paid[grant.plan.token, raw(who)] += returned or 0
        else:
            owner = self.accounts.index(state.beneficiary)
            who = self.cast.all[owner] if step.is_right else who
            self._do(
                time,
                "transfer",
                grant,
                to,
                sender=who,
                model=lambda: model.transfer(grant, to, caller=raw(who)),
            )

    def _do(
        self,
        time: int,
        function: str,
        *args: Any,
        sender: LocalAccount,
        model: Callable[[], Any],
    ) -> Any:
        """One step at that time: what the model says; None when both refuse."""
        vault = self.vault
        try:
            answer = model()
        except LedgerRefusal as refusal:
            SEEN[f"{function}: {refusal.name.removeprefix('VestingVault_')}"] += 1
            vault.chain.mine_at(time)
            with reverts(refusal.name, *refusal.args):
                vault.call(function, *args, sender=sender)
            return None
        SEEN[function] += 1
        vault.chain.advance_to(time)
        vault.send(function, *args, sender=sender)
        assert vault.chain.now() == time
        return answer

    def compare(self) -> None:
        """Every figure that the vault shows, and all balances."""
        vault, model = self.vault, self.vault.model
        now = vault.chain.now()
        assert vault.call("grantCount") == model.grant_count == len(self.grants)
        for grant in self.grants:
            beneficiary, released, revoked_at = vault.state(grant)
            state = model.state_of(grant)
            assert state == State(
                beneficiary=raw(beneficiary), released=released, revoked_at=revoked_at
            )
            assert vault.call("vestedOf", grant) == model.vested_of(grant, now)
            assert vault.call("releasableOf", grant) == model.releasable_of(grant, now)
        for token in self.tokens:
            assert vault.balance(vault.contract, token) == model.owed(raw(token))
            for account in self.accounts[:5]:
                if account != raw(self.cast.funder):
                    balance = token.call("balanceOf", checksummed(account))
                    assert balance == self.paid[raw(token), account]


def test_drawn_grants_are_the_same_on_the_chain_and_in_the_model(place: Place) -> None:
    """Every step, every refusal and every figure, to the last unit; and no kind of step was missing among the draws."""
    SEEN.clear()
    other = place.chain.deploy("PermitlessToken", 2**200, sender=place.cast.funder)
    place.approve(other)

    @given(scripts)
    @drawn(place.chain, 25)
    def run_drawn(script: Script) -> None:
        snapshot = place.chain.snapshot()
        try:
            pair = Pair(place, (place.token, other), script)
            for step in script.steps:
                pair.take(step)
            pair.compare()
        finally:
            place.chain.revert(snapshot)

    run_drawn()
    if place.chain.kind != "ganache":  # where there are too few to see everything
        assert set(SEEN) >= MUST_BE_SEEN
