"""The subscriptions of a sale, session by session, as its events tell them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from jumpstart.audit.history import History
from jumpstart.terms import SaleTerms


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What one account asked for in one session, top-ups included. `holding` is what it has shown."""

    subscribed: int
    coefficient: int
    holding: int


@dataclass(kw_only=True)
class SessionDemand:
    """All subscriptions of a session: by account, in the order in which they first came; and one by
    one, `(account, tokens)`, in the order of the chain. `coefficients` are those of the table.
    """

    supply: int
    coefficients: tuple[int, ...]
    asked: dict[str, Asked] = field(default_factory=dict)
    order: list[tuple[str, int]] = field(default_factory=list)


def demand_of(
    history: History, terms: SaleTerms, holdings: Mapping[str, int]
) -> list[SessionDemand]:
    """For each session of the terms, also those without a subscription."""
    table = tuple(tier.coefficient for tier in terms.tiers)
    found = [SessionDemand(supply=each.supply, coefficients=table) for each in terms.sessions]
    for entry in history.of("sale", "Subscribed"):
        # Only an open session takes any: its window tells which.
        place = next(
            (row for row, each in enumerate(terms.sessions) if each.start <= entry.time < each.end),
            None,
        )
        if place is None:
            continue  # refused by the model, and a finding there
        session, args = found[place], entry.event.args
        account, accepted = args["account"], args["accepted"]
        before = session.asked.get(account)
        session.asked[account] = Asked(
            subscribed=accepted + (before.subscribed if before else 0),
            coefficient=args["coefficient"],
            holding=holdings.get(account, 0),
        )
        session.order.append((account, accepted))
    return found
