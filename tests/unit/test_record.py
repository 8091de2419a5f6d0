"""Records are read as they were written, or refused by the name of what is wrong."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jumpstart import platforms
from jumpstart.deployment import record
from jumpstart.deployment.verification.checks import Checks, leaves
from jumpstart.deployment.verification.inputs import PlatformInputs, inputs_of
from jumpstart.errors import InputError
from jumpstart.writing import plain
from tests.unit.conftest import PROJECT

FIELDS = (
    "kind",
    "title",
    "chainId",
    "genesis",
    "inputs",
    "compiler",
    "contracts",
    "steps",
    "gates",
)


def written() -> dict[str, Any]:
    """The inputs of the platform of the example."""
    draft = platforms.read(PROJECT / "platforms" / "example.toml")
    names = {name: f"0x{row:040x}" for row, name in enumerate(draft.open_names, 1000)}
    terms = draft.resolve(names)
    inputs = PlatformInputs(
        kind="platform",
        title=draft.title,
        chain_id=draft.chain_id,
        sender=bytes(19) + b"\x01",
        rules=terms.rules,
        chair=terms.chair,
        guardian=terms.guardian,
        reviewers=terms.reviewers,
        salt=terms.salt,
    )
    return {**plain(inputs), "chainId": draft.chain_id}


def test_inputs_are_read_as_they_were_written() -> None:
    content = written()
    found = inputs_of({"inputs": content})
    assert {**plain(found), "chainId": content["chainId"]} == content


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("kind", "sail", "inputs: kind: 'sail' is neither platform nor sale"),
        ("chainId", "1337", "inputs: chainId: '1337' is no number"),
        ("chainId", True, "inputs: chainId: True is no number"),
        ("title", 7, "inputs: title: 7 is no text"),
        ("sender", "0x1234", "inputs: sender: '0x1234' is no address with its checksum"),
        ("salt", "0x" + "00" * 20, "is no hash of 32 bytes"),
        ("reviewers", "nobody", "inputs: reviewers: 'nobody' is no list"),
        ("reviewers", ["x"], r"inputs: reviewers\[0\]: 'x' is no address with its checksum"),
        ("rules", [], r"inputs: rules: \[\] is no object"),
        ("more", "x", "inputs: more: unknown"),
    ],
)
def test_inputs_that_are_none_are_refused_by_name(field: str, value: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        inputs_of({"inputs": {**written(), field: value}})


def test_an_address_in_other_letters_is_refused() -> None:
    """It is the same, and not what was written."""
    content = written()
    content["chair"] = "0x00000000000000000000000000000000000000ED"
    with pytest.raises(InputError, match=r"inputs: chair: .* expected 0x0{38}"):
        inputs_of({"inputs": content})


def test_a_missing_input_is_refused_by_name() -> None:
    for field in written():
        content = written()
        del content[field]
        with pytest.raises(InputError, match=field):
            inputs_of({"inputs": content})


def test_a_rule_that_is_broken_is_named() -> None:
    content = written()
    content["rules"]["quorum"] = "99"
    with pytest.raises(InputError, match="inputs: rules: quorum: 99 is above the most, 31"):
        inputs_of({"inputs": content})


@pytest.mark.parametrize("missing", FIELDS)
def test_a_record_without_a_field_is_refused(tmp_path: Path, missing: str) -> None:
    path = tmp_path / record.RECORD
    path.write_text(json.dumps({field: "x" for field in FIELDS if field != missing}))
    with pytest.raises(InputError, match=f"it has no {missing}"):
        record.read(path)


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    """With the compiler's input beside it, the same bytes each time."""
    content: dict[str, Any] = dict.fromkeys(FIELDS, "ü")
    path = record.write(content, tmp_path)
    first = path.read_bytes(), (tmp_path / record.COMPILER_INPUT).read_bytes()
    assert record.read(path) == content
    record.write(record.read(path), tmp_path)
    assert (path.read_bytes(), (tmp_path / record.COMPILER_INPUT).read_bytes()) == first


# ---------------------------------------------------------------------------------------- checks

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text("ab", min_size=1, max_size=2), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(JSON, JSON)
def test_two_values_differ_exactly_when_a_check_says_so(one: Any, other: Any) -> None:
    """Whatever they are made of; compared as they stand in a file."""
    checks = Checks()
    as_json = json.dumps
    checks.compare("record", "x", one, other, text=as_json)
    assert all(each.is_right for each in checks.all) == (
        json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    )


def test_every_value_inside_has_a_name() -> None:
    value = {"a": [1, {"b": True}], "c": [], "d": None}
    assert leaves(value, "x") == {
        "x.a[0]": "1",
        "x.a[1].b": "yes",
        "x.c": "none",
        "x.d": "nothing",
    }


def test_a_figure_may_be_larger_where_that_is_said() -> None:
    checks = Checks()
    for found in (5, 6, 4, "no answer"):
        checks.at_least("balance", "what is held", 5, found)
    assert [each.is_right for each in checks.all] == [True, True, False, False]
    assert str(checks.all[2]) == "what is held: expected at least 5, found 4"
