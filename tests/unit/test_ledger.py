"""The model of a sale: what it accepts, what it refuses, and that its books always balance."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jumpstart.errors import LedgerRefusal
from jumpstart.ledger import (
    Demand,
    Exit,
    Ledger,
    Payout,
    Position,
    Receipt,
    Remainders,
    Stage,
    Status,
)
from jumpstart.terms import SaleTerms

# small_terms: sessions [100, 200) of 300 tokens up to 1,500 subscribed, and [300, 400) of 700; two
# units buy three tokens; 500, 1,000 and 2,500 held give 1, 2 and 5; settled before 1,000.
HOLDINGS = {"one": 500, "two": 1000, "five": 2500, "rich": 10**9, "poor": 499}


@pytest.fixture
def sale(small_terms: SaleTerms) -> Ledger:
    """Its holdings are published."""
    return Ledger(small_terms, HOLDINGS)


def with_deal(terms: SaleTerms, **changes: Any) -> Ledger:
    """The same with a deal that differs."""
    return Ledger(replace(terms, deal=replace(terms.deal, **changes)), HOLDINGS)


def refusal(action: Any, *args: object) -> tuple[object, ...]:
    """The name and the arguments of the refusal that the action meets."""
    with pytest.raises(LedgerRefusal) as refused:
        action(*args)
    assert refused.value.name.startswith("SubscriptionSale_")
    return (refused.value.name.removeprefix("SubscriptionSale_"), *refused.value.args)


# ------------------------------------------------------------------------------------ subscribing


@pytest.mark.parametrize(
    ("time", "refused"),
    [
        (99, ("NotOpen", 99, 100)),
        (100, None),
        (199, None),
        (200, ("NotOpen", 200, 300)),
        (299, ("NotOpen", 299, 300)),
        (400, ("Closed", 400, 400)),
    ],
)
def test_subscribe_is_open_from_start_to_end(
    sale: Ledger, time: int, refused: tuple[object, ...] | None
) -> None:
    """The windows are half-open."""
    if refused is None:
        assert sale.subscribe("one", 30, time) == Receipt(accepted=30, due=20, surplus=0)
    else:
        assert refusal(sale.subscribe, "one", 30, time) == refused


def test_subscribe_in_a_later_window_waits_for_the_earlier_settlement(sale: Ledger) -> None:
    """Session 1 is settled before session 2 takes anything."""
    assert refusal(sale.subscribe, "one", 30, 300) == ("EarlierSessionUnsettled", 0)
    sale.settle(300)
    sale.subscribe("one", 30, 300)


def test_subscribe_charges_the_cost_of_the_whole_position_rounded_up(sale: Ledger) -> None:
    """Three times one token costs as much as three tokens, not three times the rounding."""
    due = [sale.subscribe("one", 1, 100).due for _ in range(3)]
    assert due == [1, 1, 0]
    assert sale.deposit_of("one") == 2


def test_subscribe_takes_the_part_up_to_the_limit(sale: Ledger) -> None:
    """The crossing subscription is cut, the next one refused, and the session can be settled."""
    sale.subscribe("five", 1499, 100)
    assert sale.subscribe("one", 10, 101) == Receipt(accepted=1, due=1, surplus=0)
    assert refusal(sale.subscribe, "two", 7, 102) == ("LimitReached", 7, 1500)
    sale.settle(103)
    assert refusal(sale.subscribe, "two", 7, 104) == ("LimitReached", 7, 1500)


def test_a_session_is_not_settled_in_the_second_that_fills_it(sale: Ledger) -> None:
    """Else a loan of one block could fill it, and be paid back from the refund."""
    sale.subscribe("five", 1500, 101)
    end = sale.terms.sessions[0].end
    assert refusal(sale.settle, 101) == ("SessionRunning", 101, end)
    sale.settle(102)


def test_subscribe_below_the_minimum_is_refused(small_terms: SaleTerms) -> None:
    """The minimum is of the account's subscription in the session, so a top-up may be smaller."""
    sale = with_deal(small_terms, minimum=10)
    assert refusal(sale.subscribe, "one", 9, 100) == ("BelowMinimum", 9, 10)
    sale.subscribe("one", 10, 100)
    sale.subscribe("one", 1, 100)
    sale.settle(200)
    assert refusal(sale.subscribe, "one", 9, 300) == ("BelowMinimum", 9, 10)


