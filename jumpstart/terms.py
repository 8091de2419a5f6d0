"""The terms of a sale: what is hashed, reviewed and then cannot change.

`SaleTerms` mirrors the struct of that name in `interfaces/ISubscriptionSale.sol`: integers in base
units, Unix seconds and basis points, addresses of 20 bytes. `check` applies every rule of the
contract, `terms_hash` gives the hash that is reviewed. How a person writes terms down is the
business of `jumpstart.drafts`; this module reads no files and has no defaults.
"""

from dataclasses import astuple, dataclass, fields, replace
from typing import Any, Final

from eth_abi.abi import encode
from pydantic.alias_generators import to_camel

from jumpstart.accounts import checksummed
from jumpstart.allotment import COEFFICIENT_MAX
from jumpstart.amounts import BASIS_POINTS, UINT112_MAX, mul_div_down, mul_div_up
from jumpstart.errors import TermsError
from jumpstart.hashing import keccak256
from jumpstart.jurisdictions import Bitmap, is_numeric, numerics_of
from jumpstart.schedule import Vesting

SESSIONS_MAX: Final = 8
TIERS_MAX: Final = 32
ATTESTERS_MAX: Final = 8
LEVEL_MAX: Final = 255
NUMERIC_MAX: Final = 999

TIME_MAX: Final = 2**40 - 1
"""The last Unix second that a sale may name."""

SUPPLY_MAX: Final = 2**96 - 1
"""The most tokens on sale: far enough below 2^112 for any demand to be counted."""

ZERO_ADDRESS: Final = bytes(20)
"""As a payment token: the chain's native coin."""

_ABI_TYPE: Final = (
    "(uint256,uint256,"
    "(address,address,uint256,uint256,uint256,uint256,uint256),"
    "(address,uint256,uint256[4]),"
    "(address,address,address,address,uint256),"
    "(uint256,uint256,uint256,uint256,uint256),"
    "(uint256,uint256,uint256,uint256)[],"
    "(uint256,uint256)[],"
    "address[])"
)


@dataclass(frozen=True, kw_only=True)
class Deal:
    """What is sold and for what: `price` payment units buy `price_unit` tokens. `soft_cap` is
    payment, `account_cap` and `minimum` are tokens; 0 means none for both caps.
    """

    sale_token: bytes
    payment_token: bytes
    price: int
    price_unit: int
    soft_cap: int
    account_cap: int
    minimum: int


@dataclass(frozen=True, kw_only=True)
class Admission:
    """Who may subscribe: pass holders of `level` or more, of an admitted jurisdiction."""

    pass_registry: bytes
    level: int
    jurisdictions: Bitmap


@dataclass(frozen=True, kw_only=True)
class Parties:
    """Who publishes the holdings, and who receives what is not a participant's."""

    holdings_publisher: bytes
    proceeds_to: bytes
    unsold_to: bytes
    fee_to: bytes
    fee_bps: int


@dataclass(frozen=True, kw_only=True)
class Session:
    """One window `start <= now < end` and the tokens it allots; it closes early when `limit`
    tokens are subscribed (0: no limit).
    """

    start: int
    end: int
    supply: int
    limit: int


@dataclass(frozen=True, kw_only=True)
class Tier:
    """Who holds `threshold` base units or more, up to the next row, has `coefficient`."""

    threshold: int
    coefficient: int


