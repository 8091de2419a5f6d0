"""The ledger: an exact model of a whole sale, from its first subscription to its last claim or exit.

It is written from the rules of `interfaces/ISubscriptionSale.sol`, not from the contract's code,
and serves as its oracle in tests and as the preview before anybody pays. A refusal bears the name
and the arguments of the contract's custom error.

Knows accounts by any spelling that it is given, their published holdings, and a clock that the
caller moves. Passes, proofs, signatures and transfers are beyond it: an account without a holding
is refused as one with a wrong proof. So is what an exit is paid for the tokens it returns, which is
the escrow's to know. The holdings are in force when the ledger opens.
"""

from collections.abc import KeysView, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Final

from jumpstart.allotment import tiered
from jumpstart.allotment.tiered import Outcome, allotment_down, sold_down, sold_up
from jumpstart.amounts import BASIS_POINTS, UINT104_MAX, mul_div_down
from jumpstart.errors import LedgerRefusal
from jumpstart.holdings import coefficient_of
from jumpstart.schedule import vested_down
from jumpstart.terms import SaleTerms

MAX_DEMAND: Final = 2**107 - 1
"""Most tokens subscribed in a session by one coefficient."""


class Status(IntEnum):
    """Where the sale stands, numbered as on chain."""

    FUNDED = 0
    SUCCEEDED = 1
    FAILED = 2


class Stage(IntEnum):
    """What an account has done last, numbered as on chain."""

    NONE = 0
    SUBSCRIBED = 1
    CLAIMED = 2
    REFUNDED = 3
    EXITED = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Position:
    """A participant. `allotted`: tokens won in earlier sessions, once claimed or exited in all, once
    refunded the weight. `amount`: tokens subscribed in `session`, once claimed those released so
    far, once exited those kept, once refunded 0. `tier`: row of the table.
    """

    allotted: int = 0
    amount: int = 0
    session: int = 0
    tier: int = 0
    stage: Stage = Stage.NONE


