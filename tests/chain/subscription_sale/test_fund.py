"""`fund`: who may, when, with which tokens; and the lock on the implementation."""

import pytest
from eth_account.signers.local import LocalAccount

from jumpstart.chain.client import Chain
from jumpstart.chain.sale import UNLIMITED, sale_creation_code
from jumpstart.errors import ContractRevert
from tests.chain import figures
from tests.chain.reverts import reverts
from tests.chain.stage import FAILED, FUNDED, TRANSFER_FROM_FAILED, UNFUNDED, Stage, Trial, raw


def test_funding_takes_exactly_the_supply_and_is_announced(
    created_sale: Trial, project: LocalAccount
) -> None:
    """The whole supply moves from the caller to the sale, which says so and is open to buyers."""
    had = created_sale.sold(project)
    assert created_sale.call("status") == UNFUNDED
    receipt = created_sale.send("fund", sender=project)
    assert created_sale.call("status") == FUNDED
    assert created_sale.assets == (figures.SUPPLY, 0)
    assert created_sale.sold(project) == had - figures.SUPPLY
    assert created_sale.event(receipt, "Funded").args == {
        "funder": project.address,
        "termsHash": created_sale.terms.terms_hash,
        "supply": figures.SUPPLY,
    }


def test_funding_takes_the_supply_of_all_sessions(stage: Stage, project: LocalAccount) -> None:
    """With several sessions, their sum is taken."""
    trial = stage.create(stage.terms(supplies=((7, 0), (11, 0), (13, 0))))
    trial.send("fund", sender=project)
    assert trial.assets == (31, 0)


def test_anybody_who_has_the_tokens_funds(created_sale: Trial, stage: Stage) -> None:
    """The funder needs no role."""
    people = stage.people
    stage.sale_token.send(
        "transfer", people.stranger.address, figures.SUPPLY, sender=people.project
    )
    stage.sale_token.send("approve", created_sale.address, figures.SUPPLY, sender=people.stranger)
    created_sale.send("fund", sender=people.stranger)
    assert created_sale.assets == (figures.SUPPLY, 0)


def test_funding_is_refused_without_an_allowance(
    created_sale: Trial, bystander: LocalAccount
) -> None:
    """Who has not approved the supply cannot fund."""
    with reverts(TRANSFER_FROM_FAILED, b""):
        created_sale.send("fund", sender=bystander)


def test_funding_is_refused_given_an_allowance_one_short(
    created_sale: Trial, stage: Stage, project: LocalAccount
) -> None:
    """One token less than the supply is not enough."""
    token = stage.sale_token
    token.send("approve", created_sale.address, figures.SUPPLY - 1, sender=project)
    with reverts(TRANSFER_FROM_FAILED, b""):
        created_sale.send("fund", sender=project)
    token.send("approve", created_sale.address, figures.SUPPLY, sender=project)
    created_sale.send("fund", sender=project)


def test_funding_succeeds_a_second_before_the_first_session(
    created_sale: Trial, chain: Chain, project: LocalAccount
) -> None:
    """The last moment is the one before the window opens."""
    chain.advance_to(created_sale.terms.sessions[0].start - 1)
    created_sale.send("fund", sender=project)
    assert created_sale.call("status") == FUNDED


@pytest.mark.parametrize("late", [0, 1])
def test_funding_is_refused_from_the_first_session_on(
    created_sale: Trial, chain: Chain, project: LocalAccount, late: int
) -> None:
    """Once the window is open nobody can make the sale begin."""
    start = created_sale.terms.sessions[0].start
    chain.advance_to(start + late)
    with reverts("SubscriptionSale_AlreadyStarted", start + late, start):
        created_sale.send("fund", sender=project)


def test_funding_again_is_refused(funded_sale: Trial, project: LocalAccount) -> None:
    """A sale takes its tokens once."""
    with reverts("SubscriptionSale_WrongStatus", FUNDED, UNFUNDED):
        funded_sale.call("fund", sender=project)


def test_funding_is_refused_given_a_settled_sale(failed_sale: Trial, project: LocalAccount) -> None:
    """A sale that is over cannot begin again."""
    with reverts("SubscriptionSale_WrongStatus", FAILED, UNFUNDED):
        failed_sale.call("fund", sender=project)


