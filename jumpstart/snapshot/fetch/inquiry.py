"""Inquiry: asks for the logs of some blocks until the answer can be relied upon.

A node that drops a page says nothing about it. So everything is asked twice, in other cuts, and of
another node where there is one; headers bind what came, their blooms point to what did not; and where
answers contradict each other, the receipts of the block decide, which its header is bound to
(`docs/adr/0016-logs-asked-twice.md`).
"""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from jumpstart.errors import CheckError
from jumpstart.snapshot.fetch.endpoint import Endpoint, RefusedError
from jumpstart.snapshot.fetch.headers import Header
from jumpstart.snapshot.fetch.logs import Filter, Log, parsed
from jumpstart.snapshot.fetch.pool import Answer, Pool
from jumpstart.snapshot.fetch.proofs import proven_logs

_RECENT_SPAN: Final = 50
"""Blocks at once where every header is read: one message."""
_DRAWN_OF_RANGE: Final = 4
"""Headers of each range that are read whether their blocks have logs or not."""
_PROOFS: Final = 64
"""How often receipts are read only because a bloom points to a block."""
_OMISSIONS: Final = 3
"""Blocks that logs were left out of whichever way they were asked for, before nobody is asked any more."""
_ROUND: Final = 100
"""A block with a multiple of so many logs may have been cut by a cap."""


@dataclass(frozen=True, kw_only=True)
class Piece:
    """All logs of the blocks up to `last`, whose hash is `pin`."""

    last: int
    pin: str
    logs: list[Log]


class _ContradictionError(Exception):
    """Answers do not fit each other; the blocks up to `last` are asked again."""

    def __init__(self, last: int, text: str) -> None:
        super().__init__(text)
        self.last = last


