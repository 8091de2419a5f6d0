"""The code of a deployment made again from the sources, down to the last immutable.

A contract's constructor may put anything into its code: its own address, the chain's id, what its
arguments were. So it is run again: on a private chain with the same id, by the same factory, at the
same address. What comes to stand there is what must stand on the real one.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from jumpstart.accounts import checksummed
from jumpstart.chain.addresses import clone_code
from jumpstart.chain.client import Chain, Transaction
from jumpstart.chain.compiler import Artifact
from jumpstart.chain.factory import FACTORY, FACTORY_CODE, Creation
from jumpstart.chain.node import Kind, LocalNode, is_installed
from jumpstart.deployment.verification.expected import CREATOR, ExpectedPlatform, ExpectedSale

_WEI: Final = 10**24
_SOMETHING: Final = b"\x00"  # code, where a constructor only asks whether there is any
_METADATA_LENGTH: Final = 2  # bytes at the end that say how long the metadata before them is


def platform_code(
    expected: ExpectedPlatform, artifacts: Mapping[str, Artifact], chain_id: int
) -> dict[str, bytes]:
    """The code of every contract of a platform, by its address."""
    creations = expected.blueprint.creations
    with _private_chain(artifacts, chain_id) as chain:
        chain.set_code(checksummed(expected.rules.bond_token), _SOMETHING)
        sender = chain.impersonate(expected.sender)
        chain.set_balance(sender, _WEI)
        for creation in creations.values():
            _create(chain, creation, sender)
        creator = chain.contract(CREATOR, creations[CREATOR].address)
        creator.send("create", *expected.blueprint.parts, sender=sender)
        return {each.address: chain.code(each.address) for each in expected.contracts}


def sale_code(
    expected: ExpectedSale, artifacts: Mapping[str, Artifact], chain_id: int
) -> dict[str, bytes]:
    """The code of every contract of a sale, by its address: clones, and a token if one was made."""
    found = {
        each.address: clone_code(each.implementation, each.arguments)
        for each in expected.contracts
        if each.implementation is not None
    }
    if expected.creation is not None:
        with _private_chain(artifacts, chain_id) as chain:
            sender = chain.impersonate(expected.sender)
            chain.set_balance(sender, _WEI)
            _create(chain, expected.creation, sender)
            found[expected.creation.address] = chain.code(expected.creation.address)
    return found


def where_it_differs(artifact: Artifact, expected: bytes, found: bytes) -> str:
    """In words, in which part of the code two versions differ first."""
    if len(expected) != len(found):
        return f"{len(expected)} bytes expected, {len(found)} found"
    place = next(
        index for index, pair in enumerate(zip(expected, found, strict=True)) if pair[0] != pair[1]
    )
    for start, length in artifact.immutables:
        if start <= place < start + length:
            was, is_ = expected[start : start + length], found[start : start + length]
            return f"in the immutable at byte {start}: 0x{was.hex()} expected, 0x{is_.hex()} found"
    tail = int.from_bytes(expected[-_METADATA_LENGTH:]) + _METADATA_LENGTH
    part = "the metadata" if place >= len(expected) - tail else "the code"
    return f"in {part}, first at byte {place}"


@contextmanager
def _private_chain(artifacts: Mapping[str, Artifact], chain_id: int) -> Iterator[Chain]:
    kind: Kind = "anvil" if is_installed("anvil") else "ganache"
    with LocalNode(kind, chain_id=chain_id, mnemonic=None, accounts=1) as node:
        chain = Chain.connect(node.url, chain_id=chain_id, artifacts=artifacts)
        chain.set_code(FACTORY, FACTORY_CODE)
        yield chain


def _create(chain: Chain, creation: Creation, sender: str) -> None:
    chain.send(Transaction(sender=sender, to=FACTORY, data=creation.calldata))
