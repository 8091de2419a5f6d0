"""Sums of a report: what the page says in figures and report.json says event by event.

Everything is an integer in base units. Where gifts were swept with what the sale had left, they do not
count here: the sums are about what participants paid.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Report = Mapping[str, Any]
"""What `jumpstart.audit.report` writes, read back: integers are decimal text."""


def events_of(report: Report, contract: str, *names: str) -> list[Mapping[str, Any]]:
    """Events of the history by the name of their contract and their own."""
    return [
        each
        for each in report["history"]
        if each["contract"] == contract and each["event"] in names
    ]


def total_of(events: Iterable[Mapping[str, Any]], argument: str) -> int:
    """The sum of an argument."""
    return sum(int(each["args"][argument]) for each in events)


@dataclass(frozen=True, kw_only=True)
class Money:
    """Where the payments are: what was `paid_in` is the sum of all the others."""

    paid_in: int
    back: int
    released: int
    exited: int
    remainder: int
    in_escrow: int
    fee: int
    swept: int
    in_sale: int


def money_of(report: Report) -> Money:
    """Of a sale in any state."""
    payment = report["tokens"]["payment"]["address"]
    ways = {
        (each["from"], each["to"]): int(each["amount"])
        for each in report["moved"]
        if each["token"] == payment
    }
    paid_in, out = ways.get((None, "sale"), 0), ways.get(("sale", None), 0)
    proceeds = ways.get(("sale", "escrow"), 0)
    fee = total_of(events_of(report, "sale", "FeeCollected"), "amount")
    swept = total_of(events_of(report, "sale", "RemaindersSwept"), "payment")
    back = out - fee - swept
    in_sale = max(0, paid_in - out - proceeds)
    released = total_of(events_of(report, "escrow", "Released"), "amount")
    exited = total_of(events_of(report, "escrow", "ExitPaid"), "amount")
    remainder = total_of(events_of(report, "escrow", "RemainderCollected"), "amount")
    return Money(
        paid_in=paid_in,
        back=back,
        released=released,
        exited=exited,
        remainder=remainder,
        in_escrow=proceeds - released - exited - remainder,
        fee=fee,
        swept=paid_in - back - fee - proceeds - in_sale,
        in_sale=in_sale,
    )


def asked_of(report: Report) -> Counter[str]:
    """Tokens that each account has asked for, in all sessions."""
    asked: Counter[str] = Counter()
    for each in events_of(report, "sale", "Subscribed"):
        asked[each["args"]["account"]] += int(each["args"]["accepted"])
    return asked


def demand_over_time(report: Report, session: int) -> list[tuple[int, int, int]]:
    """Subscriptions of a session: time, coefficient, tokens."""
    window = report["terms"]["sale"]["sessions"][session]
    start, end = int(window["start"]), int(window["end"])
    return [
        (int(each["time"]), int(each["args"]["coefficient"]), int(each["args"]["accepted"]))
        for each in events_of(report, "sale", "Subscribed")
        if start <= int(each["time"]) < end
    ]


def covered_after(subscriptions: Iterable[tuple[int, int, int]], supply: int) -> int | None:
    """When the supply had been asked for once; None: never."""
    asked = 0
    for time, _, tokens in subscriptions:
        asked += tokens
        if asked >= supply:
            return time
    return None


def closed_at(subscriptions: Iterable[tuple[int, int, int]], limit: int) -> int | None:
    """When so much had been asked for that the session ended early; None: it has not, by its limit."""
    return covered_after(subscriptions, limit) if limit else None


def claimed_over_time(report: Report, most: int) -> list[tuple[int, int]]:
    """What all participants together had claimed, at `most` moments."""
    allotted = {each["account"]: int(each["allotted"]) for each in report["participants"]}
    kept: Counter[str] = Counter()
    sums: dict[int, int] = {}
    so_far = 0
    for each in events_of(report, "sale", "Claimed", "Exited"):
        account, args = each["args"]["account"], each["args"]
        tokens = (
            int(args["tokens"]) if each["event"] == "Claimed" else int(args["kept"]) - kept[account]
        )
        if account in allotted:
            kept[account] += tokens
        so_far += tokens
        sums[int(each["time"])] = so_far
    moments = list(sums.items())
    step = -(-len(moments) // most) or 1
    return moments[::-1][::step][::-1]


def concentration(amounts: Iterable[int], places: int = 100) -> list[tuple[int, int]]:
    """How much the accounts with the most have: pairs of a share of the accounts and their share of
    the whole, in millionths, rounded down, from nobody to all.
    """
    ordered = sorted(amounts, reverse=True)
    whole, count = sum(ordered), len(ordered)
    if not whole:
        return []
    points, so_far, taken = [(0, 0)], 0, 0
    for place in range(1, places + 1):
        upto = count * place // places
        so_far += sum(ordered[taken:upto])
        taken = upto
        points.append((upto * 10**6 // count, so_far * 10**6 // whole))
    return points
