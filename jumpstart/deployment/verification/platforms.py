"""A platform on the chain against its inputs: getters, roles, events."""

from dataclasses import astuple
from typing import Any, Final

from jumpstart.accounts import checksummed
from jumpstart.chain.abi import Event
from jumpstart.chain.blueprint import GETTERS, NOBODY
from jumpstart.chain.client import Chain, Contract, Receipt
from jumpstart.deployment.verification.expected import CREATOR, ExpectedPlatform
from jumpstart.deployment.verification.findings import Findings
from jumpstart.deployment.verification.reading import Call, check_getters, events_of

_BY_APPLICATION: Final = "of one application: asked for with its sale"
_ACCOUNTS: Final = "of accounts and their passes, no part of a deployment"
_ARITHMETIC: Final = "arithmetic on what it is given: its code was compared"
_LISTED: Final = "of one sale: compared with its own record"
_IMPLEMENTATION: Final = "an implementation has no state: its code was compared, it is never used"


def check_platform(
    expected: ExpectedPlatform,
    chain: Chain,
    receipts: dict[str, Receipt],
    from_block: int,
    findings: Findings,
) -> None:
    """Every view of every contract, who holds which role, and all that has happened since."""
    made = {each.name: chain.contract(each.name, each.address) for each in expected.contracts}
    review = made["ProjectReview"]
    events = events_of(made.values(), chain, from_block=from_block, findings=findings)
    _check_counts(made, events, findings)
    _check_roles(expected, review, events, findings)
    _check_creation(expected, review, receipts, findings)
    _check_parts(expected, made, findings)


def _check_parts(expected: ExpectedPlatform, made: dict[str, Contract], findings: Findings) -> None:
    blueprint = expected.blueprint
    listed = dict.fromkeys(("escrowOf", "listingBlockOf", "predict", "saleOf", "sales"), _LISTED)
    parts: dict[str, Any] = {
        getter: [((), part)] for getter, part in zip(GETTERS, blueprint.parts, strict=True)
    }
    check_getters(
        made["Launchpad"],
        parts,
        listed,
        findings,
        elsewhere=("saleCount",),
    )
    check_getters(
        made[CREATOR],
        {"OWNER": [((), expected.sender)], "LAUNCHPAD": [((), blueprint.launchpad)]},
        {},
        findings,
    )
    vault = ("beneficiaryOf", "idOf", "releasableOf", "releasedOf", "revokedAtOf", "vestedOf")
    check_getters(
        made["VestingVault"],
        {"LAUNCHPAD": [((), blueprint.launchpad)]},
        dict.fromkeys(vault, "of one grant: compared with its sale"),
        findings,
        elsewhere=("grantCount",),
    )
    _check_implementations(expected, made, findings)
    for name in ("TermsRules", "PassRegistry"):
        left = _ARITHMETIC if name == "TermsRules" else _ACCOUNTS
        views = [each["name"] for each in made[name].artifact.abi if _is_view(each)]
        check_getters(made[name], {}, dict.fromkeys(views, left), findings)


def _check_implementations(
    expected: ExpectedPlatform, made: dict[str, Contract], findings: Findings
) -> None:
    blueprint = expected.blueprint
    review = blueprint.creations["ProjectReview"].address
    escrow = blueprint.creations["ProceedsEscrow"].address
    own: dict[str, dict[str, list[Call]]] = {
        "ProceedsEscrow": {"REVIEW": [((), review)]},
        "SubscriptionSale": {"parts": [((), (blueprint.launchpad, review, escrow))]},
    }
    for name, compared in own.items():
        views = {each["name"] for each in made[name].artifact.abi if _is_view(each)}
        left = dict.fromkeys(sorted(views - compared.keys()), _IMPLEMENTATION)
        check_getters(made[name], compared, left, findings)


