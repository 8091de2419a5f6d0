"""Who sends a transaction: options that commands share, and what they stand for.

A key is read from an encrypted file, its password from a file or a prompt. Neither is ever taken
from the command line, where every program of the machine could read it.
"""

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import urlsplit

import typer

from jumpstart.accounts import checksummed, parse_account
from jumpstart.errors import InputError, located
from jumpstart.files import read_text

if TYPE_CHECKING:
    from jumpstart.chain.client import Chain, Sender

Rpc = Annotated[str, typer.Option(metavar="URL", help="Where the chain answers.")]
ChainId = Annotated[
    int | None, typer.Option(min=1, help="The chain that is meant; another one is refused.")
]
Keystore = Annotated[Path | None, typer.Option(metavar="FILE", help="The sender's encrypted key.")]
PasswordFile = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Its password, the first line of a file; else asked for."),
]
Unlocked = Annotated[
    str | None,
    typer.Option(
        "--account", metavar="0x..", help="Instead of a key: an account of a local test chain."
    ),
]

_KEY: Final = re.compile(r"(0x)?[0-9a-fA-F]{64}", re.ASCII)


def connect(rpc: str, chain_id: int | None) -> "Chain":
    """The chain at an address. Raises `InputError` for what is no address of a chain."""
    from jumpstart.chain.client import Chain
    from jumpstart.chain.compiler import compile_contracts

    if urlsplit(rpc).scheme not in ("http", "https") or not urlsplit(rpc).hostname:
        raise InputError("--rpc: expected an address such as http://127.0.0.1:8545")
    artifacts = compile_contracts(report=lambda line: typer.echo(line, err=True))
    return Chain.connect(rpc, chain_id=chain_id, artifacts=artifacts)


def sender_of(
    chain: "Chain", keystore: Path | None, password_file: Path | None, account: str | None
) -> "Sender":
    """Who signs. Raises `InputError` unless it is exactly one of a keystore and, on a local chain,
    an account of the node.
    """
    if (keystore is None) == (account is None):
        raise InputError("give either --keystore or, on a local test chain, --account")
    if keystore is not None:
        return _from_keystore(keystore, password_file)
    return _unlocked(chain, account or "")


def parse_address(option: str, text: str) -> str:
    """An address with its checksum. Raises `InputError` naming the option; never shows a key."""
    if _KEY.fullmatch(text):
        raise InputError(
            f"{option}: this looks like a private key, which belongs into a keystore; "
            "whoever saw this command line has it now"
        )
    with located(option):
        return checksummed(parse_account(text))


def _from_keystore(keystore: Path, password_file: Path | None) -> "Sender":
    from eth_account import Account
    from eth_account.signers.local import LocalAccount

    from jumpstart.signatures import read_key

    if password_file is not None:
        with located(str(password_file)):
            password = read_text(password_file).partition("\n")[0].rstrip("\r")
    elif sys.stdin.isatty():
        password = typer.prompt(f"Password of {keystore}", hide_input=True, err=True)
    else:
        raise InputError("--password-file is needed where nobody can be asked")
    account: LocalAccount = Account.from_key(read_key(keystore, password))
    return account


def _unlocked(chain: "Chain", account: str) -> str:
    address = parse_address("--account", account)
    if not chain.is_local:
        raise InputError("--account is for local test chains, use --keystore")
    if address.lower() not in (each.lower() for each in chain.request("eth_accounts")):
        raise InputError(f"--account: the node has no key of {address}")
    return address
