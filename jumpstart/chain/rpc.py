"""JSON-RPC with one node: requests, one by one or many in a message, and a name for each refusal.

Knows how nodes word what they refuse, and custom errors by their ABI. Refuses to know what is asked.
"""

import functools
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, NoReturn

from requests.exceptions import RequestException
from web3 import HTTPProvider, Web3
from web3.exceptions import Web3Exception
from web3.types import RPCEndpoint

from jumpstart.chain.abi import Entry, decode_revert, selector_of, signature_of
from jumpstart.chain.compiler import Artifact
from jumpstart.chain.urls import is_here, shown_url
from jumpstart.errors import ChainError, ContractRevert

NO_REASON: Final = "NoReason"
"""The name of a revert that carries no data at all."""


_MESSAGE_SIZE = 100  # requests in one JSON-RPC message: more gain nothing
_RUNS_CODE = frozenset(
    {"eth_call", "eth_estimateGas", "eth_sendTransaction", "eth_sendRawTransaction"}
)
# Each node has its own words for what ends a run without data.
_HALTS = {
    "OutOfGas": re.compile(r"out ?of ?gas|OOG", re.IGNORECASE),
    "InvalidOpcode": re.compile(
        r"invalid (fe )?opcode|InvalidFEOpcode|OpcodeNotFound", re.IGNORECASE
    ),
    "StackOverflow": re.compile(r"stack ?overflow", re.IGNORECASE),
    NO_REASON: re.compile(r"revert", re.IGNORECASE),
}


class NodeRefusal(ChainError):  # noqa: N818 (an answer, not a fault)
    """The node answered, and would not do what it was asked."""


class Rpc:
    """One node at one address."""

    def __init__(self, url: str, *, timeout: float) -> None:
        self.url = url
        self._provider = HTTPProvider(
            url,
            # A proxy of the environment has no business between us and our own machine.
            request_kwargs={
                "timeout": timeout,
                **({"proxies": {"no_proxy": "*"}} if is_here(url) else {}),
            },
            exception_retry_configuration=None,
        )
        self._errors: dict[bytes, Entry] = {}
        self.client_version: str = self.request("web3_clientVersion")

    @functools.cached_property
    def web3(self) -> Web3:
        """For what this class does not do. Without the layer that checks what our own code has
        checked.
        """
        web3 = Web3(self._provider)
        for name in ("validation", "ens_name_to_address"):
            if web3.middleware_onion.get(name):
                web3.middleware_onion.remove(name)
        return web3

    @functools.cached_property
    def kind(self) -> Literal["ganache", "anvil", "other"]:
        version = self.client_version.lower()
        if version.startswith("ganache"):
            return "ganache"
        return "anvil" if version.startswith("anvil") else "other"

    @property
    def is_local(self) -> bool:
        """Whether this is a test chain, where time can be moved."""
        return self.kind != "other"

    def request(self, method: str, *params: Any) -> Any:
        """One JSON-RPC request. Raises `ContractRevert` or `ChainError` for an error answer."""
        return self._answer(method, self._post(method, list(params)))

    def batch(self, requests: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        """Many requests in few messages; the answers in the order of the requests. Raises at the
        first error.
        """
        results: list[Any] = []
        for start in range(0, len(requests), _MESSAGE_SIZE):
            part = requests[start : start + _MESSAGE_SIZE]
            answers = self._post_batch(part)
            results += [
                self._answer(method, answer)
                for (method, _), answer in zip(part, answers, strict=True)
            ]
        return results

    def learn(self, artifact: Artifact) -> None:
        """Adds a contract's custom errors to those that get a name."""
        for entry in artifact.abi:
            if entry["type"] == "error":
                self._errors[selector_of(signature_of(entry))] = entry

    # ------------------------------------------------------------------------------------ refusals

    def _answer(self, method: str, answer: Mapping[str, Any]) -> Any:
        error = answer.get("error")
        if error is None:
            return answer.get("result")
        message = error.get("message", "") if isinstance(error, dict) else str(error)
        if method in _RUNS_CODE:
            data = error.get("data") if isinstance(error, dict) else None
            if isinstance(data, dict):
                data = data.get("result")
            found = re.search(r"0x[0-9a-fA-F]*$", data) if isinstance(data, str) else None
            refusal = self._named(found[0] if found else "0x", message)
            if refusal is not None:
                raise refusal
        raise NodeRefusal(f"{shown_url(self.url)} refuses {method}: {message.strip()}")

    def _named(self, data: str, message: str) -> ContractRevert | None:
        """The refusal that return data and a node's message stand for; None when they stand for no
        refusal.
        """
        raw = bytes.fromhex(data[2:])
        if raw:
            return decode_revert(raw, self._errors)
        for name, pattern in _HALTS.items():
            if pattern.search(message):
                return ContractRevert(name)
        return None

    # ------------------------------------------------------------------------------------ transport

    def _post(self, method: str, params: list[Any]) -> Mapping[str, Any]:
        try:
            return self._provider.make_request(RPCEndpoint(method), params)
        except (RequestException, Web3Exception, ValueError) as error:
            self._unreachable(error)

    def _post_batch(self, requests: Sequence[tuple[str, Sequence[Any]]]) -> list[Mapping[str, Any]]:
        if not requests:
            return []
        try:
            answers: Any = self._provider.make_batch_request(
                [(RPCEndpoint(method), list(params)) for method, params in requests]
            )
        except (RequestException, Web3Exception, ValueError) as error:
            self._unreachable(error)
        if not isinstance(answers, list) or len(answers) != len(requests):
            raise ChainError(
                f"{shown_url(self.url)} does not answer several requests in one message"
            )
        return sorted(answers, key=lambda answer: int(answer["id"]))

    def _unreachable(self, error: Exception) -> NoReturn:
        raise ChainError(
            f"{shown_url(self.url)} does not answer ({type(error).__name__})"
        ) from error
