"""Timeline: which block of a chain was the newest at a time.

Timestamps of blocks never fall, on any chain here; on some, several blocks share one. A block is found
in few requests, because blocks come about evenly and what was asked before bounds the next search.
"""

from bisect import bisect_right
from typing import Final

from jumpstart.chain.client import BlockHeader, Chain
from jumpstart.errors import ChainError, InputError
from jumpstart.times import format_time

_RECENT: Final = 256
"""Blocks that may still be replaced, where nobody says which are final."""


class Timeline:
    """The blocks of a chain up to one that is final. Where its node does not say which is, so many of
    the newest are left out; of a local chain none.
    """

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self._known = [chain.header(0), self._last()]
        if self._known[0].number == self._known[1].number:
            self._known.pop()

    @property
    def last(self) -> BlockHeader:
        """The last block that is looked at."""
        return self._known[-1]

    def newest_at(self, time: int) -> BlockHeader:
        """The last block whose timestamp is not after `time`, Unix seconds.

        Raises `InputError` when the chain has not come so far, or begins later.
        """
        first, last = self._known[0], self._known[-1]
        if time < first.timestamp:
            raise InputError(
                f"{self._name} begins {format_time(first.timestamp)}, after {format_time(time)}"
            )
        if time >= last.timestamp:
            raise InputError(
                f"{self._name} has come to block {last.number}, {format_time(last.timestamp)}, and not "
                f"beyond {format_time(time)}"
            )
        return self._bracketed(time)[0]

    def oldest_from(self, time: int) -> BlockHeader:
        """The first block whose timestamp is not before `time`. Raises `InputError` when there is
        none yet.
        """
        first, last = self._known[0], self._known[-1]
        if time > last.timestamp:
            raise InputError(
                f"{self._name} has come to block {last.number}, {format_time(last.timestamp)}, before "
                f"{format_time(time)}"
            )
        return first if time <= first.timestamp else self._bracketed(time - 1)[1]

    @property
    def _name(self) -> str:
        return f"chain {self.chain.chain_id}"

    def _last(self) -> BlockHeader:
        if self.chain.is_local:
            return self.chain.header()
        try:
            return self.chain.header("finalized")
        except ChainError:  # not every node knows
            head = self.chain.header()
            return self.chain.header(max(0, head.number - _RECENT))

    def _bracketed(self, time: int) -> tuple[BlockHeader, BlockHeader]:
        """Neighbours, of which the second alone is after `time`: between the first and the last."""
        place = bisect_right(self._known, time, key=lambda header: header.timestamp)
        low, high = self._known[place - 1], self._known[place]
        guesses = True
        while high.number - low.number > 1:
            middle = (low.number + high.number) // 2
            if guesses:  # by the rate of the blocks; every other time by half, however they come
                part = (time - low.timestamp) * (high.number - low.number)
                middle = low.number + part // (high.timestamp - low.timestamp)
                middle = min(max(middle, low.number + 1), high.number - 1)
            guesses = not guesses
            found = self.chain.header(middle)
            if not low.timestamp <= found.timestamp <= high.timestamp:
                raise ChainError(
                    f"{self._name}: block {found.number} is of {format_time(found.timestamp)}, blocks "
                    f"{low.number} and {high.number} around it are of {format_time(low.timestamp)} and "
                    f"{format_time(high.timestamp)}"
                )
            if found.timestamp <= time:
                low = found
            else:
                high = found
            self._known.insert(
                bisect_right(self._known, found.number, key=lambda header: header.number), found
            )
        return low, high
