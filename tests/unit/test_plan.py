"""A plan is read as it is meant: nothing is rounded away, hidden, or called by another's name."""

import hashlib
import io
import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from jumpstart import drafts
from jumpstart.amounts import Token
from jumpstart.deployment import phrases
from jumpstart.deployment.plan import Party, Plan, Row, Section, plan_json
from jumpstart.deployment.plan_picture import svg
from jumpstart.deployment.plan_table import coins, named, render
from jumpstart.jurisdictions import bitmap_of, bitmap_without
from jumpstart.schedule import Vesting

DAY = 86_400
SENDER, TARGET, MADE = ("0x" + 20 * each for each in ("1a", "2b", "3c"))

STEP = Row(
    number=1,
    key="list",
    state="to send",
    title="List it",
    who="applicant",
    sender=SENDER,
    target="launchpad",
    to=TARGET,
    function="list",
    arguments=(("moves into the sale", "33600000 EM"), ("to", f"launchpad {TARGET}")),
    creates=(("sale", MADE),),
    data=b"\x01",
    value=3,
    gas=100_000,
    gas_limit=120_000,
    cost=100_000 * 25,
    transaction=None,
    note="",
)
GATE = replace(
    STEP,
    number=2,
    key="approval",
    state="others",
    title="Review",
    who="the reviewers",
    sender=None,
    to=None,
    arguments=(),
    creates=(),
    value=0,
    gas=None,
    gas_limit=None,
    cost=None,
)
PLAN = Plan(
    title="A sale",
    kind="sale",
    chain_id=7,
    network="somewhere",
    coin="ETH",
    block=12,
    time=1_554_000_000,
    sender=SENDER,
    rows=(STEP, GATE),
    parties=(
        Party(name="applicant", address=SENDER, kind="account", roles=("sends",)),
        Party(name="launchpad", address=TARGET, kind="contract", roles=()),
        Party(name="sale", address=MADE, kind="to be created", roles=("sells 33600000 EM",)),
    ),
    meaning=(Section(heading="What is sold", lines=("33600000 EM.",)),),
    units=("EM", "OKB"),
    base_fee=10,
    tip=5,
    balance=10**18,
)


def text_of(plan: Plan, width: int = 100) -> str:
    """The table as it is printed, with single spaces."""
    console = Console(width=width, file=io.StringIO(), color_system=None)
    with console.capture() as capture:
        console.print(render(plan, width))
    return re.sub(r"\s+", " ", capture.get())


# ---------------------------------------------------------------------------------------- figures


def test_price_is_twice_the_base_fee_and_the_tip() -> None:
    """The most that is offered; the account must have it for all of the gas that is offered, too."""
    assert PLAN.price == 25
    assert (PLAN.gas, PLAN.cost) == (100_000, 100_000 * 25 + 3)
    assert PLAN.needed == 120_000 * 25 + 3
    assert PLAN.shortfall == 0
    assert replace(PLAN, balance=PLAN.needed - 1).shortfall == 1


def test_what_is_done_costs_nothing() -> None:
    """And what waits in the journal still does."""
    assert replace(PLAN, rows=(replace(STEP, state="there already"),)).cost == 0
    assert replace(PLAN, rows=(replace(STEP, state="sent"),)).cost == PLAN.cost


def test_a_row_without_gas_makes_the_sums_incomplete() -> None:
    """A gate does not."""
    assert PLAN.is_complete
    untried = replace(PLAN, rows=(replace(STEP, gas=None, gas_limit=None, cost=None),))
    assert not untried.is_complete
    assert "without what could not be tried" in text_of(untried)
    assert "What could be was tried" in text_of(untried)


@given(st.integers(0, 10**30))
def test_coins_are_never_less_than_what_is_paid_nor_more_than_what_is_there(wei: int) -> None:
    """By less than the sixth place."""
    up, down = (
        Fraction(coins(wei, "ETH", up=each).removesuffix(" ETH").replace(",", ""))
        for each in (True, False)
    )
    exact, place = Fraction(wei, 10**18), Fraction(1, 10**6)
    assert down <= exact <= up
    assert up - exact < place > exact - down


