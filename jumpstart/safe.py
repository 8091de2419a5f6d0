"""Safe: what a multisig wallet is asked to do, as the file its owners load, and the hashes that they
must see before they sign.

The file is the Safe Transaction Builder's, with its checksum; the hashes are EIP-712, as each
released version of the contract computes them. Knows the wallet's formats and no chain.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from jumpstart.accounts import checksummed
from jumpstart.errors import InputError
from jumpstart.hashing import keccak256

VERSIONS: Final = ("1.1.1", "1.3.0", "1.4.1", "1.5.0")
"""Of the Safe contract, that hashes are known for."""

MULTI_SEND: Final[Mapping[str, tuple[bytes, ...]]] = {
    version: tuple(map(bytes.fromhex, addresses))
    for version, addresses in {
        # Version 1.1.1 had none of its own, wallets give it the next one's.
        "1.1.1": (
            "40a2accbd92bca938b02010e17a5b8929b49130d",
            "a1dabef33b3b82c7814b6d82a79e50f4ac44102b",
        ),
        "1.3.0": (
            "40a2accbd92bca938b02010e17a5b8929b49130d",
            "a1dabef33b3b82c7814b6d82a79e50f4ac44102b",
        ),
        "1.4.1": ("9641d764fc13c8b624c04430c7356c1c7c8102e2",),
        "1.5.0": ("a83c336b20401af773b6219ba5027174338d1836",),
    }.items()
}
"""Where `MultiSendCallOnly` stands, by version of the Safe: the canonical address first, then the
one of chains that take no transaction without EIP-155. From Safe's list of deployments."""

BUILDER_VERSION: Final = "1.18.2"
"""The Transaction Builder that the file is written for."""

_SAFE_TX: Final = keccak256(
    b"SafeTx(address to,uint256 value,bytes data,uint8 operation,uint256 safeTxGas,uint256 baseGas,"
    b"uint256 gasPrice,address gasToken,address refundReceiver,uint256 nonce)"
)
_DOMAIN: Final = keccak256(b"EIP712Domain(uint256 chainId,address verifyingContract)")
_OLD_DOMAIN: Final = keccak256(b"EIP712Domain(address verifyingContract)")
_WITHOUT_CHAIN: Final = "1.1.1"
_MULTI_SEND_SELECTOR: Final = keccak256(b"multiSend(bytes)")[:4]


class Operation(IntEnum):
    """How a Safe runs what it is told to."""

    CALL = 0
    DELEGATECALL = 1


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call of a contract, `value` in wei. `method` is the ABI's entry of the function and
    `args` its arguments, for readers; without them only the bytes are shown.
    """

    to: bytes
    data: bytes
    value: int = 0
    method: Mapping[str, Any] | None = None
    args: tuple[Any, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SafeTransaction:
    """What a Safe's owners sign. Gas is not refunded: every field about it is zero, as wallets
    propose it for version 1.3.0 and later; for an older Safe the owners set `safeTxGas` to 0.
    """

    chain_id: int
    safe: bytes
    version: str
    nonce: int
    to: bytes
    data: bytes
    value: int = 0
    operation: Operation = Operation.CALL

    @property
    def domain_hash(self) -> bytes:
        """The first of the two hashes that hardware wallets show."""
        _require_version(self.version)
        if self.version == _WITHOUT_CHAIN:
            return keccak256(_OLD_DOMAIN + _word(self.safe))
        return keccak256(_DOMAIN + _word(self.chain_id) + _word(self.safe))

    @property
    def message_hash(self) -> bytes:
        """The second of the two."""
        refunds = (0, 0, 0, 0, 0)
        words: tuple[int | bytes, ...] = (
            self.to,
            self.value,
            keccak256(self.data),
            self.operation,
            *refunds,
            self.nonce,
        )
        return keccak256(_SAFE_TX + b"".join(map(_word, words)))

    @property
    def safe_tx_hash(self) -> bytes:
        """What every owner signs, and what the wallet calls `safeTxHash`."""
        return keccak256(b"\x19\x01" + self.domain_hash + self.message_hash)


def transaction_of(
    calls: Sequence[Call],
    *,
    chain_id: int,
    safe: bytes,
    version: str,
    nonce: int,
    multi_send: bytes | None = None,
) -> SafeTransaction:
    """What the Transaction Builder makes of the calls: one is called directly, several go through
    `MultiSendCallOnly`, at the address `multi_send`, in the Safe's own name.

    Raises `InputError` for no call, for several without that address, and for another version.
    """
    _require_version(version)
    if not calls:
        raise InputError("a Safe's transaction needs at least one call")
    if len(calls) == 1:
        to, value, data, operation = calls[0].to, calls[0].value, calls[0].data, Operation.CALL
    elif multi_send is None:
        raise InputError("several calls of a Safe need the address of MultiSendCallOnly")
    else:
        to, value, data, operation = multi_send, 0, _bundled(calls), Operation.DELEGATECALL
    return SafeTransaction(
        chain_id=chain_id,
        safe=safe,
        version=version,
        nonce=nonce,
        to=to,
        value=value,
        data=data,
        operation=operation,
    )


# ---------------------------------------------------------------------------------------- the file


def builder_file(
    calls: Sequence[Call], transaction: SafeTransaction, *, name: str, created_at: int = 0
) -> dict[str, Any]:
    """The content of a Transaction Builder file for the calls that `transaction` was made of.

    The expected hashes stand in its description. `created_at` is in milliseconds, 0 so that the
    same calls make the same file.
    """
    description = (
        f"Expected for nonce {transaction.nonce} of a Safe of version {transaction.version}: "
        f"safeTxHash 0x{transaction.safe_tx_hash.hex()}, "
        f"domain hash 0x{transaction.domain_hash.hex()}, "
        f"message hash 0x{transaction.message_hash.hex()}"
    )
    content: dict[str, Any] = {
        "version": "1.0",
        "chainId": str(transaction.chain_id),
        "createdAt": created_at,
        "meta": {
            "name": name,
            "description": description,
            "txBuilderVersion": BUILDER_VERSION,
            "createdFromSafeAddress": checksummed(transaction.safe),
            "createdFromOwnerAddress": "",
        },
        "transactions": [_entry(call) for call in calls],
    }
    content["meta"]["checksum"] = checksum_of(content)
    return content


def checksum_of(content: Mapping[str, Any]) -> str:
    """The builder's checksum of a file's content: Keccak-256 of its own serialisation, in which
    keys are sorted and the name is left out. A file's own checksum must not be in `content`.
    """
    anonymous = {**content, "meta": {**content["meta"], "name": None}}
    return "0x" + keccak256(_serialised(anonymous).encode()).hex()


def _serialised(value: Any) -> str:
    if isinstance(value, Mapping):
        keys = sorted(value)
        inner = "".join(f"{_serialised(value[key])}," for key in keys)
        return f"{{{_json(keys)}{inner}}}"
    if isinstance(value, list | tuple):
        return f"[{','.join(map(_serialised, value))}]"
    return _json(value)


def _json(value: Any) -> str:
    """As JavaScript writes it."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _entry(call: Call) -> dict[str, Any]:
    method = call.method
    inputs = () if method is None else method["inputs"]
    # The builder encodes what has no data, and shows it decoded; what has data it shows as bytes.
    is_read = method is not None and _is_readable(inputs, call.args)
    entry: dict[str, Any] = {
        "to": checksummed(call.to),
        "value": str(call.value),
        "data": None if is_read else "0x" + call.data.hex(),
        "contractMethod": None,
        "contractInputsValues": None,
    }
    if method is not None:
        entry["contractMethod"] = {
            "inputs": [_parameter(each) for each in inputs],
            "name": method["name"],
            "payable": method["stateMutability"] == "payable",
        }
        entry["contractInputsValues"] = {
            each["name"]: _written(each["type"], each, value)
            for each, value in zip(inputs, call.args, strict=True)
        }
    return entry


