"""Signers that misbehave in every way a signer can, and keys that must never be seen."""

import json
import logging
import pickle
import time
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account
from hypothesis import given
from hypothesis import strategies as st

from jumpstart.chain import keystores, signers
from jumpstart.chain.keystores import keystore_at, open_keystore
from jumpstart.chain.signers import ClefSigner, EndpointSigner, KeySigner, Secret
from jumpstart.errors import ChainError, CheckError, InputError
from tests.signing import (
    DENIED,
    UNKNOWN,
    Answer,
    Refusal,
    account_named,
    clef,
    dripping,
    over_http,
    over_socket,
    signed,
    slow,
)

OWNER = account_named("owner")
OTHER = account_named("other")
TO = account_named("to").address

DYNAMIC: dict[str, Any] = {
    "chainId": 5, "nonce": 7, "gas": 90_000, "maxFeePerGas": 30, "maxPriorityFeePerGas": 2,
    "to": TO, "value": 11, "data": "0xabcdef",
}  # fmt: skip
LEGACY = {name: value for name, value in DYNAMIC.items() if not name.startswith("max")} | {
    "gasPrice": 9
}
CREATION = {name: value for name, value in DYNAMIC.items() if name != "to"}

Served = Callable[[Answer], AbstractContextManager[str]]


@pytest.fixture(params=[over_http, over_socket], ids=["http", "socket"])
def served(request: pytest.FixtureRequest) -> Served:
    """Both ways to reach a signer."""
    way: Served = request.param
    return way


# ---------------------------------------------------------------------------------------- signing


@pytest.mark.parametrize("payload", [DYNAMIC, LEGACY, CREATION], ids=["1559", "legacy", "creation"])
def test_every_signer_gives_the_same_transaction(served: Served, payload: dict[str, Any]) -> None:
    """Keys here, Clef and an endpoint: the bytes are equal, and so is the hash."""
    here = KeySigner(OWNER).sign(payload)
    expected = OWNER.sign_transaction(payload)
    assert here.raw == bytes(expected.raw_transaction)
    assert here.transaction_hash == "0x" + bytes(expected.hash).hex()
    with served(clef(OWNER)) as place:
        signer = ClefSigner(place, OWNER.address.lower())
        signer.require_account()
        assert signer.sign(payload) == here
        assert signer.address == OWNER.address
    with served(lambda method, params: signed(OWNER, params[0])) as place:
        assert EndpointSigner(place, OWNER.address).sign(payload) == here


