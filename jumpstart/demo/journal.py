"""The journal: what happened in a run, when, who was turned away, and what each action cost in gas.

It also tells whoever watches how far the run is. Times are Unix seconds of the chain, never of the
machine.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class Phase(StrEnum):
    """What a line of the time line is about, in the order of a sale's life."""

    REVIEW = "review"
    LISTING = "listing"
    HOLDINGS = "holdings"
    SESSIONS = "sessions"
    CLAIMS = "claims"
    REFUNDS = "refunds"
    DELIVERY = "delivery"
    EXITS = "exits"
    LOCKED = "locked tokens"
    BOND = "bond"


class Watcher(Protocol):
    """Whoever watches a run."""

    def begin(self, phase: str, steps: int) -> None:
        """A phase of so many steps begins; the one before is over."""

    def step(self, text: str, steps: int = 1) -> None:
        """So many steps are done."""


class Nobody:
    """Watches nothing."""

    def begin(self, phase: str, steps: int) -> None:
        """Looks away."""

    def step(self, text: str, steps: int = 1) -> None:
        """Looks away."""


@dataclass(frozen=True, kw_only=True)
class Happening:
    """One line of the time line."""

    time: int
    phase: Phase
    text: str


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """An attempt that the contract refused: the custom error with its figures, in words, and what
    became of whoever tried.
    """

    time: int
    phase: Phase
    who: str
    attempt: str
    error: str
    figures: tuple[str, ...]
    words: str
    then: str


@dataclass(kw_only=True)
class Journal:
    """What is kept of a run. `phase` is that of whatever happens next."""

    watcher: Watcher
    phase: Phase = Phase.REVIEW
    happenings: list[Happening] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    gas: dict[str, list[int]] = field(default_factory=dict)

    def begin(self, title: str, steps: int, phase: Phase | None = None) -> None:
        """A part of so many steps begins, and perhaps another phase."""
        self.watcher.begin(title, steps)
        self.phase = phase or self.phase

    def step(self, text: str, steps: int = 1) -> None:
        """So many steps are done; `text` for the live line only."""
        self.watcher.step(text, steps)

    def tell(self, text: str) -> None:
        """For the live line only."""
        self.watcher.step(text, 0)

    def note(self, time: int, text: str) -> None:
        """A step that belongs on the time line."""
        self.happenings.append(Happening(time=time, phase=self.phase, text=text))
        self.watcher.step(text)

    def refuse(self, refusal: Refusal) -> None:
        """A step that ended in a refusal."""
        self.refusals.append(refusal)
        self.watcher.step(f"turned away: {refusal.who}, {refusal.words}")

    def spend(self, action: str, gas: int) -> None:
        """An action took so much gas."""
        self.gas.setdefault(action, []).append(gas)
