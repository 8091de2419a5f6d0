"""`challenge`, `voteOnChallenge`, `returnChallengeBond`: somebody says that the holdings of a sale are wrong."""

import pytest
from eth_abi.abi import encode
from eth_account.signers.local import LocalAccount
from eth_utils.crypto import keccak

from jumpstart.chain.client import Chain, Receipt
from tests.chain import figures
from tests.chain.project_review.panel import (
    APPROVED,
    CHALLENGE,
    DELISTED,
    EVIDENCE,
    LISTED,
    QUORUM,
    REVIEWERS,
    ZERO,
    Court,
)
from tests.chain.reverts import reverts
from tests.chain.stage import FAILED, TRANSFER_FROM_FAILED, Trial

FIRST, SECOND, THIRD, FOURTH, FIFTH = REVIEWERS


@pytest.fixture
def challenger(court: Court) -> LocalAccount:
    """Anybody who has the bond."""
    return court.stage.people.stranger


@pytest.fixture
def published(court: Court) -> Trial:
    """Its holdings can be challenged."""
    return court.stage.publish()


@pytest.fixture
def challenged(court: Court, published: Trial, challenger: LocalAccount) -> Trial:
    """Not decided."""
    challenge(court, published, challenger)
    return published


BURN = "0x000000000000000000000000000000000000dEaD"


def challenge(court: Court, trial: Trial, challenger: LocalAccount) -> Receipt:
    return court.send(
        "challenge", trial.sale.application, trial.tree.root, EVIDENCE, sender=challenger
    )


def test_a_challenge_of_a_root_that_was_replaced_is_refused(
    court: Court, published: Trial, challenger: LocalAccount, publisher: LocalAccount
) -> None:
    """The publisher was faster: what is right now is not challenged for what was wrong."""
    wrong, right = published.tree.root, keccak(published.tree.root)
    published.send("publishHoldings", right, sender=publisher)
    with reverts("ProjectReview_RootDiffers", wrong, right):
        challenge(court, published, challenger)
    court.call("challenge", published.sale.application, right, EVIDENCE, sender=challenger)


def deciding(trial: Trial, number: int, *, stands: bool) -> bytes:
    """The name of the motion."""
    words = [CHALLENGE, trial.sale.application, number, stands]
    return keccak(encode(["uint8", "uint256", "uint256", "bool"], words))


# ------------------------------------------------------------------------------------------- challenge


def test_a_challenge_is_kept_and_announced_and_paid_for(
    court: Court, published: Trial, challenger: LocalAccount
) -> None:
    """The sale is told; the bond is beside the project's."""
    application, before = published.sale.application, court.bonds(challenger)
    assert court.call("challengeOf", application) == (ZERO, False, 0)
    receipt = challenge(court, published, challenger)
    assert court.event(receipt, "HoldingsChallenged").args == {
        "id": application,
        "number": 1,
        "challenger": challenger.address,
        "evidenceHash": EVIDENCE,
    }
    assert court.call("challengeOf", application) == (challenger.address, True, 1)
    assert published.call("opening").isChallenged is True
    assert before - court.bonds(challenger) == figures.CHALLENGE_BOND
    assert court.bonds(court.review) == figures.BOND + figures.CHALLENGE_BOND


def test_a_challenge_without_the_bond_is_refused(
    court: Court, published: Trial, challenger: LocalAccount, project: LocalAccount
) -> None:
    """One unit is missing; with it, it is accepted."""
    spare = court.bonds(challenger) - figures.CHALLENGE_BOND + 1
    court.bond_token.send("transfer", project.address, spare, sender=challenger)
    with reverts(TRANSFER_FROM_FAILED, b""):
        court.call(
            "challenge",
            published.sale.application,
            published.tree.root,
            EVIDENCE,
            sender=challenger,
        )
    court.bond_token.send("transfer", challenger.address, 1, sender=project)
    challenge(court, published, challenger)
    assert court.bonds(challenger) == 0


def test_a_second_challenge_waits_for_the_first(
    court: Court, challenged: Trial, project: LocalAccount
) -> None:
    """One at a time: the challenger and its bond stay."""
    with reverts("SubscriptionSale_Challenged", challenged.tree.root):
        court.call(
            "challenge", challenged.sale.application, challenged.tree.root, EVIDENCE, sender=project
        )


