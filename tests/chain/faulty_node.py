"""A node that misbehaves: a proxy in front of a real one, with faults that a test switches on.

Forwards JSON-RPC, single or in batches. A fault with `times` is over after so many requests.
"""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, Self, TypeAlias

import requests

from jumpstart.hashing import keccak256

SEND: Final = "eth_sendRawTransaction"
ANY: Final = "*"

_ALWAYS: Final = 2**31
"""Times without an end."""

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


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An answer of HTTP. Of the body so many bytes are promised; None: as many as it has."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    promised: int | None = None


class _ReplyError(Exception):
    """The answer is this `Reply`."""


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
        self._lock = threading.Lock()
        self.takes_batches = True
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
        self.respond(method, Reply(status=status), times)

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

    def change(
        self, method: str, action: Callable[[list[Any], Any], Any], times: int = _ALWAYS
    ) -> None:
        """Hands on what `action` makes of parameters and result."""

        def after(request: Answer, answer: Answer) -> None:
            if "result" in answer:
                answer["result"] = action(request["params"], answer["result"])

        self._faults.append(_Fault(method, times, lambda request: None, after))

    def reject(
        self,
        method: str,
        is_too_much: Callable[[list[Any]], bool],
        reply: Reply | None = None,
        *,
        message: str = "too much",
    ) -> None:
        """Refuses requests by their parameters, always: with this reply, or an error of JSON-RPC."""

        def act(request: Answer) -> Answer | None:
            if not is_too_much(request["params"]):
                return None
            if reply is not None:
                raise _ReplyError(reply)
            return _error(request, message, code=-32602)

        self._faults.append(_Fault(method, _ALWAYS, act))

    def respond(self, method: str, reply: Reply, times: int = 1) -> None:
        """Answers with this status, these headers and this body, whatever they are."""

        def act(request: Answer) -> Answer | None:
            raise _ReplyError(reply)

        self._faults.append(_Fault(method, times, act))

    def stale(self, *behind: int) -> None:
        """Answers as a node that is so many blocks behind; several: in turns, as many nodes do."""
        self._behind = behind or (0,)

    @contextmanager
    def dead(self) -> Iterator[None]:
        """Nothing is answered at all."""
        fault = _Fault(ANY, _ALWAYS, self._silent)
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
        with self._lock:
            faults = [each for each in self._faults if each.takes(request)]
            # Those that have a number of times come one after the other, the others together.
            counted = [each for each in faults if each.times < _ALWAYS][:1]
            faults = [each for each in faults if each.times >= _ALWAYS or each in counted]
            for fault in faults:
                fault.times -= fault.times < _ALWAYS
        for fault in faults:
            if (instead := fault.act(request)) is not None:
                return instead
        self._turn += 1
        behind = self._behind[self._turn % len(self._behind)]
        answer = self._forwarded(request, behind, forward)
        for fault in faults:
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
        if isinstance(content, list) and not self.node.takes_batches:
            error = {"code": -32600, "message": "Invalid Request"}
            body = json.dumps({"jsonrpc": "2.0", "id": None, "error": error}).encode()
            self._send(Reply(headers={"Content-Type": "application/json"}, body=body))
            return
        try:
            answer: Any = (
                [self.node.answer(each, self._forward) for each in content]
                if isinstance(content, list)
                else self.node.answer(content, self._forward)
            )
        except _SilenceError:
            self.close_connection = True
            return
        except _ReplyError as error:
            self._send(error.args[0])
            return
        headers = {"Content-Type": "application/json"}
        self._send(Reply(headers=headers, body=json.dumps(answer).encode()))

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        promised = len(reply.body) if reply.promised is None else reply.promised
        self.send_header("Content-Length", str(promised))
        self.end_headers()
        self.wfile.write(reply.body)
        self.close_connection = promised != len(reply.body)

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
