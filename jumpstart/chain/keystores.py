"""Keystores: where the keys of this process come from: encrypted files and, on a local test chain
only, bare keys.

Knows the files of Web3 Secret Storage and where Brownie keeps its accounts, which it only reads.
Refuses to let a key or a password into a message, a representation or a traceback.
"""

import json
import os
import re
from pathlib import Path
from typing import Final

from eth_account import Account
from eth_utils.exceptions import ValidationError

from jumpstart.accounts import checksummed, parse_account
from jumpstart.chain.client import Chain
from jumpstart.chain.compiler import PROJECT_ROOT
from jumpstart.chain.signers import KeySigner, Secret
from jumpstart.chain.urls import is_here
from jumpstart.errors import InputError, located
from jumpstart.files import read_text

KEY_VARIABLE: Final = "JUMPSTART_PRIVATE_KEY"
"""Of the environment: a bare key, for local test chains."""

_NAME: Final = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_KEY: Final = re.compile(r"(0x)?[0-9a-fA-F]{64}", re.ASCII)


def keystore_at(text: str, *, home: Path | None = None, root: Path = PROJECT_ROOT) -> Path:
    """The keystore file that `text` means: a path, or the name of one of Brownie's accounts, the
    user's or the project's own.

    Raises `InputError` when there is none, or when two accounts have the name.
    """
    path = Path(text).expanduser()
    if path.is_file() or not _NAME.fullmatch(text):
        return path
    folders = (
        (home or Path.home()) / ".brownie" / "accounts",
        root / ".toolchain" / "brownie-home" / ".brownie" / "accounts",
    )
    found = [each for folder in folders if (each := folder / f"{text}.json").is_file()]
    if len(found) > 1 and found[0].read_bytes() != found[1].read_bytes():
        raise InputError(f"two accounts are named {text}, give one by its path: {found[0]}")
    if not found:
        raise InputError(f"there is neither a file nor an account of Brownie named {text}")
    return found[0]


def open_keystore(path: Path, password: Secret) -> KeySigner:
    """The signer whose key an encrypted file (Web3 Secret Storage, version 3) has.

    Raises `InputError` naming the file when it is none, when the password is wrong, or when the key
    is another account's than the file says.
    """
    with located(str(path)):
        text = read_text(path)
        signer = _decrypted(text, password)
        if signer is None:
            raise InputError("no keystore that this password opens")
        named = json.loads(text).get("address")
        if isinstance(named, str) and named:
            address = checksummed(parse_account("0x" + named.lower().removeprefix("0x")))
            if address != signer.address:
                raise InputError(f"names the account {address}, its key is {signer.address}'s")
        return signer


def first_line(path: Path) -> Secret:
    """The first line of a file, such as a password. Raises `InputError` naming the file."""
    with located(str(path)):
        return Secret(read_text(path).partition("\n")[0].rstrip("\r"))


def open_bare_key(chain: Chain, key: Secret, source: str) -> KeySigner:
    """The signer of a bare private key, 64 hexadecimal digits, on a local test chain.

    Raises `InputError` naming the source, never the key, on any other chain.
    """
    require_local(chain, source)
    signer = _from_key(key) if _KEY.fullmatch(key.reveal().strip()) else None
    if signer is None:
        raise InputError(f"{source}: no private key, which has 64 hexadecimal digits")
    return signer


def require_local(chain: Chain, source: str) -> None:
    """Raises `InputError` unless the chain is a test chain on this machine."""
    if not (chain.is_local and is_here(chain.url)):
        raise InputError(
            f"{source}: a bare key is for test chains on this machine, and chain {chain.chain_id} "
            "is none: use --keystore, --clef or --signer"
        )


def key_of_environment() -> Secret | None:
    """What `JUMPSTART_PRIVATE_KEY` says; None when it is not set."""
    return Secret(os.environ[KEY_VARIABLE]) if os.environ.get(KEY_VARIABLE) else None


def _decrypted(text: str, password: Secret) -> KeySigner | None:
    # Nothing is raised from here, and nothing kept: the frames below have key and password in them.
    try:
        return KeySigner(Account.from_key(Account.decrypt(text, password.reveal())))
    except (ValueError, TypeError, KeyError, AttributeError, NotImplementedError):
        return None


def _from_key(key: Secret) -> KeySigner | None:
    try:
        return KeySigner(Account.from_key(key.reveal().strip()))
    except (ValueError, TypeError, ValidationError):
        return None
