"""Who may call what: every function that changes anything, of every contract, by every role.

The functions are read from the ABI: one that has no row here fails the first test. A row says in which state it is
tried and what each role gets; roles that a row does not name get what `others` says.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
from eth_account.signers.local import LocalAccount

from jumpstart.chain.client import Contract
from jumpstart.chain.compiler import Artifacts
from jumpstart.errors import ContractRevert
from tests.chain import figures
from tests.chain.stage import TRANSFER_FROM_FAILED, Stage, Trial, ascending

ROLES: Final = (
    "stranger",
    "buyer",
    "publisher",
    "treasury",
    "beneficiary",
    "fee_receiver",
    "attester",
    "project",
    "creator",
)

MAY: Final = None  # it succeeds

Refusal = tuple[Any, ...] | None


@dataclass(frozen=True)
class Scene:
    """One moment: who is who, and the contract that is called with these arguments."""

    contract: Contract
    args: tuple[Any, ...]
    stage: Stage
    roles: dict[str, LocalAccount]

    @property
    def now(self) -> int:
        return self.stage.chain.now()


@dataclass(frozen=True)
class Row:
    """Where a function is tried, and what comes of it for whom."""

    scene: Callable[[Stage], tuple[Contract, tuple[Any, ...]]]
    others: Callable[[Scene, LocalAccount], Refusal]
    named: dict[str, Callable[[Scene, LocalAccount], Refusal]] = field(default_factory=dict)


def may(scene: Scene, caller: LocalAccount) -> Refusal:
    return MAY


def refused(
    name: str, *args: Callable[[Scene, LocalAccount], Any]
) -> Callable[[Scene, LocalAccount], Refusal]:
    return lambda scene, caller: (name, *(arg(scene, caller) for arg in args))


def caller_(scene: Scene, caller: LocalAccount) -> str:
    return caller.address


def role(name: str) -> Callable[[Scene, LocalAccount], str]:
    return lambda scene, caller: scene.roles[name].address


def buyer_of(stage: Stage) -> LocalAccount:
    return stage.people.buyers[2]


def created(stage: Stage) -> Trial:
    return stage.create(stage.terms())


def subscribed(stage: Stage, **changes: Any) -> Trial:
    trial = stage.open(**changes)
    trial.oversubscribe()
    return trial


def closed(stage: Stage) -> Trial:
    trial = subscribed(stage)
    trial.close()
    return trial


def vested(stage: Stage) -> Trial:
    trial = subscribed(stage)
    trial.settle()
    trial.vest()
    return trial


def failed(stage: Stage) -> Trial:
    trial = stage.open(soft_cap=figures.SOFT_CAP)
    trial.subscribe(buyer_of(stage), 900)
    trial.settle()
    return trial


def emptied(stage: Stage) -> Trial:
    trial = vested(stage)
    trial.claim_for_all(*stage.people.buyers[:5])
    trial.collect()
    return trial


def at(
    make: Callable[[Stage], Trial], args: Callable[[Trial], tuple[Any, ...]] = lambda trial: ()
) -> Callable[[Stage], tuple[Contract, tuple[Any, ...]]]:
    def scene(stage: Stage) -> tuple[Contract, tuple[Any, ...]]:
        trial = make(stage)
        return trial.contract, args(trial)

    return scene


def of_buyer(trial: Trial) -> tuple[Any, ...]:
    return (buyer_of(trial.stage).address,)


def proof(trial: Trial) -> tuple[Any, ...]:
    return (900, *trial.proof_of(buyer_of(trial.stage)))


def redirected(trial: Trial) -> tuple[Any, ...]:
    return (buyer_of(trial.stage).address, trial.stage.people.stranger.address, 2**40, b"")


def unpublished(stage: Stage) -> Trial:
    trial = created(stage)
    trial.send("fund", sender=stage.people.project)
    return trial


def attested(stage: Stage) -> tuple[Contract, tuple[Any, ...]]:
    signed = stage.passed(buyer_of(stage))
    attestation = tuple(
        getattr(signed.attestation, name) for name in type(signed.attestation).model_fields
    )
    return stage.platform.pass_registry, (attestation, signed.attester, signed.signature)


def token(*args: Any) -> Callable[[Stage], tuple[Contract, tuple[Any, ...]]]:
    """A token that the buyer has all of; an argument of "buyer" stands for the buyer's address."""

    def scene(stage: Stage) -> tuple[Contract, tuple[Any, ...]]:
        buyer = buyer_of(stage).address
        contract = stage.chain.deploy(
            "ProjectToken", "T", "T", 18, 100, buyer, sender=stage.people.project
        )
        return contract, tuple(buyer if arg == "buyer" else arg for arg in args)

    return scene


NOT_PROVEN = refused(
    "SubscriptionSale_ProofInvalid", caller_, lambda scene, caller: figures.TIERS[2].threshold
)
NOT_THERE = refused("SubscriptionSale_NothingSubscribed", caller_)
NOT_SIGNED = refused("SubscriptionSale_SignatureInvalid", role("buyer"))
SINK = "0x" + 20 * "99"

