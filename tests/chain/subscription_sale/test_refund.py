"""`refund`, `refundFor`, `refundTo`: everything back, exactly, when the sale failed."""

import pytest
from eth_account.signers.local import LocalAccount

from jumpstart.authorisations import Purpose
from jumpstart.chain.client import Chain
from jumpstart.chain.sale import NATIVE
from tests.chain import figures
from tests.chain.reverts import reverts
from tests.chain.stage import (
    COIN_TRANSFER_FAILED,
    FAILED,
    FUNDED,
    REFUNDED,
    SUCCEEDED,
    TRANSFER_FAILED,
    People,
    Stage,
    Trial,
    account,
    raw,
)

DEPOSIT = 66_667  # of the buyer: 100,000 tokens, rounded up


@pytest.fixture
def cold() -> LocalAccount:
    """Another address of the buyer's, which nobody has heard of."""
    return account("cold")


def test_the_whole_deposit_comes_back(failed_sale: Trial, buyer: LocalAccount) -> None:
    """To the unit, announced, and once."""
    had = failed_sale.paid(buyer)
    assert failed_sale.call("claimableOf", buyer.address) == (0, DEPOSIT)
    assert failed_sale.call("refund", sender=buyer) == DEPOSIT
    receipt = failed_sale.send("refund", sender=buyer)
    assert failed_sale.paid(buyer) == had + DEPOSIT
    events = failed_sale.contract.events(receipt)
    assert [(event.name, dict(event.args)) for event in events] == [
        ("Refunded", {"account": buyer.address, "refund": DEPOSIT})
    ]
    assert failed_sale.call("positionOf", buyer.address) == (100_000, 0, 3, 2, 0, REFUNDED)
    assert failed_sale.call("allotmentOf", buyer.address) == 0
    assert failed_sale.call("depositOf", buyer.address) == 0
    assert failed_sale.call("claimableOf", buyer.address) == (0, 0)
    with reverts("SubscriptionSale_NothingToClaim", buyer):
        failed_sale.call("refund", sender=buyer)


def test_everybody_is_refunded_given_a_sale_that_nobody_settled(
    expired_sale: Trial, people: People
) -> None:
    """From the deadline on, without anybody's permission; the payment left is zero."""
    buyers = people.buyers[:5]
    had = [expired_sale.paid(buyer) for buyer in buyers]
    for buyer in buyers:
        expired_sale.send("refund", sender=buyer)
    costs = [expired_sale.terms.cost_up(amount) for amount in figures.SUBSCRIPTIONS]
    assert [expired_sale.paid(buyer) for buyer in buyers] == [
        before + cost for before, cost in zip(had, costs, strict=True)
    ]
    assert expired_sale.assets == (figures.SUPPLY, 0)


def test_refunds_begin_at_the_deadline_and_not_a_second_before(
    oversubscribed_sale: Trial, chain: Chain, buyer: LocalAccount
) -> None:
    """Until then somebody can still settle."""
    deadline = oversubscribed_sale.terms.settle_deadline
    chain.mine_at(deadline - 1)
    with reverts("SubscriptionSale_WrongStatus", FUNDED, FAILED):
        oversubscribed_sale.call("refund", sender=buyer)
    assert oversubscribed_sale.call("claimableOf", buyer.address) == (0, 0)
    oversubscribed_sale.send("refund", sender=buyer)
    assert chain.now() == deadline


def test_refunds_have_no_end(failed_sale: Trial, chain: Chain, buyer: LocalAccount) -> None:
    """Fifty years later the deposit is still there, with everything else gone."""
    failed_sale.collect()
    chain.mine_at(chain.now() + 50 * 365 * figures.DAY)
    had = failed_sale.paid(buyer)
    failed_sale.send("refund", sender=buyer)
    assert failed_sale.paid(buyer) == had + DEPOSIT


def test_a_deposit_of_two_sessions_comes_back_whole(stage: Stage, people: People) -> None:
    """What a session had allotted is refunded too, when the last one misses the soft cap or was never settled."""
    for is_settled in (True, False):
        trial = stage.open(supplies=((200, 0), (1000, 0)), soft_cap=800)
        first, other = people.buyers[0], people.buyers[5]
        had = trial.paid(first), trial.paid(other)
        trial.subscribe_all([(first, 400), (other, 400)])
        trial.settle()
        trial.open(1)
        trial.subscribe(first, 500)
        if is_settled:
            trial.settle()
        else:
            trial.chain.mine_at(trial.terms.settle_deadline)
        assert trial.call("status") == FAILED
        trial.send("refund", sender=first)
        trial.send("refundFor", other.address, sender=people.stranger)
        assert (trial.paid(first), trial.paid(other)) == had
        assert trial.assets[1] == 0