@given(
    nonce=st.integers(0, 2**64 - 1),
    gas=st.integers(21_000, 2**40),
    value=st.integers(0, 2**255),
    data=st.binary(max_size=80),
    fee=st.integers(0, 2**60),
    chain_id=st.integers(1, 2**32),
    is_legacy=st.booleans(),
)
def test_what_is_decoded_is_what_was_signed(
    nonce: int, gas: int, value: int, data: bytes, fee: int, chain_id: int, is_legacy: bool
) -> None:
    """For every transaction: our own reading of the bytes finds no other field."""
    fees = {"gasPrice": fee} if is_legacy else {"maxFeePerGas": fee, "maxPriorityFeePerGas": fee}
    payload = {
        "nonce": nonce, "gas": gas, "value": value, "data": "0x" + data.hex(), "to": TO,
        "chainId": chain_id, **fees,
    }  # fmt: skip
    assert KeySigner(OWNER).sign(payload).raw


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"nonce": 8}, "nonce: 8, asked for 7"),
        ({"gas": 90_001}, "gas: 90001, asked for 90000"),
        ({"value": 12}, "value: 12, asked for 11"),
        ({"data": "0xabcdee"}, "data: 3 bytes with the hash 0x"),
        ({"data": "0x"}, "data: none, asked for 3 bytes with the hash 0x"),
        ({"to": OTHER.address}, f"to: {OTHER.address}, asked for {TO}"),
        ({"to": ()}, f"to: none, asked for {TO}"),
        ({"maxFeePerGas": 31}, "maxFeePerGas: 31, asked for 30"),
        ({"maxPriorityFeePerGas": 3}, "maxPriorityFeePerGas: 3, asked for 2"),
        ({"chainId": 6}, "chainId: 6, asked for 5"),
        ({"maxFeePerGas": (), "maxPriorityFeePerGas": (), "gasPrice": 9}, "gasPrice: 9, asked for"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
@pytest.mark.parametrize("kind", [ClefSigner, EndpointSigner])
def test_a_signer_that_changes_a_field_is_refused(
    kind: type[ClefSigner | EndpointSigner], changes: dict[str, Any], message: str
) -> None:
    """Naming the field, what was asked and what came back."""

    def answer(method: str, params: list[Any]) -> Any:
        return signed(OWNER, params[0], **changes)

    with over_http(answer) as place, pytest.raises(CheckError) as refused:
        kind(place, OWNER.address).sign(DYNAMIC)
    assert f"signed another {message}" in str(refused.value)


def test_what_clef_itself_has_signed_is_taken() -> None:
    """Its answer to a request, both as its documentation shows them (go-ethereum, cmd/clef)."""
    data = "0x4401a6e4" + "12".rjust(64, "0")
    raw = (
        "0xf88380018203339407a565b7ed7d7a678680a4c162885bedbb695fe080a44401a6e4"
        "000000000000000000000000000000000000000000000000000000000000001226a0"
        "223a7c9bcf5531c99be5ea7082183816eb20cfe0bbc322e97cc5c7f71ab8b20ea0"
        "2aadee6b34b45bb15bc42d9c09de4a6754e7000908da72d48cc7704971491663"
    )
    asked = {
        "chainId": 1, "nonce": 0, "gasPrice": 1, "gas": 0x333, "value": 0, "data": data,
        "to": "0x07a565b7ed7d7a678680a4c162885bedbb695fe0",
    }  # fmt: skip
    requests: list[Any] = []

    def answer(method: str, params: list[Any]) -> Any:
        requests.append((method, params))
        return {"raw": raw, "tx": {}}

    with over_http(answer) as place:
        found = ClefSigner(place, "0x694267f14675d7e1b9494fd8d72fefe1755710fa").sign(asked)
    assert found.transaction_hash == (
        "0xeba2df809e7a612a0a0d444ccfa5c839624bdc00dd29e3340d46df3870f8a30e"
    )
    ((method, (message,)),) = requests
    assert method == "account_signTransaction"
    assert message["gas"] == "0x333"
    assert message["data"] == data


def test_a_signature_that_holds_on_every_chain_is_refused() -> None:
    """A legacy transaction without the chain in it."""
    bare = {name: value for name, value in LEGACY.items() if name != "chainId"}
    raw = "0x" + bytes(OWNER.sign_transaction(bare).raw_transaction).hex()
    with over_http(lambda method, params: raw) as place, pytest.raises(CheckError) as refused:
        ClefSigner(place, OWNER.address).sign(LEGACY)
    assert "another chainId: 0, asked for 5" in str(refused.value)


def test_an_access_list_that_nobody_asked_for_is_refused() -> None:
    """It is a field like the others."""
    listed = DYNAMIC | {"accessList": [{"address": TO, "storageKeys": []}]}
    raw = "0x" + bytes(OWNER.sign_transaction(listed).raw_transaction).hex()
    assert Account.recover_transaction(raw) == OWNER.address
    with over_http(lambda method, params: raw) as place, pytest.raises(ChainError) as refused:
        ClefSigner(place, OWNER.address).sign(DYNAMIC)
    assert "answers with no signed transaction" in str(refused.value)


def test_another_accounts_signature_is_refused(served: Served) -> None:
    """Whatever account the request named."""
    with served(clef(OTHER)) as place:
        signer = ClefSigner(place, OWNER.address)
        with pytest.raises(InputError, match=f"has no key of {OWNER.address}"):
            signer.require_account()
        with pytest.raises(CheckError, match=f"signed as {OTHER.address}, asked for {OWNER}"[:40]):
            signer.sign(DYNAMIC)


@pytest.mark.parametrize(
    "result",
    [
        None, 7, "0x", "0xzz", "yes", [], {}, {"raw": 5}, {"raw": "0x02"}, {"raw": "0x02c0"},
        {"raw": "0x03" + "00" * 50}, {"raw": "0xc98080808080808080"}, {"raw": "0x" + "ff" * 90},
        b"", b"\xff\xfe", b"null\n", b"[]\n", b'{"jsonrpc": "2.0", "id": 1}\n',
        b'{"jsonrpc": "2.0", "id": 2, "result": "0x"}\n', b"[" * 100_000 + b"\n",
    ],
    ids=lambda value: str(value)[:20],
)  # fmt: skip
def test_garbage_is_refused(served: Served, result: Any) -> None:
    """By one error that a person can read."""
    with served(lambda method, params: result) as place, pytest.raises(ChainError) as refused:
        ClefSigner(place, OWNER.address, seconds=0.3).sign(DYNAMIC)
    assert "Clef at" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_torn_off_signature_is_refused() -> None:
    """Any part of a signed transaction is none."""
    whole = bytes(OWNER.sign_transaction(DYNAMIC).raw_transaction)
    parts = iter(["0x" + whole[:end].hex() for end in range(1, len(whole), 7)])
    with over_http(lambda method, params: next(parts)) as place:
        for _ in range(1, len(whole), 7):
            with pytest.raises(ChainError, match="no signed transaction"):
                ClefSigner(place, OWNER.address).sign(DYNAMIC)


def test_a_denied_request_is_told(served: Served) -> None:
    """In Clef's words."""

    def deny(method: str, params: list[Any]) -> Any:
        raise DENIED

    with served(deny) as place:
        with pytest.raises(ChainError, match=r"Clef at \S+: refuses: Request denied"):
            ClefSigner(place, OWNER.address).sign(DYNAMIC)
        with pytest.raises(ChainError, match="refuses: Request denied"):
            EndpointSigner(place, OWNER.address).sign(DYNAMIC)


def test_a_strangers_message_is_one_plain_line() -> None:
    """It could move the cursor of a terminal, or fill it."""

    def shout(method: str, params: list[Any]) -> Any:
        raise Refusal(-32000, "no\x1b[2J\n" + "!" * 5_000)

    with over_http(shout) as place, pytest.raises(ChainError) as refused:
        ClefSigner(place, OWNER.address).sign(DYNAMIC)
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 300


def test_a_signer_that_does_not_answer_is_not_waited_for(served: Served) -> None:
    """Longer than was said."""
    with served(slow(1.0)) as place, pytest.raises(ChainError, match="did not answer in 0 s"):
        ClefSigner(place, OWNER.address, seconds=0.2).sign(DYNAMIC)


def test_a_signer_that_answers_without_end_is_not_listened_to(served: Served) -> None:
    """Neither one that always sends a little, nor one that sends too much."""
    with served(dripping(0.02)) as place:
        begun = time.monotonic()
        with pytest.raises(ChainError, match="did not answer in 0 s"):
            ClefSigner(place, OWNER.address, seconds=0.2).sign(DYNAMIC)
        assert time.monotonic() - begun < 2
    flood = b'"' + b"a" * 5_000_000
    with served(lambda method, params: flood) as place, pytest.raises(ChainError) as refused:
        ClefSigner(place, OWNER.address, seconds=5).sign(DYNAMIC)
    assert "answers with more than 4194304 bytes" in str(refused.value)


def test_nobody_there_is_told(tmp_path: Path) -> None:
    """Without what an address has of secrets."""
    for place in ("http://name:hidden@127.0.0.1:1/hidden", str(tmp_path / "none.ipc")):
        with pytest.raises(ChainError, match="does not answer") as refused:
            ClefSigner(place, OWNER.address).sign(DYNAMIC)
        assert "hidden" not in str(refused.value)
    for place in ("ftp://127.0.0.1", "http://", "http://127.0.0.1:99999"):
        with pytest.raises(InputError, match="the address of a signer"):
            ClefSigner(place, OWNER.address)


@pytest.mark.parametrize(
    "refusal", [UNKNOWN, Refusal(-32000, "Method eth_signTransaction not supported.")]
)
def test_an_endpoint_that_only_sends_says_so_once(refusal: Refusal) -> None:
    """It is asked for a signature no second time."""
    asked = []

    def answer(method: str, params: list[Any]) -> Any:
        asked.append(method)
        raise refusal

    with over_http(answer) as place:
        signer = EndpointSigner(place, OWNER.address)
        assert signer.sign(DYNAMIC) is None
        assert signer.sign(DYNAMIC) is None
    assert asked == ["eth_signTransaction"]


HASH = "0x" + "5a" * 32


def sending(**changes: Any) -> Answer:
    """An endpoint that sends, and shows what it has sent with these changes."""
    shown = {
        name: hex(value) if isinstance(value, int) else value for name, value in DYNAMIC.items()
    }
    shown["input"] = shown.pop("data")
    results: dict[str, Any] = {
        "eth_chainId": "0x5",
        "eth_sendTransaction": HASH,
        "eth_getTransactionByHash": shown
        | {"from": OWNER.address.lower(), "type": "0x2", "gasPrice": "0x1c"}
        | changes,
    }
    return lambda method, params: results[method]


def test_what_an_endpoint_has_sent_is_looked_at() -> None:
    """The hash comes back only when every field is what was asked."""
    with over_http(sending()) as place:
        assert EndpointSigner(place, OWNER.address).send(DYNAMIC) == HASH


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"nonce": "0x8"}, "another nonce: 8, asked for 7"),
        ({"input": "0x"}, "another data: none"),
        ({"to": OTHER.address.lower()}, "another to: "),
        ({"value": "0x0"}, "another value: 0, asked for 11"),
        ({"maxFeePerGas": "0x1f"}, "another maxFeePerGas: 31"),
        ({"type": "0x0"}, "another gasPrice: 28, asked for none"),
        ({"chainId": "0x6"}, "another chainId: 6"),
        ({"from": OTHER.address.lower()}, "asked for 0x"),
    ],
)
def test_what_an_endpoint_has_changed_is_named_with_the_hash(
    changes: dict[str, Any], message: str
) -> None:
    """It is sent already, and who asked must know what to look for."""
    with over_http(sending(**changes)) as place, pytest.raises(CheckError) as refused:
        EndpointSigner(place, OWNER.address).send(DYNAMIC)
    assert message in str(refused.value)
    assert HASH in str(refused.value)


