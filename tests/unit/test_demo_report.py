"""The demo's report: a function of its summary, safe whatever stands in it, and readable by all."""

import copy
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from jumpstart.amounts import Token
from jumpstart.demo import numerals
from jumpstart.demo.report import render
from jumpstart.demo.summary import canonical
from jumpstart.times import parse_time

HOSTILE = "<script>alert('\"&')</script><img src=x onerror=alert(1)>"
UNIT = 10**18
OPENING = parse_time("2019-07-31T04:00:00Z")


def tokens(count: int) -> str:
    """Whole tokens in base units, as the summary writes them."""
    return str(count * UNIT)


def session(start: int, full_from: int, *, asked: tuple[int, int], got: tuple[int, int]) -> Any:
    """A session of 300 tokens to two coefficients."""
    return {
        "start": start,
        "end": start + 600,
        "supply": tokens(300),
        "limit": tokens(0),
        "subscribed": tokens(sum(asked)),
        "allotted": tokens(sum(got)),
        "fullFrom": full_from,
        "remaining": tokens(300),
        "weight": tokens(1500),
        "coefficients": [
            {
                "coefficient": coefficient,
                "accounts": 1,
                "newcomers": 1,
                "subscribed": tokens(asked[place]),
                "allotted": tokens(got[place]),
            }
            for place, coefficient in enumerate((1, 5))
        ],
    }


def buyer(number: int, coefficient: int, asked: tuple[int, int], got: tuple[int, int]) -> Any:
    """A buyer, who pays a cent for each token."""
    return {
        "name": f"buyer {number}",
        "account": f"0x{number:040x}",
        "habit": "steady",
        "holding": tokens(600),
        "coefficient": coefficient,
        "subscribed": [tokens(each) for each in asked],
        "allotted": [tokens(each) for each in got],
        "paidIn": str(sum(asked) * 10_000),
        "paidBack": str((sum(asked) - sum(got)) * 10_000),
        "cost": str(sum(got) * 10_000),
        "tokens": tokens(sum(got)),
    }


@pytest.fixture
def summary() -> dict[str, Any]:
    """Two buyers in two sessions."""
    return {
        "format": "jumpstart-demo-v1",
        "scenario": "sale",
        "title": "A small sale",
        "succeeded": True,
        "tokens": {
            "sale": {"symbol": "EM", "decimals": 18},
            "payment": {"symbol": "USDT", "decimals": 6},
            "holding": {"symbol": "OKB", "decimals": 18},
        },
        "chain": {"chainId": 1337, "blocks": 42},
        "addresses": [{"role": "the sale", "address": "0x" + "a" * 40}],
        "termsHash": "0x" + "1" * 64,
        "terms": {
            "chainId": "1337",
            "settleDeadline": str(OPENING + 86_400),
            "deal": {
                "price": "10000",
                "priceUnit": str(UNIT),
                "softCap": "1000000",
                "accountCap": "0",
                "minimum": "1",
            },
            "parties": {"feeBps": "250"},
            "vesting": {
                "start": str(OPENING + 86_400),
                "unlockBps": "2500",
                "cliffSeconds": "2592000",
                "durationSeconds": "31104000",
                "stepSeconds": "2592000",
            },
            "sessions": [],
            "tiers": [
                {"threshold": tokens(500), "coefficient": "1"},
                {"threshold": tokens(2500), "coefficient": "5"},
            ],
        },
        "admitted": 244,
        "excluded": ["US", "CN"],
        "holdings": {
            "root": "0x" + "2" * 64,
            "accounts": 2046,
            "days": 3,
            "statistic": "mean",
            "proofLength": 11,
        },
        "history": [{"what": "Price", "value": "$0.015", "source": "published"}],
        "timeline": [{"time": OPENING, "text": "It opens."}],
        "turnedAway": [
            {
                "time": OPENING,
                "who": "a holder without a pass",
                "attempt": "subscribes without a pass",
                "error": "SubscriptionSale_NoPass",
                "figures": ["0x" + "b" * 40],
                "words": "there is no pass",
                "then": "Stays outside.",
            }
        ],
        "sessions": [
            session(OPENING, 6, asked=(500, 200), got=(100, 200)),
            session(OPENING + 3600, 5, asked=(400, 100), got=(200, 100)),
        ],
        "buyers": [
            buyer(1, 1, (500, 400), (100, 200)),
            buyer(2, 5, (200, 100), (200, 100)),
        ],
        "example": {
            "name": "buyer 1",
            "balances": [tokens(500), tokens(600), tokens(700)],
            "first": tokens(100),
            "unlocked": tokens(75),
            "deposit": "5000000",
            "kept": "1000000",
        },
        "monthly": 2,
        "releases": [
            {"time": OPENING + 86_400, "tokens": tokens(150)},
            {"time": OPENING + 86_400 + 31_104_000, "tokens": tokens(600)},
        ],
        "totals": {
            "supply": tokens(600),
            "allotted": tokens(600),
            "unsold": "0",
            "dustTokens": "7",
            "deposits": "12000000",
            "paidBack": "6000000",
            "proceeds": "5850000",
            "fee": "150000",
            "dustPayment": "1",
            "raised": "6000000",
        },
        "gas": [{"action": "claim", "count": 2, "least": 1, "median": 49_000, "most": 51_000}],
        "checks": [
            {
                "name": "fee to the platform",
                "found": "150000",
                "expected": "150000",
                "unit": "payment",
                "accounts": 0,
            }
        ],
    }


