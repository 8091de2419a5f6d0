"""`subscribeWithPermit`: a permit that works, one that was used, and those that are not good enough."""

from collections.abc import Callable

import pytest
from eth_account.signers.local import LocalAccount

from jumpstart.chain.client import Chain, Contract
from jumpstart.signatures import TypedData
from tests.chain import figures
from tests.chain.reverts import reverts
from tests.chain.stage import TRANSFER_FROM_FAILED, Stage, Trial, raw

AMOUNT = 1000
COST = 667

Permit = tuple[int, int, int, bytes, bytes]
"""Value, deadline, v, r, s."""


@pytest.fixture
def permit(stage: Stage, chain: Chain) -> Callable[..., Permit]:
    """Signs a permit for the cost, good for an hour, unless told otherwise."""

    def signed(
        trial: Trial,
        owner: LocalAccount,
        *,
        by: LocalAccount | None = None,
        value: int = COST,
        deadline: int | None = None,
    ) -> Permit:
        deadline = chain.now() + 3600 if deadline is None else deadline
        token = stage.payment_token
        message = TypedData(
            domain={
                "name": token.call("name"),
                "version": "1",
                "chainId": chain.chain_id,
                "verifyingContract": token.address,
            },
            primary_type="Permit",
            fields={
                "owner": "address",
                "spender": "address",
                "value": "uint256",
                "nonce": "uint256",
                "deadline": "uint256",
            },
            message={
                "owner": owner.address,
                "spender": trial.address,
                "value": value,
                "nonce": token.call("nonces", owner.address),
                "deadline": deadline,
            },
        )
        signature = message.sign(bytes((by or owner).key))
        return value, deadline, signature[64], signature[:32], signature[32:64]

    return signed


@pytest.fixture
def unapproved_sale(open_sale: Trial, stage: Stage, buyer: LocalAccount) -> Trial:
    """The buyer has given it no allowance."""
    stage.payment_token.send("approve", open_sale.address, 0, sender=buyer)
    return open_sale


def subscribe(trial: Trial, buyer: LocalAccount, permit: Permit) -> None:
    trial.send("subscribeWithPermit", AMOUNT, *trial.proof_of(buyer), *permit, sender=buyer)


def test_a_permit_pays_without_an_allowance_and_leaves_none(
    unapproved_sale: Trial, stage: Stage, buyer: LocalAccount, permit: Callable[..., Permit]
) -> None:
    """One transaction takes exactly the cost; what was permitted beyond it stays permitted."""
    had = unapproved_sale.paid(buyer)
    holding, proof = unapproved_sale.proof_of(buyer)
    receipt = unapproved_sale.send(
        "subscribeWithPermit", AMOUNT, holding, proof, *permit(unapproved_sale, buyer), sender=buyer
    )
    assert unapproved_sale.paid(buyer) == had - COST
    assert unapproved_sale.event(receipt, "Subscribed").args == {
        "account": buyer.address,
        "coefficient": 3,
        "accepted": AMOUNT,
    }
    assert stage.payment_token.call("allowance", buyer.address, unapproved_sale.address) == 0


def test_the_accepted_tokens_are_returned(
    unapproved_sale: Trial, buyer: LocalAccount, permit: Callable[..., Permit]
) -> None:
    """As by `subscribe`."""
    args = (AMOUNT, *unapproved_sale.proof_of(buyer), *permit(unapproved_sale, buyer))
    assert unapproved_sale.call("subscribeWithPermit", *args, sender=buyer) == AMOUNT


def test_a_permit_that_somebody_else_sent_first_is_no_error(
    unapproved_sale: Trial,
    stage: Stage,
    buyer: LocalAccount,
    bystander: LocalAccount,
    permit: Callable[..., Permit],
) -> None:
    """The allowance is there, whoever brought it."""
    signed = permit(unapproved_sale, buyer)
    stage.payment_token.send(
        "permit", buyer.address, unapproved_sale.address, *signed, sender=bystander
    )
    subscribe(unapproved_sale, buyer, signed)
    assert unapproved_sale.call("positionOf", buyer.address).amount == AMOUNT


@pytest.mark.parametrize("flaw", ["of somebody else", "expired", "one unit short", "garbage"])
def test_a_permit_that_gives_no_allowance_is_refused(
    unapproved_sale: Trial,
    chain: Chain,
    buyer: LocalAccount,
    rival: LocalAccount,
    permit: Callable[..., Permit],
    flaw: str,
) -> None:
    """The transfer fails, and nothing is subscribed."""
    flaws: dict[str, Callable[[], Permit]] = {
        "of somebody else": lambda: permit(unapproved_sale, buyer, by=rival),
        "expired": lambda: permit(unapproved_sale, buyer, deadline=chain.now() - 1),
        "one unit short": lambda: permit(unapproved_sale, buyer, value=COST - 1),
        "garbage": lambda: (COST, chain.now() + 3600, 27, bytes(32), bytes(32)),
    }
    signed = flaws[flaw]()
    with reverts(TRANSFER_FROM_FAILED, b""):
        subscribe(unapproved_sale, buyer, signed)
    subscribe(unapproved_sale, buyer, permit(unapproved_sale, buyer))


def test_a_bad_permit_is_no_error_given_an_allowance(open_sale: Trial, buyer: LocalAccount) -> None:
    """What counts is the allowance."""
    subscribe(open_sale, buyer, (0, 0, 0, bytes(32), bytes(32)))
    assert open_sale.call("positionOf", buyer.address).amount == AMOUNT


def test_a_token_without_permit_takes_part_by_its_allowance(
    stage: Stage, buyer: LocalAccount
) -> None:
    """The failing permit is overlooked."""
    token: Contract = stage.odd_token("PermitlessToken", paying=True)
    trial = stage.open(payment_token=raw(token))
    subscribe(trial, buyer, (0, 0, 0, bytes(32), bytes(32)))
    assert trial.assets == (figures.SUPPLY, COST)


def test_a_permit_is_refused_given_a_sale_in_the_native_coin(
    native_sale: Trial, buyer: LocalAccount
) -> None:
    """There is no token that could take it."""
    with reverts("SubscriptionSale_PermitNeedsToken"):
        subscribe(native_sale, buyer, (0, 0, 0, bytes(32), bytes(32)))


def test_coin_cannot_be_sent_along(open_sale: Trial, buyer: LocalAccount) -> None:
    """The function takes none."""
    args = (AMOUNT, *open_sale.proof_of(buyer), 0, 0, 0, bytes(32), bytes(32))
    with reverts("NoReason"):
        open_sale.call("subscribeWithPermit", *args, sender=buyer, value=1)
    assert open_sale.call("subscribeWithPermit", *args, sender=buyer) == AMOUNT


def test_a_permit_opens_no_door(
    open_sale: Trial, chain: Chain, buyer: LocalAccount, rival: LocalAccount
) -> None:
    """Window, proof and minimum hold as in `subscribe`."""
    bad = (0, 0, 0, bytes(32), bytes(32))
    holding, proof = open_sale.proof_of(rival)
    with reverts("SubscriptionSale_ProofInvalid", buyer, holding):
        open_sale.call("subscribeWithPermit", AMOUNT, holding, proof, *bad, sender=buyer)
    with reverts("SubscriptionSale_BelowMinimum", 1, figures.MINIMUM):
        open_sale.call("subscribeWithPermit", 1, holding, proof, *bad, sender=rival)
    end = open_sale.terms.sessions[0].end
    chain.mine_at(end)
    with reverts("SubscriptionSale_Closed", end, end):
        open_sale.call("subscribeWithPermit", AMOUNT, holding, proof, *bad, sender=rival)
