"""The list of powers is complete and says something of each. The compiled contracts are held against it on a chain."""

import re
from collections import Counter
from pathlib import Path

import pytest

from jumpstart.powers import LIMITS, POWERS, Who
from tests.unit.conftest import PROJECT

_FUNCTION = re.compile(r"function (\w+)\([^)]*\)([^;{]*)[;{]", re.DOTALL)


def changing(interface: Path) -> set[str]:
    """The functions of an interface that are neither views nor pure."""
    text = re.sub(r"//.*", "", interface.read_text())
    return {
        name for name, rest in _FUNCTION.findall(text) if not re.search(r"\b(view|pure)\b", rest)
    }


@pytest.mark.parametrize(
    "interface",
    sorted((PROJECT / "interfaces").glob("I*.sol")),
    ids=lambda path: path.stem,
)
def test_every_function_of_an_interface_that_changes_something_has_a_row(interface: Path) -> None:
    """And a row without a function is none."""
    contract = interface.stem.removeprefix("I")
    listed = {power.function for power in POWERS if power.contract == contract}
    assert listed - {"receive"} == changing(interface)


def test_every_power_is_listed_once_and_in_full() -> None:
    """Whom, when, and the worst."""
    names = Counter((power.contract, power.function) for power in POWERS)
    assert set(names.values()) == {1}
    assert all(power.when and power.worst for power in POWERS)


def test_every_kind_of_caller_has_a_power() -> None:
    """Nobody is in the list for nothing."""
    assert {power.who for power in POWERS} == set(Who)


def test_limits_end_the_sentence_that_they_are_part_of() -> None:
    """Nobody, whatever role, can .."""
    assert all(limit[0].islower() and not limit.endswith(".") for limit in LIMITS)
