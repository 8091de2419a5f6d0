"""What a deployment means, for somebody who has never seen the project: sentences with units, and who
everybody is. Made from what will be sent, so that it cannot say anything else.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from eth_utils.address import to_canonical_address

from jumpstart.accounts import checksummed
from jumpstart.amounts import Token, format_amount
from jumpstart.chain.client import Chain
from jumpstart.chain.factory import FACTORY, FACTORY_MAKER
from jumpstart.deployment.phrases import listed, share
from jumpstart.deployment.plan import Party, Row, Section
from jumpstart.deployment.platform import PlatformDeployment
from jumpstart.deployment.sale import SaleDeployment
from jumpstart.deployment.sale_meaning import sale_parties, sale_sections
from jumpstart.deployment.steps import Deployment
from jumpstart.review import CRITERIA, ReviewRules
from jumpstart.times import format_duration

_POINTS: Final = Token(symbol="points", decimals=4)

_CONTRACTS: Final = {
    "PassRegistry": "keeps who has proved who they are, without personal data; all platforms share it",
    "TermsRules": "checks that terms can be carried out; all platforms share it",
    "LaunchpadCreator": "creates the launchpad once, when the deployer says so; has no other use",
    "ProjectReview": "takes applications, votes and bonds, and decides",
    "VestingVault": "keeps tokens that projects lock, and pays them out in time",
    "ProceedsEscrow": "the pattern of every sale's escrow, which pays the project as it delivers",
    "SubscriptionSale": "the pattern of every sale",
    "Launchpad": "the front door: makes a funded sale of approved terms",
    "factory": "creates contracts at addresses that follow from their code alone; nobody owns it",
}

_WORKS: Final = {
    "sale": "the sale itself: takes subscriptions, shares the tokens, pays refunds",
    "escrow": "keeps what the sale raises, and pays the project as it delivers",
}


def meaning_of(
    deployment: Deployment, chain: Chain, names: Mapping[str, str]
) -> tuple[Section, ...]:
    """Everything that is agreed to, in sections of sentences. Reads the rules of a sale's review.
    `names` are those of addresses.
    """
    if isinstance(deployment, SaleDeployment):
        found = deployment.platform.on(chain).review.call("rules")
        rules = ReviewRules(
            bond_token=to_canonical_address(found.bondToken),
            bond=found.bond,
            challenge_bond=found.challengeBond,
            quorum=found.quorum,
            commit_seconds=found.commitSeconds,
            reveal_seconds=found.revealSeconds,
            approval_seconds=found.approvalSeconds,
            notice_seconds=found.noticeSeconds,
            bar=found.bar,
            floors=tuple(found.floors),
            weights_bps=tuple(found.weightsBps),
        )
        review = Section(
            heading="How the project is reviewed first",
            lines=_review_lines(rules, deployment.bond_unit, f"{rules.quorum} of the reviewers"),
        )
        return (*sale_sections(deployment, names), review)
    if isinstance(deployment, PlatformDeployment):
        return _platform_sections(deployment)
    return ()


def units_of(deployment: Deployment) -> tuple[str, ...]:
    """The symbols of all tokens that its texts have amounts of."""
    symbols = []
    if isinstance(deployment, SaleDeployment):
        tokens = deployment.draft.tokens
        units = (tokens.sale.unit, tokens.payment.unit, tokens.holding.unit, deployment.bond_unit)
        symbols = [unit.symbol for unit in units]
    if isinstance(deployment, PlatformDeployment):
        symbols = [deployment.draft.bond.symbol]
    return tuple(dict.fromkeys(symbols))


def _platform_sections(deployment: PlatformDeployment) -> tuple[Section, ...]:
    terms, unit = deployment.terms, deployment.draft.bond.unit
    rules, reviewers = terms.rules, len(terms.reviewers)
    return (
        Section(
            heading="What a platform is",
            lines=(
                "A set of contracts that all its sales share: reviewers approve the exact terms of a "
                "project, and the launchpad makes a sale of these terms and no others.",
                "Nobody owns these contracts and nobody can change them. Who deploys them has no "
                "role in them afterwards.",
            ),
        ),
        Section(
            heading="How a project is reviewed",
            lines=_review_lines(rules, unit, f"{rules.quorum} of the {reviewers} reviewers"),
        ),
        Section(
            heading="Who has which power",
            lines=(
                "The chair appoints and removes reviewers, and names a new chair or guardian; who "
                "is named must accept, a reviewer no sooner than "
                f"{format_duration(rules.notice_seconds)} later.",
                "The guardian may pause the subscriptions of a sale, once, for a day.",
                f"The reviewers, {rules.quorum} of them at least, approve and reject projects, attest "
                "what a project has delivered, decide on challenges, and delist projects.",
                "Nobody, whatever role, can take what a buyer has paid, or change the terms of a sale.",
            ),
        ),
    )


def _review_lines(rules: ReviewRules, unit: Token, quorum: str) -> tuple[str, ...]:
    criteria = zip(CRITERIA, rules.floors, rules.weights_bps, strict=True)
    return (
        "A project applies with a dossier, the hash of its exact terms, and "
        + (f"a bond of {format_amount(rules.bond, unit)}." if rules.bond else "no bond."),
        f"The reviewers have {format_duration(rules.commit_seconds)} to commit to their scores, "
        f"which nobody can read then, and {format_duration(rules.reveal_seconds)} to reveal them. "
        f"After that {format_duration(rules.approval_seconds)} are left to decide and to list; what "
        "nobody decides by then is rejected, and what is not listed expires.",
        f"It is approved if at least {quorum} have revealed, the median of each criterion reaches its "
        f"floor, and the weighted mean of the medians reaches {format_amount(rules.bar, _POINTS)} of "
        "100. Floors and weights: "
        + listed(f"{name} {floor} ({share(weight)})" for name, floor, weight in criteria)
        + ".",
        "After the listing a twelfth of the bond comes back each 30 days. If the project is delisted, "
        "the rest goes to the buyers; if it is rejected, withdraws or expires, the bond comes back whole.",
        "Anyone may challenge the holdings that are published for a sale, for a bond of "
        f"{format_amount(rules.challenge_bond, unit)}: it comes back if the reviewers agree, and is "
        "burnt if they do not.",
    )


# ---------------------------------------------------------------------------------------- parties


def parties_of(
    deployment: Deployment, rows: Sequence[Row], *, has_code: Callable[[str], bool]
) -> tuple[Party, ...]:
    """Everybody and everything that the rows and the terms name, each address once."""
    roles: dict[str, list[str]] = {}
    names: dict[str, str] = {}

    def add(address: str, name: str, role: str) -> None:
        known = deployment.people.get(address, name)
        taken = {other for place, other in names.items() if place != address}
        number = 2
        while known in taken:
            known, number = f"{name} {number}", number + 1
        names.setdefault(address, known)
        found = roles.setdefault(address, [])
        if role and role not in found:
            found.append(role)

    add(deployment.sender, "sender", "sends these transactions and pays for them")
    if isinstance(deployment, SaleDeployment):
        for address, name, role in sale_parties(deployment):
            add(address, name, role)
    if isinstance(deployment, PlatformDeployment):
        for address, name, role in _platform_parties(deployment):
            add(address, name, role)
    created = set()
    for row in rows:
        for name, address in row.creates:
            add(address, name, _WORKS.get(name) or _CONTRACTS.get(name, ""))
            if row.state != "there already":
                created.add(address)
        if row.to == FACTORY_MAKER:
            add(
                FACTORY_MAKER,
                row.target,
                "its only transaction creates the factory; nobody has its key",
            )
        elif row.to == FACTORY:
            add(FACTORY, "factory", _CONTRACTS["factory"])
        elif row.to is not None:
            add(row.to, row.target, "")
    for address, name in deployment.people.items():
        add(address, name, "")
    return tuple(
        Party(
            name=names[address],
            address=address,
            kind=(
                "to be created"
                if address in created
                else "contract"
                if has_code(address)
                else "account"
            ),
            roles=tuple(roles[address]),
        )
        for address in names
    )


def _platform_parties(deployment: PlatformDeployment) -> list[tuple[str, str, str]]:
    terms = deployment.terms
    return [
        (checksummed(terms.chair), "chair", "appoints and removes reviewers"),
        (checksummed(terms.guardian), "guardian", "may pause a sale's subscriptions for a day"),
        *(
            (checksummed(each), f"reviewer {number}", "one of the reviewers")
            for number, each in enumerate(terms.reviewers, 1)
        ),
        (checksummed(terms.rules.bond_token), "token of bonds", "the token that bonds are paid in"),
    ]
