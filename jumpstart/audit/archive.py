"""The archive of a sale: its events as Parquet, and what else it takes to replay them without a node.

`events.parquet` has a row for each log that concerns the sale, in the order of the chain, with what is
known of its transaction; `input` stands with the first log of each. `sale.json` says which sale it is,
as of which block, and the SHA-256 of the events. Nothing proves here that the chain has these events:
an audit of the node does.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import pyarrow as pa
import pyarrow.parquet as pq
import rfc8785
from eth_abi.exceptions import DecodingError
from eth_utils.address import to_canonical_address

from jumpstart.accounts import checksummed
from jumpstart.audit.steps import Mined
from jumpstart.audit.subject import Subject
from jumpstart.chain.absent import AbsentChain
from jumpstart.chain.client import BlockHeader
from jumpstart.chain.compiler import Artifacts
from jumpstart.errors import InputError, located
from jumpstart.files import read_text, write_text
from jumpstart.review import ReviewRules
from jumpstart.terms import ListingTerms
from jumpstart.writing import plain, unplain

FORMAT: Final = "jumpstart-archive-v1"
EVENTS: Final = "events.parquet"
SALE: Final = "sale.json"

_TOPICS: Final = ("topic0", "topic1", "topic2", "topic3")
SCHEMA: Final = pa.schema(
    [
        ("block_number", pa.int64()),
        ("block_hash", pa.binary()),
        ("block_timestamp", pa.int64()),
        ("transaction_hash", pa.binary()),
        ("from_address", pa.binary()),
        ("to_address", pa.binary()),
        ("input", pa.binary()),
        ("log_index", pa.int64()),
        ("address", pa.binary()),
        *((name, pa.binary()) for name in _TOPICS),
        ("data", pa.binary()),
    ]
)
_GROUP_ROWS: Final = 8_192  # in memory together
_DIGEST_BYTES: Final = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Contracts:
    """Where everything is: addresses of 20 bytes."""

    sale: bytes
    escrow: bytes
    launchpad: bytes
    review: bytes
    vault: bytes
    registry: bytes
    terms_rules: bytes
    sale_implementation: bytes
    escrow_implementation: bytes


@dataclass(frozen=True, kw_only=True)
class Description:
    """Which sale it is, and as of which block. `terms` are the ABI encoding of what was listed, `rules`
    those of the review; `events` is the SHA-256 of the file.
    """

    chain_id: int
    block: int
    block_hash: bytes
    time: int
    application: int
    listed_in: int
    origin: int
    terms: bytes
    rules: ReviewRules
    contracts: Contracts
    transactions: int
    logs: int
    events: bytes


class ArchiveWriter:
    """Writes an archive transaction by transaction; there is none until `close`. A context manager."""

    def __init__(self, folder: Path, subject: Subject) -> None:
        self._folder, self._subject = folder, subject
        self._draft = folder / f".{EVENTS}.{os.getpid()}"
        self._rows: list[dict[str, Any]] = []
        self._transactions = self._logs = 0
        self._is_closed = False
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = pq.ParquetWriter(self._draft, SCHEMA, compression="zstd")
        except OSError as error:
            raise InputError(f"{folder}: {error.strerror or error}") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not self._is_closed:
            self._file.close()
        self._draft.unlink(missing_ok=True)

    def add(self, mined: Mined) -> None:
        """The next transaction of the chain."""
        self._transactions += 1
        self._logs += len(mined.logs)
        self._rows += _rows_of(mined)
        if len(self._rows) >= _GROUP_ROWS:
            self._flush()

    def close(self) -> None:
        """Everything is there: puts the two files in their places."""
        self._flush()
        self._file.close()
        self._is_closed = True
        subject = self._subject
        contracts = Contracts(
            sale=to_canonical_address(subject.sale.address),
            escrow=to_canonical_address(subject.escrow.address),
            launchpad=to_canonical_address(subject.launchpad.address),
            review=to_canonical_address(subject.review.address),
            vault=to_canonical_address(subject.vault.address),
            registry=to_canonical_address(subject.registry.address),
            terms_rules=to_canonical_address(subject.terms_rules.address),
            sale_implementation=to_canonical_address(subject.sale_implementation.address),
            escrow_implementation=to_canonical_address(subject.escrow_implementation.address),
        )
        description = Description(
            chain_id=subject.chain.chain_id,
            block=subject.head.number,
            block_hash=bytes.fromhex(subject.head.hash[2:]),
            time=subject.now,
            application=subject.application,
            listed_in=subject.listed_in,
            origin=subject.origin,
            terms=subject.listing.abi_encoding,
            rules=subject.rules,
            contracts=contracts,
            transactions=self._transactions,
            logs=self._logs,
            events=_digest_of(self._draft),
        )
        self._draft.replace(self._folder / EVENTS)
        write_text(
            self._folder / SALE,
            rfc8785.dumps({"format": FORMAT, **plain(description)}).decode() + "\n",
        )

    def _flush(self) -> None:
        if self._rows:
            self._file.write_table(pa.Table.from_pylist(self._rows, schema=SCHEMA))
            self._rows.clear()


class Archive:
    """Reads one. Raises `InputError`, naming the file and what disagrees, for what is none."""

    def __init__(self, folder: Path) -> None:
        self._events = folder / EVENTS
        with located(str(folder / SALE)):
            self.description = _described(read_text(folder / SALE))
        with located(str(self._events)):
            self._check_events()

    def subject(self, artifacts: Artifacts) -> Subject:
        """The sale, of which nobody can be asked anything."""
        found, contracts = self.description, self.description.contracts
        chain = AbsentChain(found.chain_id, artifacts=artifacts)
        try:
            listing = ListingTerms.decoded(found.terms)
        except (DecodingError, ValueError, OverflowError) as error:
            raise InputError(f"{SALE}: terms: {error}") from None

        def contract(name: str, address: bytes) -> Any:
            return chain.contract(name, checksummed(address))

        return Subject(
            chain=chain,
            head=BlockHeader(
                number=found.block,
                hash="0x" + found.block_hash.hex(),
                parent_hash="",
                timestamp=found.time,
                prev_randao=0,
                base_fee=0,
                difficulty=0,
            ),
            application=found.application,
            listing=listing,
            packed=b"",
            listed_in=found.listed_in,
            origin=found.origin,
            sale=contract("SubscriptionSale", contracts.sale),
            escrow=contract("ProceedsEscrow", contracts.escrow),
            launchpad=contract("Launchpad", contracts.launchpad),
            review=contract("ProjectReview", contracts.review),
            vault=contract("VestingVault", contracts.vault),
            registry=contract("PassRegistry", contracts.registry),
            terms_rules=contract("TermsRules", contracts.terms_rules),
            sale_implementation=contract("SubscriptionSale", contracts.sale_implementation),
            escrow_implementation=contract("ProceedsEscrow", contracts.escrow_implementation),
            rules=found.rules,
        )

    def transactions(self) -> Iterator[Mined]:
        """All of them in the order of the file; some thousands of rows are in memory.

        Raises `InputError` where they are not in the order of a chain.
        """
        last, transactions, logs = (-1, -1), 0, 0
        for mined in _grouped(self._rows()):
            first = (mined.block, int(mined.logs[0]["logIndex"], 16))
            if first <= last:
                raise InputError(
                    f"{self._events}: log {first[1]} of block {first[0]} comes after log {last[1]} of "
                    f"block {last[0]}"
                )
            last = (mined.block, int(mined.logs[-1]["logIndex"], 16))
            transactions, logs = transactions + 1, logs + len(mined.logs)
            yield mined
        found = self.description
        if (transactions, logs) != (found.transactions, found.logs):
            raise InputError(
                f"{self._events}: {logs} logs of {transactions} transactions, {SALE} says {found.logs} "
                f"of {found.transactions}"
            )

    def _rows(self) -> Iterator[dict[str, Any]]:
        with pq.ParquetFile(self._events) as file:
            for batch in file.iter_batches(_GROUP_ROWS, use_threads=False):
                yield from batch.to_pylist()

    def _check_events(self) -> None:
        try:
            found = _digest_of(self._events)
            if found != self.description.events:
                raise InputError(
                    f"SHA-256 {found.hex()}, {SALE} says {self.description.events.hex()}"
                )
            with pq.ParquetFile(self._events) as file:
                schema = file.schema_arrow
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror}") from None
        except pa.ArrowException as error:
            raise InputError(f"not Parquet: {error}") from None
        if not schema.equals(SCHEMA):
            raise InputError(
                f"columns {', '.join(schema.names)}; expected {', '.join(SCHEMA.names)}"
            )


def _described(text: str) -> Description:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"not JSON: {error}") from None
    if not isinstance(found, dict) or found.pop("format", None) != FORMAT:
        raise InputError(f"format: not {FORMAT}")
    description: Description = unplain(Description, found)
    return description


def _digest_of(path: Path) -> bytes:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(_DIGEST_BYTES):
            digest.update(part)
    return digest.digest()


def _rows_of(mined: Mined) -> Iterator[dict[str, Any]]:
    for place, log in enumerate(mined.logs):
        topics = dict(zip(_TOPICS, map(_bytes_of, log["topics"]), strict=False))
        yield {
            "block_number": mined.block,
            "block_hash": _bytes_of(log["blockHash"]),
            "block_timestamp": mined.time,
            "transaction_hash": _bytes_of(mined.transaction),
            "from_address": _bytes_of(mined.sender) if mined.sender else None,
            "to_address": None if mined.to is None else _bytes_of(mined.to),
            "input": None if place else mined.data,
            "log_index": int(log["logIndex"], 16),
            "address": _bytes_of(log["address"]),
            "data": _bytes_of(log["data"]),
            **topics,
        }


def _grouped(rows: Iterable[dict[str, Any]]) -> Iterator[Mined]:
    """Rows of one transaction stand together."""
    logs: list[dict[str, Any]] = []
    for row in rows:
        if logs and row["transaction_hash"] != logs[0]["transaction_hash"]:
            yield _mined(logs)
            logs = []
        logs.append(row)
    if logs:
        yield _mined(logs)


def _mined(rows: list[dict[str, Any]]) -> Mined:
    first = rows[0]
    sender, to = first["from_address"], first["to_address"]
    return Mined(
        transaction="0x" + first["transaction_hash"].hex(),
        block=first["block_number"],
        time=first["block_timestamp"],
        sender="" if sender is None else checksummed(sender),
        to=None if to is None else checksummed(to),
        data=first["input"] or b"",
        logs=[_log(row) for row in rows],
    )


def _log(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "address": "0x" + row["address"].hex(),
        "topics": ["0x" + row[name].hex() for name in _TOPICS if row[name] is not None],
        "data": "0x" + row["data"].hex(),
        "blockNumber": hex(row["block_number"]),
        "blockHash": "0x" + row["block_hash"].hex(),
        "transactionHash": "0x" + row["transaction_hash"].hex(),
        "logIndex": hex(row["log_index"]),
    }


def _bytes_of(text: str) -> bytes:
    return bytes.fromhex(text[2:])
