"""Signals: how what runs until it is told to end hears of it."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

_SLICE: Final = 0.2  # seconds


@contextmanager
def until_signal() -> Iterator[threading.Event]:
    """An event that SIGTERM and SIGINT set."""
    ended = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        ended.set()

    before = {each: signal.signal(each, end) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield ended
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def wait(ended: threading.Event) -> None:
    """Until it is set. In short parts: a signal may reach another thread, and then wakes nobody else."""
    while not ended.wait(_SLICE):
        pass
