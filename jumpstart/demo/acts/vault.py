"""The vault: the project's own tokens vest behind a cliff, and a revoker takes what has not."""

from dataclasses import astuple
from functools import partial

from jumpstart.accounts import checksummed
from jumpstart.chain.client import Transaction
from jumpstart.chain.sale import NATIVE
from jumpstart.demo.agenda import Scene
from jumpstart.demo.journal import Phase
from jumpstart.demo.play import Play
from jumpstart.demo.stage import DAY
from jumpstart.grants import Grant
from jumpstart.pages.numerals import shown


def scenes(play: Play) -> list[Scene]:
    """From the day before the first cliff until everything has vested."""
    schedule = _revocable(play).plan.schedule
    cliff = schedule.start + schedule.cliff_seconds
    end = max(
        grant.plan.schedule.start + grant.plan.schedule.duration_seconds
        for grant in play.mirror.grants
    )
    steps = (
        (cliff - DAY, _turn_away_early),
        (cliff, _release_all),
        (cliff + 75 * DAY, _revoke),
        (end, _release_rest),
    )
    return [Scene(time=time, phase=Phase.LOCKED, act=act) for time, act in steps]


def _revocable(play: Play) -> Grant:
    return next(grant for grant in play.mirror.grants if grant.plan.revoker != NATIVE)


def _firm(play: Play) -> Grant:
    return next(grant for grant in play.mirror.grants if grant.plan.revoker == NATIVE)


def _acting(play: Play, function: str, grant: Grant, role: str) -> Transaction:
    vault = play.stage.platform.vesting_vault
    return vault.transaction(function, astuple(grant), sender=play.role(role))


def _release(play: Play, grant: Grant) -> int:
    receipt = play.send("release a grant", _acting(play, "release", grant, "stranger"))
    return play.mirror.release_grant(grant, play.time_of(receipt))


def _turn_away_early(play: Play) -> None:
    grant = _revocable(play)
    play.turn_away(
        "the team",
        "takes its tokens the day before the cliff",
        _acting(play, "release", grant, "team"),
        "VestingVault_NothingToRelease",
        "Waits, as everybody who bought did.",
        lambda time: play.mirror.release_grant(grant, time),
    )


def _release_all(play: Play) -> None:
    total = sum(_release(play, grant) for grant in play.mirror.grants)
    play.note(
        f"The cliff of the project's own tokens is over: {shown(total, play.sold)} of "
        f"{shown(play.stage.locked, play.sold)} have vested and go to the team and the treasury."
    )


def _revoke(play: Play) -> None:
    grant, firm = _revocable(play), _firm(play)
    for role, who, target, then in (
        ("stranger", "a stranger", grant, "Only the revoker that the grant itself names may."),
        ("treasury", "the treasury", firm, "This grant names no revoker: nobody may, ever."),
    ):
        caller = play.role(role).address
        play.turn_away(
            who,
            "revokes a grant that is not its to revoke",
            _acting(play, "revoke", target, role),
            "VestingVault_OnlyRevoker",
            then,
            partial(play.mirror.revoke_grant, target, caller),
        )
    receipt = play.send("revoke a grant", _acting(play, "revoke", grant, "treasury"))
    treasury = play.role("treasury").address
    returned = play.mirror.revoke_grant(grant, treasury, play.time_of(receipt))
    vested = _release(play, grant)
    play.note(
        f"The team is let go. The treasury revokes its grant and gets {shown(returned, play.sold)} that "
        f"have not vested; what has is the team's, and {shown(vested, play.sold)} more are sent to it."
    )
    play.turn_away(
        "the treasury",
        "revokes the grant again",
        _acting(play, "revoke", grant, "treasury"),
        "VestingVault_AlreadyRevoked",
        "Nothing more can be taken from the team.",
        lambda time: play.mirror.revoke_grant(grant, treasury, time),
    )


def _release_rest(play: Play) -> None:
    firm = _firm(play)
    amount = _release(play, firm)
    beneficiary = checksummed(play.mirror.vault.state_of(firm).beneficiary)
    assert beneficiary == play.role("treasury").address
    play.note(
        f"Two years after the sale the last of the project's own tokens have vested: "
        f"{shown(amount, play.sold)} go to the treasury. The vault is empty."
    )
