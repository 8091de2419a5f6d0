"""The stand-in for a native compiler answers two questions and refuses every other."""

import subprocess
from pathlib import Path

import pytest

from jumpstart.chain.compiler import SOLC_VERSION

ADAPTER = Path(__file__).parents[2] / "tools" / "solc" / "solc"


def _run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([ADAPTER, *words], capture_output=True, text=True, timeout=10, input="")


def test_version_is_the_pinned_one() -> None:
    """Callers read it from this line, as py-solc-x does."""
    answer = _run("--version")
    assert answer.returncode == 0
    assert f"Version: {SOLC_VERSION}+commit." in answer.stdout


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--help",),
        ("--bin", "Sale.sol"),
        ("--combined-json", "abi,bin"),
        ("Sale.sol",),
        ("--version", "--bin"),
        ("--standard-json-please",),
    ],
)
def test_anything_else_is_refused(words: tuple[str, ...]) -> None:
    """An adapter that answers everything makes an analyser report no contracts, and succeed."""
    answer = _run(*words)
    assert answer.returncode == 2
    assert answer.stdout == ""
    assert "solc adapter" in answer.stderr
