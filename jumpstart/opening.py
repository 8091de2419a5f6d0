"""The opening: an exact model of a sale's holdings, and of everything that can keep the sale closed.

It is written from the rules of `interfaces/ISubscriptionSale.sol`, not from the contract's code. A
refusal bears the name and the arguments of the contract's custom error.

Knows roots, a clock that the caller moves, and the `Ledger` of the sale. What is in the tree of a
root, who may post it, and how a challenge is decided are beyond it.
"""

from typing import Final

from jumpstart.errors import LedgerRefusal
from jumpstart.ledger import Ledger, Status

PAUSE_SECONDS: Final = 86_400
"""How long subscriptions are stopped, once."""

NO_ROOT: Final = bytes(32)


class Opening:
    """The holdings of one sale. A root is in force or, while the sale is challenged or paused,
    suspended; times in Unix seconds, 0 for never.
    """

    def __init__(self, sale: Ledger) -> None:
        self.sale = sale
        self.in_force = NO_ROOT
        self.suspended = NO_ROOT
        self.published_at = 0
        self.paused_until = 0
        self.is_challenged = False

    @property
    def root(self) -> bytes:
        """In force or suspended; zero: there is none."""
        return self.in_force if self.in_force != NO_ROOT else self.suspended

    @property
    def starts_at(self) -> int:
        """The first session."""
        return self.sale.terms.sessions[0].start

    @property
    def _window(self) -> int:
        return self.sale.terms.parties.challenge_seconds

    # ---------------------------------------------------------------------------------- holdings

    def publish(self, root: bytes, time: int) -> None:
        """Posts a root, or replaces it within the window.

        Raises `LedgerRefusal`: WrongStatus, HoldingsMissing, HoldingsTooLate, Challenged,
        HoldingsFinal.
        """
        self._require_funded(time)
        if root == NO_ROOT:
            raise _refusal("HoldingsMissing")
        latest = self.starts_at - 2 * self._window
        if time > latest:
            raise _refusal("HoldingsTooLate", time, latest)
        if self.is_challenged:
            raise _refusal("Challenged", self.root)
        end = self.published_at + self._window
        if self.root != NO_ROOT and time >= end:
            raise _refusal("HoldingsFinal", time, end)
        self.published_at = time
        self._put(root, time)

    def challenge(self, time: int) -> bytes:
        """Suspends the root until it is decided; says which.

        Raises `LedgerRefusal`: WrongStatus, HoldingsMissing, Challenged, ChallengeTooLate.
        """
        self._require_funded(time)
        if self.root == NO_ROOT:
            raise _refusal("HoldingsMissing")
        if self.is_challenged:
            raise _refusal("Challenged", self.root)
        end = self.published_at + self._window
        if time >= end:
            raise _refusal("ChallengeTooLate", time, end)
        self.is_challenged = True
        self.in_force, self.suspended = NO_ROOT, self.root
        return self.suspended

    def settle_challenge(self, *, stands: bool, time: int) -> bytes:
        """Puts the root back in force, or drops it; says which it was.

        Raises `LedgerRefusal`: WrongStatus, NotChallenged, DecisionTooLate.
        """
        self._require_funded(time)
        if not self.is_challenged:
            raise _refusal("NotChallenged")
        if time >= self.starts_at:
            raise _refusal("DecisionTooLate", time, self.starts_at)
        root = self.suspended
        self.is_challenged = False
        self._put(root if stands else NO_ROOT, time)
        return root

    def _put(self, root: bytes, time: int) -> None:
        is_paused = time < self.paused_until
        self.in_force, self.suspended = (NO_ROOT, root) if is_paused else (root, NO_ROOT)

    # ---------------------------------------------------------------------------------- stopping

    def pause(self, time: int) -> int:
        """Stops subscriptions, once; says until when.

        Raises `LedgerRefusal`: WrongStatus, PausedBefore.
        """
        self._require_funded(time)
        if self.paused_until:
            raise _refusal("PausedBefore", self.paused_until)
        self.paused_until = time + PAUSE_SECONDS
        self.in_force, self.suspended = NO_ROOT, self.root
        return self.paused_until

    def void(self, time: int) -> None:
        """Ends the sale before it is settled. Raises `LedgerRefusal`: WrongStatus."""
        self.sale.void(time)
        self.in_force = self.suspended = NO_ROOT

    def abandon(self, time: int) -> None:
        """Ends a sale whose first session has begun without holdings that stand.

        Raises `LedgerRefusal`: WrongStatus, MayStillOpen.
        """
        self._require_funded(time)
        stands = self.root != NO_ROOT and not self.is_challenged
        if time < self.starts_at or stands:
            raise _refusal("MayStillOpen", time, self.starts_at)
        self.void(time)

    def admit(self, time: int) -> bytes:
        """The root that a subscription is held against; one that a pause suspended is put back.

        Raises `LedgerRefusal`, in this order: WrongStatus, HoldingsMissing, Challenged, Paused.
        """
        if self.in_force == NO_ROOT:
            self._require_funded(time)
            if self.root == NO_ROOT:
                raise _refusal("HoldingsMissing")
            if self.is_challenged:
                raise _refusal("Challenged", self.root)
            if time < self.paused_until:
                raise _refusal("Paused", time, self.paused_until)
            self._put(self.suspended, time)
        return self.in_force

    def _require_funded(self, time: int) -> None:
        status = self.sale.status(time)
        if status is not Status.FUNDED:
            raise _refusal("WrongStatus", status, Status.FUNDED)


def _refusal(reason: str, *args: object) -> LedgerRefusal:
    return LedgerRefusal(f"SubscriptionSale_{reason}", *args)
