"""The stage: a local chain with the contracts of a sale on it, the roles' accounts, and a clock.

Knows how to set up, and nothing of what is played. On a node of ours blocks are a second apart and
the sale runs on its own dates; on any other local chain it is moved to the days ahead of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from eth_account.signers.local import LocalAccount

from jumpstart.chain.client import Chain, Contract, Sender
from jumpstart.chain.compiler import PROJECT_ROOT
from jumpstart.chain.sale import Platform, Sale
from jumpstart.demo.cast import ROLES, key_of
from jumpstart.demo.journal import Journal
from jumpstart.demo.numerals import shown
from jumpstart.drafts import Draft, TokenSection
from jumpstart.errors import InputError
from jumpstart.terms import SaleTerms

DRAFT: Final = PROJECT_ROOT / "sales" / "demo.toml"
"""The terms that the demo plays."""

START: Final = 1_564_488_000
"""Unix seconds of the first block on a node of ours: 30 July 2019, 12:00 UTC."""

TOTAL_SUPPLY: Final = 2_100_000_000
"""Whole tokens of EM that there were in all; published."""

_MONEY: Final = 100_000_000  # whole payment tokens in the bank
_WEI: Final = 10**18  # of native coin for each account: enough for fees
_DAY: Final = 86_400
_NOTICE: Final = _DAY // 2  # before the first session, for setting up


@dataclass(frozen=True, kw_only=True)
class Stage:
    """What is on the chain. `roles` has a key for each name in `cast.ROLES`."""

    chain: Chain
    draft: Draft
    sale: Sale
    platform: Platform
    roles: Mapping[str, LocalAccount]
    is_exact: bool
    """Whether the clock moves by blocks alone, not with the wall clock."""

    @property
    def terms(self) -> SaleTerms:
        """The terms of the sale."""
        return self.sale.terms

    @property
    def sale_token(self) -> Contract:
        """The token on sale."""
        return self.sale.sale_token

    @property
    def payment_token(self) -> Contract:
        """The token that pays."""
        return self.sale.payment_token

    def move_to(self, time: int) -> None:
        """The next transaction is mined at `time`, or the first moment after it."""
        if self.is_exact:
            self.chain.advance_to(time)
        else:
            self.chain.mine_at(time)


def build(chain: Chain, draft: Draft, journal: Journal, *, is_exact: bool) -> Stage:
    """Deploys tokens, platform and sale, and funds the sale. Raises `InputError` when not local."""
    if not chain.is_local:
        raise InputError("the demo is for local test chains: it moves time and makes money")
    roles = {role: key_of(role) for role in ROLES}
    chain.set_balances({key.address: _WEI for key in roles.values()})
    deployer, treasury = roles["deployer"], roles["treasury"]

    sold = draft.tokens.sale.unit
    bank = roles["bank"].address
    sale_token = deploy_token(chain, draft.tokens.sale, TOTAL_SUPPLY, treasury.address, deployer)
    payment_token = deploy_token(chain, draft.tokens.payment, _MONEY, bank, deployer)
    platform = Platform.deploy(chain, sender=deployer)
    journal.step("the platform: registry of passes, rules of terms, implementation of sales")

    terms = draft.resolve(
        {
            "sale-token": sale_token.address,
            "payment-token": payment_token.address,
            "pass-registry": platform.pass_registry.address,
            **{name: key.address for name, key in roles.items() if name in draft.open_names},
        }
    )
    terms = terms.moved(seconds_to_move(chain, terms))
    sale = Sale.create(chain, platform.implementation.address, terms, sender=deployer)
    journal.spend("create the sale", _gas_of_latest(chain))
    journal.note(
        chain.now(),
        "The sale is created. Its terms are part of its code and cannot change; their hash begins "
        f"with 0x{terms.terms_hash.hex()[:8]}.",
    )
    journal.spend("fund the sale", sale.fund(sender=treasury).gas_used)
    journal.note(
        chain.now(),
        f"The treasury funds the sale with all {shown(terms.supply, sold)} that it sells. "
        "Without that it could not open.",
    )
    return Stage(
        chain=chain, draft=draft, sale=sale, platform=platform, roles=roles, is_exact=is_exact
    )


def deploy_token(
    chain: Chain, section: TokenSection, supply: int, holder: str, sender: Sender
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


def name_of(section: TokenSection) -> str:
    """The name of a token of the demo: part of the domain of its permits."""
    return f"Demo {section.symbol}"


def seconds_to_move(chain: Chain, terms: SaleTerms) -> int:
    """Seconds, in whole days, until the chain has notice enough before the first session."""
    late = chain.now() + _NOTICE - terms.sessions[0].start
    return max(0, -(-late // _DAY)) * _DAY


def _gas_of_latest(chain: Chain) -> int:
    gas: str = chain.request("eth_getBlockByNumber", "latest", False)["gasUsed"]
    return int(gas, 16)
