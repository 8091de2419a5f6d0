"""Logs: which ones are asked for, and what a node's answer must look like to be believed at all.

Knows the fields of JSON-RPC. Whether an answer is complete is for `inquiry`, what a log means for
`tables`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, NamedTuple

from jumpstart.errors import CheckError
from jumpstart.hashing import keccak256

_QUANTITY: Final = re.compile(r"0x[0-9a-f]{1,15}", re.ASCII | re.IGNORECASE)
_HASH: Final = re.compile(r"0x[0-9a-f]{64}", re.ASCII | re.IGNORECASE)
_ADDRESS: Final = re.compile(r"0x[0-9a-f]{40}", re.ASCII | re.IGNORECASE)
_BYTES: Final = re.compile(r"0x(?:[0-9a-f]{2})*", re.ASCII | re.IGNORECASE)
_TOPICS_MAX: Final = 4
_BLOOM_BITS: Final = 2048


class Log(NamedTuple):
    """A log at its place. All text is 0x and lower case."""

    block: int
    place: int
    """Within the block."""
    block_hash: str
    transaction_hash: str
    address: str
    topics: tuple[str, ...]
    data: str


@dataclass(frozen=True, kw_only=True)
class Filter:
    """The logs of a contract; `topics` as eth_getLogs has them: by place, one, one of several, or None
    for any. All text is 0x and lower case.
    """

    address: str
    topics: tuple[str | tuple[str, ...] | None, ...] = ()

    def between(self, first: int, last: int) -> dict[str, Any]:
        """The parameter of eth_getLogs for these blocks, both included."""
        return {"fromBlock": hex(first), "toBlock": hex(last), **self._what}

    def within(self, block_hash: str) -> dict[str, Any]:
        """The parameter of eth_getLogs for one block."""
        return {"blockHash": block_hash, **self._what}

    @property
    def _what(self) -> dict[str, Any]:
        topics = [list(topic) if isinstance(topic, tuple) else topic for topic in self.topics]
        return {"address": self.address, **({"topics": topics} if topics else {})}

    def fault(self, address: str, topics: tuple[str, ...]) -> str | None:
        """What is not as asked for in a log: half a sentence. None where nothing is."""
        if address != self.address:
            return f"is of {address}, expected {self.address}"
        for place, wanted in enumerate(self.topics):
            found = topics[place] if place < len(topics) else "none"
            if wanted is not None and found not in (
                wanted if isinstance(wanted, tuple) else (wanted,)
            ):
                expected = " or ".join(wanted) if isinstance(wanted, tuple) else wanted
                return f"has topic {place} {found}, expected {expected}"
        return None

    def may_be_in(self, bloom: int) -> bool:
        """Whether a block of this bloom can have such logs. False is certain."""
        if not _has(bloom, self.address):
            return False
        for wanted in self.topics:
            if wanted is not None:
                choices = wanted if isinstance(wanted, tuple) else (wanted,)
                if not any(_has(bloom, each) for each in choices):
                    return False
        return True


def parsed(answer: Any, wanted: Filter, first: int, last: int, node: str) -> list[Log]:
    """The logs in an answer, in the order of the chain, each once, without those that were removed.

    Raises `CheckError` for one that is malformed or was not asked for.
    """
    if not isinstance(answer, list):
        raise CheckError(f"{node}: eth_getLogs gives {type(answer).__name__}, expected a list")
    found = set()
    for each in answer:
        log = _log(each, node)
        if log is None:
            continue
        where = f"{node}: log {log.place} of block {log.block}"
        if not first <= log.block <= last:
            raise CheckError(f"{where} was sent, asked for blocks {first} to {last}")
        if fault := wanted.fault(log.address, log.topics):
            raise CheckError(f"{where} {fault}")
        found.add(log)
    if len({(log.block, log.place) for log in found}) < len(found):
        before, log = next(pair for pair in pairwise(sorted(found)) if pair[0][:2] == pair[1][:2])
        raise CheckError(
            f"{node}: log {log.place} of block {log.block} is of transaction {before.transaction_hash} and "
            f"of {log.transaction_hash}"
        )
    return sorted(found)


def _log(each: Any, node: str) -> Log | None:
    if not isinstance(each, Mapping):
        raise CheckError(f"{node}: a log is {type(each).__name__}, expected an object")
    if each.get("removed") is True:
        return None
    try:
        topics = each["topics"]
        if not isinstance(topics, list) or len(topics) > _TOPICS_MAX:
            raise ValueError("topics")
        return Log(
            int(_text(each, "blockNumber", _QUANTITY), 16),
            int(_text(each, "logIndex", _QUANTITY), 16),
            _text(each, "blockHash", _HASH),
            _text(each, "transactionHash", _HASH),
            _text(each, "address", _ADDRESS),
            tuple(_topic(topic) for topic in topics),
            _text(each, "data", _BYTES),
        )
    except (KeyError, ValueError) as error:
        name = error.args[0]
        block, index = each.get("blockNumber"), each.get("logIndex")
        value = str(each.get(name, "nothing there"))[:80]
        raise CheckError(
            f"{node}: log {index} of block {block}: {name} is malformed: {value}"
        ) from None


def _text(each: Mapping[str, Any], name: str, form: re.Pattern[str]) -> str:
    text = each[name]
    if not isinstance(text, str) or form.fullmatch(text) is None:
        raise ValueError(name)
    return text.lower()


def _topic(topic: object) -> str:
    if not isinstance(topic, str) or _HASH.fullmatch(topic) is None:
        raise ValueError("topics")
    return topic.lower()


def _has(bloom: int, item: str) -> bool:
    """By the Yellow Paper: three pairs of bytes of the hash, eleven bits of each."""
    digest = keccak256(bytes.fromhex(item[2:]))
    return all(
        bloom >> (int.from_bytes(digest[place : place + 2]) % _BLOOM_BITS) & 1
        for place in (0, 2, 4)
    )
