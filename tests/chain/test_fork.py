"""A copy of a chain is faithful, takes everything, and tells its source nothing."""

import json
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, Literal
from urllib.request import ProxyHandler, Request, build_opener

import pytest
from eth_account.signers.local import LocalAccount

from jumpstart.chain import fork
from jumpstart.chain.client import BlockHeader, Chain, Contract
from jumpstart.chain.compiler import EVM_VERSION
from jumpstart.chain.fork import copied
from jumpstart.chain.node import LocalNode
from jumpstart.errors import ChainError, ContractRevert, InputError

Kind = Literal["ganache", "anvil"]

SUPPLY = 10**24
FREE_SLOT = 7
STRANGER = "0x" + 20 * "5a"


@pytest.fixture(scope="module")
def token(chain: Chain, deployer: LocalAccount) -> Contract:
    return chain.deploy("PermitlessToken", SUPPLY, sender=deployer)


@pytest.fixture(scope="module", params=["anvil", "ganache"])
def made_copy(request: pytest.FixtureRequest, chain: Chain, token: Contract) -> Iterator[Chain]:
    with copied(chain.url, artifacts=chain.artifacts, kind=request.param) as made:
        yield made


@pytest.fixture
def copy(made_copy: Chain) -> Iterator[Chain]:
    """Each test finds it as it was made."""
    snapshot = made_copy.snapshot()
    yield made_copy
    made_copy.revert(snapshot)


@pytest.fixture
def twin(copy: Chain, token: Contract) -> Contract:
    """The token on the copy."""
    return copy.contract("PermitlessToken", token.address)


def test_a_copy_has_the_chain_id_the_time_and_the_state_of_its_source(
    chain: Chain, copy: Chain, token: Contract, twin: Contract, deployer: LocalAccount
) -> None:
    """Ganache mines one block of its own on top."""
    assert copy.chain_id == chain.chain_id
    opcode = bytes.fromhex("465f5260205ff3")  # returns CHAINID
    assert int.from_bytes(copy.call_raw(None, opcode)) == chain.chain_id
    assert 0 <= copy.now() - chain.now() <= 1
    assert copy.code(token.address) == chain.code(token.address)
    assert twin.call("balanceOf", deployer.address) == SUPPLY
    assert copy.nonce(deployer.address) == chain.nonce(deployer.address)
    assert copy.balance(deployer.address) == chain.balance(deployer.address)


def test_what_is_written_on_the_copy_stays_there(
    chain: Chain, token: Contract, twin: Contract, copy: Chain, deployer: LocalAccount
) -> None:
    """Transactions signed with the key of an account of the source included."""
    head = chain.header()
    twin.send("transfer", STRANGER, 5, sender=deployer)
    created = copy.deploy("PermitlessToken", 9, sender=deployer)
    assert twin.call("balanceOf", STRANGER) == 5
    assert created.call("balanceOf", deployer.address) == 9
    assert token.call("balanceOf", STRANGER) == 0
    assert chain.code(created.address) == b""
    assert chain.header() == head


def test_the_copy_sends_for_anybody(twin: Contract, copy: Chain, token: Contract) -> None:
    """For a stranger, and for a contract: the token itself."""
    for account in (STRANGER, token.address):
        copy.impersonate(account)
        copy.set_balance(account, 10**18)
        twin.send("approve", STRANGER, 7, sender=account)
        assert twin.call("allowance", account, STRANGER) == 7
    with pytest.raises(ContractRevert):
        twin.send("transfer", token.address, 1, sender=STRANGER)


def test_time_moves_on_the_copy_alone(
    chain: Chain, copy: Chain, twin: Contract, deployer: LocalAccount
) -> None:
    """Each block is a second after the one before, and a jump is exact."""
    now, before = chain.now(), copy.now()
    copy.mine_at(before + 30 * 86_400)
    assert copy.now() == before + 30 * 86_400
    twin.send("transfer", STRANGER, 1, sender=deployer)
    assert copy.now() == before + 30 * 86_400 + 1
    assert chain.now() == now


def test_a_snapshot_of_the_copy_gives_back_what_was_read_from_the_source(
    copy: Chain, twin: Contract, deployer: LocalAccount
) -> None:
    """The source's values come back, in contracts that were changed and in accounts."""
    coin = copy.balance(deployer.address)
    code = copy.code(twin.address)
    snapshot = copy.snapshot()
    twin.send("transfer", STRANGER, SUPPLY, sender=deployer)
    copy.set_balance(deployer.address, 1)
    copy.set_code(twin.address, b"\x00")
    copy.revert(snapshot)
    assert copy.code(twin.address) == code
    assert twin.call("balanceOf", deployer.address) == SUPPLY
    assert twin.call("balanceOf", STRANGER) == 0
    assert copy.balance(deployer.address) == coin


