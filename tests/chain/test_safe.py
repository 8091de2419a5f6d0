"""Files for a Safe, with the released contracts: what the owners sign is what happens, to the byte.

The contracts are those of npm's `@safe-global/safe-contracts`, whose code is the one that Safe has
deployed everywhere; `Safe.at` knows it by its hash.
"""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import pytest
from eth_abi.abi import encode
from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.address import to_canonical_address, to_checksum_address
from eth_utils.crypto import keccak

from jumpstart.chain.client import Chain, Contract, Receipt
from jumpstart.chain.compiler import PROJECT_ROOT, Artifact
from jumpstart.chain.node import LocalNode
from jumpstart.chain.roles import contract_at, holding_of, power_of
from jumpstart.chain.safes import Safe
from jumpstart.cli import main
from jumpstart.errors import ContractRevert, InputError
from jumpstart.powers import POWERS, Who
from jumpstart.safe import MULTI_SEND, Call, SafeTransaction, builder_file
from tests.chain.site import PLATFORM, Site
from tests.chain.stage import Stage, Trial, account

PACKAGE: Final = PROJECT_ROOT / "node_modules" / "@safe-global" / "safe-contracts"
VERSION: Final = "1.4.1"
NOBODY: Final = "0x" + "00" * 20

Run = Callable[..., tuple[int, str, str]]


def released(path: str) -> Artifact:
    """A contract as Safe has compiled it."""
    content = json.loads((PACKAGE / "build" / "artifacts" / "contracts" / path).read_text())
    return Artifact(
        name=content["contractName"],
        source=content["sourceName"],
        abi=tuple(content["abi"]),
        creation_code=bytes.fromhex(content["bytecode"][2:]),
        runtime_code=bytes.fromhex(content["deployedBytecode"][2:]),
        immutables=(),
        metadata="",
        storage_layout={},
        selectors={},
    )


SAFE: Final = "Safe.sol/Safe.json"
FACTORY: Final = "proxies/SafeProxyFactory.sol/SafeProxyFactory.json"
MULTI_SEND_CALL_ONLY: Final = "libraries/MultiSendCallOnly.sol/MultiSendCallOnly.json"


@pytest.fixture(scope="module")
def owners() -> tuple[LocalAccount, ...]:
    """Three, of whom two must sign."""
    return tuple(account(f"owner {number} of the Safe") for number in range(3))


@pytest.fixture(scope="module")
def singleton(chain: Chain, stage: Stage) -> Contract:
    return chain.deploy(released(SAFE), sender=stage.people.creator)


@pytest.fixture(scope="module")
def wallet(
    chain: Chain, stage: Stage, singleton: Contract, owners: Sequence[LocalAccount]
) -> Contract:
    """A real Safe, made by its factory, which is the chair of the reviewers."""
    creator = stage.people.creator
    factory = chain.deploy(released(FACTORY), sender=creator)
    addresses = [owner.address for owner in owners]
    setup = singleton.calldata("setup", addresses, 2, NOBODY, b"", NOBODY, NOBODY, 0, NOBODY)
    made = factory.send("createProxyWithNonce", singleton.address, setup, 0, sender=creator)
    found = chain.contract(released(SAFE), factory.event(made, "ProxyCreation").args["proxy"])
    review = stage.platform.review
    review.send("nominateChair", found.address, sender=stage.people.chair)
    accepted = Safe.at(chain, found.address)
    call = call_of(review, "acceptChair")
    execute(found, accepted.transaction([call]), owners[:2], sender=creator)
    assert review.call("chair") == found.address
    return found


def call_of(contract: Contract, function: str, *args: Any) -> Call:
    entry = next(each for each in contract.artifact.abi if each.get("name") == function)
    return Call(
        to=to_canonical_address(contract.address),
        data=contract.calldata(function, *args),
        method=entry,
        args=args,
    )


def signatures(asked: SafeTransaction, owners: Sequence[LocalAccount]) -> bytes:
    """Of the expected hash, in the order of the owners' addresses, as the contract wants them."""
    ordered = sorted(owners, key=lambda owner: int(owner.address, 16))
    return b"".join(
        bytes(Account.unsafe_sign_hash(asked.safe_tx_hash, owner.key).signature)
        for owner in ordered
    )


