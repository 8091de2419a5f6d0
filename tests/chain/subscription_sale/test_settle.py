"""`settle`: when, by whom, with which outcome, and at which cost."""

from pathlib import Path

from eth_account.signers.local import LocalAccount

from jumpstart import drafts
from jumpstart.chain.client import Chain
from jumpstart.chain.sale import NATIVE, present_pass_transaction
from jumpstart.terms import ListingTerms, SaleTerms, Tier
from tests.chain import figures
from tests.chain.reverts import reverts
from tests.chain.stage import FAILED, FUNDED, SUCCEEDED, People, Stage, Trial, account

SALES = Path(__file__).parents[3] / "sales"


def test_settling_fixes_the_outcome_and_announces_it(
    oversubscribed_sale: Trial, bystander: LocalAccount
) -> None:
    """The highest coefficient in full; the rest shares what is left; the sale succeeds for what is surely sold."""
    oversubscribed_sale.close()
    receipt = oversubscribed_sale.send("settle", sender=bystander)
    events = oversubscribed_sale.contract.events(receipt)
    assert [(event.name, dict(event.args)) for event in events] == [
        (
            "SessionSettled",
            {
                "session": 0,
                "sold": 300_000,
                "remaining": 249_997,
                "weight": 1_080_002,
                "fullFrom": 5,
            },
        ),
        # 50,003 in full and 249,997 less one for each of four who share: 299,996 for 2/3 each.
        ("SaleSucceeded", {"proceeds": 199_997, "unsold": 0}),
    ]
    assert oversubscribed_sale.call("settlementOf", 0) == (249_997, 1_080_002, 5)
    assert oversubscribed_sale.call("sessionsSettled") == 1
    assert oversubscribed_sale.call("status") == SUCCEEDED


def test_allotments_are_those_of_the_model(settled_sale: Trial, people: People) -> None:
    """Coefficient times subscription times remaining over weight, rounded down; never more than the supply."""
    found = [settled_sale.call("allotmentOf", buyer.address) for buyer in people.buyers[:5]]
    assert found == [46_295, 69_443, 69_443, 64_813, 50_003]
    assert found == [settled_sale.ledger.allotment_of(buyer.address) for buyer in people.buyers[:5]]
    assert figures.SUPPLY - 5 < sum(found) <= figures.SUPPLY


# ---------------------------------------------------------------------------------------- when


def test_settling_is_refused_until_the_window_ends(
    oversubscribed_sale: Trial, chain: Chain, bystander: LocalAccount
) -> None:
    """A second before the end it is running, at the end it is over."""
    end = oversubscribed_sale.terms.sessions[0].end
    chain.mine_at(end - 1)
    with reverts("SubscriptionSale_SessionRunning", end - 1, end):
        oversubscribed_sale.call("settle", sender=bystander)
    oversubscribed_sale.send("settle", sender=bystander)
    assert chain.now() == end
    assert oversubscribed_sale.call("status") == SUCCEEDED


def test_settling_is_refused_before_the_sale_begins(
    published_sale: Trial, chain: Chain, bystander: LocalAccount
) -> None:
    """Nothing to settle yet."""
    with reverts(
        "SubscriptionSale_SessionRunning", chain.now(), published_sale.terms.sessions[0].end
    ):
        published_sale.call("settle", sender=bystander)


def test_a_session_is_settled_early_exactly_when_its_limit_is_reached(
    open_sale: Trial, chain: Chain, buyer: LocalAccount, rival: LocalAccount
) -> None:
    """One token below the limit it is still running; the token that fills it ends it."""
    end = open_sale.terms.sessions[0].end
    open_sale.subscribe(buyer, figures.LIMIT - 1)
    with reverts("SubscriptionSale_SessionRunning", chain.now(), end):
        open_sale.call("settle", sender=rival)
    open_sale.subscribe(rival, figures.MINIMUM)
    open_sale.send("settle", sender=rival)
    assert chain.now() < end
    assert open_sale.call("status") == SUCCEEDED