def test_a_challenge_is_refused_when_the_sale_refuses_it(
    court: Court, challenger: LocalAccount, chain: Chain
) -> None:
    """There is nothing to challenge yet, or the window is over."""
    listed = court.stage.list()
    with reverts("SubscriptionSale_HoldingsMissing"):
        court.call("challenge", listed.sale.application, bytes(32), EVIDENCE, sender=challenger)
    published = court.stage.publish()
    end = published.call("opening").publishedAt + figures.CHALLENGE
    chain.mine_at(end - 1)
    court.call(
        "challenge", published.sale.application, published.tree.root, EVIDENCE, sender=challenger
    )
    chain.mine_at(end)
    with reverts("SubscriptionSale_ChallengeTooLate", end, end):
        court.call(
            "challenge",
            published.sale.application,
            published.tree.root,
            EVIDENCE,
            sender=challenger,
        )


def test_what_is_not_listed_is_not_challenged(court: Court, challenger: LocalAccount) -> None:
    """An approval has no holdings."""
    application = court.brought_to(APPROVED)
    with reverts("ProjectReview_WrongStatus", application, APPROVED, LISTED):
        court.call("challenge", application, bytes(32), EVIDENCE, sender=challenger)


def test_a_challenge_without_evidence_is_refused(
    court: Court, published: Trial, challenger: LocalAccount
) -> None:
    """The zero hash is none."""
    with reverts("ProjectReview_HashZero"):
        court.call(
            "challenge",
            published.sale.application,
            published.tree.root,
            bytes(32),
            sender=challenger,
        )


# ------------------------------------------------------------------------------------------- decision


@pytest.mark.parametrize("stands", [True, False])
def test_a_quorum_decides_the_challenge(
    court: Court,
    challenged: Trial,
    challenger: LocalAccount,
    project: LocalAccount,
    *,
    stands: bool,
) -> None:
    """If the holdings stand the bond is burnt, else the challenger has it back; the project never gets it."""
    application, winner = challenged.sale.application, BURN if stands else challenger.address
    before, of_project = court.bonds(winner), court.bonds(project)
    *_, last = court.vote_on_challenge(application, [FIRST, SECOND], stands=stands)
    assert court.event(last, "Voted").args["motion"] == deciding(challenged, 1, stands=stands)
    assert challenged.call("opening").isChallenged is True
    (receipt,) = court.vote_on_challenge(application, [THIRD], stands=stands)
    opening = challenged.call("opening")
    root = challenged.tree.root if stands else bytes(32)
    assert (opening.isChallenged, opening.root) == (False, root)
    assert court.event(receipt, "ChallengeDecided").args == {
        "id": application,
        "number": 1,
        "stands": stands,
    }
    assert court.event(receipt, "ChallengeBondPaid").args == {
        "id": application,
        "number": 1,
        "to": winner,
        "amount": figures.CHALLENGE_BOND,
    }
    assert court.bonds(winner) - before == figures.CHALLENGE_BOND
    assert court.bonds(project) == of_project
    assert court.bonds(court.review) == figures.BOND
    assert court.call("challengeOf", application) == (challenger.address, False, 1)


def test_votes_for_and_against_do_not_add_up(court: Court, challenged: Trial) -> None:
    """Two and two are no quorum of three."""
    application = challenged.sale.application
    court.vote_on_challenge(application, [FIRST, SECOND], stands=True)
    court.vote_on_challenge(application, [THIRD, FOURTH], stands=False)
    assert challenged.call("opening").isChallenged is True
    assert court.call("votesFor", deciding(challenged, 1, stands=True)) == 2
    assert court.call("votesFor", deciding(challenged, 1, stands=False)) == 2
    court.vote_on_challenge(application, [FIFTH], stands=True)
    assert challenged.call("opening").isChallenged is False


def test_a_decided_challenge_is_not_voted_on(court: Court, challenged: Trial) -> None:
    """Nor is its bond given back once more."""
    application = challenged.sale.application
    court.vote_on_challenge(application, REVIEWERS[:QUORUM], stands=True)
    with reverts("ProjectReview_NotChallenged", application):
        court.call("voteOnChallenge", application, True, sender=FOURTH)
    challenged.open()
    with reverts("ProjectReview_NotChallenged", application):
        court.call("returnChallengeBond", application)


def test_what_is_not_challenged_is_not_voted_on(court: Court, published: Trial) -> None:
    """And there is no bond."""
    application = published.sale.application
    with reverts("ProjectReview_NotChallenged", application):
        court.call("voteOnChallenge", application, True, sender=FIRST)
    published.open()
    with reverts("ProjectReview_NotChallenged", application):
        court.call("returnChallengeBond", application)


