"""The model of bonds: when they come due, to the unit and to the second."""

from dataclasses import replace

import pytest

from jumpstart.demo.bonds import PART_SECONDS, PARTS, Bonds
from jumpstart.errors import LedgerRefusal
from tests.unit.test_demo_books import RULES

BOND = RULES.bond
LISTED = 1_000


@pytest.fixture
def bonds() -> Bonds:
    """With one application, of the second 0."""
    made = Bonds(RULES)
    made.submit(1, 0)
    return made


def test_bond_comes_back_by_whole_parts_of_thirty_days(bonds: Bonds) -> None:
    """A twelfth each, rounded down in sum, and never more than all."""
    bonds.decide(1, approved=True)
    bonds.list(1, LISTED)
    for part in range(PARTS + 2):
        due = BOND * min(part, PARTS) // PARTS
        moment = LISTED + part * PART_SECONDS
        assert bonds.due(1, moment) == bonds.due(1, moment + PART_SECONDS - 1) == due


def test_bond_is_returned_once(bonds: Bonds) -> None:
    """What was returned is not due again."""
    bonds.decide(1, approved=False)
    assert bonds.return_bond(1, 5) == BOND
    with pytest.raises(LedgerRefusal, match=r"^ProjectReview_NothingToReturn\(1\)$"):
        bonds.return_bond(1, 5)
    assert bonds.returned == BOND


def test_bond_of_an_unanswered_application_is_due_with_the_deadline(bonds: Bonds) -> None:
    """Not a second before."""
    expiry = RULES.commit_seconds + RULES.reveal_seconds + RULES.approval_seconds
    assert (bonds.due(1, expiry - 1), bonds.due(1, expiry)) == (0, BOND)


def test_bond_of_an_approval_that_nobody_listed_is_due_with_the_deadline(bonds: Bonds) -> None:
    """It has expired."""
    bonds.decide(1, approved=True)
    expiry = RULES.commit_seconds + RULES.reveal_seconds + RULES.approval_seconds
    assert (bonds.due(1, expiry - 1), bonds.due(1, expiry)) == (0, BOND)


def test_delisting_takes_what_has_not_come_due(bonds: Bonds) -> None:
    """What had stays due for ever, and nothing more comes."""
    bonds.decide(1, approved=True)
    bonds.list(1, LISTED)
    moment = LISTED + PART_SECONDS
    assert bonds.delist(1, moment) == BOND - BOND // PARTS == bonds.slashed
    assert bonds.due(1, moment + PARTS * PART_SECONDS) == BOND // PARTS


def test_no_bond_is_no_bond() -> None:
    """Then nothing ever comes back."""
    bonds = Bonds(replace(RULES, bond=0))
    bonds.submit(1, 0)
    bonds.decide(1, approved=False)
    with pytest.raises(LedgerRefusal):
        bonds.return_bond(1, 5)
