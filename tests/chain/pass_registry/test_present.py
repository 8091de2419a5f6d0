"""`present`: what an attester signed, shown by the account it is about."""

from collections.abc import Mapping
from typing import Any

import pytest
from eth_account.signers.local import LocalAccount

from jumpstart.chain.client import Chain, Contract, Receipt
from jumpstart.passes import SignedPass
from jumpstart.signatures import TypedData, domain_of
from tests.chain import figures
from tests.chain.reverts import reverts
from tests.chain.stage import People, Stage, account, raw

CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
FIELDS = {
    "account": "address",
    "identity": "bytes32",
    "jurisdiction": "uint16",
    "level": "uint8",
    "issuedAt": "uint40",
    "expiresAt": "uint40",
}
IDENTITY = b"\7" * 32


@pytest.fixture
def registry(stage: Stage) -> Contract:
    return stage.platform.pass_registry


@pytest.fixture
def holder() -> LocalAccount:
    """Has no pass yet."""
    return account("holder")


@pytest.fixture
def twin() -> LocalAccount:
    """Another account, perhaps of the same person."""
    return account("twin")


@pytest.fixture(autouse=True)
def _coin(chain: Chain, holder: LocalAccount, twin: LocalAccount) -> None:
    chain.set_balances({holder.address: 10**20, twin.address: 10**20})


class Desk:
    """Signs anything, also what the package refuses to."""

    def __init__(self, stage: Stage, registry: Contract) -> None:
        self._stage = stage
        self._registry = registry

    def attestation(self, person: LocalAccount | Contract, **changes: Any) -> dict[str, Any]:
        now = self._stage.chain.now()
        usual = {
            "account": person.address,
            "identity": IDENTITY,
            "jurisdiction": figures.SWITZERLAND,
            "level": 1,
            "issuedAt": now,
            "expiresAt": now + 1000,
        }
        return usual | changes

    def sign(self, attestation: Mapping[str, Any], *, by: LocalAccount, **domain: Any) -> bytes:
        place: dict[str, Any] = {
            "chain_id": self._stage.chain.chain_id,
            "contract": raw(self._registry),
        } | domain
        message = TypedData(
            domain=domain_of("Jumpstart PassRegistry", place["chain_id"], place["contract"]),
            primary_type="Attestation",
            fields=FIELDS,
            message=attestation,
        )
        return message.sign(bytes(by.key))

    def args(
        self, person: LocalAccount, *, by: LocalAccount | None = None, **changes: Any
    ) -> tuple[Any, ...]:
        by = by or self._stage.people.attester
        attestation = self.attestation(person, **changes)
        return tuple(attestation.values()), by.address, self.sign(attestation, by=by)

    def present(
        self, person: LocalAccount, *, by: LocalAccount | None = None, **changes: Any
    ) -> Receipt:
        return self._registry.send("present", *self.args(person, by=by, **changes), sender=person)


@pytest.fixture
def desk(stage: Stage, registry: Contract) -> Desk:
    return Desk(stage, registry)


def test_a_pass_is_kept_and_announced(
    registry: Contract, desk: Desk, chain: Chain, holder: LocalAccount, attester: LocalAccount
) -> None:
    """Everything of the attestation but the identity is in the pass; the identity leads to the account."""
    now = chain.now()
    receipt = desk.present(holder, issuedAt=now, expiresAt=now + 500, level=3)
    assert registry.call("passOf", attester.address, holder.address) == (
        figures.SWITZERLAND,
        3,
        now,
        now + 500,
        0,
    )
    assert registry.call("accountOf", attester.address, IDENTITY) == holder.address
    assert registry.call("standingOf", attester.address, holder.address) == (3, figures.SWITZERLAND)
    events = registry.events(receipt)
    assert [(event.name, dict(event.args)) for event in events] == [
        (
            "PassPresented",
            {
                "attester": attester.address,
                "account": holder.address,
                "identity": IDENTITY,
                "jurisdiction": figures.SWITZERLAND,
                "level": 3,
                "issuedAt": now,
                "expiresAt": now + 500,
            },
        )
    ]


def test_a_pass_of_the_package_is_accepted(
    registry: Contract, stage: Stage, holder: LocalAccount
) -> None:
    """What `jumpstart.passes` signs is what the contract reads."""
    signed: SignedPass = stage.passed(holder)
    signed.check()
    stage.present(holder)
    assert registry.call("standingOf", stage.people.attester.address, holder.address)[0] == 2


