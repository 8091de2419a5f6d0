"""The sessions: orders come in, some are turned away, and anyone settles."""

from collections.abc import Sequence
from typing import Final

from jumpstart.demo.acts.passes import ABROAD, NO_PASS, REVOKED, SMALL
from jumpstart.demo.acts.subscribing import Order, as_model, subscribe, subscribing
from jumpstart.demo.agenda import Scene
from jumpstart.demo.journal import Phase
from jumpstart.demo.play import Play
from jumpstart.pages.numerals import percent, shown

_MINUTE: Final = 60
_OKB: Final = 10**18


def first_session(play: Play) -> list[Scene]:
    """From a minute before it to its settlement."""
    start = play.stage.terms.sessions[0].start
    return [
        Scene(time=start - _MINUTE, phase=Phase.SESSIONS, act=_turn_away_early),
        Scene(time=start, phase=Phase.SESSIONS, act=_fill_first),
    ]


def second_session(play: Play) -> list[Scene]:
    """From its opening to its settlement, and with it that of the sale."""
    session = play.stage.terms.sessions[1]
    return [
        Scene(time=session.start, phase=Phase.SESSIONS, act=_fill_second),
        Scene(time=session.end, phase=Phase.SESSIONS, act=_close_second),
    ]


def thin_sessions(play: Play) -> list[Scene]:
    """Both, with little demand; the second one is not settled yet."""
    first, second = play.stage.terms.sessions
    return [
        Scene(time=first.start - _MINUTE, phase=Phase.SESSIONS, act=_turn_away_early),
        Scene(time=first.start, phase=Phase.SESSIONS, act=_fill_thinly),
        Scene(time=first.end, phase=Phase.SESSIONS, act=_settle_first),
        Scene(time=second.start, phase=Phase.SESSIONS, act=_fill_thinly),
    ]


def settle(play: Play) -> None:
    """The stranger settles the next session."""
    receipt = play.send(
        "settle a session", play.sale.contract.transaction("settle", sender=play.stranger)
    )
    play.mirror.settle(play.time_of(receipt))


# --------------------------------------------------------------------------------------- session 1


def _fill_first(play: Play) -> None:
    session = play.stage.terms.sessions[0]
    orders = [(buyer, buyer.orders[0]) for buyer in play.buyers if buyer.orders[0]]
    play.journal.begin("Session 1, with a limit", len(orders) + 13)
    _turn_away_visitors(play)
    _turn_away_buyers(play)

    *most, last = orders
    first, top_ups = _split(most)
    subscribe(play, first, "subscribe for the first time")
    subscribe(play, top_ups, "top up")
    play.turn_away(
        "a stranger",
        "settles while the session runs",
        play.sale.contract.transaction("settle", sender=play.stranger),
        "SubscriptionSale_SessionRunning",
        "Settles when the limit is reached: see below.",
        play.mirror.settle,
    )
    subscribed = sum(amount for _, amount in most)
    play.note(
        f"{len(most)} buyers have subscribed {shown(subscribed, play.sold)}, "
        f"{percent(subscribed, session.supply, 0)} of what this session sells."
    )
    _cross_limit(play, last, session.limit - subscribed)
    settle(play)
    outcome = play.mirror.ledger.outcomes[0]
    play.note(
        "A stranger settles session 1. It takes one transaction, however many took part: "
        f"{shown(session.supply, play.sold)} are shared by coefficient times subscription"
        f"{_in_full(play, outcome.full_from)}."
    )


def _cross_limit(play: Play, last: Order, room: int) -> None:
    buyer, amount = last
    subscribe(play, [last], "subscribe across the limit")
    play.note(
        f"{buyer.name.capitalize()} asks for {shown(amount, play.sold)} and crosses the limit: "
        f"{shown(room, play.sold)} are accepted and paid for, the rest is not charged. "
        "The session closes."
    )
    late = next(each for each in play.buyers if not each.orders[0])
    order = late.orders[1]
    play.turn_away(
        late.name,
        "subscribes after the limit was reached",
        subscribing(play, late, order),
        "SubscriptionSale_LimitReached",
        "Comes back for session 2, which has no limit.",
        as_model(play, late, order),
    )


# --------------------------------------------------------------------------------------- session 2


def second_orders(play: Play) -> tuple[list[Order], list[Order]]:
    """Of those who were in the first session, and of newcomers."""
    orders = [(buyer, buyer.orders[1]) for buyer in play.buyers if buyer.orders[1]]
    back = [(buyer, amount) for buyer, amount in orders if buyer.orders[0]]
    return back, [(buyer, amount) for buyer, amount in orders if not buyer.orders[0]]


def come_back(play: Play, back: Sequence[Order]) -> None:
    """Buyers of the first session subscribe again, with what it did not allot them."""
    deposit_of = play.mirror.ledger.deposit_of
    before = sum(deposit_of(buyer.account) for buyer, _ in back)
    subscribe(play, back, "subscribe again in session 2")
    after = sum(deposit_of(buyer.account) for buyer, _ in back)
    play.note(
        f"{len(back)} buyers of session 1 subscribe again. What session 1 did not allot them pays "
        "for it, and a surplus goes back at once: together their deposits "
        f"{'fall' if after < before else 'rise'} from {shown(before, play.paid)} to "
        f"{shown(after, play.paid)}."
    )


def _fill_second(play: Play) -> None:
    session = play.stage.terms.sessions[1]
    back, new = second_orders(play)
    play.journal.begin("Session 2, without a limit", len(back) + len(new) + 5)
    come_back(play, back)
    subscribe(play, new, "subscribe for the first time")
    subscribed = sum(amount for _, amount in (*back, *new))
    play.note(
        f"{len(new)} newcomers subscribe. With those who came back they ask for "
        f"{shown(subscribed, play.sold)}, {percent(subscribed, session.supply, 0)} of what is sold."
    )


