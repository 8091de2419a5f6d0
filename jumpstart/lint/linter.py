"""Lints one file: its form, the rules of the contracts, and what goes beyond them.

Pure: the same text, time and facts give the same findings. Asks no chain; `jumpstart.lint.on_chain`
does.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from jumpstart.drafts import draft_of, tables_of
from jumpstart.lint import admission, amounts, delivery, form, people, prices, rules, times, vesting
from jumpstart.lint.case import Case, Known, Rule
from jumpstart.lint.findings import Finding, Found, Severity, placed
from jumpstart.lint.places import Places

RULES: Final[tuple[Rule, ...]] = (
    *rules.RULES,
    *times.RULES,
    *vesting.RULES,
    *amounts.RULES,
    *prices.RULES,
    *people.RULES,
    *admission.RULES,
    *delivery.RULES,
)
"""Every rule for a draft. What they say is sorted by its place, so their order does not matter."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """The findings in one file, by line."""

    findings: tuple[Finding, ...]
    is_read: bool
    """Whether the file could be read to its end; else rules beyond its form were not applied."""

    @property
    def counts(self) -> dict[str, int]:
        """How many findings there are of each severity."""
        found = Counter(finding.severity for finding in self.findings)
        return {f"{severity}s": found[severity] for severity in Severity}

    @property
    def summary(self) -> str:
        """The counts in a line: "1 error, 0 warnings, 3 notes"."""
        return ", ".join(
            f"{count} {name.removesuffix('s') if count == 1 else name}"
            for name, count in self.counts.items()
        )

    def fails(self, *, strict: bool = False) -> bool:
        """Whether there is an error; where one is `strict`, also for a warning."""
        return self.counts["errors"] > 0 or (strict and self.counts["warnings"] > 0)


class Subject:
    """A file to lint: what can be said of it without a chain, and what a chain adds.

    Raises `InputError` for a text that is not TOML.
    """

    def __init__(self, text: str) -> None:
        tables = tables_of(text)
        self._places = Places(text)
        self.tables = tables
        self._mistakes = [*admission.lists(tables)]
        readable = admission.readable(tables)
        mistakes = [*form.mistakes(readable)]
        self.draft = None if mistakes else draft_of(readable)
        self._mistakes += mistakes

    def case(
        self, accounts: Mapping[str, str], *, now: int, known: Known | None = None
    ) -> Case | None:
        """What rules look at, or None where the form is wrong. Raises `InputError` for an account
        that is malformed or contradicts the file.
        """
        if self.draft is None:
            return None
        return Case.of(self.tables, self.draft, accounts, now=now, known=known or Known())

    def report(self, case: Case | None, more: Iterable[Found] = ()) -> Report:
        """All findings, with those that something else has made."""
        found = [*self._mistakes, *more]
        if case is not None:
            for rule in RULES:
                found += rule(case)
        return Report(findings=placed(found, self._places), is_read=case is not None)


def lint(
    text: str,
    *,
    now: int,
    accounts: Mapping[str, str] | None = None,
    known: Known | None = None,
) -> Report:
    """What is wrong with the terms in a TOML text, at a Unix time.

    Raises `InputError` for a text that is not TOML, and for accounts that contradict it.
    """
    subject = Subject(text)
    return subject.report(subject.case(accounts or {}, now=now, known=known))
