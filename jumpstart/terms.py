"""The terms of a sale: what is hashed, reviewed and then cannot change.

`ListingTerms` and what it is made of mirror the structs of `interfaces/Terms.sol`: integers in base
units, Unix seconds and basis points, addresses of 20 bytes. `check` applies every rule of the
contract, `terms_hash` gives the hash that is reviewed, `packed` what the code of the sale ends with.
How a person writes terms down is the business of `jumpstart.drafts`; this module reads no files and
has no defaults.
"""

from collections.abc import Iterator
from dataclasses import astuple, dataclass, is_dataclass, replace
from enum import StrEnum
from typing import Any, Final, Self, get_args, get_type_hints

from eth_abi.abi import decode, encode
from eth_utils.address import to_canonical_address

from jumpstart.allotment.tiered import COEFFICIENT_MAX
from jumpstart.amounts import BASIS_POINTS, UINT112_MAX, mul_div_down, mul_div_up
from jumpstart.errors import TermsError
from jumpstart.hashing import keccak256
from jumpstart.jurisdictions import Bitmap, is_numeric, numerics_of
from jumpstart.schedule import Vesting
from jumpstart.writing import plain

SESSIONS_MAX: Final = 8
TIERS_MAX: Final = 32
ATTESTERS_MAX: Final = 8
MILESTONES_MAX: Final = 12
ALLOCATIONS_MAX: Final = 16
DAYS_MAX: Final = 366
DAY_SECONDS: Final = 86_400

RANDOMNESS_LEAST: Final = 2**64
"""Chains whose blocks have no randomness put 0, 1, another constant or a time in its place (EIP-4399
gives this bound).
"""

SETTLING_SECONDS: Final = 3_600
"""From the last day that counts to the draw: until then it is final, and nothing of the draw is known in it."""

EXCLUDED_MAX: Final = 256
LEVEL_MAX: Final = 255
NUMERIC_MAX: Final = 999

OBJECTION_MAX: Final = 5_000
"""The most basis points of all tokens sold that a veto may take: rounding keeps all from being possible."""

CHAIN_ID_MAX: Final = 2**64 - 1
APPLICATION_MAX: Final = 2**32 - 1

TIME_MAX: Final = 2**40 - 1
"""The last Unix second that a sale may name."""

WINDOW_MAX: Final = 2**32 - 1
"""The most seconds to challenge, to deliver late, to object or to exit."""

SUPPLY_MAX: Final = 2**96 - 1
"""The most tokens on sale: far enough below 2^112 for any demand to be counted. Also of a grant."""

ZERO_ADDRESS: Final = bytes(20)
"""As a payment token: the chain's native coin."""

_NO_HASH: Final = bytes(32)

_WINDOWS: Final = 3
"""To post holdings, to challenge them, to decide the challenge."""


class Statistic(StrEnum):
    """How the balances of an account become its holding: in the order of their numbers in terms."""

    SUM = "sum"
    MEAN = "mean"
    MINIMUM = "minimum"
    BETTER_OF = "better-of"

    @property
    def number(self) -> int:
        """What it is in the contracts."""
        return list(Statistic).index(self)


