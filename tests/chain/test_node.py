"""A local node is the process we started, and nothing of it stays behind."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Literal

import pytest

from jumpstart.chain import node as node_module
from jumpstart.chain.client import Chain
from jumpstart.chain.node import LocalNode
from jumpstart.errors import ChainError, InputError, ToolError

Kind = Literal["ganache", "anvil"]

_PARENT = """
import sys, time
from jumpstart.chain.node import LocalNode
with LocalNode(sys.argv[1]) as node:
    print(node.pid, node.port, flush=True)
    time.sleep(60)
"""


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def _within(seconds: float, holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.02)
    return False


def test_two_nodes_run_side_by_side(chain_kind: Kind, node: LocalNode) -> None:
    """Each has its own port, so that test workers and a demo never meet."""
    with LocalNode(chain_kind, chain_id=4242, start_time=1_700_000_000) as other:
        assert other.url != node.url
        chain = Chain.connect(other.url, chain_id=4242)
        assert chain.now() == 1_700_000_000


def test_stopping_frees_the_port_and_ends_the_process(chain_kind: Kind) -> None:
    """And twice does no harm."""
    node = LocalNode(chain_kind).start()
    pid, port = node.pid, node.port
    assert _listens(port)
    assert _is_alive(pid)
    node.stop()
    node.stop()
    assert not _listens(port)
    assert not _is_alive(pid)
    with pytest.raises(ChainError, match="not running"):
        _ = node.url


def test_nothing_is_left_in_the_temporary_folder(
    chain_kind: Kind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ganache keeps its database there."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with LocalNode(chain_kind):
        assert list(tmp_path.iterdir())
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_left_is_removed_by_the_next(
    chain_kind: Kind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It could not clean up itself; folders of living runs and of others stay."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait(10)
    for name in (f"jumpstart-node-{ended.pid}-x", f"jumpstart-node-{os.getpid()}-x", "other"):
        (tmp_path / name).mkdir()
    with LocalNode(chain_kind):
        pass
    assert {path.name for path in tmp_path.iterdir()} == {
        f"jumpstart-node-{os.getpid()}-x",
        "other",
    }


def test_a_log_that_was_asked_for_stays(chain_kind: Kind, tmp_path: Path) -> None:
    """A failed run is read afterwards."""
    log = tmp_path / "logs" / "node.log"
    with LocalNode(chain_kind, log=log):
        pass
    assert "127.0.0.1" in log.read_text()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_the_node_ends_with_its_parent(chain_kind: Kind, number: signal.Signals) -> None:
    """However the parent ends; an orphan would answer the next run."""
    parent = subprocess.Popen(
        [sys.executable, "-c", _PARENT, chain_kind],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with parent:
        assert parent.stdout is not None
        pid, port = map(int, parent.stdout.readline().split())
        try:
            assert _is_alive(pid)
            parent.send_signal(number)
            parent.wait(10)
            assert _within(10, lambda: not _is_alive(pid))
            # A killed process counts as ended when its first thread has; the kernel closes its
            # sockets when the last one has.
            assert _within(10, lambda: not _listens(port))
        finally:
            parent.kill()
            if _is_alive(pid):
                os.kill(pid, signal.SIGKILL)


class _Stranger(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = b'{"jsonrpc": "2.0", "id": 1, "result": "0x539"}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def stranger() -> Iterator[int]:
    """The port of a process that answers like a chain with our chain id, and is none of ours."""
    with HTTPServer(("127.0.0.1", 0), _Stranger) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join(5)


def test_a_stranger_on_the_port_is_never_taken_for_the_node(
    chain_kind: Kind, stranger: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The node cannot have the port and ends; the answer on it must not count."""
    monkeypatch.setattr(node_module, "_free_port", lambda: stranger)
    node = LocalNode(chain_kind)
    with pytest.raises(ChainError, match=r"ended while starting|not started here"):
        node.start()
    assert not node.is_running


def test_another_port_is_tried_when_one_is_taken(
    chain_kind: Kind, stranger: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between choosing a free port and using it another program may take it."""
    free = node_module._free_port
    ports = iter([stranger])
    monkeypatch.setattr(node_module, "_free_port", lambda: next(ports, None) or free())
    with LocalNode(chain_kind) as node:
        assert node.port != stranger


def test_a_missing_program_is_named(chain_kind: Kind, tmp_path: Path) -> None:
    """One line says what to do."""
    with pytest.raises(ToolError, match="make setup"):
        LocalNode(chain_kind, root=tmp_path).start()


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(InputError, match="hardhat"):
        LocalNode("hardhat")  # type: ignore[arg-type]
