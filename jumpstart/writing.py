"""Values written down for JSON, under the names that contracts have for them, and read back."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Final, get_args, get_type_hints

from pydantic.alias_generators import to_camel

from jumpstart.accounts import checksummed, parse_account
from jumpstart.amounts import parse_integer
from jumpstart.errors import InputError, located

_ADDRESS_SIZE: Final = 20


def plain(value: Any) -> Any:
    """Data classes as objects with names in camel case, addresses of 20 bytes with their checksum,
    other bytes in hex, integers as decimal text; texts and None as they are.
    """
    match value:
        case None | bool() | str():
            return value
        case int():
            return str(value)
        case bytes():
            return checksummed(value) if len(value) == _ADDRESS_SIZE else "0x" + value.hex()
        case tuple() | list():
            return list(map(plain, value))
        case Mapping():
            return {name: plain(each) for name, each in value.items()}
        case _:
            return {
                to_camel(field.name): plain(getattr(value, field.name)) for field in fields(value)
            }


def unplain(kind: Any, value: Any) -> Any:
    """What `plain` wrote, as the type annotation `kind` has it: data classes, tuples, `int`, `bytes`.

    Raises `InputError` naming the field for anything else.
    """
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        names = {to_camel(name): name for name in hints}
        if not isinstance(value, Mapping) or set(value) != set(names):
            given = ", ".join(value) if isinstance(value, Mapping) else repr(value)
            raise InputError(f"expected {', '.join(names)}; found {given}")
        content = {}
        for written, name in names.items():
            with located(written):
                content[name] = unplain(hints[name], value[written])
        return kind(**content)
    arguments = get_args(kind)
    if arguments:
        if not isinstance(value, list):
            raise InputError(f"expected a list, found {value!r}")
        rows = arguments[:1] * len(value) if len(arguments) == 1 or ... in arguments else arguments
        if len(rows) != len(value):
            raise InputError(f"{len(value)} values, expected {len(rows)}")
        return tuple(unplain(row, each) for row, each in zip(rows, value, strict=True))
    if not isinstance(value, str):
        raise InputError(f"expected a text, found {value!r}")
    return parse_integer(value, most=2**256 - 1) if kind is int else _bytes_of(value)


def _bytes_of(text: str) -> bytes:
    if len(text) == 2 + 2 * _ADDRESS_SIZE:
        return parse_account(text)
    try:
        if not text.startswith("0x"):
            raise ValueError
        return bytes.fromhex(text[2:])
    except ValueError:
        raise InputError(f"{text!r} is neither an address nor 0x and hexadecimal digits") from None
