"""Starts a local chain for one run, makes sure it is that chain, and leaves nothing of it behind.

Knows Ganache and Anvil as programs, and how each goes on from another node's state. Refuses to
attach to a node it did not start: one that answers on the chosen port but is not the process
started here is an error.
"""

import atexit
import ctypes
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Final, Literal, Self
from urllib.parse import urlsplit

from jumpstart.chain.client import Chain
from jumpstart.chain.compiler import EVM_VERSION, PROJECT_ROOT
from jumpstart.errors import ChainError, InputError, ToolError

Kind = Literal["ganache", "anvil"]

MNEMONIC: Final = "test test test test test test test test test test test junk"
"""The phrase that every local chain tool knows by default. Its keys are public: never use them on a
chain with value."""

CHAIN_ID: Final = 1337
BLOCK_GAS_LIMIT: Final = 1_000_000_000

_CALL_GAS_LIMIT = 50_000_000
_START_SECONDS = 30.0
_STOP_SECONDS = 5.0
_TRIES = 3  # another program may take the free port before the node does
_HOST = "127.0.0.1"
_HERE = (_HOST, "localhost", "::1")
_SOURCE_SECONDS = 20  # for one answer of a fork's source
_SOURCE_RETRIES = 2
_FOLDER_PREFIX = "jumpstart-node-"  # then the process id of who made it


