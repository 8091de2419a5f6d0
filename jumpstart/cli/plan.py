"""`jumpstart plan`: every transaction of a deployment to come, tried on a copy of the chain."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from jumpstart.cli.deployments import (
    AddressBook,
    File,
    Named,
    NetworkName,
    PlatformOption,
    Root,
    connected,
    load,
    names_of,
)
from jumpstart.cli.output import emit, emit_json
from jumpstart.cli.senders import Rpc, parse_address

if TYPE_CHECKING:
    from jumpstart.chain.client import Chain
    from jumpstart.deployment.plan import Plan
    from jumpstart.deployment.steps import Deployment
    from jumpstart.networks import Network

EXAMPLE = (
    "Example: jumpstart plan my-sale.toml --rpc http://127.0.0.1:8545 --from 0x.. "
    "--accounts people.toml"
)


class Form(StrEnum):
    """How a plan is shown."""

    TABLE = "table"
    JSON = "json"
    PICTURE = "svg"
    SAFE = "safe"


def plan(
    file: File,
    rpc: Rpc,
    sender: Annotated[str, typer.Option("--from", metavar="0x..", help="Who will send it.")],
    account: Named = None,
    accounts: AddressBook = None,
    platform: PlatformOption = None,
    network: NetworkName = None,
    out: Root = Path("deployments"),
    form: Annotated[
        Form,
        typer.Option(
            "--format",
            help="A table; for files: json, a picture, or what a Safe's Transaction Builder loads.",
        ),
    ] = Form.TABLE,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Shows what apply would send: what, to whom, with which arguments, what it creates and costs.

    Everything is tried on a private copy of the chain. Nothing is sent, and nothing is written.
    With --format safe and the Safe as --from: what it has to send next, up to where others have to
    act, with the hashes that its owners must see. Then: jumpstart apply --watch
    """
    from jumpstart.deployment.plan import plan_json
    from jumpstart.deployment.plan_picture import svg
    from jumpstart.deployment.safe_batch import batch_of

    chain, profile = connected(rpc, network)
    deployment, _ = load(
        file,
        chain,
        sender=parse_address("--from", sender),
        names=names_of(file, account, accounts),
        platform=platform,
        root=out,
    )
    found = rehearsed(deployment, chain, profile)
    if as_json or form is Form.JSON:
        emit_json(plan_json(found))
    elif form is Form.PICTURE:
        emit(svg(found))
    elif form is Form.SAFE:
        emit_json(batch_of(found, chain))
    else:
        show(found)


def rehearsed(deployment: "Deployment", chain: "Chain", profile: "Network") -> "Plan":
    """The plan of a deployment on the chain as it is now."""
    from jumpstart.deployment.rehearsal import rehearse

    return rehearse(deployment, chain, network=profile)


def show(plan: "Plan") -> None:
    """Prints the table."""
    from jumpstart.deployment.plan_table import render

    console = Console()
    console.print(render(plan, console.width))
