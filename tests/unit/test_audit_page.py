"""The page of an audit: a function of its report, safe whatever stands in it, and readable by all."""

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest

from jumpstart.audit.page.render import render
from jumpstart.audit.page.sums import concentration, covered_after, money_of
from jumpstart.errors import InputError
from jumpstart.pages.drawings import shares
from jumpstart.pages.numerals import lasting
from tests.html import Page

DATA = Path(__file__).parents[1] / "data" / "audit-report.json"
HOSTILE = "<script>alert('\"&')</script><img src=x onerror=alert(1)>"
REPORT = json.loads(DATA.read_text())


@pytest.fixture
def report() -> dict[str, Any]:
    """Of a sale that succeeded and whose project then missed a milestone: accounts have exited."""
    return copy.deepcopy(REPORT)


def words_of(report: dict[str, Any]) -> str:
    return Page(render(report)).words()


def headline(report: dict[str, Any]) -> str:
    found = re.search("<h1>(.*?)</h1>", render(report))
    assert found
    return found[1]


# ---------------------------------------------------------------------------------------- what it says


def test_page_answers_in_the_order_in_which_people_ask(report: dict[str, Any]) -> None:
    assert Page(render(report)).headings == [
        "What was checked",
        "What happened",
        "What was promised",
        "What was asked for, and what was allotted",
        "Where the money is",
        "Vesting",
        "Paid as it delivers",
        "Who got what",
        "What if the rule had been another",
        "Who can do what now",
        "Check it yourself",
    ]


def test_page_does_not_say_that_all_agrees_where_not_all_was_checked(
    report: dict[str, Any],
) -> None:
    """Each of the verdicts has its own first line."""
    report |= {"code": "as rebuilt", "verdict": "consistent", "findings": []}
    report["holdings"]["status"] = "checked"
    assert headline(report) == "Every figure of this sale was worked out again, and all agree"
    for part, value in (
        ("holdings", {**report["holdings"], "status": "not checked"}),
        ("code", "not checked"),
    ):
        partly = report | {part: value}
        assert headline(partly) == "All that was worked out again agrees, but not everything was"
        assert "Not c" in words_of(partly)
    report["verdict"] = "incomplete"
    report["undone"] = [{"what": "coins of the sale", "why": "the node has no old balances"}]
    assert headline(report) == "This audit could not be finished"
    assert "the node has no old balances" in words_of(report)


def test_page_names_each_difference_with_both_figures(report: dict[str, Any]) -> None:
    found = {
        "kind": "event",
        "what": "SubscriptionSale.Claimed tokens",
        "expected": "12345678901234567890",
        "found": "12345678901234567891",
        "transaction": "0x" + 32 * "ab",
        "block": "33",
    }
    report |= {"verdict": "different", "findings": [found]}
    assert headline(report) == "1 figure of this sale is not what it must be"
    words = words_of(report)
    for name in ("what", "expected", "found", "transaction"):
        assert found[name] in words


def test_figures_are_those_of_the_report(report: dict[str, Any]) -> None:
    words = words_of(report)
    assert f"{len(report['participants'])} participants asked for" in words
    assert sum(int(each) for each in report["compared"].values()) > 100
    assert f"compared {sum(map(int, report['compared'].values())):,} values" in words
    assert f"values compared {sum(map(int, report['compared'].values())):,} differ 0" in words
    assert report["blockHash"] in words
    assert report["contracts"]["sale"] in words
    for each in report["participants"]:
        assert each["account"] in render(report)


def test_money_paid_in_is_all_accounted_for(report: dict[str, Any]) -> None:
    """The parts of the drawing are the whole, and another report gives other parts."""
    money = money_of(report)
    parts = {name: amount for name, amount in vars(money).items() if name != "paid_in"}
    assert sum(parts.values()) == money.paid_in > 0
    assert min(money.exited, money.released, money.back) > 0
    assert all(amount >= 0 for amount in parts.values())
    held = {(each["token"], each["holder"]): int(each["amount"]) for each in report["balances"]}
    payment = report["tokens"]["payment"]["address"]
    assert money.in_escrow == held.get((payment, "escrow"), 0)
    assert money.in_sale == held.get((payment, "sale"), 0)


def test_what_is_to_come_is_told_apart_from_what_happened(report: dict[str, Any]) -> None:
    text = render(report)
    now = int(report["time"])
    assert "What is still to come" in text
    report["time"] = str(now + 10 * 365 * 86_400)
    assert "What is still to come" not in render(report)


def test_a_sale_without_participants_has_a_page(report: dict[str, Any]) -> None:
    report |= {"participants": [], "history": [], "moved": [], "grants": [], "balances": []}
    report["alternatives"] = [None for _ in report["alternatives"]]
    for session in report["sale"]["sessions"]:
        session |= {"subscribed": "0", "settlement": None}
        for demand in session["demands"]:
            demand |= {"subscribed": "0", "accounts": "0", "allotted": None}
    report["sale"]["status"] = "funded"
    assert "Nobody has subscribed yet." in words_of(report)
    report["sale"]["status"] = "failed"
    assert "The sale came to nothing, and nobody had paid anything in." in words_of(report)


