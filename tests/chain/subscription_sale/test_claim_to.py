"""`claimTo`: on the account's word alone, in every way in which a word can be false.

`refundTo` shares the check: its own tests say that it is there, and that neither word stands for the other.
"""

from collections.abc import Callable
from typing import Any

import pytest
from eth_account.signers.local import LocalAccount

from jumpstart.authorisations import Purpose
from jumpstart.chain.client import Chain
from tests.chain import figures
from tests.chain.reverts import reverts
from tests.chain.stage import FUNDED, SUCCEEDED, People, Stage, Trial, account, raw

ALLOTTED = 69_443
REFUND = 66_667 - 46_296
CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
ZERO_ADDRESS = "0x" + 40 * "0"

(OWNER, INVALID, REVERTING, NOTHING, SHORT, GARBAGE, BURNING) = range(7)  # answers of the wallet


@pytest.fixture
def cold() -> LocalAccount:
    """Another address of the buyer's, which nobody has heard of."""
    return account("cold")


@pytest.fixture
def deadline(chain: Chain) -> int:
    """An hour from now, when the test begins."""
    return chain.now() + 3600


def test_the_account_itself_needs_no_signature(
    vested_sale: Trial, buyer: LocalAccount, cold: LocalAccount
) -> None:
    """Its own call is its word; deadline and signature are not looked at."""
    had = vested_sale.paid(buyer), vested_sale.sold(buyer)
    args = (buyer.address, cold.address, 0, b"")
    assert vested_sale.call("claimTo", *args, sender=buyer) == (ALLOTTED, REFUND)
    receipt = vested_sale.send("claimTo", *args, sender=buyer)
    assert (vested_sale.paid(cold), vested_sale.sold(cold)) == (REFUND, ALLOTTED)
    assert (vested_sale.paid(buyer), vested_sale.sold(buyer)) == had
    events = vested_sale.contract.events(receipt)
    assert [(event.name, dict(event.args)) for event in events] == [
        ("Claimed", {"account": buyer.address, "tokens": ALLOTTED, "refund": REFUND}),
        ("Redirected", {"account": buyer.address, "to": cold.address}),
    ]


def test_a_signature_lets_anybody_bring_the_word(
    settled_sale: Trial,
    chain: Chain,
    buyer: LocalAccount,
    cold: LocalAccount,
    bystander: LocalAccount,
) -> None:
    """The signed address is paid, whoever sends it."""
    deadline = chain.now() + 3600
    word = settled_sale.word(Purpose.CLAIM, buyer, cold, deadline=deadline)
    receipt = settled_sale.send(
        "claimTo", buyer.address, cold.address, deadline, word, sender=bystander
    )
    assert settled_sale.paid(cold) == REFUND
    assert settled_sale.event(receipt, "Redirected").args == {
        "account": buyer.address,
        "to": cold.address,
    }


def test_the_word_of_nobody_is_not_enough(
    settled_sale: Trial,
    buyer: LocalAccount,
    cold: LocalAccount,
    bystander: LocalAccount,
    deadline: int,
) -> None:
    """A stranger without a signature cannot redirect a claim, with no matter which bytes."""
    for junk in (b"", b"\0" * 64, b"\0" * 65, b"\1" * 65, b"\xff" * 65, b"\0" * 66):
        with reverts("SubscriptionSale_SignatureInvalid", buyer):
            settled_sale.call(
                "claimTo", buyer.address, cold.address, deadline, junk, sender=bystander
            )


