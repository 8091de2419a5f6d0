"""Cores: work shared with a second process, which this machine's second core may take.

For work in pure Python, which holds Python's lock, on batches of bytes. The other process is a fresh
interpreter at the end of two pipes. A fork would take over the locks of threads that run meanwhile
(engines, Arrow, a progress bar), and could wait for one for ever.

Whether there is another process, how much it does and how it ends never matters to the result: each
batch goes to whoever is free, and what the other fails to do, or not in time, is done here.
"""

import os
import select
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import IO, Final, TypeAlias

Work: TypeAlias = Callable[[bytes], bytes]
"""What is done with a batch: a function at the top of a module, with no state outside."""

PATIENCE: Final = 60.0
"""How many seconds the other process may be silent. Batches are made for some hundredths."""

PIPE: Final = 1 << 20
"""Bytes that a pipe holds, where the system lets it: a batch of half as many never has to wait."""

_AHEAD: Final = 2  # batches that the other has at a time: one in work and the next
_LENGTH: Final = 8  # bytes of the number in front of what it counts
_START: Final = (
    "import sys; sys.path.insert(0, sys.argv[1]); from jumpstart.cores import serve; serve()"
)


class Pair:
    """One process, which is this one, and while there is one, another. Make it with `pair`."""

    def __init__(self, other: "subprocess.Popen[bytes] | None" = None) -> None:
        self._link = None if other is None else _Link(other)

    def map(self, work: Work, batches: Iterable[bytes]) -> list[bytes]:
        """What `work` makes of each of the batches, in their order. Raises what it raises here."""
        name = f"{work.__module__}:{work.__qualname__}".encode()
        done: dict[int, bytes] = {}
        given: deque[tuple[int, bytes]] = deque()

        def settle(seconds: float) -> None:
            """Takes the answers there are, and if the other is lost, does what it had."""
            assert self._link is not None
            try:
                for answer in self._link.answers(seconds):
                    done[given.popleft()[0]] = answer
            except OSError:
                self._link = None
                done.update([(number, work(batch)) for number, batch in given])
                given.clear()

        for number, batch in enumerate(batches):
            if given:
                settle(0)
            if self._link is not None and len(given) < _AHEAD:
                self._link.ask(name, batch)
                given.append((number, batch))
                settle(0)  # sends
            else:
                done[number] = work(batch)
        while given:
            settle(PATIENCE)
        return [done[number] for number in range(len(done))]


class _Link:
    """Two pipes. Sending never waits, so that nobody waits for somebody who waits."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._process = process
        self._out, self._in = process.stdin.fileno(), process.stdout.fileno()
        os.set_blocking(self._out, False)
        os.set_blocking(self._in, False)
        self._unsent = bytearray()
        self._unread = bytearray()

    def ask(self, name: bytes, batch: bytes) -> None:
        """Is sent with the next `answers`."""
        self._unsent += _counted(name) + _counted(batch)

    def answers(self, seconds: float) -> list[bytes]:
        """What has arrived; waits so long for the first. Raises `OSError` when nothing comes in
        that time, or the other process is gone.
        """
        until = time.monotonic() + seconds
        while True:
            with suppress(BlockingIOError):
                while self._unsent:
                    del self._unsent[: os.write(self._out, self._unsent)]
            with suppress(BlockingIOError):
                while part := os.read(self._in, PIPE):
                    self._unread += part
                raise ConnectionAbortedError
            found = list(self._whole())
            if found or not seconds:
                return found
            poll = select.poll()
            poll.register(self._in, select.POLLIN)
            if self._unsent:
                poll.register(self._out, select.POLLOUT)
            if not poll.poll(max(0.0, until - time.monotonic()) * 1000):
                self._process.kill()
                raise TimeoutError

    def _whole(self) -> Iterator[bytes]:
        while len(self._unread) >= _LENGTH:
            end = _LENGTH + int.from_bytes(self._unread[:_LENGTH])
            if len(self._unread) < end:
                return
            yield bytes(self._unread[_LENGTH:end])
            del self._unread[:end]


@contextmanager
def pair(*, alone: bool = False) -> Iterator[Pair]:
    """Starts another process beside this one, which ends with the block; `alone`, or where there
    is one core only, none.
    """
    if alone or len(os.sched_getaffinity(0)) < 2:
        yield Pair()
        return
    try:
        other = subprocess.Popen(
            [sys.executable, "-P", "-c", _START, str(Path(__file__).parents[1])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what goes wrong there goes wrong again here, and is told
            bufsize=0,
            pipesize=PIPE,
        )
    except OSError:
        yield Pair()
        return
    with other:
        try:
            yield Pair(other)
        finally:
            other.kill()


def serve() -> None:
    """The life of the other process: answers what it is asked, until nobody asks any more."""
    with (
        suppress(KeyboardInterrupt, BrokenPipeError),
        open(0, "rb", PIPE, closefd=False) as asked,
        open(1, "wb", 0, closefd=False) as answers,
    ):
        while name := _read(asked):
            module, _, function = name.decode().partition(":")
            work: Work = getattr(import_module(module), function)
            batch = _read(asked)
            if batch is None:
                return
            rest = memoryview(_counted(work(batch)))
            while rest:
                rest = rest[answers.write(rest) or 0 :]


def _counted(data: bytes) -> bytes:
    return len(data).to_bytes(_LENGTH) + data


def _read(pipe: IO[bytes]) -> bytes | None:
    """What somebody `_counted`; None where the pipe ends before."""
    head = pipe.read(_LENGTH)
    length = int.from_bytes(head)
    data = pipe.read(length)
    return data if len(head) == _LENGTH and len(data) == length else None
