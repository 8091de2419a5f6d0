"""The ABI: makes of calls and constructors their bytes, and of answers, refusals and logs their values.

Knows what the compiler says of a contract. Refuses to know any chain.
"""

import functools
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, is_dataclass
from typing import Any, TypeAlias

from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError, EncodingError
from eth_utils.crypto import keccak

from jumpstart.accounts import checksummed
from jumpstart.chain.compiler import Artifact
from jumpstart.errors import ChainError, ContractRevert, InputError

Entry: TypeAlias = Mapping[str, Any]
"""One entry of an ABI, or a log as the node gives it."""

_ERROR_STRING = keccak(text="Error(string)")[:4]
_PANIC = keccak(text="Panic(uint256)")[:4]


@dataclass(frozen=True, kw_only=True)
class Event:
    """One log, decoded. `args` has the parameters by name, in the order of the declaration."""

    name: str
    args: Mapping[str, Any]
    address: str
    block_number: int
    block_hash: str
    transaction_hash: str
    log_index: int


def creation_code(artifact: Artifact, *args: Any) -> bytes:
    """What a creating transaction carries: the code and, after it, the constructor's arguments."""
    if not artifact.is_deployable:
        raise InputError(f"{artifact.name} cannot be deployed: it is abstract or an interface")
    return artifact.creation_code + constructor_arguments(artifact, *args)


def constructor_arguments(artifact: Artifact, *args: Any) -> bytes:
    """The arguments of the constructor as they stand behind its code."""
    entry: Entry = next(
        (entry for entry in artifact.abi if entry["type"] == "constructor"), {"inputs": []}
    )
    return _encoded(f"{artifact.name}.constructor", entry["inputs"], args)


def decode_revert(data: bytes, errors: Mapping[bytes, Entry]) -> ContractRevert:
    """Names a refusal. `errors` has the ABI entries of custom errors by selector.

    `require` with a text is `Error(text)`, a failed assertion or checked arithmetic `Panic(code)`.
    What no entry explains has the first four bytes in hex for a name, and the rest as its argument.
    """
    selector, rest = data[:4], data[4:]
    try:
        if selector == _ERROR_STRING:
            return ContractRevert("Error", *decode(["string"], rest))
        if selector == _PANIC:
            return ContractRevert("Panic", *decode(["uint256"], rest))
        entry = errors.get(selector)
        if entry is not None:
            return ContractRevert(entry["name"], *_decoded(entry["inputs"], rest))
    except (DecodingError, UnicodeDecodeError, OverflowError):
        pass  # a contract may revert with anything, also with what only looks like an error
    return ContractRevert("0x" + selector.hex(), rest)


def decode_events(
    abi: Sequence[Entry], logs: Iterable[Entry], name: str | None = None
) -> list[Event]:
    """The logs that the ABI explains, in their order; others are left out."""
    known = _events(abi)
    events = []
    for log in logs:
        layout = known.get(log["topics"][0]) if log["topics"] else None
        if layout is None or name not in (None, layout.name):
            continue
        topics = log["topics"][1:]
        if len(layout.indexed) != len(topics):
            continue  # the same event with other indices: ERC-721's Transfer beside ERC-20's
        values = layout.decoded(
            b"".join([bytes.fromhex(topic[2:]) for topic in topics]),
            bytes.fromhex(log["data"][2:]),
        )
        events.append(
            Event(
                name=layout.name,
                args=values,
                address=_checksummed(bytes.fromhex(log["address"][2:])),
                block_number=int(log["blockNumber"], 16),
                block_hash=log["blockHash"],
                transaction_hash=log["transactionHash"],
                log_index=int(log["logIndex"], 16),
            )
        )
    return events


class _Layout:
    """An event of an ABI. Of what does not fit into a topic, only the hash is there."""

    def __init__(self, entry: Entry) -> None:
        self.name: str = entry["name"]
        self._order = tuple(each["name"] for each in entry["inputs"])
        self.indexed = [
            each if _fits(each["type"]) else {"name": each["name"], "type": "bytes32"}
            for each in entry["inputs"]
            if each["indexed"]
        ]
        self._plain = [each for each in entry["inputs"] if not each["indexed"]]
        self._names = tuple(each["name"] for each in (*self.indexed, *self._plain))

    def decoded(self, topics: bytes, data: bytes) -> Mapping[str, Any]:
        """The arguments by name, in the order of the declaration."""
        values = _decoded(self.indexed, topics) + _decoded(self._plain, data)
        named = dict(zip(self._names, values, strict=True))
        return {name: named[name] for name in self._order}


def _fits(kind: str) -> bool:
    return kind not in ("string", "bytes", "tuple") and not kind.endswith("]")


def function_of(artifact: Artifact, name: str, args: Sequence[Any]) -> Entry:
    functions = _functions(artifact)
    found = functions.get(name, [])
    if len(found) > 1:
        found = [entry for entry in found if len(entry["inputs"]) == len(args)]
    if len(found) == 1:
        return found[0]
    if found:
        signatures = ", ".join(map(signature_of, found))
        raise InputError(f"{artifact.name}.{name} is several functions, name one of {signatures}")
    if name in functions:
        raise InputError(f"{artifact.name}.{name} takes other arguments than {len(args)}")
    raise InputError(f"{artifact.name} has no function {name}")