_VESTING_TYPE: Final = "(uint256,uint256,uint256,uint256,uint256)"
_SALE_TYPE: Final = (
    "(uint256,uint256,"
    "(address,address,uint256,uint256,uint256,uint256,uint256),"
    "(address,uint256,uint256[4]),"
    "(address,uint256,address,address,address,uint256),"
    f"{_VESTING_TYPE},"
    "(uint256,uint256,uint256,uint256)[],"
    "(uint256,uint256)[],"
    "address[])"
)
_ESCROW_TYPE: Final = (
    "(uint256,uint256,uint256,uint256,uint256,address,(uint256,uint256,bytes32)[])"
)
_HOLDINGS_TYPE: Final = (
    "(uint256,address,uint256,uint256,uint256,uint256,(uint256,uint256)[],address[])"
)
_ALLOCATIONS_TYPE: Final = f"(address,uint256,address,{_VESTING_TYPE})[]"
_ABI_TYPE: Final = f"({_SALE_TYPE},{_HOLDINGS_TYPE},{_ESCROW_TYPE},{_ALLOCATIONS_TYPE})"


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
    """Who publishes the holdings, which can be challenged for `challenge_seconds`, and who receives
    what is not a participant's.
    """

    holdings_publisher: bytes
    challenge_seconds: int
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
    """What a sale is bound to."""

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

    def cost_down(self, tokens: int) -> int:
        """Payment for so many tokens, rounded down: what the sale may count on."""
        return mul_div_down(tokens, self.deal.price, self.deal.price_unit)

    def cost_up(self, tokens: int) -> int:
        """Payment for so many tokens, rounded up: what an account pays."""
        return mul_div_up(tokens, self.deal.price, self.deal.price_unit)

    def check(self) -> None:
        """Applies the rules of `ListingTerms.check` that are about the sale itself."""
        _raise_first(self.broken_rules())

    def broken_rules(self) -> Iterator[TermsError]:
        """Those that are broken, in the contract's order."""
        yield from _range("chainId", self.chain_id, 0, CHAIN_ID_MAX)
        yield from self._session_rules()
        yield from self._deal_rules()
        yield from self._admission_rules()
        yield from self._party_rules()
        yield from _schedule("vesting", self.vesting)
        yield from self._tier_rules()

    def _session_rules(self) -> Iterator[TermsError]:
        yield from _range("sessions", len(self.sessions), 1, SESSIONS_MAX)
        end = 0
        for row, session in enumerate(self.sessions, 1):
            yield from _range("session.start", session.start, end, TIME_MAX, row)
            yield from _range("session.end", session.end, session.start + 1, TIME_MAX, row)
            yield from _range("session.supply", session.supply, 1, UINT112_MAX, row)
            least = session.supply if session.limit else 0
            yield from _range("session.limit", session.limit, least, UINT112_MAX, row)
            end = session.end
        yield from _range("supply", self.supply, 1, SUPPLY_MAX)
        yield from _range("settleDeadline", self.settle_deadline, end + 1, TIME_MAX)

    def _deal_rules(self) -> Iterator[TermsError]:
        deal = self.deal
        yield from _different("paymentToken", deal.payment_token, deal.sale_token)
        yield from _range("price", deal.price, 1, UINT112_MAX)
        yield from _range("priceUnit", deal.price_unit, 1, UINT112_MAX)
        yield from _range("minimum", deal.minimum, 1, UINT112_MAX)
        least = deal.minimum if deal.account_cap else 0
        yield from _range("accountCap", deal.account_cap, least, self.supply)
        if deal.price_unit:
            yield from _range("softCap", deal.soft_cap, 0, self.cost_down(self.supply))
        yield from _range("softCap", deal.soft_cap, 0, UINT112_MAX)

    def _admission_rules(self) -> Iterator[TermsError]:
        yield from _range("level", self.admission.level, 1, LEVEL_MAX)
        yield from _range("attesters", len(self.attesters), 1, ATTESTERS_MAX)
        for row, attester in enumerate(self.attesters, 1):
            yield from _different("attester", attester, ZERO_ADDRESS, row)
        admitted = numerics_of(self.admission.jurisdictions)
        yield from _range("jurisdictions", len(admitted), 1, NUMERIC_MAX)
        for numeric in admitted:
            if not is_numeric(numeric):
                yield TermsError("jurisdictions", numeric, NUMERIC_MAX, "is no ISO code up to")

    def _party_rules(self) -> Iterator[TermsError]:
        parties = self.parties
        yield from _different("holdingsPublisher", parties.holdings_publisher, ZERO_ADDRESS)
        yield from _range("challengeSeconds", parties.challenge_seconds, 1, WINDOW_MAX)
        yield from _different("proceedsTo", parties.proceeds_to, ZERO_ADDRESS)
        yield from _different("unsoldTo", parties.unsold_to, ZERO_ADDRESS)
        yield from _different("feeTo", parties.fee_to, ZERO_ADDRESS)
        yield from _range("feeBps", parties.fee_bps, 0, BASIS_POINTS)

    def _tier_rules(self) -> Iterator[TermsError]:
        yield from _range("tiers", len(self.tiers), 1, TIERS_MAX)
        yield from _rising("tier", self.tiers)


