"""Crew: threads that ask for ranges, while one writes down in the order of the chain."""

import queue
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Final

from jumpstart.snapshot.fetch.checkpoint import Checkpoint
from jumpstart.snapshot.fetch.inquiry import Inquiry, Piece
from jumpstart.snapshot.fetch.pool import Pool
from jumpstart.snapshot.fetch.progress import Progress, Watch
from jumpstart.snapshot.fetch.ranges import Ranges
from jumpstart.snapshot.fetch.tables import Layout

_SPAN_LEAST: Final = 16  # blocks: a short rest is not cut into nothing
_SHOW_SECONDS: Final = 0.2
_WAIT_SECONDS: Final = 0.1


@dataclass
class _Draft:
    """What has come in order and is not written down yet."""

    first: int
    since: float
    last: int | None = None
    rows: int = 0
    batches: list[Any] = field(default_factory=list)
    pins: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class _Result:
    piece: Piece
    batch: Any


class Crew:
    """Fetches blocks `first` to `last` into a checkpoint that ends before `first`. All blocks up to
    `final` are final.
    """

    def __init__(
        self,
        pool: Pool,
        inquiry: Inquiry,
        layout: Layout,
        checkpoint: Checkpoint,
        *,
        first: int,
        last: int,
        final: int,
        watch: Watch,
    ) -> None:
        self._pool = pool
        self._inquiry = inquiry
        self._layout = layout
        self._checkpoint = checkpoint
        self._final = final
        self._watch = watch
        self._last = last
        self._size = pool.policy.requests * len(pool.nodes)
        self._ranges: Ranges[_Result] = Ranges(first, last, ahead=2 * self._size)
        self._tasks: queue.SimpleQueue[tuple[int, int] | None] = queue.SimpleQueue()
        self._found: queue.SimpleQueue[tuple[int, int, _Result | Exception]] = queue.SimpleQueue()
        self._first = first
        self._began = time.monotonic()
        self._shown = 0.0
        self._run_rows = 0

    def run(self) -> None:
        """Returns when everything is written down. Raises the first error of any thread; what came
        before it in the chain is written down.
        """
        # Daemons: an interrupted program does not wait for nodes.
        threads = [threading.Thread(target=self._work, daemon=True) for _ in range(self._size)]
        for thread in threads:
            thread.start()
        draft = _Draft(first=self._first, since=time.monotonic())
        try:
            self._gather(draft)
        except BaseException:
            self._pool.stop()
            raise
        finally:
            for _ in threads:
                self._tasks.put(None)
            self._write(draft)

    def _gather(self, draft: _Draft) -> None:
        busy = 0
        while not self._ranges.is_finished:
            while busy < self._size and (taken := self._ranges.take(self._span)):
                self._tasks.put(taken)
                busy += 1
            try:
                first, last, found = self._found.get(timeout=_WAIT_SECONDS)
            except queue.Empty:
                self._write_if_due(draft)
                continue
            busy -= 1
            if isinstance(found, Exception):
                raise found
            self._ranges.give(first, last, found.piece.last, found)
            for start, end, result in self._ranges.released():
                self._take(draft, start, end, result)
                self._write_if_due(draft)
            self._show(draft)

    @property
    def _span(self) -> int:
        """Not so much that the last ranges keep only one thread busy."""
        left = self._last - (self._checkpoint.last or self._first)
        return min(self._pool.span, max(_SPAN_LEAST, left // self._size))

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            first, last = task
            try:
                piece = self._inquiry.piece(first, last)
                result = _Result(
                    piece=Piece(last=piece.last, pin=piece.pin, logs=[]),
                    batch=self._layout.batch(piece.logs) if piece.logs else None,
                )
            except Exception as error:
                self._found.put((first, last, error))
                return
            self._found.put((first, last, result))

    def _take(self, draft: _Draft, first: int, last: int, result: _Result) -> None:
        if draft.last is None:
            draft.first = first
        draft.last = last
        if result.batch is not None:
            draft.batches.append(result.batch)
            draft.rows += result.batch.num_rows
            self._run_rows += result.batch.num_rows
        if draft.pins and draft.pins[-1][0] <= self._final:
            draft.pins.pop()
        draft.pins.append((last, result.piece.pin))

    def _write_if_due(self, draft: _Draft) -> None:
        policy = self._pool.policy
        if draft.rows >= policy.part_rows or time.monotonic() - draft.since >= policy.part_seconds:
            self._write(draft)

    def _write(self, draft: _Draft) -> None:
        if draft.last is None:
            return
        last, batches, pins = draft.last, draft.batches, draft.pins
        draft.last, draft.rows, draft.batches, draft.pins = None, 0, [], []
        draft.since = time.monotonic()
        self._checkpoint.add(draft.first, last, batches, pins)

    def _show(self, draft: _Draft) -> None:
        now = time.monotonic()
        if now - self._shown < _SHOW_SECONDS and not self._ranges.is_finished:
            return
        self._shown = now
        done = draft.last if draft.last is not None else self._checkpoint.last
        start = self._checkpoint.first if self._checkpoint.first is not None else self._first
        self._watch.show(
            Progress(
                blocks=(done or self._first) - start + 1,
                total=self._last - start + 1,
                rows=self._checkpoint.rows + draft.rows,
                run_blocks=(done or self._first) - self._first + 1,
                run_rows=self._run_rows,
                seconds=now - self._began,
            )
        )
