"""Findings: what a rule says about one field, and how grave it is.

Knows neither terms nor rules. A `Code` stands beside the rule that it is for, in the module of its
subject; `jumpstart.lint.registry` has all of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from jumpstart.lint.places import Path, Places, written


class Severity(StrEnum):
    """How grave a finding is, the gravest first."""

    ERROR = "error"
    """The sale cannot be listed, cannot work, or breaks a promise that it makes."""
    WARNING = "warning"
    """It works, but somebody is likely to lose by it: to be changed, or defended in review."""
    NOTE = "note"
    """Nothing is wrong; a reader should know."""

    @property
    def rank(self) -> int:
        """0 for the gravest."""
        return list(Severity).index(self)


@dataclass(frozen=True, kw_only=True)
class Found:
    """A code at a field, before it is known where in the file that stands."""

    code: "Code"
    path: Path
    message: str


@dataclass(frozen=True, kw_only=True)
class Code:
    """One kind of finding: its stable name `subject.what`, what it means, why that matters, and what
    to do about it.
    """

    name: str
    severity: Severity
    title: str
    why: str
    fix: str

    def at(self, *path: str | int, says: str) -> Found:
        """The finding at a field. `says` has the figures that disagree, with their units."""
        return Found(code=self, path=path, message=says)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """`field` is written as in `sessions[0].start`, with rows from 0; `line` counts from 1."""

    code: str
    severity: Severity
    field: str
    line: int
    message: str
    fix: str


def placed(found: Iterable[Found], places: Places) -> tuple[Finding, ...]:
    """The findings by line, and in a line by their gravity; the same one only once."""
    findings = {
        Finding(
            code=each.code.name,
            severity=each.code.severity,
            field=written(each.path),
            line=places.line_of(each.path),
            message=each.message,
            fix=each.code.fix,
        )
        for each in found
    }
    return tuple(
        sorted(
            findings,
            key=lambda each: (each.line, each.severity.rank, each.code, each.field, each.message),
        )
    )
