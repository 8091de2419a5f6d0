"""Jurisdictions: whether the lists are lists of codes. Knows codes, not law.

These rules look at the tables of a file before it is a draft, so that a code nobody knows hides
nothing else: `readable` is what the rest is then read from.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from jumpstart.errors import InputError
from jumpstart.jurisdictions import bitmap_of, numerics_of
from jumpstart.lint.case import Case
from jumpstart.lint.findings import Code, Found, Severity

LISTS: Final = ("admitted", "excluded")
FEW: Final = 3

UNKNOWN = Code(
    name="jurisdictions.unknown",
    severity=Severity.ERROR,
    title="No ISO 3166-1 alpha-2 code",
    why="A code that does not exist admits or excludes nobody: whoever was meant is treated as all others.",
    fix="Write the country's two letters, in capitals.",
)
BOTH = Code(
    name="jurisdictions.both",
    severity=Severity.ERROR,
    title="Two lists of jurisdictions",
    why="What is in neither of them, or in both, could be read in two ways.",
    fix="Keep the list `admitted` or the list `excluded`.",
)
NEITHER = Code(
    name="jurisdictions.neither",
    severity=Severity.ERROR,
    title="No list of jurisdictions",
    why="Who may take part has to be said.",
    fix="Give the list `admitted` or the list `excluded`.",
)
TWICE = Code(
    name="jurisdictions.twice",
    severity=Severity.WARNING,
    title="A jurisdiction is in the list twice",
    why="The second says nothing; another one was probably meant.",
    fix="Take it out, or write the other code.",
)
EVERYBODY = Code(
    name="jurisdictions.everybody",
    severity=Severity.WARNING,
    title="Nobody is excluded",
    why="Few sales may be offered in every country there is.",
    fix="Ask those who know the law, and exclude what they say.",
)
FEW_ADMITTED = Code(
    name="jurisdictions.few",
    severity=Severity.NOTE,
    title="Hardly anybody is admitted",
    why="A list under the wrong name looks just like that.",
    fix="Check that the list is to admit, or to exclude, what it names.",
)


def lists(tables: Mapping[str, Any]) -> Iterator[Found]:
    """The lists as they are written."""
    section = tables.get("admission")
    if not isinstance(section, Mapping):
        return
    given = [key for key in LISTS if key in section]
    if len(given) == 2:
        yield BOTH.at("admission", "excluded", says="there is a list `admitted` too")
    if not given:
        yield NEITHER.at("admission", says="neither `admitted` nor `excluded` is given")
    for key in given:
        codes = section[key] if isinstance(section[key], list) else []
        for row, code in enumerate(codes):
            if not isinstance(code, str):
                continue
            if code in codes[:row]:
                said = f"{code!r} is entry {codes.index(code) + 1} too"
                yield TWICE.at("admission", key, row, says=said)
            elif not _is_known(code):
                known = f"; {code.upper()} is one" if _is_known(code.upper()) else ""
                yield UNKNOWN.at(
                    "admission", key, row, says=f"{code!r} is no ISO 3166-1 alpha-2 code{known}"
                )


def readable(tables: Mapping[str, Any]) -> Mapping[str, Any]:
    """The tables without what `lists` finds wrong."""
    section = tables.get("admission")
    if not isinstance(section, Mapping):
        return tables
    left = {
        key: [code for code in value if not isinstance(code, str) or _is_known(code)]
        if key in LISTS and isinstance(value, list)
        else value
        for key, value in section.items()
    }
    if "admitted" in left:
        left.pop("excluded", None)
    else:
        left.setdefault("excluded", [])
    return {**tables, "admission": left}


def _is_known(code: str) -> bool:
    try:
        bitmap_of([code])
    except InputError:
        return False
    return True


def reach(case: Case) -> Iterator[Found]:
    """Who is admitted by the list, if it is one."""
    section = case.tables["admission"]
    admitted = len(numerics_of(case.sale.admission.jurisdictions))
    if section.get("excluded") == []:
        yield EVERYBODY.at(
            "admission", "excluded", says=f"all {admitted} jurisdictions are admitted"
        )
    elif 0 < admitted <= FEW:
        key = "admitted" if "admitted" in section else "excluded"
        yield FEW_ADMITTED.at("admission", key, says=f"{admitted} are admitted")


RULES: Final = (reach,)
