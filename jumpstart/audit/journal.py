"""The journal of a sale: its transactions in their order, each with the events that concern it.

A node is not believed. Every range of blocks is asked for twice, cut in different places; the logs
of each transaction are held against its receipt, without gaps in their numbers, and against the
bloom filter of its block; blocks must be the ancestors of the one that is audited, as far as they
are read.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from eth_utils.address import to_checksum_address

from jumpstart.audit.findings import Findings
from jumpstart.audit.subject import Subject
from jumpstart.chain.abi import Entry, Event, decode_events
from jumpstart.chain.client import Contract
from jumpstart.errors import ChainError
from jumpstart.hashing import keccak256

TRANSFER: Final = "0x" + keccak256(b"Transfer(address,address,uint256)").hex()
APPROVAL: Final = "0x" + keccak256(b"Approval(address,address,uint256)").hex()
_PRESENTED: Final = (
    "PassPresented(address,address,bytes32,uint256,uint256,uint256,uint256)",
    "PassRevoked(address,address,uint256)",
)

_BLOCKS: Final = 2_000  # whose logs are in memory together
_BLOOMS: Final = 50_000  # blocks whose filters are looked at, also where nothing was found


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


@dataclass(frozen=True, kw_only=True)
class _Filter:
    """Logs that are asked for: of these contracts, with these topics."""

    addresses: tuple[str, ...]
    topics: tuple[Any, ...] = ()

    def takes(self, log: Entry) -> bool:
        """As a node decides it."""
        if log["address"].lower() not in self.addresses:
            return False
        found = log["topics"]
        for place, wanted in enumerate(self.topics):
            if wanted is None:
                continue
            allowed = [wanted] if isinstance(wanted, str) else wanted
            if place >= len(found) or found[place] not in allowed:
                return False
        return True


class Journal:
    """Reads the journal of a subject. What a node contradicts itself in is a finding."""

    def __init__(self, subject: Subject, findings: Findings) -> None:
        self._subject = subject
        self._chain = subject.chain
        self._findings = findings
        self._filters = _filters_of(subject)
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
        self._last_hash: tuple[int, str] | None = None
        self.events = 0
        self.transactions = 0

    def steps(self) -> Iterator[Step]:
        """Every transaction that concerns the sale, in the order of the chain."""
        subject = self._subject
        first, last = subject.origin, subject.head.number
        if last - first >= _BLOOMS:
            self._findings.leave(
                "bloom filters of blocks in which nothing was found",
                f"there are {last - first + 1} blocks; more than {_BLOOMS} are not read one by one",
            )
        for start in range(first, last + 1, _BLOCKS):
            end = min(start + _BLOCKS - 1, last)
            yield from self._part(start, end, is_short=last - first < _BLOOMS)

    def _part(self, start: int, end: int, *, is_short: bool) -> Iterator[Step]:
        logs = self._twice(start, end)
        blocks = range(start, end + 1) if is_short else sorted({int(n, 16) for n in _blocks(logs)})
        headers = self._headers(blocks)
        if is_short:
            self._check_chain(headers)
            self._check_blooms(headers, logs)
        by_transaction: dict[str, list[Entry]] = {}
        for log in logs:
            by_transaction.setdefault(log["transactionHash"], []).append(log)
        hashes = list(by_transaction)
        receipts = self._chain.batch([("eth_getTransactionReceipt", (each,)) for each in hashes])
        sent = self._chain.batch([("eth_getTransactionByHash", (each,)) for each in hashes])
        for transaction, receipt, found in zip(hashes, receipts, sent, strict=True):
            own = by_transaction[transaction]
            header = headers[int(own[0]["blockNumber"], 16)]
            self._check_step(transaction, own, receipt, found, header)
            yield self._step(transaction, own, found or {}, header)

    # ------------------------------------------------------------------------------------ reading

    def _twice(self, start: int, end: int) -> list[Entry]:
        """The logs of the blocks in their order; a second reading, cut elsewhere, has the same."""
        third = start + (end - start) // 3
        once = self._read(start, end)
        again = self._read(start, third) | self._read(third + 1, end)
        self._findings.compare(
            "node", f"logs of blocks {start} to {end}, read twice", len(once), len(again)
        )
        for place in sorted(once.keys() ^ again.keys()):
            log = once.get(place) or again[place]
            self._findings.add(
                "node",
                f"log {place[1]} of block {place[0]}, read twice",
                "the same both times",
                "there once, and once not",
                log["transactionHash"],
            )
        for place in sorted(once.keys() & again.keys()):
            if _content(once[place]) != _content(again[place]):
                self._findings.add(
                    "node",
                    f"log {place[1]} of block {place[0]}, read twice",
                    "the same both times",
                    "two different ones",
                    once[place]["transactionHash"],
                )
        both = again | once
        return [both[place] for place in sorted(both)]

    def _read(self, start: int, end: int) -> dict[tuple[int, int], Entry]:
        found: dict[tuple[int, int], Entry] = {}
        for each in self._filters:
            logs = self._chain.logs(
                each.addresses, from_block=start, to_block=end, topics=each.topics
            )
            for log in logs:
                number, index = int(log["blockNumber"], 16), int(log["logIndex"], 16)
                if not start <= number <= end:
                    raise ChainError(
                        f"asked for logs of blocks {start} to {end}, got one of {number}"
                    )
                found[number, index] = log
        return found

    def _headers(self, blocks: Sequence[int]) -> dict[int, Entry]:
        requests = [("eth_getBlockByNumber", (hex(each), False)) for each in blocks]
        headers = dict(zip(blocks, self._chain.batch(requests), strict=True))
        for number, header in headers.items():
            if header is None:
                raise ChainError(f"the chain has no block {number}")
        return headers

    def _step(self, transaction: str, logs: list[Entry], found: Entry, header: Entry) -> Step:
        events: list[Event] = []
        transfers: list[Transfer] = []
        for log in logs:
            contract = self._contracts.get(to_checksum_address(log["address"]))
            if contract is not None:
                decoded = decode_events(contract.artifact.abi, [log])
                if not decoded:
                    self._findings.add(
                        "event",
                        f"log {int(log['logIndex'], 16)} of {contract.artifact.name}",
                        "an event of this contract",
                        f"one that cannot be read, {(log['topics'] or ['no topic'])[0]}",
                        transaction,
                    )
                events += decoded
            elif log["topics"][0] == TRANSFER and len(log["topics"]) == 3:
                transfers.append(
                    Transfer(
                        token=to_checksum_address(log["address"]),
                        source=to_checksum_address("0x" + log["topics"][1][-40:]),
                        target=to_checksum_address("0x" + log["topics"][2][-40:]),
                        amount=int(log["data"], 16),
                    )
                )
            elif log["topics"][0] == APPROVAL:
                self._findings.add(
                    "transfer",
                    f"allowance given by {self._owner_of(log)}",
                    "none ever",
                    f"{int(log['data'], 16)} of {to_checksum_address(log['address'])}",
                    transaction,
                )
        self.events += len(events)
        self.transactions += 1
        return Step(
            transaction=transaction,
            block=int(header["number"], 16),
            time=int(header["timestamp"], 16),
            sender=to_checksum_address(found["from"]) if found else "",
            to=to_checksum_address(found["to"]) if found.get("to") else None,
            data=bytes.fromhex(found["input"][2:]) if found else b"",
            events=tuple(events),
            transfers=tuple(transfers),
        )

    def _owner_of(self, log: Entry) -> str:
        owner = to_checksum_address("0x" + log["topics"][1][-40:])
        return self._subject.labels.get(owner, owner)

    # ------------------------------------------------------------------------------------ checking

    def _check_step(
        self,
        transaction: str,
        logs: list[Entry],
        receipt: Entry | None,
        found: Entry | None,
        header: Entry,
    ) -> None:
        """A transaction's logs against its receipt, its block, and itself."""
        compare = self._findings.compare
        if receipt is None or found is None:
            self._findings.add(
                "node", "a transaction with events", "its receipt and itself", "none", transaction
            )
            return
        for log in logs:
            if log["blockHash"] != header["hash"]:
                compare(
                    "node",
                    "hash of the block of a log",
                    header["hash"],
                    log["blockHash"],
                    transaction,
                )
        compare(
            "node",
            "a transaction with events",
            {
                "hash of its block": header["hash"],
                "in that block": True,
                "succeeded": True,
                "hash": transaction,
                "its sender": receipt["from"].lower(),
                "its receiver": (receipt["to"] or "").lower(),
            },
            {
                "hash of its block": receipt["blockHash"],
                "in that block": transaction in header["transactions"],
                "succeeded": receipt["status"] == "0x1",
                "hash": found["hash"],
                "its sender": found["from"].lower(),
                "its receiver": (found.get("to") or "").lower(),
            },
            transaction,
        )
        compare("node", "logs of a receipt", *self._in_receipt(logs, receipt), transaction)
        bloom = int(header["logsBloom"], 16)
        for log in receipt["logs"]:
            for part in (log["address"], *log["topics"]):
                if not _may_have(bloom, part):
                    self._findings.add(
                        "node",
                        "bloom filter of a block",
                        f"one that has {part}",
                        "not",
                        transaction,
                    )

    def _in_receipt(self, logs: list[Entry], receipt: Entry) -> tuple[list[Any], list[Any]]:
        """Those that a receipt has and those that were found, with their places among all of its logs."""
        everything = receipt["logs"]
        expected = [
            (place, *_content(log)) for place, log in enumerate(everything) if self._takes(log)
        ]
        # Nodes number the logs of a receipt from 0 in the block or, as Ganache, in the transaction.
        numbers = [int(log["logIndex"], 16) for log in logs]
        first = numbers[0] - expected[0][0] if expected else 0
        own = [int(log["logIndex"], 16) for log in everything]
        is_gapless = not own or own == list(range(own[0], own[0] + len(own)))
        if not is_gapless or (own and own[0] not in (0, first)):
            return [*range(len(own))], own
        found = [
            (number - first, *_content(log)) for number, log in zip(numbers, logs, strict=True)
        ]
        return expected, found

    def _takes(self, log: Entry) -> bool:
        return any(each.takes(log) for each in self._filters)

    def _check_chain(self, headers: Mapping[int, Entry]) -> None:
        """Every block names the one before it."""
        for number, header in headers.items():
            if self._last_hash is not None and self._last_hash[0] == number - 1:
                self._findings.compare(
                    "node", f"parent of block {number}", self._last_hash[1], header["parentHash"]
                )
            self._last_hash = (number, header["hash"])
        head = self._subject.head
        if head.number in headers:
            found = headers[head.number]["hash"]
            self._findings.compare("node", f"hash of block {head.number}", head.hash, found)

    def _check_blooms(self, headers: Mapping[int, Entry], logs: Sequence[Entry]) -> None:
        """Where a block may have an event of ours and none was found, all its receipts are read."""
        own = [each.address.lower() for each in (self._subject.sale, self._subject.escrow)]
        seen = {(int(log["blockNumber"], 16), log["address"].lower()) for log in logs}
        for number, header in headers.items():
            bloom = int(header["logsBloom"], 16)
            if not bloom:
                continue
            suspects = [
                each for each in own if (number, each) not in seen and _may_have(bloom, each)
            ]
            if not suspects:
                continue
            receipts = self._chain.batch(
                [("eth_getTransactionReceipt", (each,)) for each in header["transactions"]]
            )
            for receipt in receipts:
                hidden = [log for log in receipt["logs"] if log["address"].lower() in suspects]
                for log in hidden:
                    self._findings.add(
                        "node",
                        f"log {int(log['logIndex'], 16)} of block {number}",
                        "among the logs of its block",
                        "in its receipt alone",
                        receipt["transactionHash"],
                    )


