"""The slow model of a snapshot: dictionaries and integers, one log after the other.

It shares nothing with the query but the rules: what an account held when a block was over, one
figure for each of the blocks, and the statistic of `jumpstart.holdings` over these figures.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

ZERO = "0x" + 40 * "0"


@dataclass(frozen=True, kw_only=True)
class Log:
    """A Transfer event."""

    block: int
    index: int
    source: str
    target: str
    amount: int


@dataclass(kw_only=True)
class Ledger:
    """Balances as a node has them after each block."""

    balances: dict[str, int] = field(default_factory=dict)

    def apply(self, log: Log) -> None:
        if log.source != ZERO:
            left = self.balances.get(log.source, 0) - log.amount
            assert left >= 0, log
            self.balances[log.source] = left
        if log.target != ZERO:
            self.balances[log.target] = self.balances.get(log.target, 0) + log.amount


def daily_balances(logs: Iterable[Log], blocks: Sequence[int]) -> dict[str, list[int]]:
    """For each account that ever held the token, what it held at the end of each of the blocks."""
    ordered = sorted(logs, key=lambda log: (log.block, log.index))
    ledger = Ledger()
    days: list[Mapping[str, int]] = []
    position = 0
    for block in blocks:
        while position < len(ordered) and ordered[position].block <= block:
            ledger.apply(ordered[position])
            position += 1
        days.append(dict(ledger.balances))
    for log in ordered[position:]:
        ledger.apply(log)
    return {account: [day.get(account, 0) for day in days] for account in ledger.balances}
