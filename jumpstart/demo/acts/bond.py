"""The bond: it comes back in twelve monthly parts, as long as the project is not delisted."""

from jumpstart.demo.agenda import Scene
from jumpstart.demo.bonds import PART_SECONDS, PARTS
from jumpstart.demo.journal import Phase
from jumpstart.demo.play import Play
from jumpstart.demo.stage import APPLICATION
from jumpstart.pages.numerals import ordinal, shown


def scenes(play: Play) -> list[Scene]:
    """Every thirty days since the listing."""
    listed_at = play.mirror.bonds.applications[APPLICATION].listed_at
    assert listed_at is not None
    return [
        Scene(time=listed_at + part * PART_SECONDS, phase=Phase.BOND, act=_return)
        for part in range(1, PARTS + 1)
    ]


def return_bond(play: Play) -> int:
    """The stranger sends the project what has come due; how much."""
    sent = play.review.transaction("returnBond", APPLICATION, sender=play.stranger)
    receipt = play.send("return a part of the bond", sent)
    return play.mirror.return_bond(APPLICATION, play.time_of(receipt))


def _return(play: Play) -> None:
    amount = return_bond(play)
    bonds = play.mirror.bonds
    returned = bonds.applications[APPLICATION].returned
    if returned == amount:
        play.note(
            f"The first of {PARTS} parts of the bond goes back to the project: "
            f"{shown(amount, play.held)}."
        )
        play.turn_away(
            "the project",
            "takes the next part at once",
            play.review.transaction("returnBond", APPLICATION, sender=play.role("project")),
            "ProjectReview_NothingToReturn",
            "It comes due thirty days later.",
            lambda time: play.mirror.return_bond(APPLICATION, time),
        )
    if returned == bonds.rules.bond:
        play.note(
            f"The {ordinal(PARTS)} part: the whole bond of {shown(returned, play.held)} is back. A missed "
            "milestone costs the project the unreleased proceeds; the bond is for what gets it delisted."
        )