@dataclass(frozen=True, kw_only=True)
class Demand(tiered.Demand):
    """Subscriptions of one coefficient in one session; `newcomers` were in no earlier session."""

    newcomers: int


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What a subscription took: tokens `accepted`, and of payment what was `due` or, where earlier
    sessions left a `surplus`, given back. One of the last two is 0.
    """

    accepted: int
    due: int
    surplus: int


@dataclass(frozen=True, kw_only=True)
class Payout:
    """What a claim pays: `tokens`, and `refund` in payment."""

    tokens: int
    refund: int


@dataclass(frozen=True, kw_only=True)
class Exit:
    """What an exit moves: `tokens` and `refund` to the account, as a last claim; what was `returned`
    goes back.
    """

    tokens: int
    returned: int
    refund: int


@dataclass(frozen=True, kw_only=True)
class Remainders:
    """What rounding leaves behind when every claim is over: `tokens` and `payment`."""

    tokens: int
    payment: int


_NOTHING: Final = Position()


class Ledger:
    """A sale of `terms` to accounts with these published `holdings`."""

    def __init__(self, terms: SaleTerms, holdings: Mapping[str, int]) -> None:
        self.terms = terms
        self.outcomes: list[Outcome] = []  # of the sessions settled so far
        self._holdings = holdings
        self._positions: dict[str, Position] = {}
        self._demands = [
            {
                tier.coefficient: Demand(subscribed=0, accounts=0, newcomers=0)
                for tier in terms.tiers
            }
            for _ in terms.sessions
        ]
        self._latest = [0 for _ in terms.sessions]  # times of the latest subscriptions
        self._status = Status.FUNDED
        self._kept = 0  # outcomes that count: not the one with which the soft cap was missed
        self._is_void = False

    # ------------------------------------------------------------------------------- subscribing

    def subscribe(self, account: str, amount: int, time: int) -> Receipt:
        """Subscribes `amount` more tokens in the session that is open at `time`, or as many of them
        as its limit leaves.

        Raises `LedgerRefusal`, in this order: Closed, NotOpen, EarlierSessionUnsettled; WrongStatus
        when it was voided; on the first subscription ProofInvalid, HoldingTooLow; CapExceeded,
        BelowMinimum, LimitReached, DemandTooLarge. The cap and the minimum are about what was asked
        for.
        """
        deal, index = self.terms.deal, self._open_session(time)
        if self._is_void:
            raise _refusal("WrongStatus", Status.FAILED, Status.FUNDED)
        before, folded = self.position_of(account), self._fold(account, index)
        room = (deal.account_cap or UINT104_MAX) - folded.allotted - folded.amount
        if amount > room:
            raise _refusal("CapExceeded", amount, room)
        subscribed = folded.amount + amount
        if amount == 0 or subscribed < deal.minimum:
            raise _refusal("BelowMinimum", subscribed, deal.minimum)
        accepted = amount
        if limit := self.terms.sessions[index].limit:
            if self._is_filled(index):
                raise _refusal("LimitReached", amount, limit)
            accepted = min(amount, limit - self._subscribed(index))

        coefficient = self.terms.tiers[folded.tier].coefficient
        demand = self._demands[index][coefficient]
        if demand.subscribed + accepted > MAX_DEMAND:
            raise _refusal("DemandTooLarge", accepted, MAX_DEMAND - demand.subscribed)
        self._demands[index][coefficient] = Demand(
            subscribed=demand.subscribed + accepted,
            accounts=demand.accounts + (folded.amount == 0),
            newcomers=demand.newcomers + (before.stage is Stage.NONE),
        )
        deposit = self.deposit_of(account)
        self._latest[index] = time
        self._positions[account] = replace(folded, amount=folded.amount + accepted)
        due = self.deposit_of(account) - deposit
        return Receipt(accepted=accepted, due=max(due, 0), surplus=max(-due, 0))

    def _open_session(self, time: int) -> int:
        for index, session in enumerate(self.terms.sessions):
            if time < session.start:
                raise _refusal("NotOpen", time, session.start)
            if time < session.end:
                if index > len(self.outcomes):
                    raise _refusal("EarlierSessionUnsettled", index - 1)
                return index
        raise _refusal("Closed", time, self.terms.sessions[-1].end)

    def _fold(self, account: str, index: int) -> Position:
        """The account's position in the session `index`, earlier ones settled into `allotted`."""
        position = self.position_of(account)
        if position.stage is Stage.NONE:
            return Position(session=index, tier=self._tier_of(account), stage=Stage.SUBSCRIBED)
        if position.session == index:
            return position
        return replace(position, allotted=self.allotment_of(account), amount=0, session=index)

    def _tier_of(self, account: str) -> int:
        tiers = self.terms.tiers
        if account not in self._holdings:
            raise _refusal("ProofInvalid", account, 0)
        holding = self._holdings[account]
        coefficient = coefficient_of(holding, tiers)
        if coefficient == 0:
            raise _refusal("HoldingTooLow", holding, tiers[0].threshold)
        return next(row for row, tier in enumerate(tiers) if tier.coefficient == coefficient)

    # ---------------------------------------------------------------------------------- settling

    def settle(self, time: int) -> Outcome:
        """Settles the next session, when its window is over or its limit was reached before `time`;
        the last one decides success or failure.

        Raises `LedgerRefusal`: WrongStatus, SettlementTooLate, SessionRunning.
        """
        index, deadline = len(self.outcomes), self.terms.settle_deadline
        self._require(self._status, Status.FUNDED)
        if time >= deadline:
            raise _refusal("SettlementTooLate", time, deadline)
        session = self.terms.sessions[index]
        if time < session.end and not (self._is_filled(index) and time > self._latest[index]):
            raise _refusal("SessionRunning", time, session.end)
        outcome = tiered.settle(session.supply, self._demands[index])
        self.outcomes.append(outcome)
        if len(self.outcomes) == len(self.terms.sessions):
            reached = self.raised >= self.terms.deal.soft_cap
            self._status = Status.SUCCEEDED if reached else Status.FAILED
        self._kept += self._status is not Status.FAILED
        return outcome

    def void(self, time: int) -> None:
        """Ends the sale before it is settled: everybody takes a full refund.

        Raises `LedgerRefusal`: WrongStatus.
        """
        self._require(self.status(time), Status.FUNDED)
        self._status = Status.FAILED
        self._is_void = True

    # ---------------------------------------------------------------------------------- claiming

    def claim(self, account: str, time: int) -> Payout:
        """Takes what has vested and, the first time, the whole refund.

        Raises `LedgerRefusal`: WrongStatus, NothingSubscribed; NothingToClaim from the second time
        on, when nothing has vested since.
        """
        self._require(self.status(time), Status.SUCCEEDED)
        position, payout = self._participant(account), self.claimable_of(account, time)
        if position.stage is not Stage.SUBSCRIBED and payout.tokens == 0:
            raise _refusal("NothingToClaim", account)
        self._positions[account] = self._paid(account, payout, Stage.CLAIMED)
        return payout

    def claim_refund(self, account: str, time: int) -> int:
        """Takes the refund alone, the first time; what has vested stays to be claimed.

        Raises `LedgerRefusal`: WrongStatus, NothingSubscribed, NothingToClaim.
        """
        self._require(self.status(time), Status.SUCCEEDED)
        position = self._participant(account)
        if position.stage is not Stage.SUBSCRIBED:
            raise _refusal("NothingToClaim", account)
        refund = self.claimable_of(account, time).refund
        self._positions[account] = self._paid(
            account, Payout(tokens=0, refund=refund), Stage.CLAIMED
        )
        return refund

    def exit(self, account: str, time: int, *, with_tokens: bool = True) -> Exit:
        """Takes what has vested and the refund for the last time; what has not vested goes back.
        Without tokens, what has vested and was not claimed is given up as well.

        Raises `LedgerRefusal`: WrongStatus, NothingSubscribed; NothingToReturn when everything has
        vested, and the second time.
        """
        self._require(self.status(time), Status.SUCCEEDED)
        position, payout = self._participant(account), self.claimable_of(account, time)
        exited = self._paid(account, payout, Stage.EXITED)
        returned = exited.allotted - exited.amount
        if not with_tokens:
            exited = replace(exited, amount=exited.amount - payout.tokens)
            payout = replace(payout, tokens=0)
        if returned == 0 or position.stage is Stage.EXITED:
            raise _refusal("NothingToReturn", account)
        self._positions[account] = exited
        return Exit(tokens=payout.tokens, returned=returned, refund=payout.refund)

    def _paid(self, account: str, payout: Payout, stage: Stage) -> Position:
        """The account's position when this is paid."""
        position = self.position_of(account)
        released = 0 if position.stage is Stage.SUBSCRIBED else position.amount
        return replace(
            position,
            allotted=self.allotment_of(account),
            amount=released + payout.tokens,
            session=0,
            stage=stage,
        )

    def refund(self, account: str, time: int) -> int:
        """Takes the whole deposit back after a failure.

        Raises `LedgerRefusal`: WrongStatus, NothingSubscribed; NothingToClaim the second time.
        """
        self._require(self.status(time), Status.FAILED)
        position, deposit = self._participant(account), self.deposit_of(account)
        if position.stage is Stage.REFUNDED:
            raise _refusal("NothingToClaim", account)
        self._positions[account] = Position(
            allotted=self.weight_of(account), tier=position.tier, stage=Stage.REFUNDED
        )
        return deposit

    def _participant(self, account: str) -> Position:
        position = self.position_of(account)
        if position.stage is Stage.NONE:
            raise _refusal("NothingSubscribed", account)
        return position

    # ------------------------------------------------------------------------------------- views

    @property
    def accounts(self) -> KeysView[str]:
        """Everybody that has ever subscribed, in the order of their first subscription."""
        return self._positions.keys()

    def settlement_of(self, session: int) -> Outcome | None:
        """The outcome that the sale keeps; None where there is none, or the soft cap was missed."""
        return self.outcomes[session] if session < self._kept else None

    def latest_of(self, session: int) -> int:
        """When somebody last subscribed in the session; 0: nobody has."""
        return self._latest[session]

    def status(self, time: int) -> Status:
        """Where the sale stands: a sale that nobody settled in time has failed."""
        if self._status is Status.FUNDED and time >= self.terms.settle_deadline:
            return Status.FAILED
        return self._status

    def demand_of(self, session: int, tier: int) -> Demand:
        """Subscriptions of a row of the coefficient table in a session."""
        return self._demands[session][self.terms.tiers[tier].coefficient]

    def position_of(self, account: str) -> Position:
        """The account's position, as its slot on chain has it."""
        return self._positions.get(account, _NOTHING)

    def allotment_of(self, account: str) -> int:
        """Tokens allotted to the account in all settled sessions, but for the one with which the
        soft cap was missed. Once refunded: none.
        """
        position = self.position_of(account)
        if position.stage is Stage.REFUNDED:
            return 0
        if position.stage is not Stage.SUBSCRIBED or position.session >= self._kept:
            return position.allotted
        coefficient = self.terms.tiers[position.tier].coefficient
        outcome = self.outcomes[position.session]
        return position.allotted + allotment_down(position.amount, coefficient, outcome)

    def weight_of(self, account: str) -> int:
        """Tokens that the account weighs among participants: allotted in settled sessions, and
        subscribed to in the one that is not. Stays when it has claimed, exited or been refunded.
        """
        position = self.position_of(account)
        if position.stage is Stage.SUBSCRIBED and position.session >= self._kept:
            return position.allotted + position.amount
        if position.stage is Stage.REFUNDED:
            return position.allotted
        return self.allotment_of(account)

    @property
    def total_weight(self) -> int:
        """The weight of all participants, never less than the sum of theirs; not when the soft cap
        was missed.
        """
        settled = len(self.outcomes)
        waiting = self._subscribed(settled) if settled < len(self.terms.sessions) else 0
        return self.sold_up + waiting

    def deposit_of(self, account: str) -> int:
        """Payment that the account has in the sale: the cost of all it is allotted and subscribed
        to, rounded up.
        """
        position = self.position_of(account)
        if position.stage is Stage.REFUNDED:
            return 0
        waiting = position.amount if position.stage is Stage.SUBSCRIBED else 0
        return self.terms.cost_up(position.allotted + waiting)

    def claimable_of(self, account: str, time: int) -> Payout:
        """What a claim or, after a failure, a refund would pay now."""
        position, deposit = self.position_of(account), self.deposit_of(account)
        match self.status(time):
            case Status.SUCCEEDED:
                allotted = self.allotment_of(account)
                if position.stage is Stage.EXITED:
                    return Payout(tokens=0, refund=0)
                released = position.amount if position.stage is Stage.CLAIMED else 0
                vested = vested_down(allotted, self.terms.vesting, time)
                refund = deposit - self.terms.cost_up(allotted)
                return Payout(tokens=vested - released, refund=refund)
            case Status.FAILED:
                return Payout(tokens=0, refund=deposit)
            case _:
                return Payout(tokens=0, refund=0)

    @property
    def sold_up(self) -> int:
        """Tokens sold in settled sessions, before rounding."""
        return sum(
            sold_up(session.supply, demands)
            for session, demands, _ in zip(
                self.terms.sessions, self._demands, self.outcomes, strict=False
            )
        )

    @property
    def sold_down(self) -> int:
        """Tokens surely allotted in settled sessions."""
        return sum(
            sold_down(outcome, demands)
            for outcome, demands in zip(self.outcomes, self._demands, strict=False)
        )

    @property
    def raised(self) -> int:
        """Payment for what is sold, rounded down: what the soft cap is compared with."""
        return self.terms.cost_down(self.sold_up)

    @property
    def proceeds(self) -> int:
        """Payment that leaves the sale, fee included: what participants are sure to owe."""
        succeeded = self._status is Status.SUCCEEDED
        return self.terms.cost_down(self.sold_down) if succeeded else 0

    @property
    def fee(self) -> int:
        """The share of the proceeds that is the fee, rounded down."""
        return mul_div_down(self.proceeds, self.terms.parties.fee_bps, BASIS_POINTS)

    @property
    def outcome(self) -> tuple[int, int]:
        """Tokens sold, before rounding, and the proceeds less the fee; 0 and 0 until it succeeds."""
        succeeded = self._status is Status.SUCCEEDED
        return (self.sold_up if succeeded else 0, self.proceeds - self.fee)

    def unsold(self, time: int) -> int:
        """Tokens that nobody is allotted; after a failure all of them. 0 before either."""
        match self.status(time):
            case Status.SUCCEEDED:
                return self.terms.supply - self.sold_up
            case Status.FAILED:
                return self.terms.supply
            case _:
                return 0

    @property
    def remainders(self) -> Remainders:
        """What stays when everybody has claimed everything, once the sale has succeeded."""
        if self._status is not Status.SUCCEEDED:
            return Remainders(tokens=0, payment=0)
        allotments = [self.allotment_of(account) for account in self._positions]
        return Remainders(
            tokens=self.sold_up - sum(allotments),
            payment=sum(map(self.terms.cost_up, allotments)) - self.proceeds,
        )

    def _subscribed(self, index: int) -> int:
        return sum(demand.subscribed for demand in self._demands[index].values())

    def _is_filled(self, index: int) -> bool:
        limit = self.terms.sessions[index].limit
        return limit != 0 and self._subscribed(index) == limit

    def _require(self, actual: Status, required: Status) -> None:
        if actual is not required:
            raise _refusal("WrongStatus", actual, required)


def _refusal(reason: str, *args: object) -> LedgerRefusal:
    return LedgerRefusal(f"SubscriptionSale_{reason}", *args)
