"""The end of a run on a terminal: who got what, who was turned away and why, and what it cost."""

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from jumpstart.demo.numerals import figure, grouped, percent, shown
from jumpstart.demo.report import chosen
from jumpstart.demo.summary import Summary, unit_of


def show(summary: Summary, console: Console) -> None:
    """Three tables and one sentence."""
    console.print()
    console.print(_buyers(summary))
    console.print(_refusals(summary))
    console.print(_gas(summary))
    totals, payment = summary["totals"], unit_of(summary, "payment")
    fate = "succeeded" if summary["succeeded"] else "failed"
    console.print(
        f"The sale {fate}: {shown(int(totals['deposits']), payment)} paid in, "
        f"{shown(int(totals['paidBack']), payment)} paid back. "
        f"{len(summary['checks'])} sums on chain equal the model's, to the last unit."
    )


def _buyers(summary: Summary) -> Table:
    sale, payment, holding = (unit_of(summary, name) for name in ("sale", "payment", "holding"))
    table = _table("Who got what: a few buyers of each coefficient")
    table.add_column("buyer", no_wrap=True)
    table.add_column("coef.", justify="right")
    for heading, unit in (
        ("held", holding),
        ("asked for", sale),
        ("got", sale),
        ("share", None),
        ("paid", payment),
        ("back", payment),
    ):
        table.add_column(f"{heading}\n{escape(unit.symbol) if unit else ''}", justify="right")
    for buyer in chosen(summary):
        asked = sum(map(int, buyer["subscribed"]))
        table.add_row(
            escape(buyer["name"]),
            str(buyer["coefficient"]),
            figure(int(buyer["holding"]), holding.decimals, 0),
            figure(asked, sale.decimals, 0),
            figure(int(buyer["tokens"]), sale.decimals, 0),
            percent(int(buyer["tokens"]), asked),
            figure(int(buyer["paidIn"]), payment.decimals, 0),
            figure(int(buyer["paidBack"]), payment.decimals, 0),
        )
    return table


def _refusals(summary: Summary) -> Table:
    table = _table("Who was turned away")
    table.add_column("who")
    table.add_column("because", ratio=1)
    for refusal in summary["turnedAway"]:
        who, attempt, words = (escape(refusal[name]) for name in ("who", "attempt", "words"))
        table.add_row(who, f"[dim]{attempt}:[/dim] {words}")
    return table


def _gas(summary: Summary) -> Table:
    table = _table("Gas")
    table.add_column("action")
    for heading in ("times", "median", "most"):
        table.add_column(heading, justify="right")
    for action in summary["gas"]:
        figures = (grouped(action[name]) for name in ("count", "median", "most"))
        table.add_row(escape(action["action"]), *figures)
    return table


def _table(title: str) -> Table:
    return Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
