"""The listing: approved terms become a funded sale, and no other terms do."""

from dataclasses import replace

from jumpstart.chain.sale import Sale
from jumpstart.demo.journal import Phase
from jumpstart.demo.play import Play
from jumpstart.demo.stage import APPLICATION, DAY
from jumpstart.errors import CheckError
from jumpstart.pages.numerals import shown
from jumpstart.terms import ListingTerms


def list_sale(play: Play) -> None:
    """Somebody else tries other terms; then a stranger lists those that were approved."""
    play.journal.begin("Listing", 6, Phase.LISTING)
    play.wait_until(play.chain.now() + DAY)
    stage, stranger = play.stage, play.stranger
    project, platform = play.role("project"), stage.platform
    supply = stage.terms.supply + stage.locked
    play.send(
        "approve the tokens of the project",
        stage.sale_token.transaction("approve", platform.launchpad.address, supply, sender=project),
    )
    other = _one_unit_dearer(stage.listing)
    play.turn_away(
        "somebody",
        "lists terms in which the price is one base unit higher",
        platform.listing(APPLICATION, other, sender=stranger),
        "ProjectReview_TermsDiffer",
        "Only what was reviewed can be listed, to the last byte.",
    )
    receipt = play.send("list", platform.listing(APPLICATION, stage.listing, sender=stranger))
    play.mirror.list(APPLICATION, play.time_of(receipt))
    listed = Sale.at(play.chain, play.sale.address)
    if listed.listing != stage.listing or listed.application != APPLICATION:
        raise CheckError(f"terms of {listed.address}: not those that were applied for")
    locked = f" and locks {shown(stage.locked, play.sold)} of the project's own in the vault"
    play.note(
        "A stranger presents the approved terms. One transaction makes the sale and its escrow, "
        f"moves all {shown(stage.terms.supply, play.sold)} that are sold into it{locked}."
    )
    play.turn_away(
        "a stranger",
        "lists the same application again",
        platform.listing(APPLICATION, stage.listing, sender=stranger),
        "ProjectReview_WrongStatus",
        "One approval is one sale.",
    )
    play.turn_away(
        "the project",
        "takes its application back, and the tokens with it",
        play.review.transaction("withdraw", APPLICATION, sender=project),
        "ProjectReview_WrongStatus",
        "What is listed stays: the tokens are the sale's now.",
    )
    play.turn_away(
        "the project",
        "takes its bond at once",
        play.review.transaction("returnBond", APPLICATION, sender=project),
        "ProjectReview_NothingToReturn",
        "It comes back in twelve parts, the first after thirty days.",
        lambda time: play.mirror.return_bond(APPLICATION, time),
    )


def _one_unit_dearer(listing: ListingTerms) -> ListingTerms:
    deal = replace(listing.sale.deal, price=listing.sale.deal.price + 1)
    return replace(listing, sale=replace(listing.sale, deal=deal))
