"""Calls back into the sale from the middle of each payment it makes or takes: nobody gains, and the state stays right.

A token that calls back stands for one with hooks, as a wallet that calls back when it is paid stands for any receiver
of the native coin. What they call may succeed where anyone may call it; it must then have done exactly what it does at
any other time.
"""

from collections.abc import Callable
from typing import Any

import pytest

from jumpstart.chain.client import Contract
from jumpstart.chain.sale import NATIVE
from tests.chain import figures
from tests.chain.reverts import reverts
from tests.chain.stage import SUBSCRIBED, SUCCEEDED, Person, Stage, Trial, ascending, raw

CALLS: dict[str, Callable[[Trial], tuple[Any, ...]]] = {
    "publishHoldings": lambda trial: (b"\1" * 32,),
    "challengeHoldings": lambda trial: (),
    "settleChallenge": lambda trial: (True,),
    "pause": lambda trial: (),
    "void": lambda trial: (),
    "abandon": lambda trial: (),
    "subscribe": lambda trial: (1000, 0, []),
    "subscribeWithPermit": lambda trial: (1000, 0, [], 0, 0, 0, bytes(32), bytes(32)),
    "settle": lambda trial: (),
    "claim": lambda trial: (),
    "claimFor": lambda trial: (trial.stage.people.buyers[2].address,),
    "claimTo": lambda trial: (
        trial.stage.people.buyers[2].address,
        trial.stage.people.treasury.address,
        2**40,
        b"",
    ),
    "refund": lambda trial: (),
    "refundFor": lambda trial: (trial.stage.people.buyers[2].address,),
    "refundTo": lambda trial: (
        trial.stage.people.buyers[2].address,
        trial.stage.people.treasury.address,
        2**40,
        b"",
    ),
    "collectProceeds": lambda trial: (),
    "collectFee": lambda trial: (),
    "collectUnsold": lambda trial: (),
    "exitFor": lambda trial: (*[trial.stage.people.buyers[2].address] * 2, True),
    "claimRefund": lambda trial: (trial.stage.people.buyers[2].address,),
    "collectReturned": lambda trial: (),
    "sweep": lambda trial: (ascending(trial.stage.people.buyers[:5]),),
}


def arm(caller: Contract, trial: Trial, function: str) -> None:
    """The next payment calls the sale back."""
    data = trial.contract.calldata(function, *CALLS[function](trial))
    caller.send("arm", trial.address, data, sender=trial.stage.people.stranger)


def test_every_function_is_tried(open_sale: Trial) -> None:
    """A function that is new must be added to those that are called back."""
    abi = open_sale.contract.artifact.abi
    changing = {
        entry["name"]
        for entry in abi
        if entry["type"] == "function" and entry["stateMutability"] not in ("view", "pure")
    }
    assert set(CALLS) == changing


@pytest.mark.parametrize("function", CALLS)
def test_a_payment_token_that_calls_back_changes_no_subscription(
    stage: Stage, function: str
) -> None:
    """In the middle of a payment every function refuses, and one subscription is counted."""
    token = stage.odd_token("ReentrantToken", paying=True)
    trial = stage.open(payment_token=raw(token))
    buyer = stage.people.buyers[2]
    arm(token, trial, function)
    trial.subscribe(buyer, 900)
    assert (token.call("calls"), token.call("successes")) == (1, 0)
    assert trial.assets == (figures.SUPPLY, 600)
    assert trial.call("positionOf", buyer.address)[1:] == (900, 3, 2, 0, SUBSCRIBED)
    assert trial.call("demandOf", 0, 2) == (900, 1, 1)


def test_a_payment_token_that_takes_part_itself_cannot_pay_for_two_with_one_payment(
    stage: Stage,
) -> None:
    """It subscribes while somebody's payment arrives: more came than was due, which is refused as well."""
    token = stage.odd_token("ReentrantToken", paying=True)
    buyer = stage.people.buyers[2]
    registry = stage.platform.pass_registry
    holdings = stage.holdings | {token.address: figures.TIERS[2].threshold}
    trial = stage.open(payment_token=raw(token), holdings=holdings)
    signed = stage.passed(token)
    attestation = tuple(
        getattr(signed.attestation, name) for name in type(signed.attestation).model_fields
    )
    data = registry.calldata("present", attestation, signed.attester, signed.signature)
    token.send("execute", registry.address, data, sender=buyer)
    token.send("transfer", token.address, 10_000, sender=buyer)
    data = token.calldata("approve", trial.address, 10_000)
    token.send("execute", token.address, data, sender=buyer)
    data = trial.contract.calldata("subscribe", 900, *trial.proof_of(token))
    token.send("arm", trial.address, data, sender=buyer)
    with reverts("SubscriptionSale_PaymentShort", 1200, 600):
        trial.send("subscribe", 900, *trial.proof_of(buyer), sender=buyer)
    token.send("arm", stage.sale_token.address, b"", sender=buyer)
    trial.subscribe(buyer, 900)
    assert trial.assets[1] == 600