def _is_readable(inputs: Sequence[Mapping[str, Any]], args: Sequence[Any]) -> bool:
    """Whether the builder's form gives these bytes again: it keys values by name, and makes of an
    empty list a list of one empty value.
    """
    names = [each["name"] for each in inputs]
    if "" in names or len(set(names)) < len(names):
        return False
    return all(
        len(value) > 0
        for each, value in zip(inputs, args, strict=True)
        if each["type"].endswith("]")
    )


def _parameter(entry: Mapping[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "internalType": entry.get("internalType", entry["type"]),
        "name": entry["name"],
        "type": entry["type"],
    }
    if "components" in entry:
        shown["components"] = [_parameter(each) for each in entry["components"]]
    return shown


def _written(kind: str, parameter: Mapping[str, Any], value: Any) -> str:
    """A value as a person would type it into the builder."""
    plain = plain_value(kind, parameter, value)
    if isinstance(plain, bool):
        return "true" if plain else "false"
    return plain if isinstance(plain, str) else _json(plain)


def plain_value(kind: str, parameter: Mapping[str, Any], value: Any) -> Any:
    """A value of an ABI type in lists, booleans and text: numbers in decimal, bytes in hex."""
    if kind.endswith("]"):
        inner = kind[: kind.rindex("[")]
        return [plain_value(inner, parameter, each) for each in value]
    if kind == "tuple":
        return [
            plain_value(each["type"], each, part)
            for each, part in zip(parameter["components"], value, strict=True)
        ]
    if isinstance(value, bytes):
        return "0x" + value.hex()
    return value if isinstance(value, bool | str) else str(value)


# ---------------------------------------------------------------------------------------- bytes


def _bundled(calls: Sequence[Call]) -> bytes:
    """The call of `multiSend`: each call packed, its length before its data."""
    packed = b"".join(
        bytes([Operation.CALL]) + call.to + _word(call.value) + _word(len(call.data)) + call.data
        for call in calls
    )
    padding = bytes(-len(packed) % 32)
    return _MULTI_SEND_SELECTOR + _word(32) + _word(len(packed)) + packed + padding


def _word(value: int | bytes) -> bytes:
    return (value if isinstance(value, bytes) else value.to_bytes(32)).rjust(32, b"\0")


def _require_version(version: str) -> None:
    if version not in VERSIONS:
        raise InputError(f"a Safe of version {version}: hashes are known for {', '.join(VERSIONS)}")
