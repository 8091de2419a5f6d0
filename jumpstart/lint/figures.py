"""Figures for people: durations, shares and ratios as a message writes them. Never read back."""

from fractions import Fraction
from typing import Final

from jumpstart.amounts import BASIS_POINTS
from jumpstart.times import format_time

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
YEAR: Final = 365 * DAY

_UNITS: Final = {"day": DAY, "hour": HOUR, "minute": MINUTE, "second": 1}


def duration(seconds: int) -> str:
    """The two largest units of it, rounded down: "3 days 4 hours"."""
    parts: list[str] = []
    rest = abs(seconds)
    for unit, size in _UNITS.items():
        count, rest = divmod(rest, size)
        if count or parts:
            parts.append(f"{count} {unit}{'' if count == 1 else 's'}" if count else "")
    text = " ".join(filter(None, parts[:2])) or "0 seconds"
    return f"-{text}" if seconds < 0 else text


def moment(unix: int) -> str:
    """The time in UTC; in seconds where no calendar has it."""
    if unix < 0:
        return f"{count(-unix)} seconds before 1970"
    try:
        return format_time(unix)
    except OverflowError:
        return f"{count(unix)} seconds after 1970"


def percent(part: int | Fraction, whole: int | Fraction = 1) -> str:
    """A share with three significant digits: "2.5 %"."""
    return f"{float(Fraction(part) / Fraction(whole) * 100):.3g} %" if part else "0 %"


def share(bps: int) -> str:
    """Basis points, exactly: "2.5 %"."""
    whole, hundredths = divmod(bps, BASIS_POINTS // 100)
    return f"{whole}.{hundredths:02}".rstrip("0").rstrip(".") + " %"


def count(number: int) -> str:
    """A count with its thousands apart: "100,000"."""
    return f"{number:,}"
