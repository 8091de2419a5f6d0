"""Tables: which columns logs have in Parquet files, and the files themselves.

What a file looks like depends on its rows alone: not on the answers that they came in.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from jumpstart.errors import InputError
from jumpstart.snapshot.fetch.logs import Log
from jumpstart.snapshot.transfers import COLUMNS, PLACES

GROUP_ROWS: Final = 1 << 17
FILE_ROWS: Final = GROUP_ROWS << 6

_ADDRESS_DIGITS: Final = 40
_PADDING: Final = "0x" + "0" * 24
_WORD: Final = 66  # characters of 32 bytes
_TRANSFER_TOPICS: Final = 3


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Columns, by a name that a checkpoint remembers. One is `block_number`."""

    name: str
    schema: Any
    rows: Callable[[Sequence[Log]], list[Sequence[Any]]]
    """The columns of these logs, in the order of the schema. Raises `InputError` for logs that do not
    fit.
    """

    def batch(self, logs: Sequence[Log]) -> Any:
        """The logs as an Arrow record batch."""
        columns = [
            pa.array(column, field.type)
            for column, field in zip(self.rows(logs), self.schema, strict=True)
        ]
        return pa.record_batch(columns, schema=self.schema)


def _transfer_columns(logs: Sequence[Log]) -> list[Sequence[Any]]:
    senders, receivers, values = [], [], []
    for log in logs:
        topics = log.topics
        if (
            len(topics) != _TRANSFER_TOPICS
            or len(log.data) != _WORD
            or not topics[1].startswith(_PADDING)
            or not topics[2].startswith(_PADDING)
        ):
            raise InputError(
                f"{log.address} is no fungible token: its Transfer in log {log.place} of block {log.block} "
                f"has {len(topics)} topics and {len(log.data) // 2 - 1} bytes, expected "
                f"{_TRANSFER_TOPICS} topics (two accounts) and 32 bytes"
            )
        senders.append("0x" + topics[1][-_ADDRESS_DIGITS:])
        receivers.append("0x" + topics[2][-_ADDRESS_DIGITS:])
        values.append(str(int(log.data, 16)))
    return [
        [log.address for log in logs],
        senders,
        receivers,
        values,
        [log.transaction_hash for log in logs],
        [log.place for log in logs],
        [log.block for log in logs],
    ]


TRANSFERS: Final = Layout(
    name="transfers",
    schema=pa.schema([(name, pa.int64() if name in PLACES else pa.string()) for name in COLUMNS]),
    rows=_transfer_columns,
)
"""A row for each Transfer of an ERC-20, as `jumpstart.snapshot.transfers` reads them."""

LOGS: Final = Layout(
    name="logs",
    schema=pa.schema(
        [
            ("block_number", pa.int64()),
            ("log_index", pa.int64()),
            ("block_hash", pa.string()),
            ("transaction_hash", pa.string()),
            ("address", pa.string()),
            ("topics", pa.list_(pa.string())),
            ("data", pa.string()),
        ]
    ),
    rows=lambda logs: [list(column) for column in zip(*logs, strict=True)] or [[]] * 7,
)
"""Logs as they are, whatever they mean: the fields of `logs.Log`."""


def write_files(batches: Iterable[Any], layout: Layout, folder: Path) -> Iterator[Path]:
    """Writes all rows to files of `FILE_ROWS` rows, in groups of `GROUP_ROWS`, and yields each file once
    it is on the disk. One group is in memory. Without a row there is one file.
    """
    groups = _groups(batches, layout)
    group: Any = next(groups, None)
    number = 0
    while group is not None or number == 0:
        path = folder / f"{layout.name}-{number:05}.parquet"
        with pq.ParquetWriter(path, layout.schema, compression="zstd") as writer:
            for _ in range(FILE_ROWS // GROUP_ROWS):
                if group is None:
                    break
                writer.write_table(group, row_group_size=GROUP_ROWS)
                group = next(groups, None)
        with path.open("rb") as file:
            os.fsync(file.fileno())
        yield path
        number += 1


def _groups(batches: Iterable[Any], layout: Layout) -> Iterator[Any]:
    """The same rows in tables of `GROUP_ROWS`, the last of what is left."""
    waiting: list[Any] = []
    rows = 0
    for batch in batches:
        waiting.append(batch)
        rows += batch.num_rows
        while rows >= GROUP_ROWS:
            table = pa.Table.from_batches(waiting, schema=layout.schema)
            # One chunk: pages must not show where batches met.
            yield table.slice(0, GROUP_ROWS).combine_chunks()
            waiting = table.slice(GROUP_ROWS).to_batches()
            rows -= GROUP_ROWS
    if rows:
        yield pa.Table.from_batches(waiting, schema=layout.schema).combine_chunks()
