"""The charts: the report's drawings, made of a summary and nothing else."""

from collections.abc import Mapping
from typing import Any, Final

from markupsafe import Markup

from jumpstart.amounts import Token
from jumpstart.demo.summary import Summary, unit_of
from jumpstart.pages import numerals
from jumpstart.pages.charts import demand, fill, month, proceeds, vesting
from jumpstart.pages.drawings import Part, days, flow, marks, spans
from jumpstart.pages.numerals import shown
from jumpstart.review import SCORE_MAX

_DAY: Final = 86_400

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
            demand(index, each, units["sale"], is_allotted=each["isSettled"] and not is_failed)
            for index, each in numbered
        ],
        "fill": [fill(index, each, units["sale"]) for index, each in numbered],
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
        [(moment, month(moment)) for moment in (start, middle, end)],
    )


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
    sale = summary["sale"]
    whole = int(sale["totals"]["proceeds"])
    return proceeds(sale["delivery"]["flows"], PROCEEDS_KEY, whole, unit)


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
    return vesting(
        summary["terms"]["sale"]["vesting"],
        [(release["time"], int(release["tokens"])) for release in summary["sale"]["claimed"]],
        int(summary["sale"]["totals"]["allotted"]),
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
