"""Signers: what makes a signed transaction of a transaction's fields, wherever the key is kept.

Knows keys of this process, Clef, and endpoints that hold keys. Trusts none that is outside: what
comes back is decoded, its sender recovered and every field compared with what was asked. Refuses
to know what a transaction is for, and never sends what it can have signed instead.
"""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeAlias

import rlp  # type: ignore[import-untyped]
from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_keys.exceptions import BadSignature
from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address
from eth_utils.exceptions import ValidationError as MalformedError

from jumpstart.accounts import checksummed
from jumpstart.chain.wires import RemoteError, Wire, WireError, wire_to
from jumpstart.errors import ChainError, CheckError, InputError
from jumpstart.hashing import keccak256

Payload: TypeAlias = Mapping[str, Any]
"""A transaction with every field filled: `chainId`, `nonce`, `gas`, `value` as integers, `data` in
hex, `to` unless it creates a contract, and either `maxFeePerGas` with `maxPriorityFeePerGas` or
`gasPrice`."""

APPROVAL_SECONDS: Final = 300.0
"""How long a person has to look at a device and say yes."""

_LEGACY: Final = ("nonce", "gasPrice", "gas", "to", "value", "data", "v", "r", "s")
_DYNAMIC: Final = (
    "chainId", "nonce", "maxPriorityFeePerGas", "maxFeePerGas", "gas", "to", "value", "data",
    "accessList", "yParity", "r", "s",
)  # fmt: skip
_DYNAMIC_TYPE: Final = 2  # EIP-1559
_FIELDS: Final = frozenset({*_LEGACY, *_DYNAMIC} - {"v", "r", "s", "yParity", "accessList"})
_NO_METHOD: Final = -32601
_NOT_THERE: Final = re.compile(
    r"method.*(not (found|available|supported)|unsupported|does not exist)|unsupported method",
    re.IGNORECASE,
)
_MALFORMED: Final = (
    BadSignature, MalformedError, ValueError, TypeError, KeyError, AttributeError,
)  # fmt: skip
_LOOKS: Final = 20  # at an endpoint, for a transaction that it says it has sent
_LOOK_SECONDS: Final = 0.5


@dataclass(frozen=True, kw_only=True)
class Signed:
    """A transaction that any node takes. Its hash is computed here, never believed."""

    raw: bytes
    transaction_hash: str


class Signer(Protocol):
    """An account that signs. `address` has its checksum."""

    @property
    def address(self) -> ChecksumAddress: ...

    def sign(self, payload: Payload) -> Signed | None:
        """The signed transaction, with nothing sent; None from a signer that only sends.

        Raises `CheckError` when something else was signed than asked, `ChainError` when the signer
        refuses or does not answer.
        """
        ...

    def send(self, payload: Payload) -> str:
        """For a signer whose `sign` gives None: it signs and sends; the hash.

        Raises `CheckError` when something else was sent, `ChainError` when the signer refuses.
        """
        ...


class Secret:
    """A key or a password. It shows itself to who calls `reveal`, and in no message or traceback."""

    __slots__ = ("reveal",)

    reveal: Callable[[], str]

    def __init__(self, text: str) -> None:
        self.reveal = lambda: text

    def __repr__(self) -> str:
        return "<secret>"

    def __reduce__(self) -> Any:
        raise TypeError("a secret is not copied")


class KeySigner:
    """Signs with a key that this process has. `jumpstart.chain.keystores` opens it."""

    def __init__(self, account: LocalAccount) -> None:
        self._account = account
        self._address = to_checksum_address(account.address)

    def __repr__(self) -> str:
        return f"<KeySigner {self.address}>"

    def __reduce__(self) -> Any:
        raise TypeError("a key is not copied")

    @property
    def address(self) -> ChecksumAddress:
        return self._address

    def sign(self, payload: Payload) -> Signed:
        _require_fields(payload)
        raw = self._raw(payload)
        # Outside of any handler: the frames below a failed signature have the key in them.
        if raw is None:
            raise InputError(f"this transaction of {self.address} cannot be signed")
        return _checked(raw, payload, self.address, repr(self))

    def send(self, payload: Payload) -> str:
        raise InputError(f"{self!r} signs, and sends nothing")

    def _raw(self, payload: Payload) -> bytes | None:
        try:
            return bytes(self._account.sign_transaction(dict(payload)).raw_transaction)
        except _MALFORMED:
            return None