REFUSED = {
    "publishHoldings",
    "challengeHoldings",
    "settleChallenge",
    "pause",
    "void",
    "abandon",
    "exitFor",
    "collectReturned",
    "subscribe",
    "subscribeWithPermit",
    "settle",
    "claim",
    "claimTo",
    "refund",
    "refundFor",
    "refundTo",
}


@pytest.fixture(scope="module")
def hooked_sale(stage: Stage) -> Trial:
    """Paid in a token that can call back; it succeeded, and all has vested."""
    trial = stage.open(payment_token=raw(stage.odd_token("ReentrantToken", paying=True)))
    trial.oversubscribe()
    trial.settle()
    trial.vest()
    return trial


def finish(trial: Trial) -> None:
    """What is still open is paid and collected, whatever has been so before."""
    people, transaction = trial.stage.people, trial.contract.transaction
    trial.chain.send_many(
        [
            *(
                transaction("claimFor", each.address, sender=people.stranger)
                for each in people.buyers[:5]
            ),
            *(
                transaction(each, sender=people.stranger)
                for each in ("collectProceeds", "collectFee", "collectUnsold")
            ),
        ],
        check=False,
    )


@pytest.mark.parametrize("function", CALLS)
@pytest.mark.parametrize("payout", ["claimFor", "collectProceeds", "collectFee", "sweep"])
def test_a_payment_token_that_calls_back_gains_nothing_from_a_payout(
    hooked_sale: Trial, stage: Stage, payout: str, function: str
) -> None:
    """Whatever is called from the middle of a payout, in the end everybody has what the model says."""
    trial, people, buyers = hooked_sale, stage.people, stage.people.buyers[:5]
    token = stage.chain.contract("ReentrantToken", trial.sale.payment_token.address)
    people_paid = (people.beneficiary, people.fee_receiver, people.treasury)
    receivers: tuple[Person, ...] = (*people_paid, trial.escrow)
    everybody = [each.address for each in (*buyers, *receivers)]

    def possessions() -> list[int]:
        balances = [
            (asset, "balanceOf", (each,))
            for asset in (trial.sale_token, token)
            for each in (*everybody, trial.address)
        ]
        return stage.chain.call_many(balances)

    had = possessions()
    allotted = [trial.ledger.allotment_of(each.address) for each in buyers]
    refunds = [
        trial.ledger.deposit_of(each.address) - trial.terms.cost_up(tokens)
        for each, tokens in zip(buyers, allotted, strict=True)
    ]
    if payout == "sweep":
        finish(trial)
    arguments = {"claimFor": (buyers[2].address,), "sweep": (ascending(buyers),)}
    arm(token, trial, function)
    trial.send(payout, *arguments.get(payout, ()), sender=people.stranger)
    assert token.call("calls") == 1
    if function in REFUSED:
        assert token.call("successes") == 0
    if payout != "sweep":
        finish(trial)
        trial.sweep(buyers)
    gained = [now - before for now, before in zip(possessions(), had, strict=True)]
    assert gained == [
        *allotted,
        *(0, 0, 3, 0),
        -figures.SUPPLY,
        *refunds,
        *(4, 4_999, 0, 199_997 - 4_999),
        -had[-1],
    ]
    assert possessions()[len(everybody)] == possessions()[-1] == 0


@pytest.mark.parametrize("function", CALLS)
def test_a_wallet_that_calls_back_when_it_is_paid_gains_nothing(
    stage: Stage, function: str
) -> None:
    """In the native coin, from the middle of its own refund."""
    trial = stage.open(payment_token=NATIVE)
    people, wallet = stage.people, stage.wallet
    others = people.buyers[2], people.buyers[4]
    trial.subscribe_all([(wallet, 200_000), (others[0], 200_000), (others[1], 200_000)])
    trial.settle()
    trial.vest()
    owed = trial.call("claimableOf", wallet.address)
    assert owed[1] > 0
    had = trial.sold(wallet), trial.paid(wallet)
    arm(wallet, trial, function)
    stage.execute(wallet, trial.contract, "claim")
    assert wallet.call("isReentered")
    assert wallet.call("isReentryDone") == (
        function in ("claimFor", "claimRefund", "collectProceeds", "collectFee", "collectUnsold")
    )
    assert (trial.sold(wallet), trial.paid(wallet)) == (had[0] + owed[0], had[1] + owed[1])
    finish(trial)
    for other in others:
        assert trial.call("claimableOf", other.address) == (0, 0)
    remainders = trial.ledger.remainders
    assert trial.assets == (remainders.tokens, remainders.payment)


