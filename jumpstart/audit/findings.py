"""What an audit finds: values that differ; and, beside them, what it cannot say.

Values that agree are counted, not kept: their number grows with the participants.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from jumpstart.deployment.verification.checks import NOTHING, leaves

Kind: TypeAlias = Literal[
    "code", "event", "holding", "transfer", "balance", "state", "role", "node", "terms"
]
"""What a value belongs to."""

CONSISTENT: Final = "consistent"
DIFFERENT: Final = "different"
INCOMPLETE: Final = "incomplete"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One value that differs, in words; `transaction` is its hash, None where there is no one."""

    kind: Kind
    what: str
    expected: str
    found: str
    transaction: str | None = None

    def __str__(self) -> str:
        where = f" (transaction {self.transaction})" if self.transaction else ""
        return f"{self.what}: expected {self.expected}, found {self.found}{where}"


@dataclass(frozen=True, kw_only=True)
class Note:
    """Something that is said, with why."""

    what: str
    why: str


class Findings:
    """All of them, as they come. None stops at a difference."""

    def __init__(self) -> None:
        self.all: list[Finding] = []
        self.compared: Counter[Kind] = Counter()
        self.explained: list[Note] = []
        """Oddities that nobody has to worry about, such as a donation."""
        self.left: list[Note] = []
        """What was not compared, and need not be for an answer."""
        self.undone: list[Note] = []
        """What had to be compared and could not."""

    @property
    def verdict(self) -> str:
        if self.all:
            return DIFFERENT
        return INCOMPLETE if self.undone else CONSISTENT

    def compare(
        self, kind: Kind, what: str, expected: Any, found: Any, transaction: str | None = None
    ) -> bool:
        """Counts values that agree; names each one that does not, lists and objects part by part."""
        if expected == found and type(expected) is type(found):
            self.compared[kind] += len(expected) if isinstance(expected, Mapping) else 1
            return True
        wanted, there = leaves(expected, what), leaves(found, what)
        agrees = True
        for name in dict.fromkeys((*wanted, *there)):
            one, other = wanted.get(name, NOTHING), there.get(name, NOTHING)
            self.compared[kind] += 1
            if one != other:
                agrees = False
                self.all.append(
                    Finding(
                        kind=kind, what=name, expected=one, found=other, transaction=transaction
                    )
                )
        return agrees

    def add(
        self, kind: Kind, what: str, expected: str, found: str, transaction: str | None = None
    ) -> None:
        """What is wrong without two values of the same sort."""
        self.compared[kind] += 1
        self.all.append(
            Finding(kind=kind, what=what, expected=expected, found=found, transaction=transaction)
        )

    def explain(self, what: str, why: str) -> None:
        self.explained.append(Note(what=what, why=why))

    def leave(self, what: str, why: str) -> None:
        self.left.append(Note(what=what, why=why))

    def miss(self, what: str, why: str) -> None:
        self.undone.append(Note(what=what, why=why))
