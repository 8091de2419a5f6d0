"""The committee and an application: roles in two steps, scorecards, votes that count, bonds that come back."""

from collections.abc import Callable

import pytest

from jumpstart.committee import PART_SECONDS, PARTS, Application, ApplicationStatus, Committee
from jumpstart.errors import LedgerRefusal
from jumpstart.review import CRITERIA, ReviewRules

DAY, APPLIED = 86_400, 1_000_000
GOOD = (80,) * len(CRITERIA)
HASH, MOTION = b"\x05" * 32, b"\x06" * 32
RULES = ReviewRules(
    bond_token=b"\x01" * 20,
    bond=1_200,
    challenge_bond=10,
    quorum=2,
    commit_seconds=DAY,
    reveal_seconds=DAY,
    approval_seconds=DAY,
    notice_seconds=DAY,
    bar=600_000,
    floors=(50,) * len(CRITERIA),
    weights_bps=(2_000, 2_000, 1_500, 1_500, 1_000, 1_000, 1_000),
)


@pytest.fixture
def committee() -> Committee:
    found = Committee(RULES)
    found.reviewers = dict.fromkeys(("a", "b", "c"), 0)
    return found


@pytest.fixture
def application(committee: Committee) -> Application:
    return Application(
        number=1,
        committee=committee,
        applicant="project",
        terms_hash=HASH,
        dossier_hash=HASH,
        applied_at=APPLIED,
    )


@pytest.fixture
def listed(application: Application) -> Application:
    for reviewer in ("a", "b", "c"):
        application.commit(reviewer, HASH, APPLIED + 1)
    for reviewer in ("a", "b", "c"):
        application.reveal(reviewer, GOOD, APPLIED + 2)
    assert application.decide(APPLIED + 3).approved
    application.list(APPLIED + 4)
    return application


def refused(name: str, act: Callable[[], object]) -> None:
    with pytest.raises(LedgerRefusal) as refusal:
        act()
    assert refusal.value.name == f"ProjectReview_{name}"


def test_a_reviewer_joins_when_the_notice_is_over(committee: Committee) -> None:
    refused("NotAppointed", lambda: committee.join("d", 5))
    assert committee.appoint("d", 5) == 5 + DAY
    refused("NoticeRunning", lambda: committee.join("d", 4 + DAY))
    committee.join("d", 5 + DAY)
    refused("AlreadyReviewer", lambda: committee.appoint("d", 5))
    committee.leave("d")
    refused("NotAppointed", lambda: committee.leave("d"))
    refused("OnlyReviewer", lambda: committee.require_reviewer("d"))


def test_when_all_have_committed_nobody_can_any_more(application: Application) -> None:
    application.commit("a", HASH, APPLIED)
    application.commit("b", HASH, APPLIED)
    refused("RevealNotOpen", lambda: application.reveal("a", GOOD, APPLIED))
    application.recuse("c")
    refused("CommitClosed", lambda: application.commit("a", HASH, APPLIED))
    refused("Recused", lambda: application.recuse("c"))
    application.reveal("a", GOOD, APPLIED)
    refused("AlreadyRevealed", lambda: application.reveal("a", GOOD, APPLIED))
    refused("RevealOpen", lambda: application.decide(APPLIED))
    application.reveal("b", GOOD, APPLIED)
    assert application.decide(APPLIED).approved
    assert (application.committed, application.recused) == (2, 1)


def test_who_has_not_committed_reveals_nothing(application: Application) -> None:
    refused("CommitmentWrong", lambda: application.reveal("a", GOOD, APPLIED + DAY))
    refused("CommitClosed", lambda: application.commit("a", HASH, APPLIED + DAY))
    refused("RevealClosed", lambda: application.reveal("a", GOOD, APPLIED + 2 * DAY))


def test_what_nobody_decides_is_rejected_and_the_bond_is_due(application: Application) -> None:
    end = APPLIED + 3 * DAY
    assert application.status(end - 1) is ApplicationStatus.APPLIED
    assert application.due(end - 1) == 0
    assert application.status(end) is ApplicationStatus.REJECTED
    assert application.return_bond(end) == RULES.bond
    refused("NothingToReturn", lambda: application.return_bond(end))


def test_votes_count_while_their_reviewers_are_in_office(
    listed: Application, committee: Committee
) -> None:
    assert listed.vote("a", MOTION, APPLIED + 5) == 1
    refused("AlreadyVoted", lambda: listed.vote("a", MOTION, APPLIED + 5))
    committee.leave("a")
    assert listed.votes_for(MOTION) == 0
    refused("OnlyReviewer", lambda: listed.vote("a", MOTION, APPLIED + 5))
    assert listed.vote("b", MOTION, APPLIED + 5) == 1
    committee.reviewers["a"] = 0
    assert listed.vote("b", MOTION, APPLIED + 5) == 2  # a quorum without another vote


def test_the_bond_comes_back_by_parts_until_a_delisting(listed: Application) -> None:
    start = listed.closed_at
    assert listed.due(start + PART_SECONDS - 1) == 0
    assert listed.due(start + PART_SECONDS) == RULES.bond // PARTS
    assert listed.due(start + 99 * PART_SECONDS) == RULES.bond
    assert listed.delist(7, start + PART_SECONDS) == RULES.bond - RULES.bond // PARTS
    assert listed.due(start + 99 * PART_SECONDS) == RULES.bond // PARTS
    refused("WrongStatus", lambda: listed.vote("a", MOTION, start))


def test_a_bond_that_nobody_has_a_part_in_goes_back(listed: Application) -> None:
    assert listed.delist(0, listed.closed_at) == 0
    assert listed.due(listed.closed_at) == RULES.bond


def test_the_bond_of_a_challenge_goes_back_when_nobody_decided(listed: Application) -> None:
    start = APPLIED + 100
    refused("NotChallenged", lambda: listed.return_challenge_bond(start, start))
    assert listed.challenge("challenger", APPLIED + 5) == 1
    refused("ChallengeUndecided", lambda: listed.return_challenge_bond(start, start - 1))
    assert listed.return_challenge_bond(start, start) == "challenger"
    assert listed.challenge("another", APPLIED + 6) == 2
    assert listed.close_challenge() == "another"
