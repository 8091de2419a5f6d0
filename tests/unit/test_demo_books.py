"""The reconciliation: no figure of a sale can differ without being named."""

from dataclasses import replace
from typing import Any

import pytest

from jumpstart.demo.books import Books, Check, reconcile
from jumpstart.demo.mirror import Mirror
from jumpstart.errors import CheckError
from jumpstart.terms import SaleTerms

# small_terms: sessions [100, 200) of 300 tokens and [300, 400) of 700, both oversubscribed here; all
# has vested at 1,120.
HOLDINGS = {"one": 500, "five": 2500}
ORDERS = {150: {"one": 500, "five": 200}, 350: {"one": 900}}
END = 1120


@pytest.fixture
def books(small_terms: SaleTerms) -> Books:
    """Of a sale in which everybody has claimed everything."""
    mirror = Mirror(small_terms, HOLDINGS)
    for time, orders in ORDERS.items():
        for account, amount in orders.items():
            mirror.subscribe(account, amount, time)
        mirror.settle(time + 100)
    for account in HOLDINGS:
        mirror.claim(account, END)
    return mirror.books(END)


def entry_changed(books: Books, account: str, **changes: Any) -> Books:
    """The books with one account's entry changed."""
    changed = replace(books.entries[account], **changes)
    return replace(books, entries={**books.entries, account: changed})


def test_books_that_agree_give_a_line_for_every_sum(books: Books) -> None:
    """Those over accounts say how many stand behind them."""
    checks = reconcile(books, books)
    assert all(check.found == check.expected for check in checks)
    assert len(checks) == len({check.name for check in checks})
    by_name = {check.name: check for check in checks}
    assert by_name["every buyer, tokens allotted"] == Check(
        name="every buyer, tokens allotted",
        found=books.allotted,
        expected=books.allotted,
        unit="tokens",
        accounts=2,
    )


def test_books_of_the_model_balance(books: Books) -> None:
    """Tokens and payment, to the unit."""
    assert books.supply == books.tokens + books.unsold + books.dust_tokens
    out = books.paid_back + books.proceeds + books.fee + books.dust_payment
    assert books.deposits == out
    assert all(entry.tokens == entry.allotted for entry in books.entries.values())


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("unsold", "tokens unsold"),
        ("dust_tokens", "tokens left by rounding"),
        ("proceeds", "proceeds to the project"),
        ("fee", "fee to the platform"),
        ("dust_payment", "payment left by rounding"),
        ("left_tokens", "tokens left in the contract"),
        ("left_payment", "payment left in the contract"),
    ],
)
def test_a_sum_that_differs_by_one_unit_is_named(books: Books, field: str, name: str) -> None:
    """With both figures."""
    figure = getattr(books, field)
    with pytest.raises(CheckError, match=f"^{name}: {figure + 1} on chain, expected {figure}$"):
        reconcile(replace(books, **{field: figure + 1}), books)


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("allotted", "tokens allotted"),
        ("tokens", "tokens received"),
        ("paid_in", "paid in"),
        ("paid_back", "paid back"),
    ],
)
def test_a_figure_of_one_account_is_named_with_the_account(
    books: Books, field: str, words: str
) -> None:
    """Even when another account makes up for it, so that the sum agrees."""
    tampered = entry_changed(books, "one", **{field: getattr(books.entries["one"], field) + 1})
    tampered = entry_changed(tampered, "five", **{field: getattr(books.entries["five"], field) - 1})
    with pytest.raises(CheckError, match=f"^one, {words}: "):
        reconcile(tampered, books)


def test_subscriptions_are_compared_session_by_session(books: Books) -> None:
    """Also when the account's total is right."""
    first, second = books.entries["one"].subscribed
    with pytest.raises(CheckError, match=r"^one, subscribed in session 1: "):
        reconcile(entry_changed(books, "one", subscribed=(first + 1, second - 1)), books)


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("full_from", "session 2, least coefficient allotted in full"),
        ("remaining", "session 2, tokens shared by the others"),
        ("weight", "session 2, their weight, coefficient times base units"),
    ],
)
def test_a_settlement_that_differs_is_named(books: Books, field: str, name: str) -> None:
    """With its session."""
    first, second = books.rounds
    changed = replace(second, **{field: getattr(second, field) + 1})
    with pytest.raises(CheckError, match=f"^{name}: "):
        reconcile(replace(books, rounds=(first, changed)), books)


@pytest.mark.parametrize("field", ["subscribed", "accounts", "newcomers"])
def test_demand_that_differs_is_named_with_its_coefficient(books: Books, field: str) -> None:
    """Each row of the table for itself."""
    first, second = books.rounds
    row = first.rows[2]
    changed = replace(row, **{field: getattr(row, field) + 1})
    tampered = replace(first, rows=(*first.rows[:2], changed))
    with pytest.raises(CheckError, match=f"^session 1, coefficient 5, {field}: "):
        reconcile(replace(books, rounds=(tampered, second)), books)


def test_an_account_too_few_or_too_many_is_noticed(books: Books) -> None:
    """Whatever it paid."""
    fewer = replace(books, entries={"one": books.entries["one"]})
    for chain, model in ((fewer, books), (books, fewer)):
        with pytest.raises(CheckError, match=r"^accounts that subscribed: "):
            reconcile(chain, model)


def test_another_outcome_is_noticed(books: Books) -> None:
    """Before anything else."""
    with pytest.raises(CheckError, match=r"^outcome, 1 for success: "):
        reconcile(replace(books, succeeded=False), books)
