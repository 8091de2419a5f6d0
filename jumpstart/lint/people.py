"""Accounts: who receives, who attests, who may take back, and who is the same as whom."""

from collections.abc import Iterator, Mapping
from typing import Final

from jumpstart.lint.case import Case
from jumpstart.lint.figures import share
from jumpstart.lint.findings import Code, Found, Severity
from jumpstart.lint.places import Path
from jumpstart.terms import ZERO_ADDRESS

HIGH_FEE: Final = 1_000
"""Basis points. A tenth: beyond it the fee decides what a project has to promise elsewhere."""
HIGHEST_FEE: Final = 5_000

_PRECOMPILES: Final = 0xFFFF
"""The first addresses are programs of the chain itself: what is sent there is lost."""
_BURNS: Final = frozenset((0xDEAD, int("dEaD" * 10, 16), int("dead" + "0" * 32 + "beef", 16)))

OPEN = Code(
    name="names.open",
    severity=Severity.NOTE,
    title="A name without an address",
    why="The deployment has to give it. Until then the rules for accounts take it for an account of its own.",
    fix="Give it with --account NAME=0x.., or in the file's [accounts].",
)
UNUSED = Code(
    name="names.unused",
    severity=Severity.WARNING,
    title="A name that no field uses",
    why="A misspelt name leaves the field that it was for without this address.",
    fix="Correct the name, or take it out.",
)
CONTRACT = Code(
    name="people.contract",
    severity=Severity.ERROR,
    title="A role for a contract of the sale itself",
    why="A token or the pass registry cannot act, and what is sent to it is lost.",
    fix="Name the account that is meant.",
)
SAME_CONTRACT = Code(
    name="people.same-contract",
    severity=Severity.ERROR,
    title="The pass registry is a token",
    why="No pass could be found in it, and nobody could subscribe.",
    fix="Name the pass registry of the platform.",
)
NOBODY = Code(
    name="people.nobody",
    severity=Severity.WARNING,
    title="An address that nobody can act for",
    why="It is a program of the chain or a place where tokens are burnt: what is sent there is gone.",
    fix="Name an account, unless burning is what the terms are to promise.",
)
FEE_HIGH = Code(
    name="fee.high",
    severity=Severity.WARNING,
    title="A fee of more than a tenth",
    why="It is taken from the proceeds before the escrow holds them: released at once, never given back in an exit.",
    fix="Lower the fee.",
)
FEE_HIGHEST = Code(
    name="fee.highest",
    severity=Severity.ERROR,
    title="A fee of more than half",
    why="Participants would pay the platform and not the project; a point in the wrong place looks just like that.",
    fix="Lower the fee.",
)
FEE_OWN = Code(
    name="fee.own",
    severity=Severity.WARNING,
    title="The fee goes to who receives the proceeds",
    why="It passes the escrow by: a part of the proceeds that no milestone holds back.",
    fix="Let the fee be 0 %, or name another receiver.",
)
ATTESTER_TWICE = Code(
    name="people.attester-twice",
    severity=Severity.WARNING,
    title="An attester is named twice",
    why="The second says nothing; another one was probably meant.",
    fix="Take it out, or name the other attester.",
)
ATTESTER_RECEIVES = Code(
    name="people.attester-receives",
    severity=Severity.WARNING,
    title="An attester receives money of the sale",
    why="Who decides who may take part should not be paid by how much they pay.",
    fix="Let somebody else attest, or receive.",
)
PUBLISHER_ATTESTS = Code(
    name="people.publisher-attests",
    severity=Severity.WARNING,
    title="One account publishes holdings and attests passes",
    why="One key decides alone who takes part and with which coefficient.",
    fix="Name two accounts.",
)
PUBLISHER_RECEIVES = Code(
    name="people.publisher-receives",
    severity=Severity.WARNING,
    title="Who publishes the holdings receives the proceeds",
    why="The project itself would say how much of its tokens each may have.",
    fix="Let the platform publish the holdings.",
)
UNSOLD = Code(
    name="people.unsold",
    severity=Severity.NOTE,
    title="Unsold tokens go to who receives the proceeds",
    why="Tokens returned in an exit go there too: a missed milestone gives the project its tokens back.",
    fix="Nothing, if that is meant.",
)
SELF_REVOKING = Code(
    name="allocation.self-revoking",
    severity=Severity.ERROR,
    title="A beneficiary who may revoke its own vesting",
    why="Revoking pays what has not vested to the revoker: such an allocation is not locked at all.",
    fix="Name another revoker, or none.",
)
VAULT = Code(
    name="allocation.vault",
    severity=Severity.ERROR,
    title="An allocation to the vesting vault itself",
    why="The vault makes no grant to itself, so the listing reverts.",
    fix="Name the account that is to have the tokens.",
)


