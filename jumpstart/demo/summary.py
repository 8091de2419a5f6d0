"""The summary of a run: everything that the report shows, as plain data for canonical JSON.

Amounts are decimal text in base units; small counts and Unix seconds are integers. Nothing in it
depends on the machine: no wall clock, no port, no path.
"""

from collections.abc import Mapping
from pathlib import Path
from statistics import median_low
from typing import TYPE_CHECKING, Any, Final

import rfc8785

from jumpstart.amounts import Token
from jumpstart.demo.books import Books, Check
from jumpstart.demo.cast import Buyer
from jumpstart.demo.history import HISTORY
from jumpstart.drafts import UnitSection
from jumpstart.files import write_text
from jumpstart.jurisdictions import codes_of
from jumpstart.schedule import vested_down

if TYPE_CHECKING:
    from jumpstart.demo.play import Play

FORMAT: Final = "jumpstart-demo-v1"

Summary = Mapping[str, Any]


def build(play: "Play", scenario: str, books: Books, checks: list[Check]) -> dict[str, Any]:
    """The summary of a run that is over and reconciled."""
    terms, draft = play.stage.terms, play.stage.draft
    return {
        "format": FORMAT,
        "scenario": str(scenario),
        "title": draft.title,
        "succeeded": books.succeeded,
        "tokens": {
            "sale": _unit(draft.tokens.sale),
            "payment": _unit(draft.tokens.payment),
            "holding": _unit(draft.tokens.holding),
        },
        "chain": {"chainId": terms.chain_id, "blocks": play.chain.block_number()},
        "addresses": _addresses(play),
        "termsHash": "0x" + terms.terms_hash.hex(),
        "terms": terms.written(),
        "admitted": len(codes_of(terms.admission.jurisdictions)),
        "excluded": list(draft.admission.excluded or ()),
        "holdings": {
            "root": "0x" + play.tree.root.hex(),
            "accounts": len(play.holdings),
            "days": draft.holdings.days,
            "statistic": str(draft.holdings.statistic),
            "proofLength": max(len(play.proof_of(buyer)) for buyer in play.buyers),
        },
        "history": [dict(zip(("what", "value", "source"), row, strict=True)) for row in HISTORY],
        "timeline": [{"time": each.time, "text": each.text} for each in play.journal.happenings],
        "turnedAway": [
            {
                "time": each.time,
                "who": each.who,
                "attempt": each.attempt,
                "error": each.error,
                "figures": list(each.figures),
                "words": each.words,
                "then": each.then,
            }
            for each in play.journal.refusals
        ],
        "sessions": _sessions(play, books),
        "buyers": [_buyer(play, books, buyer) for buyer in play.buyers],
        "example": _example(play, books) if books.succeeded else None,
        "monthly": play.monthly,
        "releases": [{"time": time, "tokens": str(tokens)} for time, tokens in play.releases],
        "totals": {
            "supply": str(books.supply),
            "allotted": str(books.allotted),
            "unsold": str(books.unsold),
            "dustTokens": str(books.dust_tokens),
            "deposits": str(books.deposits),
            "paidBack": str(books.paid_back),
            "proceeds": str(books.proceeds),
            "fee": str(books.fee),
            "dustPayment": str(books.dust_payment),
            "raised": str(play.mirror.ledger.raised),
        },
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
                "found": str(int(check.found)),
                "expected": str(int(check.expected)),
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


def _unit(section: UnitSection) -> dict[str, Any]:
    return {"symbol": section.symbol, "decimals": section.decimals}


def _addresses(play: "Play") -> list[dict[str, str]]:
    stage = play.stage
    return [
        {"role": role, "address": address}
        for role, address in (
            ("the sale", stage.sale.address),
            ("token on sale", stage.sale_token.address),
            ("payment token", stage.payment_token.address),
            ("registry of passes", stage.platform.pass_registry.address),
            ("rules of terms", stage.platform.terms_rules.address),
            ("implementation of sales", stage.platform.implementation.address),
            *((role.replace("-", " "), key.address) for role, key in stage.roles.items()),
        )
    ]


def _sessions(play: "Play", books: Books) -> list[dict[str, Any]]:
    ledger = play.mirror.ledger
    sessions = []
    pairs = zip(play.stage.terms.sessions, books.rounds, strict=True)
    for index, (session, round_) in enumerate(pairs):
        outcome = ledger.outcomes[index]
        allotted = _allotted_in(play, index)
        sessions.append(
            {
                "start": session.start,
                "end": session.end,
                "supply": str(session.supply),
                "limit": str(session.limit),
                "subscribed": str(round_.subscribed),
                "allotted": str(sum(allotted.values())),
                "fullFrom": outcome.full_from,
                "remaining": str(outcome.remaining),
                "weight": str(outcome.weight),
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
        )
    return sessions


def _allotted_in(play: "Play", index: int) -> dict[int, int]:
    """Tokens allotted in a session by coefficient: the sum of what each account got."""
    allotted = {tier.coefficient: 0 for tier in play.stage.terms.tiers}
    for buyer in play.buyers:
        allotted[buyer.coefficient] += play.mirror.allotted(buyer.account, index)
    return allotted


def _buyer(play: "Play", books: Books, buyer: Buyer) -> dict[str, Any]:
    entry = books.entries[buyer.account]
    return {
        "name": buyer.name,
        "account": buyer.account,
        "habit": str(buyer.habit),
        "holding": str(buyer.holding),
        "coefficient": buyer.coefficient,
        "subscribed": list(map(str, entry.subscribed)),
        "allotted": [
            str(play.mirror.allotted(buyer.account, index))
            for index in range(len(entry.subscribed))
        ],
        "paidIn": str(entry.paid_in),
        "paidBack": str(entry.paid_back),
        "cost": str(entry.cost),
        "tokens": str(entry.tokens),
    }


def _example(play: "Play", books: Books) -> dict[str, Any]:
    """One buyer whose every figure is computed: of those who came twice, one that shares."""
    terms = play.stage.terms
    twice = [buyer for buyer in play.buyers if all(books.entries[buyer.account].subscribed)]
    buyer = min(twice, key=lambda each: (each.coefficient not in (2, 3), each.number))
    unlocked = vested_down(
        books.entries[buyer.account].allotted, terms.vesting, terms.vesting.start
    )
    return {
        "name": buyer.name,
        "balances": list(map(str, buyer.balances)),
        "first": str(play.mirror.allotted(buyer.account, 0)),
        "unlocked": str(unlocked),
        "deposit": str(terms.cost_up(books.entries[buyer.account].subscribed[0])),
        "kept": str(terms.cost_up(play.mirror.allotted(buyer.account, 0))),
    }
