"""Drafts: the terms of a sale as a person writes them, in TOML with a unit beside every value.

A `Draft` is read from one file and resolved into `ListingTerms` once every account has an address:
a field for an account holds an address, or a name that the `[accounts]` table or the deployment
explains. Amounts are "33600000 EM", prices "0.015 USDT per EM", shares "2.5 %", durations
"10 minutes", times have a zone, hashes 64 hexadecimal digits. Nothing is rounded and nothing
guessed: an unknown field, a naive time or a figure without its unit is an `InputError` that names
the field.

The format is shown by the files in `sales/`.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import (
    BeforeValidator,
    Field,
    StrictInt,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    field_validator,
    model_validator,
)

from jumpstart.accounts import checksummed, parse_account
from jumpstart.amounts import Token, parse_amount, parse_price
from jumpstart.errors import InputError, located
from jumpstart.files import read_text
from jumpstart.jurisdictions import Bitmap, bitmap_of, bitmap_without
from jumpstart.models import Model, Problem, problems, validated
from jumpstart.schedule import Vesting
from jumpstart.terms import (
    ZERO_ADDRESS,
    Admission,
    Allocation,
    Deal,
    EscrowTerms,
    HoldingsTerms,
    ListingTerms,
    Milestone,
    Parties,
    SaleTerms,
    Session,
    Statistic,
    Tier,
)
from jumpstart.times import parse_duration, parse_time, unix_of

NATIVE: Final = "native"
"""In place of a payment token's address: the chain's native coin."""

NONE: Final = "none"
"""In place of an amount: no soft cap, account cap or oversubscription limit."""

UINT256_MAX: Final = 2**256 - 1

_UNREAD: Final = 1  # in place of an amount whose unit is not known: see `mistakes_in`

_PERCENT: Final = Token(symbol="%", decimals=2)  # its base unit is the basis point
_NAME: Final = re.compile(r"[a-z][a-z0-9-]*", re.ASCII)
_HASH: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise InputError(f"{value!r} must be a text with its unit, in quotes")
    return value


def _time(value: object) -> int:
    return unix_of(value) if isinstance(value, datetime) else parse_time(_text(value))


def _duration(value: object) -> int:
    return parse_duration(_text(value))


def _share(value: object) -> int:
    return parse_amount(_text(value), _PERCENT)


def _account(value: object) -> bytes | str:
    text = _text(value)
    if not text.startswith("0x"):
        if text == NATIVE:
            raise InputError(f"{NATIVE!r} is for the payment token only")
        if not _NAME.fullmatch(text):
            raise InputError(f"{text!r} is neither an address nor a name (a-z, 0-9, -)")
        return text
    return _address(text)


def _address(value: object) -> bytes:
    address = parse_account(_text(value))
    if address == ZERO_ADDRESS:
        raise InputError("the zero address is nobody's")
    return address


def _hash(value: object) -> bytes:
    text = _text(value)
    if not _HASH.fullmatch(text):
        raise InputError(f"{text!r} is not 64 hexadecimal digits (0-9, a-f)")
    return bytes.fromhex(text)


def _or_native(value: object, parse: ValidatorFunctionWrapHandler) -> bytes | str:
    account: bytes | str = ZERO_ADDRESS if value == NATIVE else parse(value)
    return account


def _amount(value: object, info: ValidationInfo, unit: Callable[["TokensSection"], Token]) -> int:
    text = _text(value)
    return _UNREAD if info.context is None else parse_amount(text, unit(info.context))


def _sale_amount(value: object, info: ValidationInfo) -> int:
    return _amount(value, info, lambda tokens: tokens.sale.unit)


def _payment_amount(value: object, info: ValidationInfo) -> int:
    return _amount(value, info, lambda tokens: tokens.payment.unit)


def _holding_amount(value: object, info: ValidationInfo) -> int:
    return _amount(value, info, lambda tokens: tokens.holding.unit)


def _or_none(value: object, parse: ValidatorFunctionWrapHandler) -> int:
    limit: int = 0 if value == NONE else parse(value)
    return limit


def _price(value: object, info: ValidationInfo) -> tuple[int, int]:
    text, tokens = _text(value), info.context
    if tokens is None:
        return _UNREAD, _UNREAD
    return parse_price(text, tokens.payment.unit, tokens.sale.unit)


Time = Annotated[int, BeforeValidator(_time)]
Duration = Annotated[int, BeforeValidator(_duration)]
Share = Annotated[int, BeforeValidator(_share)]
Address = Annotated[bytes, BeforeValidator(_address)]
Account = Annotated[bytes | str, BeforeValidator(_account)]
Hash = Annotated[bytes, BeforeValidator(_hash)]
Price = Annotated[tuple[int, int], BeforeValidator(_price)]
SaleAmount = Annotated[int, BeforeValidator(_sale_amount)]
PaymentAmount = Annotated[int, BeforeValidator(_payment_amount)]
HoldingAmount = Annotated[int, BeforeValidator(_holding_amount)]
SaleLimit = Annotated[SaleAmount, WrapValidator(_or_none)]
PaymentLimit = Annotated[PaymentAmount, WrapValidator(_or_none)]


class UnitSection(Model):
    """A unit of amounts: a token's symbol, and how many decimals its base unit is away."""

    symbol: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9]*$")]
    decimals: Annotated[StrictInt, Field(ge=0, le=36)]

    @property
    def unit(self) -> Token:
        """The unit that amounts of this token are written in."""
        return Token(symbol=self.symbol, decimals=self.decimals)


