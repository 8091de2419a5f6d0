"""The model of the escrow: when shares are free, when participants may exit, and that it always balances."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jumpstart.errors import LedgerRefusal
from jumpstart.escrow import Delivery, EscrowLedger, EscrowStatus, ExitPayment
from jumpstart.ledger import Ledger, Status
from jumpstart.schedule import Vesting
from jumpstart.terms import EscrowTerms, Milestone, SaleTerms, Session

# One session [100, 200) of 1,000 tokens, all of them sold: five 500, two 300, one 200. They cost 666, of which 16 are
# the fee. A quarter vests at 1,000, the rest until 2,200 by steps of 100, none of it before 1,300.
HOLDINGS = {"one": 500, "two": 1000, "five": 2500}
SUBSCRIPTIONS = {"five": 500, "two": 300, "one": 200}
PROCEEDS = 650
DEADLINES = (1100, 1200, 1300)
DUE = 1120  # the first deadline and the grace
WINDOW, EXITS = 40, 50  # seconds for objections and for exits

# Of 650, rounded down, after no, one, two and all milestones.
FREE = (65, 281, 498, 650)

INITIAL_BPS = 1000
SHARES_BPS = (3333, 3333, 2334)


def subscribed(small_terms: SaleTerms) -> Ledger:
    """The sale above; everybody has subscribed, nothing is settled."""
    ledger = Ledger(
        replace(
            small_terms,
            sessions=(Session(start=100, end=200, supply=1000, limit=0),),
            vesting=Vesting(
                start=1000,
                unlock_bps=2500,
                cliff_seconds=300,
                duration_seconds=1200,
                step_seconds=100,
            ),
        ),
        HOLDINGS,
    )
    for account, amount in SUBSCRIPTIONS.items():
        ledger.subscribe(account, amount, 100)
    return ledger


TERMS = EscrowTerms(
    initial_bps=INITIAL_BPS,
    grace_seconds=20,
    objection_seconds=WINDOW,
    objection_bps=2000,
    exit_seconds=EXITS,
    remainder_to=(9).to_bytes(20),
    milestones=tuple(
        Milestone(share_bps=share, deadline=deadline, description_hash=bytes([row]) * 32)
        for row, (share, deadline) in enumerate(zip(SHARES_BPS, DEADLINES, strict=True), 1)
    ),
)


@pytest.fixture
def waiting(small_terms: SaleTerms) -> EscrowLedger:
    """The escrow of a sale that is not settled."""
    return EscrowLedger(TERMS, subscribed(small_terms))


@pytest.fixture
def escrow(waiting: EscrowLedger) -> EscrowLedger:
    """The escrow of a sale that succeeded at 200."""
    waiting.sale.settle(200)
    return waiting


def refusal(action: Callable[..., Any], *args: object) -> tuple[object, ...]:
    """The name and the arguments of the refusal that the action meets."""
    with pytest.raises(LedgerRefusal) as refused:
        action(*args)
    return (refused.value.name.removeprefix("ProceedsEscrow_"), *refused.value.args)


def wrong(actual: EscrowStatus, required: EscrowStatus) -> tuple[object, ...]:
    """The refusal of what the status does not allow."""
    return "WrongStatus", actual, required


def with_terms(escrow: EscrowLedger, **changes: Any) -> EscrowLedger:
    """A fresh escrow of the same sale, of other terms."""
    return EscrowLedger(replace(escrow.terms, **changes), escrow.sale)


# ------------------------------------------------------------------------------------- delivering


def test_nothing_is_free_while_the_sale_is_not_settled(waiting: EscrowLedger) -> None:
    """The escrow waits, and refuses everything but a delisting."""
    assert waiting.delivery(199) == Delivery(status=EscrowStatus.WAITING)
    assert waiting.releasable(199) == 0
    assert waiting.exit_of("two", 199) == ExitPayment(returned=0, amount=0)
    needs_delivering = wrong(EscrowStatus.WAITING, EscrowStatus.DELIVERING)
    assert refusal(waiting.attest, 0, 199) == needs_delivering
    assert refusal(waiting.object, "two", 199) == needs_delivering
    assert refusal(waiting.release, 199) == needs_delivering
    assert refusal(waiting.exit, "two", 199) == wrong(EscrowStatus.WAITING, EscrowStatus.EXITING)


def test_a_failed_sale_leaves_it_waiting_for_ever(waiting: EscrowLedger) -> None:
    """Also after the dates of every milestone."""
    assert waiting.sale.status(10**6) is Status.FAILED
    assert waiting.delivery(10**6) == Delivery(status=EscrowStatus.WAITING)


def test_the_initial_share_is_free_once_the_sale_succeeded(escrow: EscrowLedger) -> None:
    """Rounded down, and only once."""
    assert escrow.delivery(200) == Delivery(
        status=EscrowStatus.DELIVERING, exit_at=DUE, released_bps=INITIAL_BPS
    )
    assert escrow.release(200) == FREE[0]
    assert refusal(escrow.release, 201) == ("NothingToCollect",)
    assert escrow.held == PROCEEDS - FREE[0]


def test_without_milestones_all_is_free_at_once(escrow: EscrowLedger) -> None:
    """Nothing is left to object to, or to exit with."""
    paid_at_once = with_terms(escrow, initial_bps=10_000, milestones=())
    assert paid_at_once.release(200) == PROCEEDS
    assert paid_at_once.delivery(10**6).status is EscrowStatus.DELIVERED
    assert refusal(paid_at_once.attest, 0, 200) == wrong(
        EscrowStatus.DELIVERED, EscrowStatus.DELIVERING
    )


@pytest.mark.parametrize("attested_at", [200, 1100, DUE - 1])
def test_an_attested_share_is_free_when_the_window_is_over(
    escrow: EscrowLedger, attested_at: int
) -> None:
    """Not a second before, and whenever the milestone was attested."""
    escrow.attest(0, attested_at)
    end = attested_at + WINDOW
    assert escrow.delivery(end - 1) == Delivery(
        status=EscrowStatus.DELIVERING,
        attested_at=attested_at,
        attestations=1,
        released_bps=INITIAL_BPS,
    )
    assert escrow.delivery(end) == Delivery(
        status=EscrowStatus.DELIVERING,
        current=1,
        attestations=1,
        exit_at=1220,
        released_bps=INITIAL_BPS + 3333,
    )
    assert escrow.release(end) == FREE[1]


def test_a_milestone_is_not_attested_once_it_is_missed(escrow: EscrowLedger) -> None:
    """The deadline and the grace are over at `DUE`."""
    assert refusal(escrow.attest, 0, DUE) == wrong(EscrowStatus.EXITING, EscrowStatus.DELIVERING)


def test_only_the_current_milestone_is_attested(escrow: EscrowLedger) -> None:
    """The next one has its turn when the share before is free."""
    assert refusal(escrow.attest, 1, 200) == ("NotCurrent", 1, 0)
    escrow.attest(0, 200)
    assert refusal(escrow.attest, 1, 239) == ("NotCurrent", 1, 0)
    assert refusal(escrow.attest, 0, 239) == ("AlreadyAttested", 0, 200)
    assert refusal(escrow.attest, 0, 240) == ("NotCurrent", 0, 1)
    escrow.attest(1, 240)


def test_all_is_free_when_all_was_attested(escrow: EscrowLedger) -> None:
    """Collecting at each step pays the same as collecting in the end; nothing opens the exit right any more."""
    paid = [escrow.release(200)]
    for milestone in range(3):
        escrow.attest(milestone, 200 + milestone * WINDOW)
        paid.append(escrow.release(200 + (milestone + 1) * WINDOW))
    assert paid == [
        FREE[0],
        *(after - before for before, after in pairwise(FREE)),
    ]
    assert escrow.held == 0
    escrow.delist(0, 10**6)
    assert escrow.delivery(10**6) == Delivery(
        status=EscrowStatus.DELIVERED, current=3, attestations=3, released_bps=10_000
    )


def test_a_milestone_whose_turn_comes_too_late_is_missed_at_once(escrow: EscrowLedger) -> None:
    """The exit window is a whole one: it begins when the turn has come, not at the date that had gone by."""
    slow = with_terms(escrow, objection_seconds=200)
    slow.attest(0, DUE - 1)
    freed_at = DUE - 1 + 200  # the second milestone was due at 1,220
    assert slow.delivery(freed_at - 1).status is EscrowStatus.DELIVERING
    assert slow.delivery(freed_at) == Delivery(
        status=EscrowStatus.EXITING,
        current=1,
        attestations=1,
        exit_at=freed_at,
        released_bps=INITIAL_BPS + 3333,
    )
    assert slow.delivery(freed_at + EXITS - 1).status is EscrowStatus.EXITING
    assert slow.delivery(freed_at + EXITS).status is EscrowStatus.ENDED


# -------------------------------------------------------------------------------------- objecting


def test_objections_of_the_share_needed_veto(escrow: EscrowLedger) -> None:
    """One has 200 of 1,000 tokens: 2,000 basis points, and not one more."""
    escrow.attest(0, 200)
    assert escrow.object("one", 239)
    assert escrow.delivery(239) == Delivery(
        status=EscrowStatus.DELIVERING, attestations=1, exit_at=DUE, released_bps=INITIAL_BPS
    )
    assert escrow.delivery(DUE).status is EscrowStatus.EXITING


def test_objections_below_the_share_needed_do_not_veto(escrow: EscrowLedger) -> None:
    """A share of 2,001 needs another one, who completes it."""
    strict = with_terms(escrow, objection_bps=2001)
    strict.attest(0, 200)
    assert not strict.object("one", 201)
    assert strict.delivery(201).objected == 200
    assert strict.delivery(240).current == 1
    assert strict.object("two", 239)
    assert strict.delivery(240).current == 0


def test_who_objects_must_be_in_time_and_once(escrow: EscrowLedger) -> None:
    """Only while the attestation is under way, and only with tokens."""
    strict = with_terms(escrow, objection_bps=10_000)
    assert refusal(strict.object, "one", 199) == ("NotAttested", 0)
    strict.attest(0, 200)
    assert refusal(strict.object, "nobody", 200) == ("NoWeight", "nobody")
    strict.object("one", 200)
    assert refusal(strict.object, "one", 239) == ("AlreadyObjected", "one")
    strict.object("two", 239)
    assert refusal(strict.object, "five", 240) == ("NotAttested", 1)


def test_a_vetoed_milestone_is_attested_again(escrow: EscrowLedger) -> None:
    """Objections to the first attestation do not count for the second, and can be made again."""
    escrow.attest(0, 1000)
    escrow.object("one", 1001)
    escrow.attest(0, 1001)
    assert escrow.delivery(1001).objected == 0
    assert escrow.delivery(1001).attestations == 2
    assert escrow.delivery(1041).current == 1
    assert escrow.object("one", 1040)
    assert escrow.delivery(1041).current == 0


@pytest.mark.parametrize(("vetoed_at", "exit_at"), [(DUE - 1, DUE), (DUE, DUE), (DUE + 1, DUE + 1)])
def test_a_late_veto_opens_the_exit_right_at_once(
    escrow: EscrowLedger, vetoed_at: int, exit_at: int
) -> None:
    """An early one leaves what is left of the time."""
    escrow.attest(0, DUE - 2)
    escrow.object("one", vetoed_at)
    delivery = escrow.delivery(vetoed_at)
    assert delivery.status is (EscrowStatus.DELIVERING if vetoed_at < DUE else EscrowStatus.EXITING)
    assert delivery.exit_at == exit_at
    assert escrow.delivery(exit_at + EXITS - 1).status is EscrowStatus.EXITING
    assert escrow.delivery(exit_at + EXITS).status is EscrowStatus.ENDED


# ---------------------------------------------------------------------------------------- exiting


def test_the_exit_right_opens_by_time_alone_and_ends(escrow: EscrowLedger) -> None:
    """Nothing has to be called; to the second."""
    statuses = [escrow.delivery(time).status for time in (DUE - 1, DUE, DUE + 49, DUE + 50)]
    assert statuses == [
        EscrowStatus.DELIVERING,
        EscrowStatus.EXITING,
        EscrowStatus.EXITING,
        EscrowStatus.ENDED,
    ]
    assert refusal(escrow.exit, "two", DUE - 1) == wrong(
        EscrowStatus.DELIVERING, EscrowStatus.EXITING
    )
    assert refusal(escrow.exit, "two", DUE + 50) == wrong(EscrowStatus.ENDED, EscrowStatus.EXITING)


def test_an_exit_pays_the_unreleased_part_of_what_is_returned(escrow: EscrowLedger) -> None:
    """Of 300 tokens 75 have vested: 225 of 1,000 go back, for as much of 585, rounded down."""
    paid = ExitPayment(returned=225, amount=131)
    assert escrow.exit_of("two", DUE) == paid
    assert escrow.exit("two", DUE) == paid
    assert escrow.exit_of("two", DUE) == ExitPayment(returned=0, amount=0)
    assert refusal(escrow.exit, "two", DUE) == ("SubscriptionSale_NothingToReturn", "two")
    assert refusal(escrow.exit, "nobody", DUE) == ("SubscriptionSale_NothingSubscribed", "nobody")
    assert escrow.held == PROCEEDS - 131


def test_an_exit_pays_the_same_whoever_else_did_what_before(escrow: EscrowLedger) -> None:
    """A claim, the project's collecting and other exits change nothing."""
    escrow.sale.claim("two", DUE)
    escrow.release(DUE)
    escrow.exit("five", DUE)
    assert escrow.exit("two", DUE + 49) == ExitPayment(returned=225, amount=131)