def test_an_endpoint_of_another_chain_sends_nothing() -> None:
    """It is asked before."""
    asked = []

    def answer(method: str, params: list[Any]) -> Any:
        asked.append(method)
        return "0x1"

    with (
        over_http(answer) as place,
        pytest.raises(CheckError, match="to chain 1, asked for chain 5"),
    ):
        EndpointSigner(place, OWNER.address).send(DYNAMIC)
    assert asked == ["eth_chainId"]


def test_what_an_endpoint_does_not_show_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hash is in the message: it may have been sent all the same."""
    monkeypatch.setattr(signers, "_LOOK_SECONDS", 0.0)
    hidden = {"eth_chainId": "0x5", "eth_sendTransaction": HASH, "eth_getTransactionByHash": None}
    with over_http(lambda method, params: hidden[method]) as place, pytest.raises(CheckError) as no:
        EndpointSigner(place, OWNER.address).send(DYNAMIC)
    assert f"says it sent {HASH}, and does not show it" in str(no.value)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"nonce": ()}, "lacks nonce"),
        ({"chainId": ()}, "lacks chainId"),
        ({"maxFeePerGas": ()}, "lacks maxFeePerGas"),
        ({"nonce": "0x7"}, "nonce of a transaction to sign: expected a whole number"),
        ({"value": -1}, "value of a transaction to sign: expected a whole number"),
        ({"gasPrice": 3}, "unknown field maxFeePerGas, maxPriorityFeePerGas"),
        ({"accessList": []}, "unknown field accessList"),
    ],
)
def test_a_signer_is_left_no_choice(changes: dict[str, Any], message: str) -> None:
    """Whoever signs would fill in what is missing."""
    payload = {name: value for name, value in (DYNAMIC | changes).items() if value != ()}
    with pytest.raises(InputError, match=message):
        KeySigner(OWNER).sign(payload)
    with over_http(clef(OWNER)) as place, pytest.raises(InputError, match=message):
        ClefSigner(place, OWNER.address).sign(payload)


def test_a_signer_that_only_signs_does_not_send() -> None:
    """There is no silent second way."""
    with pytest.raises(InputError, match="signs, and sends nothing"):
        KeySigner(OWNER).send(DYNAMIC)


# ---------------------------------------------------------------------------------------- keystores

PASSWORD = "correct horse battery staple"


@pytest.fixture
def keystore(tmp_path: Path) -> Path:
    path = tmp_path / "key.json"
    path.write_text(json.dumps(Account.encrypt(OWNER.key, PASSWORD, kdf="pbkdf2", iterations=2)))
    return path


def test_a_keystore_opens_with_its_password(keystore: Path) -> None:
    """And the account is the one that the file names."""
    assert open_keystore(keystore, Secret(PASSWORD)).address == OWNER.address


def test_a_keystore_of_another_account_is_refused(keystore: Path) -> None:
    """It would send from an account that nobody meant."""
    content = json.loads(keystore.read_text()) | {"address": OTHER.address[2:].lower()}
    keystore.write_text(json.dumps(content))
    with pytest.raises(InputError, match=f"names the account {OTHER.address}, its key is"):
        open_keystore(keystore, Secret(PASSWORD))


def test_an_account_of_brownie_is_found_by_its_name(
    keystore: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The user's own first, then the project's; a file of that name before both."""
    monkeypatch.chdir(tmp_path)
    home, root = tmp_path / "home", tmp_path / "root"
    own = home / ".brownie" / "accounts" / "deployer.json"
    projects = root / ".toolchain" / "brownie-home" / ".brownie" / "accounts" / "deployer.json"
    with pytest.raises(InputError, match="neither a file nor an account of Brownie named deployer"):
        keystore_at("deployer", home=home, root=root)
    for path in (projects, own):
        path.parent.mkdir(parents=True)
        path.write_bytes(keystore.read_bytes())
        assert keystore_at("deployer", home=home, root=root) == path
    projects.write_text("{}")
    with pytest.raises(InputError, match="two accounts are named deployer"):
        keystore_at("deployer", home=home, root=root)
    Path("deployer").write_text("{}")
    assert keystore_at("deployer", home=home, root=root) == Path("deployer")
    assert keystore_at("../deployer", home=home, root=root) == Path("../deployer")