class TokenSection(UnitSection):
    """A token that changes hands."""

    address: Account


class CreationSection(Model):
    """A token that the deployment creates: all of it is the applicant's at first."""

    name: Annotated[str, Field(min_length=1)]
    supply: str


class SaleTokenSection(TokenSection):
    """The token on sale. With `creation` it does not exist yet, and `address` is a name."""

    creation: CreationSection | None = None

    @model_validator(mode="after")
    def _check_creation(self) -> "SaleTokenSection":
        if self.creation is not None:
            if isinstance(self.address, bytes):
                raise InputError("give a name for the address of a token that is to be created")
            if self.created_supply > UINT256_MAX:
                raise InputError(f"creation.supply: above the most, {UINT256_MAX} base units")
        return self

    @property
    def created_supply(self) -> int:
        """Base units of the token that is created; 0 where none is."""
        return parse_amount(self.creation.supply, self.unit) if self.creation else 0


class PaymentSection(TokenSection):
    """The token that pays, or the chain's native coin."""

    address: Annotated[Account, WrapValidator(_or_native)]


class TokensSection(Model):
    """The three tokens of a sale. `holding` is what the coefficient table counts."""

    sale: SaleTokenSection
    payment: PaymentSection
    holding: TokenSection


class DealSection(Model):
    """`Deal`, but for the tokens."""

    price: Price
    soft_cap: PaymentLimit
    account_cap: SaleLimit
    minimum: SaleAmount


