"""The mirror: the models of everything, played along with the chain, and the books they make.

It is told what people did and when, never what the contracts made of it: so it can be held against
them. Of the review it knows what becomes of bonds; how scorecards are decided, `jumpstart.review`
says.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import replace

from eth_utils.address import to_canonical_address

from jumpstart.allotment.tiered import Outcome, allotment_down
from jumpstart.demo.bonds import Bonds
from jumpstart.demo.books import (
    BondBooks,
    Books,
    Entry,
    EscrowBooks,
    Exit,
    Flow,
    GrantBooks,
    Round,
    Row,
    SaleBooks,
    VaultBooks,
)
from jumpstart.escrow import EscrowLedger
from jumpstart.grants import Award, Grant, Plan, Vault
from jumpstart.holdings import coefficient_of
from jumpstart.ledger import Ledger, Receipt, Status
from jumpstart.review import ReviewRules
from jumpstart.terms import ListingTerms


class Mirror:
    """The models with a tally of every account. Refusals leave them as they were."""

    def __init__(
        self,
        listing: ListingTerms,
        holdings: Mapping[str, int],
        rules: ReviewRules,
        *,
        vault: str,
        launchpad: str,
    ) -> None:
        self.terms = listing.sale
        self.ledger = Ledger(listing.sale, holdings)
        self.escrow = EscrowLedger(listing.escrow, self.ledger)
        self.bonds = Bonds(rules)
        self.vault = Vault(to_canonical_address(vault), to_canonical_address(launchpad))
        self.grants: list[Grant] = []
        self.releases: list[Flow] = []
        self.exits: dict[str, Exit] = {}
        self._listing = listing
        self._holdings = holdings
        self._is_listed = False
        self._bond_returns: list[Flow] = []
        self._granted: dict[Grant, GrantBooks] = {}
        self._subscribed: dict[str, list[int]] = defaultdict(lambda: [0] * self._sessions)
        self._paid_in: dict[str, int] = defaultdict(int)
        self._paid_back: dict[str, int] = defaultdict(int)
        self._tokens: dict[str, int] = defaultdict(int)

    @property
    def _sessions(self) -> int:
        return len(self.terms.sessions)

    def copy(self) -> "Mirror":
        """The mirror as it is now, for playing on in two ways."""
        return deepcopy(self)

    # ------------------------------------------------------------------------- review and listing

    def list(self, application: int, time: int) -> None:
        """The sale is listed, and the project's own tokens are locked."""
        self._is_listed = True
        self.bonds.list(application, time)
        for allocation in self._listing.allocations:
            plan = Plan(
                token=self.terms.deal.sale_token,
                revoker=allocation.revoker,
                schedule=allocation.schedule,
            )
            award = Award(beneficiary=allocation.beneficiary, amount=allocation.amount)
            grant = self.vault.create_funded(plan, award, caller=self.vault.launchpad)
            self.grants.append(grant)
            self._granted[grant] = GrantBooks(amount=grant.amount, released=0, returned=0)

    def return_bond(self, application: int, time: int) -> int:
        """`Bonds.return_bond`."""
        amount = self.bonds.return_bond(application, time)
        self._bond_returns.append(Flow(time=time, amount=amount))
        return amount

    def delist(self, application: int, time: int) -> None:
        """The project is delisted before its sale is settled."""
        self.escrow.delist(self.bonds.delist(application, time), time)
        self.ledger.void(time)

    # ---------------------------------------------------------------------------------- the sale

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

    # -------------------------------------------------------------------------------- the escrow

    def release(self, time: int) -> int:
        """`EscrowLedger.release`."""
        amount = self.escrow.release(time)
        self.releases.append(Flow(time=time, amount=amount))
        return amount

    def exit(self, account: str, time: int) -> None:
        """`EscrowLedger.exit`."""
        payout = self.ledger.claimable_of(account, time)
        paid = self.escrow.exit(account, time)
        self._tokens[account] += payout.tokens
        self._paid_back[account] += payout.refund
        self.exits[account] = Exit(
            time=time,
            kept=self._tokens[account],
            returned=paid.returned,
            refund=payout.refund,
            paid=paid.amount,
        )

    # --------------------------------------------------------------------------------- the vault

    def release_grant(self, grant: Grant, time: int) -> int:
        """`Vault.release`."""
        amount = self.vault.release(grant, time=time)
        before = self._granted[grant]
        self._granted[grant] = replace(before, released=before.released + amount)
        return amount

    def revoke_grant(self, grant: Grant, caller: str, time: int) -> int:
        """`Vault.revoke`."""
        amount = self.vault.revoke(grant, caller=to_canonical_address(caller), time=time)
        self._granted[grant] = replace(self._granted[grant], returned=amount)
        return amount

    # --------------------------------------------------------------------------------- the books

    def books(self, time: int) -> Books:
        """The books as they must be once everybody has taken everything and all is collected."""
        return Books(bonds=self._bond_books(), sale=self._sale(time) if self._is_listed else None)

    def _bond_books(self) -> BondBooks:
        bonds, shares = self.bonds, self.escrow.bond_shares
        challenges = bonds.challenged - bonds.challenges_returned
        return BondBooks(
            paid_in=bonds.paid_in,
            returns=tuple(self._bond_returns),
            slashed=bonds.slashed,
            shares=dict(shares),
            challenged=bonds.challenged,
            challenges_returned=bonds.challenges_returned,
            left=bonds.paid_in - bonds.returned - bonds.slashed + challenges,
            left_to_share=self.escrow.bond_held,
        )

    def _sale(self, time: int) -> SaleBooks:
        ledger = self.ledger
        succeeded = ledger.status(time) is Status.SUCCEEDED
        remainders = ledger.remainders
        returned = sum(each.returned for each in self.exits.values())
        return SaleBooks(
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
            rounds=tuple(self._round(index) for index in range(self._sessions)),
            supply=self.terms.supply,
            unsold=ledger.unsold(time),
            returned=returned,
            proceeds=ledger.proceeds - ledger.fee,
            fee=ledger.fee,
            dust_tokens=remainders.tokens,
            dust_payment=remainders.payment,
            left_tokens=0,
            left_payment=0,
            escrow=EscrowBooks(
                proceeds=ledger.proceeds - ledger.fee,
                releases=tuple(self.releases),
                exits=dict(self.exits),
                remainder=self.escrow.remainder,
                left=self.escrow.held,
            ),
            vault=VaultBooks(
                grants=tuple(self._granted.values()),
                left=self.vault.owed(self.terms.deal.sale_token),
            ),
        )

    def _round(self, index: int) -> Round:
        outcomes: Sequence[Outcome] = self.ledger.outcomes
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
