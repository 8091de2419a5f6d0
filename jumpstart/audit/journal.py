"""The journal of a sale: its transactions in their order, each with the events that concern it.

A node is not believed. Every range of blocks is asked for twice, cut in different places. The header of
a block has to come to its hash, and all receipts of the block to the root in its header; so whoever
knows the hash of the block that is audited need not believe anybody about the events before it. A
block whose bloom filter does not rule an event out is read, whether the node has said that there is one
or not; and each block has to name the one before it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from jumpstart.audit.findings import Findings
from jumpstart.audit.logs import content_of, filters_of, mask_of
from jumpstart.audit.steps import Mined, as_checksummed
from jumpstart.audit.subject import Subject
from jumpstart.chain.abi import Entry
from jumpstart.chain.blocks import header_hash, receipts_root
from jumpstart.chain.client import BlockHeader
from jumpstart.chain.rpc import NodeRefusal
from jumpstart.errors import ChainError

_BLOCKS: Final = 1_000  # whose logs are in memory together
_SPARSE_BLOCKS: Final = 10_000  # the same where most blocks are not read
_HEADERS: Final = 50_000  # blocks that are read one by one, also where nothing was found

_ETHEREUM: Final = frozenset({1, 11_155_111, 17_000, 560_048, 1_337, 31_337})
"""Chains whose blocks are Ethereum's to the byte; others may have fields of their own."""