class AdmissionSection(Model):
    """`Admission` and the attesters. Jurisdictions are either those admitted or those excluded."""

    pass_registry: Account
    attesters: tuple[Account, ...]
    level: Annotated[StrictInt, Field(ge=1, le=255)]
    admitted: tuple[str, ...] | None = None
    excluded: tuple[str, ...] | None = None

    @field_validator("admitted", "excluded")
    @classmethod
    def _check_codes(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        bitmap_of(codes)
        return codes

    @model_validator(mode="after")
    def _check_one_list(self) -> "AdmissionSection":
        if (self.admitted is None) == (self.excluded is None):
            raise InputError("give either the list `admitted` or the list `excluded`")
        return self

    @property
    def jurisdictions(self) -> Bitmap:
        """The bitmap of whichever list was given."""
        if self.admitted is not None:
            return bitmap_of(self.admitted)
        return bitmap_without(self.excluded or ())


class PartiesSection(Model):
    """`Parties`, but for the time to challenge, which is among the holdings."""

    holdings_publisher: Account
    proceeds_to: Account
    unsold_to: Account
    fee: Share
    fee_to: Account


class VestingSection(Model):
    """`Vesting`."""

    start: Time
    unlock: Share
    cliff: Duration
    duration: Duration
    step: Duration

    @property
    def vesting(self) -> Vesting:
        """The schedule in base units."""
        return Vesting(
            start=self.start,
            unlock_bps=self.unlock,
            cliff_seconds=self.cliff,
            duration_seconds=self.duration,
            step_seconds=self.step,
        )


class SessionSection(Model):
    """`Session`, its end given by its duration."""

    start: Time
    duration: Duration
    supply: SaleAmount
    limit: SaleLimit

    @property
    def session(self) -> Session:
        """The session in base units."""
        return Session(
            start=self.start,
            end=self.start + self.duration,
            supply=self.supply,
            limit=self.limit,
        )


class TierSection(Model):
    """`Tier`."""

    holding: HoldingAmount
    coefficient: StrictInt

    @property
    def tier(self) -> Tier:
        """The row in base units."""
        return Tier(threshold=self.holding, coefficient=self.coefficient)


class EscrowSection(Model):
    """`EscrowTerms`, but for the milestones."""

    initial: Share
    grace: Duration
    objection_window: Duration
    objection_share: Share
    exit_window: Duration
    remainder_to: Account


class MilestoneSection(Model):
    """`Milestone`. The hash is that of the document that says what has to be delivered."""

    share: Share
    deadline: Time
    description_sha256: Hash

    @property
    def milestone(self) -> Milestone:
        """The milestone in base units."""
        return Milestone(
            share_bps=self.share,
            deadline=self.deadline,
            description_hash=self.description_sha256,
        )


class AllocationSection(VestingSection):
    """`Allocation`. Without a revoker nobody may end its vesting."""

    beneficiary: Account
    amount: SaleAmount
    revoker: Account = ZERO_ADDRESS


class HoldingsSection(Model):
    """`HoldingsTerms`, but for the token, and the time to challenge what is published. The `days` end
    an hour before the `draw`. The chains are that of the sale unless others are named.
    """

    challenge_window: Duration
    statistic: Statistic
    days: Annotated[StrictInt, Field(ge=1)]
    draw: Time
    chain_id: Annotated[StrictInt, Field(ge=1)] | None = None
    randomness_of: Annotated[StrictInt, Field(ge=1)] | None = None
    minimum_tiers: tuple[TierSection, ...] = ()
    excluded: tuple[Account, ...] = ()

    @model_validator(mode="after")
    def _check_tables(self) -> "HoldingsSection":
        if (self.statistic is Statistic.BETTER_OF) != bool(self.minimum_tiers):
            raise InputError(f"give `minimum_tiers` if and only if it is {Statistic.BETTER_OF!r}")
        return self


class ApplicationSection(Model):
    """Who applies for the review, brings the bond and the tokens, and with what dossier. Not part of the
    terms.
    """

    applicant: Account
    dossier_uri: Annotated[str, Field(min_length=1)]
    dossier_sha256: Hash


class Draft(Model):
    """A whole file: in base units, but with accounts that may still be names."""

    title: str
    chain_id: Annotated[StrictInt, Field(ge=1)]
    settle_deadline: Time
    accounts: Mapping[str, Address] = Field(default_factory=dict)
    application: ApplicationSection | None = None
    tokens: TokensSection
    deal: DealSection
    admission: AdmissionSection
    parties: PartiesSection
    vesting: VestingSection
    sessions: tuple[SessionSection, ...]
    tiers: tuple[TierSection, ...]
    holdings: HoldingsSection
    escrow: EscrowSection
    milestones: tuple[MilestoneSection, ...] = ()
    allocations: tuple[AllocationSection, ...] = ()

    @property
    def open_names(self) -> tuple[str, ...]:
        """The names of accounts that the file gives no address, in the order of its fields."""
        names = (account for account in self._accounts() if isinstance(account, str))
        return tuple(name for name in dict.fromkeys(names) if name not in self.accounts)

    def resolve(self, accounts: Mapping[str, str]) -> ListingTerms:
        """The checked terms. `accounts` gives the addresses of names that the file leaves open.

        Raises `InputError` for a malformed address, one that contradicts the file, and names that
        stay without one; `TermsError` for a broken rule.
        """
        terms = self.terms(addresses_of(self.accounts, accounts, self.open_names))
        terms.check()
        return terms

    def counted(self, accounts: Mapping[str, str]) -> HoldingsTerms:
        """How holdings are counted, for which only the names of the token and of who is excluded need
        an address. Raises `InputError` as `resolve` does.
        """
        named = (self.tokens.holding.address, *self.holdings.excluded)
        wanted = [name for name in named if isinstance(name, str)]
        addresses = addresses_of(self.accounts, accounts, wanted)
        return self._holdings(lambda each: addresses[each] if isinstance(each, str) else each)

    def terms(self, addresses: Mapping[str, bytes]) -> ListingTerms:
        """The terms, whether they break a rule or not. `addresses` has every name of the file."""

        def address_of(account: bytes | str) -> bytes:
            return addresses[account] if isinstance(account, str) else account

        return ListingTerms(
            sale=self._sale(address_of),
            holdings=self._holdings(address_of),
            escrow=EscrowTerms(
                initial_bps=self.escrow.initial,
                grace_seconds=self.escrow.grace,
                objection_seconds=self.escrow.objection_window,
                objection_bps=self.escrow.objection_share,
                exit_seconds=self.escrow.exit_window,
                remainder_to=address_of(self.escrow.remainder_to),
                milestones=tuple(section.milestone for section in self.milestones),
            ),
            allocations=tuple(
                Allocation(
                    beneficiary=address_of(section.beneficiary),
                    amount=section.amount,
                    revoker=address_of(section.revoker),
                    schedule=section.vesting,
                )
                for section in self.allocations
            ),
        )

    def _sale(self, address_of: Callable[[bytes | str], bytes]) -> SaleTerms:
        price, price_unit = self.deal.price
        return SaleTerms(
            chain_id=self.chain_id,
            settle_deadline=self.settle_deadline,
            deal=Deal(
                sale_token=address_of(self.tokens.sale.address),
                payment_token=address_of(self.tokens.payment.address),
                price=price,
                price_unit=price_unit,
                soft_cap=self.deal.soft_cap,
                account_cap=self.deal.account_cap,
                minimum=self.deal.minimum,
            ),
            admission=Admission(
                pass_registry=address_of(self.admission.pass_registry),
                level=self.admission.level,
                jurisdictions=self.admission.jurisdictions,
            ),
            parties=Parties(
                holdings_publisher=address_of(self.parties.holdings_publisher),
                challenge_seconds=self.holdings.challenge_window,
                proceeds_to=address_of(self.parties.proceeds_to),
                unsold_to=address_of(self.parties.unsold_to),
                fee_to=address_of(self.parties.fee_to),
                fee_bps=self.parties.fee,
            ),
            vesting=self.vesting.vesting,
            sessions=tuple(session.session for session in self.sessions),
            tiers=tuple(tier.tier for tier in self.tiers),
            attesters=tuple(map(address_of, self.admission.attesters)),
        )

    def _holdings(self, address_of: Callable[[bytes | str], bytes]) -> HoldingsTerms:
        section = self.holdings
        chain_id = section.chain_id or self.chain_id
        return HoldingsTerms(
            chain_id=chain_id,
            token=address_of(self.tokens.holding.address),
            day_count=section.days,
            draw_time=section.draw,
            seed_chain_id=section.randomness_of or chain_id,
            statistic=section.statistic.number,
            minimum_tiers=tuple(row.tier for row in section.minimum_tiers),
            excluded=tuple(sorted(map(address_of, section.excluded))),
        )

    def _accounts(self) -> tuple[bytes | str, ...]:
        return (
            self.tokens.sale.address,
            self.tokens.payment.address,
            self.tokens.holding.address,
            self.admission.pass_registry,
            *self.admission.attesters,
            self.parties.holdings_publisher,
            self.parties.proceeds_to,
            self.parties.unsold_to,
            self.parties.fee_to,
            *self.holdings.excluded,
            self.escrow.remainder_to,
            *(
                account
                for section in self.allocations
                for account in (section.beneficiary, section.revoker)
            ),
        )


def addresses_of(
    known: Mapping[str, bytes], given: Mapping[str, str], wanted: Iterable[str]
) -> dict[str, bytes]:
    """The addresses by name that a file knows and a deployment gives, all of the `wanted` among them.

    Raises `InputError` for a malformed address, one that contradicts the file, or one that is
    missing.
    """
    addresses = dict(known)
    for name, text in given.items():
        with located(f"account {name}"):
            address = _address(text)
            if (first := addresses.setdefault(name, address)) != address:
                raise InputError(f"given as {text}, the file says {checksummed(first)}")
    missing = [name for name in wanted if name not in addresses]
    if missing:
        raise InputError(f"no address for the accounts named {', '.join(missing)}")
    return addresses


class _Units(Model):
    """The part of a draft that is read first: the units of everything else."""

    tokens: TokensSection


def read(path: Path) -> Draft:
    """The draft in a file. Raises `InputError` naming the file and the first wrong field."""
    with located(str(path)):
        return draft_of(tables_of(read_text(path)))


def tables_of(text: str) -> dict[str, Any]:
    """What TOML makes of a text. Raises `InputError` for one that is not TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"not TOML: {error}") from None


def draft_of(tables: Mapping[str, Any]) -> Draft:
    """The draft of a file's tables. Raises `InputError` naming the first wrong field."""
    units = validated(_Units, {"tokens": tables.get("tokens")}).tokens
    return validated(Draft, tables, units)


def mistakes_in(tables: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Everything for which `draft_of` would refuse the tables.

    Where a token has no unit, no amount can be read: then those that are there pass unread.
    """
    content = {"tokens": tables.get("tokens")}
    mistakes = problems(_Units, content)
    if not mistakes:
        return problems(Draft, tables, validated(_Units, content).tokens)
    rest = problems(Draft, tables)
    return mistakes + tuple(each for each in rest if each.path[0] != "tokens")
