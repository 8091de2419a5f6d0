"""Limits: how many blocks one node may be asked for at once, learnt from what it answers.

Knows counts only. A request that was refused halves the number and leaves a ceiling, which is tried
again after some answers, later each time that it holds.
"""

from typing import Final

SPAN_MAX: Final = 1 << 20
"""No request asks for more blocks, however empty they are."""

_CALM_LEAST: Final = 8
_CALM_MOST: Final = 1024
_CAP_LEAST: Final = 10  # fewer logs than this are no cap of anybody


class Limits:
    """Of one node. `span` is what the next request may ask for, in blocks; `rows` are the logs that an
    answer should have at most.
    """

    def __init__(self, *, span: int, rows: int) -> None:
        self.span = span
        self._rows = rows
        self._ceiling = SPAN_MAX
        self._calm = 0
        self._calm_needed = _CALM_LEAST
        self._is_probe = False
        self._caps: set[int] = set()

    def answered(self, span: int, rows: int) -> None:
        """So many blocks were asked for, and so many logs came."""
        self._calm += 1
        if self._is_probe and span >= self.span:
            self._is_probe = False
            self._calm_needed = _CALM_LEAST
        if self._calm >= self._calm_needed and self._ceiling < SPAN_MAX:
            self._ceiling = min(SPAN_MAX, self._ceiling * 2)
            self._calm = 0
            self._is_probe = True
        if rows > self._rows:
            self.span = max(1, min(self.span, span * self._rows // rows))
        elif span >= self.span and rows * 4 <= self._rows:
            self.span = min(span * 2, self._ceiling)

    def refused(self, span: int) -> None:
        """So many blocks were too many, whatever the node called it."""
        half = max(1, span // 2)
        if self._is_probe:
            self._is_probe = False
            self._calm_needed = min(self._calm_needed * 2, _CALM_MOST)
        self._ceiling = min(self._ceiling, half)
        self.span = min(self.span, half)
        self._calm = 0

    def dropped(self, rows: int) -> None:
        """An answer of so many logs was not all of them: a cap, perhaps."""
        if rows >= _CAP_LEAST:
            self._caps.add(rows)

    def is_cap(self, rows: int) -> bool:
        """Whether answers of exactly so many logs have been cut before."""
        return rows in self._caps
