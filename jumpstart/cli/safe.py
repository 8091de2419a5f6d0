"""`jumpstart safe`: a privileged call as a file that a Safe's owners sign, instead of sending it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from jumpstart.accounts import checksummed
from jumpstart.cli.output import Json, emit, emit_json
from jumpstart.cli.senders import ChainId, Rpc, connect, parse_address
from jumpstart.errors import ChainError, ContractRevert, InputError, located
from jumpstart.safe import Call, builder_file, plain_value

if TYPE_CHECKING:
    from jumpstart.chain.abi import Entry
    from jumpstart.chain.client import Contract
    from jumpstart.chain.safes import Safe
    from jumpstart.powers import Power

EXAMPLE = (
    "Example: jumpstart safe 0x.. appointReviewer 0x.. --safe 0x.. --rpc http://127.0.0.1:8545 "
    "--out appoint.json"
)

_TAKES: Final = "the contract would take it"
_FIRST_WITHOUT_GAS: Final = "1.3.0"  # wallets propose a safeTxGas for older ones
_GAS_NOTE: Final = "The wallet may propose a safeTxGas: set it to 0, else the hashes are others.\n"


def safe(
    contract: Annotated[
        str, typer.Argument(metavar="CONTRACT", help="The address of a contract of the platform.")
    ],
    function: Annotated[str, typer.Argument(metavar="FUNCTION", help="What it is asked to do.")],
    rpc: Rpc,
    wallet: Annotated[
        str, typer.Option("--safe", metavar="0x..", help="The multisig that is to do it.")
    ],
    out: Annotated[
        Path, typer.Option(metavar="FILE", help="Write the Transaction Builder's file here.")
    ],
    arguments: Annotated[
        list[str] | None,
        typer.Argument(metavar="ARGS", help="Its arguments; lists and structs as JSON."),
    ] = None,
    value: Annotated[int, typer.Option(min=0, metavar="WEI", help="Coin to send with it.")] = 0,
    nonce: Annotated[
        int | None,
        typer.Option(min=0, help="The Safe's number for it, when others are waiting before it."),
    ] = None,
    chain_id: ChainId = None,
    as_json: Json = False,
) -> None:
    """Writes a call as a file for the Safe Transaction Builder, and shows the hashes that every
    owner must see on its own device before it signs. Nothing is sent.

    What the contract is, is found by its code; a Safe without the role that the function asks for
    is refused.
    """
    from jumpstart.chain.abi import function_of
    from jumpstart.chain.arguments import parse_arguments
    from jumpstart.chain.roles import contract_at, power_of, require_role
    from jumpstart.chain.safes import Safe

    address, owner = parse_address("CONTRACT", contract), parse_address("--safe", wallet)
    chain = connect(rpc, chain_id)
    with located("CONTRACT"):
        target = contract_at(chain, address)
    with located("FUNCTION"):
        power = power_of(target, function)
        entry = function_of(target.artifact, function, arguments or [])
    args = parse_arguments(entry, arguments or [])
    if value and entry["stateMutability"] != "payable":
        raise InputError(f"--value: {power.contract}.{power.function} takes no coin")
    with located("--safe"):
        found = Safe.at(chain, owner)
        require_role(target, power, args, found.address)
    call = Call(
        to=bytes.fromhex(target.address[2:]),
        data=target.calldata(function, *args),
        value=value,
        method=entry,
        args=args,
    )
    with located("--nonce"):
        transaction = found.transaction([call], nonce=nonce)
    name = f"{power.contract}.{power.function}"
    summary = {
        "file": str(out),
        "chainId": str(chain.chain_id),
        "safe": found.address,
        "version": found.version,
        "threshold": found.threshold,
        "owners": list(found.owners),
        "contract": power.contract,
        "function": power.function,
        "to": checksummed(call.to),
        "value": str(call.value),
        "data": "0x" + call.data.hex(),
        "arguments": _shown_arguments(entry, args),
        "now": _outcome(target, found, call),
        "nonce": transaction.nonce,
        "domainHash": "0x" + transaction.domain_hash.hex(),
        "messageHash": "0x" + transaction.message_hash.hex(),
        "safeTxHash": "0x" + transaction.safe_tx_hash.hex(),
    }
    emit_json(builder_file([call], transaction, name=name), out)
    if as_json:
        emit_json(summary)
    else:
        emit(_in_words(summary, power))


def _shown_arguments(entry: "Entry", args: tuple[Any, ...]) -> dict[str, Any]:
    return {
        each["name"]: plain_value(each["type"], each, arg)
        for each, arg in zip(entry["inputs"], args, strict=True)
    }


def _outcome(contract: "Contract", wallet: "Safe", call: Call) -> str:
    """What the contract would say to it at the latest block; it may be too early for it."""
    try:
        contract.chain.call_raw(
            contract.address, call.data, sender=wallet.address, value=call.value
        )
    except ContractRevert as refused:
        return f"the contract would refuse it: {refused}"
    except ChainError as error:
        return f"not known: {error}"
    return _TAKES


def _in_words(summary: dict[str, Any], power: "Power") -> str:
    arguments = "".join(
        f"  {name} = {value if isinstance(value, str) else str(value)}\n"
        for name, value in summary["arguments"].items()
    )
    return (
        f"Safe {summary['safe']} of version {summary['version']}, {summary['threshold']} of "
        f"{len(summary['owners'])} owners, on chain {summary['chainId']}\n"
        f"calls {power.contract}.{power.function} at {summary['to']} with {summary['value']} wei\n"
        f"{arguments}"
        f"for {power.who}; {power.when}\n"
        f"at worst: {power.worst}\n"
        f"now: {summary['now']}\n"
        f"\n"
        f"Written to {summary['file']}. Each owner signs as number {summary['nonce']} only what its "
        f"own device shows so:\n"
        f"  domain hash   {summary['domainHash']}\n"
        f"  message hash  {summary['messageHash']}\n"
        f"  safeTxHash    {summary['safeTxHash']}\n"
        f"{_GAS_NOTE if summary['version'] < _FIRST_WITHOUT_GAS else ''}"
    )
