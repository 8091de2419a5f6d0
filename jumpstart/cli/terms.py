"""`jumpstart terms`: the terms of a sale in base units, and their hash."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from jumpstart.cli.output import Json, emit, emit_json
from jumpstart.errors import InputError, located

EXAMPLE = "Example: jumpstart terms sale.toml --account treasury=0x...."


def terms(
    file: Annotated[Path, typer.Argument(metavar="TERMS.toml", help="The draft of the terms.")],
    account: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=0x..", help="The address of a name that the file leaves open."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Checks a draft and prints the terms in base units, as they are hashed, and their hash.

    Every name of an account needs an address, from the file or from --account.
    """
    from jumpstart.drafts import read

    draft = read(file)
    accounts = dict(map(_entry, account or ()))
    with located(str(file)):
        resolved = draft.resolve(accounts)
    content = {
        "title": draft.title,
        "termsHash": "0x" + resolved.terms_hash.hex(),
        "terms": resolved.written(),
    }
    if as_json:
        emit_json(content)
    else:
        lines = list(_lines(content))
        width = max(len(field) for field, _ in lines)
        emit("".join(f"{field:<{width}}  {value}\n" for field, value in lines))


def _entry(option: str) -> tuple[str, str]:
    name, separator, address = option.partition("=")
    if not separator:
        raise InputError(f"--account: {option!r} is not NAME=0x..")
    return name, address


def _lines(content: Any, field: str = "") -> Iterator[tuple[str, str]]:
    match content:
        case dict():
            for name, value in content.items():
                yield from _lines(value, f"{field}.{name}" if field else name)
        case list():
            for index, value in enumerate(content):
                yield from _lines(value, f"{field}[{index}]")
        case _:
            yield field, content