@dataclass(frozen=True, kw_only=True)
class SaleTerms:
    """Everything that is fixed before a sale, in the order of its ABI encoding."""

    chain_id: int
    settle_deadline: int
    deal: Deal
    admission: Admission
    parties: Parties
    vesting: Vesting
    sessions: tuple[Session, ...]
    tiers: tuple[Tier, ...]
    attesters: tuple[bytes, ...]

    @property
    def supply(self) -> int:
        """Tokens on sale in all sessions."""
        return sum(session.supply for session in self.sessions)

    @property
    def abi_encoding(self) -> bytes:
        """Exactly Solidity's `abi.encode(terms)`."""
        return encode([_ABI_TYPE], [astuple(self)])

    @property
    def terms_hash(self) -> bytes:
        """Keccak-256 of the encoding: 32 bytes, what reviewers approve."""
        return keccak256(self.abi_encoding)

    def written(self) -> dict[str, Any]:
        """The terms for JSON, under the names of the struct: addresses with checksum, integers as
        decimal text.
        """
        written: dict[str, Any] = _written(self)
        return written

    def cost_down(self, tokens: int) -> int:
        """Payment for so many tokens, rounded down: what the sale may count on."""
        return mul_div_down(tokens, self.deal.price, self.deal.price_unit)

    def cost_up(self, tokens: int) -> int:
        """Payment for so many tokens, rounded up: what an account pays."""
        return mul_div_up(tokens, self.deal.price, self.deal.price_unit)

    def moved(self, seconds: int) -> "SaleTerms":
        """The same sale, every time of it so many seconds later."""
        return replace(
            self,
            settle_deadline=self.settle_deadline + seconds,
            vesting=replace(self.vesting, start=self.vesting.start + seconds),
            sessions=tuple(
                replace(session, start=session.start + seconds, end=session.end + seconds)
                for session in self.sessions
            ),
        )

    def check(self) -> None:
        """Applies every rule of `interfaces/ITermsRules.sol` that needs no chain, in its order.

        Raises `TermsError` for the first one broken, under the contract's name of the field. One
        rule is ours alone: each admitted jurisdiction is a code that exists.
        """
        self._check_sessions()
        self._check_deal()
        self._check_admission()
        self._check_parties()
        self._check_vesting()
        self._check_tiers()

    def _check_sessions(self) -> None:
        _check_range("sessions", len(self.sessions), 1, SESSIONS_MAX)
        end = 0
        for row, session in enumerate(self.sessions, 1):
            _check_range("session.start", session.start, end, TIME_MAX, row)
            _check_range("session.end", session.end, session.start + 1, TIME_MAX, row)
            _check_range("session.supply", session.supply, 1, UINT112_MAX, row)
            least = session.supply if session.limit else 0
            _check_range("session.limit", session.limit, least, UINT112_MAX, row)
            end = session.end
        _check_range("supply", self.supply, 1, SUPPLY_MAX)
        _check_range("settleDeadline", self.settle_deadline, end + 1, TIME_MAX)

    def _check_deal(self) -> None:
        deal = self.deal
        _check_different("paymentToken", deal.payment_token, deal.sale_token)
        _check_range("price", deal.price, 1, UINT112_MAX)
        _check_range("priceUnit", deal.price_unit, 1, UINT112_MAX)
        _check_range("minimum", deal.minimum, 1, UINT112_MAX)
        least = deal.minimum if deal.account_cap else 0
        _check_range("accountCap", deal.account_cap, least, self.supply)
        _check_range("softCap", deal.soft_cap, 0, self.cost_down(self.supply))

    def _check_admission(self) -> None:
        _check_range("level", self.admission.level, 1, LEVEL_MAX)
        _check_range("attesters", len(self.attesters), 1, ATTESTERS_MAX)
        for row, attester in enumerate(self.attesters, 1):
            _check_different("attester", attester, ZERO_ADDRESS, row)
        admitted = numerics_of(self.admission.jurisdictions)
        _check_range("jurisdictions", len(admitted), 1, NUMERIC_MAX)
        for numeric in admitted:
            if not is_numeric(numeric):
                raise TermsError("jurisdictions", numeric, NUMERIC_MAX, "is no ISO code up to")

    def _check_parties(self) -> None:
        parties = self.parties
        _check_different("holdingsPublisher", parties.holdings_publisher, ZERO_ADDRESS)
        _check_different("proceedsTo", parties.proceeds_to, ZERO_ADDRESS)
        _check_different("unsoldTo", parties.unsold_to, ZERO_ADDRESS)
        _check_different("feeTo", parties.fee_to, ZERO_ADDRESS)
        _check_range("feeBps", parties.fee_bps, 0, BASIS_POINTS)

    def _check_vesting(self) -> None:
        vesting = self.vesting
        _check_range("vesting.start", vesting.start, 0, TIME_MAX)
        _check_range("vesting.durationSeconds", vesting.duration_seconds, 0, TIME_MAX)
        _check_range("vesting.unlockBps", vesting.unlock_bps, 0, BASIS_POINTS)
        _check_range("vesting.cliffSeconds", vesting.cliff_seconds, 0, vesting.duration_seconds)
        _check_range("vesting.stepSeconds", vesting.step_seconds, 0, vesting.duration_seconds)
        if vesting.duration_seconds == 0:
            _check_range("vesting.unlockBps", vesting.unlock_bps, BASIS_POINTS, BASIS_POINTS)

    def _check_tiers(self) -> None:
        _check_range("tiers", len(self.tiers), 1, TIERS_MAX)
        below = Tier(threshold=0, coefficient=0)
        for row, tier in enumerate(self.tiers, 1):
            if tier.threshold <= below.threshold:
                raise TermsError(
                    "tier.threshold", tier.threshold, below.threshold, "is not above", row
                )
            least = below.coefficient + 1
            _check_range("tier.coefficient", tier.coefficient, least, COEFFICIENT_MAX, row)
            below = tier


def _check_range(field: str, given: int, least: int, most: int, row: int | None = None) -> None:
    if given < least:
        raise TermsError(field, given, least, "is below the least,", row)
    if given > most:
        raise TermsError(field, given, most, "is above the most,", row)


def _check_different(field: str, given: bytes, other: bytes, row: int | None = None) -> None:
    if given == other:
        raise TermsError(
            field, int.from_bytes(given), int.from_bytes(other), "must differ from", row
        )


def _written(value: Any) -> Any:
    match value:
        case int():
            return str(value)
        case bytes():
            return checksummed(value)
        case tuple():
            return list(map(_written, value))
        case _:
            return {
                to_camel(field.name): _written(getattr(value, field.name))
                for field in fields(value)
            }
