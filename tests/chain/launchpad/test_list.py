"""`list`: which terms, when, with which tokens; what stands on the chain after it, and where."""

from dataclasses import replace

import pytest
from eth_account.signers.local import LocalAccount
from eth_utils.crypto import keccak

from jumpstart.chain.addresses import clone_creation, parse_clone
from jumpstart.chain.client import Chain, Receipt
from jumpstart.chain.sale import Sale
from jumpstart.errors import ContractRevert
from jumpstart.schedule import Vesting
from jumpstart.terms import Allocation, ListingTerms, Milestone, Statistic, Tier
from tests.chain import figures
from tests.chain.reverts import reverts
from tests.chain.stage import (
    FAILED,
    FUNDED,
    LOCKED,
    SUCCEEDED,
    TRANSFER_FROM_FAILED,
    Stage,
    raw,
)

APPLIED, APPROVED, REJECTED, EXPIRED, WITHDRAWN, LISTED, DELISTED = range(1, 8)


@pytest.fixture
def listing(stage: Stage) -> ListingTerms:
    return stage.listing()


@pytest.fixture
def application(stage: Stage, listing: ListingTerms) -> int:
    """The number of an application that was approved and is not listed."""
    number = stage.next_application
    stage.chain.send_many(stage.approval(listing))
    return number


def listed(stage: Stage, application: int, listing: ListingTerms) -> tuple[Sale, Receipt]:
    return stage.platform.list_sale(application, listing, sender=stage.people.creator)


def locked(stage: Stage, amount: int = 1_000, **changes: object) -> Allocation:
    """An allocation of the project to its treasury, all of it free in a year."""
    start = stage.chain.now()
    usual = {
        "beneficiary": raw(stage.people.treasury),
        "amount": amount,
        "revoker": bytes(20),
        "schedule": Vesting(
            start=start,
            unlock_bps=0,
            cliff_seconds=0,
            duration_seconds=360 * figures.DAY,
            step_seconds=0,
        ),
    }
    return Allocation(**(usual | changes))  # type: ignore[arg-type]


def test_listing_makes_a_funded_sale_and_its_escrow_where_python_says(
    stage: Stage, application: int, listing: ListingTerms, project: LocalAccount
) -> None:
    """One call: the clones stand at their predicted addresses, and the supply has moved."""
    launchpad, token = stage.platform.launchpad, stage.sale_token
    had = token.call("balanceOf", project.address)
    predicted = launchpad.call("predict", application, listing.struct)
    sale, receipt = listed(stage, application, listing)
    assert tuple(predicted) == (sale.address, sale.escrow.address)
    assert launchpad.call("saleOf", application) == sale.address
    assert launchpad.call("escrowOf", sale.address) == sale.escrow.address
    assert launchpad.call("listingBlockOf", application) == receipt.block_number
    assert sale.contract.call("status") == FUNDED
    assert token.call("balanceOf", sale.address) == figures.SUPPLY
    assert token.call("balanceOf", project.address) == had - figures.SUPPLY
    assert sale.escrow.call("sale") == sale.address
    assert sale.contract.call("applicationId") == application
    assert sale.contract.call("termsHash") == listing.terms_hash
    assert launchpad.event(receipt, "Listed").args == {
        "applicationId": application,
        "sale": sale.address,
        "escrow": sale.escrow.address,
        "termsHash": listing.terms_hash,
        "terms": listing.abi_encoding,
    }


def test_the_sales_code_ends_with_exactly_the_packed_terms(
    stage: Stage, application: int, listing: ListingTerms
) -> None:
    """Nothing of a sale is left to a later call: everything immutable is in its code."""
    sale, _ = listed(stage, application, listing)
    implementation = stage.platform.sale_implementation.address
    assert parse_clone(stage.chain.code(sale.address)) == (
        implementation,
        listing.packed(application),
    )
    assert parse_clone(stage.chain.code(sale.escrow.address)) == (
        stage.platform.escrow_implementation.address,
        raw(sale.address),
    )


def test_a_listed_sale_is_found_again_by_its_address(
    stage: Stage, application: int, listing: ListingTerms
) -> None:
    """The launchpad published all terms, which hash to what the sale is bound to."""
    sale, _ = listed(stage, application, listing)
    assert Sale.at(stage.chain, sale.address).listing == listing


