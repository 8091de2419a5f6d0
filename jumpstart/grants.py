"""Grants: an exact model of the vault where projects lock tokens, from a grant's creation to its end.

It is written from `interfaces/IVestingVault.sol`, whose structs it mirrors, not from the contract's
code, and serves as its oracle. A refusal bears the name and the arguments of the contract's error.

Addresses are 20 bytes, amounts base units of the plan's token, times Unix seconds, read off a clock
that the caller moves. Tokens themselves are beyond it: every one exists, and pays what it is asked.
"""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from typing import Final

from eth_abi.abi import encode

from jumpstart.accounts import checksummed
from jumpstart.amounts import BASIS_POINTS
from jumpstart.errors import LedgerRefusal
from jumpstart.hashing import keccak256
from jumpstart.schedule import Vesting, vested_down
from jumpstart.terms import TIME_MAX, ZERO_ADDRESS

AMOUNT_MAX: Final = 2**96 - 1
"""The most tokens of one grant: what is released of it fits beside the beneficiary's address."""

_ABI_TYPE: Final = "((address,address,(uint256,uint256,uint256,uint256,uint256)),uint256,uint256)"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What grants of one batch have in common. The zero address as the revoker: there is none."""

    token: bytes
    revoker: bytes
    schedule: Vesting


@dataclass(frozen=True, kw_only=True)
class Award:
    """A grant to make."""

    beneficiary: bytes
    amount: int


@dataclass(frozen=True, kw_only=True)
class Grant:
    """A grant, by all that its id stands for. `number` counts from 1 over the whole vault."""

    plan: Plan
    amount: int
    number: int

    @property
    def abi_encoding(self) -> bytes:
        """Exactly Solidity's `abi.encode(grant)`."""
        return encode([_ABI_TYPE], [astuple(self)])

    @property
    def grant_id(self) -> bytes:
        """Keccak-256 of the encoding: 32 bytes."""
        return keccak256(self.abi_encoding)

    def vested_down(self, time: int, revoked_at: int = 0) -> int:
        """Tokens vested at `time`, rounded down. Nothing vests after `revoked_at`; 0: not revoked."""
        return vested_down(self.amount, self.plan.schedule, min(time, revoked_at or time))