def execute(
    wallet: Contract,
    asked: SafeTransaction,
    owners: Sequence[LocalAccount],
    *,
    sender: LocalAccount,
    **changes: Any,
) -> Receipt:
    """Runs a Safe's transaction, or one that differs from what the owners have signed."""
    sent: dict[str, Any] = {
        "to": asked.to,
        "value": asked.value,
        "data": asked.data,
        "operation": int(asked.operation),
    } | changes
    return wallet.send(
        "execTransaction",
        to_checksum_address(sent["to"]),
        sent["value"],
        sent["data"],
        sent["operation"],
        0,
        0,
        0,
        NOBODY,
        NOBODY,
        signatures(asked, owners),
        sender=sender,
    )


def calls_in(content: dict[str, Any]) -> list[tuple[bytes, int, bytes]]:
    """What a file says, encoded from its text by other code than ours: to, value and data."""
    found: list[tuple[bytes, int, bytes]] = []
    for entry in content["transactions"]:
        data = entry["data"]
        if data is None:
            method = entry["contractMethod"]
            kinds = [each["type"] for each in method["inputs"]]
            values = [entry["contractInputsValues"][each["name"]] for each in method["inputs"]]
            typed = [
                int(value) if kind.startswith("uint") else
                bytes.fromhex(value[2:]) if kind.startswith("bytes") else value
                for kind, value in zip(kinds, values, strict=True)
            ]  # fmt: skip
            selector = keccak(text=f"{method['name']}({','.join(kinds)})")[:4]
            data = "0x" + (selector + encode(kinds, typed)).hex()
        found.append(
            (bytes(to_canonical_address(entry["to"])), int(entry["value"]), bytes.fromhex(data[2:]))
        )
    return found


