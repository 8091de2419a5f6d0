"""Drawings: the report's charts as SVG, made to be read at the width of a phone and of a page.

Knows figures and their labels. Colours, fonts and the dark mode are the style sheet's business; a
drawing only names classes. Every drawing has a title and says in a sentence what it shows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape

WIDTH: Final = 420
"""Of every drawing, in its own units: about the pixels of a phone."""

_BAR: Final = 22
_LABEL: Final = 18  # room above a bar for its text


@dataclass(frozen=True, kw_only=True)
class Part:
    """A piece of a bar: what it is, how much, and the class that colours it."""

    label: str
    amount: int
    style: str


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A bar of parts with one line of text above it."""

    label: str
    figure: str
    parts: tuple[Part, ...]


def bars(name: str, title: str, description: str, rows: Sequence[Bar]) -> Markup:
    """Bars on one scale, each with its text above."""
    scale = max((sum(part.amount for part in row.parts) for row in rows), default=0)
    pitch = _LABEL + _BAR + 14
    lines = []
    for number, row in enumerate(rows):
        top = number * pitch
        lines.append(_text(0, top + 13, row.label))
        lines.append(_text(WIDTH, top + 13, row.figure, "figure"))
        left = 0.0
        for part in row.parts:
            width = _scaled(part.amount, scale, WIDTH)
            if width:
                lines.append(_box(left, top + _LABEL, width, _BAR, part.style, part.label))
            left += width
    return _drawing(name, title, description, len(rows) * pitch - 14, lines)


def gauges(
    name: str, title: str, description: str, rows: Sequence[tuple[str, Part, str]]
) -> Markup:
    """Shares of a whole: label, a part in millionths of the whole, and its figure beside it."""
    pitch, left, right = _BAR + 12, 108, 62
    room = WIDTH - left - right
    lines = []
    for number, (label, part, figure) in enumerate(rows):
        top = number * pitch
        lines.append(_text(0, top + 16, label))
        lines.append(_box(left, top, room, _BAR, "track", ""))
        lines.append(
            _box(left, top, _scaled(part.amount, 10**6, room), _BAR, part.style, part.label)
        )
        lines.append(_text(WIDTH, top + 16, figure, "figure"))
    return _drawing(name, title, description, len(rows) * pitch - 12, lines)


def days(
    name: str,
    title: str,
    description: str,
    amounts: Sequence[int],
    lines_at: Sequence[tuple[int, str, str]],
) -> Markup:
    """One column for each day, and level lines `(amount, label, class)` across them."""
    height, foot = 150, 22
    scale = max([*amounts, *(amount for amount, _, _ in lines_at)]) * 21 // 20 or 1
    pitch = WIDTH / len(amounts)
    drawn = [
        _box(
            place * pitch + 1,
            height - _scaled(amount, scale, height),
            pitch - 2,
            _scaled(amount, scale, height),
            "column",
            "",
        )
        for place, amount in enumerate(amounts)
    ]
    for amount, label, style in lines_at:
        level = height - _scaled(amount, scale, height)
        drawn.append(
            f'<line class="{style}" x1="0" x2="{WIDTH}" y1="{level:.1f}" y2="{level:.1f}"/>'
        )
        drawn.append(_text(2, level - 4, label, "onchart"))
    drawn.append(_text(0, height + 16, "day 1", "quiet"))
    drawn.append(_text(WIDTH, height + 16, f"day {len(amounts)}", "quiet figure"))
    return _drawing(name, title, description, height + foot, drawn)


def curve(
    name: str,
    title: str,
    description: str,
    steps: Sequence[tuple[int, int]],
    dots: Sequence[tuple[int, int]],
    *,
    duration: int,
    ticks: Sequence[tuple[int, str]],
) -> Markup:
    """What is free over time. `steps` and `dots` are pairs of seconds since the start and
    millionths of the whole; between steps the share stays.
    """
    height, foot, left, head = 190, 24, 44, 10

    def across(seconds: int) -> float:
        return left + seconds * (WIDTH - left - 8) / duration

    def down(millionths: int) -> float:
        return head + (height - head) * (1 - millionths / 10**6)

    drawn = []
    for quarter in range(0, 101, 25):
        level = down(quarter * 10**4)
        drawn.append(
            f'<line class="level" x1="{left}" x2="{WIDTH}" y1="{level:.1f}" y2="{level:.1f}"/>'
        )
        drawn.append(_text(left - 8, level + 4, f"{quarter} %", "quiet figure"))
    path = f"M{across(steps[0][0]):.1f},{down(0):.1f}"
    for seconds, millionths in steps:
        path += f"H{across(seconds):.1f}V{down(millionths):.1f}"
    path += f"H{WIDTH}"
    drawn.append(f'<path class="area" d="{path}V{down(0):.1f}Z"/>')
    drawn.append(f'<path class="line" d="{path}"/>')
    drawn += [
        f'<circle class="dot" cx="{across(seconds):.1f}" cy="{down(millionths):.1f}" r="3.4"/>'
        for seconds, millionths in dots
    ]
    for seconds, label in ticks:
        place = "figure" if seconds == duration else "middle" if seconds else ""
        drawn.append(
            _text(
                WIDTH if seconds == duration else across(seconds),
                height + 18,
                label,
                f"quiet {place}",
            )
        )
    return _drawing(name, title, description, height + foot, drawn)


