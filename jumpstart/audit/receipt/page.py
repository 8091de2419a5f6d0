"""A receipt as a page, which proves itself again in every browser that opens it."""

import base64
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup

from jumpstart.audit.page.units import unit_of
from jumpstart.audit.receipt.words import Sentence, sentences
from jumpstart.pages import numerals
from jumpstart.pages.environment import environment_of

_FOLDER: Final = Path(__file__).parent
_SCRIPTS: Final = ("verify.js", "show.js")


def told(receipt: Mapping[str, Any], tokens: Mapping[str, Any]) -> list[Sentence]:
    """What the receipt says in sentences."""
    units = {name: unit_of(token) for name, token in tokens.items()}
    return sentences(receipt["figures"], units)


def render(receipt: Mapping[str, Any], tokens: Mapping[str, Any]) -> str:
    """The whole page as HTML text. `tokens`: as a report has them, what they are called is not
    proved.
    """
    environment = environment_of(_FOLDER / "templates")
    environment.filters |= {
        "clock": lambda time: numerals.clock(int(time)),
        "grouped": lambda number: numerals.grouped(int(number)),
        "short": numerals.short,
    }
    script = "".join((_FOLDER / name).read_text(encoding="utf-8") for name in _SCRIPTS)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return environment.get_template("receipt.html.j2").render(
        receipt=receipt,
        figures=receipt["figures"],
        sentences=told(receipt, tokens),
        script=Markup(script),  # noqa: S704 (a file of this package)
        script_digest=digest,
        # Inside of an element for data nothing but its own end is read.
        data=Markup(json.dumps(receipt, sort_keys=True).replace("<", "\\u003c")),  # noqa: S704
    )
