"""Parts of a report that follow from the replay alone, as plain data."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jumpstart.audit.flows import NATIVE
from jumpstart.audit.replay import Replay
from jumpstart.ledger import Stage, Status


def sale_of(
    replay: Replay, allotted_in: Sequence[Mapping[int, int]] | None = None
) -> dict[str, Any]:
    """The sale as a whole, session by session. `allotted_in`: for each session what each coefficient
    was allotted, where that is known.
    """
    models, terms, now = replay.models, replay.subject.terms, replay.subject.now
    ledger, till = models.ledger, models.till
    status = ledger.status(now)
    sessions = []
    for row, session in enumerate(terms.sessions):
        outcome = ledger.settlement_of(row)
        tiers = [ledger.demand_of(row, tier) for tier in range(len(terms.tiers))]
        allotted = None if outcome is None or allotted_in is None else allotted_in[row]
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
                        "allotted": None if allotted is None else allotted.get(tier.coefficient, 0),
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


def escrow_of(replay: Replay) -> dict[str, Any]:
    """Where the delivery stands, and what the escrow has paid."""
    escrow, now = replay.models.escrow, replay.subject.now
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


def participants_of(replay: Replay) -> Iterator[dict[str, Any]]:
    """In the order of their addresses."""
    models, terms, now = replay.models, replay.subject.terms, replay.subject.now
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


def grants_of(replay: Replay) -> Iterator[dict[str, Any]]:
    """Of the sale's allocations, in the order of their numbers."""
    models, now = replay.models, replay.subject.now
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


def moved_of(replay: Replay) -> Iterator[dict[str, Any]]:
    """All that the models have let move, by who gave and who got; null is anybody else."""
    for (token, source, target), amount in sorted(replay.flows.ways.items()):
        yield {
            "token": token,
            "from": source or None,
            "to": target or None,
            "amount": amount,
        }


def balances_of(replay: Replay) -> Iterator[dict[str, Any]]:
    """What each of our contracts must hold of each token, where that is anything."""
    flows, subject = replay.flows, replay.subject
    for token in (*subject.tokens, NATIVE):
        for holder, label in subject.labels.items():
            held, gifts = flows.held[token, holder], flows.gifts[token, holder]
            if held or gifts:
                yield {"token": token, "holder": label, "amount": held, "gifts": gifts}
