"""The review: a project applies, reviewers score behind closed lids, and the medians decide."""

from collections.abc import Mapping, Sequence
from typing import Final

from eth_utils.address import to_canonical_address

from jumpstart.chain.client import Transaction
from jumpstart.chain.sale import UNLIMITED
from jumpstart.demo.cast import REVIEWERS
from jumpstart.demo.documents import DOSSIER, SECOND_DOSSIER, hash_of
from jumpstart.demo.journal import Phase
from jumpstart.demo.play import Play
from jumpstart.demo.stage import APPLICATION, DAY
from jumpstart.errors import CheckError
from jumpstart.hashing import keccak256
from jumpstart.pages.numerals import grouped, shown
from jumpstart.review import CRITERIA, Scores, Verdict, commitment_of, decide

_FIRST, _SECOND, _THIRD, _FOURTH, _FIFTH = REVIEWERS

_GOOD: Final[Mapping[str, Scores]] = {
    _FIRST: (78, 72, 64, 81, 75, 70, 68),
    _SECOND: (70, 66, 58, 74, 69, 62, 71),
    _THIRD: (85, 58, 72, 77, 80, 66, 60),
}
_UNSAFE: Final[Mapping[str, Scores]] = {
    _FIRST: (88, 80, 84, 79, 48, 72, 75),
    _SECOND: (82, 77, 80, 83, 52, 70, 66),
    _THIRD: (90, 69, 75, 72, 66, 64, 70),
    _FOURTH: (80, 74, 78, 70, 41, 60, 68),
    _FIFTH: (76, 71, 83, 81, 57, 69, 73),
}
_AGAIN: Final = 2  # the number of a second application


def apply(play: Play, application: int, dossier: str) -> None:
    """The project applies for the terms of the sale, and pays its bond."""
    project = play.role("project")
    terms_hash = play.stage.listing.terms_hash
    receipt = play.send(
        "apply",
        play.review.transaction(
            "submit", "dossier.txt", hash_of(dossier), terms_hash, sender=project
        ),
    )
    submitted = play.review.event(receipt, "Applied").args["id"]
    if submitted != application:
        raise CheckError(f"number of the application: {submitted}, expected {application}")
    play.mirror.bonds.submit(application, play.time_of(receipt))
    play.note(
        f"The project applies with its dossier, the hash of its exact terms (0x"
        f"{terms_hash.hex()[:8]} and so on), and a bond of {shown(play.stage.rules.bond, play.held)}."
    )


# ----------------------------------------------------------------------------------------- scoring


def _salt(reviewer: str, application: int) -> bytes:
    # Everybody can compute it, and with it read a score before its reveal. A demo needs the same
    # bytes in every run; a reviewer needs 32 random bytes that nobody else knows.
    return keccak256(f"jumpstart demo: salt of {reviewer} for {application}".encode())


def _commitment(play: Play, application: int, reviewer: str, scores: Scores) -> bytes:
    return commitment_of(
        play.chain.chain_id,
        to_canonical_address(play.review.address),
        application,
        to_canonical_address(play.role(reviewer).address),
        scores,
        _salt(reviewer, application),
    )


def _committing(play: Play, application: int, reviewer: str, commitment: bytes) -> Transaction:
    return play.review.transaction("commit", application, commitment, sender=play.role(reviewer))


def _commit(play: Play, application: int, cards: Mapping[str, Scores]) -> None:
    sent = [
        _committing(play, application, name, _commitment(play, application, name, scores))
        for name, scores in cards.items()
    ]
    play.send_many("commit to a scorecard", sent)


def _revealing(
    play: Play, application: int, reviewer: str, scores: Scores, salt: bytes
) -> Transaction:
    return play.review.transaction(
        "reveal", application, list(scores), salt, sender=play.role(reviewer)
    )


def _reveal(play: Play, application: int, cards: Mapping[str, Scores]) -> None:
    for name, scores in cards.items():
        salt = _salt(name, application)
        play.send("reveal a scorecard", _revealing(play, application, name, scores, salt))


