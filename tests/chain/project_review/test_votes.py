"""Motions: whose votes count, and for what. Delisting stands for all of them."""

import pytest
from eth_abi.abi import encode
from eth_account.signers.local import LocalAccount
from eth_utils.crypto import keccak

from jumpstart.chain.client import Chain
from tests.chain.project_review.panel import (
    DELIST,
    DELISTED,
    LISTED,
    NEWCOMER,
    OTHER_REASON,
    QUORUM,
    REASON,
    REVIEWERS,
    Court,
)
from tests.chain.reverts import reverts

FIRST, SECOND, THIRD, FOURTH, FIFTH = REVIEWERS


def delisting(application: int, reason: bytes = REASON) -> bytes:
    """The name of the motion."""
    return keccak(encode(["uint8", "uint256", "bytes32"], [DELIST, application, reason]))


@pytest.fixture
def listed(court: Court) -> int:
    """The application of a sale that has not opened."""
    return court.stage.list().sale.application


def test_votes_are_counted_and_announced(court: Court, listed: int) -> None:
    """Under the name of the motion, which everybody can work out."""
    assert court.call("votesFor", delisting(listed)) == 0
    for votes, voter in enumerate(REVIEWERS[:QUORUM], 1):
        assert court.call("statusOf", listed) == LISTED
        (receipt,) = court.vote_to_delist(listed, [voter])
        assert court.event(receipt, "Voted").args == {
            "id": listed,
            "reviewer": voter.address,
            "motion": delisting(listed),
            "votes": votes,
        }
        assert court.call("votesFor", delisting(listed)) == votes
    assert court.call("statusOf", listed) == DELISTED


def test_a_reviewer_votes_once_for_a_motion(court: Court, listed: int) -> None:
    """And may vote for another one."""
    court.vote_to_delist(listed, [FIRST, SECOND])
    for voter in (FIRST, SECOND):
        with reverts("ProjectReview_AlreadyVoted", listed, voter):
            court.call("voteToDelist", listed, REASON, sender=voter)
    court.call("voteToDelist", listed, OTHER_REASON, sender=FIRST)
    court.call("voteToDelist", listed, REASON, sender=THIRD)


def test_votes_for_different_things_do_not_add_up(court: Court, listed: int) -> None:
    """Three reviewers, two reasons; or two projects."""
    other = court.stage.list().sale.application
    court.vote_to_delist(listed, [FIRST, SECOND])
    court.vote_to_delist(listed, [THIRD], OTHER_REASON)
    court.vote_to_delist(other, [FOURTH])
    assert court.call("statusOf", listed) == court.call("statusOf", other) == LISTED
    assert court.call("votesFor", delisting(listed)) == 2
    assert court.call("votesFor", delisting(listed, OTHER_REASON)) == 1
    assert court.call("votesFor", delisting(other)) == 1


def test_only_a_reviewer_votes(court: Court, listed: int) -> None:
    """On anything, and also when a quorum has just been missed."""
    court.vote_to_delist(listed, [FIRST, SECOND])
    votes = (
        ("voteToDelist", (listed, REASON)),
        ("voteToAttest", (listed, 0, REASON)),
        ("voteOnChallenge", (listed, True)),
    )
    for other in (*court.stage.people.all, NEWCOMER):
        for function, args in votes:
            with reverts("ProjectReview_OnlyReviewer", other):
                court.call(function, *args, sender=other)


@pytest.fixture
def joined(court: Court, listed: int, chair: LocalAccount, chain: Chain) -> LocalAccount:
    """A sixth reviewer, who has not scored the project."""
    court.send("appointReviewer", NEWCOMER.address, sender=chair)
    chain.mine_at(chain.now() + court.rules.notice_seconds)
    court.send("acceptAppointment", sender=NEWCOMER)
    return NEWCOMER


@pytest.mark.parametrize("leaving", ["removed", "resigned", "recused"])
def test_the_vote_of_who_has_left_does_not_count(
    court: Court, listed: int, joined: LocalAccount, chair: LocalAccount, leaving: str
) -> None:
    """Out of office or recused since: it takes one vote more."""
    court.vote_to_delist(listed, [joined, FIRST])
    assert court.call("votesFor", delisting(listed)) == 2
    match leaving:
        case "removed":
            court.send("removeReviewer", joined.address, sender=chair)
        case "resigned":
            court.send("resign", sender=joined)
        case "recused":
            court.send("recuse", listed, sender=joined)
    assert court.call("votesFor", delisting(listed)) == 1
    court.vote_to_delist(listed, [SECOND])
    assert court.call("statusOf", listed) == LISTED
    court.vote_to_delist(listed, [THIRD])
    assert court.call("statusOf", listed) == DELISTED


def test_a_recused_reviewer_does_not_vote(court: Court, listed: int, joined: LocalAccount) -> None:
    """Before the recusal they could."""
    court.call("voteToDelist", listed, REASON, sender=joined)
    court.send("recuse", listed, sender=joined)
    with reverts("ProjectReview_Recused", listed, joined):
        court.call("voteToDelist", listed, REASON, sender=joined)


def test_the_vote_of_who_comes_back_counts_again(
    court: Court, listed: int, chair: LocalAccount, chain: Chain
) -> None:
    """With the next vote: nothing is carried by coming back."""
    court.vote_to_delist(listed, [FIRST, SECOND])
    court.send("removeReviewer", FIRST.address, sender=chair)
    court.send("appointReviewer", FIRST.address, sender=chair)
    chain.mine_at(chain.now() + court.rules.notice_seconds)
    assert court.call("votesFor", delisting(listed)) == 1
    court.send("acceptAppointment", sender=FIRST)
    assert court.call("votesFor", delisting(listed)) == 2
    assert court.call("statusOf", listed) == LISTED
    court.vote_to_delist(listed, [THIRD])
    assert court.call("statusOf", listed) == DELISTED


def test_a_quorum_that_came_about_by_coming_back_is_carried_by_voting_again(
    court: Court, listed: int, chair: LocalAccount, chain: Chain
) -> None:
    """Everybody else has voted by then: whoever repeats the vote carries the motion, and nobody counts twice."""
    court.vote_to_delist(listed, [FIRST, SECOND])
    court.send("removeReviewer", FIRST.address, sender=chair)
    court.send("appointReviewer", FIRST.address, sender=chair)
    court.vote_to_delist(listed, [THIRD])
    chain.mine_at(chain.now() + court.rules.notice_seconds)
    with reverts("ProjectReview_AlreadyVoted", listed, SECOND):
        court.call("voteToDelist", listed, REASON, sender=SECOND)
    court.send("acceptAppointment", sender=FIRST)
    assert court.call("votesFor", delisting(listed)) == 3
    court.vote_to_delist(listed, [SECOND])
    assert court.call("statusOf", listed) == DELISTED
