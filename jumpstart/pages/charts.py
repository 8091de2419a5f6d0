"""Charts of a sale that several pages show. Colours are the style sheet's business, drawing is
`jumpstart.pages.drawings`'.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import accumulate
from typing import Any, Final

from markupsafe import Markup

from jumpstart.amounts import Token
from jumpstart.pages import numerals
from jumpstart.pages.drawings import Bar, Part, bars, curve, gauges, layers
from jumpstart.pages.numerals import listed, percent, shown
from jumpstart.schedule import Vesting, vested_down

MILLION: Final = 10**6
_DAY: Final = 86_400
_STYLES: Final = 5  # colours that the style sheet has for coefficients


def month(unix: int) -> str:
    """A day in few letters."""
    moment = datetime.fromtimestamp(unix, UTC)
    return f"{moment.day} {numerals.MONTHS[moment.month - 1][:3]} {moment.year}"


def style_of(place: int, places: int) -> str:
    """The colour of a row of the coefficient table: the same hue, darker with the coefficient."""
    return f"c{1 + place * (_STYLES - 1) // max(1, places - 1)}"


def demand(index: int, session: Mapping[str, Any], unit: Token, *, is_allotted: bool) -> Markup:
    """What a session's coefficients asked for, on one scale with what was for sale and allotted."""
    rows = session["coefficients"]

    def parts(figure: str) -> tuple[Part, ...]:
        return tuple(
            Part(
                label=f"coefficient {row['coefficient']}: {shown(int(row[figure]), unit)}",
                amount=int(row[figure]),
                style=style_of(place, len(rows)),
            )
            for place, row in enumerate(rows)
        )

    supply = Part(label="for sale", amount=int(session["supply"]), style="supply")
    rows_shown = [
        ("Asked for", int(session["subscribed"]), parts("subscribed")),
        ("For sale", supply.amount, (supply,)),
    ]
    if is_allotted:
        rows_shown.append(("Allotted", int(session["allotted"]), parts("allotted")))
    said = [f"{label.lower()} {shown(amount, unit)}" for label, amount, _ in rows_shown]
    return bars(
        f"demand-{index}",
        f"Demand and supply of session {index}",
        f"Of session {index}: {listed(said)}. What was asked for or allotted is divided by "
        "coefficient.",
        [
            Bar(label=label, figure=shown(amount, unit), parts=pieces)
            for label, amount, pieces in rows_shown
        ],
    )


def fill(index: int, session: Mapping[str, Any], unit: Token) -> Markup:
    """The share of its subscription that each coefficient was allotted."""
    rows = session["coefficients"]
    gauged = []
    for place, row in reversed(list(enumerate(rows))):
        asked, sold = int(row["subscribed"]), int(row["allotted"])
        part = Part(
            label=f"{shown(sold, unit)} of {shown(asked, unit)}",
            amount=sold * MILLION // asked if asked else 0,
            style=style_of(place, len(rows)),
        )
        gauged.append((f"coefficient {row['coefficient']}", part, percent(sold, asked)))
    return gauges(
        f"fill-{index}",
        f"Session {index}: share of its subscription that each coefficient was allotted",
        "; ".join(f"{label}: {figure}" for label, _, figure in gauged) + ".",
        gauged,
    )


def vesting(terms: Mapping[str, Any], claimed: Sequence[tuple[int, int]], allotted: int) -> Markup:
    """What is free over time, by a vesting as terms have it; dots are pairs of a time and of what all
    had claimed by then.
    """
    figures = {name: int(figure) for name, figure in terms.items()}
    schedule = Vesting(
        start=0,
        unlock_bps=figures["unlockBps"],
        cliff_seconds=figures["cliffSeconds"],
        duration_seconds=figures["durationSeconds"],
        step_seconds=figures["stepSeconds"],
    )
    duration = schedule.duration_seconds or _DAY
    step = schedule.step_seconds or max(1, duration // 200)
    moments = sorted({*range(0, duration, step), schedule.cliff_seconds, duration})
    return curve(
        "vesting",
        "What is free, and what has been claimed",
        f"{numerals.share(schedule.unlock_bps)} is free at the start, the rest follows until day "
        f"{duration // _DAY}; dots show what all buyers together had claimed.",
        [(moment, vested_down(MILLION, schedule, moment)) for moment in moments],
        [
            (time - figures["start"], tokens * MILLION // (allotted or 1))
            for time, tokens in claimed
        ],
        duration=duration,
        ticks=[
            (0, numerals.day(figures["start"])),
            (duration // 2, f"day {duration // 2 // _DAY}"),
            (duration, f"day {duration // _DAY}"),
        ],
    )


def proceeds(
    flows: Sequence[Mapping[str, Any]], key: Sequence[tuple[str, str]], whole: int, unit: Token
) -> Markup:
    """The proceeds over time, by what had become of them. `flows` have a `time`, an `amount` and a
    `kind`: released, exited or remainder. `key` has class and meaning of these three, in this order,
    and of what is still held.
    """
    start, end = flows[0]["time"], max(each["time"] for each in flows) + 30 * _DAY
    moments = [each["time"] for each in flows] + [end]

    def course(kind: str) -> list[int]:
        amounts = [int(each["amount"]) if each["kind"] == kind else 0 for each in flows]
        sums = list(accumulate(amounts))
        return [*sums, sums[-1]]

    parts = [course(kind) for kind in ("released", "exited", "remainder")]
    held = [whole - sum(column) for column in zip(*parts, strict=True)]
    rows = [
        (words, style, amounts) for (style, words), amounts in zip(key, [*parts, held], strict=True)
    ]
    said = [f"{words} {shown(amounts[-1], unit)}" for words, _, amounts in rows]
    return layers(
        "proceeds",
        "What became of the proceeds",
        f"From {numerals.day(start)} on, of {shown(whole, unit)}; at the end "
        + ", ".join(said)
        + ".",
        moments,
        rows,
        [(moment, month(moment)) for moment in (start, (start + end) // 2, end)],
    )
