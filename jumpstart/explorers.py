"""Explorers: the source of deployed contracts, for whoever looks at them there.

What is published is the compiler's whole input, as it was compiled, never flattened: code and
metadata then come out the same to the last byte. Speaks Sourcify's API, version 2, and writes
the files that other explorers ask for. Knows no chain.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import requests

from jumpstart.chain.compiler import Artifact
from jumpstart.chain.urls import shown_url
from jumpstart.errors import ChainError, CheckError, InputError
from jumpstart.files import write_text

Match = Literal["exact_match", "match"]

_REQUEST_SECONDS: Final = 60.0
_JOB_SECONDS: Final = 600.0
_PAUSE: Final = 0.5  # seconds, doubled with each look
_LONGEST_PAUSE: Final = 10.0
_ACCEPTED: Final = 202
_OK: Final = 200
_NOT_FOUND: Final = 404
_BUSY: Final = frozenset({429, 500, 502, 503, 504})
_TRIES: Final = 5

# What the server says of work it need not, or does not yet, do.
_ALREADY: Final = "already_verified"
_UNDER_WAY: Final = "duplicate_verification_request"


@dataclass(frozen=True, kw_only=True)
class Publication:
    """One contract with what an explorer needs to verify it. `transaction` is the one that made it,
    where it is known.
    """

    chain_id: int
    name: str
    address: str
    identifier: str
    """`contracts/X.sol:X`."""
    compiler: str
    """`0.8.37+commit.1a2b3c4d`."""
    licence: str
    """Of its source file, as that says: an SPDX identifier."""
    standard_input: Mapping[str, Any]
    constructor_arguments: bytes
    transaction: str | None

    @classmethod
    def of(
        cls,
        artifact: Artifact,
        standard_input: Mapping[str, Any],
        *,
        chain_id: int,
        address: str,
        constructor_arguments: bytes = b"",
        transaction: str | None = None,
    ) -> "Publication":
        """Of a contract as compiled. The compiler's full version and the licence stand in its
        metadata.
        """
        metadata = json.loads(artifact.metadata)
        return cls(
            chain_id=chain_id,
            name=artifact.name,
            address=address,
            identifier=f"{artifact.source}:{artifact.name}",
            compiler=metadata["compiler"]["version"],
            licence=metadata["sources"][artifact.source]["license"],
            standard_input=standard_input,
            constructor_arguments=constructor_arguments,
            transaction=transaction,
        )


def write_bundle(publication: Publication, folder: Path) -> tuple[Path, ...]:
    """Writes the three files of one contract for an explorer's form; returns their paths.

    The whole input, not only what the contract imports: the metadata that the code ends with has
    the same sources either way, but the order of code can depend on what was compiled beside it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder}: cannot be made: {error.strerror}") from None
    name = publication.name
    settings = publication.standard_input["settings"]
    about = {
        "contract": publication.identifier,
        "address": publication.address,
        "chainId": publication.chain_id,
        "compiler": f"v{publication.compiler}",
        "evmVersion": settings["evmVersion"],
        "optimizer": settings["optimizer"],
        "viaIR": settings["viaIR"],
        "license": publication.licence,
        "creationTransaction": publication.transaction,
    }
    contents = {
        f"{name}.standard-input.json": json.dumps(publication.standard_input, sort_keys=True),
        f"{name}.constructor-arguments.txt": publication.constructor_arguments.hex(),
        f"{name}.json": json.dumps(about, indent=2),
    }
    for file, content in contents.items():
        write_text(folder / file, content + "\n")
    return tuple(folder / file for file in contents)


