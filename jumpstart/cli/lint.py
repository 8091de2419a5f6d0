"""`jumpstart lint`: everything that can be known wrong about terms before anybody signs them."""

import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jumpstart.cli.deployments import AddressBook, Named, names_of
from jumpstart.cli.output import Json, emit_json
from jumpstart.cli.senders import connect, parse_address
from jumpstart.errors import InputError, located
from jumpstart.files import read_text
from jumpstart.times import format_time, parse_time

if TYPE_CHECKING:
    from jumpstart.lint.linter import Report

EXAMPLE = "Example: jumpstart lint sale.toml --account treasury=0x.. --rpc http://127.0.0.1:8545"

_WIDTH = 140  # of a table that no terminal shows
_STYLES = {"error": "bold red", "warning": "yellow", "note": "dim"}


def lint(
    file: Annotated[Path, typer.Argument(metavar="TERMS.toml", help="The draft of the terms.")],
    account: Named = None,
    accounts: AddressBook = None,
    rpc: Annotated[
        str | None,
        typer.Option(metavar="URL", help="A chain, to look at tokens, accounts and balances."),
    ] = None,
    applicant: Annotated[
        str | None,
        typer.Option(
            metavar="0x..", help="With --rpc: who brings the tokens; else as in the file."
        ),
    ] = None,
    platform: Annotated[
        str | None, typer.Option(metavar="0x..", help="With --rpc: the platform's launchpad.")
    ] = None,
    now: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="As if it were this time: 2019-07-01T00:00:00Z."),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="A warning is as bad as an error.")] = (
        False
    ),
    as_json: Json = False,
) -> None:
    """Checks terms and says for every finding where it stands, which figures disagree, and what to do.

    Without a chain, names need no address. With --rpc also tokens are tried, on a private copy of
    the chain. docs/lint.md lists all codes. Exit status: 0 no error, 1 an error, 2 bad input.
    """
    at = _now(now)
    names = names_of(file, account, accounts)
    if rpc is None and (applicant is not None or platform is not None):
        raise InputError("--applicant and --platform are looked up on a chain: give --rpc")
    with located(str(file)):
        text = read_text(file)
        report = _report(text, names, at, rpc, applicant, platform)
    if as_json:
        emit_json({"file": str(file), "now": format_time(at), **_content(report)})
    else:
        _show(report)
    if report.fails(strict=strict):
        raise typer.Exit(1)


def _now(text: str | None) -> int:
    if text is None:
        return int(time.time())
    with located("--now"):
        return parse_time(text)


def _report(
    text: str,
    names: dict[str, str],
    at: int,
    rpc: str | None,
    applicant: str | None,
    platform: str | None,
) -> "Report":
    from jumpstart.lint.linter import Subject

    subject = Subject(text)
    case = subject.case(names, now=at)
    if rpc is None or case is None:
        return subject.report(case)
    from jumpstart.chain.platform import Platform
    from jumpstart.lint.on_chain import looked_at

    chain = connect(rpc, None)
    known = None if platform is None else parse_address("--platform", platform)
    case, found = looked_at(
        case,
        chain,
        applicant=None if applicant is None else parse_address("--applicant", applicant),
        platform=None if known is None else Platform.at(chain, known),
    )
    return subject.report(case, found)


def _content(report: "Report") -> dict[str, object]:
    return {
        "read": report.is_read,
        "counts": report.counts,
        "findings": [asdict(finding) for finding in report.findings],
    }


def _show(report: "Report") -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(width=None if sys.stdout.isatty() else _WIDTH, highlight=False)
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("line", justify="right")
    table.add_column("", no_wrap=True)
    table.add_column("code", no_wrap=True)
    table.add_column("what", ratio=3)
    table.add_column("fix", ratio=2)
    for finding in report.findings:
        style = _STYLES[finding.severity]
        table.add_row(
            str(finding.line),
            f"[{style}]{finding.severity}[/]",
            finding.code,
            escape(f"{finding.field}: {finding.message}".removeprefix(": ")),
            escape(finding.fix),
        )
    if report.findings:
        console.print(table)
    if not report.is_read:
        console.print("The rest was not checked: no terms can be made of this.")
    console.print(report.summary)
