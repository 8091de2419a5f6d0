"""The committee: reviewers vote for the very same thing, and a quorum of them carries it out."""

from collections.abc import Sequence
from typing import Any, Final

from jumpstart.chain.client import Receipt, Transaction
from jumpstart.demo.cast import REVIEWERS
from jumpstart.demo.play import Play
from jumpstart.demo.stage import APPLICATION

QUORUM: Final = REVIEWERS[:3]
"""Those who vote when something is carried."""

RECUSED: Final = REVIEWERS[4]
"""Who takes no part in anything about the project."""


def voting(play: Play, reviewer: str, function: str, *args: Any) -> Transaction:
    """A vote about the sale's application: `function` of the review."""
    return play.review.transaction(function, APPLICATION, *args, sender=play.role(reviewer))


def vote(play: Play, names: Sequence[str], action: str, function: str, *args: Any) -> Receipt:
    """One after the other; the receipt of the last vote, which carries it if there are enough."""
    receipts = [play.send(action, voting(play, name, function, *args)) for name in names]
    return receipts[-1]