@pytest.fixture
def run(node: LocalNode, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = main([*words, "--rpc", node.url])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


# ---------------------------------------------------------------------------------------- reading


def test_a_safe_is_read(chain: Chain, wallet: Contract, owners: Sequence[LocalAccount]) -> None:
    """Its version, owners, threshold and number."""
    found = Safe.at(chain, wallet.address)
    assert (found.version, found.threshold, found.nonce) == (VERSION, 2, 1)
    assert set(found.owners) == {owner.address for owner in owners}


def test_what_is_no_safe_is_refused(
    chain: Chain, stage: Stage, wallet: Contract, singleton: Contract
) -> None:
    """Nobody's address, another contract, the code that Safes share, and a Safe that was changed."""
    for address, message in (
        (stage.people.stranger.address, "there is no contract at"),
        (stage.wallet.address, "is no Safe: its code is another's"),
        (singleton.address, "is no Safe: its code is another's"),
    ):
        with pytest.raises(InputError, match=message):
            Safe.at(chain, address)
    chain.set_storage(wallet.address, 0, int(stage.wallet.address, 16))
    with pytest.raises(InputError, match=r"runs the code at 0x\w+, which is none of 1\.1\.1"):
        Safe.at(chain, wallet.address)


def test_a_safe_without_owners_is_refused(chain: Chain, stage: Stage, singleton: Contract) -> None:
    """Anybody could still set it up."""
    proxy = chain.deploy(
        released("proxies/SafeProxy.sol/SafeProxy.json"),
        singleton.address,
        sender=stage.people.creator,
    )
    with pytest.raises(InputError, match="was not set up: it has no owners"):
        Safe.at(chain, proxy.address)


# ---------------------------------------------------------------------------------------- one call


def test_one_call_is_exactly_what_the_file_says(
    run: Run,
    chain: Chain,
    stage: Stage,
    wallet: Contract,
    owners: Sequence[LocalAccount],
    tmp_path: Path,
) -> None:
    """Written by the command, signed by two of three, sent by a stranger."""
    review, heir = stage.platform.review, stage.people.heir
    out = tmp_path / "appoint.json"
    words = ("safe", review.address, "appointReviewer", heir.address, "--safe", wallet.address)
    height = chain.block_number()
    status, printed, _ = run(*words, "--out", str(out), "--json")
    assert status == 0
    assert chain.block_number() == height, "something was sent"
    summary = json.loads(printed)
    assert summary["now"] == "the contract would take it"
    assert summary["arguments"] == {"account": heir.address}
    assert (summary["threshold"], len(summary["owners"]), summary["nonce"]) == (2, 3, 1)
    content = json.loads(out.read_text())
    ((to, value, data),) = calls_in(content)
    asked = SafeTransaction(
        chain_id=int(content["chainId"]),
        safe=to_canonical_address(content["meta"]["createdFromSafeAddress"]),
        version=VERSION,
        nonce=1,
        to=to,
        value=value,
        data=data,
    )
    assert summary["safeTxHash"] == "0x" + asked.safe_tx_hash.hex()
    assert summary["safeTxHash"] in content["meta"]["description"]
    assert review.call("appointmentOf", heir.address) == 0
    receipt = execute(wallet, asked, owners[1:], sender=stage.people.stranger)
    executed = wallet.event(receipt, "ExecutionSuccess").args
    assert "0x" + executed["txHash"].hex() == summary["safeTxHash"]
    assert review.call("appointmentOf", heir.address) > 0
    (shown,) = review.events(receipt)
    assert heir.address in shown.args.values()


@pytest.mark.parametrize("field", ["to", "value", "data", "operation"])
def test_a_changed_byte_fails_the_signatures(
    chain: Chain, stage: Stage, wallet: Contract, owners: Sequence[LocalAccount], field: str
) -> None:
    """In whatever field it is."""
    chain.set_balance(wallet.address, 1)
    call = call_of(stage.platform.review, "appointReviewer", stage.people.heir.address)
    asked = Safe.at(chain, wallet.address).transaction([call])
    change: Any = {
        "to": bytes([asked.to[0] ^ 1]) + asked.to[1:],
        "value": 1,
        "data": asked.data[:-1] + bytes([asked.data[-1] ^ 1]),
        "operation": 1,
    }[field]
    sender = stage.people.stranger
    with pytest.raises(ContractRevert) as refused:
        execute(wallet, asked, owners[:2], sender=sender, **{field: change})
    assert refused.value.args == ("GS026",)  # no owner's signature
    with pytest.raises(ContractRevert) as refused:
        execute(wallet, asked, owners[:1], sender=sender)
    assert refused.value.args == ("GS020",)  # too few
    execute(wallet, asked, owners[:2], sender=sender)


def test_coin_goes_with_a_call(
    chain: Chain, stage: Stage, wallet: Contract, owners: Sequence[LocalAccount]
) -> None:
    """A payment has no data."""
    chain.set_balance(wallet.address, 1000)
    heir = stage.people.heir.address
    before = chain.balance(heir)
    call = Call(to=to_canonical_address(heir), data=b"", value=1000)
    asked = Safe.at(chain, wallet.address).transaction([call])
    execute(wallet, asked, owners[:2], sender=stage.people.stranger)
    assert chain.balance(heir) == before + 1000


# ---------------------------------------------------------------------------------------- several


@pytest.fixture
def multi_send(chain: Chain) -> str:
    """MultiSendCallOnly, at the address that it has everywhere."""
    address = to_checksum_address(MULTI_SEND[VERSION][0])
    chain.set_code(address, released(MULTI_SEND_CALL_ONLY).runtime_code)
    return address


def test_three_calls_are_exactly_what_the_file_says(
    chain: Chain,
    stage: Stage,
    wallet: Contract,
    owners: Sequence[LocalAccount],
    multi_send: str,
) -> None:
    """In one transaction, in their order, in the Safe's own name."""
    people, review = stage.people, stage.platform.review
    calls = [
        call_of(review, "appointReviewer", people.heir.address),
        call_of(review, "removeReviewer", people.reviewer.address),
        call_of(review, "nominateGuardian", people.treasury.address),
    ]
    safe = Safe.at(chain, wallet.address)
    asked = safe.transaction(calls)
    assert to_checksum_address(asked.to) == multi_send
    content = json.loads(json.dumps(builder_file(calls, asked, name="three")))
    assert calls_in(content) == [(call.to, call.value, call.data) for call in calls]
    again = safe.transaction(
        [Call(to=to, value=value, data=data) for to, value, data in calls_in(content)]
    )
    assert again.safe_tx_hash == asked.safe_tx_hash
    changed = asked.data[:-40] + bytes([asked.data[-40] ^ 1]) + asked.data[-39:]
    with pytest.raises(ContractRevert) as refused:
        execute(wallet, asked, owners[:2], sender=people.stranger, data=changed)
    assert refused.value.args == ("GS026",)
    receipt = execute(wallet, asked, owners[:2], sender=people.stranger)
    assert wallet.event(receipt, "ExecutionSuccess").args["txHash"] == asked.safe_tx_hash
    assert review.call("appointmentOf", people.heir.address) > 0
    assert not review.call("isReviewer", people.reviewer.address)
    assert review.call("nominatedGuardian") == people.treasury.address


def test_a_platform_is_deployed_by_a_safe(
    chain: Chain,
    stage: Stage,
    node: LocalNode,
    wallet: Contract,
    owners: Sequence[LocalAccount],
    multi_send: str,
    tmp_path: Path,
) -> None:
    """A file for each transaction that one can carry, looked for by --watch, until the record is there."""
    site = Site.built(node, chain, stage.payment_token.address, tmp_path)
    file, names = str(PLATFORM), str(tmp_path / "example.names.toml")
    watching = ("--from", wallet.address, "--watch")
    status, out, _ = site.run("apply", file, "--accounts", names, *watching)
    assert (status, out.startswith("waiting for the deployer: Create ")) == (0, True)
    height, files = chain.block_number(), 0
    planned = ("plan", file, "--accounts", names, "--from", wallet.address, "--format", "safe")
    while out.startswith("waiting"):
        status, printed, err = site.run(*planned)
        assert (status, chain.block_number()) == (0, height), err
        calls = [
            Call(to=to, value=value, data=data) for to, value, data in calls_in(json.loads(printed))
        ]
        asked = Safe.at(chain, wallet.address).transaction(calls)
        assert f"safeTxHash 0x{asked.safe_tx_hash.hex()}" in printed
        receipt = execute(wallet, asked, owners[:2], sender=stage.people.stranger)
        assert receipt.gas_used < 2**24
        height, files = chain.block_number(), files + 1
        status, out, err = site.run("resume", file, *watching)
        assert status == 0, err
    assert files == 2
    record = site.record("example")
    assert site.run("verify", str(record))[0] == 0
    assert site.run(*planned)[0] == 2  # there is nothing left to send
    owner = json.loads(record.read_text())["inputs"]["sender"]
    assert owner == wallet.address


def test_several_calls_need_multi_send(chain: Chain, stage: Stage, wallet: Contract) -> None:
    """Known by its code: a delegated call to anything else could take the Safe."""
    calls = [call_of(stage.platform.review, "nominateChair", NOBODY)] * 2
    safe = Safe.at(chain, wallet.address)
    with pytest.raises(InputError, match="chain 1337 has no MultiSendCallOnly at 0x9641"):
        safe.transaction(calls)
    with pytest.raises(InputError, match=f"no MultiSendCallOnly at {stage.wallet.address}"):
        safe.transaction(calls, multi_send=stage.wallet.address)
    other = chain.deploy(released(MULTI_SEND_CALL_ONLY), sender=stage.people.creator)
    asked = safe.transaction(calls, multi_send=other.address)
    assert to_checksum_address(asked.to) == other.address


# ---------------------------------------------------------------------------------------- command


def test_the_command_says_in_words_what_will_be_done(
    run: Run, stage: Stage, wallet: Contract, tmp_path: Path
) -> None:
    """And what the worst of it is."""
    review, reviewer = stage.platform.review.address, stage.people.reviewer.address
    words = ("safe", review, "removeReviewer", reviewer, "--safe", wallet.address)
    status, out, _ = run(*words, "--out", str(tmp_path / "f.json"), "--nonce", "7")
    assert status == 0
    for part in (
        f"Safe {wallet.address} of version 1.4.1, 2 of 3 owners, on chain 1337",
        f"calls ProjectReview.removeReviewer at {review} with 0 wei",
        f"account = {reviewer}",
        "for the chair; at any time",
        "at worst: leaves no quorum",
        "now: the contract would take it",
        "as number 7",
        "safeTxHash    0x",
    ):
        assert part in out


def test_the_command_says_what_the_contract_would_refuse_now(
    run: Run, stage: Stage, wallet: Contract, tmp_path: Path
) -> None:
    """The file is written all the same: its time may come."""
    out = tmp_path / "f.json"
    review, chair = stage.platform.review.address, stage.people.reviewer.address
    words = ("safe", review, "appointReviewer", chair, "--safe", wallet.address)
    status, printed, _ = run(*words, "--out", str(out))
    assert (status, out.exists()) == (0, True)
    assert "now: the contract would refuse it: ProjectReview_" in printed


def test_a_safe_can_be_what_a_sale_names(
    run: Run, stage: Stage, wallet: Contract, tmp_path: Path
) -> None:
    """The publisher of holdings, in the terms that the sale is bound to."""
    trial = stage.list(holdings_publisher=to_canonical_address(wallet.address))
    root = "0x" + trial.tree.root.hex()
    words = ("safe", trial.address, "publishHoldings", root, "--safe", wallet.address)
    status, out, err = run(*words, "--out", str(tmp_path / "f.json"))
    assert (status, "for the publisher of holdings" in out) == (0, True), err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["{review}", "acceptChair"], "--safe: ProjectReview.acceptChair is for whoever was named "
         "for the role, which is 0x0000000000000000000000000000000000000000: {safe} is not"),
        (["{review}", "acceptAppointment"], "whom the chair has appointed: {safe} is not"),
        (["{review}", "resign"], "is for a reviewer, of whom {review} has 1: {safe} is not"),
        (["{review}", "voteToDelist", "1", "{hash}"], "is for a quorum of reviewers, by vote, of"),
        (["{review}", "withdraw", "1"], "for the project that applied, which is {project}: {safe}"),
        (["{review}", "list", "1", "{hash}"], "for the launchpad, when it lists, which is {launchpad}"),
        (["{sale}", "pause"], "is for the guardian, which is {guardian}: {safe} is not"),
        (["{sale}", "publishHoldings", "{hash}"], "which is {publisher}: {safe} is not"),
        (["{sale}", "void"], "is for the review, when it is decided there, which is {review}"),
        (["{sale}", "exitFor", "{safe}", "{safe}", "true"], "is for the escrow of the sale, on an"),
        (["{sale}", "claim"], "for a participant, for itself, who has subscribed in {sale}: {safe}"),
        (["{escrow}", "object"], "for a participant, for itself, who has subscribed in {sale}"),
        (["{escrow}", "attest", "0", "{hash}"], "which is {review}: {safe} is not"),
        (["{vault}", "revoke", "{grant}"], "for the revoker that the grant names, which is 0x1111"),
        (["{vault}", "transfer", "{grant}", "{safe}"], "for the beneficiary of the grant, which"),
        (["{token}", "transferFrom", "{project}", "{safe}", "5"], "has allowed it 0 of 5 base"),
        (["{sale}", "receive"], "FUNCTION: SubscriptionSale has no function receive that changes"),
        (["{review}", "chair"], "FUNCTION: ProjectReview has no function chair that changes"),
        (["{review}", "nominateChair"], "nominateChair(address) takes 1 arguments, was given 0"),
        (["{review}", "nominateChair", "0x12"], "account (address): '0x12' is not an address"),
        (["{review}", "nominateChair", "{key}"], "account (address): expected an address, found wh"),
        (["{review}", "nominateChair", "{safe}", "--value", "1"], "--value: ProjectReview.nomin"),
        (["{review}", "nominateChair", "{safe}", "--nonce", "0"], "--nonce: nonce 0 of the Safe is"),
        (["{safe}", "swapOwner"], "CONTRACT: the contract at {safe} is none of this project"),
        (["{implementation}", "settle"], "CONTRACT: the SubscriptionSale at {implementation} is what"),
        (["{project}", "settle"], "CONTRACT: there is no contract at {project} on chain 1337"),
        (["{review}", "nominateChair", "{safe}", "--safe", "{review}"], "--safe: the contract at"),
        (["{review}", "nominateChair", "{safe}", "--safe", "{key}"], "--safe: this looks like a"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else "",
)  # fmt: skip
def test_what_the_safe_cannot_do_is_refused(
    run: Run,
    stage: Stage,
    wallet: Contract,
    listed_sale: Trial,
    tmp_path: Path,
    words: list[str],
    message: str,
) -> None:
    """Exit status 2, naming the role and who has it; nothing is written."""
    people, platform = stage.people, stage.platform
    plan = ["0x" + "22" * 20, "0x" + "11" * 20, ["1", "2", "3", "4", "5"]]
    known = {
        "review": platform.review.address,
        "launchpad": platform.launchpad.address,
        "vault": platform.vesting_vault.address,
        "implementation": platform.sale_implementation.address,
        "safe": wallet.address,
        "sale": listed_sale.address,
        "escrow": listed_sale.escrow.address,
        "token": stage.sale_token.address,
        "project": people.project.address,
        "guardian": people.guardian.address,
        "publisher": people.publisher.address,
        "hash": "0x" + "ab" * 32,
        "key": "0x" + "cd" * 32,
        "grant": json.dumps([plan, "5", "1"]),
    }
    out = tmp_path / "f.json"
    given = [word.format(**known) if not word.startswith("[") else word for word in words]
    if "--safe" not in given:
        given += ["--safe", wallet.address]
    status, printed, err = run("safe", *given, "--out", str(out))
    assert (status, printed, out.exists()) == (2, "", False)
    assert message.format(**known) in err
    assert err.count("\n") == 1
    assert known["key"] not in err