def _check_roles(
    expected: ExpectedPlatform, review: Contract, events: list[Event], findings: Findings
) -> None:
    rules = astuple(expected.rules)
    shown = (checksummed(rules[0]), *rules[1:])
    changes = {
        name: [event for event in events if event.name == f"{name}Changed"]
        for name in ("Chair", "Guardian")
    }
    nominated = {
        name: [event for event in events if event.name == f"{name}Nominated"]
        for name in ("Chair", "Guardian")
    }
    for name, holder in (("Chair", expected.chair), ("Guardian", expected.guardian)):
        getter = name.lower()
        last = changes[name][-1] if len(changes[name]) > 1 else None
        why = f"changed by transaction {last.transaction_hash}" if last else ""
        findings.equal("roles", f"the {getter}", holder, review.call(getter), why)
        waiting = review.call(f"nominated{name}")
        by = nominated[name][-1].transaction_hash if nominated[name] else ""
        why = f"named by transaction {by}, and has not accepted" if by else ""
        findings.equal("roles", f"nominated as {getter}", NOBODY, waiting, why)
    present = _reviewers(events)
    moves: dict[str, str] = {
        event.args["account"]: event.transaction_hash
        for event in events
        if event.name in ("ReviewerJoined", "ReviewerLeft")
    }
    for account in sorted({*expected.reviewers, *present}):
        findings.equal(
            "roles",
            f"reviewer {account}",
            account in expected.reviewers,
            review.call("isReviewer", account),
            f"last joined or left by transaction {moves.get(account, 'none')}",
        )
    findings.equal("roles", "reviewers by the events", sorted(expected.reviewers), sorted(present))
    for event in (event for event in events if event.name == "ReviewerAppointed"):
        account = event.args["account"]
        findings.equal(
            "roles",
            f"appointment of {account}",
            0,
            review.call("appointmentOf", account),
            f"appointed by transaction {event.transaction_hash}",
        )
    by_application = ("applicationOf", "challengeOf", "expiryOf", "resultOf", "statusOf")
    more = ("commitmentOf", "returnableBondOf", "scorecardOf", "votesFor")
    asked = ("chair", "guardian", "nominatedChair", "nominatedGuardian", "isReviewer")
    check_getters(
        review,
        {
            "LAUNCHPAD": [((), expected.blueprint.launchpad)],
            "rules": [((), shown)],
            "reviewerCount": [((), len(expected.reviewers))],
        },
        dict.fromkeys((*by_application, *more), _BY_APPLICATION),
        findings,
        elsewhere=(*asked, "appointmentOf", "applicationCount"),
    )


def _check_creation(
    expected: ExpectedPlatform,
    review: Contract,
    receipts: dict[str, Receipt],
    findings: Findings,
) -> None:
    """The constructor's own events: who held the roles in the first block."""
    receipt = receipts.get("create-ProjectReview")
    if receipt is None:
        findings.leave("events of the review's creation", "it was there before")
        return
    found = [(event.name, *event.args.values()) for event in review.events(receipt)]
    wanted: list[tuple[Any, ...]] = [
        ("ChairChanged", NOBODY, expected.chair),
        ("GuardianChanged", NOBODY, expected.guardian),
        *(("ReviewerJoined", reviewer) for reviewer in expected.reviewers),
    ]
    findings.equal("events", "events of the review's creation", wanted, found)


def _check_counts(made: dict[str, Contract], events: list[Event], findings: Findings) -> None:
    """Counters against the events that they count."""
    own: dict[str, str] = {contract.address: name for name, contract in made.items()}
    for name, getter, event_name in (
        ("Launchpad", "saleCount", "Listed"),
        ("ProjectReview", "applicationCount", "Applied"),
        ("VestingVault", "grantCount", "GrantCreated"),
    ):
        count = sum(event.name == event_name and own.get(event.address) == name for event in events)
        findings.equal("events", f"{name}.{getter}", count, made[name].call(getter))


def _reviewers(events: list[Event]) -> set[str]:
    present: set[str] = set()
    for event in events:
        if event.name == "ReviewerJoined":
            present.add(event.args["account"])
        elif event.name == "ReviewerLeft":
            present.discard(event.args["account"])
    return present


def _is_view(entry: Any) -> bool:
    return entry["type"] == "function" and entry["stateMutability"] in ("view", "pure")