@pytest.mark.parametrize(
    "flaw",
    [
        "signed by somebody else",
        "to somebody else",
        "for somebody else",
        "with another nonce",
        "with another deadline",
        "for another sale",
        "for another chain",
        "for a refund",
    ],
)
def test_a_signature_under_anything_else_is_refused(
    settled_sale: Trial,
    chain: Chain,
    buyer: LocalAccount,
    rival: LocalAccount,
    cold: LocalAccount,
    bystander: LocalAccount,
    deadline: int,
    flaw: str,
) -> None:
    """One field of the message or of its domain differs; the right one, beside it, is accepted."""
    nonce = settled_sale.call("nonceOf", buyer.address)
    changes: dict[str, dict[str, Any]] = {
        "signed by somebody else": {"by": rival},
        "with another nonce": {"nonce": nonce + 1},
        "with another deadline": {"deadline": deadline + 1},
        "for another sale": {"sale": raw(rival)},
        "for another chain": {"chain_id": chain.chain_id + 1},
    }
    purpose = Purpose.REFUND if flaw == "for a refund" else Purpose.CLAIM
    to = rival if flaw == "to somebody else" else cold
    usual = {"deadline": deadline} | changes.get(flaw, {})
    if flaw == "for somebody else":
        usual |= {"account": raw(rival), "by": buyer}
    word = settled_sale.word(purpose, buyer, to, **usual)
    args = (buyer.address, cold.address, deadline)
    with reverts("SubscriptionSale_SignatureInvalid", buyer):
        settled_sale.call("claimTo", *args, word, sender=bystander)
    right = settled_sale.word(Purpose.CLAIM, buyer, cold, deadline=deadline)
    assert settled_sale.call("claimTo", *args, right, sender=bystander) == (0, REFUND)


def malleable(signature: bytes) -> bytes:
    """The other signature that the curve admits for the same message."""
    r, s, v = signature[:32], int.from_bytes(signature[32:64]), signature[64]
    return r + (CURVE_ORDER - s).to_bytes(32) + bytes([55 - v])


def compact(signature: bytes) -> bytes:
    """The 64 bytes of ERC-2098."""
    s = int.from_bytes(signature[32:64]) | (signature[64] - 27) << 255
    return signature[:32] + s.to_bytes(32)


@pytest.mark.parametrize(
    "form",
    [
        malleable,
        compact,
        lambda word: word + b"\0",
        lambda word: word[:64] + b"\0",
        lambda word: word[:64],
    ],
    ids=["high s", "64 bytes", "66 bytes", "v of 0", "no v"],
)
def test_another_form_of_the_signature_is_refused(
    settled_sale: Trial,
    buyer: LocalAccount,
    cold: LocalAccount,
    bystander: LocalAccount,
    deadline: int,
    form: Callable[[bytes], bytes],
) -> None:
    """There is one signature: 65 bytes, the lower s."""
    word = settled_sale.word(Purpose.CLAIM, buyer, cold, deadline=deadline)
    args = (buyer.address, cold.address, deadline)
    with reverts("SubscriptionSale_SignatureInvalid", buyer):
        settled_sale.call("claimTo", *args, form(word), sender=bystander)
    assert settled_sale.call("claimTo", *args, word, sender=bystander) == (0, REFUND)


def test_a_signature_is_good_until_the_second_before_its_deadline(
    settled_sale: Trial,
    chain: Chain,
    buyer: LocalAccount,
    cold: LocalAccount,
    bystander: LocalAccount,
    deadline: int,
) -> None:
    """At the deadline it has expired, whether it is right or wrong."""
    word = settled_sale.word(Purpose.CLAIM, buyer, cold, deadline=deadline)
    args = (buyer.address, cold.address, deadline)
    chain.mine_at(deadline - 1)
    assert settled_sale.call("claimTo", *args, word, sender=bystander) == (0, REFUND)
    for late in (0, 1):
        chain.mine_at(deadline + late)
        for signature in (word, b""):
            with reverts("SubscriptionSale_SignatureExpired", deadline + late, deadline):
                settled_sale.call("claimTo", *args, signature, sender=bystander)


