"""The constructor: which rules and which people a review may begin with."""

from dataclasses import astuple, replace
from typing import Any

import pytest

from jumpstart.chain.client import Chain, Contract
from jumpstart.review import ReviewRules
from tests.chain.project_review.panel import LAUNCHPAD, REVIEWERS, ZERO, Panel
from tests.chain.reverts import reverts
from tests.chain.stage import Stage, account, raw

NOBODY = raw(account("an address without code"))
WEIGHTS = (2_000, 2_000, 1_500, 1_500, 1_000, 1_000, 1_000)
CROWD = [account(f"one of many {number}").address for number in range(32)]


def deployed(stage: Stage, rules: ReviewRules, **changes: Any) -> Contract:
    people = stage.people
    usual = {
        "launchpad": LAUNCHPAD.address,
        "chair": people.chair.address,
        "guardian": people.guardian.address,
        "reviewers": [reviewer.address for reviewer in REVIEWERS],
    }
    return stage.chain.deploy(
        "ProjectReview", astuple(rules), *(usual | changes).values(), sender=people.creator
    )


def field(name: str) -> bytes:
    return name.encode().ljust(32, b"\0")


def test_a_review_shows_its_rules_and_its_people(panel: Panel) -> None:
    """Everything that it was deployed with; nobody applied yet."""
    people = panel.stage.people
    shown = panel.call("rules")
    rules = astuple(panel.rules)
    assert tuple(shown) == (panel.bond_token.address, *rules[1:])
    assert panel.call("LAUNCHPAD") == LAUNCHPAD.address
    assert panel.call("chair") == people.chair.address
    assert panel.call("guardian") == people.guardian.address
    assert panel.call("nominatedChair") == panel.call("nominatedGuardian") == ZERO
    assert panel.call("applicationCount") == 0
    assert panel.call("reviewerCount") == len(REVIEWERS)
    assert all(panel.call("isReviewer", each.address) for each in REVIEWERS)


def test_everybody_in_office_from_the_start_was_announced(panel: Panel, chain: Chain) -> None:
    """Who reads the events alone knows who is who; the deployer is nobody."""
    people = panel.stage.people
    found = panel.review.events(
        chain.logs(address=panel.review.address, from_block=0, to_block=chain.block_number())
    )
    assert [(event.name, tuple(event.args.values())) for event in found] == [
        ("ChairChanged", (ZERO, people.chair.address)),
        ("GuardianChanged", (ZERO, people.guardian.address)),
        *(("ReviewerJoined", (each.address,)) for each in REVIEWERS),
    ]


@pytest.mark.parametrize(
    ("name", "shown", "least", "most"),
    [
        ("bond", "bond", None, 2**112 - 1),
        ("challenge_bond", "challengeBond", None, 2**112 - 1),
        ("quorum", "quorum", 1, 31),
        ("commit_seconds", "commitSeconds", 1, 2**32),
        ("reveal_seconds", "revealSeconds", 1, 2**32),
        ("approval_seconds", "approvalSeconds", 1, 2**32),
        ("notice_seconds", "noticeSeconds", 1, 2**32),
        ("bar", "bar", None, 1_000_000),
    ],
)
def test_a_figure_is_refused_beyond_its_bounds(
    stage: Stage, name: str, shown: str, least: int | None, most: int
) -> None:
    """At the bound it is fine, one beyond it is not."""
    changes: dict[str, Any] = {name: most}
    assert getattr(deployed(stage, stage.rules(**changes)).call("rules"), shown) == most
    with reverts("ProjectReview_RulesInvalid", field(shown), most + 1, most):
        deployed(stage, stage.rules(**{name: most + 1}))
    if least is not None:
        deployed(stage, stage.rules(**{name: least}))
        with reverts("ProjectReview_RulesInvalid", field(shown), least - 1, least):
            deployed(stage, stage.rules(**{name: least - 1}))


@pytest.mark.parametrize("criterion", [0, 6])
def test_a_floor_above_the_highest_score_is_refused(stage: Stage, criterion: int) -> None:
    """100 is a score, 101 is none."""
    floors = [0] * 7
    floors[criterion] = 100
    review = deployed(stage, stage.rules(floors=tuple(floors)))
    assert review.call("rules").floors == tuple(floors)
    floors[criterion] = 101
    with reverts("ProjectReview_RulesInvalid", field("floors"), 101, 100):
        deployed(stage, stage.rules(floors=tuple(floors)))


@pytest.mark.parametrize("change", [-1, 1])
def test_weights_that_are_not_the_whole_are_refused(stage: Stage, change: int) -> None:
    """One basis point more or less; no weight is lost in keeping them."""
    weights = (0, 10_000, 0, 0, 0, 0, 0)
    assert deployed(stage, stage.rules(weights_bps=weights)).call("rules").weightsBps == weights
    with reverts("ProjectReview_RulesInvalid", field("weightsBps"), 10_000 + change, 10_000):
        deployed(stage, stage.rules(weights_bps=(*WEIGHTS[:6], WEIGHTS[6] + change)))


def test_a_bond_token_without_code_is_refused(stage: Stage) -> None:
    """Payments of it would move nothing."""
    with reverts("ProjectReview_RulesInvalid", field("bondToken.code"), 0, 1):
        deployed(stage, replace(stage.rules(), bond_token=NOBODY))


@pytest.mark.parametrize("name", ["launchpad", "chair", "guardian"])
def test_nobody_in_a_role_is_refused(stage: Stage, name: str) -> None:
    """The zero address can do nothing, and could never pass the role on."""
    with reverts("ProjectReview_RulesInvalid", field(name), 0, 1):
        deployed(stage, stage.rules(), **{name: ZERO})


def test_nobody_among_the_reviewers_is_refused(stage: Stage) -> None:
    """Wherever the zero address stands."""
    with reverts("ProjectReview_RulesInvalid", field("reviewer"), 0, 1):
        deployed(stage, stage.rules(), reviewers=[CROWD[0], ZERO])


def test_a_reviewer_named_twice_is_refused(stage: Stage) -> None:
    """They would have one vote, and the committee one member less than it looks."""
    number = int(CROWD[0], 16)
    with reverts("ProjectReview_RulesInvalid", field("reviewer"), number, number):
        deployed(stage, stage.rules(), reviewers=[CROWD[0], CROWD[1], CROWD[0]])


def test_more_than_31_reviewers_are_refused(stage: Stage) -> None:
    """31 and none at all are accepted."""
    assert deployed(stage, stage.rules(), reviewers=CROWD[:31]).call("reviewerCount") == 31
    assert deployed(stage, stage.rules(), reviewers=[]).call("reviewerCount") == 0
    with reverts("ProjectReview_RulesInvalid", field("reviewers"), 32, 31):
        deployed(stage, stage.rules(), reviewers=CROWD)
