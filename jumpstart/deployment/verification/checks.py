"""What was compared: by name, what was expected and what was found. And what was not, and why."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from jumpstart.hashing import keccak256
from jumpstart.writing import plain

Kind: TypeAlias = Literal[
    "identity", "source", "record", "code", "transaction", "getter", "role", "event", "balance"
]

_MOST: Final = 100  # bytes that are shown

NOTHING: Final = "nothing"
"""What is found of a value that is not there, or expected of one that should not be."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """One value, in words. `note` says what explains a difference, where something does."""

    kind: Kind
    what: str
    expected: str
    found: str
    note: str = ""

    @property
    def is_right(self) -> bool:
        return self.expected == self.found

    def __str__(self) -> str:
        note = f" ({self.note})" if self.note else ""
        return f"{self.what}: expected {self.expected}, found {self.found}{note}"


@dataclass(frozen=True, kw_only=True)
class Left:
    """What was not compared."""

    what: str
    why: str


class Checks:
    """All of them, as they come. None stops at a difference."""

    def __init__(self) -> None:
        self.all: list[Check] = []
        self.left: list[Left] = []

    def compare(
        self,
        kind: Kind,
        what: str,
        expected: Any,
        found: Any,
        *,
        note: str = "",
        text: Callable[[Any], str] | None = None,
    ) -> None:
        """One check for each value inside; lists and objects are compared part by part."""
        wanted, there = leaves(expected, what, text), leaves(found, what, text)
        for name in dict.fromkeys((*wanted, *there)):
            self.all.append(
                Check(
                    kind=kind,
                    what=name,
                    expected=wanted.get(name, NOTHING),
                    found=there.get(name, NOTHING),
                    note=note,
                )
            )

    def at_least(self, kind: Kind, what: str, bound: int, found: int | str) -> None:
        """A figure that may be larger; a text says why there is none."""
        expected = f"at least {bound}"
        is_enough = isinstance(found, int) and found >= bound
        self.compare(kind, what, expected, expected if is_enough else found)

    def fail(self, kind: Kind, what: str, expected: str, found: str, note: str = "") -> None:
        """What is wrong without two values of the same sort."""
        self.all.append(Check(kind=kind, what=what, expected=expected, found=found, note=note))

    def leave(self, what: str, why: str) -> None:
        self.left.append(Left(what=what, why=why))


def leaves(value: Any, name: str, text: Callable[[Any], str] | None = None) -> dict[str, str]:
    """Every value inside by its path, `a.b[0]`, as text. An empty list or object is one itself."""
    if hasattr(value, "_asdict"):
        value = value._asdict()
    match value:
        case Mapping() if value:
            pairs = [(f"{name}.{key}" if name else str(key), each) for key, each in value.items()]
        case list() | tuple() if value:
            pairs = [(f"{name}[{row}]", each) for row, each in enumerate(value)]
        case _:
            return {name: (text or as_text)(value)}
    return {path: leaf for at, each in pairs for path, leaf in leaves(each, at, text).items()}


def as_text(value: Any) -> str:
    """A value as people read it."""
    match value:
        case bool():
            return "yes" if value else "no"
        case None:
            return NOTHING
        case Mapping() | list() | tuple():
            return "none"
        case str():
            return value
        case bytes() if len(value) > _MOST:
            return f"{len(value)} bytes with the hash 0x{keccak256(value).hex()}"
        case _:
            return str(plain(value))


def as_json(value: Any) -> str:
    """A value as it stands in a file: a number is not the text of it."""
    return json.dumps(value, ensure_ascii=False)
