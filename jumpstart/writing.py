"""Writing values down for JSON, under the names that contracts have for them."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final

from pydantic.alias_generators import to_camel

from jumpstart.accounts import checksummed

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