def names(case: Case) -> Iterator[Found]:
    """Names that are open, and those that nothing uses."""
    for name in case.open_names:
        paths = [path for path, account in case.accounts.items() if account == name]
        fields = f", in {len(paths)} fields" if len(paths) > 1 else ""
        yield OPEN.at(*paths[0], says=f"{name!r} has no address yet{fields}")
    used = set(case.accounts.values())
    for name in case.draft.accounts:
        if name not in used:
            yield UNUSED.at("accounts", name, says=f"no field names {name!r}")


def contracts(case: Case) -> Iterator[Found]:
    """Roles that are given to a token or to the registry, and to nobody."""
    deal, registry = case.sale.deal, case.sale.admission.pass_registry
    parts = {deal.sale_token: "the token on sale", deal.payment_token: "the payment token"}
    parts.pop(ZERO_ADDRESS, None)
    if registry in parts:
        yield SAME_CONTRACT.at("admission", "pass_registry", says=f"it is {parts[registry]}")
    parts.setdefault(registry, "the pass registry")
    for path, address in _people(case).items():
        if address in parts:
            yield CONTRACT.at(*path, says=f"{case.account(address)} is {parts[address]}")
        elif address != ZERO_ADDRESS and (
            int.from_bytes(address) <= _PRECOMPILES or int.from_bytes(address) in _BURNS
        ):
            yield NOBODY.at(*path, says=f"{case.account(address)} is no account of anybody")


def _people(case: Case) -> Mapping[Path, bytes]:
    return {
        path: case.address(account)
        for path, account in case.accounts.items()
        if path[0] not in ("tokens", "holdings") and path[-1] != "pass_registry"
    }


def fee(case: Case) -> Iterator[Found]:
    """How much, and to whom."""
    parties = case.sale.parties
    if parties.fee_bps > HIGHEST_FEE:
        said = f"{share(parties.fee_bps)}, more than {share(HIGHEST_FEE)}"
        yield FEE_HIGHEST.at("parties", "fee", says=said)
    elif parties.fee_bps > HIGH_FEE:
        said = f"{share(parties.fee_bps)}, more than {share(HIGH_FEE)}"
        yield FEE_HIGH.at("parties", "fee", says=said)
    if parties.fee_bps and parties.fee_to == parties.proceeds_to:
        said = f"{case.account(parties.fee_to)} receives {share(parties.fee_bps)} and the proceeds"
        yield FEE_OWN.at("parties", "fee_to", says=said)


def roles(case: Case) -> Iterator[Found]:
    """Accounts with two roles that should be apart."""
    parties, attesters = case.sale.parties, case.sale.attesters
    receivers = {
        parties.proceeds_to: "the proceeds",
        parties.fee_to: "the fee",
        case.terms.escrow.remainder_to: "what nobody exits with",
    }
    for row, attester in enumerate(attesters):
        place: Path = ("admission", "attesters", row)
        if attester in attesters[:row]:
            other = attesters.index(attester) + 1
            yield ATTESTER_TWICE.at(*place, says=f"{case.account(attester)} is attester {other}")
        elif attester in receivers:
            said = f"{case.account(attester)} receives {receivers[attester]}"
            yield ATTESTER_RECEIVES.at(*place, says=said)
    publisher = case.account(parties.holdings_publisher)
    if parties.holdings_publisher in attesters:
        said = f"{publisher} is an attester"
        yield PUBLISHER_ATTESTS.at("parties", "holdings_publisher", says=said)
    if parties.holdings_publisher == parties.proceeds_to:
        said = f"{publisher} receives the proceeds"
        yield PUBLISHER_RECEIVES.at("parties", "holdings_publisher", says=said)
    if parties.unsold_to == parties.proceeds_to:
        said = f"{case.account(parties.unsold_to)} receives the proceeds too"
        yield UNSOLD.at("parties", "unsold_to", says=said)


def allocations(case: Case) -> Iterator[Found]:
    """Who has what the project locks, and who may take it back."""
    for row, each in enumerate(case.terms.allocations):
        if each.revoker != ZERO_ADDRESS and each.revoker == each.beneficiary:
            said = f"{case.account(each.revoker)} is beneficiary and revoker"
            yield SELF_REVOKING.at("allocations", row, "revoker", says=said)
        if each.beneficiary == case.known.vault:
            said = f"{case.account(each.beneficiary)} is the platform's vault"
            yield VAULT.at("allocations", row, "beneficiary", says=said)


RULES: Final = (names, contracts, fee, roles, allocations)