# ---------------------------------------------------------------------------------------- secrets

KEY = bytes(OWNER.key).hex()


class Place:
    """As much of a chain as the rule about bare keys looks at."""

    def __init__(self, url: str = "http://127.0.0.1:8545", *, is_local: bool = True) -> None:
        self.url, self.is_local, self.chain_id = url, is_local, 1


def open_bare(key: Secret, place: Place | None = None) -> KeySigner:
    chain: Any = place or Place()
    return keystores.open_bare_key(chain, key, "--key-file")


def test_a_bare_key_is_for_test_chains_here() -> None:
    """Both must hold: a test chain, and on this machine."""
    key = Secret(KEY)
    assert open_bare(key).address == open_bare(Secret(f" 0x{KEY}\n")).address == OWNER.address
    for place in (
        Place(is_local=False),
        Place("http://203.0.113.7:8545"),
        Place("http://127.0.0.1.example.org:8545"),
        Place("http://example.org/127.0.0.1"),
    ):
        with pytest.raises(InputError, match="--key-file: a bare key is for test chains on this"):
            open_bare(key, place)


OUT_OF_RANGE = "f" * 64  # no key: above the order of the curve


def seen(error: BaseException) -> str:
    """All that any program can show of an error: every cause and context, with all locals."""
    parts, waiting, known = [], [error], set()
    while waiting:
        each = waiting.pop()
        if id(each) in known:
            continue
        known.add(id(each))
        shown = traceback.TracebackException.from_exception(each, capture_locals=True)
        parts += [repr(each), str(each), *shown.format()]
        parts += [str(note) for note in getattr(each, "__notes__", [])]
        waiting += [other for other in (each.__cause__, each.__context__) if other is not None]
    return "\n".join(parts)


