"""The account's own word for a payout to another address, where the transaction shows it.

A wallet that is a contract answers for itself, and its answer is in no transaction: its code is trusted
to have asked.
"""

from typing import Final

from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError

from jumpstart.accounts import checksummed
from jumpstart.audit.calldata import selector_to
from jumpstart.audit.replay import Replay
from jumpstart.authorisations import Purpose, authorisation_of
from jumpstart.chain.abi import Event, selector_of
from jumpstart.chain.absent import NodeAbsent

_PURPOSES: Final = {
    selector_of("claimTo(address,address,uint256,bytes)"): Purpose.CLAIM,
    selector_of("refundTo(address,address,uint256,bytes)"): Purpose.REFUND,
}
_TYPES: Final = ("address", "address", "uint256", "bytes")


def check_consent(replay: Replay, redirected: Event, nonce: int) -> None:
    """That the account has called itself or signed this very payout; `nonce` is its word before it."""
    step, subject, account = replay.step, replay.subject, redirected.args["account"]
    purpose = _PURPOSES.get(selector_to(step, subject.sale.address) or b"")
    if purpose is None:
        return
    what = "sent or signed by"
    if step.sender == account:
        replay.require(redirected, what, account, step.sender)
        return
    try:
        _, to, deadline, signature = decode(_TYPES, step.data[4:])
    except (DecodingError, OverflowError):
        replay.require(redirected, what, account, "nobody")
        return
    replay.require(redirected, "signed in time", True, step.time < deadline)
    signer = authorisation_of(
        purpose,
        account=bytes.fromhex(account[2:]),
        to=bytes.fromhex(to[2:]),
        nonce=nonce,
        deadline=deadline,
        sale=subject.sale_bytes,
        chain_id=subject.chain.chain_id,
    ).signer_of(signature)
    found = "nobody" if signer is None else checksummed(signer)
    try:
        if found != account and subject.chain.code(account, step.block):
            return
    except NodeAbsent:
        replay.findings.miss(
            f"{replay.name_of(redirected)}: {what}",
            "whether the account is a contract, which answers for itself, only a node knows",
        )
        return
    replay.require(redirected, what, account, found)
