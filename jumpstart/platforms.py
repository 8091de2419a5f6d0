"""Platforms as a person writes them: the rules of the review and who holds its roles, in TOML.

Read as `jumpstart.drafts` reads sales: a unit beside every value, accounts by address or by name.
The format is shown by `platforms/example.toml`.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, cast

from pydantic import BeforeValidator, Field, StrictInt, ValidationInfo

from jumpstart.accounts import checksummed
from jumpstart.amounts import Token, parse_amount
from jumpstart.drafts import Account, Address, Duration, Share, TokenSection, addresses_of
from jumpstart.errors import InputError, located
from jumpstart.files import read_text
from jumpstart.models import Model, validated
from jumpstart.review import CRITERIA, REVIEWERS_MAX, ReviewRules

_POINTS: Final = Token(symbol="points", decimals=4)  # a score times basis points


def _bond_amount(value: object, info: ValidationInfo) -> int:
    if not isinstance(value, str):
        raise InputError(f"{value!r} must be a text with its unit, in quotes")
    return parse_amount(value, cast("Token", info.context))


def _points(value: object) -> int:
    if not isinstance(value, str):
        raise InputError(f"{value!r} must be a text such as '65 points'")
    return parse_amount(value, _POINTS)


BondAmount = Annotated[int, BeforeValidator(_bond_amount)]
Points = Annotated[int, BeforeValidator(_points)]


class BondSection(TokenSection):
    """The token of bonds, and how much of it."""

    application: BondAmount
    challenge: BondAmount


class CriterionSection(Model):
    """The least median of a criterion, and its part of the total."""

    floor: StrictInt
    weight: Share


class ReviewSection(Model):
    """`ReviewRules`, but for the bonds. `bar` is a weighted mean of the medians."""

    quorum: StrictInt
    commit: Duration
    reveal: Duration
    approval: Duration
    notice: Duration
    bar: Points
    criteria: Mapping[str, CriterionSection]


class RolesSection(Model):
    """Who holds the roles from the first block on."""

    chair: Account
    guardian: Account
    reviewers: Annotated[tuple[Account, ...], Field(max_length=REVIEWERS_MAX)]


class PlatformDraft(Model):
    """A whole file. `edition` tells platforms of the same rules and roles apart."""

    title: str
    chain_id: Annotated[StrictInt, Field(ge=1)]
    edition: Annotated[StrictInt, Field(ge=0, lt=2**256)] = 0
    accounts: Mapping[str, Address] = Field(default_factory=dict)
    bond: BondSection
    review: ReviewSection
    roles: RolesSection

    @property
    def open_names(self) -> tuple[str, ...]:
        """The names of accounts that the file gives no address, in the order of its fields."""
        roles = self.roles
        named = (self.bond.address, roles.chair, roles.guardian, *roles.reviewers)
        names = dict.fromkeys(each for each in named if isinstance(each, str))
        return tuple(name for name in names if name not in self.accounts)

    def resolve(self, accounts: Mapping[str, str]) -> "PlatformTerms":
        """The checked terms. `accounts` gives the addresses of names that the file leaves open.

        Raises `InputError` as `Draft.resolve` does, `TermsError` for a broken rule.
        """
        addresses = addresses_of(self.accounts, accounts, self.open_names)

        def address_of(account: bytes | str) -> bytes:
            return addresses[account] if isinstance(account, str) else account

        criteria = self.review.criteria
        if tuple(criteria) != CRITERIA:
            raise InputError(
                f"review.criteria: {', '.join(criteria)}; expected {', '.join(CRITERIA)}"
            )
        rules = ReviewRules(
            bond_token=address_of(self.bond.address),
            bond=self.bond.application,
            challenge_bond=self.bond.challenge,
            quorum=self.review.quorum,
            commit_seconds=self.review.commit,
            reveal_seconds=self.review.reveal,
            approval_seconds=self.review.approval,
            notice_seconds=self.review.notice,
            bar=self.review.bar,
            floors=tuple(each.floor for each in criteria.values()),
            weights_bps=tuple(each.weight for each in criteria.values()),
        )
        rules.check()
        reviewers = tuple(map(address_of, self.roles.reviewers))
        for account in reviewers:
            if reviewers.count(account) > 1:
                raise InputError(
                    f"roles.reviewers: {checksummed(account)} is named "
                    f"{reviewers.count(account)} times, expected once"
                )
        if len(reviewers) < rules.quorum:
            raise InputError(
                f"roles.reviewers: {len(reviewers)}, the quorum of review.quorum is {rules.quorum}"
            )
        return PlatformTerms(
            rules=rules,
            chair=address_of(self.roles.chair),
            guardian=address_of(self.roles.guardian),
            reviewers=reviewers,
            salt=self.edition.to_bytes(32),
            people=addresses,
        )


class PlatformTerms(Model):
    """What a platform is made of, every account an address. `people`: addresses by name."""

    rules: ReviewRules
    chair: bytes
    guardian: bytes
    reviewers: tuple[bytes, ...]
    salt: bytes
    people: Mapping[str, bytes]


class _Bond(Model):
    """The part that is read first: the unit of the amounts."""

    bond: TokenSection


def read(path: Path) -> PlatformDraft:
    """The draft in a file. Raises `InputError` naming the file and the first wrong field."""
    with located(str(path)):
        try:
            tables = tomllib.loads(read_text(path))
        except tomllib.TOMLDecodeError as error:
            raise InputError(f"not TOML: {error}") from None
        bond = tables.get("bond")
        if isinstance(bond, dict):
            bond = {name: bond[name] for name in TokenSection.model_fields if name in bond}
        unit = validated(_Bond, {"bond": bond}).bond.unit
        return validated(PlatformDraft, tables, unit)
