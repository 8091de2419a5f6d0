"""What each way of not answering means: asking for less, waiting, or neither."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from jumpstart.errors import InputError
from jumpstart.snapshot.fetch.endpoint import Endpoint, RefusedError, UnansweredError
from jumpstart.snapshot.fetch.policy import Policy

POLICY = Policy(answer_seconds=0.5, answer_bytes=1000, rest_seconds=0.5)


@dataclass
class Server:
    """Answers everything with the same."""

    url: str = ""
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    drip_seconds: float = 0.0

    def result(self, **answer: Any) -> None:
        self.body = json.dumps({"jsonrpc": "2.0", "id": 1, **answer}).encode()


@pytest.fixture
def server() -> Iterator[Server]:
    what = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(what.status)
            for name, value in what.headers.items():
                self.send_header(name, value)
            self.end_headers()
            for start in range(len(what.body)) if what.drip_seconds else ():
                time.sleep(what.drip_seconds)
                self.wfile.write(what.body[start : start + 1])
                self.wfile.flush()
            if not what.drip_seconds:
                self.wfile.write(what.body)

        def log_message(self, *arguments: Any) -> None:
            pass

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running.daemon_threads = True
    what.url = f"http://127.0.0.1:{running.server_address[1]}"
    thread = threading.Thread(target=running.serve_forever, args=(0.01,))
    thread.start()
    yield what
    running.shutdown()
    thread.join(5)
    running.server_close()


def failure(server: Server) -> UnansweredError:
    with pytest.raises(UnansweredError) as caught:
        Endpoint(server.url, POLICY).request("eth_getLogs", [])
    return caught.value


@pytest.mark.parametrize(
    ("status", "is_busy", "is_much"),
    [
        (413, False, True),
        (429, True, False),
        (500, True, True),
        (503, True, True),
        (302, False, True),
    ],
)
def test_statuses_say_what_helps(server: Server, status: int, is_busy: bool, is_much: bool) -> None:
    """Less of it, or waiting."""
    server.status = status
    error = failure(server)
    assert (error.is_busy, error.is_much, error.wait) == (is_busy, is_much, None)
    assert str(error) == f"answers with HTTP status {status}"


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_node_that_is_none_is_not_asked_again(server: Server, status: int) -> None:
    """A wrong key or a wrong path does not get better."""
    server.status = status
    with pytest.raises(RefusedError, match=f"HTTP status {status}"):
        Endpoint(server.url, POLICY).request("eth_getLogs", [])


def test_retry_after_is_heard(server: Server) -> None:
    """In seconds, and as a date; what is neither is none. Until then the node rests."""
    server.status = 429
    server.headers = {"Retry-After": "7"}
    error = failure(server)
    assert error.wait == 7
    node = Endpoint(server.url, POLICY)
    node.note_failure(error, 1.0)
    assert 6 < node.rests_until - time.monotonic() <= 7
    server.headers = {"Retry-After": formatdate(time.time() + 60, usegmt=True)}
    wait = failure(server).wait
    assert wait is not None
    assert 55 < wait <= 60
    server.headers = {"Retry-After": "soon"}
    assert failure(server).wait is None


def test_rests_grow_with_failures(server: Server) -> None:
    """Twice as long each time, up to a most; an answer ends it."""
    node = Endpoint(server.url, POLICY)
    busy = UnansweredError("busy", is_busy=True)
    rests = []
    for _ in range(12):
        node.note_failure(busy, 1.0)
        rests.append(round(node.rests_until - time.monotonic(), 1))
        node.rests_until = 0.0
    assert rests[:3] == [1.0, 2.0, 4.0]
    assert rests[-1] == POLICY.rest_most_seconds
    node.note_answer()
    assert node.failures == 0


@pytest.mark.parametrize(
    ("error", "is_busy"),
    [
        ({"code": 429, "message": "no"}, True),
        ({"code": -32005, "message": "daily request count exceeded, request rate limited"}, True),
        ({"code": -32000, "message": "exceeded its compute units per second capacity"}, True),
        ({"code": -32005, "message": "query returned more than 10000 results"}, False),
        ({"code": -32602, "message": "block range is too large"}, False),
        ("odd", False),
        ({}, False),
    ],
)
def test_errors_in_answers(server: Server, error: Any, is_busy: bool) -> None:
    """Nodes that are busy say so in words; all others refuse."""
    server.result(error=error)
    with pytest.raises(UnansweredError if is_busy else RefusedError):
        Endpoint(server.url, POLICY).request("eth_getLogs", [])


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "answers with what is no JSON"),
        (b'{"jsonrpc":"2.0","id":1,"result":[{', "answers with what is no JSON"),
        (b"[]", "answers with what is no answer"),
        (b'{"id":1}', "answers with what is no answer"),
        (b" " * 1001, "answers with more than 1000 bytes"),
    ],
)
def test_half_an_answer_is_none(server: Server, body: bytes, message: str) -> None:
    """Less of it may come whole."""
    server.body = body
    error = failure(server)
    assert str(error) == message
    assert error.is_much


def test_an_answer_that_drips_is_late(server: Server) -> None:
    """The limit is for all of it."""
    server.result(result="0x" + "0" * 100)
    server.drip_seconds = 0.02
    error = failure(server)
    assert str(error) == "did not answer in 0.5 s"
    assert error.is_much


def test_nobody_there_is_waited_for() -> None:
    """A node may be on its way up."""
    server = Server(url="http://127.0.0.1:9")
    error = failure(server)
    assert (str(error), error.is_busy) == ("cannot be reached", True)


def test_answers_of_a_batch_are_put_in_order(server: Server) -> None:
    """By their numbers; one that is missing makes all of them none."""
    node = Endpoint(server.url, POLICY)
    calls = [("a", ()), ("b", ())]
    answers = [{"id": 1, "result": "b"}, {"id": 0, "result": "a"}]
    server.body = json.dumps(answers).encode()
    assert node.batch(calls) == ["a", "b"]
    server.body = json.dumps(answers[:1]).encode()
    with pytest.raises(UnansweredError, match="answers 1 of 2 requests"):
        node.batch(calls)
    server.result(error={"code": -32600, "message": "no batches"})
    with pytest.raises(RefusedError, match="refuses: no batches"):
        node.batch(calls)
    server.result(result=[])
    with pytest.raises(RefusedError, match="answers several requests with one answer"):
        node.batch(calls)


def test_what_is_no_address_is_bad_input() -> None:
    """And keys in an address are not shown."""
    with pytest.raises(InputError, match=r"the address of a node is http://\.\. or https://\.\."):
        Endpoint("ws://127.0.0.1", POLICY)
    assert Endpoint("https://node.example/v3/secret", POLICY).name == "https://node.example"
