"""Logs: which of them concern a sale, and what is compared of one."""

from dataclasses import dataclass
from typing import Any, Final

from jumpstart.audit.subject import Subject
from jumpstart.chain.abi import Entry
from jumpstart.chain.client import Contract
from jumpstart.hashing import keccak256

TRANSFER: Final = "0x" + keccak256(b"Transfer(address,address,uint256)").hex()
APPROVAL: Final = "0x" + keccak256(b"Approval(address,address,uint256)").hex()
_PRESENTED: Final = (
    "PassPresented(address,address,bytes32,uint256,uint256,uint256,uint256)",
    "PassRevoked(address,address,uint256)",
)


@dataclass(frozen=True, kw_only=True)
class Filter:
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


def filters_of(subject: Subject) -> tuple[Filter, ...]:
    """All that is asked for. In lower case, as nodes answer."""

    def lower(*contracts: Contract) -> tuple[str, ...]:
        return tuple(each.address.lower() for each in contracts)

    own = [_topic(each) for each in subject.labels]
    tokens = tuple(each.lower() for each in subject.tokens)
    number = "0x" + subject.application.to_bytes(32).hex()
    attesters = ["0x" + each.rjust(32, b"\0").hex() for each in subject.terms.attesters]
    presented = ["0x" + keccak256(each.encode()).hex() for each in _PRESENTED]
    return (
        Filter(addresses=lower(subject.sale, subject.escrow, subject.review, subject.vault)),
        Filter(addresses=lower(subject.launchpad), topics=(None, number)),
        Filter(addresses=lower(subject.registry), topics=(presented, attesters)),
        Filter(addresses=tokens, topics=(TRANSFER, own)),
        Filter(addresses=tokens, topics=(TRANSFER, None, own)),
        Filter(addresses=tokens, topics=(APPROVAL, own)),
    )


def _topic(address: str) -> str:
    return "0x" + bytes(12).hex() + address[2:].lower()


def content_of(log: Entry) -> tuple[Any, ...]:
    return (
        log["address"].lower(),
        tuple(log["topics"]),
        log["data"],
        log["transactionHash"],
        log["blockHash"],
    )


def mask_of(address: str) -> int:
    """The three bits of 2048 that an address sets in the filter of a block."""
    digest, mask = keccak256(bytes.fromhex(address[2:])), 0
    for place in (0, 2, 4):
        mask |= 1 << (int.from_bytes(digest[place : place + 2]) & 2047)
    return mask
