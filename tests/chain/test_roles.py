"""Who may call what: every function that changes anything, of every contract, by every role.

The functions are read from the ABI: one that has no row here fails the first test. A row says in which state it is
tried and what each role gets; roles that a row does not name get what `others` says.
"""

from collections.abc import Callable, Mapping
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
    "heir",
    "project",
    "creator",
    "chair",
    "guardian",
    "reviewer",
    # The contracts themselves, which have their rights by their address.
    "launchpad",
    "review",
    "escrow",
)

MAY: Final = None  # it succeeds

Refusal = tuple[Any, ...] | None


@dataclass(frozen=True)
class Scene:
    """One moment: who is who, and the contract that is called with these arguments."""

    contract: Contract
    args: tuple[Any, ...]
    stage: Stage
    roles: dict[str, str]

    @property
    def now(self) -> int:
        return self.stage.chain.now()


@dataclass(frozen=True)
class Row:
    """Where a function is tried, and what comes of it for whom."""

    scene: Callable[[Stage], tuple[Contract, tuple[Any, ...]]]
    others: Callable[[Scene, str], Refusal]
    named: Mapping[str, Callable[[Scene, str], Refusal]] = field(default_factory=dict)


def may(scene: Scene, caller: str) -> Refusal:
    return MAY


def refused(name: str, *args: Callable[[Scene, str], Any]) -> Callable[[Scene, str], Refusal]:
    return lambda scene, caller: (name, *(arg(scene, caller) for arg in args))


def caller_(scene: Scene, caller: str) -> str:
    return caller


def role(name: str) -> Callable[[Scene, str], str]:
    return lambda scene, caller: scene.roles[name]


def review_(scene: Scene, caller: str) -> str:
    return scene.stage.platform.review.address


def creator_of_another(stage: Stage) -> tuple[Contract, tuple[Any, ...]]:
    """A creator, asked to make a launchpad of parts that have one."""
    people, platform = stage.people, stage.platform
    creator = stage.chain.deploy("LaunchpadCreator", people.creator.address, sender=people.creator)
    parts = ("review", "terms_rules", "vesting_vault")
    implementations = ("sale_implementation", "escrow_implementation")
    return creator, tuple(getattr(platform, name).address for name in (*parts, *implementations))


def buyer_of(stage: Stage) -> LocalAccount:
    return stage.people.buyers[2]


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


def challenged(stage: Stage) -> Trial:
    trial = stage.publish()
    review = stage.platform.review
    args = (trial.sale.application, trial.tree.root, HASH)
    review.send("challenge", *args, sender=stage.people.project)
    return trial


def forgotten(stage: Stage) -> Trial:
    """In its first session, without holdings."""
    trial = stage.list()
    trial.open()
    return trial


def undecided(stage: Stage) -> Trial:
    trial = challenged(stage)
    trial.open()
    return trial


def settled(stage: Stage) -> Trial:
    trial = subscribed(stage)
    trial.settle()
    return trial


def attested_(stage: Stage) -> Trial:
    """The first milestone is attested and can be objected to."""
    trial = settled(stage)
    vote = ("voteToAttest", trial.sale.application, 0, HASH)
    stage.platform.review.send(*vote, sender=stage.people.reviewer)
    return trial


def missed(stage: Stage) -> Trial:
    """The first milestone was missed."""
    trial = settled(stage)
    milestone = trial.sale.listing.escrow.milestones[0]
    stage.chain.mine_at(milestone.deadline + figures.GRACE)
    return trial


def returned_(stage: Stage) -> Trial:
    """Somebody has exited."""
    trial = missed(stage)
    exiting = stage.people.buyers[1]
    trial.escrow.send("exit", exiting.address, sender=exiting)
    return trial


def ended(stage: Stage) -> Trial:
    """And the time to exit is over."""
    trial = missed(stage)
    stage.chain.mine_at(stage.chain.now() + figures.EXIT)
    return trial


def delisted(stage: Stage) -> Trial:
    trial = subscribed(stage)
    stage.delist(trial)
    return trial


def in_escrow(
    make: Callable[[Stage], Trial], args: Callable[[Trial], tuple[Any, ...]] = lambda trial: ()
) -> Callable[[Stage], tuple[Contract, tuple[Any, ...]]]:
    def scene(stage: Stage) -> tuple[Contract, tuple[Any, ...]]:
        trial = make(stage)
        return trial.escrow, args(trial)

    return scene


