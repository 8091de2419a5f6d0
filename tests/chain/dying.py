"""Processes that are killed: at every point of a deployment, or of a fetch, one point after the other.

The points are those between which the world can have changed: before, in the middle of, and after
every line of a journal; before and after every send, and every folder that gets its name. `deaths`
goes through all of them: at each the process gets a real SIGKILL. A twin of it, forked at the point,
lives on to the next one; while it waits, the test resumes what the dead one left, and takes the chain
back.
"""

import ctypes
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from typing import Any, Final, NoReturn

from jumpstart.chain.rpc import Rpc

_SENDS: Final = ("eth_sendRawTransaction", "eth_sendTransaction")
_ADOPT_ORPHANS: Final = 36  # PR_SET_CHILD_SUBREAPER: a twin's parent is dead
_END: Final = "end"


def deaths(live: Callable[[], None]) -> Iterator[str]:
    """Runs `live` in a process of its own, and yields the name of every point, with the process dead
    there and its twin waiting. What the twin will find must be what was there.
    """
    prctl = ctypes.CDLL(None).prctl
    prctl(_ADOPT_ORPHANS, 1, 0, 0, 0)
    heard, told = os.pipe()
    waits, go = os.pipe()
    alive = os.fork()
    if alive == 0:
        os.close(heard)
        os.close(go)
        _lived(live, _Twins(told, waits))
    os.close(told)
    os.close(waits)
    try:
        with os.fdopen(heard, encoding="utf-8") as events:
            for line in events:
                twin, name = line.rstrip("\n").split(" ", 1)
                if name == _END:
                    return
                _, status = os.waitpid(alive, 0)
                alive = int(twin)
                assert os.WIFSIGNALED(status), name
                assert os.WTERMSIG(status) == signal.SIGKILL
                yield name
                os.write(go, b"\n")
        raise AssertionError("the process ended without a word")
    finally:
        os.close(go)
        os.waitpid(alive, 0)
        prctl(_ADOPT_ORPHANS, 0, 0, 0, 0)


def killed(live: Callable[[], object], point: int) -> str | None:
    """Runs `live` in a process that is killed at its point of this number, from 0. Returns the point's
    name; None when it got to its end before.
    """
    heard, told = os.pipe()
    alive = os.fork()
    if alive == 0:
        os.close(heard)
        _lived(live, _Fate(told, point))
    os.close(told)
    with os.fdopen(heard, encoding="utf-8") as events:
        line = events.readline()
    _, status = os.waitpid(alive, 0)
    _, name = line.rstrip("\n").split(" ", 1)
    if name == _END:
        assert status == 0
        return None
    assert os.WTERMSIG(status) == signal.SIGKILL
    return name


class _Points:
    """Knows when the process is at a point, and what happens there."""

    def __init__(self, told: int) -> None:
        self._told = told
        self._write, self._request, self._rename = os.write, Rpc.request, os.rename

    def at(self, name: str) -> None:
        raise NotImplementedError

    def tell(self, name: str) -> None:
        self._write(self._told, f"{os.getpid()} {name}\n".encode())

    def watch(self) -> None:
        """From now on in this process, which has nothing else to do."""

        def write(descriptor: int, data: bytes) -> int:
            if not data.startswith(b"{"):
                return self._write(descriptor, data)
            entry = json.loads(data)
            name = f"{entry['entry']} {entry.get('step', '')}".rstrip()
            size = os.fstat(descriptor).st_size
            self.at(f"before '{name}' is written")
            self._write(descriptor, data[: len(data) // 2])
            self.at(f"when half of '{name}' is written")
            os.ftruncate(descriptor, size)
            written = self._write(descriptor, data)
            self.at(f"when '{name}' is written")
            return written

        def request(rpc: Rpc, method: str, *params: Any) -> Any:
            if method not in _SENDS:
                return self._request(rpc, method, *params)
            self.at(f"before {method}")
            answer = self._request(rpc, method, *params)
            self.at(f"after {method}")
            return answer

        def rename(source: Any, target: Any) -> None:
            self.at("before a folder gets its name")
            self._rename(source, target)
            self.at("when a folder has its name")

        os.write, Rpc.request = write, request  # type: ignore[assignment, method-assign]
        os.rename = rename  # type: ignore[assignment]


class _Twins(_Points):
    """At each point the process dies and a twin goes on when it is told to."""

    def __init__(self, told: int, waits: int) -> None:
        super().__init__(told)
        self._waits = waits

    def at(self, name: str) -> None:
        process = os.getpid()
        if os.fork():
            os.kill(process, signal.SIGKILL)
        while os.getppid() == process:
            time.sleep(0.0002)
        self.tell(name)
        if not os.read(self._waits, 1):
            os._exit(0)


class _Fate(_Points):
    """The process dies at one point."""

    def __init__(self, told: int, point: int) -> None:
        super().__init__(told)
        self._left = point

    def at(self, name: str) -> None:
        if self._left == 0:
            self.tell(name)
            os.kill(os.getpid(), signal.SIGKILL)
        self._left -= 1


def _lived(live: Callable[[], object], points: _Points) -> NoReturn:
    try:
        points.watch()
        live()
        points.tell(_END)
        os._exit(0)
    except BaseException as error:
        points.tell(f"where it failed: {error!r}".replace("\n", " "))
        os._exit(1)
