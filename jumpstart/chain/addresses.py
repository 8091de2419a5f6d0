"""Where contracts come to stand: addresses of creations, and the code of minimal clones.

Pure arithmetic after EIP-1014 (CREATE2) and EIP-1167 (clones, here with arguments after the proxy's
code). Knows no chain.
"""

from typing import Final

from eth_utils.address import to_canonical_address, to_checksum_address

from jumpstart.errors import InputError
from jumpstart.hashing import keccak256

# The creation prefix with the code's length, then the code around the implementation's address.
_CREATION: Final = "61{length:04x}3d81600a3d39f3"
_PROXY: Final = tuple(
    map(bytes.fromhex, ("363d3d373d3d3d363d73", "5af43d82803e903d91602b57fd5bf3"))
)
_CLONE_SIZE: Final = 45
_MAX_CODE_SIZE: Final = 24_576  # EIP-170


def created_address(creator: str, nonce: int) -> str:
    """Where the creator's transaction, or creation, of this number puts a contract."""
    digits = nonce.to_bytes((nonce.bit_length() + 7) // 8)
    number = digits if 0 < nonce < 0x80 else bytes([0x80 + len(digits)]) + digits
    payload = b"\x94" + to_canonical_address(creator) + number
    return to_checksum_address(keccak256(bytes([0xC0 + len(payload)]) + payload)[12:])


def clone_code(implementation: str, arguments: bytes) -> bytes:
    """The code of a minimal clone whose code ends with `arguments`.

    Raises `InputError` when it is longer than a contract's code may be.
    """
    head, tail = _PROXY
    code = head + to_canonical_address(implementation) + tail + arguments
    if len(code) > _MAX_CODE_SIZE:
        raise InputError(
            f"terms: the sale's code would have {len(code)} bytes, at most {_MAX_CODE_SIZE} are allowed"
        )
    return code


def clone_creation(implementation: str, arguments: bytes) -> bytes:
    """The code that creates such a clone."""
    code = clone_code(implementation, arguments)
    return bytes.fromhex(_CREATION.format(length=len(code))) + code


def create2_address(creator: str, salt: bytes, creation: bytes) -> str:
    """Where the creator's CREATE2 with this salt and this creation code puts a contract."""
    preimage = b"\xff" + to_canonical_address(creator) + salt + keccak256(creation)
    return to_checksum_address(keccak256(preimage)[12:])


def clone_address(creator: str, implementation: str, arguments: bytes) -> str:
    """Where the creator's CREATE2 with salt 0 puts such a clone."""
    return create2_address(creator, bytes(32), clone_creation(implementation, arguments))


def parse_clone(code: bytes) -> tuple[str, bytes] | None:
    """Implementation and arguments of a clone, or None where the code is no clone's."""
    head, tail = _PROXY
    implementation = code[len(head) : len(head) + 20]
    if not code.startswith(head) or not code[len(head) + 20 :].startswith(tail):
        return None
    return to_checksum_address(implementation), code[_CLONE_SIZE:]
