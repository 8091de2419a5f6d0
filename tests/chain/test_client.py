"""The client on a real chain: values, refusals, time, and many transactions at once."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from unittest.mock import ANY

import pytest
from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.address import to_checksum_address

from jumpstart.chain.abi import creation_code, decode_revert, result_of
from jumpstart.chain.client import Chain, Contract, Transaction
from jumpstart.chain.compiler import Artifacts
from jumpstart.chain.node import LocalNode
from jumpstart.chain.rpc import NO_REASON
from jumpstart.errors import ChainError, ContractRevert, InputError
from tests.chain.reverts import reverts

ETHER = 10**18
LIMIT = 100


@pytest.fixture(scope="module")
def mock(chain: Chain, deployer: LocalAccount) -> Contract:
    return chain.deploy("RefusalMock", LIMIT, sender=deployer)


@pytest.fixture(scope="module")
def stranger(chain: Chain) -> LocalAccount:
    account: LocalAccount = Account.create()
    chain.set_balance(account.address, 10 * ETHER)
    return account


# -------------------------------------------------------------------------------- connecting


def test_another_chain_is_refused_with_both_figures(node: LocalNode) -> None:
    """A deployment to the wrong chain must not begin."""
    with pytest.raises(ChainError, match=r"is chain 1337, expected chain 1$"):
        Chain.connect(node.url, chain_id=1)


def test_an_address_where_nothing_answers_is_named() -> None:
    """Without what a provider's address may keep secret."""
    with pytest.raises(ChainError, match=r"^http://127\.0\.0\.1:9 does not answer"):
        Chain.connect("http://127.0.0.1:9/secret-key")


def test_web3_itself_works(chain: Chain) -> None:
    """For what the client does not offer."""
    assert chain.web3.eth.chain_id == chain.chain_id


# -------------------------------------------------------------------------------- values


def test_a_signed_and_a_node_held_sender_both_send(
    chain: Chain, mock: Contract, stranger: LocalAccount
) -> None:
    """A key here, or an account the node has unlocked."""
    unlocked = to_checksum_address(chain.request("eth_accounts")[1])
    mock.send("store", 1, sender=stranger)
    receipt = mock.send("store", 2, sender=unlocked, value=3)
    assert mock.call("stored") == 2
    assert chain.balance(mock.address) == 3
    assert receipt.sender == unlocked
    assert mock.event(receipt, "Stored").args == {
        "who": unlocked,
        "value": 2,
        "sighting": (unlocked, 3, (2).to_bytes(32)),
    }


def test_structs_arrays_and_overloads_are_decoded(mock: Contract, stranger: LocalAccount) -> None:
    """Named, with checksums, as tuples."""
    seen, echoed = mock.call("sighting", [1, 2, 3], sender=stranger)
    assert seen.who == stranger.address
    assert seen.tag == (1).to_bytes(32)
    assert echoed == (1, 2, 3)
    assert mock.call("overloaded(uint256)", 5) == 5
    assert mock.call("overloaded(bytes32)", "0x" + "05" * 32) == b"\x05" * 32


@dataclass(frozen=True, kw_only=True)
class _Sighting:
    tag: bytes
    value: int
    who: str


@pytest.mark.parametrize("form", ["data class", "mapping", "tuple"])
def test_a_struct_may_be_given_in_three_forms(
    mock: Contract, stranger: LocalAccount, form: str
) -> None:
    """The names decide, not the order they are written in."""
    given = _Sighting(tag=b"\x01" * 32, value=7, who=stranger.address)
    forms: dict[str, Any] = {
        "data class": given,
        "mapping": {"tag": given.tag, "value": given.value, "who": given.who},
        "tuple": (given.who, given.value, given.tag),
    }
    assert mock.call("echo", [forms[form]]) == ((given.who, given.value, given.tag),)


@pytest.mark.parametrize(
    ("function", "args", "message"),
    [
        ("missing", (), "no function missing"),
        ("store", (), "takes 1 arguments, was given 0"),
        ("store", (-1,), "store"),
        ("store", (2**256,), "store"),
        ("overloaded", (1,), "several functions"),
        ("overloaded", (1, 2), "other arguments"),
    ],
)
def test_what_cannot_be_encoded_is_bad_input(
    mock: Contract, function: str, args: tuple[object, ...], message: str
) -> None:
    """Found before anything is sent."""
    with pytest.raises(InputError, match=message):
        mock.call(function, *args)


