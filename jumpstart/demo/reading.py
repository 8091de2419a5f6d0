"""Reading: the books of a run, from the chain alone.

What moved is taken from the tokens' own Transfer events and not from what the contracts say of
themselves; where an event says another amount, that is an error.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from jumpstart.chain.abi import Entry as Log
from jumpstart.chain.abi import Event
from jumpstart.chain.client import Chain, Contract
from jumpstart.chain.platform import Platform
from jumpstart.chain.sale import Sale
from jumpstart.demo.books import (
    BondBooks,
    Books,
    Entry,
    EscrowBooks,
    Exit,
    Flow,
    GrantBooks,
    Round,
    Row,
    SaleBooks,
    VaultBooks,
)
from jumpstart.errors import CheckError
from jumpstart.ledger import Status


def read_books(platform: Platform, sale: Sale) -> Books:
    """The books since the first block: of all applications, and of the sale where it is listed.

    Raises `CheckError` when an event says other amounts than the tokens moved in its transaction.
    """
    review, bond_token = platform.review, platform.bond_token
    is_listed = platform.launchpad.call("saleOf", sale.application) == sale.address
    contracts = [review, bond_token]
    if is_listed:
        parts = (sale.contract, sale.escrow, sale.sale_token, sale.payment_token)
        contracts += [*parts, platform.vesting_vault]
    record = _Record(platform.chain, contracts)
    return Books(
        bonds=_bonds(record, review, sale.escrow if is_listed else None, bond_token),
        sale=_Reader(record, sale, platform.vesting_vault).books() if is_listed else None,
    )


class _Record:
    """The logs of some contracts, and by transaction what tokens moved."""

    def __init__(self, chain: Chain, contracts: Sequence[Contract]) -> None:
        self._chain = chain
        addresses = sorted({contract.address for contract in contracts})
        self._logs: Sequence[Log] = chain.logs(
            addresses, from_block=0, to_block=chain.block_number()
        )
        self._moves: dict[str, list[tuple[str, str, str, int]]] = defaultdict(list)
        for token in contracts:
            if token.artifact.name == "ProjectToken":
                for transfer in token.events(self._logs, "Transfer"):
                    move = (token.address, *transfer.args.values())
                    self._moves[transfer.transaction_hash].append(move)
        self._times: dict[int, int] = {}

    def events(self, contract: Contract, name: str | None = None) -> list[Event]:
        """The events of a contract, in their order."""
        return contract.events(self._logs, name)

    def moved(
        self,
        event: Event,
        token: Contract,
        *,
        source: str | None = None,
        target: str | None = None,
    ) -> int:
        """What the event's transaction moved of the token, from and to these addresses."""
        return sum(
            amount
            for moved, giver, taker, amount in self._moves[event.transaction_hash]
            if moved == token.address and source in (None, giver) and target in (None, taker)
        )

    def received(self, token: Contract, target: str) -> int:
        """What ever went to an address."""
        return sum(
            amount
            for moves in self._moves.values()
            for moved, _, taker, amount in moves
            if moved == token.address and taker == target
        )

    def time_of(self, event: Event) -> int:
        """When the event's block was mined."""
        number = event.block_number
        if number not in self._times:
            self._times[number] = self._chain.header(number).timestamp
        return self._times[number]

    def flow(self, event: Event, amount: int) -> Flow:
        """What moved then."""
        return Flow(time=self.time_of(event), amount=amount)


def _require_moved(event: Event, figure: str, moved: int) -> int:
    said: int = event.args[figure]
    if said != moved:
        raise CheckError(f"{event.name}.{figure}: the event says {said}, the token moved {moved}")
    return moved


# -------------------------------------------------------------------------------------- the bonds


