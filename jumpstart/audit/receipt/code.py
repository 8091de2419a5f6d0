"""The code of a sale: a clone that ends with the terms, as `contracts/libraries/TermsCode.sol` has them.

Read by its own table of offsets, and not by what wrote it.
"""

from dataclasses import dataclass
from typing import Final

from jumpstart.accounts import checksummed
from jumpstart.amounts import mul_div_up
from jumpstart.errors import ProofError
from jumpstart.schedule import Vesting
from jumpstart.terms import Tier

_BEFORE: Final = bytes.fromhex("363d3d373d3d3d363d73")
_AFTER: Final = bytes.fromhex("5af43d82803e903d91602b57fd5bf3")
_CLONE: Final = 45  # bytes of a clone, after which what it was given starts
_SESSIONS, _SESSION, _TIER = 459, 36, 16  # where the lists start, and bytes of their rows


@dataclass(frozen=True, kw_only=True)
class SoldIn:
    """A session: open for `start <= time < end`, for `supply` tokens."""

    start: int
    end: int
    supply: int


@dataclass(frozen=True, kw_only=True)
class SaleCode:
    """What of a sale's code decides what an account gets. Tokens, payment in base units."""

    implementation: str
    terms_hash: str
    application: int
    chain_id: int
    settle_deadline: int
    sale_token: str
    payment_token: str
    price: int
    price_unit: int
    vesting: Vesting
    sessions: tuple[SoldIn, ...]
    tiers: tuple[Tier, ...]

    @classmethod
    def read(cls, code: bytes) -> "SaleCode":
        """From the code as it is deployed. Raises `ProofError` for another kind of code."""
        implementation, terms = clone_of(code)

        def number(offset: int, size: int) -> int:
            if offset + size > len(terms):
                raise ProofError(f"the sale's code ends before byte {offset + size} of its terms")
            return int.from_bytes(terms[offset : offset + size])

        def account(offset: int) -> str:
            return checksummed(number(offset, 20).to_bytes(20))

        sessions, tiers = number(131, 1), number(132, 1)
        first = _SESSIONS + sessions * _SESSION
        return cls(
            implementation=implementation,
            terms_hash=f"0x{number(0, 32):064x}",
            application=number(32, 4),
            chain_id=number(310, 8),
            settle_deadline=number(36, 5),
            sale_token=account(41),
            payment_token=account(61),
            price=number(81, 14),
            price_unit=number(95, 14),
            vesting=Vesting(
                start=number(109, 5),
                unlock_bps=number(114, 2),
                cliff_seconds=number(116, 5),
                duration_seconds=number(121, 5),
                step_seconds=number(126, 5),
            ),
            sessions=tuple(
                SoldIn(start=number(row, 5), end=number(row + 5, 5), supply=number(row + 10, 12))
                for row in range(_SESSIONS, first, _SESSION)
            ),
            tiers=tuple(
                Tier(threshold=number(row, 14), coefficient=number(row + 14, 2))
                for row in range(first, first + tiers * _TIER, _TIER)
            ),
        )

    def cost_up(self, tokens: int) -> int:
        """Payment for so many tokens, rounded up: what an account pays."""
        return mul_div_up(tokens, self.price, self.price_unit)

    def session_at(self, time: int) -> int | None:
        """Which session is open."""
        return next(
            (row for row, each in enumerate(self.sessions) if each.start <= time < each.end), None
        )


def clone_of(code: bytes) -> tuple[str, bytes]:
    """What a clone runs, and what it was given. Raises `ProofError` for what is no clone."""
    start, end = len(_BEFORE), _CLONE - len(_AFTER)
    if not code.startswith(_BEFORE) or code[end:_CLONE] != _AFTER:
        raise ProofError("the code is not that of a clone")
    return checksummed(code[start:end]), code[_CLONE:]
