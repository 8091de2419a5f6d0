"""A rehearsal: a sale of any terms on a local chain, with whatever accounts it unlocks.

For trying out commands and scripts. A sale with value is deployed from a plan and a journal.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from jumpstart.accounts import parse_account
from jumpstart.chain.client import Chain
from jumpstart.chain.platform import Committee, Platform
from jumpstart.chain.sale import UNLIMITED, Sale
from jumpstart.demo.stage import (
    APPLICATION,
    DAY,
    TOTAL_SUPPLY,
    deploy_token,
    rules_of,
    seconds_to_move,
)
from jumpstart.drafts import Draft
from jumpstart.errors import InputError

_CONTRACTS: Final = ("sale-token", "payment-token", "holding-token", "pass-registry")


def rehearse(chain: Chain, draft: Draft, accounts: Sequence[str]) -> Sale:
    """Deploys tokens and platform, has the sale reviewed, and lists it. The first account is the
    project and sends it all; the last is the committee, as nobody may review what is its own.

    Those between play the names that the terms leave open, in their order. A sale whose time has
    passed is moved to the days ahead. Raises `InputError` on a chain that is not local, or with too
    few accounts.
    """
    if not chain.is_local:
        raise InputError("a rehearsal is for local test chains")
    roles = [name for name in draft.open_names if name not in _CONTRACTS]
    if len(accounts) < len(roles) + 2:
        raise InputError(f"{len(accounts)} accounts, the terms need {len(roles) + 2}")
    sender, *others, reviewer = accounts
    unit = 10**draft.tokens.holding.decimals
    bond_token = deploy_token(chain, draft.tokens.holding, TOTAL_SUPPLY, sender, sender)
    platform = Platform.deploy(
        chain,
        sender=sender,
        rules=replace(rules_of(parse_account(bond_token.address), unit), quorum=1),
        chair=reviewer,
        guardian=reviewer,
        reviewers=[reviewer],
    )
    sale_token = deploy_token(chain, draft.tokens.sale, TOTAL_SUPPLY, sender, sender)
    contracts = {
        "sale-token": sale_token,
        "payment-token": deploy_token(chain, draft.tokens.payment, TOTAL_SUPPLY, sender, sender),
        "holding-token": bond_token,
        "pass-registry": platform.pass_registry,
    }
    listing = draft.resolve(
        {
            **{name: each.address for name, each in contracts.items() if name in draft.open_names},
            **dict(zip(roles, others, strict=False)),
        }
    )
    listing = listing.moved(seconds_to_move(chain, listing, notice=DAY // 2))
    bond_token.send("approve", platform.review.address, UNLIMITED, sender=sender)
    sale_token.send("approve", platform.launchpad.address, UNLIMITED, sender=sender)
    committee = Committee(platform=platform, reviewers=[reviewer])
    for transaction in committee.approval(APPLICATION, listing, applicant=sender):
        chain.send(transaction)
    sale, _ = platform.list_sale(APPLICATION, listing, sender=sender)
    return sale
