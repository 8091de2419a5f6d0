"""Who can do what now: every function that changes anything, who has its role, and whether the contract
would let that account do it at the block of the audit.

Made from the table of powers, the roles as the events make them, and trial calls that leave nothing
behind.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from jumpstart.accounts import checksummed
from jumpstart.audit.replay import Models, Replay
from jumpstart.audit.subject import Subject
from jumpstart.chain.client import Contract
from jumpstart.errors import ChainError, ContractRevert
from jumpstart.opening import PAUSE_SECONDS
from jumpstart.powers import POWERS, Power, Who

POSSIBLE: Final = "possible"
UNTRIED: Final = "depends on what is given to it"
NOBODY_HAS_IT: Final = "nobody has the role"

_SOME_HASH: Final = b"\x01".rjust(32, b"\0")
_SOMEBODY: Final = checksummed(b"\x01".rjust(20, b"\0"))


@dataclass(frozen=True, kw_only=True)
class PowerNow:
    """One function. `holders` are addresses, or a word for many; `now` says what a trial has shown."""

    contract: str
    address: str
    function: str
    who: str
    holders: tuple[str, ...]
    when: str
    worst: str
    now: str


@dataclass(frozen=True, kw_only=True)
class Pause:
    """Subscriptions were stopped from `since` until `until`; Unix seconds."""

    since: int
    until: int


def powers_now(replay: Replay) -> list[PowerNow]:
    """In the order of a sale's life."""
    return list(_powers(replay.subject, replay.models))


def pause_of(models: Models) -> Pause | None:
    until = models.opening.paused_until
    return Pause(since=until - PAUSE_SECONDS, until=until) if until else None


def _powers(subject: Subject, models: Models) -> Iterator[PowerNow]:
    contracts: Mapping[str, Contract] = {
        "ProjectReview": subject.review,
        "Launchpad": subject.launchpad,
        "PassRegistry": subject.registry,
        "SubscriptionSale": subject.sale,
        "ProceedsEscrow": subject.escrow,
        "VestingVault": subject.vault,
    }
    trials = _trials(subject, models)
    for power in POWERS:
        contract = contracts.get(power.contract)
        if contract is None:
            continue
        holders = _holders(subject, models, power)
        args = trials.get((power.contract, power.function))
        now = UNTRIED if args is None else _tried(contract, power, args, holders, subject)
        yield PowerNow(
            contract=power.contract,
            address=contract.address,
            function=power.function,
            who=power.who.value,
            holders=holders,
            when=power.when,
            worst=power.worst,
            now=now if holders else NOBODY_HAS_IT,
        )


def _tried(
    contract: Contract,
    power: Power,
    args: tuple[Any, ...],
    holders: tuple[str, ...],
    subject: Subject,
) -> str:
    """What a call by one who has the role comes to."""
    sender = holders[0] if holders and holders[0].startswith("0x") else _SOMEBODY
    try:
        contract.call(power.function, *args, sender=sender, block=subject.head.number)
    except ContractRevert as refusal:
        return f"refused: {refusal.name}"
    except ChainError:
        return UNTRIED
    return POSSIBLE


def _trials(subject: Subject, models: Models) -> dict[tuple[str, str], tuple[Any, ...]]:
    """What each function is tried with; those that need a signature, a proof or a bond are left out."""
    number = subject.application
    current = models.escrow.delivery(subject.now).current
    reviewers = list(models.committee.reviewers) or [_SOMEBODY]
    sale: dict[str, tuple[Any, ...]] = {
        "publishHoldings": (_SOME_HASH,),
        "settleChallenge": (True,),
        **dict.fromkeys(
            (
                *("challengeHoldings", "pause", "void", "abandon", "settle"),
                *("collectProceeds", "collectFee", "collectUnsold", "collectReturned"),
            ),
            (),
        ),
    }
    escrow: dict[str, tuple[Any, ...]] = {
        "attest": (current, _SOME_HASH),
        "delist": (0,),
        "release": (),
        "collectRemainder": (),
    }
    review: dict[str, tuple[Any, ...]] = {
        "commit": (number, _SOME_HASH),
        "voteToAttest": (number, current, _SOME_HASH),
        "voteToDelist": (number, _SOME_HASH),
        "voteOnChallenge": (number, True),
        "appointReviewer": (_SOMEBODY,),
        "removeReviewer": (reviewers[0],),
        "nominateChair": (_SOMEBODY,),
        "nominateGuardian": (_SOMEBODY,),
        "resign": (),
        **dict.fromkeys(("withdraw", "recuse", "decide"), (number,)),
        **dict.fromkeys(("returnBond", "returnChallengeBond"), (number,)),
    }
    by_contract = {
        "SubscriptionSale": sale,
        "ProceedsEscrow": escrow,
        "ProjectReview": review,
    }
    return {
        (contract, function): args
        for contract, functions in by_contract.items()
        for function, args in functions.items()
    }


def _holders(subject: Subject, models: Models, power: Power) -> tuple[str, ...]:
    committee, application = models.committee, models.application
    match power.who:
        case Who.REVIEWER | Who.QUORUM:
            return tuple(committee.reviewers)
        case Who.CHAIR:
            return (committee.chair,)
        case Who.GUARDIAN:
            return (committee.guardian,)
        case Who.NOMINEE:
            nominees = {
                "acceptAppointment": tuple(committee.appointments),
                "acceptChair": (committee.nominated_chair,),
                "acceptGuardian": (committee.nominated_guardian,),
            }
            return tuple(filter(None, nominees[power.function]))
        case Who.APPLICANT:
            return () if application is None else (application.applicant,)
        case Who.PUBLISHER:
            return (checksummed(subject.terms.parties.holdings_publisher),)
        case Who.REVIEW:
            return (subject.review.address,)
        case Who.LAUNCHPAD:
            return (subject.launchpad.address,)
        case Who.ESCROW:
            return (subject.escrow.address,)
        case Who.SALE:
            return (subject.sale.address,)
        case Who.BENEFICIARY:
            states = (models.vault.state_of(models.grants[each]) for each in _own(models))
            return tuple(dict.fromkeys(checksummed(each.beneficiary) for each in states))
        case Who.REVOKER:
            plans = (models.grants[each].plan for each in _own(models))
            return tuple(
                dict.fromkeys(checksummed(each.revoker) for each in plans if any(each.revoker))
            )
        case Who.PARTICIPANT:
            return (f"{len(models.ledger.accounts)} participants",)
        case _:
            return (power.who.value,)


def _own(models: Models) -> list[bytes]:
    return [each for each in models.grants if each in models.own_grants]