def test_calling_where_no_contract_is_says_so(chain: Chain, stranger: LocalAccount) -> None:
    """An empty answer is not a zero."""
    nothing = chain.contract("RefusalMock", stranger.address)
    with pytest.raises(ChainError, match="no RefusalMock at"):
        nothing.call("stored")


def test_deployed_code_matches_its_artifact(
    chain: Chain, artifacts: Artifacts, mock: Contract
) -> None:
    """Although the immutable is filled in; and no other contract's artifact."""
    code = chain.code(mock.address)
    assert code != artifacts["RefusalMock"].runtime_code
    assert artifacts["RefusalMock"].matches(code)
    assert not artifacts["ProjectToken"].matches(code)


def test_raw_creation_code_can_be_deployed(
    chain: Chain, artifacts: Artifacts, deployer: LocalAccount
) -> None:
    """For code that comes from elsewhere."""
    code = creation_code(artifacts["RefusalMock"], 5)
    receipt = chain.deploy_code(code, sender=deployer)
    assert receipt.contract_address is not None
    assert chain.contract("RefusalMock", receipt.contract_address).call("LIMIT") == 5


def test_many_calls_keep_their_order(chain: Chain, mock: Contract) -> None:
    calls = [(mock, "overloaded(uint256)", (number,)) for number in range(250)]
    assert chain.call_many(calls) == list(range(250))


def test_logs_of_a_range_are_found(chain: Chain, mock: Contract, stranger: LocalAccount) -> None:
    """Both ends belong to the range."""
    blocks = [mock.send("store", value, sender=stranger).block_number for value in (1, 2, 3)]
    logs = chain.logs(mock.address, from_block=blocks[0], to_block=blocks[1])
    assert [event.args["value"] for event in mock.events(logs, "Stored")] == [1, 2]


# -------------------------------------------------------------------------------- refusals

_REFUSALS = [
    (0, "RefusalMock_Bare", ()),
    (1, "RefusalMock_Odd", (ANY, "odd")),
    (2, "Error", ("a reason, with a comma",)),
    (3, "Panic", (0x01,)),
    (4, "Panic", (0x12,)),
    (5, NO_REASON, ()),
    (6, "OutOfGas", ()),
    (7, "InvalidOpcode", ()),
    (8, "0xdeadbeef", (b"",)),
    (9, "0x1234", (b"",)),
]


def _called(chain: Chain, mock: Contract, sender: LocalAccount, way: int) -> None:
    mock.call("refuse", way, sender=sender, gas=200_000)


def _mined(chain: Chain, mock: Contract, sender: LocalAccount, way: int) -> None:
    mock.send("refuse", way, sender=sender, gas=200_000)


def _estimated(chain: Chain, mock: Contract, sender: LocalAccount, way: int) -> None:
    message = {
        "from": sender.address,
        "to": mock.address,
        "data": "0x" + mock.calldata("refuse", way).hex(),
        "gas": hex(200_000),
    }
    chain.request("eth_estimateGas", message)


def _mined_with_others(chain: Chain, mock: Contract, sender: LocalAccount, way: int) -> None:
    chain.send_many(
        [
            mock.transaction("store", 1, sender=sender),
            mock.transaction("refuse", way, sender=sender, gas=200_000),
            mock.transaction("store", 2, sender=sender),
        ]
    )


@pytest.mark.parametrize("path", [_called, _estimated, _mined, _mined_with_others])
@pytest.mark.parametrize(("way", "name", "args"), _REFUSALS)
def test_a_refusal_has_its_name_on_every_path(
    chain: Chain,
    mock: Contract,
    stranger: LocalAccount,
    path: Callable[[Chain, Contract, LocalAccount, int], None],
    way: int,
    name: str,
    args: tuple[object, ...],
) -> None:
    """Nodes and paths differ in how they tell; a caller does not see it."""
    with reverts(name, *args):
        path(chain, mock, stranger, way)


def test_a_refusal_carries_its_figures(mock: Contract, stranger: LocalAccount) -> None:
    """The two that disagree."""
    with reverts("RefusalMock_TooMuch", LIMIT + 1, LIMIT):
        mock.send("store", LIMIT + 1, sender=stranger)
    mock.send("store", LIMIT, sender=stranger)