def _decide(play: Play, application: int, cards: Sequence[Scores]) -> Verdict:
    """Anyone has the review decide; the model decides from the same cards."""
    sent = play.review.transaction("decide", application, sender=play.stranger)
    decided = play.review.event(play.send("decide", sent), "Decided").args
    verdict = decide(cards, play.stage.rules)
    found = (decided["approved"], decided["medians"], decided["total"])
    expected = (verdict.approved, verdict.medians, verdict.total)
    if found != expected:
        raise CheckError(f"decision: {found} on chain, expected {expected}")
    play.mirror.bonds.decide(application, approved=verdict.approved)
    return verdict


# ---------------------------------------------------------------------------------------- approved


def approve(play: Play) -> None:
    """Five reviewers: one recuses, one copies and can reveal nothing, three are enough."""
    play.journal.begin("Review", 26, Phase.REVIEW)
    _let_pay_bonds(play)
    deployer, review = play.role("deployer"), play.review
    play.turn_away(
        "the deployer of the platform",
        "appoints a reviewer",
        review.transaction("appointReviewer", deployer.address, sender=deployer),
        "ProjectReview_OnlyChair",
        "Has no role at all: it made the contracts, and can do what anybody can.",
    )
    apply(play, APPLICATION, DOSSIER)
    _turn_away_outsiders(play)

    play.wait_until(play.chain.now() + DAY)
    play.send("recuse", review.transaction("recuse", APPLICATION, sender=play.role(_FIFTH)))
    play.note(
        "Reviewer 5 has advised the project, says so, and takes no part in anything about it."
    )
    _commit(play, APPLICATION, _GOOD)
    play.note(
        "Reviewers 1, 2 and 3 commit to a score from 0 to 100 on each of seven criteria. Only a hash "
        "is on chain: until the reveal nobody can read a score."
    )
    play.turn_away(
        "reviewer 1",
        "reveals while reviewer 4 can still commit",
        _revealing(play, APPLICATION, _FIRST, _GOOD[_FIRST], _salt(_FIRST, APPLICATION)),
        "ProjectReview_RevealNotOpen",
        "Reveals when everybody has committed: see the scorecards.",
    )
    play.wait_until(play.chain.now() + 2 * DAY)
    copied = _commitment(play, APPLICATION, _FIRST, _GOOD[_FIRST])
    play.send("commit to a scorecard", _committing(play, APPLICATION, _FOURTH, copied))
    play.note("Reviewer 4 copies the commitment of reviewer 1, without knowing what is in it.")
    _reveal_with_refusals(play)

    applied = play.mirror.bonds.applications[APPLICATION].applied_at
    play.wait_until(applied + play.stage.rules.commit_seconds + play.stage.rules.reveal_seconds)
    verdict = _decide(play, APPLICATION, list(_GOOD.values()))
    play.note(
        f"Reviewer 4 has revealed nothing, and keeps nobody waiting. A stranger has the review "
        f"decide: {len(_GOOD)} scorecards are the quorum, every median reaches its floor, the total "
        f"of {grouped(verdict.total)} the bar of {grouped(play.stage.rules.bar)}. Approved, for "
        "these exact terms."
    )


def _let_pay_bonds(play: Play) -> None:
    sent = play.stage.bond_token.transaction(
        "approve", play.review.address, UNLIMITED, sender=play.role("project")
    )
    play.send("approve the bond", sent)


def _turn_away_outsiders(play: Play) -> None:
    stranger = play.stranger
    play.turn_away(
        "a stranger",
        "scores the project",
        play.review.transaction("commit", APPLICATION, bytes(32), sender=stranger),
        "ProjectReview_OnlyReviewer",
        "May read every score once it is revealed.",
    )
    play.turn_away(
        "a stranger",
        "takes the application back",
        play.review.transaction("withdraw", APPLICATION, sender=stranger),
        "ProjectReview_OnlyApplicant",
        "The application stands.",
    )
    play.turn_away(
        "a stranger",
        "lists the sale before anybody has decided",
        play.stage.platform.listing(APPLICATION, play.stage.listing, sender=stranger),
        "ProjectReview_WrongStatus",
        "There is no sale without an approval.",
    )


