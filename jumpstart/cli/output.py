"""Where commands print to: the options for it that they share, and the two ways of doing it."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from jumpstart.files import write_text

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Out = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Write to this file instead, whole or not at all."),
]


def emit(text: str, out: Path | None = None) -> None:
    """Prints `text`, or writes it to the file `out`."""
    if out is None:
        typer.echo(text, nl=False)
    else:
        write_text(out, text)


def emit_json(content: Any, out: Path | None = None) -> None:
    """`emit` of an object as indented JSON."""
    emit(json.dumps(content, indent=2, ensure_ascii=False) + "\n", out)
