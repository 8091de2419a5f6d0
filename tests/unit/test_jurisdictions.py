"""Codes, numbers and bits agree."""

import pytest
from iso3166 import countries

from jumpstart.errors import InputError
from jumpstart.jurisdictions import (
    alpha2_of,
    bitmap_of,
    bitmap_without,
    codes_of,
    is_numeric,
    numeric_of,
    numerics_of,
)


def test_every_code_survives_the_bitmap() -> None:
    """A bitmap of one code has exactly its bit, and reads back as that code."""
    for country in countries:
        bitmap = bitmap_of([country.alpha2])
        assert numerics_of(bitmap) == (int(country.numeric),)
        assert codes_of(bitmap) == (country.alpha2,)
        assert alpha2_of(numeric_of(country.alpha2)) == country.alpha2


def test_bits_lie_where_the_contract_looks() -> None:
    """France is 250, bit 250 of word 0; Germany is 276, bit 20 of word 1."""
    assert bitmap_of(["FR", "DE"]) == (1 << 250, 1 << 20, 0, 0)


def test_excluding_and_admitting_share_out_all_codes() -> None:
    """The two bitmaps overlap nowhere and leave nothing out."""
    admitted, excluded = bitmap_without(["US", "CN"]), bitmap_of(["US", "CN"])
    both = tuple(a | b for a, b in zip(admitted, excluded, strict=True))
    assert all(a & b == 0 for a, b in zip(admitted, excluded, strict=True))
    assert both == bitmap_without([])
    assert len(codes_of(both)) == len(list(countries))


@pytest.mark.parametrize("code", ["", "XX", "fr", "FRA", "250", "UK"])
def test_unknown_codes_are_named(code: str) -> None:
    """A code that is none is bad input, in either list."""
    for build in (bitmap_of, bitmap_without):
        with pytest.raises(InputError, match=f"'{code}' is no ISO 3166-1 alpha-2 code"):
            build([code])


def test_unknown_numbers_are_named() -> None:
    """999 is nobody's number."""
    assert is_numeric(250)
    assert not is_numeric(999)
    with pytest.raises(InputError, match="999 is no ISO 3166-1 numeric code"):
        codes_of((0, 0, 0, 1 << 999 - 768))