def test_a_session_is_not_settled_in_the_block_that_fills_it(
    open_sale: Trial, chain: Chain, buyer: LocalAccount, bystander: LocalAccount
) -> None:
    """Nobody fills it with borrowed payment and is refunded in one go; in the next block it is settled."""
    settlement = open_sale.contract.transaction("settle", sender=bystander)
    filling = open_sale.subscription(buyer, figures.LIMIT)
    filled, refused = chain.send_many([filling, settlement], check=False)
    assert filled.block_number == refused.block_number
    assert (filled.succeeded, refused.succeeded) == (True, False)
    filled_at, end = chain.header(filled.block_number).timestamp, open_sale.terms.sessions[0].end
    with reverts("SubscriptionSale_SessionRunning", filled_at, end):
        open_sale.call("settle", sender=bystander, block=filled.block_number)
    chain.send(settlement)
    assert open_sale.call("status") == SUCCEEDED


def test_a_session_that_is_over_is_settled_whenever_it_was_filled(
    open_sale: Trial, chain: Chain, buyer: LocalAccount, bystander: LocalAccount
) -> None:
    """Filled in its last second, it is settled in the next."""
    chain.advance_to(open_sale.terms.sessions[0].end - 1)
    open_sale.subscribe(buyer, figures.LIMIT)
    open_sale.send("settle", sender=bystander)
    assert chain.now() == open_sale.terms.sessions[0].end
    assert open_sale.call("status") == SUCCEEDED


def test_a_session_without_a_limit_is_never_settled_early(
    stage: Stage, chain: Chain, buyer: LocalAccount
) -> None:
    """Whatever the demand."""
    trial = stage.open(supplies=((figures.SUPPLY, 0),))
    trial.subscribe(buyer, 100 * figures.SUPPLY)
    with reverts("SubscriptionSale_SessionRunning", chain.now(), trial.terms.sessions[0].end):
        trial.call("settle", sender=buyer)


def test_a_filled_session_does_not_end_the_next_one(
    two_session_sale: Trial, chain: Chain, buyer: LocalAccount
) -> None:
    """After an early settlement the second session has still to come."""
    two_session_sale.subscribe(buyer, figures.LIMIT)
    two_session_sale.send("settle", sender=buyer)
    second = two_session_sale.terms.sessions[1]
    with reverts("SubscriptionSale_SessionRunning", chain.now(), second.end):
        two_session_sale.call("settle", sender=buyer)
    chain.mine_at(second.end - 1)
    with reverts("SubscriptionSale_SessionRunning", second.end - 1, second.end):
        two_session_sale.call("settle", sender=buyer)
    two_session_sale.send("settle", sender=buyer)


def test_settling_succeeds_a_second_before_the_deadline_and_is_refused_at_it(
    oversubscribed_sale: Trial, chain: Chain, bystander: LocalAccount
) -> None:
    """From the deadline on everybody is refunded instead."""
    deadline = oversubscribed_sale.terms.settle_deadline
    snapshot = chain.snapshot()
    chain.advance_to(deadline - 1)
    oversubscribed_sale.send("settle", sender=bystander)
    assert oversubscribed_sale.call("status") == SUCCEEDED
    chain.revert(snapshot)
    for late in (0, 1):
        chain.mine_at(deadline + late)
        with reverts("SubscriptionSale_SettlementTooLate", deadline + late, deadline):
            oversubscribed_sale.call("settle", sender=bystander)
    assert oversubscribed_sale.call("status") == FAILED


def test_several_sessions_can_be_settled_after_the_last(
    two_session_sale: Trial, buyer: LocalAccount
) -> None:
    """One call each, in their order."""
    two_session_sale.subscribe(buyer, 900)
    two_session_sale.close(1)
    first = two_session_sale.send("settle", sender=buyer)
    assert two_session_sale.event(first, "SessionSettled").args["session"] == 0
    assert two_session_sale.call("status") == FUNDED
    assert two_session_sale.call("sessionsSettled") == 1
    second = two_session_sale.send("settle", sender=buyer)
    assert two_session_sale.event(second, "SessionSettled").args == {
        "session": 1,
        "sold": 0,
        "remaining": 0,
        "weight": 0,
        "fullFrom": 1,
    }
    assert two_session_sale.event(second, "SaleSucceeded").args == {
        "proceeds": 600,
        "unsold": figures.SUPPLY + figures.SECOND_SUPPLY - 900,
    }


def test_settling_again_is_refused(
    settled_sale: Trial, failed_sale: Trial, bystander: LocalAccount
) -> None:
    """Neither a sale that succeeded nor one that failed nor one without tokens has anything to settle."""
    for trial, status in (
        (settled_sale, SUCCEEDED),
        (failed_sale, FAILED),
    ):
        with reverts("SubscriptionSale_WrongStatus", status, FUNDED):
            trial.call("settle", sender=bystander)


