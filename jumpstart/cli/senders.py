"""Who sends a transaction: options that commands share, and what they stand for.

A key is read from an encrypted file, its password from a file or a prompt, or stays where it is, in
Clef or at an endpoint that signs. None is ever taken from the command line, where every program of
the machine could read it; a bare one, from a file or the environment, only on a local test chain.
"""

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from jumpstart.accounts import checksummed, parse_account
from jumpstart.errors import InputError, located

if TYPE_CHECKING:
    from jumpstart.chain.client import Chain, Sender
    from jumpstart.chain.signers import Secret

Rpc = Annotated[str, typer.Option(metavar="URL", help="Where the chain answers.")]
ChainId = Annotated[
    int | None, typer.Option(min=1, help="The chain that is meant; another one is refused.")
]
Keystore = Annotated[
    str | None,
    typer.Option(
        metavar="FILE|NAME", help="The sender's encrypted key: a file, or an account of Brownie."
    ),
]
PasswordFile = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Its password, the first line of a file; else asked for."),
]
Clef = Annotated[
    str | None,
    typer.Option(metavar="URL|PATH", help="Clef, which signs for --account: its URL or socket."),
]
Remote = Annotated[
    str | None,
    typer.Option("--signer", metavar="URL", help="An endpoint that signs for --account."),
]
Unlocked = Annotated[
    str | None,
    typer.Option(
        "--account",
        metavar="0x..",
        help="The account of --clef or --signer; alone, one of a local test chain.",
    ),
]
KeyFile = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="A bare key, on a local test chain only."),
]

_KEY: Final = re.compile(r"[0-9a-fA-F]{64}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class SenderOptions:
    """What the command line says of the sender."""

    keystore: str | None = None
    password_file: Path | None = None
    clef: str | None = None
    signer: str | None = None
    account: str | None = None
    key_file: Path | None = None


def connect(rpc: str, chain_id: int | None) -> "Chain":
    """The chain at an address. Raises `InputError` for what is no address of a chain."""
    from jumpstart.chain.client import Chain
    from jumpstart.chain.compiler import compile_contracts
    from jumpstart.chain.urls import check_url

    check_url("--rpc", rpc)
    artifacts = compile_contracts(report=lambda line: typer.echo(line, err=True))
    return Chain.connect(rpc, chain_id=chain_id, artifacts=artifacts)


def sender_of(chain: "Chain", options: SenderOptions) -> "Sender":
    """Who signs. Raises `InputError` unless it is exactly one of a keystore, Clef, an endpoint and,
    on a local chain, an account of the node or a bare key.
    """
    from jumpstart.chain.keystores import (
        KEY_VARIABLE,
        first_line,
        key_of_environment,
        open_bare_key,
        require_local,
    )

    for field in fields(options):
        _refuse_key(f"--{field.name.replace('_', '-')}", getattr(options, field.name))
    bare = key_of_environment()
    if bare is not None:
        # Also where another option is given: it should not be there at all.
        require_local(chain, KEY_VARIABLE)
    remote = options.clef is not None or options.signer is not None
    ways: dict[str, tuple[bool, Callable[[], Sender]]] = {
        "--keystore": (options.keystore is not None, lambda: _from_keystore(options)),
        "--clef": (options.clef is not None, lambda: _from_clef(options)),
        "--signer": (options.signer is not None, lambda: _from_endpoint(options)),
        "--account": (
            options.account is not None and not remote,
            lambda: _unlocked(chain, options.account or ""),
        ),
        "--key-file": (
            options.key_file is not None,
            lambda: open_bare_key(chain, first_line(options.key_file or Path()), "--key-file"),
        ),
    }
    given = [name for name, (is_given, _) in ways.items() if is_given]
    if not given and bare is not None:
        return open_bare_key(chain, bare, KEY_VARIABLE)
    if len(given) != 1:
        raise InputError(
            "give either --keystore or, on a local test chain, --account; a key that is elsewhere "
            f"signs by --clef or --signer (given: {', '.join(given) or 'none'})"
        )
    if options.password_file is not None and given != ["--keystore"]:
        raise InputError(f"--password-file is for --keystore, not for {given[0]}")
    if options.key_file is not None:
        require_local(chain, "--key-file")
    return ways[given[0]][1]()


def parse_address(option: str, text: str) -> str:
    """An address with its checksum. Raises `InputError` naming the option; never shows a key."""
    _refuse_key(option, text)
    with located(option):
        return checksummed(parse_account(text))


def _refuse_key(option: str, text: object) -> None:
    """Raises `InputError` where a key stands on the command line; never shows it."""
    if _KEY.search(str(text)):
        raise InputError(
            f"{option}: this looks like a private key, which belongs into a keystore; "
            "whoever saw this command line has it now"
        )


def _from_keystore(options: SenderOptions) -> "Sender":
    from jumpstart.chain.keystores import keystore_at, open_keystore

    if options.password_file is None and not sys.stdin.isatty():
        raise InputError("--password-file is needed where nobody can be asked")
    password = _password(options.password_file) if options.password_file else None
    with located("--keystore"):
        path = keystore_at(options.keystore or "")
    return open_keystore(path, password or _asked(f"Password of {path}"))


def _password(path: Path) -> "Secret":
    from jumpstart.chain.keystores import first_line

    return first_line(path)


def _asked(question: str) -> "Secret":
    from jumpstart.chain.signers import Secret

    return Secret(typer.prompt(question, hide_input=True, err=True))


def _from_clef(options: SenderOptions) -> "Sender":
    from jumpstart.chain.signers import ClefSigner

    with located("--clef"):
        signer = ClefSigner(options.clef or "", _account(options, "--clef"))
        typer.echo("waiting for Clef to show its accounts", err=True)
        signer.require_account()
    return signer


def _from_endpoint(options: SenderOptions) -> "Sender":
    from jumpstart.chain.signers import EndpointSigner

    with located("--signer"):
        signer = EndpointSigner(options.signer or "", _account(options, "--signer"))
        signer.require_account()
    return signer


def _account(options: SenderOptions, option: str) -> str:
    if options.account is None:
        raise InputError("needs --account, the account that signs")
    return parse_address("--account", options.account)


def _unlocked(chain: "Chain", account: str) -> str:
    address = parse_address("--account", account)
    if not chain.is_local:
        raise InputError("--account is for local test chains, use --keystore")
    if address.lower() not in (each.lower() for each in chain.request("eth_accounts")):
        raise InputError(f"--account: the node has no key of {address}")
    return address