MATRIX: Final[dict[tuple[str, str], Row]] = {
    # Anyone who has the tokens and approved them, which of these is the project alone.
    ("SubscriptionSale", "fund"): Row(
        at(created), lambda scene, caller: (TRANSFER_FROM_FAILED, b""), {"project": may}
    ),
    ("SubscriptionSale", "publishHoldings"): Row(
        at(unpublished, lambda trial: (b"\1" * 32,)),
        refused("SubscriptionSale_OnlyPublisher", caller_, role("publisher")),
        {"publisher": may},
    ),
    ("SubscriptionSale", "subscribe"): Row(at(Stage.open, proof), NOT_PROVEN, {"buyer": may}),
    ("SubscriptionSale", "subscribeWithPermit"): Row(
        at(Stage.open, lambda trial: (*proof(trial), 0, 0, 0, bytes(32), bytes(32))),
        NOT_PROVEN,
        {"buyer": may},
    ),
    ("SubscriptionSale", "settle"): Row(at(closed), may),
    ("SubscriptionSale", "claim"): Row(at(vested), NOT_THERE, {"buyer": may}),
    ("SubscriptionSale", "claimFor"): Row(at(vested, of_buyer), may),
    ("SubscriptionSale", "claimTo"): Row(at(vested, redirected), NOT_SIGNED, {"buyer": may}),
    ("SubscriptionSale", "refund"): Row(at(failed), NOT_THERE, {"buyer": may}),
    ("SubscriptionSale", "refundFor"): Row(at(failed, of_buyer), may),
    ("SubscriptionSale", "refundTo"): Row(at(failed, redirected), NOT_SIGNED, {"buyer": may}),
    ("SubscriptionSale", "collectProceeds"): Row(at(vested), may),
    ("SubscriptionSale", "collectFee"): Row(at(vested), may),
    ("SubscriptionSale", "collectUnsold"): Row(at(vested), may),
    ("SubscriptionSale", "sweep"): Row(
        at(emptied, lambda trial: (ascending(trial.stage.people.buyers[:5]),)), may
    ),
    ("PassRegistry", "present"): Row(
        attested, refused("PassRegistry_NotTheAccount", caller_, role("buyer")), {"buyer": may}
    ),
    ("PassRegistry", "revoke"): Row(
        # Its own word only: `test_nobody_revokes_the_pass_of_another_attester`.
        lambda stage: (stage.platform.pass_registry, (buyer_of(stage).address,)),
        may,
    ),
    ("ProjectToken", "approve"): Row(token(SINK, 1), may),
    ("ProjectToken", "transfer"): Row(
        token(SINK, 1), refused("InsufficientBalance"), {"buyer": may}
    ),
    # Without an allowance nobody, not even the owner, to whom `transfer` is open.
    ("ProjectToken", "transferFrom"): Row(
        token("buyer", SINK, 1), refused("InsufficientAllowance")
    ),
    ("ProjectToken", "permit"): Row(
        token("buyer", SINK, 1, 2**40, 27, bytes(32), bytes(32)), refused("InvalidPermit")
    ),
}


def test_every_function_that_changes_anything_has_a_row(artifacts: Artifacts) -> None:
    """Of every contract that can be deployed, and is not for tests."""
    found = {
        (artifact.name, entry["name"])
        for artifact in artifacts.values()
        if artifact.is_deployable
        and artifact.source.startswith("contracts/")
        and not artifact.source.startswith(("contracts/mocks/", "contracts/libraries/"))
        for entry in artifact.abi
        if entry["type"] in ("function", "fallback", "receive")
        and entry["stateMutability"] not in ("view", "pure")
    }
    assert found == set(MATRIX)


def test_no_contract_takes_coin_but_by_a_subscription(artifacts: Artifacts) -> None:
    """The only payable function there is."""
    payable = {
        (artifact.name, entry.get("name"))
        for artifact in artifacts.values()
        if artifact.name in {contract for contract, _ in MATRIX}
        for entry in artifact.abi
        if entry.get("stateMutability") == "payable" and entry["type"] != "constructor"
    }
    assert payable == {("SubscriptionSale", "subscribe")}


@pytest.mark.parametrize(("contract", "function"), MATRIX)
def test_each_role_gets_exactly_what_its_row_says(
    stage: Stage, contract: str, function: str
) -> None:
    """Success, or the error with its figures."""
    row = MATRIX[contract, function]
    target, args = row.scene(stage)
    people = stage.people
    roles = {name: buyer_of(stage) if name == "buyer" else getattr(people, name) for name in ROLES}
    scene = Scene(target, args, stage, roles)
    found: dict[str, Refusal] = {}
    expected: dict[str, Refusal] = {}
    for name, caller in roles.items():
        expected[name] = row.named.get(name, row.others)(scene, caller)
        try:
            target.call(function, *args, sender=caller)
        except ContractRevert as refusal:
            found[name] = (refusal.name, *refusal.args)
        else:
            found[name] = MAY
    assert found == expected
