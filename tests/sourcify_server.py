"""A server that speaks Sourcify's API, version 2, as documented, and refuses what the real one refuses.

It compiles what it is sent, with the project's own compiler, and compares with the code on the chain. What the project
itself compiles to it need not compile again.
"""

import functools
import json
import re
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from eth_utils.address import to_checksum_address

from jumpstart.chain import compiler
from jumpstart.chain.client import Chain
from jumpstart.chain.compiler import Artifact

# What the server's own description of its API asks for, no more: `0.8.37` passes, and has no compiler.
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")
_VERSION = re.compile(r"v?\d+\.\d+\.\d+.*")
_HASH = re.compile(r"0x[0-9a-f]{64}")
_REQUIRED = ("stdJsonInput", "compilerVersion", "contractIdentifier")
_NO_CONTRACT = "contract_not_found_in_compiler_output"
_INPUT_FIELDS = {"language", "sources", "settings", "storage_layout_overrides"}

Outcome = tuple[str | None, str | None]
"""How well creation and runtime code match: `exact_match`, `match` or None."""


class RefusalError(Exception):
    def __init__(self, status: int, code: str, message: str) -> None:
        self.status, self.code, self.message = status, code, message

    @property
    def content(self) -> dict[str, str]:
        return {"customCode": self.code, "message": self.message, "errorId": str(uuid.uuid4())}


@dataclass
class Job:
    """`looks`: how often it, or its contract, is asked for before it is done."""

    number: str
    address: str
    looks: int
    body: dict[str, Any]
    answer: dict[str, Any] | None = None


@dataclass
class Sourcify:
    """What the server knows and does. `looks`: of each new job."""

    chain: Chain
    url: str = ""
    looks: int = 1
    busy: int = 0
    """So many requests are answered with 429 first."""
    patience: str = ""
    """What these ask for in `Retry-After`."""
    silent: bool = False
    lost: int = 0
    """So many contracts are taken without an answer."""
    asked: list[str] = field(default_factory=list)
    verified: dict[str, Outcome] = field(default_factory=dict)
    """By address, in lower case."""
    jobs: dict[str, Job] = field(default_factory=dict)

    def contract(self, chain_id: str, address: str) -> tuple[int, dict[str, Any]]:
        self._check_place(chain_id, address)
        for job in self.jobs.values():
            if job.address.lower() == address.lower():
                self._look(job)
        found = self._minimal(address, self.verified.get(address.lower(), (None, None)))
        return 200 if found["match"] else 404, found

    def submit(self, chain_id: str, address: str, body: Any) -> tuple[int, dict[str, Any]]:
        self._check_place(chain_id, address)
        _check_body(body)
        if self.verified.get(address.lower()) == ("exact_match", "exact_match"):
            raise RefusalError(409, "already_verified", f"Contract {address} is already verified")
        if any(job.address == address and job.answer is None for job in self.jobs.values()):
            raise RefusalError(
                429, "duplicate_verification_request", f"{address} is already being verified"
            )
        job = Job(str(uuid.uuid4()), address, self.looks, body)
        self.jobs[job.number] = job
        return 202, {"verificationId": job.number}

    def job(self, number: str) -> tuple[int, dict[str, Any]]:
        if number not in self.jobs:
            raise RefusalError(404, "job_not_found", f"No verification job found for id {number}")
        job = self.jobs[number]
        self._look(job)
        pending = {
            "isJobCompleted": False,
            "contract": self._minimal(job.address, (None, None)),
        }
        return 200, {"verificationId": number, **(job.answer or pending)}

    def _check_place(self, chain_id: str, address: str) -> None:
        if not chain_id.isdecimal() or not _ADDRESS.fullmatch(address):
            raise RefusalError(400, "invalid_parameter", f"no contract {chain_id}/{address}")
        if chain_id != str(self.chain.chain_id):
            raise RefusalError(404, "unsupported_chain", f"Chain {chain_id} not found")

    def _minimal(self, address: str, outcome: Outcome) -> dict[str, Any]:
        match = "exact_match" if "exact_match" in outcome else outcome[1] or outcome[0]
        return {
            "match": match,
            "creationMatch": outcome[0],
            "runtimeMatch": outcome[1],
            "chainId": str(self.chain.chain_id),
            "address": address,
        }

    def _look(self, job: Job) -> None:
        """Ends the job once it was looked at often enough."""
        if job.answer is not None:
            return
        if job.looks:
            job.looks -= 1
            return
        outcome: Outcome = (None, None)
        error = {}
        try:
            outcome = self._outcome(job.address, job.body)
            self._keep(job.address, outcome)
        except RefusalError as refusal:
            outcome, error = (None, None), {"error": refusal.content}
        job.answer = {
            "isJobCompleted": True,
            "contract": self._minimal(job.address, outcome),
            **error,
        }

    def _keep(self, address: str, outcome: Outcome) -> None:
        """Only what is better than before is kept; what is not is an error of the job."""
        before = self.verified.get(address.lower())
        if before is not None and all(map(_is_no_better, outcome, before)):
            raise RefusalError(
                200, "already_verified", "The contract is already verified, and no better now"
            )
        self.verified[address.lower()] = outcome

    def _outcome(self, address: str, body: dict[str, Any]) -> Outcome:
        code = self.chain.code(address)
        if not code:
            raise RefusalError(200, "contract_not_deployed", f"there is no contract at {address}")
        artifact = self._compiled(body)
        runtime = None
        tail = int.from_bytes(code[-2:]) + 2  # the metadata at the end, and its length
        bare = artifact.without_immutables(artifact.runtime_code)
        if artifact.matches(code):
            runtime = "exact_match"
        elif len(code) == len(bare) and artifact.without_immutables(code)[:-tail] == bare[:-tail]:
            runtime = "match"
        creation = self._creation_match(artifact, address, body.get("creationTransactionHash"))
        if runtime is None and creation is None:
            raise RefusalError(200, "no_match", "The deployed and recompiled bytecode don't match.")
        return creation, runtime

    def _creation_match(
        self, artifact: Artifact, address: str, transaction: str | None
    ) -> str | None:
        if transaction is None:
            return None
        receipt = self.chain.receipt(transaction)
        if receipt is None or receipt.contract_address != to_checksum_address(address):
            return None
        sent = bytes.fromhex(
            self.chain.request("eth_getTransactionByHash", transaction)["input"][2:]
        )
        return "exact_match" if sent.startswith(artifact.creation_code) else None

    def _compiled(self, body: dict[str, Any]) -> Artifact:
        source, _, name = body["contractIdentifier"].rpartition(":")
        given, own = body["stdJsonInput"], compiler.standard_json_input()
        if body["compilerVersion"].removeprefix("v") != _own_version():
            raise RefusalError(200, "invalid_compiler_version", "Invalid compiler version.")
        if _essence(given) == _essence(own):
            artifact = compiler.compile_contracts()[name]
            if artifact.source != source:
                raise RefusalError(200, _NO_CONTRACT, f"{source} has no {name}")
            return artifact
        if source not in given["sources"]:
            raise RefusalError(200, _NO_CONTRACT, f"{source} is not among the sources")
        selection = own["settings"]["outputSelection"]
        outputs = next(iter(selection.values()))
        asked = {**given["settings"], "outputSelection": {source: outputs}}
        root = compiler.PROJECT_ROOT
        try:
            output = compiler._run({**given, "settings": asked}, compiler._binary(root), root)
        except compiler.CompileError as error:
            raise RefusalError(200, "compiler_error", f"Compiler error. {error}") from None
        artifacts = compiler._artifacts_of([output])
        if name not in artifacts:
            raise RefusalError(200, _NO_CONTRACT, f"{source} has no {name}")
        return artifacts[name]