def test_subscribe_cut_below_the_minimum_is_accepted(small_terms: SaleTerms) -> None:
    """What was asked for counts, so the last part of a limit can be filled."""
    sale = with_deal(small_terms, minimum=10)
    sale.subscribe("five", 1491, 100)
    assert refusal(sale.subscribe, "one", 9, 100) == ("BelowMinimum", 9, 10)
    assert sale.subscribe("one", 10, 100).accepted == 9
    sale.settle(101)


def test_subscribe_of_nothing_is_refused(sale: Ledger) -> None:
    """Also as a top-up of a subscription that reaches the minimum."""
    assert refusal(sale.subscribe, "one", 0, 100) == ("BelowMinimum", 0, 1)
    sale.subscribe("one", 5, 100)
    assert refusal(sale.subscribe, "one", 0, 100) == ("BelowMinimum", 5, 1)


def test_subscribe_is_refused_where_it_could_not_be_counted(small_terms: SaleTerms) -> None:
    """An account's tokens have 104 bits, and a coefficient's demand 107."""
    most, accounts = 2**104 - 1, [f"holder {number}" for number in range(9)]
    sale = Ledger(small_terms, dict.fromkeys(accounts, 2_500))
    sale.settle(200)
    assert refusal(sale.subscribe, accounts[0], most + 1, 300) == ("CapExceeded", most + 1, most)
    for account in accounts[:8]:
        sale.subscribe(account, most, 300)
    assert refusal(sale.subscribe, accounts[8], 8, 300) == ("DemandTooLarge", 8, 7)
    sale.subscribe(accounts[8], 7, 300)


def test_subscribe_above_the_account_cap_is_refused(small_terms: SaleTerms) -> None:
    """Up to the cap it passes, one more does not, and the message has what is left."""
    sale = with_deal(small_terms, account_cap=100)
    sale.subscribe("one", 60, 100)
    assert refusal(sale.subscribe, "one", 41, 100) == ("CapExceeded", 41, 40)
    sale.subscribe("one", 40, 100)
    assert refusal(sale.subscribe, "one", 1, 100) == ("CapExceeded", 1, 0)


def test_account_cap_counts_what_earlier_sessions_allotted(small_terms: SaleTerms) -> None:
    """Not what was subscribed there: 600 asked, 150 allotted, so 450 of 600 are left."""
    sale = with_deal(small_terms, account_cap=600)
    sale.subscribe("one", 600, 100)
    sale.subscribe("five", 120, 100)
    sale.subscribe("two", 15, 100)
    sale.settle(200)
    allotted = sale.allotment_of("one")
    assert 0 < allotted < 600
    assert refusal(sale.subscribe, "one", 601 - allotted, 300) == (
        "CapExceeded", 601 - allotted, 600 - allotted
    )  # fmt: skip
    sale.subscribe("one", 600 - allotted, 300)


def test_subscribe_without_enough_holding_is_refused(sale: Ledger) -> None:
    """One base unit below the first row is nothing; no published holding is a wrong proof."""
    assert refusal(sale.subscribe, "poor", 30, 100) == ("HoldingTooLow", 499, 500)
    assert refusal(sale.subscribe, "nobody", 30, 100) == ("ProofInvalid", "nobody", 0)
    assert sale.position_of("poor").stage is Stage.NONE


def test_demand_counts_tokens_accounts_and_newcomers(sale: Ledger) -> None:
    """A top-up is no second account, and who was in session 1 is no newcomer to session 2."""
    for amount in (30, 12):
        sale.subscribe("one", amount, 100)
    sale.subscribe("five", 5, 100)
    sale.settle(200)
    sale.subscribe("one", 9, 300)
    sale.subscribe("rich", 8, 300)
    sale.subscribe("five", 7, 300)
    assert sale.demand_of(0, 0) == Demand(subscribed=42, accounts=1, newcomers=1)
    assert sale.demand_of(0, 1) == Demand(subscribed=0, accounts=0, newcomers=0)
    assert sale.demand_of(0, 2) == Demand(subscribed=5, accounts=1, newcomers=1)
    assert sale.demand_of(1, 0) == Demand(subscribed=9, accounts=1, newcomers=0)
    assert sale.demand_of(1, 2) == Demand(subscribed=15, accounts=2, newcomers=1)


