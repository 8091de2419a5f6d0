"""`jumpstart verify-receipt`: a participant's receipt, without a node and without who made it."""

import json
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from jumpstart.amounts import Token
from jumpstart.cli.audit import require_hash
from jumpstart.cli.output import Json, emit, emit_json
from jumpstart.errors import InputError, ProofError
from jumpstart.files import read_text

EXAMPLE = "Example: jumpstart verify-receipt receipt-0x...json --block-hash 0x.."

_UNITS: Final = {
    "sale": Token(symbol="tokens", decimals=0),
    "payment": Token(symbol="of payment", decimals=0),
    "bond": Token(symbol="of the bond's token", decimals=0),
    "holding": Token(symbol="of the token that counts", decimals=0),
}


def verify_receipt(
    receipt: Annotated[Path, typer.Argument(metavar="FILE", help="The receipt, as JSON.")],
    block_hash: Annotated[
        str | None,
        typer.Option(
            metavar="0x..", help="What the hash of its block has to be, as an explorer shows it."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Proves every figure of a receipt again: by the hash of its block, by the blocks in which the
    account did something, and by arithmetic. Asks nobody.

    Exit status 1 when a proof fails or a figure differs: it is named. Compare the hashes that are
    printed with those of an explorer: they are what the proofs rest on.
    """
    from jumpstart.audit.receipt.figures import verify
    from jumpstart.audit.receipt.words import sentences

    if block_hash is not None:
        require_hash(block_hash)
    figures = verify(_read(receipt))
    if block_hash is not None and block_hash.lower() != figures["blockHash"]:
        raise ProofError(
            f"block {figures['block']}: expected the hash {block_hash.lower()}, the receipt is about "
            f"{figures['blockHash']}"
        )
    if as_json:
        emit_json(figures)
        return
    hashes = {int(each["block"]): each["blockHash"] for each in figures["events"]}
    hashes[int(figures["block"])] = figures["blockHash"]
    lines = [f"{each.words} {each.calculation}".strip() for each in sentences(figures, _UNITS)]
    lines.insert(0, f"account {figures['account']}; all amounts in base units")
    lines += [f"rests on block {number}: {hashed}" for number, hashed in sorted(hashes.items())]
    lines += [
        f"rests on code of the {name} at {each['address']}: {each['codeHash']}"
        for name, each in figures["implementations"].items()
    ]
    emit("\n".join([*lines, "proved"]) + "\n")


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{path}: not JSON: {error}") from None
    if not isinstance(found, dict):
        raise InputError(f"{path}: not a receipt: expected an object")
    return found
