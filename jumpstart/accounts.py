"""The written form of an EVM account: 0x and forty hexadecimal digits, with the EIP-55 checksum.

Knows spelling only: whether anybody holds the key is beyond it.
"""

import re
from typing import Final

from jumpstart.errors import InputError
from jumpstart.hashing import keccak256

_ADDRESS: Final = re.compile(r"0x[0-9a-fA-F]{40}", re.ASCII)


def checksummed(address: bytes) -> str:
    """The EIP-55 spelling of a 20-byte address."""
    digits = address.hex()
    weights = keccak256(digits.encode()).hex()
    return "0x" + "".join(
        digit.upper() if weight > "7" else digit
        for digit, weight in zip(digits, weights, strict=False)
    )


def parse_account(text: str) -> bytes:
    """The 20 bytes that `text` spells. All lower or all upper case carries no checksum.

    Raises `InputError` when malformed, or in mixed case with a wrong checksum.
    """
    if not _ADDRESS.fullmatch(text):
        raise InputError(f"{text!r} is not an address: expected 0x and 40 hexadecimal digits")
    address, digits = bytes.fromhex(text[2:]), text[2:]
    if digits not in (digits.lower(), digits.upper()) and text != (right := checksummed(address)):
        raise InputError(f"{text} has a wrong checksum, expected {right}")
    return address
