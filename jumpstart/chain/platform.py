"""The platform on a chain: the contracts that all sales share, and how a sale is listed.

Knows the order in which the contracts are made, as each names the launchpad before it exists.
"""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Final, Self

from eth_utils.address import to_canonical_address

from jumpstart.chain.addresses import created_address
from jumpstart.chain.client import Chain, Contract, Receipt, Sender, Transaction, address_of
from jumpstart.chain.sale import Sale
from jumpstart.errors import CheckError
from jumpstart.review import ReviewRules, commitment_of
from jumpstart.terms import ListingTerms

_BEFORE_LAUNCHPAD: Final = 6  # creations


@dataclass(frozen=True, kw_only=True)
class Platform:
    """What all sales on a chain share."""

    pass_registry: Contract
    terms_rules: Contract
    review: Contract
    vesting_vault: Contract
    escrow_implementation: Contract
    sale_implementation: Contract
    launchpad: Contract

    @classmethod
    def deploy(
        cls,
        chain: Chain,
        *,
        sender: Sender,
        rules: ReviewRules,
        chair: str,
        guardian: str,
        reviewers: Sequence[str],
    ) -> Self:
        """Seven creating transactions. The sender has no role afterwards.

        The launchpad refuses to exist when a part names another one.
        """
        deployer = address_of(sender)
        launchpad = created_address(deployer, chain.nonce(deployer) + _BEFORE_LAUNCHPAD)
        pass_registry = chain.deploy("PassRegistry", sender=sender)
        terms_rules = chain.deploy("TermsRules", sender=sender)
        review = chain.deploy(
            "ProjectReview",
            astuple(rules),
            launchpad,
            chair,
            guardian,
            list(reviewers),
            sender=sender,
        )
        vault = chain.deploy("VestingVault", launchpad, sender=sender)
        escrow = chain.deploy("ProceedsEscrow", review.address, sender=sender)
        sale = chain.deploy(
            "SubscriptionSale", launchpad, review.address, escrow.address, sender=sender
        )
        parts = (review, terms_rules, vault, sale, escrow)
        return cls(
            pass_registry=pass_registry,
            terms_rules=terms_rules,
            review=review,
            vesting_vault=vault,
            escrow_implementation=escrow,
            sale_implementation=sale,
            launchpad=chain.deploy("Launchpad", *(part.address for part in parts), sender=sender),
        )

    @property
    def chain(self) -> Chain:
        return self.launchpad.chain

    @property
    def bond_token(self) -> Contract:
        """The token of bonds."""
        return self.chain.contract("ProjectToken", self.review.call("rules").bondToken)

    # ---------------------------------------------------------------------------------- addresses

    def sale_at(self, application: int, listing: ListingTerms) -> Sale:
        """The sale that listing the application makes, or has made, where it will stand."""
        return Sale.predicted(
            self.launchpad, self.sale_implementation.address, application, listing
        )

    # ------------------------------------------------------------------------------------ listing

    def listing(self, application: int, listing: ListingTerms, *, sender: Sender) -> Transaction:
        """The transaction of `list_sale`, for `Chain.send_many`."""
        return self.launchpad.transaction("list", application, listing.struct, sender=sender)

    def list_sale(
        self, application: int, listing: ListingTerms, *, sender: Sender
    ) -> tuple[Sale, Receipt]:
        """Lists an approved application. The applicant has approved the launchpad for its tokens.

        Raises `CheckError` when the sale is not where, or not what, the terms say.
        """
        expected = self.sale_at(application, listing)
        receipt = self.chain.send(self.listing(application, listing, sender=sender))
        listed = self.launchpad.event(receipt, "Listed").args
        if listed["sale"] != expected.address:
            raise CheckError(
                f"sale of application {application}: found at {listed['sale']}, "
                f"expected at {expected.address}"
            )
        return Sale.at(self.chain, expected.address), receipt


@dataclass(frozen=True, kw_only=True)
class Committee:
    """Reviewers who answer at once and agree: for local chains, tests and rehearsals.

    Every reviewer of the review must be here, else it waits for those who are not.
    """

    platform: Platform
    reviewers: Sequence[Sender]
    scores: tuple[int, ...] = (80, 80, 80, 80, 80, 80, 80)

    def approval(
        self, application: int, listing: ListingTerms, *, applicant: Sender
    ) -> list[Transaction]:
        """What it takes from the application, which must get this number, to its approval. The
        applicant has approved the review for the bond.
        """
        review = self.platform.review
        submitted = review.transaction(
            "submit", "", listing.terms_hash, listing.terms_hash, sender=applicant
        )
        salt = bytes(31) + b"\x01"
        committed, revealed = [], []
        for reviewer in self.reviewers:
            commitment = commitment_of(
                review.chain.chain_id,
                to_canonical_address(review.address),
                application,
                to_canonical_address(address_of(reviewer)),
                self.scores,
                salt,
            )
            committed.append(review.transaction("commit", application, commitment, sender=reviewer))
            revealed.append(
                review.transaction("reveal", application, list(self.scores), salt, sender=reviewer)
            )
        decided = review.transaction("decide", application, sender=applicant)
        return [submitted, *committed, *revealed, decided]
