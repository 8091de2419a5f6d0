"""The hash that everything rests on, against another implementation."""

from hypothesis import given
from hypothesis import strategies as st
from sha3 import keccak_256

from jumpstart.hashing import keccak256

EMPTY = "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"


def test_gives_the_well_known_digest_when_there_is_nothing_to_hash() -> None:
    """The digest of no bytes is the one that every chain uses for an empty account's code."""
    assert keccak256(b"").hex() == EMPTY


@given(st.binary(max_size=600))
def test_agrees_with_an_independent_implementation(data: bytes) -> None:
    """Any length gives the other library's digest, across the sponge's 136-byte blocks."""
    assert keccak256(data) == keccak_256(data).digest()
