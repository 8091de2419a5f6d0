"""How tokens vest: those of the participants, and the project's own."""

from collections.abc import Iterator
from typing import Final

from jumpstart.amounts import BASIS_POINTS
from jumpstart.lint.case import Case
from jumpstart.lint.figures import YEAR, duration, moment, share
from jumpstart.lint.findings import Code, Found, Severity
from jumpstart.lint.places import Path
from jumpstart.schedule import Vesting

LATEST_START: Final = YEAR
LATEST_END: Final = 10 * YEAR
"""No vesting that anybody waited for took longer; a figure beyond it is a slip or a lock for good."""

EARLY = Code(
    name="vesting.early",
    severity=Severity.WARNING,
    title="Vesting begins before the sale is over",
    why="What vests before the sale can be settled is free at the first claim, beside the unlocked share.",
    fix="Let it start when the last session ends, or later.",
)
LATE = Code(
    name="vesting.late",
    severity=Severity.WARNING,
    title="Vesting begins more than a year after the sale",
    why="Until its start a participant has nothing at all, not even the unlocked share.",
    fix="Let it start soon after the sale, and lock by a cliff.",
)
ENDLESS = Code(
    name="vesting.endless",
    severity=Severity.ERROR,
    title="Vesting that ends more than ten years after the sale",
    why="Tokens that come that late are not sold but taken; the longest schedules in use have four or five years.",
    fix="Check start and duration; a slip in a unit is the usual reason.",
)
WHOLE = Code(
    name="vesting.whole",
    severity=Severity.WARNING,
    title="A schedule for nothing",
    why="When all is free at the start, cliff, duration and step say nothing, and a reader is misled.",
    fix="Unlock less, or let the duration be 0 days.",
)
UNEVEN = Code(
    name="vesting.uneven",
    severity=Severity.WARNING,
    title="Steps that do not divide the duration",
    why="The last step is shorter than the others and pays as much time as is left.",
    fix="Let the duration be a whole number of steps.",
)
STEP_LONG = Code(
    name="vesting.step-long",
    severity=Severity.WARNING,
    title="A step longer than what is left after the cliff",
    why="Nothing vests between the cliff and the end but what the cliff itself frees.",
    fix="Shorten the step or the cliff.",
)
CLIFF_SPLIT = Code(
    name="vesting.cliff-split",
    severity=Severity.NOTE,
    title="The cliff ends within a step",
    why="At the cliff only whole steps are free, which is less than the cliff's part of the duration.",
    fix="Let the cliff be a whole number of steps.",
)
CLIFF_WHOLE = Code(
    name="vesting.cliff-whole",
    severity=Severity.NOTE,
    title="The cliff takes the whole duration",
    why="Everything but the unlocked share is free at once, at the end.",
    fix="Nothing, if that is meant; else shorten the cliff.",
)
UNLOCKED = Code(
    name="allocation.unlocked",
    severity=Severity.WARNING,
    title="An allocation that is not locked",
    why="Allocations are what a project locks: this one is free as soon as its schedule starts.",
    fix="Give it a duration, or leave it out.",
)
FASTER = Code(
    name="allocation.faster",
    severity=Severity.WARNING,
    title="The project's own tokens vest before the participants'",
    why="Who has nothing locked any more has no reason to deliver while the participants wait.",
    fix="Let the allocation vest at least as long as what was sold.",
)


def schedules(case: Case) -> Iterator[Found]:
    """Every schedule by itself, and against the end of the sale."""
    yield from _schedule(case, case.sale.vesting, ("vesting",))
    for row, allocation in enumerate(case.terms.allocations):
        yield from _schedule(case, allocation.schedule, ("allocations", row))


def _schedule(case: Case, vesting: Vesting, place: Path) -> Iterator[Found]:
    yield from _against_sale(case, vesting, place)
    length, cliff, step = vesting.duration_seconds, vesting.cliff_seconds, vesting.step_seconds
    if length and vesting.unlock_bps == BASIS_POINTS:
        said = f"{share(vesting.unlock_bps)} are free at the start of {duration(length)}"
        yield WHOLE.at(*place, "unlock", says=said)
        return
    if step and length % step:
        said = (
            f"{duration(length)} are {length // step} steps of {duration(step)} and "
            f"{duration(length % step)} more"
        )
        yield UNEVEN.at(*place, "step", says=said)
    if cliff < length < step + cliff:
        left = duration(length - cliff)
        said = f"{duration(step)}, but the cliff leaves {left} of {duration(length)}"
        yield STEP_LONG.at(*place, "step", says=said)
    elif cliff < length and step and cliff % step:
        said = (
            f"{duration(cliff)}, but what is free then is that of {duration(cliff - cliff % step)}, "
            f"in steps of {duration(step)}"
        )
        yield CLIFF_SPLIT.at(*place, "cliff", says=said)
    if length and cliff == length:
        yield CLIFF_WHOLE.at(*place, "cliff", says=f"{duration(cliff)}, as long as the vesting")


def _against_sale(case: Case, vesting: Vesting, place: Path) -> Iterator[Found]:
    if not case.sale.sessions:
        return
    over = case.sale.sessions[-1].end
    last = moment(over)
    if vesting.start < over and place == ("vesting",):
        said = f"{moment(vesting.start)}, but the last session ends at {last}"
        yield EARLY.at(*place, "start", says=said)
    if vesting.start - over > LATEST_START:
        said = f"{duration(vesting.start - over)} after the last session ends, {last}"
        yield LATE.at(*place, "start", says=said)
    end = vesting.start + vesting.duration_seconds
    if end - over > LATEST_END:
        said = f"it ends {duration(end - over)} after the sale, more than {duration(LATEST_END)}"
        yield ENDLESS.at(*place, "duration", says=said)


def allocations(case: Case) -> Iterator[Found]:
    """What the project locks of its own, against what it sells."""
    sold = case.sale.vesting
    for row, allocation in enumerate(case.terms.allocations):
        own = allocation.schedule
        amount = case.tokens(allocation.amount)
        if not own.duration_seconds:
            said = f"{amount} are free at {moment(own.start)}"
            yield UNLOCKED.at("allocations", row, "duration", says=said)
        elif own.start + own.duration_seconds < sold.start + sold.duration_seconds:
            said = (
                f"{amount} have vested at {moment(own.start + own.duration_seconds)}, what is "
                f"sold at {moment(sold.start + sold.duration_seconds)}"
            )
            yield FASTER.at("allocations", row, "duration", says=said)


RULES: Final = (schedules, allocations)