def blank(parameter: dict[str, Any], kind: str) -> Any:
    """An argument that means nothing to anybody."""
    if kind.endswith("]"):
        size = kind[kind.rindex("[") + 1 : -1]
        return (blank(parameter, kind[: kind.rindex("[")]),) * int(size or 0)
    if kind == "tuple":
        return tuple(blank(each, each["type"]) for each in parameter["components"])
    plain = {"address": NOBODY, "bool": False, "string": "", "bytes": b"", "bytes32": bytes(32)}
    return plain.get(kind, 1)


def test_every_power_has_a_rule_and_a_stranger_only_what_is_anybodys(
    chain: Chain, stage: Stage, listed_sale: Trial
) -> None:
    """For each function of each contract that stands there, known by its code."""
    platform, stranger = stage.platform, stage.people.stranger.address
    people = stage.people
    creator = chain.deploy("LaunchpadCreator", people.creator.address, sender=people.creator)
    seen = set()
    for address in (
        creator.address,
        platform.review.address,
        platform.launchpad.address,
        platform.pass_registry.address,
        platform.vesting_vault.address,
        listed_sale.address,
        listed_sale.escrow.address,
        stage.sale_token.address,
    ):
        found = contract_at(chain, address)
        for power in (each for each in POWERS if each.contract == found.artifact.name):
            if power.function == "receive":
                continue
            assert power_of(found, power.function) is power
            entry = next(each for each in found.artifact.abi if each.get("name") == power.function)
            args = [blank(each, each["type"]) for each in entry["inputs"]]
            is_free = power.who in (Who.ANYONE, Who.SIGNED, Who.OWNER)
            is_free = is_free or power.function.startswith(("subscribe", "transferFrom"))
            if power.who is Who.ALLOWED:
                args[2] = 0  # nothing of what it was allowed
            assert holding_of(found, power, args, stranger).is_held is is_free, power
            seen.add((power.contract, power.function))
    assert len(seen) == sum(power.function != "receive" for power in POWERS)


def test_help_shows_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    """With no key in it, nor a place for one."""
    assert main(["safe", "--help"]) == 0
    printed = capsys.readouterr().out
    assert "Example: jumpstart safe 0x.. appointReviewer" in printed
    assert "--keystore" not in printed