def _check_body(body: Any) -> None:
    """Raises `RefusalError` for what is no request to verify."""

    def need(condition: bool, message: str) -> None:
        if not condition:
            raise RefusalError(400, "invalid_parameter", message)

    need(isinstance(body, dict), "request/body must be object")
    for name in _REQUIRED:
        need(name in body, f"request/body must have required property '{name}'")
    transaction = body.get("creationTransactionHash")
    need(transaction is None or bool(_HASH.fullmatch(transaction)), "creationTransactionHash")
    need(bool(_VERSION.fullmatch(body["compilerVersion"])), "compilerVersion must match pattern")
    given = body["stdJsonInput"]
    for name in ("language", "sources"):
        need(bool(given.get(name)), f"Standard JSON input must contain a {name} field.")
    sources = given["sources"].values()
    need(all(each.get("content") for each in sources), "Standard JSON input must have contents.")
    unknown = sorted(set(given) - _INPUT_FIELDS)
    need(not unknown, f"Standard JSON input contains unsupported top-level field(s): {unknown}")
    need(":" in body["contractIdentifier"], "The contractIdentifier must have a path and a name")


def _is_no_better(now: str | None, before: str | None) -> bool:
    ranks = (None, "match", "exact_match")
    return ranks.index(now) <= ranks.index(before)


@functools.cache
def _own_version() -> str:
    artifact = next(iter(compiler.compile_contracts().values()))
    version: str = json.loads(artifact.metadata)["compiler"]["version"]
    return version


def _essence(given: dict[str, Any]) -> Any:
    settings = {
        name: value for name, value in given["settings"].items() if name != "outputSelection"
    }
    return given["language"], given["sources"], settings


@contextmanager
def serve(chain: Chain) -> Iterator[Sourcify]:
    """The server, as long as the block lasts."""
    state = Sourcify(chain)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(None)

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            try:
                self._answer(json.loads(raw))
            except ValueError:
                self._write(400, RefusalError(400, "invalid_json", "not JSON").content)

        def _answer(self, body: Any) -> None:
            state.asked.append(f"{self.command} {self.path}")
            if state.silent:
                self.close_connection = True
                return
            if state.busy:
                state.busy -= 1
                too_many = RefusalError(429, "too_many_requests", "You are sending too many")
                self._write(429, too_many.content)
                return
            try:
                match self.path.strip("/").split("/"):
                    case ["v2", "contract", chain_id, address]:
                        self._write(*state.contract(chain_id, address))
                    case ["v2", "verify", chain_id, address] if self.command == "POST":
                        taken = state.submit(chain_id, address, body)
                        if state.lost:
                            state.lost -= 1
                            self.close_connection = True
                            return
                        self._write(*taken)
                    case ["v2", "verify", job] if self.command == "GET":
                        self._write(*state.job(job))
                    case _:
                        raise RefusalError(404, "route_not_found", self.path)
            except RefusalError as refusal:
                self._write(refusal.status, refusal.content)

        def _write(self, status: int, content: dict[str, Any]) -> None:
            raw = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            if status == 429 and state.patience:
                self.send_header("Retry-After", state.patience)
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        state.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield state
        finally:
            server.shutdown()
            thread.join(5)
