"""What moves: by the models, and by the transfers that tokens log, transaction by transaction.

Knows who holds how much by now. A transfer from one of our contracts, between them, or in a
transaction that one of them was called by, needs a model's word. Any other that comes in is a gift,
and changes nobody's entitlement. Of the native coin
there are no transfers: see `jumpstart.audit.coins`.
"""

from collections import Counter, defaultdict

from jumpstart.audit.findings import Findings
from jumpstart.audit.steps import Step, Transfer
from jumpstart.audit.subject import Subject
from jumpstart.chain.blueprint import NOBODY

NATIVE = NOBODY
"""In place of a token: the native coin."""


class Flows:
    """Amounts in base units, by token and holder."""

    def __init__(self, subject: Subject, findings: Findings) -> None:
        self._findings = findings
        self._labels = subject.labels
        self._tokens = frozenset(subject.tokens)
        self._callable = {*subject.labels, subject.launchpad.address}
        self._expected: Counter[Transfer] = Counter()
        self.held: defaultdict[tuple[str, str], int] = defaultdict(int)
        """What each of our contracts must have, gifts included, but for forced coins."""
        self.gifts: defaultdict[tuple[str, str], int] = defaultdict(int)
        """What of that nobody had to send, and is still there."""
        self.moved: Counter[str] = Counter()
        """Base units that the models have let move, by token."""
        self.ways: Counter[tuple[str, str, str]] = Counter()
        """The same by token and by the names of who gave and who got; an empty name is anybody else."""
        self.coins: list[tuple[int, int, int]] = []
        """Block, and the coins that sale and escrow must have after it; where these change."""
        self._sale, self._escrow = str(subject.sale.address), str(subject.escrow.address)

    def move(self, token: str, source: str, target: str, amount: int) -> None:
        """The models let so much move in this transaction."""
        is_followed = token == NATIVE or token in self._tokens
        if amount == 0 or source == target or not is_followed:
            return
        self.moved[token] += amount
        named = self._labels.get
        self.ways[token, named(source, ""), named(target, "")] += amount
        self._book(token, source, target, amount)
        if token != NATIVE:
            moved = Transfer(token=token, source=source, target=target, amount=amount)
            self._expected[moved] += 1

    def force(self, holder: str, amount: int) -> None:
        """So many coins came in without a call, and are known by now."""
        self.held[NATIVE, holder] += amount
        self.gifts[NATIVE, holder] += amount

    def forget_gifts(self, holder: str) -> None:
        """All that a contract had beyond what it owes has gone."""
        for key in [key for key in self.gifts if key[1] == holder]:
            del self.gifts[key]

    def _book(self, token: str, source: str, target: str, amount: int) -> None:
        for holder, sign in ((source, -1), (target, 1)):
            if holder in self._labels:
                self.held[token, holder] += sign * amount

    def settle(self, step: Step) -> None:
        """The transaction is over: what moved against what had to."""
        found = Counter(
            each for each in step.transfers if each.amount and each.source != each.target
        )
        missing, extra = self._expected - found, found - self._expected
        self._findings.compared["transfer"] += sum((self._expected & found).values())
        for each, count in missing.items():
            self._book(each.token, each.target, each.source, each.amount * count)
            other = next((one for one in extra if _same_way(one, each)), None)
            if other is not None:
                extra[other] -= 1
                self._book(other.token, other.source, other.target, other.amount)
            amount = str(other.amount) if other is not None else "nothing"
            self._findings.add(
                "transfer", self._words(each), str(each.amount), amount, step.transaction
            )
        for each, count in (+extra).items():
            self._book(each.token, each.source, each.target, each.amount * count)
            # Called itself, nothing but our contract has run: it has taken what it must not.
            if each.source in self._labels or step.to in self._callable:
                self._findings.add(
                    "transfer", self._words(each), "nothing", str(each.amount), step.transaction
                )
            else:
                self.gifts[each.token, each.target] += each.amount * count
                self._findings.explain(
                    f"{each.amount} of {each.token} sent to the {self._labels[each.target]} by "
                    f"{each.source} in transaction {step.transaction}",
                    "a gift: it changes nobody's entitlement",
                )
        self._expected.clear()
        coins = self.held[NATIVE, self._sale], self.held[NATIVE, self._escrow]
        if not self.coins or self.coins[-1][1:] != coins:
            self.coins.append((step.block, *coins))

    def _words(self, transfer: Transfer) -> str:
        source, target = (
            self._labels.get(each, each) for each in (transfer.source, transfer.target)
        )
        return f"transfer of {transfer.token} from {source} to {target}"


def _same_way(one: Transfer, other: Transfer) -> bool:
    return (one.token, one.source, one.target) == (other.token, other.source, other.target)
