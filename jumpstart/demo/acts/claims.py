"""The claims: tokens and refunds at first, then what has vested, month by month to the end."""

from typing import Final

from jumpstart.demo.acts.payouts import (
    claim,
    claim_elsewhere,
    claiming_to,
    collect,
    sweep,
)
from jumpstart.demo.agenda import Scene
from jumpstart.demo.cast import Buyer
from jumpstart.demo.journal import Phase
from jumpstart.demo.play import Play
from jumpstart.ledger import Stage as Step
from jumpstart.pages.numerals import ordinal, shown

_MONTHLY: Final = 24  # buyers that claim every month; the others only at the first and the last
_HOUR: Final = 3_600
_EARLY, _SIGNER, _FORGED = 0, 4, 5  # places among those who subscribed


def leavers(play: Play) -> list[Buyer]:
    """Those who will exit when they may: every other buyer."""
    return [buyer for buyer in play.subscribers if buyer.number % 2 == 0]


def silent(play: Play) -> Buyer:
    """The one of them that claims nothing before."""
    return leavers(play)[1]


def scenes(play: Play) -> list[Scene]:
    """From the hour after the sale to the end of vesting."""
    vesting, end = play.stage.terms.vesting, play.stage.terms.sessions[-1].end
    months = vesting.duration_seconds // vesting.step_seconds
    return [
        Scene(time=end + _HOUR, phase=Phase.CLAIMS, act=_claim_early),
        Scene(time=vesting.start, phase=Phase.CLAIMS, act=_claim_first),
        *(
            Scene(
                time=vesting.start + month * vesting.step_seconds,
                phase=Phase.CLAIMS,
                act=_claim_regularly,
            )
            for month in range(1, months)
        ),
        Scene(
            time=vesting.start + months * vesting.step_seconds, phase=Phase.CLAIMS, act=_claim_last
        ),
    ]


def _claim_early(play: Play) -> None:
    people, ledger = play.subscribers, play.mirror.ledger
    months = play.stage.terms.vesting.duration_seconds // play.stage.terms.vesting.step_seconds
    play.pace.monthly = len(_regular(play))
    play.journal.begin(
        "The year after: claims, delivery, exits, bond",
        2 * len(people) + (months - 1) * play.pace.monthly + 95,
    )
    collect(play, "collectFee", "collect the fee")
    collect(play, "collectUnsold", "collect unsold tokens")
    play.note(
        f"The platform collects its fee of {shown(ledger.fee, play.paid)}, and what was not sold goes "
        "to the treasury. Neither can reach into a refund."
    )
    early, forged = people[_EARLY], people[_FORGED]
    claim(play, [early], "claim the refund before vesting begins")
    play.note(
        f"{early.name.capitalize()} claims at once and gets the whole refund. "
        "The tokens begin to vest tomorrow."
    )
    _turn_away(play, early, forged)


def _claim_first(play: Play) -> None:
    people, quiet = play.subscribers, silent(play)
    early, signer = people[_EARLY], people[_SIGNER]
    claim_elsewhere(play, signer)
    play.note(
        f"Vesting begins, a quarter is free. {signer.name.capitalize()} has signed that its tokens "
        "and refund go to another address of its own; a stranger sends the transaction and can "
        "change nothing in it."
    )
    claim(play, [early], "claim what has vested")
    others = [each for each in people if each not in (early, signer, quiet)]
    claim(play, others, "claim tokens and refund")
    _remember(play)
    play.note(
        f"{len(people) - 1} buyers have claimed: a quarter of their tokens, and every unit of payment "
        f"that was not used. One in four did not lift a finger: a stranger sent it for them. "
        f"{quiet.name.capitalize()} claims nothing, and loses nothing by it."
    )


def _claim_regularly(play: Play) -> None:
    claim(play, _present(play, _regular(play)), "claim what has vested")
    _remember(play)


def _claim_last(play: Play) -> None:
    everybody = _present(play, play.subscribers)
    claim(play, everybody, "claim what has vested")
    _remember(play)
    months = ordinal(len(play.pace.claimed) - 1)
    play.note(
        f"With the {months} month the last part is free, and all {len(everybody)} buyers who stayed "
        f"have claimed it. {play.pace.monthly} claimed every month for as long as they were there."
    )
    sweep(play)
    remainders = play.mirror.ledger.remainders
    play.note(
        "A stranger shows that every claim is over. What rounding left goes where the terms say: "
        f"{shown(remainders.tokens, play.sold)} and {shown(remainders.payment, play.paid)}. The sale "
        "is empty."
    )


def _regular(play: Play) -> list[Buyer]:
    return [buyer for buyer in play.subscribers[:_MONTHLY] if buyer != silent(play)]


def _present(play: Play, buyers: list[Buyer]) -> list[Buyer]:
    """Those who have not exited."""
    position_of = play.mirror.ledger.position_of
    return [each for each in buyers if position_of(each.account).stage is not Step.EXITED]


def _remember(play: Play) -> None:
    """How many tokens buyers have by now."""
    positions = [play.mirror.ledger.position_of(buyer.account) for buyer in play.subscribers]
    claimed = sum(each.amount for each in positions if each.stage is not Step.SUBSCRIBED)
    play.pace.claimed.append((play.chain.now(), claimed))


def _turn_away(play: Play, early: Buyer, forged: Buyer) -> None:
    contract, stranger = play.sale.contract, play.stranger
    play.turn_away(
        early.name,
        "claims a second time",
        contract.transaction("claim", sender=early.key),
        "SubscriptionSale_NothingToClaim",
        "Claims again when something has vested.",
        lambda time: play.mirror.claim(early.account, time),
    )
    play.turn_away(
        "a stranger",
        f"sends the claim of {forged.name} to itself, with a signature of its own",
        claiming_to(play, forged, stranger.address, signer=stranger),
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
        "collects the fee a second time",
        contract.transaction("collectFee", sender=stranger),
        "SubscriptionSale_NothingToCollect",
        "It went to the platform, once.",
    )
    play.turn_away(
        "a stranger",
        "sweeps the remainders while claims are open",
        contract.transaction("sweep", [forged.account], sender=stranger),
        "SubscriptionSale_ClaimOpen",
        "Sweeps after the last claim: see below.",
    )