def test_anybody_is_an_attester(
    registry: Contract, desk: Desk, holder: LocalAccount, bystander: LocalAccount
) -> None:
    """Whose word counts is for the sales to say; passes of two attesters stand side by side."""
    desk.present(holder, level=1)
    desk.present(holder, by=bystander, level=9)
    assert registry.call("passOf", bystander.address, holder.address).level == 9
    assert registry.call("accountOf", bystander.address, IDENTITY) == holder.address


def test_only_the_account_itself_presents(
    registry: Contract, desk: Desk, holder: LocalAccount, people: People
) -> None:
    """Neither the attester nor a stranger can put a pass on somebody."""
    args = desk.args(holder)
    for other in (people.attester, people.stranger):
        with reverts("PassRegistry_NotTheAccount", other, holder):
            registry.call("present", *args, sender=other)
    registry.call("present", *args, sender=holder)


@pytest.mark.parametrize(
    ("changes", "error", "args"),
    [
        ({"identity": bytes(32)}, "PassRegistry_IdentityZero", ()),
        ({"level": 0}, "PassRegistry_LevelZero", ()),
        ({"jurisdiction": 1000}, "PassRegistry_JurisdictionUnknown", (1000,)),
        ({"jurisdiction": 65_535}, "PassRegistry_JurisdictionUnknown", (65_535,)),
    ],
)
def test_an_attestation_that_says_nothing_is_refused(
    registry: Contract,
    desk: Desk,
    holder: LocalAccount,
    changes: dict[str, Any],
    error: str,
    args: tuple[int, ...],
) -> None:
    """Signed or not."""
    with reverts(error, *args):
        registry.call("present", *desk.args(holder, **changes), sender=holder)


@pytest.mark.parametrize(
    "changes",
    [
        {"identity": bytes(31) + b"\1"},
        {"level": 1},
        {"level": 255},
        {"jurisdiction": 999},
        {"jurisdiction": 0},
    ],
)
def test_figures_at_their_bounds_are_accepted(
    registry: Contract, desk: Desk, holder: LocalAccount, changes: dict[str, Any]
) -> None:
    """The counterparts of those refused."""
    registry.call("present", *desk.args(holder, **changes), sender=holder)


def test_a_pass_of_the_future_is_refused(
    registry: Contract, desk: Desk, chain: Chain, holder: LocalAccount
) -> None:
    """Issued this second is issued; issued in the next one is not."""
    now = chain.now()
    registry.call("present", *desk.args(holder, issuedAt=now), sender=holder)
    with reverts("PassRegistry_IssuedInFuture", now + 1, now):
        registry.call("present", *desk.args(holder, issuedAt=now + 1), sender=holder)


def test_an_expired_pass_is_refused(
    registry: Contract, desk: Desk, chain: Chain, holder: LocalAccount
) -> None:
    """Good for one more second is good; expiring this second is expired."""
    now = chain.now()
    registry.call("present", *desk.args(holder, expiresAt=now + 1), sender=holder)
    with reverts("PassRegistry_Expired", now, now):
        registry.call("present", *desk.args(holder, expiresAt=now), sender=holder)


# ---------------------------------------------------------------------------------------- renewal


def test_a_newer_pass_replaces_the_older(
    registry: Contract, desk: Desk, chain: Chain, holder: LocalAccount, attester: LocalAccount
) -> None:
    """Also for less than before."""
    now = chain.now()
    desk.present(holder, issuedAt=now - 10, level=5)
    desk.present(holder, issuedAt=now - 9, level=2, expiresAt=now + 77)
    assert registry.call("passOf", attester.address, holder.address)[1:4] == (2, now - 9, now + 77)


def test_only_a_newer_pass_replaces_a_pass(
    registry: Contract, desk: Desk, chain: Chain, holder: LocalAccount
) -> None:
    """Who was downgraded cannot show the old paper, nor another one of the same second."""
    now = chain.now()
    desk.present(holder, issuedAt=now - 10, level=2)
    for issued in (now - 11, now - 10):
        with reverts("PassRegistry_Superseded", issued, now - 9):
            registry.call("present", *desk.args(holder, issuedAt=issued, level=5), sender=holder)
    registry.call("present", *desk.args(holder, issuedAt=now - 9, level=5), sender=holder)