def short(secret: str) -> list[str]:
    """The spellings in which it could be seen."""
    number = str(int(secret, 16)) if len(secret) == 64 else secret
    raw = repr(bytes.fromhex(secret))[2:-1] if len(secret) == 64 else secret
    return [secret[:20], secret[-20:], number[:20], raw[:20]]


def failures(tmp_path: Path) -> list[Callable[[], object]]:
    """Every way in which a key that is here can come to fail."""
    good = tmp_path / "good.json"
    good.write_text(json.dumps(Account.encrypt(OWNER.key, PASSWORD, kdf="pbkdf2", iterations=2)))
    bad = tmp_path / "bad.json"
    content = json.loads(good.read_text())
    bad.write_text(json.dumps(content | {"address": OTHER.address}))
    broken = tmp_path / "broken.json"
    broken.write_text(json.dumps(content | {"crypto": {}}))
    hidden = Secret(KEY)
    return [
        lambda: open_keystore(good, Secret(KEY)),  # a key in place of the password
        lambda: open_keystore(bad, Secret(PASSWORD)),
        lambda: open_keystore(broken, Secret(PASSWORD)),
        lambda: open_keystore(tmp_path / "none", Secret(PASSWORD)),
        lambda: open_bare(hidden, Place(is_local=False)),
        lambda: open_bare(Secret(KEY + "0")),
        lambda: open_bare(Secret(OUT_OF_RANGE)),
        lambda: open_bare(Secret(PASSWORD)),
        lambda: KeySigner(OWNER).sign({}),
        lambda: KeySigner(OWNER).sign(DYNAMIC | {"to": "nobody"}),
        lambda: KeySigner(OWNER).sign(DYNAMIC | {"data": "zz"}),
        lambda: KeySigner(OWNER).sign(DYNAMIC | {"to": "0x12"}),
        lambda: KeySigner(OWNER).send(DYNAMIC),
        lambda: pickle.dumps(hidden),
        lambda: pickle.dumps(KeySigner(OWNER)),
    ]


