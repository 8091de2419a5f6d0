"""The summary of a run: everything that the report shows, as plain data for canonical JSON.

Amounts are decimal text in base units; small counts and Unix seconds are integers. What went where
is taken from the books of the chain, never from the model. Nothing in it depends on the machine: no
wall clock, no port, no path.
"""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from statistics import median_low
from typing import TYPE_CHECKING, Any, Final

import rfc8785

from jumpstart.allotment.tiered import Outcome, allotment_down
from jumpstart.amounts import Token
from jumpstart.demo import chronicle
from jumpstart.demo.books import BondBooks, Books, Round, SaleBooks
from jumpstart.demo.cast import Buyer
from jumpstart.demo.checks import Check
from jumpstart.demo.history import HISTORY
from jumpstart.drafts import UnitSection
from jumpstart.files import write_text
from jumpstart.jurisdictions import codes_of
from jumpstart.powers import LIMITS, POWERS
from jumpstart.schedule import vested_down

if TYPE_CHECKING:
    from jumpstart.demo.play import Play

FORMAT: Final = "jumpstart-demo-v2"

Summary = Mapping[str, Any]


def build(play: "Play", scenario: str, books: Books, checks: list[Check]) -> dict[str, Any]:
    """The summary of a run that is over and reconciled."""
    stage, draft = play.stage, play.stage.draft
    return {
        "format": FORMAT,
        "scenario": str(scenario),
        "title": draft.title,
        "participants": len(play.buyers),
        "tokens": {
            "sale": _unit(draft.tokens.sale),
            "payment": _unit(draft.tokens.payment),
            "holding": _unit(draft.tokens.holding),
        },
        "chain": {"chainId": stage.terms.chain_id, "blocks": play.chain.block_number()},
        "addresses": _addresses(play, is_listed=books.sale is not None),
        "termsHash": "0x" + stage.listing.terms_hash.hex(),
        "terms": stage.listing.written(),
        "admitted": len(codes_of(stage.terms.admission.jurisdictions)),
        "excluded": list(draft.admission.excluded or ()),
        "history": [dict(zip(("what", "value", "source"), row, strict=True)) for row in HISTORY],
        "timeline": [
            {"time": each.time, "phase": str(each.phase), "text": each.text}
            for each in play.journal.happenings
        ],
        "turnedAway": [
            {
                "time": each.time,
                "phase": str(each.phase),
                "who": each.who,
                "attempt": each.attempt,
                "error": each.error,
                "figures": list(each.figures),
                "words": each.words,
                "then": each.then,
            }
            for each in play.journal.refusals
        ],
        "rules": chronicle.rules(play),
        "applications": chronicle.applications(play),
        "bonds": _bonds(play, books.bonds),
        "sale": _sale(play, books.sale) if books.sale else None,
        "powers": [{**asdict(power), "who": str(power.who)} for power in POWERS],
        "limits": list(LIMITS),
        "gas": [
            {
                "action": action,
                "count": len(spent),
                "least": min(spent),
                "median": median_low(spent),
                "most": max(spent),
            }
            for action, spent in play.journal.gas.items()
        ],
        "checks": [
            {
                "name": check.name,
                "found": str(check.found),
                "expected": str(check.expected),
                "unit": check.unit,
                "accounts": check.accounts,
            }
            for check in checks
        ],
    }


def write(summary: Summary, path: Path) -> None:
    """Writes the canonical JSON (RFC 8785): equal summaries are equal files."""
    write_text(path, canonical(summary).decode())


def canonical(summary: Summary) -> bytes:
    """The canonical JSON (RFC 8785)."""
    return rfc8785.dumps(dict(summary))


def unit_of(summary: Summary, token: str) -> Token:
    """The unit of the "sale", "payment" or "holding" token of a summary."""
    return Token(**summary["tokens"][token])


# ------------------------------------------------------------------------------------------- parts


def _unit(section: UnitSection) -> dict[str, Any]:
    return {"symbol": section.symbol, "decimals": section.decimals}


