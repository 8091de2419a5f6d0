"""A server that speaks Sourcify's API, version 2, as documented, and refuses what the real one refuses.

It compiles what it is sent, with the project's own compiler, and compares with the code on the chain. What the project
itself compiles to it need not compile again.
"""

import json
import re
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from jumpstart.chain import compiler
from jumpstart.chain.client import Chain
from jumpstart.chain.compiler import Artifact

_VERSION = re.compile(r"\d+\.\d+\.\d+\+commit\.[0-9a-f]{8}")
_IDENTIFIER = re.compile(r".+:[A-Za-z_$][\w$]*")
_FIELDS = {"stdJsonInput", "compilerVersion", "contractIdentifier", "creationTransactionHash"}


class RefusalError(Exception):
    def __init__(self, status: int, code: str, message: str) -> None:
        self.status, self.code, self.message = status, code, message


@dataclass
class Sourcify:
    """What the server knows and does. `looks`: how often a job is asked for before it is done."""

    chain: Chain
    url: str = ""
    looks: int = 1
    busy: int = 0
    """So many requests are answered with 429 first."""
    silent: bool = False
    asked: list[str] = field(default_factory=list)
    verified: dict[str, str] = field(default_factory=dict)
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)

    def contract(self, chain_id: str, address: str) -> tuple[int, dict[str, Any]]:
        match = self.verified.get(address.lower())
        status = 200 if match else 404
        return status, {
            "match": match,
            "creationMatch": None,
            "runtimeMatch": match,
            "chainId": chain_id,
            "address": address,
        }

    def submit(self, chain_id: str, address: str, body: Any) -> tuple[int, dict[str, Any]]:
        if not isinstance(body, dict) or not _FIELDS - {"creationTransactionHash"} <= set(body):
            raise RefusalError(400, "invalid_parameter", "a required field is missing")
        if unknown := sorted(set(body) - _FIELDS):
            raise RefusalError(400, "invalid_parameter", f"unknown field {unknown[0]}")
        if not _VERSION.fullmatch(body["compilerVersion"]):
            raise RefusalError(400, "invalid_parameter", "compilerVersion is not a full version")
        if not _IDENTIFIER.fullmatch(body["contractIdentifier"]):
            raise RefusalError(400, "invalid_parameter", "contractIdentifier is not path:name")
        if chain_id != str(self.chain.chain_id):
            raise RefusalError(400, "unsupported_chain", f"chain {chain_id} is not supported")
        if self.verified.get(address.lower()) == "exact_match":
            raise RefusalError(409, "already_verified", f"{address} is already verified")
        if any(job["address"] == address and job["looks"] for job in self.jobs.values()):
            raise RefusalError(429, "duplicate_verification_request", "under way already")
        job = str(uuid.uuid4())
        self.jobs[job] = {"address": address, "looks": self.looks, "body": body}
        return 202, {"verificationId": job}

    def job(self, number: str) -> tuple[int, dict[str, Any]]:
        job = self.jobs.get(number)
        if job is None:
            raise RefusalError(404, "job_not_found", f"no job {number}")
        if job["looks"]:
            job["looks"] -= 1
            return 200, {"isJobCompleted": False, "verificationId": number}
        answer: dict[str, Any] = {"isJobCompleted": True, "verificationId": number}
        try:
            match = self._match(job["address"], job["body"])
        except RefusalError as refusal:
            return 200, {
                **answer,
                "contract": {"match": None, "address": job["address"]},
                "error": {
                    "customCode": refusal.code,
                    "message": refusal.message,
                    "errorId": number,
                },
            }
        self.verified[job["address"].lower()] = match
        return 200, {**answer, "contract": {"match": match, "address": job["address"]}}

    def _match(self, address: str, body: dict[str, Any]) -> str:
        code = self.chain.code(address)
        if not code:
            raise RefusalError(404, "contract_not_deployed", f"{address} has no code")
        artifact = self._compiled(body)
        version = json.loads(artifact.metadata)["compiler"]["version"]
        if body["compilerVersion"] != version:
            raise RefusalError(400, "unsupported_compiler_version", f"there is {version} only")
        if artifact.matches(code):
            return "exact_match"
        tail = int.from_bytes(code[-2:]) + 2  # the metadata at the end, and its length
        bare = artifact.without_immutables(artifact.runtime_code)
        if len(code) == len(bare) and artifact.without_immutables(code)[:-tail] == bare[:-tail]:
            return "match"
        raise RefusalError(400, "no_match", "the code on the chain is not what the sources give")

    def _compiled(self, body: dict[str, Any]) -> Artifact:
        source, _, name = body["contractIdentifier"].rpartition(":")
        given, own = body["stdJsonInput"], compiler.standard_json_input()
        if _essence(given) == _essence(own):
            artifact = compiler.compile_contracts()[name]
            if artifact.source != source:
                raise RefusalError(400, "contract_not_found", f"{source} has no {name}")
            return artifact
        if source not in given["sources"]:
            raise RefusalError(400, "contract_not_found", f"{source} is not among the sources")
        selection = own["settings"]["outputSelection"]
        outputs = next(iter(selection.values()))
        asked = {**given["settings"], "outputSelection": {source: outputs}}
        root = compiler.PROJECT_ROOT
        try:
            output = compiler._run({**given, "settings": asked}, compiler._binary(root), root)
        except compiler.CompileError as error:
            raise RefusalError(400, "compiler_error", str(error)) from None
        artifacts = compiler._artifacts_of([output])
        return artifacts[name]


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
                self._write(
                    400, {"customCode": "invalid_json", "message": "not JSON", "errorId": ""}
                )

        def _answer(self, body: Any) -> None:
            state.asked.append(f"{self.command} {self.path}")
            if state.silent:
                self.close_connection = True
                return
            if state.busy:
                state.busy -= 1
                self._write(429, {})
                return
            try:
                match self.path.strip("/").split("/"):
                    case ["v2", "contract", chain_id, address]:
                        self._write(*state.contract(chain_id, address))
                    case ["v2", "verify", chain_id, address] if self.command == "POST":
                        self._write(*state.submit(chain_id, address, body))
                    case ["v2", "verify", job] if self.command == "GET":
                        self._write(*state.job(job))
                    case _:
                        raise RefusalError(404, "route_not_found", self.path)
            except RefusalError as refusal:
                content = {"customCode": refusal.code, "message": refusal.message, "errorId": "x"}
                self._write(refusal.status, content)

        def _write(self, status: int, content: dict[str, Any]) -> None:
            raw = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
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
