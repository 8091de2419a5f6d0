"""A node that misbehaves: a proxy in front of a real one, with faults that a test switches on.

Forwards JSON-RPC, single or in batches. A fault with `times` is over after so many requests.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, Self, TypeAlias

import requests

from jumpstart.hashing import keccak256

SEND: Final = "eth_sendRawTransaction"
ANY: Final = "*"

Answer: TypeAlias = dict[str, Any]

_BLOCK_AT: Final = {
    "eth_getBlockByNumber": 0,
    "eth_getBalance": 1,
    "eth_getCode": 1,
    "eth_getTransactionCount": 1,
    "eth_call": 1,
    "eth_estimateGas": 1,
    "eth_getStorageAt": 2,
}
_BY_HASH: Final = ("eth_getTransactionReceipt", "eth_getTransactionByHash")


class _SilenceError(Exception):
    """The connection is closed without an answer."""


class _StatusError(Exception):
    """The answer is a bare status of HTTP."""


@dataclass
class _Fault:
    method: str
    times: int
    act: Callable[[Answer], Answer | None]
    """Gets the request; an answer in its place, or None to have it forwarded."""
    after: Callable[[Answer, Answer], None] = field(default=lambda request, answer: None)

    def takes(self, request: Answer) -> bool:
        return self.times > 0 and self.method in (request["method"], ANY)


class FaultyNode:
    """Use it as a context manager; the proxy answers at `url`."""

    def __init__(self, node_url: str) -> None:
        self._node_url = node_url
        self._faults: list[_Fault] = []
        self._behind: tuple[int, ...] = (0,)
        self._turn = 0
        self.counts: dict[str, int] = {}
        """Requests by method, as they came in."""

    def __enter__(self) -> Self:
        handler = type("Handler", (_Handler,), {"node": self, "node_url": self._node_url})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._thread.join(5)
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    # ------------------------------------------------------------------------------------ faults

    def drop_before(self, method: str, times: int = 1) -> None:
        """The node never hears of it."""

        def act(request: Answer) -> Answer | None:
            raise _SilenceError

        self._faults.append(_Fault(method, times, act))

    def drop_after_accepting(self, method: str, times: int = 1) -> None:
        """The node does it, and nobody is told."""

        def after(request: Answer, answer: Answer) -> None:
            raise _SilenceError

        self._faults.append(_Fault(method, times, lambda request: None, after))

    def swallow(self, times: int = 1) -> None:
        """A transaction is taken, and lost."""

        def act(request: Answer) -> Answer:
            raw = bytes.fromhex(request["params"][0][2:])
            return _result(request, "0x" + keccak256(raw).hex())

        self._faults.append(_Fault(SEND, times, act))

    def refuse(self, method: str, message: str, times: int = 1, *, code: int = -32005) -> None:
        self._faults.append(
            _Fault(method, times, lambda request: _error(request, message, code=code))
        )

    def status(self, method: str, status: int, times: int = 1) -> None:
        """Answers as a gateway does: 429, 502."""

        def act(request: Answer) -> Answer | None:
            raise _StatusError(status)

        self._faults.append(_Fault(method, times, act))

    def before(self, method: str, action: Callable[[], None], times: int = 1) -> None:
        """Does something before it forwards."""

        def act(request: Answer) -> Answer | None:
            action()
            return None

        self._faults.append(_Fault(method, times, act))

    def after(self, method: str, action: Callable[[Any], None], times: int = 1) -> None:
        """Does something with the result before it hands it on."""
        self._faults.append(
            _Fault(
                method,
                times,
                lambda request: None,
                lambda request, answer: action(answer.get("result")),
            )
        )

    def stale(self, *behind: int) -> None:
        """Answers as a node that is so many blocks behind; several: in turns, as many nodes do."""
        self._behind = behind or (0,)

    @contextmanager
    def dead(self) -> Iterator[None]:
        """Nothing is answered at all."""
        fault = _Fault(ANY, 2**31, self._silent)
        self._faults.insert(0, fault)
        try:
            yield
        finally:
            self._faults.remove(fault)

    @staticmethod
    def _silent(request: Answer) -> Answer | None:
        raise _SilenceError

    # ------------------------------------------------------------------------------------ answers

    def answer(self, request: Answer, forward: Callable[[str, list[Any]], Answer]) -> Answer:
        """What the proxy says to one request. `forward` asks the node."""
        self.counts[request["method"]] = self.counts.get(request["method"], 0) + 1
        fault = next((each for each in self._faults if each.takes(request)), None)
        if fault is not None:
            fault.times -= 1
            if (instead := fault.act(request)) is not None:
                return instead
        self._turn += 1
        behind = self._behind[self._turn % len(self._behind)]
        answer = self._forwarded(request, behind, forward)
        if fault is not None:
            fault.after(request, answer)
        return answer

    def _forwarded(
        self, request: Answer, behind: int, forward: Callable[[str, list[Any]], Answer]
    ) -> Answer:
        method, params = request["method"], list(request.get("params") or [])
        if not behind:
            return {**forward(method, params), "id": request["id"]}
        head = max(0, int(forward("eth_blockNumber", [])["result"], 16) - behind)
        if method == "eth_blockNumber":
            return _result(request, hex(head))
        if method in _BLOCK_AT:
            place = _BLOCK_AT[method]
            params += ["latest"] * (place + 1 - len(params))
            if not params[place].startswith("0x"):
                params[place] = hex(head)
            if int(params[place], 16) > head:
                if method == "eth_getBlockByNumber":
                    return _result(request, None)
                return _error(request, "header not found", code=-32000)
        answer = {**forward(method, params), "id": request["id"]}
        found = answer.get("result")
        if method in _BY_HASH and found and int(found["blockNumber"] or "0x0", 16) > head:
            return _result(request, None)
        return answer


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # one segment an answer
    node: FaultyNode
    node_url: str

    def setup(self) -> None:
        super().setup()
        self._session = requests.Session()
        self._session.trust_env = False

    def finish(self) -> None:
        self._session.close()
        super().finish()

    def do_POST(self) -> None:
        content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        try:
            answer: Any = (
                [self.node.answer(each, self._forward) for each in content]
                if isinstance(content, list)
                else self.node.answer(content, self._forward)
            )
        except _SilenceError:
            self.close_connection = True
            return
        except _StatusError as status:
            self.send_response(status.args[0])
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _forward(self, method: str, params: list[Any]) -> Answer:
        message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        found: Answer = self._session.post(self.node_url, json=message, timeout=30).json()
        return found

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the base class's name)
        pass


def _result(request: Answer, result: Any) -> Answer:
    return {"jsonrpc": "2.0", "id": request["id"], "result": result}


def _error(request: Answer, message: str, *, code: int) -> Answer:
    error = {"code": code, "message": message}
    return {"jsonrpc": "2.0", "id": request["id"], "error": error}
