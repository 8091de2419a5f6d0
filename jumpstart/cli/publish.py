"""`jumpstart publish`: the source of what was deployed, to Sourcify or as files for explorers."""

from pathlib import Path
from typing import Annotated, Any

import typer

from jumpstart.cli.output import Json, emit, emit_json
from jumpstart.cli.senders import connect
from jumpstart.errors import ChainError, CheckError, InputError

EXAMPLE = "Example: jumpstart publish deployments/1/my-sale/record.json --server https://sourcify.dev/server"


def publish(
    record: Annotated[Path, typer.Argument(metavar="RECORD", help="The record of a deployment.")],
    server: Annotated[
        str | None, typer.Option(metavar="URL", help="A server that speaks Sourcify's API v2.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write files for explorers' forms here.")
    ] = None,
    rpc: Annotated[
        str | None,
        typer.Option(metavar="URL", help="First check the code on the chain that answers here."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Publishes the source of every contract of a record, as the compiler's whole input.

    A sale and its escrow are clones: their code names the implementation, which is published with
    the platform, and carries their terms; explorers follow them there. They are listed only. Exit status 1 when the
    server does not verify one of them; what it verified stays verified, so it can be run again.
    """
    from jumpstart.deployment.publications import Clone, check_deployed, read_publications
    from jumpstart.explorers import Sourcify, write_bundle

    if (server is None) == (out is None):
        raise InputError("give --server, or --out for files")
    if rpc is not None:
        check_deployed(record, connect(rpc, None))
    publications = read_publications(record, report=lambda line: typer.echo(line, err=True))
    rows: list[dict[str, Any]] = []
    refused = 0
    for publication in publications:
        row: dict[str, Any] = {"name": publication.name, "address": publication.address}
        if isinstance(publication, Clone):
            row["implementation"] = publication.implementation
        elif out is not None:
            row["files"] = [str(path) for path in write_bundle(publication, out)]
        else:
            assert server is not None
            try:
                row["match"] = Sourcify(server).verify(publication)
            except (CheckError, ChainError) as error:
                row["match"], row["refused"] = None, str(error)
                refused += 1
        rows.append(row)
    if as_json:
        emit_json({"contracts": rows})
    else:
        emit("".join(map(_line, rows)))
    if refused:
        sent = sum("match" in row for row in rows)
        raise CheckError(f"{refused} of {sent} contracts were not verified")


def _line(row: dict[str, Any]) -> str:
    if "implementation" in row:
        words = f"a clone of {row['implementation']}"
    elif "files" in row:
        words = ", ".join(row["files"])
    else:
        words = row["match"] or row["refused"]
    return f"{row['name']:<18}{row['address']}  {words}\n"
