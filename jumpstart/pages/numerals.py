"""Numerals: how the demo shows figures to people. For machines, `jumpstart.amounts` writes them.

Knows integers in base units; the only place that may round, and it marks where it did.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from fractions import Fraction
from typing import Final

from jumpstart.amounts import BASIS_POINTS, Token

THIN_SPACE: Final = "\N{NARROW NO-BREAK SPACE}"
"""Between a figure and its unit, so that no line breaks there."""

_PLACES: Final = 2
_TINY: Final = 1_000_000  # base units below which they are counted one by one
MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def listed(words: Sequence[str]) -> str:
    """Words as a person lists them."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def grouped(number: int) -> str:
    """An integer with a comma every three digits."""
    return f"{number:,}"


def figure(amount: int, decimals: int, places: int = _PLACES) -> str:
    """An amount in whole tokens, rounded to `places`; "~" in front says that it was rounded."""
    unit = 10 ** max(0, decimals - places)
    kept = (2 * amount + unit) // (2 * unit)
    places = min(places, decimals)
    whole, rest = divmod(kept, 10**places)
    digits = str(rest).zfill(places).rstrip("0") if rest else ""
    return f"{'~' if kept * unit != amount else ''}{grouped(whole)}{'.' if digits else ''}{digits}"


def shown(amount: int, token: Token, places: int = _PLACES) -> str:
    """An amount with its unit, fit to be read; a tiny one in base units."""
    if 0 < amount < min(_TINY, 10 ** max(0, token.decimals - places)):
        noun = "base unit" if amount == 1 else "base units"
        return f"{grouped(amount)}{THIN_SPACE}{noun} of {token.symbol}"
    return f"{figure(amount, token.decimals, places)}{THIN_SPACE}{token.symbol}"


def exact(amount: int, token: Token) -> str:
    """An amount with every digit that it has, and its unit."""
    return f"{figure(amount, token.decimals, token.decimals)}{THIN_SPACE}{token.symbol}"


def percent(part: int, whole: int, places: int = 1) -> str:
    """A share in percent, rounded to `places`; of nothing it is a dash."""
    if whole == 0:
        return "\N{EN DASH}"
    scaled = round(Fraction(part, whole) * 100 * 10**places)
    text = f"{scaled // 10**places}.{scaled % 10**places:0{places}d}" if places else str(scaled)
    return f"{text.rstrip('0').rstrip('.') if places else text}{THIN_SPACE}%"


def share(basis_points: int) -> str:
    """Basis points in percent, exactly."""
    return percent(basis_points, BASIS_POINTS, 2)


def short(hexadecimal: str) -> str:
    """An address or a hash, its middle left out."""
    return f"{hexadecimal[:6]}…{hexadecimal[-4:]}"


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th .."""
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{({1: 'st', 2: 'nd', 3: 'rd'}).get(number % 10, 'th')}"


def clock(unix: int) -> str:
    """A chain time as people say it, in UTC."""
    moment = datetime.fromtimestamp(unix, UTC)
    return f"{moment:%H:%M:%S} on {moment.day} {MONTHS[moment.month - 1]} {moment.year}"


def day(unix: int) -> str:
    """The day of a chain time, in UTC."""
    moment = datetime.fromtimestamp(unix, UTC)
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"


def lasting(seconds: int) -> str:
    """A time span in its largest unit up to days, rounded; "~" in front says that it was rounded."""
    for name, size in (("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1)):
        if seconds >= size or size == 1:
            number = (2 * seconds + size) // (2 * size)
            mark = "" if number * size == seconds else "~"
            return f"{mark}{grouped(number)} {name}{'' if number == 1 else 's'}"
    raise AssertionError("every number of seconds has a unit")