@pytest.fixture
def failed_summary(summary: dict[str, Any]) -> dict[str, Any]:
    """The same without success."""
    return summary | {"scenario": "refund", "succeeded": False, "example": None, "releases": []}


class Page(HTMLParser):
    """What a page consists of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.headings: list[str] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
        if self._open and self._open[-1] == "h2":
            self.headings.append(data)

    def count(self, tag: str) -> int:
        """How many elements of this name there are."""
        return sum(name == tag for name, _ in self.tags)

    def attributes(self, tag: str, name: str) -> list[str | None]:
        """One attribute of all elements of a name."""
        return [attributes.get(name) for found, attributes in self.tags if found == tag]


# -------------------------------------------------------------------------------------------- content


def test_report_of_a_success_has_every_section(summary: dict[str, Any]) -> None:
    """In the order in which a newcomer asks."""
    assert Page(render(summary)).headings == [
        "What happened",
        "Time line",
        "Who was turned away, and why",
        "What was asked for, and what was allotted",
        "One buyer, step by step",
        "Who got what",
        "Vesting",
        "Where the money went",
        "What each action costs",
        "Every sum, reconciled",
        "What is history here, and what is not",
        "Replay it",
    ]


def test_report_of_a_failure_has_neither_vesting_nor_an_allotment(
    failed_summary: dict[str, Any],
) -> None:
    """Nobody is allotted anything."""
    headings = Page(render(failed_summary)).headings
    assert "Vesting" not in headings
    assert "One buyer, step by step" not in headings
    assert "Who got what" in headings


def test_report_shows_the_worked_example_with_its_figures(summary: dict[str, Any]) -> None:
    """One times 500 of 300 over 1,500 is 100; four tokens in five come back as credit."""
    text = " ".join(" ".join(Page(render(summary)).texts).split()).replace(numerals.THIN_SPACE, " ")
    assert "1 × 500 EM × 300 EM ÷ 1,500 = 100 EM" in text
    assert "5 USDT − 1 USDT = 4 USDT" in text
    assert "300 EM × 0.01 USDT = 3 USDT" in text
    assert "1,800 OKB ÷ 3 = 600 OKB" in text


def test_report_says_why_somebody_was_turned_away(summary: dict[str, Any]) -> None:
    """In words, and under the name of the error."""
    texts = "".join(Page(render(summary)).texts)
    assert "there is no pass" in texts
    assert "SubscriptionSale_NoPass" in texts


def test_report_marks_a_figure_that_differs(summary: dict[str, Any]) -> None:
    """Such a summary is never written, and would not look right if it were."""
    assert "<strong>NO</strong>" not in render(summary)
    summary["checks"][0]["found"] = "149999"
    assert "<strong>NO</strong>" in render(summary)


# --------------------------------------------------------------------------------------------- safety


def hostile(value: Any) -> Any:
    """The same with markup in every text that is no figure and no name of a rule."""
    match value:
        case dict():
            kept = ("scenario", "format", "source", "unit", "error")
            return {key: each if key in kept else hostile(each) for key, each in value.items()}
        case list():
            return [hostile(each) for each in value]
        case str() if not re.fullmatch(r"[0-9]+|0x[0-9a-f]+", value):
            return HOSTILE
        case _:
            return value


def test_report_shows_hostile_names_as_text(summary: dict[str, Any]) -> None:
    """Also in drawings and attributes: a token may call itself anything."""
    page = Page(render(hostile(summary)))
    assert page.count("script") == page.count("img") == 0
    assert all(not name.startswith("on") for _, attributes in page.tags for name in attributes)
    assert any(HOSTILE in text for text in page.texts)


def test_report_needs_nothing_from_elsewhere(summary: dict[str, Any]) -> None:
    """No script, no font, no picture, no address: it can be read in a vault."""
    text = render(summary)
    page = Page(text)
    assert page.count("script") == page.count("link") == page.count("img") == 0
    assert "://" not in text
    assert "url(" not in text
    assert set(page.attributes("a", "href")) == {"#happened"}


# -------------------------------------------------------------------------------------- accessibility


def test_every_table_has_a_caption_and_every_heading_a_scope(summary: dict[str, Any]) -> None:
    """So that a screen reader can say what a cell belongs to."""
    page = Page(render(summary))
    assert page.count("table") == page.count("caption") > 0
    assert set(page.attributes("th", "scope")) == {"col", "row"}


def test_every_drawing_says_what_it_shows(summary: dict[str, Any]) -> None:
    """By ids that are there once."""
    page = Page(render(summary))
    named = [each for each in page.attributes("svg", "aria-labelledby") if each]
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(named) == page.count("desc") == 7
    assert len(ids) == len(set(ids))
    assert {each for names in named for each in names.split()} <= set(ids)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours #rrggbb, by WCAG 2."""

    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("mode", [0, 1])
