"""Authorisations: an account's signed word that its claim or refund may be paid to another address.

Mirrors `claimTo` and `refundTo` of `interfaces/ISubscriptionSale.sol`. Knows the message, not the
sale: the nonce is `nonceOf(account)` there.
"""

from enum import StrEnum
from typing import Final

from jumpstart.accounts import checksummed
from jumpstart.signatures import TypedData, domain_of

DOMAIN_NAME: Final = "Jumpstart SubscriptionSale"

_FIELDS: Final = {
    "account": "address",
    "to": "address",
    "nonce": "uint256",
    "deadline": "uint256",
}


class Purpose(StrEnum):
    """What is authorised: the struct type that is signed."""

    CLAIM = "ClaimTo"
    REFUND = "RefundTo"


def authorisation_of(
    purpose: Purpose,
    *,
    account: bytes,
    to: bytes,
    nonce: int,
    deadline: int,
    sale: bytes,
    chain_id: int,
) -> TypedData:
    """The message that `account` signs. It holds before the Unix second `deadline`."""
    return TypedData(
        domain=domain_of(DOMAIN_NAME, chain_id, sale),
        primary_type=purpose,
        fields=_FIELDS,
        message={
            "account": checksummed(account),
            "to": checksummed(to),
            "nonce": nonce,
            "deadline": deadline,
        },
    )
