"""A plan as text for a terminal, to be read by somebody who has never seen the project.

People and contracts are called by their names; every address stands once, in a list of its own.
"""

import re
from collections.abc import Mapping
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.constrain import Constrain
from rich.table import Table
from rich.text import Text

from jumpstart.deployment.plan import Plan, Row

LEAST_WIDTH: Final = 60
"""Columns: an address with its margin, and room for figures beside words."""

_ADDRESS: Final = re.compile(r"0x[0-9a-fA-F]{40}(?![0-9a-fA-F])")
_FIGURE: Final = re.compile(r"(?<![\w.,/-])\d{4,}(?=(?:\.\d+)? [A-Za-z%])")
_COIN_PLACES: Final = 6
_WEI: Final = 18
_GWEI: Final = 9
_GWEI_PLACES: Final = 3
_PARTIES: Final = {
    "account": "an account",
    "contract": "a contract that is there",
    "to be created": "a contract that this plan creates",
}
_KINDS: Final = {"sale": "a sale", "platform": "a platform"}


def render(plan: Plan, width: int) -> RenderableType:
    """The whole plan, so many columns wide, `LEAST_WIDTH` at least."""
    width = max(width, LEAST_WIDTH)
    whole = Group(
        Text(f"{plan.title}\n", style="bold"),
        *_heading(plan),
        _title("What will happen, in this order"),
        _steps(plan, width),
        _title("What it means"),
        _meaning(plan, width),
        _title("People and contracts"),
        _parties(plan, width),
    )
    return Constrain(whole, width)


def named(text: str, names: Mapping[str, str]) -> str:
    """The text with names in the place of addresses, and figures in groups of three digits."""

    def name(match: re.Match[str]) -> str:
        return names.get(match[0], match[0])

    for address, known in names.items():
        text = text.replace(f"{known} {address}", address)
    return grouped(_ADDRESS.sub(name, text))


def grouped(text: str) -> str:
    """The text with the digits of figures that have a unit in groups of three."""
    return _FIGURE.sub(lambda match: f"{int(match[0]):,}", text)


def coins(wei: int, coin: str, *, up: bool = True) -> str:
    """An amount of the chain's coin to the sixth place, rounded up or down."""
    return f"{_rounded(wei, _WEI - _COIN_PLACES, _COIN_PLACES, up=up)} {coin}"


def _gwei(wei: int) -> str:
    """A price to the third place, rounded up."""
    return f"{_rounded(wei, _GWEI - _GWEI_PLACES, _GWEI_PLACES, up=True)} gwei"