# ---------------------------------------------------------------------------------------- phrases


def _token(symbol: str, decimals: int) -> Token:
    return Token(symbol=symbol, decimals=decimals)


@given(st.integers(1, 10**30), st.integers(1, 10**30), st.integers(0, 18), st.integers(0, 18))
def test_a_price_in_words_is_exactly_the_price(
    payment: int, tokens: int, payment_decimals: int, decimals: int
) -> None:
    """Of one token where that ends, else of several."""
    text = phrases.price(payment, tokens, _token("USDT", payment_decimals), _token("EM", decimals))
    match = re.fullmatch(r"([\d.]+) USDT for (\d+) EM", text)
    assert match is not None
    said = Fraction(match[1]) / int(match[2])
    assert said == Fraction(payment, 10**payment_decimals) / Fraction(tokens, 10**decimals)


def test_residents_are_listed_by_whichever_list_is_shorter() -> None:
    """By the names that people say."""
    assert phrases.residents(bitmap_of(["FR", "CH"])) == (
        "residents of France (FR) and Switzerland (CH) only"
    )
    assert phrases.residents(bitmap_without(["IR"])) == (
        "residents of every country but Islamic Republic of Iran (IR)"
    )
    assert phrases.residents(bitmap_without([])) == "residents of every country"


@pytest.mark.parametrize(
    ("schedule", "said"),
    [
        ((2_500, 30, 360, 30), "25 % is free from 1970-01-01 00:00:00 UTC on; the rest becomes free in "
         "equal steps, one each 30 days, until all is free on 1970-12-27 00:00:00 UTC"),
        ((0, 180, 720, 30), "nothing is free on 1970-01-01 00:00:00 UTC; from then on it becomes free in "
         "equal steps, one each 30 days, those of the first 180 days together at their end, until all "
         "is free on 1971-12-22 00:00:00 UTC"),
        ((0, 0, 1, 0), "nothing is free on 1970-01-01 00:00:00 UTC; from then on it becomes free in equal "
         "steps, one each second, until all is free on 1970-01-02 00:00:00 UTC"),
        ((10_000, 0, 0, 0), "all of it is free from 1970-01-01 00:00:00 UTC on"),
    ],
)  # fmt: skip
def test_vesting_is_said_in_one_sentence(schedule: tuple[int, int, int, int], said: str) -> None:
    """Share at once, cliff, duration and step, in days."""
    unlock, cliff, duration, step = schedule
    vesting = Vesting(
        start=0,
        unlock_bps=unlock,
        cliff_seconds=cliff * DAY,
        duration_seconds=duration * DAY,
        step_seconds=step * DAY,
    )
    assert phrases.vesting(vesting) == said


# ---------------------------------------------------------------------------------------- words


def test_amounts_are_grouped_and_nothing_else_is() -> None:
    """A name with figures in it stays the name that it is."""
    assert named("33600000 EM and 1234.5 OKB", PLAN) == "33,600,000 EM and 1,234.5 OKB"
    for text in ("Token 20190 Plus", "2019-07-31 04:00:00 UTC", "0x1234 EM", "1234 EMX"):
        assert named(text, PLAN) == text


def test_addresses_are_called_by_the_name_that_is_in_the_list() -> None:
    """Also where the deployment has called them otherwise."""
    assert named(f"pad {TARGET}", PLAN) == named(TARGET, PLAN) == "launchpad"
    stranger = "0x" + 20 * "9f"
    assert named(stranger, PLAN) == stranger


@pytest.mark.parametrize("hidden", ["\x1b[2K", "\u202e", "\n", "\x07", "\u200b"])
def test_what_would_change_how_a_plan_is_seen_is_spelled_out(hidden: str) -> None:
    """A title is anybody's text."""
    evil = f"A{hidden}B"
    plan = replace(
        PLAN,
        title=evil,
        rows=(replace(STEP, title=evil, arguments=(("name", evil),)),),
        meaning=(Section(heading="What", lines=(evil,)),),
    )
    shown = "".join(f"<U+{ord(each):04X}>" if not each.isprintable() else each for each in evil)
    text, picture = text_of(plan), svg(plan)
    assert text.count(shown) == 4
    assert hidden not in text
    ET.fromstring(picture)
    assert shown in "".join(ET.fromstring(picture).itertext())


