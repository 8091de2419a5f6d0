"""What a token says of itself. Knows the answers that real tokens give; what one does not answer is None."""

from functools import cached_property
from typing import Final

from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError

from jumpstart.chain.abi import selector_of
from jumpstart.chain.client import Block, Chain
from jumpstart.errors import ContractRevert

_WORD: Final = 32


class TokenOnChain:
    """A token as of a block. Raises `ChainError` only when the node does not answer."""

    def __init__(self, chain: Chain, address: str, block: Block = "latest") -> None:
        self.chain = chain
        self.address = address
        self._block = block

    @cached_property
    def has_code(self) -> bool:
        return bool(self.chain.code(self.address, self._block))

    @cached_property
    def decimals(self) -> int | None:
        return self._number("decimals()")

    @cached_property
    def total(self) -> int | None:
        return self._number("totalSupply()")

    @cached_property
    def symbol(self) -> str | None:
        data = self._answer("symbol()")
        if len(data) == _WORD:  # of the first tokens, which answered with a fixed text
            return data.rstrip(b"\0").decode(errors="replace")
        try:
            (text,) = decode(["string"], data)
        except (DecodingError, UnicodeDecodeError, OverflowError):
            return None
        return str(text)

    def balance(self, account: str) -> int | None:
        return self._number("balanceOf(address)", bytes.fromhex(account[2:]).rjust(_WORD, b"\0"))

    def _number(self, function: str, argument: bytes = b"") -> int | None:
        data = self._answer(function, argument)
        return int.from_bytes(data) if len(data) == _WORD else None

    def _answer(self, function: str, argument: bytes = b"") -> bytes:
        try:
            return self.chain.call_raw(
                self.address, selector_of(function) + argument, block=self._block
            )
        except ContractRevert:
            return b""
