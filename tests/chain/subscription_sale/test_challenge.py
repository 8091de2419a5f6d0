"""`challengeHoldings`, `settleChallenge`: what a challenge of the holdings does to the sale.

Who may challenge and what it costs is the review's, and tested there.
"""

import pytest
from eth_account.signers.local import LocalAccount

from jumpstart.chain.client import Chain
from tests.chain import figures
from tests.chain.reverts import reverts
from tests.chain.stage import FAILED, FUNDED, Stage, Trial


@pytest.fixture
def review(stage: Stage) -> str:
    """The review itself, so that it calls without its own rules."""
    return stage.as_review()


@pytest.fixture
def challenged_sale(published_sale: Trial, review: str) -> Trial:
    """Its holdings are challenged; not decided."""
    published_sale.send("challengeHoldings", sender=review)
    return published_sale


def test_only_the_review_challenges_and_decides(
    published_sale: Trial, stage: Stage, review: str
) -> None:
    """Nobody else, whatever role."""
    for other in stage.people.all:
        for function, args in (("challengeHoldings", ()), ("settleChallenge", (True,))):
            with reverts("SubscriptionSale_OnlyReview", other, review):
                published_sale.call(function, *args, sender=other)


def test_a_challenge_is_announced_and_keeps_the_root_to_itself(
    published_sale: Trial, review: str
) -> None:
    """The root is still shown, as challenged."""
    root = published_sale.tree.root
    receipt = published_sale.send("challengeHoldings", sender=review)
    opening = published_sale.call("opening")
    assert (opening.root, opening.isChallenged) == (root, True)
    assert published_sale.event(receipt, "HoldingsChallenged").args == {"root": root}


def test_a_challenge_in_the_last_second_of_the_window_counts(
    published_sale: Trial, chain: Chain, review: str
) -> None:
    """`start <= now < end`."""
    chain.advance_to(published_sale.call("opening").publishedAt + figures.CHALLENGE - 1)
    published_sale.send("challengeHoldings", sender=review)


@pytest.mark.parametrize("late", [0, 1])
def test_a_challenge_after_the_window_is_refused(
    published_sale: Trial, chain: Chain, review: str, late: int
) -> None:
    """The root is final by then."""
    end = published_sale.call("opening").publishedAt + figures.CHALLENGE
    chain.advance_to(end + late)
    with reverts("SubscriptionSale_ChallengeTooLate", end + late, end):
        published_sale.send("challengeHoldings", sender=review)


def test_a_challenge_is_refused_without_a_root(listed_sale: Trial, review: str) -> None:
    """There is nothing to challenge."""
    with reverts("SubscriptionSale_HoldingsMissing"):
        listed_sale.call("challengeHoldings", sender=review)


def test_a_second_challenge_is_refused_while_the_first_is_open(
    challenged_sale: Trial, review: str
) -> None:
    """One at a time."""
    with reverts("SubscriptionSale_Challenged", challenged_sale.tree.root):
        challenged_sale.call("challengeHoldings", sender=review)


def test_a_challenged_root_cannot_be_replaced(
    challenged_sale: Trial, publisher: LocalAccount
) -> None:
    """The publisher waits for the decision."""
    with reverts("SubscriptionSale_Challenged", challenged_sale.tree.root):
        challenged_sale.call("publishHoldings", b"\1" * 32, sender=publisher)


def test_nobody_subscribes_given_an_undecided_challenge(
    challenged_sale: Trial, buyer: LocalAccount
) -> None:
    """A sale whose root was challenged and not settled does not open."""
    challenged_sale.open()
    with reverts("SubscriptionSale_Challenged", challenged_sale.tree.root):
        challenged_sale.send("subscribe", 900, *challenged_sale.proof_of(buyer), sender=buyer)


def test_a_root_that_stands_opens_the_sale(
    challenged_sale: Trial, buyer: LocalAccount, review: str
) -> None:
    """As if nothing had been."""
    root = challenged_sale.tree.root
    receipt = challenged_sale.send("settleChallenge", True, sender=review)
    assert challenged_sale.event(receipt, "ChallengeSettled").args == {"root": root, "stands": True}
    assert challenged_sale.call("opening").isChallenged is False
    challenged_sale.open()
    challenged_sale.subscribe(buyer, 900)
    assert challenged_sale.call("positionOf", buyer.address).amount == 900


def test_a_root_that_falls_is_gone_and_another_can_be_posted_in_time(
    challenged_sale: Trial, buyer: LocalAccount, publisher: LocalAccount, review: str
) -> None:
    """The window of the first one is no obstacle, the first session is."""
    receipt = challenged_sale.send("settleChallenge", False, sender=review)
    root = challenged_sale.tree.root
    assert challenged_sale.event(receipt, "ChallengeSettled").args == {
        "root": root,
        "stands": False,
    }
    assert challenged_sale.call("opening").root == bytes(32)
    challenged_sale.send("publishHoldings", root, sender=publisher)
    challenged_sale.open()
    challenged_sale.subscribe(buyer, 900)


def test_a_decision_is_refused_without_a_challenge(published_sale: Trial, review: str) -> None:
    """There is nothing to decide."""
    with reverts("SubscriptionSale_NotChallenged"):
        published_sale.call("settleChallenge", True, sender=review)


def test_a_decision_in_the_second_before_the_first_session_counts(
    challenged_sale: Trial, chain: Chain, review: str
) -> None:
    """The last moment."""
    chain.advance_to(challenged_sale.terms.sessions[0].start - 1)
    challenged_sale.send("settleChallenge", True, sender=review)


@pytest.mark.parametrize("late", [0, 1])
def test_a_decision_from_the_first_session_on_is_refused(
    challenged_sale: Trial, chain: Chain, review: str, late: int
) -> None:
    """An undecided challenge voids the sale, which anyone may say from then on."""
    start = challenged_sale.terms.sessions[0].start
    chain.advance_to(start + late)
    with reverts("SubscriptionSale_DecisionTooLate", start + late, start):
        challenged_sale.send("settleChallenge", True, sender=review)


def test_a_challenge_is_refused_given_a_sale_that_is_over(
    published_sale: Trial, chain: Chain, review: str
) -> None:
    """It has failed."""
    chain.mine_at(published_sale.terms.settle_deadline)
    with reverts("SubscriptionSale_WrongStatus", FAILED, FUNDED):
        published_sale.call("challengeHoldings", sender=review)
