"""Pool: several nodes of one chain as one, each asked as much as it bears.

A question goes to whichever node is free; one that fails rests, while others go on. What no node
answers in all the patience there is ends the fetch.
"""

import secrets
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from jumpstart.errors import ChainError, InputError
from jumpstart.snapshot.fetch.endpoint import Endpoint, RefusedError, UnansweredError
from jumpstart.snapshot.fetch.headers import Header, read_header
from jumpstart.snapshot.fetch.logs import Filter, Log, parsed
from jumpstart.snapshot.fetch.policy import Policy

_BATCH: Final = 50
_POLL_SECONDS: Final = 0.01
_DEAD: Final = 6  # failures in a row
_BUSY_AGAIN: Final = 2  # refused so often for being busy, a question may also be too large


Call: TypeAlias = tuple[str, Sequence[Any]]
"""A method and its parameters."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The logs up to block `last`, by which node, and how many entries there were in it."""

    logs: list[Log]
    last: int
    node: Endpoint


class Pool:
    """Nodes, to be used by many threads. `stop` ends whatever waits."""

    def __init__(self, urls: Sequence[str], policy: Policy) -> None:
        if not urls:
            raise InputError("no node is given")
        self.nodes = tuple(Endpoint(url, policy) for url in dict.fromkeys(urls))
        self.draw = secrets.SystemRandom()
        self.policy = policy
        self._stopped = threading.Event()

    @property
    def span(self) -> int:
        """How many blocks are worth handing out together."""
        return max(node.limits.span for node in self.nodes)

    def stop(self) -> None:
        self._stopped.set()

    @property
    def alive(self) -> tuple[Endpoint, ...]:
        """The nodes that have answered lately; all, where none has."""
        return tuple(node for node in self.nodes if node.failures < _DEAD) or self.nodes

    def ask(
        self,
        method: str,
        *params: Any,
        node: Endpoint | None = None,
        avoid: Endpoint | None = None,
        within: float | None = None,
    ) -> Any:
        """The result by any node, by another than `avoid` where there is one, or by this one; `within` so
        many seconds, where that is less than all patience. Raises `RefusedError` for an error in answer,
        `ChainError` when there is none in time.
        """
        patience = _Patience(self, method, within)
        while True:
            asked = patience.free(node, avoid)
            try:
                result = asked.request(method, params)
            except UnansweredError as error:
                patience.failed(asked, error)
                continue
            asked.note_answer()
            return result

    def ask_many(self, calls: Sequence[Call], node: Endpoint | None = None) -> list[Any]:
        """The results of many requests in few messages, in their order; in place of one that is refused,
        its `RefusedError`. Raises `ChainError` as `ask`.
        """
        found: list[Any] = []
        for start in range(0, len(calls), _BATCH):
            part = calls[start : start + _BATCH]
            patience = _Patience(self, part[0][0])
            while True:
                asked = patience.free(node)
                try:
                    found += _many(asked, part)
                except UnansweredError as error:
                    patience.failed(asked, error)
                    continue
                asked.note_answer()
                break
        return found

    def logs(self, wanted: Filter, first: int, last: int, avoid: Endpoint | None = None) -> Answer:
        """The logs of the first of these blocks, as many as a node answers at once; by another node
        than `avoid` where there is one. Raises `CheckError` for logs that nobody asked for.
        """
        patience = _Patience(self, f"eth_getLogs of block {first}")
        busy = 0
        while True:
            node = patience.free(None, avoid)
            end = min(last, first + node.limits.span - 1)
            span = end - first + 1
            try:
                raw = node.request("eth_getLogs", [wanted.between(first, end)])
            except (RefusedError, UnansweredError) as error:
                busy += 1
                may_shrink = not isinstance(error, UnansweredError) or error.is_much
                if span > 1 and (may_shrink or busy % _BUSY_AGAIN == 0):
                    node.limits.refused(span)
                    last = first + span // 2 - 1
                if isinstance(error, RefusedError):
                    if span == 1:
                        patience.refused(node, error)
                    continue
                patience.failed(node, error)
                continue
            node.note_answer()
            logs = parsed(raw, wanted, first, end, node.name)
            if span > 1 and node.limits.is_cap(len(raw)):
                node.limits.refused(span)
                last = first + span // 2 - 1
                continue
            node.limits.answered(span, len(raw))
            return Answer(logs=logs, last=end, node=node)

    def headers(self, numbers: Sequence[int], node: Endpoint | None = None) -> list[Header]:
        """The headers of these blocks. Raises `CheckError` for one that contradicts itself,
        `ChainError` for one that is not there in time.
        """
        found: dict[int, Header] = {}
        for start in range(0, len(numbers), _BATCH):
            missing = list(numbers[start : start + _BATCH])
            patience = _Patience(self, f"block {missing[0]}")
            while missing:
                asked = patience.free(node)
                calls = [("eth_getBlockByNumber", (hex(number), False)) for number in missing]
                try:
                    answers = _many(asked, calls)
                except UnansweredError as error:
                    patience.failed(asked, error)
                    continue
                asked.note_answer()
                refusal = next((each for each in answers if isinstance(each, RefusedError)), None)
                if refusal is not None:
                    patience.refused(asked, refusal)
                    continue
                for number, answer in zip(missing, answers, strict=True):
                    header = read_header(answer, number, asked.name)
                    if header is not None:
                        found[number] = header
                missing = [number for number in missing if number not in found]
                if missing:  # it is behind, or one of those that stand behind its address
                    behind = UnansweredError(f"has no block {missing[0]}", is_busy=True)
                    patience.failed(asked, behind)
        return [found[number] for number in numbers]

    def wait(self, seconds: float) -> None:
        """Raises `ChainError` when the pool is stopped meanwhile."""
        if self._stopped.wait(max(seconds, 0.0)):
            raise ChainError("stopped")


