"""Arguments of a contract's function, as a person types them.

Knows ABI types and how each is written. Refuses whatever could mean two things, and repeats nothing
that looks like a private key.
"""

import json
import re
from collections.abc import Sequence
from typing import Any, Final, NoReturn

from jumpstart.accounts import checksummed, parse_account
from jumpstart.chain.abi import Entry, signature_of
from jumpstart.errors import InputError, located

_NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]*)", re.ASCII)
_HEX: Final = re.compile(r"0x([0-9a-fA-F]{2})*", re.ASCII)
_KEY: Final = re.compile(r"[0-9a-fA-F]{64}", re.ASCII)
_INTEGER: Final = re.compile(r"(u?)int([0-9]+)", re.ASCII)
_LIST: Final = re.compile(r"(.+)\[([0-9]*)\]", re.ASCII)
_WORD_SIZE: Final = 32
_MOST_DIGITS: Final = 24  # repeated


def parse_arguments(function: Entry, texts: Sequence[str]) -> tuple[Any, ...]:
    """The arguments of a function: numbers in decimal, addresses and bytes in hex, `true` or
    `false`, text as it is, and lists and structs as JSON.

    Raises `InputError` naming the argument and its type.
    """
    inputs = function["inputs"]
    if len(texts) != len(inputs):
        raise InputError(
            f"{signature_of(function)} takes {len(inputs)} arguments, was given {len(texts)}"
        )
    return tuple(
        _from_text(each, text, f"{each['name']} ({each['type']})")
        for each, text in zip(inputs, texts, strict=True)
    )


def _from_text(parameter: Entry, text: str, where: str) -> Any:
    kind = parameter["type"]
    if not kind.endswith("]") and kind != "tuple":
        return _scalar(kind, text, where)
    try:
        content = json.loads(text, parse_float=_no_fraction, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise InputError(f"{where}: expected JSON with whole numbers, such as [1, 2]") from None
    return _parsed(parameter, kind, content, where)


def _parsed(parameter: Entry, kind: str, value: Any, where: str) -> Any:
    if found := _LIST.fullmatch(kind):
        inner, size = found.groups()
        if not isinstance(value, list):
            raise InputError(f"{where}: expected a list")
        if size and len(value) != int(size):
            raise InputError(f"{where}: expected {size} values, found {len(value)}")
        return tuple(
            _parsed(parameter, inner, each, f"{where} value {number}")
            for number, each in enumerate(value, 1)
        )
    if kind == "tuple":
        return _struct(parameter["components"], value, where)
    if isinstance(value, bool):
        return _scalar(kind, "true" if value else "false", where)
    if isinstance(value, int) and _INTEGER.fullmatch(kind):
        return _scalar(kind, str(value), where)
    if not isinstance(value, str):
        raise InputError(f"{where}: expected {kind}, found {_shown(json.dumps(value))}")
    return _scalar(kind, value, where)


def _struct(components: Sequence[Entry], value: Any, where: str) -> tuple[Any, ...]:
    names = [each["name"] for each in components]
    if isinstance(value, dict):
        if value.keys() != set(names):
            raise InputError(f"{where}: expected the fields {', '.join(names)}")
        value = [value[name] for name in names]
    if not isinstance(value, list) or len(value) != len(names):
        raise InputError(f"{where}: expected the {len(names)} fields {', '.join(names)}")
    return tuple(
        _parsed(each, each["type"], part, f"{where} {each['name']}")
        for each, part in zip(components, value, strict=True)
    )


def _scalar(kind: str, text: str, where: str) -> Any:
    if kind == "string":
        return text
    if kind == "bool":
        if text not in ("true", "false"):
            raise InputError(f"{where}: expected true or false, found {_shown(text)}")
        return text == "true"
    if kind == "address":
        if _KEY.search(text):
            raise InputError(f"{where}: expected an address, found {_shown(text)}")
        with located(where):
            return checksummed(parse_account(text))
    if found := _INTEGER.fullmatch(kind):
        return _integer(text, not found[1], int(found[2]), where)
    if kind.startswith("bytes"):
        return _bytes(kind, text, where)
    raise InputError(f"{where}: arguments of this type cannot be given here")


def _integer(text: str, is_signed: bool, bits: int, where: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise InputError(f"{where}: expected a whole number in base units, found {_shown(text)}")
    least, most = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if is_signed else (0, 2**bits - 1)
    # Longer than any number of 256 bits: not worth converting, nor repeating.
    if len(text) > 79 or not least <= int(text) <= most:
        shown = text if len(text) <= _MOST_DIGITS else f"{text[:_MOST_DIGITS]}.."
        raise InputError(f"{where}: {shown} is not within {least} to {most}")
    return int(text)


def _bytes(kind: str, text: str, where: str) -> bytes:
    if not _HEX.fullmatch(text):
        raise InputError(f"{where}: expected 0x and hexadecimal digits, found {_shown(text)}")
    value = bytes.fromhex(text[2:])
    if kind != "bytes" and len(value) != int(kind.removeprefix("bytes")):
        raise InputError(f"{where}: found {len(value)} bytes")
    return value


def _shown(text: str) -> str:
    if _KEY.search(text):
        return "what looks like a private key"
    return repr(text if len(text) <= 2 * _WORD_SIZE else f"{text[: 2 * _WORD_SIZE]}..")


def _no_fraction(text: str) -> NoReturn:
    raise ValueError(text)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a field twice")
    return found
