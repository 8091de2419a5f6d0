"""`jumpstart status`: how far a deployment is, by its journal and the chain."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from jumpstart.cli.output import Json, emit, emit_json
from jumpstart.cli.senders import connect
from jumpstart.errors import InputError

EXAMPLE = "Example: jumpstart status deployments/1/my-sale --rpc http://127.0.0.1:8545"


def status(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The folder of the journal, or the journal.")
    ],
    rpc: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Where the chain answers; else the journal alone."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Shows what is sent, mined and checked, and what has to happen next. Sends and writes nothing."""
    from jumpstart.deployment import journal, record
    from jumpstart.deployment.status import status_of

    path = folder / record.JOURNAL if folder.is_dir() else folder
    if not path.is_file():
        raise InputError(f"{path}: there is no journal")
    entries = journal.read(path)
    found = status_of(entries, connect(rpc, None) if rpc is not None else None)
    if as_json:
        emit_json(asdict(found))
        return
    table = Table(title=f"{found.title}: {found.state}", title_justify="left", box=box.SIMPLE_HEAD)
    for column in ("step", "state", "block", "confirmations", "transaction"):
        table.add_column(column)
    for step in found.steps:
        state = f"{step.state}, {step.detail}" if step.detail else step.state
        figures = (step.block, step.confirmations)
        shown = ("" if figure is None else str(figure) for figure in figures)
        table.add_row(step.step, state, *shown, _short(step.transaction))
    console = Console()
    console.print(table)
    emit("".join(f"{name}: {fact}\n" for name, fact in found.facts))


def _short(transaction: str | None) -> str:
    """Enough to find it by; `--json` has all of it."""
    return f"{transaction[:10]}..{transaction[-8:]}" if transaction else ""
