"""A plan as a picture: who does what, from top to bottom, and what comes into being.

One SVG that needs nothing else, light or dark as the reader's screen is. Knows a plan and where its
words fit.
"""

import re
import textwrap
from dataclasses import dataclass
from typing import Final

from markupsafe import escape

from jumpstart.deployment.plan import Plan, Row
from jumpstart.deployment.plan_table import coins, named, printable

WIDTH: Final = 1280

_MARGIN: Final = 32
_TOP: Final = 208  # below the heads of the lanes
_GAP: Final = 20  # between rows
_TITLE: Final = 28  # letters that fit beside the sums
_AMOUNT: Final = re.compile(r"[1-9][\d,.]* [A-Z]\w*")
_STYLE: Final = """
svg { --paper: #fbfaf7; --card: #fff; --ink: #1d2327; --soft: #566069; --rule: #e0dcd3;
  --lane: #f3f0e9; --accent: #0b6a64; --made: #dcedea; --wait: #9a5b00; --waits: #fbf0dc; }
@media (prefers-color-scheme: dark) { svg { --paper: #14181a; --card: #1f2528; --ink: #e8e6e1;
  --soft: #a3adb4; --rule: #3a4247; --lane: #1a1f22; --accent: #6cc5bc; --made: #1c3f3c;
  --wait: #e6b35a; --waits: #33291a; } }
.paper { fill: var(--paper); }
.lane { fill: var(--lane); }
.card { fill: var(--card); stroke: var(--rule); }
.target { fill: var(--card); stroke: var(--accent); stroke-width: 1.5; }
.made { fill: var(--made); stroke: var(--accent); }
.gate { fill: var(--waits); stroke: var(--wait); stroke-width: 1.5; stroke-dasharray: 6 4; }
.number { fill: var(--accent); }
.number.wait { fill: var(--wait); }
.number.done { fill: var(--soft); }
.arrow { stroke: var(--accent); stroke-width: 2; fill: none; }
.head { fill: var(--accent); }
.pause { stroke: var(--wait); stroke-width: 1.5; stroke-dasharray: 6 4; }
text { fill: var(--ink); font: 16px system-ui, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans",
  sans-serif; }
.title { font-size: 34px; font-weight: 650; }
.title.long { font-size: 22px; }
.sum { font-size: 26px; font-weight: 650; }
.bold { font-weight: 650; }
.soft { fill: var(--soft); }
.small { font-size: 14px; }
.tiny { font-size: 13px; }
.code { font: 13px ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
.address { font-size: 11.5px; }
.digit { fill: var(--paper); font-size: 15px; font-weight: 650; text-anchor: middle; }
.middle { text-anchor: middle; }
.end { text-anchor: end; }
.waiting { fill: var(--wait); }
"""


@dataclass(frozen=True, kw_only=True)
class _Lane:
    head: str
    left: int
    width: int

    @property
    def right(self) -> int:
        return self.left + self.width

    @property
    def middle(self) -> int:
        return self.left + self.width // 2


def svg(plan: Plan) -> str:
    """The picture, `WIDTH` units wide and as high as it must be."""
    drawing = _Drawing(plan)
    for row in plan.rows:
        drawing.add(row)
    return drawing.whole()


