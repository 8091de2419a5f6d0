"""A signer of the tests: it speaks JSON-RPC over HTTP and a unix socket and really signs, or does
what a script tells it to.
"""

import json
import socketserver
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, TypeAlias

from eth_account import Account
from eth_account.signers.local import LocalAccount

Answer: TypeAlias = Callable[[str, list[Any]], Any]
"""Of a method and its parameters: the result. `bytes`, or an iterator of them, are sent as they
are; a `Refusal` is the error."""


class Refusal(Exception):  # noqa: N818 (it is no failure of the tests)
    """What the signer answers instead of a result."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


DENIED: Final = Refusal(-32000, "Request denied")
"""What Clef says when its user has said no."""
UNKNOWN: Final = Refusal(-32601, "the method does not exist/is not available")


def signed(account: LocalAccount, message: Mapping[str, Any], **changes: Any) -> str:
    """What a signer makes of the transaction that a request carries."""
    fields = {
        name: int(value, 16) if name not in ("to", "data", "from") else value
        for name, value in message.items()
    }
    fields = {
        name: value for name, value in (fields | changes).items() if name != "from" and value != ()
    }
    return "0x" + bytes(account.sign_transaction(fields).raw_transaction).hex()


def clef(account: LocalAccount, **changes: Any) -> Answer:
    """Clef's external API as documented, with a user that says yes. `changes` are what it changes
    of a transaction before it signs.
    """

    def answer(method: str, params: list[Any]) -> Any:
        if method == "account_list":
            return [account.address.lower()]
        if method == "account_signTransaction":
            raw = signed(account, params[0], **changes)
            return {"raw": raw, "tx": {"hash": "0x" + "00" * 32}}
        raise UNKNOWN

    return answer


@contextmanager
def over_http(answer: Answer) -> Iterator[str]:
    """Serves on a free port of this machine; the URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            with suppress(BrokenPipeError, ConnectionResetError):
                for part in _reply(answer, body):
                    self.wfile.write(part)

        def log_message(self, *words: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        with _running(server):
            yield f"http://127.0.0.1:{server.server_port}"


@contextmanager
def over_socket(answer: Answer) -> Iterator[str]:
    """Serves at a path, as Clef does unless told otherwise; the path, which has to be short."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            while line := self.rfile.readline():
                # Who asked may have given up.
                with suppress(BrokenPipeError, ConnectionResetError):
                    for part in _reply(answer, line):
                        self.wfile.write(part)

    with TemporaryDirectory() as folder:
        path = str(Path(folder, "clef.ipc"))
        with socketserver.ThreadingUnixStreamServer(path, Handler) as server:
            server.daemon_threads = True
            with _running(server):
                yield path


def slow(seconds: float) -> Answer:
    """A user who does not look."""

    def answer(method: str, params: list[Any]) -> Any:
        time.sleep(seconds)
        return []

    return answer


def account_named(text: str) -> LocalAccount:
    """The same account for the same text, always."""
    account: LocalAccount = Account.from_key(text.encode().rjust(32, b"\1"))
    return account


def dripping(pause: float) -> Answer:
    """One blank after the other, for ever: always something, and never an answer."""

    def drips() -> Iterator[bytes]:
        while True:
            time.sleep(pause)
            yield b" "

    return lambda method, params: drips()


def _reply(answer: Answer, body: bytes) -> Iterator[bytes]:
    asked = json.loads(body)
    reply: dict[str, Any] = {"jsonrpc": "2.0", "id": asked["id"]}
    try:
        result = answer(asked["method"], asked["params"])
    except Refusal as refusal:
        reply["error"] = {"code": refusal.code, "message": str(refusal)}
    else:
        if isinstance(result, bytes):
            result = iter([result])
        if isinstance(result, Iterator):
            yield from result
            return
        reply["result"] = result
    yield json.dumps(reply).encode() + b"\n"


@contextmanager
def _running(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join(5)
