"""Payouts: claims and refunds, by the buyer, by a stranger's hand, or to another address."""

from collections.abc import Iterable, Sequence
from typing import Final

from eth_account.signers.local import LocalAccount

from jumpstart.accounts import parse_account
from jumpstart.authorisations import Purpose, authorisation_of
from jumpstart.chain.client import Transaction
from jumpstart.demo.cast import Buyer, key_of
from jumpstart.demo.play import Play

_YEAR: Final = 365 * 86_400


def other_address() -> str:
    """Another address of whoever is paid."""
    return key_of("another address of a buyer").address


def claim(play: Play, buyers: Iterable[Buyer], action: str) -> None:
    """Buyers claim; for one in four the stranger does it, to the buyer's own account."""
    contract, buyers = play.sale.contract, list(buyers)
    helped = [buyer for buyer in buyers if _is_helped(buyer)]
    alone = [buyer for buyer in buyers if not _is_helped(buyer)]
    receipts = play.send_many(
        action, [contract.transaction("claim", sender=buyer.key) for buyer in alone]
    )
    receipts += play.send_many(
        f"{action}, sent by a stranger",
        [contract.transaction("claimFor", buyer.account, sender=play.stranger) for buyer in helped],
    )
    for buyer, receipt in zip([*alone, *helped], receipts, strict=True):
        play.mirror.claim(buyer.account, play.time_of(receipt))


def claim_elsewhere(play: Play, buyer: Buyer) -> None:
    """The stranger carries the buyer's signed word that the claim goes to another address."""
    sent = claiming_to(play, buyer, other_address(), signer=buyer.key)
    receipt = play.send("claim to another address, by signature", sent)
    play.mirror.claim(buyer.account, play.time_of(receipt))


def claiming_to(play: Play, buyer: Buyer, to: str, *, signer: LocalAccount) -> Transaction:
    """`claimTo` for the buyer with the signature of `signer`, who may be somebody else."""
    return _to(play, Purpose.CLAIM, "claimTo", buyer, to, signer)


def refund(play: Play, buyers: Sequence[Buyer]) -> None:
    """After a failure: buyers take their deposits, one in four by the hand of the stranger, and the
    last one at another address.
    """
    *others, last = buyers
    contract = play.sale.contract
    alone = [buyer for buyer in others if not _is_helped(buyer)]
    helped = [buyer for buyer in others if _is_helped(buyer)]
    receipts = play.send_many(
        "refund", [contract.transaction("refund", sender=buyer.key) for buyer in alone]
    )
    receipts += play.send_many(
        "refund, sent by a stranger",
        [
            contract.transaction("refundFor", buyer.account, sender=play.stranger)
            for buyer in helped
        ],
    )
    signed = _to(play, Purpose.REFUND, "refundTo", last, other_address(), last.key)
    receipts.append(play.send("refund to another address, by signature", signed))
    for buyer, receipt in zip([*alone, *helped, last], receipts, strict=True):
        play.mirror.refund(buyer.account, play.time_of(receipt))


def _to(
    play: Play, purpose: Purpose, function: str, buyer: Buyer, to: str, signer: LocalAccount
) -> Transaction:
    deadline = play.chain.now() + _YEAR
    word = authorisation_of(
        purpose,
        account=parse_account(buyer.account),
        to=parse_account(to),
        nonce=play.sale.contract.call("nonceOf", buyer.account),
        deadline=deadline,
        sale=parse_account(play.sale.address),
        chain_id=play.chain.chain_id,
    )
    return play.sale.contract.transaction(
        function,
        buyer.account,
        to,
        deadline,
        word.sign(bytes(signer.key)),
        sender=play.stranger,
    )


def _is_helped(buyer: Buyer) -> bool:
    return buyer.number % 4 == 1


# ---------------------------------------------------------------------------------- what is nobody's


def collect(play: Play, function: str, action: str) -> None:
    """The stranger sends something that is nobody's claim where the terms say."""
    play.send(action, play.sale.contract.transaction(function, sender=play.stranger))


def sweep(play: Play) -> None:
    """The stranger shows that every claim is over."""
    accounts = [buyer.account for buyer in play.subscribers]
    for receipt in play.sale.sweep(accounts, sender=play.stranger):
        play.journal.spend("sweep", receipt.gas_used)
