"""Sales in which everybody does what they can are consistent, whatever becomes of them."""

from collections import Counter

import pytest

from jumpstart.audit.audit import replay_of
from jumpstart.audit.findings import Findings
from jumpstart.audit.subject import Subject
from jumpstart.chain.client import Chain
from jumpstart.chain.node import Kind
from tests.chain.audit.lives import Life
from tests.chain.audit.test_scenes import audited
from tests.chain.stage import Stage

ELSEWHERE = {
    ("review", "Withdrawn"),  # of an application that is not listed
    ("review", "Recused"),  # the same, or of one with several reviewers
    ("vault", "PlanUsed"),  # of others' grants: see the scene with locked tokens
    ("vault", "AwardSkipped"),  # the same
}
"""Events that the replay explains, and that the sales of these lives do not have."""

FEW = (1_004,)
MANY = range(1_000, 1_200)


def lived(stage: Stage, seed: int) -> Counter[tuple[str, str]]:
    """Lives and audits one, and leaves the chain as it was; the events that it had."""
    snapshot = stage.chain.snapshot()
    try:
        life = Life(stage, seed)
        life.live()
        done = audited(life.trial)
        return Counter((each.contract, each.event.name) for each in done.history.entries)
    finally:
        stage.chain.revert(snapshot)


@pytest.mark.parametrize("seed", FEW)
def test_a_life_is_consistent(stage: Stage, seed: int) -> None:
    assert lived(stage, seed)["launchpad", "Listed"] == 1


@pytest.mark.deep
@pytest.mark.timeout(3_600)
def test_two_hundred_lives_are_consistent_and_nothing_is_missing_in_them(
    stage: Stage, chain: Chain, chain_kind: Kind
) -> None:
    """Every event that the replay has an explanation for has come, so that each was tried."""
    seen: Counter[tuple[str, str]] = Counter()
    for seed in MANY:
        seen += lived(stage, seed)
    trial = stage.list()
    explained = replay_of(Subject.found(chain, trial.address), Findings()).explained
    concerned = {each for each in explained if each[0] != "registry"}
    assert concerned - ELSEWHERE - seen.keys() == set()
