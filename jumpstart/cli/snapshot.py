"""`jumpstart snapshot`: who held how much of a token, from its transfers."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from jumpstart.accounts import parse_account
from jumpstart.amounts import parse_integer
from jumpstart.cli.counting import (
    SaleAddress,
    SaleRpc,
    SeedRpc,
    asking,
    counting_of_draft,
    counting_of_sale,
)
from jumpstart.cli.deployments import Named
from jumpstart.cli.output import Json, emit, emit_json
from jumpstart.errors import CheckError, InputError, located
from jumpstart.files import read_text
from jumpstart.terms import Statistic

if TYPE_CHECKING:
    from jumpstart.snapshot.fetch.policy import Policy
    from jumpstart.snapshot.run import Request

EXAMPLE = (
    "Example: jumpstart snapshot --sale 0x.. --rpc http://127.0.0.1:8545 --out snapshot; or jumpstart snapshot "
    "--transfers transfers.parquet --token 0x75231f58b43240c9718dd58b4967c5114342a86c "
    "--blocks 8050000,8056000,8062000 --statistic mean --out snapshot"
)

_BLOCK_MAX = 2**63 - 1


def snapshot(
    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder to write.")],
    token: Annotated[
        str | None, typer.Option(metavar="0x..", help="Whose transfers they are.")
    ] = None,
    blocks: Annotated[
        str | None,
        typer.Option(
            metavar="N,N,..", help="The snapshot blocks, one for each day; else they are drawn."
        ),
    ] = None,
    sale: SaleAddress = None,
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
        typer.Option(metavar="TERMS.toml", help="Count as these terms say."),
    ] = None,
    account: Named = None,
    sale_rpc: SaleRpc = None,
    seed_rpc: SeedRpc = None,
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
        int | None,
        typer.Option(min=1, max=256, help="How many cores the engine may take; else all."),
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
        int | None,
        typer.Option(min=1, max=64, help="With --rpc: requests at a time, at each node; else 4."),
    ] = None,
    patience: Annotated[
        float | None,
        typer.Option(
            min=1, metavar="SECONDS", help="With --rpc: how long to go on asking; else 300."
        ),
    ] = None,
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

    What to count is said by --sale, whose published root is then compared; by --terms; or by --token,
    --blocks and --statistic. Without --blocks they are drawn, by the randomness that the terms name.

    Give --transfers, or --rpc alone to fetch them first. A fetch that was stopped goes on where it was:
    what it has stands in OUT.fetch, or in --work, until the snapshot is written.

    With --blocks give --statistic, --terms, or both where they agree; better-of needs the terms. Every row
    is checked before anything is written. The same transfers give the same bytes.
    """
    from jumpstart.chain.urls import check_url
    from jumpstart.snapshot.engines import check
    from jumpstart.snapshot.fetch.policy import Policy
    from jumpstart.snapshot.run import Machine, take

    out = out.absolute()
    if not out.name:
        raise InputError(f"--out: {out} cannot be replaced")
    for url in rpc or ():
        check_url("--rpc", url)
    machine = Machine(engine=engine, memory=memory, threads=threads, work=work)
    check(engine, memory)
    if transfers:
        for option, is_given in (
            ("from-block", from_block is not None),
            ("requests", requests is not None),
            ("patience", patience is not None),
            ("every-header", every_header),
        ):
            if is_given:
                raise InputError(f"--{option}: with --transfers nothing is fetched")
    published = None
    if blocks is None:
        for option, is_given in (
            ("token", token is not None),
            ("statistic", statistic is not None),
            ("exclude", bool(exclude)),
        ):
            if is_given:
                raise InputError(f"--{option}: without --blocks the terms say that")
        if (sale is None) == (terms is None):
            raise InputError("give --blocks, or either --sale or --terms, by which they are drawn")
        if not rpc:
            raise InputError("--rpc: a node must say which blocks are drawn; or give --blocks")
        with asking():
            counting = (
                counting_of_sale(sale, sale_rpc or rpc[0])
                if sale is not None
                else counting_of_draft(cast(Path, terms), account, None)
            )
            published = counting.published
            request = counting.request(rpc[0], seed_rpc)
    else:
        for option, is_given in (
            ("sale", sale is not None),
            ("seed-rpc", seed_rpc is not None),
        ):
            if is_given:
                raise InputError(f"--{option}: with --blocks nothing is drawn")
        if bool(transfers) == bool(rpc):
            raise InputError("--transfers or --rpc: one of them must say where the transfers are")
        request = _request(token, blocks, statistic, terms, account, exclude)
    kept = None
    if transfers:
        request = replace(request, files=transfers, through=through)
    else:
        if through is not None:
            raise InputError("--through: with --rpc it is the last of --blocks")
        kept = work / "fetch" if work else out.absolute().with_name(f"{out.name}.fetch")
        policy = Policy(
            requests=requests or Policy.requests,
            patience_seconds=patience or Policy.patience_seconds,
            headers_of_range=None if every_header else Policy.headers_of_range,
        )
        request = _fetched(request, rpc or [], kept, from_block, policy)
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
                "published": None if published is None else "0x" + published.hex(),
                "out": str(out),
            }
        )
    else:
        emit(
            f"root {root}\naccounts {done.accounts}\ntotal {done.total}\n"
            f"transfers {done.extent.rows}\nshards {done.shards}\n"
            + ("published, as counted\n" if published == done.root else "")
        )
    if published not in (None, done.root):
        raise CheckError(f"root of {sale}: counted {root}, published 0x{published.hex()}")


def _request(
    token: str | None,
    blocks: str,
    statistic: Statistic | None,
    terms: Path | None,
    account: list[str] | None,
    exclude: list[Path] | None,
) -> "Request":
    """What options alone say, of transfers that are still to be had. What terms say too has to agree."""
    from jumpstart.snapshot.figures import Rule
    from jumpstart.snapshot.run import Request

    with located("--blocks"):
        numbers = [parse_integer(number, most=_BLOCK_MAX) for number in blocks.split(",")]
    counted = None
    if token is not None:
        with located("--token"):
            counted = parse_account(token)
    excluded = {each for file in exclude or () for each in _accounts(file)}
    if terms is None:
        if counted is None:
            raise InputError("--token: without --terms it must be given")
        if statistic is None:
            raise InputError("--statistic or --terms: one of them must say how to count")
        with located("--statistic"):
            rule = Rule(statistic=statistic, days=len(numbers))
    else:
        counting = counting_of_draft(terms, account, None)
        rule, holdings = counting.rule, counting.holdings
        if statistic not in (None, rule.statistic):
            raise InputError(f"--statistic: {statistic}, {terms} says {rule.statistic}")
        if counted not in (None, holdings.token):
            raise InputError(f"--token: {token}, {terms} says 0x{holdings.token.hex()}")
        if rule.days != len(numbers):
            raise InputError(f"--blocks: {len(numbers)} blocks, {terms} asks for {rule.days} days")
        counted = holdings.token
        excluded |= set(holdings.excluded)
    return Request(files=(), token=counted, blocks=numbers, rule=rule, excluded=frozenset(excluded))


def _fetched(
    request: "Request", urls: list[str], work: Path, first: int | None, policy: "Policy"
) -> "Request":
    """The same request, of transfers that were fetched."""
    from rich.console import Console

    from jumpstart.cli.fetching import FetchScreen
    from jumpstart.snapshot.recount import with_transfers

    with FetchScreen(Console(stderr=True)) as screen, asking():
        return with_transfers(request, urls, work, first=first, policy=policy, watch=screen)


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