def test_refunds_are_refused_given_a_sale_that_did_not_fail(
    settled_sale: Trial, listed_sale: Trial, stage: Stage, buyer: LocalAccount
) -> None:
    """Neither after a success, nor while it runs, nor before it began."""
    running = stage.open()
    for trial, status in ((settled_sale, SUCCEEDED), (running, FUNDED), (listed_sale, FUNDED)):
        with reverts("SubscriptionSale_WrongStatus", status, FAILED):
            trial.call("refund", sender=buyer)
        with reverts("SubscriptionSale_WrongStatus", status, FAILED):
            trial.call("refundFor", buyer.address, sender=stage.people.stranger)
        with reverts("SubscriptionSale_WrongStatus", status, FAILED):
            args = (buyer.address, stage.people.treasury.address, 0, b"")
            trial.call("refundTo", *args, sender=buyer)


def test_a_refund_is_refused_given_no_subscription(
    failed_sale: Trial, bystander: LocalAccount
) -> None:
    """Who paid nothing gets nothing."""
    with reverts("SubscriptionSale_NothingSubscribed", bystander):
        failed_sale.call("refund", sender=bystander)


def test_a_refunded_account_cannot_subscribe_again(stage: Stage, people: People) -> None:
    """A sale whose last session was settled early and failed is over, though its window still runs."""
    buyer, other = people.buyers[0], people.buyers[4]
    trial = stage.open(supplies=((300, 600), (300, 600)), soft_cap=400)
    trial.subscribe(buyer, 20)
    trial.settle()
    trial.open(1)
    trial.subscribe(other, 600)
    trial.send("settle", sender=other)
    assert trial.call("status") == FAILED
    trial.send("refund", sender=buyer)
    with reverts("SubscriptionSale_LimitReached", 20, 600):
        trial.call("subscribe", 20, 0, [], sender=buyer)
    with reverts("SubscriptionSale_LimitReached", 20, 600):
        trial.call("subscribe", 20, *trial.proof_of(people.buyers[1]), sender=people.buyers[1])


# ---------------------------------------------------------------------------------------- for somebody else


def test_a_stranger_asks_and_the_account_is_refunded(
    failed_sale: Trial, buyer: LocalAccount, bystander: LocalAccount
) -> None:
    """Nothing goes to who called, and nothing is left for a second call."""
    had = failed_sale.paid(buyer), failed_sale.paid(bystander)
    assert failed_sale.call("refundFor", buyer.address, sender=bystander) == DEPOSIT
    receipt = failed_sale.send("refundFor", buyer.address, sender=bystander)
    assert (failed_sale.paid(buyer), failed_sale.paid(bystander)) == (had[0] + DEPOSIT, had[1])
    assert not failed_sale.contract.events(receipt, "Redirected")
    with reverts("SubscriptionSale_NothingToClaim", buyer):
        failed_sale.call("refundFor", buyer.address, sender=bystander)


def test_a_receiver_that_takes_no_coin_blocks_only_itself(stage: Stage, people: People) -> None:
    """The others are refunded; it names another address."""
    trial = stage.open(payment_token=NATIVE, soft_cap=200_000)
    trial.subscribe_all([(stage.rejecting, 30_000), (people.buyers[4], 30_000)])
    trial.settle()
    with reverts(COIN_TRANSFER_FAILED, b""):
        trial.send("refundFor", stage.rejecting.address, sender=people.stranger)
    trial.send("refundFor", people.buyers[4].address, sender=people.stranger)
    assert trial.assets[1] == 20_000
    to = account("cold").address
    stage.execute(stage.rejecting, trial.contract, "refundTo", stage.rejecting.address, to, 0, b"")
    assert trial.chain.balance(to) == 20_000
    assert trial.assets[1] == 0


