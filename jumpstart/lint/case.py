"""What rules look at: a draft, its terms in base units, and the time it is.

Names without an address get a made-up one each, so that what is equal stays equal and what differs
differs. A rule is a function from a `Case` to findings, and never asks a chain: what one says that
rules need is in `Known`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self, TypeAlias

from jumpstart.accounts import checksummed
from jumpstart.amounts import Token, format_amount
from jumpstart.drafts import Draft, addresses_of
from jumpstart.hashing import keccak256
from jumpstart.lint.findings import Found
from jumpstart.lint.places import Path
from jumpstart.terms import ListingTerms, SaleTerms


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known from beside the file: the supplies of tokens in base units, the vault of the
    platform, and the seconds that its review may take.
    """

    supplies: Mapping[Token, int] = field(default_factory=dict)
    vault: bytes | None = None
    review_seconds: int | None = None


@dataclass(frozen=True, kw_only=True)
class Case:
    """One file at one time. `names` has an address for every name, `open_names` those made up."""

    tables: Mapping[str, Any]
    draft: Draft
    names: Mapping[str, bytes]
    open_names: tuple[str, ...]
    now: int
    known: Known = field(default_factory=Known)

    @classmethod
    def of(
        cls,
        tables: Mapping[str, Any],
        draft: Draft,
        accounts: Mapping[str, str],
        *,
        now: int,
        known: Known,
    ) -> Self:
        """`accounts` are addresses that a deployment gives. Raises `InputError` for a malformed one,
        or one that contradicts the file.
        """
        names = addresses_of(draft.accounts, accounts, ())
        wanted = [*draft.open_names]
        if draft.application is not None and isinstance(draft.application.applicant, str):
            wanted.append(draft.application.applicant)
        missing = tuple(dict.fromkeys(name for name in wanted if name not in names))
        names |= {name: keccak256(f"nobody yet: {name}".encode())[12:] for name in missing}
        return cls(
            tables=tables, draft=draft, names=names, open_names=missing, now=now, known=known
        )

    @cached_property
    def terms(self) -> ListingTerms:
        """In base units, whether they break a rule or not."""
        return self.draft.terms(self.names)

    @property
    def sale(self) -> SaleTerms:
        return self.terms.sale

    @cached_property
    def supplies(self) -> Mapping[Token, int]:
        """All there is of a token where that is known: from a chain, or because the deployment is to
        create it.
        """
        token = self.draft.tokens.sale
        created = {token.unit: token.created_supply} if token.creation else {}
        return {**self.known.supplies, **created}

    # ---------------------------------------------------------------------------------- writing

    def tokens(self, amount: int) -> str:
        """An amount of the token on sale."""
        return format_amount(amount, self.draft.tokens.sale.unit)

    def payment(self, amount: int) -> str:
        """An amount of the payment token."""
        return format_amount(amount, self.draft.tokens.payment.unit)

    def holding(self, amount: int) -> str:
        """An amount of what the coefficient table counts."""
        return format_amount(amount, self.draft.tokens.holding.unit)

    def account(self, address: bytes) -> str:
        """The name of an account, or its address."""
        for name, known in self.names.items():
            if known == address:
                return f"{name!r}"
        return checksummed(address)

    # ---------------------------------------------------------------------------------- accounts

    @cached_property
    def accounts(self) -> Mapping[Path, bytes | str]:
        """Every account by the field that names it, as written: an address or a name."""
        draft = self.draft
        fields: dict[Path, bytes | str] = {
            ("tokens", "sale", "address"): draft.tokens.sale.address,
            ("tokens", "payment", "address"): draft.tokens.payment.address,
            ("tokens", "holding", "address"): draft.tokens.holding.address,
            ("admission", "pass_registry"): draft.admission.pass_registry,
        }
        for row, attester in enumerate(draft.admission.attesters):
            fields["admission", "attesters", row] = attester
        for key in ("holdings_publisher", "proceeds_to", "unsold_to", "fee_to"):
            fields["parties", key] = getattr(draft.parties, key)
        for row, account in enumerate(draft.holdings.excluded):
            fields["holdings", "excluded", row] = account
        fields["escrow", "remainder_to"] = draft.escrow.remainder_to
        for row, section in enumerate(draft.allocations):
            fields["allocations", row, "beneficiary"] = section.beneficiary
            if "revoker" in section.model_fields_set:
                fields["allocations", row, "revoker"] = section.revoker
        if draft.application is not None:
            fields["application", "applicant"] = draft.application.applicant
        return fields

    def address(self, account: bytes | str) -> bytes:
        """The address of an account; a made-up one where its name is open."""
        return self.names[account] if isinstance(account, str) else account

    def is_open(self, account: bytes | str) -> bool:
        """Whether the account has no address yet."""
        return account in self.open_names


Rule: TypeAlias = Callable[[Case], Iterator[Found]]
