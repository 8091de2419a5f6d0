"""Every event of contracts since their creation, decoded; one that cannot be is a difference."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from eth_abi.exceptions import DecodingError
from eth_utils.address import to_checksum_address

from jumpstart.chain.abi import Entry, Event, decode_events
from jumpstart.chain.client import Chain, Contract, Receipt
from jumpstart.deployment.verification.checks import Checks


class History:
    """Events of contracts up to one block, in the order of the chain."""

    def __init__(self, chain: Chain, head: int, checks: Checks) -> None:
        self._chain = chain
        self._head = head
        self._checks = checks
        self._events: list[Event] = []
        self._labels: dict[str, str] = {}
        self._seen: set[tuple[str, int]] = set()
        self._explained: set[tuple[str, int]] = set()
        self._whole: set[str] = set()
        self._times: dict[int, int] = {}

    def read(
        self,
        contract: Contract,
        label: str,
        first_block: int,
        *,
        last_block: int | None = None,
        topics: Sequence[Any] = (),
    ) -> None:
        """Reads the events of a contract, or with `topics` those that have them."""
        last = self._head if last_block is None else last_block
        logs = self._chain.logs(
            contract.address, from_block=first_block, to_block=last, topics=topics
        )
        self._labels[contract.address] = label
        if not topics and last == self._head:
            self._whole.add(contract.address)
        for log in logs:
            place = log["transactionHash"], int(log["logIndex"], 16)
            if place not in self._seen:
                self._seen.add(place)
                self._take(contract, label, log)
        self._events.sort(key=lambda event: (event.block_number, event.log_index))

    def _take(self, contract: Contract, label: str, log: Entry) -> None:
        where = (
            f"event {int(log['logIndex'], 16)} of {label} in transaction {log['transactionHash']}"
        )
        try:
            found = decode_events(contract.artifact.abi, [log])
        except (DecodingError, ValueError, OverflowError):
            found = []
        same = to_checksum_address(log["address"]) == contract.address
        if not found or not same:
            self._checks.fail("event", where, "an event of this contract", _shown(log))
            return
        self._events += found

    def keep(self, contract: Contract, transaction: str) -> None:
        """Forgets what the contract said in other transactions."""
        self._events = [
            event
            for event in self._events
            if event.address != contract.address or event.transaction_hash == transaction
        ]

    def of(self, contract: Contract, *names: str) -> list[Event]:
        """Its events, of these names or of any."""
        return [
            event
            for event in self._events
            if event.address == contract.address and (not names or event.name in names)
        ]

    def time_of(self, event: Event) -> int:
        """The time of the event's block."""
        if event.block_number not in self._times:
            missing = {each.block_number for each in self._events} - self._times.keys()
            blocks = sorted(missing)
            requests = [("eth_getBlockByNumber", (hex(block), False)) for block in blocks]
            for block, header in zip(blocks, self._chain.batch(requests), strict=True):
                self._times[block] = int(header["timestamp"], 16)
        return self._times[event.block_number]

    # ------------------------------------------------------------------------------------ comparing

    def expect(
        self,
        contract: Contract,
        events: Iterable[Event],
        expected: Sequence[tuple[str, Mapping[str, Any]]],
        where: str,
    ) -> None:
        """That these events are exactly the expected ones, with their values."""
        found = list(events)
        label = self._labels[contract.address]
        self._explained |= {(event.transaction_hash, event.log_index) for event in found}
        self._checks.compare(
            "event",
            f"events of {label} {where}",
            [{name: dict(args)} for name, args in expected],
            [{event.name: dict(event.args)} for event in found],
        )

    def expect_receipts(self, receipts: Mapping[str, Receipt]) -> None:
        """That the node's receipts have the same events as its logs."""
        for step, receipt in receipts.items():
            logged = sorted(
                int(log["logIndex"], 16)
                for log in receipt.logs
                if to_checksum_address(log["address"]) in self._whole
            )
            found = sorted(
                index
                for name, index in self._seen
                if name == receipt.transaction_hash and self._address_of(name, index) in self._whole
            )
            self._checks.compare("event", f"numbers of the events of step {step}", logged, found)

    def _address_of(self, transaction: str, index: int) -> str | None:
        return next(
            (
                event.address
                for event in self._events
                if (event.transaction_hash, event.log_index) == (transaction, index)
            ),
            None,
        )

    @property
    def later(self) -> dict[str, int]:
        """How many events of each name came beside those of the deployment."""
        return dict(
            sorted(
                Counter(
                    f"{self._labels[event.address]}.{event.name}"
                    for event in self._events
                    if (event.transaction_hash, event.log_index) not in self._explained
                ).items()
            )
        )


def _shown(log: Entry) -> str:
    topic = log["topics"][0] if log["topics"] else "no topic"
    return f"one that cannot be read, {topic}"


def place_of(event: Event) -> str:
    """An event, by name and place, for notes."""
    return f"{event.name} in transaction {event.transaction_hash} of block {event.block_number}"