def test_listing_takes_the_supply_of_all_sessions(stage: Stage) -> None:
    """With several sessions, their sum is taken."""
    trial = stage.list(supplies=((7, 0), (11, 0), (13, 0)), minimum=1)
    assert trial.assets == (31, 0)


def test_listing_locks_the_projects_own_allocations(stage: Stage, project: LocalAccount) -> None:
    """In the same call they become grants of the vault, which has their tokens."""
    vault, token = stage.platform.vesting_vault, stage.sale_token
    before = vault.call("grantCount")
    had, held = (token.call("balanceOf", each.address) for each in (project, vault))
    allocations = (locked(stage, 1_000), locked(stage, 234, revoker=raw(project)))
    trial = stage.list(allocations=allocations)
    assert vault.call("grantCount") == before + 2
    assert token.call("balanceOf", vault.address) == held + 1_234
    assert token.call("balanceOf", project.address) == had - figures.SUPPLY - 1_234
    for number, allocation in enumerate(allocations, before + 1):
        schedule = tuple(vars(allocation.schedule).values())
        plan = (trial.terms.deal.sale_token, allocation.revoker, schedule)
        grant = vault.call("idOf", (plan, allocation.amount, number))
        assert raw(vault.call("beneficiaryOf", grant)) == allocation.beneficiary


def test_anybody_lists_and_the_applicant_pays(
    stage: Stage, application: int, listing: ListingTerms, bystander: LocalAccount
) -> None:
    """Who presents the terms needs no role, no token and no allowance."""
    sale, _ = stage.platform.list_sale(application, listing, sender=bystander)
    assert stage.sale_token.call("balanceOf", sale.address) == figures.SUPPLY


def test_listing_is_refused_when_the_terms_differ_by_one(
    stage: Stage, application: int, listing: ListingTerms
) -> None:
    """Each section counts: one base unit, one second, one basis point or one bit is another hash."""
    sale, escrow = listing.sale, listing.escrow
    first, second, *rest = escrow.milestones
    others = (
        replace(listing, sale=replace(sale, settle_deadline=sale.settle_deadline + 1)),
        replace(listing, sale=replace(sale, deal=replace(sale.deal, price=sale.deal.price + 1))),
        replace(listing, escrow=replace(escrow, exit_seconds=escrow.exit_seconds + 1)),
        replace(
            listing,
            escrow=replace(
                escrow,
                milestones=(
                    replace(first, description_hash=keccak(first.description_hash)),
                    second,
                    *rest,
                ),
            ),
        ),
        replace(listing, allocations=(locked(stage),)),
    )
    for other in others:
        assert other.abi_encoding != listing.abi_encoding
        with reverts("ProjectReview_TermsDiffer", other.terms_hash, listing.terms_hash):
            stage.platform.launchpad.call(
                "list", application, other.struct, sender=stage.people.creator
            )
    listed(stage, application, listing)


def test_listing_again_is_refused(stage: Stage, application: int, listing: ListingTerms) -> None:
    """One approval is one sale."""
    listed(stage, application, listing)
    with reverts("ProjectReview_WrongStatus", application, LISTED, APPROVED):
        listed(stage, application, listing)


def test_listing_is_refused_given_an_application_that_is_not_decided(stage: Stage) -> None:
    """Terms that nobody approved cannot be listed."""
    listing, application = stage.listing(), stage.next_application
    stage.chain.send_many(stage.approval(listing)[:-1])
    with reverts("ProjectReview_WrongStatus", application, APPLIED, APPROVED):
        listed(stage, application, listing)


def test_listing_is_refused_given_a_withdrawn_approval(
    stage: Stage, application: int, listing: ListingTerms, project: LocalAccount
) -> None:
    """The applicant took it back."""
    stage.platform.review.send("withdraw", application, sender=project)
    with reverts("ProjectReview_WrongStatus", application, WITHDRAWN, APPROVED):
        listed(stage, application, listing)


def test_listing_is_refused_given_a_delisted_project(stage: Stage) -> None:
    """What was delisted does not come back."""
    listed_sale = stage.list(is_drawn=False)
    stage.delist(listed_sale)
    application = listed_sale.sale.application
    with reverts("ProjectReview_WrongStatus", application, DELISTED, APPROVED):
        stage.platform.launchpad.call(
            "list", application, listed_sale.sale.listing.struct, sender=stage.people.creator
        )


