"""`revoke`: an attester takes its own word back, and nobody else's."""

import pytest
from eth_account.signers.local import LocalAccount

from jumpstart.chain.client import Chain, Contract
from tests.chain import figures
from tests.chain.stage import People, Stage, Trial


@pytest.fixture
def registry(stage: Stage) -> Contract:
    return stage.platform.pass_registry


def test_a_revoked_pass_has_no_level_and_says_when(
    registry: Contract, chain: Chain, buyer: LocalAccount, attester: LocalAccount
) -> None:
    """The rest of the pass stays to be seen."""
    before = registry.call("passOf", attester.address, buyer.address)
    receipt = registry.send("revoke", buyer.address, sender=attester)
    now = chain.now()
    after = registry.call("passOf", attester.address, buyer.address)
    assert after == before._replace(level=0, revokedAt=now)
    assert registry.call("standingOf", attester.address, buyer.address) == (0, 0)
    events = registry.events(receipt)
    assert [(event.name, dict(event.args)) for event in events] == [
        (
            "PassRevoked",
            {"attester": attester.address, "account": buyer.address, "revokedAt": now},
        )
    ]


def test_nobody_revokes_the_pass_of_another_attester(
    registry: Contract, people: People, buyer: LocalAccount
) -> None:
    """Another attester, the account itself and a stranger take back their own word only, which they never gave."""
    before = registry.call("passOf", people.attester.address, buyer.address)
    for other in (people.second_attester, buyer, people.stranger):
        registry.send("revoke", buyer.address, sender=other)
        assert registry.call("passOf", people.attester.address, buyer.address) == before
        assert registry.call("passOf", other.address, buyer.address).revokedAt > 0


def test_a_revocation_leaves_the_passes_of_others(
    registry: Contract, stage: Stage, people: People, buyer: LocalAccount
) -> None:
    """Two attesters, two words."""
    stage.present(buyer, by=people.second_attester)
    registry.send("revoke", buyer.address, sender=people.attester)
    standing = registry.call("standingOf", people.second_attester.address, buyer.address)
    assert standing == (figures.LEVEL, figures.SWITZERLAND)


def test_the_last_revocation_counts(
    registry: Contract, chain: Chain, buyer: LocalAccount, attester: LocalAccount
) -> None:
    """A second one moves the moment on."""
    registry.send("revoke", buyer.address, sender=attester)
    chain.mine_at(chain.now() + 100)
    registry.send("revoke", buyer.address, sender=attester)
    assert registry.call("passOf", attester.address, buyer.address).revokedAt == chain.now()


def test_who_has_no_pass_can_be_barred(
    registry: Contract, chain: Chain, attester: LocalAccount, bystander: LocalAccount
) -> None:
    """The revocation is all that is then in the slot."""
    registry.send("revoke", bystander.address, sender=attester)
    found = registry.call("passOf", attester.address, bystander.address)
    assert found == (0, 0, 0, 0, chain.now())
    assert registry.call("standingOf", attester.address, bystander.address) == (0, 0)


def test_an_expired_pass_can_be_revoked(
    registry: Contract, stage: Stage, chain: Chain, people: People
) -> None:
    """Which frees its identity and keeps its holder from showing another old paper."""
    expiry = chain.now() + 100
    stage.present(people.unattested, expires_at=expiry)
    chain.mine_at(expiry)
    registry.send("revoke", people.unattested.address, sender=people.attester)
    found = registry.call("passOf", people.attester.address, people.unattested.address)
    assert (found.level, found.revokedAt) == (0, chain.now())


def test_a_renewed_pass_can_be_revoked_again(
    registry: Contract, stage: Stage, chain: Chain, people: People, buyer: LocalAccount
) -> None:
    """The last revocation counts."""
    registry.send("revoke", buyer.address, sender=people.attester)
    chain.mine_at(chain.now() + 100)
    stage.present(buyer)
    registry.send("revoke", buyer.address, sender=people.attester)
    assert registry.call("passOf", people.attester.address, buyer.address).revokedAt == chain.now()


def test_what_was_subscribed_before_a_revocation_stays(
    registry: Contract, oversubscribed_sale: Trial, people: People, buyer: LocalAccount
) -> None:
    """Sales look at a pass once."""
    registry.send("revoke", buyer.address, sender=people.attester)
    oversubscribed_sale.settle()
    assert oversubscribed_sale.call("allotmentOf", buyer.address) == 69_443