# ---------------------------------------------------------------------------------------- outcomes


def test_everybody_is_served_given_a_demand_up_to_the_supply(
    open_sale: Trial, people: People
) -> None:
    """At exactly the supply, the last token of it is allotted."""
    open_sale.subscribe_all([(people.buyers[0], figures.SUPPLY - 7000), (people.buyers[4], 7000)])
    open_sale.settle()
    assert open_sale.call("settlementOf", 0) == (0, 0, 1)
    assert open_sale.call("allotmentOf", people.buyers[0].address) == figures.SUPPLY - 7000
    assert open_sale.call("allotmentOf", people.buyers[4].address) == 7000


def test_one_token_above_the_supply_is_shared(open_sale: Trial, people: People) -> None:
    """The lowest coefficient bears what is missing."""
    open_sale.subscribe_all([(people.buyers[0], figures.SUPPLY - 6999), (people.buyers[4], 7000)])
    open_sale.settle()
    left = figures.SUPPLY - 7000
    assert open_sale.call("settlementOf", 0) == (left, left + 1, 2)
    assert open_sale.call("allotmentOf", people.buyers[0].address) == left
    assert open_sale.call("allotmentOf", people.buyers[4].address) == 7000


def test_a_coefficient_at_its_level_is_served_in_full_and_one_token_more_is_not(
    stage: Stage, people: People
) -> None:
    """With a supply of 100, 60 of coefficient 5 and 200 of coefficient 1 weigh exactly 5 * 100."""
    for amount, settlement in ((200, (40, 200, 5)), (201, (100, 501, 6))):
        trial = stage.open(supplies=((100, 0),))
        trial.subscribe_all([(people.buyers[0], amount), (people.buyers[4], 60)])
        trial.settle()
        assert trial.call("settlementOf", 0) == settlement


def test_the_published_example_is_reproduced(stage: Stage, people: People) -> None:
    """A supply of 300 with a limit of 1,500: it closes at 1,500, and equal coefficients get a fifth."""
    same = people.buyers[0], people.buyers[5]
    trial = stage.open(supplies=((300, 1500),))
    trial.subscribe(same[0], 1000)
    receipt = trial.subscribe(same[1], 600)
    assert trial.event(receipt, "Subscribed").args["accepted"] == 500
    settled = trial.send("settle", sender=people.stranger)
    assert trial.event(settled, "SessionSettled").args["sold"] == 300
    assert [trial.call("allotmentOf", each.address) for each in same] == [200, 100]


