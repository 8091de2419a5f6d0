"""Code made again: on a private node what a real creation leaves, and from a clean tree the same bytes."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from jumpstart.chain.abi import constructor_arguments
from jumpstart.chain.client import Chain, Transaction
from jumpstart.chain.compiler import PROJECT_ROOT, SOLC_VERSION, Artifacts, compile_contracts
from jumpstart.chain.factory import FACTORY, Creation
from jumpstart.deployment.verification.rebuild import Rebuild, differences, rebuilding
from jumpstart.errors import CheckError
from tests.chain.stage import Stage

NATIVE = PROJECT_ROOT / ".toolchain" / "solcx-native" / f"solc-v{SOLC_VERSION}"


@pytest.fixture(scope="module")
def rebuild(chain: Chain, artifacts: Artifacts) -> Iterator[Rebuild]:
    with rebuilding(chain.chain_id, artifacts) as started:
        yield started


def test_what_a_creation_leaves_is_rebuilt_to_the_byte(
    stage: Stage, chain: Chain, artifacts: Artifacts, rebuild: Rebuild
) -> None:
    """The address and the chain's id in it: those of EIP-712, and of a contract that knows itself."""
    launchpad, review = stage.platform.launchpad.address, stage.platform.review.address
    for creation in (
        Creation.of(artifacts["PassRegistry"]),
        Creation.of(artifacts["LaunchpadCreator"], launchpad, salt=b"\x01" * 32),
        Creation.of(artifacts["ProceedsEscrow"], review, salt=b"\x02" * 32),
        Creation.of(artifacts["SubscriptionSale"], launchpad, review, review, salt=b"\x03" * 32),
        Creation.of(artifacts["ProjectToken"], "Name", "N", 9, 10**20, launchpad),
    ):
        if not chain.code(creation.address):
            sender = stage.people.creator
            chain.send(Transaction(sender=sender, to=FACTORY, data=creation.calldata))
        arguments = constructor_arguments(creation.artifact, *creation.args)
        code = rebuild.runtime_code(creation.artifact, arguments, creation.address)
        assert code == chain.code(creation.address)
        assert code != creation.artifact.runtime_code  # there are immutables in all of them
        elsewhere = rebuild.runtime_code(creation.artifact, arguments, review)
        places = differences(creation.artifact, code, elsewhere)
        assert all(each.place.startswith("in an immutable") for each in places)
        assert bool(places) == (creation.artifact.name != "ProjectToken")


def test_what_cannot_be_made_is_refused(artifacts: Artifacts, rebuild: Rebuild) -> None:
    """By what its constructor says."""
    nobody = "0x" + "00" * 20
    rules = (nobody, 0, 0, 1, 1, 1, 1, 1, 0, (0,) * 7, (0,) * 7)
    review = artifacts["ProjectReview"]
    arguments = constructor_arguments(review, rules, nobody, nobody, nobody, [])
    with pytest.raises(CheckError, match=r"ProjectReview cannot be made .*RulesInvalid"):
        rebuild.runtime_code(review, arguments, "0x" + "77" * 20)


def test_differences_are_located(artifacts: Artifacts) -> None:
    """Each with its figures: more than one, in their order."""
    vault = artifacts["VestingVault"]
    code = vault.runtime_code
    start, length = vault.immutables[0]
    other = bytearray(code)
    other[5] ^= 1
    other[start + length - 1] = 7
    other[-4] ^= 1
    found = [str(each) for each in differences(vault, code, bytes(other))]
    assert found == [
        f"in an immutable, bytes {start} to {start + length - 1}: "
        f"expected 0x{bytes(32).hex()}, found 0x{(7).to_bytes(32).hex()}",
        f"in the code, bytes 5 to 5: expected 0x{code[5]:02x}, found 0x{code[5] ^ 1:02x}",
        f"in the metadata, bytes {len(code) - 4} to {len(code) - 4}: "
        f"expected 0x{code[-4]:02x}, found 0x{code[-4] ^ 1:02x}",
    ]
    (found_one,) = differences(vault, code, code + b"\x01")
    assert found_one.place.startswith(f"its length is {len(code) + 1} bytes")
    assert differences(vault, code, code) == []


@pytest.fixture(scope="module")
def clean_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources as they are committed or about to be, without anything that was built."""
    root = tmp_path_factory.mktemp("clean")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "contracts", "interfaces", "tools"],
        cwd=PROJECT_ROOT,
        check=True,
        capture_output=True,
        timeout=60,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(PROJECT_ROOT / name, root / name)
    for name in ("node_modules", ".toolchain"):
        (root / name).symlink_to(PROJECT_ROOT / name)
    return root


@pytest.mark.deep
@pytest.mark.timeout(900)
@pytest.mark.parametrize("compiler", ["npm", "native"])
def test_a_clean_tree_makes_the_same_code(
    clean_tree: Path, artifacts: Artifacts, compiler: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the compiler of npm, and by the native one of py-solc-x where there is one."""
    if compiler == "native" and not NATIVE.exists():
        pytest.skip(f"no native solc {SOLC_VERSION}: set-up could not fetch one")
    monkeypatch.setenv("JUMPSTART_NATIVE_SOLC", "1" if compiler == "native" else "0")
    monkeypatch.setenv(
        "SOLCX_BINARY_PATH",
        str(NATIVE.parent if compiler == "native" else PROJECT_ROOT / ".toolchain" / "solcx"),
    )
    shutil.rmtree(clean_tree / "build", ignore_errors=True)
    said: list[str] = []
    made = compile_contracts(clean_tree, report=said.append)
    assert any("compiled" in line for line in said)  # it was not read from a cache
    assert made.input_hash == artifacts.input_hash
    assert list(made) == list(artifacts)
    for name, artifact in artifacts.items():
        assert made[name] == artifact, name
    assert os.listdir(clean_tree / "build" / "artifacts")