def in_review(
    make: Callable[[Stage], Trial], *args: Any
) -> Callable[[Stage], tuple[Contract, tuple[Any, ...]]]:
    """The review, asked about the sale's application."""

    def scene(stage: Stage) -> tuple[Contract, tuple[Any, ...]]:
        return stage.platform.review, (make(stage).sale.application, *args)

    return scene


def to_challenge(stage: Stage) -> tuple[Contract, tuple[Any, ...]]:
    trial = stage.publish()
    return stage.platform.review, (trial.sale.application, trial.tree.root, HASH)


def applied(steps: int, *args: Any) -> Callable[[Stage], tuple[Contract, tuple[Any, ...]]]:
    """The review, of an application that has come so far towards its approval."""

    def scene(stage: Stage) -> tuple[Contract, tuple[Any, ...]]:
        application = stage.next_application
        stage.chain.send_many(stage.approval(stage.listing())[:steps])
        return stage.platform.review, (application, *args)

    return scene


SUBMITTED, COMMITTED, REVEALED, APPROVED = range(1, 5)  # steps


def taken_back(stage: Stage) -> tuple[Contract, tuple[Any, ...]]:
    review, args = applied(APPROVED)(stage)
    review.send("withdraw", *args, sender=stage.people.project)
    return review, args


def to_list(stage: Stage) -> tuple[Contract, tuple[Any, ...]]:
    listing, application = stage.listing(), stage.next_application
    stage.chain.send_many(stage.approval(listing))
    return stage.platform.launchpad, (application, listing.struct)


def to_mark(stage: Stage) -> tuple[Contract, tuple[Any, ...]]:
    _, (application, _) = to_list(stage)
    review = stage.platform.review
    return review, (application, review.call("applicationOf", application).termsHash)


def office(function: str, *args: Any) -> Callable[[Stage], tuple[Contract, tuple[Any, ...]]]:
    """The review, after the chair has named the stranger for an office."""

    def scene(stage: Stage) -> tuple[Contract, tuple[Any, ...]]:
        review, people = stage.platform.review, stage.people
        if function:
            review.send(function, people.stranger.address, sender=people.chair)
            stage.chain.mine_at(stage.chain.now() + figures.DAY)
        return review, tuple(people.stranger.address if arg == "stranger" else arg for arg in args)

    return scene


def plan_of(stage: Stage) -> tuple[Any, ...]:
    schedule = (stage.chain.now(), 10_000, 0, 0, 0)
    return (stage.sale_token.address, stage.people.project.address, schedule)


def granting(stage: Stage) -> tuple[Contract, tuple[Any, ...]]:
    vault, people = stage.platform.vesting_vault, stage.people
    stage.sale_token.send("approve", vault.address, 1000, sender=people.project)
    return vault, (plan_of(stage), [(people.treasury.address, 1000)])


def funding(stage: Stage) -> tuple[Contract, tuple[Any, ...]]:
    award = (stage.people.treasury.address, 1000)
    return stage.platform.vesting_vault, (plan_of(stage), award, stage.people.project.address)


def granted(*args: Any) -> Callable[[Stage], tuple[Contract, tuple[Any, ...]]]:
    """A grant of 1,000 tokens to the treasury, which the project may revoke; all of it has vested."""

    def scene(stage: Stage) -> tuple[Contract, tuple[Any, ...]]:
        vault, making = granting(stage)
        vault.send("create", *making, sender=stage.people.project)
        return vault, ((making[0], 1000, vault.call("grantCount")), *args)

    return scene


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


HASH = b"\5" * 32
NOT_PAID = refused(TRANSFER_FROM_FAILED, lambda scene, caller: b"")
ONLY_REVIEWER = refused("ProjectReview_OnlyReviewer", caller_)
ONLY_CHAIR = refused("ProjectReview_OnlyChair", caller_, role("chair"))
ONLY_NOMINEE = refused("ProjectReview_OnlyNominee", caller_, role("stranger"))
ONLY_REVIEW = refused("SubscriptionSale_OnlyReview", caller_, role("review"))
REVIEWER = {"reviewer": may}
CHAIR = {"chair": may}
STRANGER = {"stranger": may}
NOT_PROVEN = refused(
    "SubscriptionSale_ProofInvalid", caller_, lambda scene, caller: figures.TIERS[2].threshold
)
NOT_THERE = refused("SubscriptionSale_NothingSubscribed", caller_)
NOT_SIGNED = refused("SubscriptionSale_SignatureInvalid", role("buyer"))
SINK = "0x" + 20 * "99"

