"""What the data of a transaction carries: subscriptions with their holding and proof, the salt of a reveal.

A wallet that is a contract carries the call inside its own data: there it is looked for by the
function's selector. That what is found is what was run, the proof shows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError

from jumpstart.audit.steps import Step
from jumpstart.chain.abi import selector_of
from jumpstart.review import CRITERIA

_SUBSCRIBE: Final = selector_of("subscribe(uint256,uint256,bytes32[])")
_WITH_PERMIT: Final = selector_of(
    "subscribeWithPermit(uint256,uint256,bytes32[],uint256,uint256,uint8,bytes32,bytes32)"
)
_TYPES: Final = ("uint256", "uint256", "bytes32[]")  # what both begin with
_REVEAL: Final = selector_of(f"reveal(uint256,uint8[{len(CRITERIA)}],bytes32)")
_SELECTOR: Final = 4
_WORD: Final = 32
_PROOF_MOST: Final = 64  # a tree of as many leaves as there are atoms here


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """Tokens asked for, and what an account shows the first time."""

    amount: int
    holding: int
    proof: tuple[bytes, ...]


def subscriptions_in(step: Step) -> list[Subscription]:
    """All that the transaction may have carried, in their order."""
    return list(_found(step.data))


def salt_of(step: Step, review: str) -> bytes | None:
    """With which a reviewer has revealed; None where the transaction does not show it."""
    if selector_to(step, review) != _REVEAL:
        return None
    return step.data[-_WORD:]


def selector_to(step: Step, contract: str) -> bytes | None:
    """Which function of the contract the transaction has called itself; None: it went elsewhere."""
    return step.data[:_SELECTOR] if step.to == contract else None


def _found(data: bytes) -> Iterator[Subscription]:
    places = sorted(
        place for selector in (_SUBSCRIBE, _WITH_PERMIT) for place in _places(data, selector)
    )
    for place in places:
        try:
            amount, holding, proof = decode(_TYPES, data[place + _SELECTOR :])
        except (DecodingError, OverflowError):
            continue
        if len(proof) <= _PROOF_MOST:
            yield Subscription(amount=amount, holding=holding, proof=tuple(proof))


def _places(data: bytes, selector: bytes) -> Iterator[int]:
    place = data.find(selector)
    while place >= 0:
        yield place
        place = data.find(selector, place + 1)