def _addresses(play: "Play", *, is_listed: bool) -> list[dict[str, str]]:
    stage, platform = play.stage, play.stage.platform
    listed = []
    if is_listed:
        listed = [("the sale", stage.sale.address), ("its escrow", stage.sale.escrow.address)]
    return [
        {"role": role, "address": address}
        for role, address in (
            *listed,
            ("review", platform.review.address),
            ("launchpad", platform.launchpad.address),
            ("vault", platform.vesting_vault.address),
            ("registry of passes", platform.pass_registry.address),
            ("rules of terms", platform.terms_rules.address),
            ("implementation of sales", platform.sale_implementation.address),
            ("implementation of escrows", platform.escrow_implementation.address),
            ("token on sale", stage.sale_token.address),
            ("payment token", stage.payment_token.address),
            ("platform's token", stage.bond_token.address),
            *((role.replace("-", " "), key.address) for role, key in stage.roles.items()),
        )
    ]


def _bonds(play: "Play", books: BondBooks) -> dict[str, Any]:
    weights = play.chain.call_many(
        [(play.sale.contract, "weightOf", (account,)) for account in books.shares]
    )
    names = {buyer.account: buyer.name for buyer in play.buyers}
    return {
        "paidIn": str(books.paid_in),
        "returns": [{"time": each.time, "amount": str(each.amount)} for each in books.returns],
        "returned": str(books.returned),
        "slashed": str(books.slashed),
        "shared": str(books.shared),
        "shares": [
            {
                "name": names[account],
                "account": account,
                "weight": str(weight),
                "amount": str(share),
            }
            for (account, share), weight in zip(books.shares.items(), weights, strict=True)
        ],
        "leftToShare": str(books.left_to_share),
        "challenged": str(books.challenged),
        "challengesReturned": str(books.challenges_returned),
        "left": str(books.left),
    }


# ---------------------------------------------------------------------------------------- the sale


def _sale(play: "Play", books: SaleBooks) -> dict[str, Any]:
    draft, ledger = play.stage.draft, play.mirror.ledger
    delisted = bool(play.mirror.bonds.slashed)
    return {
        "outcome": "succeeded" if books.succeeded else "delisted" if delisted else "failed",
        "holdings": {
            "root": "0x" + play.tree.root.hex(),
            "accounts": len(play.holdings),
            "days": draft.holdings.days,
            "statistic": str(draft.holdings.statistic),
            "seed": {
                "block": play.drawn.seed_block.number,
                "randomness": f"0x{play.drawn.seed_block.prev_randao:064x}",
            },
            "moments": [
                {"time": moment, "block": block.number}
                for moment, block in zip(play.drawn.moments, play.drawn.blocks, strict=True)
            ],
            "proofLength": max(len(play.proof_of(buyer)) for buyer in play.buyers),
        },
        "sessions": [_session(play, books, index) for index in range(len(books.rounds))],
        "buyers": [
            _buyer(play, books, buyer) for buyer in play.buyers if buyer.account in books.entries
        ],
        "example": _example(play, books) if books.succeeded else None,
        "monthly": play.pace.monthly,
        "claimed": [{"time": time, "tokens": str(tokens)} for time, tokens in play.pace.claimed],
        "delivery": chronicle.delivery(play, books) if books.succeeded else None,
        "grants": _grants(play, books),
        "totals": {
            "supply": str(books.supply),
            "allotted": str(books.allotted),
            "tokens": str(books.tokens),
            "returned": str(books.returned),
            "unsold": str(books.unsold),
            "dustTokens": str(books.dust_tokens),
            "deposits": str(books.deposits),
            "paidBack": str(books.paid_back),
            "proceeds": str(books.proceeds),
            "fee": str(books.fee),
            "dustPayment": str(books.dust_payment),
            "raised": str(ledger.raised),
            "sold": str(play.sale.contract.call("outcome")[0]),
            "released": str(books.escrow.released),
            "exited": str(books.escrow.exited),
            "remainder": str(books.escrow.remainder),
            "escrowLeft": str(books.escrow.left),
        },
    }


