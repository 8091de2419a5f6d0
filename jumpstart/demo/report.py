"""The report: a page that a newcomer reads without us, made of a summary and nothing else.

`render` is a pure function of the summary: same figures, same bytes. Whatever stands in the summary
is shown as text and never as markup.
"""

from collections.abc import Mapping
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from jumpstart.amounts import Token, mul_div_up
from jumpstart.demo import numerals
from jumpstart.demo.drawings import Bar, Part, bars, curve, days, flow, gauges
from jumpstart.demo.numerals import grouped, percent, shown
from jumpstart.demo.summary import Summary, unit_of
from jumpstart.schedule import Vesting, vested_down

_DAY: Final = 86_400
_MILLION: Final = 10**6
_STYLES: Final = 5  # colours that the style sheet has for coefficients
_PER_COEFFICIENT: Final = 2  # buyers of each coefficient in the short table


def render(summary: Summary) -> str:
    """The whole page as HTML text."""
    units = {name: unit_of(summary, name) for name in ("sale", "payment", "holding")}
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        **{name: partial(_shown, units[name]) for name in units},
        **{f"{name}_whole": partial(_whole, units[name]) for name in units},
        **{f"{name}_bare": partial(_bare, units[name]) for name in units},
        **{f"{name}_exact": partial(_exact, units[name]) for name in units},
        "grouped": lambda number: grouped(int(number)),
        "clock": numerals.clock,
        "day": numerals.day,
        "short": numerals.short,
        "share": lambda basis_points: numerals.share(int(basis_points)),
        "ordinal": numerals.ordinal,
        "listed": _listed,
    }
    page = environment.get_template("report.html.j2")
    return page.render(
        {
            **summary,
            "run": summary,
            "unit": units,
            "percent": lambda part, whole, places=1: percent(int(part), int(whole), places),
            "times": _times,
            "checked": [_checked(summary, check) for check in summary["checks"]],
            "chosen": chosen(summary),
            "drawings": _drawings(summary, units),
            "example_of": _worked(summary) if summary["example"] else None,
            "price": _price(summary),
            "months": _months(summary),
        }
    )


def chosen(summary: Summary) -> list[Mapping[str, Any]]:
    """A few buyers of each coefficient, the highest first."""
    buyers = summary["buyers"]
    coefficients = sorted({buyer["coefficient"] for buyer in buyers}, reverse=True)
    return [
        buyer
        for coefficient in coefficients
        for buyer in [each for each in buyers if each["coefficient"] == coefficient][
            :_PER_COEFFICIENT
        ]
    ]


def _shown(unit: Token, amount: str | int) -> str:
    return shown(int(amount), unit)


def _whole(unit: Token, amount: str | int) -> str:
    return shown(int(amount), unit, 0)


def _bare(unit: Token, amount: str | int) -> str:
    return numerals.figure(int(amount), unit.decimals, 0)


def _exact(unit: Token, amount: str | int) -> str:
    return numerals.exact(int(amount), unit)


def _listed(words: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def _times(part: str, whole: str) -> str:
    """How many times the whole goes into the part, rounded to one digit."""
    tenths = round(Fraction(10 * int(part), int(whole)))
    return f"{tenths / 10:g}"


def _price(summary: Summary) -> str:
    """What one token costs, or many where that is no decimal number."""
    sale, payment = unit_of(summary, "sale"), unit_of(summary, "payment")
    deal = summary["terms"]["deal"]
    price, lot = int(deal["price"]), int(deal["priceUnit"])
    each, rest = divmod(price * 10**sale.decimals, lot)
    if rest:
        return f"{numerals.exact(price, payment)} ÷ {numerals.exact(lot, sale)}"
    return numerals.exact(each, payment)


def _checked(summary: Summary, check: Mapping[str, Any]) -> dict[str, Any]:
    """A check as a row of the table: figures with every digit."""
    units = {"tokens": "sale", "payment": "payment"}
    name = units.get(check["unit"])
    figures = {
        side: numerals.exact(int(check[side]), unit_of(summary, name))
        if name
        else grouped(int(check[side]))
        for side in ("found", "expected")
    }
    return {**check, **figures, "agrees": check["found"] == check["expected"]}


def _months(summary: Summary) -> int:
    vesting = summary["terms"]["vesting"]
    step = int(vesting["stepSeconds"])
    return int(vesting["durationSeconds"]) // step if step else 0


def _worked(summary: Summary) -> dict[str, Any]:
    """The worked example: a buyer's figures, and those of the sessions that they come from."""
    example = summary["example"]
    buyer = next(each for each in summary["buyers"] if each["name"] == example["name"])
    deal = summary["terms"]["deal"]
    allotted = sum(map(int, buyer["allotted"]))
    sale = unit_of(summary, "sale")
    return {
        **example,
        "buyer": buyer,
        "sum": str(sum(map(int, example["balances"]))),
        "allotted": str(allotted),
        "credit": str(int(example["deposit"]) - int(example["kept"])),
        "cost": str(mul_div_up(allotted, int(deal["price"]), int(deal["priceUnit"]))),
        "rest": str(allotted - int(example["unlocked"])),
        "weights": [
            numerals.figure(int(session["weight"]), sale.decimals)
            for session in summary["sessions"]
        ],
    }


# ----------------------------------------------------------------------------------------- drawings


def _drawings(summary: Summary, units: Mapping[str, Token]) -> dict[str, Any]:
    return {
        "demand": [
            _demand(index, session, units["sale"], is_allotted=summary["succeeded"])
            for index, session in enumerate(summary["sessions"], 1)
        ],
        "fill": [
            _fill(index, session, units["sale"])
            for index, session in enumerate(summary["sessions"], 1)
        ],
        "balances": _balances(summary, units["holding"]) if summary["example"] else Markup(),
        "vesting": _vesting(summary) if summary["succeeded"] else Markup(),
        "money": _money(summary, units["payment"]),
    }


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
        f"Of session {index}: {_listed(said)}. What was asked for or allotted is divided by "
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
    example = summary["example"]
    amounts = list(map(int, example["balances"]))
    mean = sum(amounts) // len(amounts)
    thresholds = [int(tier["threshold"]) for tier in summary["terms"]["tiers"]]
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
    terms = {name: int(figure) for name, figure in summary["terms"]["vesting"].items()}
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
    allotted = int(summary["totals"]["allotted"]) or 1
    dots = [
        (release["time"] - terms["start"], int(release["tokens"]) * _MILLION // allotted)
        for release in summary["releases"]
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
    totals = {name: int(amount) for name, amount in summary["totals"].items()}
    targets = [
        ("Back to buyers", totals["paidBack"], "back"),
        ("To the project", totals["proceeds"], "proceeds"),
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
