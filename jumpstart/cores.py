"""Cores: work shared with a second process, which this machine's second core may take.

For work in pure Python that is long, needs no threads and whose result is bytes: a fork sees all
that was there, without a copy, and only what it hands back goes through a pipe.
"""

import os
from collections.abc import Callable
from typing import TypeVar

_Own = TypeVar("_Own")


def beside(other: Callable[[], bytes], own: Callable[[], _Own]) -> tuple[_Own, bytes | None]:
    """What `own` gives, run here, and what `other` gives, run in a process of its own meanwhile:
    None when it failed there. Raises what `own` raises, after the other process has ended.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)  # or it would wait for itself to read, should this process give up
        _serve(other, writing)
    os.close(writing)
    try:
        with open(reading, "rb") as pipe:
            mine = own()
            theirs = pipe.read()
    finally:
        _, status = os.waitpid(child, 0)
    return mine, None if status else theirs


def _serve(other: Callable[[], bytes], writing: int) -> None:
    """The whole life of the other process: it must not come back into the caller's code."""
    status = 1
    try:
        with open(writing, "wb") as pipe:
            pipe.write(other())
        status = 0
    finally:
        os._exit(status)
