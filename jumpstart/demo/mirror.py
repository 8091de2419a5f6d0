"""The mirror: the ledger, played along with the chain, and what it says everybody paid and got.

It is told what people did and when, never what the contract made of it: so it can be held against
the contract.
"""

from collections import defaultdict
from collections.abc import Mapping
from copy import deepcopy

from jumpstart.allotment import Outcome, allotment_down
from jumpstart.demo.books import Books, Entry, Round, Row
from jumpstart.holdings import coefficient_of
from jumpstart.ledger import Ledger, Receipt, Status
from jumpstart.terms import SaleTerms


class Mirror:
    """A ledger with a tally of every account. Refusals leave it as it was."""

    def __init__(self, terms: SaleTerms, holdings: Mapping[str, int]) -> None:
        self.terms = terms
        self._holdings = holdings
        self.ledger = Ledger(terms, holdings)
        self._subscribed: dict[str, list[int]] = defaultdict(lambda: [0] * len(terms.sessions))
        self._paid_in: dict[str, int] = defaultdict(int)
        self._paid_back: dict[str, int] = defaultdict(int)
        self._tokens: dict[str, int] = defaultdict(int)

    def subscribe(self, account: str, amount: int, time: int) -> Receipt:
        """`Ledger.subscribe`."""
        session = len(self.ledger.outcomes)
        receipt = self.ledger.subscribe(account, amount, time)
        self._subscribed[account][session] += receipt.accepted
        self._paid_in[account] += receipt.due
        self._paid_back[account] += receipt.surplus
        return receipt

    def settle(self, time: int) -> Outcome:
        """`Ledger.settle`."""
        return self.ledger.settle(time)

    def claim(self, account: str, time: int) -> None:
        """`Ledger.claim`."""
        payout = self.ledger.claim(account, time)
        self._tokens[account] += payout.tokens
        self._paid_back[account] += payout.refund

    def refund(self, account: str, time: int) -> None:
        """`Ledger.refund`."""
        self._paid_back[account] += self.ledger.refund(account, time)

    def allotted(self, account: str, session: int) -> int:
        """Tokens allotted to the account in one settled session."""
        coefficient = coefficient_of(self._holdings[account], self.terms.tiers)
        subscribed = self._subscribed[account][session]
        return allotment_down(subscribed, coefficient, self.ledger.outcomes[session])

    def copy(self) -> "Mirror":
        """The mirror as it is now, for playing on in two ways."""
        return deepcopy(self)

    def books(self, time: int) -> Books:
        """The books as they must be once everybody has claimed everything and all is collected."""
        ledger, terms = self.ledger, self.terms
        succeeded = ledger.status(time) is Status.SUCCEEDED
        remainders = ledger.remainders
        return Books(
            succeeded=succeeded,
            entries={
                account: Entry(
                    subscribed=tuple(subscribed),
                    allotted=ledger.allotment_of(account) if succeeded else 0,
                    paid_in=self._paid_in[account],
                    paid_back=self._paid_back[account],
                    tokens=self._tokens[account],
                )
                for account, subscribed in self._subscribed.items()
            },
            rounds=tuple(self._round(index) for index in range(len(terms.sessions))),
            supply=terms.supply,
            unsold=ledger.unsold(time),
            proceeds=ledger.proceeds - ledger.fee,
            fee=ledger.fee,
            dust_tokens=remainders.tokens,
            dust_payment=remainders.payment,
            left_tokens=0,
            left_payment=0,
        )

    def _round(self, index: int) -> Round:
        outcomes = self.ledger.outcomes
        outcome = outcomes[index] if index < len(outcomes) else None
        demands = [self.ledger.demand_of(index, tier) for tier in range(len(self.terms.tiers))]
        return Round(
            rows=tuple(
                Row(
                    coefficient=tier.coefficient,
                    subscribed=demand.subscribed,
                    accounts=demand.accounts,
                    newcomers=demand.newcomers,
                )
                for tier, demand in zip(self.terms.tiers, demands, strict=True)
            ),
            full_from=outcome.full_from if outcome else 0,
            remaining=outcome.remaining if outcome else 0,
            weight=outcome.weight if outcome else 0,
        )
