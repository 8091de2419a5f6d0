"""The files of a snapshot against the contract: what a page finds in them opens the sale."""

import json
from pathlib import Path

import pytest

from jumpstart.accounts import checksummed
from jumpstart.hashing import keccak256
from jumpstart.holdings import read_holdings
from jumpstart.snapshot.figures import Rule
from jumpstart.snapshot.run import Machine, Request, take
from jumpstart.snapshot.shards import read_proof
from jumpstart.terms import Statistic
from tests.chain import figures
from tests.chain.reverts import reverts
from tests.chain.stage import SUBSCRIBED, Stage, Trial, raw
from tests.unit.snapshot.drawn import TOKEN, rows_of, write_parquet
from tests.unit.snapshot.model import ZERO, Log

AMOUNT = 1000
STRANGERS = 400  # so many that there is more than one shard


@pytest.fixture(scope="module")
def folder(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot of a token that the buyers and many others received; the first buyer had twice as
    much on the first of two days as on the second.
    """
    folder = tmp_path_factory.mktemp("snapshot")
    held = {"0x" + raw(buyer).hex(): figures.TIERS[2].threshold for buyer in stage.people.buyers}
    held |= {
        "0x" + keccak256(bytes([n % 256, n // 256]))[:20].hex(): n + 1 for n in range(STRANGERS)
    }
    logs = [
        Log(block=1, index=index, source=ZERO, target=account, amount=amount)
        for index, (account, amount) in enumerate(held.items())
    ]
    first = next(iter(held))
    logs.append(Log(block=1, index=len(logs), source=ZERO, target=first, amount=held[first]))
    logs.append(Log(block=2, index=0, source=first, target=ZERO, amount=held[first]))
    request = Request(
        files=[write_parquet(folder / "transfers.parquet", rows_of(logs))],
        token=TOKEN,
        blocks=[1, 2],
        rule=Rule(statistic=Statistic.MINIMUM, days=2),
    )
    done = take(request, folder / "out", Machine(memory="512MB"))
    assert done.shards > 1
    return folder / "out"


@pytest.fixture(scope="module")
def trial(stage: Stage, folder: Path) -> Trial:
    """A sale in its session, whose holdings are the snapshot's."""
    holdings = read_holdings(folder / "holdings.csv")
    trial = stage.list(
        holdings={
            checksummed(bytes.fromhex(account[2:])): held for account, held in holdings.items()
        }
    )
    root = bytes.fromhex(json.loads((folder / "manifest.json").read_text())["root"][2:])
    trial.sale.publish_holdings(root, sender=stage.people.publisher)
    trial.open()
    return trial


def test_proof_of_a_shard_is_accepted(trial: Trial, stage: Stage, folder: Path) -> None:
    """With its holding, and with no other; nobody else's is."""
    buyer, rival, *_ = stage.people.buyers
    found = read_proof(folder, raw(buyer))
    assert found is not None
    holding, proof = found
    assert holding == figures.TIERS[2].threshold
    with reverts("SubscriptionSale_ProofInvalid", buyer.address, holding + 1):
        trial.call("subscribe", AMOUNT, holding + 1, list(proof), sender=buyer)
    with reverts("SubscriptionSale_ProofInvalid", rival.address, holding):
        trial.call("subscribe", AMOUNT, holding, list(proof), sender=rival)
    trial.send("subscribe", AMOUNT, holding, list(proof), sender=buyer)
    assert trial.call("positionOf", buyer.address)[-1] == SUBSCRIBED


def test_file_of_an_account_is_accepted(trial: Trial, stage: Stage, folder: Path) -> None:
    """As a page would send what is in it."""
    rival = stage.people.buyers[1]
    account = "0x" + raw(rival).hex()
    file = json.loads((folder / "accounts" / account[:4] / f"{account}.json").read_text())
    proof = [bytes.fromhex(node[2:]) for node in file["proof"]]
    trial.send("subscribe", AMOUNT, int(file["holding"]), proof, sender=rival)
    assert trial.call("positionOf", rival.address)[-1] == SUBSCRIBED
