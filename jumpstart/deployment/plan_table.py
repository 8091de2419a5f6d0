"""A plan as text for a terminal, to be read by somebody who has never seen the project.

People and contracts are called by their names; every address stands once, in a list of its own.
"""

import re
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.constrain import Constrain
from rich.table import Table
from rich.text import Text

from jumpstart.deployment.phrases import listed, moment
from jumpstart.deployment.plan import Plan, Row

LEAST_WIDTH: Final = 60
"""Columns: an address with its margin, and room for figures beside words."""

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
        Text(f"{printable(plan.title)}\n", style="bold"),
        *_heading(plan),
        _title("What will happen, in this order"),
        _steps(plan, width),
        _title("What it means"),
        _meaning(plan, width),
        _title("People and contracts"),
        _parties(plan, width),
    )
    return Constrain(whole, width)


def named(text: str, plan: Plan) -> str:
    """The text with names in the place of addresses, the digits of amounts in groups of three, and
    what cannot be seen, or changes how the rest is seen, spelled out.
    """
    for address, name in plan.names.items():
        text = name if text.endswith(f" {address}") else text.replace(address, name)
    units = "|".join(map(re.escape, plan.units))
    amounts = re.compile(rf"(?<![\w.,/-])\d{{4,}}(?=(?:\.\d+)? (?:{units})(?!\w))")
    return printable(amounts.sub(lambda match: f"{int(match[0]):,}", text))


def printable(text: str) -> str:
    """The text without a character that a terminal or a page would obey."""
    return "".join(each if each.isprintable() else f"<U+{ord(each):04X}>" for each in text)


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
    kind = _KINDS.get(plan.kind, plan.kind)
    lines = [
        Text(f"A plan for {kind} on {_network(plan)}. {_rehearsed(plan)}\n"),
        Text(f"{_costs(plan) if count else 'Nothing is left to be sent.'}\n"),
    ]
    if plan.shortfall:
        lack = f"The account lacks {coins(plan.shortfall, plan.coin)}.\n"
        lines.append(Text(lack, style="bold red"))
    return lines


def _network(plan: Plan) -> str:
    number = f"chain {plan.chain_id}"
    return number if plan.network == number else f"{plan.network} ({number})"


def _rehearsed(plan: Plan) -> str:
    others = [row.who for row in plan.rows if row.state == "others"]
    waits = f" and waits for {listed(others)}" if others else ""
    count = len(plan.ahead)
    tried = "Everything" if plan.is_complete else "What could be"
    return (
        f"It sends {count} transaction{'' if count == 1 else 's'}{waits}. {tried} was tried on a "
        f"private copy of the chain as of block {plan.block}, {moment(plan.time)}; nothing has been "
        "sent."
    )


def _costs(plan: Plan) -> str:
    sender = plan.names.get(plan.sender, plan.sender)
    unknown = "" if plan.is_complete else ", without what could not be tried"
    price = (
        f"{coins(plan.cost, plan.coin)} at most{unknown}: {plan.gas:,} gas at {_gwei(plan.price)}, "
        f"which is twice the base fee of that block, {_gwei(plan.base_fee)}, and a tip of "
        f"{_gwei(plan.tip)}."
    )
    needed = coins(plan.needed, plan.coin)
    has = f"It has {coins(plan.balance, plan.coin, up=False)}."
    if plan.is_by_contract:
        return (
            f"The {sender} is a contract: whoever has it send these pays for them, {price} What the "
            f"contract itself does for each comes on top. It must have {needed}. {has}"
        )
    return (
        f"The {sender} pays {price} While they are sent the account must have {needed}, as each is "
        f"offered with more gas than it uses. {has}"
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
    text = Text(printable(row.title), style="bold" if row.is_ahead else "")
    lines = []
    if row.state == "there already":
        lines.append("There already: not sent again.")
    elif row.state == "others":
        lines.append(f"Waits for {row.who}. Nothing is sent by the {names.get(plan.sender, '')}.")
    else:
        lines.append(_call(row, plan))
        lines += _arguments(row, plan)
    if row.creates and row.state != "there already":
        lines.append(f"creates {', '.join(names.get(each, name) for name, each in row.creates)}")
    if row.state == "sent":
        lines.append("Sent, and waits for a block.")
    if row.transaction:
        lines.append(f"transaction {row.transaction}")
    if row.note:
        lines.append(row.note)
    for line in lines:
        text.append(f"\n{named(line, plan)}", style="not bold")
    return text


def _arguments(row: Row, plan: Plan) -> list[str]:
    """One line each, and one for all those that would only say their own name."""
    shown = [(name, named(value, plan)) for name, value in row.arguments]
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
            grid.add_row("-", Text(named(line, plan)))
    return grid


def _parties(plan: Plan, width: int) -> RenderableType:
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.width = width
    grid.add_column(width=1)
    grid.add_column(ratio=1, overflow="fold")
    for party in plan.parties:
        text = Text(f"{party.name}  ", style="bold")
        text.append(f"{party.address}\n", style="not bold")
        words = "; ".join((_PARTIES[party.kind], *party.roles))
        text.append(named(words, plan), style="not bold")
        grid.add_row("", text)
    return grid


def _title(words: str) -> Text:
    return Text(f"\n{words.upper()}", style="bold")