def test_a_word_is_good_for_one_payout(
    settled_sale: Trial,
    chain: Chain,
    buyer: LocalAccount,
    cold: LocalAccount,
    bystander: LocalAccount,
) -> None:
    """Its replay is refused when more has vested, with months left before its deadline."""
    deadline = settled_sale.terms.vesting.start + 2 * figures.VESTING_DURATION
    word = settled_sale.word(Purpose.CLAIM, buyer, cold, deadline=deadline)
    args = (buyer.address, cold.address, deadline, word)
    settled_sale.send("claimTo", *args, sender=bystander)
    chain.mine_at(settled_sale.terms.vesting.start)
    assert settled_sale.call("claimableOf", buyer.address)[0] > 0
    with reverts("SubscriptionSale_SignatureInvalid", buyer):
        settled_sale.call("claimTo", *args, sender=bystander)


def test_any_claim_voids_a_word(
    settled_sale: Trial,
    chain: Chain,
    buyer: LocalAccount,
    cold: LocalAccount,
    bystander: LocalAccount,
) -> None:
    """The account's own claim, or one that somebody made for it."""
    settled_sale.chain.mine_at(settled_sale.terms.vesting.start)
    deadline = settled_sale.terms.vesting.start + 2 * figures.VESTING_DURATION
    word = settled_sale.word(Purpose.CLAIM, buyer, cold, deadline=deadline)
    args = (buyer.address, cold.address, deadline, word)
    for function, arguments, caller in (
        ("claim", (), buyer),
        ("claimFor", (buyer.address,), bystander),
    ):
        snapshot = chain.snapshot()
        settled_sale.send(function, *arguments, sender=caller)
        settled_sale.vest()
        assert settled_sale.call("claimableOf", buyer.address)[0] > 0
        with reverts("SubscriptionSale_SignatureInvalid", buyer):
            settled_sale.call("claimTo", *args, sender=bystander)
        chain.revert(snapshot)
    assert settled_sale.call("claimTo", *args, sender=bystander)[1] == REFUND


def test_a_word_given_before_a_subscription_is_void_after_it(
    open_sale: Trial, buyer: LocalAccount, cold: LocalAccount, bystander: LocalAccount
) -> None:
    """Any change of the position is another nonce."""
    open_sale.subscribe(buyer, 900)
    deadline = open_sale.terms.settle_deadline
    word = open_sale.word(Purpose.CLAIM, buyer, cold, deadline=deadline)
    open_sale.subscribe(buyer, 1)
    open_sale.settle()
    with reverts("SubscriptionSale_SignatureInvalid", buyer):
        open_sale.call("claimTo", buyer.address, cold.address, deadline, word, sender=bystander)


@pytest.mark.parametrize("by", ["the account", "its signature"])
def test_a_recipient_that_would_lose_the_payout_is_refused(
    settled_sale: Trial, buyer: LocalAccount, bystander: LocalAccount, deadline: int, by: str
) -> None:
    """Neither the zero address nor the sale itself, even on the account's own word."""
    for to in (ZERO_ADDRESS, settled_sale.address):
        if by == "the account":
            word, caller = b"", buyer
        else:
            word = settled_sale.word(Purpose.CLAIM, buyer, to, deadline=deadline)
            caller = bystander
        with reverts("SubscriptionSale_RecipientInvalid", to):
            settled_sale.call("claimTo", buyer.address, to, deadline, word, sender=caller)


def test_the_account_may_name_itself(settled_sale: Trial, buyer: LocalAccount) -> None:
    """That is a claim, with a note of it."""
    had = settled_sale.paid(buyer)
    settled_sale.send("claimTo", buyer.address, buyer.address, 0, b"", sender=buyer)
    assert settled_sale.paid(buyer) == had + REFUND