def test_nobody_exits_once_all_has_vested(escrow: EscrowLedger) -> None:
    """A last milestone after the vesting gives nobody anything back."""
    late = with_terms(
        escrow, milestones=(replace(escrow.terms.milestones[0], deadline=2180, share_bps=9000),)
    )
    assert late.delivery(2200).status is EscrowStatus.EXITING
    assert refusal(late.exit, "two", 2200) == ("SubscriptionSale_NothingToReturn", "two")


def test_the_remainder_is_what_nobody_exited_with(escrow: EscrowLedger) -> None:
    """Once, after the exit window; the project's share stays for it."""
    escrow.exit("two", DUE)
    assert refusal(escrow.collect_remainder, DUE + 49) == wrong(
        EscrowStatus.EXITING, EscrowStatus.ENDED
    )
    assert escrow.collect_remainder(DUE + 50) == PROCEEDS - FREE[0] - 131
    assert refusal(escrow.collect_remainder, DUE + 51) == ("NothingToCollect",)
    assert escrow.held == FREE[0]
    assert escrow.release(10**6) == FREE[0]


# -------------------------------------------------------------------------------------- delisting


def test_a_delisting_opens_the_exit_right(escrow: EscrowLedger) -> None:
    """From then on, whatever the milestone's dates."""
    escrow.delist(70, 300)
    delivery = escrow.delivery(300)
    assert (delivery.status, delivery.exit_at) == (EscrowStatus.EXITING, 300)
    assert escrow.delivery(349).status is EscrowStatus.EXITING
    assert escrow.delivery(350).status is EscrowStatus.ENDED
    assert refusal(escrow.delist, 70, 350) == ("AlreadyDelisted",)


