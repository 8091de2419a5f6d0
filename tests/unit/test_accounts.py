"""Accounts are spelled one way, or refused."""

import pytest

from jumpstart.accounts import checksummed, parse_account
from jumpstart.errors import InputError

# The examples of EIP-55.
CHECKSUMMED = [
    "0x52908400098527886E0F7030069857D2E4169EE7",
    "0xde709f2102306220921060314715629080e2fb77",
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
    "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
]


@pytest.mark.parametrize("text", CHECKSUMMED)
def test_account_is_read_in_its_checksum_and_in_one_case(text: str) -> None:
    """The checksum is what EIP-55 says; without mixed case there is none to check."""
    address = parse_account(text)
    assert checksummed(address) == text
    assert parse_account(text.lower()) == parse_account("0x" + text[2:].upper()) == address


@pytest.mark.parametrize("text", CHECKSUMMED[2:])
def test_account_is_refused_when_its_checksum_is_wrong(text: str) -> None:
    """One letter in the wrong case is a mistyped address; the message has the right one."""
    place = next(n for n in range(2, 42) if text[n].isalpha())
    wrong = text[:place] + text[place].swapcase() + text[place + 1 :]
    with pytest.raises(InputError, match=f"{wrong} has a wrong checksum, expected {text}"):
        parse_account(wrong)


@pytest.mark.parametrize(
    "text", ["", "0x", "0x12", "52908400098527886E0F7030069857D2E4169EE7", "0X" + "1" * 40,
             "0x" + "1" * 41, "0x" + "g" * 40, " 0x" + "1" * 40, "0x" + "1" * 40 + "\n", "treasury"]
)  # fmt: skip
def test_account_is_refused_when_malformed(text: str) -> None:
    """Only 0x and forty hexadecimal digits are an address."""
    with pytest.raises(InputError, match="is not an address"):
        parse_account(text)
