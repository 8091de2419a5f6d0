"""The charts: the report's drawings, made of a summary and nothing else."""

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import accumulate
from typing import Any, Final

from markupsafe import Markup

from jumpstart.amounts import Token
from jumpstart.demo.summary import Summary, unit_of
from jumpstart.pages import numerals
from jumpstart.pages.drawings import (
    Bar,
    Part,
    bars,
    curve,
    days,
    flow,
    gauges,
    layers,
    marks,
    spans,
)
from jumpstart.pages.numerals import listed, percent, shown
from jumpstart.review import SCORE_MAX
from jumpstart.schedule import Vesting, vested_down

_DAY: Final = 86_400
_MILLION: Final = 10**6
_STYLES: Final = 5  # colours that the style sheet has for coefficients

PROCEEDS_KEY: Final = (
    ("proceeds", "paid to the project"),
    ("back", "paid to buyers who exited"),
    ("dust", "remainder, to the treasury"),
    ("supply", "held by the escrow"),
)
"""Class and meaning of each colour in the drawing of the proceeds."""


def charts(summary: Summary) -> dict[str, Any]:
    """Every drawing that the page of this summary shows, by its name."""
    made: dict[str, Any] = {
        "phases": _phases(summary),
        "scores": [_scores(summary, each) for each in summary["applications"]],
        "bond": _bond(summary),
    }
    sale = summary["sale"]
    if sale is None:
        return made
    units = {name: unit_of(summary, name) for name in ("sale", "payment", "holding")}
    is_failed = sale["outcome"] == "failed"
    numbered = list(enumerate(sale["sessions"], 1))
    made |= {
        "demand": [
            _demand(index, each, units["sale"], is_allotted=each["isSettled"] and not is_failed)
            for index, each in numbered
        ],
        "fill": [_fill(index, each, units["sale"]) for index, each in numbered],
        "money": _money(summary, units["payment"]),
    }
    if sale["outcome"] == "succeeded":
        made |= {
            "balances": _balances(summary, units["holding"]),
            "vesting": _vesting(summary),
            "proceeds": _proceeds(summary, units["payment"]),
            "proceeds_key": PROCEEDS_KEY,
        }
    return made


def _phases(summary: Summary) -> Markup:
    """When each phase had something happen, in the order of their first moments."""
    moments: dict[str, list[int]] = {}
    for each in (*summary["timeline"], *summary["turnedAway"]):
        moments.setdefault(each["phase"], []).append(each["time"])
    rows = sorted(moments.items(), key=lambda row: min(row[1]))
    start = min(map(min, moments.values()))
    end = max(max(map(max, moments.values())), start + _DAY)
    middle = (start + end) // 2
    said = [
        f"{phase} from {numerals.day(min(times))} to {numerals.day(max(times))}"
        for phase, times in rows
    ]
    return spans(
        "phases",
        "Phases over time",
        "; ".join(said) + ".",
        rows,
        [(moment, _month(moment)) for moment in (start, middle, end)],
    )


def _month(unix: int) -> str:
    moment = datetime.fromtimestamp(unix, UTC)
    return f"{moment.day} {numerals.MONTHS[moment.month - 1][:3]} {moment.year}"


def _scores(summary: Summary, application: Mapping[str, Any]) -> Markup:
    if not application["medians"]:
        return Markup()
    number = application["number"]
    rows = [
        (criterion["name"], median, criterion["floor"])
        for criterion, median in zip(
            summary["rules"]["criteria"], application["medians"], strict=True
        )
    ]
    return marks(
        f"scores-{number}",
        f"Medians of application {number}",
        "; ".join(f"{label} {median}, floor {floor}" for label, median, floor in rows) + ".",
        rows,
        most=SCORE_MAX,
    )


def _bond(summary: Summary) -> Markup:
    bonds, unit = summary["bonds"], unit_of(summary, "holding")
    kept = int(bonds["left"]) + int(bonds["leftToShare"])
    targets = [
        ("Back to the project", int(bonds["returned"]), "proceeds"),
        ("To participants", int(bonds["shared"]), "back"),
        ("Back to the watcher", int(bonds["challengesReturned"]), "fee"),
        ("Left", kept, "dust"),
    ]
    whole = int(bonds["paidIn"]) + int(bonds["challenged"])
    return flow(
        "bond",
        "Where the bonds went",
        f"Of {shown(whole, unit)}: "
        + ", ".join(f"{words.lower()} {shown(amount, unit)}" for words, amount, _ in targets)
        + ".",
        Part(label="bonds", amount=whole or 1, style="source"),
        [
            Part(label=f"{words}\n{shown(amount, unit)}", amount=amount, style=style)
            for words, amount, style in targets
            if amount
        ],
    )