class Watcher:
    """An account that others send for, such as a multisig: its transactions are only looked for."""

    def __init__(self, address: str) -> None:
        self._address = to_checksum_address(address)

    def __repr__(self) -> str:
        return f"<Watcher {self.address}>"

    @property
    def address(self) -> ChecksumAddress:
        return self._address

    def sign(self, payload: Payload) -> Signed | None:
        raise ChainError(f"{self.address} has to send this itself; here it is only watched")

    def send(self, payload: Payload) -> str:
        raise ChainError(f"{self.address} has to send this itself; here it is only watched")


class _Remote:
    """A signer at the other end of a wire."""

    _KIND = ""

    def __init__(self, place: str, address: str, *, seconds: float = APPROVAL_SECONDS) -> None:
        """`place` is an http(s) URL or the path of a unix socket; `seconds` the longest wait for
        one answer.
        """
        self._wire: Wire = wire_to(place, seconds)
        self._address = to_checksum_address(address)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.address} at {self._wire}>"

    @property
    def address(self) -> ChecksumAddress:
        return self._address

    @property
    def _name(self) -> str:
        return f"{self._KIND} at {self._wire}"

    def _request(self, method: str, *params: Any) -> Any:
        try:
            return self._wire.request(method, list(params))
        except WireError as error:
            raise ChainError(f"{self._name}: {error}") from None

    def _require_account(self, method: str) -> None:
        found = self._request(method)
        if not isinstance(found, list):
            raise ChainError(f"{self._name}: answers {method} with no list of accounts")
        # Clef before 2019 gave a record for each.
        listed = [each.get("address") if isinstance(each, dict) else each for each in found]
        known = {each.lower() for each in listed if isinstance(each, str)}
        if self.address.lower() not in known:
            raise InputError(f"{self._name} has no key of {self.address}")

    def _signed(self, answer: Any, payload: Payload) -> Signed:
        raw = answer.get("raw") if isinstance(answer, dict) else answer
        if not isinstance(raw, str) or not re.fullmatch(r"0x([0-9a-fA-F]{2})+", raw):
            raise ChainError(f"{self._name}: answers with no signed transaction")
        return _checked(bytes.fromhex(raw[2:]), payload, self.address, self._name)


class ClefSigner(_Remote):
    """Clef, by its external API, which asks a person or a rule. Nothing is sent."""

    _KIND = "Clef"

    def require_account(self) -> None:
        """Raises `InputError` when Clef does not list the account, `ChainError` when it will not
        say: it asks its user.
        """
        self._require_account("account_list")

    def sign(self, payload: Payload) -> Signed:
        answer = self._request("account_signTransaction", _message(payload, self.address))
        return self._signed(answer, payload)

    def send(self, payload: Payload) -> str:
        raise InputError(f"{self!r} signs, and sends nothing")


class EndpointSigner(_Remote):
    """Any endpoint that holds the key: it signs by `eth_signTransaction`, or else only sends."""

    _KIND = "the signer"

    def __init__(self, place: str, address: str, *, seconds: float = APPROVAL_SECONDS) -> None:
        super().__init__(place, address, seconds=seconds)
        self._only_sends = False

    def require_account(self) -> None:
        """Raises `InputError` when the endpoint does not list the account."""
        self._require_account("eth_accounts")

    def sign(self, payload: Payload) -> Signed | None:
        if self._only_sends:
            return None
        _require_fields(payload)
        try:
            answer = self._wire.request("eth_signTransaction", [_message(payload, self.address)])
        except RemoteError as error:
            if error.code == _NO_METHOD or _NOT_THERE.search(error.message):
                self._only_sends = True
                return None
            raise ChainError(f"{self._name}: {error}") from None
        except WireError as error:
            raise ChainError(f"{self._name}: {error}") from None
        return self._signed(answer, payload)

    def send(self, payload: Payload) -> str:
        _require_fields(payload)
        chain_id = _number(self._request("eth_chainId"))
        if chain_id != payload["chainId"]:
            raise CheckError(
                f"{self._name} sends to chain {chain_id}, asked for chain {payload['chainId']}"
            )
        sent = self._request("eth_sendTransaction", _message(payload, self.address))
        if not isinstance(sent, str) or not re.fullmatch(r"0x[0-9a-fA-F]{64}", sent):
            raise ChainError(f"{self._name}: answers with no transaction hash; it may have sent it")
        self._compare_sent(sent, payload)
        return sent.lower()

    def _compare_sent(self, transaction_hash: str, payload: Payload) -> None:
        for look in range(_LOOKS):
            if look:
                time.sleep(_LOOK_SECONDS)
            found = self._request("eth_getTransactionByHash", transaction_hash)
            if isinstance(found, dict):
                break
        else:
            raise CheckError(
                f"{self._name} says it sent {transaction_hash}, and does not show it: "
                "look for it before anything is sent again"
            )
        shown = {
            "data": found.get("input", found.get("data")),
            **{name: _number(found.get(name)) for name in _FIELDS - {"to", "data"}},
            "to": found.get("to"),
        }
        if not str(found.get("type", "")).endswith("2"):
            shown |= {"maxFeePerGas": None, "maxPriorityFeePerGas": None}
        else:
            shown["gasPrice"] = None
        if shown["chainId"] is None:
            shown["chainId"] = payload["chainId"]  # not shown by all; asked for before
        _compare(shown, payload, f"{self._name} sent {transaction_hash} with another")
        if str(found.get("from", "")).lower() != self.address.lower():
            raise CheckError(
                f"{self._name} sent {transaction_hash} from {found.get('from')}, "
                f"asked for {self.address}"
            )


