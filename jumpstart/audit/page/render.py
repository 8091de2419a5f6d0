"""`render`: the page of an audit, a pure function of its report. Same report, same bytes.

Whatever stands in the report is shown as text and never as markup: symbols are from strangers.
"""

from collections import Counter
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

from jumpstart.amounts import Token
from jumpstart.audit.findings import CONSISTENT, DIFFERENT
from jumpstart.audit.page import pictures
from jumpstart.audit.page.story import TO_COME, story
from jumpstart.audit.page.sums import (
    Report,
    asked_of,
    events_of,
    money_of,
)
from jumpstart.audit.page.units import unit_of, visible
from jumpstart.audit.page.words import KINDS, STATISTICS, price_words, rule_words, session_words
from jumpstart.errors import InputError
from jumpstart.pages import numerals
from jumpstart.pages.environment import environment_of
from jumpstart.pages.numerals import grouped, percent
from jumpstart.terms import Statistic

_TEMPLATES: Final = Path(__file__).parent / "templates"
_ROWS: Final = 200  # participants on the page; the others are in the report
_NOBODY: Final = "0x" + 40 * "0"


def render(report: Report) -> str:
    """The whole page as HTML text.

    Raises `InputError` for what is no report of an audit.
    """
    try:
        return _rendered(visible(report))
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise InputError(f"not a report of this version: {type(error).__name__}: {error}") from None


def _rendered(report: Report) -> str:
    units = {name: unit_of(token) for name, token in report["tokens"].items()}
    environment = environment_of(_TEMPLATES)
    environment.filters |= {
        **{name: partial(_shown, unit) for name, unit in units.items()},
        **{f"{name}_whole": partial(_shown, unit, places=0) for name, unit in units.items()},
        **{f"{name}_bare": partial(_bare, unit) for name, unit in units.items()},
        "grouped": lambda number: grouped(int(number)),
        "clock": lambda time: numerals.clock(int(time)),
        "day": lambda time: numerals.day(int(time)),
        "lasting": lambda seconds: numerals.lasting(int(seconds)),
        "short": numerals.short,
        "share": lambda basis_points: numerals.share(int(basis_points)),
        "ordinal": numerals.ordinal,
        "listed": numerals.listed,
        "capital": lambda text: text[:1].upper() + text[1:],
    }
    return environment.get_template("report.html.j2").render(
        {
            **_verdict(report),
            **_sessions(report, units["sale"]),
            **_people(report),
            **_delivery(report, units["payment"]),
            "report": report,
            "terms": report["terms"]["sale"],
            "held": report["terms"]["holdings"],
            "statistic": STATISTICS[list(Statistic)[int(report["terms"]["holdings"]["statistic"])]],
            "price": price_words(report["terms"]["sale"]["deal"], units["payment"], units["sale"]),
            "escrow_terms": report["terms"]["escrow"],
            "sale": report["sale"],
            "unit": units,
            "money": money_of(report),
            "moments": story(report, units["sale"], units["payment"], units["bond"]),
            "to_come": TO_COME,
            "kinds": KINDS,
            "nobody": _NOBODY,
            "rows_most": _ROWS,
            "percent": lambda part, whole, places=1: percent(int(part), int(whole), places),
            "sum_of": lambda rows, name: sum(int(each[name]) for each in rows),
            "powers_by_contract": _powers(report),
            "usable": [
                each
                for each in report["powers"]
                if each["now"] == "possible"
                and any(holder.startswith("0x") for holder in each["holders"])
            ],
            "pictures": {
                "money": pictures.money_picture(money_of(report), units["payment"]),
                "concentration": pictures.concentration_picture(report),
                "vesting": pictures.vesting_picture(report)
                if report["sale"]["status"] == "succeeded"
                else None,
            },
        }
    )


def _shown(unit: Token, amount: str | int, places: int = 2) -> str:
    return numerals.shown(int(amount), unit, places)


def _bare(unit: Token, amount: str | int) -> str:
    return numerals.figure(int(amount), unit.decimals)


# ------------------------------------------------------------------------------------------- parts


def _verdict(report: Report) -> dict[str, Any]:
    """What is said first, and what it leaves open."""
    is_whole = report["code"] == "as rebuilt" and report["holdings"]["status"] != "not checked"
    return {
        "is_consistent": report["verdict"] == CONSISTENT,
        "is_different": report["verdict"] == DIFFERENT,
        "is_whole": is_whole,
        "values": sum(int(count) for count in report["compared"].values()),
    }


def _sessions(report: Report, unit: Token) -> dict[str, Any]:
    rows = []
    table = [int(tier["coefficient"]) for tier in report["terms"]["sale"]["tiers"]]
    for row, session in enumerate(report["terms"]["sale"]["sessions"]):
        view = pictures.session_view(report, row)
        what_if = report["alternatives"][row]
        words = [rule_words(each, unit) for each in what_if["alternatives"]] if what_if else []
        rows.append(
            {
                **session,
                **view,
                "number": row + 1,
                "pictures": pictures.session_pictures(report, row, unit),
                "accounts": sum(int(each["accounts"]) for each in view["demands"]),
                "words": session_words(report, row, unit),
                "whatIf": what_if,
                "rules": list(zip(words, what_if["alternatives"], strict=True)) if what_if else [],
                "rulesPicture": pictures.rules_picture(row + 1, what_if, words, table, unit)
                if what_if
                else None,
            }
        )
    subscribed = sum(int(each["subscribed"]) for each in rows)
    return {"sessions": rows, "subscribed": subscribed}


def _people(report: Report) -> dict[str, Any]:
    """Participants, those with the most first."""
    asked = asked_of(report)
    rows = [{**each, "asked": asked[each["account"]]} for each in report["participants"]]
    rows.sort(key=lambda row: (-int(row["allotted"]), -row["asked"], row["account"].lower()))
    stages = Counter(each["stage"] for each in rows)
    return {"people": rows[:_ROWS], "people_count": len(rows), "stages": stages}


def _delivery(report: Report, unit: Token) -> dict[str, Any]:
    """Each milestone of the terms, and what became of it."""
    escrow, terms = report["escrow"], report["terms"]["escrow"]
    current = int(escrow["current"])
    attested = {
        int(each["args"]["milestone"]): each
        for each in events_of(report, "escrow", "MilestoneAttested")
    }
    vetoed = {
        int(each["args"]["milestone"]): each
        for each in events_of(report, "escrow", "MilestoneVetoed")
    }
    milestones = []
    for row, milestone in enumerate(terms["milestones"]):
        said = attested.get(row)
        milestones.append(
            {
                **milestone,
                "number": row + 1,
                "attested": said and said["time"],
                "until": said and said["args"]["objectionsUntil"],
                "vetoed": vetoed[row]["time"] if row in vetoed else None,
                "isVetoed": bool(
                    said and row in vetoed and int(vetoed[row]["time"]) >= int(said["time"])
                ),
                "isDone": row < current,
                "isCurrent": row == current,
            }
        )
    return {
        "milestones": milestones,
        "proceeds_picture": pictures.proceeds_picture(report, unit),
        "proceeds_key": pictures.PROCEEDS_KEY,
        "exits": len(events_of(report, "escrow", "ExitPaid")),
    }


def _powers(report: Report) -> list[tuple[str, list[Mapping[str, Any]]]]:
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for each in report["powers"]:
        groups.setdefault(each["contract"], []).append(each)
    return list(groups.items())
