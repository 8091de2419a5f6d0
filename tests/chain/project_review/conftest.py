"""Two reviews: one whose launchpad is an ordinary account, and one of a whole platform."""

from copy import copy
from dataclasses import replace

import pytest
from eth_account.signers.local import LocalAccount

from jumpstart.chain.client import Chain
from jumpstart.chain.platform import Committee, Platform
from jumpstart.chain.sale import UNLIMITED
from tests.chain import figures
from tests.chain.project_review.panel import (
    APPLIED,
    APPROVED,
    LAUNCHPAD,
    LISTED,
    NEWCOMER,
    QUORUM,
    REVIEWERS,
    Court,
    Panel,
)
from tests.chain.stage import Stage


@pytest.fixture(scope="module")
def coins(chain: Chain, stage: Stage) -> None:
    """For everybody whom only these tests know."""
    people = (*REVIEWERS, NEWCOMER, LAUNCHPAD)
    chain.set_balances({each.address: figures.COINS for each in people})


@pytest.fixture(scope="module")
def panel(stage: Stage, coins: None) -> Panel:
    """Its four periods are all different."""
    rules = stage.rules(
        quorum=QUORUM,
        commit_seconds=3 * figures.DAY,
        reveal_seconds=2 * figures.DAY,
        approval_seconds=5 * figures.DAY,
        notice_seconds=7 * figures.DAY,
    )
    return Panel.deploy(stage, rules)


@pytest.fixture(scope="module")
def court(chain: Chain, stage: Stage, coins: None) -> Court:
    """On a stage of its own, with the people, tokens and passes of the other."""
    people, rules = stage.people, stage.rules(quorum=QUORUM)
    platform = Platform.deploy(
        chain,
        sender=people.creator,
        rules=rules,
        chair=people.chair.address,
        guardian=people.guardian.address,
        reviewers=[reviewer.address for reviewer in REVIEWERS],
    )
    own = copy(stage)
    own.platform = replace(platform, pass_registry=stage.platform.pass_registry)
    own.committee = Committee(platform=platform, reviewers=REVIEWERS)
    for token, spender in (
        (stage.bond_token, platform.review),
        (stage.sale_token, platform.launchpad),
    ):
        token.send("approve", spender.address, UNLIMITED, sender=people.project)
    stage.bond_token.send(
        "transfer", people.stranger.address, 10 * figures.CHALLENGE_BOND, sender=people.project
    )
    stage.bond_token.send("approve", platform.review.address, UNLIMITED, sender=people.stranger)
    return Court(own, platform.review, rules, platform.launchpad.address)


@pytest.fixture
def application(panel: Panel) -> int:
    """Nobody has scored it."""
    return panel.brought_to(APPLIED)


@pytest.fixture
def committed_application(panel: Panel, application: int) -> int:
    """All five reviewers have committed to good scores."""
    panel.commit_all(application)
    return application


@pytest.fixture
def approved_application(panel: Panel) -> int:
    return panel.brought_to(APPROVED)


@pytest.fixture
def listed_application(panel: Panel) -> int:
    return panel.brought_to(LISTED)


@pytest.fixture
def chair(stage: Stage) -> LocalAccount:
    return stage.people.chair
