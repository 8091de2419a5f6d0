"""Drawn scorecards on the chain and in the model: the same medians, totals and verdicts."""

from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jumpstart.review import Scores, Verdict, decide
from tests.chain.conftest import DRAWN
from tests.chain.project_review.panel import APPROVED, REJECTED, REVIEWERS, Panel
from tests.chain.stage import Stage

PER_EXAMPLE: Final = 8

# Mostly around the bar and the floors, or nothing would ever be approved.
score = st.one_of(st.integers(50, 75), st.integers(50, 75), st.integers(0, 100))
scorecard = st.tuples(*[score] * 7)
scorecards = st.integers(0, len(REVIEWERS)).flatmap(
    lambda count: st.lists(scorecard, min_size=count, max_size=count)
)


@pytest.fixture(scope="module")
def drawn_panel(stage: Stage, coins: None) -> Panel:
    """Floors and weights that differ on each criterion, and a quorum of two."""
    rules = stage.rules(
        quorum=2,
        bar=543_210,
        floors=(0, 10, 20, 30, 45, 50, 51),
        weights_bps=(2_801, 2_100, 1_901, 1_398, 999, 800, 1),
    )
    return Panel.deploy(stage, rules)


def test_applications_are_decided_as_the_model_does(drawn_panel: Panel) -> None:
    """Eighty of them, with none of five reviewers to all; who is missing has said nothing."""
    seen = set()

    @given(st.lists(scorecards, min_size=PER_EXAMPLE, max_size=PER_EXAMPLE))
    @settings(DRAWN, max_examples=10)
    def agree(drawn: list[list[Scores]]) -> None:
        for verdict in compared(drawn_panel, drawn):
            seen.add(verdict.approved)

    agree()
    assert seen == {True, False}


def compared(panel: Panel, drawn: list[list[Scores]]) -> list[Verdict]:
    """Brings one application for each list of scorecards to its decision, all side by side."""
    boards = {panel.apply(): cards for cards in drawn}
    pairs = [
        (number, *pair)
        for number, cards in boards.items()
        for pair in zip(REVIEWERS, cards, strict=False)
    ]
    panel.chain.send_many([panel.committing(*pair) for pair in pairs])
    panel.chain.mine_at(panel.commit_end(max(boards)))
    panel.chain.send_many([panel.revealing(*pair) for pair in pairs])
    panel.chain.mine_at(panel.reveal_end(max(boards)))
    verdicts = []
    for number, cards in boards.items():
        verdict = decide(cards, panel.rules)
        assert panel.call("resultOf", number) == (verdict.medians, verdict.total)
        assert panel.event(panel.decide(number), "Decided").args == {
            "id": number,
            "approved": verdict.approved,
            "medians": verdict.medians,
            "total": verdict.total,
        }
        status = APPROVED if verdict.approved else REJECTED
        assert panel.call("statusOf", number) == status
        verdicts.append(verdict)
    return verdicts
