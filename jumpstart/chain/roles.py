"""Roles on a chain: which contract of the platform stands at an address, and whether an account has
the role that one of its functions asks for.

Knows where each role of `jumpstart.powers` is written. Refuses to know when a function may be
called: the contract says that itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from jumpstart.accounts import checksummed
from jumpstart.chain.addresses import parse_clone
from jumpstart.chain.client import Chain, Contract
from jumpstart.chain.sale import Sale
from jumpstart.errors import InputError
from jumpstart.powers import POWERS, Power, Who

_CLONED: Final = frozenset({"SubscriptionSale", "ProceedsEscrow"})
"""Every one in use is a clone: what they are clones of is never used itself."""

_NOBODYS: Final = frozenset({Who.ANYONE, Who.SIGNED, Who.OWNER})
"""What asks for no role: an account acts for itself, or shows what somebody has signed."""

_NEVER_SUBSCRIBED: Final = 0  # of the sale's `Stage`


@dataclass(frozen=True, kw_only=True)
class Holding:
    """Whether an account has a role. `holder` names who has it, for people."""

    is_held: bool
    holder: str


def contract_at(chain: Chain, address: str) -> Contract:
    """The contract of the platform at an address, known by its code.

    Raises `InputError` when there is none, or one of somebody else.
    """
    code = chain.code(address)
    if not code:
        raise InputError(f"there is no contract at {address} on chain {chain.chain_id}")
    clone = parse_clone(code)
    own = chain.code(clone[0]) if clone else code
    for name in dict.fromkeys(power.contract for power in POWERS):
        if chain.artifacts[name].matches(own):
            if (name in _CLONED) == bool(clone):
                return chain.contract(name, address)
            if name in _CLONED:
                raise InputError(f"the {name} at {address} is what others are made of: name one")
    raise InputError(f"the contract at {address} is none of this project")


def power_of(contract: Contract, function: str) -> Power:
    """The row of `jumpstart.powers` about a function. Raises `InputError` when it has none."""
    name = contract.artifact.name
    known = {power.function: power for power in POWERS if power.contract == name}
    found = known.get(function.partition("(")[0])
    if found is None or found.function == "receive":
        names = ", ".join(each for each in known if each != "receive")
        raise InputError(f"{name} has no function {function} that changes anything; it has {names}")
    return found


def require_role(contract: Contract, power: Power, args: Sequence[Any], account: str) -> None:
    """Raises `InputError` when the account has not the role that the function asks for, naming both
    and who has it.
    """
    found = holding_of(contract, power, args, account)
    if not found.is_held:
        raise InputError(
            f"{power.contract}.{power.function} is for {power.who}, {found.holder}: "
            f"{account} is not"
        )


def holding_of(contract: Contract, power: Power, args: Sequence[Any], account: str) -> Holding:
    """Whether the account has, at the latest block, the role that the function asks for."""
    call = contract.call
    match power.who:
        case who if who in _NOBODYS:
            return Holding(is_held=True, holder="anyone")
        case Who.REVIEWER | Who.QUORUM:
            return Holding(is_held=call("isReviewer", account), holder=_listed(contract))
        case Who.PARTICIPANT:
            return _participant(contract, power, account)
        case Who.NOMINEE if power.function == "acceptAppointment":
            appointed = call("appointmentOf", account) != 0
            return Holding(is_held=appointed, holder="whom the chair has appointed")
        case Who.ALLOWED:
            allowed = call("allowance", args[0], account)
            text = f"{args[0]} has allowed it {allowed} of {args[2]} base units"
            return Holding(is_held=allowed >= args[2], holder=text)
    holder = _holder(contract, power, args)
    return Holding(is_held=holder == account, holder=f"which is {holder}")


def _holder(contract: Contract, power: Power, args: Sequence[Any]) -> str:
    """The one account that has the role."""
    call = contract.call
    name = contract.artifact.name
    match power.who:
        case Who.DEPLOYER:
            found = call("OWNER")
        case Who.CHAIR:
            found = call("chair")
        case Who.GUARDIAN:
            found = _review(contract).call("guardian")
        case Who.NOMINEE:
            found = call(f"nominated{power.function.removeprefix('accept')}")
        case Who.APPLICANT:
            found = call("applicationOf", args[0]).applicant
        case Who.PUBLISHER:
            sale = Sale.at(contract.chain, contract.address)
            found = checksummed(sale.terms.parties.holdings_publisher)
        case Who.BENEFICIARY:
            found = call("beneficiaryOf", call("idOf", args[0]))
        case Who.REVOKER:
            ((_, revoker, _), _, _) = args[0]  # of the grant's plan
            found = revoker
        case Who.REVIEW:
            found = _review(contract).address
        case Who.LAUNCHPAD:
            found = call("LAUNCHPAD")
        case Who.ESCROW:
            found = call("escrow")
        case Who.SALE:
            found = call("sale")
        case _:
            raise AssertionError(f"{name}: no rule for {power.who}")
    holder: str = found
    return holder


def _review(contract: Contract) -> Contract:
    if contract.artifact.name == "ProceedsEscrow":
        return contract.chain.contract("ProjectReview", contract.call("REVIEW"))
    return contract.chain.contract("ProjectReview", contract.call("parts")[1])


def _participant(contract: Contract, power: Power, account: str) -> Holding:
    if power.function.startswith("subscribe"):
        # Whoever has a pass and a proof: the contract looks at them.
        return Holding(is_held=True, holder="whoever has a pass and a proof")
    sale = contract
    if contract.artifact.name == "ProceedsEscrow":
        sale = contract.chain.contract("SubscriptionSale", contract.call("sale"))
    stage = sale.call("positionOf", account).stage
    return Holding(
        is_held=stage != _NEVER_SUBSCRIBED, holder=f"who has subscribed in {sale.address}"
    )


def _listed(review: Contract) -> str:
    return f"of whom {review.address} has {review.call('reviewerCount')}"