class Inquiry:
    """Of the logs that are `wanted`. Blocks after `final` may still be replaced; those in `doubtful` are
    taken from their receipts. `is_small`: few enough that every header is read. For many threads.
    """

    def __init__(
        self,
        pool: Pool,
        wanted: Filter,
        final: int,
        tell: Callable[[str], None] = lambda _: None,
        doubtful: Iterable[int] = (),
        *,
        is_small: bool = False,
    ) -> None:
        self._pool = pool
        self._wanted = wanted
        self._final = final
        self._tell = tell
        self._is_small = is_small
        self._lock = threading.Lock()
        self._doubtful = set(doubtful)
        self._proofs_left = _PROOFS
        self._omissions = 0
        self.has_unknown = False
        """Whether headers have fields that nobody here can make a hash of."""

    def piece(self, first: int, last: int) -> Piece:
        """The logs of the first of these blocks, as many as make one answer.

        Raises `CheckError` when the answers go on contradicting each other or what they are bound to,
        `ChainError` when there are none.
        """
        contradictions = 0
        while True:
            last = self._cut(first, last)
            try:
                if self._omissions >= _OMISSIONS:
                    return self._by_receipts(first, last)
                if first == last:
                    return self._single(first, is_disputed=contradictions > 0)
                return self._several(first, last)
            except _ContradictionError as error:
                contradictions += 1
                if error.last < last:
                    last = max(first, error.last)
                    contradictions = 1
                    continue
                if contradictions > self._pool.policy.tries:
                    raise CheckError(str(error)) from None
                self._pool.wait(self._pool.policy.rest_seconds * (contradictions - 1))

    def proven(self, block: int) -> list[Log] | None:
        """The logs of a block by its receipts; None where no node has any that prove them."""
        (header,) = self._pool.headers([block])
        return self._proven(header)

    def _cut(self, first: int, last: int) -> int:
        with self._lock:
            doubts = [block for block in self._doubtful if first <= block <= last]
        if doubts:
            last = max(first, min(doubts) - 1)
        if last > self._final:
            last = min(last, max(self._final, first + _RECENT_SPAN - 1))
        return last

    # ------------------------------------------------------------------------------------ many blocks

    def _several(self, first: int, last: int) -> Piece:
        pool = self._pool
        is_recent = last > self._final
        before = pool.headers([last])[0].hash if is_recent else None
        answer = pool.logs(self._wanted, first, last)
        end = answer.last
        if end == first:
            return self._single(first, is_disputed=False)
        again, other = self._again(first, end, answer.node)
        if answer.logs != again:
            answer.node.limits.dropped(min(len(answer.logs), len(again)))
            answer.node.limits.refused(end - first + 1)
            raise _ContradictionError(
                first + (end - first) // 2, f"blocks {first} to {end} have other logs each time"
            )
        hashes = _hashes(answer.logs, answer.node.name)
        blocks = set(range(first, end + 1)) if is_recent else self._drawn(hashes, first, end)
        headers = pool.headers(sorted(blocks | {end, last} if is_recent else blocks | {end}))
        if before is not None and headers[-1].hash != before:
            raise _ContradictionError(
                last, f"block {last} had the hash {before}, then {headers[-1].hash}"
            )
        headers = [header for header in headers if header.number <= end]
        for header in headers:
            self._bind(header, hashes, end)
        self._agree(headers[-1], answer.node, other)
        return Piece(last=end, pin=headers[-1].hash, logs=answer.logs)

    def _again(self, first: int, end: int, node: Endpoint) -> tuple[list[Log], Endpoint]:
        """The same blocks in two answers, of another node where there is one."""
        middle = first + self._pool.draw.randrange(end - first)
        found: list[Log] = []
        other = node
        for start, stop in ((first, middle), (middle + 1, end)):
            while start <= stop:
                answer = self._pool.logs(self._wanted, start, stop, node)
                found += answer.logs
                other, start = answer.node, answer.last + 1
        return found, other

    def _drawn(self, hashes: Mapping[int, str], first: int, end: int) -> set[int]:
        """Blocks whose headers are read: with logs, and without."""
        most = self._pool.policy.headers_of_range
        if self._is_small:
            return set(range(first, end + 1))
        drawn = {self._pool.draw.randint(first, end) for _ in range(_DRAWN_OF_RANGE)}
        if most is None or len(hashes) <= most:
            return drawn | set(hashes)
        return drawn | set(self._pool.draw.sample(sorted(hashes), most))

    def _bind(self, header: Header, hashes: Mapping[int, str], end: int) -> None:
        """Holds the logs of a block against its header."""
        number = header.number
        if header.unknown:
            self.has_unknown = True
        stated = hashes.get(number)
        if stated is not None:
            if stated != header.hash:
                raise _ContradictionError(
                    end, f"block {number} has the hash {header.hash}, its logs say {stated}"
                )
            if not header.unknown and not self._wanted.may_be_in(header.bloom):
                raise CheckError(
                    f"block {number} has no such logs by its bloom, and some were sent"
                )
        elif self._wanted.may_be_in(header.bloom):
            found = self._by_hash(header, None)
            if not found and self._may_prove():
                found = self._proven(header)
            if found:
                with self._lock:
                    self._doubtful.add(number)
                raise _ContradictionError(
                    number - 1, f"block {number} has {len(found)} logs, and none by its number"
                )

    def _may_prove(self) -> bool:
        """Blooms point to many blocks that have no such logs: not each of them is worth its receipts."""
        with self._lock:
            self._proofs_left -= 1
            return self._proofs_left >= 0

    def _agree(self, header: Header, *nodes: Endpoint) -> None:
        """Raises unless all these nodes have this block."""
        if len(self._pool.nodes) == 1:
            return
        for node in dict.fromkeys(nodes):
            (theirs,) = self._pool.headers([header.number], node)
            if theirs.hash != header.hash:
                raise _ContradictionError(
                    header.number,
                    f"block {header.number} has the hash {header.hash}, by {node.name} {theirs.hash}",
                )

    # ------------------------------------------------------------------------------------ one block

    def _single(self, block: int, *, is_disputed: bool) -> Piece:
        """By its number, by its hash, and where they differ or may be cut, by its receipts."""
        (header,) = self._pool.headers([block])
        answer = self._pool.logs(self._wanted, block, block)
        for stated in set(_hashes(answer.logs, answer.node.name).values()):
            if stated != header.hash:
                raise _ContradictionError(
                    block, f"block {block} has the hash {header.hash}, its logs say {stated}"
                )
        again = self._by_hash(header, answer.node)
        if again is None:
            again = self._pool.logs(self._wanted, block, block, answer.node).logs
        logs = answer.logs
        count = len(logs)
        has_bit = self._wanted.may_be_in(header.bloom)
        if logs and not has_bit and not header.unknown:
            raise CheckError(f"block {block} has no such logs by its bloom, and some were sent")
        with self._lock:
            is_doubtful = block in self._doubtful or is_disputed
        is_odd = is_doubtful or (count and count % _ROUND == 0)
        is_odd = is_odd or (has_bit and not count and self._may_prove())
        if logs != again or is_odd or answer.node.limits.is_cap(count):
            logs = self._decided(header, answer, again)
        self._agree(header, *self._pool.alive)
        return Piece(last=block, pin=header.hash, logs=logs)

    def _decided(self, header: Header, answer: Answer, again: list[Log]) -> list[Log]:
        """The logs of a block by its receipts, of which there are two answers."""
        block = header.number
        proven = self._proven(header)
        if proven is None:
            if answer.logs == again and block not in self._doubtful:
                return again
            raise _ContradictionError(
                block,
                f"block {block} has {len(answer.logs)} logs in one answer and {len(again)} in another, "
                "and no node gives receipts that prove them",
            )
        self._refuse_invented([*answer.logs, *again], proven, answer.node.name)
        least = min(len(answer.logs), len(again))
        if least < len(proven):
            self._tell(f"block {block} has {len(proven)} logs by its receipts, {least} were sent")
        if max(len(answer.logs), len(again)) < len(proven):
            with self._lock:
                self._omissions += 1
            if self._omissions == _OMISSIONS:
                self._tell(
                    "logs are left out again and again: from here on, receipts are read instead"
                )
        return proven

    # ------------------------------------------------------------------------------------ receipts

    def _by_receipts(self, first: int, last: int) -> Piece:
        """Without asking for logs: what blooms point to, by its receipts."""
        last = min(last, first + _RECENT_SPAN - 1)
        headers = self._pool.headers(range(first, last + 1))
        logs: list[Log] = []
        for before, header in zip([None, *headers], headers, strict=False):
            if before is not None and header.parent_hash != before.hash:
                raise _ContradictionError(
                    last,
                    f"block {header.number} is not upon {before.hash}, but {header.parent_hash}",
                )
            if not header.unknown and not self._wanted.may_be_in(header.bloom):
                continue
            proven = self._proven(header)
            if proven is None:
                raise CheckError(
                    f"block {header.number}: nodes leave out logs, and none gives receipts that come to "
                    f"{header.receipts_root}"
                )
            logs += proven
        self._agree(headers[-1], *self._pool.alive)
        return Piece(last=last, pin=headers[-1].hash, logs=logs)

    def _by_hash(self, header: Header, avoid: Endpoint | None) -> list[Log] | None:
        """The logs of this very block; None where no node is asked that way."""
        wanted = self._wanted.within(header.hash)
        try:
            raw = self._pool.ask("eth_getLogs", wanted, avoid=avoid)
        except RefusedError:
            return None
        return parsed(raw, self._wanted, header.number, header.number, f"block {header.hash}")

    def _proven(self, header: Header) -> list[Log] | None:
        return proven_logs(self._pool, self._wanted, header)

    @staticmethod
    def _refuse_invented(sent: Iterable[Log], proven: Sequence[Log], node: str) -> None:
        known = set(proven)
        for log in sent:
            if log not in known:
                raise CheckError(
                    f"{node}: log {log.place} of block {log.block} was sent, the receipts of the block "
                    f"have {len(known)} such logs and not this one"
                )


def _hashes(logs: Iterable[Log], node: str) -> dict[int, str]:
    """The hash of each block that has logs, as they say."""
    hashes: dict[int, str] = {}
    for log in logs:
        known = hashes.setdefault(log.block, log.block_hash)
        if known != log.block_hash:
            raise CheckError(
                f"{node}: logs of block {log.block} say that its hash is {known}, and {log.block_hash}"
            )
    return hashes
