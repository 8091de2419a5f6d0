"""The registry: which passes count, and who may have an identity."""

from typing import Any

import pytest

from jumpstart.errors import LedgerRefusal
from jumpstart.jurisdictions import bitmap_of
from jumpstart.registry import Registry

ATTESTER, BUYER, RIVAL = "attester", "buyer", "rival"
SWITZERLAND = 756
IDENTITY = b"\x07" * 32
USUAL: dict[str, Any] = {
    "jurisdiction": SWITZERLAND,
    "level": 2,
    "issued_at": 100,
    "expires_at": 200,
    "time": 100,
}


@pytest.fixture
def registry() -> Registry:
    found = Registry()
    found.present(ATTESTER, BUYER, IDENTITY, **USUAL)
    return found


def admitted(registry: Registry, **changes: Any) -> bool:
    usual: dict[str, Any] = {
        "attesters": [ATTESTER],
        "level": 2,
        "jurisdictions": bitmap_of(("CH",)),
        "time": 150,
    }
    return registry.is_admitted(BUYER, **(usual | changes))


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"level": 0}, "LevelZero"),
        ({"jurisdiction": 1000}, "JurisdictionUnknown"),
        ({"issued_at": 101}, "IssuedInFuture"),
        ({"expires_at": 100}, "Expired"),
        ({"issued_at": 0}, "Superseded"),
    ],
)
def test_what_breaks_a_rule_is_not_presented(changes: dict[str, Any], name: str) -> None:
    with pytest.raises(LedgerRefusal) as refusal:
        Registry().present(ATTESTER, BUYER, IDENTITY, **(USUAL | changes))
    assert refusal.value.name == f"PassRegistry_{name}"


def test_an_identity_is_somebody() -> None:
    with pytest.raises(LedgerRefusal, match="IdentityZero"):
        Registry().present(ATTESTER, BUYER, bytes(32), **USUAL)


def test_an_identity_stays_until_its_pass_is_revoked(registry: Registry) -> None:
    later = USUAL | {"issued_at": 101, "time": 120}
    with pytest.raises(LedgerRefusal, match="IdentityTaken"):
        registry.present(ATTESTER, RIVAL, IDENTITY, **later)
    registry.revoke(ATTESTER, BUYER, 110)
    registry.present(ATTESTER, RIVAL, IDENTITY, **later)
    assert registry.pass_of(ATTESTER, RIVAL).level == 2


def test_what_was_revoked_is_not_presented_again(registry: Registry) -> None:
    registry.revoke(ATTESTER, BUYER, 150)
    for issued_at, is_refused in ((150, True), (151, False)):
        newer = USUAL | {"issued_at": issued_at, "time": 160}
        if is_refused:
            with pytest.raises(LedgerRefusal, match="Superseded"):
                registry.present(ATTESTER, BUYER, IDENTITY, **newer)
        else:
            registry.present(ATTESTER, BUYER, IDENTITY, **newer)
    assert registry.pass_of(ATTESTER, BUYER).revoked_at == 150


def test_a_pass_counts_as_the_terms_ask(registry: Registry) -> None:
    assert admitted(registry)
    assert admitted(registry, time=199)
    assert not admitted(registry, time=200)
    assert not admitted(registry, level=3)
    assert not admitted(registry, attesters=["another"])
    assert not admitted(registry, jurisdictions=bitmap_of(("FR", "JP")))
    registry.revoke(ATTESTER, BUYER, 120)
    assert not admitted(registry)
