"""The figures of a receipt: all that follows from what it proves, computed without a node.

The events of an account, one after the other, lead to a position; that has to be the word that the sale
keeps of the account. The demand that the sale counted leads to settlements; these have to be the words
that it keeps of them. What the account gets is then arithmetic.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any, Final

from jumpstart.accounts import checksummed
from jumpstart.allotment.tiered import Demand, Outcome, allotment_down, settle
from jumpstart.audit.receipt.code import SaleCode, clone_of
from jumpstart.audit.receipt.proofs import Header, ProvedEvent, State, natural, unhex
from jumpstart.chain.trie import Nodes
from jumpstart.errors import InputError, ProofError
from jumpstart.hashing import keccak256
from jumpstart.holdings import coefficient_of
from jumpstart.ledger import Position, Stage, Status
from jumpstart.schedule import vested_down
from jumpstart.tree import root_from

FORMAT: Final = "jumpstart-receipt-v1"

PARTS: Final = frozenset(
    {"format", "account", "sale", "escrow", "block", "code", "holding", "events", "audit"}
)
"""What a receipt brings beside its figures. `audit` is told and not proved."""

STATE, HOLDINGS_ROOT, POSITIONS, DEMANDS, SETTLEMENTS = 0, 1, 4, 5, 6
"""Where a sale keeps what is proved: its first slot of each."""

_TOKENS: Final = 2**112 - 1  # of a session
_OWN_TOKENS: Final = 2**104 - 1  # of an account
_SALE_EVENTS: Final = frozenset({"Subscribed", "Claimed", "Refunded", "Redirected", "Exited"})


def slot_of_position(account: str) -> int:
    """Where a sale keeps the position of an account."""
    return _place(int(account, 16), POSITIONS)


def slot_of_demand(session: int, tier: int) -> int:
    """Where a sale keeps what a row of the table asked for in a session."""
    return _place(session << 128 | tier, DEMANDS)


def slots_of(account: str, code: SaleCode) -> list[int]:
    """All that have to be proved for an account."""
    sessions, tiers = range(len(code.sessions)), range(len(code.tiers))
    return [
        STATE,
        HOLDINGS_ROOT,
        slot_of_position(account),
        *(SETTLEMENTS + session for session in sessions),
        *(slot_of_demand(session, tier) for session in sessions for tier in tiers),
    ]


def verify(receipt: Mapping[str, Any]) -> dict[str, Any]:
    """The figures of a receipt, where they follow from what it proves.

    Raises `InputError` for what is no receipt, `ProofError` where a proof fails or a figure differs: it
    names the figure and both values.
    """
    figures = figures_of(receipt)
    for name, expected, found in _differences(figures, receipt.get("figures"), "figures"):
        raise ProofError(f"{name}: {expected} follows from the proofs, the receipt says {found}")
    return figures


def figures_of(receipt: Mapping[str, Any]) -> dict[str, Any]:
    """What follows from what a receipt brings. Raises `InputError`, `ProofError`."""
    try:
        if receipt["format"] != FORMAT:
            raise InputError(f"format: expected {FORMAT}, got {str(receipt['format'])[:40]}")
        _require_keys(receipt.keys() - {"figures"}, PARTS)
        _require_keys(receipt["block"].keys(), {"header", "nodes"})
        _require_keys(receipt["code"].keys(), {"sale", "escrow"})
        if receipt["holding"] is not None:
            _require_keys(receipt["holding"].keys(), {"amount", "proof"})
        return _Proved(receipt).figures()
    except (KeyError, IndexError, TypeError, ValueError, OverflowError, AttributeError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"not a receipt of this version: {type(error).__name__}: {error}"
        ) from None


class _Proved:
    """What a receipt brings, read under the state's root."""

    def __init__(self, receipt: Mapping[str, Any]) -> None:
        self.account = _spelled(receipt["account"])
        self.sale, self.escrow = _spelled(receipt["sale"]), _spelled(receipt["escrow"])
        self.block = Header.read(unhex(receipt["block"]["header"]))
        nodes = Nodes(map(unhex, receipt["block"]["nodes"]))
        self.state = State(self.block, nodes)
        self.code = SaleCode.read(self._code(self.sale, receipt["code"]["sale"]))
        self.escrow_implementation, given = clone_of(
            self._code(self.escrow, receipt["code"]["escrow"])
        )
        if given != unhex(self.sale):
            raise ProofError("the escrow is another sale's")
        self.words = {slot: self.word(slot) for slot in slots_of(self.account, self.code)}
        self.implementations = {
            name: {"address": address, "codeHash": "0x" + self.state.code_hash(address).hex()}
            for name, address in (
                ("sale", self.code.implementation),
                ("escrow", self.escrow_implementation),
            )
        }
        if nodes.unused:
            raise ProofError("the block brings nodes that prove nothing")
        self.events = self._events(receipt["events"])
        self.holding = receipt["holding"]

    def word(self, slot: int) -> int:
        return self.state.word(self.sale, slot)

    def _code(self, address: str, brought: Any) -> bytes:
        code = unhex(brought)
        expected, found = self.state.code_hash(address), keccak256(code)
        if expected != found:
            raise ProofError(
                f"code of {address}: the block has one with hash 0x{expected.hex()}, the receipt "
                f"one with 0x{found.hex()}"
            )
        return code

    def _events(self, brought: Iterable[Mapping[str, Any]]) -> list[ProvedEvent]:
        events = [ProvedEvent.read(each) for each in brought]
        places = [each.place for each in events]
        if places != sorted(set(places)):
            raise ProofError("the events are not in the order of the chain, each once")
        for each in events:
            about = each.args["account"]
            contract = self.sale if each.name in _SALE_EVENTS else self.escrow
            if (about, each.contract) != (self.account, contract):
                raise ProofError(f"an event {each.name} is not this account's in this sale")
            if each.header.number > self.block.number:
                raise ProofError(f"an event {each.name} is later than the block")
        return events

    # ------------------------------------------------------------------------------------ arithmetic

    def figures(self) -> dict[str, Any]:
        """In base units, as decimal text."""
        code, now = self.code, self.block.time
        state = self.words[STATE]
        status = Status(state & 0xFF)
        if status is Status.FUNDED and now >= code.settle_deadline:
            status = Status.FAILED
        position = _position(self.words[slot_of_position(self.account)])
        coefficient = code.tiers[position.tier].coefficient if position.stage else 0
        outcomes = [self._outcome(session) for session in range(len(code.sessions))]
        asked = self._asked(coefficient)
        allotted = [
            allotment_down(amount, coefficient, outcome) if outcome and amount else 0
            for amount, outcome in zip(asked, outcomes, strict=True)
        ]
        self._check_position(position, asked, allotted, outcomes)
        return {
            "account": self.account,
            "sale": self.sale,
            "chainId": str(code.chain_id),
            "application": str(code.application),
            "termsHash": code.terms_hash,
            "implementations": self.implementations,
            "block": str(self.block.number),
            "blockHash": self.block.hash,
            "time": str(now),
            "status": status.name.lower(),
            "stage": position.stage.name.lower(),
            "coefficient": str(coefficient),
            "holding": self._holding(position, coefficient),
            "sessions": [
                self._session(row, asked[row], allotted[row], outcomes[row])
                for row in range(len(code.sessions))
            ],
            **self._sums(status, position, sum(allotted)),
            "events": [_told(each) for each in self.events],
        }

    def _outcome(self, session: int) -> Outcome | None:
        """Of a session that is settled and counts; it has to follow from the demand."""
        word = self.words[SETTLEMENTS + session]
        if not word:
            return None
        found = Outcome(
            remaining=word & _TOKENS, weight=word >> 112 & (1 << 128) - 1, full_from=word >> 240
        )
        expected = settle(self.code.sessions[session].supply, self._demand(session))
        if found != expected:
            raise ProofError(f"session {session}: {expected} follows from the demand, not {found}")
        return found

    def _demand(self, session: int) -> dict[int, Demand]:
        words = {
            tier.coefficient: self.words[slot_of_demand(session, row)]
            for row, tier in enumerate(self.code.tiers)
        }
        return {
            coefficient: Demand(subscribed=word & _TOKENS, accounts=word >> 112 & 0xFFFFFFFF)
            for coefficient, word in words.items()
        }

    def _asked(self, coefficient: int) -> list[int]:
        """Tokens asked for in each session."""
        asked = [0] * len(self.code.sessions)
        for each in self._named("Subscribed"):
            session = self.code.session_at(each.header.time)
            if session is None or each.args["coefficient"] != coefficient:
                raise ProofError("a subscription is in no session, or with another coefficient")
            asked[session] += int(each.args["accepted"])
        return asked

    def _check_position(
        self,
        position: Position,
        asked: Sequence[int],
        allotted: Sequence[int],
        outcomes: Sequence[Outcome | None],
    ) -> None:
        """The position that the events lead to is the one that the sale keeps."""
        latest = max((row for row, amount in enumerate(asked) if amount), default=0)
        claimed = sum(int(each.args["tokens"]) for each in self._named("Claimed"))
        kept = [int(each.args["kept"]) for each in self._named("Exited")]
        stage = Stage.NONE
        if sum(asked):
            stage = Stage.SUBSCRIBED
        if self._named("Claimed"):
            stage = Stage.CLAIMED
        if kept:
            stage = Stage.EXITED
        if self._named("Refunded"):
            stage = Stage.REFUNDED
        before, amount, session = sum(allotted), claimed, 0
        if stage is Stage.SUBSCRIBED:
            before, amount, session = sum(allotted[:latest]), asked[latest], latest
        elif stage is Stage.EXITED:
            amount = kept[-1]
        elif stage is Stage.REFUNDED:
            waiting = [tokens for tokens, each in zip(asked, outcomes, strict=True) if each is None]
            before, amount = sum(allotted) + sum(waiting), 0
        expected = Position(
            allotted=before, amount=amount, session=session, tier=position.tier, stage=stage
        )
        if expected != position:
            raise ProofError(
                f"position: {expected} follows from the events, the sale has {position}"
            )

    def _holding(self, position: Position, coefficient: int) -> dict[str, Any] | None:
        """What the account was shown to hold; None where the receipt does not bring it."""
        brought = self.holding
        if brought is None:
            return None
        amount, account = natural(brought["amount"]), unhex(self.account)
        leaf = keccak256(keccak256(account.rjust(32, b"\0") + amount.to_bytes(32)))
        root = root_from(leaf, [unhex(each) for each in brought["proof"]])
        in_force = self.words[HOLDINGS_ROOT].to_bytes(32)
        if any(in_force) and root != in_force:
            raise ProofError("the holding is not in the list that is in force")
        if position.stage and coefficient_of(amount, self.code.tiers) != coefficient:
            raise ProofError(f"a holding of {amount} has not the coefficient {coefficient}")
        return {"amount": str(amount), "root": "0x" + root.hex(), "isInForce": any(in_force)}

    def _session(
        self, row: int, asked: int, allotted: int, outcome: Outcome | None
    ) -> dict[str, Any]:
        demand = self._demand(row)
        return {
            "asked": str(asked),
            "allotted": str(allotted) if outcome else None,
            "supply": str(self.code.sessions[row].supply),
            "demand": [
                {"coefficient": str(coefficient), "subscribed": str(each.subscribed)}
                for coefficient, each in demand.items()
            ],
            "settlement": outcome
            and {
                "fullFrom": str(outcome.full_from),
                "remaining": str(outcome.remaining),
                "weight": str(outcome.weight),
            },
        }

    def _sums(self, status: Status, position: Position, allotted: int) -> dict[str, Any]:
        """What the account has, and what it could take at this block."""
        code, now, stage = self.code, self.block.time, position.stage
        waiting = position.amount if stage is Stage.SUBSCRIBED else 0
        deposit = 0 if stage is Stage.REFUNDED else code.cost_up(position.allotted + waiting)
        if stage is Stage.REFUNDED:
            allotted = 0
        vested = vested_down(allotted, code.vesting, now) if status is Status.SUCCEEDED else 0
        taken = position.amount if stage in (Stage.CLAIMED, Stage.EXITED) else 0
        tokens = refund = 0
        if status is Status.SUCCEEDED and stage is not Stage.EXITED:
            tokens, refund = vested - taken, deposit - code.cost_up(allotted)
        elif status is Status.FAILED:
            refund = deposit
        back = sum(
            int(each.args["refund"]) for each in self._named("Claimed", "Exited", "Refunded")
        )
        return {
            "allotted": str(allotted),
            "cost": str(code.cost_up(allotted)),
            "deposit": str(deposit),
            "paidBack": str(back),
            "vested": str(vested),
            "taken": str(taken),
            "claimable": {"tokens": str(tokens), "refund": str(refund)},
        }

    def _named(self, *names: str) -> list[ProvedEvent]:
        return [each for each in self.events if each.name in names]


