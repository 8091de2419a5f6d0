"""`jumpstart replay`: the events of a sale from files, replayed without a node."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jumpstart.cli.output import Json, emit, emit_json
from jumpstart.errors import CheckError, InputError, ToolError
from jumpstart.files import write_text

if TYPE_CHECKING:
    from jumpstart.audit.stored import Replayed

EXAMPLE = "Example: jumpstart audit 0x.. --rpc URL --export DIR; jumpstart replay DIR"

_RESULT, _PARTICIPANTS = "replay.json", "participants.csv"
_MOST_SHOWN = 40


def replay(
    archive: Annotated[
        Path, typer.Argument(metavar="DIR", help="What `jumpstart audit --export` has written.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where the results go; else beside the archive."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Replays every event of an archived sale in the models of the audit: each figure of each event,
    each transfer, and what all positions come to. Asks no node, so it does not say that a chain has
    these events, nor what the contracts answer: the audit does.

    Writes replay.json and participants.csv, with a row for each. Exit status 0 when all agrees, 1 when
    a value differs (each is named), 2 when it could not be done.
    """
    from jumpstart.audit.archive import Archive
    from jumpstart.audit.report import digest_of
    from jumpstart.audit.stored import replay_archive, result_bytes, write_participants
    from jumpstart.chain.compiler import compile_contracts

    def say(line: str) -> None:
        typer.echo(line, err=True)

    found = Archive(archive)
    done = replay_archive(found, compile_contracts(report=say), say)
    folder = out or archive
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"--out: {folder}: {error.strerror}") from None
    result = result_bytes(done)
    write_participants(done, folder / _PARTICIPANTS)
    write_text(folder / _RESULT, result.decode())
    findings = done.findings
    summary = {
        "verdict": findings.verdict,
        "sale": done.subject.sale.address,
        "block": done.subject.head.number,
        "blockHash": done.subject.head.hash,
        "participants": len(done.replay.models.ledger.accounts),
        "events": done.events,
        "transactions": done.transactions,
        "compared": findings.compared.total(),
        "archiveSha256": done.digest.hex(),
        "resultSha256": digest_of(result),
    }
    if as_json:
        emit_json(summary | {"findings": [str(each) for each in findings.all]})
    else:
        emit(_text(done, folder, summary["resultSha256"]))
    if findings.all:
        raise CheckError(f"{len(findings.all)} of {findings.compared.total()} values differ")
    if findings.undone:
        first = findings.undone[0]
        raise ToolError(
            f"{len(findings.undone)} values could not be compared; {first.what}: {first.why}"
        )


def _text(done: "Replayed", folder: Path, digest: object) -> str:
    findings, subject = done.findings, done.subject
    lines = [
        f"sale {subject.sale.address} of application {subject.application}, chain "
        f"{subject.chain.chain_id}, as of block {subject.head.number}, {subject.head.hash}",
        f"{done.events} events of {done.transactions} transactions replayed, for "
        f"{len(done.replay.models.ledger.accounts)} participants; {findings.compared.total()} values "
        "compared",
    ]
    lines += [f"not compared  {each.what}: {each.why}" for each in findings.left]
    lines += [f"NOT DONE  {each.what}: {each.why}" for each in findings.undone[:_MOST_SHOWN]]
    lines += [f"DIFFERS  {each}" for each in findings.all[:_MOST_SHOWN]]
    more = len(findings.all) - _MOST_SHOWN
    if more > 0:
        lines.append(f"and {more} more differences, in {folder / _RESULT}")
    lines += [f"{folder / _RESULT}: SHA-256 {digest}", f"the events are {findings.verdict}"]
    return "\n".join(lines) + "\n"
