"""A deployment in trouble: on Anvil, with a block every few hundredths of a second, mined by hand, and a
node in between that a test makes misbehave.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from typing import Final as Constant

import pytest

from jumpstart.chain.client import Chain
from jumpstart.deployment.journal import Entry, Journal
from jumpstart.deployment.outbox import Policy
from tests.chain.deployment.scene import AnyDeployment, Final, Scene, entries_of
from tests.chain.faulty_node import SEND, FaultyNode

GWEI: Constant = 10**9
POLICY: Constant = Policy(
    confirmations=2,
    poll_seconds=0.01,
    resend_seconds=0.15,
    bump_seconds=0.4,
    patience_seconds=10.0,
)
IMPATIENT: Constant = replace(POLICY, patience_seconds=0.6)
POLICY_AT_ONCE: Constant = Policy(poll_seconds=0.005, patience_seconds=10.0)
SIGNERS: Constant = ("key", "wallet")


def deep(*cases: Any) -> list[Any]:
    """Cases of a deep run."""
    return [pytest.param(*case, marks=pytest.mark.deep) for case in cases]


class Miner:
    """Mines a block every few hundredths of a second, until it is paused."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain
        self._lock = threading.RLock()
        self._ended = threading.Event()
        self.seconds = 0.02
        self.base_fee: int | None = None
        """Of every block from now on, in wei; None leaves it to the chain."""

    def __enter__(self) -> "Miner":
        self._chain.request("evm_setAutomine", False)
        self._thread = threading.Thread(target=self._mine)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._ended.set()
        self._thread.join(5)
        self._chain.request("evm_setAutomine", True)

    @contextmanager
    def paused(self) -> Iterator[None]:
        with self._lock:
            yield

    def _mine(self) -> None:
        chain = Chain.connect(self._chain.url)
        while not self._ended.wait(self.seconds):
            with self._lock:
                if self.base_fee is not None:
                    chain.request("anvil_setNextBlockBaseFeePerGas", hex(self.base_fee))
                chain.mine()


@dataclass
class Trouble:
    """A deployment, the bad node that it meets the chain through, and how it ought to end."""

    scene: Scene
    miner: Miner
    node: FaultyNode
    deployment: AnyDeployment
    expected: Final
    folder: Path
    monkeypatch: pytest.MonkeyPatch

    @property
    def chain(self) -> Chain:
        return self.scene.chain

    def run(self, policy: Policy = POLICY, signer: str = "key") -> None:
        """Applies, or resumes."""
        self.scene.carry_out(
            self.deployment, self.folder, policy=policy, signer=signer, url=self.node.url
        )

    def ends_as_expected(self) -> None:
        with self.miner.paused():
            final = self.scene.final(self.deployment, self.folder)
        assert not final.difference(self.expected, exact=False)

    def when(self, kind: str, step: str, act: Callable[[], None]) -> None:
        """Does something once, when the first such entry has been written."""
        append = Journal.append
        waiting = [act]

        def acting(self: Journal, written: str, **content: Any) -> Entry:
            entry = append(self, written, **content)
            if waiting and (written, content.get("step")) == (kind, step):
                waiting.pop()()
            return entry

        self.monkeypatch.setattr(Journal, "append", acting)

    def foreign(self, number: int | None = None, *, fee: int = 100 * GWEI) -> None:
        """A transaction of the same account that is not the deployment's, into the pool."""
        sender = self.scene.sender
        if number is None:
            number = self.chain.nonce(sender.address, "pending")
        payload: dict[str, Any] = {
            "chainId": self.chain.chain_id,
            "nonce": number,
            "to": self.scene.stranger.address,
            "value": 1,
            "gas": 21_000,
            "maxFeePerGas": fee,
            "maxPriorityFeePerGas": fee,
        }
        raw = bytes(sender.sign_transaction(payload).raw_transaction)
        self.chain.request(SEND, "0x" + raw.hex())

    def entries(self, kind: str) -> list[Entry]:
        return entries_of(self.folder, kind)


@contextmanager
def in_trouble(
    scene: Scene, kind: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Trouble]:
    with scene.undone():
        scene.chain.request("anvil_setNextBlockBaseFeePerGas", hex(GWEI))
        assert scene.chain.request("txpool_status") == {"pending": "0x0", "queued": "0x0"}
        made = scene.platform_deployment() if kind == "platform" else scene.sale_deployment()
        scene.chain.mine(5)  # or a re-org would take back what was there before
        expected = scene.undisturbed(made, folder / "undisturbed", POLICY_AT_ONCE)
        with FaultyNode(scene.chain.url) as node, Miner(scene.chain) as miner:
            yield Trouble(
                scene=scene,
                miner=miner,
                node=node,
                deployment=made,
                expected=expected,
                folder=folder / "troubled",
                monkeypatch=monkeypatch,
            )
        scene.chain.request("anvil_dropAllTransactions")


def reorg(trouble: Trouble, blocks: int) -> None:
    """The last blocks are replaced by empty ones; what was in them is in no pool."""
    with trouble.miner.paused():
        trouble.chain.request("anvil_reorg", blocks, [])