@dataclass(frozen=True, kw_only=True)
class HoldingsTerms:
    """How holdings are counted: what accounts held of `token`, on chain `chain_id`, at one moment of
    each of so many days, which end an hour before `draw_time`. The moments are drawn with the block
    randomness of chain `seed_chain_id` at that time. `statistic` is the number of a `Statistic`.
    """

    chain_id: int
    token: bytes
    day_count: int
    draw_time: int
    seed_chain_id: int
    statistic: int
    minimum_tiers: tuple[Tier, ...]
    excluded: tuple[bytes, ...]

    @property
    def days_end(self) -> int:
        """When the last day is over."""
        return self.draw_time - SETTLING_SECONDS

    @property
    def days_start(self) -> int:
        """When the first day begins."""
        return self.days_end - self.day_count * DAY_SECONDS

    def broken_rules(self, sale: SaleTerms) -> Iterator[TermsError]:
        """Those that are broken, in the contract's order."""
        yield from _range("holdings.chainId", self.chain_id, 1, CHAIN_ID_MAX)
        yield from _different("holdings.token", self.token, ZERO_ADDRESS)
        yield from _range("holdings.dayCount", self.day_count, 1, DAYS_MAX)
        yield from _range("holdings.drawTime", self.draw_time, 0, TIME_MAX)
        earliest = self.draw_time + _WINDOWS * sale.parties.challenge_seconds
        for session in sale.sessions[:1]:
            yield from _range("session.start", session.start, earliest, TIME_MAX, 1)
        yield from _range("holdings.seedChainId", self.seed_chain_id, 1, CHAIN_ID_MAX)
        yield from _range("holdings.statistic", self.statistic, 0, Statistic.BETTER_OF.number)
        yield from self._minimum_tier_rules(sale.tiers)
        yield from _range("holdings.excluded", len(self.excluded), 0, EXCLUDED_MAX)
        least = 1
        for row, account in enumerate(self.excluded, 1):
            number = int.from_bytes(account)
            yield from _range("holdings.excluded", number, least, 2**160 - 1, row)
            least = number + 1

    def _minimum_tier_rules(self, tiers: tuple[Tier, ...]) -> Iterator[TermsError]:
        rows = self.minimum_tiers
        is_asked = self.statistic == Statistic.BETTER_OF.number
        least, most = (1, TIERS_MAX) if is_asked else (0, 0)
        yield from _range("minimumTiers", len(rows), least, most)
        yield from _rising("minimumTier", rows)
        coefficients = [tier.coefficient for tier in tiers]
        for row, tier in enumerate(rows, 1):
            above = [each for each in coefficients if each >= tier.coefficient]
            bound = above[0] if above else max(coefficients, default=0)
            yield from _range("minimumTier.coefficient", tier.coefficient, bound, bound, row)


@dataclass(frozen=True, kw_only=True)
class Milestone:
    """What has to be delivered, by `deadline`, for a share of the proceeds. `description_hash`: the
    SHA-256 of the document that says what.
    """

    share_bps: int
    deadline: int
    description_hash: bytes


@dataclass(frozen=True, kw_only=True)
class EscrowTerms:
    """How the proceeds are released: a share at once, one for each milestone. `objection_bps` of all
    tokens veto an attestation; a milestone missed lets participants exit for `exit_seconds`.
    """

    initial_bps: int
    grace_seconds: int
    objection_seconds: int
    objection_bps: int
    exit_seconds: int
    remainder_to: bytes
    milestones: tuple[Milestone, ...]


@dataclass(frozen=True, kw_only=True)
class Allocation:
    """Tokens of the project itself that are locked. The revoker may end the vesting of what is not
    vested yet; the zero address: nobody may.
    """

    beneficiary: bytes
    amount: int
    revoker: bytes
    schedule: Vesting


