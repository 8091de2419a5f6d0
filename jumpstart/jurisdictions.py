"""Jurisdictions: ISO 3166-1 codes, their numbers, and the bitmap of them that a sale's terms hold.

Knows codes, not law: which of them a sale should admit is for its lawyers.
"""

from collections.abc import Iterable
from typing import Final

from iso3166 import countries

from jumpstart.errors import InputError

_NUMERIC: Final = {country.alpha2: int(country.numeric) for country in countries}
_ALPHA2: Final = {numeric: alpha2 for alpha2, numeric in _NUMERIC.items()}

Bitmap = tuple[int, int, int, int]
"""Four 256-bit words: bit `n % 256` of word `n // 256` admits the numeric code `n`."""


def numeric_of(alpha2: str) -> int:
    """The numeric code of a two-letter code in capitals. Raises `InputError` if there is none."""
    try:
        return _NUMERIC[alpha2]
    except KeyError:
        raise InputError(f"{alpha2!r} is no ISO 3166-1 alpha-2 code") from None


def alpha2_of(numeric: int) -> str:
    """The two-letter code of a numeric code. Raises `InputError` if there is none."""
    try:
        return _ALPHA2[numeric]
    except KeyError:
        raise InputError(f"{numeric} is no ISO 3166-1 numeric code") from None


def is_numeric(numeric: int) -> bool:
    """Whether the number is a numeric code."""
    return numeric in _ALPHA2


def bitmap_of(codes: Iterable[str]) -> Bitmap:
    """The bitmap that admits exactly these two-letter codes. Raises `InputError` for an unknown."""
    words = [0, 0, 0, 0]
    for numeric in map(numeric_of, codes):
        words[numeric // 256] |= 1 << numeric % 256
    return words[0], words[1], words[2], words[3]


def bitmap_without(codes: Iterable[str]) -> Bitmap:
    """The bitmap that admits every code but these. Raises `InputError` for an unknown."""
    excluded = set(map(numeric_of, codes))
    return bitmap_of(code for code, numeric in _NUMERIC.items() if numeric not in excluded)


def numerics_of(bitmap: Bitmap) -> tuple[int, ...]:
    """The numbers of the bits that are set, ascending."""
    return tuple(n for n in range(256 * len(bitmap)) if bitmap[n // 256] >> n % 256 & 1)


def codes_of(bitmap: Bitmap) -> tuple[str, ...]:
    """The two-letter codes that the bitmap admits, by number. Raises `InputError` for a bit that
    is no code.
    """
    return tuple(map(alpha2_of, numerics_of(bitmap)))
