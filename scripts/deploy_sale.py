"""`brownie run deploy_sale`: rehearses a sale of reviewed terms on Brownie's local chain, funded.

A sale whose time has passed is moved to the days ahead. The record names the sale; the last line
the next command.
"""

import json
from pathlib import Path

from brownie import accounts, web3

from jumpstart import drafts
from jumpstart.amounts import format_amount
from jumpstart.chain.client import Chain
from jumpstart.chain.compiler import compile_contracts
from jumpstart.demo.rehearsal import rehearse
from jumpstart.times import format_time

RECORD = Path("out") / "brownie" / "sale.json"


def main(terms: str = "sales/demo.toml") -> None:
    """`terms`: a draft whose open names Brownie's accounts play."""
    draft = drafts.read(Path(terms))
    print(f"{draft.title}: chain {draft.chain_id}, open names {', '.join(draft.open_names)}")
    chain = Chain.connect(
        web3.provider.endpoint_uri, chain_id=draft.chain_id, artifacts=compile_contracts()
    )
    sale = rehearse(chain, draft, [account.address for account in accounts])
    supply = format_amount(sale.terms.supply, draft.tokens.sale.unit)
    print(f"{supply} on sale, funded, at {sale.address}")
    for number, session in enumerate(sale.terms.sessions, 1):
        print(f"session {number}: {format_time(session.start)} to {format_time(session.end)}")
    record = {"sale": sale.address, "termsHash": "0x" + sale.listing.terms_hash.hex()}
    RECORD.parent.mkdir(parents=True, exist_ok=True)
    RECORD.write_text(json.dumps(record, indent=2) + "\n")
    print(f"record: {RECORD}\nnext, when a session is over: run settle_sale main {sale.address}")
