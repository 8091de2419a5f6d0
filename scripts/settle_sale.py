"""`brownie run settle_sale main 0x..`: settles every session of a sale that is over.

Anyone may, so any of Brownie's accounts will do. With nothing to settle it sends nothing.
"""

from brownie import accounts, web3

from jumpstart.chain.client import Chain
from jumpstart.chain.compiler import compile_contracts
from jumpstart.chain.sale import Sale
from jumpstart.cli.senders import parse_address
from jumpstart.cli.settle import STATUSES
from jumpstart.times import format_time


def main(address: str) -> None:
    """`address`: of the sale."""
    chain = Chain.connect(
        web3.provider.endpoint_uri, chain_id=web3.eth.chain_id, artifacts=compile_contracts()
    )
    sale = Sale.at(chain, parse_address("SALE", address))
    receipts = sale.settle_all(sender=accounts[0].address)
    for receipt in receipts:
        settled = sale.contract.event(receipt, "SessionSettled").args
        print(f"session {settled['session'] + 1} settled for {receipt.gas_used} gas")
    status = STATUSES[sale.contract.call("status")]
    print(f"{len(receipts)} settled, status of the sale: {status}")
    if status == "running":
        session = sale.terms.sessions[sale.contract.call("sessionsSettled")]
        print(f"next: the same again after {format_time(session.end)}")
