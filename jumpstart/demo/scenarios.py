"""The scenarios: which acts follow one another, from the first block to the last figure.

"full" is a whole life: review, listing, a challenge, two sessions, milestones met, vetoed and
missed, exits, vesting and the bond to their end. "refund" misses its soft cap, and before that shows
what would follow if nobody settled at all. "rejected" is never listed. "delisted" ends in the middle
of its second session.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Final

from jumpstart import drafts
from jumpstart.chain.client import Chain
from jumpstart.demo import agenda, summary
from jumpstart.demo.acts import (
    bond,
    claims,
    days,
    delisting,
    delivery,
    exits,
    failure,
    holdings,
    listing,
    passes,
    review,
    sessions,
    vault,
)
from jumpstart.demo.agenda import Scene
from jumpstart.demo.cast import buyers_of, with_orders
from jumpstart.demo.holders import Holder, read_holders
from jumpstart.demo.journal import Journal, Nobody, Watcher
from jumpstart.demo.play import Play
from jumpstart.demo.stage import DRAFT, Stage, build

_LOT: Final = 1_000  # whole tokens that orders are multiples of


class Scenario(StrEnum):
    """What can be played."""

    FULL = "full"
    REFUND = "refund"
    REJECTED = "rejected"
    DELISTED = "delisted"


def perform(
    chain: Chain,
    scenario: Scenario = Scenario.FULL,
    *,
    participants: int = 40,
    holders: Sequence[Holder] = (),
    watcher: Watcher | None = None,
    is_exact: bool = True,
) -> dict[str, Any]:
    """Plays a scenario on a local chain and returns its summary, the content of `report.json`.

    Balances are drawn from `holders`, by default from the sample. `is_exact` says that the chain's
    clock moves by blocks alone, as on a `LocalNode`. Raises `CheckError` when a figure on chain
    differs from the model, or something is not refused that must be; `InputError` for a count out of
    range.
    """
    draft = drafts.read(DRAFT)
    known = holders or read_holders()
    tiers = tuple(tier.tier for tier in draft.tiers)
    buyers = buyers_of(participants, known, tiers, draft.holdings.days)
    journal = Journal(watcher=watcher or Nobody())
    journal.begin("Setting up", 1)
    stage = build(chain, draft, journal, is_exact=is_exact)
    lot = _LOT * 10**draft.tokens.sale.decimals
    buyers = with_orders(buyers, stage.terms, _targets(stage, scenario), lot=lot)
    play = Play(stage, journal, buyers, passes.VISITORS, known)
    if scenario is Scenario.REJECTED:
        review.reject(play)
    else:
        review.approve(play)
        listing.list_sale(play)
        agenda.run(play, _scenes(play, scenario))
    journal.begin("Checking every figure", 1)
    books, checks = play.reconcile()
    journal.step(f"{len(checks)} figures agree")
    return summary.build(play, scenario, books, checks)


def _scenes(play: Play, scenario: Scenario) -> list[Scene]:
    opening = [
        *days.scenes(play),
        *holdings.scenes(play, is_challenged=scenario is Scenario.FULL),
        *passes.scenes(play),
    ]
    if scenario is Scenario.REFUND:
        return [*opening, *sessions.thin_sessions(play), *failure.scenes(play)]
    opening += sessions.first_session(play)
    if scenario is Scenario.DELISTED:
        return [*opening, *delisting.scenes(play)]
    return [
        *opening,
        *sessions.second_session(play),
        *delivery.scenes(play),
        *claims.scenes(play),
        *exits.scenes(play),
        *vault.scenes(play),
        *bond.scenes(play),
    ]


def _targets(stage: Stage, scenario: Scenario) -> tuple[int, int]:
    """Tokens that buyers order in each session: more than there are, or too few."""
    first, second = stage.terms.sessions
    if scenario is Scenario.REFUND:
        return first.supply // 2, second.supply // 4
    return first.limit * 104 // 100, second.supply * 3 // 2