@dataclass(frozen=True, kw_only=True)
class ListingTerms:
    """Everything that is fixed before a sale, in the order of its ABI encoding."""

    sale: SaleTerms
    holdings: HoldingsTerms
    escrow: EscrowTerms
    allocations: tuple[Allocation, ...]

    @classmethod
    def decoded(cls, encoding: bytes) -> Self:
        """The terms of which this is the `abi_encoding`."""
        (struct,) = decode([_ABI_TYPE], encoding)
        terms: Self = _decoded(cls, struct)
        return terms

    @property
    def struct(self) -> tuple[Any, ...]:
        """The values alone, nested as in Solidity: the terms as an argument of a call."""
        return astuple(self)

    @property
    def abi_encoding(self) -> bytes:
        """Exactly Solidity's `abi.encode(terms)`."""
        return encode([_ABI_TYPE], [self.struct])

    @property
    def terms_hash(self) -> bytes:
        """Keccak-256 of the encoding: 32 bytes, what reviewers approve."""
        return keccak256(self.abi_encoding)

    def packed(self, application_id: int) -> bytes:
        """What the code of the sale ends with when it is listed under this number, in the form that
        `interfaces/ITermsRules.sol` shows. Terms that break a rule may not fit into it.

        Raises `TermsError` for a number that does not.
        """
        _raise_first(_range("applicationId", application_id, 0, APPLICATION_MAX))
        sale, escrow = self.sale, self.escrow
        deal, admission, parties, vesting = sale.deal, sale.admission, sale.parties, sale.vesting
        return b"".join(
            [
                self.terms_hash,
                application_id.to_bytes(4),
                sale.settle_deadline.to_bytes(5),
                deal.sale_token,
                deal.payment_token,
                deal.price.to_bytes(14),
                deal.price_unit.to_bytes(14),
                vesting.start.to_bytes(5),
                vesting.unlock_bps.to_bytes(2),
                vesting.cliff_seconds.to_bytes(5),
                vesting.duration_seconds.to_bytes(5),
                vesting.step_seconds.to_bytes(5),
                bytes(map(len, (sale.sessions, sale.tiers, sale.attesters, escrow.milestones))),
                deal.account_cap.to_bytes(12),
                deal.minimum.to_bytes(14),
                admission.pass_registry,
                admission.level.to_bytes(1),
                *(word.to_bytes(32) for word in admission.jurisdictions),
                sale.chain_id.to_bytes(8),
                deal.soft_cap.to_bytes(14),
                parties.holdings_publisher,
                parties.challenge_seconds.to_bytes(4),
                parties.proceeds_to,
                parties.unsold_to,
                parties.fee_to,
                parties.fee_bps.to_bytes(2),
                escrow.initial_bps.to_bytes(2),
                escrow.objection_bps.to_bytes(2),
                escrow.objection_seconds.to_bytes(4),
                escrow.grace_seconds.to_bytes(4),
                escrow.exit_seconds.to_bytes(4),
                escrow.remainder_to,
                self.holdings.draw_time.to_bytes(5),
                *(
                    session.start.to_bytes(5)
                    + session.end.to_bytes(5)
                    + session.supply.to_bytes(12)
                    + session.limit.to_bytes(14)
                    for session in sale.sessions
                ),
                *(
                    tier.threshold.to_bytes(14) + tier.coefficient.to_bytes(2)
                    for tier in sale.tiers
                ),
                *sale.attesters,
                *(
                    each.share_bps.to_bytes(2) + each.deadline.to_bytes(5)
                    for each in escrow.milestones
                ),
            ]
        )

    def written(self) -> dict[str, Any]:
        """The terms for JSON, under the names of the struct: addresses with checksum, hashes in hex,
        integers as decimal text.
        """
        written: dict[str, Any] = plain(self)
        return written

    def moved(self, seconds: int) -> Self:
        """The same listing, every time of it so many seconds later."""

        def later(vesting: Vesting) -> Vesting:
            return replace(vesting, start=vesting.start + seconds)

        return replace(
            self,
            sale=replace(
                self.sale,
                settle_deadline=self.sale.settle_deadline + seconds,
                vesting=later(self.sale.vesting),
                sessions=tuple(
                    replace(session, start=session.start + seconds, end=session.end + seconds)
                    for session in self.sale.sessions
                ),
            ),
            holdings=replace(self.holdings, draw_time=self.holdings.draw_time + seconds),
            escrow=replace(
                self.escrow,
                milestones=tuple(
                    replace(milestone, deadline=milestone.deadline + seconds)
                    for milestone in self.escrow.milestones
                ),
            ),
            allocations=tuple(
                replace(allocation, schedule=later(allocation.schedule))
                for allocation in self.allocations
            ),
        )

    def check(self) -> None:
        """Applies every rule of `contracts/TermsRules.sol` that needs no chain, in its order.

        Raises `TermsError` for the first one broken, under the contract's name of the field. One
        rule is ours alone: each admitted jurisdiction is a code that exists.
        """
        _raise_first(self.broken_rules())

    def broken_rules(self) -> Iterator[TermsError]:
        """Every rule of `check` that is broken, in its order: the first is what it raises."""
        yield from self.sale.broken_rules()
        yield from self.holdings.broken_rules(self.sale)
        yield from self._escrow_rules()
        yield from self._allocation_rules()

    def _escrow_rules(self) -> Iterator[TermsError]:
        escrow, milestones = self.escrow, self.escrow.milestones
        least = 1 if milestones else 0
        yield from _range("escrow.initialBps", escrow.initial_bps, 0, BASIS_POINTS)
        yield from _range("escrow.graceSeconds", escrow.grace_seconds, 0, WINDOW_MAX)
        yield from _range("escrow.objectionSeconds", escrow.objection_seconds, least, WINDOW_MAX)
        yield from _range("escrow.objectionBps", escrow.objection_bps, least, OBJECTION_MAX)
        yield from _range("escrow.exitSeconds", escrow.exit_seconds, least, WINDOW_MAX)
        yield from _different("escrow.remainderTo", escrow.remainder_to, ZERO_ADDRESS)
        yield from _range("milestones", len(milestones), 0, MILESTONES_MAX)
        earliest = self.sale.settle_deadline
        for row, milestone in enumerate(milestones, 1):
            yield from _range("milestone.shareBps", milestone.share_bps, 1, BASIS_POINTS, row)
            yield from _range("milestone.deadline", milestone.deadline, earliest, TIME_MAX, row)
            yield from _different(
                "milestone.descriptionHash", milestone.description_hash, _NO_HASH, row
            )
            earliest = milestone.deadline + 1
        shares = escrow.initial_bps + sum(milestone.share_bps for milestone in milestones)
        yield from _range("escrow.shares", shares, BASIS_POINTS, BASIS_POINTS)

    def _allocation_rules(self) -> Iterator[TermsError]:
        yield from _range("allocations", len(self.allocations), 0, ALLOCATIONS_MAX)
        for row, allocation in enumerate(self.allocations, 1):
            yield from _different(
                "allocation.beneficiary", allocation.beneficiary, ZERO_ADDRESS, row
            )
            yield from _range("allocation.amount", allocation.amount, 1, SUPPLY_MAX, row)
            yield from _schedule("allocation", allocation.schedule, row)


