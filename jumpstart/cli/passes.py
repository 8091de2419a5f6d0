"""`jumpstart pass`: an attester's passes, made and verified."""

import time
from pathlib import Path
from typing import Annotated

import typer

from jumpstart.accounts import checksummed, parse_account
from jumpstart.cli.output import Json, Out, emit, emit_json
from jumpstart.errors import InputError, located
from jumpstart.files import read_text
from jumpstart.jurisdictions import alpha2_of, numeric_of
from jumpstart.times import format_time, parse_time

app = typer.Typer(help="Attests and verifies passes.")


@app.command(
    epilog="Example: jumpstart pass attest --keystore attester.json --password-file password.txt "
    "--blinding-key blinding.hex --document document.txt --account 0x.. --jurisdiction FR "
    "--expires 2030-01-01T00:00:00Z --registry 0x.. --chain-id 1 --out pass.json"
)
def attest(
    keystore: Annotated[Path, typer.Option(help="The attester's encrypted key.")],
    password_file: Annotated[Path, typer.Option(help="Its password, the first line of a file.")],
    blinding_key: Annotated[
        Path, typer.Option(help="The attester's secret for identities: hexadecimal digits.")
    ],
    document: Annotated[
        Path, typer.Option(help="What names the person, such as 'FR passport 12AB34567'.")
    ],
    account: Annotated[str, typer.Option(help="The account that the person uses.")],
    jurisdiction: Annotated[str, typer.Option(help="ISO 3166-1 alpha-2 code.")],
    expires: Annotated[str, typer.Option(help="When the pass ends: an RFC 3339 time.")],
    registry: Annotated[str, typer.Option(help="The address of the PassRegistry.")],
    chain_id: Annotated[int, typer.Option(help="Its chain.", min=1)],
    level: Annotated[int, typer.Option(help="How well the person is known.", min=1, max=255)] = 1,
    issued: Annotated[
        str | None, typer.Option(help="When the pass begins: an RFC 3339 time; else now.")
    ] = None,
    out: Out = None,
) -> None:
    """Signs a pass for an account. Of the person, only a keyed hash of the document is in it."""
    from jumpstart.models import validated
    from jumpstart.passes import Attestation, blind, sign, written
    from jumpstart.signatures import read_key

    with located("--issued"):
        issued_at = int(time.time()) if issued is None else parse_time(issued)
    with located("--expires"):
        expires_at = parse_time(expires)
    with located("--registry"):
        registry_address = parse_account(registry)
    with located("--account"):
        account_address = parse_account(account)
    with located("--jurisdiction"):
        code = numeric_of(jurisdiction)
    with located(str(blinding_key)):
        identity = blind(_first_line(document), _key(_first_line(blinding_key)))
    attestation = validated(
        Attestation,
        {
            "account": account_address,
            "identity": identity,
            "jurisdiction": code,
            "level": level,
            "issuedAt": issued_at,
            "expiresAt": expires_at,
        },
    )
    key = read_key(keystore, _first_line(password_file))
    signed = sign(attestation, registry=registry_address, chain_id=chain_id, key=key)
    emit(written(signed), out)


@app.command(epilog="Example: jumpstart pass verify pass.json")
def verify(
    file: Annotated[Path, typer.Argument(metavar="PASS.json", help="A signed pass.")],
    as_json: Json = False,
) -> None:
    """Checks that the attester named in a pass has signed it; exit status 1 if not.

    Whether the attester is one whom a sale accepts, and whether the pass was revoked, is on chain.
    """
    from jumpstart.passes import read_pass

    signed = read_pass(file)
    signed.check()
    attestation = signed.attestation
    content = {
        "attester": checksummed(signed.attester),
        "account": checksummed(attestation.account),
        "jurisdiction": alpha2_of(attestation.jurisdiction),
        "level": attestation.level,
        "issued": format_time(attestation.issued_at),
        "expires": format_time(attestation.expires_at),
        "registry": checksummed(signed.registry),
        "chainId": signed.chain_id,
    }
    if as_json:
        emit_json(content)
    else:
        emit("".join(f"{field:<12}  {value}\n" for field, value in content.items()))


def _first_line(path: Path) -> str:
    with located(str(path)):
        return read_text(path).partition("\n")[0].rstrip("\r")


def _key(digits: str) -> bytes:
    try:
        return bytes.fromhex(digits.removeprefix("0x"))
    except ValueError:
        raise InputError("a blinding key is pairs of hexadecimal digits") from None