def test_every_text_has_contrast_enough(summary: dict[str, Any], mode: int) -> None:
    """AA, in the light and in the dark."""
    block = re.findall(r":root \{(.*?)\}", render(summary), re.DOTALL)[mode]
    colours = dict(re.findall(r"--(\w+): (#\w{6})", block))
    for text in ("ink", "soft", "accent", "good", "bad"):
        for ground in ("paper", "card"):
            assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)


# --------------------------------------------------------------------------------------- determinism


def test_report_is_a_function_of_its_summary(summary: dict[str, Any]) -> None:
    """Same figures in any order, same bytes; and the summary is left as it was."""
    before = copy.deepcopy(summary)
    page = render(summary)
    assert render(json.loads(canonical(summary))) == page
    assert summary == before


def test_summary_is_written_in_the_canonical_form(summary: dict[str, Any]) -> None:
    """Keys in order, no space, and reading it back changes nothing."""
    text = canonical(summary)
    assert text.startswith(b'{"addresses":[{"address":"0x')
    assert canonical(json.loads(text)) == text
    assert canonical(dict(reversed(summary.items()))) == text


# ------------------------------------------------------------------------------------------ numerals


@pytest.mark.parametrize(
    ("amount", "decimals", "places", "text"),
    [
        (0, 18, 2, "0"),
        (15_000, 6, 2, "~0.02"),
        (1_234_500_000, 6, 2, "1,234.5"),
        (1_234_567_890, 6, 2, "~1,234.57"),
        (999_999, 6, 0, "~1"),
        (5, 0, 2, "5"),
        (33_600_000 * UNIT, 18, 2, "33,600,000"),
        (33_600_000 * UNIT - 1, 18, 2, "~33,600,000"),
        (1, 18, 18, "0.000000000000000001"),
    ],
)
def test_figure_is_rounded_and_says_so(amount: int, decimals: int, places: int, text: str) -> None:
    """A figure without "~" is exact."""
    assert numerals.figure(amount, decimals, places) == text


@pytest.mark.parametrize(
    ("amount", "text"),
    [(0, "0 EM"), (1, "1 base unit of EM"), (25, "25 base units of EM"), (UNIT, "1 EM")],
)
def test_tiny_amounts_are_counted_one_by_one(amount: int, text: str) -> None:
    """What rounding leaves is never shown as nothing."""
    shown = numerals.shown(amount, Token(symbol="EM", decimals=18))
    assert shown.replace(numerals.THIN_SPACE, " ") == text


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(1, 3, "33.3 %"), (1, 1, "100 %"), (0, 5, "0 %"), (5, 0, "–"), (2, 3, "66.7 %")],
)
def test_percent_is_rounded_to_a_tenth(part: int, whole: int, text: str) -> None:
    """And of nothing there is no share."""
    assert numerals.percent(part, whole).replace(numerals.THIN_SPACE, " ") == text


def test_clock_speaks_utc() -> None:
    """Whatever the zone of the machine."""
    assert numerals.clock(OPENING) == "04:00:00 on 31 July 2019"
    assert numerals.day(OPENING) == "31 July 2019"
