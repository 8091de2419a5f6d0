"""What an escrow shows of itself, and that the implementation behind it can do nothing."""

from typing import Any

import pytest
from eth_account.signers.local import LocalAccount
from eth_utils.address import to_checksum_address

from jumpstart.chain.client import Contract
from tests.chain.proceeds_escrow.escrowed import EVIDENCE, WAITING, Escrowed
from tests.chain.reverts import reverts
from tests.chain.stage import Stage, Trial, paid_in

ADDRESS = "0x" + "11" * 20
CALLS: dict[str, tuple[Any, ...]] = {
    "attest": (0, EVIDENCE),
    "object": (),
    "release": (),
    "exit": (ADDRESS,),
    "exitWithoutTokens": (ADDRESS,),
    "collectRemainder": (),
    "delist": (1,),
    "shareBond": (ADDRESS,),
}


def test_an_escrow_knows_its_sale_and_its_review(delivering: Escrowed) -> None:
    """As the launchpad made them."""
    assert delivering.call("sale") == delivering.trial.address
    assert delivering.call("REVIEW") == delivering.review.address
    launchpad = delivering.stage.platform.launchpad
    assert launchpad.call("escrowOf", delivering.trial.address) == delivering.address


def test_an_escrow_shows_the_terms_that_bind_it(delivering: Escrowed) -> None:
    """They are read from the code of the sale."""
    terms = delivering.terms
    assert tuple(delivering.call("conditions")) == (
        terms.initial_bps,
        terms.grace_seconds,
        terms.objection_seconds,
        terms.objection_bps,
        terms.exit_seconds,
        to_checksum_address(terms.remainder_to),
    )
    assert delivering.call("milestoneCount") == 4
    shown = [delivering.call("milestoneOf", index) for index in range(5)]
    assert shown == [*((each.share_bps, each.deadline) for each in terms.milestones), (0, 0)]


def test_a_listed_sale_has_an_escrow_that_waits(listed_sale: Trial) -> None:
    """Before anything was published or paid."""
    escrow = Escrowed(listed_sale)
    assert tuple(escrow.call("delivery")) == (WAITING, 0, 0, 0, 0, 0, 0)
    escrow.check()


@pytest.fixture
def implementation(stage: Stage) -> Contract:
    """What the escrows are clones of."""
    return stage.platform.escrow_implementation


def test_every_function_of_the_implementation_is_locked(
    implementation: Contract, stage: Stage
) -> None:
    """Also to the review, and without a list of ours: whatever the interface has that changes anything."""
    changing = {
        entry["name"]
        for entry in implementation.artifact.abi
        if entry["type"] == "function" and entry["stateMutability"] not in ("view", "pure")
    }
    assert set(CALLS) == changing
    for function, arguments in CALLS.items():
        with reverts("ProceedsEscrow_ImplementationLocked"):
            implementation.call(function, *arguments, sender=stage.platform.review.address)


def test_the_implementation_takes_no_coin(
    implementation: Contract, bystander: LocalAccount
) -> None:
    """It could never send it on."""
    with reverts("ProceedsEscrow_ImplementationLocked"):
        implementation.chain.transfer(implementation.address, 1, sender=bystander)


def test_an_escrow_takes_coin_only_from_its_sale(stage: Stage, bystander: LocalAccount) -> None:
    """What somebody sends by mistake stays with them."""
    trial = stage.open(**paid_in(is_native=True))
    trial.oversubscribe()
    trial.settle()
    escrow = Escrowed(trial)
    with reverts("ProceedsEscrow_OnlySale", bystander, trial.address):
        stage.chain.transfer(escrow.address, 1, sender=bystander)
    trial.collect()
    assert escrow.paid == escrow.model.held
