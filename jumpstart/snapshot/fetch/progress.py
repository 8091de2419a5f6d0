"""Progress: how far a fetch is. Whoever watches gets figures; how they are shown is theirs."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Blocks that are there, of `total`, and their rows; in this run, so many of them in so many
    seconds.
    """

    blocks: int
    total: int
    rows: int
    run_blocks: int
    run_rows: int
    seconds: float

    @property
    def seconds_left(self) -> float | None:
        """By the rate of this run; None before there is one."""
        if not self.run_blocks:
            return None
        return (self.total - self.blocks) * self.seconds / self.run_blocks


class Watch(Protocol):
    def tell(self, text: str) -> None:
        """Something that a person should know."""
        ...

    def show(self, progress: Progress) -> None:
        """How far it is, several times a second at most."""
        ...


class Unwatched:
    """Nobody is watching."""

    def tell(self, text: str) -> None:
        pass

    def show(self, progress: Progress) -> None:
        pass