@pytest.mark.parametrize("late", [0, 1])
def test_listing_is_refused_when_the_approval_has_expired(
    stage: Stage, chain: Chain, late: int
) -> None:
    """An approval holds for a while only; the second before is early enough."""
    listing = stage.listing().moved(10 * figures.DAY)
    application = stage.next_application
    chain.send_many(stage.approval(listing))
    expiry = stage.platform.review.call("expiryOf", application)
    chain.advance_to(expiry + late)
    with reverts("ProjectReview_WrongStatus", application, EXPIRED, APPROVED):
        listed(stage, application, listing)


def test_listing_succeeds_a_second_before_the_approval_expires(stage: Stage, chain: Chain) -> None:
    """The last moment."""
    listing = stage.listing().moved(10 * figures.DAY)
    application = stage.next_application
    chain.send_many(stage.approval(listing))
    chain.advance_to(stage.platform.review.call("expiryOf", application) - 1)
    listed(stage, application, listing)


def test_listing_succeeds_a_second_before_the_draw(
    stage: Stage, chain: Chain, application: int, listing: ListingTerms
) -> None:
    """The last moment in which nobody knows the randomness."""
    chain.advance_to(listing.holdings.draw_time - 1)
    listed(stage, application, listing)


def test_listing_is_refused_from_the_draw_on(
    stage: Stage, chain: Chain, application: int, listing: ListingTerms
) -> None:
    """Whoever knows which balances count could have chosen the terms by them."""
    draw = listing.holdings.draw_time
    chain.advance_to(draw)
    with reverts("Launchpad_TooLate", draw, draw):
        listed(stage, application, listing)


def test_listing_is_refused_given_terms_that_break_a_rule(stage: Stage) -> None:
    """Even when the reviewers approved them."""
    listing = stage.listing(level=0)
    application = stage.next_application
    stage.chain.send_many(stage.approval(listing))
    with reverts("TermsRules_Invalid", b"level".ljust(32, b"\0"), 0, 1):
        stage.platform.launchpad.call(
            "list", application, listing.struct, sender=stage.people.creator
        )


def test_listing_is_refused_given_an_allowance_one_short(
    stage: Stage, application: int, listing: ListingTerms, project: LocalAccount
) -> None:
    """Supply and allocations move in this call, or there is no sale."""
    token, launchpad = stage.sale_token, stage.platform.launchpad
    token.send("approve", launchpad.address, figures.SUPPLY - 1, sender=project)
    with reverts(TRANSFER_FROM_FAILED, b""):
        listed(stage, application, listing)
    assert launchpad.call("saleOf", application) == "0x" + "00" * 20
    token.send("approve", launchpad.address, figures.SUPPLY, sender=project)
    listed(stage, application, listing)
    assert token.call("allowance", project.address, launchpad.address) == 0


def test_listing_is_refused_given_a_token_that_takes_a_fee(
    stage: Stage, project: LocalAccount
) -> None:
    """What arrives short of the supply is refused with both figures; without the fee it is not."""
    token = stage.odd_token("FeeToken")
    listing, application = stage.listing(sale_token=raw(token)), stage.next_application
    stage.chain.send_many(stage.approval(listing))
    token.send("setFeeBps", 1, sender=project)
    short = figures.SUPPLY - figures.SUPPLY // 10_000
    with reverts("Launchpad_FundingShort", short, figures.SUPPLY):
        listed(stage, application, listing)
    token.send("setFeeBps", 0, sender=project)
    listed(stage, application, listing)


def test_listing_is_refused_given_a_token_that_returns_false(
    stage: Stage, project: LocalAccount
) -> None:
    """A token that says no without reverting is heard."""
    token = stage.odd_token("FalseReturningToken")
    listing, application = stage.listing(sale_token=raw(token)), stage.next_application
    stage.chain.send_many(stage.approval(listing))
    token.send("setRefusing", True, sender=project)
    with reverts(TRANSFER_FROM_FAILED, b""):
        listed(stage, application, listing)


