"""Delivery: the shares of the proceeds, the milestones, objections, and what an exit is worth.

The rules are those of `interfaces/IProceedsEscrow.sol`. A milestone is missed `grace` after its
deadline; it can be attested up to that moment, and vetoed for the objection window after, so an exit
right opens at the latest when both are over. Who exits returns what has not vested, and is paid for
nothing else.
"""

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Final

from jumpstart.amounts import BASIS_POINTS
from jumpstart.lint.case import Case
from jumpstart.lint.figures import DAY, duration, moment, percent, share
from jumpstart.lint.findings import Code, Found, Severity
from jumpstart.schedule import vested_down

THIN_EXIT: Final = Fraction(1, 10)
SHORTEST_EXIT: Final = 7 * DAY
SHORTEST_OBJECTION: Final = 2 * DAY
SHORTEST_DELIVERY: Final = 7 * DAY
HIGHEST_VETO: Final = 3_333
"""Basis points: fewer take part in most votes of token holders than would have to object."""
LOWEST_VETO: Final = 100
HALF: Final = BASIS_POINTS // 2

NO_MILESTONES = Code(
    name="delivery.none",
    severity=Severity.WARNING,
    title="The project is paid at once",
    why="Without milestones nothing is held back, nobody can object, and there is no exit right.",
    fix="Release most of the proceeds by milestones.",
)
INITIAL = Code(
    name="delivery.initial",
    severity=Severity.WARNING,
    title="More than half of the proceeds at once",
    why="What is released before anything is delivered cannot be exited with.",
    fix="Lower the initial share, and raise those of the milestones.",
)
LAST = Code(
    name="delivery.last",
    severity=Severity.NOTE,
    title="More than half of the proceeds for the last milestone",
    why="The project works with little until the end, and what hangs on one decision is worth a fight.",
    fix="Spread the shares more evenly, unless that is meant.",
)
SOON = Code(
    name="delivery.soon",
    severity=Severity.WARNING,
    title="A milestone due right after the sale",
    why="The project has no proceeds before the settlement; reviewers have to see what was delivered, and to agree.",
    fix="Move the deadline of the first milestone.",
)
OVERTAKEN = Code(
    name="delivery.overtaken",
    severity=Severity.WARNING,
    title="Deadlines nearer to each other than the objection window",
    why="A milestone becomes current when objections to the one before are over; if its own time is over too, it is "
    "missed at that moment.",
    fix="Put more than the objection window between the deadlines.",
)
SAME_WORDS = Code(
    name="delivery.same-words",
    severity=Severity.WARNING,
    title="Two milestones of the same description",
    why="Delivering once would be paid twice.",
    fix="Describe each milestone, and hash what describes it.",
)
EXIT_NONE = Code(
    name="exit.none",
    severity=Severity.ERROR,
    title="A milestone that leaves no exit right",
    why="When it can be missed, everything has vested: nobody has tokens to return, and what is unreleased goes to "
    "`remainder_to`.",
    fix="Let the tokens vest longer, or the milestone be due earlier.",
)
EXIT_VETO = Code(
    name="exit.veto",
    severity=Severity.WARNING,
    title="No exit right after a late veto",
    why="A milestone attested at the last moment can be vetoed for the objection window after; all has vested by then.",
    fix="Let the tokens vest beyond deadline, grace and objection window together.",
)
EXIT_THIN = Code(
    name="exit.thin",
    severity=Severity.NOTE,
    title="An exit right for less than a tenth",
    why="Only what has not vested can be returned; most of what was paid is out of reach by then.",
    fix="Let the tokens vest longer, or the milestone be due earlier.",
)
EXIT_SHORT = Code(
    name="exit.short",
    severity=Severity.WARNING,
    title="Less than a week to exit",
    why="Nothing calls the participants when the exit right opens, and what nobody exited with is gone.",
    fix="Let the exit window be some weeks.",
)
OBJECTION_SHORT = Code(
    name="objection.short",
    severity=Severity.WARNING,
    title="Less than two days to object",
    why="A veto needs many participants, who learn of an attestation when they look.",
    fix="Let the objection window be a week.",
)
OBJECTION_HIGH = Code(
    name="objection.high",
    severity=Severity.WARNING,
    title="A veto that nobody can reach",
    why="Objections are counted of all tokens sold, also of those whose owners never come back.",
    fix="Ask for a fifth or less.",
)
OBJECTION_LOW = Code(
    name="objection.low",
    severity=Severity.WARNING,
    title="A veto that anybody can reach",
    why="A single participant can hold the project's money back until the deadline, and then exit.",
    fix="Ask for a tenth or a fifth.",
)
OBJECTION_SINGLE = Code(
    name="objection.single",
    severity=Severity.NOTE,
    title="One account can veto",
    why="The account cap allows to be allotted as many tokens as a veto takes.",
    fix="Lower the account cap, or ask more of a veto.",
)
REMAINDER = Code(
    name="exit.remainder",
    severity=Severity.WARNING,
    title="What nobody exited with is the project's",
    why="A project that missed a milestone gets what is left after the exit window: few exits are its reward.",
    fix="Name an account that is not the project's.",
)


