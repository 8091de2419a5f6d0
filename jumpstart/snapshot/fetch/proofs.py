"""Proofs: the logs of a block that its receipts show, which its header is bound to."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from jumpstart.chain.blocks import receipts_root
from jumpstart.errors import ChainError
from jumpstart.snapshot.fetch.endpoint import Endpoint, RefusedError
from jumpstart.snapshot.fetch.headers import Header
from jumpstart.snapshot.fetch.logs import Filter, Log
from jumpstart.snapshot.fetch.pool import Pool


def proven_logs(pool: Pool, wanted: Filter, header: Header) -> list[Log] | None:
    """The wanted logs of a block; None where no node has receipts that come to its root."""
    for node in pool.alive:
        try:
            receipts = _receipts(pool, header, node)
            if receipts is None or receipts_root(receipts) != header.receipts_root:
                continue
            return sorted(_logs_of(receipts, header, wanted))
        except (RefusedError, ChainError, KeyError, TypeError, ValueError, AttributeError):
            continue
    return None


def _receipts(pool: Pool, header: Header, node: Endpoint) -> Sequence[Mapping[str, Any]] | None:
    try:
        receipts = pool.ask("eth_getBlockReceipts", header.hash, node=node)
    except RefusedError:
        calls = [("eth_getTransactionReceipt", (name,)) for name in header.transactions]
        receipts = pool.ask_many(calls, node)
    is_whole = isinstance(receipts, list) and all(isinstance(each, dict) for each in receipts)
    return receipts if is_whole else None


def _logs_of(
    receipts: Sequence[Mapping[str, Any]], header: Header, wanted: Filter
) -> Iterable[Log]:
    """The wanted logs of a block, placed by counting."""
    index = 0
    for receipt, transaction in zip(receipts, header.transactions, strict=True):
        for log in receipt["logs"]:
            address, topics = log["address"].lower(), tuple(map(str.lower, log["topics"]))
            if wanted.fault(address, topics) is None:
                yield Log(
                    header.number,
                    index,
                    header.hash,
                    transaction,
                    address,
                    topics,
                    log["data"].lower(),
                )
            index += 1