def test_a_refusal_that_depends_on_others_in_the_block_has_its_name(
    chain: Chain, mock: Contract, stranger: LocalAccount
) -> None:
    """It succeeds when repeated before the block, or after it."""
    with reverts("RefusalMock_TooMuch", 7, 7):
        chain.send_many(
            [
                mock.transaction("storeOnce", 7, sender=stranger),
                mock.transaction("storeOnce", 7, sender=stranger),
                mock.transaction("storeOnce", 8, sender=stranger),
            ]
        )


def test_a_constructor_refuses_by_name(chain: Chain, deployer: LocalAccount) -> None:
    with reverts("RefusalMock_Bare"):
        chain.deploy("RefusalMock", 0, sender=deployer)


def test_after_a_refusal_the_sender_goes_on(
    chain: Chain, mock: Contract, stranger: LocalAccount
) -> None:
    """A refused transaction used a nonce, one that never left did not."""
    with reverts("RefusalMock_Bare"):
        mock.send("refuse", 0, sender=stranger)
    with pytest.raises(ChainError, match=r"(?i)insufficient funds"):
        chain.transfer(mock.address, 10**9 * ETHER, sender=stranger)
    mock.send("store", 1, sender=stranger)


def test_the_helper_refuses_other_errors_and_other_figures(
    mock: Contract, stranger: LocalAccount
) -> None:
    """A helper that passes anything makes every test of a refusal worthless."""
    with pytest.raises(AssertionError), reverts("RefusalMock_TooMuch", LIMIT + 1, LIMIT):
        mock.call("refuse", 0)
    with pytest.raises(AssertionError), reverts("RefusalMock_TooMuch", LIMIT + 1, 0):
        mock.call("store", LIMIT + 1)
    with pytest.raises(AssertionError), reverts("RefusalMock_TooMuch"):
        mock.call("store", LIMIT + 1)
    with pytest.raises(pytest.fail.Exception), reverts("RefusalMock_TooMuch", LIMIT + 1, LIMIT):
        mock.call("store", LIMIT)


@pytest.mark.parametrize("rest", [b"", b"\xff" * 32, b"\xff" * 31])
def test_what_only_looks_like_an_error_is_shown_raw(rest: bytes) -> None:
    """A contract can revert with any bytes."""
    error = decode_revert(bytes.fromhex("08c379a0") + rest, {})
    assert isinstance(error, ContractRevert)
    assert (error.name, error.args) == ("0x08c379a0", (rest,))


# -------------------------------------------------------------------------------- time


@pytest.mark.parametrize("ahead", [1, 2, 3600])
def test_the_next_transaction_is_mined_at_exactly_the_time(
    chain: Chain, mock: Contract, stranger: LocalAccount, ahead: int
) -> None:
    """However long it takes until it is sent."""
    wanted = chain.now() + ahead
    chain.advance_to(wanted)
    if ahead == 2:
        time.sleep(1.1)
    mock.send("store", 1, sender=stranger)
    assert mock.call("storedAt") == wanted
    assert chain.now() == wanted


def test_calls_see_the_time_of_the_latest_block(chain: Chain, mock: Contract) -> None:
    wanted = chain.now() + 1000
    chain.mine_at(wanted)
    assert mock.call("sighting", [])[0].value == wanted == chain.now()


@pytest.mark.parametrize("back", [0, 1])
def test_time_does_not_go_back(chain: Chain, back: int) -> None:
    now = chain.now()
    with pytest.raises(InputError, match="only moves forward"):
        chain.advance_to(now - back)
    with pytest.raises(InputError, match="only moves forward"):
        chain.mine_at(now - back)


def test_reverting_returns_state_time_and_nonces(
    chain: Chain, mock: Contract, stranger: LocalAccount
) -> None:
    """What tests are isolated by."""
    mock.send("store", 1, sender=stranger)
    before = chain.header()
    snapshot = chain.snapshot()
    chain.mine_at(before.timestamp + 10**6)
    mock.send("store", 2, sender=stranger)
    chain.revert(snapshot)
    assert chain.header() == before
    assert mock.call("stored") == 1
    mock.send("store", 3, sender=stranger)
    with pytest.raises(ChainError, match="no snapshot"):
        chain.revert(snapshot)


# -------------------------------------------------------------------------------- many


