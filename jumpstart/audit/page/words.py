"""Words of an audit's page for what the report names with one."""

from collections.abc import Mapping
from typing import Any, Final

from jumpstart.amounts import Token
from jumpstart.audit.page.sums import Report, closed_at, covered_after, demand_over_time
from jumpstart.pages.numerals import clock, exact, grouped, lasting, shown
from jumpstart.terms import Statistic

KINDS: Final = {
    "terms": "that the terms in force are those that were approved and published",
    "code": "that the contracts are those of the sources, byte by byte",
    "event": "what the contracts logged, figure by figure",
    "holding": "that each participant had shown the holding that counts",
    "transfer": "which tokens moved, and that no others did",
    "balance": "what the contracts hold, to the last unit",
    "state": "what the contracts say of the sale and of each participant",
    "role": "who has which role, and that nobody else used it",
    "node": "that the node does not contradict itself, nor the hashes of its blocks",
}
"""What was compared, by its kind in the report."""

STATISTICS: Final = {
    Statistic.SUM: "the sum",
    Statistic.MEAN: "the mean",
    Statistic.MINIMUM: "the least",
    Statistic.BETTER_OF: "the better of the mean and the least",
}


def price_words(deal: Mapping[str, Any], payment: Token, sold: Token) -> str:
    """What tokens cost: one of them, where that is a decimal number."""
    price, lot = int(deal["price"]), int(deal["priceUnit"])
    each, rest = divmod(price * 10**sold.decimals, lot)
    if rest:
        return f"{shown(price, payment)} for {shown(lot, sold)}"
    return f"{exact(each, payment)} for each token"


def session_words(report: Report, row: int, unit: Token) -> list[str]:
    """How a session with subscriptions went, in sentences."""
    window, state = report["terms"]["sale"]["sessions"][row], report["sale"]["sessions"][row]
    start, limit = int(window["start"]), int(window["limit"])
    demand, said = demand_over_time(report, row), []
    covered = covered_after(demand, int(window["supply"]))
    if covered is not None:
        after = f"{lasting(covered - start)} after the opening" if covered > start else "at once"
        closed = closed_at(demand, limit)
        until = (
            f"{clock(int(window['end']))}"
            if closed is None
            else f"{shown(limit, unit)} had been asked for, at {clock(closed)}"
        )
        said.append(
            f"The supply had been asked for {after}; the session went on until {until}, for "
            "everybody alike."
        )
    outcome = state["settlement"]
    if outcome is None:
        undone = ", or was undone by the failure" if report["sale"]["status"] == "failed" else ""
        return [*said, f"It is not settled{undone}: nothing was allotted."]
    coefficients = [int(each["coefficient"]) for each in state["demands"]]
    full_from = int(outcome["fullFrom"])
    if full_from <= coefficients[0]:
        return [*said, "There was enough for everybody."]
    rest = f"shared {shown(int(outcome['remaining']), unit)} by coefficient × subscription."
    if full_from > coefficients[-1]:
        return [*said, f"All {rest}"]
    return [
        *said,
        f"Coefficients from {full_from} on were allotted all that they had asked for. The others "
        f"{rest}",
    ]


def rule_words(alternative: Mapping[str, Any], unit: Token) -> str:
    """An allotment rule in a few words."""
    setting = {name: int(figure) for name, figure in alternative["setting"].items()}
    match alternative["rule"]:
        case "tiered":
            return "By coefficient: the rule of this sale"
        case "commitment":
            return "By what was asked for"
        case "commitment-capped":
            return f"The same, at most {shown(setting['cap'], unit)} each"
        case "holding-times-commitment":
            return "By holding times what was asked for"
        case "holding":
            return "By holding alone"
        case "equal":
            return "The same for everybody"
        case "lottery":
            tickets, winners = grouped(setting["tickets"]), grouped(setting["winners"])
            return f"A lottery: {winners} of {tickets} tickets win"
        case "first-come":
            served = grouped(setting["subscriptionsServed"])
            return f"First come, first served: {served} subscriptions"
        case other:
            return str(other)
