"""The launchpad's constructor: parts that name another one, or each other wrongly, are refused."""

from dataclasses import astuple, replace
from unittest.mock import ANY

import pytest
from eth_account.signers.local import LocalAccount

from jumpstart.chain.addresses import created_address
from jumpstart.chain.client import Chain, Contract
from tests.chain.reverts import reverts
from tests.chain.stage import Stage

PARTS = ("review", "termsRules", "vestingVault", "saleImplementation", "escrowImplementation")


def parts_for(stage: Stage, launchpad: str, creator: LocalAccount) -> dict[str, Contract]:
    """Review, rules, vault, sale and escrow that name this launchpad."""
    chain, people = stage.chain, stage.people
    review = chain.deploy(
        "ProjectReview",
        astuple(stage.rules()),
        launchpad,
        people.chair.address,
        people.guardian.address,
        [people.reviewer.address],
        sender=creator,
    )
    escrow = chain.deploy("ProceedsEscrow", review.address, sender=creator)
    return {
        "review": review,
        "termsRules": stage.platform.terms_rules,
        "vestingVault": chain.deploy("VestingVault", launchpad, sender=creator),
        "escrowImplementation": escrow,
        "saleImplementation": chain.deploy(
            "SubscriptionSale", launchpad, review.address, escrow.address, sender=creator
        ),
    }


@pytest.fixture
def parts(stage: Stage, bystander: LocalAccount) -> dict[str, Contract]:
    """Four creations, then the launchpad's."""
    chain = stage.chain
    launchpad = created_address(bystander.address, chain.nonce(bystander.address) + 4)
    return parts_for(stage, launchpad, bystander)


def deploy(chain: Chain, parts: dict[str, Contract], sender: LocalAccount) -> Contract:
    return chain.deploy("Launchpad", *(parts[name].address for name in PARTS), sender=sender)


def named(chain: Chain, part: Contract) -> object:
    """The part that the error names. Ganache asks again, after the nonce has moved on, and is told another."""
    return ANY if chain.kind == "ganache" else part


def test_parts_that_fit_make_a_launchpad(
    chain: Chain, parts: dict[str, Contract], bystander: LocalAccount
) -> None:
    """It names each, and each names it."""
    launchpad = deploy(chain, parts, bystander)
    assert parts["review"].call("LAUNCHPAD") == launchpad.address
    assert parts["vestingVault"].call("LAUNCHPAD") == launchpad.address
    assert parts["saleImplementation"].call("parts")[0] == launchpad.address
    assert launchpad.call("REVIEW") == parts["review"].address
    assert launchpad.call("VESTING_VAULT") == parts["vestingVault"].address
    assert launchpad.call("SALE_IMPLEMENTATION") == parts["saleImplementation"].address
    assert launchpad.call("ESCROW_IMPLEMENTATION") == parts["escrowImplementation"].address
    assert launchpad.call("TERMS_RULES") == parts["termsRules"].address
    assert launchpad.call("saleCount") == 0


@pytest.mark.parametrize("name", ["review", "vestingVault", "saleImplementation"])
def test_a_part_of_another_launchpad_is_refused(
    stage: Stage, chain: Chain, parts: dict[str, Contract], bystander: LocalAccount, name: str
) -> None:
    """The stage's own, one at a time."""
    platform = stage.platform
    others = {
        "review": platform.review,
        "vestingVault": platform.vesting_vault,
        "saleImplementation": platform.sale_implementation,
    }
    with reverts("Launchpad_Misconfigured", named(chain, others[name])):
        deploy(chain, parts | {name: others[name]}, bystander)


def test_an_escrow_that_the_sale_does_not_name_is_refused(
    stage: Stage, chain: Chain, parts: dict[str, Contract], bystander: LocalAccount
) -> None:
    """The proceeds of such a sale would go where no escrow is."""
    other = {"escrowImplementation": stage.platform.escrow_implementation}
    with reverts("Launchpad_Misconfigured", named(chain, parts["saleImplementation"])):
        deploy(chain, parts | other, bystander)


def test_an_escrow_of_another_review_is_refused(
    stage: Stage, chain: Chain, bystander: LocalAccount
) -> None:
    """Nobody could attest its milestones."""
    launchpad = created_address(bystander.address, chain.nonce(bystander.address) + 5)
    parts = parts_for(stage, launchpad, bystander)
    other = stage.platform.escrow_implementation
    sale = chain.deploy(
        "SubscriptionSale",
        launchpad,
        parts["review"].address,
        other.address,
        sender=bystander,
    )
    with reverts("Launchpad_Misconfigured", named(chain, other)):
        deploy(
            chain, parts | {"saleImplementation": sale, "escrowImplementation": other}, bystander
        )


def test_rules_of_a_review_are_checked_when_it_is_deployed(
    stage: Stage, chain: Chain, bystander: LocalAccount
) -> None:
    """A platform with a review that could never approve does not begin."""
    people = stage.people
    rules = replace(stage.rules(), quorum=0)
    with reverts("ProjectReview_RulesInvalid", b"quorum".ljust(32, b"\0"), 0, 1):
        chain.deploy(
            "ProjectReview",
            astuple(rules),
            stage.platform.launchpad.address,
            people.chair.address,
            people.guardian.address,
            [people.reviewer.address],
            sender=bystander,
        )