def test_subscribe_in_a_later_session_credits_what_was_not_allotted(sale: Ledger) -> None:
    """1,200 were paid 800; 300 won cost 200, so 600 are left for the next subscription."""
    sale.subscribe("one", 1200, 100)
    sale.settle(200)
    assert sale.subscribe("one", 30, 300) == Receipt(accepted=30, due=0, surplus=580)
    assert sale.position_of("one").allotted == 300
    assert sale.deposit_of("one") == 220
    assert sale.subscribe("one", 900, 301) == Receipt(accepted=900, due=600, surplus=0)


# --------------------------------------------------------------------------------------- settling


def test_settle_waits_for_the_end_of_the_window(sale: Ledger) -> None:
    """One second before it is too early, at the end it is time."""
    assert refusal(sale.settle, 199) == ("SessionRunning", 199, 200)
    sale.settle(200)
    assert refusal(sale.settle, 200) == ("SessionRunning", 200, 400)


def test_settle_is_too_late_at_the_deadline(sale: Ledger) -> None:
    """One second before it still counts; from it on the sale has failed."""
    sale.settle(999)
    assert sale.status(999) is Status.FUNDED
    assert sale.status(1000) is Status.FAILED
    assert refusal(sale.settle, 1000) == ("SettlementTooLate", 1000, 1000)


def test_settle_is_refused_when_all_is_settled(sale: Ledger) -> None:
    """There is no third session."""
    sale.settle(200)
    sale.settle(400)
    assert refusal(sale.settle, 401) == ("WrongStatus", Status.SUCCEEDED, Status.FUNDED)
    assert refusal(sale.subscribe, "one", 1, 401) == ("Closed", 401, 400)


@pytest.mark.parametrize(("soft_cap", "status"), [(20, Status.SUCCEEDED), (21, Status.FAILED)])
def test_sale_succeeds_when_it_reaches_its_soft_cap(
    small_terms: SaleTerms, soft_cap: int, status: Status
) -> None:
    """30 tokens raise 20: a soft cap of 20 is reached, one of 21 is missed."""
    sale = with_deal(small_terms, soft_cap=soft_cap)
    sale.subscribe("one", 30, 100)
    sale.settle(200)
    sale.settle(400)
    assert sale.status(400) is status
    assert sale.raised == 20
    assert sale.proceeds == (20 if status is Status.SUCCEEDED else 0)
    assert sale.unsold(400) == (970 if status is Status.SUCCEEDED else 1000)


def test_sale_without_participants_returns_every_token(sale: Ledger) -> None:
    """Nothing sold is a success without a soft cap, and ends cleanly."""
    assert sale.unsold(399) == 0
    sale.settle(200)
    sale.settle(400)
    assert (sale.proceeds, sale.fee, sale.unsold(400)) == (0, 0, 1000)
    assert sale.remainders == Remainders(tokens=0, payment=0)


def test_fee_is_its_share_of_the_proceeds_rounded_down(sale: Ledger) -> None:
    """2.5 % of 466 are 11.65: the platform gets 11."""
    sale.settle(200)
    sale.subscribe("one", 700, 300)
    sale.settle(400)
    assert sale.proceeds == 466
    assert sale.fee == 11


@pytest.mark.parametrize(("soft_cap", "allotted"), [(200, 100), (201, 0)])
def test_settlement_that_misses_the_soft_cap_allots_nothing(
    small_terms: SaleTerms, soft_cap: int, allotted: int
) -> None:
    """What the sessions before it allotted stays: here 200 tokens, and 100 of the last session."""
    sale = with_deal(small_terms, soft_cap=soft_cap)
    sale.subscribe("one", 200, 100)
    sale.settle(200)
    sale.subscribe("one", 100, 300)
    sale.settle(400)
    assert sale.allotment_of("one") == 200 + allotted


def test_status_and_stage_are_numbered_as_on_chain() -> None:
    """What the views of the contract answer."""
    assert [(status.name, int(status)) for status in Status] == [
        ("FUNDED", 0), ("SUCCEEDED", 1), ("FAILED", 2)
    ]  # fmt: skip
    assert [(stage.name, int(stage)) for stage in Stage] == [
        ("NONE", 0), ("SUBSCRIBED", 1), ("CLAIMED", 2), ("REFUNDED", 3), ("EXITED", 4)
    ]  # fmt: skip


