"""A platform: its roles, what it answers, and what has happened on it."""

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from eth_utils.address import to_canonical_address

from jumpstart.accounts import checksummed
from jumpstart.chain.abi import Event
from jumpstart.chain.addresses import clone_address
from jumpstart.chain.blueprint import GETTERS, NOBODY, PARTS
from jumpstart.chain.client import Contract, Receipt
from jumpstart.deployment.verification.expected import Expected
from jumpstart.deployment.verification.history import place_of
from jumpstart.deployment.verification.inputs import PlatformInputs
from jumpstart.deployment.verification.passes import ask_passes
from jumpstart.deployment.verification.questions import Asker, Refusal
from jumpstart.deployment.verification.review import Applications
from jumpstart.deployment.verification.scene import LABELS, Scene
from jumpstart.deployment.verification.vault import ask_grants, grants_of
from jumpstart.terms import ListingTerms
from jumpstart.writing import plain

_ARE_CLONES: Final = "it carries no terms: every sale and escrow is a clone of it"
_BY_ARGUMENTS: Final = "the answer follows from the arguments and the code alone, which is compared"
_LOCKED: Final = 3  # the sale's `Status.Locked`
_REFUSED: Final = Refusal("ProceedsEscrow_ImplementationLocked")

Pairs: TypeAlias = list[tuple[str, Mapping[str, Any]]]


def check_platform(
    inputs: PlatformInputs, expected: Expected, receipts: Mapping[str, Receipt], scene: Scene
) -> None:
    """Compares roles, getters, events and balances of a platform."""
    contracts = {
        each.name: scene.chain.contract(each.name, each.address) for each in expected.contracts
    }
    for each in expected.contracts:
        made = receipts.get(each.step)
        first = made.block_number if made is not None else 0
        scene.history.read(contracts[each.name], LABELS[each.name], first)
    _check_creation(inputs, contracts, receipts, scene)
    present = _ask_roles(inputs, contracts["ProjectReview"], scene)
    _ask_review(inputs, contracts, present, scene)
    _ask_parts(inputs, contracts, scene)
    _ask_launchpad(contracts, scene)
    _ask_vault(contracts, scene)
    registry = scene.asker(contracts["PassRegistry"], "registry")
    ask_domain(registry, "Jumpstart PassRegistry", scene.chain.chain_id)
    ask_passes(registry, scene.history, contracts["PassRegistry"], scene.head.timestamp)


def _check_creation(
    inputs: PlatformInputs,
    contracts: Mapping[str, Contract],
    receipts: Mapping[str, Receipt],
    scene: Scene,
) -> None:
    """The review says who has its roles when it is made; nothing else says anything."""
    chair, guardian = checksummed(inputs.chair), checksummed(inputs.guardian)
    said: Pairs = [
        ("ChairChanged", {"from": NOBODY, "to": chair}),
        ("GuardianChanged", {"from": NOBODY, "to": guardian}),
        *(("ReviewerJoined", {"account": checksummed(each)}) for each in inputs.reviewers),
    ]
    review = contracts["ProjectReview"]
    scene.history.expect(review, scene.history.of(review)[: len(said)], said, "at its creation")
    made = {receipt.transaction_hash for receipt in receipts.values()}
    for name, contract in contracts.items():
        if name != "ProjectReview":
            found = [each for each in scene.history.of(contract) if each.transaction_hash in made]
            scene.history.expect(contract, found, (), "at its creation")
    scene.history.expect_receipts(receipts)


# ---------------------------------------------------------------------------------------- roles


def _ask_roles(inputs: PlatformInputs, review: Contract, scene: Scene) -> set[str]:
    """Who has the roles against who was given them. Returns the reviewers by the events."""
    asker, history = scene.asker(review, "review"), scene.history
    given = [checksummed(each) for each in inputs.reviewers]
    later = history.of(review)[2 + len(given) :]

    def note(account: str | None, *names: str) -> str:
        found = [
            event
            for event in later
            if event.name in names and account in (None, event.args.get("account"))
        ]
        return _explained(found)

    holders = {
        "chair": (checksummed(inputs.chair), "ChairChanged"),
        "guardian": (checksummed(inputs.guardian), "GuardianChanged"),
        "nominatedChair": (NOBODY, "ChairNominated"),
        "nominatedGuardian": (NOBODY, "GuardianNominated"),
    }
    for function, (holder, change) in holders.items():
        asker.expect(function, holder, kind="role", note=note(None, change))
    changes = history.of(review, "ReviewerAppointed", "ReviewerJoined", "ReviewerLeft")
    present: set[str] = set()
    for event in changes:
        account = event.args["account"]
        if event.name == "ReviewerJoined":
            present.add(account)
        elif event.name == "ReviewerLeft":
            present.discard(account)
    moved = note(None, "ReviewerJoined", "ReviewerLeft")
    asker.expect("reviewerCount", len(given), kind="role", note=moved)
    for account in dict.fromkeys([*given, *(event.args["account"] for event in changes)]):
        words = note(account, "ReviewerJoined", "ReviewerLeft", "ReviewerAppointed")
        asker.expect(
            "isReviewer",
            account in given,
            account,
            kind="role",
            note=words,
        )
        asker.expect(
            "appointmentOf",
            0,
            account,
            kind="role",
            note=words,
        )
    return present


def _explained(events: list[Event]) -> str:
    if not events:
        return "no event explains it"
    return "changed by " + "; ".join(map(place_of, events))


