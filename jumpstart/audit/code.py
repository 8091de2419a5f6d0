"""The code of everything that a sale works with, against a rebuild from the sources of this checkout."""

from dataclasses import astuple
from typing import Any, Final

from jumpstart.audit.bugs import LISTED_TO, bugs_of, is_listed
from jumpstart.audit.findings import Findings
from jumpstart.audit.subject import Subject
from jumpstart.chain.abi import constructor_arguments
from jumpstart.chain.compiler import EVM_VERSION, SOLC_VERSION, VIA_IR
from jumpstart.chain.factory import Creation
from jumpstart.deployment.verification.checks import Checks
from jumpstart.deployment.verification.code import Built, check_codes
from jumpstart.deployment.verification.rebuild import rebuilding

_FOREIGN: Final = "its code is not of this project"


def check_code(subject: Subject, findings: Findings) -> bool:
    """Compares every contract byte by byte, immutables and clone arguments included; says whether
    all is right. Raises `ToolError` where no local chain is installed to rebuild on.
    """
    checks = Checks()
    with rebuilding(subject.chain.chain_id, subject.chain.artifacts) as rebuild:
        rebuild.put(subject.bond_token)
        check_codes(subject.chain, subject.head.number, rebuild, _built(subject, findings), checks)
    is_right = True
    for check in checks.all:
        expected = f"{check.expected} ({check.note})" if check.note else check.expected
        is_right &= check.is_right
        if check.is_right:
            findings.compare("code", check.what, check.expected, check.found)
        else:
            findings.add("code", check.what, expected, check.found)
    _check_bugs(findings)
    _look_at_tokens(subject, findings)
    return is_right


def _built(subject: Subject, findings: Findings) -> list[Built]:
    """In the order of their creation."""
    artifacts, launchpad, review = (
        subject.chain.artifacts,
        subject.launchpad.address,
        subject.review.address,
    )
    escrow_implementation = subject.escrow_implementation.address
    sale_implementation = subject.sale_implementation.address
    parts = (
        review,
        subject.terms_rules.address,
        subject.vault.address,
        sale_implementation,
        escrow_implementation,
    )
    rows: list[tuple[str, str, str, tuple[Any, ...]]] = [
        ("rules", "TermsRules", subject.terms_rules.address, ()),
        # Who had the roles of the review first is in no code.
        (
            "review",
            "ProjectReview",
            review,
            (astuple(subject.rules), launchpad, launchpad, launchpad, []),
        ),
        ("vault", "VestingVault", subject.vault.address, (launchpad,)),
        ("escrow implementation", "ProceedsEscrow", escrow_implementation, (review,)),
        (
            "sale implementation",
            "SubscriptionSale",
            sale_implementation,
            (launchpad, review, escrow_implementation),
        ),
        ("launchpad", "Launchpad", launchpad, parts),
    ]
    built = [
        Built(
            label=label,
            artifact=artifacts[name],
            address=address,
            arguments=constructor_arguments(artifacts[name], *args),
        )
        for label, name, address, args in rows
    ]
    passes = artifacts["PassRegistry"]
    if subject.registry.address == Creation.of(passes).address:
        built.append(Built(label="registry", artifact=passes, address=subject.registry.address))
    else:
        findings.leave(
            f"code of the registry at {subject.registry.address}",
            "the terms name another than this project's",
        )
    clones = (
        ("sale", subject.sale, sale_implementation, subject.listing.packed(subject.application)),
        ("escrow", subject.escrow, escrow_implementation, subject.sale_bytes),
    )
    for label, contract, implementation, arguments in clones:
        built.append(
            Built(
                label=label,
                artifact=contract.artifact,
                address=contract.address,
                arguments=arguments,
                implementation=implementation,
            )
        )
    return built


def _check_bugs(findings: Findings) -> None:
    """The compiler against the list of its bugs."""
    if not is_listed(SOLC_VERSION):
        findings.miss(f"known bugs of solc {SOLC_VERSION}", f"the list here ends with {LISTED_TO}")
    known = [
        f"{bug.uid} {bug.name} ({bug.severity})"
        for bug in bugs_of(SOLC_VERSION, via_ir=VIA_IR, evm=EVM_VERSION)
    ]
    findings.compare("code", f"known bugs of solc {SOLC_VERSION}", [], known)


def _look_at_tokens(subject: Subject, findings: Findings) -> None:
    """A token is its project's: what is said is whether it is one that can do nothing by itself."""
    own = subject.chain.artifacts["ProjectToken"]
    for token in subject.tokens:
        if own.matches(subject.chain.code(token, subject.head.number)):
            findings.compare("code", f"token {token} is a ProjectToken", True, True)
        else:
            findings.leave(f"code of the token at {token}", _FOREIGN)


def check_terms(subject: Subject, findings: Findings) -> None:
    """What the sale is bound to against what the launchpad has published."""
    packed = subject.listing.packed(subject.application)
    findings.compare("terms", "terms in the sale's code", packed, subject.packed)
    findings.compare("terms", "hash of the terms", subject.listing.terms_hash, subject.packed[:32])
    findings.compare("terms", "chain of the terms", subject.terms.chain_id, subject.chain.chain_id)
    broken = [str(error) for error in subject.listing.broken_rules()]
    findings.compare("terms", "rules that the terms break", [], broken)