@pytest.mark.parametrize(
    "function", ["subscribe", "settle", "claim", "refund", "refundFor", "sweep"]
)
def test_a_wallet_that_calls_back_when_it_gets_change_gains_nothing(
    stage: Stage, function: str
) -> None:
    """From the middle of its own subscription: the change is returned once, a second subscription is not free."""
    trial = stage.open(payment_token=NATIVE)
    arm(stage.wallet, trial, function)
    had = trial.paid(stage.wallet)
    trial.subscribe(stage.wallet, 900, value=1000)
    assert stage.wallet.call("isReentered")
    assert not stage.wallet.call("isReentryDone")
    assert trial.paid(stage.wallet) == had + 400
    assert trial.assets[1] == 600
    assert trial.call("positionOf", stage.wallet.address).amount == 900


def test_a_wallet_that_calls_back_from_its_refund_is_refunded_once(stage: Stage) -> None:
    """After a failure, by each function that refunds."""
    trial = stage.open(payment_token=NATIVE, soft_cap=200_000)
    people, wallet = stage.people, stage.wallet
    trial.subscribe_all([(wallet, 30_000), (people.buyers[2], 30_000)])
    trial.settle()
    had = trial.paid(wallet)
    data = trial.contract.calldata("refundFor", wallet.address)
    wallet.send("arm", trial.address, data, sender=people.stranger)
    stage.execute(wallet, trial.contract, "refund")
    assert wallet.call("isReentered")
    assert not wallet.call("isReentryDone")
    assert trial.paid(wallet) == had + 20_000
    assert trial.assets[1] == 20_000
    with reverts("SubscriptionSale_NothingToClaim", wallet):
        trial.call("refundFor", wallet.address, sender=people.stranger)


def test_a_sale_is_never_seen_in_two_states_from_within_a_payout(stage: Stage) -> None:
    """What a view says while a wallet is being paid is what it says afterwards."""
    trial = stage.open(payment_token=NATIVE)
    wallet = stage.wallet
    trial.subscribe_all([(wallet, 300_000), (stage.people.buyers[4], 300_000)])
    trial.settle()
    trial.vest()
    seen = []
    for view in ("positionOf", "claimableOf", "depositOf", "nonceOf"):
        snapshot = trial.chain.snapshot()
        data = trial.contract.calldata(view, wallet.address)
        wallet.send("arm", trial.address, data, sender=stage.people.stranger)
        stage.execute(wallet, trial.contract, "claim")
        after = trial.chain.call_raw(trial.address, data)
        seen.append((wallet.call("reentryAnswer"), after))
        trial.chain.revert(snapshot)
    assert all(during == after for during, after in seen)
    assert trial.call("status") == SUCCEEDED


def test_a_sale_token_that_sweeps_in_the_middle_of_the_last_claim_takes_no_refund(
    stage: Stage,
) -> None:
    """The refund is paid before the tokens: what is left to sweep then is what rounding left."""
    token = stage.odd_token("ReentrantToken")
    trial = stage.open(sale_token=raw(token))
    trial.oversubscribe()
    trial.settle()
    trial.vest()
    last = stage.people.buyers[2]
    trial.claim_for_all(*(each for each in stage.people.buyers[:5] if each != last))
    _, refund = trial.call("claimableOf", last.address)
    assert refund > 0
    had = trial.paid(last), trial.paid(stage.people.beneficiary)
    data = trial.contract.calldata("sweep", ascending(stage.people.buyers[:5]))
    token.send("arm", trial.address, data, sender=stage.people.stranger)
    trial.send("claim", sender=last)
    assert (token.call("calls"), token.call("successes")) == (1, 1)
    assert trial.paid(last) - had[0] == refund
    assert trial.paid(stage.people.beneficiary) - had[1] == trial.ledger.remainders.payment
    assert trial.assets[1] == trial.ledger.proceeds
    for function in ("collectProceeds", "collectFee"):
        trial.send(function, sender=stage.people.stranger)
    assert trial.paid(trial.escrow) == trial.ledger.proceeds - trial.ledger.fee
