"""Ranges: which blocks are still to be asked for, and what came back, in the order of the chain.

Pure bookkeeping. Whatever is taken, given and given back in whatever order, every block is released
exactly once, and later blocks never before earlier ones.
"""

import heapq
from collections.abc import Iterator
from typing import Generic, TypeVar

_Result = TypeVar("_Result")


class Ranges(Generic[_Result]):
    """The blocks `first` to `last`, both included. At most `ahead` results wait for an earlier one."""

    def __init__(self, first: int, last: int, *, ahead: int) -> None:
        self._pending = [(first, last)] if first <= last else []
        self._done: dict[int, tuple[int, _Result]] = {}
        self._frontier = first
        self._last = last
        self._ahead = ahead

    @property
    def is_finished(self) -> bool:
        """Whether everything has been released."""
        return self._frontier > self._last

    def take(self, span: int) -> tuple[int, int] | None:
        """The earliest blocks that nobody has, at most `span`; None while there are none or enough
        results wait.
        """
        if not self._pending:
            return None
        if len(self._done) >= self._ahead and self._pending[0][0] != self._frontier:
            return None
        first, last = heapq.heappop(self._pending)
        end = min(last, first + span - 1)
        if end < last:
            heapq.heappush(self._pending, (end + 1, last))
        return first, end

    def give(self, first: int, last: int, end: int, result: _Result) -> None:
        """Of the taken blocks `first` to `last`, those to `end` gave `result`; the rest is to be
        taken again.
        """
        self._done[first] = (end, result)
        if end < last:
            heapq.heappush(self._pending, (end + 1, last))

    def released(self) -> Iterator[tuple[int, int, _Result]]:
        """Results that nothing earlier is missing before, each once: first block, last, result."""
        while self._frontier in self._done:
            first = self._frontier
            end, result = self._done.pop(first)
            self._frontier = end + 1
            yield first, end, result
