"""Arguments that a person types: each type, and each way to get it wrong."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jumpstart.chain.arguments import parse_arguments
from jumpstart.errors import InputError

KEY = "ab" * 32
ADDRESS = "0x111CEEee040739fD91D29C34C33E6B3E112F2177"


def function(kind: str, components: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    parameter: dict[str, Any] = {"name": "it", "type": kind}
    if components is not None:
        parameter["components"] = components
    return {"name": "act", "inputs": [parameter]}


POINT = [{"name": "x", "type": "uint8"}, {"name": "y", "type": "address[]"}]


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("address", ADDRESS.lower(), ADDRESS),
        ("uint256", "0", 0),
        ("uint256", str(2**256 - 1), 2**256 - 1),
        ("int8", "-128", -128),
        ("bool", "true", True),
        ("bool", "false", False),
        ("bytes32", "0x" + KEY, bytes.fromhex(KEY)),
        ("bytes2", "0x0102", b"\1\2"),
        ("bytes", "0x", b""),
        ("string", "", ""),
        ("string", "[1]", "[1]"),
        ("uint8[3]", "[1, 2, 255]", (1, 2, 255)),
        ("uint256[]", f'["{2**255}"]', (2**255,)),
        ("uint256[]", f"[{2**255}]", (2**255,)),
        ("uint8[][2]", "[[], [1]]", ((), (1,))),
        ("bool[]", "[true]", (True,)),
        ("bytes32[]", f'["0x{KEY}"]', (bytes.fromhex(KEY),)),
    ],
)
def test_each_type_is_read(kind: str, text: str, value: Any) -> None:
    assert parse_arguments(function(kind), [text]) == (value,)


@pytest.mark.parametrize(
    "text", [f'[1, ["{ADDRESS}"]]', f'{{"y": ["{ADDRESS}"], "x": "1"}}'], ids=["list", "fields"]
)
def test_a_struct_is_a_list_or_has_names(text: str) -> None:
    """Names may stand in any order."""
    assert parse_arguments(function("tuple", POINT), [text]) == ((1, (ADDRESS,)),)


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        ("address", "0x12", "it (address): '0x12' is not an address"),
        ("address", ADDRESS.replace("C", "c"), "has a wrong checksum"),
        ("uint256", "1.5", "it (uint256): expected a whole number in base units, found '1.5'"),
        ("uint256", "1e18", "expected a whole number in base units"),
        ("uint256", "0x10", "expected a whole number in base units"),
        ("uint256", " 1", "expected a whole number in base units"),
        ("uint256", "01", "expected a whole number in base units"),
        ("uint256", "-1", "-1 is not within 0 to"),
        ("uint256", str(2**256), "is not within 0 to"),
        ("uint256", "9" * 9_999, "is not within 0 to"),
        ("uint8", "256", "256 is not within 0 to 255"),
        ("int8", "128", "128 is not within -128 to 127"),
        ("bool", "1", "expected true or false, found '1'"),
        ("bytes32", "0x01", "it (bytes32): found 1 bytes"),
        ("bytes", "01", "expected 0x and hexadecimal digits, found '01'"),
        ("bytes", "0x1", "expected 0x and hexadecimal digits"),
        ("uint8[2]", "[1]", "it (uint8[2]): expected 2 values, found 1"),
        ("uint8[]", "[1, 256]", "it (uint8[]) value 2: 256 is not within 0 to 255"),
        ("uint8[]", "1", "expected a list"),
        ("uint8[]", "[1.0]", "expected JSON with whole numbers"),
        ("uint8[]", "[1", "expected JSON with whole numbers"),
        ("uint8[]", "[" * 99_999, "expected JSON with whole numbers"),
        ("uint8[]", "[true]", "expected a whole number in base units, found 'true'"),
        ("uint8[]", "[null]", "expected uint8, found 'null'"),
        ("string[]", "[1]", "expected string, found '1'"),
        ("function", "0x", "arguments of this type cannot be given here"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_wrong_is_named(kind: str, text: str, message: str) -> None:
    """With the argument, its type and what was found; briefly."""
    with pytest.raises(InputError) as refused:
        parse_arguments(function(kind), [text])
    assert message in str(refused.value)
    assert len(str(refused.value)) < 400


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[1]", "expected the 2 fields x, y"),
        ('{"x": 1}', "expected the fields x, y"),
        ('{"x": 1, "y": [], "z": 1}', "expected the fields x, y"),
        ('{"x": 1, "x": 2, "y": []}', "expected JSON with whole numbers"),
        ('[1, ["0x12"]]', "it (tuple) y value 1: '0x12' is not an address"),
    ],
)
def test_a_struct_with_other_fields_is_refused(text: str, message: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_arguments(function("tuple", POINT), [text])
    assert message in str(refused.value)


def test_the_number_of_arguments_is_told() -> None:
    with pytest.raises(InputError, match=r"act\(uint8\) takes 1 arguments, was given 2"):
        parse_arguments(function("uint8"), ["1", "2"])


@pytest.mark.parametrize("kind", ["address", "uint256", "bool", "bytes", "bytes4", "uint8[]"])
@pytest.mark.parametrize("form", ["{}", "0x{}", '["{}"]', '["0x{}"]', " {} "])
def test_a_key_is_never_repeated(kind: str, form: str) -> None:
    """Wherever it is pasted, in any of its spellings."""
    text = form.format(KEY)
    if kind == "bytes" and form == "0x{}":
        assert parse_arguments(function(kind), [text]) == (bytes.fromhex(KEY),)
        return
    with pytest.raises(InputError) as refused:
        parse_arguments(function(kind), [text])
    assert KEY[:20] not in str(refused.value)


@given(st.sampled_from(["address", "uint8", "bool", "bytes4", "uint8[2]"]), st.text(max_size=60))
def test_any_text_is_read_or_refused(kind: str, text: str) -> None:
    """By no other error."""
    with suppress(InputError):
        parse_arguments(function(kind), [text])