def test_funding_is_refused_given_terms_that_break_a_rule(
    stage: Stage, project: LocalAccount
) -> None:
    """`fund` asks the rules: a sale of broken terms never begins."""
    trial = stage.create(stage.terms(level=0))
    with reverts("TermsRules_Invalid", b"level".ljust(32, b"\0"), 0, 1):
        trial.call("fund", sender=project)


def test_funding_is_refused_given_a_sale_that_would_pay_itself(
    stage: Stage, project: LocalAccount
) -> None:
    """The rules hear which sale asks: a receiver may not be the sale."""
    own = raw(stage.next_sale)
    trial = stage.create(stage.terms(proceeds_to=own))
    number = int.from_bytes(own)
    with reverts("TermsRules_Invalid", b"proceedsTo".ljust(32, b"\0"), number, number):
        trial.call("fund", sender=project)


def test_funding_is_refused_given_code_that_ends_with_more_than_terms(
    stage: Stage, chain: Chain, project: LocalAccount
) -> None:
    """A clone with one more byte behind its terms is not a sale."""
    terms = stage.terms()
    code = sale_creation_code(stage.platform.implementation.address, terms)
    length = int.from_bytes(code[1:3]) + 1
    code = code[:1] + length.to_bytes(2) + code[3:] + b"\1"
    receipt = chain.deploy_code(code, sender=stage.people.creator)
    assert receipt.contract_address is not None
    odd = chain.contract("SubscriptionSale", receipt.contract_address)
    given = odd.call("termsHash")
    with reverts("TermsRules_NotCanonical", given, terms.terms_hash):
        odd.call("fund", sender=project)


def test_funding_is_refused_given_a_token_that_takes_a_fee(
    stage: Stage, project: LocalAccount
) -> None:
    """What arrives short of the supply is refused with both figures; without the fee it is not."""
    token = stage.odd_token("FeeToken")
    trial = stage.create(stage.terms(sale_token=raw(token)))
    token.send("setFeeBps", 1, sender=project)
    short = figures.SUPPLY - figures.SUPPLY // 10_000
    with reverts("SubscriptionSale_FundingShort", short, figures.SUPPLY):
        trial.call("fund", sender=project)
    token.send("setFeeBps", 0, sender=project)
    trial.send("fund", sender=project)
    assert trial.sold(trial.address) == figures.SUPPLY


def test_funding_is_refused_given_a_token_that_returns_false(
    stage: Stage, project: LocalAccount
) -> None:
    """A token that says no without reverting is heard."""
    token = stage.odd_token("FalseReturningToken")
    trial = stage.create(stage.terms(sale_token=raw(token)))
    token.send("setRefusing", True, sender=project)
    with reverts(TRANSFER_FROM_FAILED, b""):
        trial.call("fund", sender=project)


def test_tokens_donated_before_do_not_count_as_funding(
    created_sale: Trial, stage: Stage, project: LocalAccount
) -> None:
    """The whole supply is pulled whatever lies there already."""
    stage.sale_token.send("transfer", created_sale.address, 5, sender=project)
    created_sale.send("fund", sender=project)
    assert created_sale.assets == (figures.SUPPLY + 5, 0)


def test_the_implementation_is_locked(stage: Stage, project: LocalAccount) -> None:
    """It has no terms of its own and never holds tokens."""
    implementation = stage.platform.implementation
    stage.sale_token.send("approve", implementation.address, UNLIMITED, sender=project)
    with reverts("SubscriptionSale_ImplementationLocked"):
        implementation.call("fund", sender=project)


@pytest.mark.parametrize(
    ("function", "args"),
    [
        ("publishHoldings", (b"\1" * 32,)),
        ("subscribe", (1, 0, [])),
        ("settle", ()),
        ("claim", ()),
        ("refund", ()),
        ("collectProceeds", ()),
        ("collectFee", ()),
        ("collectUnsold", ()),
        ("sweep", ([],)),
    ],
)
def test_the_implementation_refuses_everything_else_too(
    stage: Stage, bystander: LocalAccount, function: str, args: tuple[object, ...]
) -> None:
    """What would read terms from its own code ends in a refusal, never in a change."""
    with pytest.raises(ContractRevert):
        stage.platform.implementation.call(function, *args, sender=bystander, gas=2_000_000)