def shares(case: Case) -> Iterator[Found]:
    """How much is paid for what."""
    escrow = case.terms.escrow
    if not escrow.milestones:
        said = f"the initial share is {share(escrow.initial_bps)}, and there are no milestones"
        yield NO_MILESTONES.at("escrow", "initial", says=said)
        return
    if escrow.initial_bps > HALF:
        said = f"{share(escrow.initial_bps)}, more than {share(HALF)}"
        yield INITIAL.at("escrow", "initial", says=said)
    last = escrow.milestones[-1].share_bps
    if last > HALF:
        said = f"{share(last)} of the proceeds, more than {share(HALF)}"
        yield LAST.at("milestones", len(escrow.milestones) - 1, "share", says=said)


def deadlines(case: Case) -> Iterator[Found]:
    """The first deadline against the settlement, each other against the one before."""
    escrow, settled = case.terms.escrow, case.sale.settle_deadline
    if escrow.milestones and 0 <= escrow.milestones[0].deadline - settled < SHORTEST_DELIVERY:
        left = duration(escrow.milestones[0].deadline - settled)
        said = f"{left} after the deadline to settle, {moment(settled)}"
        yield SOON.at("milestones", 0, "deadline", says=said)
    window = escrow.objection_seconds
    for row, (before, after) in enumerate(pairwise(escrow.milestones), 1):
        apart = after.deadline - before.deadline
        if 0 < apart <= window:
            said = (
                f"{duration(apart)} after milestone {row} is due; an attestation of that can be "
                f"objected to for {duration(window)}"
            )
            yield OVERTAKEN.at("milestones", row, "deadline", says=said)


def descriptions(case: Case) -> Iterator[Found]:
    """Hashes that occur twice."""
    milestones = case.terms.escrow.milestones
    times = Counter(milestone.description_hash for milestone in milestones)
    first: dict[bytes, int] = {}
    for row, milestone in enumerate(milestones):
        other = first.setdefault(milestone.description_hash, row)
        if other != row and times[milestone.description_hash] > 1:
            said = f"the same hash as that of milestone {other + 1}"
            yield SAME_WORDS.at("milestones", row, "description_sha256", says=said)


def exits(case: Case) -> Iterator[Found]:
    """What a participant has left to return when a milestone is missed, or vetoed as late as can be."""
    escrow = case.terms.escrow
    for row, milestone in enumerate(escrow.milestones):
        missed = milestone.deadline + escrow.grace_seconds
        vetoed = missed + escrow.objection_seconds
        left, at_last = _unvested(case, missed), _unvested(case, vetoed)
        place = ("milestones", row, "deadline")
        ends = f"all has vested at {_fully_vested(case)}"
        if not left:
            yield EXIT_NONE.at(*place, says=f"it is missed at {moment(missed)}, but {ends}")
        elif not at_last:
            yield EXIT_VETO.at(*place, says=f"it can be vetoed until {moment(vetoed)}, but {ends}")
        elif left < THIN_EXIT:
            said = f"it is missed at {moment(missed)}, when {percent(left)} has not vested"
            yield EXIT_THIN.at(*place, says=said)
    if escrow.milestones and 0 < escrow.exit_seconds < SHORTEST_EXIT:
        said = f"{duration(escrow.exit_seconds)}, less than {duration(SHORTEST_EXIT)}"
        yield EXIT_SHORT.at("escrow", "exit_window", says=said)


def _unvested(case: Case, time: int) -> Fraction:
    whole = max(case.sale.supply, 1)
    return Fraction(whole - vested_down(whole, case.sale.vesting, time), whole)


def _fully_vested(case: Case) -> str:
    vesting = case.sale.vesting
    if vesting.unlock_bps == BASIS_POINTS:
        return moment(vesting.start)
    return moment(vesting.start + vesting.duration_seconds)


def objections(case: Case) -> Iterator[Found]:
    """Whether participants can veto, and not too few of them."""
    escrow, cap = case.terms.escrow, case.sale.deal.account_cap
    if not escrow.milestones:
        return
    if escrow.objection_seconds < SHORTEST_OBJECTION:
        said = f"{duration(escrow.objection_seconds)}, less than {duration(SHORTEST_OBJECTION)}"
        yield OBJECTION_SHORT.at("escrow", "objection_window", says=said)
    needed, place = escrow.objection_bps, ("escrow", "objection_share")
    if needed > HIGHEST_VETO:
        yield OBJECTION_HIGH.at(
            *place, says=f"{share(needed)} of all tokens sold, more than {share(HIGHEST_VETO)}"
        )
    elif needed < LOWEST_VETO:
        yield OBJECTION_LOW.at(
            *place, says=f"{share(needed)} of all tokens sold, less than {share(LOWEST_VETO)}"
        )
    elif cap and cap * BASIS_POINTS >= needed * case.sale.supply:
        said = (
            f"{share(needed)} of all tokens sold; the account cap of {case.tokens(cap)} is "
            f"{percent(cap, case.sale.supply)} of what is on sale"
        )
        yield OBJECTION_SINGLE.at(*place, says=said)


def remainder(case: Case) -> Iterator[Found]:
    """Who gets what nobody exited with."""
    escrow, parties = case.terms.escrow, case.sale.parties
    if escrow.milestones and escrow.remainder_to == parties.proceeds_to:
        said = f"{case.account(escrow.remainder_to)} receives the proceeds too"
        yield REMAINDER.at("escrow", "remainder_to", says=said)


RULES: Final = (shares, deadlines, descriptions, exits, objections, remainder)