def test_people_beyond_the_most_are_counted_and_not_shown(report: dict[str, Any]) -> None:
    one = report["participants"][0]
    report["participants"] += [one | {"account": f"0x{number:040x}"} for number in range(300)]
    words = words_of(report)
    count = len(report["participants"])
    assert f"the other {count - 200} are in" in words
    text = render(report)
    assert sum(f'title="{each["account"]}"' in text for each in report["participants"]) == 200


# ------------------------------------------------------------------------------------------- hostility


def test_text_of_strangers_is_never_markup(report: dict[str, Any]) -> None:
    """Wherever a text can stand: everything of the page that is a tag is ours."""
    known = {name for name, _ in Page(render(report)).tags}

    report["tokens"]["sale"]["symbol"] = HOSTILE
    report["tokens"]["holding"]["symbol"] = "\N{RIGHT-TO-LEFT OVERRIDE}" + "evil"
    report["findings"] = [
        dict.fromkeys(("kind", "what", "expected", "found", "transaction"), HOSTILE)
        | {"block": "1"}
    ]
    report["explained"] = [{"what": HOSTILE, "why": HOSTILE}]
    report["undone"] = [{"what": HOSTILE, "why": HOSTILE}]
    report["verdict"] = "different"
    text = render(report)
    page = Page(text)
    assert {name for name, _ in page.tags} - known <= {"strong"}
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)
    assert "<script" not in text.lower().replace("&lt;script", "")
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in text
    assert "\\u202eevil" in text
    assert "alert(" in page.words(), "it is shown, as text"


def test_page_asks_nobody_for_anything(report: dict[str, Any]) -> None:
    text = render(report)
    page = Page(text)
    for name in ("src", "href", "srcset", "action", "data"):
        for tag in {tag for tag, _ in page.tags}:
            assert all(
                value is None or value.startswith(("#", "data:"))
                for value in page.attributes(tag, name)
            ), (tag, name)
    assert not re.search(r"url\(|@import", text)
    policy = page.attributes("meta", "content")
    assert any("default-src 'none'" in (value or "") for value in policy)


def test_what_is_no_report_is_refused(report: dict[str, Any]) -> None:
    for broken in ({}, report | {"participants": 3}, report | {"terms": {}}):
        with pytest.raises(InputError, match="not a report"):
            render(broken)


# --------------------------------------------------------------------------------------------- reading


def test_every_table_has_a_caption_and_every_drawing_says_what_it_shows(
    report: dict[str, Any],
) -> None:
    text = render(report)
    page = Page(text)
    assert page.count("table") == page.count("caption") > 4
    for cell in page.attributes("th", "scope"):
        assert cell in ("col", "row")
    drawn = re.findall(r"<svg[^>]*role=\"img\".*?</svg>", text, re.DOTALL)
    assert len(drawn) >= 6
    for drawing in drawn:
        assert re.search("<title[^>]*>[^<]+</title>", drawing)
        assert re.search("<desc[^>]*>[^<]+</desc>", drawing)
    ids = [
        value for tag, attributes in page.tags for name, value in attributes.items() if name == "id"
    ]
    assert len(ids) == len(set(ids))


def test_page_is_a_function_of_its_report(report: dict[str, Any]) -> None:
    first = render(report)
    assert first == render(json.loads(json.dumps(report, sort_keys=True)))
    report["sale"]["raised"] = str(int(report["sale"]["raised"]) + 10**12)
    assert render(report) != first


# ------------------------------------------------------------------------------------------------ sums


def test_supply_is_covered_by_the_subscription_that_reaches_it() -> None:
    asked = [(10, 1, 5), (11, 1, 5), (12, 2, 7)]
    assert covered_after(asked, 10) == 11
    assert covered_after(asked, 11) == 12
    assert covered_after(asked, 18) is None


def test_concentration_goes_from_nobody_to_all() -> None:
    points = concentration([1, 0, 97, 2], places=4)
    assert points == [
        (0, 0), (250_000, 970_000), (500_000, 990_000), (750_000, 1_000_000), (1_000_000, 1_000_000)
    ]  # fmt: skip
    assert concentration([]) == concentration([0, 0]) == []


def test_a_length_of_time_is_said_as_people_say_it() -> None:
    assert lasting(1) == "1 second"
    assert lasting(59) == "59 seconds"
    assert lasting(3_600) == "1 hour"
    assert lasting(86_400 * 30) == "30 days"
    assert lasting(86_400 * 30 + 1).startswith("~30 days")


def test_shares_are_drawn_from_the_lower_left_to_the_upper_right() -> None:
    drawing = shares("x", "t", "d", [("a<b", "line", [(0, 0), (10**6, 10**6)])], ("none", "all"))
    assert "M44.0,200.0L" in drawing
    assert "a&lt;b" in drawing
