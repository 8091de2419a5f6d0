"""A failure: the soft cap is missed, or nobody settles, and everybody takes everything back."""

from typing import Final

from jumpstart.demo.acts.bond import return_bond
from jumpstart.demo.acts.payouts import collect, refund, sweep
from jumpstart.demo.acts.sessions import settle
from jumpstart.demo.agenda import Scene
from jumpstart.demo.bonds import PART_SECONDS, PARTS
from jumpstart.demo.journal import Phase
from jumpstart.demo.play import Play
from jumpstart.demo.stage import APPLICATION
from jumpstart.pages.numerals import clock, shown

_HOUR: Final = 3_600


def scenes(play: Play) -> list[Scene]:
    """From the end of the last session to the last part of the bond."""
    end = play.stage.terms.sessions[-1].end
    listed_at = play.mirror.bonds.applications[APPLICATION].listed_at
    assert listed_at is not None
    last = listed_at + PARTS * PART_SECONDS
    return [
        Scene(time=end, phase=Phase.REFUNDS, act=_settle),
        Scene(time=end + _HOUR, phase=Phase.REFUNDS, act=_refund),
        Scene(time=last, phase=Phase.BOND, act=_return_bond),
    ]


def take_back(play: Play, title: str) -> None:
    """Everybody takes the deposit, the tokens go back, and nothing is left."""
    people = play.subscribers
    play.journal.begin(title, len(people) + 3)
    refund(play, people)
    collect(play, "collectUnsold", "collect unsold tokens")
    sweep(play)


def turn_away_second_refund(play: Play) -> None:
    """Once is enough."""
    first = play.subscribers[0]
    play.turn_away(
        first.name,
        "takes the refund twice",
        play.sale.contract.transaction("refund", sender=first.key),
        "SubscriptionSale_NothingToClaim",
        "Has everything back already.",
        lambda time: play.mirror.refund(first.account, time),
    )


def _settle(play: Play) -> None:
    _try_without_settlement(play)
    settle(play)
    raised, soft_cap = play.mirror.ledger.raised, play.stage.terms.deal.soft_cap
    play.note(
        f"A stranger settles session 2. The sale has raised {shown(raised, play.paid)} and needed "
        f"{shown(soft_cap, play.paid)}: it has failed, and everybody may take everything back."
    )


def _refund(play: Play) -> None:
    take_back(play, "Refunds")
    turn_away_second_refund(play)
    play.note("Everybody has taken back every unit that was paid in. The sale is empty.")


def _return_bond(play: Play) -> None:
    amount = return_bond(play)
    play.note(
        f"A failed sale is no fault that costs a bond: the rest of it, {shown(amount, play.held)}, "
        "is back with the project."
    )


def _try_without_settlement(play: Play) -> None:
    """What if the last session is never settled: played, checked, and taken back."""
    snapshot, mirror = play.chain.snapshot(), play.mirror.copy()
    gas = {action: list(spent) for action, spent in play.journal.gas.items()}
    deadline = play.stage.terms.settle_deadline
    play.wait_until(deadline)
    play.turn_away(
        "a stranger",
        "settles in the second in which the deadline has passed",
        play.sale.contract.transaction("settle", sender=play.stranger),
        "SubscriptionSale_SettlementTooLate",
        "Nothing is lost: from this second on everybody may take a full refund alone.",
        play.mirror.settle,
    )
    take_back(play, "What if nobody settles")
    books, _ = play.reconcile()
    play.rewind(snapshot)
    play.mirror, play.journal.gas = mirror, gas
    assert books.sale is not None
    play.note(
        f"Tried out and taken back: had nobody settled by {clock(deadline)}, all "
        f"{len(books.sale.entries)} buyers would have taken back "
        f"{shown(books.sale.paid_back, play.paid)} of {shown(books.sale.deposits, play.paid)} without "
        "anybody's help, to the unit."
    )
