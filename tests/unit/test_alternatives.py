"""What if: every rule keeps to the supply and to what was asked for, and gives what it says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jumpstart.audit.alternatives import Alternative, WhatIf, what_if
from jumpstart.audit.subscriptions import Asked, SessionDemand
from jumpstart.hashing import keccak256

HASH = keccak256(b"terms")
TABLE = (1, 3, 7)
NAMES = (
    "tiered", "commitment", "commitment-capped", "holding-times-commitment", "holding", "equal",
    "lottery", "first-come",
)  # fmt: skip

rows = st.lists(
    st.tuples(st.integers(1, 10**6), st.sampled_from(TABLE), st.integers(0, 10**6)),
    min_size=1,
    max_size=15,
)


def session_of(supply: int, asked: list[tuple[int, int, int]]) -> SessionDemand:
    session = SessionDemand(supply=supply, coefficients=TABLE)
    for number, (subscribed, coefficient, holding) in enumerate(asked, 1):
        account = f"0x{number:040x}"
        session.asked[account] = Asked(
            subscribed=subscribed, coefficient=coefficient, holding=holding
        )
        session.order.append((account, subscribed))
    return session


def made(supply: int, asked: list[tuple[int, int, int]]) -> WhatIf:
    found = what_if(session_of(supply, asked), HASH)
    assert found is not None
    return found


def amounts(found: WhatIf, rule: str) -> list[int]:
    place = NAMES.index(rule)
    return [row[place] for _, row in found.by_account]


def named(found: WhatIf, rule: str) -> Alternative:
    return found.alternatives[NAMES.index(rule)]


@given(st.integers(1, 10**7), rows)
def test_no_rule_allots_more_than_there_is_or_was_asked_for(
    supply: int, asked: list[tuple[int, int, int]]
) -> None:
    found = made(supply, asked)
    assert tuple(each.rule for each in found.alternatives) == NAMES
    wanted = min(supply, sum(subscribed for subscribed, _, _ in asked))
    for each in found.alternatives:
        allotted = amounts(found, each.rule)
        assert all(got <= most for got, (most, _, _) in zip(allotted, asked, strict=True))
        assert each.allotted == sum(allotted) <= wanted
        assert each.served == sum(map(bool, allotted))
        assert sum(row.allotted for row in each.by_coefficient) == each.allotted
        assert sum(row.accounts for row in each.by_coefficient) == each.accounts == len(asked)
    for rule in ("tiered", "commitment", "equal"):
        assert sum(amounts(found, rule)) > wanted - len(asked)
    assert sum(amounts(found, "first-come")) == wanted


def test_each_rule_gives_what_it_says() -> None:
    """Three accounts, by hand: 100 for sale, 100, 100 and 50 asked for."""
    found = made(100, [(100, 1, 10), (100, 3, 30), (50, 7, 60)])
    assert amounts(found, "tiered") == [13, 40, 46]  # 100, 300 and 350 of 750
    assert amounts(found, "commitment") == [40, 40, 20]
    assert amounts(found, "commitment-capped") == [40, 40, 20]
    assert named(found, "commitment-capped").setting == {"cap": 67}
    assert amounts(found, "holding-times-commitment") == [14, 42, 42]  # 1000, 3000 and 3000 of 7000
    assert amounts(found, "holding") == [
        12,
        37,
        50,
    ]  # 60 of 100 is more than 50; 50 left by 10 and 30
    assert amounts(found, "equal") == [33, 33, 33]
    assert amounts(found, "first-come") == [100, 0, 0]
    assert named(found, "first-come").largest_tenth_bps == 10_000
    assert named(found, "equal").largest_tenth_bps == 3_333


def test_the_cap_gives_the_excess_to_the_others() -> None:
    found = made(100, [(1000, 1, 1), (10, 1, 1), (50, 1, 1), (50, 1, 1)])
    assert amounts(found, "commitment-capped") == [50, 4, 22, 22]


def test_a_lottery_has_the_tickets_and_winners_that_it_says() -> None:
    asked = [(1_000 + number, TABLE[number % 3], number) for number in range(60)]
    found = made(20_000, asked)
    setting = named(found, "lottery").setting
    size = setting["tokensOfTicket"]
    tickets = [min(1 + number % 3, -(-asked[number][0] // size)) for number in range(60)]
    assert setting["tickets"] == sum(tickets)
    assert setting["winners"] == 20_000 // size
    for got, (most, _, _), held in zip(amounts(found, "lottery"), asked, tickets, strict=True):
        assert got in {min(most, won * size) for won in range(held + 1)}
    again = what_if(session_of(20_000, asked), keccak256(b"other terms"))
    assert again is not None
    assert amounts(again, "lottery") != amounts(found, "lottery")


def test_top_ups_come_in_their_order() -> None:
    session = session_of(100, [(60, 1, 0), (80, 1, 0)])
    first, second = session.asked
    session.order = [(first, 10), (second, 80), (first, 50)]
    found = what_if(session, HASH)
    assert found is not None
    assert amounts(found, "first-come") == [20, 80]
    assert named(found, "first-come").setting == {"subscriptionsServed": 3}


@pytest.mark.parametrize("supply", [1, 100])
def test_a_session_without_subscriptions_has_none(supply: int) -> None:
    assert what_if(SessionDemand(supply=supply, coefficients=TABLE), HASH) is None