def test_many_are_mined_in_order_and_few_blocks(chain: Chain, mock: Contract) -> None:
    """Some senders twice, so that their nonces must follow."""
    senders: list[LocalAccount] = [Account.create() for _ in range(60)]
    chain.set_balances({sender.address: ETHER for sender in senders})
    told: list[tuple[int, int]] = []
    receipts = chain.send_many(
        [
            mock.transaction("store", number % LIMIT, sender=sender)
            for number, sender in enumerate(senders + senders)
        ],
        report=lambda done, total: told.append((done, total)),
    )
    assert [receipt.sender for receipt in receipts] == [
        sender.address for sender in senders + senders
    ]
    assert all(receipt.succeeded for receipt in receipts)
    assert len({receipt.block_number for receipt in receipts}) == 3
    assert told == [(50, 120), (100, 120), (120, 120)]
    logs = [mock.event(receipt, "Stored") for receipt in receipts]
    mined = sorted(logs, key=lambda event: (event.block_number, event.log_index))
    assert [event.args["value"] for event in mined] == [number % LIMIT for number in range(120)]
    mock.send("store", 5, sender=senders[0])  # mining goes on by itself again


def test_without_check_the_caller_reads_who_failed(
    chain: Chain, mock: Contract, stranger: LocalAccount
) -> None:
    receipts = chain.send_many(
        [mock.transaction("store", value, sender=stranger) for value in (1, LIMIT + 1, 2)],
        check=False,
    )
    assert [receipt.succeeded for receipt in receipts] == [True, False, True]


def test_none_is_many_too(chain: Chain) -> None:
    assert chain.send_many([]) == []


def test_balances_survive_what_keeps_ganache_fast(chain: Chain) -> None:
    """The client takes a block back after a hundred accounts; nothing else may go with it."""
    accounts = {Account.create().address: number + 1 for number in range(101)}
    chain.set_balances(accounts)
    chain.mine()
    found = chain.batch([("eth_getBalance", (address, "latest")) for address in accounts])
    assert [int(balance, 16) for balance in found] == list(accounts.values())


def test_a_contract_can_be_made_to_send(
    chain: Chain, mock: Contract, deployer: LocalAccount
) -> None:
    """For calls that only another contract may make."""
    other = chain.deploy("RefusalMock", LIMIT, sender=deployer)
    chain.set_balance(other.address, ETHER)
    receipt = mock.send("store", 1, sender=chain.impersonate(other.address))
    assert mock.event(receipt, "Stored").args["who"] == other.address


def test_code_and_storage_can_be_set(
    chain: Chain, artifacts: Artifacts, mock: Contract, stranger: LocalAccount
) -> None:
    chain.set_storage(mock.address, 0, 42)
    assert mock.call("stored") == 42
    chain.set_code(stranger.address, chain.code(mock.address))
    assert chain.contract("RefusalMock", stranger.address).call("LIMIT") == LIMIT


def test_a_plain_transfer_arrives(chain: Chain, stranger: LocalAccount) -> None:
    nobody = Account.create().address
    chain.transfer(nobody, 5, sender=stranger)
    assert chain.balance(nobody) == 5


def test_a_transaction_out_of_turn_is_sent_again_with_the_right_number(
    chain: Chain, mock: Contract, stranger: LocalAccount
) -> None:
    """A wallet or another process may use the same account."""
    mock.send("store", 1, sender=stranger)
    other = Chain.connect(chain.url)
    other.send(Transaction(sender=stranger, to=stranger.address))
    mock.send("store", 2, sender=stranger)
    assert mock.call("stored") == 2


def test_a_slot_without_anything_is_zero(chain: Chain, deployer: LocalAccount) -> None:
    """Also when it was taken back, of which Ganache says no digit at all; alone, or among others."""
    token = chain.deploy("ProjectToken", "A", "A", 0, 1, deployer.address, sender=deployer)
    snapshot = chain.snapshot()
    chain.set_storage(token.address, 77, 1)
    chain.revert(snapshot)
    assert chain.storage(token.address, 77) == 0
    name, unused = chain.storage_many(token.address, [0, 77])
    assert (name != 0, unused) == (True, 0)


def test_an_answer_that_no_memory_could_hold_is_refused(chain: Chain) -> None:
    """A text of 2^256 - 1 bytes, and one that is none."""
    text = [{"name": "", "type": "string"}]
    start, length = (32).to_bytes(32), (2**256 - 1).to_bytes(32)
    for answer in (start + length, start + (1).to_bytes(32) + b"\xff" + bytes(31)):
        with pytest.raises(ChainError, match="not what its interface says"):
            result_of(text, answer)
