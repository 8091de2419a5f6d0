"""Over nodes that lose, forget, lag, refuse and go back, a deployment comes to the same end.

On Anvil, with a block every few hundredths of a second, mined by hand.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from typing import Final as Constant

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jumpstart.chain.client import Chain
from jumpstart.chain.compiler import Artifacts
from jumpstart.chain.factory import FACTORY, FACTORY_CODE
from jumpstart.chain.node import LocalNode
from jumpstart.deployment.journal import Entry, Journal
from jumpstart.deployment.outbox import Policy
from jumpstart.deployment.steps import Step
from jumpstart.errors import ChainError, CheckError, InputError
from tests.chain.conftest import DRAWN, START
from tests.chain.deployment.faulty_node import ANY, SEND, FaultyNode
from tests.chain.deployment.scene import SUPPLY, AnyDeployment, Final, Scene, entries_of

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


@pytest.fixture(scope="module")
def scene(artifacts: Artifacts) -> Iterator[Scene]:
    with LocalNode("anvil", start_time=START) as node:
        yield Scene(Chain.connect(node.url, artifacts=artifacts))


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


@pytest.fixture
def sale(scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Trouble]:
    with in_trouble(scene, "sale", tmp_path, monkeypatch) as trouble:
        yield trouble


@pytest.fixture
def platform(scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Trouble]:
    with in_trouble(scene, "platform", tmp_path, monkeypatch) as trouble:
        yield trouble


# ------------------------------------------------------------------------------------ lost


@pytest.mark.parametrize("kind", ["sale", *deep(("platform",))])
def test_what_a_node_takes_and_loses_is_sent_again(
    request: pytest.FixtureRequest, kind: str
) -> None:
    trouble: Trouble = request.getfixturevalue(kind)
    trouble.node.swallow(times=5)
    trouble.run()
    trouble.ends_as_expected()
    assert trouble.node.counts[SEND] >= len(trouble.expected.sent) + 5


@pytest.mark.deep
def test_what_is_dropped_from_the_pool_is_sent_again(sale: Trouble) -> None:
    def drop(sent: str) -> None:
        sale.chain.request("anvil_dropTransaction", sent)

    for _ in range(3):
        sale.node.after(SEND, drop)
    sale.run()
    sale.ends_as_expected()


@pytest.mark.parametrize("signer", SIGNERS)
def test_what_was_accepted_without_an_answer_is_not_sent_twice(sale: Trouble, signer: str) -> None:
    """The connection breaks after the node has the transaction, every time."""
    method = SEND if signer == "key" else "eth_sendTransaction"
    sale.node.drop_after_accepting(method, times=100)
    sale.run(signer=signer)
    sale.ends_as_expected()


def test_what_never_arrived_is_sent_again(sale: Trouble) -> None:
    sale.node.drop_before(SEND, times=4)
    sale.run()
    sale.ends_as_expected()


# ------------------------------------------------------------------------------------ replaced


def test_a_step_whose_number_was_taken_before_gets_another(sale: Trouble) -> None:
    """A foreign transaction is in the pool when ours arrives."""
    sale.when("intent", "apply", sale.foreign)
    sale.run()
    sale.ends_as_expected()
    assert [each["step"] for each in sale.entries("replaced")] == ["apply"]


def test_a_step_whose_transaction_was_pushed_out_gets_another_number(sale: Trouble) -> None:
    """A foreign transaction of the same number pays more than ours, which is in the pool."""

    def push_out() -> None:
        with sale.miner.paused():
            number = sale.chain.nonce(sale.scene.sender.address)
            sale.foreign(number)

    sale.node.after(SEND, lambda sent: push_out())
    sale.run()
    sale.ends_as_expected()


def test_foreign_transactions_in_between_do_no_harm(platform: Trouble) -> None:
    platform.node.before("eth_estimateGas", platform.foreign, times=3)
    platform.node.before("eth_maxPriorityFeePerGas", platform.foreign, times=6)
    platform.run()
    platform.ends_as_expected()


# ------------------------------------------------------------------------------------ going back


def reorg(trouble: Trouble, blocks: int) -> None:
    """The last blocks are replaced by empty ones; what was in them is in no pool."""
    with trouble.miner.paused():
        trouble.chain.request("anvil_reorg", blocks, [])


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
    """Three blocks are taken back, while waiting for confirmations or after the last of them."""
    sale.when(kind, step, lambda: reorg(sale, 3))
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


# ------------------------------------------------------------------------------------ late


@pytest.mark.parametrize(
    ("behind", "signer"),
    [
        ((2,), "key"),
        ((0, 3), "wallet"),
        *deep(*(((5, 0, 1), signer) for signer in SIGNERS), ((2,), "wallet"), ((0, 3), "key")),
    ],
)
def test_stale_answers_change_nothing(sale: Trouble, behind: tuple[int, ...], signer: str) -> None:
    """Always behind, or in turns: a load balancer over nodes of different age."""
    sale.node.stale(*behind)
    sale.run(signer=signer)
    sale.ends_as_expected()


def test_a_node_that_refuses_now_and_then_is_asked_again(sale: Trouble) -> None:
    for method in ("eth_getBlockByNumber", "eth_getTransactionReceipt", SEND):
        sale.node.status(method, 429)
        sale.node.refuse(method, "limit exceeded")
        sale.node.status(method, 502)
        sale.node.drop_before(method)
    sale.run()
    sale.ends_as_expected()


def test_a_node_that_dies_and_comes_back_is_waited_for(sale: Trouble) -> None:
    dead = sale.node.dead()

    def die() -> None:
        dead.__enter__()
        threading.Timer(0.6, dead.__exit__, (None, None, None)).start()

    sale.when("intent", "apply", die)
    sale.run()
    sale.ends_as_expected()


def test_a_node_that_stays_away_stops_it_and_it_can_be_resumed(sale: Trouble) -> None:
    dead = sale.node.dead()
    sale.when("sent", "apply", dead.__enter__)
    with pytest.raises(ChainError, match=r"^http://127\.0\.0\.1:\d+ does not answer \(\w+\)$"):
        sale.run(IMPATIENT)
    dead.__exit__(None, None, None)
    sale.run()
    sale.ends_as_expected()


# ------------------------------------------------------------------------------------ prices


def offers(trouble: Trouble) -> list[int]:
    """What was offered for a gas, in the order of writing."""
    return [int(each["maxFee"]) for each in trouble.entries("intent") if each["number"] is not None]


def test_more_is_offered_when_the_base_fee_rises_above_the_offer(sale: Trouble) -> None:
    """The offer has room for it to double; it rises to several times as much."""

    def rise() -> None:
        sale.miner.base_fee = 10 * GWEI

    sale.when("intent", "apply", rise)
    sale.run()
    sale.ends_as_expected()
    assert len([each for each in sale.entries("intent") if each["step"] == "apply"]) > 1


def test_no_more_is_offered_than_allowed(sale: Trouble) -> None:
    """The base fee rises above the most that is allowed: it stops, and goes on when it has fallen."""
    cap = 4 * GWEI
    capped = replace(IMPATIENT, max_fee=cap)

    def rise() -> None:
        sale.miner.base_fee = cap + 1

    sale.when("intent", "list", rise)  # the last: nothing else is left to start
    with pytest.raises(ChainError, match=r"nothing has moved for 1 s: waiting for list.*at most"):
        sale.run(capped)
    with pytest.raises(ChainError, match=r"nothing has moved for 1 s: waiting for list"):
        sale.run(capped)
    sale.miner.base_fee = GWEI
    sale.run(replace(POLICY, max_fee=cap))
    sale.ends_as_expected()
    assert max(offers(sale)) <= cap


def test_a_replacement_offers_what_is_allowed_when_the_market_asks_for_more(sale: Trouble) -> None:
    """The usual offer leaves the base fee room to double: here there is less room, and enough."""
    cap = 8 * GWEI

    def rise() -> None:
        sale.miner.base_fee = 5 * GWEI

    sale.when("intent", "apply", rise)
    sale.run(replace(POLICY, max_fee=cap, patience_seconds=3.0))
    sale.ends_as_expected()
    assert max(offers(sale)) == cap


def test_a_price_above_what_is_allowed_sends_nothing(sale: Trouble) -> None:
    sale.miner.base_fee = 5 * GWEI
    sale.chain.mine()
    time.sleep(0.1)
    with pytest.raises(
        InputError, match=r"--max-fee: a gas costs \d+ wei now, at most 3000000000 "
    ):
        sale.run(replace(POLICY, max_fee=3 * GWEI))
    assert sale.entries("intent") == []
    sale.miner.base_fee = GWEI
    sale.run()
    sale.ends_as_expected()


def test_a_sender_who_cannot_pay_is_told_the_figures(sale: Trouble) -> None:
    """At once; after the account is funded it goes on."""
    address = sale.scene.sender.address
    sale.when("checked", "approve-bond", lambda: sale.chain.set_balance(address, 10**14))
    words = (
        rf"(?i)^apply: .*insufficient funds.* {address} has {10**14} wei, and this costs up to \d+$"
    )
    began = time.monotonic()
    with pytest.raises(ChainError, match=words):
        sale.run()
    assert time.monotonic() - began < POLICY.patience_seconds / 2
    assert "apply" not in [each["step"] for each in sale.entries("sent")]
    sale.chain.set_balance(address, 10**20)
    sale.run()
    sale.ends_as_expected()


def test_a_transaction_before_ours_that_was_lost_is_named(sale: Trouble) -> None:
    """A foreign transaction is in the pool, ours comes after it, and it vanishes."""
    account, lock = sale.scene.sender.address, sale.miner.paused()

    def before() -> None:
        lock.__enter__()
        sale.foreign()

    def vanish() -> None:
        sale.chain.request("anvil_dropAllTransactions")
        lock.__exit__(None, None, None)

    sale.when("checked", "approve-bond", before)
    sale.when("intent", "apply", vanish)
    words = (
        rf"waiting for apply; the next number of {account} is \d+, which is not of this deployment"
    )
    with pytest.raises(ChainError, match=words):
        sale.run(IMPATIENT)
    sale.foreign(sale.chain.nonce(account))
    sale.run()
    sale.ends_as_expected()


# ------------------------------------------------------------------------------------ refused


def test_a_transaction_that_is_mined_and_refused_is_named_and_sent_again(sale: Trouble) -> None:
    """The bond was there when it was written down, and gone when it was mined."""
    scene, token = sale.scene, sale.scene.bond_token
    token.send("approve", scene.stranger.address, SUPPLY, sender=scene.sender)
    scene.first_block = sale.chain.block_number() + 1
    holders = (scene.sender.address, scene.stranger.address)

    def take() -> None:
        token.send("transferFrom", *holders, SUPPLY, sender=scene.stranger)

    sale.when("intent", "apply", take)
    with pytest.raises(
        ChainError, match=r"^apply: transaction 0x\w{64} was mined in block \d+, and"
    ):
        sale.run()
    token.send("transfer", scene.sender.address, SUPPLY, sender=scene.stranger)
    sale.run()
    sale.ends_as_expected()
    assert [each["step"] for each in sale.entries("failed")] == ["apply"]


# ------------------------------------------------------------------------------------ limits


@pytest.mark.parametrize("in_flight", [3, *deep((1,), (2,))])
def test_no_more_wait_in_the_pool_than_allowed(platform: Trouble, in_flight: int) -> None:
    """Counted at the node after each that it takes."""
    account, waiting = platform.scene.sender.address, []

    def count(sent: str) -> None:
        with platform.miner.paused():
            chain = platform.chain
            waiting.append(chain.nonce(account, "pending") - chain.nonce(account))

    platform.node.after(SEND, count, times=1000)
    platform.miner.seconds = 0.2
    platform.run(replace(POLICY, in_flight=in_flight, confirmations=1))
    platform.ends_as_expected()
    assert max(waiting) == in_flight


# ------------------------------------------------------------------------------------ all at once

FAULTS: Constant[Mapping[str, Callable[[Trouble], None]]] = {
    "swallow": lambda trouble: trouble.node.swallow(2),
    "drop before": lambda trouble: trouble.node.drop_before(SEND, 2),
    "drop after": lambda trouble: trouble.node.drop_after_accepting(SEND, 2),
    "too many requests": lambda trouble: trouble.node.status(ANY, 429, 5),
    "bad gateway": lambda trouble: trouble.node.status("eth_getTransactionReceipt", 502, 3),
    "stale": lambda trouble: trouble.node.stale(2),
    "flapping": lambda trouble: trouble.node.stale(0, 3, 1),
    "fresh": lambda trouble: trouble.node.stale(0),
    "foreign": lambda trouble: trouble.foreign(),
    "empty pool": lambda trouble: trouble.chain.request("anvil_dropAllTransactions"),
    "re-org of one": lambda trouble: reorg(trouble, 1),
    "re-org of three": lambda trouble: reorg(trouble, 3),
    "base fee": lambda trouble: setattr(trouble.miner, "base_fee", 5 * GWEI),
}
ENTRIES: Constant = 30  # of the journal, about
TROUBLES: Constant = st.lists(
    st.tuples(st.integers(1, ENTRIES), st.sampled_from(sorted(FAULTS))), min_size=2, max_size=8
)
DEEP: Constant = replace(POLICY, confirmations=4, patience_seconds=3.0)
"""One more than the deepest re-org takes back."""


def anything_happens(
    scene: Scene, folder: Path, kind: str, troubles: list[tuple[int, str]]
) -> None:
    """Each fault begins after so many entries; what stops is resumed, and gaps are filled."""
    with (
        pytest.MonkeyPatch.context() as patch,
        in_trouble(scene, kind, folder, patch) as trouble,
    ):
        append, written = Journal.append, [0]

        def acting(self: Journal, entry: str, **content: Any) -> Entry:
            made = append(self, entry, **content)
            written[0] += 1
            for place, name in troubles:
                if place == written[0]:
                    FAULTS[name](trouble)
            return made

        patch.setattr(Journal, "append", acting)
        for _ in range(len(troubles) + 2):
            try:
                trouble.run(DEEP)
                break
            except ChainError as error:
                trouble.node.stale(0)
                if "not of this deployment" in str(error):
                    trouble.foreign(trouble.chain.nonce(scene.sender.address))
        trouble.ends_as_expected()


@pytest.mark.deep
@pytest.mark.timeout(3600)
@settings(DRAWN, max_examples=150, derandomize=False)
@given(troubles=TROUBLES, kind=st.sampled_from(("platform", "sale")))
def test_it_comes_to_the_same_end_whatever_happens(
    artifacts: Artifacts,
    tmp_path_factory: pytest.TempPathFactory,
    troubles: list[tuple[int, str]],
    kind: str,
) -> None:
    """Several faults at once, at any time; other draws in every run. Each on a chain of its own: Anvil
    forgets what was before when it has been taken back many times.
    """
    with LocalNode("anvil", start_time=START) as node:
        scene = Scene(Chain.connect(node.url, artifacts=artifacts))
        anything_happens(scene, tmp_path_factory.mktemp("trouble"), kind, troubles)
