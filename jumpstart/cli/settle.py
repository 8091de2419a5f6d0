"""`jumpstart settle`: settles every session of a sale that is over."""

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from jumpstart.cli.output import Json, emit, emit_json
from jumpstart.cli.senders import (
    ChainId,
    Clef,
    KeyFile,
    Keystore,
    PasswordFile,
    Remote,
    Rpc,
    SenderOptions,
    Unlocked,
    connect,
    parse_address,
    sender_of,
)
from jumpstart.errors import CheckError
from jumpstart.times import format_time

if TYPE_CHECKING:
    from jumpstart.chain.client import Receipt, Sender
    from jumpstart.chain.sale import Sale

EXAMPLE = "Example: jumpstart settle 0x.. --rpc http://127.0.0.1:8545 --keystore key.json"

STATUSES: Final = ("running", "succeeded", "failed")
"""Names of the contract's `Status`, by number."""


def settle(
    sale: Annotated[str, typer.Argument(metavar="SALE", help="The address of the sale.")],
    rpc: Rpc,
    keystore: Keystore = None,
    password_file: PasswordFile = None,
    clef: Clef = None,
    signer: Remote = None,
    account: Unlocked = None,
    key_file: KeyFile = None,
    chain_id: ChainId = None,
    as_json: Json = False,
) -> None:
    """Settles all sessions of a sale that are over, one transaction each. Anyone may.

    With nothing to settle it says why and sends nothing; exit status 1 when it is too late.
    """
    from jumpstart.chain.sale import Sale

    address = parse_address("SALE", sale)
    chain = connect(rpc, chain_id)
    options = SenderOptions(
        keystore=keystore,
        password_file=password_file,
        clef=clef,
        signer=signer,
        account=account,
        key_file=key_file,
    )
    sender = sender_of(chain, options)
    found = Sale.at(chain, address)
    settled = _settle_all(found, sender)
    status = STATUSES[found.contract.call("status")]
    waiting = _waiting(found) if status == "running" else None
    if as_json:
        emit_json({"sale": address, "status": status, "settled": settled, "next": waiting})
        return
    for each in settled:
        emit(
            f"session {each['session']} settled: {each['sold']} base units sold, "
            f"gas {each['gas']}, transaction {each['transaction']}\n"
        )
    if not settled:
        emit("nothing to settle\n")
    next_end = f", session {waiting['session']} until {waiting['ends']}" if waiting else ""
    emit(f"status of the sale: {status}{next_end}\n")


def _settle_all(sale: "Sale", sender: "Sender") -> list[dict[str, Any]]:
    """Raises `CheckError` when the deadline has passed before the last session was settled."""
    settled = [_written(sale, receipt) for receipt in sale.settle_all(sender=sender)]
    unsettled = sale.contract.call("sessionsSettled") < len(sale.terms.sessions)
    if unsettled and sale.chain.now() >= sale.terms.settle_deadline:
        raise CheckError(
            f"too late: the deadline was {format_time(sale.terms.settle_deadline)}, "
            "everybody may take a full refund"
        )
    return settled


def _written(sale: "Sale", receipt: "Receipt") -> dict[str, Any]:
    args = sale.contract.event(receipt, "SessionSettled").args
    return {
        "session": args["session"] + 1,
        "sold": str(args["sold"]),
        "remaining": str(args["remaining"]),
        "weight": str(args["weight"]),
        "fullFrom": args["fullFrom"],
        "transaction": receipt.transaction_hash,
        "gas": receipt.gas_used,
    }


def _waiting(sale: "Sale") -> dict[str, Any]:
    index: int = sale.contract.call("sessionsSettled")
    return {"session": index + 1, "ends": format_time(sale.terms.sessions[index].end)}
