"""Engines: what is asked of a machine, and what is said when it is not there."""

import subprocess
import sys
from pathlib import Path

import pytest

from jumpstart.errors import InputError, ToolError
from jumpstart.snapshot import engines
from jumpstart.snapshot.engines import opened


def java_that_says(folder: Path, text: str) -> Path:
    java = folder / "bin" / "java"
    java.parent.mkdir()
    java.write_text(f"#!/bin/sh\nprintf '%s\\n' '{text}' >&2\n")
    java.chmod(0o755)
    return java


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ('openjdk version "17.0.15" 2025-04-15', True),
        ('java version "21" 2023-09-19 LTS', True),
        ('openjdk version "11.0.2" 2019-01-15', False),
        ('java version "1.8.0_292"', False),
        ("Error: could not find libjava.so", False),
    ],
)
def test_java_that_is_too_old_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, good: bool
) -> None:
    """With what it says of itself, and what to install."""
    java = java_that_says(tmp_path, text)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    if good:
        engines.check_java()
        return
    with pytest.raises(ToolError) as refused:
        engines.check_java()
    assert str(refused.value).startswith(f"{java} is {text}. Spark needs Java 17 or newer: install")
    assert "apt-get install openjdk-17-jre-headless" in str(refused.value)


def test_missing_java_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """None at all, or none where JAVA_HOME says."""
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolError, match=r"found no java\. Spark needs Java 17 or newer: install"):
        engines.check_java()
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "gone"))
    with pytest.raises(ToolError, match=r"gone/bin/java does not run .* JAVA_HOME"):
        engines.check_java()


def test_missing_spark_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an extra, which the message names."""
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with (
        pytest.raises(ToolError, match=r"pip install 'jumpstart\[spark\]'"),
        opened("spark-local", "1GB", tmp_path),
    ):
        pass


@pytest.mark.parametrize("memory", ["", "0GB", "4", "4 GB", "4gb", "-1GB", "1.5GB", "٣GB"])
def test_memory_is_a_whole_number_with_its_unit(tmp_path: Path, memory: str) -> None:
    """Anything else is refused before an engine starts."""
    with (
        pytest.raises(InputError, match="is no memory such as 4GB or 512MB"),
        opened("duckdb", memory, tmp_path),
    ):
        pass


def test_nothing_of_an_engine_is_loaded_by_the_package() -> None:
    """Commands that count nothing start as fast as before."""
    words = (
        "import sys, jumpstart.cli; print(*{'duckdb', 'ibis', 'pyarrow', 'numpy'} & {*sys.modules})"
    )
    told = subprocess.run(
        [sys.executable, "-c", words],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[3],
    )
    assert told.stdout == "\n"
