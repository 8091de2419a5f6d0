"""`jumpstart snapshot`: who held how much of a token, from its transfers."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jumpstart.accounts import parse_account
from jumpstart.amounts import parse_integer
from jumpstart.cli.output import Json, emit, emit_json
from jumpstart.errors import InputError, located
from jumpstart.files import read_text
from jumpstart.holdings import Statistic

if TYPE_CHECKING:
    from jumpstart.snapshot.fetch.policy import Policy
    from jumpstart.snapshot.figures import Rule
    from jumpstart.snapshot.run import Request

EXAMPLE = (
    "Example: jumpstart snapshot --transfers transfers.parquet --token 0x75231f58b43240c9718dd58b4967c5114342a86c "
    "--blocks 8050000,8056000,8062000 --statistic mean --out snapshot; with --rpc URL in place of --transfers, they "
    "are fetched from the chain"
)

_BLOCK_MAX = 2**63 - 1


def snapshot(
    token: Annotated[str, typer.Option(metavar="0x..", help="Whose transfers they are.")],
    blocks: Annotated[
        str, typer.Option(metavar="N,N,..", help="The snapshot blocks, one for each day.")
    ],
    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder to write.")],
    transfers: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Parquet or CSV, or a folder of them; repeatable."),
    ] = None,
    rpc: Annotated[
        list[str] | None,
        typer.Option(
            metavar="URL",
            help="Fetch the transfers from a node; repeatable: nodes of one chain share the work.",
        ),
    ] = None,
    statistic: Annotated[
        Statistic | None, typer.Option(help="How balances become a holding.")
    ] = None,
    terms: Annotated[
        Path | None,
        typer.Option(metavar="TERMS.toml", help="Statistic, days and tables from these terms."),
    ] = None,
    exclude: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE", help="Accounts to leave out, one a line, # for remarks; repeatable."
        ),
    ] = None,
    through: Annotated[
        int | None,
        typer.Option(
            min=0,
            metavar="N",
            help="The transfers are complete up to this block; else up to their last.",
        ),
    ] = None,
    engine: Annotated[
        str, typer.Option(metavar="duckdb|spark-local|spark://..", help="What adds up.")
    ] = "duckdb",
    memory: Annotated[
        str, typer.Option(metavar="4GB", help="What the engine may take before it uses the disk.")
    ] = "3GB",
    threads: Annotated[
        int | None, typer.Option(min=1, help="How many cores the engine may take; else all.")
    ] = None,
    work: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Where to put what does not fit, and what is fetched; a cluster must see it.",
        ),
    ] = None,
    from_block: Annotated[
        int | None,
        typer.Option(
            min=0, metavar="N", help="With --rpc: the first block to fetch; else the token's first."
        ),
    ] = None,
    requests: Annotated[
        int, typer.Option(min=1, max=64, help="With --rpc: requests at a time, at each node.")
    ] = 4,
    patience: Annotated[
        float,
        typer.Option(min=1, metavar="SECONDS", help="With --rpc: how long to go on asking."),
    ] = 300,
    every_header: Annotated[
        bool,
        typer.Option(
            "--every-header",
            help="With --rpc: read the header of every block with transfers, not of some.",
        ),
    ] = False,
    accounts: Annotated[
        bool, typer.Option(help="Write a file for each account besides the shards.")
    ] = True,
    as_json: Json = False,
) -> None:
    """Adds up transfers to what each account held at the snapshot blocks, and writes a folder with
    holdings (CSV, Parquet), their Merkle tree, proofs for everybody, and a manifest.

    Give --transfers, or --rpc to fetch them first. A fetch that was stopped goes on where it was: what it
    has stands in OUT.fetch, or in --work, until the snapshot is written.

    Give --statistic, --terms, or both where they agree; better-of needs the terms. Every row is
    checked before anything is written. The same transfers give the same bytes.
    """
    from jumpstart.snapshot.fetch.policy import Policy
    from jumpstart.snapshot.run import Machine, Request, take

    if bool(transfers) == bool(rpc):
        raise InputError("--transfers or --rpc: one of them must say where the transfers are")
    with located("--token"):
        counted = parse_account(token)
    with located("--blocks"):
        numbers = [parse_integer(number, most=_BLOCK_MAX) for number in blocks.split(",")]
    request = Request(
        files=transfers or (),
        token=counted,
        blocks=numbers,
        rule=_rule(statistic, terms, len(numbers)),
        excluded=frozenset(account for file in exclude or () for account in _accounts(file)),
        through=through,
    )
    kept = None
    if rpc:
        if through is not None:
            raise InputError("--through: with --rpc it is the last of --blocks")
        kept = work / "fetch" if work else out.absolute().with_name(f"{out.name}.fetch")
        policy = Policy(
            requests=requests,
            patience_seconds=patience,
            headers_of_range=None if every_header else Policy.headers_of_range,
        )
        request = _fetched(request, rpc, kept, from_block, policy)
    machine = Machine(engine=engine, memory=memory, threads=threads, work=work)
    done = take(request, out, machine, single=accounts, tell=_tell)
    if kept is not None and work is None:
        shutil.rmtree(kept, ignore_errors=True)
    root = "0x" + done.root.hex()
    if as_json:
        emit_json(
            {
                "root": root,
                "accounts": done.accounts,
                "total": str(done.total),
                "transfers": done.extent.rows,
                "shards": done.shards,
                "out": str(out),
            }
        )
    else:
        emit(
            f"root {root}\naccounts {done.accounts}\ntotal {done.total}\n"
            f"transfers {done.extent.rows}\nshards {done.shards}\n"
        )


def _fetched(
    request: "Request", urls: list[str], work: Path, first: int | None, policy: "Policy"
) -> "Request":
    """The same request, of transfers that were fetched."""
    from rich.console import Console

    from jumpstart.cli.fetching import FetchScreen
    from jumpstart.snapshot.fetch.transfers import fetch, provenance

    with FetchScreen(Console(stderr=True)) as screen:
        fetched = fetch(
            urls, request.token, request.blocks, work, first=first, policy=policy, watch=screen
        )
    return replace(
        request,
        files=fetched.files,
        through=fetched.through,
        provenance=provenance(fetched, first),
    )


def _rule(statistic: Statistic | None, terms: Path | None, days: int) -> "Rule":
    from jumpstart.snapshot.figures import Rule

    if terms is None:
        if statistic is None:
            raise InputError("--statistic or --terms: one of them must say how to count")
        with located("--statistic"):
            return Rule(statistic=statistic, days=days)
    from jumpstart.drafts import read

    draft = read(terms)
    asked = draft.holdings
    if statistic not in (None, asked.statistic):
        raise InputError(f"--statistic: {statistic}, {terms} says {asked.statistic}")
    if asked.days != days:
        raise InputError(f"--blocks: {days} blocks, {terms} asks for {asked.days} days")
    return Rule(
        statistic=asked.statistic,
        days=days,
        tiers=tuple(row.tier for row in draft.tiers),
        minimum_tiers=tuple(row.tier for row in asked.minimum_tiers),
    )


def _accounts(file: Path) -> list[bytes]:
    accounts = []
    with located(str(file)):
        for number, line in enumerate(read_text(file).splitlines(), 1):
            if text := line.partition("#")[0].strip():
                with located(f"line {number}"):
                    accounts.append(parse_account(text))
    return accounts


def _tell(doing: str) -> None:
    typer.echo(f"{doing} ..", err=True)