def test_outcome_is_known_when_the_sale_has_succeeded(sale: Ledger) -> None:
    """Tokens sold, and 466 raised less a fee of 11; before the last settlement nothing is final."""
    sale.subscribe("one", 700, 100)
    sale.settle(200)
    assert sale.outcome == (0, 0)
    sale.subscribe("one", 400, 300)
    sale.settle(400)
    assert sale.outcome == (700, 455)


def test_outcome_of_a_failed_sale_is_nothing(small_terms: SaleTerms) -> None:
    """It sold tokens, but keeps no payment for them."""
    sale = with_deal(small_terms, soft_cap=21)
    sale.subscribe("one", 30, 100)
    sale.settle(200)
    sale.settle(400)
    assert (sale.sold_up, sale.outcome) == (30, (0, 0))


# ---------------------------------------------------------------------------------------- voiding


def test_void_sale_takes_nobody_and_settles_nothing(sale: Ledger) -> None:
    """From that moment on it has failed; a second before it was like any other."""
    sale.subscribe("one", 30, 150)
    sale.void(151)
    assert sale.status(151) is Status.FAILED
    assert refusal(sale.subscribe, "one", 30, 151) == ("WrongStatus", Status.FAILED, Status.FUNDED)
    assert refusal(sale.settle, 200) == ("WrongStatus", Status.FAILED, Status.FUNDED)
    assert refusal(sale.subscribe, "one", 30, 250) == ("NotOpen", 250, 300)


def test_void_sale_gives_everything_back(sale: Ledger) -> None:
    """Whole deposits, whatever was allotted before, and all the tokens."""
    sale.subscribe("one", 1000, 100)
    sale.settle(200)
    sale.subscribe("one", 100, 300)
    sale.subscribe("five", 10, 300)
    sale.void(301)
    assert (sale.refund("one", 301), sale.refund("five", 301)) == (267, 7)
    assert (sale.unsold(301), sale.proceeds, sale.outcome) == (1000, 0, (0, 0))
    assert refusal(sale.claim, "one", 302) == ("WrongStatus", Status.FAILED, Status.SUCCEEDED)


def test_void_is_for_a_sale_that_is_not_over(sale: Ledger) -> None:
    """Up to the last settlement, and up to the deadline; and once."""
    sale.void(999)
    assert refusal(sale.void, 999) == ("WrongStatus", Status.FAILED, Status.FUNDED)


def test_void_of_a_sale_that_is_over_is_refused(sale: Ledger) -> None:
    """A second later it has failed by itself; a sale that succeeded stays so."""
    assert refusal(sale.void, 1000) == ("WrongStatus", Status.FAILED, Status.FUNDED)
    sale.settle(200)
    sale.settle(400)
    assert refusal(sale.void, 401) == ("WrongStatus", Status.SUCCEEDED, Status.FUNDED)


# --------------------------------------------------------------------------------------- claiming


@pytest.fixture
def settled_sale(sale: Ledger) -> Ledger:
    """Oversubscribed in session 1 by two accounts, of which one comes again."""
    sale.subscribe("five", 90, 100)
    sale.subscribe("one", 1000, 100)
    sale.settle(200)
    sale.subscribe("five", 60, 300)
    sale.settle(400)
    return sale


def test_first_claim_takes_the_refund_and_what_is_unlocked(settled_sale: Ledger) -> None:
    """A quarter of 210 tokens, and 667 paid less 140 for what was won."""
    assert settled_sale.allotment_of("one") == 210
    assert settled_sale.claim("one", 1000) == Payout(tokens=52, refund=527)
    assert settled_sale.deposit_of("one") == 140
    assert refusal(settled_sale.claim, "one", 1029) == ("NothingToClaim", "one")


def test_claim_before_vesting_starts_takes_the_refund_alone(settled_sale: Ledger) -> None:
    """The refund does not wait for the tokens."""
    assert settled_sale.claim("one", 400) == Payout(tokens=0, refund=527)
    assert settled_sale.claim("one", 1000) == Payout(tokens=52, refund=0)


