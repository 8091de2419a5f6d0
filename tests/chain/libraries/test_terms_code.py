"""`TermsCode`: every word of the terms is read from its place, whatever the lengths of the lists."""

import pytest

from jumpstart.chain.client import Chain, Contract
from jumpstart.chain.sale import sale_creation_code
from jumpstart.terms import SaleTerms, Session, Tier
from tests.chain.stage import Stage, changed, raw

CODES = 1030  # beyond the last bit of the bitmap


def clone(chain: Chain, stage: Stage, terms: SaleTerms) -> Contract:
    """A clone of the harness whose code ends with the terms, as a sale's does."""
    harness = chain.deploy("TermsCodeHarness", sender=stage.people.project)
    code = sale_creation_code(harness.address, terms)
    receipt = chain.deploy_code(code, sender=stage.people.project)
    assert receipt.contract_address is not None
    return chain.contract("TermsCodeHarness", receipt.contract_address)


def terms_of(stage: Stage, sessions: int, tiers: int, attesters: int) -> SaleTerms:
    """Terms in which no two words are the same."""
    return changed(
        stage.terms(),
        settle_deadline=1001,
        sale_token=b"\x01" * 20,
        payment_token=b"\x02" * 20,
        price=1002,
        price_unit=1003,
        soft_cap=1004,
        account_cap=1005,
        minimum=1006,
        pass_registry=b"\x03" * 20,
        level=1007,
        jurisdictions=(1 << 255 | 1, 1 << 100, 1 << 7, 1 << 231),
        holdings_publisher=b"\x04" * 20,
        proceeds_to=b"\x05" * 20,
        unsold_to=b"\x06" * 20,
        fee_to=b"\x07" * 20,
        fee_bps=1008,
        start=1009,
        unlock_bps=1010,
        cliff_seconds=1011,
        duration_seconds=1012,
        step_seconds=1013,
        sessions=tuple(
            Session(start=2000 + row, end=3000 + row, supply=4000 + row, limit=5000 + row)
            for row in range(sessions)
        ),
        tiers=tuple(Tier(threshold=6000 + row, coefficient=7000 + row) for row in range(tiers)),
        attesters=tuple(bytes([100 + row]) * 20 for row in range(attesters)),
    )


@pytest.mark.parametrize("lengths", [(1, 1, 1), (2, 5, 1), (3, 32, 2), (8, 32, 8)])
def test_every_word_is_read_from_its_place(
    chain: Chain, stage: Stage, lengths: tuple[int, int, int]
) -> None:
    """The head and each row of each list, by the short copy and by the whole one."""
    terms = terms_of(stage, *lengths)
    reader = clone(chain, stage, terms)
    head = tuple(
        int.from_bytes(value) if isinstance(value, bytes) else value
        for value in (
            terms.settle_deadline,
            *vars(terms.deal).values(),
            terms.admission.pass_registry,
            terms.admission.level,
            *vars(terms.parties).values(),
            *vars(terms.vesting).values(),
            len(terms.sessions),
        )
    )
    assert reader.call("head", True) == head
    assert reader.call("head", False) == head
    assert reader.call("encoding") == terms.abi_encoding
    assert reader.call("supply") == terms.supply
    assert reader.call("sessions") == tuple(tuple(vars(each).values()) for each in terms.sessions)
    assert reader.call("tiers") == tuple(tuple(vars(each).values()) for each in terms.tiers)
    assert tuple(map(raw, reader.call("attesters"))) == terms.attesters


def test_every_jurisdiction_is_read_from_its_bit(chain: Chain, stage: Stage) -> None:
    """Exactly the codes of the bitmap are admitted, and none beyond it."""
    terms = terms_of(stage, 1, 1, 1)
    found = clone(chain, stage, terms).call("admitted", CODES)
    admitted = {code for code, is_admitted in enumerate(found) if is_admitted}
    assert admitted == {0, 255, 256 + 100, 512 + 7, 768 + 231}


def test_all_bits_admit_exactly_the_codes_up_to_999(chain: Chain, stage: Stage) -> None:
    """Whatever the fourth word says beyond them."""
    terms = changed(terms_of(stage, 1, 1, 1), jurisdictions=(2**256 - 1,) * 4)
    found = clone(chain, stage, terms).call("admitted", CODES)
    assert [code for code, is_admitted in enumerate(found) if is_admitted] == list(range(1000))
