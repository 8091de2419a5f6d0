"""All codes, gathered from the modules of their subjects, and the page that lists them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from jumpstart.lint import (
    admission,
    amounts,
    delivery,
    form,
    on_chain,
    people,
    prices,
    rules,
    times,
    tokens,
    vesting,
)
from jumpstart.lint.findings import Code, Severity

SUBJECTS: Final = {
    "The form of the file": form,
    "The rules of the contracts": rules,
    "Review, sessions, settlement, holdings": times,
    "Supplies, caps, limits, the table": amounts,
    "The price and rounding": prices,
    "Vesting and allocations": vesting,
    "Delivery, objections, exits": delivery,
    "Accounts and the fee": people,
    "Jurisdictions": admission,
    "The chain, with `--rpc`": on_chain,
    "The behaviour of tokens, with `--rpc`": tokens,
}
"""The modules by the heading of their codes, in the order of the page."""

_OPENING: Final = """\
# What `jumpstart lint` finds

Made from the code by `jumpstart.lint.registry.catalogue()`; a test holds the two together.

Terms cannot be changed once they are reviewed, so `jumpstart lint TERMS.toml` looks for everything that can be known
wrong before anybody signs. A finding has a code, which stays the same from version to version, the line and the field
(rows count from 0, as in `sessions[0].start`), the figures that disagree, and what to do. Exit status: 0 without an
error, 1 with one (with `--strict` also with a warning), 2 for a file that cannot be read.

- **error**: the sale cannot be listed, cannot work, or breaks a promise that it makes.
- **warning**: it works, but somebody is likely to lose by it. Change it, or defend it in the review.
- **note**: nothing is wrong; a reader should know.

Names without an address are taken for accounts of their own, so that a file can be linted before anybody is chosen.
Bounds such as "less than a minute" are ours; each stands as a constant beside its rule in `jumpstart/lint/`.
"""


def codes_of(module: Any) -> dict[str, Code]:
    """The codes of one subject, by their names."""
    codes: dict[str, Code] = {}
    for value in vars(module).values():
        if isinstance(value, Code):
            codes[value.name] = value
        elif isinstance(value, dict):
            codes |= {each.name: each for each in value.values() if isinstance(each, Code)}
    return codes


CODES: Final[Mapping[str, Code]] = MappingProxyType(
    {name: code for module in SUBJECTS.values() for name, code in codes_of(module).items()}
)
"""Every code by its name."""


def catalogue() -> str:
    """The page `docs/lint.md`."""
    parts = [_OPENING]
    for heading, module in SUBJECTS.items():
        parts.append(f"\n## {heading}\n\n| code | | what | why | fix |\n|---|---|---|---|---|\n")
        parts += [_row(code) for code in codes_of(module).values()]
    return "".join(parts)


def _row(code: Code) -> str:
    mark = f"**{code.severity}**" if code.severity is Severity.ERROR else str(code.severity)
    return f"| `{code.name}` | {mark} | {code.title} | {code.why} | {code.fix} |\n"
