"""Passes and authorisations are the EIP-712 messages that the contracts recover."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from eth_abi.abi import encode

from jumpstart.authorisations import Purpose, authorisation_of
from jumpstart.errors import CheckError, InputError
from jumpstart.hashing import keccak256
from jumpstart.models import validated
from jumpstart.passes import Attestation, blind, read_pass, sign, written
from jumpstart.signatures import account_of, read_key

ATTESTER_KEY = (11).to_bytes(32)
BUYER_KEY = (12).to_bytes(32)
BLINDING_KEY = bytes(range(32))
REGISTRY = (3).to_bytes(20)
SALE = (4).to_bytes(20)


@pytest.fixture(scope="module")
def attestation() -> Attestation:
    """A person in France, known at level 2."""
    return Attestation(
        account=account_of(BUYER_KEY),
        identity=blind("FR passport 12AB34567", BLINDING_KEY),
        jurisdiction=250,
        level=2,
        issued_at=1000,
        expires_at=2000,
    )


def digest_of(name: str, contract: bytes, struct_type: str, struct: bytes) -> bytes:
    """The EIP-712 digest written out by its definition."""
    domain_type = (
        b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
    )
    domain = encode(
        ["bytes32", "bytes32", "bytes32", "uint256", "address"],
        [keccak256(domain_type), keccak256(name.encode()), keccak256(b"1"), 1337, contract],
    )
    content = keccak256(keccak256(struct_type.encode()) + struct)
    return keccak256(b"\x19\x01" + keccak256(domain) + content)


def test_signature_is_over_the_digest_of_the_interface(attestation: Attestation) -> None:
    """The struct, in its order and types, under the domain of the registry on its chain."""
    from eth_keys.datatypes import PrivateKey, Signature

    struct = encode(
        ["address", "bytes32", "uint16", "uint8", "uint40", "uint40"],
        [attestation.account, attestation.identity, 250, 2, 1000, 2000],
    )
    digest = digest_of(
        "Jumpstart PassRegistry",
        REGISTRY,
        "Attestation(address account,bytes32 identity,uint16 jurisdiction,uint8 level,"
        "uint40 issuedAt,uint40 expiresAt)",
        struct,
    )
    signature = sign(attestation, registry=REGISTRY, chain_id=1337, key=ATTESTER_KEY).signature
    assert signature[64] in (27, 28)
    recoverable = Signature(signature[:64] + bytes([signature[64] - 27]))
    assert recoverable.verify_msg_hash(digest, PrivateKey(ATTESTER_KEY).public_key)


def test_signed_pass_is_its_attesters(attestation: Attestation) -> None:
    """The attester in it is who signed."""
    signed = sign(attestation, registry=REGISTRY, chain_id=1337, key=ATTESTER_KEY)
    assert signed.attester == account_of(ATTESTER_KEY)
    signed.check()


@pytest.mark.parametrize(
    ("field", "value"),
    [("chain_id", 1), ("registry", SALE), ("attester", SALE), ("signature", bytes(65)),
     ("signature", b"\xff" * 65)],
)  # fmt: skip
def test_signed_pass_is_refused_when_one_fact_differs(
    attestation: Attestation, field: str, value: object
) -> None:
    """Another chain, registry, attester or signature is another pass."""
    signed = sign(attestation, registry=REGISTRY, chain_id=1337, key=ATTESTER_KEY)
    with pytest.raises(CheckError, match=r"signed by .*, attester is 0x"):
        signed.model_copy(update={field: value}).check()


@pytest.mark.parametrize(
    ("field", "value"),
    [("account", SALE), ("identity", b"\x01" * 32), ("jurisdiction", 276), ("level", 3),
     ("issued_at", 1001), ("expires_at", 2001)],
)  # fmt: skip
def test_signed_pass_is_refused_when_its_content_differs(
    attestation: Attestation, field: str, value: object
) -> None:
    """Each field of the attestation is under the signature."""
    signed = sign(attestation, registry=REGISTRY, chain_id=1337, key=ATTESTER_KEY)
    changed = attestation.model_copy(update={field: value})
    with pytest.raises(CheckError):
        signed.model_copy(update={"attestation": changed}).check()


def test_pass_survives_its_file(tmp_path: Path, attestation: Attestation) -> None:
    """Hexadecimal text with checksums out, the same pass in."""
    signed = sign(attestation, registry=REGISTRY, chain_id=1337, key=ATTESTER_KEY)
    file = tmp_path / "pass.json"
    file.write_text(written(signed))
    assert read_pass(file) == signed
    content = json.loads(file.read_text())
    assert list(content) == [
        "format", "chainId", "registry", "attester", "attestation", "signature"
    ]  # fmt: skip
    assert content["attestation"]["expiresAt"] == 2000
    assert content["registry"] == "0x0000000000000000000000000000000000000003"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"jumpstart-pass-v1"', '"jumpstart-pass-v2"', "format: "),
        ('"chainId": 1337', '"chainId": 0', "chainId: "),
        ('"chainId": 1337', '"chainId": "1337"', "chainId: "),
        ('"level": 2', '"level": 0', "attestation.level: "),
        ('"level": 2', '"level": 256', "attestation.level: "),
        ('"jurisdiction": 250', '"jurisdiction": 999', "attestation.jurisdiction: 999 is no ISO"),
        ('"issuedAt": 1000', '"issuedAt": 2000', "attestation: expires at 2000, issued at 2000"),
        ('"expiresAt": 2000', '"expiresAt": 1099511627776', "attestation.expiresAt: "),
        ('"signature": "0x', '"signature": "', "signature: .* is not pairs of hexadecimal"),
        ('"signature": "0x', '"signature": "0x00', "signature: 66 bytes, expected 65"),
        ('"identity": "0x', '"identity": "0x00', "attestation.identity: 33 bytes, expected 32"),
        ('"registry"', '"register"', "registry: Field required"),
        ("0000000000000003", "000000000000003", "registry: .* is not an address"),
        ("{", "[", "not JSON: "),
    ],
)
def test_pass_file_is_refused_by_its_wrong_field(
    tmp_path: Path, attestation: Attestation, old: str, new: str, message: str
) -> None:
    """One line that names the file and the field."""
    text = written(sign(attestation, registry=REGISTRY, chain_id=1337, key=ATTESTER_KEY))
    assert old in text
    file = tmp_path / "pass.json"
    file.write_text(text.replace(old, new, 1))
    with pytest.raises(InputError, match=f"pass.json: {message}"):
        read_pass(file)


def test_zero_identity_is_refused(attestation: Attestation) -> None:
    """The registry would refuse it, so it is never signed."""
    content = attestation.model_dump() | {"identity": bytes(32)}
    with pytest.raises(InputError, match="identity: the zero identity is nobody's"):
        validated(Attestation, content)


def test_identity_is_one_for_all_spellings_of_a_document() -> None:
    """Case, spaces, points and width do not make a second person."""
    spellings = [
        "FR passport 12AB34567",
        "fr PASSPORT 12-ab.345 67",
        "FR passport 12\uff21\uff2234567",
    ]
    assert len({blind(spelling, BLINDING_KEY) for spelling in spellings}) == 1


def test_identity_differs_by_document_and_by_key() -> None:
    """Another document or another attester's key is another identity, of 32 bytes."""
    identities = {
        blind("FR passport 12AB34567", BLINDING_KEY),
        blind("FR passport 12AB34568", BLINDING_KEY),
        blind("FR passport 12AB34567", bytes(32)),
    }
    assert len(identities) == 3
    assert {len(identity) for identity in identities} == {32}