def _rounded(amount: int, dropped: int, places: int, *, up: bool) -> str:
    unit = 10**dropped
    whole, rest = divmod(-(-amount // unit) if up else amount // unit, 10**places)
    return f"{whole:,}.{rest:0{places}d}"


# ---------------------------------------------------------------------------------------- heading


def _heading(plan: Plan) -> list[Text]:
    count = len(plan.ahead)
    lines = [
        f"A plan for {_KINDS.get(plan.kind, plan.kind)} on {_network(plan)}. {_rehearsed(plan)}",
        _costs(plan) if count else "Nothing is left to be sent.",
    ]
    if plan.balance < plan.needed:
        lines.append(f"The account lacks {coins(plan.shortfall, plan.coin)}.")
    return [Text(f"{line}\n", style="bold red" if "lacks" in line else "") for line in lines]


def _network(plan: Plan) -> str:
    number = f"chain {plan.chain_id}"
    return number if plan.network == number else f"{plan.network} ({number})"


def _rehearsed(plan: Plan) -> str:
    others = sum(row.state == "others" for row in plan.rows)
    waits = " and waits for others once" if others == 1 else ""
    count = len(plan.ahead)
    return (
        f"It sends {count} transaction{'' if count == 1 else 's'}{waits}. Everything was tried on a "
        f"private copy of the chain as of block {plan.block}; nothing has been sent."
    )


def _costs(plan: Plan) -> str:
    sender = plan.names.get(plan.sender, plan.sender)
    unknown = "" if plan.is_complete else ", without what could not be tried"
    return (
        f"The {sender} pays {coins(plan.cost, plan.coin)} at most{unknown}: {plan.gas:,} gas at "
        f"{_gwei(plan.price)}, which is twice the base fee of that block, {_gwei(plan.base_fee)}, and "
        f"a tip of {_gwei(plan.tip)}. While they are sent the account must have {coins(plan.needed, plan.coin)}, "
        "as each is offered with more gas than it uses. It has "
        f"{coins(plan.balance, plan.coin, up=False)}."
    )


# ---------------------------------------------------------------------------------------- steps


def _steps(plan: Plan, width: int) -> Table:
    table = Table(
        box=SIMPLE_HEAD, width=width, show_footer=bool(plan.ahead), padding=(0, 1, 0, 0), leading=1
    )
    unknown = "" if plan.is_complete else " known"
    table.add_column("", justify="right", vertical="top")
    table.add_column("who", vertical="top", max_width=14, footer=f"together{unknown}")
    table.add_column("what", vertical="top", ratio=1, overflow="fold")
    table.add_column("gas", justify="right", vertical="top", no_wrap=True, footer=f"{plan.gas:,}")
    table.add_column(
        f"{plan.coin} at most",
        justify="right",
        vertical="top",
        no_wrap=True,
        footer=_figure(plan.cost, plan),
    )
    for row in plan.rows:
        table.add_row(
            str(row.number),
            row.who,
            _what(row, plan),
            _gas(row),
            _figure(row.cost + row.value, plan) if row.cost is not None else "",
            style="dim" if row.state == "there already" else "",
        )
    return table


def _figure(wei: int, plan: Plan) -> str:
    return coins(wei, plan.coin).partition(" ")[0]


def _gas(row: Row) -> str:
    if row.gas is not None:
        return f"{row.gas:,}"
    return "unknown" if row.is_ahead else ""


def _what(row: Row, plan: Plan) -> Text:
    names = plan.names
    text = Text(row.title, style="bold" if row.is_ahead else "")
    lines = []
    if row.state == "there already":
        lines.append("There already: not sent again.")
    elif row.state == "others":
        lines.append(f"Waits for {row.who}. Nothing is sent by the {names.get(plan.sender, '')}.")
    else:
        lines.append(_call(row, plan))
        lines += _arguments(row, names)
    if row.creates and row.state != "there already":
        lines.append(f"creates {', '.join(names.get(each, name) for name, each in row.creates)}")
    if row.state == "sent":
        lines.append("Sent, and waits for a block.")
    if row.transaction:
        lines.append(f"transaction {row.transaction}")
    if row.note:
        lines.append(row.note)
    for line in lines:
        text.append(f"\n{named(line, names)}", style="not bold")
    return text


def _arguments(row: Row, names: Mapping[str, str]) -> list[str]:
    """One line each, and one for all those that would only say their own name."""
    shown = [(name, named(value, names)) for name, value in row.arguments]
    plain = [value for name, value in shown if value.replace("-", " ").lower() == name.lower()]
    lines = [f"  {name}: {value}" for name, value in shown if value not in plain]
    return [*lines, *([f"  with {', '.join(plain)}"] if plain else [])]


def _call(row: Row, plan: Plan) -> str:
    if row.sender != plan.sender:
        return row.target
    target = plan.names.get(row.to or "", row.target)
    verb = f"asks {target} to {row.function}" if row.function else f"pays {target}"
    return f"{verb}, with {coins(row.value, plan.coin)}" if row.value else verb


# ---------------------------------------------------------------------------------------- below


def _meaning(plan: Plan, width: int) -> RenderableType:
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.width = width
    grid.add_column(width=1)
    grid.add_column(ratio=1, overflow="fold")
    for section in plan.meaning:
        grid.add_row("", Text(f"\n{section.heading}", style="bold"))
        for line in section.lines:
            grid.add_row("-", Text(named(line, plan.names)))
    return grid


def _parties(plan: Plan, width: int) -> RenderableType:
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.width = width
    grid.add_column(width=1)
    grid.add_column(ratio=1, overflow="fold")
    for party in plan.parties:
        text = Text(f"{party.name}  ", style="bold")
        text.append(f"{party.address}\n", style="not bold")
        text.append(grouped("; ".join((_PARTIES[party.kind], *party.roles))), style="not bold")
        grid.add_row("", text)
    return grid


def _title(words: str) -> Text:
    return Text(f"\n{words.upper()}", style="bold")
