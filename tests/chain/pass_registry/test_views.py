"""What the registry says of a pass, and of its standing now."""

import pytest
from eth_account.signers.local import LocalAccount

from jumpstart.chain.client import Chain, Contract
from tests.chain import figures
from tests.chain.stage import People, Stage


@pytest.fixture
def registry(stage: Stage) -> Contract:
    return stage.platform.pass_registry


def test_nothing_is_known_of_who_presented_nothing(
    registry: Contract, people: People, bystander: LocalAccount
) -> None:
    """All zero."""
    assert registry.call("passOf", people.attester.address, bystander.address) == (0, 0, 0, 0, 0)
    assert registry.call("standingOf", people.attester.address, bystander.address) == (0, 0)
    assert registry.call("accountOf", people.attester.address, b"\1" * 32) == "0x" + 40 * "0"


def test_a_pass_stands_until_the_second_before_it_expires(
    registry: Contract, stage: Stage, chain: Chain, people: People
) -> None:
    """From its expiry on it has no standing, and is shown as it is."""
    newcomer, attester = people.unattested, people.attester
    expiry = chain.now() + 100
    stage.present(newcomer, expires_at=expiry)
    shown = registry.call("passOf", attester.address, newcomer.address)
    chain.mine_at(expiry - 1)
    standing = (figures.LEVEL, figures.SWITZERLAND)
    assert registry.call("standingOf", attester.address, newcomer.address) == standing
    for late in (0, 1):
        chain.mine_at(expiry + late)
        assert registry.call("standingOf", attester.address, newcomer.address) == (0, 0)
    assert registry.call("passOf", attester.address, newcomer.address) == shown
    assert shown.level == figures.LEVEL


def test_standings_of_two_attesters_are_apart(
    registry: Contract, people: People, buyer: LocalAccount
) -> None:
    """A pass is of one attester."""
    assert registry.call("standingOf", people.attester.address, buyer.address)[0] == figures.LEVEL
    assert registry.call("standingOf", people.second_attester.address, buyer.address) == (0, 0)
