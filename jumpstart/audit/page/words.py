"""Words of an audit's page for what the report names with one."""

from collections.abc import Mapping
from typing import Any, Final

from jumpstart.amounts import Token
from jumpstart.pages.numerals import grouped, shown

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
