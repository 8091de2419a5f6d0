"""How far a fetch is: a bar where somebody watches, a line every few seconds where nobody does.

Everything goes to standard error, so that standard output has the result alone.
"""

import time
from datetime import timedelta
from types import TracebackType
from typing import Final, Self

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, TextColumn
from rich.progress import Progress as Bars

from jumpstart.snapshot.fetch.progress import Progress

LINE_SECONDS: Final = 10.0


class FetchScreen:
    """Shows a fetch. A `jumpstart.snapshot.fetch.progress.Watch`, and a context manager."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bars = Bars(
            TextColumn("{task.description}"), BarColumn(bar_width=24), console=console
        )
        self._task = self._bars.add_task("blocks", total=None, visible=False)
        self._line_at = time.monotonic() + LINE_SECONDS

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._console.is_terminal:
            self._bars.stop()

    def tell(self, text: str) -> None:
        self._console.print(f"{escape(text)} ..", highlight=False, soft_wrap=True)

    def show(self, progress: Progress) -> None:
        if self._console.is_terminal:
            self._bars.update(
                self._task,
                description=line(progress),
                completed=progress.blocks,
                total=progress.total,
                visible=True,
            )
        elif time.monotonic() >= self._line_at:
            self._line_at = time.monotonic() + LINE_SECONDS
            self.tell(line(progress))


def line(progress: Progress) -> str:
    """How far it is, how fast, and how long it will take."""
    share = progress.blocks * 100 // max(progress.total, 1)
    text = (
        f"{progress.blocks:,} of {progress.total:,} blocks ({share} %), {progress.rows:,} transfers"
    )
    if progress.seconds_left is None or not progress.seconds:
        return text
    blocks = progress.run_blocks / progress.seconds
    rows = progress.run_rows / progress.seconds
    left = timedelta(seconds=round(progress.seconds_left))
    return f"{text}, {blocks:,.0f} blocks and {rows:,.0f} transfers a second, {left} left"