def test_a_blocked_address_blocks_only_itself(stage: Stage, people: People) -> None:
    """The others are refunded, and it is when the token lets it."""
    token = stage.odd_token("BlockingToken", paying=True)
    trial = stage.open(payment_token=raw(token), soft_cap=200_000)
    blocked, other = people.buyers[2], people.buyers[4]
    trial.subscribe_all([(blocked, 30_000), (other, 30_000)])
    trial.settle()
    token.send("setBlocked", blocked.address, True, sender=other)
    with reverts(TRANSFER_FAILED, b""):
        trial.send("refundFor", blocked.address, sender=other)
    trial.send("refundFor", other.address, sender=other)
    token.send("setBlocked", blocked.address, False, sender=other)
    trial.send("refundFor", blocked.address, sender=other)
    assert trial.assets[1] == 0


# ---------------------------------------------------------------------------------------- to another address


def test_the_account_itself_names_another_address(
    failed_sale: Trial, buyer: LocalAccount, cold: LocalAccount
) -> None:
    """Without a signature; the note follows the refund."""
    args = (buyer.address, cold.address, 0, b"")
    assert failed_sale.call("refundTo", *args, sender=buyer) == DEPOSIT
    receipt = failed_sale.send("refundTo", *args, sender=buyer)
    assert failed_sale.paid(cold) == DEPOSIT
    events = failed_sale.contract.events(receipt)
    assert [(event.name, dict(event.args)) for event in events] == [
        ("Refunded", {"account": buyer.address, "refund": DEPOSIT}),
        ("Redirected", {"account": buyer.address, "to": cold.address}),
    ]


def test_a_signature_lets_anybody_bring_the_word(
    failed_sale: Trial,
    chain: Chain,
    buyer: LocalAccount,
    cold: LocalAccount,
    bystander: LocalAccount,
) -> None:
    """Once: its replay finds another nonce."""
    deadline = chain.now() + 3600
    word = failed_sale.word(Purpose.REFUND, buyer, cold, deadline=deadline)
    args = (buyer.address, cold.address, deadline, word)
    failed_sale.send("refundTo", *args, sender=bystander)
    assert failed_sale.paid(cold) == DEPOSIT
    with reverts("SubscriptionSale_SignatureInvalid", buyer):
        failed_sale.call("refundTo", *args, sender=bystander)


def test_a_word_for_a_claim_is_none_for_a_refund(
    failed_sale: Trial,
    chain: Chain,
    buyer: LocalAccount,
    cold: LocalAccount,
    bystander: LocalAccount,
) -> None:
    """The two are different messages."""
    deadline = chain.now() + 3600
    word = failed_sale.word(Purpose.CLAIM, buyer, cold, deadline=deadline)
    with reverts("SubscriptionSale_SignatureInvalid", buyer):
        failed_sale.call("refundTo", buyer.address, cold.address, deadline, word, sender=bystander)


def test_the_word_has_a_deadline_and_a_recipient_that_can_be_paid(
    failed_sale: Trial,
    chain: Chain,
    buyer: LocalAccount,
    cold: LocalAccount,
    bystander: LocalAccount,
) -> None:
    """At its deadline it has expired; the sale itself and the zero address are no recipients."""
    deadline = chain.now() + 3600
    word = failed_sale.word(Purpose.REFUND, buyer, cold, deadline=deadline)
    args = (buyer.address, cold.address, deadline, word)
    chain.mine_at(deadline - 1)
    assert failed_sale.call("refundTo", *args, sender=bystander) == DEPOSIT
    chain.mine_at(deadline)
    with reverts("SubscriptionSale_SignatureExpired", deadline, deadline):
        failed_sale.call("refundTo", *args, sender=bystander)
    for to in (failed_sale.address, "0x" + 40 * "0"):
        with reverts("SubscriptionSale_RecipientInvalid", to):
            failed_sale.call("refundTo", buyer.address, to, 0, b"", sender=buyer)


def test_a_wallets_own_answer_counts(
    stage: Stage, people: People, chain: Chain, cold: LocalAccount
) -> None:
    """ERC-1271, as for a claim."""
    trial = stage.open(soft_cap=200_000)
    trial.subscribe(stage.wallet, 30_000)
    trial.settle()
    deadline = chain.now() + 3600
    word = trial.word(Purpose.REFUND, stage.wallet, cold, by=people.wallet_owner, deadline=deadline)
    args = (stage.wallet.address, cold.address, deadline)
    with reverts("SubscriptionSale_SignatureInvalid", stage.wallet):
        trial.call("refundTo", *args, b"", sender=people.stranger)
    trial.send("refundTo", *args, word, sender=people.stranger)
    assert trial.paid(cold) == 20_000
