"""Findings: everything that was compared, and what came out otherwise. Nothing stops at the first."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from jumpstart.errors import ChainError, InputError


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One value that is not what it must be. `why` says where the other one comes from, if known."""

    what: str
    expected: str
    found: str
    why: str = ""

    def __str__(self) -> str:
        text = f"{self.what}: expected {self.expected}, found {self.found}"
        return f"{text} ({self.why})" if self.why else text


@dataclass
class Findings:
    """Filled while things are compared. `left` are those that were not, each with the reason."""

    differences: list[Difference] = field(default_factory=list)
    compared: Counter[str] = field(default_factory=Counter)
    """How many values, by kind."""
    left: list[tuple[str, str]] = field(default_factory=list)

    def equal(self, kind: str, what: str, expected: Any, found: Any, why: str = "") -> bool:
        """Compares two values; whether they are the same."""
        self.compared[kind] += 1
        if _same(expected, found):
            return True
        self.differences.append(
            Difference(what=what, expected=_shown(expected), found=_shown(found), why=why)
        )
        return False

    def reads(self, kind: str, what: str, expected: Any, read: Callable[[], Any]) -> bool:
        """Compares with what is read from the chain; a read that fails is a difference."""
        try:
            found = read()
        except (ChainError, InputError) as error:
            self.compared[kind] += 1
            self.differences.append(
                Difference(what=what, expected=_shown(expected), found=f"no answer: {error}")
            )
            return False
        return self.equal(kind, what, expected, found)

    def leave(self, what: str, why: str) -> None:
        """Says that something was not compared."""
        self.left.append((what, why))


def _same(expected: Any, found: Any) -> bool:
    if isinstance(expected, tuple | list) and isinstance(found, tuple | list):
        return len(expected) == len(found) and all(map(_same, expected, found))
    # True equals 1 in Python, and is something else in a record.
    return type(expected) is type(found) and bool(expected == found)


def _shown(value: Any) -> str:
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, tuple | list):
        return f"({', '.join(map(_shown, value))})"
    return "nothing" if value is None else str(value)
