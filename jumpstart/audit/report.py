"""The report: all that an audit has found, as canonical JSON (RFC 8785).

The same chain and block give the same bytes on every machine: nothing of the run is in it, no time, no
address of a node, no path. Integers are decimal text, in base units, Unix seconds and basis points.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import rfc8785

from jumpstart.accounts import checksummed
from jumpstart.audit.alternatives import tiered_allotments, what_if
from jumpstart.audit.flows import NATIVE
from jumpstart.audit.powers import pause_of
from jumpstart.audit.subscriptions import SessionDemand, demand_of
from jumpstart.chain.compiler import EVM_VERSION, OPTIMIZER_RUNS, SOLC_VERSION, VIA_IR
from jumpstart.chain.tokens import TokenOnChain
from jumpstart.ledger import Stage, Status
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
        "sale": _sale(audit, demands),
        "escrow": _escrow(audit),
        "participants": list(_participants(audit)),
        "grants": list(_grants(audit)),
        "balances": list(_balances(audit)),
        "moved": list(_moved(audit)),
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


def _sale(audit: "Audit", demands: list[SessionDemand]) -> dict[str, Any]:
    models, terms, now = audit.replay.models, audit.subject.terms, audit.subject.now
    ledger, till = models.ledger, models.till
    status = ledger.status(now)
    sessions = []
    for row, session in enumerate(terms.sessions):
        outcome = ledger.settlement_of(row)
        tiers = [ledger.demand_of(row, tier) for tier in range(len(terms.tiers))]
        allotted = _allotted_by_coefficient(demands[row]) if outcome else {}
        sessions.append(
            {
                "start": session.start,
                "end": session.end,
                "supply": session.supply,
                "subscribed": sum(demand.subscribed for demand in tiers),
                "demands": [
                    {
                        "coefficient": tier.coefficient,
                        "subscribed": demand.subscribed,
                        "accounts": demand.accounts,
                        "newcomers": demand.newcomers,
                        "allotted": allotted.get(tier.coefficient, 0) if outcome else None,
                    }
                    for tier, demand in zip(terms.tiers, tiers, strict=True)
                ],
                "settlement": outcome,
            }
        )
    return {
        "status": status.name.lower(),
        "sessions": sessions,
        "sold": ledger.sold_up,
        "raised": ledger.raised,
        "proceeds": ledger.proceeds,
        "fee": ledger.fee,
        "unsold": ledger.unsold(now),
        "rounding": ledger.remainders if status is Status.SUCCEEDED else None,
        "collected": {
            "proceeds": till.has_proceeds_collected,
            "fee": till.has_fee_collected,
            "unsold": till.has_unsold_collected,
            "returnedWaiting": till.returned,
        },
    }


def _allotted_by_coefficient(session: SessionDemand) -> Counter[int]:
    allotted: Counter[int] = Counter()
    for account, amount in tiered_allotments(session).items():
        allotted[session.asked[account].coefficient] += amount
    return allotted


def _escrow(audit: "Audit") -> dict[str, Any]:
    escrow, now = audit.replay.models.escrow, audit.subject.now
    delivery = escrow.delivery(now)
    return {
        "status": delivery.status.name.lower(),
        "current": delivery.current,
        "attestedAt": delivery.attested_at,
        "objected": delivery.objected,
        "attestations": delivery.attestations,
        "exitAt": delivery.exit_at,
        "releasedBps": delivery.released_bps,
        "released": escrow.released,
        "exited": escrow.exited,
        "remainder": escrow.remainder,
        "bond": escrow.bond,
        "bondShared": sum(escrow.bond_shares.values()),
        "isDelisted": escrow.is_delisted,
    }


def _participants(audit: "Audit") -> Iterator[dict[str, Any]]:
    """In the order of their addresses."""
    models, terms, now = audit.replay.models, audit.subject.terms, audit.subject.now
    ledger, escrow = models.ledger, models.escrow
    for account in sorted(ledger.accounts, key=str.lower):
        position = ledger.position_of(account)
        is_paid = position.stage in (Stage.CLAIMED, Stage.EXITED)
        claimable = ledger.claimable_of(account, now)
        yield {
            "account": account,
            "holding": models.holdings[account],
            "coefficient": terms.tiers[position.tier].coefficient,
            "stage": position.stage.name.lower(),
            "subscribed": position.amount if position.stage is Stage.SUBSCRIBED else 0,
            "allotted": ledger.allotment_of(account),
            "deposit": ledger.deposit_of(account),
            "released": position.amount if is_paid else 0,
            "claimable": claimable,
            "weight": ledger.weight_of(account),
            "bondShare": escrow.bond_shares.get(account, 0),
        }


def _grants(audit: "Audit") -> Iterator[dict[str, Any]]:
    """Of the sale's allocations, in the order of their numbers."""
    models, now = audit.replay.models, audit.subject.now
    for grant_id, grant in models.grants.items():
        if grant_id not in models.own_grants:
            continue
        state = models.vault.state_of(grant)
        yield {
            "id": grant_id,
            "number": grant.number,
            "amount": grant.amount,
            "beneficiary": state.beneficiary,
            "vested": models.vault.vested_of(grant, now),
            "released": state.released,
            "revokedAt": state.revoked_at,
        }


def _moved(audit: "Audit") -> Iterator[dict[str, Any]]:
    """All that the models have let move, by who gave and who got; null is anybody else."""
    for (token, source, target), amount in sorted(audit.replay.flows.ways.items()):
        yield {
            "token": token,
            "from": source or None,
            "to": target or None,
            "amount": amount,
        }


def _balances(audit: "Audit") -> Iterator[dict[str, Any]]:
    flows, subject = audit.replay.flows, audit.subject
    for token in (*subject.tokens, NATIVE):
        for holder, label in subject.labels.items():
            held, gifts = flows.held[token, holder], flows.gifts[token, holder]
            if held or gifts:
                yield {"token": token, "holder": label, "amount": held, "gifts": gifts}
