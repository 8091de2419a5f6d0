"""The history of a sale: what its contracts logged about it, in the order of the chain.

Knows which events concern this sale: the review, the vault and the registry serve others too.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from jumpstart.audit.replay import Replay
from jumpstart.audit.steps import Step
from jumpstart.chain.abi import Event

_LONG: Final = frozenset({"terms", "plan"})
"""Arguments that stand elsewhere in the report."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One event: `contract` is what its contract is called."""

    block: int
    time: int
    transaction: str
    contract: str
    event: Event


class History:
    """Grows with each transaction that has been replayed."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def record(self, step: Step, replay: Replay) -> None:
        """After the transaction has been replayed: then it is known whose each grant is."""
        for event in step.events:
            contract = replay.label_of(event)
            if _concerns(contract, event, replay):
                self.entries.append(Entry(step.block, step.time, step.transaction, contract, event))

    def of(self, contract: str, name: str) -> Iterator[Entry]:
        """All events of a name, of one contract."""
        return (
            each for each in self.entries if (each.contract, each.event.name) == (contract, name)
        )

    def written(self) -> Iterator[dict[str, Any]]:
        """For the report."""
        for each in self.entries:
            yield {
                "block": each.block,
                "time": each.time,
                "transaction": each.transaction,
                "contract": each.contract,
                "event": each.event.name,
                "args": {
                    name: value for name, value in each.event.args.items() if name not in _LONG
                },
            }


def _concerns(contract: str, event: Event, replay: Replay) -> bool:
    if contract in ("sale", "escrow"):
        return True
    number = event.args.get("applicationId" if contract == "launchpad" else "id")
    if contract == "vault":
        return number in replay.models.own_grants
    return contract in ("launchpad", "review") and number in (None, replay.subject.application)
