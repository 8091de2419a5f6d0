"""A receipt, made of a sale that was audited, with what the node has to prove it by."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import rfc8785
import rlp  # type: ignore[import-untyped]

from jumpstart.audit.audit import Audit
from jumpstart.audit.calldata import subscriptions_in
from jumpstart.audit.history import Entry
from jumpstart.audit.receipt.code import SaleCode
from jumpstart.audit.receipt.figures import FORMAT, figures_of, slots_of
from jumpstart.audit.receipt.proofs import EVENTS
from jumpstart.audit.report import digest_of, report_bytes
from jumpstart.audit.steps import Step
from jumpstart.chain.blocks import header_bytes, header_hash, receipt_items
from jumpstart.chain.client import Chain
from jumpstart.chain.rpc import NodeRefusal
from jumpstart.chain.trie import proof_of
from jumpstart.errors import ChainError, CheckError

_NAMES: Final = frozenset(signature.partition("(")[0] for signature in EVENTS)
_SLOTS: Final = 100  # that a node is asked to prove at once


def receipt_of(audit: Audit, account: str) -> dict[str, Any]:
    """The receipt of an account, which may have taken no part.

    Raises `ChainError` where the node cannot prove the state of the block, `CheckError` where what it
    proves is not what the audit found.
    """
    made = _made(audit, account)
    figures = figures_of(made)
    _agree(audit, account, figures)
    return {**made, "figures": figures}


def receipt_bytes(receipt: dict[str, Any]) -> bytes:
    """The receipt as it is written: canonical JSON, RFC 8785."""
    return rfc8785.dumps(receipt)


def _made(audit: Audit, account: str) -> dict[str, Any]:
    subject = audit.subject
    chain, block = subject.chain, subject.head.number
    sale, escrow = subject.sale.address, subject.escrow.address
    header = _header(chain, block)
    code = chain.code(sale, block)
    found = SaleCode.read(code)
    (implementation, escrow_implementation) = (
        found.implementation,
        subject.escrow_implementation.address,
    )
    nodes: dict[str, None] = {}
    slots = slots_of(account, found)
    for start in range(0, len(slots), _SLOTS):
        nodes |= dict.fromkeys(_proved(chain, sale, slots[start : start + _SLOTS], block))
    for address in (escrow, implementation, escrow_implementation):
        nodes |= dict.fromkeys(_proved(chain, address, [], block))
    entries = [
        each
        for each in audit.history.entries
        if each.contract in ("sale", "escrow")
        and each.event.name in _NAMES
        and each.event.args.get("account") == account
    ]
    return {
        "format": FORMAT,
        "account": account,
        "sale": sale,
        "escrow": escrow,
        "block": {"header": "0x" + header.hex(), "nodes": list(nodes)},
        "code": {
            "sale": "0x" + code.hex(),
            "escrow": "0x" + chain.code(escrow, block).hex(),
        },
        "holding": _holding(audit, account, entries),
        "events": list(_events(chain, entries)),
        "audit": {
            "verdict": audit.findings.verdict,
            "reportSha256": digest_of(report_bytes(audit)),
        },
    }


def _header(chain: Chain, block: int) -> bytes:
    answer = chain.request("eth_getBlockByNumber", hex(block), False)
    if header_hash(answer) != answer["hash"]:
        raise ChainError(
            f"block {block} does not come to its hash: on this chain no receipt can prove itself"
        )
    return header_bytes(answer)


def _proved(chain: Chain, address: str, slots: Sequence[int], block: int) -> Iterator[str]:
    """The nodes that prove an account and words of its storage."""
    try:
        answer = chain.request(
            "eth_getProof", address, [f"0x{slot:064x}" for slot in slots], hex(block)
        )
    except NodeRefusal as error:
        raise ChainError(
            f"the node does not prove the state of block {block} (eth_getProof): {error}"
        ) from error
    yield from answer["accountProof"]
    for each in answer["storageProof"]:
        yield from each["proof"]


def _holding(audit: Audit, account: str, entries: Sequence[Entry]) -> dict[str, Any] | None:
    """What the first subscription has shown, with its proof; None where its data do not tell."""
    first = next((each for each in entries if each.event.name == "Subscribed"), None)
    if first is None:
        return None
    sent = audit.subject.chain.request("eth_getTransactionByHash", first.transaction)
    step = Step(
        transaction=first.transaction,
        block=first.block,
        time=first.time,
        sender="",
        to=None,
        data=bytes.fromhex(sent["input"][2:]),
        events=(),
        transfers=(),
    )
    holding = audit.replay.models.holdings[account]
    for carried in subscriptions_in(step):
        if carried.holding == holding:
            return {
                "amount": str(holding),
                "proof": ["0x" + each.hex() for each in carried.proof],
            }
    return None


def _events(chain: Chain, entries: Sequence[Entry]) -> Iterator[dict[str, Any]]:
    """Each with its block's header and the proof of its transaction's receipt."""
    blocks: dict[int, tuple[bytes, list[Mapping[str, Any]]]] = {}
    for each in entries:
        if each.block not in blocks:
            blocks[each.block] = (_header(chain, each.block), _receipts(chain, each.block))
        header, receipts = blocks[each.block]
        place = next(
            row for row, one in enumerate(receipts) if one["transactionHash"] == each.transaction
        )
        # Counted here: in receipts, Ganache counts the logs of each transaction from 0.
        before = sum(len(one["logs"]) for one in receipts[:place])
        nodes = proof_of(receipt_items(receipts), rlp.encode(place))
        yield {
            "header": "0x" + header.hex(),
            "transaction": str(place),
            "log": str(each.event.log_index - before),
            "nodes": ["0x" + node.hex() for node in nodes],
        }


def _receipts(chain: Chain, block: int) -> list[Mapping[str, Any]]:
    hashes = chain.request("eth_getBlockByNumber", hex(block), False)["transactions"]
    return chain.batch([("eth_getTransactionReceipt", (each,)) for each in hashes])


def _agree(audit: Audit, account: str, figures: Mapping[str, Any]) -> None:
    """What is proved against what the audit's models say."""
    ledger, now = audit.replay.models.ledger, audit.subject.now
    claimable = ledger.claimable_of(account, now)
    for name, expected in (
        ("blockHash", audit.subject.head.hash),
        ("status", ledger.status(now).name.lower()),
        ("stage", ledger.position_of(account).stage.name.lower()),
        ("allotted", str(ledger.allotment_of(account))),
        ("deposit", str(ledger.deposit_of(account))),
        ("claimable", {"tokens": str(claimable.tokens), "refund": str(claimable.refund)}),
    ):
        if figures[name] != expected:
            raise CheckError(
                f"receipt of {account}: {name} is {figures[name]} by the proofs, and {expected} by the "
                "audit"
            )
