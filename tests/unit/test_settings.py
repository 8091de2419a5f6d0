"""What stands in two places says the same in both."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from jumpstart.chain import compiler

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def brownie() -> Any:
    return yaml.safe_load((ROOT / "brownie-config.yaml").read_text())


@pytest.fixture(scope="module")
def packages() -> dict[str, str]:
    found: dict[str, dict[str, str]] = json.loads((ROOT / "package.json").read_text())
    return {
        name: version
        for group in ("dependencies", "devDependencies", "optionalDependencies")
        for name, version in found[group].items()
    }


def test_brownie_compiles_as_the_package_does(brownie: Any) -> None:
    """Otherwise the code that Brownie deploys is not the code that was tested."""
    solc = brownie["compiler"]["solc"]
    settings = compiler.standard_json_input(ROOT)["settings"]
    assert brownie["compiler"]["evm_version"] == settings["evmVersion"]
    assert solc["version"] == compiler.SOLC_VERSION
    assert solc["optimizer"] == settings["optimizer"]
    assert solc["viaIR"] == settings["viaIR"]
    assert solc["remappings"] == settings["remappings"]


def test_the_installed_compiler_is_the_one_that_is_named(packages: dict[str, str]) -> None:
    assert packages["solc"] == compiler.SOLC_VERSION


def test_every_contract_is_written_for_that_compiler() -> None:
    """An open pragma would let another compiler make other code."""
    sources = [*ROOT.glob("contracts/**/*.sol"), *ROOT.glob("interfaces/**/*.sol")]
    assert sources
    pragma = f"pragma solidity {compiler.SOLC_VERSION};"
    assert [source.name for source in sources if pragma not in source.read_text()] == []


def test_every_version_is_exact(packages: dict[str, str]) -> None:
    """A range would make two set-ups differ."""
    assert [
        name for name, version in packages.items() if not re.fullmatch(r"\d+(\.\d+)+", version)
    ] == []


@pytest.mark.parametrize("folder", ["", "web"])
def test_every_package_of_the_lock_has_its_hash(folder: str) -> None:
    """And none says where it comes from, so that a mirror serves as well."""
    packages = json.loads((ROOT / folder / "package-lock.json").read_text())["packages"]
    installed = {name: entry for name, entry in packages.items() if name}
    assert installed
    assert [name for name, entry in installed.items() if "integrity" not in entry] == []
    assert [name for name, entry in installed.items() if "resolved" in entry] == []


@pytest.mark.parametrize("folder", ["", "web"])
def test_no_package_asks_for_a_tag_that_moves(folder: str) -> None:
    """A package that asks for “latest” breaks the lock on the day that another release appears,
    unless a version is fixed for it in `overrides`.
    """
    packages = json.loads((ROOT / folder / "package-lock.json").read_text())["packages"]
    fixed = json.loads((ROOT / folder / "package.json").read_text()).get("overrides", {})
    moving = [
        f"{name}: {wanted} {version}"
        for name, entry in packages.items()
        for wanted, version in entry.get("dependencies", {}).items()
        if not re.search(r"\d", version)
        and version != "*"
        and wanted not in fixed.get(name.removeprefix("node_modules/"), {})
    ]
    assert moving == []


def test_every_python_requirement_is_pinned_and_hashed() -> None:
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    names = [line for line in lines if line and not line.startswith((" ", "#"))]
    assert names
    assert [
        line for line in names if not re.fullmatch(r"[\w.\-\[\]]+==[\w.]+( ;.*)? \\", line)
    ] == []
    assert [line for line in lines if line.startswith(("--", " ")) and "--hash=" not in line] == []


def test_locks_agree() -> None:
    """One environment has both once the Spark tests are set up."""

    def locked(name: str) -> dict[str, str]:
        text = (ROOT / name).read_text()
        return dict(re.findall(r"^([\w.-]+)==(\S+) \\$", text, re.MULTILINE))

    main, spark = locked("requirements.lock"), locked("requirements-spark.lock")
    assert "pyspark" in spark
    assert "pyspark" not in main
    assert {name: main.get(name, version) for name, version in spark.items()} == spark