def marks(
    name: str, title: str, description: str, rows: Sequence[tuple[str, int, int]], *, most: int
) -> Markup:
    """Figures up to `most`, each as a bar with a mark at what it must reach: label, figure, mark."""
    pitch, left, right = _BAR + 12, 108, 40
    room = WIDTH - left - right
    lines = []
    for number, (label, figure, mark) in enumerate(rows):
        top = number * pitch
        at = left + _scaled(mark, most, room)
        lines.append(_text(0, top + 16, label))
        lines.append(_box(left, top, room, _BAR, "track", ""))
        style = "c4" if figure >= mark else "back"
        lines.append(_box(left, top, _scaled(figure, most, room), _BAR, style, str(figure)))
        lines.append(
            f'<line class="tick" x1="{at:.1f}" x2="{at:.1f}" y1="{top - 3}" y2="{top + _BAR + 3}"/>'
        )
        lines.append(_text(WIDTH, top + 16, str(figure), "figure"))
    return _drawing(name, title, description, len(rows) * pitch - 8, lines)


def spans(
    name: str,
    title: str,
    description: str,
    rows: Sequence[tuple[str, Sequence[int]]],
    ticks: Sequence[tuple[int, str]],
) -> Markup:
    """A lane for each label with its moments, in any unit of time, from the first tick to the last."""
    pitch, left, foot = 24, 108, 20
    start, end = ticks[0][0], ticks[-1][0]
    room = WIDTH - left - 8
    height = len(rows) * pitch

    def across(moment: int) -> float:
        return left + 4 + _scaled(moment - start, end - start, room - 4)

    lines = []
    for number, (label, moments) in enumerate(rows):
        top = number * pitch
        first, last = across(min(moments)), across(max(moments))
        lines.append(_text(0, top + 14, label))
        lines.append(_box(left, top, room + 4, pitch - 6, "lane", ""))
        lines.append(_box(first - 3, top + 6, last - first + 6, 6, "span", label))
        lines += [
            f'<circle class="event" cx="{across(moment):.1f}" cy="{top + 9}" r="2.6"/>'
            for moment in sorted(set(moments))
        ]
    for place, (moment, label) in enumerate(ticks):
        style = "middle" if 0 < place < len(ticks) - 1 else "figure" if place else ""
        x = left if place == 0 else WIDTH if place == len(ticks) - 1 else across(moment)
        lines.append(_text(x, height + 12, label, f"quiet {style}"))
    return _drawing(name, title, description, height + foot, lines)


def layers(
    name: str,
    title: str,
    description: str,
    moments: Sequence[int],
    rows: Sequence[tuple[str, str, Sequence[int]]],
    ticks: Sequence[tuple[int, str]],
) -> Markup:
    """Amounts one above the other, `(label, class, amounts)`, that stay from one moment to the next;
    the last moment is the end. Together they fill the drawing.
    """
    height, foot = 190, 24
    start, end = moments[0], moments[-1]
    whole = max(sum(amounts[place] for _, _, amounts in rows) for place in range(len(moments)))

    def across(moment: int) -> float:
        return _scaled(moment - start, end - start, WIDTH)

    def down(amount: int) -> float:
        return height - _scaled(amount, whole, height)

    below = [0] * len(moments)
    drawn = []
    for label, style, amounts in rows:
        above = [low + amount for low, amount in zip(below, amounts, strict=True)]
        path = f"M0,{down(above[0]):.1f}"
        for moment, level in zip(moments[1:], above[1:], strict=True):
            path += f"H{across(moment):.1f}V{down(level):.1f}"
        path += f"V{down(below[-1]):.1f}"
        for place in range(len(moments) - 1, 0, -1):
            path += f"V{down(below[place]):.1f}H{across(moments[place]):.1f}"
            path += f"V{down(below[place - 1]):.1f}"
        path += "H0Z"
        drawn.append(f'<path class="{style}" d="{path}"><title>{escape(label)}</title></path>')
        below = above
    for place, (moment, label) in enumerate(ticks):
        style = "middle" if 0 < place < len(ticks) - 1 else "figure" if place else ""
        drawn.append(_text(across(moment), height + 18, label, f"quiet {style}"))
    return _drawing(name, title, description, height + foot, drawn)


