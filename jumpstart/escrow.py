"""The escrow: an exact model of what becomes of a sale's proceeds, and of a delisted project's bond.

It is written from the rules of `interfaces/IProceedsEscrow.sol`, not from the contract's code, and
serves as its oracle in tests: it remembers every attestation with what became of it, and tells
from these and the terms alone where the delivery stands. A refusal bears the name and the
arguments of the contract's custom error.

Knows a clock that the caller moves, and the `Ledger` of the sale. Who may attest and delist, where
money goes and who has collected it from the sale are beyond it.
"""

from dataclasses import dataclass, field
from enum import IntEnum
from math import inf

from jumpstart.amounts import BASIS_POINTS, mul_div_down
from jumpstart.errors import LedgerRefusal
from jumpstart.ledger import Ledger, Stage, Status
from jumpstart.schedule import vested_down
from jumpstart.terms import EscrowTerms


class EscrowStatus(IntEnum):
    """Where the escrow stands, numbered as on chain."""

    WAITING = 0
    DELIVERING = 1
    DELIVERED = 2
    EXITING = 3
    ENDED = 4


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """Where the delivery stands, as on chain: `current` is the index of the milestone that is due,
    `attested_at` is 0 where it is not attested, `objected` is in tokens, `exit_at` is when the exit
    right opened, or opens unless the current milestone is attested.
    """

    status: EscrowStatus
    current: int = 0
    attested_at: int = 0
    objected: int = 0
    attestations: int = 0
    exit_at: int = 0
    released_bps: int = 0


@dataclass(frozen=True, kw_only=True)
class ExitPayment:
    """What an exit gives back, in tokens, and what it is paid for them."""

    returned: int
    amount: int


@dataclass(kw_only=True)
class _Attestation:
    milestone: int
    time: int
    objections: dict[str, int] = field(default_factory=dict)  # account -> tokens
    objected: int = 0  # the sum of them
    vetoed_at: int | None = None


