"""Wires: JSON-RPC to a signer, over HTTP or a unix socket, with a limit on time and on size.

Knows framing and time limits. Refuses to know any method, follows no redirect, and takes no proxy
of the environment for its own machine.
"""

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError, ReadTimeoutError

from jumpstart.chain.urls import is_here, shown_url
from jumpstart.errors import InputError

_MOST_BYTES: Final = 4 * 2**20
_PART: Final = 65_536
_MOST_WORDS: Final = 200  # characters of a stranger's message that are repeated


class WireError(Exception):
    """No answer, or none that JSON-RPC allows."""


class RemoteError(WireError):
    """The other end answered with an error."""

    def __init__(self, code: object, message: str) -> None:
        super().__init__(f"refuses: {message or 'without a reason'}")
        self.code = code
        self.message = message


class Wire(Protocol):
    def request(self, method: str, params: list[Any]) -> Any:
        """The result. Raises `WireError`."""
        ...


def wire_to(place: str, seconds: float) -> Wire:
    """The wire to an http(s) URL or to the path of a unix socket."""
    if "://" in place:
        try:
            parts = urlsplit(place)
            is_good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        except ValueError:
            is_good = False
        if not is_good:
            raise InputError("the address of a signer is http://.., https://.. or a socket's path")
        return _Http(place, seconds)
    return _Socket(Path(place).expanduser(), seconds)


class _Http:
    def __init__(self, url: str, seconds: float) -> None:
        self._url = url
        self._seconds = seconds
        self._session = requests.Session()
        self._session.trust_env = not is_here(url)

    def __repr__(self) -> str:
        return shown_url(self._url)

    def request(self, method: str, params: list[Any]) -> Any:
        until = time.monotonic() + self._seconds
        try:
            answer = self._session.post(
                self._url,
                json=_call(method, params),
                timeout=self._seconds,
                headers={"Accept-Encoding": "identity"},
                allow_redirects=False,
                stream=True,
            )
            with answer:
                # What has arrived, not a whole part: a slow sender must not outlast the limit.
                parts = iter(lambda: answer.raw.read1(_PART), b"")
                text = _gathered(parts, until, self._seconds)
        except (requests.Timeout, TimeoutError, ReadTimeoutError):
            raise _late(self._seconds) from None
        except (requests.RequestException, HTTPError, OSError) as error:
            raise WireError(f"does not answer ({type(error).__name__})") from None
        return _result(text)


class _Socket:
    def __init__(self, path: Path, seconds: float) -> None:
        self._path = path
        self._seconds = seconds

    def __repr__(self) -> str:
        return str(self._path)

    def request(self, method: str, params: list[Any]) -> Any:
        until = time.monotonic() + self._seconds
        try:
            with socket.socket(socket.AF_UNIX) as link:
                link.settimeout(self._seconds)
                link.connect(str(self._path))
                link.sendall(json.dumps(_call(method, params)).encode() + b"\n")
                return _result(_gathered(self._parts(link, until), until, self._seconds))
        except TimeoutError:
            raise _late(self._seconds) from None
        except OSError as error:
            raise WireError(f"does not answer ({type(error).__name__})") from None

    @staticmethod
    def _parts(link: socket.socket, until: float) -> Iterator[bytes]:
        # The other end leaves the line open: an answer ends where its JSON does, and Clef's own
        # library puts a line's end after it.
        text = b""
        while True:
            link.settimeout(max(until - time.monotonic(), 0.001))
            part = link.recv(_PART)
            yield part
            text += part
            if not part or part.endswith(b"\n") or _is_whole(text):
                return


def _call(method: str, params: list[Any]) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}


def _gathered(parts: Iterator[bytes], until: float, seconds: float) -> bytes:
    text = b""
    for part in parts:
        text += part
        if len(text) > _MOST_BYTES:
            raise WireError(f"answers with more than {_MOST_BYTES} bytes")
        if time.monotonic() > until:
            raise _late(seconds)
    return text


def _is_whole(text: bytes) -> bool:
    try:
        json.loads(text)
    except RecursionError:
        return True  # it will not get better
    except ValueError:
        return False
    return True


def _result(text: bytes) -> Any:
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        raise WireError("answers with what is no JSON") from None
    if not isinstance(answer, dict) or answer.get("id") != 1:
        raise WireError("answers with what is no answer")
    error = answer.get("error")
    if error is not None:
        known = error if isinstance(error, dict) else {"message": error}
        raise RemoteError(known.get("code"), _plain(known.get("message", "")))
    if "result" not in answer:
        raise WireError("answers with what is no answer")
    return answer["result"]


def _plain(message: object) -> str:
    """One line of a stranger's text, without what would move a terminal's cursor."""
    text = "".join(each if each.isprintable() else " " for each in str(message))
    return " ".join(text.split())[:_MOST_WORDS]


def _late(seconds: float) -> WireError:
    return WireError(f"did not answer in {seconds:.0f} s")
