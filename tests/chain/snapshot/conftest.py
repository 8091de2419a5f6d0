"""A token with a history, on a chain of its own: what was sent is known from the receipts.

Of its own, because a fetch asks for old states, and Anvil forgets those of a chain that has lived long.
"""

from collections.abc import Iterator
from typing import Literal

import pytest
from eth_account.signers.local import LocalAccount

from jumpstart.chain.client import Chain
from jumpstart.chain.compiler import Artifacts
from jumpstart.chain.node import LocalNode
from tests.chain.conftest import START
from tests.chain.snapshot.scene import History


@pytest.fixture(scope="module")
def history(
    chain_kind: Literal["ganache", "anvil"], artifacts: Artifacts, deployer: LocalAccount
) -> Iterator[History]:
    """Some dozens of blocks; some without a transfer, one with many."""
    with LocalNode(chain_kind, start_time=START) as node:
        chain = Chain.connect(node.url, chain_id=node.chain_id, artifacts=artifacts)
        yield History.played(chain, deployer)


@pytest.fixture(autouse=True)
def _undone(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a test does to the history is undone."""
    if "history" not in request.fixturenames:
        yield
        return
    history: History = request.getfixturevalue("history")
    snapshot = history.chain.snapshot()
    yield
    history.chain.revert(snapshot)