def test_a_copy_can_be_copied(copy: Chain, twin: Contract, deployer: LocalAccount) -> None:
    """With what was done on it, as of its head."""
    twin.send("transfer", STRANGER, 5, sender=deployer)
    with copied(copy.url, artifacts=copy.artifacts) as second:
        again = second.contract("PermitlessToken", twin.address)
        assert again.call("balanceOf", STRANGER) == 5
        assert second.chain_id == copy.chain_id
        again.send("transfer", STRANGER, 5, sender=deployer)
    assert twin.call("balanceOf", STRANGER) == 5


class _NewerNode(LocalNode):
    """A chain by the rules that came after ours, with fields in its blocks that ours have not."""

    def _anvil(self, port: int) -> list[str]:
        ours = f"--hardfork={EVM_VERSION}"
        return [each.replace(ours, "--hardfork=prague") for each in super()._anvil(port)]


@pytest.mark.parametrize("kind", ["anvil", "ganache"])
def test_a_public_chain_is_newer_and_dearer_and_no_obstacle(kind: Kind) -> None:
    """Transactions on a local chain offer a fixed price; a public one may ask for more."""
    price = 500 * 10**9
    with _NewerNode("anvil") as node:
        source = Chain.connect(node.url)
        source.request("anvil_setNextBlockBaseFeePerGas", hex(price))
        source.mine()
        header = source.request("eth_getBlockByNumber", "latest", False)
        assert int(header["baseFeePerGas"], 16) == price
        assert "requestsHash" in header
        with copied(node.url, artifacts=None, kind=kind) as copy:
            copy.impersonate(STRANGER)
            copy.set_balance(STRANGER, 10**18)
            assert copy.transfer(STRANGER, 1, sender=STRANGER).succeeded


# ------------------------------------------------------------------------------------- the source


class _Relay(HTTPServer):
    """Stands between a copy and its source, notes what is asked, and answers some of it itself."""

    def __init__(self, url: str, answers: Mapping[str, Any], pause: float = 0.0) -> None:
        super().__init__(("127.0.0.1", 0), _RelayHandler)
        self.source = url
        self.answers = answers
        self.pause = pause
        self.asked: set[str] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # who asked has given up: that is what is tested


class _RelayHandler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        relay = self.server
        assert isinstance(relay, _Relay)
        time.sleep(relay.pause)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        request = json.loads(body)
        requests = request if isinstance(request, list) else [request]
        relay.asked |= {each["method"] for each in requests}
        own = relay.answers.get(requests[0]["method"])
        if own is not None:
            answer = json.dumps({"jsonrpc": "2.0", "id": requests[0]["id"], **own}).encode()
        else:
            onward = Request(relay.source, body, {"Content-Type": "application/json"})
            with build_opener(ProxyHandler({})).open(onward, timeout=10) as response:
                answer = response.read()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextmanager
