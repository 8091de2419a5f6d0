"""Exact amounts: decimal text to base units and back, and the two divisions of the package.

Money is an `int` in base units of its token. Text has the unit beside the figure ("0.015 USDT").
This module refuses floats, signs, exponents, digits beyond the token's decimals and foreign units;
it never rounds text.
"""

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from jumpstart.errors import InputError

UINT104_MAX: Final = 2**104 - 1
UINT112_MAX: Final = 2**112 - 1
"""The most of anything that a sale can count: what fits into a participant's slot."""

BASIS_POINTS: Final = 10_000
"""Basis points in the whole."""

_INTEGER: Final = re.compile(r"0|[1-9][0-9]*", re.ASCII)
_DECIMAL: Final = re.compile(r"(0|[1-9][0-9]*)(?:\.([0-9]+))?", re.ASCII)
_LONGEST: Final = 78  # digits of 2^256 - 1


@dataclass(frozen=True, kw_only=True)
class Token:
    """A token as far as amounts care: the unit beside a figure, and how finely it divides."""

    symbol: str
    decimals: int


def mul_div_down(value: int, numerator: int, denominator: int) -> int:
    """`value * numerator / denominator`, rounded down. None of them may be negative."""
    return value * numerator // denominator


def mul_div_up(value: int, numerator: int, denominator: int) -> int:
    """`value * numerator / denominator`, rounded up. None of them may be negative."""
    return -(-value * numerator // denominator)


def parse_integer(text: str, *, least: int = 0, most: int = UINT112_MAX) -> int:
    """The integer that `text` spells in plain decimal digits, between `least` and `most`.

    Raises `InputError` for anything else: signs, spaces, underscores, leading zeros, points.
    """
    if not _INTEGER.fullmatch(text):
        raise InputError(f"{text!r} is not a plain decimal integer")
    _check_length(text)
    value = int(text)
    if value < least:
        raise InputError(f"{text} is below the least, {least}")
    if value > most:
        raise InputError(f"{text} is above the most, {most}")
    return value


def parse_decimal(text: str, decimals: int) -> int:
    """The decimal number `text` in units of `10**-decimals`, exactly.

    Raises `InputError` for signs, exponents, separators and more than `decimals` digits behind
    the point.
    """
    match = _DECIMAL.fullmatch(text)
    if match is None or len(text) > _LONGEST:
        raise InputError(f"{text!r} is not a plain decimal number")
    _check_length(text)
    whole, fraction = match[1], match[2] or ""
    if len(fraction) > decimals:
        raise InputError(f"{text} has {len(fraction)} digits behind the point, of {decimals}")
    return int(whole + fraction.ljust(decimals, "0"))


def parse_amount(text: str, token: Token) -> int:
    """An amount such as "33600000 EM" in base units of `token`.

    Raises `InputError` as `parse_decimal` does, and for another unit than the token's symbol.
    """
    figure, _, unit = text.partition(" ")
    if unit != token.symbol:
        raise InputError(f"{text!r} has the unit {unit!r}, expected {token.symbol!r}")
    return parse_decimal(figure, token.decimals)


def parse_price(text: str, payment: Token, sold: Token) -> tuple[int, int]:
    """A price, "0.015 USDT per EM" or "504000 USDT per 33600000 EM", as `(price, price_unit)`.

    `price` base units of `payment` buy `price_unit` base units of `sold`, in lowest terms.

    Raises `InputError` as `parse_amount` does, and for a price of nothing or for nothing.
    """
    cost, separator, lot = text.partition(" per ")
    if not separator:
        raise InputError(f"{text!r} is not a price such as '1 {payment.symbol} per {sold.symbol}'")
    price = parse_amount(cost, payment)
    price_unit = parse_amount(lot if " " in lot else f"1 {lot}", sold)
    if price == 0 or price_unit == 0:
        raise InputError(f"{text!r}: neither side of a price may be 0")
    return Fraction(price, price_unit).as_integer_ratio()


def format_amount(amount: int, token: Token) -> str:
    """The text that `parse_amount` reads back as `amount`, without trailing zeros."""
    whole, fraction = divmod(amount, 10**token.decimals)
    digits = str(fraction).zfill(token.decimals).rstrip("0") if fraction else ""
    return f"{whole}{'.' if digits else ''}{digits} {token.symbol}"


def _check_length(text: str) -> None:
    if len(text) > _LONGEST:
        raise InputError(f"a figure of {len(text)} digits is longer than the most, {_LONGEST}")