class Journal:
    """Reads the journal of a subject, or what came `after` a block. What a node contradicts itself in
    is a finding.
    """

    def __init__(
        self,
        subject: Subject,
        findings: Findings,
        say: Callable[[str], None] = lambda line: None,
        *,
        after: BlockHeader | None = None,
    ) -> None:
        self._say = say
        self._subject = subject
        self._chain = subject.chain
        self._findings = findings
        self._filters = filters_of(subject)
        self._first = subject.origin if after is None else after.number + 1
        self._last_hash = None if after is None else (after.number, after.hash)
        self._masks = tuple(
            mask_of(each.address)
            for each in (subject.sale, subject.escrow, subject.review, subject.vault)
        )
        self._is_bound = False
        self._is_bound = self._binds()
        self._has_block_receipts = True

    def transactions(self) -> Iterator[Mined]:
        """Every transaction that concerns the sale, in the order of the chain."""
        subject = self._subject
        first, last = self._first, subject.head.number
        is_short = last - first < _HEADERS
        if not is_short:
            self._findings.leave(
                "blocks in which the node says that nothing happened",
                f"there are {last - first + 1} blocks; more than {_HEADERS} are not read one by one",
            )
        size = _BLOCKS if is_short else _SPARSE_BLOCKS
        for start in range(first, last + 1, size):
            end = min(start + size - 1, last)
            self._say(f"reading blocks {start} to {end} of {last}")
            yield from self._part(start, end, is_short=is_short)

    def _part(self, start: int, end: int, *, is_short: bool) -> Iterator[Mined]:
        by_block: dict[int, list[Entry]] = {}
        for log in self._twice(start, end):
            by_block.setdefault(int(log["blockNumber"], 16), []).append(log)
        headers = self._headers(range(start, end + 1) if is_short else sorted(by_block))
        if is_short:
            self._check_chain(headers)
        for number, header in headers.items():
            logs = by_block.get(number, [])
            if logs or self._may_concern(header):
                yield from self._block(header, logs)

    def _block(self, header: Entry, logs: list[Entry]) -> Iterator[Mined]:
        receipts = self._receipts(header)
        self._check_block(header, receipts, logs)
        by_transaction: dict[str, list[Entry]] = {}
        for log in logs:
            by_transaction.setdefault(log["transactionHash"], []).append(log)
        hashes = list(by_transaction)
        sent = self._chain.batch([("eth_getTransactionByHash", (each,)) for each in hashes])
        known = {receipt["transactionHash"]: receipt for receipt in receipts}
        for transaction, found in zip(hashes, sent, strict=True):
            self._check_transaction(transaction, known.get(transaction), found)
            yield _mined(transaction, found or {}, header, by_transaction[transaction])

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
            if content_of(once[place]) != content_of(again[place]):
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
            if self._is_bound:
                found = header_hash(header)
                self._findings.compare("node", f"hash of block {number}", header["hash"], found)
        return headers

    # ------------------------------------------------------------------------------------ checking

    def _binds(self) -> bool:
        """Whether blocks of this chain come to their hashes; on some they do not."""
        head = self._headers([self._subject.head.number])[self._subject.head.number]
        if self._chain.chain_id in _ETHEREUM or header_hash(head) == head["hash"]:
            return True
        self._findings.leave(
            "blocks by their hashes", "the blocks of this chain are not made as Ethereum's are"
        )
        return False

    def _receipts(self, header: Entry) -> list[Entry]:
        """All of a block, in their order."""
        if self._has_block_receipts and header["transactions"]:
            try:
                found: list[Entry] = self._chain.request("eth_getBlockReceipts", header["number"])
            except NodeRefusal:
                self._has_block_receipts = False
            else:
                return found
        return self._chain.batch(
            [("eth_getTransactionReceipt", (each,)) for each in header["transactions"]]
        )

    def _check_block(self, header: Entry, receipts: list[Entry], logs: list[Entry]) -> None:
        """All receipts against the header, and the logs against the receipts."""
        number, compare = int(header["number"], 16), self._findings.compare
        if self._is_bound:
            compare(
                "node",
                f"root of the receipts of block {number}",
                header["receiptsRoot"],
                receipts_root(receipts),
            )
        everything = [log for receipt in receipts for log in receipt["logs"]]
        expected = [
            (place, *content_of(log)) for place, log in enumerate(everything) if self._takes(log)
        ]
        found = [(int(log["logIndex"], 16), *content_of(log)) for log in logs]
        compare("node", f"logs of block {number}", expected, found)
        for log in (*everything, *logs):
            if log["blockHash"] != header["hash"]:
                compare(
                    "node",
                    f"block of a log of block {number}",
                    header["hash"],
                    log["blockHash"],
                    log["transactionHash"],
                )

    def _check_transaction(
        self, transaction: str, receipt: Entry | None, found: Entry | None
    ) -> None:
        if receipt is None or found is None:
            self._findings.add(
                "node", "a transaction with events", "its receipt and itself", "none", transaction
            )
            return
        self._findings.compare(
            "node",
            "a transaction with events",
            {
                "hash": transaction,
                "succeeded": True,
                "sender": receipt["from"].lower(),
                "receiver": (receipt["to"] or "").lower(),
            },
            {
                "hash": found["hash"],
                "succeeded": receipt["status"] == "0x1",
                "sender": found["from"].lower(),
                "receiver": (found.get("to") or "").lower(),
            },
            transaction,
        )

    def _takes(self, log: Entry) -> bool:
        return any(each.takes(log) for each in self._filters)

    def _may_concern(self, header: Entry) -> bool:
        """Whether one of our contracts may have logged something, by the filter of the block."""
        bloom = int(header["logsBloom"], 16)
        return any(bloom & mask == mask for mask in self._masks)

    def _check_chain(self, headers: Mapping[int, Entry]) -> None:
        """Every block names the one before it."""
        compare = self._findings.compare
        for number, header in headers.items():
            if self._last_hash is not None and self._last_hash[0] == number - 1:
                before = self._last_hash[1]
                compare("node", f"parent of block {number}", before, header["parentHash"])
            self._last_hash = (number, header["hash"])
        head = self._subject.head
        if head.number in headers:
            found = headers[head.number]
            compare("node", f"hash of block {head.number}", head.hash, found["hash"])
            time = int(found["timestamp"], 16)
            compare("node", f"time of block {head.number}", head.timestamp, time)


def _mined(transaction: str, found: Entry, header: Entry, logs: Sequence[Entry]) -> Mined:
    return Mined(
        transaction=transaction,
        block=int(header["number"], 16),
        time=int(header["timestamp"], 16),
        sender=as_checksummed(found["from"]) if found else "",
        to=as_checksummed(found["to"]) if found.get("to") else None,
        data=bytes.fromhex(found["input"][2:]) if found else b"",
        logs=logs,
    )