class EscrowLedger:
    """The escrow of `terms` for one sale. Times given to it never go back."""

    def __init__(self, terms: EscrowTerms, sale: Ledger) -> None:
        self.terms = terms
        self.sale = sale
        self.released = 0  # payment, to the project
        self.released_bps = 0  # the share of the proceeds that this is
        self.exited = 0  # payment, to who exited
        self.remainder = 0  # payment, to where the terms say
        self.bond = 0
        self.total_weight = 0
        self.bond_shares: dict[str, int] = {}
        self._attestations: list[_Attestation] = []
        self._delisted_at: int | None = None

    # -------------------------------------------------------------------------------- delivering

    def attest(self, milestone: int, time: int) -> None:
        """The current milestone was delivered, say the reviewers.

        Raises `LedgerRefusal`: WrongStatus, NotCurrent, AlreadyAttested.
        """
        delivery = self._require(EscrowStatus.DELIVERING, time)
        if milestone != delivery.current:
            raise _refusal("NotCurrent", milestone, delivery.current)
        if delivery.attested_at:
            raise _refusal("AlreadyAttested", milestone, delivery.attested_at)
        self._attestations.append(_Attestation(milestone=milestone, time=time))

    def object(self, account: str, time: int) -> bool:
        """Objects to the attestation under way; says whether that vetoed it.

        Raises `LedgerRefusal`: WrongStatus, NotAttested, AlreadyObjected, NoWeight.
        """
        delivery = self._require(EscrowStatus.DELIVERING, time)
        if not delivery.attested_at:
            raise _refusal("NotAttested", delivery.current)
        attestation = self._attestations[-1]
        if account in attestation.objections:
            raise _refusal("AlreadyObjected", account)
        weight = self._weight_of(account)
        attestation.objections[account] = weight
        attestation.objected += weight
        # A share of at least so many basis points, compared without a division.
        sold, _ = self.sale.outcome
        needed = sold * self.terms.objection_bps
        if attestation.objected * BASIS_POINTS >= needed:
            attestation.vetoed_at = time
        return attestation.vetoed_at is not None

    def release(self, time: int) -> int:
        """Pays the project what is free for it and was not paid yet.

        Raises `LedgerRefusal`: WrongStatus, NothingToCollect.
        """
        if self.delivery(time).status is EscrowStatus.WAITING:
            raise _refusal("WrongStatus", EscrowStatus.WAITING, EscrowStatus.DELIVERING)
        amount = self._collected(self.releasable(time))
        self.released += amount
        self.released_bps = self.delivery(time).released_bps
        return amount

    # ----------------------------------------------------------------------------------- exiting

    def exit(self, account: str, time: int, *, with_tokens: bool = True) -> ExitPayment:
        """Ends the account's part in the sale. Without tokens, what has vested is given up.

        Raises `LedgerRefusal`: WrongStatus, and what the sale refuses.
        """
        self._require(EscrowStatus.EXITING, time)
        paid = self.exit_of(account, time)
        self.sale.exit(account, time, with_tokens=with_tokens)
        self.exited += paid.amount
        return paid

    def collect_remainder(self, time: int) -> int:
        """Pays what nobody exited with to where the terms say, once the exit window is over.

        Raises `LedgerRefusal`: WrongStatus, NothingToCollect.
        """
        self._require(EscrowStatus.ENDED, time)
        amount = self._collected(self.unreleased(time) - self.exited - self.remainder)
        self.remainder += amount
        return amount

    # --------------------------------------------------------------------------------- delisting

    def delist(self, bond: int, time: int) -> None:
        """The project was delisted, and so much of its bond is for the participants. A sale that
        was not settled is void by then.

        Raises `LedgerRefusal`: AlreadyDelisted.
        """
        if self._delisted_at is not None:
            raise _refusal("AlreadyDelisted")
        self._delisted_at = time
        self.bond = bond
        self.total_weight = self.sale.total_weight

    def share_bond(self, account: str) -> int:
        """Pays the account its share of the bond, rounded down.

        Raises `LedgerRefusal`: NotDelisted, AlreadyShared, NoWeight.
        """
        if self._delisted_at is None:
            raise _refusal("NotDelisted")
        if account in self.bond_shares:
            raise _refusal("AlreadyShared", account)
        share = mul_div_down(self.bond, self._weight_of(account), self.total_weight)
        self.bond_shares[account] = share
        return share

    # ------------------------------------------------------------------------------------- views

    def delivery(self, time: int) -> Delivery:
        """Where the delivery stands at `time`, which is not before what was done last."""
        if self.sale.status(time) is not Status.SUCCEEDED:
            return Delivery(status=EscrowStatus.WAITING)
        current, since, made = 0, 0, len(self._attestations)
        until = time if self._delisted_at is None else min(time, self._delisted_at)
        for attestation in self._attestations:
            end = attestation.time + self.terms.objection_seconds
            if attestation.vetoed_at is None and end <= until:
                current, since = attestation.milestone + 1, end
        bps = self.terms.initial_bps
        bps += sum(milestone.share_bps for milestone in self.terms.milestones[:current])
        if current == len(self.terms.milestones):
            return Delivery(
                status=EscrowStatus.DELIVERED, current=current, attestations=made, released_bps=bps
            )

        tries = [each for each in self._attestations if each.milestone == current]
        vetoes = [each.vetoed_at for each in tries if each.vetoed_at is not None]
        pending = tries[-1] if len(tries) > len(vetoes) else None
        due = self.terms.milestones[current].deadline + self.terms.grace_seconds
        missed_at = inf if pending else max([due, since, *vetoes])
        delisted_at = inf if self._delisted_at is None else self._delisted_at
        exit_at = min(missed_at, delisted_at)
        if exit_at > time:
            return Delivery(
                status=EscrowStatus.DELIVERING,
                current=current,
                attested_at=pending.time if pending else 0,
                objected=pending.objected if pending else 0,
                attestations=made,
                exit_at=0 if pending else due,
                released_bps=bps,
            )
        is_open = time < exit_at + self.terms.exit_seconds
        return Delivery(
            status=EscrowStatus.EXITING if is_open else EscrowStatus.ENDED,
            current=current,
            attestations=made,
            exit_at=int(exit_at),
            released_bps=bps,
        )

    def releasable(self, time: int) -> int:
        """What `release` would pay."""
        return self._free(time) - self.released

    def unreleased(self, time: int) -> int:
        """What of the proceeds is not free for the project."""
        return self._proceeds - self._free(time)

    def exit_of(self, account: str, time: int) -> ExitPayment:
        """What `exit` would return and pay at `time`, were the exit right open."""
        has_exited = self.sale.position_of(account).stage is Stage.EXITED
        if has_exited or self.sale.status(time) is not Status.SUCCEEDED:
            return ExitPayment(returned=0, amount=0)
        allotted = self.sale.allotment_of(account)
        returned = allotted - vested_down(allotted, self.sale.terms.vesting, time)
        if returned == 0:
            return ExitPayment(returned=0, amount=0)
        sold, _ = self.sale.outcome
        amount = mul_div_down(self.unreleased(time), returned, sold)
        return ExitPayment(returned=returned, amount=amount)

    def has_objected(self, account: str) -> bool:
        """Whether the account has objected to the latest attestation."""
        return bool(self._attestations) and account in self._attestations[-1].objections

    @property
    def is_delisted(self) -> bool:
        return self._delisted_at is not None

    @property
    def attestations(self) -> int:
        """So far, of all milestones, vetoed ones too; also while the sale has not succeeded."""
        return len(self._attestations)

    @property
    def held(self) -> int:
        """Payment that is still here of the proceeds, as soon as they were collected."""
        return self._proceeds - self.released - self.exited - self.remainder

    @property
    def bond_held(self) -> int:
        """What is still here of the bond."""
        return self.bond - sum(self.bond_shares.values())

    @property
    def _proceeds(self) -> int:
        _, proceeds = self.sale.outcome
        return proceeds

    def _free(self, time: int) -> int:
        return mul_div_down(self._proceeds, self.delivery(time).released_bps, BASIS_POINTS)

    def _weight_of(self, account: str) -> int:
        weight = self.sale.weight_of(account)
        if weight == 0:
            raise _refusal("NoWeight", account)
        return weight

    def _require(self, status: EscrowStatus, time: int) -> Delivery:
        delivery = self.delivery(time)
        if delivery.status is not status:
            raise _refusal("WrongStatus", delivery.status, status)
        return delivery

    def _collected(self, amount: int) -> int:
        if amount == 0:
            raise _refusal("NothingToCollect")
        return amount


def _refusal(reason: str, *args: object) -> LedgerRefusal:
    return LedgerRefusal(f"ProceedsEscrow_{reason}", *args)