def _session(play: "Play", books: SaleBooks, index: int) -> dict[str, Any]:
    session, round_ = play.stage.terms.sessions[index], books.rounds[index]
    allotted = {row.coefficient: 0 for row in round_.rows}
    for buyer in play.buyers:
        if buyer.account in books.entries:
            allotted[buyer.coefficient] += _allotted(books, buyer, index)
    return {
        "start": session.start,
        "end": session.end,
        "supply": str(session.supply),
        "limit": str(session.limit),
        "isSettled": _is_settled(round_),
        "subscribed": str(round_.subscribed),
        "allotted": str(sum(allotted.values())),
        "fullFrom": round_.full_from,
        "remaining": str(round_.remaining),
        "weight": str(round_.weight),
        "coefficients": [
            {
                "coefficient": row.coefficient,
                "accounts": row.accounts,
                "newcomers": row.newcomers,
                "subscribed": str(row.subscribed),
                "allotted": str(allotted[row.coefficient]),
            }
            for row in round_.rows
        ],
    }


def _is_settled(round_: Round) -> bool:
    return round_.full_from > 0


def _allotted(books: SaleBooks, buyer: Buyer, index: int) -> int:
    """Tokens of one session: what the chain has settled, applied to what the chain has accepted."""
    round_ = books.rounds[index]
    if not _is_settled(round_):
        return 0
    outcome = Outcome(full_from=round_.full_from, remaining=round_.remaining, weight=round_.weight)
    subscribed = books.entries[buyer.account].subscribed[index]
    return allotment_down(subscribed, buyer.coefficient, outcome)


def _buyer(play: "Play", books: SaleBooks, buyer: Buyer) -> dict[str, Any]:
    entry = books.entries[buyer.account]
    left = books.escrow.exits.get(buyer.account)
    return {
        "name": buyer.name,
        "account": buyer.account,
        "habit": str(buyer.habit),
        "holding": str(buyer.holding),
        "coefficient": buyer.coefficient,
        "subscribed": list(map(str, entry.subscribed)),
        "allotted": [str(_allotted(books, buyer, index)) for index in range(len(entry.subscribed))],
        "paidIn": str(entry.paid_in),
        "paidBack": str(entry.paid_back),
        "cost": str(entry.cost),
        "tokens": str(entry.tokens),
        "exitPaid": str(left.paid) if left else None,
    }


def _grants(play: "Play", books: SaleBooks) -> list[dict[str, Any]]:
    names = {key.address: role for role, key in play.stage.roles.items()}
    pairs = zip(play.stage.listing.written()["allocations"], books.vault.grants, strict=True)
    return [
        {
            "beneficiary": names[allocation["beneficiary"]],
            "revoker": names.get(allocation["revoker"]),
            "start": int(allocation["schedule"]["start"]),
            "cliffSeconds": int(allocation["schedule"]["cliffSeconds"]),
            "durationSeconds": int(allocation["schedule"]["durationSeconds"]),
            "amount": str(grant.amount),
            "released": str(grant.released),
            "returned": str(grant.returned),
            "left": str(grant.amount - grant.released - grant.returned),
        }
        for allocation, grant in pairs
    ]


def _example(play: "Play", books: SaleBooks) -> dict[str, Any]:
    """One buyer whose every figure is computed: of those who came twice and stayed, one that shares."""
    terms = play.stage.terms
    twice = [
        buyer
        for buyer in play.buyers
        if all(books.entries[buyer.account].subscribed) and buyer.account not in books.escrow.exits
    ]
    buyer = min(twice, key=lambda each: (each.coefficient not in (2, 3), each.number))
    unlocked = vested_down(
        books.entries[buyer.account].allotted, terms.vesting, terms.vesting.start
    )
    return {
        "name": buyer.name,
        "balances": list(map(str, buyer.balances)),
        "first": str(_allotted(books, buyer, 0)),
        "unlocked": str(unlocked),
        "deposit": str(terms.cost_up(books.entries[buyer.account].subscribed[0])),
        "kept": str(terms.cost_up(_allotted(books, buyer, 0))),
    }
