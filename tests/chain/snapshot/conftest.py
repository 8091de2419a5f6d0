"""A token with a history, on the chain of the session: what was sent is known from the receipts."""

import pytest
from eth_account.signers.local import LocalAccount

from jumpstart.chain.client import Chain
from tests.chain.snapshot.scene import History


@pytest.fixture(scope="module")
def history(chain: Chain, deployer: LocalAccount) -> History:
    """Some dozens of blocks; some without a transfer, one with many."""
    return History.played(chain, deployer)
