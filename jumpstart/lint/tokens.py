"""What the behaviour of a token means for a sale of it, for one paid in it, and where it is counted.

The traits are found out elsewhere, by using the token on a copy of its chain; here they become
findings. What could not be found out is an error, because a check that cannot run has failed.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from jumpstart.lint.findings import Code, Found, Severity
from jumpstart.lint.traits import Trait

NO_CODE: Final = "no-code"
NOT_PROBED: Final = "not-probed"

_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

# By trait: its title, then for a token on sale and for one to pay with, how grave it is and why.
_MEANINGS: Final[Mapping[str, tuple[str, tuple[Severity, str], tuple[Severity, str]]]] = {
    NO_CODE: (
        "There is no contract at the address",
        (_ERROR, "The contracts refuse to list a sale of it."),
        (_ERROR, "The contracts refuse to list a sale that is paid in it."),
    ),
    "no-return-value": (
        "The token returns nothing",
        (_NOTE, "The contracts do without; so must every other program that is to use it."),
        (_NOTE, "The contracts do without; so must every other program that is to use it."),
    ),
    "returns-false": (
        "The token returns false where others revert",
        (_NOTE, "The contracts take it for a refusal; a program that does not look loses track."),
        (_NOTE, "The contracts take it for a refusal; a program that does not look loses track."),
    ),
    "fee-on-transfer": (
        "The token takes a fee on transfers",
        (_ERROR, "The launchpad receives less than the supply, and the listing reverts."),
        (_ERROR, "The sale receives less than what was subscribed, and every subscription reverts."),
    ),
    "rebasing": (
        "Balances of the token change by themselves",
        (_ERROR, "The sale counts what it was given: when its balance shrinks, the last claims cannot be paid."),
        (_ERROR, "The sale counts what it was paid: when its balance shrinks, the last refunds cannot be paid."),
    ),
    "blocking": (
        "Somebody can block accounts of the token",
        (
            _WARNING,
            "A blocked account waits with its claim; if the sale itself is blocked, everybody waits, and exits without "
            "the tokens.",
        ),
        (
            _WARNING,
            "A blocked account can have its refund sent elsewhere or wait; if the sale itself is blocked, all money "
            "waits.",
        ),
    ),
    "pausable": (
        "Somebody can pause the token",
        (_WARNING, "Nothing can be claimed while it is paused."),
        (_WARNING, "Nothing can be subscribed, refunded or released while it is paused."),
    ),
    "upgradeable": (
        "Somebody can change the token's code",
        (_WARNING, "What was reviewed is not what may run when participants claim."),
        (_WARNING, "What was reviewed is not what may run when refunds are paid."),
    ),
    "approval-race": (
        "An approval has to be taken back before another is given",
        (_NOTE, "An applicant with an old approval of the launchpad has to set it to 0 first."),
        (_NOTE, "A participant with an old approval of the sale has to set it to 0 first; a page has to know that."),
    ),
    "hooks": (
        "The token calls those who send or receive it",
        (_WARNING, "Receivers run their own code in a claim: the contracts are made for it, others may not be."),
        (_WARNING, "Receivers run their own code in a refund: the contracts are made for it, others may not be."),
    ),
    "mintable": (
        "Somebody can make more of the token",
        (_WARNING, "What participants pay for is a share of something whose size is not fixed."),
        (_NOTE, "Its issuer decides what the proceeds are worth, as with every such token."),
    ),
    NOT_PROBED: (
        "The token's behaviour could not be found out",
        (_ERROR, "A check that cannot run has failed: the token may do anything."),
        (_ERROR, "A check that cannot run has failed: the token may do anything."),
    ),
}  # fmt: skip

_FIXES: Final = {
    "hooks": "Nothing in the sale; look at every other program that is to move the token.",
    NO_CODE: "Check the address and the chain; deploy the token first.",
    NOT_PROBED: "Name a holder with a balance, or an endpoint with the state of the chain; else have the code read.",
    _ERROR: "Use another token, or one that wraps this one and behaves.",
    _WARNING: "Find out who can, under which rules, and say so in the dossier.",
    _NOTE: "Nothing; tell those who build on the sale.",
}


def _codes(which: str, place: int) -> dict[str, Code]:
    codes = {}
    for trait, meaning in _MEANINGS.items():
        severity, why = meaning[1:][place]
        codes[trait] = Code(
            name=f"{which}.{trait}",
            severity=severity,
            title=f"{meaning[0]} ({which.replace('-', ' ')})",
            why=why,
            fix=_FIXES.get(trait) or _FIXES[severity],
        )
    return codes


SALE_TOKEN: Final = _codes("sale-token", 0)
PAYMENT_TOKEN: Final = _codes("payment-token", 1)
"""By trait."""

_UNCOUNTED: Final = {
    NO_CODE: "Nobody holds what is not there.",
    "rebasing": "Holdings are added up from its Transfer logs, and then are not what accounts have.",
    NOT_PROBED: "A check that cannot run has failed: the token may do anything.",
}

HOLDING_TOKEN: Final = {
    trait: Code(
        name=f"holding-token.{trait}",
        severity=_ERROR,
        title=f"{_MEANINGS[trait][0]} (holding token)",
        why=why,
        fix=_FIXES.get(trait) or _FIXES[_ERROR],
    )
    for trait, why in _UNCOUNTED.items()
}
"""By trait, those that matter when balances are counted from logs."""

BY_USE: Final = {"sale": SALE_TOKEN, "payment": PAYMENT_TOKEN, "holding": HOLDING_TOKEN}
"""By the name of a token's section."""


def behaviour(codes: Mapping[str, Code], key: str, traits: Iterable[Trait]) -> Iterator[Found]:
    """What the traits of the token `tokens.<key>` mean by `codes`.

    A token without code, or one that could not be tried, is one finding and not one for each trait.
    """
    by_code = {trait.code: trait for trait in traits}
    place = ("tokens", key, "address")
    unknown = sorted(set(codes) - set(by_code))
    unknown += [code for code, trait in by_code.items() if trait.holds is None]
    for code in (NO_CODE, NOT_PROBED):
        trait = by_code.get(code)
        if trait is not None and trait.holds:
            yield codes[code].at(*place, says=trait.detail)
            if code == NO_CODE:
                return
            unknown = []
    for code, trait in by_code.items():
        if code in codes and code not in (NO_CODE, NOT_PROBED) and trait.holds:
            yield codes[code].at(*place, says=trait.detail)
    for code in unknown:
        why = by_code[code].detail if code in by_code else "nothing was said of it"
        yield codes[NOT_PROBED].at(*place, says=f"{code}: {why}")