def _close_second(play: Play) -> None:
    late = second_orders(play)[1][0][0]
    play.turn_away(
        late.name,
        "tops up in the second in which the window has closed",
        play.sale.subscription(_OKB, sender=late.key),
        "SubscriptionSale_Closed",
        "Keeps the subscription made in time.",
        as_model(play, late, _OKB),
    )
    play.turn_away(
        late.name,
        "claims before the sale is settled",
        play.sale.contract.transaction("claim", sender=late.key),
        "SubscriptionSale_WrongStatus",
        "Claims when the sale is over: see below.",
        lambda time: play.mirror.claim(late.account, time),
    )
    settle(play)
    ledger = play.mirror.ledger
    play.note(
        "A stranger settles session 2, and with it the sale: a success. "
        f"{shown(ledger.raised, play.paid)} are raised, the soft cap was "
        f"{shown(play.stage.terms.deal.soft_cap, play.paid)}"
        f"{_in_full(play, ledger.outcomes[1].full_from)}."
    )


# ----------------------------------------------------------------------------------- little demand


def _fill_thinly(play: Play) -> None:
    index = len(play.mirror.ledger.outcomes)
    session = play.stage.terms.sessions[index]
    orders = [(buyer, buyer.orders[index]) for buyer in play.buyers if buyer.orders[index]]
    play.journal.begin(f"Session {index + 1}, with little demand", len(orders) + 6)
    if index == 0:
        _turn_away_visitors(play)
    back = [order for order in orders if play.is_known(order[0])]
    new = [order for order in orders if not play.is_known(order[0])]
    subscribe(play, back, "subscribe again in session 2")
    subscribe(play, new, "subscribe for the first time")
    subscribed = sum(amount for _, amount in orders)
    play.note(
        f"Session {index + 1}: {len(orders)} buyers subscribe {shown(subscribed, play.sold)}, "
        f"only {percent(subscribed, session.supply, 0)} of what it sells."
    )


def _settle_first(play: Play) -> None:
    settle(play)
    play.note("A stranger settles session 1: everybody is allotted in full.")


# ------------------------------------------------------------------------------------- turned away


def _turn_away_early(play: Play) -> None:
    early = next(buyer for buyer in play.buyers if buyer.orders[0])
    play.turn_away(
        early.name,
        "subscribes a minute before the opening",
        subscribing(play, early, early.orders[0]),
        "SubscriptionSale_NotOpen",
        "Subscribes when the session is open: see the table of buyers.",
        as_model(play, early, early.orders[0]),
    )


def _turn_away_visitors(play: Play) -> None:
    amount = 100_000 * 10**play.sold.decimals
    for who, attempt, error in (
        (NO_PASS, "subscribes without a pass", "NoPass"),
        (ABROAD, "subscribes with a pass for the US", "JurisdictionNotAdmitted"),
        (REVOKED, "subscribes with a pass that was taken back", "NoPass"),
    ):
        sent = subscribing(play, who, amount)
        play.turn_away(who.name, attempt, sent, f"SubscriptionSale_{error}", "Stays outside.")
    play.turn_away(
        SMALL.name,
        "subscribes with a mean of 420 OKB",
        subscribing(play, SMALL, amount),
        "SubscriptionSale_HoldingTooLow",
        "Stays outside.",
        as_model(play, SMALL, amount),
    )


def _turn_away_buyers(play: Play) -> None:
    liar, greedy, tiny = (buyer for buyer in play.buyers[:4] if buyer.orders[0])
    cap = play.stage.terms.deal.account_cap + 10**play.sold.decimals
    half = 10**play.sold.decimals // 2
    play.turn_away(
        liar.name,
        "claims ten times its holding, with the proof of the true one",
        subscribing(play, liar, liar.orders[0], holding=10 * liar.holding),
        "SubscriptionSale_ProofInvalid",
        "Tells the truth and subscribes: see the table of buyers.",
    )
    play.turn_away(
        greedy.name,
        "subscribes one token more than an account may have",
        subscribing(play, greedy, cap),
        "SubscriptionSale_CapExceeded",
        "Asks for less and subscribes: see the table of buyers.",
        as_model(play, greedy, cap),
    )
    play.turn_away(
        tiny.name,
        "subscribes half a token",
        subscribing(play, tiny, half),
        "SubscriptionSale_BelowMinimum",
        "Asks for more and subscribes: see the table of buyers.",
        as_model(play, tiny, half),
    )
    play.turn_away(
        "a stranger",
        "pauses the sale",
        play.sale.contract.transaction("pause", sender=play.stranger),
        "SubscriptionSale_OnlyGuardian",
        "The guardian could, once and for a day; it stops nothing but subscriptions.",
    )


# ------------------------------------------------------------------------------------------ pieces


def _split(orders: Sequence[Order]) -> tuple[list[Order], list[Order]]:
    """Every fifth order comes in two parts, the second later."""
    first, later = [], []
    for place, (buyer, amount) in enumerate(orders):
        part = amount * 3 // 10 if place % 5 == 3 else 0
        first.append((buyer, amount - part))
        if part:
            later.append((buyer, part))
    return first, later


def _in_full(play: Play, full_from: int) -> str:
    highest = play.stage.terms.tiers[-1].coefficient
    if full_from > highest:
        return "; nobody is allotted in full"
    return f"; coefficient {full_from} and above is allotted in full"
