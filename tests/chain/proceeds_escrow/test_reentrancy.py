"""Calls back into the escrow from the middle of each payment it makes or takes: nobody gains, the state stays right.

A wallet that calls back when it is paid stands for any receiver of the native coin, and a token that does for one with
hooks. What they call may succeed where anyone may call it; it must then have done what it does at any other time.
"""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from jumpstart.chain.client import Contract
from tests.chain.proceeds_escrow.escrowed import EVIDENCE, Escrowed
from tests.chain.reverts import reverts
from tests.chain.stage import Stage, paid_in, raw

CALLS: dict[str, Callable[[Escrowed], tuple[Any, ...]]] = {
    "attest": lambda escrow: (0, EVIDENCE),
    "object": lambda escrow: (),
    "release": lambda escrow: (),
    "exit": lambda escrow: (escrow.stage.wallet.address,),
    "exitWithoutTokens": lambda escrow: (escrow.stage.wallet.address,),
    "collectRemainder": lambda escrow: (),
    "delist": lambda escrow: (1,),
    "shareBond": lambda escrow: (escrow.stage.wallet.address,),
}

# What the wallet, in the middle of each payment to it, can do: what it could do before as well as after.
DONE = {
    ("release", "object"),
    ("exit", "release"),
    ("exit", "shareBond"),
    ("collectRemainder", "release"),
    ("collectRemainder", "shareBond"),
}


def test_every_function_is_tried(delivering: Escrowed) -> None:
    """A function that is new must be added to those that are called back."""
    abi = delivering.contract.artifact.abi
    assert set(CALLS) == {
        entry["name"]
        for entry in abi
        if entry["type"] == "function" and entry["stateMutability"] not in ("view", "pure")
    }


@pytest.fixture(scope="module")
def greedy(stage: Stage) -> Escrowed:
    """Paid in the native coin. The wallet takes part, is the project's receiver, and takes what nobody exits with."""
    wallet = raw(stage.wallet)
    trial = stage.open(proceeds_to=wallet, remainder_to=wallet, **paid_in(is_native=True))
    trial.subscribe(stage.wallet, 30_000)
    trial.oversubscribe()
    trial.settle()
    return Escrowed(trial)


def follow(escrow: Escrowed, function: str) -> None:
    """The model does what the wallet did."""
    now, wallet = escrow.chain.now(), escrow.stage.wallet.address
    match function:
        case "object":
            escrow.model.object(wallet, now)
        case "release":
            escrow.model.release(now)
        case "shareBond":
            escrow.model.share_bond(wallet)
        case "exit":
            escrow.model.exit(wallet, now)
        case "collectRemainder":
            escrow.model.collect_remainder(now)
        case _:
            raise AssertionError(f"the wallet must not be able to {function}")


@pytest.mark.parametrize("function", CALLS)
@pytest.mark.parametrize("payout", ["release", "exit", "exit after a claim", "collectRemainder"])
def test_a_receiver_that_calls_back_gains_nothing(
    greedy: Escrowed, payout: str, function: str
) -> None:
    """Whatever it calls from the middle of a payment, every figure is then what the model says.

    The exit of who has not claimed is called back from the sale, which pays the refund first.
    """
    escrow = Escrowed(greedy.trial)
    escrow.model.sale = deepcopy(greedy.trial.ledger)  # that one is the module's
    wallet, people, chain = escrow.stage.wallet, escrow.people, escrow.chain
    if payout == "release":
        escrow.attest()
    else:
        escrow.delist()
    if payout == "collectRemainder":
        escrow.at(chain.now() + escrow.terms.exit_seconds)
    escrow.trial.collect()
    action = payout.partition(" ")[0]
    if action != payout:
        escrow.trial.send("claimFor", wallet.address, sender=people.stranger)
        escrow.model.sale.claim(wallet.address, chain.now())
    data = escrow.contract.calldata(function, *CALLS[function](escrow))
    wallet.send("arm", escrow.address, data, sender=people.stranger)
    escrow.stage.execute(wallet, escrow.contract, action, *CALLS[action](escrow))
    assert wallet.call("isReentered")
    assert wallet.call("isReentryDone") is ((action, function) in DONE)
    follow(escrow, action)
    if (action, function) in DONE:
        follow(escrow, function)
    escrow.check()


@pytest.fixture(scope="module")
def hooked(stage: Stage) -> Escrowed:
    """Paid in a token that can call back."""
    trial = stage.open(payment_token=raw(stage.odd_token("ReentrantToken", paying=True)))
    trial.oversubscribe()
    trial.settle()
    return Escrowed(trial)


def arm(escrow: Escrowed, function: str) -> Contract:
    """The next payment of the token calls the escrow back."""
    token = escrow.chain.contract("ReentrantToken", escrow.trial.sale.payment_token.address)
    data = escrow.contract.calldata(function, *CALLS[function](escrow))
    token.send("arm", escrow.address, data, sender=escrow.people.stranger)
    return token


def test_a_release_in_the_middle_of_collecting_for_it_leaves_nothing_to_release(
    hooked: Escrowed,
) -> None:
    """Then the whole is refused; unarmed, it pays once."""
    token = arm(hooked, "release")
    with reverts("ProceedsEscrow_NothingToCollect"):
        hooked.call("release", sender=hooked.people.stranger)
    token.send("arm", token.address, b"", sender=hooked.people.stranger)
    hooked.release()
    hooked.check()


@pytest.mark.parametrize("is_collected", [False, True])
@pytest.mark.parametrize("function", CALLS)
def test_a_payment_token_that_calls_back_changes_no_exit(
    hooked: Escrowed, function: str, is_collected: bool
) -> None:
    """From the middle of collecting the proceeds, or of the refund: it can do what anyone can, a release."""
    escrow, buyer = Escrowed(hooked.trial), hooked.people.buyers[2]
    escrow.model.sale = deepcopy(hooked.trial.ledger)
    if is_collected:
        escrow.trial.collect()
    escrow.at(escrow.due())
    token = arm(escrow, function)
    escrow.exit(buyer)
    assert (token.call("calls"), token.call("successes")) == (1, int(function == "release"))
    if function == "release":
        escrow.model.release(escrow.chain.now())
    escrow.check()