class _Patience:
    """Of one question: until when it is asked again, and of whom."""

    def __init__(self, pool: Pool, what: str, within: float | None = None) -> None:
        self._pool = pool
        self._what = what
        self._seconds = min(pool.policy.patience_seconds, within or pool.policy.patience_seconds)
        self._until = time.monotonic() + self._seconds
        self._refusals = 0
        self._last = "is busy"

    def free(self, only: Endpoint | None, avoid: Endpoint | None = None) -> Endpoint:
        """A node that is free and awake, once there is one."""
        pool = self._pool
        nodes = pool.nodes if only is None else (only,)
        while True:
            pool.wait(0)
            now = time.monotonic()
            awake = [node for node in nodes if node.rests_until <= now]
            free = [node for node in awake if node.in_flight < pool.policy.requests]
            if free:
                return min(
                    free, key=lambda node: (node.failures > 1, node is avoid, node.in_flight)
                )
            rest = min(node.rests_until for node in nodes) - now
            pool.wait(min(_POLL_SECONDS if awake else rest, max(self._until - now, _POLL_SECONDS)))
            if not awake and time.monotonic() > self._until:
                raise self._ended(nodes[0])

    def failed(self, node: Endpoint, error: UnansweredError) -> None:
        """Raises `ChainError` when it has been asked for long enough."""
        node.note_failure(error, self._pool.draw.uniform(0.5, 1.0))
        self._last = str(error)
        if time.monotonic() > self._until:
            raise self._ended(node) from None

    def refused(self, node: Endpoint, error: RefusedError) -> None:
        """Of something that cannot be made smaller."""
        self._refusals += 1
        if self._refusals >= self._pool.policy.tries * len(self._pool.nodes):
            raise ChainError(f"{node.name} {error} ({self._what})") from None
        self.failed(node, UnansweredError(str(error), is_busy=True))

    def _ended(self, node: Endpoint) -> ChainError:
        return ChainError(f"{node.name} {self._last} ({self._what}), for {self._seconds:g} s now")


def _many(node: Endpoint, calls: Sequence[Call]) -> list[Any]:
    """The results, or in their place the refusals."""
    if len(calls) > 1 and node.takes_batches:
        try:
            return node.batch(calls)
        except RefusedError:
            node.takes_batches = False
    found: list[Any] = []
    for call in calls:
        try:
            found.append(node.request(*call))
        except RefusedError as error:
            found.append(error)
    return found
