"""`termsOf`: what is in the code of a sale."""

from dataclasses import astuple

from jumpstart.chain.addresses import clone_creation
from jumpstart.chain.client import Chain
from tests.chain.stage import Stage, raw


def test_what_was_packed_is_read_back(stage: Stage, chain: Chain) -> None:
    """From any clone whose code ends with it, whoever made that."""
    rules, listing = stage.platform.terms_rules, stage.listing()
    packed = rules.call("pack", listing.struct, 77)
    creation = clone_creation(rules.address, packed)
    receipt = chain.deploy_code(creation, sender=stage.people.stranger)
    found = rules.call("termsOf", receipt.contract_address)
    assert _plain(found) == _plain(astuple(listing.sale))


def _plain(value: object) -> object:
    """Addresses as bytes, structs and lists as tuples."""
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    return raw(value) if isinstance(value, str) else value