def _reveal_with_refusals(play: Play) -> None:
    """The copy, and a score bettered afterwards, are of no use."""
    salt = _salt(_FIRST, APPLICATION)
    _reveal(play, APPLICATION, {_FIRST: _GOOD[_FIRST]})
    play.turn_away(
        "reviewer 4",
        "reveals what it copied from reviewer 1, now that the scores and the salt are public",
        _revealing(play, APPLICATION, _FOURTH, _GOOD[_FIRST], salt),
        "ProjectReview_CommitmentWrong",
        "A commitment is bound to its reviewer. It reveals nothing, and is not counted.",
    )
    play.turn_away(
        "reviewer 4",
        "commits to something else when everybody has committed",
        _committing(play, APPLICATION, _FOURTH, bytes(31) + b"\1"),
        "ProjectReview_CommitClosed",
        "Nobody can adapt a score to those of others.",
    )
    play.turn_away(
        "reviewer 3",
        "reveals better scores than it committed to",
        _revealing(play, APPLICATION, _THIRD, (99,) * len(CRITERIA), _salt(_THIRD, APPLICATION)),
        "ProjectReview_CommitmentWrong",
        "Reveals what it committed to: see the scorecards.",
    )
    _reveal(play, APPLICATION, {name: _GOOD[name] for name in (_SECOND, _THIRD)})
    play.turn_away(
        "a stranger",
        "has the review decide while reviewer 4 could still reveal",
        play.review.transaction("decide", APPLICATION, sender=play.stranger),
        "ProjectReview_RevealOpen",
        "Waits until the time to reveal is over, which nobody can prolong.",
    )


# ---------------------------------------------------------------------------------------- rejected


def reject(play: Play) -> None:
    """One application falls on a floor, the next on silence. Both bonds go back."""
    play.journal.begin("Review of a first application", 17, Phase.REVIEW)
    _let_pay_bonds(play)
    apply(play, APPLICATION, DOSSIER)
    play.wait_until(play.chain.now() + DAY)
    _commit(play, APPLICATION, _UNSAFE)
    play.note("All five reviewers have committed, so nobody has to wait for the time to reveal.")
    _reveal(play, APPLICATION, _UNSAFE)
    verdict = _decide(play, APPLICATION, list(_UNSAFE.values()))
    rules = play.stage.rules
    failed = [
        f"{name}, {median} where {floor} is the least"
        for name, median, floor in zip(CRITERIA, verdict.medians, rules.floors, strict=True)
        if median < floor
    ]
    play.note(
        f"Rejected. The total of {grouped(verdict.total)} is above the bar of {grouped(rules.bar)}, "
        f"but a median is below its floor: {', '.join(failed)}. Strength elsewhere does not make up "
        "for it."
    )
    _turn_away_listing(play, APPLICATION, "lists the sale that was rejected")
    _return_bond(play, APPLICATION)

    play.journal.begin("A second application", 6)
    play.wait_until(play.chain.now() + DAY)
    apply(play, _AGAIN, SECOND_DOSSIER)
    _turn_away_bond(play, _AGAIN)
    applied = play.mirror.bonds.applications[_AGAIN].applied_at
    seconds = rules.commit_seconds + rules.reveal_seconds + rules.approval_seconds
    play.wait_until(applied + seconds)
    _turn_away_listing(play, _AGAIN, "lists the sale that nobody reviewed")
    play.note(
        "Nobody has answered. With the time to decide the application is over, without anybody's "
        "help: silence is a rejection."
    )
    _return_bond(play, _AGAIN)
    _turn_away_bond(play, _AGAIN)


def _turn_away_listing(play: Play, application: int, attempt: str) -> None:
    play.turn_away(
        "the project",
        attempt,
        play.stage.platform.listing(application, play.stage.listing, sender=play.role("project")),
        "ProjectReview_WrongStatus",
        "Nothing is listed, and nobody can pay in.",
    )


def _return_bond(play: Play, application: int) -> None:
    sent = play.review.transaction("returnBond", application, sender=play.stranger)
    receipt = play.send("return the bond", sent)
    amount = play.mirror.return_bond(application, play.time_of(receipt))
    play.note(f"A stranger sends the bond back to the project: all {shown(amount, play.held)}.")


def _turn_away_bond(play: Play, application: int) -> None:
    play.turn_away(
        "the project",
        "takes its bond",
        play.review.transaction("returnBond", application, sender=play.role("project")),
        "ProjectReview_NothingToReturn",
        "It comes back when the application is over, once.",
        lambda time: play.mirror.return_bond(application, time),
    )
