"""The platform on a chain: the contracts that all sales share, and how a sale is listed.

Knows how a platform of `Blueprint` is made at once, on a chain of tests; one with value is deployed
from a plan and a journal.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Self

from eth_utils.address import to_canonical_address

from jumpstart.chain.blueprint import Blueprint
from jumpstart.chain.client import Chain, Contract, Receipt, Sender, Transaction, address_of
from jumpstart.chain.factory import (
    FACTORY,
    FACTORY_COST,
    FACTORY_MAKER,
    FACTORY_TRANSACTION,
    NO_SALT,
    Creation,
)
from jumpstart.chain.sale import Sale
from jumpstart.errors import CheckError, InputError
from jumpstart.review import ReviewRules, commitment_of
from jumpstart.terms import ListingTerms


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
        salt: bytes = NO_SALT,
    ) -> Self:
        """Nine transactions, less what is there already. The sender has no role afterwards.

        Raises `InputError` when this very platform exists: another `salt` makes another one.
        """
        blueprint = Blueprint.drawn(
            chain.artifacts,
            owner=address_of(sender),
            rules=rules,
            chair=chair,
            guardian=guardian,
            reviewers=reviewers,
            salt=salt,
        )
        if chain.code(blueprint.launchpad):
            raise InputError(f"this platform exists at {blueprint.launchpad}")
        _provide_factory(chain, sender)
        missing = [
            Transaction(
                sender=sender, to=FACTORY, data=creation.calldata, label=f"{name}.constructor"
            )
            for name, creation in blueprint.creations.items()
            if not chain.code(creation.address)
        ]
        for transaction in missing:
            chain.send(transaction)
        creator = chain.contract(
            "LaunchpadCreator", blueprint.creations["LaunchpadCreator"].address
        )
        creator.send("create", *blueprint.parts, sender=sender)
        return cls.of(chain, blueprint)

    @classmethod
    def of(cls, chain: Chain, blueprint: Blueprint) -> Self:
        """The platform of a blueprint; that it exists is not checked."""
        made = {
            name: chain.contract(name, creation.address)
            for name, creation in blueprint.creations.items()
        }
        return cls(
            pass_registry=made["PassRegistry"],
            terms_rules=made["TermsRules"],
            review=made["ProjectReview"],
            vesting_vault=made["VestingVault"],
            escrow_implementation=made["ProceedsEscrow"],
            sale_implementation=made["SubscriptionSale"],
            launchpad=chain.contract("Launchpad", blueprint.launchpad),
        )

    @property
    def chain(self) -> Chain:
        return self.launchpad.chain

    @property
    def bond_token(self) -> Contract:
        """The token of bonds."""
        return self.chain.contract("ProjectToken", self.review.call("rules").bondToken)

    @classmethod
    def at(cls, chain: Chain, launchpad: str) -> Self:
        """The platform of a launchpad. Raises `InputError` where there is none of this project."""
        front = chain.contract("Launchpad", launchpad)
        code = chain.code(front.address)
        if not code:
            raise InputError(f"there is no contract at {front.address} on chain {chain.chain_id}")
        if not front.artifact.matches(code):
            raise InputError(f"the contract at {front.address} is no launchpad of this project")

        def part(name: str, getter: str) -> Contract:
            return chain.contract(name, front.call(getter))

        return cls(
            pass_registry=chain.contract(
                "PassRegistry", Creation.of(chain.artifacts["PassRegistry"]).address
            ),
            terms_rules=part("TermsRules", "TERMS_RULES"),
            review=part("ProjectReview", "REVIEW"),
            vesting_vault=part("VestingVault", "VESTING_VAULT"),
            escrow_implementation=part("ProceedsEscrow", "ESCROW_IMPLEMENTATION"),
            sale_implementation=part("SubscriptionSale", "SALE_IMPLEMENTATION"),
            launchpad=front,
        )

    def on(self, chain: Chain) -> Self:
        """The same platform on another chain that has it, such as a copy."""
        return replace(
            self,
            **{
                field.name: chain.contract(
                    getattr(self, field.name).artifact, getattr(self, field.name).address
                )
                for field in fields(self)
            },
        )

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
        self,
        application: int,
        listing: ListingTerms,
        *,
        applicant: Sender,
        dossier: tuple[str, bytes] | None = None,
    ) -> list[Transaction]:
        """What it takes from the application, which must get this number, to its approval. The
        applicant has approved the review for the bond. `dossier`: where it is, and its SHA-256.
        """
        review = self.platform.review
        uri, digest = dossier or ("", listing.terms_hash)
        submitted = review.transaction("submit", uri, digest, listing.terms_hash, sender=applicant)
        return [submitted, *self.verdict(application)]

    def verdict(self, application: int) -> list[Transaction]:
        """What it takes from an application to the decision."""
        review = self.platform.review
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
        decided = review.transaction("decide", application, sender=self.reviewers[0])
        return [*committed, *revealed, decided]


def _provide_factory(chain: Chain, sender: Sender) -> None:
    if chain.code(FACTORY):
        return
    chain.transfer(FACTORY_MAKER, FACTORY_COST, sender=sender)
    chain.broadcast(FACTORY_TRANSACTION)
