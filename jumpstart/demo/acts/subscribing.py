"""Subscribing: how a buyer's order becomes a transaction, and what the model makes of it."""

from collections.abc import Callable, Sequence

from jumpstart.accounts import parse_account
from jumpstart.chain.client import Transaction
from jumpstart.demo.acts.passes import budget_of, signs_permit
from jumpstart.demo.cast import Buyer
from jumpstart.demo.play import Person, Play
from jumpstart.demo.stage import name_of
from jumpstart.errors import CheckError
from jumpstart.signatures import TypedData, domain_of

Order = tuple[Buyer, int]
"""A buyer, and tokens."""


def subscribing(
    play: Play, person: Person, amount: int, *, holding: int | None = None
) -> Transaction:
    """The transaction by which a person subscribes; with another `holding` it lies."""
    return play.sale.subscription(
        amount,
        sender=person.key,
        holding=person.holding if holding is None else holding,
        proof=play.proof_of(person),
    )


def as_model(play: Play, person: Person, amount: int) -> Callable[[int], object]:
    """The same before the mirror, at a time."""
    return lambda time: play.mirror.subscribe(person.account, amount, time)


def subscribe(play: Play, orders: Sequence[Order], action: str) -> None:
    """Buyers subscribe for the first time in this session, or top up: see `action`."""
    plain = [order for order in orders if not _is_first_by_permit(play, order[0])]
    signed = [order for order in orders if _is_first_by_permit(play, order[0])]
    _subscribe(play, plain, action, [_next(play, buyer, amount) for buyer, amount in plain])
    permits = [_with_permit(play, buyer, amount) for buyer, amount in signed]
    _subscribe(play, signed, f"{action}, with a permit", permits)


def _subscribe(
    play: Play, orders: Sequence[Order], action: str, sent: Sequence[Transaction]
) -> None:
    for (buyer, amount), receipt in zip(orders, play.send_many(action, sent), strict=True):
        accepted = play.sale.contract.event(receipt, "Subscribed").args["accepted"]
        expected = play.mirror.subscribe(buyer.account, amount, play.time_of(receipt))
        if accepted != expected.accepted:
            raise CheckError(
                f"accepted of {buyer.name}: {accepted} on chain, expected {expected.accepted}"
            )


def _next(play: Play, buyer: Buyer, amount: int) -> Transaction:
    """Only the first subscription proves anything."""
    if play.is_known(buyer):
        return play.sale.subscription(amount, sender=buyer.key)
    return subscribing(play, buyer, amount)


def _is_first_by_permit(play: Play, buyer: Buyer) -> bool:
    return signs_permit(buyer) and not play.is_known(buyer)


def _with_permit(play: Play, buyer: Buyer, amount: int) -> Transaction:
    value, deadline = budget_of(play, buyer), play.stage.terms.settle_deadline
    token = play.stage.payment_token
    permit = TypedData(
        domain=domain_of(
            name_of(play.stage.draft.tokens.payment),
            play.chain.chain_id,
            parse_account(token.address),
        ),
        primary_type="Permit",
        fields={
            "owner": "address",
            "spender": "address",
            "value": "uint256",
            "nonce": "uint256",
            "deadline": "uint256",
        },
        message={
            "owner": buyer.account,
            "spender": play.sale.address,
            "value": value,
            "nonce": 0,
            "deadline": deadline,
        },
    )
    signature = permit.sign(bytes(buyer.key.key))
    return play.sale.contract.transaction(
        "subscribeWithPermit",
        amount,
        buyer.holding,
        list(play.proof_of(buyer)),
        value,
        deadline,
        signature[64],
        signature[:32],
        signature[32:64],
        sender=buyer.key,
    )
