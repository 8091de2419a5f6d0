"""Amounts are exact, or refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jumpstart.amounts import (
    Token,
    format_amount,
    mul_div_down,
    mul_div_up,
    parse_amount,
    parse_decimal,
    parse_integer,
    parse_price,
)
from jumpstart.errors import InputError

EM = Token(symbol="EM", decimals=18)
USDT = Token(symbol="USDT", decimals=6)


@pytest.mark.parametrize(
    ("text", "token", "amount"),
    [
        ("33600000 EM", EM, 33_600_000 * 10**18),
        ("0.015 USDT", USDT, 15_000),
        ("0 USDT", USDT, 0),
        ("1.500000 USDT", USDT, 1_500_000),
        ("0.000000000000000001 EM", EM, 1),
        ("7 X", Token(symbol="X", decimals=0), 7),
    ],
)
def test_amount_is_exact_in_base_units(text: str, token: Token, amount: int) -> None:
    """The figure is shifted by the token's decimals, digit by digit."""
    assert parse_amount(text, token) == amount


@pytest.mark.parametrize(
    "text",
    [
        "1", "1 EM", "1USDT", "1  USDT", " 1 USDT", "1 USDT ", "1 usdt", "-1 USDT", "+1 USDT",
        "1e3 USDT", "1,000 USDT", "1_000 USDT", "01 USDT", ".5 USDT", "5. USDT", "0x1 USDT",
        "0.0000001 USDT", "٣ USDT", "NaN USDT", "USDT", "", "1\n USDT", "9" * 79 + " USDT",
    ],
)  # fmt: skip
def test_amount_is_refused_when_not_plain(text: str) -> None:
    """Whatever could mean two things, or needs rounding, is bad input."""
    with pytest.raises(InputError):
        parse_amount(text, USDT)


def test_amount_names_both_units_when_they_differ() -> None:
    """The message has the unit given and the unit expected."""
    with pytest.raises(InputError, match="'1 EM' has the unit 'EM', expected 'USDT'"):
        parse_amount("1 EM", USDT)


def test_amount_names_both_digit_counts_when_too_fine() -> None:
    """The message has the digits given and the digits that the token has."""
    with pytest.raises(InputError, match="7 digits behind the point, of 6"):
        parse_amount("0.0000001 USDT", USDT)


@given(st.integers(0, 10**40), st.integers(0, 36))
def test_amount_survives_being_formatted(amount: int, decimals: int) -> None:
    """What is formatted parses back to the same base units."""
    token = Token(symbol="T", decimals=decimals)
    assert parse_amount(format_amount(amount, token), token) == amount


@pytest.mark.parametrize(
    ("text", "price", "unit"),
    [
        ("0.015 USDT per EM", 3, 2 * 10**14),
        ("504000 USDT per 33600000 EM", 3, 2 * 10**14),
        ("1 USDT per 3 EM", 1, 3 * 10**12),
        ("3 USDT per 0.0000001 EM", 3, 10**5),
    ],
)
def test_price_is_an_exact_ratio_in_lowest_terms(text: str, price: int, unit: int) -> None:
    """Whatever its spelling, one price is one pair of integers."""
    assert parse_price(text, USDT, EM) == (price, unit)


def test_price_of_the_em_sale_costs_the_published_total() -> None:
    """33,600,000 EM at $0.015 cost $504,000."""
    price, unit = parse_price("0.015 USDT per EM", USDT, EM)
    assert mul_div_down(33_600_000 * 10**18, price, unit) == 504_000 * 10**6


@pytest.mark.parametrize(
    "text",
    ["0.015 USDT", "0 USDT per EM", "1 USDT per 0 EM", "1 EM per USDT", "1 USDT per EM per EM",
     "1 USDT per ", "1 USDT  per EM"],
)  # fmt: skip
def test_price_is_refused_when_not_one_unit_per_other(text: str) -> None:
    """A price needs both units in their places and both figures above 0."""
    with pytest.raises(InputError):
        parse_price(text, USDT, EM)


@given(st.integers(0, 2**256), st.integers(0, 2**128), st.integers(1, 2**128))
def test_divisions_enclose_the_quotient(value: int, numerator: int, denominator: int) -> None:
    """Down is at most the quotient and less than one below it, up the same from above."""
    product = value * numerator
    down, up = (divide(value, numerator, denominator) for divide in (mul_div_down, mul_div_up))
    assert down * denominator <= product < (down + 1) * denominator
    assert (up - 1) * denominator < product <= up * denominator


@pytest.mark.parametrize("text", ["0", "1", "9" * 30])
def test_integer_is_read_when_plain(text: str) -> None:
    """Plain decimal digits are what they say."""
    assert parse_integer(text) == int(text)


@pytest.mark.parametrize(
    "text", ["", "-1", "+1", "1.0", "1e3", " 1", "01", "1_0", "0x1", "٣", "1\n"]
)
def test_integer_is_refused_when_not_plain(text: str) -> None:
    """Python's generous int() is not what decides."""
    with pytest.raises(InputError, match="plain decimal integer"):
        parse_integer(text)


def test_integer_is_refused_just_outside_its_bounds() -> None:
    """The bounds themselves pass, their neighbours do not, and the message has both figures."""
    assert [parse_integer(text, least=2, most=5) for text in ("2", "5")] == [2, 5]
    with pytest.raises(InputError, match="1 is below the least, 2"):
        parse_integer("1", least=2, most=5)
    with pytest.raises(InputError, match="6 is above the most, 5"):
        parse_integer("6", least=2, most=5)
    with pytest.raises(InputError, match="of 5000 digits"):
        parse_integer("1" * 5000)


def test_decimal_without_decimals_takes_integers_only() -> None:
    """A token that does not divide has no point."""
    assert parse_decimal("7", 0) == 7
    with pytest.raises(InputError):
        parse_decimal("7.0", 0)
