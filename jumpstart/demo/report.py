"""The report: a page that a newcomer reads without us, made of a summary and nothing else.

`render` is a pure function of the summary: same figures, same bytes. Whatever stands in the summary
is shown as text and never as markup. The page stands in `templates`, its drawings in
`jumpstart.demo.charts`.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any, Final

from jumpstart.amounts import Token, mul_div_up
from jumpstart.demo.charts import charts
from jumpstart.demo.summary import Summary, unit_of
from jumpstart.pages import numerals
from jumpstart.pages.environment import environment_of
from jumpstart.pages.numerals import grouped, percent, shown

_TEMPLATES: Final = Path(__file__).parent / "templates"
_PER_COEFFICIENT: Final = 2  # buyers of each coefficient in the short table


def render(summary: Summary) -> str:
    """The whole page as HTML text."""
    units = {name: unit_of(summary, name) for name in ("sale", "payment", "holding")}
    environment = environment_of(_TEMPLATES)
    environment.filters |= {
        **{name: partial(_shown, units[name]) for name in units},
        **{f"{name}_whole": partial(_whole, units[name]) for name in units},
        **{f"{name}_bare": partial(_bare, units[name]) for name in units},
        **{f"{name}_two": partial(_two, units[name]) for name in units},
        **{f"{name}_exact": partial(_exact, units[name]) for name in units},
        "grouped": lambda number: grouped(int(number)),
        "clock": numerals.clock,
        "day": numerals.day,
        "short": numerals.short,
        "share": lambda basis_points: numerals.share(int(basis_points)),
        "ordinal": numerals.ordinal,
        "listed": numerals.listed,
        "capital": lambda text: text[:1].upper() + text[1:],
    }
    return environment.get_template("report.html.j2").render(
        {
            **summary,
            **_of_sale(summary),
            "unit": units,
            "terms": summary["terms"]["sale"],
            "escrow_terms": summary["terms"]["escrow"],
            "percent": lambda part, whole, places=1: percent(int(part), int(whole), places),
            "times": _times,
            "failed_of": partial(_failed_of, summary),
            "powers_by_contract": _grouped_by("contract", summary["powers"]),
            "refused_by_phase": _grouped_by("phase", summary["turnedAway"]),
            "checked": [_checked(summary, check) for check in summary["checks"]],
            "drawings": charts(summary),
        }
    )


def chosen(summary: Summary) -> list[Mapping[str, Any]]:
    """A few buyers of each coefficient, the highest first."""
    buyers = summary["sale"]["buyers"]
    coefficients = sorted({buyer["coefficient"] for buyer in buyers}, reverse=True)
    return [
        buyer
        for coefficient in coefficients
        for buyer in [each for each in buyers if each["coefficient"] == coefficient][
            :_PER_COEFFICIENT
        ]
    ]


def _of_sale(summary: Summary) -> dict[str, Any]:
    """What a page about a listed sale shows; of one that never was, only that."""
    sale = summary["sale"]
    if sale is None:
        return {"outcome": "rejected", "succeeded": False}
    outcome, totals = sale["outcome"], sale["totals"]
    shown_of: dict[str, Any] = {
        **sale,
        "succeeded": outcome == "succeeded",
        "allots": [each["isSettled"] and outcome != "failed" for each in sale["sessions"]],
        "chosen": chosen(summary),
        "example_of": _worked(summary) if sale["example"] else None,
        "price": _price(summary),
        "months": _months(summary),
    }
    if outcome == "succeeded":
        payment, tokens = unit_of(summary, "payment"), unit_of(summary, "sale")
        unreleased = int(totals["proceeds"]) - int(totals["released"])
        each = unreleased * 10**tokens.decimals // int(totals["sold"])
        shown_of |= {"unreleased": unreleased, "price_of_exit": numerals.exact(each, payment)}
    return shown_of


# ----------------------------------------------------------------------------------------- filters


def _shown(unit: Token, amount: str | int) -> str:
    return shown(int(amount), unit)


def _whole(unit: Token, amount: str | int) -> str:
    return shown(int(amount), unit, 0)


def _bare(unit: Token, amount: str | int) -> str:
    return numerals.figure(int(amount), unit.decimals, 0)


def _two(unit: Token, amount: str | int) -> str:
    return numerals.figure(int(amount), unit.decimals)


def _exact(unit: Token, amount: str | int) -> str:
    return numerals.exact(int(amount), unit)


def _times(part: str, whole: str) -> str:
    """How many times the whole goes into the part, rounded to one digit."""
    tenths = round(Fraction(10 * int(part), int(whole)))
    return f"{tenths / 10:g}"


# ------------------------------------------------------------------------------------------- parts


def _failed_of(summary: Summary, application: Mapping[str, Any]) -> list[str]:
    """The criteria whose median is below its floor, with both."""
    return [
        f"{criterion['name']}, {median} where {criterion['floor']} is the least"
        for criterion, median in zip(
            summary["rules"]["criteria"], application["medians"], strict=True
        )
        if median < criterion["floor"]
    ]


def _grouped_by(
    name: str, rows: Iterable[Mapping[str, Any]]
) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """The rows by one of their figures, in the order of their first."""
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        groups.setdefault(row[name], []).append(row)
    return list(groups.items())


def _price(summary: Summary) -> str:
    """What one token costs, or many where that is no decimal number."""
    sale, payment = unit_of(summary, "sale"), unit_of(summary, "payment")
    deal = summary["terms"]["sale"]["deal"]
    price, lot = int(deal["price"]), int(deal["priceUnit"])
    each, rest = divmod(price * 10**sale.decimals, lot)
    if rest:
        return f"{numerals.exact(price, payment)} ÷ {numerals.exact(lot, sale)}"
    return numerals.exact(each, payment)


def _checked(summary: Summary, check: Mapping[str, Any]) -> dict[str, Any]:
    """A check as a row of the table: figures with every digit."""
    units = {"tokens": "sale", "payment": "payment", "bond": "holding"}
    name = units.get(check["unit"])
    figures = {
        side: numerals.exact(int(check[side]), unit_of(summary, name))
        if name
        else grouped(int(check[side]))
        for side in ("found", "expected")
    }
    return {**check, **figures, "agrees": check["found"] == check["expected"]}


def _months(summary: Summary) -> int:
    vesting = summary["terms"]["sale"]["vesting"]
    step = int(vesting["stepSeconds"])
    return int(vesting["durationSeconds"]) // step if step else 0


def _worked(summary: Summary) -> dict[str, Any]:
    """The worked example: a buyer's figures, and those of the sessions that they come from."""
    sale, deal = summary["sale"], summary["terms"]["sale"]["deal"]
    example = sale["example"]
    buyer = next(each for each in sale["buyers"] if each["name"] == example["name"])
    allotted = sum(map(int, buyer["allotted"]))
    unit = unit_of(summary, "sale")
    return {
        **example,
        "buyer": buyer,
        "sum": str(sum(map(int, example["balances"]))),
        "allotted": str(allotted),
        "credit": str(int(example["deposit"]) - int(example["kept"])),
        "cost": str(mul_div_up(allotted, int(deal["price"]), int(deal["priceUnit"]))),
        "rest": str(allotted - int(example["unlocked"])),
        "weights": [
            numerals.figure(int(session["weight"]), unit.decimals) for session in sale["sessions"]
        ],
    }