MATRIX: Final[dict[tuple[str, str], Row]] = {
    ("Launchpad", "list"): Row(to_list, may),
    # Anyone who has the bond and approved it, which of these is the project alone.
    ("ProjectReview", "submit"): Row(
        lambda stage: (stage.platform.review, ("", HASH, HASH)), NOT_PAID, {"project": may}
    ),
    ("ProjectReview", "withdraw"): Row(
        applied(APPROVED),
        refused("ProjectReview_OnlyApplicant", caller_, role("project")),
        {"project": may},
    ),
    ("ProjectReview", "commit"): Row(applied(SUBMITTED, HASH), ONLY_REVIEWER, REVIEWER),
    ("ProjectReview", "recuse"): Row(applied(SUBMITTED), ONLY_REVIEWER, REVIEWER),
    ("ProjectReview", "reveal"): Row(
        applied(COMMITTED, [80] * 7, bytes(31) + b"\1"), ONLY_REVIEWER, REVIEWER
    ),
    ("ProjectReview", "decide"): Row(applied(REVEALED), may),
    ("ProjectReview", "list"): Row(
        to_mark,
        refused("ProjectReview_OnlyLaunchpad", caller_, role("launchpad")),
        {"launchpad": may},
    ),
    ("ProjectReview", "returnBond"): Row(taken_back, may),
    ("ProjectReview", "voteToDelist"): Row(in_review(subscribed, HASH), ONLY_REVIEWER, REVIEWER),
    ("ProjectReview", "voteToAttest"): Row(in_review(settled, 0, HASH), ONLY_REVIEWER, REVIEWER),
    ("ProjectReview", "challenge"): Row(to_challenge, NOT_PAID, {"project": may}),
    ("ProjectReview", "voteOnChallenge"): Row(in_review(challenged, True), ONLY_REVIEWER, REVIEWER),
    ("ProjectReview", "returnChallengeBond"): Row(in_review(undecided), may),
    ("ProjectReview", "appointReviewer"): Row(office("", "stranger"), ONLY_CHAIR, CHAIR),
    ("ProjectReview", "acceptAppointment"): Row(
        office("appointReviewer"), refused("ProjectReview_NotAppointed", caller_), STRANGER
    ),
    ("ProjectReview", "removeReviewer"): Row(
        office("appointReviewer", "stranger"), ONLY_CHAIR, CHAIR
    ),
    ("ProjectReview", "resign"): Row(office(""), ONLY_REVIEWER, REVIEWER),
    ("ProjectReview", "nominateChair"): Row(office("", "stranger"), ONLY_CHAIR, CHAIR),
    ("ProjectReview", "acceptChair"): Row(office("nominateChair"), ONLY_NOMINEE, STRANGER),
    ("ProjectReview", "nominateGuardian"): Row(office("", "stranger"), ONLY_CHAIR, CHAIR),
    ("ProjectReview", "acceptGuardian"): Row(office("nominateGuardian"), ONLY_NOMINEE, STRANGER),
    ("ProceedsEscrow", "attest"): Row(
        in_escrow(settled, lambda trial: (0, HASH)),
        refused("ProceedsEscrow_OnlyReview", caller_, role("review")),
        {"review": may},
    ),
    ("ProceedsEscrow", "object"): Row(
        in_escrow(attested_), refused("ProceedsEscrow_NoWeight", caller_), {"buyer": may}
    ),
    ("ProceedsEscrow", "release"): Row(in_escrow(settled), may),
    ("ProceedsEscrow", "exit"): Row(
        in_escrow(missed, lambda trial: (SINK,)),
        refused("SubscriptionSale_NothingSubscribed", caller_),
        {"buyer": may},
    ),
    ("ProceedsEscrow", "exitWithoutTokens"): Row(
        in_escrow(missed, lambda trial: (SINK,)),
        refused("SubscriptionSale_NothingSubscribed", caller_),
        {"buyer": may},
    ),
    ("ProceedsEscrow", "collectRemainder"): Row(in_escrow(ended), may),
    ("ProceedsEscrow", "delist"): Row(
        in_escrow(settled, lambda trial: (0,)),
        refused("ProceedsEscrow_OnlyReview", caller_, role("review")),
        {"review": may},
    ),
    ("ProceedsEscrow", "shareBond"): Row(in_escrow(delisted, of_buyer), may),
    # The same of the allowance for the tokens that are granted.
    ("VestingVault", "create"): Row(granting, NOT_PAID, {"project": may}),
    ("VestingVault", "createFunded"): Row(
        funding,
        refused("VestingVault_OnlyLaunchpad", caller_, role("launchpad")),
        {"launchpad": may},
    ),
    ("VestingVault", "release"): Row(granted(), may),
    ("VestingVault", "revoke"): Row(
        granted(), refused("VestingVault_OnlyRevoker", caller_, role("project")), {"project": may}
    ),
    ("VestingVault", "transfer"): Row(
        granted(SINK),
        refused("VestingVault_OnlyBeneficiary", caller_, role("treasury")),
        {"treasury": may},
    ),
    ("SubscriptionSale", "challengeHoldings"): Row(at(Stage.publish), ONLY_REVIEW, {"review": may}),
    ("SubscriptionSale", "settleChallenge"): Row(
        at(challenged, lambda trial: (True,)), ONLY_REVIEW, {"review": may}
    ),
    ("SubscriptionSale", "pause"): Row(
        at(Stage.open),
        refused("SubscriptionSale_OnlyGuardian", caller_, role("guardian")),
        {"guardian": may},
    ),
    ("SubscriptionSale", "void"): Row(at(subscribed), ONLY_REVIEW, {"review": may}),
    ("SubscriptionSale", "abandon"): Row(at(forgotten), may),
    ("SubscriptionSale", "exitFor"): Row(
        at(missed, lambda trial: (*of_buyer(trial) * 2, True)),
        refused("SubscriptionSale_OnlyEscrow", caller_, role("escrow")),
        {"escrow": may},
    ),
    ("SubscriptionSale", "publishHoldings"): Row(
        at(Stage.list, lambda trial: (b"\1" * 32,)),
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
    ("SubscriptionSale", "claimRefund"): Row(at(vested, of_buyer), may),
    ("SubscriptionSale", "collectReturned"): Row(at(returned_), may),
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
    ("LaunchpadCreator", "create"): Row(
        creator_of_another,
        refused("LaunchpadCreator_OnlyOwner", caller_, role("creator")),
        # Let in, and then refused: the parts name the launchpad that they have.
        {"creator": refused("Launchpad_Misconfigured", review_)},
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
        if entry["type"] == "function" and entry["stateMutability"] not in ("view", "pure")
    }
    assert found == set(MATRIX)


def test_no_contract_takes_coin_but_by_a_subscription(artifacts: Artifacts) -> None:
    """The only payable function there is; but an escrow takes what its sale sends."""
    payable = {
        (artifact.name, entry.get("name", entry["type"]))
        for artifact in artifacts.values()
        if artifact.name in {contract for contract, _ in MATRIX}
        for entry in artifact.abi
        if entry.get("stateMutability") == "payable" and entry["type"] != "constructor"
    }
    assert payable == {("SubscriptionSale", "subscribe"), ("ProceedsEscrow", "receive")}


def address_in(stage: Stage, target: Contract, name: str) -> str:
    """Who plays the role: a person, or a contract that is made to call."""
    platform = stage.platform
    match name:
        case "buyer":
            return buyer_of(stage).address
        case "launchpad" | "review":
            contract: Contract = getattr(platform, name)
            return stage.chain.impersonate(contract.address)
        case "escrow":
            # That of the sale in question, or of none.
            escrow: str = platform.escrow_implementation.address
            if target.artifact.name == "SubscriptionSale":
                escrow = target.call("escrow")
            elif target.artifact.name == "ProceedsEscrow":
                escrow = target.address
            return stage.chain.impersonate(escrow)
    person: LocalAccount = getattr(stage.people, name)
    return person.address


@pytest.mark.parametrize(("contract", "function"), MATRIX)
def test_each_role_gets_exactly_what_its_row_says(
    stage: Stage, contract: str, function: str
) -> None:
    """Success, or the error with its figures."""
    row = MATRIX[contract, function]
    target, args = row.scene(stage)
    roles = {name: address_in(stage, target, name) for name in ROLES}
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
