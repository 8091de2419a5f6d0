"""The days that count: everybody holds and trades, and afterwards the chain says which moments counted."""

import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from jumpstart.accounts import checksummed, parse_account
from jumpstart.chain.client import Transaction
from jumpstart.demo.agenda import Scene
from jumpstart.demo.cast import Buyer
from jumpstart.demo.journal import Phase
from jumpstart.demo.play import Person, Play
from jumpstart.errors import CheckError
from jumpstart.holdings import read_holdings
from jumpstart.pages.numerals import grouped
from jumpstart.snapshot.draw import Draw, draw
from jumpstart.terms import DAY_SECONDS
from jumpstart.times import format_time

_HOUR = 3_600
_COIN = 10**18  # wei: enough for the fees of a whole sale


def scenes(play: Play) -> list[Scene]:
    """What everybody has is there before the first day. Balances change as a day begins, so that a
    balance of a day is what was held at whichever moment of it.
    """
    counted = play.stage.listing.holdings
    found = [
        _scene(counted.days_start - _HOUR, _distribute),
        _scene(counted.draw_time, _draw),
    ]
    for day in range(1, counted.day_count):
        found.append(_scene(counted.days_start + day * DAY_SECONDS, _trading(day)))
    return found


def _scene(time: int, act: Callable[[Play], None]) -> Scene:
    return Scene(time=time, phase=Phase.HOLDINGS, act=act)


def _distribute(play: Play) -> None:
    people: list[Person] = [*play.buyers, *play.visitors]
    play.chain.set_balances({person.account: _COIN for person in people})
    first = {buyer.account: buyer.balances[0] for buyer in play.buyers}
    first |= {visitor.account: visitor.holding for visitor in play.visitors}
    first |= {holder.account: holder.amount for holder in play.crowd}
    changes = sum(len(set(_changes(buyer))) for buyer in play.buyers)
    play.journal.begin("The days that count", len(first) + changes + 1)
    token, bank = play.stage.bond_token, play.role("bank")
    play.send_many(
        "hold the platform's token",
        [
            token.transaction("transfer", account, amount, sender=bank)
            for account, amount in first.items()
        ],
    )
    play.note(
        f"{grouped(len(first))} accounts hold {play.held.symbol}. {len(play.buyers[0].balances)} days "
        "count, which begin in an hour, and of each day one moment that nobody knows."
    )


def _trading(day: int) -> Callable[[Play], None]:
    def trade(play: Play) -> None:
        play.send_many("trade the platform's token", list(_trades(play, day)))

    return trade


def _trades(play: Play, day: int) -> Iterable[Transaction]:
    """Buyers sell to the bank, and buy from it."""
    token, bank = play.stage.bond_token, play.role("bank")
    for buyer in play.buyers:
        change = buyer.balances[day] - buyer.balances[day - 1]
        if change > 0:
            yield token.transaction("transfer", buyer.account, change, sender=bank)
        elif change < 0:
            yield token.transaction("transfer", bank.address, -change, sender=buyer.key)


def _draw(play: Play) -> None:
    """Anybody can do this from here on: draw the moments, and add up what was held at each."""
    play.chain.mine()
    drawn = draw(play.stage.listing.holdings, play.chain, play.chain)
    found = _counted(play, drawn)
    for buyer in play.buyers:
        if found.get(buyer.account) != buyer.holding:
            raise CheckError(
                f"holding of {buyer.name}: counted {found.get(buyer.account)}, expected {buyer.holding}"
            )
    play.count(found, drawn)
    play.journal.step("count what was held")
    last = format_time(drawn.moments[-1])[11:19]
    play.note(
        f"The days are over. The randomness of block {drawn.seed_block.number} says which moment of each "
        f"counts, {last} UTC on the last. Added up from all transfers, {grouped(len(found))} accounts have "
        f"held {play.held.symbol}; who sells them is not counted."
    )


def _counted(play: Play, drawn: Draw) -> dict[str, int]:
    """By account, as a snapshot from the chain has it."""
    from jumpstart.snapshot.recount import asked, with_transfers
    from jumpstart.snapshot.run import take

    listing = play.stage.listing
    request = asked(listing.holdings, listing.sale.tiers, drawn)
    with tempfile.TemporaryDirectory() as folder:
        request = with_transfers(request, [play.chain.url], Path(folder, "fetch"))
        take(request, Path(folder, "snapshot"), single=False)
        found = read_holdings(Path(folder, "snapshot", "holdings.csv"))
    return {checksummed(parse_account(account)): holding for account, holding in found.items()}


def _changes(buyer: Buyer) -> list[int]:
    pairs = zip(buyer.balances, buyer.balances[1:], strict=False)
    return [day for day, (before, after) in enumerate(pairs) if before != after]
