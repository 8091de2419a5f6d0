"""The demo's report: a function of its summary, safe whatever stands in it, and readable by all."""

import copy
import json
import re
from typing import Any

import pytest

from jumpstart.amounts import Token
from jumpstart.demo.report import render
from jumpstart.demo.summary import canonical
from jumpstart.pages import numerals
from jumpstart.times import parse_time
from tests.html import Page

HOSTILE = "<script>alert('\"&')</script><img src=x onerror=alert(1)>"
UNIT = 10**18
OPENING = parse_time("2019-07-31T04:00:00Z")
DAY = 86_400


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
        "isSettled": True,
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
        "exitPaid": None,
    }


MINE = f"0x{1:040x}"


@pytest.fixture
def summary() -> dict[str, Any]:
    """Two buyers in two sessions, of whom the first has exited."""
    return {
        "format": "jumpstart-demo-v2",
        "scenario": "full",
        "title": "A small sale",
        "participants": 2,
        "tokens": {
            "sale": {"symbol": "EM", "decimals": 18},
            "payment": {"symbol": "USDT", "decimals": 6},
            "holding": {"symbol": "OKB", "decimals": 18},
        },
        "chain": {"chainId": 1337, "blocks": 42},
        "addresses": [{"role": "the sale", "address": "0x" + "a" * 40}],
        "termsHash": "0x" + "1" * 64,
        "terms": terms(),
        "admitted": 244,
        "excluded": ["US", "CN"],
        "history": [{"what": "Price", "value": "$0.015", "source": "published"}],
        "timeline": [
            {"time": OPENING, "phase": "sessions", "text": "It opens."},
            {"time": OPENING + 30 * DAY, "phase": "bond", "text": "The bond comes back."},
        ],
        "turnedAway": [
            {
                "time": OPENING,
                "phase": "sessions",
                "who": "a holder without a pass",
                "attempt": "subscribes without a pass",
                "error": "SubscriptionSale_NoPass",
                "figures": ["0x" + "b" * 40],
                "words": "there is no pass",
                "then": "Stays outside.",
            }
        ],
        "rules": {
            "bond": tokens(120),
            "challengeBond": tokens(5),
            "quorum": 1,
            "reviewers": 2,
            "commitSeconds": DAY,
            "revealSeconds": DAY,
            "approvalSeconds": DAY,
            "bar": 650_000,
            "criteria": [
                {"name": name, "floor": 50, "weightBps": weight}
                for name, weight in (("product", 6_000), ("assurance", 4_000))
            ],
        },
        "applications": [application(1, medians=[70, 61])],
        "bonds": {
            "paidIn": tokens(120),
            "returns": [{"time": OPENING + 30 * DAY, "amount": tokens(120)}],
            "returned": tokens(120),
            "slashed": "0",
            "shared": "0",
            "shares": [],
            "leftToShare": "0",
            "challenged": tokens(5),
            "challengesReturned": tokens(5),
            "left": "0",
        },
        "sale": sale(),
        "powers": [
            {
                "contract": "SubscriptionSale",
                "function": "settle",
                "who": "anyone",
                "when": "when a session is over",
                "worst": "nothing: the formula decides",
            }
        ],
        "limits": ["upgrade a contract"],
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


def terms() -> dict[str, Any]:
    """The terms, as far as the page shows them."""
    return {
        "sale": {
            "chainId": "1337",
            "settleDeadline": str(OPENING + DAY),
            "deal": {
                "price": "10000",
                "priceUnit": str(UNIT),
                "softCap": "1000000",
                "accountCap": "0",
                "minimum": "1",
            },
            "parties": {"feeBps": "250"},
            "vesting": {
                "start": str(OPENING + DAY),
                "unlockBps": "2500",
                "cliffSeconds": str(30 * DAY),
                "durationSeconds": str(360 * DAY),
                "stepSeconds": str(30 * DAY),
            },
            "sessions": [],
            "tiers": [
                {"threshold": tokens(500), "coefficient": "1"},
                {"threshold": tokens(2500), "coefficient": "5"},
            ],
        },
        "escrow": {"objectionSeconds": str(7 * DAY)},
        "allocations": [],
    }


def application(number: int, *, medians: list[int]) -> dict[str, Any]:
    """An application with one scorecard; without medians nobody has answered it."""
    approved = bool(medians) and min(medians) >= 50
    return {
        "number": number,
        "status": "listed" if approved else "rejected",
        "dossier": {"uri": "dossier.txt", "hash": "0x" + "3" * 64, "words": "A plan."},
        "termsHash": "0x" + "1" * 64,
        "appliedAt": OPENING - 60 * DAY,
        "expiresAt": OPENING - 40 * DAY,
        "decidedAt": OPENING - 50 * DAY if medians else None,
        "approved": approved,
        "medians": medians,
        "total": 664_000 if medians else 0,
        "cards": [
            {"reviewer": "reviewer 1", "stage": "revealed", "scores": medians},
            {"reviewer": "reviewer 2", "stage": "recused", "scores": []},
        ],
        "bondReturned": tokens(120),
    }


def sale() -> dict[str, Any]:
    """The sale: 600 tokens at a cent, of whose proceeds three fifths are released."""
    return {
        "outcome": "succeeded",
        "holdings": {
            "root": "0x" + "2" * 64,
            "accounts": 2046,
            "days": 3,
            "statistic": "mean",
            "seed": {"block": 77, "randomness": "0x" + "4" * 64},
            "moments": [
                {"time": OPENING - (9 - number) * DAY, "block": 60 + number} for number in range(3)
            ],
            "proofLength": 11,
        },
        "sessions": [
            session(OPENING, 6, asked=(500, 200), got=(100, 200)),
            session(OPENING + 3600, 5, asked=(400, 100), got=(200, 100)),
        ],
        "buyers": [
            buyer(1, 1, (500, 400), (100, 200)) | {"exitPaid": "585000"},
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
        "claimed": [
            {"time": OPENING + DAY, "tokens": tokens(150)},
            {"time": OPENING + 361 * DAY, "tokens": tokens(450)},
        ],
        "delivery": delivery(),
        "grants": [
            {
                "beneficiary": "team",
                "revoker": None,
                "start": OPENING,
                "cliffSeconds": 180 * DAY,
                "durationSeconds": 720 * DAY,
                "amount": tokens(100),
                "released": tokens(100),
                "returned": "0",
                "left": "0",
            }
        ],
        "totals": {
            "supply": tokens(600),
            "allotted": tokens(600),
            "tokens": tokens(450),
            "returned": tokens(150),
            "unsold": "0",
            "dustTokens": "7",
            "deposits": "12000000",
            "paidBack": "6000000",
            "proceeds": "5850000",
            "fee": "150000",
            "dustPayment": "1",
            "raised": "6000000",
            "sold": tokens(600),
            "released": "3510000",
            "exited": "585000",
            "remainder": "1755000",
            "escrowLeft": "0",
        },
    }


def delivery() -> dict[str, Any]:
    """One milestone that was vetoed, then met, and one that was missed."""
    return {
        "initialBps": 2_000,
        "objectionBps": 2_000,
        "milestones": [
            {
                "number": 1,
                "words": "A test version.",
                "shareBps": 4_000,
                "deadline": OPENING + 60 * DAY,
                "missedAt": OPENING + 74 * DAY,
                "state": "released",
                "attestations": [
                    attestation(40, objected=tokens(300), vetoed_day=42),
                    attestation(50, objected="0", vetoed_day=None),
                ],
            },
            {
                "number": 2,
                "words": "The release.",
                "shareBps": 4_000,
                "deadline": OPENING + 120 * DAY,
                "missedAt": OPENING + 134 * DAY,
                "state": "missed",
                "attestations": [],
            },
        ],
        "exitAt": OPENING + 134 * DAY,
        "exitSeconds": 30 * DAY,
        "flows": [
            {"time": OPENING + 2 * DAY, "kind": "released", "amount": "1170000"},
            {"time": OPENING + 60 * DAY, "kind": "released", "amount": "2340000"},
            {"time": OPENING + 140 * DAY, "kind": "exited", "amount": "585000"},
            {"time": OPENING + 164 * DAY, "kind": "remainder", "amount": "1755000"},
        ],
        "exits": [
            {
                "name": "buyer 1",
                "account": MINE,
                "time": OPENING + 140 * DAY,
                "to": MINE,
                "kept": tokens(150),
                "returned": tokens(150),
                "refund": "0",
                "paid": "585000",
            }
        ],
    }


def attestation(day: int, *, objected: str, vetoed_day: int | None) -> dict[str, Any]:
    """Of so many days after the opening."""
    return {
        "time": OPENING + day * DAY,
        "evidence": "The address of it.",
        "evidenceHash": "0x" + "4" * 64,
        "until": OPENING + (day + 7) * DAY,
        "objections": [{"name": "buyer 2", "weight": objected}] if objected != "0" else [],
        "objected": objected,
        "vetoedAt": OPENING + vetoed_day * DAY if vetoed_day else None,
    }


@pytest.fixture
def failed_summary(summary: dict[str, Any]) -> dict[str, Any]:
    """The same without success."""
    changes: dict[str, Any] = {
        "outcome": "failed",
        "example": None,
        "delivery": None,
        "claimed": [],
    }
    return summary | {"scenario": "refund", "sale": summary["sale"] | changes}


@pytest.fixture
def delisted_summary(failed_summary: dict[str, Any]) -> dict[str, Any]:
    """Ended by the reviewers in session 2."""
    first, second = failed_summary["sale"]["sessions"]
    sessions = [first, second | {"isSettled": False}]
    shares = [{"name": "buyer 1", "account": MINE, "weight": tokens(500), "amount": tokens(110)}]
    bonds = {"slashed": tokens(110), "shared": tokens(110), "shares": shares}
    return failed_summary | {
        "scenario": "delisted",
        "bonds": failed_summary["bonds"] | bonds,
        "sale": failed_summary["sale"] | {"outcome": "delisted", "sessions": sessions},
    }


@pytest.fixture
def rejected_summary(summary: dict[str, Any]) -> dict[str, Any]:
    """Two applications, and no sale."""
    applications = [application(1, medians=[90, 45]), application(2, medians=[])]
    return summary | {"scenario": "rejected", "sale": None, "applications": applications}


# -------------------------------------------------------------------------------------------- content


def texts_of(summary: dict[str, Any]) -> str:
    """The text of its page in one line, with ordinary spaces."""
    words = " ".join(" ".join(Page(render(summary)).texts).split())
    return words.replace(numerals.THIN_SPACE, " ")


def test_report_of_a_success_has_every_section(summary: dict[str, Any]) -> None:
    """In the order in which a newcomer asks."""
    assert Page(render(summary)).headings == [
        "What happened",
        "Time line",
        "The review, scorecard by scorecard",
        "What was asked for, and what was allotted",
        "One buyer, step by step",
        "Who got what",
        "Paid as it delivers",
        "Who exited, and who stayed",
        "Vesting",
        "Where the money went",
        "The project’s own tokens",
        "The bond",
        "Who was turned away, and why",
        "Who could do what",
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
    absent = {"Vesting", "One buyer, step by step", "Paid as it delivers"}
    assert not absent & set(headings)
    assert {"What was asked for", "Who got what"} <= set(headings)


def test_report_of_a_delisted_sale_shows_the_shares_of_the_bond(
    delisted_summary: dict[str, Any],
) -> None:
    """And what session 1 had allotted, though nobody got it."""
    text = texts_of(delisted_summary)
    assert "The share of each participant" in text
    assert "110 OKB of the project’s bond were shared" in text
    assert "Session 2 was never settled" in text
    assert "Allotted in session 1, EM" in text
    assert "Allotted in session 2, EM" not in text


def test_report_of_a_rejection_is_about_the_review_alone(rejected_summary: dict[str, Any]) -> None:
    """With the floor that was missed, and the silence."""
    page, text = Page(render(rejected_summary)), texts_of(rejected_summary)
    assert page.headings[:4] == [
        "What happened",
        "Time line",
        "The review, scorecard by scorecard",
        "The bond",
    ]
    assert "Below its floor: assurance, 45 where 50 is the least" in text
    assert "rejected by silence" in text


def test_report_shows_scorecards_with_floors_and_medians(summary: dict[str, Any]) -> None:
    """And who has not scored."""
    text = texts_of(summary)
    assert "product 70 50 70 60 %" in text
    assert "The total is 664,000, above the bar of 650,000" in text
    assert "Reviewer 2: recused" in text


def test_report_tells_what_became_of_each_milestone(summary: dict[str, Any]) -> None:
    """Vetoed and met after all, or missed."""
    text = texts_of(summary)
    assert "1 objected, with 50 % of all tokens: vetoed on 11 September 2019." in text
    assert "Nobody objected. Free from 26 September 2019 on." in text
    assert "Not attested by 12 December 2019: missed" in text


def test_report_shows_what_an_exit_pays_for_a_token(summary: dict[str, Any]) -> None:
    """Two fifths of the proceeds of a cent, less the fee."""
    text = texts_of(summary)
    assert "2.34 USDT not released and 600 EM sold: 0.0039 USDT for each" in text
    assert "buyer 1 18 December 2019 150 150 ~0.59 – itself" in text


def test_report_shows_who_could_do_what(summary: dict[str, Any]) -> None:
    """Function by function, and what nobody can."""
    text = texts_of(summary)
    assert "settle anyone when a session is over nothing: the formula decides" in text
    assert "Upgrade a contract." in text


def test_report_shows_the_worked_example_with_its_figures(summary: dict[str, Any]) -> None:
    """One times 500 of 300 over 1,500 is 100; four tokens in five come back as credit."""
    text = texts_of(summary)
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
            kept = ("scenario", "format", "source", "unit", "error", "outcome", "kind", "state")
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
    assert len(named) == page.count("desc") == 11
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