@pytest.mark.parametrize(("delisted_at", "current"), [(239, 0), (240, 1)])
def test_a_delisting_voids_an_attestation_under_way(
    escrow: EscrowLedger, delisted_at: int, current: int
) -> None:
    """Unless its window is over: then the share is free, and stays so."""
    escrow.attest(0, 200)
    escrow.delist(0, delisted_at)
    assert escrow.delivery(10**6) == Delivery(
        status=EscrowStatus.ENDED,
        current=current,
        attestations=1,
        exit_at=delisted_at,
        released_bps=INITIAL_BPS + current * 3333,
    )


@pytest.mark.parametrize("delisted_at", [DUE, DUE + 49, DUE + 50])
def test_a_delisting_changes_nothing_once_the_exit_right_has_opened(
    escrow: EscrowLedger, delisted_at: int
) -> None:
    """The window is neither longer nor a second one."""
    before = escrow.delivery(delisted_at)
    escrow.delist(70, delisted_at)
    assert escrow.delivery(delisted_at) == before
    assert before.exit_at == DUE


def test_participants_share_the_bond_by_weight(escrow: EscrowLedger) -> None:
    """Rounded down, once each, whoever has claimed or exited."""
    assert refusal(escrow.share_bond, "one") == ("NotDelisted",)
    escrow.delist(71, 300)
    escrow.exit("two", 300)
    assert [escrow.share_bond(account) for account in HOLDINGS] == [14, 21, 35]
    assert refusal(escrow.share_bond, "one") == ("AlreadyShared", "one")
    assert refusal(escrow.share_bond, "nobody") == ("NoWeight", "nobody")
    assert escrow.bond_held == 1


