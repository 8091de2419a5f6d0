"""The launchpad stands where its creator said, and is made once, by the owner alone."""

import pytest
from eth_account.signers.local import LocalAccount

from jumpstart.chain.blueprint import PARTS, Blueprint
from jumpstart.chain.client import Chain, Transaction
from jumpstart.chain.factory import FACTORY, FACTORY_CODE
from jumpstart.chain.platform import Platform
from jumpstart.errors import InputError
from tests.chain.reverts import reverts
from tests.chain.stage import Stage, account


@pytest.fixture
def owner(chain: Chain) -> LocalAccount:
    made = account("owner of a creation")
    chain.set_balance(made.address, 10**19)
    return made


def deployed(stage: Stage, owner: LocalAccount, salt: bytes = bytes(32)) -> Platform:
    people = stage.people
    return Platform.deploy(
        stage.chain,
        sender=owner,
        rules=stage.rules(),
        chair=people.chair.address,
        guardian=people.guardian.address,
        reviewers=[people.reviewer.address],
        salt=salt,
    )


def blueprint(stage: Stage, owner: LocalAccount, salt: bytes = bytes(32)) -> Blueprint:
    people = stage.people
    return Blueprint.drawn(
        stage.chain.artifacts,
        owner=owner.address,
        rules=stage.rules(),
        chair=people.chair.address,
        guardian=people.guardian.address,
        reviewers=[people.reviewer.address],
        salt=salt,
    )


def test_the_factory_is_the_one_that_chains_have(chain: Chain) -> None:
    assert chain.code(FACTORY) == FACTORY_CODE


def test_everything_stands_where_the_blueprint_says(stage: Stage, owner: LocalAccount) -> None:
    drawn = blueprint(stage, owner)
    stage.chain.transfer(stage.people.stranger.address, 1, sender=owner)  # moves its nonce
    platform = deployed(stage, owner)
    assert platform.launchpad.address == drawn.launchpad
    for name, creation in drawn.creations.items():
        artifact = stage.chain.artifacts[name]
        assert artifact.matches(stage.chain.code(creation.address)), name
    creator = stage.chain.contract("LaunchpadCreator", drawn.creations["LaunchpadCreator"].address)
    assert creator.call("LAUNCHPAD") == drawn.launchpad
    assert creator.call("OWNER") == owner.address
    assert platform.launchpad.call("REVIEW") == drawn.creations["ProjectReview"].address


def test_all_platforms_share_what_has_no_rules_of_its_own(
    stage: Stage, owner: LocalAccount
) -> None:
    other = deployed(stage, owner)
    assert other.pass_registry.address == stage.platform.pass_registry.address
    assert other.terms_rules.address == stage.platform.terms_rules.address
    assert other.review.address != stage.platform.review.address
    assert other.launchpad.address != stage.platform.launchpad.address


def test_the_same_platform_is_made_once_and_another_edition_beside_it(
    stage: Stage, owner: LocalAccount
) -> None:
    first = deployed(stage, owner)
    with pytest.raises(InputError, match=f"this platform exists at {first.launchpad.address}"):
        deployed(stage, owner)
    second = deployed(stage, owner, salt=(1).to_bytes(32))
    assert second.launchpad.address != first.launchpad.address


def test_a_second_launchpad_of_the_same_creator_is_refused(
    stage: Stage, owner: LocalAccount
) -> None:
    platform = deployed(stage, owner)
    drawn = blueprint(stage, owner)
    creator = stage.chain.contract("LaunchpadCreator", drawn.creations["LaunchpadCreator"].address)
    with reverts("LaunchpadCreator_Done", platform.launchpad):
        creator.send("create", *drawn.parts, sender=owner)


def test_nobody_but_the_owner_says_of_which_parts(stage: Stage, owner: LocalAccount) -> None:
    """Else a stranger could put a launchpad with a review of its own at the address."""
    drawn = blueprint(stage, owner)
    chain, stranger = stage.chain, stage.people.stranger
    for creation in drawn.creations.values():  # anyone may make them, in anybody's place
        if not chain.code(creation.address):
            chain.send(Transaction(sender=stranger, to=FACTORY, data=creation.calldata))
    creator = chain.contract("LaunchpadCreator", drawn.creations["LaunchpadCreator"].address)
    with reverts("LaunchpadCreator_OnlyOwner", stranger, owner):
        creator.send("create", *drawn.parts, sender=stranger)
    creator.send("create", *drawn.parts, sender=owner)
    assert chain.code(drawn.launchpad)
    assert len(drawn.parts) == len(PARTS)
