"""A view of the chain that a deployment can act upon, over nodes that are late, silent or disagree.

It never goes back behind a block that it has seen, unless the chain did; and everything is read at a
block by its number, so that a node which does not have that block yet says so instead of answering
for an older one.
"""

import functools
import re
import time
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from jumpstart.chain.client import BlockHeader, Chain, Receipt
from jumpstart.errors import ChainError, CheckError, ContractRevert

Answer = TypeVar("Answer")

_HOPELESS: Final = re.compile(
    r"insufficient funds|doesn't have enough funds|intrinsic gas|exceeds (the )?block gas limit"
    r"|exceeds allowance|invalid sender|exceeds the configured cap",
    re.IGNORECASE,
)
_PAUSE: Final = 0.05  # seconds, doubled with each repetition
_LONGEST_PAUSE: Final = 5.0
_BLOCKS_A_MESSAGE: Final = 20


def is_hopeless(error: ChainError) -> bool:
    """Whether a node's refusal is one that no repetition will change."""
    return bool(_HOPELESS.search(str(error)))


class View:
    """Reads of one chain, repeated for at most `patience` seconds each. `highest` is a block that is
    known to have been there, `seen` are hashes of such blocks.
    """

    def __init__(
        self,
        chain: Chain,
        *,
        patience: float,
        highest: int = 0,
        seen: Mapping[int, str] | None = None,
    ) -> None:
        self.chain = chain
        self._patience = patience
        self._highest = highest
        self._seen = dict(seen or {})

    def read(self, question: Callable[[], Answer]) -> Answer:
        """The answer, asked again while there is none. A refusal of a contract is an answer."""
        until = time.monotonic() + self._patience
        pause = _PAUSE
        while True:
            try:
                return question()
            except (ContractRevert, CheckError):
                raise
            except ChainError as error:
                if is_hopeless(error) or time.monotonic() > until:
                    raise
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    def head(self) -> BlockHeader:
        """The latest block; waits for a node that is behind what was seen before. A lower one is
        believed when it, or one of its number, is another than was seen: then the chain went back.

        Raises `ChainError` when it stays behind.
        """
        until = time.monotonic() + self._patience
        while True:
            header = self.read(self.chain.header)
            known = self._seen.get(header.number, header.hash)
            if header.number >= self._highest or known != header.hash:
                self._seen = {
                    number: seen for number, seen in self._seen.items() if number < header.number
                }
                self._highest = header.number
                self._seen[header.number] = header.hash
                return header
            if time.monotonic() > until:
                raise ChainError(
                    f"the node's latest block is {header.number}, it was {self._highest} before: "
                    "it is behind, or the chain was rolled back"
                )
            time.sleep(_PAUSE)

    def saw(self, block: int, block_hash: str) -> None:
        """Takes note of a block that the chain has, which the node's latest may be behind."""
        self._highest = max(self._highest, block)
        self._seen[block] = block_hash

    def is_canonical(self, block: int, block_hash: str) -> bool | None:
        """Whether the block of this number has this hash. None: the node does not know."""
        found = self.read(lambda: self.chain.request("eth_getBlockByNumber", hex(block), False))
        return None if found is None else bool(found["hash"] == block_hash)

    def receipt(self, transaction_hash: str) -> Receipt | None:
        """None: not mined, or the node does not know."""
        return self.read(lambda: self.chain.receipt(transaction_hash))

    def count(self, account: str, block: int) -> int:
        """How many transactions of the account are in blocks up to this one."""
        return self.read(lambda: self.chain.nonce(account, block))

    def pending_count(self, account: str) -> int:
        """The same with those that wait, as far as the node has heard of them."""
        return self.read(lambda: self.chain.nonce(account, "pending"))

    def transaction_of(
        self, account: str, number: int, *, from_block: int, to_block: int
    ) -> dict[str, Any] | None:
        """The mined transaction of the account that has this number; None: not in these blocks."""
        for start in range(from_block, to_block + 1, _BLOCKS_A_MESSAGE):
            numbers = range(start, min(start + _BLOCKS_A_MESSAGE, to_block + 1))
            requests = [("eth_getBlockByNumber", (hex(block), True)) for block in numbers]
            blocks = self.read(functools.partial(self.chain.batch, requests))
            for found in filter(None, blocks):
                transactions: list[dict[str, Any]] = found["transactions"]
                for each in transactions:
                    same = each["from"].lower() == account.lower()
                    if same and int(each["nonce"], 16) == number:
                        return each
        return None
