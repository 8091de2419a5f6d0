"""What a re-org takes back is done again, and nothing is believed that it can have taken back."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final as Constant

import pytest

from jumpstart.chain.client import Chain
from jumpstart.chain.compiler import Artifacts
from jumpstart.chain.factory import FACTORY, FACTORY_CODE
from jumpstart.chain.node import LocalNode
from jumpstart.deployment.steps import Step
from jumpstart.errors import ChainError, CheckError
from tests.chain.conftest import START
from tests.chain.deployment.scene import Scene
from tests.chain.deployment.trouble import GWEI, IMPATIENT, POLICY, Trouble, deep, reorg


@pytest.fixture
def anvil_scene(artifacts: Artifacts) -> Iterator[Scene]:
    """A node for each test: after some dozens of snapshots that were returned to, a re-org on Anvil
    loses contracts that were there long before it.
    """
    with LocalNode("anvil", start_time=START) as node:
        yield Scene(Chain.connect(node.url, artifacts=artifacts))


STEPS: Constant = ("create-token", "approve-bond", "apply", "approve-tokens", "list")


@pytest.mark.parametrize(
    ("kind", "step"),
    [
        ("mined", "create-token"),
        ("checked", "apply"),
        ("checked", "approve-tokens"),
        ("mined", "list"),
        *deep(*((kind, step) for kind in ("sent", "mined", "checked") for step in STEPS)),
    ],
)
def test_what_a_reorg_took_back_is_done_again(sale: Trouble, kind: str, step: str) -> None:
    """Three blocks are taken back, or more where that many have been mined since, while waiting for
    confirmations or after the last of them.
    """

    def go_back() -> None:
        with sale.miner.paused():
            blocks = [each["block"] for each in sale.entries("mined") if each["step"] == step]
            since = [sale.chain.block_number() - block + 1 for block in blocks]
            reorg(sale, max(3, *since, 0))

    sale.when(kind, step, go_back)
    sale.run()
    sale.ends_as_expected()
    assert sale.entries("gone") or kind == "sent"


def create_registry(platform: Trouble) -> int:
    """Somebody else creates the registry of passes, which is the same for all; in which block."""
    steps = {step.key: step for step in platform.deployment.steps}
    registry = steps["create-PassRegistry"]
    assert isinstance(registry, Step)
    call = registry.call({})
    transaction = {
        "from": platform.scene.stranger.address,
        "to": call.to,
        "data": "0x" + call.data.hex(),
        "gas": hex(5_000_000),
        "gasPrice": hex(100 * GWEI),
    }
    with platform.miner.paused():
        platform.chain.request("eth_sendTransaction", transaction)
        platform.chain.mine()
        return platform.chain.block_number()


def test_what_others_did_is_not_believed_when_a_reorg_took_it_back(platform: Trouble) -> None:
    """Somebody else creates the registry; it is found, and then it is not there."""
    created: list[int] = []

    def go_back() -> None:
        with platform.miner.paused():
            reorg(platform, platform.chain.block_number() - created[0] + 1)

    platform.when("mined", "create-factory", lambda: created.append(create_registry(platform)))
    platform.when("found", "create-PassRegistry", go_back)
    platform.run()
    platform.ends_as_expected()
    gone = {each["step"]: each["hash"] for each in platform.entries("gone")}
    assert gone["create-PassRegistry"] is None


def test_a_transaction_without_effect_is_named_and_sent_again(platform: Trouble) -> None:
    """The factory is not there when it is called, as after a deep re-org: nothing refuses."""
    one = replace(POLICY, in_flight=1)

    def take_away() -> None:
        platform.chain.set_code(FACTORY, b"")

    platform.when("intent", "create-PassRegistry", take_away)
    words = r"^create-PassRegistry: transaction .* what it is for is not true$"
    with pytest.raises(CheckError, match=words):
        platform.run(one)
    platform.chain.set_code(FACTORY, FACTORY_CODE)
    platform.run(one)
    final = platform.scene.final(platform.deployment, platform.folder)
    assert final.record == platform.expected.record
    assert len(final.sent) == len(platform.expected.sent) + 1


def test_what_others_did_first_is_as_good(platform: Trouble) -> None:
    """Somebody else's creation is mined just before ours, which does nothing then."""

    def create() -> None:
        create_registry(platform)

    platform.when("intent", "create-PassRegistry", create)
    platform.run()
    assert [each["step"] for each in platform.entries("failed")] == ["create-PassRegistry"]
    assert "create-PassRegistry" in [each["step"] for each in platform.entries("found")]
    final = platform.scene.final(platform.deployment, platform.folder)
    assert final.record == platform.expected.record
    assert len(final.sent) == len(platform.expected.sent) - 1


def test_a_chain_that_went_back_and_stayed_shorter_stops_it(sale: Trouble) -> None:
    """Nothing tells it from a node that lags, until there are other blocks than were seen."""
    snapshot = sale.chain.request("evm_snapshot")
    lock = sale.miner.paused()

    def back() -> None:
        lock.__enter__()
        sale.chain.request("evm_revert", snapshot)

    sale.when("checked", "apply", back)
    try:
        with pytest.raises(ChainError, match=r"block height is \d+ but requested was \d+$"):
            sale.run(IMPATIENT)
        with pytest.raises(ChainError, match=r"it is behind, or the chain was rolled back$"):
            sale.run(IMPATIENT)
    finally:
        lock.__exit__(None, None, None)
    sale.run()
    sale.ends_as_expected()
