"""The books of a run that is over: who paid what and got what, and where everything else went.

Plain figures in base units, with the sums that they make. They are filled twice, from the chain by
`jumpstart.demo.reading` and from the models by `jumpstart.demo.mirror`, and held against each other
by `jumpstart.demo.checks`.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Flow:
    """An amount that moved, and when."""

    time: int
    amount: int


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One account: tokens `subscribed` in each session, `allotted` in all, and moved to it in the
    end; payment that went in and came back from the sale.
    """

    subscribed: tuple[int, ...]
    allotted: int
    paid_in: int
    paid_back: int
    tokens: int

    @property
    def cost(self) -> int:
        """Payment that stayed in the sale."""
        return self.paid_in - self.paid_back


@dataclass(frozen=True, kw_only=True)
class Row:
    """Subscriptions of one coefficient in one session: tokens, and accounts."""

    coefficient: int
    subscribed: int
    accounts: int
    newcomers: int


@dataclass(frozen=True, kw_only=True)
class Round:
    """A session: its demand by coefficient, and its settlement. All zero: none is kept."""

    rows: tuple[Row, ...]
    full_from: int
    remaining: int
    weight: int

    @property
    def subscribed(self) -> int:
        """Tokens subscribed by all."""
        return sum(row.subscribed for row in self.rows)


@dataclass(frozen=True, kw_only=True)
class Exit:
    """An account that exited: tokens of its allotment that it `kept` in all and `returned`, the
    `refund` that it had not claimed yet, and what the escrow `paid` for what it returned.
    """

    time: int
    kept: int
    returned: int
    refund: int
    paid: int


@dataclass(frozen=True, kw_only=True)
class EscrowBooks:
    """The proceeds, in payment: what came, each release to the project, exits by account, the
    remainder and what is left.
    """

    proceeds: int
    releases: tuple[Flow, ...]
    exits: Mapping[str, Exit]
    remainder: int
    left: int

    @property
    def released(self) -> int:
        """To the project."""
        return sum(release.amount for release in self.releases)

    @property
    def exited(self) -> int:
        """To all who exited."""
        return sum(each.paid for each in self.exits.values())

    @property
    def returned(self) -> int:
        """Tokens that all who exited gave back."""
        return sum(each.returned for each in self.exits.values())

    @property
    def kept(self) -> int:
        """Tokens that all who exited kept."""
        return sum(each.kept for each in self.exits.values())


@dataclass(frozen=True, kw_only=True)
class GrantBooks:
    """A grant of the project's own tokens: how many, and what was released or, when it was revoked,
    returned.
    """

    amount: int
    released: int
    returned: int


@dataclass(frozen=True, kw_only=True)
class VaultBooks:
    """Locked tokens, grant by grant, and what is left in the vault."""

    grants: tuple[GrantBooks, ...]
    left: int

    @property
    def granted(self) -> int:
        """In all grants."""
        return sum(grant.amount for grant in self.grants)

    @property
    def released(self) -> int:
        """To all beneficiaries."""
        return sum(grant.released for grant in self.grants)

    @property
    def returned(self) -> int:
        """To those who revoked."""
        return sum(grant.returned for grant in self.grants)


@dataclass(frozen=True, kw_only=True)
class BondBooks:
    """Bonds, in the platform's token. Of projects: paid in, each return, what was slashed and the
    `shares` of it by account. Of challenges: paid in and returned. Left: in the review, and of what
    was slashed in the escrow.
    """

    paid_in: int
    returns: tuple[Flow, ...]
    slashed: int
    shares: Mapping[str, int]
    challenged: int
    challenges_returned: int
    left: int
    left_to_share: int

    @property
    def returned(self) -> int:
        """To applicants."""
        return sum(each.amount for each in self.returns)

    @property
    def shared(self) -> int:
        """To participants."""
        return sum(self.shares.values())


@dataclass(frozen=True, kw_only=True)
class SaleBooks:
    """A whole sale. Tokens: supply, unsold, returned by who exited, dust and what is left in the
    contract. Payment: proceeds without the fee, the fee, dust and what is left.
    """

    succeeded: bool
    entries: Mapping[str, Entry]
    rounds: tuple[Round, ...]
    supply: int
    unsold: int
    returned: int
    proceeds: int
    fee: int
    dust_tokens: int
    dust_payment: int
    left_tokens: int
    left_payment: int
    escrow: EscrowBooks
    vault: VaultBooks

    @property
    def deposits(self) -> int:
        """Payment that went in."""
        return sum(entry.paid_in for entry in self.entries.values())

    @property
    def paid_back(self) -> int:
        """Payment that came back from the sale: surpluses and refunds."""
        return sum(entry.paid_back for entry in self.entries.values())

    @property
    def allotted(self) -> int:
        """Tokens allotted to all."""
        return sum(entry.allotted for entry in self.entries.values())

    @property
    def tokens(self) -> int:
        """Tokens that went to buyers."""
        return sum(entry.tokens for entry in self.entries.values())


@dataclass(frozen=True, kw_only=True)
class Books:
    """A whole run. `sale` is None where nothing was listed."""

    bonds: BondBooks
    sale: SaleBooks | None
