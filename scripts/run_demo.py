"""`brownie run run_demo`: the whole life of a sale on Brownie's chain, and its report.

As `jumpstart demo`, but on the chain that Brownie is connected to, with the sale moved to the days
ahead of that chain.
"""

from pathlib import Path

from brownie import web3

from jumpstart.chain.client import Chain
from jumpstart.chain.compiler import compile_contracts
from jumpstart.demo import summary
from jumpstart.demo.report import render
from jumpstart.demo.scenarios import Scenario, perform
from jumpstart.files import write_text

FOLDER = Path("out") / "brownie"


def main(scenario: str = "full", participants: str = "12") -> None:
    """`scenario`: full, refund, rejected or delisted. `participants`: how many buyers, at least 12."""
    chain = Chain.connect(
        web3.provider.endpoint_uri, chain_id=web3.eth.chain_id, artifacts=compile_contracts()
    )
    played = perform(chain, Scenario(scenario), participants=int(participants), is_exact=False)
    FOLDER.mkdir(parents=True, exist_ok=True)
    summary.write(played, FOLDER / "report.json")
    write_text(FOLDER / "report.html", render(played))
    print(f"{len(played['checks'])} sums on chain equal the model's; report: {FOLDER}/report.html")