def _ask_review(
    inputs: PlatformInputs, contracts: Mapping[str, Contract], present: set[str], scene: Scene
) -> None:
    review, now = contracts["ProjectReview"], scene.head.timestamp
    asker = scene.asker(review, "review")
    asker.expect("rules", plain(inputs.rules))
    asker.expect("LAUNCHPAD", contracts["Launchpad"].address)
    applications = Applications(scene.history, review, inputs.rules)
    asker.expect("applicationCount", len(applications.numbers))
    for number in [*applications.numbers, len(applications.numbers) + 1]:
        applications.ask(asker, number, now, present)
    asker.cover("scorecardOf", "votesFor")
    asker.leave(_BY_ARGUMENTS, "commitmentOf")
    held = scene.balance(checksummed(inputs.rules.bond_token), review.address)
    scene.checks.at_least("balance", "bonds that the review holds", applications.held(now), held)


# ---------------------------------------------------------------------------------------- parts


def _ask_parts(inputs: PlatformInputs, contracts: Mapping[str, Contract], scene: Scene) -> None:
    launchpad, review = contracts["Launchpad"].address, contracts["ProjectReview"].address
    creator = scene.asker(contracts["LaunchpadCreator"], "creator")
    creator.expect("OWNER", checksummed(inputs.sender), kind="role")
    creator.expect("LAUNCHPAD", launchpad)
    sale, escrow = contracts["SubscriptionSale"], contracts["ProceedsEscrow"]
    asker = scene.asker(sale, "sale implementation")
    asker.expect(
        "parts",
        {"launchpad": launchpad, "review": review, "escrowImplementation": escrow.address},
    )
    asker.expect("status", _LOCKED)
    own = to_canonical_address(sale.address)
    asker.expect("escrow", clone_address(launchpad, escrow.address, own))
    ask_domain(asker, "Jumpstart SubscriptionSale", scene.chain.chain_id)
    asker.leave(_ARE_CLONES, *_others(sale, "parts", "status", "escrow", "eip712Domain"))
    asker = scene.asker(escrow, "escrow implementation")
    asker.expect("REVIEW", review)
    for function in ("sale", "conditions", "milestoneCount", "delivery", "releasableAmount"):
        asker.expect(function, _REFUSED)
    asker.expect("slash", {"bond": 0, "totalWeight": 0})
    asker.leave(
        _ARE_CLONES,
        *_others(
            escrow,
            *("REVIEW", "sale", "conditions", "milestoneCount", "delivery"),
            *("releasableAmount", "slash"),
        ),
    )


def _others(contract: Contract, *functions: str) -> list[str]:
    return [
        entry["name"]
        for entry in contract.artifact.abi
        if entry["type"] == "function"
        and entry["stateMutability"] in ("view", "pure")
        and entry["name"] not in functions
    ]


def _ask_launchpad(contracts: Mapping[str, Contract], scene: Scene) -> None:
    launchpad, rules = contracts["Launchpad"], contracts["TermsRules"]
    asker, ruler = scene.asker(launchpad, "launchpad"), scene.asker(rules, "rules")
    for getter, part in zip(GETTERS, PARTS, strict=True):
        asker.expect(getter, contracts[part].address)
    listed = scene.history.of(launchpad, "Listed")
    asker.expect("saleCount", len(listed))
    sales = [event.args["sale"] for event in listed]
    asker.expect("sales", sales, 0, len(listed) + 1, shown="all")
    for event in listed:
        made = {name: event.args[name] for name in ("sale", "escrow")}
        terms = ListingTerms.decoded(event.args["terms"])
        ask_listing(asker, ruler, event.args["applicationId"], terms, made, event.block_number)
    asker.cover("saleOf", "listingBlockOf", "escrowOf", "predict")
    ruler.cover("pack", "termsOf")


def ask_listing(
    launchpad: Asker,
    rules: Asker,
    number: int,
    terms: ListingTerms,
    made: Mapping[str, str],
    block: int,
) -> None:
    """Asks for all that launchpad and rules know of a listing. `made`: its `sale` and `escrow`."""
    sale, shown = made["sale"], str(number)
    launchpad.expect("saleOf", sale, number)
    launchpad.expect("listingBlockOf", block, number)
    launchpad.expect("escrowOf", made["escrow"], sale, shown=f"sale of {number}")
    launchpad.expect("predict", dict(made), number, terms.struct, shown=shown)
    rules.expect("pack", terms.packed(number), terms.struct, number, shown=shown)
    rules.expect("termsOf", plain(terms.sale), sale, shown=f"sale of {number}", kind=_kind_of_term)


_ROLES: Final = ("holdingsPublisher", "proceedsTo", "unsoldTo", "feeTo")


def _kind_of_term(name: str) -> Any:
    return "role" if name.endswith(_ROLES) or ".attesters[" in name else "getter"


def _ask_vault(contracts: Mapping[str, Contract], scene: Scene) -> None:
    vault = contracts["VestingVault"]
    asker = scene.asker(vault, "vault")
    grants = grants_of(scene.history, vault)
    asker.expect("LAUNCHPAD", contracts["Launchpad"].address)
    asker.expect("grantCount", len(grants))
    ask_grants(asker, grants, scene.head.timestamp)
    for token in dict.fromkeys(state.grant.plan.token for state in grants.values()):
        owed = sum(state.owed for state in grants.values() if state.grant.plan.token == token)
        address = checksummed(token)
        held = scene.balance(address, vault.address)
        scene.checks.at_least("balance", f"tokens {address} that the vault holds", owed, held)


def ask_domain(asker: Asker, name: str, chain_id: int) -> None:
    """What people sign for this contract."""
    asker.expect(
        "eip712Domain",
        {
            "fields": b"\x0f",  # name, version, chain and contract
            "name": name,
            "version": "1",
            "chainId": chain_id,
            "verifyingContract": asker.contract.address,
            "salt": bytes(32),
            "extensions": (),
        },
    )
