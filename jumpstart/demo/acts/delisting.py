"""The delisting: in the middle of a session the reviewers end a sale, and its bond is shared."""

from typing import Final

from jumpstart.demo.acts.bond import return_bond
from jumpstart.demo.acts.committee import QUORUM, RECUSED, vote, voting
from jumpstart.demo.acts.failure import take_back, turn_away_second_refund
from jumpstart.demo.acts.sessions import come_back, second_orders
from jumpstart.demo.acts.subscribing import as_model, subscribing
from jumpstart.demo.agenda import Scene
from jumpstart.demo.documents import REASON, hash_of
from jumpstart.demo.journal import Phase
from jumpstart.demo.play import Play
from jumpstart.demo.stage import APPLICATION
from jumpstart.errors import CheckError
from jumpstart.pages.numerals import shown

_HALF: Final = 300  # seconds into the session
_HOUR: Final = 3_600


def scenes(play: Play) -> list[Scene]:
    """From the opening of session 2 on."""
    session = play.stage.terms.sessions[1]
    return [
        Scene(time=session.start, phase=Phase.SESSIONS, act=_fill),
        Scene(time=session.start + _HALF, phase=Phase.SESSIONS, act=_delist),
        Scene(time=session.start + _HOUR, phase=Phase.REFUNDS, act=_refund),
        Scene(time=session.start + 2 * _HOUR, phase=Phase.BOND, act=_share),
    ]


def _fill(play: Play) -> None:
    back, new = second_orders(play)
    play.journal.begin("Session 2, and its end", len(back) + len(new) + 12)
    come_back(play, back)
    buyer = back[0][0]
    play.turn_away(
        buyer.name,
        "takes a share of the bond while all is well",
        play.sale.escrow.transaction("shareBond", buyer.account, sender=buyer.key),
        "ProceedsEscrow_NotDelisted",
        "The bond is the project's as long as it is listed.",
        lambda _: play.mirror.escrow.share_bond(buyer.account),
    )


def _delist(play: Play) -> None:
    _, new = second_orders(play)
    late, order = new[0]
    play.send(
        "pause the sale",
        play.sale.contract.transaction("pause", sender=play.role("guardian")),
    )
    play.note(
        "In the middle of session 2 it comes out that the team has sold the same tokens elsewhere. The "
        "guardian pauses the sale before the reviewers vote: nobody can subscribe for a day, so nobody "
        "can come just to share the bond."
    )
    play.turn_away(
        late.name,
        "subscribes while the sale is paused",
        subscribing(play, late, order),
        "SubscriptionSale_Paused",
        "Could try again tomorrow, if there still were a sale.",
    )
    play.turn_away(
        RECUSED,
        "votes to delist",
        voting(play, RECUSED, "voteToDelist", hash_of(REASON)),
        "ProjectReview_Recused",
        "Has advised the project, and stays outside.",
    )
    receipt = vote(play, QUORUM, "vote to delist", "voteToDelist", hash_of(REASON))
    slashed = play.review.event(receipt, "Delisted").args["slashed"]
    play.mirror.delist(APPLICATION, play.time_of(receipt))
    if slashed != play.mirror.bonds.slashed:
        raise CheckError(f"slashed: {slashed} on chain, expected {play.mirror.bonds.slashed}")
    play.note(
        "Three reviewers vote to delist the project, for a reason whose hash is on chain. With the "
        f"third vote the sale is void, and {shown(slashed, play.held)} of the bond, all that has not "
        "come due, are the participants'."
    )
    play.turn_away(
        late.name,
        "subscribes in what would be the open session",
        subscribing(play, late, order),
        "SubscriptionSale_WrongStatus",
        "Keeps its money.",
        as_model(play, late, order),
    )
    play.turn_away(
        "the project",
        "has the sale settled all the same",
        play.sale.contract.transaction("settle", sender=play.role("project")),
        "SubscriptionSale_WrongStatus",
        "There is nothing to settle: nobody is sold anything.",
        play.mirror.settle,
    )


def _refund(play: Play) -> None:
    take_back(play, "Refunds")
    turn_away_second_refund(play)
    play.note(
        "Everybody has taken back every unit that was paid in, for session 1 too, and the project's "
        "tokens are back with its treasury. The sale is empty."
    )


def _share(play: Play) -> None:
    people, escrow = play.subscribers, play.sale.escrow
    play.journal.begin("The bond", len(people) + 4)
    sent = [
        escrow.transaction("shareBond", buyer.account, sender=play.stranger) for buyer in people
    ]
    play.send_many("share the bond", sent)
    for buyer in people:
        play.mirror.escrow.share_bond(buyer.account)
    left = play.mirror.escrow.bond_held
    play.note(
        f"The bond is shared among {len(people)} participants, by what each had been allotted and was "
        f"asking for: {shown(play.mirror.bonds.slashed - left, play.held)}. Rounding leaves "
        f"{shown(left, play.held)}."
    )
    first = people[0]
    play.turn_away(
        first.name,
        "takes its share twice",
        escrow.transaction("shareBond", first.account, sender=first.key),
        "ProceedsEscrow_AlreadyShared",
        "Has it already.",
        lambda _: play.mirror.escrow.share_bond(first.account),
    )
    stranger = play.stranger.address
    play.turn_away(
        "a stranger",
        "takes a share without having taken part",
        escrow.transaction("shareBond", stranger, sender=play.stranger),
        "ProceedsEscrow_NoWeight",
        "Was not harmed.",
        lambda _: play.mirror.escrow.share_bond(stranger),
    )
    amount = return_bond(play)
    play.note(
        f"One part of the bond had come due before the delisting. It stays the project's: "
        f"{shown(amount, play.held)}."
    )
