"""`jumpstart claim`: what a sale owes to an account, and the transaction that takes it."""

import re
from typing import TYPE_CHECKING, Annotated, Final

import typer

from jumpstart.amounts import Token, format_amount
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
from jumpstart.cli.settle import STATUSES
from jumpstart.errors import ChainError, CheckError, InputError
from jumpstart.schedule import Vesting, vested_down
from jumpstart.times import format_time

if TYPE_CHECKING:
    from jumpstart.chain.client import Contract, Receipt, Sender
    from jumpstart.chain.sale import Sale

EXAMPLE = "Example: jumpstart claim 0x.. --rpc http://127.0.0.1:8545 --keystore key.json"

_NEVER_SUBSCRIBED: Final = 0  # of the contract's `Stage`
_SYMBOL: Final = re.compile(r"[A-Za-z0-9.$_-]{1,12}", re.ASCII)
_MOST_DECIMALS: Final = 36


def claim(
    sale: Annotated[str, typer.Argument(metavar="SALE", help="The address of the sale.")],
    rpc: Rpc,
    for_: Annotated[
        str | None,
        typer.Option("--for", metavar="0x..", help="Claim for this account, which is paid."),
    ] = None,
    to: Annotated[
        str | None, typer.Option(metavar="0x..", help="Have the sender's own claim paid to this.")
    ] = None,
    keystore: Keystore = None,
    password_file: PasswordFile = None,
    clef: Clef = None,
    signer: Remote = None,
    account: Unlocked = None,
    key_file: KeyFile = None,
    chain_id: ChainId = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what a claim would pay now.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Shows what a sale owes to an account now, and claims it: tokens that have vested and unused
    payment or, when the sale has failed, the whole deposit.

    The account is the sender's, or that of --for. Exit status 1 when there is nothing to claim.
    """
    from jumpstart.chain.client import address_of
    from jumpstart.chain.sale import Sale

    if for_ is not None and to is not None:
        raise InputError("--for pays that account: --to is for the sender's own claim")
    address = parse_address("SALE", sale)
    named = parse_address("--for", for_) if for_ is not None else None
    target = parse_address("--to", to) if to is not None else None
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
    owner = named or address_of(sender)
    status = STATUSES[found.contract.call("status")]
    tokens, refund = found.contract.call("claimableOf", owner)
    _require_something(found, owner, status, tokens, refund)
    if not as_json:
        sold, paid = _units(found)
        emit(
            f"{owner} can take {format_amount(tokens, sold)} and "
            f"{format_amount(refund, paid)}; status of the sale: {status}\n"
        )
    receipt = None if dry_run else _take(found, sender, owner, target, status)
    if as_json:
        emit_json(
            {
                "sale": address,
                "account": owner,
                "to": target or owner,
                "status": status,
                "tokens": str(tokens),
                "refund": str(refund),
                "transaction": receipt.transaction_hash if receipt else None,
                "gas": receipt.gas_used if receipt else None,
            }
        )
    elif receipt is not None:
        emit(
            f"paid to {target or owner}: gas {receipt.gas_used}, "
            f"transaction {receipt.transaction_hash}\n"
        )


def _take(sale: "Sale", sender: "Sender", owner: str, to: str | None, status: str) -> "Receipt":
    from jumpstart.chain.client import address_of

    name = "refund" if status == "failed" else "claim"
    if to is not None:
        # The owner itself sends: neither a deadline nor a signature is looked at.
        return sale.contract.send(f"{name}To", owner, to, 0, b"", sender=sender)
    if owner == address_of(sender):
        return sale.contract.send(name, sender=sender)
    return sale.contract.send(f"{name}For", owner, sender=sender)


def _require_something(sale: "Sale", owner: str, status: str, tokens: int, refund: int) -> None:
    """Raises `CheckError` saying why there is nothing to claim."""
    if tokens or refund:
        return
    if sale.contract.call("positionOf", owner).stage == _NEVER_SUBSCRIBED:
        raise CheckError(f"nothing to claim: {owner} has not subscribed in this sale")
    if status == "running":
        raise CheckError("nothing to claim: the sale is not settled yet")
    next_time = _next_release(sale.terms.vesting, sale.chain.now()) if status != "failed" else None
    if next_time is not None and sale.contract.call("allotmentOf", owner):
        raise CheckError(f"nothing to claim now: the next tokens vest {format_time(next_time)}")
    raise CheckError(f"nothing to claim: {owner} has taken everything")


def _next_release(vesting: Vesting, now: int) -> int | None:
    """The next time at which more has vested; None when all has."""
    if now < vesting.start:
        return vesting.start
    moments = {vesting.start + vesting.cliff_seconds, vesting.start + vesting.duration_seconds}
    step = vesting.step_seconds or 1
    moments.add(vesting.start + ((now - vesting.start) // step + 1) * step)
    whole = 10**18  # enough for every step to count
    free = vested_down(whole, vesting, now)
    later = (time for time in sorted(moments) if vested_down(whole, vesting, time) > free)
    return next((time for time in later if time > now), None)


def _units(sale: "Sale") -> tuple[Token, Token]:
    """Of the token on sale, and of the payment."""
    if sale.is_native:
        return _unit(sale.sale_token, "sale"), Token(symbol="of the native coin", decimals=18)
    return _unit(sale.sale_token, "sale"), _unit(sale.payment_token, "payment")


def _unit(contract: "Contract", role: str) -> Token:
    """What a token calls itself; a name that no token should have is not repeated."""
    try:
        symbol, decimals = contract.call("symbol"), contract.call("decimals")
    except ChainError:
        return Token(symbol=f"base units of the {role} token", decimals=0)
    if not _SYMBOL.fullmatch(symbol) or decimals > _MOST_DECIMALS:
        return Token(symbol=f"base units of the {role} token", decimals=0)
    return Token(symbol=symbol, decimals=decimals)
