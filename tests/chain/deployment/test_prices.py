"""A deployment pays what is allowed, and stops with the figures where that is not enough."""

import time
from dataclasses import replace

import pytest

from jumpstart.errors import ChainError, InputError
from tests.chain.deployment.scene import SUPPLY
from tests.chain.deployment.trouble import GWEI, IMPATIENT, POLICY, Trouble, deep
from tests.chain.faulty_node import SEND


def offers(trouble: Trouble) -> list[int]:
    """What was offered for a gas, in the order of writing."""
    return [int(each["maxFee"]) for each in trouble.entries("intent") if each["number"] is not None]


def test_more_is_offered_when_the_base_fee_rises_above_the_offer(sale: Trouble) -> None:
    """The offer has room for it to double; it rises to several times as much."""

    def rise() -> None:
        sale.miner.base_fee = 10 * GWEI

    sale.when("intent", "apply", rise)
    sale.run()
    sale.ends_as_expected()
    assert len([each for each in sale.entries("intent") if each["step"] == "apply"]) > 1


def test_no_more_is_offered_than_allowed(sale: Trouble) -> None:
    """The base fee rises above the most that is allowed: it stops, and goes on when it has fallen."""
    cap = 4 * GWEI
    capped = replace(IMPATIENT, max_fee=cap)

    def rise() -> None:
        sale.miner.base_fee = cap + 1

    sale.when("intent", "list", rise)  # the last: nothing else is left to start
    with pytest.raises(ChainError, match=r"nothing has moved for 1 s: waiting for list.*at most"):
        sale.run(capped)
    with pytest.raises(ChainError, match=r"nothing has moved for 1 s: waiting for list"):
        sale.run(capped)
    sale.miner.base_fee = GWEI
    sale.run(replace(POLICY, max_fee=cap))
    sale.ends_as_expected()
    assert max(offers(sale)) <= cap


def test_a_replacement_offers_what_is_allowed_when_the_market_asks_for_more(sale: Trouble) -> None:
    """The usual offer leaves the base fee room to double: here there is less room, and enough."""
    cap = 8 * GWEI

    def rise() -> None:
        sale.miner.base_fee = 5 * GWEI

    sale.when("intent", "apply", rise)
    sale.run(replace(POLICY, max_fee=cap, patience_seconds=3.0))
    sale.ends_as_expected()
    assert max(offers(sale)) == cap


def test_a_price_above_what_is_allowed_sends_nothing(sale: Trouble) -> None:
    sale.miner.base_fee = 5 * GWEI
    sale.chain.mine()
    time.sleep(0.1)
    with pytest.raises(
        InputError, match=r"--max-fee: a gas costs \d+ wei now, at most 3000000000 "
    ):
        sale.run(replace(POLICY, max_fee=3 * GWEI))
    assert sale.entries("intent") == []
    sale.miner.base_fee = GWEI
    sale.run()
    sale.ends_as_expected()


def test_a_sender_who_cannot_pay_is_told_the_figures(sale: Trouble) -> None:
    """At once; after the account is funded it goes on."""
    address = sale.scene.sender.address
    sale.when("checked", "approve-bond", lambda: sale.chain.set_balance(address, 10**14))
    words = (
        rf"(?i)^apply: .*insufficient funds.* {address} has {10**14} wei, and this costs up to \d+$"
    )
    began = time.monotonic()
    with pytest.raises(ChainError, match=words):
        sale.run()
    assert time.monotonic() - began < POLICY.patience_seconds / 2
    assert "apply" not in [each["step"] for each in sale.entries("sent")]
    sale.chain.set_balance(address, 10**20)
    sale.run()
    sale.ends_as_expected()


def test_a_transaction_before_ours_that_was_lost_is_named(sale: Trouble) -> None:
    """A foreign transaction is in the pool, ours comes after it, and it vanishes."""
    account, lock = sale.scene.sender.address, sale.miner.paused()

    def before() -> None:
        lock.__enter__()
        sale.foreign()

    def vanish() -> None:
        sale.chain.request("anvil_dropAllTransactions")
        lock.__exit__(None, None, None)

    sale.when("checked", "approve-bond", before)
    sale.when("intent", "apply", vanish)
    words = (
        rf"waiting for apply; the next number of {account} is \d+, which is not of this deployment"
    )
    with pytest.raises(ChainError, match=words):
        sale.run(IMPATIENT)
    sale.foreign(sale.chain.nonce(account))
    sale.run()
    sale.ends_as_expected()


# ------------------------------------------------------------------------------------ refused


def test_a_transaction_that_is_mined_and_refused_is_named_and_sent_again(sale: Trouble) -> None:
    """The bond was there when it was written down, and gone when it was mined."""
    scene, token = sale.scene, sale.scene.bond_token
    token.send("approve", scene.stranger.address, SUPPLY, sender=scene.sender)
    scene.first_block = sale.chain.block_number() + 1
    holders = (scene.sender.address, scene.stranger.address)

    def take() -> None:
        token.send("transferFrom", *holders, SUPPLY, sender=scene.stranger)

    sale.when("intent", "apply", take)
    with pytest.raises(
        ChainError, match=r"^apply: transaction 0x\w{64} was mined in block \d+, and"
    ):
        sale.run()
    token.send("transfer", scene.sender.address, SUPPLY, sender=scene.stranger)
    sale.run()
    sale.ends_as_expected()
    assert [each["step"] for each in sale.entries("failed")] == ["apply"]


# ------------------------------------------------------------------------------------ limits


@pytest.mark.parametrize("in_flight", [3, *deep((1,), (2,))])
def test_no_more_wait_in_the_pool_than_allowed(platform: Trouble, in_flight: int) -> None:
    """Counted at the node after each that it takes."""
    account, waiting = platform.scene.sender.address, []

    def count(sent: str) -> None:
        with platform.miner.paused():
            chain = platform.chain
            waiting.append(chain.nonce(account, "pending") - chain.nonce(account))

    platform.node.after(SEND, count, times=1000)
    platform.miner.seconds = 0.2
    platform.run(replace(POLICY, in_flight=in_flight, confirmations=1))
    platform.ends_as_expected()
    assert max(waiting) == in_flight
