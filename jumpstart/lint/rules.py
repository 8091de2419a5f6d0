"""The rules of the contracts, all that are broken, in the words and units of the file.

They stand in `contracts/TermsRules.sol`, and for Python in `jumpstart.terms`. Here is only where in
a file each of their fields is written, and in which unit.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from jumpstart.errors import TermsError
from jumpstart.lint.case import Case
from jumpstart.lint.figures import count, duration, moment, share
from jumpstart.lint.findings import Code, Found, Severity
from jumpstart.lint.places import Path

_REFUSED: Final = "The contracts refuse to list a sale of such terms."


def _code(name: str, title: str, why: str, fix: str) -> Code:
    return Code(
        name=f"rule.{name}",
        severity=Severity.ERROR,
        title=title,
        why=f"{_REFUSED} {why}",
        fix=fix,
    )


TIMES = _code(
    "times",
    "Times are not in order, or out of range",
    "Windows follow one another, the settlement ends after the last of them, and each milestone is due after that.",
    "Move one of the two times.",
)
AMOUNTS = _code(
    "amounts",
    "An amount is out of its range",
    "Sums have to fit what a participant's slot holds, and caps have to leave something to sell.",
    "Change the amount, or the one that it is compared with.",
)
SHARES = _code(
    "shares",
    "A share is out of its range",
    "Basis points are of a whole; a veto of more than half could be out of anybody's reach.",
    "Change the share.",
)
SUM = _code(
    "sum",
    "The shares of the proceeds are not 100 % together",
    "What is raised is released by the initial share and those of the milestones, all of it.",
    "Change the shares until the initial one and those of all milestones are 100 %.",
)
TABLE = _code(
    "table",
    "The coefficient table does not rise",
    "A holding is looked up from the lowest row: thresholds and coefficients both rise.",
    "Put the rows in order, and give each another threshold and coefficient.",
)
LISTS = _code(
    "lists",
    "A list is empty or too long",
    "The bounds keep the gas of a listing, a settlement and a refused subscription in reach.",
    "Shorten the list, or fill it.",
)
ACCOUNTS = _code(
    "accounts",
    "An account is nobody's, or the same as another",
    "What is sent to the zero address is lost, and a token is not paid for with itself.",
    "Name another account.",
)
BOUNDS = _code(
    "bounds",
    "A number is out of its range",
    "It has to fit the place that the sale's code has for it.",
    "Change the number.",
)


_Write: TypeAlias = Callable[[Case, int], str]


def _time(_: Case, figure: int) -> str:
    return moment(figure)


def _seconds(_: Case, figure: int) -> str:
    return duration(figure)


def _share(_: Case, figure: int) -> str:
    return share(figure)


def _number(_: Case, figure: int) -> str:
    return count(figure)


def _account(case: Case, figure: int) -> str:
    return case.account(figure.to_bytes(20))


@dataclass(frozen=True)
class _Field:
    """Where a field of the contract stands in a file; `row` in place of its row."""

    code: Code
    path: tuple[str, ...]
    write: _Write

    def at(self, row: int | None) -> Path:
        return tuple((row or 1) - 1 if step == "row" else step for step in self.path)


def _schedule(name: str, *path: str) -> dict[str, _Field]:
    return {
        f"{name}.start": _Field(TIMES, (*path, "start"), _time),
        f"{name}.durationSeconds": _Field(TIMES, (*path, "duration"), _seconds),
        f"{name}.unlockBps": _Field(SHARES, (*path, "unlock"), _share),
        f"{name}.cliffSeconds": _Field(TIMES, (*path, "cliff"), _seconds),
        f"{name}.stepSeconds": _Field(TIMES, (*path, "step"), _seconds),
    }


FIELDS: Final = {
    "chainId": _Field(BOUNDS, ("chain_id",), _number),
    "sessions": _Field(LISTS, ("sessions",), _number),
    "session.start": _Field(TIMES, ("sessions", "row", "start"), _time),
    "session.end": _Field(TIMES, ("sessions", "row", "duration"), _time),
    "session.supply": _Field(AMOUNTS, ("sessions", "row", "supply"), Case.tokens),
    "session.limit": _Field(AMOUNTS, ("sessions", "row", "limit"), Case.tokens),
    "supply": _Field(AMOUNTS, ("sessions",), Case.tokens),
    "settleDeadline": _Field(TIMES, ("settle_deadline",), _time),
    "paymentToken": _Field(ACCOUNTS, ("tokens", "payment", "address"), _account),
    "price": _Field(AMOUNTS, ("deal", "price"), _number),
    "priceUnit": _Field(AMOUNTS, ("deal", "price"), _number),
    "minimum": _Field(AMOUNTS, ("deal", "minimum"), Case.tokens),
    "accountCap": _Field(AMOUNTS, ("deal", "account_cap"), Case.tokens),
    "softCap": _Field(AMOUNTS, ("deal", "soft_cap"), Case.payment),
    "level": _Field(BOUNDS, ("admission", "level"), _number),
    "attesters": _Field(LISTS, ("admission", "attesters"), _number),
    "attester": _Field(ACCOUNTS, ("admission", "attesters", "row"), _account),
    "jurisdictions": _Field(LISTS, ("admission",), _number),
    "holdingsPublisher": _Field(ACCOUNTS, ("parties", "holdings_publisher"), _account),
    "challengeSeconds": _Field(TIMES, ("holdings", "challenge_window"), _seconds),
    "proceedsTo": _Field(ACCOUNTS, ("parties", "proceeds_to"), _account),
    "unsoldTo": _Field(ACCOUNTS, ("parties", "unsold_to"), _account),
    "feeTo": _Field(ACCOUNTS, ("parties", "fee_to"), _account),
    "feeBps": _Field(SHARES, ("parties", "fee"), _share),
    **_schedule("vesting", "vesting"),
    "tiers": _Field(LISTS, ("tiers",), _number),
    "tier.threshold": _Field(TABLE, ("tiers", "row", "holding"), Case.holding),
    "tier.coefficient": _Field(TABLE, ("tiers", "row", "coefficient"), _number),
    "holdings.chainId": _Field(BOUNDS, ("holdings", "chain_id"), _number),
    "holdings.token": _Field(ACCOUNTS, ("tokens", "holding", "address"), _account),
    "holdings.dayCount": _Field(BOUNDS, ("holdings", "days"), _number),
    "holdings.drawTime": _Field(TIMES, ("holdings", "draw"), _time),
    "holdings.seedChainId": _Field(BOUNDS, ("holdings", "randomness_of"), _number),
    "holdings.statistic": _Field(BOUNDS, ("holdings", "statistic"), _number),
    "minimumTiers": _Field(LISTS, ("holdings", "minimum_tiers"), _number),
    "minimumTier.threshold": _Field(
        TABLE, ("holdings", "minimum_tiers", "row", "holding"), Case.holding
    ),
    "minimumTier.coefficient": _Field(
        TABLE, ("holdings", "minimum_tiers", "row", "coefficient"), _number
    ),
    "holdings.excluded": _Field(LISTS, ("holdings", "excluded"), _number),
    "escrow.initialBps": _Field(SHARES, ("escrow", "initial"), _share),
    "escrow.graceSeconds": _Field(TIMES, ("escrow", "grace"), _seconds),
    "escrow.objectionSeconds": _Field(TIMES, ("escrow", "objection_window"), _seconds),
    "escrow.objectionBps": _Field(SHARES, ("escrow", "objection_share"), _share),
    "escrow.exitSeconds": _Field(TIMES, ("escrow", "exit_window"), _seconds),
    "escrow.remainderTo": _Field(ACCOUNTS, ("escrow", "remainder_to"), _account),
    "milestones": _Field(LISTS, ("milestones",), _number),
    "milestone.shareBps": _Field(SHARES, ("milestones", "row", "share"), _share),
    "milestone.deadline": _Field(TIMES, ("milestones", "row", "deadline"), _time),
    "milestone.descriptionHash": _Field(
        BOUNDS, ("milestones", "row", "description_sha256"), _number
    ),
    "escrow.shares": _Field(SUM, ("escrow", "initial"), _share),
    "allocations": _Field(LISTS, ("allocations",), _number),
    "allocation.beneficiary": _Field(ACCOUNTS, ("allocations", "row", "beneficiary"), _account),
    "allocation.amount": _Field(AMOUNTS, ("allocations", "row", "amount"), Case.tokens),
    **_schedule("allocation", "allocations", "row"),
}
"""By the contract's name of a field."""


def broken(case: Case) -> Iterator[Found]:
    """A finding for every rule of the contracts that the terms break."""
    for error in case.terms.broken_rules():
        field = FIELDS[error.field]
        yield field.code.at(*field.at(error.row), says=_said(case, error, field))


def _said(case: Case, error: TermsError, field: _Field) -> str:
    if error.field == "escrow.shares":
        return f"the shares are {share(error.given)} together, not {share(error.bound)}"
    if error.field == "jurisdictions":
        return f"{error.given} jurisdictions are admitted, at least {error.bound} must be"
    name = {"session.end": "the session's end, ", "supply": "all sessions together, "}
    given, bound = field.write(case, error.given), field.write(case, error.bound)
    return f"{name.get(error.field, '')}{given} {error.rule} {bound}"


RULES: Final = (broken,)
