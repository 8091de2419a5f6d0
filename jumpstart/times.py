"""Times and durations: text with a zone or a unit, to Unix seconds and seconds.

Refuses naive times, fractions of a second, times before 1970, and units without a fixed length.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from jumpstart.amounts import parse_integer
from jumpstart.errors import InputError

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS: Final = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}


def unix_of(moment: datetime) -> int:
    """The Unix seconds of a time. Raises `InputError` for one without a zone or out of range."""
    if moment.tzinfo is None:
        raise InputError(f"{moment} has no zone, expected such as 2019-07-31T04:00:00Z")
    if moment.microsecond or moment < _EPOCH:
        raise InputError(f"{moment} is not a whole second from {_EPOCH} on")
    return (moment - _EPOCH) // timedelta(seconds=1)


def parse_time(text: str) -> int:
    """The Unix seconds of an RFC 3339 time. Raises `InputError` as `unix_of` does."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f"{text!r} is not a time such as 2019-07-31T04:00:00Z") from None
    return unix_of(moment)


def parse_duration(text: str) -> int:
    """The seconds of a duration such as "10 minutes": a whole number of one unit up to weeks."""
    figure, _, unit = text.partition(" ")
    seconds = _SECONDS.get(unit.removesuffix("s"))
    if seconds is None:
        raise InputError(f"{text!r} has the unit {unit!r}, expected {'s, '.join(_SECONDS)}s")
    return parse_integer(figure) * seconds


def format_duration(seconds: int) -> str:
    """The text that `parse_duration` reads back, in the largest unit up to days that divides it."""
    names = [name for name in ("day", "hour", "minute") if seconds and not seconds % _SECONDS[name]]
    name = names[0] if names else "second"
    figure = seconds // _SECONDS[name]
    return f"{figure} {name}{'' if figure == 1 else 's'}"


def format_time(unix: int) -> str:
    """The RFC 3339 time in UTC."""
    return (_EPOCH + timedelta(seconds=unix)).isoformat().replace("+00:00", "Z")
