"""The replay: models of everything, driven by the events of a sale.

Each event is a cause, or follows from one. A cause is done by the model, which may refuse it; what
the model then says must be logged, is awaited until the end of the transaction. What the models let
move is held against the transfers. So an event that nothing explains is a finding, and so is one
that is not there.
"""

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from eth_utils.address import to_canonical_address

from jumpstart.audit.findings import Findings
from jumpstart.audit.flows import Flows
from jumpstart.audit.steps import Step
from jumpstart.audit.subject import Subject
from jumpstart.chain.abi import Event
from jumpstart.committee import Application, Committee
from jumpstart.errors import LedgerRefusal
from jumpstart.escrow import EscrowLedger
from jumpstart.grants import Grant, Vault
from jumpstart.ledger import Ledger
from jumpstart.opening import NO_ROOT, Opening
from jumpstart.registry import Registry
from jumpstart.till import Till

Result = TypeVar("Result")

_ABOUT: Final = ("account", "reviewer", "session", "milestone", "number", "attester", "id")
"""Arguments by which an event is told from others of its name."""


@dataclass
class _Awaited:
    """What must still be logged in this transaction. `args`: None where another check knows them."""

    label: str
    name: str
    args: Mapping[str, Any] | None
    why: str


class Models:
    """Everything that the audit knows of a sale, none of it from its contracts' state."""

    def __init__(self, subject: Subject) -> None:
        self.holdings: dict[str, int] = {}
        """Of each subscriber, as its first subscription has shown it."""
        self.shown_root = NO_ROOT
        """What the last of them was shown against: a sale that is voided has no root any more."""
        self.ledger = Ledger(subject.terms, self.holdings)
        self.opening = Opening(self.ledger)
        self.till = Till(self.ledger)
        self.escrow = EscrowLedger(subject.listing.escrow, self.ledger)
        self.committee = Committee(subject.rules)
        self.application: Application | None = None
        self.applications = 0
        self.vault = Vault(
            to_canonical_address(subject.vault.address),
            to_canonical_address(subject.launchpad.address),
        )
        self.grants: dict[bytes, Grant] = {}
        self.own_grants: set[bytes] = set()
        """Of this sale's allocations."""
        self.registry = Registry()
        self.is_listed = False


class Replay:
    """Plays one transaction after the other. Parts register what they do with each event."""

    def __init__(self, subject: Subject, findings: Findings) -> None:
        self.subject = subject
        self.findings = findings
        self.models = Models(subject)
        self.flows = Flows(subject, findings)
        self.step = _NOTHING
        self._handlers: dict[tuple[str, str], Callable[[Event], None]] = {}
        self._labels: dict[str, str] = {
            subject.sale.address: "sale",
            subject.escrow.address: "escrow",
            subject.launchpad.address: "launchpad",
            subject.review.address: "review",
            subject.vault.address: "vault",
            subject.registry.address: "registry",
        }
        self._awaited: list[_Awaited] = []
        self._at_end: list[Callable[[], None]] = []

    def on(self, label: str, handlers: Mapping[str, Callable[[Event], None]]) -> None:
        """Says what is done with the events of a contract, by their names."""
        for name, handler in handlers.items():
            self._handlers[label, name] = handler

    def advance(self, subject: Subject) -> None:
        """The same sale, as of a later block."""
        self.subject = subject

    def compared_into(self, findings: Findings) -> "Replay":
        """The same models, for a comparison whose findings are kept apart."""
        view = copy.copy(self)
        view.findings = findings
        return view

    @property
    def explained(self) -> frozenset[tuple[str, str]]:
        """Every event that something is done with: the label of its contract, and its name."""
        return frozenset(self._handlers)

    def at_end(self, action: Callable[[], None]) -> None:
        """Done after the events of each transaction, before what moved is compared."""
        self._at_end.append(action)

    def play(self, step: Step) -> None:
        """One transaction, after all that were before it."""
        self.step = step
        for event in step.events:
            label = self._labels[event.address]
            handler = self._handlers.get((label, event.name))
            if handler is None:
                self.unexplained(event)
            else:
                handler(event)
        for action in self._at_end:
            action()
        for awaited in self._awaited:
            self.findings.add(
                "event",
                f"{awaited.label} event {awaited.name}",
                f"one, as {awaited.why}",
                "none",
                step.transaction,
            )
        self._awaited.clear()
        self.flows.settle(step)

    # ------------------------------------------------------------------------------- for the parts

    @property
    def time(self) -> int:
        return self.step.time

    def label_of(self, event: Event) -> str:
        """What the contract is called that logged it."""
        return self._labels[event.address]

    def name_of(self, event: Event) -> str:
        about = next((event.args[each] for each in _ABOUT if each in event.args), None)
        about = "0x" + about.hex() if isinstance(about, bytes) else about
        of = "" if about is None else f" of {about}"
        return f"{self._labels[event.address]} event {event.name}{of}"

    def attempt(self, event: Event, act: Callable[[], Result]) -> Result | None:
        """What the model says to what the event reports; a refusal is a finding."""
        try:
            return act()
        except LedgerRefusal as refusal:
            self.findings.add(
                "event", self.name_of(event), f"refused: {refusal}", "done", self.step.transaction
            )
            return None

    def compare(self, event: Event, **expected: Any) -> bool:
        """The arguments of an event against what the model has made of it."""
        return self.findings.compare(
            "event", self.name_of(event), expected, dict(event.args), self.step.transaction
        )

    def require(self, event: Event, what: str, expected: Any, found: Any) -> bool:
        """Something else that has to be as the model says when the event comes."""
        return self.findings.compare(
            "event", f"{self.name_of(event)}: {what}", expected, found, self.step.transaction
        )

    def require_sender(self, event: Event, *allowed: str) -> None:
        """Who has called the contract, where it was called by a transaction itself. Behind another
        contract, such as a multisig, an event does not say who stands.
        """
        step = self.step
        if step.to != event.address:
            return
        expected = step.sender if step.sender in allowed else " or ".join(allowed) or "nobody"
        self.findings.compare(
            "role",
            f"{self.name_of(event)}: sent by",
            expected,
            step.sender,
            step.transaction,
        )

    def wait(self, label: str, name: str, args: Mapping[str, Any] | None, why: str) -> None:
        """The same transaction has to log this as well."""
        self._awaited.append(_Awaited(label, name, args, why))

    def awaited(self, event: Event) -> bool:
        """Takes an event that follows from another; compares it with what was awaited."""
        label = self._labels[event.address]
        same = [each for each in self._awaited if (each.label, each.name) == (label, event.name)]
        if not same:
            return False
        exact = [each for each in same if each.args is None or dict(each.args) == dict(event.args)]
        found = (exact or same)[0]
        self._awaited.remove(found)
        if found.args is not None:
            self.compare(event, **found.args)
        return True

    def follow(self, event: Event) -> None:
        """What only ever follows from something else."""
        if not self.awaited(event):
            self.unexplained(event)

    def unexplained(self, event: Event) -> None:
        self.findings.add(
            "event",
            self.name_of(event),
            "none that nothing explains",
            "one",
            self.step.transaction,
        )

    def following(self, event: Event) -> Iterator[Event]:
        """The events after this one, of any contract, in the same transaction."""
        events = self.step.events
        place = next(row for row, each in enumerate(events) if each is event)
        yield from events[place + 1 :]


_NOTHING: Final = Step(
    transaction="", block=0, time=0, sender="", to=None, data=b"", events=(), transfers=()
)
