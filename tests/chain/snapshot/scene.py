"""A token that people have sent to each other, and what a fetch of it must come to."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Final, Self

import pyarrow.parquet as pq
from eth_account.signers.local import LocalAccount

from jumpstart.chain.client import Chain, Contract, Receipt
from jumpstart.snapshot.fetch.policy import Policy
from jumpstart.snapshot.fetch.progress import Watch
from jumpstart.snapshot.fetch.run import Fetched
from jumpstart.snapshot.fetch.transfers import fetch

QUICK: Final = Policy(
    first_span=16,
    rest_seconds=0.01,
    rest_most_seconds=0.05,
    patience_seconds=5.0,
    answer_seconds=5.0,
    part_rows=0,
)
"""No long rests, and every answer a part."""

SUPPLY: Final = 10**24
RECEIVERS: Final = tuple(f"0x{number:040x}" for number in range(0xA0, 0xA8))

Row = tuple[int, int, str, str, str, str]
"""Block, log, transaction, sender, receiver, amount."""


@dataclass
class History:
    """A token and its transfers so far, as their receipts have them."""

    chain: Chain
    token: Contract
    holder: LocalAccount
    rows: list[Row]
    through: int

    @classmethod
    def played(cls, chain: Chain, holder: LocalAccount) -> Self:
        chain.mine(2)
        token = chain.deploy(
            "ProjectToken", "Counted", "CNT", 18, SUPPLY, holder.address, sender=holder
        )
        created = chain.block_number()
        (mint,) = chain.logs(token.address, from_block=created, to_block=created)
        self = cls(chain, token, holder, [_row(0, mint)], created)
        for round_ in range(8):
            self.send(20 if round_ == 5 else 1 + round_ % 3)
            chain.mine(1 + round_ % 4)
        self.send(2)
        self.through = chain.block_number()
        return self

    def send(self, count: int) -> list[Receipt]:
        """So many transfers, in one block."""
        receipts = self.chain.send_many(
            [
                self.token.transaction(
                    "transfer",
                    RECEIVERS[(len(self.rows) + number) % len(RECEIVERS)],
                    10**18 + len(self.rows) + number,
                    sender=self.holder,
                )
                for number in range(count)
            ]
        )
        # Receipts of Ganache count the logs of a transaction, not those of its block.
        receipts.sort(key=lambda receipt: (receipt.block_number, receipt.index))
        for _, block in groupby(receipts, key=lambda receipt: receipt.block_number):
            logs = [log for receipt in block for log in receipt.logs]
            self.rows += [_row(place, log) for place, log in enumerate(logs)]
        return receipts

    @property
    def address(self) -> bytes:
        return bytes.fromhex(self.token.address[2:])

    @property
    def created(self) -> int:
        return self.rows[0][0]

    @property
    def blocks(self) -> list[int]:
        """Three snapshot blocks; the last is that of the last transfer."""
        return [self.created + 5, self.through - 7, self.through]

    def fetch(
        self,
        work: Path,
        *urls: str,
        policy: Policy = QUICK,
        first: int | None = None,
        blocks: Sequence[int] = (),
        watch: Watch | None = None,
    ) -> Fetched:
        return fetch(
            urls or [self.chain.url],
            self.address,
            blocks or self.blocks,
            work,
            first=first,
            policy=policy,
            watch=watch,
        )


def rows_of(fetched: Fetched) -> list[Row]:
    names = (
        "block_number",
        "log_index",
        "transaction_hash",
        "from_address",
        "to_address",
        "value",
    )
    return [
        tuple(row[name] for name in names)
        for file in fetched.files
        for row in pq.read_table(file).to_pylist()
    ]


def bytes_of(fetched: Fetched) -> list[bytes]:
    return [file.read_bytes() for file in fetched.files]


def _row(place: int, log: Any) -> Row:
    return (
        int(log["blockNumber"], 16),
        place,
        log["transactionHash"],
        "0x" + log["topics"][1][-40:].lower(),
        "0x" + log["topics"][2][-40:].lower(),
        str(int(log["data"], 16)),
    )
