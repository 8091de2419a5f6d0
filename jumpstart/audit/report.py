"""The report: all that an audit has found, as canonical JSON (RFC 8785).

The same chain and block give the same bytes on every machine: nothing of the run is in it, no time, no
address of a node, no path. Integers are decimal text, in base units, Unix seconds and basis points.
"""

import hashlib
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import rfc8785

from jumpstart.accounts import checksummed
from jumpstart.audit.alternatives import tiered_allotments, what_if
from jumpstart.audit.flows import NATIVE
from jumpstart.audit.parts import (
    balances_of,
    escrow_of,
    grants_of,
    moved_of,
    participants_of,
    sale_of,
)
from jumpstart.audit.powers import pause_of
from jumpstart.audit.subscriptions import SessionDemand, demand_of
from jumpstart.chain.compiler import EVM_VERSION, OPTIMIZER_RUNS, SOLC_VERSION, VIA_IR
from jumpstart.chain.tokens import TokenOnChain
from jumpstart.writing import plain

if TYPE_CHECKING:
    from jumpstart.audit.audit import Audit

FORMAT: Final = "jumpstart-audit-v1"
COIN_DECIMALS: Final = 18
"""Of the native coin, on every chain that this is made for."""


def report_of(audit: "Audit") -> dict[str, Any]:
    """The report as plain data for JSON."""
    subject, findings, models = audit.subject, audit.findings, audit.replay.models
    demands = demand_of(audit.history, subject.terms, models.holdings)
    content: dict[str, Any] = {
        "format": FORMAT,
        "verdict": findings.verdict,
        "chainId": subject.chain.chain_id,
        "block": subject.head.number,
        "blockHash": subject.head.hash,
        "time": subject.now,
        "application": subject.application,
        "contracts": {
            "sale": subject.sale.address,
            "escrow": subject.escrow.address,
            "launchpad": subject.launchpad.address,
            "review": subject.review.address,
            "vault": subject.vault.address,
            "registry": subject.registry.address,
            "rules": subject.terms_rules.address,
            "saleImplementation": subject.sale_implementation.address,
            "escrowImplementation": subject.escrow_implementation.address,
        },
        "tokens": _tokens(audit),
        "termsHash": subject.listing.terms_hash,
        "terms": subject.listing.written(),
        "compiler": {
            "version": SOLC_VERSION,
            "evmVersion": EVM_VERSION,
            "optimizerRuns": OPTIMIZER_RUNS,
            "viaIR": VIA_IR,
        },
        "code": audit.code,
        "holdings": {"root": models.opening.root, "status": audit.holdings},
        "read": {"events": audit.events, "transactions": audit.transactions},
        "compared": dict(sorted(findings.compared.items())),
        "sale": sale_of(audit.replay, list(map(_allotted_by_coefficient, demands))),
        "escrow": escrow_of(audit.replay),
        "participants": list(participants_of(audit.replay)),
        "grants": list(grants_of(audit.replay)),
        "balances": list(balances_of(audit.replay)),
        "moved": list(moved_of(audit.replay)),
        "roles": {
            "chair": models.committee.chair,
            "guardian": models.committee.guardian,
            "nominatedChair": models.committee.nominated_chair or None,
            "nominatedGuardian": models.committee.nominated_guardian or None,
            "reviewers": [
                {"account": each, "since": since}
                for each, since in models.committee.reviewers.items()
            ],
            "appointments": [
                {"account": each, "acceptableFrom": since}
                for each, since in models.committee.appointments.items()
            ],
        },
        "paused": pause_of(models),
        "powers": audit.powers,
        "findings": findings.all,
        "explained": findings.explained,
        "left": findings.left,
        "undone": findings.undone,
        "alternatives": [what_if(each, subject.listing.terms_hash) for each in demands],
        "history": list(audit.history.written()),
    }
    written: dict[str, Any] = plain(content)
    return written


def report_bytes(audit: "Audit") -> bytes:
    """The report as it is written."""
    return rfc8785.dumps(report_of(audit))


def digest_of(report: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(report).hexdigest()


def _tokens(audit: "Audit") -> dict[str, dict[str, Any]]:
    """What each token that is followed says of itself. A symbol is text from a stranger."""
    subject = audit.subject
    found = {}
    held = subject.listing.holdings
    for name, address in (
        ("sale", subject.sale_token),
        ("payment", subject.payment),
        ("bond", subject.bond_token),
        ("holding", checksummed(held.token)),
    ):
        token = TokenOnChain(subject.chain, address, subject.head.number)
        is_coin = address == NATIVE
        is_here = name != "holding" or held.chain_id == subject.terms.chain_id
        found[name] = {
            "address": address,
            "symbol": token.symbol if is_here and not is_coin else None,
            "decimals": COIN_DECIMALS if is_coin else token.decimals if is_here else None,
        }
    return found


def _allotted_by_coefficient(session: SessionDemand) -> Counter[int]:
    allotted: Counter[int] = Counter()
    for account, amount in tiered_allotments(session).items():
        allotted[session.asked[account].coefficient] += amount
    return allotted
