"""`jumpstart apply` and `jumpstart resume`: send a deployment, and go on with one that stopped."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jumpstart.amounts import Token, parse_amount
from jumpstart.cli.deployments import (
    AddressBook,
    File,
    From,
    Named,
    NetworkName,
    PlatformOption,
    Root,
    Watch,
    connected,
    load,
    names_of,
    signer_of,
)
from jumpstart.cli.output import Json, emit, emit_json
from jumpstart.cli.senders import Clef, KeyFile, Keystore, PasswordFile, Remote, Rpc, SenderOptions
from jumpstart.errors import InputError, located

if TYPE_CHECKING:
    from jumpstart.chain.client import Chain
    from jumpstart.chain.signers import Signer
    from jumpstart.deployment.outbox import Policy
    from jumpstart.deployment.run import Outcome
    from jumpstart.deployment.steps import Deployment
    from jumpstart.networks import Network

APPLY_EXAMPLE = (
    "Example: jumpstart apply my-sale.toml --rpc http://127.0.0.1:8545 --keystore key.json "
    "--accounts people.toml"
)
RESUME_EXAMPLE = (
    "Example: jumpstart resume my-sale.toml --rpc http://127.0.0.1:8545 --keystore key.json"
)

Confirmations = Annotated[
    int | None,
    typer.Option(min=1, help="Blocks after which a transaction counts; else as the network asks."),
]
InFlight = Annotated[
    int, typer.Option(min=1, max=16, help="How many transactions may wait for a block at once.")
]
MaxFee = Annotated[
    str | None, typer.Option(metavar="'30 gwei'", help="The most to offer for a gas.")
]
Patience = Annotated[
    int, typer.Option(min=1, metavar="SECONDS", help="Stop when nothing has moved for so long.")
]

_GWEI = Token(symbol="gwei", decimals=9)


def apply(
    file: File,
    rpc: Rpc,
    account: Named = None,
    accounts: AddressBook = None,
    platform: PlatformOption = None,
    keystore: Keystore = None,
    password_file: PasswordFile = None,
    clef: Clef = None,
    signer: Remote = None,
    sender: From = None,
    key_file: KeyFile = None,
    watch: Watch = False,
    network: NetworkName = None,
    confirmations: Confirmations = None,
    in_flight: InFlight = 4,
    max_fee: MaxFee = None,
    patience: Patience = 900,
    out: Root = Path("deployments"),
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before the first one.")] = False,
    as_json: Json = False,
) -> None:
    """Sends every transaction of a platform or a sale, one journal line ahead of each.

    Shows the plan and asks first. It can be stopped anywhere, and resumed. A sale waits for its
    reviewers between application and listing: exit status 0, and resume when they have decided.
    """
    options = SenderOptions(
        keystore=keystore,
        password_file=password_file,
        clef=clef,
        signer=signer,
        account=sender,
        key_file=key_file,
    )
    chain, profile = connected(rpc, network)
    policy = _policy(profile, confirmations, in_flight, max_fee, patience)
    who = signer_of(chain, options, watch=watch)
    names = names_of(file, account, accounts)
    deployment, given = load(
        file, chain, sender=who.address, names=names, platform=platform, root=out
    )
    if not (yes or watch):
        _ask(deployment, chain, profile)
    _go(deployment, chain, who, policy, file, out, given=given, new=True, as_json=as_json)


def resume(
    file: File,
    rpc: Rpc,
    account: Named = None,
    accounts: AddressBook = None,
    platform: PlatformOption = None,
    keystore: Keystore = None,
    password_file: PasswordFile = None,
    clef: Clef = None,
    signer: Remote = None,
    sender: From = None,
    key_file: KeyFile = None,
    watch: Watch = False,
    network: NetworkName = None,
    confirmations: Confirmations = None,
    in_flight: InFlight = 4,
    max_fee: MaxFee = None,
    patience: Patience = 900,
    out: Root = Path("deployments"),
    as_json: Json = False,
) -> None:
    """Goes on with a deployment, by its journal and what the chain has of it.

    Names and platform that were given to apply need not be given again. A file, an account or a
    chain that is not the one it was begun with is refused, with what differs.
    """
    from jumpstart.deployment import journal, record
    from jumpstart.deployment.files import folder_of
    from jumpstart.deployment.state import State

    options = SenderOptions(
        keystore=keystore,
        password_file=password_file,
        clef=clef,
        signer=signer,
        account=sender,
        key_file=key_file,
    )
    chain, profile = connected(rpc, network)
    policy = _policy(profile, confirmations, in_flight, max_fee, patience)
    path = folder_of(file, chain.chain_id, out) / record.JOURNAL
    if not path.is_file():
        raise InputError(f"{path}: there is no such deployment to resume")
    begin = State.of(journal.read(path)).begin or {}
    who = signer_of(chain, options, watch=watch)
    deployment, given = load(
        file,
        chain,
        sender=who.address,
        names=names_of(file, account, accounts),
        platform=platform,
        root=out,
        given=begin.get("given"),
    )
    _go(deployment, chain, who, policy, file, out, given=given, new=False, as_json=as_json)


def _policy(
    profile: "Network",
    confirmations: int | None,
    in_flight: int,
    max_fee: str | None,
    patience: int,
) -> "Policy":
    from jumpstart.deployment.outbox import Policy

    with located("--max-fee"):
        most = parse_amount(max_fee, _GWEI) if max_fee is not None else None
    return Policy(
        confirmations=confirmations or profile.confirmations,
        in_flight=in_flight,
        poll_seconds=min(2.0, profile.block_seconds / 4) or 0.05,
        bump_seconds=max(30.0, 5 * profile.block_seconds),
        resend_seconds=max(5.0, profile.block_seconds),
        patience_seconds=float(patience),
        max_fee=most,
    )


def _ask(deployment: "Deployment", chain: "Chain", profile: "Network") -> None:
    from jumpstart.cli.plan import rehearsed, show

    if not sys.stdin.isatty():
        raise InputError("--yes is needed where nobody can be asked")
    show(rehearsed(deployment, chain, profile))
    if not typer.confirm("Send these transactions?", err=True):
        raise InputError("nothing was sent")


def _go(
    deployment: "Deployment",
    chain: "Chain",
    signer: "Signer",
    policy: "Policy",
    file: Path,
    root: Path,
    *,
    given: Mapping[str, Any],
    new: bool,
    as_json: bool,
) -> None:
    from jumpstart.deployment import record
    from jumpstart.deployment.files import folder_of
    from jumpstart.deployment.journal import Journal
    from jumpstart.deployment.run import run

    folder = folder_of(file, chain.chain_id, root)
    with Journal.opened(folder / record.JOURNAL, new=new) as journal:
        outcome = run(
            deployment,
            chain,
            signer,
            journal,
            policy=policy,
            given=given,
            report=lambda line: typer.echo(line, err=True),
        )
        if outcome.waiting is None:
            record.keep(deployment, chain, journal, folder)
    _tell(deployment, outcome, folder, as_json)


def _tell(deployment: "Deployment", outcome: "Outcome", folder: Path, as_json: bool) -> None:
    from jumpstart.deployment import record

    waiting = outcome.waiting
    contracts = [] if waiting else list(deployment.contracts(outcome.state.results))
    if as_json:
        emit_json(
            {
                "state": "waiting" if waiting else "done",
                "waiting": {"for": waiting.who, "to": waiting.title} if waiting else None,
                "record": None if waiting else str(folder / record.RECORD),
                "journal": str(folder / record.JOURNAL),
                "results": outcome.state.results,
                "contracts": [{"name": each.name, "address": each.address} for each in contracts],
            }
        )
        return
    if waiting:
        emit(f"waiting for {waiting.who}: {waiting.title}. Then: jumpstart resume\n")
        return
    width = max(len(each.name) for each in contracts)
    emit("".join(f"{each.name:<{width}}  {each.address}\n" for each in contracts))
    emit(f"record: {folder / record.RECORD}\n")