def _raise_first(broken: Iterator[TermsError]) -> None:
    for error in broken:
        raise error


def _schedule(section: str, vesting: Vesting, row: int | None = None) -> Iterator[TermsError]:
    duration = vesting.duration_seconds
    yield from _range(f"{section}.start", vesting.start, 0, TIME_MAX, row)
    yield from _range(f"{section}.durationSeconds", duration, 0, TIME_MAX, row)
    yield from _range(f"{section}.unlockBps", vesting.unlock_bps, 0, BASIS_POINTS, row)
    yield from _range(f"{section}.cliffSeconds", vesting.cliff_seconds, 0, duration, row)
    yield from _range(f"{section}.stepSeconds", vesting.step_seconds, 0, duration, row)
    if duration == 0:
        yield from _range(
            f"{section}.unlockBps", vesting.unlock_bps, BASIS_POINTS, BASIS_POINTS, row
        )


def _rising(name: str, rows: tuple[Tier, ...]) -> Iterator[TermsError]:
    """A table, whose rows are called so, whose thresholds and coefficients both rise."""
    below = Tier(threshold=0, coefficient=0)
    for row, tier in enumerate(rows, 1):
        field = f"{name}.threshold"
        if tier.threshold <= below.threshold:
            yield TermsError(field, tier.threshold, below.threshold, "is not above", row)
        yield from _range(field, tier.threshold, 1, UINT112_MAX, row)
        least = below.coefficient + 1
        yield from _range(f"{name}.coefficient", tier.coefficient, least, COEFFICIENT_MAX, row)
        below = tier


def _range(
    field: str, given: int, least: int, most: int, row: int | None = None
) -> Iterator[TermsError]:
    if given < least:
        yield TermsError(field, given, least, "is below the least,", row)
    if given > most:
        yield TermsError(field, given, most, "is above the most,", row)


def _different(
    field: str, given: bytes, other: bytes, row: int | None = None
) -> Iterator[TermsError]:
    if given == other:
        yield TermsError(
            field, int.from_bytes(given), int.from_bytes(other), "must differ from", row
        )


def _decoded(kind: Any, value: Any) -> Any:
    """A decoded value as the type annotation `kind` has it."""
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind).items()
        pairs = zip(hints, value, strict=True)
        return kind(**{name: _decoded(hint, each) for (name, hint), each in pairs})
    if isinstance(value, tuple):
        row = get_args(kind)[0]
        return tuple(_decoded(row, each) for each in value)
    return to_canonical_address(value) if isinstance(value, str) else value
