"""The `inputs` of a record as values. What is not exactly as it is written down is refused."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, Final, TypeAlias, get_args, get_origin, get_type_hints

from pydantic.alias_generators import to_camel

from jumpstart.errors import InputError, located
from jumpstart.review import ReviewRules
from jumpstart.terms import ListingTerms
from jumpstart.writing import plain

_HASHES: Final = ("hash", "sha256", "salt")  # ends of names of what has 32 bytes, not 20


@dataclass(frozen=True, kw_only=True)
class PlatformInputs:
    """What decides a platform."""

    kind: str
    title: str
    chain_id: int
    sender: bytes
    rules: ReviewRules
    chair: bytes
    guardian: bytes
    reviewers: tuple[bytes, ...]
    salt: bytes


@dataclass(frozen=True, kw_only=True)
class CreatedToken:
    """A token that the deployment of a sale makes."""

    name: str
    symbol: str
    decimals: int
    supply: int


@dataclass(frozen=True, kw_only=True)
class SaleInputs:
    """What decides a sale, on the platform of this launchpad."""

    kind: str
    title: str
    chain_id: int
    sender: bytes
    launchpad: bytes
    dossier_uri: str
    dossier_sha256: bytes
    created_token: CreatedToken | None
    terms_hash: bytes
    terms: ListingTerms


Inputs: TypeAlias = PlatformInputs | SaleInputs


def inputs_of(record: Mapping[str, Any]) -> Inputs:
    """The inputs of a record. Raises `InputError` naming the first field that is not as it is
    written down, `TermsError` for one that breaks a rule.
    """
    written = record["inputs"]
    with located("inputs"):
        if not isinstance(written, Mapping):
            raise InputError("no object")
        kinds: dict[object, type[Inputs]] = {"platform": PlatformInputs, "sale": SaleInputs}
        kind = kinds.get(written.get("kind"))
        if kind is None:
            raise InputError(f"kind: {written.get('kind')!r} is neither platform nor sale")
        chain_id = written.get("chainId")
        if type(chain_id) is not int:
            raise InputError(f"chainId: {chain_id!r} is no number")
        inputs: Inputs = _read(kind, {**written, "chainId": str(chain_id)}, "")
        with located("rules" if isinstance(inputs, PlatformInputs) else "terms"):
            (inputs.rules if isinstance(inputs, PlatformInputs) else inputs.terms).check()
    return inputs


def _read(kind: Any, value: Any, field: str) -> Any:
    """A value of the type annotation `kind`, from the form that `plain` gives it."""
    if isinstance(kind, UnionType):
        kinds = [each for each in get_args(kind) if each is not NoneType]
        return None if value is None else _read(kinds[0], value, field)
    if is_dataclass(kind):
        return _object(kind, value, field)
    if get_origin(kind) is tuple:
        return _row(get_args(kind), value, field)
    if not isinstance(value, str):
        raise InputError(f"{field}: {value!r} is no text")
    if kind is str:
        return value
    read = _integer(value) if kind is int else _bytes(value, field)
    if read is None or plain(read) != value:
        right = f", expected {plain(read)}" if read is not None else ""
        raise InputError(f"{field}: {value!r} is no {_words(kind, field)}{right}")
    return read


def _object(kind: Any, value: Any, field: str) -> Any:
    if not isinstance(value, Mapping):
        raise InputError(f"{field}: {value!r} is no object")
    hints = get_type_hints(kind)
    names = {to_camel(each.name): each.name for each in fields(kind)}
    for name in names.keys() ^ value.keys():
        raise InputError(f"{_at(field, name)}: {'missing' if name in names else 'unknown'}")
    return kind(
        **{
            attribute: _read(hints[attribute], value[name], _at(field, name))
            for name, attribute in names.items()
        }
    )


def _row(kinds: tuple[Any, ...], value: Any, field: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise InputError(f"{field}: {value!r} is no list")
    if kinds[-1] is not Ellipsis and len(value) != len(kinds):
        raise InputError(f"{field}: {len(value)} values, expected {len(kinds)}")
    return tuple(_read(kinds[0], each, f"{field}[{row}]") for row, each in enumerate(value))


def _integer(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None


def _bytes(text: str, field: str) -> bytes | None:
    try:
        read = bytes.fromhex(text.removeprefix("0x"))
    except ValueError:
        return None
    return read if len(read) == _size(field) else None


def _size(field: str) -> int:
    return 32 if field.lower().endswith(_HASHES) else 20


def _words(kind: Any, field: str) -> str:
    if kind is int:
        return "decimal integer"
    return "address with its checksum" if _size(field) == 20 else "hash of 32 bytes"


def _at(field: str, name: str) -> str:
    return f"{field}.{name}" if field else name
