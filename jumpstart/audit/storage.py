"""Words in storage of sale and escrow that have a place of their own, bit by bit against the models."""

from collections.abc import Iterator

from jumpstart.audit.replay import Replay
from jumpstart.chain.client import Contract
from jumpstart.ledger import Position, Stage
from jumpstart.terms import SaleTerms

_SESSIONS = 8  # that a sale has room for


def check_storage(replay: Replay) -> None:
    """Also what no getter shows."""
    _Storage(replay).check_storage()


def slot_of(contract: Contract, label: str) -> int:
    """Where a variable of this name begins."""
    rows = contract.artifact.storage_layout["storage"]
    return next(int(row["slot"]) for row in rows if row["label"] == label)


def packed(position: Position, terms: SaleTerms) -> int:
    """A position as the one word that a sale keeps of it."""
    if position.stage is Stage.NONE:
        return 0
    coefficient = terms.tiers[position.tier].coefficient
    return (
        position.allotted
        | position.amount << 104
        | coefficient << 208
        | position.tier << 240
        | position.session << 248
        | position.stage << 252
    )


class _Storage:
    def __init__(self, replay: Replay) -> None:
        self.subject = replay.subject
        self.models = replay.models
        self.findings = replay.findings
        self.chain, self.block = self.subject.chain, self.subject.head.number

    def check_storage(self) -> None:
        """The words of sale and escrow that have a place of their own."""
        for label, contract, words in (
            ("sale", self.subject.sale, dict(self._sale_words())),
            ("escrow", self.subject.escrow, dict(self._escrow_words())),
        ):
            places = [slot_of(contract, name) + offset for name, offset in words]
            found = self.chain.storage_many(contract.address, places, self.block)
            for (name, offset), expected, word in zip(words, words.values(), found, strict=True):
                self.findings.compare(
                    "state", f"{label}: storage {name}[{offset}]", f"{expected:#x}", f"{word:#x}"
                )
        self.findings.leave(
            "escrow: storage _progress", "what time makes of it, the getter delivery shows"
        )
        self.findings.leave(
            "sale: storage _progressOf", "how far sweepers have come; it moves nothing by itself"
        )

    def _sale_words(self) -> Iterator[tuple[tuple[str, int], int]]:
        models, terms = self.models, self.subject.terms
        ledger, opening, till = models.ledger, models.opening, models.till
        # What nobody settled in time is stored as it was.
        stored = ledger.status(0)
        sums = len(ledger.outcomes) << 8 | ledger.sold_up << 16 | ledger.sold_down << 128
        yield ("_state", 0), stored | sums
        yield ("_holdingsRoot", 0), int.from_bytes(opening.in_force)
        yield ("_suspendedRoot", 0), int.from_bytes(opening.suspended)
        gate = opening.published_at | opening.paused_until << 40 | opening.is_challenged << 80
        yield ("_gate", 0), gate
        for session in range(_SESSIONS):
            outcome = None
            if session < len(terms.sessions):
                outcome = ledger.settlement_of(session)
            settled = 0
            if outcome is not None:
                shared = outcome.remaining | outcome.weight << 112
                settled = shared | outcome.full_from << 240
            yield ("_settlementOf", session), settled
            limited = 0
            if session < len(terms.sessions) and terms.sessions[session].limit:
                rows = range(len(terms.tiers))
                total = sum(ledger.demand_of(session, row).subscribed for row in rows)
                limited = total | ledger.latest_of(session) << 112
            yield ("_limitedDemandOf", session), limited
        yield ("_nameFallback", 0), 0
        yield ("_versionFallback", 0), 0
        flags = till.has_proceeds_collected | till.has_fee_collected << 8
        yield ("_collection", 0), flags | till.has_unsold_collected << 16 | till.returned << 24

    def _escrow_words(self) -> Iterator[tuple[tuple[str, int], int]]:
        escrow = self.models.escrow
        yield ("_payments", 0), escrow.released_bps | escrow.exited << 16
        flags = escrow.is_delisted << 240 | (escrow.remainder > 0) << 248
        yield ("_slash", 0), escrow.bond | escrow.total_weight << 112 | flags