def _told(event: ProvedEvent) -> dict[str, Any]:
    return {
        "event": event.name,
        "block": str(event.header.number),
        "blockHash": event.header.hash,
        "time": str(event.header.time),
        "args": {name: str(value) for name, value in event.args.items() if name != "account"},
    }


def _position(word: int) -> Position:
    """The word that a sale keeps of an account."""
    return Position(
        allotted=word & _OWN_TOKENS,
        amount=word >> 104 & _OWN_TOKENS,
        tier=word >> 240 & 0xFF,
        session=word >> 248 & 0xF,
        stage=Stage(word >> 252),
    )


def _place(key: int, slot: int) -> int:
    """Where a mapping keeps a value."""
    return int.from_bytes(keccak256(key.to_bytes(32) + slot.to_bytes(32)))


def _require_keys(found: Set[str], expected: Set[str]) -> None:
    """Nothing more than is proved: else something could be said with it."""
    if found != expected:
        raise InputError(
            f"expected {', '.join(sorted(expected))}, got {', '.join(sorted(found))[:200]}"
        )


def _spelled(text: Any) -> str:
    """An address in the one spelling that it has here. Raises `InputError`."""
    address = unhex(text)
    if checksummed(address) != text:
        raise InputError(f"{text} is not spelled as {checksummed(address)}")
    return str(text)


def _differences(expected: Any, found: Any, name: str) -> Iterable[tuple[str, Any, Any]]:
    """Where two values differ, the first places first."""
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        for key in sorted(expected.keys() | found.keys()):
            yield from _differences(expected.get(key), found.get(key), f"{name}.{key}")
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for place, (one, other) in enumerate(zip(expected, found, strict=True)):
            yield from _differences(one, other, f"{name}[{place}]")
    elif expected != found or type(expected) is not type(found):
        yield name, expected, found