def test_the_largest_positions_of_the_highest_coefficients_share_the_largest_supply(
    stage: Stage, people: People
) -> None:
    """All of it is allotted, but for rounding."""
    most, supply = 2**104 - 1, 2**96 - 1
    tiers = tuple(Tier(threshold=500 * row, coefficient=65_534 - 5 + row) for row in range(1, 6))
    trial = stage.open(supplies=((supply, 0),), price=1, price_unit=2**107, tiers=tiers)
    trial.subscribe_all((buyer, most) for buyer in people.buyers[:5])
    trial.settle()
    weight = most * sum(tier.coefficient for tier in tiers)
    assert trial.call("settlementOf", 0) == (supply, weight, 65_535)
    allotted = [trial.call("allotmentOf", buyer.address) for buyer in people.buyers[:5]]
    assert allotted == [tier.coefficient * most * supply // weight for tier in tiers]
    assert supply - 5 < sum(allotted) <= supply


def test_a_sale_of_one_token_goes_to_nobody_given_two_who_share_it(
    stage: Stage, people: People
) -> None:
    """Halves round down to nothing; both are refunded in full, and the token is swept."""
    same = people.buyers[0], people.buyers[5]
    trial = stage.open(supplies=((1, 0),), minimum=1)
    trial.subscribe_all((each, 1) for each in same)
    trial.settle()
    assert trial.call("claimableOf", same[0].address) == (0, 1)
    trial.claim_for_all(*same)
    trial.collect()
    assert trial.assets == (1, 0)
    trial.sweep(same)
    assert trial.assets == (0, 0)


# ---------------------------------------------------------------------------------------- success or failure


def test_the_soft_cap_is_reached_exactly_or_missed_by_one_unit(
    stage: Stage, buyer: LocalAccount, bystander: LocalAccount
) -> None:
    """Compared is the payment for what is sold, rounded down."""
    for amount, status in ((150_000, SUCCEEDED), (149_999, FAILED)):
        trial = stage.open(soft_cap=figures.SOFT_CAP)
        trial.subscribe(buyer, amount)
        trial.close()
        receipt = trial.send("settle", sender=bystander)
        assert trial.call("status") == status
        if status == SUCCEEDED:
            assert trial.event(receipt, "SaleSucceeded").args == {
                "proceeds": figures.SOFT_CAP,
                "unsold": figures.SUPPLY - amount,
            }
            assert not trial.contract.events(receipt, "SaleFailed")
        else:
            assert trial.event(receipt, "SaleFailed").args == {
                "raised": figures.SOFT_CAP - 1,
                "softCap": figures.SOFT_CAP,
            }
            assert not trial.contract.events(receipt, "SaleSucceeded")


def test_the_soft_cap_counts_all_sessions(stage: Stage, people: People) -> None:
    """Neither of two sessions alone would have reached it."""
    trial = stage.open(supplies=((90_000, 0), (90_000, 0)), soft_cap=figures.SOFT_CAP)
    trial.subscribe(people.buyers[0], 75_000)
    trial.settle()
    trial.open(1)
    trial.subscribe(people.buyers[1], 75_000)
    trial.settle()
    assert trial.call("status") == SUCCEEDED


def test_demand_beyond_the_supply_does_not_count_for_the_soft_cap(
    stage: Stage, people: People
) -> None:
    """Sold is sold: ten times the demand of one session does not make up for an empty second one."""
    trial = stage.open(supplies=((150_000, 0), (150_000, 0)), soft_cap=figures.SOFT_CAP + 1)
    trial.subscribe(people.buyers[0], 1_500_000)
    trial.settle()
    trial.settle()
    assert trial.call("status") == FAILED


def test_nobody_came_and_the_sale_ends_cleanly(
    open_sale: Trial, treasury: LocalAccount, bystander: LocalAccount
) -> None:
    """Without a soft cap it succeeds for nothing; all tokens go back; nothing is left."""
    had = open_sale.sold(treasury)
    receipt = open_sale.settle()
    assert open_sale.event(receipt, "SaleSucceeded").args == {
        "proceeds": 0,
        "unsold": figures.SUPPLY,
    }
    open_sale.collect()
    assert open_sale.sold(treasury) == had + figures.SUPPLY
    receipt = open_sale.send("sweep", [], sender=bystander)
    assert open_sale.event(receipt, "RemaindersSwept").args == {"tokens": 0, "payment": 0}


def test_nobody_came_and_the_sale_fails_given_a_soft_cap(
    stage: Stage, treasury: LocalAccount
) -> None:
    """All tokens go back all the same."""
    trial = stage.open(soft_cap=1)
    had = trial.sold(treasury)
    trial.settle()
    assert trial.call("status") == FAILED
    trial.collect()
    assert trial.sold(treasury) == had + figures.SUPPLY
    trial.sweep([])
    assert trial.assets == (0, 0)


def test_settling_costs_the_same_for_ten_and_for_sixty(stage: Stage, chain: Chain) -> None:
    """Gas, to the unit, for the same totals."""
    crowd = [account(f"participant {number}") for number in range(60)]
    chain.set_balances({each.address: figures.COINS for each in crowd})
    registry = stage.platform.pass_registry
    chain.send_many(
        [present_pass_transaction(registry, stage.passed(each), sender=each) for each in crowd]
    )
    holdings: dict[str, int] = {
        each.address: figures.TIERS[number % 5].threshold for number, each in enumerate(crowd)
    }
    costs = []
    for count in (10, 60):
        trial = stage.open(payment_token=NATIVE, holdings=holdings)
        share = 600_000 // count
        trial.chain.send_many(
            [
                trial.contract.transaction(
                    "subscribe", share, *trial.proof_of(each), sender=each, value=share
                )
                for each in crowd[:count]
            ]
        )
        assert sum(trial.call("demandOf", 0, tier).accounts for tier in range(5)) == count
        trial.close()
        costs.append(trial.send("settle", sender=stage.people.stranger).gas_used)
        assert trial.call("status") == SUCCEEDED
    assert costs[0] == costs[1]
    assert costs[0] < 120_000


# ---------------------------------------------------------------------------------------- real sales


def listing_of(stage: Stage, name: str) -> ListingTerms:
    """A sale of the folder `sales`, on this chain and in its future."""
    people = stage.people
    addresses = {
        "sale-token": stage.sale_token.address,
        "payment-token": stage.payment_token.address,
        "holding-token": stage.bond_token.address,
        "pass-registry": stage.platform.pass_registry.address,
        "attester": people.attester.address,
        "holdings-publisher": people.publisher.address,
        "proceeds": people.beneficiary.address,
        "treasury": people.treasury.address,
        "platform": people.fee_receiver.address,
    }
    draft = drafts.read(SALES / name)
    listing = draft.resolve({name: addresses[name] for name in draft.open_names})
    return listing.moved(stage.chain.now() + figures.LEAD - listing.holdings.draw_time)


def holdings_for(people: People, terms: SaleTerms) -> dict[str, int]:
    """The buyers have the coefficients that they always have."""
    return {
        buyer.address: terms.tiers[coefficient - 1].threshold
        for buyer, coefficient in zip(people.buyers, figures.COEFFICIENTS, strict=True)
    }


def assert_ends_empty(trial: Trial, people: People) -> None:
    """Everybody has what the model says, and nothing is left of either asset."""
    had = {buyer: (trial.sold(buyer), trial.paid(buyer)) for buyer in people.buyers}
    deposits = {buyer: trial.call("depositOf", buyer.address) for buyer in people.buyers}
    trial.vest()
    trial.claim_for_all(*people.buyers)
    for buyer, (sold, paid) in had.items():
        allotted = trial.ledger.allotment_of(buyer.address)
        assert trial.sold(buyer) == sold + allotted
        assert trial.paid(buyer) == paid + deposits[buyer] - trial.terms.cost_up(allotted)
    trial.collect()
    remainders = trial.ledger.remainders
    assert trial.assets == (remainders.tokens, remainders.payment)
    assert max(trial.assets) <= len(people.buyers)
    trial.sweep(people.buyers)
    assert trial.assets == (0, 0)


def test_the_sale_of_bloc_runs_by_its_published_terms(stage: Stage, people: People) -> None:
    """One session, closed at once by its limit of five times the supply; the last buyer is cut."""
    listing = listing_of(stage, "bloc-2019-04.toml")
    terms = listing.sale
    trial = stage.open(listing, holdings=holdings_for(people, terms))
    session = terms.sessions[0]
    assert session.limit == 5 * session.supply
    share = session.limit // 8
    trial.subscribe_all((buyer, share) for buyer in people.buyers[:7])
    receipt = trial.subscribe(people.buyers[7], 2 * share)
    assert trial.event(receipt, "Subscribed").args["accepted"] == session.limit - 7 * share
    trial.send("settle", sender=people.stranger)
    trial.ledger.settle(session.end)
    assert trial.chain.now() < session.end
    outcome = trial.ledger.outcomes[0]
    assert trial.call("settlementOf", 0) == (
        outcome.remaining,
        outcome.weight,
        outcome.full_from,
    )
    assert_ends_empty(trial, people)


def test_the_sale_of_em_runs_by_its_published_terms(stage: Stage, people: People) -> None:
    """Two sessions, the first with a limit, the second without; what the first did not allot counts for the second."""
    listing = listing_of(stage, "em-2019-07.toml")
    terms = listing.sale
    trial = stage.open(listing, holdings=holdings_for(people, terms))
    first, second = terms.sessions
    assert terms.cost_up(terms.supply) == 504_000 * 10**6
    token = 10**18
    trial.subscribe_all(
        (buyer, (number + 3) * 1_000_001 * token) for number, buyer in enumerate(people.buyers)
    )
    trial.settle()
    trial.open(1)
    trial.subscribe_all((buyer, 1_234_567 * token) for buyer in people.buyers[:6])
    trial.settle()
    assert trial.call("status") == SUCCEEDED
    for index, session in enumerate((first, second)):
        outcome = trial.ledger.outcomes[index]
        assert session.supply == 16_800_000 * token
        assert trial.call("settlementOf", index) == (
            outcome.remaining,
            outcome.weight,
            outcome.full_from,
        )
    assert_ends_empty(trial, people)