# ---------------------------------------------------------------------------------------- checks


def _require_fields(payload: Payload) -> None:
    """Raises `InputError` for a transaction that leaves a choice to whoever signs it."""
    fees = {"gasPrice"} if "gasPrice" in payload else {"maxFeePerGas", "maxPriorityFeePerGas"}
    needed = {"chainId", "nonce", "gas", "value", "data", *fees}
    if missing := sorted(needed - payload.keys()):
        raise InputError(f"a transaction to sign lacks {', '.join(missing)}")
    if unknown := sorted(payload.keys() - needed - {"to", "from"}):
        raise InputError(f"a transaction to sign has an unknown field {', '.join(unknown)}")
    for name in needed - {"data"}:
        if type(payload[name]) is not int or payload[name] < 0:
            raise InputError(f"{name} of a transaction to sign: expected a whole number")


def _message(payload: Payload, address: str) -> dict[str, Any]:
    _require_fields(payload)
    message = {
        name: hex(value) if isinstance(value, int) else value for name, value in payload.items()
    }
    return {**message, "data": "0x" + _bytes_of(payload["data"]).hex(), "from": address}


def _checked(raw: bytes, payload: Payload, address: str, name: str) -> Signed:
    """The signed transaction, once it is exactly what was asked, signed by whom it was asked of."""
    try:
        fields = _decoded(raw)
        signer = Account.recover_transaction(raw)
    except (*_MALFORMED, rlp.exceptions.RLPException):
        raise ChainError(f"{name}: answers with no signed transaction") from None
    _compare(fields, payload, f"{name} signed another")
    if signer != address:
        raise CheckError(f"{name} signed as {signer}, asked for {address}")
    return Signed(raw=raw, transaction_hash="0x" + keccak256(raw).hex())


def _compare(found: Mapping[str, Any], payload: Payload, what: str) -> None:
    for name in sorted(_FIELDS):
        asked, given = payload.get(name), found.get(name)
        if name == "data":
            asked, given = _bytes_of(asked), _bytes_of(given)
        elif name == "to":
            asked, given = (_bytes_of(each) for each in (asked, given))
        if asked != given:
            raise CheckError(f"{what} {name}: {_shown(given)}, asked for {_shown(asked)}")


def _decoded(raw: bytes) -> dict[str, Any]:
    """The fields of a signed transaction of one of the two kinds that are asked for. Raises
    `ValueError` for any other.
    """
    is_dynamic = raw[:1] == bytes([_DYNAMIC_TYPE])
    items = rlp.decode(raw[1:] if is_dynamic else raw)
    names = _DYNAMIC if is_dynamic else _LEGACY
    if not isinstance(items, list) or len(items) != len(names):
        raise ValueError("another kind of transaction")
    found = dict(zip(names, items, strict=True))
    if found.pop("accessList", None):
        raise ValueError("an access list that was not asked for")
    fields: dict[str, Any] = {
        name: value if name in ("to", "data") else int.from_bytes(value)
        for name, value in found.items()
    }
    if not is_dynamic:
        # EIP-155; an older signature is good on every chain.
        fields["chainId"] = (fields["v"] - 35) // 2 if fields["v"] > 28 else 0
    return fields


def _bytes_of(value: Any) -> bytes:
    if value is None:
        return b""
    if isinstance(value, str):
        return bytes.fromhex(value.removeprefix("0x"))
    return bytes(value)


def _number(value: Any) -> int | None:
    try:
        return int(value, 16) if isinstance(value, str) else None
    except ValueError:
        return None


def _shown(value: Any) -> str:
    if isinstance(value, bytes):
        if len(value) == 20:
            return checksummed(value)
        return f"{len(value)} bytes with the hash 0x{keccak256(value).hex()}" if value else "none"
    return "none" if value is None else str(value)
