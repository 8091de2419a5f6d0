"""Phrases: figures, times, shares and lists as sentences for people have them. Exact, never rounded."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Final

from iso3166 import countries_by_alpha2

from jumpstart.amounts import BASIS_POINTS, Token, format_amount
from jumpstart.jurisdictions import Bitmap, bitmap_without, codes_of
from jumpstart.schedule import Vesting
from jumpstart.times import format_duration, format_time

_PERCENT: Final = Token(symbol="%", decimals=2)
_FEW: Final = 12  # countries that a sentence can name


def moment(unix: int) -> str:
    """A time in UTC."""
    return format_time(unix).replace("T", " ").replace("Z", " UTC")


def share(basis_points: int) -> str:
    """Basis points in percent."""
    return format_amount(basis_points, _PERCENT)


def listed(words: Iterable[str]) -> str:
    """Words as a person lists them."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def price(payment: int, tokens: int, payment_unit: Token, unit: Token) -> str:
    """What one token costs, where that is a decimal fraction; else what so many cost. `payment` base
    units buy `tokens` base units.
    """
    each = Fraction(payment, 10**payment_unit.decimals) / Fraction(tokens, 10**unit.decimals)
    places = _places(each)
    if places is None:
        return f"{each.numerator} {payment_unit.symbol} for {each.denominator} {unit.symbol}"
    digits = Token(symbol=payment_unit.symbol, decimals=places)
    return f"{format_amount(int(each * 10**places), digits)} for 1 {unit.symbol}"


def _places(number: Fraction) -> int | None:
    """How many decimal places the number has; None: it has no end."""
    rest, places = number.denominator, 0
    for prime in (2, 5):
        count = 0
        while rest % prime == 0:
            rest, count = rest // prime, count + 1
        places = max(places, count)
    return places if rest == 1 else None


def residents(jurisdictions: Bitmap) -> str:
    """Whose residents are admitted, or who is not where that is shorter to say."""
    admitted = codes_of(jurisdictions)
    excluded = codes_of(bitmap_without(admitted))
    if not excluded:
        return "residents of every country"
    if len(excluded) < len(admitted):
        return f"residents of every country but {_countries(excluded)}"
    return f"residents of {_countries(admitted)} only"


def _countries(codes: tuple[str, ...]) -> str:
    if len(codes) > _FEW:
        return listed(sorted(codes))
    return listed(sorted(f"{_country(code)} ({code})" for code in codes))


def _country(code: str) -> str:
    """The name as it is said, where the list of names turns it around to be sorted."""
    name, _, form = countries_by_alpha2[code].apolitical_name.partition(", ")
    return f"{form} {name}" if form.endswith(" of") else f"{name}, {form}".removesuffix(", ")


def vesting(schedule: Vesting) -> str:
    """When what somebody gets is free, as the second half of a sentence."""
    start = moment(schedule.start)
    if schedule.duration_seconds == 0 or schedule.unlock_bps == BASIS_POINTS:
        return f"all of it is free from {start} on"
    end = moment(schedule.start + schedule.duration_seconds)
    step = format_duration(schedule.step_seconds) if schedule.step_seconds else "second"
    cliff = (
        f", those of the first {format_duration(schedule.cliff_seconds)} together at their end"
        if schedule.cliff_seconds > schedule.step_seconds
        else ""
    )
    unlocked = (
        f"{share(schedule.unlock_bps)} is free from {start} on; the rest becomes free"
        if schedule.unlock_bps
        else f"nothing is free on {start}; from then on it becomes free"
    )
    return (
        f"{unlocked} in equal steps, one each {step.removeprefix('1 ')}{cliff}, until all is free on "
        f"{end}"
    )
