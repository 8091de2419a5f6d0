"""Progress: how far a run is, on a terminal. Where nobody watches, one line for each phase.

Everything goes to standard error, so that standard output has the result alone.
"""

from types import TracebackType
from typing import Final, Self

from rich.console import Console, Group
from rich.live import Live
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

_FRAMES: Final = 12  # a second


class Screen:
    """A bar for each phase and, below them, a line that says what happens right now."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bars = Progress(
            TextColumn("{task.description:<28}"),
            BarColumn(bar_width=32),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
        )
        self._line = Text("", style="dim", no_wrap=True, overflow="ellipsis")
        self._live = Live(
            Group(self._bars, self._line),
            console=console,
            refresh_per_second=_FRAMES,
            transient=False,
        )
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is None:
            self._finish()
            self._line.plain = ""
        if self._console.is_terminal:
            self._live.stop()

    def begin(self, phase: str, steps: int) -> None:
        """A phase of so many steps begins; the one before is over."""
        self._finish()
        self._task = self._bars.add_task(phase, total=steps)
        if not self._console.is_terminal:
            self._console.print(phase, highlight=False)

    def step(self, text: str, steps: int = 1) -> None:
        """So many steps are done; `text` is shown until the next one."""
        self._line.plain = text
        if self._task is not None:
            self._bars.advance(self._task, steps)

    def _finish(self) -> None:
        """The bar of the last phase is full, whatever was estimated."""
        if self._task is not None:
            done = max(1, int(self._bars.tasks[self._task].completed))
            self._bars.update(self._task, total=done, completed=done)
            self._bars.stop_task(self._task)