def _proceeds(summary: Summary, unit: Token) -> Markup:
    """The proceeds over time, by what had become of them."""
    sale = summary["sale"]
    flows, whole = sale["delivery"]["flows"], int(sale["totals"]["proceeds"])
    start, end = flows[0]["time"], max(each["time"] for each in flows) + 30 * _DAY
    moments = [each["time"] for each in flows] + [end]

    def course(kind: str) -> list[int]:
        amounts = [int(each["amount"]) if each["kind"] == kind else 0 for each in flows]
        sums = list(accumulate(amounts))
        return [*sums, sums[-1]]

    parts = [course(kind) for kind in ("released", "exited", "remainder")]
    held = [whole - sum(column) for column in zip(*parts, strict=True)]
    rows = [
        (words, style, amounts)
        for (style, words), amounts in zip(PROCEEDS_KEY, [*parts, held], strict=True)
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
        [(moment, _month(moment)) for moment in (start, (start + end) // 2, end)],
    )


def _style(place: int, places: int) -> str:
    """The colour of a row of the coefficient table: the same hue, darker with the coefficient."""
    return f"c{1 + place * (_STYLES - 1) // max(1, places - 1)}"


def _demand(index: int, session: Mapping[str, Any], unit: Token, *, is_allotted: bool) -> Markup:
    rows = session["coefficients"]

    def parts(figure: str) -> tuple[Part, ...]:
        return tuple(
            Part(
                label=f"coefficient {row['coefficient']}: {shown(int(row[figure]), unit)}",
                amount=int(row[figure]),
                style=_style(place, len(rows)),
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


def _fill(index: int, session: Mapping[str, Any], unit: Token) -> Markup:
    rows = session["coefficients"]
    gauged = []
    for place, row in reversed(list(enumerate(rows))):
        asked, sold = int(row["subscribed"]), int(row["allotted"])
        part = Part(
            label=f"{shown(sold, unit)} of {shown(asked, unit)}",
            amount=sold * _MILLION // asked if asked else 0,
            style=_style(place, len(rows)),
        )
        gauged.append((f"coefficient {row['coefficient']}", part, percent(sold, asked)))
    return gauges(
        f"fill-{index}",
        f"Session {index}: share of its subscription that each coefficient was allotted",
        "; ".join(f"{label}: {figure}" for label, _, figure in gauged) + ".",
        gauged,
    )


def _balances(summary: Summary, unit: Token) -> Markup:
    example = summary["sale"]["example"]
    amounts = list(map(int, example["balances"]))
    mean = sum(amounts) // len(amounts)
    thresholds = [int(tier["threshold"]) for tier in summary["terms"]["sale"]["tiers"]]
    reached = max((threshold for threshold in thresholds if threshold <= mean), default=0)
    return days(
        "balances",
        f"Daily balances of {example['name']}",
        f"{len(amounts)} balances between {shown(min(amounts), unit)} and "
        f"{shown(max(amounts), unit)}; their mean is {shown(mean, unit)}, the threshold that it "
        f"reaches {shown(reached, unit)}.",
        amounts,
        [
            (mean, f"mean {shown(mean, unit)}", "mean"),
            (reached, f"threshold {shown(reached, unit)}", "threshold"),
        ],
    )


def _vesting(summary: Summary) -> Markup:
    terms = {name: int(figure) for name, figure in summary["terms"]["sale"]["vesting"].items()}
    vesting = Vesting(
        start=0,
        unlock_bps=terms["unlockBps"],
        cliff_seconds=terms["cliffSeconds"],
        duration_seconds=terms["durationSeconds"],
        step_seconds=terms["stepSeconds"],
    )
    duration = vesting.duration_seconds or _DAY
    step = vesting.step_seconds or max(1, duration // 200)
    moments = sorted({*range(0, duration, step), vesting.cliff_seconds, duration})
    allotted = int(summary["sale"]["totals"]["allotted"]) or 1
    dots = [
        (release["time"] - terms["start"], int(release["tokens"]) * _MILLION // allotted)
        for release in summary["sale"]["claimed"]
    ]
    return curve(
        "vesting",
        "What is free, and what has been claimed",
        f"{numerals.share(vesting.unlock_bps)} is free at the start, the rest follows until day "
        f"{duration // _DAY}; dots show what all buyers together had claimed.",
        [(moment, vested_down(_MILLION, vesting, moment)) for moment in moments],
        dots,
        duration=duration,
        ticks=[
            (0, numerals.day(terms["start"])),
            (duration // 2, f"day {duration // 2 // _DAY}"),
            (duration, f"day {duration // _DAY}"),
        ],
    )


def _money(summary: Summary, unit: Token) -> Markup:
    totals = {name: int(amount) for name, amount in summary["sale"]["totals"].items()}
    targets = [
        ("Back to buyers", totals["paidBack"], "back"),
        ("To the project", totals["released"], "proceeds"),
        ("To buyers who exited", totals["exited"], "back"),
        ("Remainder, to the treasury", totals["remainder"], "dust"),
        ("Fee of the platform", totals["fee"], "fee"),
        ("Left by rounding", totals["dustPayment"], "dust"),
    ]
    return flow(
        "money",
        "Where the deposits went",
        f"Of {shown(totals['deposits'], unit)} paid in: "
        + ", ".join(f"{words.lower()} {shown(amount, unit)}" for words, amount, _ in targets)
        + ".",
        Part(label="paid in", amount=totals["deposits"] or 1, style="source"),
        [
            Part(label=f"{words}\n{shown(amount, unit)}", amount=amount, style=style)
            for words, amount, style in targets
            if amount
        ],
    )