def _bonds(
    record: _Record, review: Contract, escrow: Contract | None, token: Contract
) -> BondBooks:
    sums: dict[str, int] = defaultdict(int)
    returns = []
    for event in record.events(review):
        into = record.moved(event, token, target=review.address)
        match event.name:
            case "Applied":
                sums["paid_in"] += into
            case "HoldingsChallenged":
                sums["challenged"] += into
            case "BondReturned":
                out = record.moved(event, token, target=event.args["applicant"])
                returns.append(record.flow(event, _require_moved(event, "amount", out)))
            case "ChallengeBondPaid":
                out = record.moved(event, token, target=event.args["to"])
                sums["challenges_returned"] += _require_moved(event, "amount", out)
            case "Delisted":
                out = record.moved(event, token, source=review.address)
                sums["slashed"] += _require_moved(event, "slashed", out)
    shares: dict[str, int] = {}
    if escrow is not None:
        for event in record.events(escrow, "BondShared"):
            account = event.args["account"]
            out = record.moved(event, token, source=escrow.address, target=account)
            shares[account] = _require_moved(event, "amount", out)
    return BondBooks(
        paid_in=sums["paid_in"],
        returns=tuple(returns),
        slashed=sums["slashed"],
        shares=shares,
        challenged=sums["challenged"],
        challenges_returned=sums["challenges_returned"],
        left=token.call("balanceOf", review.address),
        left_to_share=token.call("balanceOf", escrow.address) if escrow else 0,
    )


# --------------------------------------------------------------------------------------- the sale


class _Draft:
    """An entry while it is added up."""

    def __init__(self, sessions: int) -> None:
        self.subscribed = [0] * sessions
        self.paid_in = self.paid_back = self.tokens = 0


