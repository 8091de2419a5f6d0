"""What each contract holds of each token, to the last unit; and what it lets others take, which is nothing."""

from typing import Final

from jumpstart.accounts import checksummed
from jumpstart.audit.findings import Findings
from jumpstart.audit.flows import Flows
from jumpstart.audit.subject import Subject
from jumpstart.chain.abi import calldata
from jumpstart.errors import ChainError

_NUMBER: Final = 32  # bytes


def check_balances(subject: Subject, flows: Flows, findings: Findings) -> None:
    """Balances against all that the models let move and all gifts; allowances against nothing."""
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


def _asked(subject: Subject, token: str, function: str, *args: str) -> int | str:
    """A token's answer; in words why there is none."""
    data = calldata(subject.chain.artifacts["ProjectToken"], function, *args)
    try:
        answer = subject.chain.call_raw(token, data, block=subject.head.number)
    except ChainError as error:
        return f"no answer: {error}"
    return int.from_bytes(answer[:_NUMBER]) if len(answer) >= _NUMBER else "no number"
