"""EIP-712 signatures of ordinary accounts.

Knows how typed data is hashed, signed and recovered, and nothing of what it says. Contract wallets
(ERC-1271) answer for themselves on chain.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eth_account import Account
from eth_account.messages import SignableMessage, encode_typed_data
from eth_keys.exceptions import BadSignature

from jumpstart.accounts import checksummed
from jumpstart.errors import InputError, located
from jumpstart.files import read_text
from jumpstart.hashing import keccak256


def read_key(path: Path, password: str) -> bytes:
    """The private key in an encrypted keystore file (Web3 Secret Storage).

    Raises `InputError` naming the file when it is none, or the password is wrong.
    """
    with located(str(path)):
        try:
            return bytes(Account.decrypt(read_text(path), password))
        except InputError:
            raise
        except (ValueError, TypeError, KeyError, NotImplementedError):
            raise InputError("no keystore that this password opens") from None


def account_of(key: bytes) -> bytes:
    """The address of a private key of 32 bytes."""
    return bytes.fromhex(Account.from_key(key).address[2:])


@dataclass(frozen=True, kw_only=True)
class TypedData:
    """A message of one flat struct type, for one contract on one chain.

    `fields` maps the names of the struct's fields to ABI types.
    """

    domain: Mapping[str, Any]
    primary_type: str
    fields: Mapping[str, str]
    message: Mapping[str, Any]

    @property
    def digest(self) -> bytes:
        """The 32 bytes that are signed."""
        signable = self._signable
        return keccak256(b"\x19" + signable.version + signable.header + signable.body)

    def sign(self, key: bytes) -> bytes:
        """The 65-byte signature `r || s || v` by a private key of 32 bytes."""
        return bytes(Account.sign_message(self._signable, key).signature)

    def signer_of(self, signature: bytes) -> bytes | None:
        """The account that made the signature; None when nobody can have made it."""
        try:
            signer = Account.recover_message(self._signable, signature=signature)
        except (BadSignature, ValueError):
            return None
        return bytes.fromhex(signer[2:])

    @property
    def _signable(self) -> SignableMessage:
        types = [{"name": name, "type": type_} for name, type_ in self.fields.items()]
        return encode_typed_data(dict(self.domain), {self.primary_type: types}, dict(self.message))


def domain_of(name: str, chain_id: int, contract: bytes) -> dict[str, Any]:
    """The EIP-712 domain of version "1" of a contract of this project."""
    return {
        "name": name,
        "version": "1",
        "chainId": chain_id,
        "verifyingContract": checksummed(contract),
    }
