"""`jumpstart demo`: the whole life of a sale on a local chain, and its report."""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from jumpstart.cli.output import Json, emit, emit_json
from jumpstart.errors import InputError

if TYPE_CHECKING:
    from jumpstart.demo.keeper import KeptChain

EXAMPLE = "Example: jumpstart demo --participants 100 --scenario delisted"

_FOLDER: Final = Path("out") / "demo"
_PAGE: Final = "page"


def demo(
    participants: Annotated[
        int, typer.Option(metavar="N", help="How many buyers take part, from 12 to 2000.")
    ] = 40,
    scenario: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="full: a whole life, with a milestone missed. refund: the soft cap is missed. "
            "rejected: never listed. delisted: ended in the middle of session 2.",
        ),
    ] = "full",
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave the chain running, and say how to stop it.")
    ] = False,
    out: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Where report.html and report.json go.")
    ] = _FOLDER,
    holders: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Draw balances from this table (account,amount; .xz is read) "
            "instead of the sample.",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Plays the whole life of a sale on a local chain and checks every figure against the model.

    Reviews a project, lists its sale, sells, turns people away, pays by milestone and lets people
    exit; then writes a report for people (report.html) and for programs (report.json). Same options, same bytes. Exit
    status 1 when a single figure differs.
    """
    from rich.console import Console

    from jumpstart.demo import summary as summaries
    from jumpstart.demo.report import render
    from jumpstart.demo.scenarios import Scenario
    from jumpstart.files import write_text

    if scenario not in list(Scenario):
        raise InputError(f"--scenario: {scenario!r}, expected one of {', '.join(Scenario)}")
    _make(out)
    summary, kept = _perform(
        Scenario(scenario), participants, holders, out / _PAGE if keep else None
    )
    page, data = out / "report.html", out / "report.json"
    summaries.write(summary, data)
    write_text(page, render(summary))
    if as_json:
        emit_json(summary)
    else:
        from jumpstart.demo.tables import show

        show(summary, Console(highlight=False))
        emit(f"\nreport: {page}\n")
    if kept is not None:
        line = f"the chain stays at {kept.url}; end it with: kill {kept.pid}\n"
        if _put_up(summary, kept, out / _PAGE):
            line += f"the participants' page: {kept.page}\n"
        typer.echo(line, nl=False, err=as_json)


def _put_up(summary: "dict[str, Any]", kept: "KeptChain", folder: Path) -> bool:
    """The page of the sale, if there is one."""
    from jumpstart.site.site import Config, write_site

    sales = [each["address"] for each in summary["addresses"] if each["role"] == "the sale"]
    for sale in sales:
        write_site(
            folder, Config(sale=sale, chain_id=int(summary["chain"]["chainId"]), rpc=kept.url)
        )
    return bool(sales)


def _make(folder: Path) -> None:
    """Before anything runs, so that a wrong folder costs no time."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"--out: {folder}: cannot be made: {error.strerror}") from None


def _perform(
    scenario: Any, participants: int, holders: Path | None, page: Path | None
) -> "tuple[dict[str, Any], KeptChain | None]":
    from rich.console import Console

    from jumpstart.chain.client import Chain
    from jumpstart.chain.compiler import compile_contracts
    from jumpstart.chain.node import LocalNode
    from jumpstart.demo.cast import require_count
    from jumpstart.demo.holders import SAMPLE, read_holders
    from jumpstart.demo.keeper import keep_chain
    from jumpstart.demo.progress import Screen
    from jumpstart.demo.scenarios import perform
    from jumpstart.demo.stage import START

    require_count(participants)
    known = read_holders(holders or SAMPLE)
    console = Console(stderr=True)
    with ExitStack() as stack:
        screen = stack.enter_context(Screen(console))
        screen.begin("Compiling and starting a chain", 2)
        artifacts = compile_contracts(report=screen.step)
        kept = None if page is None else keep_chain(START, page)
        try:
            url = kept.url if kept else stack.enter_context(LocalNode(start_time=START)).url
            chain = Chain.connect(url, artifacts=artifacts)
            summary = perform(
                chain,
                scenario,
                participants=participants,
                holders=known,
                watcher=screen,
            )
        except BaseException:
            if kept is not None:
                kept.end()
            raise
    return summary, kept
