"""How a page is made of a template: strict about names, and everything in it is text, never markup."""

from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_SHARED: Final = Path(__file__).parent / "templates"


def environment_of(templates: Path) -> Environment:
    """For the templates of a folder, which may include what all pages share: `style.css` and the
    macros of `common.html.j2`.
    """
    return Environment(
        loader=FileSystemLoader([templates, _SHARED]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
