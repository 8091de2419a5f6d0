"""`jumpstart publish`: the source of what was deployed, to Sourcify or as files for explorers."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jumpstart.cli.output import Json, emit, emit_json
from jumpstart.errors import ChainError, CheckError, InputError, located
from jumpstart.files import read_text

if TYPE_CHECKING:
    from jumpstart.explorers import Publication

EXAMPLE = "Example: jumpstart publish deployments/1/my-sale/record.json --server https://sourcify.dev/server"


def publish(
    record: Annotated[Path, typer.Argument(metavar="RECORD", help="The record of a deployment.")],
    server: Annotated[
        str | None, typer.Option(metavar="URL", help="A server that speaks Sourcify's API v2.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write files for explorers' forms here.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Publishes the source of every contract of a record, as the compiler's whole input.

    A sale and its escrow are clones: their code names the implementation, which is published with
    the platform, and carries their terms; explorers follow them there. Exit status 1 when the
    server does not verify one of them; what it verified stays verified, so it can be run again.
    """
    from jumpstart.explorers import Sourcify, write_bundle

    if (server is None) == (out is None):
        raise InputError("give --server, or --out for files")
    publications = list(_publications(record))
    rows: list[dict[str, Any]] = []
    refused = 0
    for publication in publications:
        row: dict[str, Any] = {"name": publication.name, "address": publication.address}
        if out is not None:
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
        raise CheckError(f"{refused} of {len(rows)} contracts were not verified")


def _publications(path: Path) -> Iterator["Publication"]:
    """Raises `CheckError` when the record, the input beside it and the sources do not agree."""
    from jumpstart.chain.compiler import compile_contracts
    from jumpstart.deployment import record as records
    from jumpstart.explorers import Publication

    record = records.read(path)
    beside = path.parent / records.COMPILER_INPUT
    with located(str(beside)):
        text = read_text(beside)
    found, expected = (
        hashlib.sha256(text.encode()).hexdigest(),
        record["compiler"]["inputSha256"],
    )
    if found != expected:
        raise CheckError(f"{beside}: SHA-256 {found}, the record says {expected}")
    standard_input = json.loads(text)
    if text != records.compiler_input():
        raise CheckError(
            f"{beside}: not the sources of this checkout; publish from the one that deployed"
        )
    artifacts = compile_contracts(report=lambda line: typer.echo(line, err=True))
    for each in record["contracts"]:
        if "implementation" in each:
            continue
        yield Publication.of(
            artifacts[each["name"]],
            standard_input,
            chain_id=record["chainId"],
            address=each["address"],
            constructor_arguments=bytes.fromhex(each["constructorArguments"][2:]),
            transaction=each["transaction"],
        )


def _line(row: dict[str, Any]) -> str:
    words = ", ".join(row["files"]) if "files" in row else row["match"] or row["refused"]
    return f"{row['name']:<18}{row['address']}  {words}\n"
