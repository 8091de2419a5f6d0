"""`jumpstart allot`: the reference allotment of a file of subscriptions, by any of the rules."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from jumpstart.allotment import lottery, tiered, weighted
from jumpstart.amounts import parse_integer
from jumpstart.cli.output import Json, Out, emit, emit_json
from jumpstart.errors import InputError, located
from jumpstart.tables import format_rows, read_accounts

EXAMPLE = "Example: jumpstart allot subscriptions.csv --rule tiered --supply 300"

_MOST_TICKETS: Final = 10_000_000
_SEED_SIZE: Final = 32

Figures = Mapping[str, tuple[int, ...]]
Allotted = tuple[dict[str, Any], list[int]]
"""What the rule settled, for JSON, and the allotments in the order of the table."""


@dataclass(frozen=True, kw_only=True)
class _Options:
    supply: int
    cap: int | None
    seed: bytes


@dataclass(frozen=True, kw_only=True)
class _Rule:
    """The columns behind `account`, the options beside --supply, and how it allots."""

    columns: Mapping[str, Callable[[str], int]]
    takes: tuple[str, ...]
    allot: Callable[[Figures, _Options], Allotted]


def allot(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="SUBSCRIPTIONS.csv",
            help="CSV with the columns account,subscribed,coefficient (tiered), "
            "account,subscribed,weight (weighted) or account,tickets (lottery).",
        ),
    ],
    rule: Annotated[str, typer.Option(help="The allotment rule: tiered, weighted or lottery.")],
    supply: Annotated[
        str, typer.Option(help="Tokens on sale, in base units; in a lottery, winning tickets.")
    ],
    cap: Annotated[
        str | None,
        typer.Option(
            help="The most for one account, in base units; in a lottery, in winning tickets."
        ),
    ] = None,
    seed: Annotated[
        str | None,
        typer.Option(metavar="HEX", help="What a lottery is drawn with: 32 bytes."),
    ] = None,
    as_json: Json = False,
    out: Out = None,
) -> None:
    """Allots the supply to subscriptions: exact integers, rounded down.

    Prints CSV with the columns account,allotted in the order of the input; with --json also what the
    rule settled, amounts as decimal text. In a lottery the tickets are numbered in the order of the
    input, and allotted are winning tickets. With --cap what a capped account cannot take goes to the
    others by weight; in a lottery it stays unsold.
    """
    chosen = _RULES.get(rule)
    if chosen is None:
        raise InputError(f"--rule: {rule!r} is not available, expected {_names()}")
    options = _options(rule, chosen, supply, cap, seed)
    table = read_accounts(file, chosen.columns)
    with located(str(file)):
        settled, allotted = chosen.allot(table, options)
    rows = list(zip(table, allotted, strict=True))
    if as_json:
        emit_json(
            {
                "rule": rule,
                "supply": str(options.supply),
                **settled,
                "allotted": str(sum(allotted)),
                "allotments": [
                    {"account": account, "allotted": str(amount)} for account, amount in rows
                ],
            },
            out,
        )
    else:
        emit(format_rows(("account", "allotted"), rows), out)


def _options(rule: str, chosen: _Rule, supply: str, cap: str | None, seed: str | None) -> _Options:
    for name, value in (("--cap", cap), ("--seed", seed)):
        if value is not None and name not in chosen.takes:
            raise InputError(f"{name}: the rule {rule!r} has none")
    with located("--supply"):
        tokens = parse_integer(supply, least=1)
    with located("--cap"):
        most = None if cap is None else parse_integer(cap, least=1)
    with located("--seed"):
        drawn = _seed(seed) if "--seed" in chosen.takes else b""
    return _Options(supply=tokens, cap=most, seed=drawn)


def _seed(text: str | None) -> bytes:
    if text is None:
        raise InputError("a lottery needs one: 32 bytes as 64 hexadecimal digits")
    digits = text.removeprefix("0x")
    if len(digits) != 2 * _SEED_SIZE or set(digits.lower()) - set("0123456789abcdef"):
        raise InputError(f"{text!r} is not 64 hexadecimal digits, with or without 0x")
    return bytes.fromhex(digits)


# -------------------------------------------------------------------------------------------- rules


def _tiered(table: Figures, options: _Options) -> Allotted:
    subscriptions = [
        tiered.Subscription(subscribed=subscribed, coefficient=coefficient)
        for subscribed, coefficient in table.values()
    ]
    outcome = tiered.settle(options.supply, tiered.demands_of(subscriptions))
    settled = {
        "fullFrom": outcome.full_from,
        "remaining": str(outcome.remaining),
        "weight": str(outcome.weight),
    }
    return settled, [
        tiered.allotment_down(each.subscribed, each.coefficient, outcome) for each in subscriptions
    ]


def _weighted(table: Figures, options: _Options) -> Allotted:
    shares = [
        weighted.Share(
            bound=subscribed if options.cap is None else min(subscribed, options.cap), weight=weight
        )
        for subscribed, weight in table.values()
    ]
    level = weighted.level_of(options.supply, shares)
    settled = {"remaining": str(level.remaining), "weight": str(level.weight)}
    return settled, [weighted.allotment_down(share, level) for share in shares]


def _lottery(table: Figures, options: _Options) -> Allotted:
    counts = [count for (count,) in table.values()]
    tickets = sum(counts)
    if tickets > _MOST_TICKETS:
        raise InputError(f"tickets: {tickets} in all, at most {_MOST_TICKETS}")
    draw = lottery.Draw(seed=options.seed, tickets=tickets, winners=min(options.supply, tickets))
    allotted, first = [], 0
    for count in counts:
        wins = lottery.wins_of(first, count, draw)
        allotted.append(wins if options.cap is None else min(wins, options.cap))
        first += count
    settled = {"tickets": str(tickets), "winners": str(draw.winners)}
    return settled, allotted


def _coefficient(cell: str) -> int:
    return parse_integer(cell, least=1, most=tiered.COEFFICIENT_MAX)


def _weight(cell: str) -> int:
    return parse_integer(cell, most=2**256 - 1)


_RULES: Final = {
    "tiered": _Rule(
        columns={"subscribed": parse_integer, "coefficient": _coefficient},
        takes=(),
        allot=_tiered,
    ),
    "weighted": _Rule(
        columns={"subscribed": parse_integer, "weight": _weight},
        takes=("--cap",),
        allot=_weighted,
    ),
    "lottery": _Rule(columns={"tickets": parse_integer}, takes=("--cap", "--seed"), allot=_lottery),
}


def _names() -> str:
    *first, last = map(repr, _RULES)
    return f"{', '.join(first)} or {last}"
