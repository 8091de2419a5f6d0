"""SPECIFICATION.md and the tests that hold its sentences, against each other."""

import re
import tomllib
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
SPECIFICATION = TESTS.parent / "SPECIFICATION.md"


def sentences() -> set[tuple[str, str]]:
    """Every (section, number) of the specification."""
    found, section = set(), ""
    for line in SPECIFICATION.read_text().splitlines():
        if heading := re.match(r"## (\d+)\. (.+)", line):
            section = f"{heading[1]}-{heading[2].lower().replace(' ', '-')}"
        elif sentence := re.match(r"(\d+)\. ", line):
            found.add((section, sentence[1]))
    return found


def held() -> dict[tuple[str, str], list[str]]:
    """The tests that are named for each (section, number)."""
    content = tomllib.loads((TESTS / "specification.toml").read_text())
    return {
        (section, number): tests
        for section, rows in content.items()
        for number, tests in rows.items()
    }


def test_every_sentence_has_a_test_and_no_test_holds_a_sentence_that_is_gone() -> None:
    """The two lists are the same, so that a new sentence fails until something proves it."""
    assert held().keys() == sentences()
    assert all(held().values())


def test_every_test_that_holds_a_sentence_exists() -> None:
    """Each is a function of the file that it is said to be in."""
    for tests in held().values():
        for test in tests:
            path, _, function = test.partition("::")
            text = (TESTS / "chain" / path).read_text()
            assert re.search(rf"^def {function}\(", text, re.MULTILINE), test
