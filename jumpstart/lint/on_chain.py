"""What a chain knows of the terms: whether it is the right one, what its tokens are and how they
behave, what the applicant has.

Only reads the chain; tokens are tried on a copy of it, by whatever `probe` does that.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeAlias

from jumpstart.accounts import checksummed
from jumpstart.errors import JumpstartError
from jumpstart.lint import tokens as token_codes
from jumpstart.lint.case import Case, Known
from jumpstart.lint.findings import Code, Found, Severity
from jumpstart.lint.places import Path
from jumpstart.lint.traits import Trait
from jumpstart.terms import RANDOMNESS_LEAST, ZERO_ADDRESS

if TYPE_CHECKING:
    from jumpstart.chain.client import Chain
    from jumpstart.chain.platform import Platform
    from jumpstart.chain.tokens import TokenOnChain
    from jumpstart.drafts import TokenSection

Probe: TypeAlias = Callable[[str, str | None], list[Trait]]
"""The traits of the token at an address, tried from a holder where one is given."""

OTHER_CHAIN = Code(
    name="chain.id",
    severity=Severity.ERROR,
    title="Another chain",
    why="A sale can only be listed on the chain that its terms name.",
    fix="Correct `chain_id`, or give the address of a node of that chain.",
)
UNKNOWN = Code(
    name="chain.unknown",
    severity=Severity.ERROR,
    title="An account that cannot be looked at",
    why="A check that cannot run has failed: with a chain at hand, tokens and pass registry are to be looked at.",
    fix="Give its address with --account NAME=0x..",
)
DECIMALS = Code(
    name="token.decimals",
    severity=Severity.ERROR,
    title="Other decimals than the token's",
    why="Every amount of the file is wrong by a power of ten.",
    fix="Write the decimals that the token has.",
)
SYMBOL = Code(
    name="token.symbol",
    severity=Severity.WARNING,
    title="Another symbol than the token's",
    why="It may be another token than the one that is meant.",
    fix="Check the address; write the symbol that the token has.",
)
SUPPLY = Code(
    name="token.supply",
    severity=Severity.ERROR,
    title="The token does not say how many there are",
    why="Without `totalSupply` it is no ERC-20 token, and nobody knows what share of it is sold.",
    fix="Use a token that keeps to the standard.",
)
BALANCE = Code(
    name="applicant.balance",
    severity=Severity.ERROR,
    title="The applicant has too few tokens",
    why="The whole supply of the sale and all allocations are taken from the applicant when the sale is listed.",
    fix="Bring the tokens to the applicant before the listing.",
)
REGISTRY = Code(
    name="registry.no-code",
    severity=Severity.ERROR,
    title="There is no pass registry at the address",
    why="The contracts refuse to list a sale without one.",
    fix="Name the pass registry of the platform.",
)
OTHER_REGISTRY = Code(
    name="registry.other",
    severity=Severity.WARNING,
    title="Another pass registry than the platform's",
    why="Passes that participants have presented to the platform's registry are not in this one.",
    fix="Name the pass registry of the platform, unless this one is meant.",
)
RECEIVER = Code(
    name="people.receiver-code",
    severity=Severity.NOTE,
    title="A receiver is a contract",
    why="A contract may refuse what it is sent, or be unable to pass it on.",
    fix="Check that it can receive the token, and coin where the sale is paid in coin: a multisig can.",
)

NO_RANDOMNESS = Code(
    name="holdings.no-randomness",
    severity=Severity.ERROR,
    title="The chain's blocks have no randomness",
    why="The days that count are drawn with it, and here everybody could know them in advance.",
    fix="Name another chain for the draw, such as Ethereum: `randomness_of = 1`.",
)

_RECEIVERS: Final = ("proceeds_to", "unsold_to", "fee_to", "remainder_to", "beneficiary")


@dataclass(frozen=True, kw_only=True)
class OnChain:
    """A case before a chain, which need not be the right one. `applicant` is who brings the tokens."""

    case: Case
    chain: "Chain"
    applicant: str | None = None
    platform: "Platform | None" = None

    @cached_property
    def known(self) -> Known:
        """What the chain knows that rules need."""
        supplies = {
            section.unit: token.total
            for key, section in self._sections.items()
            if (token := self._tokens.get(key)) is not None
            and token.total is not None
            and token.decimals == section.decimals
        }
        if self.platform is None:
            return Known(supplies=supplies)
        rules = self.platform.review.call("rules")
        return Known(
            supplies=supplies,
            vault=bytes.fromhex(self.platform.vesting_vault.address[2:]),
            review_seconds=rules.commitSeconds + rules.revealSeconds,
        )

    def findings(self, probe: Probe) -> Iterator[Found]:
        """Everything that the chain says against the terms."""
        if self.chain.chain_id != self.case.draft.chain_id:
            said = f"{self.case.draft.chain_id}, the node is chain {self.chain.chain_id}"
            yield OTHER_CHAIN.at("chain_id", says=said)
            return
        yield from self._unknown()
        for key, token in self._tokens.items():
            yield from self._described(key, token)
            yield from self._behaviour(key, token, probe)
        yield from self._balance()
        yield from self._registry()
        yield from self._receivers()
        yield from self._randomness()

    # ---------------------------------------------------------------------------------- tokens

    @cached_property
    def _sections(self) -> "dict[str, TokenSection]":
        tokens = self.case.draft.tokens
        sections: dict[str, TokenSection] = {"sale": tokens.sale, "payment": tokens.payment}
        if self.case.terms.holdings.chain_id == self.chain.chain_id:
            sections["holding"] = tokens.holding
        return sections

    @cached_property
    def _tokens(self) -> dict[str, "TokenOnChain"]:
        """Those that are there already, and are no coin."""
        from jumpstart.chain.tokens import TokenOnChain  # not needed without a chain

        found = {}
        for key, section in self._sections.items():
            address = self.case.address(section.address)
            if address != ZERO_ADDRESS and not self.case.is_open(section.address):
                found[key] = TokenOnChain(self.chain, checksummed(address))
        return found

    def _unknown(self) -> Iterator[Found]:
        tokens = self.case.draft.tokens
        looked_at: dict[Path, bytes | str] = {
            **{
                ("tokens", key, "address"): section.address
                for key, section in self._sections.items()
                if key != "sale"
            },
            ("admission", "pass_registry"): self.case.draft.admission.pass_registry,
        }
        if tokens.sale.creation is None:
            looked_at["tokens", "sale", "address"] = tokens.sale.address
        for path, account in looked_at.items():
            if self.case.is_open(account):
                yield UNKNOWN.at(*path, says=f"{account!r} has no address")

    def _described(self, key: str, token: "TokenOnChain") -> Iterator[Found]:
        section = self._sections[key]
        if not token.has_code:
            return
        if token.decimals != section.decimals:
            has = "none" if token.decimals is None else token.decimals
            yield DECIMALS.at(
                "tokens", key, "decimals", says=f"{section.decimals}, the token has {has}"
            )
        if token.symbol != section.symbol:
            has = "none" if token.symbol is None else repr(token.symbol)
            yield SYMBOL.at(
                "tokens", key, "symbol", says=f"{section.symbol!r}, the token has {has}"
            )
        if token.total is None:
            yield SUPPLY.at("tokens", key, "address", says=f"{token.address} has no totalSupply")

    def _behaviour(self, key: str, token: "TokenOnChain", probe: Probe) -> Iterator[Found]:
        codes = token_codes.BY_USE[key]
        if not token.has_code:
            detail = f"there is no code at {token.address}"
            traits = [Trait(code=token_codes.NO_CODE, holds=True, detail=detail)]
        else:
            try:
                traits = probe(token.address, self.applicant if key == "sale" else None)
            except JumpstartError as error:
                traits = [Trait(code=token_codes.NOT_PROBED, holds=True, detail=str(error))]
        relevant = (trait for trait in traits if trait.code in codes)
        yield from token_codes.behaviour(codes, key, relevant)

    # ---------------------------------------------------------------------------------- accounts

    def _balance(self) -> Iterator[Found]:
        token = self._tokens.get("sale")
        if self.applicant is None or token is None or not token.has_code:
            return
        case = self.case
        needed = case.sale.supply + sum(each.amount for each in case.terms.allocations)
        has = token.balance(self.applicant)
        if has is None or has < needed:
            known = "no balance" if has is None else case.tokens(has)
            said = f"{self.applicant} has {known}, of {case.tokens(needed)} on sale and locked"
            yield BALANCE.at("tokens", "sale", says=said)

    def _registry(self) -> Iterator[Found]:
        account = self.case.draft.admission.pass_registry
        address, place = checksummed(self.case.address(account)), ("admission", "pass_registry")
        if self.case.is_open(account):
            return
        if not self.chain.code(address):
            yield REGISTRY.at(*place, says=f"there is no code at {address}")
        elif self.platform is not None and address != self.platform.pass_registry.address:
            said = f"{address}, the platform has {self.platform.pass_registry.address}"
            yield OTHER_REGISTRY.at(*place, says=said)

    def _receivers(self) -> Iterator[Found]:
        for path, account in self.case.accounts.items():
            if path[-1] not in _RECEIVERS or self.case.is_open(account):
                continue
            address = checksummed(self.case.address(account))
            size = len(self.chain.code(address))
            if size:
                yield RECEIVER.at(*path, says=f"{address} has {size} bytes of code")

    def _randomness(self) -> Iterator[Found]:
        if self.case.terms.holdings.seed_chain_id != self.chain.chain_id:
            return
        head = self.chain.header()
        if head.prev_randao < RANDOMNESS_LEAST or head.difficulty:
            said = (
                f"block {head.number} has {head.prev_randao:#x} in its place, and a difficulty of "
                f"{head.difficulty}"
            )
            yield NO_RANDOMNESS.at("holdings", "randomness_of", says=said)


def looked_at(
    case: Case,
    chain: "Chain",
    *,
    applicant: str | None = None,
    platform: "Platform | None" = None,
    probe: Probe | None = None,
) -> tuple[Case, list[Found]]:
    """The case with what the chain knows, and what the chain says against it.

    `probe` is by default that of `jumpstart.chain.probes`, on a private copy of the chain. Raises
    `ChainError` when the chain does not answer.
    """
    if applicant is None and (given := case.accounts.get(("application", "applicant"))) is not None:
        applicant = None if case.is_open(given) else checksummed(case.address(given))
    view = OnChain(case=case, chain=chain, applicant=applicant, platform=platform)
    found = list(view.findings(probe or _probe_of(chain)))
    if chain.chain_id != case.draft.chain_id:
        return case, found
    return replace(case, known=view.known), found


def _probe_of(chain: "Chain") -> Probe:
    from jumpstart.chain.probes import probe

    return lambda token, holder: probe(chain.url, token, holder=holder, chain_id=chain.chain_id)
