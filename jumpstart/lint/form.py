"""The form of a file: fields that are missing, unknown or cannot be read, all of them at once."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Final

from pydantic import BaseModel

from jumpstart.drafts import Draft, mistakes_in
from jumpstart.lint.findings import Code, Found, Severity
from jumpstart.lint.places import Path
from jumpstart.models import Problem

MISSING = Code(
    name="form.missing",
    severity=Severity.ERROR,
    title="A field is missing",
    why="Terms have no defaults: what is not written was not agreed.",
    fix="Add the field; the files in sales/ show each one.",
)
UNKNOWN = Code(
    name="form.unknown",
    severity=Severity.ERROR,
    title="A field that no terms have",
    why="A field with a wrong name would be read by people and ignored by the contracts.",
    fix="Correct its name, or take it out.",
)
VALUE = Code(
    name="form.value",
    severity=Severity.ERROR,
    title="A value cannot be read",
    why="A value without its unit or zone, or of another kind, would have to be guessed.",
    fix="Write it with its unit as sales/README.md shows, in quotes.",
)

_KINDS: Final = {"missing": MISSING, "extra_forbidden": UNKNOWN}


def mistakes(tables: Mapping[str, Any]) -> Iterator[Found]:
    """A finding for every mistake that keeps the tables from being a draft."""
    for mistake in mistakes_in(tables):
        code = _KINDS.get(mistake.kind, VALUE)
        yield code.at(*mistake.path, says=_said(mistake, code))


def _said(mistake: Problem, code: Code) -> str:
    if code is MISSING:
        return "is missing"
    if code is UNKNOWN:
        # A misspelt name is the usual reason, and the right one is near.
        near = get_close_matches(str(mistake.path[-1]), _fields_beside(mistake.path), n=1)
        return f"is no field of terms{f'; {near[0]} is one' if near else ''}"
    given = mistake.given
    if mistake.kind == "value_error" or isinstance(given, list | dict):
        return mistake.reason  # our own words, which have the figure
    return f"{given!r}: {mistake.reason[:1].lower()}{mistake.reason[1:]}"


def _fields_beside(path: Path) -> list[str]:
    model: type[BaseModel] | None = Draft
    for step in path[:-1]:
        if isinstance(step, str) and model is not None:
            field = model.model_fields.get(step)
            model = None if field is None else _model_in(field.annotation)
    return [] if model is None else list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inner = map(_model_in, getattr(annotation, "__args__", ()))
    return next((model for model in inner if model is not None), None)
