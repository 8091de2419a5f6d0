"""A platform before it exists: every contract, where it will stand, and what has to be sent for it.

Everything follows from who owns the creation, the rules of the review, who holds its roles, and a
salt; the same on every chain.
"""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Final, Self

from jumpstart.chain.abi import constructor_arguments
from jumpstart.chain.addresses import created_address
from jumpstart.chain.compiler import Artifact
from jumpstart.chain.factory import NO_SALT, Creation
from jumpstart.hashing import keccak256
from jumpstart.review import ReviewRules

NOBODY: Final = "0x" + "00" * 20

PARTS: Final = (
    "ProjectReview",
    "TermsRules",
    "VestingVault",
    "SubscriptionSale",
    "ProceedsEscrow",
)
"""What a launchpad is made of, in the order of its constructor."""

GETTERS: Final = (
    "REVIEW",
    "TERMS_RULES",
    "VESTING_VAULT",
    "SALE_IMPLEMENTATION",
    "ESCROW_IMPLEMENTATION",
)
"""By which the launchpad names them, in the same order."""


@dataclass(frozen=True, kw_only=True)
class Blueprint:
    """`creations` has, by name, all that the factory makes: the `PARTS`, `PassRegistry` and
    `LaunchpadCreator`. The last one then makes the launchpad, when the owner tells it to.
    """

    owner: str
    creations: Mapping[str, Creation]
    launchpad: str

    @classmethod
    def drawn(
        cls,
        artifacts: Mapping[str, Artifact],
        *,
        owner: str,
        rules: ReviewRules,
        chair: str,
        guardian: str,
        reviewers: Sequence[str],
        salt: bytes = NO_SALT,
    ) -> Self:
        """The platform of these rules and roles. Another salt is another platform of the same.

        `PassRegistry` and `TermsRules` have no salt and no arguments: all platforms share them.
        """
        reviewed = artifacts["ProjectReview"]
        roles = (chair, guardian, list(reviewers))
        # All that tells two platforms apart: the launchpad's address must too.
        own_salt = keccak256(constructor_arguments(reviewed, astuple(rules), NOBODY, *roles) + salt)
        creator = Creation.of(artifacts["LaunchpadCreator"], owner, salt=own_salt)
        launchpad = created_address(creator.address, 1)
        review = Creation.of(reviewed, astuple(rules), launchpad, *roles)
        escrow = Creation.of(artifacts["ProceedsEscrow"], review.address)
        creations = (
            Creation.of(artifacts["PassRegistry"]),
            Creation.of(artifacts["TermsRules"]),
            creator,
            review,
            Creation.of(artifacts["VestingVault"], launchpad),
            escrow,
            Creation.of(
                artifacts["SubscriptionSale"],
                launchpad,
                review.address,
                escrow.address,
            ),
        )
        return cls(
            owner=owner,
            creations={creation.artifact.name: creation for creation in creations},
            launchpad=launchpad,
        )

    @property
    def parts(self) -> tuple[str, ...]:
        """The addresses of the `PARTS`: the arguments of the launchpad."""
        return tuple(self.creations[name].address for name in PARTS)