class _Reader:
    """Adds up the events of a sale, its escrow and the vault."""

    def __init__(self, record: _Record, sale: Sale, vault: Contract) -> None:
        self._record = record
        self._sale = sale
        self._vault = vault
        self._drafts: dict[str, _Draft] = defaultdict(lambda: _Draft(len(sale.terms.sessions)))
        self._settled: list[Event] = []
        self._sums: dict[str, int] = defaultdict(int)
        self._left: dict[str, Event] = {}  # by account

    def books(self) -> SaleBooks:
        """The books of the sale with everything that belongs to it."""
        for event in self._record.events(self._sale.contract):
            self._read(event)
        sale, sums = self._sale, self._sums
        succeeded = sale.contract.call("status") == Status.SUCCEEDED
        accounts = list(self._drafts)
        allotments = sale.chain.call_many(
            [(sale.contract, "allotmentOf", (each,)) for each in accounts]
        )
        return SaleBooks(
            succeeded=succeeded,
            entries={
                account: Entry(
                    subscribed=tuple(draft.subscribed),
                    allotted=allotted if succeeded else 0,
                    paid_in=draft.paid_in,
                    paid_back=draft.paid_back,
                    tokens=draft.tokens,
                )
                for (account, draft), allotted in zip(self._drafts.items(), allotments, strict=True)
            },
            rounds=tuple(
                _round_of(sale, index, self._settled) for index in range(len(sale.terms.sessions))
            ),
            supply=self._record.received(sale.sale_token, sale.address),
            unsold=sums["UnsoldCollected"],
            returned=sums["returned"],
            proceeds=sums["ProceedsCollected"],
            fee=sums["FeeCollected"],
            dust_tokens=sums["dust_tokens"],
            dust_payment=sums["dust_payment"],
            left_tokens=sale.sale_token.call("balanceOf", sale.address),
            left_payment=sale.payment_token.call("balanceOf", sale.address),
            escrow=self._escrow(),
            vault=self._vault_books(),
        )

    def _moved(self, event: Event, token: Contract, **where: str) -> int:
        return self._record.moved(event, token, **where)

    def _read(self, event: Event) -> None:
        sale, sums = self._sale, self._sums
        here = sale.address
        tokens_out = self._moved(event, sale.sale_token, source=here)
        payment_out = self._moved(event, sale.payment_token, source=here)
        match event.name:
            case "Subscribed":
                draft = self._drafts[event.args["account"]]
                draft.subscribed[len(self._settled)] += event.args["accepted"]
                draft.paid_in += self._moved(event, sale.payment_token, target=here)
                draft.paid_back += payment_out
            case "Claimed" | "Refunded":
                draft = self._drafts[event.args["account"]]
                draft.paid_back += _require_moved(event, "refund", payment_out)
                if event.name == "Claimed":
                    draft.tokens += _require_moved(event, "tokens", tokens_out)
            case "Exited":
                self._read_exit(event, tokens_out, payment_out)
            case "ReturnedCollected":
                sums["returned"] += _require_moved(event, "amount", tokens_out)
            case "SessionSettled":
                self._settled.append(event)
            case "ProceedsCollected" | "FeeCollected":
                sums[event.name] += _require_moved(event, "amount", payment_out)
            case "UnsoldCollected":
                sums[event.name] += _require_moved(event, "amount", tokens_out)
            case "RemaindersSwept":
                sums["dust_tokens"] += _require_moved(event, "tokens", tokens_out)
                sums["dust_payment"] += _require_moved(event, "payment", payment_out)

    def _read_exit(self, event: Event, tokens_out: int, payment_out: int) -> None:
        account = event.args["account"]
        draft = self._drafts[account]
        draft.paid_back += _require_moved(event, "refund", payment_out)
        draft.tokens += tokens_out
        _require_moved(event, "kept", draft.tokens)
        self._left[account] = event

    def _escrow(self) -> EscrowBooks:
        escrow, payment = self._sale.escrow, self._sale.payment_token
        releases, exits, remainder = [], {}, 0
        for event in self._record.events(escrow):
            out = self._moved(event, payment, source=escrow.address)
            match event.name:
                case "Released":
                    releases.append(self._record.flow(event, _require_moved(event, "amount", out)))
                case "ExitPaid":
                    account = event.args["account"]
                    left: Mapping[str, Any] = self._left[account].args
                    _require_moved(event, "returned", left["returned"])
                    exits[account] = Exit(
                        time=self._record.time_of(event),
                        kept=left["kept"],
                        returned=left["returned"],
                        refund=left["refund"],
                        paid=_require_moved(event, "amount", out),
                    )
                case "RemainderCollected":
                    remainder += _require_moved(event, "amount", out)
        return EscrowBooks(
            proceeds=self._record.received(payment, escrow.address),
            releases=tuple(releases),
            exits=exits,
            remainder=remainder,
            left=payment.call("balanceOf", escrow.address),
        )

    def _vault_books(self) -> VaultBooks:
        vault, token = self._vault, self._sale.sale_token
        amounts: dict[bytes, int] = {}
        released: dict[bytes, int] = defaultdict(int)
        returned: dict[bytes, int] = defaultdict(int)
        for event in self._record.events(vault):
            out = self._moved(event, token, source=vault.address)
            match event.name:
                case "GrantCreated":
                    amounts[event.args["id"]] = event.args["amount"]
                case "Released":
                    released[event.args["id"]] += _require_moved(event, "amount", out)
                case "Revoked":
                    returned[event.args["id"]] += _require_moved(event, "returned", out)
        funded = self._record.received(token, vault.address)
        if funded != sum(amounts.values()):
            raise CheckError(f"vault: {funded} came in, {sum(amounts.values())} are granted")
        return VaultBooks(
            grants=tuple(
                GrantBooks(amount=amount, released=released[grant], returned=returned[grant])
                for grant, amount in amounts.items()
            ),
            left=token.call("balanceOf", vault.address),
        )


def _round_of(sale: Sale, index: int, settled: Sequence[Event]) -> Round:
    tiers = sale.terms.tiers
    demands = sale.chain.call_many(
        [(sale.contract, "demandOf", (index, row)) for row in range(len(tiers))]
    )
    args = settled[index].args if index < len(settled) else {}
    return Round(
        rows=tuple(
            Row(
                coefficient=tier.coefficient,
                subscribed=demand.subscribed,
                accounts=demand.accounts,
                newcomers=demand.newcomers,
            )
            for tier, demand in zip(tiers, demands, strict=True)
        ),
        full_from=args.get("fullFrom", 0),
        remaining=args.get("remaining", 0),
        weight=args.get("weight", 0),
    )