def test_a_pass_is_presented_once(registry: Contract, desk: Desk, holder: LocalAccount) -> None:
    """The same attestation again is no newer one."""
    args = desk.args(holder)
    registry.send("present", *args, sender=holder)
    issued = args[0][4]
    with reverts("PassRegistry_Superseded", issued, issued + 1):
        registry.call("present", *args, sender=holder)


def test_a_renewal_under_another_identity_moves_nothing(
    registry: Contract, desk: Desk, holder: LocalAccount, twin: LocalAccount, attester: LocalAccount
) -> None:
    """Both identities stay with the account: neither can be used by another one."""
    other = b"\x08" * 32
    desk.present(holder)
    desk.present(holder, identity=other)
    for identity in (IDENTITY, other):
        assert registry.call("accountOf", attester.address, identity) == holder.address
        with reverts("PassRegistry_IdentityTaken", identity, holder):
            registry.call("present", *desk.args(twin, identity=identity), sender=twin)


# ---------------------------------------------------------------------------------------- after a revocation


def test_a_revoked_pass_cannot_be_presented_again(
    registry: Contract, desk: Desk, chain: Chain, holder: LocalAccount, attester: LocalAccount
) -> None:
    """Issued in the second of the revocation or before it is refused; a second later it is a new one."""
    issued = chain.now()
    old = desk.args(holder, issuedAt=issued)
    registry.send("present", *old, sender=holder)
    registry.send("revoke", holder.address, sender=attester)
    revoked = chain.now()
    with reverts("PassRegistry_Superseded", issued, revoked + 1):
        registry.call("present", *old, sender=holder)
    with reverts("PassRegistry_Superseded", revoked, revoked + 1):
        registry.call("present", *desk.args(holder, issuedAt=revoked), sender=holder)
    chain.mine_at(revoked + 1)
    desk.present(holder, issuedAt=revoked + 1, level=4)
    assert registry.call("passOf", attester.address, holder.address).revokedAt == revoked
    assert registry.call("standingOf", attester.address, holder.address)[0] == 4


def test_a_revocation_takes_back_what_was_not_presented_yet(
    registry: Contract,
    desk: Desk,
    chain: Chain,
    holder: LocalAccount,
    attester: LocalAccount,
) -> None:
    """An attestation that is still in the drawer is void as well; one made later is not."""
    drawer = desk.args(holder)
    registry.send("revoke", holder.address, sender=attester)
    revoked = chain.now()
    with reverts("PassRegistry_Superseded", drawer[0][4], revoked + 1):
        registry.call("present", *drawer, sender=holder)
    chain.mine_at(revoked + 1)
    desk.present(holder)
    assert registry.call("standingOf", attester.address, holder.address)[0] == 1


def test_an_identity_stays_with_its_account_until_the_pass_is_revoked(
    registry: Contract, desk: Desk, holder: LocalAccount, twin: LocalAccount, attester: LocalAccount
) -> None:
    """One person, one account: a second account is refused, and after the revocation it takes over."""
    desk.present(holder)
    args = desk.args(twin)
    with reverts("PassRegistry_IdentityTaken", IDENTITY, holder):
        registry.call("present", *args, sender=twin)
    registry.send("revoke", holder.address, sender=attester)
    registry.send("present", *args, sender=twin)
    assert registry.call("accountOf", attester.address, IDENTITY) == twin.address
    assert registry.call("standingOf", attester.address, holder.address) == (0, 0)


def test_an_expired_pass_still_keeps_its_identity(
    registry: Contract, desk: Desk, chain: Chain, holder: LocalAccount, twin: LocalAccount
) -> None:
    """Time alone frees no identity: only the attester does."""
    desk.present(holder)
    chain.mine_at(chain.now() + 2000)
    with reverts("PassRegistry_IdentityTaken", IDENTITY, holder):
        registry.call("present", *desk.args(twin), sender=twin)


def test_identities_of_two_attesters_are_apart(
    registry: Contract, desk: Desk, holder: LocalAccount, twin: LocalAccount, people: People
) -> None:
    """The same bytes from another attester are another person."""
    desk.present(holder)
    desk.present(twin, by=people.second_attester)
    assert registry.call("accountOf", people.second_attester.address, IDENTITY) == twin.address
    assert registry.call("accountOf", people.attester.address, IDENTITY) == holder.address


