"""The next transactions of a deployment as one file for a Safe, where a multisig deploys."""

from typing import Any, Final

from eth_abi.abi import decode

from jumpstart.chain.abi import selector_of, signature_of, types_of
from jumpstart.chain.client import Chain
from jumpstart.chain.safes import Safe
from jumpstart.deployment.plan import Plan, Row
from jumpstart.errors import InputError
from jumpstart.safe import Call, builder_file

_MOST_GAS: Final = 12_000_000
"""Of one transaction: chains allow 2^24, and a Safe needs some for itself."""


def batch_of(plan: Plan, chain: Chain) -> dict[str, Any]:
    """The content of a Transaction Builder file with the rows that one transaction can carry now.

    Raises `InputError` when the sender is no Safe, or has nothing to send.
    """
    rows: list[Row] = []
    gas = 0
    for row in plan.rows:
        if row.state == "there already":
            continue
        gas += row.gas or 0
        # What comes after something of others must wait for it.
        if row.sender != plan.sender or (rows and gas > _MOST_GAS):
            break
        rows.append(row)
    if not rows:
        raise InputError(f"there is nothing that {plan.sender} has to send now")
    safe = Safe.at(chain, plan.sender)
    calls = [_call(row, chain) for row in rows]
    titles = "; ".join(row.title for row in rows)
    return builder_file(calls, safe.transaction(calls), name=f"{plan.title}: {titles}")


def _call(row: Row, chain: Chain) -> Call:
    assert row.to is not None
    entry = _entry_of(row.data, chain)
    args = decode(types_of(entry["inputs"]), row.data[4:]) if entry else ()
    return Call(
        to=bytes.fromhex(row.to[2:]), data=row.data, value=row.value, method=entry, args=args
    )


def _entry_of(data: bytes, chain: Chain) -> Any:
    """The function of ours that the data calls; None for what is no function, as the factory's."""
    for artifact in chain.artifacts.values():
        for entry in artifact.abi:
            if entry["type"] == "function" and selector_of(signature_of(entry)) == data[:4]:
                return entry
    return None
