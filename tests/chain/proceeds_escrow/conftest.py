"""Escrows brought to a state. Each is of a sale of its own, in which five buyers hold all that was sold."""

import pytest

from tests.chain.proceeds_escrow.escrowed import Escrowed
from tests.chain.stage import Stage, Trial


@pytest.fixture
def waiting(oversubscribed_sale: Trial) -> Escrowed:
    """Its sale is not settled."""
    return Escrowed(oversubscribed_sale)


@pytest.fixture
def delivering(settled_sale: Trial) -> Escrowed:
    """Its sale has just succeeded; the first milestone is due in five weeks."""
    return Escrowed(settled_sale)


@pytest.fixture
def attested(delivering: Escrowed) -> Escrowed:
    """The first milestone has just been attested."""
    delivering.attest()
    return delivering


@pytest.fixture
def delivered(delivering: Escrowed) -> Escrowed:
    """All four milestones are released."""
    for milestone in range(4):
        delivering.deliver(milestone)
    return delivering


@pytest.fixture
def exiting(delivering: Escrowed) -> Escrowed:
    """The first milestone was missed in this second."""
    delivering.at(delivering.due())
    return delivering


@pytest.fixture
def ended(exiting: Escrowed) -> Escrowed:
    """Nobody has exited, and the exit window has just ended."""
    exiting.at(exiting.due() + exiting.terms.exit_seconds)
    return exiting


@pytest.fixture
def delisted(delivering: Escrowed) -> Escrowed:
    """The project was delisted soon after the sale."""
    delivering.delist()
    return delivering


@pytest.fixture
def failed(failed_sale: Trial) -> Escrowed:
    """Its sale has missed the soft cap."""
    return Escrowed(failed_sale)


@pytest.fixture
def unlocked(stage: Stage) -> Escrowed:
    """Its sale, of no milestones, has just succeeded."""
    trial = stage.open(initial_bps=10_000, milestones=())
    trial.oversubscribe()
    trial.settle()
    return Escrowed(trial)