@dataclass(frozen=True, kw_only=True)
class State:
    """Where a grant stands: tokens `released` so far, and when it was revoked (0: it was not)."""

    beneficiary: bytes
    released: int = 0
    revoked_at: int = 0


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What became of a list of awards: the grants made, and the rows of those skipped."""

    grants: tuple[Grant, ...]
    skipped: tuple[int, ...]

    @property
    def due(self) -> int:
        """Tokens to pay for the grants."""
        return sum(grant.amount for grant in self.grants)


class Vault:
    """The vault at `address`, where `launchpad` alone makes grants of what it has sent before."""

    def __init__(self, address: bytes, launchpad: bytes) -> None:
        self.address = address
        self.launchpad = launchpad
        self._states: dict[Grant, State] = {}

    # ---------------------------------------------------------------------------------- creating

    def create(self, plan: Plan, awards: Sequence[Award]) -> Batch:
        """Makes a grant of each award that can be one, in their order.

        Raises `LedgerRefusal`: PlanInvalid, also when no award can be one.
        """
        _check_plan(plan)
        grants, skipped = [], []
        for row, award in enumerate(awards):
            if self._is_beneficiary(award.beneficiary) and 1 <= award.amount <= AMOUNT_MAX:
                grants.append(self._make(plan, award))
            else:
                skipped.append(row)
        return Batch(grants=tuple(grants), skipped=tuple(skipped))

    def create_funded(self, plan: Plan, award: Award, *, caller: bytes) -> Grant:
        """Makes one grant of tokens that are in the vault already.

        Raises `LedgerRefusal`, in this order: OnlyLaunchpad, PlanInvalid, BeneficiaryInvalid, and
        PlanInvalid for the amount.
        """
        if caller != self.launchpad:
            raise _refusal("OnlyLaunchpad", checksummed(caller), checksummed(self.launchpad))
        _check_plan(plan)
        self._check_beneficiary(award.beneficiary)
        _least("amount", award.amount, 1)
        _most("amount", award.amount, AMOUNT_MAX)
        return self._make(plan, award)

    def _make(self, plan: Plan, award: Award) -> Grant:
        grant = Grant(plan=plan, amount=award.amount, number=self.grant_count + 1)
        self._states[grant] = State(beneficiary=award.beneficiary)
        return grant

    def _is_beneficiary(self, account: bytes) -> bool:
        return account not in (ZERO_ADDRESS, self.address)

    def _check_beneficiary(self, account: bytes) -> None:
        if not self._is_beneficiary(account):
            raise _refusal("BeneficiaryInvalid", checksummed(account))

    # ------------------------------------------------------------------------------------ acting

    def release(self, grant: Grant, *, time: int) -> int:
        """Pays the beneficiary what has vested and was not paid yet.

        Raises `LedgerRefusal`: NoSuchGrant, NothingToRelease.
        """
        state, amount = self.state_of(grant), self.releasable_of(grant, time)
        if amount == 0:
            raise _refusal("NothingToRelease", grant.grant_id)
        self._states[grant] = replace(state, released=state.released + amount)
        return amount

    def revoke(self, grant: Grant, *, caller: bytes, time: int) -> int:
        """Ends the vesting, and pays the revoker what has not vested, which may be nothing.

        Raises `LedgerRefusal`, in this order: NoSuchGrant, OnlyRevoker, AlreadyRevoked.
        """
        state, revoker = self.state_of(grant), grant.plan.revoker
        if caller != revoker:
            raise _refusal("OnlyRevoker", checksummed(caller), checksummed(revoker))
        if state.revoked_at:
            raise _refusal("AlreadyRevoked", grant.grant_id, state.revoked_at)
        self._states[grant] = replace(state, revoked_at=time)
        return grant.amount - grant.vested_down(time)

    def transfer(self, grant: Grant, to: bytes, *, caller: bytes) -> None:
        """Makes `to` the beneficiary of what was not released yet.

        Raises `LedgerRefusal`, in this order: NoSuchGrant, OnlyBeneficiary, BeneficiaryInvalid.
        """
        state = self.state_of(grant)
        if caller != state.beneficiary:
            raise _refusal("OnlyBeneficiary", checksummed(caller), checksummed(state.beneficiary))
        self._check_beneficiary(to)
        self._states[grant] = replace(state, beneficiary=to)

    # ------------------------------------------------------------------------------------- views

    @property
    def grant_count(self) -> int:
        """Grants made so far."""
        return len(self._states)

    def state_of(self, grant: Grant) -> State:
        """Where the grant stands. Raises `LedgerRefusal`: NoSuchGrant."""
        if grant not in self._states:
            raise _refusal("NoSuchGrant", grant.grant_id)
        return self._states[grant]

    def vested_of(self, grant: Grant, time: int) -> int:
        """Tokens vested at `time`. Raises `LedgerRefusal`: NoSuchGrant."""
        return grant.vested_down(time, self.state_of(grant).revoked_at)

    def releasable_of(self, grant: Grant, time: int) -> int:
        """Tokens that `release` would pay at `time`. Raises `LedgerRefusal`: NoSuchGrant."""
        return self.vested_of(grant, time) - self.state_of(grant).released

    def owed(self, token: bytes) -> int:
        """Tokens that the vault must have: what was granted, neither released nor returned."""
        return sum(
            (grant.vested_down(state.revoked_at) if state.revoked_at else grant.amount)
            - state.released
            for grant, state in self._states.items()
            if grant.plan.token == token
        )


def _check_plan(plan: Plan) -> None:
    schedule = plan.schedule
    _most("vesting.start", schedule.start, TIME_MAX)
    _most("vesting.durationSeconds", schedule.duration_seconds, TIME_MAX)
    _most("vesting.unlockBps", schedule.unlock_bps, BASIS_POINTS)
    _most("vesting.cliffSeconds", schedule.cliff_seconds, schedule.duration_seconds)
    _most("vesting.stepSeconds", schedule.step_seconds, schedule.duration_seconds)
    if schedule.duration_seconds == 0:
        _least("vesting.unlockBps", schedule.unlock_bps, BASIS_POINTS)


def _least(field: str, given: int, bound: int) -> None:
    if given < bound:
        raise _refusal("PlanInvalid", _bytes32(field), given, bound)


def _most(field: str, given: int, bound: int) -> None:
    if given > bound:
        raise _refusal("PlanInvalid", _bytes32(field), given, bound)


def _bytes32(field: str) -> bytes:
    return field.encode().ljust(32, b"\0")


def _refusal(name: str, *args: object) -> LedgerRefusal:
    return LedgerRefusal(f"VestingVault_{name}", *args)