def _filters_of(subject: Subject) -> tuple[_Filter, ...]:
    """All that is asked for. In lower case, as nodes answer."""

    def lower(*contracts: Contract) -> tuple[str, ...]:
        return tuple(each.address.lower() for each in contracts)

    own = [_topic(each) for each in subject.labels]
    tokens = tuple(each.lower() for each in subject.tokens)
    number = "0x" + subject.application.to_bytes(32).hex()
    attesters = ["0x" + each.rjust(32, b"\0").hex() for each in subject.terms.attesters]
    presented = ["0x" + keccak256(each.encode()).hex() for each in _PRESENTED]
    return (
        _Filter(addresses=lower(subject.sale, subject.escrow, subject.review, subject.vault)),
        _Filter(addresses=lower(subject.launchpad), topics=(None, number)),
        _Filter(addresses=lower(subject.registry), topics=(presented, attesters)),
        _Filter(addresses=tokens, topics=(TRANSFER, own)),
        _Filter(addresses=tokens, topics=(TRANSFER, None, own)),
        _Filter(addresses=tokens, topics=(APPROVAL, own)),
    )


def _topic(address: str) -> str:
    return "0x" + bytes(12).hex() + address[2:].lower()


def _blocks(logs: Sequence[Entry]) -> Iterator[str]:
    for log in logs:
        yield log["blockNumber"]


def _content(log: Entry) -> tuple[Any, ...]:
    return (
        log["address"].lower(),
        tuple(log["topics"]),
        log["data"],
        log["transactionHash"],
        log["blockHash"],
    )


def _may_have(bloom: int, part: str) -> bool:
    """Whether a log with this address or topic may be in the block: three bits of 2048."""
    digest = keccak256(bytes.fromhex(part[2:]))
    return all(
        bloom >> (int.from_bytes(digest[place : place + 2]) & 2047) & 1 for place in (0, 2, 4)
    )
