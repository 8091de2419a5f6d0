"""The delivery: a share at once, a milestone met, one vetoed and met after all, one missed."""

from typing import Final

from jumpstart.amounts import BASIS_POINTS
from jumpstart.chain.client import Transaction
from jumpstart.demo.acts.committee import QUORUM, RECUSED, vote, voting
from jumpstart.demo.agenda import Scene
from jumpstart.demo.cast import Buyer
from jumpstart.demo.documents import (
    FIRST_EVIDENCE,
    LATE_EVIDENCE,
    STRONG_EVIDENCE,
    WEAK_EVIDENCE,
    hash_of,
)
from jumpstart.demo.journal import Phase
from jumpstart.demo.play import Play
from jumpstart.demo.stage import DAY
from jumpstart.errors import CheckError
from jumpstart.pages.numerals import day, percent, share, shown

_FIRST, _SECOND, _THIRD = 0, 1, 2  # milestones
_HALF_HOUR: Final = 1_800


def missed_at(play: Play) -> int:
    """When the third milestone is missed."""
    escrow = play.stage.listing.escrow
    return escrow.milestones[_THIRD].deadline + escrow.grace_seconds


def scenes(play: Play) -> list[Scene]:
    """From the end of the sale until the milestone is missed."""
    escrow = play.stage.listing.escrow
    first, second, third = (each.deadline for each in escrow.milestones[:3])
    window = escrow.objection_seconds
    steps = (
        (play.stage.terms.sessions[-1].end + _HALF_HOUR, _release_initial),
        (first - 12 * DAY, _attest_first),
        (first - 10 * DAY, _object_alone),
        (first - 12 * DAY + window + DAY, _release_first),
        (second - 21 * DAY, _attest_second),
        (second - 19 * DAY, _veto_second),
        (second + 2 * DAY, _attest_again),
        (second + 3 * DAY + window, _release_second),
        (third - DAY, _vote_for_third),
        (missed_at(play), _miss_third),
    )
    return [Scene(time=time, phase=Phase.DELIVERY, act=act) for time, act in steps]


# --------------------------------------------------------------------------------------- releasing


def _releasing(play: Play) -> Transaction:
    return play.sale.escrow.transaction("release", sender=play.stranger)


def _release(play: Play) -> int:
    receipt = play.send("release a share", _releasing(play))
    released: int = play.sale.escrow.event(receipt, "Released").args["amount"]
    expected = play.mirror.release(play.time_of(receipt))
    if released != expected:
        raise CheckError(f"released: {released} on chain, expected {expected}")
    return released


def _release_initial(play: Play) -> None:
    amount = _release(play)
    ledger = play.mirror.ledger
    play.note(
        f"The proceeds, {shown(ledger.proceeds - ledger.fee, play.paid)}, go to the escrow and not to "
        f"the project, which gets the initial share of {share(play.stage.listing.escrow.initial_bps)}: "
        f"{shown(amount, play.paid)}."
    )
    _turn_away_release(play, "the project", "takes more than the initial share")
    play.turn_away(
        "a stranger",
        "collects the proceeds a second time",
        play.sale.contract.transaction("collectProceeds", sender=play.stranger),
        "SubscriptionSale_NothingToCollect",
        "They are in the escrow, once.",
    )


def _turn_away_release(play: Play, who: str, attempt: str) -> None:
    play.turn_away(
        who,
        attempt,
        play.sale.escrow.transaction("release", sender=play.role("proceeds")),
        "ProceedsEscrow_NothingToCollect",
        "Gets what its milestones have earned, and nothing before.",
        play.mirror.release,
    )


# ---------------------------------------------------------------------------------- attesting


def _attest(play: Play, milestone: int, evidence: str) -> None:
    action, function = "vote for a milestone", "voteToAttest"
    receipt = vote(play, QUORUM, action, function, milestone, hash_of(evidence))
    play.sale.escrow.event(receipt, "MilestoneAttested")
    play.mirror.escrow.attest(milestone, play.time_of(receipt))


def _attest_first(play: Play) -> None:
    buyer, evidence = play.subscribers[0], hash_of(FIRST_EVIDENCE)
    play.turn_away(
        buyer.name,
        "objects before anything is attested",
        play.sale.escrow.transaction("object", sender=buyer.key),
        "ProceedsEscrow_NotAttested",
        "Can object when the reviewers have spoken.",
        lambda time: play.mirror.escrow.object(buyer.account, time),
    )
    play.turn_away(
        "the project",
        "votes for its own milestone",
        play.review.transaction(
            "voteToAttest", play.sale.application, _FIRST, evidence, sender=play.role("project")
        ),
        "ProjectReview_OnlyReviewer",
        "Shows its evidence to the reviewers.",
    )
    play.turn_away(
        RECUSED,
        "votes for the milestone",
        voting(play, RECUSED, "voteToAttest", _FIRST, evidence),
        "ProjectReview_Recused",
        "Has advised the project, and stays outside.",
    )
    _attest(play, _FIRST, FIRST_EVIDENCE)
    play.note(
        "Milestone 1: three reviewers have seen the test version and vote for it. For a week the "
        "participants can object, weighted by what they paid for."
    )
    _turn_away_release(play, "the project", "takes the share while participants can still object")


