"""What `plan`, `apply`, `resume` and `status` share: options, and the deployment that they name."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jumpstart.cli.senders import SenderOptions, connect, parse_address, sender_of
from jumpstart.errors import InputError, located
from jumpstart.files import read_text

if TYPE_CHECKING:
    from jumpstart.chain.client import Chain
    from jumpstart.chain.signers import Signer
    from jumpstart.deployment.steps import Deployment
    from jumpstart.networks import Network

File = Annotated[
    Path, typer.Argument(metavar="FILE.toml", help="A sale's terms, or a platform's rules.")
]
Named = Annotated[
    list[str] | None,
    typer.Option("--account", metavar="NAME=0x..", help="The address of a name in the file."),
]
AddressBook = Annotated[
    Path | None,
    typer.Option("--accounts", metavar="FILE", help='A file of such names: name = "0x.."'),
]
PlatformOption = Annotated[
    str | None,
    typer.Option(
        "--platform",
        metavar="RECORD|0x..",
        help="For a sale: the platform's record or launchpad; else the only one with a record.",
    ),
]
From = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="0x..",
        help="The account of --clef or --signer; alone, one of a local test chain.",
    ),
]
Watch = Annotated[
    bool,
    typer.Option(
        "--watch", help="Send nothing: note what --from, such as a Safe, has sent by other means."
    ),
]
NetworkName = Annotated[
    str | None,
    typer.Option("--network", metavar="NAME", help="The network that is meant: ethereum, base .."),
]
Root = Annotated[
    Path,
    typer.Option(metavar="DIR", help="Where journals and records are kept, by chain and file."),
]


def connected(rpc: str, network: str | None) -> "tuple[Chain, Network]":
    """The chain, once it is the network that was meant, to its first block."""
    from jumpstart.networks import network_of

    chain = connect(rpc, None)
    return chain, network_of(chain, network)


def signer_of(chain: "Chain", options: SenderOptions, *, watch: bool) -> "Signer":
    """Who signs the transactions of a deployment; with `watch` nobody does. Raises `InputError` as
    `sender_of` does.
    """
    from eth_account.signers.local import LocalAccount

    from jumpstart.chain.signers import EndpointSigner, KeySigner, Watcher

    if watch:
        if options.account is None or options != SenderOptions(account=options.account):
            raise InputError("--watch needs --from, the account to watch, and no key")
        return Watcher(parse_address("--from", options.account))
    try:
        sender = sender_of(chain, options)
    except InputError as error:
        # Where others have --account, these commands have --from: here the other one names people.
        raise InputError(str(error).replace("--account", "--from")) from None
    if isinstance(sender, LocalAccount):
        return KeySigner(sender)
    return EndpointSigner(chain.url, sender) if isinstance(sender, str) else sender


def names_of(file: Path, accounts: Sequence[str] | None, book: Path | None) -> dict[str, str]:
    """The addresses by name that options give for a file. Of an address book only the names that the
    file has: the others are for other files. Raises `InputError` for one that is given twice.
    """
    from jumpstart.deployment.files import address_book

    names: dict[str, str] = {}
    if book is not None:
        with located(str(file)):
            text = read_text(file)
        names = {
            name: address for name, address in address_book(book).items() if f'"{name}"' in text
        }
    for option in accounts or ():
        name, separator, text = option.partition("=")
        if not separator:
            raise InputError(f"--account: {option!r} is not NAME=0x..")
        address = parse_address(f"--account {name}", text)
        if names.setdefault(name, address).lower() != address.lower():
            raise InputError(f"--account {name}: {address}, --accounts says {names[name]}")
    return names


def load(
    file: Path,
    chain: "Chain",
    *,
    sender: str,
    names: Mapping[str, str],
    platform: str | None,
    root: Path,
    given: Mapping[str, Any] | None = None,
) -> tuple["Deployment", dict[str, Any]]:
    """The deployment of a file, and what was given for it beside the file.

    `given` is what a journal remembers of that: what is not said again stays.
    """
    from jumpstart.deployment import files

    remembered = given or {}
    given = {
        "accounts": {**remembered.get("accounts", {}), **names},
        "platform": platform or remembered.get("platform"),
    }
    deployment = files.deployment_of(
        files.read(file),
        chain,
        sender=sender,
        accounts=given["accounts"],
        platform=given["platform"],
        root=root,
    )
    return deployment, given
