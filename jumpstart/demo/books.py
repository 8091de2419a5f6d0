"""The books of a sale that is over: who paid what and got what, read from the chain alone, and held
against the books of the model, figure by figure.

Knows base units. Tokens moved are taken from the tokens' own Transfer events and not from what the
sale says of itself.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from jumpstart.chain.abi import Entry as Log
from jumpstart.chain.abi import Event
from jumpstart.chain.client import Contract
from jumpstart.chain.sale import Sale
from jumpstart.errors import CheckError

Unit = Literal["tokens", "payment", "count"]
"""What a figure counts: base units of the sale token, of the payment token, or things."""

SUCCEEDED: Final = 2
"""`Status.Succeeded` on chain."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One account: tokens `subscribed` in each session, `allotted` in all, and moved to it in the
    end; payment that went in and came back.
    """

    subscribed: tuple[int, ...]
    allotted: int
    paid_in: int
    paid_back: int
    tokens: int

    @property
    def cost(self) -> int:
        """Payment that stayed in the sale."""
        return self.paid_in - self.paid_back


@dataclass(frozen=True, kw_only=True)
class Row:
    """Subscriptions of one coefficient in one session: tokens, and accounts."""

    coefficient: int
    subscribed: int
    accounts: int
    newcomers: int


@dataclass(frozen=True, kw_only=True)
class Round:
    """A session: its demand by coefficient, and its settlement. All zero: none is kept."""

    rows: tuple[Row, ...]
    full_from: int
    remaining: int
    weight: int

    @property
    def subscribed(self) -> int:
        """Tokens subscribed by all."""
        return sum(row.subscribed for row in self.rows)


@dataclass(frozen=True, kw_only=True)
class Books:
    """A whole sale. Tokens: supply, unsold, dust and what is left in the contract. Payment:
    proceeds without the fee, the fee, dust and what is left.
    """

    succeeded: bool
    entries: Mapping[str, Entry]
    rounds: tuple[Round, ...]
    supply: int
    unsold: int
    proceeds: int
    fee: int
    dust_tokens: int
    dust_payment: int
    left_tokens: int
    left_payment: int

    @property
    def deposits(self) -> int:
        """Payment that went in."""
        return sum(entry.paid_in for entry in self.entries.values())

    @property
    def paid_back(self) -> int:
        """Payment that came back: surpluses and refunds."""
        return sum(entry.paid_back for entry in self.entries.values())

    @property
    def allotted(self) -> int:
        """Tokens allotted to all."""
        return sum(entry.allotted for entry in self.entries.values())

    @property
    def tokens(self) -> int:
        """Tokens that went to buyers."""
        return sum(entry.tokens for entry in self.entries.values())


@dataclass(frozen=True, kw_only=True)
class Check:
    """A figure that was checked: `found` on chain, `expected` by the model or by another sum.

    Behind a sum over accounts stand `accounts` comparisons, one for each.
    """

    name: str
    found: int
    expected: int
    unit: Unit
    accounts: int = 0


def reconcile(chain: Books, model: Books) -> list[Check]:
    """All checks. Raises `CheckError` naming the first figure that differs."""
    checks = list(_checks(chain, model))
    for check in checks:
        if check.found != check.expected:
            raise CheckError(f"{check.name}: {check.found} on chain, expected {check.expected}")
    return checks


def _checks(chain: Books, model: Books) -> Iterator[Check]:
    def check(name: str, found: int, expected: int, unit: Unit, accounts: int = 0) -> Check:
        return Check(name=name, found=found, expected=expected, unit=unit, accounts=accounts)

    yield check("outcome, 1 for success", chain.succeeded, model.succeeded, "count")
    yield check("accounts that subscribed", len(chain.entries), len(model.entries), "count")
    for index, (here, there) in enumerate(zip(chain.rounds, model.rounds, strict=True)):
        yield from _round_checks(f"session {index + 1}", here, there)
    yield from _entry_checks(chain, model)

    yield check("tokens unsold", chain.unsold, model.unsold, "tokens")
    yield check("tokens left by rounding", chain.dust_tokens, model.dust_tokens, "tokens")
    yield check("proceeds to the project", chain.proceeds, model.proceeds, "payment")
    yield check("fee to the platform", chain.fee, model.fee, "payment")
    yield check("payment left by rounding", chain.dust_payment, model.dust_payment, "payment")
    yield check(
        "supply = to buyers + unsold + rounding",
        chain.tokens + chain.unsold + chain.dust_tokens,
        model.supply,
        "tokens",
    )
    yield check(
        "deposits = paid back + proceeds + fee + rounding",
        chain.deposits,
        chain.paid_back + chain.proceeds + chain.fee + chain.dust_payment,
        "payment",
    )
    yield check("tokens left in the contract", chain.left_tokens, 0, "tokens")
    yield check("payment left in the contract", chain.left_payment, 0, "payment")


def _round_checks(name: str, chain: Round, model: Round) -> Iterator[Check]:
    for here, there in zip(chain.rows, model.rows, strict=True):
        where = f"{name}, coefficient {there.coefficient}"
        yield from _differences(where, here, there, _ROW_FIELDS)
    yield Check(
        name=f"{name}, subscribed with {len(model.rows)} coefficients",
        found=chain.subscribed,
        expected=model.subscribed,
        unit="tokens",
    )
    yield from _figures(name, chain, model, _ROUND_FIELDS)


def _entry_checks(chain: Books, model: Books) -> Iterator[Check]:
    for account, there in model.entries.items():
        here = chain.entries.get(account)
        if here is None:
            yield Check(name=f"subscriptions of {account}", found=0, expected=1, unit="count")
            continue
        for index, subscribed in enumerate(there.subscribed):
            if here.subscribed[index] != subscribed:
                yield Check(
                    name=f"{account}, subscribed in session {index + 1}",
                    found=here.subscribed[index],
                    expected=subscribed,
                    unit="tokens",
                )
        yield from _differences(account, here, there, _ENTRY_FIELDS)
    for check in _figures("every buyer", chain, model, _SUMS):
        yield replace(check, accounts=len(model.entries))


Field = tuple[str, str, Unit]
"""An attribute, what it is called, and its unit."""

_ROW_FIELDS: Final[tuple[Field, ...]] = (
    ("subscribed", "subscribed", "tokens"),
    ("accounts", "accounts", "count"),
    ("newcomers", "newcomers", "count"),
)
_ROUND_FIELDS: Final[tuple[Field, ...]] = (
    ("full_from", "least coefficient allotted in full", "count"),
    ("remaining", "tokens shared by the others", "tokens"),
    ("weight", "their weight, coefficient times base units", "count"),
)
_ENTRY_FIELDS: Final[tuple[Field, ...]] = (
    ("allotted", "tokens allotted", "tokens"),
    ("tokens", "tokens received", "tokens"),
    ("paid_in", "paid in", "payment"),
    ("paid_back", "paid back", "payment"),
)
_SUMS: Final[tuple[Field, ...]] = (
    ("allotted", "tokens allotted", "tokens"),
    ("tokens", "tokens received", "tokens"),
    ("deposits", "paid in", "payment"),
    ("paid_back", "paid back", "payment"),
)


def _figures(name: str, chain: object, model: object, fields: tuple[Field, ...]) -> Iterator[Check]:
    for field, words, unit in fields:
        yield Check(
            name=f"{name}, {words}",
            found=getattr(chain, field),
            expected=getattr(model, field),
            unit=unit,
        )


def _differences(
    name: str, chain: object, model: object, fields: tuple[Field, ...]
) -> Iterator[Check]:
    """Only the figures that differ: hundreds that agree would bury the sums."""
    return (
        check for check in _figures(name, chain, model, fields) if check.found != check.expected
    )


# ------------------------------------------------------------------------------ read from the chain


def read_books(sale: Sale, *, from_block: int) -> Books:
    """The books of a sale from its first block on. Raises `CheckError` when an event of the sale
    says other amounts than the tokens moved in its transaction.
    """
    chain = sale.chain
    movements = _Movements(sale, from_block)
    positions: dict[str, _Draft] = defaultdict(lambda: _Draft(len(sale.terms.sessions)))
    settled: list[Event] = []
    sums: dict[str, int] = defaultdict(int)
    for event in movements.events:
        moved = movements.of(event.transaction_hash)
        match event.name:
            case "Subscribed":
                position = positions[event.args["account"]]
                position.subscribed[len(settled)] += event.args["accepted"]
                position.paid_in += moved.payment_in
                position.paid_back += moved.payment_out
            case "Claimed" | "Refunded":
                position = positions[event.args["account"]]
                _require_moved(event, "refund", moved.payment_out)
                if event.name == "Claimed":
                    _require_moved(event, "tokens", moved.tokens_out)
                position.tokens += moved.tokens_out
                position.paid_back += moved.payment_out
            case "SessionSettled":
                settled.append(event)
            case "ProceedsCollected" | "FeeCollected":
                _require_moved(event, "amount", moved.payment_out)
                sums[event.name] += moved.payment_out
            case "UnsoldCollected":
                _require_moved(event, "amount", moved.tokens_out)
                sums[event.name] += moved.tokens_out
            case "RemaindersSwept":
                sums["dust_tokens"] += moved.tokens_out
                sums["dust_payment"] += moved.payment_out
    succeeded = sale.contract.call("status") == SUCCEEDED
    accounts = list(positions)
    allotments = chain.call_many([(sale.contract, "allotmentOf", (each,)) for each in accounts])
    return Books(
        succeeded=succeeded,
        entries={
            account: Entry(
                subscribed=tuple(positions[account].subscribed),
                allotted=allotted if succeeded else 0,
                paid_in=positions[account].paid_in,
                paid_back=positions[account].paid_back,
                tokens=positions[account].tokens,
            )
            for account, allotted in zip(accounts, allotments, strict=True)
        },
        rounds=tuple(_round_of(sale, index, settled) for index in range(len(sale.terms.sessions))),
        supply=movements.funded,
        unsold=sums["UnsoldCollected"],
        proceeds=sums["ProceedsCollected"],
        fee=sums["FeeCollected"],
        dust_tokens=sums["dust_tokens"],
        dust_payment=sums["dust_payment"],
        left_tokens=sale.sale_token.call("balanceOf", sale.address),
        left_payment=sale.payment_token.call("balanceOf", sale.address),
    )


class _Draft:
    """An entry while it is added up."""

    def __init__(self, sessions: int) -> None:
        self.subscribed = [0] * sessions
        self.paid_in = self.paid_back = self.tokens = 0


@dataclass(frozen=True, kw_only=True)
class _Moved:
    """What one transaction moved between the sale and others."""

    payment_in: int
    tokens_out: int
    payment_out: int


class _Movements:
    """The events of a sale, and by transaction what its two tokens moved."""

    def __init__(self, sale: Sale, from_block: int) -> None:
        chain, tokens, payment = sale.chain, sale.sale_token, sale.payment_token
        addresses = [sale.address, tokens.address, payment.address]
        logs = chain.logs(addresses, from_block=from_block, to_block=chain.block_number())
        self.events = sale.contract.events(logs)
        self._tokens_in, self._tokens_out = _transfers(tokens, logs, sale.address)
        self._payment_in, self._payment_out = _transfers(payment, logs, sale.address)

    def of(self, transaction_hash: str) -> _Moved:
        """What the transaction moved; perhaps nothing."""
        return _Moved(
            payment_in=self._payment_in[transaction_hash],
            tokens_out=self._tokens_out[transaction_hash],
            payment_out=self._payment_out[transaction_hash],
        )

    @property
    def funded(self) -> int:
        """Sale tokens that ever went in."""
        return self._tokens_in.total()


def _transfers(
    token: Contract, logs: Sequence[Log], address: str
) -> tuple[Counter[str], Counter[str]]:
    """What went to the address and what left it, by transaction."""
    received: Counter[str] = Counter()
    sent: Counter[str] = Counter()
    for transfer in token.events(logs, "Transfer"):
        source, target, amount = transfer.args.values()
        received[transfer.transaction_hash] += amount if target == address else 0
        sent[transfer.transaction_hash] += amount if source == address else 0
    return received, sent


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


def _require_moved(event: Event, figure: str, moved: int) -> None:
    said = event.args[figure]
    if said != moved:
        raise CheckError(f"{event.name}.{figure}: the event says {said}, the token moved {moved}")