def _relayed(
    chain: Chain, answers: Mapping[str, Any] | None = None, pause: float = 0.0
) -> Iterator[_Relay]:
    with _Relay(chain.url, answers or {}, pause) as relay:
        thread = threading.Thread(target=relay.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield relay
        finally:
            relay.shutdown()
            thread.join(5)


@pytest.mark.parametrize("kind", ["anvil", "ganache"])
def test_a_copy_only_reads_from_its_source(
    kind: Kind, chain: Chain, token: Contract, deployer: LocalAccount
) -> None:
    """Whatever is done on it: the methods that reach the source are those that change nothing."""
    with (
        _relayed(chain) as relay,
        copied(relay.url, artifacts=chain.artifacts, kind=kind) as copy,
    ):
        twin = copy.contract("PermitlessToken", token.address)
        copy.impersonate(STRANGER)
        copy.set_balance(STRANGER, 10**18)
        copy.set_storage(token.address, FREE_SLOT, 1)
        copy.mine_at(copy.now() + 100)
        twin.send("transfer", STRANGER, 5, sender=deployer)
        twin.send("transfer", deployer.address, 5, sender=STRANGER)
    harmless = {"eth_chainId", "eth_blockNumber", "eth_gasPrice", "eth_feeHistory", "net_version"}
    asked = {each for each in relay.asked - harmless if not each.startswith("eth_get")}
    assert asked <= {"web3_clientVersion", "eth_maxPriorityFeePerGas"}
    assert "eth_getStorageAt" in relay.asked


def test_another_chain_than_the_one_meant_is_refused(chain: Chain) -> None:
    """Before anything is started."""
    with pytest.raises(ChainError, match=f"is chain {chain.chain_id}, expected chain 1$"):
        _copy(chain.url, chain_id=1)


def test_a_source_that_is_not_there_is_refused() -> None:
    """In one line that names it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        with pytest.raises(ChainError, match=f"{url} does not answer"):
            _copy(url)


def test_a_source_that_never_answers_is_given_up(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the time limit, not for ever."""
    monkeypatch.setattr(fork, "SOURCE_SECONDS", 0.2)
    with (
        _relayed(chain, pause=0.6) as relay,
        pytest.raises(ChainError, match="does not answer"),
    ):
        _copy(relay.url)


def test_a_source_without_state_is_refused(chain: Chain) -> None:
    """A node that still loads the chain, or keeps only headers, has blocks and no accounts."""
    error = {"error": {"code": -32000, "message": "missing trie node"}}
    with (
        _relayed(chain, {"eth_getStorageAt": error}) as relay,
        pytest.raises(ChainError, match=r"no state of block \d+ to copy: .*missing trie node"),
    ):
        _copy(relay.url)


def test_a_source_that_takes_its_head_back_is_refused(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its head was replaced by another block of that number while the copy was made."""
    head_with_state = fork._head_with_state

    def replaced(source: Chain) -> BlockHeader:
        snapshot = source.snapshot()
        source.mine()
        head = head_with_state(source)
        source.revert(snapshot)
        source.mine_at(source.now() + 50)
        return head

    monkeypatch.setattr(fork, "_head_with_state", replaced)
    with pytest.raises(ChainError, match=r"block \d+ was 0x\w+, and is 0x\w+ since it was"):
        _copy(chain.url)


def test_a_source_that_goes_away_is_an_error_and_no_endless_wait(
    chain: Chain, token: Contract
) -> None:
    """What the copy has not read yet it can no longer know."""
    with _relayed(chain) as relay:
        made = copied(relay.url, artifacts=chain.artifacts)
        copy = made.__enter__()
    try:
        with pytest.raises(ChainError):
            copy.contract("PermitlessToken", token.address).call("balanceOf", STRANGER)
    finally:
        made.__exit__(None, None, None)


def _copy(url: str, chain_id: int | None = None) -> None:
    with copied(url, artifacts=None, chain_id=chain_id):
        raise AssertionError("it was copied")


# ------------------------------------------------------------------------------- nodes that fork


@pytest.mark.parametrize("kind", ["anvil", "ganache"])
def test_a_fork_stands_on_the_head_or_an_earlier_block(kind: Kind) -> None:
    """Also of a chain with the id of a public one, where Ganache would rather stay behind."""
    with LocalNode("anvil", chain_id=1) as node:
        source = Chain.connect(node.url)
        source.mine(10)
        source.set_balance(STRANGER, 5)
        source.mine()
        for block, expected in ((4, 0), (None, 5)):
            with LocalNode(kind, fork_url=node.url, fork_block=block) as fork_node:
                assert fork_node.chain_id == 1
                assert Chain.connect(fork_node.url).balance(STRANGER) == expected


def test_a_node_with_a_block_time_mines_without_being_asked(chain_kind: Kind) -> None:
    """And leaves a transaction pending until then."""
    with LocalNode(chain_kind, block_time=1) as node:
        chain = Chain.connect(node.url)
        sender = chain.request("eth_accounts")[0]
        sent = chain.request(
            "eth_sendTransaction", {"from": sender, "to": STRANGER, "value": "0x1"}
        )
        assert chain.receipt(sent) is None
        until = time.monotonic() + 10
        while chain.receipt(sent) is None and time.monotonic() < until:
            time.sleep(0.05)
        found = chain.receipt(sent)
        assert found is not None
        assert found.succeeded
        assert abs(chain.now() - time.time()) < 5


@pytest.mark.parametrize(
    "wrong",
    [
        {"fork_block": 1},
        {"fork_url": "http://127.0.0.1:1", "start_time": 1},
        {"block_time": 0},
    ],
)
def test_settings_that_exclude_each_other_are_bad_input(wrong: dict[str, Any]) -> None:
    """Nothing is started."""
    with pytest.raises(InputError, match=rf"^{list(wrong)[-1]} \d"):
        LocalNode("anvil", **wrong)
