"""What is published is what was compiled, and a server that compiles it again finds the code on the chain."""

import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from eth_account.signers.local import LocalAccount

from jumpstart import explorers
from jumpstart.chain import compiler
from jumpstart.chain.abi import constructor_arguments
from jumpstart.chain.addresses import clone_code
from jumpstart.chain.client import Chain
from jumpstart.chain.compiler import standard_json_input
from jumpstart.chain.node import LocalNode
from jumpstart.cli import main
from jumpstart.deployment import record as records
from jumpstart.errors import ChainError, CheckError
from jumpstart.explorers import Publication, Sourcify, write_bundle
from jumpstart.hashing import keccak256
from tests import sourcify_server
from tests.chain.site import Site
from tests.chain.stage import Stage

NOBODY = "0x" + "11" * 20
EMPTY = "0x" + "22" * 20


@pytest.fixture
def server(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> Iterator[sourcify_server.Sourcify]:
    monkeypatch.setattr(explorers, "_PAUSE", 0.001)
    with sourcify_server.serve(chain) as started:
        yield started


@pytest.fixture
def publication(stage: Stage) -> Publication:
    """Of a contract that has immutables."""
    vault = stage.platform.vesting_vault
    return Publication.of(
        vault.artifact,
        standard_json_input(),
        chain_id=stage.chain.chain_id,
        address=vault.address,
        constructor_arguments=constructor_arguments(
            vault.artifact, stage.platform.launchpad.address
        ),
    )


def test_a_contract_is_verified_exactly(
    server: sourcify_server.Sourcify, publication: Publication
) -> None:
    """Its immutables do not matter, and the job is waited for."""
    server.looks = 3
    assert Sourcify(server.url).verify(publication) == "exact_match"
    assert sum("GET /v2/verify/" in line for line in server.asked) == 4


def test_what_is_verified_is_not_sent_again(
    server: sourcify_server.Sourcify, publication: Publication
) -> None:
    """It is asked for, and that is all."""
    Sourcify(server.url).verify(publication)
    before = len(server.asked)
    assert Sourcify(server.url).verify(publication) == "exact_match"
    assert server.asked[before:] == [
        f"GET /v2/contract/{publication.chain_id}/{publication.address}"
    ]


def test_another_has_it_verified_meanwhile(
    server: sourcify_server.Sourcify, publication: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server says so when it is sent, and that is as good."""
    client = Sourcify(server.url)
    answers: list[Any] = [None, "exact_match"]
    monkeypatch.setattr(client, "match_of", lambda publication: answers.pop(0))
    server.verified[publication.address.lower()] = ("exact_match", "exact_match")
    assert client.verify(publication) == "exact_match"


def test_a_busy_server_is_given_time(
    server: sourcify_server.Sourcify, publication: Publication
) -> None:
    """But not for ever."""
    server.busy = 2
    assert Sourcify(server.url).verify(publication) == "exact_match"
    server.busy = 100
    with pytest.raises(CheckError, match="too_many_requests"):
        Sourcify(server.url).verify(publication)


@pytest.mark.parametrize("looks", [0, 5])
def test_the_number_of_a_job_is_lost(
    server: sourcify_server.Sourcify, publication: Publication, looks: int
) -> None:
    """The server took it and nobody was told: sent again it is under way already, until it is done."""
    server.lost, server.looks = 1, looks
    assert Sourcify(server.url).verify(publication) == "exact_match"
    assert len(server.jobs) == 1


def test_a_job_of_another_that_fails_is_no_end(
    server: sourcify_server.Sourcify, publication: Publication
) -> None:
    """Then it is sent once more."""
    server.looks = 3
    wrong = replace(publication, identifier="contracts/Launchpad.sol:Launchpad")
    body = {
        "stdJsonInput": wrong.standard_input,
        "compilerVersion": wrong.compiler,
        "contractIdentifier": wrong.identifier,
    }
    server.submit(str(publication.chain_id), publication.address, body)
    assert Sourcify(server.url).verify(publication) == "exact_match"
    assert len(server.jobs) == 2


def test_a_job_of_another_that_never_ends_is_given_up(
    server: sourcify_server.Sourcify, publication: Publication
) -> None:
    server.lost, server.looks = 1, 10**6
    with pytest.raises(ChainError, match="not verified in 0 s"):
        Sourcify(server.url, seconds=0.05).verify(publication)


def test_a_match_that_gets_no_better_is_a_match(
    server: sourcify_server.Sourcify, publication: Publication, chain: Chain
) -> None:
    """Of code whose metadata differ, in the second run as in the first."""
    code = chain.code(publication.address)
    chain.set_code(publication.address, code[:-20] + bytes([code[-20] ^ 1]) + code[-19:])
    for _ in range(2):
        assert Sourcify(server.url).verify(publication) == "match"
    assert len(server.jobs) == 2


def test_the_creating_transaction_is_compared_too(
    server: sourcify_server.Sourcify, stage: Stage, deployer: LocalAccount
) -> None:
    """Code before the constructor's arguments, in the very transaction."""
    vault = stage.platform.vesting_vault
    arguments = constructor_arguments(vault.artifact, stage.platform.launchpad.address)
    receipt = stage.chain.deploy_code(vault.artifact.creation_code + arguments, sender=deployer)
    assert receipt.contract_address is not None
    publication = Publication.of(
        vault.artifact,
        standard_json_input(),
        chain_id=stage.chain.chain_id,
        address=receipt.contract_address,
        constructor_arguments=arguments,
        transaction=receipt.transaction_hash,
    )
    assert Sourcify(server.url).verify(publication) == "exact_match"
    assert server.verified[receipt.contract_address.lower()] == ("exact_match", "exact_match")


def test_the_server_says_how_long_to_wait(
    server: sourcify_server.Sourcify, publication: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is left alone so long, but not longer than we wait at all."""
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    for patience, longest in (("3", 3), ("86400", 10), ("Wed, 21 Oct 2026 07:28:00 GMT", 1)):
        server.busy, server.patience = 1, patience
        slept.clear()
        Sourcify(server.url).match_of(publication)
        assert slept[0] <= longest
        assert patience != "3" or slept[0] == 3
        assert patience != "86400" or slept[0] == 10


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"compiler": "latest"}, "invalid_parameter: compilerVersion"),
        ({"compiler": "0.8.37"}, "invalid_compiler_version"),
        ({"compiler": "0.8.36+commit.00000000"}, "invalid_compiler_version"),
        ({"identifier": "VestingVault"}, "invalid_parameter: The contractIdentifier"),
        ({"identifier": "contracts/Launchpad.sol:VestingVault"}, "contract_not_found"),
        ({"identifier": "contracts/Gone.sol:VestingVault"}, "contract_not_found"),
        ({"identifier": "contracts/Launchpad.sol:Launchpad"}, "no_match"),
        ({"chain_id": 99}, "unsupported_chain: Chain 99"),
        ({"address": NOBODY}, "contract_not_deployed"),
        ({"address": "0x1234"}, "invalid_parameter"),
        ({"transaction": "0x12"}, "invalid_parameter: creationTransactionHash"),
        ({"standard_input": {"sources": {}}}, "invalid_parameter: .* a language field"),
    ],
)
def test_what_the_server_refuses_is_told_in_its_words(
    server: sourcify_server.Sourcify, publication: Publication, change: Any, words: str
) -> None:
    with pytest.raises(CheckError, match=words):
        Sourcify(server.url).verify(replace(publication, **change))


def test_other_sources_do_not_verify(
    server: sourcify_server.Sourcify, publication: Publication
) -> None:
    """They are really compiled, and are not what is there."""
    source = "contracts/VestingVault.sol"
    other = {
        **publication.standard_input,
        "sources": {source: {"content": "pragma solidity 0.8.37; contract VestingVault {}"}},
    }
    with pytest.raises(CheckError, match="no_match"):
        Sourcify(server.url).verify(replace(publication, standard_input=other))


def test_sources_that_do_not_compile_are_refused(
    server: sourcify_server.Sourcify, publication: Publication
) -> None:
    broken = {
        **publication.standard_input,
        "sources": {"contracts/VestingVault.sol": {"content": "pragma solidity 0.8.37; contract"}},
    }
    with pytest.raises(CheckError, match="compiler_error"):
        Sourcify(server.url).verify(replace(publication, standard_input=broken))


def test_a_server_that_is_silent_is_named(
    server: sourcify_server.Sourcify, publication: Publication
) -> None:
    server.silent = True
    with pytest.raises(ChainError, match="does not answer"):
        Sourcify(server.url).verify(publication)


def test_a_job_that_never_ends_is_given_up(
    server: sourcify_server.Sourcify, publication: Publication
) -> None:
    """It can be asked for again later."""
    server.looks = 10**6
    with pytest.raises(ChainError, match="not verified in 0 s"):
        Sourcify(server.url, seconds=0.05).verify(publication)


def test_a_bundle_has_what_a_form_asks_for(publication: Publication, tmp_path: Path) -> None:
    """And the input in it is the compiler's, source by source."""
    paths = write_bundle(publication, tmp_path / "vault")
    standard, arguments, about = (path.read_text() for path in paths)
    assert json.loads(standard) == standard_json_input()
    assert bytes.fromhex(arguments.strip()) == publication.constructor_arguments
    found = json.loads(about)
    assert found["contract"] == "contracts/VestingVault.sol:VestingVault"
    assert found["compiler"].startswith("v0.8.37+commit.")
    assert found["license"] == "MIT"


def test_the_code_ends_with_the_hash_of_its_metadata(artifacts: compiler.Artifacts) -> None:
    """By which an explorer tells an exact match. IPFS's hash of a small file: a node of one block."""

    def counted(number: int) -> bytes:
        return (b"" if number < 128 else bytes([number & 127 | 128])) + (
            bytes([number]) if number < 128 else counted(number >> 7)
        )

    for artifact in artifacts.values():
        if not artifact.is_deployable:
            continue
        content = artifact.metadata.encode()
        size = counted(len(content))
        file = b"\x08\x02\x12" + size + content + b"\x18" + size
        digest = hashlib.sha256(b"\x0a" + counted(len(file)) + file).digest()
        tail = artifact.runtime_code[-2 - int.from_bytes(artifact.runtime_code[-2:]) : -2]
        assert tail == (
            b"\xa2\x64ipfs\x58\x22\x12\x20" + digest + b"\x64solc\x43" + bytes([0, 8, 37])
        ), artifact.name


@pytest.mark.deep
@pytest.mark.timeout(600)
def test_a_bundle_compiles_to_the_same_code(publication: Publication, tmp_path: Path) -> None:
    """By the compiler itself, from the file alone."""
    (standard, *_) = write_bundle(publication, tmp_path)
    root = compiler.PROJECT_ROOT
    output = compiler._run(json.loads(standard.read_text()), compiler._binary(root), root)
    found = compiler._artifacts_of([output])
    for name, artifact in compiler.compile_contracts().items():
        assert found[name].creation_code == artifact.creation_code, name
        assert found[name].runtime_code == artifact.runtime_code, name


# ---------------------------------------------------------------------------------------- the command


@pytest.fixture
def record(stage: Stage, tmp_path: Path, publication: Publication) -> Path:
    """Of two contracts and a clone; no more of it than is needed."""
    registry = stage.platform.pass_registry
    text = records.compiler_input()
    (tmp_path / records.COMPILER_INPUT).write_text(text)
    stage.chain.set_code(NOBODY, clone_code(NOBODY, b"terms"))

    def code_hash(address: str) -> str:
        return "0x" + keccak256(stage.chain.code(address)).hex()

    content = {
        "kind": "platform",
        "title": "",
        "gates": [],
        "chainId": stage.chain.chain_id,
        "genesis": "",
        "inputs": {},
        "steps": [],
        "compiler": {"inputSha256": hashlib.sha256(text.encode()).hexdigest()},
        "contracts": [
            {
                "name": "VestingVault",
                "address": publication.address,
                "constructorArguments": "0x" + publication.constructor_arguments.hex(),
                "transaction": None,
                "codeHash": code_hash(publication.address),
            },
            {
                "name": "PassRegistry",
                "address": registry.address,
                "constructorArguments": "0x",
                "transaction": None,
                "codeHash": code_hash(registry.address),
            },
            {
                "name": "SubscriptionSale",
                "address": NOBODY,
                "implementation": NOBODY,
                "codeHash": code_hash(NOBODY),
            },
        ],
    }
    path = tmp_path / records.RECORD
    path.write_text(json.dumps(content))
    return path


def test_all_contracts_of_a_record_are_published(
    server: sourcify_server.Sourcify, record: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A clone has no source of its own, and says whose it has."""
    assert main(["publish", str(record), "--server", server.url]) == 0
    vault, registry, sale = capsys.readouterr().out.splitlines()
    assert vault.split()[::2] == ["VestingVault", "exact_match"]
    assert registry.split()[::2] == ["PassRegistry", "exact_match"]
    assert sale.split(maxsplit=2) == ["SubscriptionSale", NOBODY, f"a clone of {NOBODY}"]
    assert not any(NOBODY in line for line in server.asked)


def test_one_that_is_refused_does_not_keep_back_the_others(
    server: sourcify_server.Sourcify, record: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit status 1, and each is told."""
    content = json.loads(record.read_text())
    content["contracts"][0]["address"] = EMPTY
    record.write_text(json.dumps(content))
    assert main(["publish", str(record), "--server", server.url, "--json"]) == 1
    printed = capsys.readouterr()
    rows = json.loads(printed.out)["contracts"]
    assert [row.get("match") for row in rows] == [None, "exact_match", None]
    assert rows[2]["implementation"] == NOBODY
    assert "contract_not_deployed" in rows[0]["refused"]
    assert "1 of 2 contracts were not verified" in printed.err


def test_files_are_written_instead(
    record: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["publish", str(record), "--out", str(tmp_path / "files")]) == 0
    names = sorted(path.name for path in (tmp_path / "files").iterdir())
    assert names == sorted(
        f"{name}.{end}"
        for name in ("VestingVault", "PassRegistry")
        for end in ("standard-input.json", "constructor-arguments.txt", "json")
    )


def test_the_chain_is_asked_first_when_it_is_given(
    server: sourcify_server.Sourcify,
    record: Path,
    chain: Chain,
    node: LocalNode,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A clone too: what is published must be what stands there."""
    command = ["publish", str(record), "--server", server.url, "--rpc", node.url]
    assert main(command) == 0
    asked = len(server.asked)
    chain.set_code(NOBODY, clone_code(NOBODY, b"other"))
    found = keccak256(chain.code(NOBODY)).hex()
    capsys.readouterr()
    assert main(command) == 1
    assert f"SubscriptionSale at {NOBODY}: the hash of its code is 0x{found}, the record" in (
        capsys.readouterr().err
    )
    chain.set_code(NOBODY, b"")
    assert main(command) == 1
    assert "the hash of its code is none" in capsys.readouterr().err
    record.write_text(record.read_text().replace(f'"chainId": {chain.chain_id}', '"chainId": 5'))
    assert main(command) == 1
    assert f"of chain 5, the node is {chain.chain_id}" in capsys.readouterr().err
    assert len(server.asked) == asked


def test_a_folder_that_cannot_be_made_costs_one_line(
    record: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["publish", str(record), "--out", str(record)]) == 2
    assert f"{record}: cannot be made: File exists" in capsys.readouterr().err


def test_another_input_than_the_records_is_refused(
    server: sourcify_server.Sourcify, record: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is sent."""
    beside = record.parent / records.COMPILER_INPUT
    beside.write_text(beside.read_text() + " ")
    assert main(["publish", str(record), "--server", server.url]) == 1
    assert "the record says" in capsys.readouterr().err
    assert server.asked == []


@pytest.mark.parametrize("options", [[], ["--server", "x", "--out", "y"], ["--server", "ftp://x"]])
def test_bad_options_cost_one_line(
    record: Path, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["publish", str(record), *options]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    ("place", "value", "field"),
    [
        (("chainId",), "1", "chainId"),
        (("compiler",), {}, "compiler.inputSha256"),
        (("contracts",), "none", "contracts"),
        (("contracts", 0, "name"), "Nothing", "contracts[0].name"),
        (("contracts", 1, "address"), "0x12", "contracts[1].address"),
        (("contracts", 2, "implementation"), "0x12", "contracts[2].implementation"),
        (("contracts", 0, "constructorArguments"), "0x123", "contracts[0].constructorArguments"),
        (("contracts", 0, "transaction"), "0x12", "contracts[0].transaction"),
    ],
)
def test_a_record_that_cannot_be_read_costs_one_line(
    server: sourcify_server.Sourcify,
    record: Path,
    place: tuple[str | int, ...],
    value: Any,
    field: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It names the field, and nothing was sent."""
    content = json.loads(record.read_text())
    inside = content
    for step in place[:-1]:
        inside = inside[step]
    inside[place[-1]] = value
    record.write_text(json.dumps(content))
    assert main(["publish", str(record), "--server", server.url]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert f"{record}: {field}: " in error
    assert server.asked == []


def test_a_real_deployment_is_published(
    node: LocalNode,
    chain: Chain,
    stage: Stage,
    server: sourcify_server.Sourcify,
    tmp_path: Path,
) -> None:
    """Platform and sale, by the records that applying them leaves. A factory made the contracts: how, only
    a trace of the transaction would show, and the code that stands there is exact without.
    """
    site = Site.built(node, chain, stage.payment_token.address, tmp_path)
    site.deploy_all()
    created, clones = set(), set()
    for name in ("example", "my-sale"):
        status, out, err = site.run(
            "publish", str(site.record(name)), "--server", server.url, "--json"
        )
        assert status == 0, err
        for row in json.loads(out)["contracts"]:
            if "implementation" in row:
                clones.add(row["name"])
                continue
            assert row["match"] == "exact_match"
            assert server.verified[row["address"].lower()] == (None, "exact_match")
            created.add(row["name"])
    assert clones == {"SubscriptionSale", "ProceedsEscrow"}
    assert created >= {"Launchpad", "ProjectReview", "SubscriptionSale", "ProceedsEscrow"}
