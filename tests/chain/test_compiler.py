"""What the compiler makes of the project, and how it refuses what it cannot compile."""

import time
from pathlib import Path

import pytest

from jumpstart.chain.compiler import (
    PROJECT_ROOT,
    Artifacts,
    CompileError,
    compile_contracts,
)
from jumpstart.errors import CheckError

CODE_LIMIT = 24_576  # bytes, EIP-170
HEADER = "// SPDX-License-Identifier: MIT\npragma solidity 0.8.37;\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """An empty project with this one's compiler."""
    for name in (".toolchain", "node_modules", "tools"):
        (tmp_path / name).symlink_to(PROJECT_ROOT / name)
    (tmp_path / "contracts").mkdir()
    return tmp_path


def test_the_compiler_has_nothing_to_remark(artifacts: Artifacts) -> None:
    """A warning that is always there hides the one that matters."""
    assert artifacts.warnings == ()


def test_every_contract_fits_a_chain(artifacts: Artifacts) -> None:
    """A larger one compiles, and cannot be deployed."""
    sizes = {name: len(artifact.runtime_code) for name, artifact in artifacts.items()}
    assert max(sizes.values()) > 0
    assert {name: size for name, size in sizes.items() if size > CODE_LIMIT} == {}


def test_nothing_changed_takes_no_time(artifacts: Artifacts) -> None:
    """Every command compiles first, so that none runs on old code."""
    said: list[str] = []
    started = time.perf_counter()
    again = compile_contracts(report=said.append)
    assert time.perf_counter() - started < 0.3
    assert said == []
    assert again.input_hash == artifacts.input_hash
    assert dict(again) == dict(artifacts)


def test_a_change_is_compiled_and_the_way_back_is_kept(project: Path) -> None:
    source = project / "contracts" / "Small.sol"
    said: list[str] = []
    codes = []
    for number in (1, 2, 1):
        source.write_text(f"{HEADER}contract Small {{ uint256 public constant ONE = {number}; }}")
        codes.append(compile_contracts(project, report=said.append)["Small"].runtime_code)
    assert codes[0] == codes[2] != codes[1]
    assert sum(line.startswith("compiled ") for line in said) == 2


def test_an_error_is_told_in_the_compilers_words(project: Path) -> None:
    (project / "contracts" / "Wrong.sol").write_text(f"{HEADER}contract Wrong {{ uint256 x = y; }}")
    with pytest.raises(CompileError, match=r"Undeclared identifier[\s\S]*contracts/Wrong\.sol:3"):
        compile_contracts(project)
    assert list((project / "build" / "artifacts").glob("*.json")) == []


def test_two_contracts_of_one_name_are_refused(project: Path) -> None:
    """They are looked up by it, here and in Brownie."""
    for name in ("A.sol", "B.sol"):
        (project / "contracts" / name).write_text(f"{HEADER}contract Twin {{}}")
    with pytest.raises(CheckError, match=r"named Twin: contracts/A\.sol and contracts/B\.sol"):
        compile_contracts(project)


def test_a_remark_is_kept_with_the_artifacts(project: Path) -> None:
    """Also when they are read back."""
    (project / "contracts" / "Careless.sol").write_text(
        f"{HEADER}contract Careless {{ function f() external {{ uint256 unused; }} }}"
    )
    first, second = compile_contracts(project), compile_contracts(project)
    assert first.warnings == second.warnings
    assert any("Unused local variable" in warning for warning in first.warnings)


def test_the_error_that_names_a_missing_contract_lists_the_others(artifacts: Artifacts) -> None:
    with pytest.raises(KeyError, match=r"no contract named Gone; there are .*RefusalMock"):
        _ = artifacts["Gone"]
