"""Passes: an attester's signed word about an account, as `PassRegistry` takes it.

Mirrors `Attestation` in `interfaces/IPassRegistry.sol`. The identity in it is blinded: a keyed hash
of a document, so that the attester alone can tell that two accounts are one person, and nobody can
tell who. This module never stores a document, and does not know which passes were revoked.
"""

import hmac
import json
import re
import unicodedata
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StrictInt,
    model_validator,
)
from pydantic.alias_generators import to_camel

from jumpstart.accounts import checksummed, parse_account
from jumpstart.errors import CheckError, InputError, located
from jumpstart.files import read_text
from jumpstart.jurisdictions import alpha2_of
from jumpstart.models import Model, validated
from jumpstart.signatures import TypedData, account_of, domain_of

FORMAT: Final = "jumpstart-pass-v1"
DOMAIN_NAME: Final = "Jumpstart PassRegistry"

BLINDING_KEY_BYTES: Final = 32
"""The least length of a blinding key: as strong as the hash that it keys."""

_HEX: Final = re.compile(r"0x(?:[0-9a-fA-F]{2})*", re.ASCII)

_FIELDS: Final = {
    "account": "address",
    "identity": "bytes32",
    "jurisdiction": "uint16",
    "level": "uint8",
    "issuedAt": "uint40",
    "expiresAt": "uint40",
}


def _address(value: object) -> object:
    return parse_account(value) if isinstance(value, str) else value


def _bytes(value: object) -> object:
    if not isinstance(value, str):
        return value
    if not _HEX.fullmatch(value):
        raise InputError(f"{value!r} is not pairs of hexadecimal digits behind 0x")
    return bytes.fromhex(value[2:])


def _jurisdiction(value: int) -> int:
    alpha2_of(value)
    return value


def _identity(value: bytes) -> bytes:
    if not any(value):
        raise InputError("the zero identity is nobody's")
    return value


def _sized(size: int) -> AfterValidator:
    def check(value: bytes) -> bytes:
        if len(value) != size:
            raise InputError(f"{len(value)} bytes, expected {size}")
        return value

    return AfterValidator(check)


Hex = PlainSerializer(lambda value: "0x" + value.hex())
Address = Annotated[
    bytes,
    BeforeValidator(_address),
    _sized(20),
    PlainSerializer(checksummed),
]
Identity = Annotated[
    bytes,
    BeforeValidator(_bytes),
    _sized(32),
    AfterValidator(_identity),
    Hex,
]
Signature = Annotated[bytes, BeforeValidator(_bytes), _sized(65), Hex]
Time = Annotated[StrictInt, Field(ge=0, lt=2**40)]


class _Message(Model):
    model_config = ConfigDict(alias_generator=to_camel, validate_by_name=True)


class Attestation(_Message):
    """What an attester signs. Addresses and hashes are bytes, times Unix seconds; the pass holds
    before `expires_at`.
    """

    account: Address
    identity: Identity
    jurisdiction: Annotated[StrictInt, AfterValidator(_jurisdiction)]
    level: Annotated[StrictInt, Field(ge=1, le=255)]
    issued_at: Time
    expires_at: Time

    @model_validator(mode="after")
    def _check_times(self) -> "Attestation":
        if self.expires_at <= self.issued_at:
            raise InputError(f"expires at {self.expires_at}, issued at {self.issued_at}")
        return self


class SignedPass(_Message):
    """An attestation with its signature, and the registry and chain that it is meant for."""

    format: Literal["jumpstart-pass-v1"] = FORMAT
    chain_id: Annotated[StrictInt, Field(ge=1)]
    registry: Address
    attester: Address
    attestation: Attestation
    signature: Signature

    def check(self) -> None:
        """Raises `CheckError` when the signature is not the attester's."""
        signer = _typed_data(self.attestation, self.registry, self.chain_id).signer_of(
            self.signature
        )
        if signer != self.attester:
            name = checksummed(signer) if signer else "nobody"
            raise CheckError(f"signed by {name}, attester is {checksummed(self.attester)}")


def sign(attestation: Attestation, *, registry: bytes, chain_id: int, key: bytes) -> SignedPass:
    """The attestation, signed for a registry with the attester's private key."""
    message = _typed_data(attestation, registry, chain_id)
    return SignedPass(
        chain_id=chain_id,
        registry=registry,
        attester=account_of(key),
        attestation=attestation,
        signature=message.sign(key),
    )


def blind(document: str, key: bytes) -> bytes:
    """The identity behind a document, such as "FR passport 12AB34567": HMAC-SHA-256 under the
    attester's secret key, of the document's letters and digits in capitals.

    Raises `InputError` for a document without any, and a key of fewer than 32 bytes.
    """
    if len(key) < BLINDING_KEY_BYTES:
        raise InputError(f"a blinding key of {len(key)} bytes, expected {BLINDING_KEY_BYTES}")
    letters = filter(str.isalnum, unicodedata.normalize("NFKC", document).upper())
    if not (name := "".join(letters)):
        raise InputError(f"the document {document!r} has neither letters nor digits")
    return hmac.digest(key, name.encode(), "sha256")


def read_pass(path: Path) -> SignedPass:
    """The pass in a file, its signature not yet checked. Raises `InputError` naming the field."""
    with located(str(path)):
        try:
            content = json.loads(read_text(path))
        except json.JSONDecodeError as error:
            raise InputError(f"not JSON: {error}") from None
        return validated(SignedPass, content)


def written(signed: SignedPass) -> str:
    """The JSON text that `read_pass` reads."""
    return signed.model_dump_json(by_alias=True, indent=2) + "\n"


def _typed_data(attestation: Attestation, registry: bytes, chain_id: int) -> TypedData:
    return TypedData(
        domain=domain_of(DOMAIN_NAME, chain_id, registry),
        primary_type="Attestation",
        fields=_FIELDS,
        message=attestation.model_dump(by_alias=True),
    )