def test_first_claim_may_be_of_nothing_yet(settled_sale: Ledger) -> None:
    """Who is served in full and comes before vesting starts has claimed, and comes again."""
    assert settled_sale.claim("five", 999) == Payout(tokens=0, refund=0)
    assert settled_sale.position_of("five").stage is Stage.CLAIMED
    assert refusal(settled_sale.claim, "five", 999) == ("NothingToClaim", "five")
    assert settled_sale.claim("five", 1000) == Payout(tokens=37, refund=0)


def test_claims_add_up_to_the_allotment(settled_sale: Ledger) -> None:
    """However the claims are spread, at the end exactly the allotment is out."""
    claimed = [settled_sale.claim("one", time).tokens for time in (400, 1000, 1030, 1095, 1120)]
    assert sum(claimed) == settled_sale.allotment_of("one") == 210
    assert settled_sale.claim("five", 5000).tokens == 150
    assert refusal(settled_sale.claim, "one", 5000) == ("NothingToClaim", "one")


def test_claim_of_a_stranger_is_refused(settled_sale: Ledger) -> None:
    """Who subscribed nothing has no position."""
    assert refusal(settled_sale.claim, "two", 1000) == ("NothingSubscribed", "two")


def test_full_refund_of_a_sale_that_succeeded_is_refused(settled_sale: Ledger) -> None:
    """Who was allotted tokens has bought them."""
    assert refusal(settled_sale.refund, "one", 1000) == (
        "WrongStatus", Status.SUCCEEDED, Status.FAILED
    )  # fmt: skip


def test_open_sale_pays_nothing(sale: Ledger) -> None:
    """Deposits are locked until settlement."""
    sale.subscribe("one", 30, 100)
    assert sale.claimable_of("one", 150) == Payout(tokens=0, refund=0)
    for action, required in ((sale.claim, Status.SUCCEEDED), (sale.refund, Status.FAILED)):
        assert refusal(action, "one", 150) == ("WrongStatus", Status.FUNDED, required)


def test_unsettled_sale_refunds_whole_deposits_for_ever(sale: Ledger) -> None:
    """From the deadline on everyone takes a full refund, once."""
    sale.subscribe("one", 1000, 100)
    sale.settle(200)
    sale.subscribe("one", 100, 300)
    assert sale.claimable_of("one", 1000) == Payout(tokens=0, refund=267)
    assert sale.refund("one", 10**12) == 267
    assert refusal(sale.refund, "one", 10**12) == ("NothingToClaim", "one")
    assert refusal(sale.refund, "two", 10**12) == ("NothingSubscribed", "two")
    assert refusal(sale.claim, "one", 10**12) == ("WrongStatus", Status.FAILED, Status.SUCCEEDED)
    assert sale.deposit_of("one") == 0
    assert sale.unsold(10**12) == 1000


# ---------------------------------------------------------------------------------------- exiting


def test_exit_pays_what_has_vested_and_returns_the_rest(settled_sale: Ledger) -> None:
    """A quarter of 210 tokens and the refund go out, as a claim would; 158 tokens go back."""
    assert settled_sale.exit("one", 1000) == Exit(tokens=52, returned=158, refund=527)
    assert settled_sale.position_of("one") == Position(
        allotted=210, amount=52, tier=0, stage=Stage.EXITED
    )
    assert settled_sale.deposit_of("one") == settled_sale.terms.cost_up(210)


def test_exit_after_a_claim_pays_only_what_has_vested_since(settled_sale: Ledger) -> None:
    """What was claimed is kept; a half of the rest has vested a minute after the start."""
    settled_sale.claim("one", 1000)
    assert settled_sale.exit("one", 1060) == Exit(tokens=79, returned=79, refund=0)
    assert settled_sale.position_of("one").amount == 131


def test_exit_before_vesting_starts_returns_everything(settled_sale: Ledger) -> None:
    """The refund is paid, and no token."""
    assert settled_sale.exit("one", 999) == Exit(tokens=0, returned=210, refund=527)


def test_exit_when_everything_has_vested_is_refused(settled_sale: Ledger) -> None:
    """A second before the end there is still something to return."""
    assert refusal(settled_sale.exit, "one", 1120) == ("NothingToReturn", "one")
    assert settled_sale.exit("one", 1119).returned == 14


