"""A real airdrop whose Merkle root stands on chain: our hashing on somebody else's tree.

Its leaves are hashes of packed values, not of an ABI encoding, and a node without a sibling moves up
as it is: that tree is built here, from its description. What the package's own code does with it is
hash, and walk proofs up to the root.
"""

import csv
import json
import lzma
import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from jumpstart.hashing import keccak256
from jumpstart.tree import HOLDING_TYPES, Tree, root_from, verify

ROOT = "c8500f8e2fcf3c9a32880e1b973fb28acc88be35787a8abcf9981b2b65dbdeb5"
ACCOUNTS = 252_803
PROJECT = Path(__file__).parents[2]
FILE = (
    Path(os.environ.get("JUMPSTART_DATA", PROJECT.parent / "shared" / "data"))
    / "uni-airdrop-2020.csv.xz"
)

Claim = tuple[int, str, int]


def leaf_of(index: int, account: str, amount: int) -> bytes:
    return keccak256(index.to_bytes(32) + bytes.fromhex(account[2:]) + amount.to_bytes(32))


def root_of(claims: Iterable[Claim]) -> bytes:
    level = sorted({leaf_of(*claim) for claim in claims})
    while len(level) > 1:
        pairs = [level[place : place + 2] for place in range(0, len(level), 2)]
        level = [root_from(pair[0], pair[1:]) for pair in pairs]
    return level[0]


def test_claims_of_the_airdrop_lead_to_its_root(data: Path) -> None:
    """Five of them, with their proofs; none does with one unit more."""
    sample = json.loads((data / "uni-airdrop-proofs.json").read_text())
    assert sample["root"] == "0x" + ROOT
    assert len(sample["claims"]) == 5
    for claim in sample["claims"]:
        proof = [bytes.fromhex(node[2:]) for node in claim["proof"]]
        index, account, amount = claim["index"], claim["account"], int(claim["amount"])
        assert root_from(leaf_of(index, account, amount), proof).hex() == ROOT
        assert root_from(leaf_of(index, account, amount + 1), proof).hex() != ROOT


@pytest.mark.skipif(
    not FILE.is_file(), reason=f"no {FILE.name}: the environment's JUMPSTART_DATA names its folder"
)
def test_root_of_all_accounts_of_the_airdrop() -> None:
    """252,803 accounts, hashed here, give the root that stands on chain; our own tree takes them."""
    with lzma.open(FILE, "rt") as lines:
        claims = [
            (int(row["index"]), row["account"], int(row["amount"])) for row in csv.DictReader(lines)
        ]
    assert len(claims) == ACCOUNTS
    assert root_of(claims).hex() == ROOT
    values = [(account, str(amount)) for _, account, amount in claims]
    tree = Tree.of(values, HOLDING_TYPES)
    for position in range(0, ACCOUNTS, 25_013):
        assert verify(tree.root, HOLDING_TYPES, values[position], tree.proof(position))
