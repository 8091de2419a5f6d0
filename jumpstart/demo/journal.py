"""The journal: what happened in a run, when, who was turned away, and what each action cost in gas.

It also tells whoever watches how far the run is. Times are Unix seconds of the chain, never of the
machine.
"""

from dataclasses import dataclass, field
from typing import Protocol


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
    text: str


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """An attempt that the contract refused: the custom error with its figures, in words, and what
    became of whoever tried.
    """

    time: int
    who: str
    attempt: str
    error: str
    figures: tuple[str, ...]
    words: str
    then: str


@dataclass(kw_only=True)
class Journal:
    """What is kept of a run."""

    watcher: Watcher
    happenings: list[Happening] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    gas: dict[str, list[int]] = field(default_factory=dict)

    def begin(self, phase: str, steps: int) -> None:
        """A phase of so many steps begins."""
        self.watcher.begin(phase, steps)

    def step(self, text: str, steps: int = 1) -> None:
        """So many steps are done; `text` for the live line only."""
        self.watcher.step(text, steps)

    def tell(self, text: str) -> None:
        """For the live line only."""
        self.watcher.step(text, 0)

    def note(self, time: int, text: str) -> None:
        """A step that belongs on the time line."""
        self.happenings.append(Happening(time=time, text=text))
        self.watcher.step(text)

    def refuse(self, refusal: Refusal) -> None:
        """A step that ended in a refusal."""
        self.refusals.append(refusal)
        self.watcher.step(f"turned away: {refusal.who}, {refusal.words}")

    def spend(self, action: str, gas: int) -> None:
        """An action took so much gas."""
        self.gas.setdefault(action, []).append(gas)