class LocalNode:
    """A chain that lives as long as the `with` block, or until `stop()`.

    Every block is one second after the one before, on both kinds, so that a run is the same on a
    slow machine and a fast one. `start_time` is the timestamp of the first block in seconds, by
    default the present. `mnemonic=None` makes random accounts. `balance` is in whole ether. Without
    `log` the node's output goes to a file that is removed when it stops.

    With `fork_url` the chain goes on from another node's, which never hears of it: from block
    `fork_block`, by default the head, with the source's time and chain id. What is read for the
    first time is asked of the source, which must stay up. With `block_time` a block is mined every
    so many seconds, with transactions or without, and stamped by the clock.

    Raises `InputError` for settings that exclude each other, `ToolError` when the program is
    missing, `ChainError` when it does not come up in time or its source is another chain.
    """

    def __init__(
        self,
        kind: Kind = "ganache",
        *,
        chain_id: int | None = None,
        start_time: int | None = None,
        accounts: int = 10,
        mnemonic: str | None = MNEMONIC,
        balance: int = 1_000_000,
        block_gas_limit: int = BLOCK_GAS_LIMIT,
        fork_url: str | None = None,
        fork_block: int | None = None,
        block_time: int | None = None,
        log: Path | None = None,
        root: Path = PROJECT_ROOT,
    ) -> None:
        if kind not in ("ganache", "anvil"):
            raise InputError(f"unknown kind of chain '{kind}': there are ganache and anvil")
        if fork_url is None and fork_block is not None:
            raise InputError(f"fork_block {fork_block}: there is no fork_url to take it from")
        if fork_url is not None and start_time is not None:
            raise InputError(f"start_time {start_time}: a fork has the time of its source")
        if block_time is not None and block_time < 1:
            raise InputError(f"block_time {block_time}: at least 1 second")
        self.kind: Kind = kind
        self.chain_id = CHAIN_ID if chain_id is None else chain_id
        """A fork has its source's, known here once it has started; one that was given is checked."""
        self._given_chain_id = chain_id
        self.mnemonic = mnemonic
        self.start_time = int(time.time()) if start_time is None else start_time
        self._accounts = accounts
        self._balance = balance
        self._block_gas_limit = block_gas_limit
        self._fork_url = fork_url
        self._fork_block = fork_block
        self._block_time = block_time
        self._log = log
        self._root = root
        self._folder: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._port: int | None = None

    @property
    def url(self) -> str:
        if self._port is None:
            raise ChainError("the local node is not running")
        return f"http://{_HOST}:{self._port}"

    @property
    def port(self) -> int:
        if self._port is None:
            raise ChainError("the local node is not running")
        return self._port

    @property
    def pid(self) -> int:
        if self._process is None:
            raise ChainError("the local node is not running")
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> Self:
        """Returns once the node answers. `stop()` must follow; leaving the interpreter calls it
        too.
        """
        if self._process is not None:
            raise ChainError("the local node is running already")
        if self._fork_url is not None:
            # Ganache does not ask its source for it.
            self.chain_id = Chain.connect(
                self._fork_url, chain_id=self._given_chain_id, timeout=_SOURCE_SECONDS
            ).chain_id
        # Programs that keep files in the temporary or home directory get one of ours, which goes
        # with them.
        _sweep()
        self._folder = Path(tempfile.mkdtemp(prefix=f"{_FOLDER_PREFIX}{os.getpid()}-"))
        atexit.register(self.stop)
        _stop_on_sigterm()
        try:
            for attempt in range(_TRIES):
                port = _free_port()
                self._process = self._launch(port)
                if self._await_answer(port):
                    self._port = port
                    return self
                if attempt + 1 == _TRIES:
                    raise ChainError(f"{self.kind} ended while starting: {self._tail()}")
        except BaseException:
            self.stop()
            raise
        raise AssertionError("unreachable")

    def stop(self) -> None:
        """Ends the node, politely first. Safe to call twice."""
        process, self._process, self._port = self._process, None, None
        if process is not None and process.poll() is None:
            # Ganache removes its database when asked to end, and cannot when killed.
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(_STOP_SECONDS)
        folder, self._folder = self._folder, None
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        atexit.unregister(self.stop)

    # ------------------------------------------------------------------------------------ starting

    def _launch(self, port: int) -> subprocess.Popen[bytes]:
        assert self._folder is not None
        command = self._ganache(port) if self.kind == "ganache" else self._anvil(port)
        environment = {
            **os.environ,
            "TMPDIR": str(self._folder),
            "HOME": str(self._folder),
            "NO_COLOR": "1",
        }
        if self._fork_url is not None and urlsplit(self._fork_url).hostname in _HERE:
            # A proxy of the environment has no business between two of our own nodes.
            environment |= dict.fromkeys(("NO_PROXY", "no_proxy"), ",".join(_HERE))
        log = self._log_file
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            try:
                return subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env=environment,
                    cwd=self._folder,
                    # A Ctrl-C in the terminal is for us: we end the node ourselves, after using it
                    # for the last time.
                    start_new_session=True,
                    preexec_fn=_end_with_parent(),
                )
            except OSError as error:
                raise ToolError(f"cannot run {command[0]}: {error.strerror}") from error

    def _ganache(self, port: int) -> list[str]:
        program = _ganache_program(self._root)
        if program is None:
            raise ToolError("Ganache is not installed: run 'make setup'")
        # The script itself, not its wrapper: the process must be the one we hold.
        command = [
            _node_program(self._root),
            str(program),
            f"--server.host={_HOST}",
            f"--server.port={port}",
            f"--chain.chainId={self.chain_id}",
            f"--chain.networkId={self.chain_id}",
            f"--chain.hardfork={EVM_VERSION}",
            "--miner.instamine=eager",
            f"--miner.blockGasLimit={self._block_gas_limit}",
            # Ganache runs a million gas a second: with the block's limit a call that loops would
            # take a quarter of an hour.
            f"--miner.callGasLimit={_CALL_GAS_LIMIT}",
            f"--wallet.totalAccounts={self._accounts}",
            f"--wallet.defaultBalance={self._balance}",
            "--logging.quiet=false",
        ]
        if self.mnemonic is not None:
            command.append(f"--wallet.mnemonic={self.mnemonic}")
        if self._fork_url is None:
            start = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.start_time))
            command.append(f"--chain.time={start}")
        else:
            command += [
                f"--fork.url={self._fork_url}",
                # Left to itself it stays five blocks behind the head of a chain whose id it knows,
                # and keeps what it read for later forks: of a local chain that is another by then.
                "--fork.preLatestConfirmations=0"
                if self._fork_block is None
                else f"--fork.blockNumber={self._fork_block}",
                "--fork.disableCache=true",
            ]
        if self._block_time is None:
            command.append("--miner.timestampIncrement=1")
        else:
            command.append(f"--miner.blockTime={self._block_time}")
        return command

    def _anvil(self, port: int) -> list[str]:
        program = _anvil_program(self._root)
        if program is None:
            raise ToolError(
                "Anvil is not installed: run 'make setup' (there is none for every machine)"
            )
        command = [
            str(program),
            f"--host={_HOST}",
            f"--port={port}",
            f"--hardfork={EVM_VERSION}",
            f"--gas-limit={self._block_gas_limit}",
            f"--accounts={self._accounts}",
            f"--balance={self._balance}",
            "--order=fifo",
            "--block-base-fee-per-gas=1000000000",
            f"--cache-path={self._folder}",
        ]
        command += (
            ["--mnemonic-random"] if self.mnemonic is None else [f"--mnemonic={self.mnemonic}"]
        )
        if self._fork_url is None:
            command += [f"--chain-id={self.chain_id}", f"--timestamp={self.start_time}"]
        else:
            command += [
                f"--fork-url={self._fork_url}",
                "--no-storage-caching",
                f"--timeout={_SOURCE_SECONDS * 1000}",
                f"--retries={_SOURCE_RETRIES}",
            ]
            if self._fork_block is not None:
                command.append(f"--fork-block-number={self._fork_block}")
        if self._block_time is not None:
            command.append(f"--block-time={self._block_time}")
        return command

    def _await_answer(self, port: int) -> bool:
        """False when the process ended, as it does when its port was taken meanwhile."""
        process = self._process
        assert process is not None
        until = time.monotonic() + _START_SECONDS
        while time.monotonic() < until:
            if process.poll() is not None:
                return False
            answer = _ask_chain_id(port)
            # The order matters: whoever answered still had the port when we looked for its owner.
            if answer is not None and _owns_port(process.pid, port):
                if answer != self.chain_id:
                    raise ChainError(
                        f"{self.kind} says chain {answer}, was asked for {self.chain_id}"
                    )
                self._settle(port)
                return process.poll() is None
            time.sleep(0.02)
        if _ask_chain_id(port) is not None:
            raise ChainError(f"port {port} is answered by a process that was not started here")
        raise ChainError(f"{self.kind} did not answer in {_START_SECONDS:.0f} s: {self._tail()}")

    def _settle(self, port: int) -> None:
        if self.kind == "anvil" and self._block_time is None:
            _ask(port, "anvil_setBlockTimestampInterval", [1])

    @property
    def _log_file(self) -> Path:
        assert self._folder is not None
        return self._log or self._folder / "node.log"

    def _tail(self) -> str:
        try:
            text = self._log_file.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return "it left no output"
        if self._fork_url is not None:
            text = text.replace(self._fork_url, "its source")  # providers put keys into addresses
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        return " / ".join(lines[-5:]) or "it left no output"