def shares(
    name: str,
    title: str,
    description: str,
    curves: Sequence[tuple[str, str, Sequence[tuple[int, int]]]],
    ends: tuple[str, str],
) -> Markup:
    """How unequally something is shared out: `(label, class, points)` for each curve, its points a
    share of all accounts and the share that these have, both in millionths; and a straight line for
    equal shares. `ends` is written under the two ends of the lower edge.
    """
    height, foot, left, head = 200, 24, 44, 10
    room = WIDTH - left - 8

    def place(point: tuple[int, int]) -> str:
        across, up = point
        return (
            f"{left + _scaled(across, 10**6, room):.1f},"
            f"{head + (height - head) * (1 - up / 10**6):.1f}"
        )

    drawn = []
    for quarter in range(0, 101, 25):
        level = head + (height - head) * (1 - quarter / 100)
        drawn.append(
            f'<line class="level" x1="{left}" x2="{WIDTH - 8}" y1="{level:.1f}" y2="{level:.1f}"/>'
        )
        drawn.append(_text(left - 8, level + 4, f"{quarter} %", "quiet figure"))
    drawn.append(f'<path class="equal" d="M{place((0, 0))}L{place((10**6, 10**6))}"/>')
    for label, style, points in curves:
        path = "L".join(map(place, points))
        drawn.append(f'<path class="{style}" d="M{path}"><title>{escape(label)}</title></path>')
    drawn.append(_text(left, height + 18, ends[0], "quiet"))
    drawn.append(_text(WIDTH - 8, height + 18, ends[1], "quiet figure"))
    return _drawing(name, title, description, height + foot, drawn)


def flow(name: str, title: str, description: str, source: Part, targets: Sequence[Part]) -> Markup:
    """Bands from one amount to the parts that it splits into, each with its text."""
    room, pitch, left, right = 190.0, 44.0, 14, 176
    heights = [max(1.5, _scaled(part.amount, source.amount, room)) for part in targets]
    tops, top = [], 0.0
    for height in heights:
        tops.append(top)
        top += max(height + 12, pitch)
    start = max(0.0, (top - 12 - sum(heights)) / 2)
    drawn = [_box(0, start, left, sum(heights), source.style, source.label)]
    bend = (left + right) / 2
    for part, height, target in zip(targets, heights, tops, strict=True):
        drawn.append(
            f'<path class="band {part.style}" d="M{left},{start:.1f}C{bend},{start:.1f} '
            f"{bend},{target:.1f} {right},{target:.1f}V{target + height:.1f}C{bend},"
            f'{target + height:.1f} {bend},{start + height:.1f} {left},{start + height:.1f}Z"/>'
        )
        drawn.append(_box(right, target, 8, height, part.style, ""))
        middle = target + max(height, 30) / 2
        words, _, figure = part.label.partition("\n")
        drawn.append(_text(right + 16, middle - 2, words))
        drawn.append(_text(right + 16, middle + 15, figure, "quiet"))
        start += height
    return _drawing(name, title, description, int(top), drawn)


def _drawing(name: str, title: str, description: str, height: int, lines: Sequence[str]) -> Markup:
    return Markup(  # noqa: S704  (all that was given is escaped)
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-labelledby="{escape(name)}-title {escape(name)}-desc">'
        f'<title id="{escape(name)}-title">{escape(title)}</title>'
        f'<desc id="{escape(name)}-desc">{escape(description)}</desc>'
        f"{''.join(lines)}</svg>"
    )


def _text(x: float, y: float, text: str, style: str = "") -> str:
    return f'<text class="{style}" x="{x:g}" y="{y:.1f}">{escape(text)}</text>'


def _box(x: float, y: float, width: float, height: float, style: str, label: str) -> str:
    title = f"<title>{escape(label)}</title>" if label else ""
    return (
        f'<rect class="{style}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}">'
        f"{title}</rect>"
    )


def _scaled(amount: int, whole: int, room: float) -> float:
    return room * amount / whole if whole else 0.0
