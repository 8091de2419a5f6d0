"""The stage: a local chain with the platform and the tokens on it, the roles' accounts, and a clock.

Knows how to set up, and nothing of what is played. On a node of ours blocks are a second apart and
the sale runs on its own dates; on any other local chain it is moved to the days ahead of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from eth_account.signers.local import LocalAccount

from jumpstart.accounts import parse_account
from jumpstart.chain.client import Chain, Contract, Sender
from jumpstart.chain.compiler import PROJECT_ROOT
from jumpstart.chain.platform import Platform
from jumpstart.chain.sale import Sale
from jumpstart.demo.cast import REVIEWERS, ROLES, key_of
from jumpstart.demo.journal import Journal
from jumpstart.drafts import Draft, UnitSection
from jumpstart.errors import InputError
from jumpstart.review import ReviewRules
from jumpstart.terms import ListingTerms, SaleTerms

DRAFT: Final = PROJECT_ROOT / "sales" / "demo.toml"
"""The terms that the demo plays."""

START: Final = 1_559_347_200
"""Unix seconds of the first block on a node of ours: 1 June 2019, 00:00 UTC."""

TOTAL_SUPPLY: Final = 2_100_000_000
"""Whole tokens of EM that there were in all; published."""

APPLICATION: Final = 1
"""The number of the application that a sale is listed for: the first one."""

DAY: Final = 86_400

_MONEY: Final = 100_000_000  # whole payment tokens, and whole OKB, in the bank
_POCKET: Final = 1_000_000  # whole OKB of whoever has to leave a bond
_WEI: Final = 10**18  # of native coin for each account: enough for fees
_NOTICE: Final = 52 * DAY  # before the draw, for the review and the listing


def rules_of(bond_token: bytes, unit: int) -> ReviewRules:
    """The rules of the committee. The bond is in the middle of what was published in 2019; the rest
    is ours. `unit`: base units of a whole bond token.
    """
    return ReviewRules(
        bond_token=bond_token,
        bond=250_000 * unit,
        challenge_bond=1_000 * unit,
        quorum=3,
        commit_seconds=5 * DAY,
        reveal_seconds=5 * DAY,
        approval_seconds=10 * DAY,
        notice_seconds=7 * DAY,
        bar=650_000,
        floors=(50, 50, 40, 50, 60, 50, 50),
        weights_bps=(1_500, 1_500, 1_000, 2_000, 2_000, 1_000, 1_000),
    )


@dataclass(frozen=True, kw_only=True)
class Stage:
    """What is on the chain. `roles` has a key for each name in `cast.ROLES`; `sale` is where the
    first application's will stand.
    """

    chain: Chain
    draft: Draft
    listing: ListingTerms
    rules: ReviewRules
    platform: Platform
    sale: Sale
    bond_token: Contract
    roles: Mapping[str, LocalAccount]
    is_exact: bool
    """Whether the clock moves by blocks alone, not with the wall clock."""

    @property
    def terms(self) -> SaleTerms:
        """The terms of the sale itself."""
        return self.listing.sale

    @property
    def sale_token(self) -> Contract:
        """The token on sale."""
        return self.sale.sale_token

    @property
    def payment_token(self) -> Contract:
        """The token that pays."""
        return self.sale.payment_token

    @property
    def locked(self) -> int:
        """Tokens of the project itself that are locked when the sale is listed."""
        return sum(allocation.amount for allocation in self.listing.allocations)

    def move_to(self, time: int) -> None:
        """The next transaction is mined at `time`, or the first moment after it."""
        if self.is_exact:
            self.chain.advance_to(time)
        else:
            self.chain.mine_at(time)


def build(chain: Chain, draft: Draft, journal: Journal, *, is_exact: bool) -> Stage:
    """Deploys tokens and platform. Raises `InputError` when the chain is not local."""
    if not chain.is_local:
        raise InputError("the demo is for local test chains: it moves time and makes money")
    roles = {role: key_of(role) for role in ROLES}
    chain.set_balances({key.address: _WEI for key in roles.values()})
    deployer, project, bank = roles["deployer"], roles["project"], roles["bank"]

    tokens = draft.tokens
    sale_token = deploy_token(chain, tokens.sale, TOTAL_SUPPLY, project.address, deployer)
    payment_token = deploy_token(chain, tokens.payment, _MONEY, bank.address, deployer)
    bond_token = deploy_token(chain, tokens.holding, _MONEY, bank.address, deployer)
    pocket = _POCKET * 10**tokens.holding.decimals
    chain.send_many(
        [
            bond_token.transaction("transfer", roles[role].address, pocket, sender=bank)
            for role in ("project", "watcher")
        ]
    )
    rules = rules_of(parse_account(bond_token.address), 10**tokens.holding.decimals)
    platform = Platform.deploy(
        chain,
        sender=deployer,
        rules=rules,
        chair=roles["chair"].address,
        guardian=roles["guardian"].address,
        reviewers=[roles[name].address for name in REVIEWERS],
    )
    journal.step("the platform: review, launchpad, passes, vault, escrow and sale to clone")

    listing = draft.resolve(
        {
            "sale-token": sale_token.address,
            "payment-token": payment_token.address,
            "holding-token": bond_token.address,
            "pass-registry": platform.pass_registry.address,
            **{name: key.address for name, key in roles.items() if name in draft.open_names},
        }
    )
    listing = listing.moved(seconds_to_move(chain, listing, notice=_NOTICE))
    return Stage(
        chain=chain,
        draft=draft,
        listing=listing,
        rules=rules,
        platform=platform,
        sale=platform.sale_at(APPLICATION, listing),
        bond_token=bond_token,
        roles=roles,
        is_exact=is_exact,
    )


def deploy_token(
    chain: Chain, section: UnitSection, supply: int, holder: str, sender: Sender
) -> Contract:
    """A token of so many whole units, all of them the holder's."""
    return chain.deploy(
        "ProjectToken",
        name_of(section),
        section.symbol,
        section.decimals,
        supply * 10**section.decimals,
        holder,
        sender=sender,
    )


def name_of(section: UnitSection) -> str:
    """The name of a token of the demo: part of the domain of its permits."""
    return f"Demo {section.symbol}"


def seconds_to_move(chain: Chain, listing: ListingTerms, *, notice: int) -> int:
    """Seconds, in whole days, until the chain has so much notice before the draw of the holdings."""
    late = chain.now() + notice - listing.holdings.draw_time
    return max(0, -(-late // DAY)) * DAY