def is_installed(kind: Kind, root: Path = PROJECT_ROOT) -> bool:
    """Whether set-up found the program for this machine: there is no Anvil for every one."""
    return (_ganache_program if kind == "ganache" else _anvil_program)(root) is not None


def _ganache_program(root: Path) -> Path | None:
    program = root / "node_modules" / "ganache" / "dist" / "node" / "cli.js"
    return program if program.exists() else None


def _anvil_program(root: Path) -> Path | None:
    # The package's wrapper script would be another process between us and the chain.
    return next(iter(sorted(root.glob("node_modules/@foundry-rs/anvil-*/bin/anvil"))), None)


def _node_program(root: Path) -> str:
    """The project's Node if set-up had to fetch one, else the machine's."""
    own = root / ".toolchain" / "node" / "bin" / "node"
    program = str(own) if own.exists() else shutil.which("node")
    if program is None:
        raise ToolError("Node is not installed: run 'make setup'")
    return program


def _sweep() -> None:
    """Removes the folders of runs that were killed outright and could not do so themselves."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_FOLDER_PREFIX}*-*"):
        owner = folder.name.removeprefix(_FOLDER_PREFIX).partition("-")[0]
        if not owner.isdigit():
            continue
        try:
            os.kill(int(owner), 0)
        except ProcessLookupError:
            shutil.rmtree(folder, ignore_errors=True)
        except PermissionError:
            continue  # alive, and somebody else's


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _ask(port: int, method: str, params: list[Any]) -> Any:
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
    request = urllib.request.Request(
        f"http://{_HOST}:{port}", body.encode(), {"Content-Type": "application/json"}
    )
    # No proxy of the environment may stand between us and our own machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=2) as answer:
        return json.load(answer).get("result")


def _ask_chain_id(port: int) -> int | None:
    try:
        return int(_ask(port, "eth_chainId", []), 16)
    except (OSError, ValueError, TypeError, AttributeError):
        return None


def _owns_port(pid: int, port: int) -> bool:
    """Whether the process listens on the port. Where the system does not tell, it is believed."""
    if not Path("/proc/self/net/tcp").exists():
        return True
    listening = "0A"
    sockets = set()
    try:
        for name in ("tcp", "tcp6"):
            table = Path("/proc/self/net", name)
            for row in table.read_text().splitlines()[1:] if table.exists() else ():
                columns = row.split()
                if columns[3] == listening and int(columns[1].rpartition(":")[2], 16) == port:
                    sockets.add(f"socket:[{columns[9]}]")
        return any(_target(entry) in sockets for entry in Path(f"/proc/{pid}/fd").iterdir())
    except OSError:
        return False  # the process has ended


def _target(link: Path) -> str | None:
    try:
        return os.readlink(link)
    except OSError:
        return None  # closed meanwhile


def _end_with_parent() -> Callable[[], None] | None:
    """On Linux the kernel ends the node should this process be killed outright, when no code of
    ours runs any more.
    """
    # The kernel goes by the thread that started the node, and a helper thread may end long before
    # the program.
    if sys.platform != "linux" or threading.current_thread() is not threading.main_thread():
        return None
    prctl = ctypes.CDLL(None).prctl
    set_parent_death_signal = 1
    return lambda: prctl(set_parent_death_signal, signal.SIGTERM)


def _stop_on_sigterm() -> None:
    """Makes SIGTERM an ordinary exit, so that `with` blocks and `atexit` run. Leaves a handler of
    the program alone.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _exit_on_signal)


def _exit_on_signal(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)