def test_exit_is_the_end(settled_sale: Ledger) -> None:
    """Nothing more vests, is claimed or returned."""
    settled_sale.exit("one", 1000)
    assert settled_sale.claimable_of("one", 5000) == Payout(tokens=0, refund=0)
    assert refusal(settled_sale.claim, "one", 5000) == ("NothingToClaim", "one")
    assert refusal(settled_sale.exit, "one", 1001) == ("NothingToReturn", "one")


def test_exit_of_a_stranger_is_refused(settled_sale: Ledger) -> None:
    """Who subscribed nothing returns nothing."""
    assert refusal(settled_sale.exit, "two", 1000) == ("NothingSubscribed", "two")


def test_exit_from_a_sale_that_did_not_succeed_is_refused(sale: Ledger) -> None:
    """There a refund is the way out."""
    sale.subscribe("one", 30, 100)
    for time, status in ((150, Status.FUNDED), (1000, Status.FAILED)):
        assert refusal(sale.exit, "one", time) == ("WrongStatus", status, Status.SUCCEEDED)


def test_exit_changes_nothing_for_the_others(settled_sale: Ledger) -> None:
    """What the sale keeps back for rounding, and what was sold, are as if it had been a claim."""
    before = (settled_sale.outcome, settled_sale.remainders, settled_sale.total_weight)
    settled_sale.exit("one", 1000)
    assert (settled_sale.outcome, settled_sale.remainders, settled_sale.total_weight) == before
    assert settled_sale.claim("five", 1120) == Payout(tokens=150, refund=0)


# ---------------------------------------------------------------------------------------- weights


def test_weight_is_what_was_allotted_and_what_is_subscribed(sale: Ledger) -> None:
    """1,000 asked weigh 1,000 until 300 are allotted; then what comes on top counts whole."""
    assert (sale.weight_of("one"), sale.total_weight) == (0, 0)
    sale.subscribe("one", 1000, 100)
    assert (sale.weight_of("one"), sale.total_weight) == (1000, 1000)
    sale.settle(200)
    assert (sale.weight_of("one"), sale.total_weight) == (300, 300)
    sale.subscribe("one", 900, 300)
    assert (sale.weight_of("one"), sale.total_weight) == (1200, 1200)
    sale.settle(400)
    assert (sale.weight_of("one"), sale.total_weight) == (1000, 1000)


def test_weight_stays_when_the_account_has_claimed_or_exited(settled_sale: Ledger) -> None:
    """Also when it has claimed everything."""
    weights = {account: settled_sale.weight_of(account) for account in ("one", "five")}
    settled_sale.exit("one", 1000)
    settled_sale.claim("five", 1120)
    assert weights == {"one": 210, "five": 150}
    assert {account: settled_sale.weight_of(account) for account in weights} == weights


@pytest.mark.parametrize("is_settled", [True, False])
def test_weight_stays_in_the_position_of_who_was_refunded(sale: Ledger, is_settled: bool) -> None:
    """It takes the place of what was allotted: 300 or 1,000 of the first session, 10 of the next."""
    sale.subscribe("one", 1000, 100)
    weight = 1000
    if is_settled:
        sale.settle(200)
        sale.subscribe("one", 10, 300)
        weight = 310
    sale.void(350)
    assert sale.weight_of("one") == sale.total_weight == weight
    sale.refund("one", 350)
    assert sale.position_of("one") == Position(allotted=weight, tier=0, stage=Stage.REFUNDED)
    assert sale.allotment_of("one") == 0
    assert sale.weight_of("one") == sale.total_weight == weight


def test_weight_counts_a_session_that_missed_the_soft_cap_as_not_settled(
    small_terms: SaleTerms,
) -> None:
    """It allots nothing, so what was subscribed to it is what an account has in the sale."""
    sale = with_deal(small_terms, soft_cap=666)
    sale.subscribe("five", 900, 100)
    sale.settle(200)
    sale.subscribe("one", 9, 300)
    sale.settle(400)
    assert sale.status(400) is Status.FAILED
    assert (sale.weight_of("five"), sale.weight_of("one")) == (300, 9)


# ------------------------------------------------------------------------------------- properties