def _object(play: Play, buyer: Buyer) -> bool:
    escrow = play.sale.escrow
    receipt = play.send("object", escrow.transaction("object", sender=buyer.key))
    is_vetoed = play.mirror.escrow.object(buyer.account, play.time_of(receipt))
    if is_vetoed != bool(escrow.events(receipt, "MilestoneVetoed")):
        raise CheckError(f"objection of {buyer.name}: vetoed on chain or in the model, not in both")
    return is_vetoed


def _object_alone(play: Play) -> None:
    ledger, escrow = play.mirror.ledger, play.sale.escrow
    buyer = min(play.subscribers, key=lambda each: ledger.weight_of(each.account))
    _object(play, buyer)
    part = percent(ledger.weight_of(buyer.account), ledger.sold_up, 2)
    veto = share(play.stage.listing.escrow.objection_bps)
    play.note(
        f"{buyer.name.capitalize()} objects, with {part} of all tokens. {veto} would be a veto."
    )
    play.turn_away(
        buyer.name,
        "objects a second time",
        escrow.transaction("object", sender=buyer.key),
        "ProceedsEscrow_AlreadyObjected",
        "Everybody has one voice, as heavy as what was paid.",
        lambda time: play.mirror.escrow.object(buyer.account, time),
    )
    stranger = play.stranger
    play.turn_away(
        "a stranger",
        "objects without having bought anything",
        escrow.transaction("object", sender=stranger),
        "ProceedsEscrow_NoWeight",
        "It is not a stranger's money.",
        lambda time: play.mirror.escrow.object(stranger.address, time),
    )


def _release_first(play: Play) -> None:
    amount = _release(play)
    play.note(
        f"Nobody else has objected: the share of milestone 1 is free, {shown(amount, play.paid)}."
    )


def _attest_second(play: Play) -> None:
    _attest(play, _SECOND, WEAK_EVIDENCE)
    play.note(
        "Milestone 2: the reviewers vote for it, though the audit was made by the project's own "
        "engineers and not by somebody independent."
    )


def _veto_second(play: Play) -> None:
    ledger = play.mirror.ledger
    objected, weight = 0, 0
    for buyer in _fellows(play):
        objected, weight = objected + 1, weight + ledger.weight_of(buyer.account)
        if _object(play, buyer):
            break
    play.note(
        f"{objected} buyers object, together {percent(weight, ledger.sold_up)} of all tokens: the "
        "attestation is vetoed, and counts as if it had never been made."
    )
    _turn_away_release(play, "the project", "takes the share of the vetoed milestone")


def _fellows(play: Play) -> list[Buyer]:
    """Those whose objection alone is no veto, the heaviest first."""
    ledger, least = play.mirror.ledger, play.stage.listing.escrow.objection_bps
    needed = ledger.sold_up * least
    light = [
        each for each in play.subscribers if ledger.weight_of(each.account) * BASIS_POINTS < needed
    ]
    return sorted(light, key=lambda each: (-ledger.weight_of(each.account), each.number))


def _attest_again(play: Play) -> None:
    _attest(play, _SECOND, STRONG_EVIDENCE)
    play.note(
        "Milestone 2 again, after its deadline and within the grace: the audit of an independent firm "
        "is there, and the reviewers vote for the new evidence. Their old votes do not count."
    )


def _release_second(play: Play) -> None:
    amount = _release(play)
    play.note(f"Nobody objects: the share of milestone 2 is free, {shown(amount, play.paid)}.")


# ------------------------------------------------------------------------------------------ missed


def _vote_for_third(play: Play) -> None:
    first, second, _ = QUORUM
    evidence = hash_of(LATE_EVIDENCE)
    vote(play, [first, second], "vote for a milestone", "voteToAttest", _THIRD, evidence)
    play.turn_away(
        first,
        "votes twice for milestone 3",
        voting(play, first, "voteToAttest", _THIRD, evidence),
        "ProjectReview_AlreadyVoted",
        "Two votes are not three.",
    )
    play.note(
        "Milestone 3: two reviewers vote for it, the third has tried the release and it does not "
        f"start. There is no quorum, and after {day(missed_at(play) - 1)} it is too late."
    )


def _miss_third(play: Play) -> None:
    third = QUORUM[2]
    play.turn_away(
        third,
        "votes for milestone 3 in the second in which it is missed",
        voting(play, third, "voteToAttest", _THIRD, hash_of(LATE_EVIDENCE)),
        "ProjectReview_NotDue",
        "Nothing can be attested any more.",
        None,
    )
    _turn_away_release(play, "the project", "takes more after the missed milestone")
    play.note(
        "Milestone 3 is missed: no transaction was needed for it. All releases stop, and everybody "
        "may exit: return what has not vested, and take the part of its price that the project has "
        "not got."
    )