class Sourcify:
    """A server that speaks Sourcify's API, version 2."""

    def __init__(self, url: str, *, seconds: float = _JOB_SECONDS) -> None:
        """`seconds`: how long one verification may take."""
        if not url.startswith(("http://", "https://")):
            raise InputError(f"--server: {url!r} is no address such as https://host")
        self._url = url.rstrip("/")
        self._seconds = seconds
        self._session = requests.Session()

    def __repr__(self) -> str:
        return f"<Sourcify at {shown_url(self._url)}>"

    def verify(self, publication: Publication) -> Match:
        """Has a contract verified, unless it is already, and says how well it matches.

        Raises `CheckError` with the server's own words when it does not, `ChainError` when the
        server does not answer as its API says.
        """
        body = {
            "stdJsonInput": publication.standard_input,
            "compilerVersion": publication.compiler,
            "contractIdentifier": publication.identifier,
        }
        if publication.transaction is not None:
            body["creationTransactionHash"] = publication.transaction
        until = time.monotonic() + self._seconds
        pause = _PAUSE
        while True:
            known = self.match_of(publication)
            if known == "exact_match":
                return known
            status, answer = self._ask("POST", f"v2/verify/{_place(publication)}", body)
            if answer.get("customCode") != _UNDER_WAY:
                break
            # Another's job, or ours, whose number was lost with the answer: its end shows there.
            pause = self._pause(publication, pause, until)
        if answer.get("customCode") == _ALREADY:
            return self._known(publication)
        if status != _ACCEPTED or "verificationId" not in answer:
            raise CheckError(f"{publication.name}: {_words(status, answer)}")
        return self._wait(publication, str(answer["verificationId"]), until)

    def match_of(self, publication: Publication) -> Match | None:
        """How well what the server has of an address matches; None: it has nothing."""
        status, answer = self._ask("GET", f"v2/contract/{_place(publication)}")
        if status == _NOT_FOUND:
            return None
        if status != _OK:
            raise CheckError(f"{publication.name}: {_words(status, answer)}")
        return _match_of(answer)

    def _known(self, publication: Publication) -> Match:
        found = self.match_of(publication)
        if found is None:
            raise ChainError(f"{publication.name}: the server says it is verified, and has nothing")
        return found

    def _wait(self, publication: Publication, job: str, until: float) -> Match:
        pause = _PAUSE
        while True:
            status, answer = self._ask("GET", f"v2/verify/{job}")
            if status != _OK:
                raise CheckError(f"{publication.name}: {_words(status, answer)}")
            if answer.get("isJobCompleted"):
                break
            pause = self._pause(publication, pause, until)
        found = _match_of(answer.get("contract") or {})
        if found is not None:
            return found
        error = answer.get("error") or {}
        if error.get("customCode") == _ALREADY:
            # It matched before as well as it does now, which is no failure of ours.
            return self._known(publication)
        raise CheckError(f"{publication.name}: {_words(status, error)}")

    def _pause(self, publication: Publication, pause: float, until: float) -> float:
        """Sleeps before the next look; how long to sleep after it. Raises `ChainError` when the time
        is over.
        """
        if time.monotonic() > until:
            raise ChainError(
                f"{publication.name}: not verified in {self._seconds:.0f} s; "
                "the server goes on, ask again"
            )
        time.sleep(pause)
        return min(2 * pause, _LONGEST_PAUSE)

    def _ask(self, method: str, path: str, body: object = None) -> tuple[int, dict[str, Any]]:
        """Status and content of an answer. What is asked can be asked again: a server that is busy
        is given time.
        """
        pause = _PAUSE
        for attempt in range(_TRIES):
            try:
                answer = self._session.request(
                    method, f"{self._url}/{path}", json=body, timeout=_REQUEST_SECONDS
                )
                content = answer.json()
            except requests.JSONDecodeError:
                content = {}
            except requests.RequestException as error:
                if attempt + 1 == _TRIES:
                    raise ChainError(f"{self!r} does not answer ({type(error).__name__})") from None
                time.sleep(pause)
                pause *= 2
                continue
            if not isinstance(content, dict):
                raise ChainError(f"{self!r} answers {method} {path} with no object")
            is_last = attempt + 1 == _TRIES
            is_busy = answer.status_code in _BUSY and content.get("customCode") != _UNDER_WAY
            if is_busy and not is_last:
                time.sleep(max(pause, _asked_pause(answer)))
                pause *= 2
                continue
            return answer.status_code, content
        raise AssertionError("unreachable")


def _asked_pause(answer: requests.Response) -> float:
    """How long the server asks to be left alone, up to our own patience. Seconds; a date is none."""
    asked = answer.headers.get("Retry-After", "")
    return min(float(asked), _LONGEST_PAUSE) if asked.isdecimal() else 0


def _place(publication: Publication) -> str:
    return f"{publication.chain_id}/{publication.address}"


def _match_of(answer: Mapping[str, Any]) -> Match | None:
    found = answer.get("match")
    if found == "exact_match":
        return "exact_match"
    return "match" if found == "match" else None


def _words(status: int, answer: Mapping[str, Any]) -> str:
    """What the server says, in one line."""
    code, message = answer.get("customCode"), answer.get("message")
    said = ": ".join(str(each) for each in (code, message) if each)
    return " ".join(said.split()) or f"the server answers {status} without a reason"