def test_weak_blinding_is_refused() -> None:
    """A short key could be searched, an empty document would be everybody's."""
    with pytest.raises(InputError, match="key of 31 bytes, expected 32"):
        blind("FR passport 12AB34567", bytes(31))
    with pytest.raises(InputError, match="neither letters nor digits"):
        blind(" - ", BLINDING_KEY)


@pytest.mark.parametrize("purpose", list(Purpose))
def test_authorisation_is_the_message_of_the_interface(purpose: Purpose) -> None:
    """`ClaimTo` and `RefundTo`: the same fields, two messages that cannot stand for each other."""
    buyer, cold = account_of(BUYER_KEY), (9).to_bytes(20)
    authorisation = authorisation_of(
        purpose, account=buyer, to=cold, nonce=5, deadline=2000, sale=SALE, chain_id=1337
    )
    struct = encode(["address", "address", "uint256", "uint256"], [buyer, cold, 5, 2000])
    struct_type = f"{purpose.value}(address account,address to,uint256 nonce,uint256 deadline)"
    assert authorisation.digest == digest_of(
        "Jumpstart SubscriptionSale", SALE, struct_type, struct
    )
    signature = authorisation.sign(BUYER_KEY)
    assert authorisation.signer_of(signature) == buyer
    other = next(p for p in Purpose if p is not purpose)
    assert replace(authorisation, primary_type=other).signer_of(signature) != buyer


def test_keystore_opens_with_its_password_only(tmp_path: Path) -> None:
    """A wrong password and a file that is no keystore are the same, clear refusal."""
    from eth_account import Account

    file = tmp_path / "attester.json"
    keystore = Account.encrypt(ATTESTER_KEY, "right", kdf="pbkdf2", iterations=2)
    file.write_text(json.dumps(keystore))
    assert read_key(file, "right") == ATTESTER_KEY
    with pytest.raises(InputError, match=r"attester\.json: no keystore that this password opens"):
        read_key(file, "wrong")
    file.write_text("{}")
    with pytest.raises(InputError, match="no keystore"):
        read_key(file, "right")
