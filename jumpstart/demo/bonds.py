"""Bonds: an exact model of what projects and challengers pay to the review and get back.

It is written from the rules of `interfaces/IProjectReview.sol`, not from the contract's code. A
refusal bears the name and the arguments of the contract's custom error. Who may decide, list or
delist is beyond it. Amounts are base units of the platform's token, times Unix seconds.
"""

from dataclasses import dataclass
from typing import Final

from jumpstart.errors import LedgerRefusal
from jumpstart.review import ReviewRules

PARTS: Final = 12
"""In which the bond of a listed project comes back."""

PART_SECONDS: Final = 30 * 86_400
"""From one part to the next."""


@dataclass(kw_only=True)
class Application:
    """What is known of an application: `approved` is None until it is decided, `listed_at` and
    `slashed` until that has happened.
    """

    applied_at: int
    approved: bool | None = None
    listed_at: int | None = None
    slashed: int | None = None
    returned: int = 0


class Bonds:
    """The bonds under these rules."""

    def __init__(self, rules: ReviewRules) -> None:
        self.rules = rules
        self.applications: dict[int, Application] = {}
        self.challenged = 0  # paid for challenges
        self.challenges_returned = 0

    def submit(self, application: int, time: int) -> None:
        """A project applies and pays its bond."""
        self.applications[application] = Application(applied_at=time)

    def decide(self, application: int, *, approved: bool) -> None:
        """The committee has decided."""
        self.applications[application].approved = approved

    def list(self, application: int, time: int) -> None:
        """The sale is listed."""
        self.applications[application].listed_at = time

    def delist(self, application: int, time: int) -> int:
        """What participants get of the bond: all that had not come due."""
        known = self.applications[application]
        known.slashed = self.rules.bond - self.due(application, time)
        return known.slashed

    def challenge(self) -> None:
        """Somebody challenges published holdings and pays for it."""
        self.challenged += self.rules.challenge_bond

    def win_challenge(self) -> None:
        """The challenge was right: its bond goes back."""
        self.challenges_returned += self.rules.challenge_bond

    def due(self, application: int, time: int) -> int:
        """What of the bond is the applicant's by `time`, returned or not."""
        known, rules = self.applications[application], self.rules
        if known.slashed is not None:
            return rules.bond - known.slashed
        if known.listed_at is not None:
            parts = min(PARTS, (time - known.listed_at) // PART_SECONDS)
            return rules.bond * parts // PARTS
        expiry = known.applied_at + rules.commit_seconds + rules.reveal_seconds
        is_over = known.approved is False or time >= expiry + rules.approval_seconds
        return rules.bond if is_over else 0

    def return_bond(self, application: int, time: int) -> int:
        """Pays the applicant what is due.

        Raises `LedgerRefusal`: NothingToReturn.
        """
        known = self.applications[application]
        amount = self.due(application, time) - known.returned
        if amount == 0:
            raise LedgerRefusal("ProjectReview_NothingToReturn", application)
        known.returned += amount
        return amount

    @property
    def paid_in(self) -> int:
        """With all applications."""
        return len(self.applications) * self.rules.bond

    @property
    def returned(self) -> int:
        """To all applicants."""
        return sum(each.returned for each in self.applications.values())

    @property
    def slashed(self) -> int:
        """For participants."""
        return sum(each.slashed or 0 for each in self.applications.values())
