"""The checks: the books of the chain held against those of the models, figure by figure.

A figure that differs by one unit is named, with its account where it has one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from jumpstart.demo.books import Books, EscrowBooks, Exit, Round, SaleBooks
from jumpstart.errors import CheckError

Unit = Literal["tokens", "payment", "bond", "count"]
"""What a figure counts: base units of the sale token, of the payment token or of the platform's
token, or things.
"""


@dataclass(frozen=True, kw_only=True)
class Check:
    """A figure that was checked: `found` on chain, `expected` by the model or by another sum.

    Behind a sum over accounts stand `accounts` comparisons, one for each.
    """

    name: str
    found: int
    expected: int
    unit: Unit
    accounts: int = 0


def reconcile(chain: Books, model: Books) -> list[Check]:
    """All checks. Raises `CheckError` naming the first figure that differs."""
    checks = list(_checks(chain, model))
    for check in checks:
        if check.found != check.expected:
            raise CheckError(f"{check.name}: {check.found} on chain, expected {check.expected}")
    return checks


def _checks(chain: Books, model: Books) -> Iterator[Check]:
    yield _check("sales listed", chain.sale is not None, model.sale is not None, "count")
    if chain.sale is not None and model.sale is not None:
        yield from _sale_checks(chain.sale, model.sale)
        yield from _escrow_checks(chain.sale.escrow, model.sale.escrow)
        yield from _vault_checks(chain.sale, model.sale)
    yield from _bond_checks(chain, model)


def _check(name: str, found: int, expected: int, unit: Unit, accounts: int = 0) -> Check:
    found, expected = int(found), int(expected)  # also of what is true or false
    return Check(name=name, found=found, expected=expected, unit=unit, accounts=accounts)


# --------------------------------------------------------------------------------------- the sale


def _sale_checks(chain: SaleBooks, model: SaleBooks) -> Iterator[Check]:
    yield _check("outcome, 1 for success", chain.succeeded, model.succeeded, "count")
    yield _check("accounts that subscribed", len(chain.entries), len(model.entries), "count")
    for index, (here, there) in enumerate(zip(chain.rounds, model.rounds, strict=True)):
        yield from _round_checks(f"session {index + 1}", here, there)
    yield from _entry_checks(chain, model)
    for field, name, unit in _SALE_FIELDS:
        yield _check(name, getattr(chain, field), getattr(model, field), unit)
    yield _check(
        "supply = to buyers + returned + unsold + rounding",
        chain.tokens + chain.returned + chain.unsold + chain.dust_tokens,
        model.supply,
        "tokens",
    )
    yield _check(
        "deposits = paid back + proceeds + fee + rounding",
        chain.deposits,
        chain.paid_back + chain.proceeds + chain.fee + chain.dust_payment,
        "payment",
    )
    yield _check("tokens left in the sale", chain.left_tokens, 0, "tokens")
    yield _check("payment left in the sale", chain.left_payment, 0, "payment")


def _round_checks(name: str, chain: Round, model: Round) -> Iterator[Check]:
    for here, there in zip(chain.rows, model.rows, strict=True):
        where = f"{name}, coefficient {there.coefficient}"
        yield from _differences(where, here, there, _ROW_FIELDS)
    yield Check(
        name=f"{name}, subscribed with {len(model.rows)} coefficients",
        found=chain.subscribed,
        expected=model.subscribed,
        unit="tokens",
    )
    yield from _figures(name, chain, model, _ROUND_FIELDS)


def _entry_checks(chain: SaleBooks, model: SaleBooks) -> Iterator[Check]:
    for account, there in model.entries.items():
        here = chain.entries.get(account)
        if here is None:
            yield Check(name=f"subscriptions of {account}", found=0, expected=1, unit="count")
            continue
        for index, subscribed in enumerate(there.subscribed):
            if here.subscribed[index] != subscribed:
                yield Check(
                    name=f"{account}, subscribed in session {index + 1}",
                    found=here.subscribed[index],
                    expected=subscribed,
                    unit="tokens",
                )
        yield from _differences(account, here, there, _ENTRY_FIELDS)
    for check in _figures("every buyer", chain, model, _SUMS):
        yield replace(check, accounts=len(model.entries))


# ------------------------------------------------------------------------------------- the escrow


def _escrow_checks(chain: EscrowBooks, model: EscrowBooks) -> Iterator[Check]:
    yield _check("proceeds in the escrow", chain.proceeds, model.proceeds, "payment")
    yield _check("releases to the project", len(chain.releases), len(model.releases), "count")
    pairs = zip(chain.releases, model.releases, strict=False)
    for number, (here, there) in enumerate(pairs, 1):
        yield _check(f"release {number} to the project", here.amount, there.amount, "payment")
    yield _check("accounts that exited", len(chain.exits), len(model.exits), "count")
    for account, exit_ in model.exits.items():
        yield from _differences(
            f"{account}, exit", chain.exits.get(account, _NO_EXIT), exit_, _EXIT_FIELDS
        )
    for field, name, unit in _EXIT_SUMS:
        yield _check(name, getattr(chain, field), getattr(model, field), unit, len(model.exits))
    yield _check("remainder of the proceeds", chain.remainder, model.remainder, "payment")
    yield _check(
        "proceeds = released + paid to who exited + remainder + left",
        chain.proceeds,
        chain.released + chain.exited + chain.remainder + chain.left,
        "payment",
    )
    yield _check("payment left in the escrow", chain.left, model.left, "payment")


# -------------------------------------------------------------------------------------- the vault


def _vault_checks(chain: SaleBooks, model: SaleBooks) -> Iterator[Check]:
    vault, expected = chain.vault, model.vault
    yield _check("grants in the vault", len(vault.grants), len(expected.grants), "count")
    for number, (here, there) in enumerate(zip(vault.grants, expected.grants, strict=False), 1):
        yield from _figures(f"grant {number}", here, there, _GRANT_FIELDS)
    yield _check(
        "locked = released + returned + left",
        vault.granted,
        vault.released + vault.returned + vault.left,
        "tokens",
    )
    yield _check("tokens left in the vault", vault.left, expected.left, "tokens")


# -------------------------------------------------------------------------------------- the bonds


def _bond_checks(chain: Books, model: Books) -> Iterator[Check]:
    here, there = chain.bonds, model.bonds
    yield _check("bonds of projects", here.paid_in, there.paid_in, "bond")
    yield _check("returns of bonds", len(here.returns), len(there.returns), "count")
    for number, (found, expected) in enumerate(zip(here.returns, there.returns, strict=False), 1):
        yield _check(f"return {number} of a bond", found.amount, expected.amount, "bond")
    yield _check("slashed, for participants", here.slashed, there.slashed, "bond")
    yield _check("accounts with a share of it", len(here.shares), len(there.shares), "count")
    yield from _share_checks(here.shares, there.shares)
    yield _check("left of it by rounding", here.left_to_share, there.left_to_share, "bond")
    yield _check(
        "slashed = shares + rounding", here.slashed, here.shared + here.left_to_share, "bond"
    )
    yield _check("bonds of challenges", here.challenged, there.challenged, "bond")
    yield _check(
        "bonds of challenges returned",
        here.challenges_returned,
        there.challenges_returned,
        "bond",
    )
    yield _check(
        "bonds = returned + slashed + left in the review",
        here.paid_in + here.challenged,
        here.returned + here.slashed + here.challenges_returned + here.left,
        "bond",
    )
    yield _check("bonds left in the review", here.left, there.left, "bond")


def _share_checks(chain: Mapping[str, int], model: Mapping[str, int]) -> Iterator[Check]:
    for account, share in model.items():
        if chain.get(account, 0) != share:
            name = f"{account}, share of the bond"
            yield _check(name, chain.get(account, 0), share, "bond")
    yield _check(
        "every buyer, share of the bond",
        sum(chain.values()),
        sum(model.values()),
        "bond",
        len(model),
    )


# -------------------------------------------------------------------------------------- comparing


Field = tuple[str, str, Unit]
"""An attribute, what it is called, and its unit."""

_NO_EXIT: Final = Exit(time=0, kept=0, returned=0, refund=0, paid=0)

_ROW_FIELDS: Final[tuple[Field, ...]] = (
    ("subscribed", "subscribed", "tokens"),
    ("accounts", "accounts", "count"),
    ("newcomers", "newcomers", "count"),
)
_ROUND_FIELDS: Final[tuple[Field, ...]] = (
    ("full_from", "least coefficient allotted in full", "count"),
    ("remaining", "tokens shared by the others", "tokens"),
    ("weight", "their weight, coefficient times base units", "count"),
)
_ENTRY_FIELDS: Final[tuple[Field, ...]] = (
    ("allotted", "tokens allotted", "tokens"),
    ("tokens", "tokens received", "tokens"),
    ("paid_in", "paid in", "payment"),
    ("paid_back", "paid back", "payment"),
)
_SUMS: Final[tuple[Field, ...]] = (
    ("allotted", "tokens allotted", "tokens"),
    ("tokens", "tokens received", "tokens"),
    ("deposits", "paid in", "payment"),
    ("paid_back", "paid back", "payment"),
)
_SALE_FIELDS: Final[tuple[Field, ...]] = (
    ("unsold", "tokens unsold", "tokens"),
    ("returned", "tokens returned by who exited", "tokens"),
    ("dust_tokens", "tokens left by rounding", "tokens"),
    ("proceeds", "proceeds to the escrow", "payment"),
    ("fee", "fee to the platform", "payment"),
    ("dust_payment", "payment left by rounding", "payment"),
)
_EXIT_FIELDS: Final[tuple[Field, ...]] = (
    ("time", "time", "count"),
    ("kept", "tokens kept", "tokens"),
    ("returned", "tokens returned", "tokens"),
    ("refund", "refund", "payment"),
    ("paid", "paid by the escrow", "payment"),
)
_EXIT_SUMS: Final[tuple[Field, ...]] = (
    ("kept", "every exit, tokens kept", "tokens"),
    ("returned", "every exit, tokens returned", "tokens"),
    ("exited", "every exit, paid by the escrow", "payment"),
)
_GRANT_FIELDS: Final[tuple[Field, ...]] = (
    ("amount", "tokens locked", "tokens"),
    ("released", "released to its beneficiary", "tokens"),
    ("returned", "returned when it was revoked", "tokens"),
)


def _figures(name: str, chain: object, model: object, fields: tuple[Field, ...]) -> Iterator[Check]:
    for field, words, unit in fields:
        yield Check(
            name=f"{name}, {words}",
            found=getattr(chain, field),
            expected=getattr(model, field),
            unit=unit,
        )


def _differences(
    name: str, chain: object, model: object, fields: tuple[Field, ...]
) -> Iterator[Check]:
    """Only the figures that differ: hundreds that agree would bury the sums."""
    return (
        check for check in _figures(name, chain, model, fields) if check.found != check.expected
    )
