"""The scenarios: which acts follow one another, from the first block to the last figure.

"sale" ends in success: two sessions, claims, vesting to the end. "refund" misses its soft cap, and
before that shows what would follow if nobody settled at all.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any, Final

from jumpstart import drafts
from jumpstart.chain.client import Chain
from jumpstart.demo import summary
from jumpstart.demo.cast import Buyer, buyers_of, key_of, with_orders
from jumpstart.demo.holders import Holder, read_holders
from jumpstart.demo.journal import Journal, Nobody, Watcher
from jumpstart.demo.numerals import clock, percent, shown
from jumpstart.demo.play import Play, document_of, visitor
from jumpstart.demo.stage import DRAFT, Stage, build

_MINUTE: Final = 60
_OKB: Final = 10**18
_MONTHLY: Final = 24  # buyers that claim every month; the others only at the first and the last
_LOT: Final = 1_000  # whole tokens that orders are multiples of


class Scenario(StrEnum):
    """What can be played."""

    SALE = "sale"
    REFUND = "refund"


def perform(
    chain: Chain,
    scenario: Scenario = Scenario.SALE,
    *,
    participants: int = 40,
    holders: Sequence[Holder] = (),
    watcher: Watcher | None = None,
    is_exact: bool = True,
) -> dict[str, Any]:
    """Plays a scenario on a local chain and returns its summary, the content of `report.json`.

    Balances are drawn from `holders`, by default from the sample. `is_exact` says that the chain's
    clock moves by blocks alone, as on a `LocalNode`. Raises
    `CheckError` when a figure on chain differs from the model, or something is not refused that
    must be; `InputError` for a count out of range.
    """
    draft = drafts.read(DRAFT)
    known = holders or read_holders()
    tiers = tuple(tier.tier for tier in draft.tiers)
    buyers = buyers_of(participants, known, tiers, draft.holdings.days)
    journal = Journal(watcher=watcher or Nobody())
    journal.begin("Setting up", 3)
    stage = build(chain, draft, journal, is_exact=is_exact)
    targets = _targets(stage, scenario)
    buyers = with_orders(buyers, stage.terms, targets, lot=_LOT * 10**draft.tokens.sale.decimals)
    play = Play(stage, journal, buyers, _VISITORS, known)
    _prepare(play)
    if scenario is Scenario.SALE:
        _sell(play)
    else:
        _fail(play)
    journal.begin("Checking every figure", 1)
    books, checks = play.reconcile()
    journal.step(f"{len(checks)} figures agree")
    return summary.build(play, scenario, books, checks)


def _targets(stage: Stage, scenario: Scenario) -> tuple[int, int]:
    """Tokens that buyers order in each session: more than there are, or too few."""
    first, second = stage.terms.sessions
    if scenario is Scenario.SALE:
        return first.limit * 104 // 100, second.supply * 3 // 2
    return first.supply // 2, second.supply // 4


_NO_PASS = visitor("a holder without a pass", 1_200 * _OKB)
_ABROAD = visitor("a holder from a country not admitted", 5_000 * _OKB)
_REVOKED = visitor("a holder whose pass was revoked", 900 * _OKB)
_SMALL = visitor("a holder of too little", 420 * _OKB)
_TWIN = visitor("a second account of buyer 1", 2_600 * _OKB)
_FORGER = visitor("a holder who signs a pass alone", 1_000 * _OKB)
_VISITORS: Final = (_NO_PASS, _ABROAD, _REVOKED, _SMALL, _TWIN, _FORGER)


# ------------------------------------------------------------------------- before the first session


def _prepare(play: Play) -> None:
    count = len(play.buyers)
    play.journal.begin("Holdings and passes", 3 * count + 11)
    play.turn_away(
        "a stranger",
        "posts a list of holdings of its own",
        play.sale.contract.transaction(
            "publishHoldings", bytes(31) + b"\1", sender=play.stage.roles["stranger"]
        ),
        "SubscriptionSale_OnlyPublisher",
        "Only the publisher's list counts, and it can be posted once.",
    )
    play.publish_holdings()
    play.hand_out()
    play.give_passes()
    _turn_away_passes(play)
    play.note(
        f"{count} buyers have presented a pass. It carries a country, a level and a blinded "
        "identity, no name."
    )


def _turn_away_passes(play: Play) -> None:
    play.present(
        [
            (_ABROAD, play.attest(_ABROAD, "demo passport abroad", "US")),
            (_REVOKED, play.attest(_REVOKED, "demo passport revoked", "FR")),
            (_SMALL, play.attest(_SMALL, "demo passport small", "DE")),
        ]
    )
    play.stage.platform.pass_registry.send(
        "revoke", _REVOKED.account, sender=play.stage.roles["attester"]
    )
    play.journal.step("the attester takes one pass back")
    play.turn_away(
        _TWIN.name,
        "presents a pass for the same person",
        play.presenting(_TWIN, play.attest(_TWIN, document_of(play.buyers[0]), "FR")),
        "PassRegistry_IdentityTaken",
        "One person, one account: to split a holding takes other people's identities.",
    )
    play.turn_away(
        _FORGER.name,
        "presents an attestation that the attester did not sign",
        play.presenting(
            _FORGER, play.attest(_FORGER, "demo passport forged", "JP", key=_FORGER.key)
        ),
        "PassRegistry_SignatureInvalid",
        "Stays outside.",
    )
    expired = play.attest(_NO_PASS, "demo passport expired", "BR", days=0)
    play.stage.move_to(expired.attestation.expires_at + _MINUTE)
    play.turn_away(
        _NO_PASS.name,
        "presents an attestation that is over",
        play.presenting(_NO_PASS, expired),
        "PassRegistry_Expired",
        "Has no pass when the sale opens, and tries all the same: see below.",
    )


# ---------------------------------------------------------------------------------------- a success


def _sell(play: Play) -> None:
    _first_session(play)
    _second_session(play)
    _claim(play)


def _first_session(play: Play) -> None:
    session = play.stage.terms.sessions[0]
    orders = [(buyer, buyer.orders[0]) for buyer in play.buyers if buyer.orders[0]]
    play.journal.begin("Session 1, with a limit", len(orders) + 14)
    _turn_away_early(play)
    play.stage.move_to(session.start)
    _turn_away_visitors(play)
    _turn_away_buyers(play)

    *most, last = orders
    first, top_ups = _split(most)
    play.subscribe(first, "subscribe for the first time")
    play.subscribe(top_ups, "top up")
    play.turn_away(
        "a stranger",
        "settles while the session runs",
        play.sale.contract.transaction("settle", sender=play.stage.roles["stranger"]),
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
    play.settle()
    outcome = play.mirror.ledger.outcomes[0]
    play.note(
        "A stranger settles session 1. It takes one transaction, however many took part: "
        f"{shown(session.supply, play.sold)} are shared by coefficient times subscription"
        f"{_in_full(play, outcome.full_from)}."
    )


def _cross_limit(play: Play, last: tuple[Buyer, int], room: int) -> None:
    buyer, amount = last
    play.subscribe([last], "subscribe across the limit")
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
        play.subscribing(late, order),
        "SubscriptionSale_LimitReached",
        "Comes back for session 2, which has no limit.",
        _subscribing(play, late, order),
    )


def _second_session(play: Play) -> None:
    session = play.stage.terms.sessions[1]
    orders = [(buyer, buyer.orders[1]) for buyer in play.buyers if buyer.orders[1]]
    play.journal.begin("Session 2, without a limit", len(orders) + 8)
    play.stage.move_to(session.start)
    back = [(buyer, amount) for buyer, amount in orders if buyer.orders[0]]
    new = [(buyer, amount) for buyer, amount in orders if not buyer.orders[0]]
    before = sum(play.mirror.ledger.deposit_of(buyer.account) for buyer, _ in back)
    play.subscribe(back, "subscribe again in session 2")
    after = sum(play.mirror.ledger.deposit_of(buyer.account) for buyer, _ in back)
    play.note(
        f"{len(back)} buyers of session 1 subscribe again. What session 1 did not allot them pays "
        "for it, and a surplus goes back at once: together their deposits "
        f"{'fall' if after < before else 'rise'} from {shown(before, play.paid)} to "
        f"{shown(after, play.paid)}."
    )
    play.subscribe(new, "subscribe for the first time")
    subscribed = sum(amount for _, amount in orders)
    play.note(
        f"{len(new)} newcomers subscribe. With those who came back they ask for "
        f"{shown(subscribed, play.sold)}, {percent(subscribed, session.supply, 0)} of what is sold."
    )
    play.stage.move_to(session.end)
    late = new[0][0]
    play.turn_away(
        late.name,
        "tops up in the second in which the window has closed",
        play.sale.subscription(_OKB, sender=late.key),
        "SubscriptionSale_Closed",
        "Keeps the subscription made in time.",
        _subscribing(play, late, _OKB),
    )
    play.turn_away(
        late.name,
        "claims before the sale is settled",
        play.sale.contract.transaction("claim", sender=late.key),
        "SubscriptionSale_WrongStatus",
        "Claims when the sale is over: see below.",
        _claiming(play, late),
    )
    play.settle()
    ledger = play.mirror.ledger
    play.note(
        "A stranger settles session 2, and with it the sale: a success. "
        f"{shown(ledger.raised, play.paid)} are raised, the soft cap was "
        f"{shown(play.stage.terms.deal.soft_cap, play.paid)}"
        f"{_in_full(play, ledger.outcomes[1].full_from)}."
    )


def _claim(play: Play) -> None:
    vesting = play.stage.terms.vesting
    people = play.subscribers
    months = vesting.duration_seconds // vesting.step_seconds
    regular = people[:_MONTHLY]
    play.monthly = len(regular)
    play.journal.begin(
        "Claims and vesting", 2 * len(people) + (months - 1) * len(regular) + months + 13
    )
    play.collect("collectProceeds", "collect the proceeds")
    play.collect("collectFee", "collect the fee")
    play.collect("collectUnsold", "collect unsold tokens")
    ledger = play.mirror.ledger
    play.note(
        f"The project collects {shown(ledger.proceeds - ledger.fee, play.paid)} and the platform "
        f"its fee of {shown(ledger.fee, play.paid)}. Neither can reach into a refund."
    )
    early, signer, forged = people[0], people[4], people[5]
    play.claim([early], "claim the refund before vesting begins")
    play.note(
        f"{early.name.capitalize()} claims at once and gets the whole refund. "
        "The tokens begin to vest tomorrow."
    )
    _turn_away_claims(play, early, forged)

    play.stage.move_to(vesting.start)
    play.claim_to(signer, key_of("another address of a buyer"))
    play.note(
        f"Vesting begins, a quarter is free. {signer.name.capitalize()} has signed that its tokens "
        "and refund go to another address of its own; a stranger sends the transaction and can "
        "change nothing in it."
    )
    play.claim([early], "claim what has vested")
    play.claim([each for each in people if each not in (early, signer)], "claim tokens and refund")
    _remember(play)
    play.note(
        f"All {len(people)} buyers have claimed: a quarter of their tokens, and every unit of "
        "payment that was not used. One in four did not lift a finger: a stranger sent it for them."
    )
    for month in range(1, months + 1):
        play.stage.move_to(vesting.start + month * vesting.step_seconds)
        play.claim(regular if month < months else people, "claim what has vested")
        _remember(play)
        play.journal.tell(f"month {month} of {months}")
    play.note(
        f"{months} months later the last part is free and everybody has claimed it. Of the first "
        f"{len(regular)} buyers each claimed every month."
    )
    play.sweep()
    play.note(
        "A stranger shows that every claim is over. What rounding left goes to the treasury: "
        f"{shown(ledger.remainders.tokens, play.sold)} and "
        f"{shown(ledger.remainders.payment, play.paid)}. The contract is empty."
    )


# ---------------------------------------------------------------------------------------- a failure


def _fail(play: Play) -> None:
    first, second = play.stage.terms.sessions
    play.journal.begin("Two sessions with little demand", len(play.buyers) + 20)
    _turn_away_early(play)
    play.stage.move_to(first.start)
    _turn_away_visitors(play)
    for index, session in enumerate((first, second)):
        if index:
            play.stage.move_to(session.start)
        orders = [(buyer, buyer.orders[index]) for buyer in play.buyers if buyer.orders[index]]
        back = [order for order in orders if order[0] in play.subscribers]
        play.subscribe(back, "subscribe again in session 2")
        new = [order for order in orders if order not in back]
        play.subscribe(new, "subscribe for the first time")
        subscribed = sum(amount for _, amount in orders)
        play.note(
            f"Session {index + 1}: {len(orders)} buyers subscribe {shown(subscribed, play.sold)}, "
            f"only {percent(subscribed, session.supply, 0)} of what it sells."
        )
        play.stage.move_to(session.end)
        if index == 0:
            play.settle()
            play.note("A stranger settles session 1: everybody is allotted in full.")
    _nobody_settles(play)
    play.settle()
    raised, soft_cap = play.mirror.ledger.raised, play.stage.terms.deal.soft_cap
    play.note(
        f"A stranger settles session 2. The sale has raised {shown(raised, play.paid)} and needed "
        f"{shown(soft_cap, play.paid)}: it has failed, and everybody may take everything back."
    )
    _take_back(play, "Refunds")
    first_back = play.subscribers[0]
    play.turn_away(
        first_back.name,
        "takes the refund twice",
        play.sale.contract.transaction("refund", sender=first_back.key),
        "SubscriptionSale_NothingToClaim",
        "Has everything back already.",
        lambda time: play.mirror.refund(first_back.account, time),
    )
    play.note("Everybody has taken back every unit that was paid in. The contract is empty.")


def _nobody_settles(play: Play) -> None:
    """What if the last session is never settled: played, checked, and taken back."""
    snapshot, mirror = play.chain.snapshot(), play.mirror.copy()
    gas = {action: list(spent) for action, spent in play.journal.gas.items()}
    deadline = play.stage.terms.settle_deadline
    play.stage.move_to(deadline)
    play.turn_away(
        "a stranger",
        "settles in the second in which the deadline has passed",
        play.sale.contract.transaction("settle", sender=play.stage.roles["stranger"]),
        "SubscriptionSale_SettlementTooLate",
        "Nothing is lost: from this second on everybody may take a full refund alone.",
        play.mirror.settle,
    )
    _take_back(play, "What if nobody settles")
    books, _ = play.reconcile()
    play.chain.revert(snapshot)
    play.mirror, play.journal.gas = mirror, gas
    play.note(
        f"Tried out and taken back: had nobody settled by {clock(deadline)}, all "
        f"{len(books.entries)} buyers would have taken back {shown(books.deposits, play.paid)} of "
        f"{shown(books.deposits, play.paid)} without anybody's help, to the unit."
    )


def _take_back(play: Play, phase: str) -> None:
    people = play.subscribers
    play.journal.begin(phase, len(people) + 4)
    *others, last = people
    play.refund(others)
    play.refund_to(last, key_of("another address of a buyer"))
    play.collect("collectUnsold", "collect unsold tokens")
    play.sweep()


# ------------------------------------------------------------------------------------- turned away


def _turn_away_early(play: Play) -> None:
    start = play.stage.terms.sessions[0].start
    early = next(buyer for buyer in play.buyers if buyer.orders[0])
    play.stage.move_to(start - _MINUTE)
    play.turn_away(
        early.name,
        "subscribes a minute before the opening",
        play.subscribing(early, early.orders[0]),
        "SubscriptionSale_NotOpen",
        "Subscribes when the session is open: see the table of buyers.",
        _subscribing(play, early, early.orders[0]),
    )


def _turn_away_visitors(play: Play) -> None:
    amount = 100_000 * 10**play.sold.decimals
    for who, attempt, error, then in (
        (_NO_PASS, "subscribes without a pass", "NoPass", "Stays outside."),
        (_ABROAD, "subscribes with a pass for the US", "JurisdictionNotAdmitted", "Stays outside."),
        (_REVOKED, "subscribes with a pass that was taken back", "NoPass", "Stays outside."),
    ):
        play.turn_away(
            who.name, attempt, play.subscribing(who, amount), f"SubscriptionSale_{error}", then
        )
    play.turn_away(
        _SMALL.name,
        "subscribes with a mean of 420 OKB",
        play.subscribing(_SMALL, amount),
        "SubscriptionSale_HoldingTooLow",
        "Stays outside.",
        lambda time: play.mirror.subscribe(_SMALL.account, amount, time),
    )


def _turn_away_buyers(play: Play) -> None:
    liar, greedy, tiny = (buyer for buyer in play.buyers[:4] if buyer.orders[0])
    cap = play.stage.terms.deal.account_cap + 10**play.sold.decimals
    half = 10**play.sold.decimals // 2
    play.turn_away(
        liar.name,
        "claims ten times its holding, with the proof of the true one",
        play.subscribing(liar, liar.orders[0], holding=10 * liar.holding),
        "SubscriptionSale_ProofInvalid",
        "Tells the truth and subscribes: see the table of buyers.",
    )
    play.turn_away(
        greedy.name,
        "subscribes one token more than an account may have",
        play.subscribing(greedy, cap),
        "SubscriptionSale_CapExceeded",
        "Asks for less and subscribes: see the table of buyers.",
        _subscribing(play, greedy, cap),
    )
    play.turn_away(
        tiny.name,
        "subscribes half a token",
        play.subscribing(tiny, half),
        "SubscriptionSale_BelowMinimum",
        "Asks for more and subscribes: see the table of buyers.",
        _subscribing(play, tiny, half),
    )


def _turn_away_claims(play: Play, early: Buyer, forged: Buyer) -> None:
    contract, stranger = play.sale.contract, play.stage.roles["stranger"]
    play.turn_away(
        early.name,
        "claims a second time",
        contract.transaction("claim", sender=early.key),
        "SubscriptionSale_NothingToClaim",
        "Claims again when something has vested.",
        _claiming(play, early),
    )
    play.turn_away(
        "a stranger",
        f"sends the claim of {forged.name} to itself, with a signature of its own",
        play.claiming_to(forged, stranger.address, signer=stranger),
        "SubscriptionSale_SignatureInvalid",
        f"Could send it to {forged.name} and nowhere else.",
    )
    play.turn_away(
        forged.name,
        "asks for a full refund of a sale that succeeded",
        contract.transaction("refund", sender=forged.key),
        "SubscriptionSale_WrongStatus",
        "Claims tokens and the unused part of the payment.",
        lambda time: play.mirror.refund(forged.account, time),
    )
    play.turn_away(
        "a stranger",
        "collects the proceeds a second time",
        contract.transaction("collectProceeds", sender=stranger),
        "SubscriptionSale_NothingToCollect",
        "They went to the project, once.",
    )
    play.turn_away(
        "a stranger",
        "sweeps the remainders while claims are open",
        contract.transaction("sweep", [forged.account], sender=stranger),
        "SubscriptionSale_ClaimOpen",
        "Sweeps after the last claim: see below.",
    )


def _subscribing(play: Play, buyer: Buyer, amount: int) -> Callable[[int], object]:
    return lambda time: play.mirror.subscribe(buyer.account, amount, time)


def _claiming(play: Play, buyer: Buyer) -> Callable[[int], object]:
    return lambda time: play.mirror.claim(buyer.account, time)


# ------------------------------------------------------------------------------------------ pieces


def _split(
    orders: Sequence[tuple[Buyer, int]],
) -> tuple[list[tuple[Buyer, int]], list[tuple[Buyer, int]]]:
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


def _remember(play: Play) -> None:
    """How many tokens buyers have by now."""
    time = play.chain.now()
    positions = [play.mirror.ledger.position_of(buyer.account) for buyer in play.subscribers]
    play.releases.append((time, sum(position.amount for position in positions)))