@pytest.mark.parametrize("number", range(15))
def test_no_failure_shows_a_secret(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, number: int
) -> None:
    """Neither in its chain of causes with all locals, nor on a stream, nor in a log."""
    act = failures(tmp_path)[number]
    with caplog.at_level(logging.DEBUG), pytest.raises(Exception) as failed:  # noqa: PT011
        act()
    # The frames of this test itself hold what they pass on; only those below it count.
    error = failed.value
    for each in (error, error.__cause__, error.__context__):
        if each is not None and each.__traceback__ is not None:
            each.__traceback__ = each.__traceback__.tb_next
    streams = capfd.readouterr()
    everything = "\n".join((seen(error), caplog.text, streams.out, streams.err))
    for secret in (KEY, PASSWORD, OUT_OF_RANGE):
        for spelling in short(secret):
            assert spelling not in everything, spelling


def test_no_object_shows_a_secret(tmp_path: Path) -> None:
    """By none of the ways in which Python shows an object."""
    hidden = Secret(KEY)
    held: list[object] = [hidden, KeySigner(OWNER), [hidden], {"key": hidden}, (KeySigner(OWNER),)]
    for each in held:
        text = "\n".join((repr(each), str(each), f"{each}", ascii(each)))
        for spelling in short(KEY):
            assert spelling not in text
    assert hidden.reveal() == KEY
    assert not hasattr(hidden, "__dict__")
