"""The life of a sale as its events make it: holdings, demand, settlements, outcome."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from jumpstart.chain.client import Contract
from jumpstart.deployment.verification.history import History
from jumpstart.terms import SaleTerms

FUNDED, SUCCEEDED, FAILED = range(3)  # of the contract's `Status`


@dataclass
class Life:
    """Times in Unix seconds, tokens and payment in base units. Make it with `Life.of`."""

    terms: SaleTerms
    status: int = FUNDED
    root: bytes = bytes(32)
    published_at: int = 0
    paused_until: int = 0
    is_challenged: bool = False
    settlements: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    sold: int = 0
    proceeds: int = 0
    unsold: int = 0
    is_collected: bool = False
    demands: dict[tuple[int, int], dict[str, int]] = field(default_factory=dict)
    """By session and coefficient."""
    accounts: set[str] = field(default_factory=set)
    taking_part: set[tuple[int, str]] = field(default_factory=set)
    """Session and account."""

    @classmethod
    def of(cls, history: History, sale: Contract, terms: SaleTerms) -> Self:
        """As the events say it."""
        life = cls(terms=terms)
        for event in history.of(sale):
            life._apply(event.name, event.args, history.time_of(event))
        return life

    def status_at(self, now: int) -> int:
        """What nobody settled in time has failed."""
        if self.status == FUNDED and now >= self.terms.settle_deadline:
            return FAILED
        return self.status

    def _apply(self, name: str, args: Mapping[str, Any], time: int) -> None:
        match name:
            case "HoldingsPublished":
                self.root, self.published_at = args["root"], time
            case "HoldingsChallenged":
                self.is_challenged = True
            case "ChallengeSettled":
                self.is_challenged = False
                self.root = self.root if args["stands"] else bytes(32)
            case "SubscriptionsPaused":
                self.paused_until = args["until"]
            case "SaleVoided":
                self.status, self.root = FAILED, bytes(32)
            case "Subscribed":
                self._count(args, time)
            case "SessionSettled":
                self.settlements[args["session"]] = args
                self.sold += args["sold"]
            case "SaleSucceeded":
                self.status = SUCCEEDED
                self.proceeds, self.unsold = args["proceeds"], args["unsold"]
            case "SaleFailed":
                self.status = FAILED
            case "ProceedsCollected":
                self.is_collected = True

    def _count(self, args: Mapping[str, Any], time: int) -> None:
        ends = [session.end for session in self.terms.sessions]
        session = next((row for row, end in enumerate(ends) if time < end), len(ends))
        account = args["account"]
        demand = self.demands.setdefault(
            (session, args["coefficient"]), {"subscribed": 0, "accounts": 0, "newcomers": 0}
        )
        demand["subscribed"] += args["accepted"]
        demand["newcomers"] += account not in self.accounts
        demand["accounts"] += (session, account) not in self.taking_part
        self.accounts.add(account)
        self.taking_part.add((session, account))
