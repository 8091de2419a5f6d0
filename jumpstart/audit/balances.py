"""What each contract holds of each token, to the last unit; and what it lets others take, which is nothing."""

from typing import Final

from jumpstart.accounts import checksummed
from jumpstart.audit.findings import Findings
from jumpstart.audit.flows import Flows
from jumpstart.audit.replay import Models
from jumpstart.audit.subject import Subject
from jumpstart.chain.abi import calldata
from jumpstart.chain.rpc import NodeRefusal
from jumpstart.errors import ContractRevert

_NUMBER: Final = 32  # bytes


def check_balances(subject: Subject, models: Models, flows: Flows, findings: Findings) -> None:
    """Balances against all that the models let move and all gifts; that against what positions come to;
    allowances against nothing.
    """
    check_sums(subject, models, flows, findings)
    for token in subject.tokens:
        for holder, label in subject.labels.items():
            expected = flows.held[token, holder]
            found = _asked(subject, token, "balanceOf", holder)
            findings.compare("balance", f"{token} in the {label}", expected, found)
    parties = subject.terms.parties
    takers = dict.fromkeys(
        [
            subject.launchpad.address,
            *map(checksummed, (parties.proceeds_to, parties.unsold_to, parties.fee_to)),
            checksummed(subject.listing.escrow.remainder_to),
        ]
    )
    paid = () if subject.is_native else (subject.payment,)
    kept = {
        subject.sale.address: (subject.sale_token, *paid),
        subject.escrow.address: (*paid, subject.bond_token),
        subject.vault.address: (subject.sale_token,),
        subject.review.address: (subject.bond_token,),
    }
    for holder, tokens in kept.items():
        for token in dict.fromkeys(tokens):
            for taker in takers:
                found = _asked(subject, token, "allowance", holder, taker)
                what = f"what {taker} may take of {token} from the {subject.labels[holder]}"
                findings.compare("balance", what, 0, found)


def check_sums(subject: Subject, models: Models, flows: Flows, findings: Findings) -> None:
    """What has moved, against what everybody's position says that there must be left."""
    till, escrow = models.till, models.escrow
    has_proceeds = till.has_proceeds_collected
    sums = {
        ("sale", subject.sale_token, subject.sale.address): till.tokens(subject.now),
        ("sale", subject.payment, subject.sale.address): till.payment,
        ("escrow", subject.payment, subject.escrow.address): escrow.held if has_proceeds else 0,
        ("escrow", subject.bond_token, subject.escrow.address): escrow.bond_held,
    }
    if subject.payment == subject.bond_token:
        both = "escrow", subject.payment, subject.escrow.address
        sums[both] = escrow.bond_held + (escrow.held if has_proceeds else 0)
    if not models.is_listed:
        return
    for (label, token, holder), expected in sums.items():
        moved = flows.held[token, holder] - flows.gifts[token, holder]
        findings.compare("balance", f"{token} that the {label} must have for all", expected, moved)


def _asked(subject: Subject, token: str, function: str, *args: str) -> int | str:
    """A token's answer; in words why there is none."""
    data = calldata(subject.chain.artifacts["ProjectToken"], function, *args)
    try:
        answer = subject.chain.call_raw(token, data, block=subject.head.number)
    except (ContractRevert, NodeRefusal) as error:
        return f"no answer: {error}"
    return int.from_bytes(answer[:_NUMBER]) if len(answer) >= _NUMBER else "no number"