def test_square_brackets_are_words_and_no_markup() -> None:
    """They would vanish, or colour what follows."""
    evil = "[bold]x[/bold] [link=http://a]y[/link]"
    assert evil in text_of(replace(PLAN, title=evil))
    assert evil in text_of(replace(PLAN, rows=(replace(STEP, arguments=(("name", evil),)),)))


# ---------------------------------------------------------------------------------------- forms


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_the_table_keeps_to_its_width(width: int) -> None:
    """In a wider terminal, too; every address stands in it once."""
    console = Console(width=200, file=io.StringIO(), color_system=None)
    with console.capture() as capture:
        console.print(render(PLAN, width))
    printed = capture.get()
    assert max(len(line.rstrip()) for line in printed.splitlines()) <= width
    assert [printed.count(party.address) for party in PLAN.parties] == [1, 1, 1]
    assert "33,600,000 EM" in printed
    assert "to: launchpad" in printed


def test_the_picture_is_well_formed_and_has_both_schemes() -> None:
    """Nothing in it is fetched from anywhere."""
    picture = svg(PLAN)
    root = ET.fromstring(picture)
    words = " ".join(root.itertext())
    for said in ("List it", "launchpad", MADE, "33,600,000 EM", "the reviewers", "waits"):
        assert said in words
    assert "prefers-color-scheme: dark" in picture
    assert "href" not in picture
    assert "url(" not in picture


@pytest.mark.parametrize("count", [1, 2, 40])
def test_the_picture_grows_with_its_rows(count: int) -> None:
    """Nothing lies below its lower edge."""
    rows = tuple(replace(STEP, number=number, title="word " * 20) for number in range(count))
    root = ET.fromstring(svg(replace(PLAN, rows=rows)))
    height = int(root.attrib["height"])
    marks = [mark.attrib for mark in root.iter() if "y" in mark.attrib]
    assert max(int(mark["y"]) + int(mark.get("height", 0)) for mark in marks) <= height


def test_the_json_is_exact() -> None:
    """Integers as decimal text, data in hex, arguments as they are."""
    content = json.loads(json.dumps(plan_json(PLAN)))
    row = content["rows"][0]
    assert (row["data"], row["gas"], row["gasLimit"]) == ("0x01", "100000", "120000")
    assert row["arguments"][0] == {"name": "moves into the sale", "value": "33600000 EM"}
    assert row["creates"] == [{"name": "sale", "address": MADE}]
    assert content["rows"][1]["gas"] is None
    assert (content["price"], content["cost"]) == ("25", str(PLAN.cost))
    assert content["isComplete"] is True
    assert content["parties"][0]["address"] == SENDER


# ---------------------------------------------------------------------------------------- dossiers


@pytest.mark.parametrize("name", ["bloc-2019-04", "em-2019-07", "demo"])
def test_dossiers_are_what_their_hashes_are_of(sales: Path, name: str) -> None:
    """The reviewers read the file whose hash is in the terms."""
    application = drafts.read(sales / f"{name}.toml").application
    assert application is not None
    dossier = (sales.parent / application.dossier_uri).read_bytes()
    assert hashlib.sha256(dossier).digest() == application.dossier_sha256


def test_created_supplies_cover_what_the_sale_takes(sales: Path) -> None:
    """What is on sale and what is locked; the supply of 2019 that was published is exact."""
    for name, supply in (("bloc-2019-04", None), ("em-2019-07", 2_100_000_000)):
        draft = drafts.read(sales / f"{name}.toml")
        taken = sum(each.supply for each in draft.sessions)
        taken += sum(each.amount for each in draft.allocations)
        created = draft.tokens.sale.created_supply
        assert created >= taken
        assert supply is None or created == supply * 10**draft.tokens.sale.decimals
