"""A rehearsal: a sale of any reviewed terms on a local chain, with whatever accounts it unlocks.

For trying out commands and scripts. A sale with value is deployed from a plan and a journal.
"""

from collections.abc import Sequence

from jumpstart.chain.client import Chain
from jumpstart.chain.sale import Platform, Sale
from jumpstart.demo.stage import TOTAL_SUPPLY, deploy_token, seconds_to_move
from jumpstart.drafts import Draft
from jumpstart.errors import InputError

_CONTRACTS = ("sale-token", "payment-token", "pass-registry")


def rehearse(chain: Chain, draft: Draft, accounts: Sequence[str]) -> Sale:
    """Deploys tokens, platform and sale, and funds the sale, all by the first account.

    The others play the names that the terms leave open, in their order. A sale whose time has
    passed is moved to the days ahead. Raises `InputError` on a chain that is not local, or with
    fewer accounts than names.
    """
    if not chain.is_local:
        raise InputError("a rehearsal is for local test chains")
    roles = [name for name in draft.open_names if name not in _CONTRACTS]
    if len(accounts) <= len(roles):
        raise InputError(f"{len(accounts)} accounts, the terms need {len(roles) + 1}")
    sender, *others = accounts
    platform = Platform.deploy(chain, sender=sender)
    contracts = {
        "sale-token": deploy_token(chain, draft.tokens.sale, TOTAL_SUPPLY, sender, sender),
        "payment-token": deploy_token(chain, draft.tokens.payment, TOTAL_SUPPLY, sender, sender),
        "pass-registry": platform.pass_registry,
    }
    terms = draft.resolve(
        {
            **{name: each.address for name, each in contracts.items() if name in draft.open_names},
            **dict(zip(roles, others, strict=False)),
        }
    )
    terms = terms.moved(seconds_to_move(chain, terms))
    sale = Sale.create(chain, platform.implementation.address, terms, sender=sender)
    sale.fund(sender=sender)
    return sale
