"""What a transaction would read and whom it would call, from the steps that a local chain runs.

Knows how Ganache and Anvil are made to list those steps. Refuses to know what a contract means.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eth_utils.address import to_checksum_address

from jumpstart.chain.client import LOCAL_GAS_LIMIT, Chain, Transaction

_PRECOMPILED_BELOW = 0x100
_STEPS = {"disableStorage": True, "disableMemory": True}


@dataclass(frozen=True, kw_only=True)
class Trace:
    reads: tuple[tuple[str, int], ...]
    """(account, slot) of each storage word that was read, in the order of the first reading."""
    calls: tuple[str, ...]
    """Accounts that were called in a way that lets them change state, each once."""
    delegates: tuple[str, ...]
    """Accounts whose code ran on the caller's storage, as a proxy's implementation does."""


def trace_of(chain: Chain, sender: str, to: str, data: bytes) -> Trace:
    """Runs a transaction and leaves the chain as it was. The chain has to send for the sender.

    Raises `ContractRevert` when it is refused, `ChainError` when the chain does not list steps.
    """
    if chain.kind == "ganache":  # which traces nothing but what was mined
        snapshot = chain.snapshot()
        try:
            receipt = chain.send(Transaction(sender=sender, to=to, data=data))
            found = chain.request("debug_traceTransaction", receipt.transaction_hash, _STEPS)
        finally:
            chain.revert(snapshot)
    else:  # which traces what was mined only if it was told to from the start
        message = {"from": sender, "to": to, "data": "0x" + data.hex(), "gas": hex(LOCAL_GAS_LIMIT)}
        found = chain.request("debug_traceCall", message, "latest", _STEPS)
    return _parsed(found["structLogs"], to)


def _parsed(steps: Sequence[Mapping[str, Any]], start: str) -> Trace:
    reads: dict[tuple[str, int], None] = {}
    calls: dict[str, None] = {}
    delegates: dict[str, None] = {}
    # Whose storage each level of calls works on. The steps say how deep they are and no more.
    owners: dict[int, str] = {steps[0]["depth"]: start} if steps else {}
    for step in steps:
        name, stack, depth = step["op"], step["stack"], step["depth"]
        if name == "SLOAD":
            reads[owners[depth], int(stack[-1], 16)] = None
        elif name in ("CALL", "STATICCALL"):
            owners[depth + 1] = called = _address_in(stack[-2])
            if name == "CALL" and int(called, 16) >= _PRECOMPILED_BELOW:
                calls[called] = None
        elif name in ("DELEGATECALL", "CALLCODE"):
            owners[depth + 1] = owners[depth]
            delegates[_address_in(stack[-2])] = None
        elif name in ("CREATE", "CREATE2"):
            owners[depth + 1] = to_checksum_address("0x" + 20 * "00")
    return Trace(reads=tuple(reads), calls=tuple(calls), delegates=tuple(delegates))


def _address_in(word: str) -> str:
    return to_checksum_address(f"0x{int(word, 16) % 2**160:040x}")
