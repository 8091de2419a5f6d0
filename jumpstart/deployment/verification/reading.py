"""Reads contracts for a verification: getters that nobody may forget, and all of their events."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from jumpstart.chain.abi import Event, decode_events
from jumpstart.chain.client import Chain, Contract
from jumpstart.deployment.verification.findings import Findings

Call = tuple[tuple[Any, ...], Any]
"""Arguments and the expected value."""


def check_getters(
    contract: Contract,
    compared: Mapping[str, Iterable[Call]],
    left: Mapping[str, str],
    findings: Findings,
    *,
    elsewhere: Iterable[str] = (),
) -> None:
    """Compares every view of a contract. `compared` has the calls by name, `elsewhere` those that
    another check compares, `left` those that are not compared, each with the reason. A view that is
    in none of them is a difference.
    """
    name = contract.artifact.name
    views = {
        entry["name"]
        for entry in contract.artifact.abi
        if entry["type"] == "function" and entry["stateMutability"] in ("view", "pure")
    }
    findings.equal(
        "getters", f"{name}: views compared", sorted(views), sorted({*compared, *left, *elsewhere})
    )
    for getter, calls in compared.items():
        for args, expected in calls:
            shown = f"{name}.{getter}({', '.join(map(_short, args))})"
            findings.reads("getters", shown, expected, _reader(contract, getter, args))
    for getter, reason in left.items():
        findings.leave(f"{name}.{getter}", reason)


def events_of(
    contracts: Iterable[Contract], chain: Chain, *, from_block: int, findings: Findings
) -> list[Event]:
    """All events of the contracts since the block, in their order. One that no ABI explains is a
    difference.
    """
    found: list[Event] = []
    head = chain.block_number()
    for contract in contracts:
        logs = chain.logs(contract.address, from_block=from_block, to_block=head)
        decoded = decode_events(contract.artifact.abi, logs)
        findings.equal(
            "events", f"events of {contract.artifact.name} that are known", len(logs), len(decoded)
        )
        found += decoded
    return sorted(found, key=lambda event: (event.block_number, event.log_index))


def _reader(contract: Contract, getter: str, args: tuple[Any, ...]) -> Callable[[], Any]:
    return lambda: contract.call(getter, *args)


def _short(value: Any) -> str:
    text = "0x" + value.hex() if isinstance(value, bytes) else str(value)
    return text if len(text) <= 42 else "..."