def _events(abi: Sequence[Entry]) -> Mapping[str, _Layout]:
    """By topic."""
    known = _EVENTS.get(id(abi))
    if known is None or known[0] is not abi:
        by_topic = {
            _topic(entry): _Layout(entry)
            for entry in abi
            if entry["type"] == "event" and not entry.get("anonymous")
        }
        # The ABI is kept beside its table, so that its id stays its own.
        known = _EVENTS[id(abi)] = (abi, by_topic)
    return known[1]


_EVENTS: dict[int, tuple[Sequence[Entry], Mapping[str, _Layout]]] = {}


def _functions(artifact: Artifact) -> Mapping[str, list[Entry]]:
    """By name and by signature."""
    known = _FUNCTIONS.get(id(artifact))
    if known is None or known[0] is not artifact:
        by_name: dict[str, list[Entry]] = {}
        for entry in artifact.abi:
            if entry["type"] == "function":
                by_name.setdefault(entry["name"], []).append(entry)
                by_name.setdefault(signature_of(entry), []).append(entry)
        # The artifact is kept beside its table, so that its id stays its own.
        known = _FUNCTIONS[id(artifact)] = (artifact, by_name)
    return known[1]


_FUNCTIONS: dict[int, tuple[Artifact, Mapping[str, list[Entry]]]] = {}


def calldata(artifact: Artifact, function: str, *args: Any) -> bytes:
    """What a call of the function carries. It is named by its name or its signature."""
    return calldata_of(function_of(artifact, function, args), args)


def calldata_of(entry: Entry, args: Sequence[Any]) -> bytes:
    signature = signature_of(entry)
    return selector_of(signature) + _encoded(signature, entry["inputs"], args)


@functools.lru_cache(maxsize=4096)
def selector_of(signature: str) -> bytes:
    return keccak(text=signature)[:4]


def types_of(parameters: Sequence[Entry]) -> list[str]:
    """The types of parameters as the encoding names them, structs written out."""
    return list(map(_type_of, parameters))


def signature_of(entry: Entry) -> str:
    return f"{entry['name']}({','.join(types_of(entry['inputs']))})"


def _topic(entry: Entry) -> str:
    return "0x" + keccak(text=signature_of(entry)).hex()


def _type_of(parameter: Entry) -> str:
    kind: str = parameter["type"]
    if kind.startswith("tuple"):
        return f"({','.join(map(_type_of, parameter['components']))}){kind.removeprefix('tuple')}"
    return kind


def _encoded(what: str, parameters: Sequence[Entry], args: Sequence[Any]) -> bytes:
    if len(parameters) != len(args):
        raise InputError(f"{what} takes {len(parameters)} arguments, was given {len(args)}")
    try:
        plain = [
            _plain(parameter, parameter["type"], value)
            for parameter, value in zip(parameters, args, strict=True)
        ]
        return encode(types_of(parameters), plain)
    except (EncodingError, TypeError, ValueError, KeyError, AttributeError) as error:
        raise InputError(f"{what}: {error}") from error


def _plain(parameter: Entry, kind: str, value: Any) -> Any:
    """The value as the encoder wants it. Structs come as data classes, mappings or sequences; bytes
    also as hex.
    """
    if kind.endswith("]"):
        return [_plain(parameter, kind[: kind.rindex("[")], each) for each in value]
    if kind == "tuple":
        components = parameter["components"]
        if is_dataclass(value):
            value = [getattr(value, component["name"]) for component in components]
        elif isinstance(value, Mapping):
            value = [value[component["name"]] for component in components]
        return tuple(
            _plain(component, component["type"], each)
            for component, each in zip(components, value, strict=True)
        )
    if kind == "address":
        return getattr(value, "address", value)  # of a contract, or an account that signs
    if kind.startswith("bytes") and isinstance(value, str):
        return bytes.fromhex(value.removeprefix("0x"))
    return value


def _decoded(parameters: Sequence[Entry], data: bytes) -> tuple[Any, ...]:
    if not parameters:
        return ()
    values = decode(types_of(parameters), data)
    return tuple(
        _rich(parameter, parameter["type"], value)
        for parameter, value in zip(parameters, values, strict=True)
    )


def _rich(parameter: Entry, kind: str, value: Any) -> Any:
    if kind.endswith("]"):
        return tuple(_rich(parameter, kind[: kind.rindex("[")], each) for each in value)
    if kind == "tuple":
        components = parameter["components"]
        return _struct(tuple(component["name"] for component in components))(
            *(
                _rich(component, component["type"], each)
                for component, each in zip(components, value, strict=True)
            )
        )
    return _checksummed(bytes.fromhex(value[2:])) if kind == "address" else value


@functools.lru_cache(maxsize=4096)
def _checksummed(address: bytes) -> str:
    return checksummed(address)


@functools.cache
def _struct(names: tuple[str, ...]) -> Callable[..., Any]:
    return namedtuple("Struct", names, rename=True)


def result_of(outputs: Sequence[Entry], data: bytes) -> Any:
    try:
        values = _decoded(outputs, data)
    except (DecodingError, UnicodeDecodeError, OverflowError) as error:
        raise ChainError(
            f"the contract's answer is not what its interface says: {error}"
        ) from error
    if not values:
        return None
    return values[0] if len(values) == 1 else values
