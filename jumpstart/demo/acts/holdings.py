"""The holdings: a published list is challenged where it is wrong, and final where it is not."""

from collections.abc import Callable

from jumpstart.demo.acts.committee import QUORUM, RECUSED, vote, voting
from jumpstart.demo.agenda import Scene
from jumpstart.demo.documents import WRONG_HOLDINGS, hash_of
from jumpstart.demo.journal import Phase
from jumpstart.demo.play import Play
from jumpstart.demo.stage import APPLICATION, DAY
from jumpstart.errors import CheckError
from jumpstart.holdings import tree_of
from jumpstart.pages.numerals import grouped, shown

_HOUR = 3_600
_FAVOURED = 2  # the buyer whose holding the wrong list multiplies


def scenes(play: Play, *, is_challenged: bool) -> list[Scene]:
    """The days before the first session. `is_challenged`: the first list is a wrong one."""
    start = play.stage.terms.sessions[0].start

    def scene(hours: int, act: Callable[[Play], None]) -> Scene:
        return Scene(time=start - hours * _HOUR, phase=Phase.HOLDINGS, act=act)

    if not is_challenged:
        return [scene(120, _begin), scene(119, _publish)]
    return [
        scene(144, _begin),
        scene(143, _publish_wrong),
        scene(132, _challenge),
        scene(124, _uphold),
        scene(120, _publish),
        scene(90, _turn_away_replacement),
    ]


def _begin(play: Play) -> None:
    play.journal.begin("Holdings", 11)
    play.turn_away(
        "a stranger",
        "posts a list of holdings of its own",
        play.sale.contract.transaction("publishHoldings", bytes(31) + b"\1", sender=play.stranger),
        "SubscriptionSale_OnlyPublisher",
        "Only the publisher's list counts, and anybody can challenge it.",
    )


def _wrong_root(play: Play) -> bytes:
    """Of a list in which one buyer has ten times what it held."""
    favoured = play.buyers[_FAVOURED].account
    return tree_of({**play.holdings, favoured: 10 * play.holdings[favoured]}).root


def _publish_wrong(play: Play) -> None:
    wrong = _wrong_root(play)
    sender = play.role("holdings-publisher")
    play.send(
        "publish the holdings",
        play.sale.contract.transaction("publishHoldings", wrong, sender=sender),
    )
    play.note(
        f"The holdings of {grouped(len(play.holdings))} accounts are published as one number, the "
        f"root 0x{wrong.hex()[:8]} and so on. One of them is wrong: buyer {_FAVOURED + 1} stands in "
        "the list with ten times what it held."
    )


def _challenge(play: Play) -> None:
    watcher, stage = play.role("watcher"), play.stage
    bond = stage.rules.challenge_bond
    play.send(
        "approve the bond",
        stage.bond_token.transaction("approve", play.review.address, 2 * bond, sender=watcher),
    )
    sent = play.review.transaction(
        "challenge", APPLICATION, _wrong_root(play), hash_of(WRONG_HOLDINGS), sender=watcher
    )
    play.send("challenge the holdings", sent)
    play.mirror.bonds.challenge()
    play.note(
        "A watcher has added up all transfers of the token, finds the difference, and challenges the "
        f"list with a bond of {shown(bond, play.held)}. From now on the sale cannot open until that "
        "is decided."
    )
    play.turn_away(
        "the publisher",
        "replaces the list that is challenged",
        play.sale.contract.transaction(
            "publishHoldings", play.tree.root, sender=play.role("holdings-publisher")
        ),
        "SubscriptionSale_Challenged",
        "Has to wait for the reviewers.",
    )
    play.turn_away(
        "a second watcher",
        "challenges the same list again",
        sent,
        "SubscriptionSale_Challenged",
        "One challenge is enough.",
    )


def _uphold(play: Play) -> None:
    play.turn_away(
        RECUSED,
        "votes on the challenge",
        voting(play, RECUSED, "voteOnChallenge", False),
        "ProjectReview_Recused",
        "Who is recused from a project is so for good.",
    )
    receipt = vote(play, QUORUM, "vote on a challenge", "voteOnChallenge", False)
    play.mirror.bonds.win_challenge()
    paid = play.review.event(receipt, "ChallengeBondPaid").args
    if paid["to"] != play.role("watcher").address:
        raise CheckError(f"bond of the challenge: paid to {paid['to']}, not to who was right")
    play.note(
        "Three reviewers have recomputed it too: the list does not stand. With the third vote it is "
        f"dropped, and the watcher has its {shown(paid['amount'], play.held)} back."
    )


def _publish(play: Play) -> None:
    sender = play.role("holdings-publisher")
    play.send(
        "publish the holdings",
        play.sale.contract.transaction("publishHoldings", play.tree.root, sender=sender),
    )
    days = play.stage.terms.parties.challenge_seconds // DAY
    play.note(
        f"The right list is published: the root 0x{play.tree.root.hex()[:8]} and so on, of "
        f"{grouped(len(play.holdings))} accounts. For {days} day anybody can challenge it, and nobody "
        "does."
    )


def _turn_away_replacement(play: Play) -> None:
    play.turn_away(
        "the publisher",
        "replaces the list after its day is over",
        play.sale.contract.transaction(
            "publishHoldings", bytes(31) + b"\2", sender=play.role("holdings-publisher")
        ),
        "SubscriptionSale_HoldingsFinal",
        "Nobody can change it any more, the publisher neither.",
    )
