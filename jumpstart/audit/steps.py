"""The steps of a sale: its transactions, each with the events and the transfers that concern it.

Knows how to read logs, wherever they come from: a node, or files.
"""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jumpstart.accounts import checksummed
from jumpstart.audit.findings import Findings
from jumpstart.audit.logs import APPROVAL, TRANSFER
from jumpstart.audit.subject import Subject
from jumpstart.chain.abi import Entry, Event, decode_events
from jumpstart.chain.client import Contract


@dataclass(frozen=True, kw_only=True, slots=True)
class Mined:
    """A transaction and those of its logs that concern a sale, as nodes write logs, in their order.
    `sender`: empty where nobody knows it.
    """

    transaction: str
    block: int
    time: int
    sender: str
    to: str | None
    data: bytes
    logs: Sequence[Entry]


@dataclass(frozen=True, kw_only=True)
class Transfer:
    """A token's own word that it moved `amount` base units."""

    token: str
    source: str
    target: str
    amount: int


@dataclass(frozen=True, kw_only=True)
class Step:
    """One transaction: events of our contracts and transfers from and to them, in their order."""

    transaction: str
    block: int
    time: int
    sender: str
    to: str | None
    data: bytes
    events: tuple[Event, ...]
    transfers: tuple[Transfer, ...]


class Reader:
    """Makes steps. What is no event of our contracts, and an allowance that one of them gives, is a
    finding.
    """

    def __init__(self, subject: Subject, findings: Findings) -> None:
        self._labels = subject.labels
        self._findings = findings
        self._contracts: Mapping[str, Contract] = {
            each.address: each
            for each in (
                subject.sale,
                subject.escrow,
                subject.launchpad,
                subject.review,
                subject.vault,
                subject.registry,
            )
        }
        self.events = 0
        self.transactions = 0

    def step(self, mined: Mined) -> Step:
        """Of one transaction, after all that were before it."""
        events: list[Event] = []
        transfers: list[Transfer] = []
        for log in mined.logs:
            contract = self._contracts.get(as_checksummed(log["address"]))
            if contract is not None:
                events += self._event(contract, log)
            elif log["topics"][0] == TRANSFER and len(log["topics"]) == 3:
                transfers.append(_transfer(log))
            elif log["topics"][0] == APPROVAL:
                self._allowed(log)
        self.events += len(events)
        self.transactions += 1
        return Step(
            transaction=mined.transaction,
            block=mined.block,
            time=mined.time,
            sender=mined.sender,
            to=mined.to,
            data=mined.data,
            events=tuple(events),
            transfers=tuple(transfers),
        )

    def _event(self, contract: Contract, log: Entry) -> list[Event]:
        """The event of a log, if it can be read."""
        found = decode_events(contract.artifact.abi, [log])
        if not found:
            self._findings.add(
                "event",
                f"log {int(log['logIndex'], 16)} of {contract.artifact.name}",
                "an event of this contract",
                f"one that cannot be read, {(log['topics'] or ['no topic'])[0]}",
                log["transactionHash"],
            )
        return found

    def _allowed(self, log: Entry) -> None:
        owner = as_checksummed(log["topics"][1])
        self._findings.add(
            "transfer",
            f"allowance given by {self._labels.get(owner, owner)}",
            "none ever",
            f"{int(log['data'], 16)} of {as_checksummed(log['address'])}",
            log["transactionHash"],
        )


def _transfer(log: Entry) -> Transfer:
    return Transfer(
        token=as_checksummed(log["address"]),
        source=as_checksummed(log["topics"][1]),
        target=as_checksummed(log["topics"][2]),
        amount=int(log["data"], 16),
    )


@functools.lru_cache(maxsize=4096)
def as_checksummed(text: str) -> str:
    """The address that an answer, or a topic, ends with."""
    return checksummed(bytes.fromhex(text[-40:]))
