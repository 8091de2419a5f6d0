"""The subject of an audit: a sale, found on its chain, with everything that it works with.

All that is given is an address. The sale's code names its implementation and ends with its terms; the
implementation names the launchpad, which has the block where the terms were published. What these
contracts are is not believed here: their code is compared elsewhere.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Self

from eth_utils.address import to_canonical_address

from jumpstart.accounts import checksummed
from jumpstart.chain.addresses import parse_clone
from jumpstart.chain.client import BlockHeader, Chain, Contract
from jumpstart.deployment.verification.review import rules_of
from jumpstart.errors import ChainError, InputError
from jumpstart.review import ReviewRules
from jumpstart.terms import ZERO_ADDRESS, ListingTerms, SaleTerms

CONFIRMATIONS: Final = 12
"""Blocks on top of the one that is audited, where another is not named; on a local chain none."""

_HASH_SIZE: Final = 32


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A sale as of the block `head`. `origin` is the first block in which anything can have happened.
    `packed` are the terms as the sale's code ends with them.
    """

    chain: Chain
    head: BlockHeader
    application: int
    listing: ListingTerms
    packed: bytes
    listed_in: int
    origin: int
    sale: Contract
    escrow: Contract
    launchpad: Contract
    review: Contract
    vault: Contract
    registry: Contract
    terms_rules: Contract
    sale_implementation: Contract
    escrow_implementation: Contract
    rules: ReviewRules

    @property
    def terms(self) -> SaleTerms:
        return self.listing.sale

    @property
    def now(self) -> int:
        """The time of the block: calls at it see it."""
        return self.head.timestamp

    @property
    def is_native(self) -> bool:
        return self.terms.deal.payment_token == ZERO_ADDRESS

    @cached_property
    def sale_token(self) -> str:
        return checksummed(self.terms.deal.sale_token)

    @cached_property
    def payment(self) -> str:
        """The token that is paid; the zero address: the native coin."""
        return checksummed(self.terms.deal.payment_token)

    @cached_property
    def bond_token(self) -> str:
        return checksummed(self.rules.bond_token)

    @cached_property
    def tokens(self) -> tuple[str, ...]:
        """All tokens that are followed, each once."""
        paid = () if self.is_native else (self.payment,)
        return tuple(dict.fromkeys((self.sale_token, *paid, self.bond_token)))

    @cached_property
    def labels(self) -> dict[str, str]:
        """What the contracts that hold anything are called, by address."""
        return {
            self.sale.address: "sale",
            self.escrow.address: "escrow",
            self.vault.address: "vault",
            self.review.address: "review",
        }

    @classmethod
    def found(
        cls,
        chain: Chain,
        address: str,
        *,
        application: int | None = None,
        block: int | None = None,
        confirmations: int | None = None,
        origin: int | None = None,
        terms: ListingTerms | None = None,
    ) -> Self:
        """The sale at an address or, with `application`, the one that the launchpad there has listed.
        `terms`: those it has to be bound to; else they are read where they were published.

        Raises `InputError` when there is none, the block does not exist, or the sale is bound to other
        terms; `ChainError` when the node does not answer.
        """
        head = chain.header(_head_of(chain, block, confirmations))
        if application is not None:
            address = _listed(chain, address, application, head.number)
        code = chain.code(address, head.number)
        implementation, packed = parse_clone(code) or ("", b"")
        if not code:
            raise InputError(f"there is no contract at {address} in block {head.number}")
        if len(packed) <= _HASH_SIZE:
            raise InputError(f"the contract at {address} is no sale of this project")
        if terms is not None and packed[:_HASH_SIZE] != terms.terms_hash:
            raise InputError(
                f"--terms: they hash to 0x{terms.terms_hash.hex()}, the sale is bound to "
                f"0x{packed[:_HASH_SIZE].hex()}"
            )
        sale = chain.contract("SubscriptionSale", address)
        try:
            return cls._read(chain, head, sale, implementation, packed, origin, terms)
        except (InputError, ValueError) as error:
            raise InputError(f"the contract at {address} is no sale: {error}") from error

    @classmethod
    def _read(
        cls,
        chain: Chain,
        head: BlockHeader,
        sale: Contract,
        implementation: str,
        packed: bytes,
        origin: int | None,
        terms: ListingTerms | None,
    ) -> Self:
        def ask(contract: Contract, function: str, *args: Any) -> Any:
            return contract.call(function, *args, block=head.number)

        number: int = ask(sale, "applicationId")
        front, review_address, escrow_implementation = ask(sale, "parts")
        launchpad = chain.contract("Launchpad", front)
        if ask(launchpad, "saleOf", number) != sale.address:
            raise InputError(f"its launchpad {front} does not list it")
        block: int = ask(launchpad, "listingBlockOf", number)
        listing = _published(launchpad, number, block) if terms is None else terms
        review = chain.contract("ProjectReview", review_address)
        registry = checksummed(listing.sale.admission.pass_registry)
        if origin is None:
            # Passes may be older than the platform: registries are shared.
            origin = min(creation_block(chain, each, block) for each in (review.address, registry))
        return cls(
            chain=chain,
            head=head,
            application=number,
            listing=listing,
            packed=packed,
            listed_in=block,
            origin=origin,
            sale=sale,
            escrow=chain.contract("ProceedsEscrow", ask(launchpad, "escrowOf", sale.address)),
            launchpad=launchpad,
            review=review,
            vault=chain.contract("VestingVault", ask(launchpad, "VESTING_VAULT")),
            registry=chain.contract("PassRegistry", registry),
            terms_rules=chain.contract("TermsRules", ask(launchpad, "TERMS_RULES")),
            sale_implementation=chain.contract("SubscriptionSale", implementation),
            escrow_implementation=chain.contract("ProceedsEscrow", escrow_implementation),
            rules=rules_of(ask(review, "rules")),
        )

    @property
    def sale_bytes(self) -> bytes:
        return to_canonical_address(self.sale.address)


def _published(launchpad: Contract, number: int, block: int) -> ListingTerms:
    """The terms that were listed under a number in a block."""
    logs = launchpad.chain.logs(launchpad.address, from_block=block, to_block=block)
    listed = [
        each.args
        for each in launchpad.events(logs, "Listed")
        if each.args["applicationId"] == number
    ]
    if len(listed) != 1:
        raise ChainError(
            f"block {block} has {len(listed)} listings of application {number}, expected 1"
        )
    return ListingTerms.decoded(listed[0]["terms"])


def creation_block(chain: Chain, address: str, last: int) -> int:
    """The first block after which there is code at the address, which has some after `last`; 0
    where the node does not remember states as old as that.
    """
    first = 0
    try:
        while first < last:
            middle = (first + last) // 2
            if chain.code(address, middle):
                last = middle
            else:
                first = middle + 1
    except ChainError:
        return 0
    return first


def _head_of(chain: Chain, block: int | None, confirmations: int | None) -> int:
    newest = chain.block_number()
    if block is None:
        usual = 0 if chain.is_local else CONFIRMATIONS
        return max(0, newest - (usual if confirmations is None else confirmations))
    if block > newest:
        raise InputError(f"--block: the newest block is {newest}, asked for {block}")
    return block


def _listed(chain: Chain, launchpad: str, application: int, block: int) -> str:
    try:
        found: str = chain.contract("Launchpad", launchpad).call("saleOf", application, block=block)
    except ChainError as error:
        raise InputError(f"the contract at {launchpad} is no launchpad: {error}") from None
    if int(found, 16) == 0:
        raise InputError(f"the launchpad {launchpad} has not listed application {application}")
    return found