def test_a_word_does_not_make_a_claim(
    settled_sale: Trial,
    oversubscribed_sale: Trial,
    stage: Stage,
    bystander: LocalAccount,
    cold: LocalAccount,
    deadline: int,
) -> None:
    """Who has nothing can sign as it likes."""
    word = settled_sale.word(Purpose.CLAIM, bystander, cold, deadline=deadline)
    with reverts("SubscriptionSale_NothingSubscribed", bystander):
        settled_sale.call(
            "claimTo", bystander.address, cold.address, deadline, word, sender=bystander
        )
    running = stage.open()
    with reverts("SubscriptionSale_WrongStatus", FUNDED, SUCCEEDED):
        running.call("claimTo", bystander.address, cold.address, 0, b"", sender=bystander)


# ---------------------------------------------------------------------------------------- wallets


@pytest.fixture
def wallet_sale(stage: Stage, people: People) -> Trial:
    """It succeeded, and a wallet that is a contract has something to claim."""
    trial = stage.open()
    trial.subscribe_all([(stage.wallet, 300_000), (people.buyers[4], 300_000)])
    trial.settle()
    return trial


def test_a_wallets_own_answer_counts(
    wallet_sale: Trial, stage: Stage, people: People, chain: Chain, cold: LocalAccount
) -> None:
    """ERC-1271: it says yes to its owner's signature."""
    deadline = chain.now() + 3600
    owner = people.wallet_owner
    word = wallet_sale.word(Purpose.CLAIM, stage.wallet, cold, by=owner, deadline=deadline)
    refund = wallet_sale.call("claimableOf", stage.wallet.address)[1]
    wallet_sale.send(
        "claimTo", stage.wallet.address, cold.address, deadline, word, sender=people.stranger
    )
    assert wallet_sale.paid(cold) == refund > 0


def test_a_wallet_that_says_no_is_heard(
    wallet_sale: Trial, stage: Stage, people: People, deadline: int, cold: LocalAccount
) -> None:
    """A signature of somebody else is not the owner's."""
    word = wallet_sale.word(
        Purpose.CLAIM, stage.wallet, cold, by=people.stranger, deadline=deadline
    )
    args = (stage.wallet.address, cold.address, deadline, word)
    with reverts("SubscriptionSale_SignatureInvalid", stage.wallet):
        wallet_sale.call("claimTo", *args, sender=people.stranger)


@pytest.mark.parametrize(
    "answer",
    [INVALID, REVERTING, NOTHING, SHORT, GARBAGE, BURNING],
    ids=["invalid", "reverting", "nothing", "short", "garbage", "burning"],
)
def test_a_wallet_that_answers_badly_is_a_refusal(
    wallet_sale: Trial,
    stage: Stage,
    people: People,
    deadline: int,
    cold: LocalAccount,
    answer: int,
) -> None:
    """Whatever it does, with the very signature that it would have accepted: refused by name, not out of gas."""
    owner = people.wallet_owner
    word = wallet_sale.word(Purpose.CLAIM, stage.wallet, cold, by=owner, deadline=deadline)
    args = (stage.wallet.address, cold.address, deadline, word)
    stage.wallet.send("setAnswer", answer, sender=owner)
    with reverts("SubscriptionSale_SignatureInvalid", stage.wallet):
        wallet_sale.call("claimTo", *args, sender=people.stranger, gas=1_000_000)
    stage.wallet.send("setAnswer", OWNER, sender=owner)
    wallet_sale.call("claimTo", *args, sender=people.stranger, gas=1_000_000)


def test_the_key_behind_a_wallet_is_not_the_wallet(
    wallet_sale: Trial, stage: Stage, people: People, cold: LocalAccount
) -> None:
    """Its owner's own call is no word of the wallet; the wallet's call is."""
    args = (stage.wallet.address, cold.address, 0, b"")
    now = wallet_sale.chain.now()
    with reverts("SubscriptionSale_SignatureExpired", now, 0):
        wallet_sale.call("claimTo", *args, sender=people.wallet_owner)
    stage.execute(stage.wallet, wallet_sale.contract, "claimTo", *args)
    assert wallet_sale.paid(cold) > 0