class _Drawing:
    """Rows are added below each other; `y` is where the next one begins."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._names = plan.names
        self._sender = self._names.get(plan.sender, "sender")
        self._marks: list[str] = []
        self.y = _TOP
        gates = [row.who for row in plan.rows if row.state == "others"]
        self._acting = _Lane(head=self._sender, left=_MARGIN, width=344)
        self._others = _Lane(head=gates[0], left=392, width=232) if gates else None
        self._asked = _Lane(head="contracts", left=640, width=232)
        self._made = _Lane(head="created", left=888, width=WIDTH - _MARGIN - 888)

    def add(self, row: Row) -> None:
        if row.state == "there already":
            self._add_done(row)
        elif row.state == "others":
            self._add_gate(row)
        else:
            self._add_step(row)

    # ------------------------------------------------------------------------------------ rows

    def _add_done(self, row: Row) -> None:
        lines = ["there already", *textwrap.wrap(row.title, 36)]
        x, y = self._acting.left, self.y
        self._number(row, x + 36, y + 18, "done")
        for place, line in enumerate(lines):
            self._text(
                x + 62, y + 16 + 18 * place, line, "tiny soft" if place else "tiny bold soft"
            )
        self.y += 6 + 18 * len(lines) + _GAP

    def _add_gate(self, row: Row) -> None:
        lane = self._others
        assert lane is not None
        lines = textwrap.wrap(row.title, 22)
        height = 56 + 20 * len(lines)
        middle = self.y + height // 2
        self._line(_MARGIN, middle, WIDTH - _MARGIN, middle, "pause")
        self._box(lane.left + 10, self.y, lane.width - 20, height, "gate")
        self._number(row, lane.left + 34, self.y + 24, "wait")
        self._text(lane.left + 58, self.y + 29, "waits", "bold waiting")
        for place, line in enumerate(lines):
            self._text(lane.left + 24, self.y + 56 + 20 * place, line, "small")
        self.y += height + _GAP

    def _add_step(self, row: Row) -> None:
        title, figures = textwrap.wrap(row.title, 28), textwrap.wrap(self._figures(row), 34)
        amounts = self._amounts(row)
        lines = [*((line, "bold") for line in title), *((line, "small soft") for line in figures)]
        height = max(25 + 21 * len(lines), 58 * len(row.creates), 62 + 17 * len(amounts))
        middle = self.y + height // 2
        lane = self._acting
        self._box(lane.left + 8, self.y, lane.width - 16, height, "card")
        self._number(row, lane.left + 36, self.y + 27, "")
        for place, (line, style) in enumerate(lines):
            self._text(lane.left + 62, self.y + 32 + 21 * place, line, style)
        self._arrow(lane.right - 8, self._asked.left + 12, middle)
        words = row.function or ("sends coin" if row.value else "hands in")
        if row.value:
            amounts = [coins(row.value, self._plan.coin), *amounts]
        label = (lane.right + self._asked.left) // 2
        self._text(label, middle - 9, textwrap.shorten(words, 28, placeholder=" .."), "code middle")
        for place, line in enumerate(amounts):
            self._text(label, middle + 19 + 17 * place, line, "tiny soft middle")
        target = self._names.get(row.to or "", row.target)
        if row.sender != self._plan.sender:
            target = row.target
        self._target(target, middle)
        top = middle - 58 * len(row.creates) // 2
        for place, (name, address) in enumerate(row.creates):
            self._branch(middle, top + 58 * place + 29)
            self._creation(name, address, top + 58 * place)
        self.y += height + _GAP

    def _target(self, name: str, middle: int) -> None:
        lane, lines = self._asked, textwrap.wrap(name, 22)
        height = 22 + 20 * len(lines)
        self._box(lane.left + 12, middle - height // 2, lane.width - 24, height, "target", 20)
        top = middle - 10 * len(lines) + 15
        for place, line in enumerate(lines):
            self._text(lane.middle, top + 20 * place, line, "middle")

    def _creation(self, name: str, address: str, top: int) -> None:
        lane = self._made
        self._box(lane.left + 10, top + 4, lane.width - 20, 50, "made")
        self._text(lane.left + 24, top + 26, self._names.get(address, name), "bold")
        self._text(lane.left + 24, top + 45, address, "code address")

    def _figures(self, row: Row) -> str:
        if row.gas is None or row.cost is None:
            return "gas unknown until then"
        if row.sender != self._plan.sender:
            return f"{row.gas:,} gas, paid by its maker"
        return f"{row.gas:,} gas, {coins(row.cost, self._plan.coin)}"

    def _amounts(self, row: Row) -> list[str]:
        shown = [(name, named(value, self._plan)) for name, value in row.arguments]
        return [f"{name}: {value}" for name, value in shown if _AMOUNT.fullmatch(value)]

    # ------------------------------------------------------------------------------------ whole

    def whole(self) -> str:
        plan, bottom = self._plan, self.y + 4
        height = bottom + 64
        count = len(plan.ahead)
        where = f"{plan.network}, chain {plan.chain_id}, as of block {plan.block}"
        network = where.removeprefix(f"chain {plan.chain_id}, ")
        unknown = "" if plan.is_complete else ", as far as known"
        lanes = [lane for lane in (self._acting, self._others, self._asked, self._made) if lane]
        back = [
            f'<rect class="paper" width="{WIDTH}" height="{height}"/>',
            *_title(plan.title),
            _text(_MARGIN, 98, f"Plan of a {plan.kind} on {network}", "soft"),
            *self._sums(
                (f"{count}", "transaction" if count == 1 else "transactions"),
                (f"{plan.gas:,}", f"gas{unknown}"),
                (coins(plan.cost, plan.coin), "at most"),
            ),
        ]
        for lane in lanes:
            back.append(_box(lane.left, 132, lane.width, bottom - 132, "lane", 14))
            back.append(_text(lane.middle, 170, lane.head, "bold middle"))
        foot = (
            "Tried on a private copy of the chain. Nothing has been sent. Costs are the most that is "
            f"offered: twice the base fee of block {plan.block}, and the tip."
        )
        front = [*self._marks, _text(_MARGIN, bottom + 38, foot, "small soft")]
        said = "; ".join(f"{row.number}. {row.who}: {row.title}" for row in plan.rows)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
            f'width="{WIDTH}" height="{height}" role="img" aria-labelledby="title desc">\n'
            f'<title id="title">Plan: {escape(printable(plan.title))}</title>\n'
            f'<desc id="desc">{escape(printable(said))}.</desc>\n<style>{_STYLE}</style>\n'
            + "\n".join([*back, *front])
            + "\n</svg>\n"
        )

    def _sums(self, *sums: tuple[str, str]) -> list[str]:
        marks, right = [], WIDTH - _MARGIN
        for figure, words in reversed(sums):
            marks.append(_text(right, 58, figure, "sum end"))
            marks.append(_text(right, 84, words, "small soft end"))
            right -= 40 + max(15 * len(figure), 8 * len(words))
        return marks

    # ------------------------------------------------------------------------------------ marks

    def _number(self, row: Row, x: int, y: int, style: str) -> None:
        self._marks.append(f'<circle class="number {style}" cx="{x}" cy="{y}" r="14"/>')
        self._text(x, y + 5, str(row.number), "digit")

    def _arrow(self, left: int, right: int, y: int) -> None:
        self._line(left, y, right - 9, y, "arrow")
        self._marks.append(f'<path class="head" d="M{right},{y}L{right - 11},{y - 6}V{y + 6}Z"/>')

    def _branch(self, middle: int, y: int) -> None:
        """From what is asked to one thing that it creates."""
        left, right = self._asked.right - 12, self._made.left + 10
        bend = left + 13
        if y != middle:
            self._marks.append(f'<path class="arrow" d="M{left},{middle}H{bend}V{y}"/>')
            left = bend
        self._arrow(left, right, y)

    def _line(self, x: int, y: int, to_x: int, to_y: int, style: str) -> None:
        self._marks.append(f'<line class="{style}" x1="{x}" y1="{y}" x2="{to_x}" y2="{to_y}"/>')

    def _box(self, x: int, y: int, width: int, height: int, style: str, radius: int = 10) -> None:
        self._marks.append(_box(x, y, width, height, style, radius))

    def _text(self, x: int, y: int, text: str, style: str) -> None:
        self._marks.append(_text(x, y, text, style))


def _box(x: int, y: int, width: int, height: int, style: str, radius: int) -> str:
    return (
        f'<rect class="{style}" x="{x}" y="{y}" width="{width}" height="{height}" rx="{radius}"/>'
    )


def _text(x: int, y: int, text: str, style: str) -> str:
    return f'<text class="{style}" x="{x}" y="{y}">{escape(printable(text))}</text>'


def _title(title: str) -> list[str]:
    """A long one in two lines of smaller letters."""
    if len(title) <= _TITLE:
        return [_text(_MARGIN, 58, title, "title")]
    lines = textwrap.wrap(title, 3 * _TITLE // 2, max_lines=2, placeholder=" ..")
    return [_text(_MARGIN, 42 + 28 * place, line, "title long") for place, line in enumerate(lines)]
