"""The pictures of an audit's page: made of the report, drawn by `jumpstart.pages.drawings`."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from markupsafe import Markup

from jumpstart.amounts import Token
from jumpstart.audit.page.sums import (
    Money,
    Report,
    asked_of,
    claimed_over_time,
    concentration,
    demand_over_time,
    events_of,
)
from jumpstart.pages.charts import demand, fill, proceeds, style_of, vesting
from jumpstart.pages.drawings import Bar, Part, bars, flow, layers, shares
from jumpstart.pages.numerals import clock, grouped, lasting, percent, shown

PROCEEDS_KEY: Final = (
    ("proceeds", "paid to the project"),
    ("back", "paid to participants who exited"),
    ("dust", "remainder, where the terms say"),
    ("supply", "held by the escrow"),
)
"""Class and meaning of each colour in the drawing of the proceeds."""

_MOMENTS: Final = 120  # steps of a curve that anybody can still see
_DOTS: Final = 40


def session_view(report: Report, row: int) -> dict[str, Any]:
    """A session as the charts take it."""
    session = report["sale"]["sessions"][row]
    is_settled = session["settlement"] is not None
    return {
        **session,
        "coefficients": session["demands"],
        "isSettled": is_settled,
        "allotted": sum(int(each["allotted"]) for each in session["demands"]) if is_settled else 0,
    }


def session_pictures(report: Report, row: int, unit: Token) -> list[list[tuple[Markup, str]]]:
    """Pictures of a session in two columns, each with what stands below it."""
    view, number = session_view(report, row), row + 1
    if not int(view["subscribed"]):
        return []
    amounts = [
        (
            demand(number, view, unit, is_allotted=view["isSettled"]),
            f"Session {number}: what each coefficient asked for"
            + (" and was allotted" if view["isSettled"] else "")
            + ", on one scale with what was for sale.",
        )
    ]
    if view["isSettled"]:
        caption = "the share of its subscription that each coefficient was allotted."
        amounts.append((fill(number, view, unit), f"Session {number}: {caption}"))
    caption = "what had been asked for, as time went on. Whoever came first had nothing of it."
    return [amounts, [(_over_time(report, row, unit), f"Session {number}: {caption}")]]


def _over_time(report: Report, row: int, unit: Token) -> Markup:
    """Demand by coefficient, from the opening until shortly after the last subscription."""
    window = report["terms"]["sale"]["sessions"][row]
    table = [int(tier["coefficient"]) for tier in report["terms"]["sale"]["tiers"]]
    subscriptions = demand_over_time(report, row)
    start, last = int(window["start"]), subscriptions[-1][0]
    end = min(int(window["end"]), last + (last - start) // 4 + 1)
    width = max(1, -(-(end - start) // _MOMENTS))
    by_moment: dict[int, Counter[int]] = {}
    for time, coefficient, tokens in subscriptions:
        moment = min(end, start + -(-(time - start) // width) * width)
        by_moment.setdefault(moment, Counter())[coefficient] += tokens
    moments = sorted({start, *by_moment, end})
    so_far: Counter[int] = Counter()
    amounts: dict[int, list[int]] = {coefficient: [] for coefficient in table}
    for moment in moments:
        so_far.update(by_moment.get(moment, {}))
        for coefficient in table:
            amounts[coefficient].append(so_far[coefficient])
    whole = shown(sum(so_far.values()), unit)
    return layers(
        f"time-{row + 1}",
        f"Demand of session {row + 1} over time",
        f"{grouped(len(subscriptions))} subscriptions from {clock(start)} to {clock(end)}, for {whole} "
        "in the end.",
        moments,
        [
            (f"coefficient {coefficient}", style_of(place, len(table)), amounts[coefficient])
            for place, coefficient in enumerate(table)
        ],
        [(start, "opening"), (end, f"{lasting(end - start)} later")],
    )


def money_picture(money: Money, unit: Token) -> Markup:
    """What was paid in, and where it is."""
    targets = [
        ("Back to participants", money.back, "back"),
        ("Held by the sale, for participants", money.in_sale, "supply"),
        ("To the project", money.released, "proceeds"),
        ("Held by the escrow", money.in_escrow, "supply"),
        ("To participants who exited", money.exited, "back"),
        ("Remainder, where the terms say", money.remainder, "dust"),
        ("Fee of the platform", money.fee, "fee"),
        ("Left by rounding", money.swept, "dust"),
    ]
    return flow(
        "money",
        "Where the payments are",
        f"Of {shown(money.paid_in, unit)} paid in: "
        + ", ".join(
            f"{words.lower()} {shown(amount, unit)}" for words, amount, _ in targets if amount
        )
        + ".",
        Part(label="paid in", amount=money.paid_in or 1, style="source"),
        [
            Part(label=f"{words}\n{shown(amount, unit)}", amount=amount, style=style)
            for words, amount, style in targets
            if amount
        ],
    )


def concentration_picture(report: Report) -> Markup | None:
    """How unequally tokens are shared out; None where nobody has asked for any."""
    allotted = concentration(int(each["allotted"]) for each in report["participants"])
    asked = concentration(asked_of(report).values())
    curves = [
        (label, style, points)
        for label, style, points in (("asked for", "asked", asked), ("allotted", "line", allotted))
        if points
    ]
    if not curves:
        return None
    said = ", ".join(
        f"{percent(points[10][1], 10**6)} of what was {label}" for label, _, points in curves
    )
    return shares(
        "concentration",
        "How much the largest accounts have",
        f"The tenth of accounts with the most has {said}.",
        curves,
        ("nobody", "all accounts"),
    )


def vesting_picture(report: Report) -> Markup:
    """What is free over time, and what had been claimed."""
    allotted = sum(int(each["allotted"]) for each in report["participants"])
    return vesting(report["terms"]["sale"]["vesting"], claimed_over_time(report, _DOTS), allotted)


def proceeds_picture(report: Report, unit: Token) -> Markup | None:
    """The proceeds over time; None before they have reached the escrow."""
    collected = events_of(report, "sale", "ProceedsCollected")
    if not collected or not int(collected[0]["args"]["amount"]):
        return None
    flows: list[Mapping[str, Any]] = [
        {"time": int(collected[0]["time"]), "kind": "collected", "amount": "0"}
    ]
    kinds = {"Released": "released", "ExitPaid": "exited", "RemainderCollected": "remainder"}
    flows += [
        {
            "time": int(each["time"]),
            "kind": kinds[each["event"]],
            "amount": each["args"]["amount"],
        }
        for each in events_of(report, "escrow", *kinds)
    ]
    return proceeds(flows, PROCEEDS_KEY, int(collected[0]["args"]["amount"]), unit)


def rules_picture(
    number: int,
    what_if: Mapping[str, Any],
    words: Sequence[str],
    coefficients: Sequence[int],
    unit: Token,
) -> Markup:
    """What each rule gives to each coefficient, rule under rule, on one scale."""
    rows = []
    for label, rule in zip(words, what_if["alternatives"], strict=True):
        by_coefficient = {int(each["coefficient"]): each for each in rule["byCoefficient"]}
        rows.append(
            Bar(
                label=label,
                figure=f"{grouped(int(rule['served']))} of {grouped(int(rule['accounts']))}",
                parts=tuple(
                    Part(
                        label=f"coefficient {coefficient}: {shown(int(row['allotted']), unit)}",
                        amount=int(row["allotted"]),
                        style=style_of(place, len(coefficients)),
                    )
                    for place, coefficient in enumerate(coefficients)
                    if (row := by_coefficient.get(coefficient)) is not None
                ),
            )
        )
    return bars(
        f"rules-{number}",
        f"Session {number} under other rules",
        "For each rule: how many accounts get anything, and what each coefficient gets: "
        + "; ".join(f"{row.label}: {row.figure}" for row in rows)
        + ".",
        rows,
    )
