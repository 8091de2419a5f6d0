"""`jumpstart allot`: the reference allotment of a file of subscriptions."""

from pathlib import Path
from typing import Annotated

import typer

from jumpstart.allotment import COEFFICIENT_MAX, Subscription, allotment_down, demands_of, settle
from jumpstart.amounts import parse_integer
from jumpstart.cli.output import Json, Out, emit, emit_json
from jumpstart.errors import InputError, located
from jumpstart.tables import format_rows, read_accounts

EXAMPLE = "Example: jumpstart allot subscriptions.csv --rule tiered --supply 300"


def allot(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="SUBSCRIPTIONS.csv", help="CSV with the columns account,subscribed,coefficient."
        ),
    ],
    rule: Annotated[str, typer.Option(help="The allotment rule: tiered.")],
    supply: Annotated[str, typer.Option(help="Tokens on sale, in base units.")],
    as_json: Json = False,
    out: Out = None,
) -> None:
    """Allots the supply to subscriptions: exact integers, rounded down.

    Prints CSV with the columns account,allotted in the order of the input; with --json also the
    session's outcome, amounts as decimal text.
    """
    if rule != "tiered":
        raise InputError(f"--rule: {rule!r} is not available, expected 'tiered'")
    with located("--supply"):
        tokens = parse_integer(supply, least=1)
    table = read_accounts(
        file,
        {
            "subscribed": parse_integer,
            "coefficient": lambda cell: parse_integer(cell, least=1, most=COEFFICIENT_MAX),
        },
    )
    subscriptions = [
        Subscription(subscribed=subscribed, coefficient=coefficient)
        for subscribed, coefficient in table.values()
    ]
    outcome = settle(tokens, demands_of(subscriptions))
    allotted = [
        (account, allotment_down(subscription.subscribed, subscription.coefficient, outcome))
        for account, subscription in zip(table, subscriptions, strict=True)
    ]
    if as_json:
        emit_json(
            {
                "rule": rule,
                "supply": str(tokens),
                "fullFrom": outcome.full_from,
                "remaining": str(outcome.remaining),
                "weight": str(outcome.weight),
                "allotted": str(sum(amount for _, amount in allotted)),
                "allotments": [
                    {"account": account, "allotted": str(amount)} for account, amount in allotted
                ],
            },
            out,
        )
    else:
        emit(format_rows(("account", "allotted"), allotted), out)