def test_tokens_donated_before_do_not_count_as_the_supply(
    stage: Stage, application: int, listing: ListingTerms, project: LocalAccount
) -> None:
    """The whole supply is pulled whatever lies at the address already."""
    sale = stage.platform.sale_at(application, listing)
    stage.sale_token.send("transfer", sale.address, 5, sender=project)
    listed(stage, application, listing)
    assert stage.sale_token.call("balanceOf", sale.address) == figures.SUPPLY + 5


def test_a_sale_token_that_calls_back_cannot_list_twice(stage: Stage) -> None:
    """In the middle of the funding the same listing is refused, and the sale is there once."""
    token, people = stage.odd_token("ReentrantToken"), stage.people
    listing, application = stage.listing(sale_token=raw(token)), stage.next_application
    stage.chain.send_many(stage.approval(listing))
    launchpad = stage.platform.launchpad
    count = launchpad.call("saleCount")
    data = launchpad.calldata("list", application, listing.struct)
    token.send("arm", launchpad.address, data, sender=people.stranger)
    listed(stage, application, listing)
    assert (token.call("calls"), token.call("successes")) == (1, 0)
    assert launchpad.call("saleCount") == count + 1


def test_a_clone_that_the_launchpad_did_not_make_never_opens(
    stage: Stage, chain: Chain, publisher: LocalAccount
) -> None:
    """Anyone can copy the code of a sale; it has no supply, and takes no holdings."""
    listing = stage.listing()
    creation = clone_creation(
        stage.platform.sale_implementation.address, listing.packed(stage.next_application)
    )
    receipt = chain.deploy_code(creation, sender=stage.people.stranger)
    assert receipt.contract_address is not None
    fake = chain.contract("SubscriptionSale", receipt.contract_address)
    with reverts("SubscriptionSale_NotListed"):
        fake.send("publishHoldings", stage.tree.root, sender=publisher)


def test_the_largest_sale_there_can_be_is_listed(stage: Stage) -> None:
    """Every list at its longest: eight sessions, two tables of thirty-two tiers, 256 accounts excluded."""
    terms = stage.terms(supplies=((10, 0),) * 8, minimum=1)
    tiers = tuple(Tier(threshold=10 * row, coefficient=row) for row in range(1, 33))
    attesters = tuple(bytes([row]) * 20 for row in range(1, 9))
    milestones = tuple(
        Milestone(
            share_bps=800,
            deadline=terms.settle_deadline + row * figures.DAY,
            description_hash=keccak(bytes([row])),
        )
        for row in range(12)
    )
    listing = stage.listing(
        replace(terms, tiers=tiers, attesters=attesters),
        initial_bps=400,
        milestones=milestones,
        allocations=tuple(locked(stage, row) for row in range(1, 17)),
        statistic=Statistic.BETTER_OF.number,
        minimum_tiers=tiers,
        excluded=tuple(row.to_bytes(20) for row in range(1, 257)),
    )
    trial = stage.list(listing)
    assert Sale.at(stage.chain, trial.address).listing == listing
    assert stage.platform.terms_rules.call("termsOf", trial.address) is not None


@pytest.mark.parametrize(
    ("function", "args", "required"),
    [
        ("publishHoldings", (b"\1" * 32,), FUNDED),
        ("abandon", (), FUNDED),
        ("settle", (), FUNDED),
        ("refund", (), FAILED),
        ("collectProceeds", (), SUCCEEDED),
        ("collectFee", (), SUCCEEDED),
        ("collectUnsold", (), SUCCEEDED),
        ("sweep", ([],), SUCCEEDED),
    ],
)
def test_the_implementation_behind_the_sales_is_locked(
    stage: Stage, bystander: LocalAccount, function: str, args: tuple[object, ...], required: int
) -> None:
    """It is no sale itself: what would change it is refused."""
    implementation = stage.platform.sale_implementation
    with reverts("SubscriptionSale_WrongStatus", LOCKED, required):
        implementation.call(function, *args, sender=bystander)


@pytest.mark.parametrize(("function", "args"), [("subscribe", (1, 0, [])), ("claim", ())])
def test_the_implementation_takes_and_pays_nothing(
    stage: Stage, bystander: LocalAccount, function: str, args: tuple[object, ...]
) -> None:
    """What would read terms from its own code ends in a refusal, never in a change."""
    with pytest.raises(ContractRevert):
        stage.platform.sale_implementation.call(function, *args, sender=bystander, gas=2_000_000)