accounts = st.integers(0, 7)
sessions = st.lists(st.tuples(accounts, st.integers(1, 900)), max_size=12)
prices = st.tuples(st.integers(1, 1000), st.integers(1, 1000))


@given(sessions, sessions, prices, st.lists(st.integers(400, 1200), max_size=5))
@settings(max_examples=120)
def test_books_balance_after_every_claim(
    small_terms: SaleTerms,
    first: list[tuple[int, int]],
    second: list[tuple[int, int]],
    price: tuple[int, int],
    times: list[int],
) -> None:
    """Nobody pays more than their allotment's cost rounded up, the sale pays out all but rounding,
    and what it keeps is never needed.
    """
    deal = replace(small_terms.deal, price=price[0], price_unit=price[1])
    terms = replace(small_terms, deal=deal)
    names = [f"account {number}" for number in range(8)]
    sale = Ledger(terms, {name: [500, 1000, 2500][n % 3] for n, name in enumerate(names)})
    paid = dict.fromkeys(names, 0)
    for session, (time, subscriptions) in enumerate(((100, first), (300, second))):
        for number, amount in subscriptions:
            if (
                session == 0
                and sum(sale.demand_of(0, tier).subscribed for tier in range(3)) == 1500
            ):
                break
            receipt = sale.subscribe(names[number], amount, time)
            paid[names[number]] += receipt.due - receipt.surplus
            assert min(receipt.due, receipt.surplus) == 0
            assert sale.deposit_of(names[number]) == paid[names[number]]
        assert sum(map(sale.weight_of, names)) <= sale.total_weight
        sale.settle(time + 100)

    sold = sum(min(demand_in(sale, session), terms.sessions[session].supply) for session in (0, 1))
    sharing = sum(demand.accounts for demand in demands_below_full(sale))
    members = [name for name in names if sale.position_of(name).stage is not Stage.NONE]
    allotted = sum(map(sale.allotment_of, members))
    assert sum(map(sale.weight_of, names)) == allotted
    assert sale.total_weight == sold
    assert sale.sold_up == sold
    assert allotted <= sold
    assert allotted > sold - sharing or allotted == sold
    assert sold - sharing <= sale.sold_down <= allotted
    assert sale.unsold(500) == terms.supply - sold

    money = sum(paid.values()) - sale.proceeds
    tokens = sold
    for name in members:
        for time in [*sorted(times), 1120]:
            claimable = sale.claimable_of(name, time)
            if claimable.tokens == 0 and sale.position_of(name).stage is Stage.CLAIMED:
                continue
            payout = sale.claim(name, time)
            assert payout == claimable
            paid[name] -= payout.refund
            money -= payout.refund
            tokens -= payout.tokens
            assert money >= 0
            assert tokens >= 0
        assert paid[name] == terms.cost_up(sale.allotment_of(name))
        assert sale.position_of(name).amount == sale.allotment_of(name)
    assert sale.remainders == Remainders(tokens=tokens, payment=money)
    assert tokens < sharing or tokens == 0
    assert money <= len(members) + terms.cost_up(sharing)


def demand_in(sale: Ledger, session: int) -> int:
    """Tokens subscribed in a session."""
    return sum(sale.demand_of(session, tier).subscribed for tier in range(3))


def demands_below_full(sale: Ledger) -> list[Demand]:
    """The demands of both sessions that were not allotted in full."""
    return [
        sale.demand_of(session, tier)
        for session, outcome in enumerate(sale.outcomes)
        for tier, row in enumerate(sale.terms.tiers)
        if row.coefficient < outcome.full_from
    ]


@given(sessions)
@settings(max_examples=60)
def test_failed_sale_returns_exactly_what_was_paid(
    small_terms: SaleTerms, subscriptions: list[tuple[int, int]]
) -> None:
    """Nothing is rounded away from those who get their money back."""
    terms = replace(small_terms, sessions=small_terms.sessions[1:])
    sale = Ledger(terms, {str(number): 500 for number in range(8)})
    paid: dict[str, int] = {}
    for number, amount in subscriptions:
        receipt = sale.subscribe(str(number), amount, 300)
        assert (receipt.accepted, receipt.surplus) == (amount, 0)
        paid[str(number)] = paid.get(str(number), 0) + receipt.due
    assert {account: sale.refund(account, 1000) for account in paid} == paid