def test_votes_on_the_first_challenge_do_not_count_for_the_second(
    court: Court, challenged: Trial, challenger: LocalAccount, publisher: LocalAccount
) -> None:
    """The holdings fell, others were posted and challenged in turn."""
    application = challenged.sale.application
    court.vote_on_challenge(application, [FIRST, SECOND], stands=True)
    court.vote_on_challenge(application, [THIRD, FOURTH, FIFTH], stands=False)
    challenged.send("publishHoldings", challenged.tree.root, sender=publisher)
    receipt = challenge(court, challenged, challenger)
    assert court.event(receipt, "HoldingsChallenged").args["number"] == 2
    court.vote_on_challenge(application, [THIRD], stands=True)
    assert challenged.call("opening").isChallenged is True
    assert court.call("votesFor", deciding(challenged, 2, stands=True)) == 1
    court.vote_on_challenge(application, [FIRST, SECOND], stands=True)
    assert challenged.call("opening").isChallenged is False
    assert court.bonds(court.review) == figures.BOND


def test_a_decision_is_due_before_the_first_session(
    court: Court, challenged: Trial, chain: Chain
) -> None:
    """In the last second before it, and not from its start on."""
    application, start = challenged.sale.application, challenged.terms.sessions[0].start
    court.vote_on_challenge(application, [FIRST, SECOND], stands=True)
    chain.mine_at(start - 1)
    court.call("voteOnChallenge", application, True, sender=THIRD)
    for late in (0, 1):
        chain.mine_at(start + late)
        with reverts("ProjectReview_DecisionTooLate", start + late, start):
            court.call("voteOnChallenge", application, True, sender=THIRD)


# ------------------------------------------------------------------------------------------- undecided


def test_the_bond_of_an_undecided_challenge_goes_back(
    court: Court, challenged: Trial, challenger: LocalAccount, chain: Chain
) -> None:
    """From the start of the first session on, sent by anybody, once; nobody can vote then."""
    application, start = challenged.sale.application, challenged.terms.sessions[0].start
    before = court.bonds(challenger)
    chain.mine_at(start - 1)
    with reverts("ProjectReview_ChallengeUndecided", start - 1, start):
        court.call("returnChallengeBond", application)
    chain.advance_to(start)
    receipt = court.send("returnChallengeBond", application, sender=court.applicant)
    assert court.event(receipt, "ChallengeBondPaid").args == {
        "id": application,
        "number": 1,
        "to": challenger.address,
        "amount": figures.CHALLENGE_BOND,
    }
    assert court.bonds(challenger) - before == figures.CHALLENGE_BOND
    assert court.bonds(court.review) == figures.BOND
    for function, args in (("returnChallengeBond", ()), ("voteOnChallenge", (True,))):
        with reverts("ProjectReview_NotChallenged", application):
            court.call(function, application, *args, sender=FIRST)


def test_a_sale_with_an_undecided_challenge_never_opens(
    court: Court, challenged: Trial, challenger: LocalAccount, buyer: LocalAccount
) -> None:
    """Whether the bond went back or not; anybody ends the sale, and the bond goes back after that too."""
    application = challenged.sale.application
    challenged.open()
    with reverts("SubscriptionSale_Challenged", challenged.tree.root):
        challenged.call("subscribe", 900, *challenged.proof_of(buyer), sender=buyer)
    challenged.send("abandon", sender=buyer)
    assert challenged.call("status") == FAILED
    assert court.call("returnChallengeBond", application) == figures.CHALLENGE_BOND
    with reverts("SubscriptionSale_WrongStatus", FAILED, 0):
        court.call("challenge", application, bytes(32), EVIDENCE, sender=challenger)


def test_the_bond_of_a_challenge_goes_back_when_the_project_is_delisted(
    court: Court, challenged: Trial, challenger: LocalAccount
) -> None:
    """At once: there is no sale to decide for."""
    application = challenged.sale.application
    with reverts(
        "ProjectReview_ChallengeUndecided",
        court.chain.now(),
        challenged.terms.sessions[0].start,
    ):
        court.call("returnChallengeBond", application)
    court.vote_to_delist(application, [FIRST, SECOND, THIRD])
    with reverts("ProjectReview_WrongStatus", application, DELISTED, LISTED):
        court.call("voteOnChallenge", application, True, sender=FIRST)
    before = court.bonds(challenger)
    court.send("returnChallengeBond", application, sender=challenger)
    assert court.bonds(challenger) - before == figures.CHALLENGE_BOND
