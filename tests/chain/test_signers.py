"""Signers that are elsewhere, with a real chain behind: what they sign is mined, and nothing else."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.address import to_checksum_address

from jumpstart.chain.client import Chain, Receipt
from jumpstart.chain.keystores import KEY_VARIABLE, open_keystore
from jumpstart.chain.node import LocalNode
from jumpstart.chain.signers import ClefSigner, EndpointSigner, Secret, Signer
from jumpstart.cli import main
from jumpstart.errors import CheckError, ContractRevert
from tests.chain.stage import Stage, Trial, account
from tests.signing import DENIED, UNKNOWN, Answer, clef, over_http, over_socket

PASSWORD = "correct horse battery staple"
GIFT = 12_345


@pytest.fixture
def owner(chain: Chain) -> LocalAccount:
    """Has coin, and its key is nowhere near the node."""
    found = account("a key that is elsewhere")
    chain.set_balance(found.address, 10**18)
    return found


@pytest.fixture
def unlocked(chain: Chain) -> str:
    """An account whose key the node has."""
    accounts: list[str] = chain.request("eth_accounts")
    return accounts[8]


def forwarding(url: str, *, but: Answer | None = None, missing: tuple[str, ...] = ()) -> Answer:
    """An endpoint in front of the node, without some of its methods."""
    session = requests.Session()
    session.trust_env = False

    def answer(method: str, params: list[Any]) -> Any:
        if method in missing:
            raise UNKNOWN
        if but is not None and (found := but(method, params)) is not None:
            return found
        asked = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        return session.post(url, json=asked, timeout=20).json()["result"]

    return answer


def mined(chain: Chain, transaction_hash: str) -> Receipt:
    """Anvil answers before it mines."""
    until = time.monotonic() + 10
    while (receipt := chain.receipt(transaction_hash)) is None:
        assert time.monotonic() < until
        time.sleep(0.01)
    return receipt


@contextmanager
def signer_of(
    kind: str, chain: Chain, owner: LocalAccount, unlocked: str, tmp_path: Path
) -> Iterator[Signer]:
    if kind == "keystore":
        path = tmp_path / "key.json"
        path.write_text(json.dumps(Account.encrypt(owner.key, PASSWORD, iterations=2)))
        yield open_keystore(path, Secret(PASSWORD))
    elif kind == "clef over http":
        with over_http(clef(owner)) as place:
            yield ClefSigner(place, owner.address)
    elif kind == "clef over its socket":
        with over_socket(clef(owner)) as place:
            yield ClefSigner(place, owner.address)
    elif kind == "the node":
        signer = EndpointSigner(chain.url, unlocked)
        signer.require_account()
        yield signer
    else:
        with over_http(forwarding(chain.url, missing=("eth_signTransaction",))) as place:
            yield EndpointSigner(place, unlocked)


KINDS = (
    "keystore",
    "clef over http",
    "clef over its socket",
    "the node",
    "an endpoint that only sends",
)


@pytest.mark.parametrize("kind", KINDS)
def test_a_chain_takes_every_signer_for_a_sender(
    chain: Chain,
    stage: Stage,
    owner: LocalAccount,
    unlocked: str,
    tmp_path: Path,
    kind: str,
) -> None:
    """Transfers, deployments, several at once, and a refusal that keeps its name."""
    with signer_of(kind, chain, owner, unlocked, tmp_path) as signer:
        receipt = chain.transfer(stage.people.heir.address, GIFT, sender=signer)
        assert receipt.sender == signer.address
        token = chain.deploy("ProjectToken", "T", "T", 18, 1000, signer.address, sender=signer)
        heir = stage.people.heir.address
        chain.send_many([token.transaction("transfer", heir, 7, sender=signer) for _ in range(3)])
        assert token.call("balanceOf", heir) == 21
        assert token.call("balanceOf", signer.address) == 979
        with pytest.raises(ContractRevert) as refused:
            token.send("transfer", heir, 980, sender=signer)
        assert refused.value.name == "InsufficientBalance"


@pytest.mark.parametrize("fees", ["legacy", "1559"])
def test_what_is_signed_is_known_before_it_is_sent(
    chain: Chain, unlocked: str, stage: Stage, fees: str
) -> None:
    """The hash that the node gives is the one that was written down first."""
    payload: dict[str, Any] = {
        "chainId": chain.chain_id,
        "nonce": chain.nonce(unlocked),
        "gas": 21_000,
        "to": stage.people.heir.address,
        "value": GIFT,
        "data": "0x",
        **(
            {"gasPrice": 10**10}
            if fees == "legacy"
            else {"maxFeePerGas": 10**10, "maxPriorityFeePerGas": 10**9}
        ),
    }
    signed = EndpointSigner(chain.url, unlocked).sign(payload)
    assert signed is not None
    assert chain.nonce(unlocked) == payload["nonce"], "something was sent"
    sent = chain.request("eth_sendRawTransaction", "0x" + signed.raw.hex())
    assert sent == signed.transaction_hash
    assert mined(chain, sent).sender == to_checksum_address(unlocked)


def test_a_refused_signature_costs_no_number(
    chain: Chain, owner: LocalAccount, stage: Stage
) -> None:
    """After a no, a changed field and a yes, exactly the last is on the chain."""
    answers: list[Answer] = [clef(owner, value=GIFT + 1), clef(account("other")), clef(owner)]

    def answer(method: str, params: list[Any]) -> Any:
        return answers.pop(0)(method, params)

    heir = stage.people.heir.address
    before = chain.balance(heir)
    with over_http(answer) as place:
        signer = ClefSigner(place, owner.address)
        with pytest.raises(CheckError, match=f"value: {GIFT + 1}, asked for {GIFT}"):
            chain.transfer(heir, GIFT, sender=signer)
        with pytest.raises(CheckError, match="signed as"):
            chain.transfer(heir, GIFT, sender=signer)
        chain.transfer(heir, GIFT, sender=signer)
    assert chain.balance(heir) == before + GIFT
    assert chain.nonce(owner.address) == 1


def test_an_endpoint_that_sends_something_else_is_found_out(
    chain: Chain, unlocked: str, stage: Stage, node: LocalNode
) -> None:
    """Too late to prevent, with the hash to look for."""
    front = forwarding(node.url)

    def answer(method: str, params: list[Any]) -> Any:
        if method == "eth_signTransaction":
            raise UNKNOWN
        if method == "eth_sendTransaction":
            params = [params[0] | {"value": hex(GIFT + 1)}]
        return front(method, params)

    with over_http(answer) as place, pytest.raises(CheckError) as refused:
        chain.transfer(stage.people.heir.address, GIFT, sender=EndpointSigner(place, unlocked))
    assert f"another value: {GIFT + 1}, asked for {GIFT}" in str(refused.value)
    (word,) = (each for each in str(refused.value).split() if len(each) == 66)
    assert mined(chain, word).succeeded


# ---------------------------------------------------------------------------------------- commands


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(node: LocalNode, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = main([*words, "--rpc", node.url])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


def test_a_command_signs_by_clef(run: Run, oversubscribed_sale: Trial, owner: LocalAccount) -> None:
    """Once it is said whose account."""
    oversubscribed_sale.close()
    with over_socket(clef(owner)) as place:
        words = ("settle", oversubscribed_sale.address, "--clef", place)
        status, _, err = run(*words)
        assert (status, "--clef: needs --account" in err) == (2, True)
        status, _, err = run(*words, "--account", "0x" + "1" * 40)
        assert (status, "has no key of 0x1111" in err) == (2, True)
        assert run(*words, "--account", owner.address)[0] == 0
    assert oversubscribed_sale.call("status") != 0


def test_a_command_signs_by_an_endpoint(
    run: Run, oversubscribed_sale: Trial, unlocked: str, node: LocalNode
) -> None:
    """Also by one that only sends."""
    oversubscribed_sale.close()
    with over_http(forwarding(node.url, missing=("eth_signTransaction",))) as place:
        words = ("settle", oversubscribed_sale.address, "--signer", place, "--account", unlocked)
        assert run(*words)[0] == 0
    assert oversubscribed_sale.call("status") != 0


def test_a_command_takes_a_bare_key_on_a_test_chain(
    run: Run,
    chain: Chain,
    oversubscribed_sale: Trial,
    owner: LocalAccount,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """From a file, or from the environment."""
    oversubscribed_sale.close()
    path = tmp_path / "bare.txt"
    path.write_text(bytes(owner.key).hex() + "\n")
    words = ("settle", oversubscribed_sale.address)
    status, _, err = run(*words, "--key-file", str(path), "--account", owner.address)
    assert (status, "given: --account, --key-file" in err) == (2, True)
    with monkeypatch.context() as environment:
        environment.setenv(KEY_VARIABLE, "0x" + bytes(owner.key).hex())
        assert run(*words)[0] == 0
    assert chain.nonce(owner.address) == 1
    status, out, _ = run(*words, "--key-file", str(path))
    assert (status, "nothing to settle" in out) == (0, True)


@pytest.mark.parametrize("way", ["file", "variable", "variable beside a keystore"])
def test_a_bare_key_is_refused_on_a_real_chain(
    run: Run,
    open_sale: Trial,
    owner: LocalAccount,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    way: str,
) -> None:
    """On any that is no test chain; the key is not repeated."""
    monkeypatch.setattr(Chain, "is_local", property(lambda self: False))
    key = bytes(owner.key).hex()
    path = tmp_path / "bare.txt"
    path.write_text(key)
    words = {
        "file": ["--key-file", str(path)],
        "variable": [],
        "variable beside a keystore": ["--keystore", str(path), "--password-file", str(path)],
    }[way]
    if way != "file":
        monkeypatch.setenv(KEY_VARIABLE, key)
    status, out, err = run("settle", open_sale.address, *words)
    assert (status, out) == (2, "")
    named = "--key-file" if way == "file" else KEY_VARIABLE
    assert f"{named}: a bare key is for test chains on this machine, and chain 1337 is none" in err
    assert key[:16] not in err


def test_a_signer_that_denies_ends_the_command(
    run: Run, oversubscribed_sale: Trial, owner: LocalAccount
) -> None:
    """Exit status 1, and nothing is on the chain."""
    oversubscribed_sale.close()

    def answer(method: str, params: list[Any]) -> Any:
        if method == "account_list":
            return [owner.address]
        raise DENIED

    height = oversubscribed_sale.chain.block_number()
    with over_http(answer) as place:
        words = ("settle", oversubscribed_sale.address, "--clef", place, "--account", owner.address)
        status, _, err = run(*words)
    assert status == 1
    assert "refuses: Request denied" in err
    assert oversubscribed_sale.chain.block_number() == height


@pytest.mark.parametrize(
    "option", ["--keystore", "--password-file", "--clef", "--signer", "--account", "--key-file"]
)
@pytest.mark.parametrize("prefix", ["", "0x", "keys/"])
def test_a_key_on_the_command_line_is_never_repeated(
    run: Run, open_sale: Trial, owner: LocalAccount, option: str, prefix: str
) -> None:
    """Whatever option it was given to."""
    key = bytes(owner.key).hex()
    status, out, err = run("settle", open_sale.address, option, prefix + key)
    assert (status, out) == (2, "")
    assert f"{option}: this looks like a private key" in err
    assert key[:16] not in err
