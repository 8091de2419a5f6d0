"""The reviewed sales say what was published, and mark what is ours."""

import hashlib
import re
from pathlib import Path

import pytest

from jumpstart import drafts
from jumpstart.accounts import checksummed
from jumpstart.holdings import coefficient_of
from jumpstart.schedule import vested_down
from jumpstart.terms import ListingTerms, Statistic

UNIT = 10**18


def resolved(draft: drafts.Draft) -> ListingTerms:
    """The draft with an address for each name that it leaves open."""
    names = enumerate(draft.open_names, 1)
    return draft.resolve({name: checksummed(number.to_bytes(20)) for number, name in names})


def test_bloc_sale_is_one_limited_session_on_a_sum_of_seven_days(sales: Path) -> None:
    """10 April 2019: thirty minutes, five times the supply, credited at once."""
    draft = drafts.read(sales / "bloc-2019-04.toml")
    terms = resolved(draft).sale
    (session,) = terms.sessions
    assert session.end - session.start == 30 * 60
    assert session.limit == 5 * session.supply
    assert terms.vesting.unlock_bps == 10_000
    assert (draft.holdings.statistic, draft.holdings.days) == (Statistic.SUM, 7)
    assert draft.tokens.payment.symbol == draft.tokens.holding.symbol == "OKB"


@pytest.mark.parametrize(
    ("okb", "coefficient"),
    [(0, 0), (3_499, 0), (3_500, 1), (5_000, 1), (6_999, 1), (7_000, 2), (10_499, 2), (10_500, 3),
     (13_999, 3), (14_000, 4), (17_499, 4), (17_500, 5), (10**9, 5)],
)  # fmt: skip
def test_bloc_table_is_the_published_one(sales: Path, okb: int, coefficient: int) -> None:
    """Buying 3,500 before the last snapshot gives 1, 17,500 gives 5; user A's 5,000 give 1."""
    tiers = resolved(drafts.read(sales / "bloc-2019-04.toml")).sale.tiers
    assert coefficient_of(okb * UNIT, tiers) == coefficient


def test_em_sale_sells_the_published_tokens_for_the_published_money(sales: Path) -> None:
    """31 July 2019: 33,600,000 EM for $504,000 in two sessions of ten minutes."""
    draft = drafts.read(sales / "em-2019-07.toml")
    terms = resolved(draft).sale
    first, second = terms.sessions
    assert terms.supply == 33_600_000 * UNIT
    assert terms.cost_down(terms.supply) == terms.cost_up(terms.supply) == 504_000 * 10**6
    assert terms.cost_up(UNIT) == 15_000
    assert first.end - first.start == second.end - second.start == 10 * 60
    assert (first.limit > 0, second.limit) == (True, 0)
    assert (draft.holdings.statistic, draft.holdings.days) == (Statistic.MEAN, 30)


def test_em_vesting_pays_whole_months(sales: Path) -> None:
    """Ours: a quarter at once, then twelve steps of thirty days."""
    vesting = resolved(drafts.read(sales / "em-2019-07.toml")).sale.vesting
    assert vesting.unlock_bps == 2_500
    assert vesting.duration_seconds == 12 * vesting.step_seconds
    assert vesting.cliff_seconds == vesting.step_seconds == 30 * 86_400


def test_bloc_project_is_paid_at_once(sales: Path) -> None:
    """As it was: nothing is held back, and nothing of the project's own is locked."""
    terms = resolved(drafts.read(sales / "bloc-2019-04.toml"))
    assert (terms.escrow.initial_bps, terms.escrow.milestones) == (10_000, ())
    assert terms.allocations == ()


@pytest.mark.parametrize("name", ["em-2019-07", "demo"])
def test_milestones_are_due_while_there_is_something_to_return(sales: Path, name: str) -> None:
    """Ours: a fifth at once and a fifth for each of four; when the last can be missed, tokens vest."""
    terms = resolved(drafts.read(sales / f"{name}.toml"))
    shares = [milestone.share_bps for milestone in terms.escrow.milestones]
    assert [terms.escrow.initial_bps, *shares] == [2_000] * 5
    missed = terms.escrow.milestones[-1].deadline + terms.escrow.grace_seconds
    end = missed + terms.escrow.exit_seconds
    assert vested_down(UNIT, terms.sale.vesting, end) < UNIT


@pytest.mark.parametrize("name", ["em-2019-07", "demo"])
def test_milestones_are_described_by_what_their_hashes_are_of(sales: Path, name: str) -> None:
    """Whoever hashes the words in quotes finds the hash."""
    file = sales / f"{name}.toml"
    words = re.findall(r'^\[\[milestones\]\] # "(.+)"$', file.read_text(), re.MULTILINE)
    milestones = resolved(drafts.read(file)).escrow.milestones
    assert [hashlib.sha256(text.encode()).digest() for text in words] == [
        milestone.description_hash for milestone in milestones
    ]


@pytest.mark.parametrize("name", ["bloc-2019-04", "em-2019-07"])
def test_sale_leaves_every_account_to_its_deployment(sales: Path, name: str) -> None:
    """A file about the past names no address of anybody."""
    draft = drafts.read(sales / f"{name}.toml")
    assert not draft.accounts
    assert set(draft.open_names) == {
        "sale-token", "payment-token", "pass-registry", "attester", "holdings-publisher",
        "proceeds", "treasury", "platform",
    } | ({"holding-token"} if name.startswith("em") else set())  # fmt: skip
