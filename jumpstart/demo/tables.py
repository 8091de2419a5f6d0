"""The end of a run on a terminal: what was reviewed, who got what, where the money went, who was
turned away and why, and what it cost.
"""

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from jumpstart.demo.report import chosen
from jumpstart.demo.summary import Summary, unit_of
from jumpstart.pages.numerals import day, figure, grouped, percent, share, shown


def show(summary: Summary, console: Console) -> None:
    """A few tables and one sentence."""
    console.print()
    console.print(_review(summary))
    if sale := summary["sale"]:
        console.print(_buyers(summary))
        if sale["delivery"]:
            console.print(_milestones(summary))
            console.print(_exits(summary))
    console.print(_bonds(summary))
    console.print(_refusals(summary))
    console.print(_gas(summary))
    console.print(
        f"{_fate(summary)} {len(summary['checks'])} sums on chain equal the model's, to the last unit."
    )


def _fate(summary: Summary) -> str:
    sale, payment = summary["sale"], unit_of(summary, "payment")
    if sale is None:
        bond = unit_of(summary, "holding")
        back = shown(int(summary["bonds"]["returned"]), bond)
        return f"Nothing was listed, and {back} of bonds went back."
    totals = sale["totals"]
    said = (
        f"The sale {'was' if sale['outcome'] == 'delisted' else 'has'} {sale['outcome']}: "
        f"{shown(int(totals['deposits']), payment)} paid in, "
        f"{shown(int(totals['paidBack']), payment)} paid back"
    )
    if sale["outcome"] == "succeeded":
        said += (
            f", {shown(int(totals['released']), payment)} to the project, "
            f"{shown(int(totals['exited']), payment)} to who exited"
        )
    return f"{said}."


def _review(summary: Summary) -> Table:
    table = _table("The review: medians and floors")
    table.add_column("criterion")
    table.add_column("floor", justify="right")
    decided = [each for each in summary["applications"] if each["medians"]]
    for application in decided:
        number, status = application["number"], application["status"]
        table.add_column(f"application {number}:\n{status}", justify="right")
    for place, criterion in enumerate(summary["rules"]["criteria"]):
        medians = [str(application["medians"][place]) for application in decided]
        table.add_row(criterion["name"], str(criterion["floor"]), *medians)
    totals = [grouped(application["total"]) for application in decided]
    table.add_row("total", grouped(summary["rules"]["bar"]), *totals)
    return table


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
        ("for exit", payment),
    ):
        table.add_column(f"{heading}\n{escape(unit.symbol) if unit else ''}", justify="right")
    for buyer in chosen(summary):
        asked = sum(map(int, buyer["subscribed"]))
        left = buyer["exitPaid"]
        table.add_row(
            escape(buyer["name"]),
            str(buyer["coefficient"]),
            figure(int(buyer["holding"]), holding.decimals, 0),
            figure(asked, sale.decimals, 0),
            figure(int(buyer["tokens"]), sale.decimals, 0),
            percent(int(buyer["tokens"]), asked),
            figure(int(buyer["paidIn"]), payment.decimals, 0),
            figure(int(buyer["paidBack"]), payment.decimals, 0),
            figure(int(left), payment.decimals, 0) if left else "",
        )
    return table


def _milestones(summary: Summary) -> Table:
    table = _table("Paid as it delivers")
    table.add_column("milestone")
    table.add_column("share", justify="right")
    table.add_column("what happened", ratio=1)
    for each in summary["sale"]["delivery"]["milestones"]:
        tries = [
            f"vetoed on {day(one['vetoedAt'])}"
            if one["vetoedAt"]
            else f"attested on {day(one['time'])}"
            for one in each["attestations"]
        ]
        happened = ", ".join([*tries, each["state"]])
        table.add_row(str(each["number"]), share(each["shareBps"]), happened)
    return table


def _exits(summary: Summary) -> Table:
    sale, payment = unit_of(summary, "sale"), unit_of(summary, "payment")
    table = _table("Who exited")
    table.add_column("buyer", no_wrap=True)
    for heading, unit in (("kept", sale), ("returned", sale), ("paid", payment)):
        table.add_column(f"{heading}\n{escape(unit.symbol)}", justify="right")
    for each in summary["sale"]["delivery"]["exits"]:
        table.add_row(
            escape(each["name"]),
            figure(int(each["kept"]), sale.decimals, 0),
            figure(int(each["returned"]), sale.decimals, 0),
            figure(int(each["paid"]), payment.decimals),
        )
    return table


def _bonds(summary: Summary) -> Table:
    unit, bonds = unit_of(summary, "holding"), summary["bonds"]
    table = _table(f"Bonds, {escape(unit.symbol)}")
    table.add_column("what")
    table.add_column("amount", justify="right")
    for what, name in (
        ("paid by projects", "paidIn"),
        ("returned to projects", "returned"),
        ("slashed", "slashed"),
        ("shared among participants", "shared"),
        ("paid by challengers", "challenged"),
        ("returned to challengers", "challengesReturned"),
    ):
        if bonds[name] != "0":
            table.add_row(what, figure(int(bonds[name]), unit.decimals))
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
