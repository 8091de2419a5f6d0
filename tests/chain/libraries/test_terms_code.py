"""`TermsCode`: every field of the terms is read from its place, whatever the lengths of the lists."""

from dataclasses import astuple, replace

import pytest

from jumpstart.chain.addresses import clone_creation
from jumpstart.chain.client import Chain, Contract
from jumpstart.terms import ListingTerms, Milestone, Session, Tier
from tests.chain.stage import Stage, changed, raw

CODES = 1030  # beyond the last bit of the bitmap
APPLICATION = 0xA1B2C3D4


def clone(chain: Chain, stage: Stage, listing: ListingTerms) -> Contract:
    """A clone of the harness whose code ends with the terms, as a sale's does."""
    harness = chain.deploy("TermsCodeHarness", sender=stage.people.project)
    creation = clone_creation(harness.address, listing.packed(APPLICATION))
    receipt = chain.deploy_code(creation, sender=stage.people.project)
    assert receipt.contract_address is not None
    return chain.contract("TermsCodeHarness", receipt.contract_address)


def listing_of(
    stage: Stage, sessions: int, tiers: int, attesters: int, milestones: int
) -> ListingTerms:
    """Terms in which no two fields are the same, and the large ones fill their places."""
    sale = changed(
        stage.terms(),
        chain_id=2**64 - 1,
        settle_deadline=2**40 - 1,
        sale_token=b"\xa1" * 20,
        payment_token=b"\xa2" * 20,
        price=2**112 - 1,
        price_unit=2**112 - 3,
        soft_cap=2**112 - 5,
        account_cap=2**96 - 1,
        minimum=2**112 - 7,
        pass_registry=b"\xa3" * 20,
        level=255,
        jurisdictions=(1 << 255 | 1, 1 << 100, 1 << 7, 1 << 231),
        holdings_publisher=b"\xa4" * 20,
        challenge_seconds=2**32 - 1,
        proceeds_to=b"\xa5" * 20,
        unsold_to=b"\xa6" * 20,
        fee_to=b"\xa7" * 20,
        fee_bps=9_999,
        start=2**40 - 2,
        unlock_bps=9_998,
        cliff_seconds=2**40 - 3,
        duration_seconds=2**40 - 4,
        step_seconds=2**40 - 5,
        sessions=tuple(
            Session(start=2**39 + row, end=2**38 + row, supply=2**95 + row, limit=2**111 + row)
            for row in range(sessions)
        ),
        tiers=tuple(Tier(threshold=2**111 + row, coefficient=60_000 + row) for row in range(tiers)),
        attesters=tuple(bytes([200 + row]) * 20 for row in range(attesters)),
    )
    listing = stage.listing()
    escrow = replace(
        listing.escrow,
        initial_bps=9_997,
        grace_seconds=2**32 - 2,
        objection_seconds=2**32 - 3,
        objection_bps=9_996,
        exit_seconds=2**32 - 4,
        remainder_to=b"\xa8" * 20,
        milestones=tuple(
            Milestone(share_bps=8_000 + row, deadline=2**39 + 99 + row, description_hash=bytes(32))
            for row in range(milestones)
        ),
    )
    holdings = replace(listing.holdings, draw_time=2**40 - 6)
    return ListingTerms(sale=sale, holdings=holdings, escrow=escrow, allocations=())


@pytest.mark.parametrize("lengths", [(1, 1, 1, 0), (2, 5, 1, 4), (3, 32, 2, 1), (8, 32, 8, 12)])
def test_every_field_is_read_from_its_place(
    chain: Chain, stage: Stage, lengths: tuple[int, int, int, int]
) -> None:
    """All of them from the whole copy, and those at the beginning from the short one."""
    listing = listing_of(stage, *lengths)
    terms = listing.sale
    reader = clone(chain, stage, listing)
    terms_hash, application, found = reader.call("whole")
    assert (terms_hash, application) == (listing.terms_hash, APPLICATION)
    assert _plain(found) == _plain(astuple(terms))
    assert reader.call("supply") == terms.supply
    assert reader.call("head") == (
        int.from_bytes(listing.terms_hash),
        APPLICATION,
        terms.settle_deadline,
        int.from_bytes(terms.deal.sale_token),
        int.from_bytes(terms.deal.payment_token),
        terms.deal.price,
        terms.deal.price_unit,
        *astuple(terms.vesting),
        *lengths[:3],
    )


@pytest.mark.parametrize("lengths", [(1, 1, 1, 0), (2, 5, 1, 4), (8, 32, 8, 12)])
def test_the_escrows_terms_are_read_from_the_code_of_the_sale(
    chain: Chain, stage: Stage, lengths: tuple[int, int, int, int]
) -> None:
    """By any other contract."""
    listing = listing_of(stage, *lengths)
    sale = clone(chain, stage, listing)
    reader = chain.deploy("TermsCodeHarness", sender=stage.people.project)
    escrow = listing.escrow
    assert reader.call("escrowOf", sale.address) == (
        (
            escrow.initial_bps,
            escrow.grace_seconds,
            escrow.objection_seconds,
            escrow.objection_bps,
            escrow.exit_seconds,
            int.from_bytes(escrow.remainder_to),
        ),
        tuple((each.share_bps, each.deadline) for each in escrow.milestones),
    )


def test_every_jurisdiction_is_read_from_its_bit(chain: Chain, stage: Stage) -> None:
    """Exactly the codes of the bitmap are admitted, and none beyond it."""
    found = clone(chain, stage, listing_of(stage, 1, 1, 1, 1)).call("admitted", CODES)
    admitted = {code for code, is_admitted in enumerate(found) if is_admitted}
    assert admitted == {0, 255, 256 + 100, 512 + 7, 768 + 231}


def test_all_bits_admit_exactly_the_codes_up_to_999(chain: Chain, stage: Stage) -> None:
    """Whatever the fourth word says beyond them."""
    listing = listing_of(stage, 1, 1, 1, 1)
    listing = replace(listing, sale=changed(listing.sale, jurisdictions=(2**256 - 1,) * 4))
    found = clone(chain, stage, listing).call("admitted", CODES)
    assert [code for code, is_admitted in enumerate(found) if is_admitted] == list(range(1000))


def _plain(value: object) -> object:
    """Addresses as bytes, lists as tuples."""
    if isinstance(value, (tuple, list)):
        return tuple(map(_plain, value))
    return raw(value) if isinstance(value, str) else value
