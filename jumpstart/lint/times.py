"""Times before the money has come in: review, listing, sessions, settlement, and the holdings."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Final

from jumpstart.lint.case import Case
from jumpstart.lint.figures import DAY, HOUR, MINUTE, duration, moment
from jumpstart.lint.findings import Code, Found, Severity
from jumpstart.lint.places import Path

REVIEW_SECONDS: Final = 14 * DAY
"""What a review may take where the platform's own figures are not known: two weeks of committing,
revealing and deciding are short."""

"""Challenge windows that the launchpad asks for between listing and first session: `ILaunchpad`."""

SHORTEST_SESSION: Final = MINUTE
LONGEST_SESSION: Final = 30 * DAY
SHORTEST_PAUSE: Final = 5 * MINUTE
LEAST_TO_SETTLE: Final = HOUR
GOOD_TO_SETTLE: Final = DAY
LONGEST_TO_SETTLE: Final = 90 * DAY
SHORTEST_CHALLENGE: Final = 6 * HOUR

PAST = Code(
    name="time.past",
    severity=Severity.ERROR,
    title="A session has begun already",
    why="A sale is listed before its first session, or not at all.",
    fix="Move all times of the sale into the future.",
)
LISTING = Code(
    name="time.listing",
    severity=Severity.ERROR,
    title="Too late to list",
    why="The launchpad lists nothing once the days that count can be drawn: whoever knows them could have "
    "chosen the terms by them.",
    fix="Move the draw, the first session, and what follows, to a later time.",
)
REVIEW = Code(
    name="time.review",
    severity=Severity.WARNING,
    title="Hardly time for a review",
    why="Reviewers commit, reveal and decide before a sale can be listed, and no term can be changed in between.",
    fix="Move all times of the sale, so that a review fits before the listing.",
)
ZONE = Code(
    name="time.zone",
    severity=Severity.NOTE,
    title="A time in another zone than UTC",
    why="Participants read these times all over the world, and some will not see the zone.",
    fix="Write it in UTC, with a Z.",
)
SESSION_SHORT = Code(
    name="session.short",
    severity=Severity.WARNING,
    title="A session of less than a minute",
    why="A transaction takes a block or two to be mined: who gets in is decided by fees and machines.",
    fix="Give everybody at least some minutes; the allotment needs no race.",
)
SESSION_LONG = Code(
    name="session.long",
    severity=Severity.WARNING,
    title="A session of more than thirty days",
    why="Deposits are locked from the subscription to the settlement.",
    fix="Shorten the session.",
)
SESSION_PAUSE = Code(
    name="session.pause",
    severity=Severity.WARNING,
    title="Hardly time to settle between two sessions",
    why="Nobody can subscribe in a session before the one before it is settled.",
    fix="Leave some minutes between the sessions.",
)
SETTLE_SOON = Code(
    name="settle.soon",
    severity=Severity.ERROR,
    title="Nobody may manage to settle",
    why="A sale that is not settled by the deadline has failed: a full chain or a node that is down for an hour gives "
    "everything back.",
    fix="Leave days between the last session and the deadline. It costs nothing: anyone settles at once.",
)
SETTLE_TIGHT = Code(
    name="settle.tight",
    severity=Severity.WARNING,
    title="Less than a day to settle",
    why="A sale that is not settled by the deadline has failed, whatever kept people from doing it.",
    fix="Leave some days between the last session and the deadline.",
)
SETTLE_LATE = Code(
    name="settle.late",
    severity=Severity.WARNING,
    title="More than ninety days to settle",
    why="If nobody settles, deposits are locked until the deadline.",
    fix="Bring the deadline nearer to the last session.",
)
CHALLENGE_SHORT = Code(
    name="holdings.challenge-short",
    severity=Severity.WARNING,
    title="Hardly time to challenge the holdings",
    why="Whoever checks the published holdings recomputes them from a chain, and then has a transaction mined.",
    fix="Let the challenge window be a day.",
)
ONE_DAY = Code(
    name="holdings.one-day",
    severity=Severity.WARNING,
    title="Holdings of a single day",
    why="Tokens can be borrowed for a day; the coefficient is meant for those who hold them.",
    fix="Count more days.",
)


def sessions_past(case: Case) -> Iterator[Found]:
    """Sessions that have begun."""
    for row, session in enumerate(case.sale.sessions):
        if session.start <= case.now:
            ago = duration(case.now - session.start)
            yield PAST.at("sessions", row, "start", says=f"{moment(session.start)} was {ago} ago")


def listing(case: Case) -> Iterator[Found]:
    """A listing now, and one after a review, against the draw of the days that count."""
    if any(session.start <= case.now for session in case.sale.sessions[:1]):
        return  # which says more
    left = case.terms.holdings.draw_time - case.now
    place = ("holdings", "draw")
    if left <= 0:
        said = f"the draw was {duration(-left)} ago, and a listing must be before it"
        yield LISTING.at(*place, says=said)
        return
    review = case.known.review_seconds
    needed = REVIEW_SECONDS if review is None else review
    if left < needed:
        whose = "a review" if review is None else "this platform's review"
        said = f"the draw is in {duration(left)}, and {whose} may take {duration(needed)}"
        yield REVIEW.at(*place, says=said)


def zones(case: Case) -> Iterator[Found]:
    """Times that are not in UTC."""
    for path, time in _times(case.tables, ()):
        if time.utcoffset() != timedelta(0):
            utc = moment(int(time.timestamp()))
            yield ZONE.at(*path, says=f"{time.isoformat()} is {utc} in UTC")


def _times(value: Any, path: Path) -> Iterator[tuple[Path, datetime]]:
    match value:
        case dict():
            for key, each in value.items():
                yield from _times(each, (*path, key))
        case list():
            for row, each in enumerate(value):
                yield from _times(each, (*path, row))
        case datetime() if value.tzinfo is not None:
            yield path, value
        case str() if path[-1] in ("start", "deadline", "settle_deadline"):
            yield path, datetime.fromisoformat(value)


def session_lengths(case: Case) -> Iterator[Found]:
    """Sessions that are a race, or a lock."""
    for row, session in enumerate(case.sale.sessions):
        length, place = session.end - session.start, ("sessions", row, "duration")
        if length < SHORTEST_SESSION:
            bound = duration(SHORTEST_SESSION)
            yield SESSION_SHORT.at(*place, says=f"{duration(length)}, less than {bound}")
        if length > LONGEST_SESSION:
            bound = duration(LONGEST_SESSION)
            yield SESSION_LONG.at(*place, says=f"{duration(length)}, more than {bound}")


def session_pauses(case: Case) -> Iterator[Found]:
    """Sessions that follow too soon for the one before to be settled."""
    sessions = case.sale.sessions
    for row, (before, after) in enumerate(pairwise(sessions), 1):
        if 0 <= after.start - before.end < SHORTEST_PAUSE:
            said = (
                f"{duration(after.start - before.end)} after session {row} ends, which is to be "
                f"settled by then; {duration(SHORTEST_PAUSE)} would be enough"
            )
            yield SESSION_PAUSE.at("sessions", row, "start", says=said)


def settlement(case: Case) -> Iterator[Found]:
    """The deadline against the end of the last session."""
    if not case.sale.sessions:
        return
    end = case.sale.sessions[-1].end
    left = case.sale.settle_deadline - end
    said = f"{duration(left)} after the last session ends, {moment(end)}"
    if 0 < left < LEAST_TO_SETTLE:
        yield SETTLE_SOON.at("settle_deadline", says=said)
    elif 0 < left < GOOD_TO_SETTLE:
        yield SETTLE_TIGHT.at("settle_deadline", says=said)
    elif left > LONGEST_TO_SETTLE:
        yield SETTLE_LATE.at("settle_deadline", says=said)


def holdings(case: Case) -> Iterator[Found]:
    """How holdings are counted and challenged."""
    section = case.draft.holdings
    if section.challenge_window < SHORTEST_CHALLENGE:
        said = f"{duration(section.challenge_window)}, less than {duration(SHORTEST_CHALLENGE)}"
        yield CHALLENGE_SHORT.at("holdings", "challenge_window", says=said)
    if section.days == 1:
        yield ONE_DAY.at("holdings", "days", says="1 day is counted")


RULES: Final = (
    sessions_past,
    listing,
    zones,
    session_lengths,
    session_pauses,
    settlement,
    holdings,
)
