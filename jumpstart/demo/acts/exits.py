"""The exits: who returns tokens not vested, what that pays, and what becomes of the rest."""

from collections.abc import Sequence
from typing import Final

from jumpstart.demo.acts.claims import leavers, silent
from jumpstart.demo.acts.delivery import missed_at
from jumpstart.demo.acts.payouts import collect, other_address
from jumpstart.demo.agenda import Scene
from jumpstart.demo.cast import Buyer
from jumpstart.demo.journal import Phase
from jumpstart.demo.play import Play
from jumpstart.demo.stage import DAY
from jumpstart.pages.numerals import shown

_MINUTE: Final = 60


def scenes(play: Play) -> list[Scene]:
    """From a minute before the exit right opens to its end."""
    start = missed_at(play)
    steps = (
        (start - _MINUTE, _turn_away_early),
        (start + 2 * DAY, _exit_first),
        (start + 9 * DAY, _exit_elsewhere),
        (start + 20 * DAY, _exit_silently),
        (start + play.stage.listing.escrow.exit_seconds, _end),
    )
    return [Scene(time=time, phase=Phase.EXITS, act=act) for time, act in steps]


def _exit(play: Play, buyers: Sequence[Buyer], action: str, to: str | None = None) -> None:
    escrow = play.sale.escrow
    sent = [escrow.transaction("exit", to or each.account, sender=each.key) for each in buyers]
    for buyer, receipt in zip(buyers, play.send_many(action, sent), strict=True):
        play.mirror.exit(buyer.account, play.time_of(receipt))


def _turn_away(play: Play, buyer: Buyer, attempt: str, error: str, then: str) -> None:
    play.turn_away(
        buyer.name,
        attempt,
        play.sale.escrow.transaction("exit", buyer.account, sender=buyer.key),
        error,
        then,
        lambda time: play.mirror.exit(buyer.account, time),
    )


def _turn_away_early(play: Play) -> None:
    _turn_away(
        play,
        leavers(play)[-1],
        "exits a minute before the milestone is missed",
        "ProceedsEscrow_WrongStatus",
        "Exits when it may: see the table of exits.",
    )


def _exit_first(play: Play) -> None:
    going = [each for each in leavers(play)[:-1] if each != silent(play)]
    _exit(play, going, "exit")
    paid = sum(play.mirror.exits[each.account].paid for each in going)
    one = len(going) == 1
    play.note(
        f"{len(going)} buyer{' exits' if one else 's exit'}, each alone and without anybody's consent: "
        f"{shown(paid, play.paid)} for what {'it returns' if one else 'they return'}. What has vested "
        "they keep."
    )
    first = going[0]
    _turn_away(
        play,
        first,
        "exits a second time",
        "SubscriptionSale_NothingToReturn",
        "Has returned everything that had not vested.",
    )
    play.turn_away(
        first.name,
        "claims after its exit",
        play.sale.contract.transaction("claim", sender=first.key),
        "SubscriptionSale_NothingToClaim",
        "Keeps what it had by then.",
        lambda time: play.mirror.claim(first.account, time),
    )
    play.turn_away(
        "a stranger",
        "exits without having bought anything",
        play.sale.escrow.transaction("exit", play.stranger.address, sender=play.stranger),
        "SubscriptionSale_NothingSubscribed",
        "Has nothing to return.",
        lambda time: play.mirror.exit(play.stranger.address, time),
    )
    play.turn_away(
        "the treasury",
        "collects the remainder while buyers can still exit",
        play.sale.escrow.transaction("collectRemainder", sender=play.role("treasury")),
        "ProceedsEscrow_WrongStatus",
        "Has to wait until the last day for exits is over.",
        play.mirror.escrow.collect_remainder,
    )


def _exit_elsewhere(play: Play) -> None:
    buyer = leavers(play)[-1]
    _exit(play, [buyer], "exit, paid at another address", other_address())
    play.note(
        f"{buyer.name.capitalize()} exits too, and has it paid at another address of its own: "
        f"{shown(play.mirror.exits[buyer.account].paid, play.paid)}."
    )


def _exit_silently(play: Play) -> None:
    buyer = silent(play)
    _exit(play, [buyer], "exit without a claim before")
    left = play.mirror.exits[buyer.account]
    play.note(
        f"{buyer.name.capitalize()} has never claimed anything, and exits. In one transaction it gets "
        f"its refund of {shown(left.refund, play.paid)}, {shown(left.kept, play.sold)} that have "
        f"vested, and {shown(left.paid, play.paid)} for {shown(left.returned, play.sold)} that have not."
    )


def _end(play: Play) -> None:
    staying = next(each for each in play.subscribers if each.account not in play.mirror.exits)
    _turn_away(
        play,
        staying,
        "exits in the second in which the time to exit is over",
        "ProceedsEscrow_WrongStatus",
        "Has stayed, and goes on vesting to the end.",
    )
    escrow = play.sale.escrow
    receipt = play.send(
        "collect the remainder", escrow.transaction("collectRemainder", sender=play.stranger)
    )
    amount = play.mirror.escrow.collect_remainder(play.time_of(receipt))
    collect(play, "collectReturned", "collect returned tokens")
    stayed = len(play.subscribers) - len(play.mirror.exits)
    play.note(
        f"The time to exit is over. {len(play.mirror.exits)} have left and {stayed} have stayed. What "
        f"nobody exited with, {shown(amount, play.paid)}, goes where the terms say: to the treasury. "
        "The escrow is empty."
    )
    play.turn_away(
        "the treasury",
        "collects the remainder again",
        escrow.transaction("collectRemainder", sender=play.role("treasury")),
        "ProceedsEscrow_NothingToCollect",
        "There is nothing left.",
        play.mirror.escrow.collect_remainder,
    )
