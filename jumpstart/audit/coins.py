"""The native coin. No event says that it moved: balances of old blocks show when it came.

A coin can be forced on any account, by the reward of a block or by a contract that ends itself. That
changes nobody's entitlement, and happens in blocks in which the models let no coin move. What a
contract has too much of since a block in which they did, it kept from somebody.
"""

from bisect import bisect_right
from functools import cached_property
from typing import Final

from jumpstart.audit.findings import Findings
from jumpstart.audit.flows import NATIVE, Flows
from jumpstart.audit.subject import Subject
from jumpstart.errors import ChainError

_MOST: Final = 32  # gifts that are told apart


def check_coins(subject: Subject, flows: Flows, findings: Findings) -> None:
    """What sale, escrow, vault and review have of the native coin, to the last wei."""
    for row, holder in enumerate((subject.sale.address, subject.escrow.address), 1):
        _Coins(subject, flows, findings, holder, row).check()
    for holder in (subject.vault.address, subject.review.address):
        label = subject.labels[holder]
        found = subject.chain.balance(holder, subject.head.number)
        if found:
            findings.explain(f"{found} wei in the {label}", "forced on it: it takes none")


class _Coins:
    def __init__(
        self, subject: Subject, flows: Flows, findings: Findings, holder: str, row: int
    ) -> None:
        self._chain = subject.chain
        self._findings = findings
        self._flows = flows
        self._holder = holder
        self._label = subject.labels[holder]
        self._first, self._last = subject.listed_in, subject.head.number
        self._blocks = [each[0] for each in flows.coins]
        self._held = [each[row] for each in flows.coins]

    def check(self) -> None:
        expected = self._flows.held[NATIVE, self._holder]
        found = self._chain.balance(self._holder, self._last)
        what = f"coins of the {self._label}"
        if found <= expected:
            self._findings.compare("balance", what, expected, found)
            return
        try:
            surplus = self._explained(found - expected)
        except ChainError as error:
            # Anybody can force a coin on it: that alone must not read as a difference.
            self._findings.miss(
                f"where {found - expected} wei in the {self._label} come from",
                f"the node does not remember old balances: {error}",
            )
            return
        self._findings.compare("balance", what, expected + surplus, found)

    def _expected(self, block: int) -> int:
        """What the models say it has after the block."""
        place = bisect_right(self._blocks, block)
        return self._held[place - 1] if place else 0

    def _surplus(self, block: int) -> int:
        # What was forced on it until a sweep is booked with the sweep.
        return self._chain.balance(self._holder, block) - self._expected(block) - self._base

    @cached_property
    def _base(self) -> int:
        """What was at the address before there was a contract."""
        return self._chain.balance(self._holder, self._first - 1)

    def _explained(self, surplus: int) -> int:
        """How much of the surplus came in blocks in which the models let no coin move."""
        busy, last = set(self._blocks), self._last
        explained = min(surplus, self._base)
        if explained:
            self._findings.explain(
                f"{explained} wei at the address of the {self._label} before block {self._first}",
                "it was there before the contract: it changes nobody's entitlement",
            )
            surplus -= explained
        for _ in range(_MOST):
            if surplus == 0:
                break
            # The first block after which the surplus is what it is at the end.
            first = self._first - 1
            while first + 1 < last:
                middle = (first + last) // 2
                if self._surplus(middle) >= surplus:
                    last = middle
                else:
                    first = middle
            before = self._surplus(last - 1)
            if last not in busy and before < surplus:
                explained += surplus - before
                self._findings.explain(
                    f"{surplus - before} wei forced on the {self._label} in block {last}",
                    "no call of ours moved a coin then: it changes nobody's entitlement",
                )
            surplus, last = max(before, 0), last - 1
        return explained