# ---------------------------------------------------------------------------------------- the signature


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_is_signed(
    registry: Contract,
    desk: Desk,
    holder: LocalAccount,
    twin: LocalAccount,
    attester: LocalAccount,
    field: str,
) -> None:
    """A signature under another value of any one field is none under this."""
    right = desk.attestation(holder)
    other = {
        "account": twin.address,
        "identity": b"\x08" * 32,
        "jurisdiction": right["jurisdiction"] + 1,
        "level": right["level"] + 1,
        "issuedAt": right["issuedAt"] - 1,
        "expiresAt": right["expiresAt"] + 1,
    }
    signature = desk.sign(right | {field: other[field]}, by=attester)
    with reverts("PassRegistry_SignatureInvalid", attester):
        registry.call("present", tuple(right.values()), attester.address, signature, sender=holder)
    signature = desk.sign(right, by=attester)
    registry.call("present", tuple(right.values()), attester.address, signature, sender=holder)


def test_a_signature_for_another_place_is_refused(
    registry: Contract, desk: Desk, chain: Chain, holder: LocalAccount, attester: LocalAccount
) -> None:
    """Another chain and another registry are other domains."""
    right = desk.attestation(holder)
    for domain in ({"chain_id": chain.chain_id + 1}, {"contract": b"\1" * 20}):
        signature = desk.sign(right, by=attester, **domain)
        with reverts("PassRegistry_SignatureInvalid", attester):
            registry.call(
                "present", tuple(right.values()), attester.address, signature, sender=holder
            )


def test_a_signature_of_somebody_else_is_refused(
    registry: Contract,
    desk: Desk,
    holder: LocalAccount,
    attester: LocalAccount,
    bystander: LocalAccount,
) -> None:
    """Whoever is named as the attester must have signed; the zero address never has."""
    values, _, signature = desk.args(holder, by=bystander)
    zero = "0x" + 40 * "0"
    for named in (attester.address, holder.address, zero):
        with reverts("PassRegistry_SignatureInvalid", named):
            registry.call("present", values, named, signature, sender=holder)
    for junk in (b"", bytes(64), bytes(65), b"\xff" * 65):
        with reverts("PassRegistry_SignatureInvalid", zero):
            registry.call("present", values, zero, junk, sender=holder)


def test_another_form_of_the_signature_is_refused(
    registry: Contract, desk: Desk, holder: LocalAccount, attester: LocalAccount
) -> None:
    """The higher s, and the 64 bytes of ERC-2098."""
    values, _, signature = desk.args(holder)
    r, s, v = signature[:32], int.from_bytes(signature[32:64]), signature[64]
    high = r + (CURVE_ORDER - s).to_bytes(32) + bytes([55 - v])
    compact = r + (s | (v - 27) << 255).to_bytes(32)
    for form in (high, compact):
        with reverts("PassRegistry_SignatureInvalid", attester):
            registry.call("present", values, attester.address, form, sender=holder)
    registry.call("present", values, attester.address, signature, sender=holder)


def test_a_wallet_that_is_a_contract_attests(
    registry: Contract, desk: Desk, stage: Stage, holder: LocalAccount, bystander: LocalAccount
) -> None:
    """ERC-1271: its own answer counts, and a wallet that answers badly attests nothing."""
    wallet, owner = stage.wallet, stage.people.wallet_owner
    attestation = desk.attestation(holder)
    values = tuple(attestation.values())
    right, wrong = desk.sign(attestation, by=owner), desk.sign(attestation, by=bystander)
    with reverts("PassRegistry_SignatureInvalid", wallet):
        registry.call("present", values, wallet.address, wrong, sender=holder)
    for answer in range(1, 7):
        wallet.send("setAnswer", answer, sender=owner)
        with reverts("PassRegistry_SignatureInvalid", wallet):
            registry.call("present", values, wallet.address, right, sender=holder, gas=1_000_000)
    wallet.send("setAnswer", 0, sender=owner)
    registry.send("present", values, wallet.address, right, sender=holder)
    assert registry.call("standingOf", wallet.address, holder.address)[0] == 1