def test_participants_of_an_unsettled_sale_share_the_bond_by_what_they_subscribed(
    waiting: EscrowLedger,
) -> None:
    """The sale is void: it waits for ever, refunds, and the bond is shared all the same."""
    waiting.sale.void(150)
    waiting.delist(71, 150)
    assert waiting.delivery(10**6) == Delivery(status=EscrowStatus.WAITING)
    waiting.sale.refund("two", 150)
    assert [waiting.share_bond(account) for account in HOLDINGS] == [14, 21, 35]


# ------------------------------------------------------------------------------------ any history

ACTIONS = st.tuples(
    st.sampled_from(["attest", "object", "release", "exit", "delist", "remainder", "claim"]),
    st.sampled_from(["one", "two", "five"]),
    st.integers(min_value=0, max_value=120),
)


@given(history=st.lists(ACTIONS, max_size=40), objection_bps=st.integers(1, 10_000))
def test_every_history_balances(
    small_terms: SaleTerms, history: list[tuple[str, str, int]], objection_bps: int
) -> None:
    """Shares only grow, exits never get more than is unreleased, and in the end nothing is left or missing."""
    sale = subscribed(small_terms)
    sale.settle(200)
    escrow = EscrowLedger(replace(TERMS, objection_bps=objection_bps), sale)
    time, released_bps, exit_at = 200, INITIAL_BPS, 0
    for action, account, seconds in history:
        time += seconds
        delivery = escrow.delivery(time)
        with suppress(LedgerRefusal):
            match action:
                case "attest":
                    escrow.attest(delivery.current, time)
                case "object":
                    escrow.object(account, time)
                case "release":
                    escrow.release(time)
                case "exit":
                    escrow.exit(account, time)
                case "delist":
                    escrow.delist(100, time)
                case "remainder":
                    escrow.collect_remainder(time)
                case _:
                    sale.claim(account, time)
        delivery = escrow.delivery(time)
        assert delivery.released_bps >= released_bps
        released_bps = delivery.released_bps
        if exit_at:  # what opened stays as it is
            assert delivery.exit_at == exit_at
        if delivery.status in {EscrowStatus.EXITING, EscrowStatus.ENDED}:
            exit_at = delivery.exit_at
        assert escrow.exited + escrow.remainder <= escrow.unreleased(time)
        assert escrow.released + escrow.unreleased(time) <= PROCEEDS
        assert escrow.held >= 0

    time += 10**6
    for collect in (escrow.release, escrow.collect_remainder):
        with suppress(LedgerRefusal):
            collect(time)
    assert escrow.held == 0
