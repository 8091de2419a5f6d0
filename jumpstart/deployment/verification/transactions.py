"""How each step was sent: by whom, to what, with which data, in which block."""

from collections.abc import Mapping
from typing import Any

from jumpstart.chain.client import Chain, Receipt
from jumpstart.deployment.verification.checks import NOTHING, Checks, as_json
from jumpstart.deployment.verification.expected import Expected, Sent
from jumpstart.errors import ChainError

_MADE = ("transaction", "block", "gasUsed")


def check_transactions(
    chain: Chain,
    head: int,
    expected: Expected,
    steps: Mapping[str, Mapping[str, Any]],
    checks: Checks,
) -> dict[str, Receipt]:
    """Compares what the record says of each step's transaction with what the chain says.

    `steps` are the record's. Returns the receipts that were found, by step.
    """
    receipts = {}
    for key, sent in expected.sent.items():
        step = steps.get(key, {})
        where = f"steps.{key}"
        named = [step.get(field) for field in _MADE]
        if sent is None:
            checks.compare("transaction", where, dict.fromkeys(_MADE), _pick(step), text=as_json)
            continue
        if named[0] is None and named != [None] * len(_MADE):
            hashed = "a hash, or neither block nor gas"
            checks.fail("transaction", f"{where}.transaction", hashed, as_json(None))
            nothing = dict.fromkeys(_MADE)
            checks.compare("transaction", where, nothing, _pick(step), text=as_json)
            continue
        if named[0] is None:
            checks.leave(
                f"{where}.transaction", "the record names none: it was there already, or not needed"
            )
            continue
        receipt = _compared(chain, head, where, step, sent, checks)
        if receipt is not None:
            receipts[key] = receipt
    return receipts


def _compared(
    chain: Chain, head: int, where: str, step: Mapping[str, Any], sent: Sent, checks: Checks
) -> Receipt | None:
    name = step.get("transaction")
    found, receipt = None, None
    if isinstance(name, str):
        try:
            found = chain.request("eth_getTransactionByHash", name)
            receipt = chain.receipt(name)
        except ChainError as error:
            checks.fail("transaction", f"{where}.transaction", str(name), f"refused: {error}")
            return None
    if found is None or receipt is None or receipt.block_number > head:
        checks.fail("transaction", f"{where}.transaction", str(name), "no such transaction mined")
        return None
    checks.compare(
        "transaction",
        where,
        {
            "transaction": receipt.transaction_hash,
            "block": receipt.block_number,
            "gasUsed": receipt.gas_used,
        },
        {field: step.get(field) for field in _MADE},
        text=as_json,
    )
    checks.compare(
        "transaction",
        where,
        {
            "succeeded": True,
            "inBlock": chain.header(receipt.block_number).hash,
            "sender": sent.sender,
            "to": sent.to,
            "value": sent.value,
            "data": sent.data,
        },
        {
            "succeeded": receipt.succeeded,
            "inBlock": receipt.block_hash,
            "sender": receipt.sender,
            "to": receipt.to,
            "value": int(found["value"], 16),
            "data": bytes.fromhex(found["input"][2:]),
        },
    )
    return receipt


def _pick(step: Mapping[str, Any]) -> dict[str, Any]:
    return {field: step.get(field, NOTHING) for field in _MADE}
