"""Endpoint: one node, asked over HTTP, and what each way of not answering means.

Knows JSON-RPC, its framing and its failures. Refuses to know what is asked. Nothing is retried here.
"""

import email.utils
import json
import re
import threading
import time
from collections.abc import Sequence
from typing import Any, Final

import requests
from urllib3.exceptions import HTTPError

from jumpstart.chain.urls import is_here, shown_url
from jumpstart.errors import InputError
from jumpstart.snapshot.fetch.limits import Limits
from jumpstart.snapshot.fetch.policy import Policy

_PART: Final = 1 << 16
_WORDS: Final = 160  # characters of a stranger's message that are repeated
_BUSY: Final = re.compile(
    r"rate.?limit|too many (concurrent )?requests|request (rate|count)|throughput|compute units"
    r"|capacity|quota|try again|overloaded|busy|throttl",
    re.IGNORECASE,
)
_BUSY_CODES: Final = (429, -32029)
_BUSY_STATUS: Final = 429
_HASTY: Final = 3  # failures in a row, of whatever kind, before a node is left alone
_REFUSING_STATUS: Final = (401, 403, 404, 405)


class UnansweredError(Exception):
    """No answer, or none that is whole. `is_busy`: waiting helps. `is_much`: asking for less may."""

    def __init__(
        self,
        reason: str,
        *,
        is_busy: bool = False,
        is_much: bool = False,
        wait: float | None = None,
    ) -> None:
        super().__init__(reason)
        self.is_busy = is_busy
        self.is_much = is_much
        self.wait = wait
        """What the node asked for, in seconds."""


class RefusedError(Exception):
    """An answer: the node will not do it."""


class Endpoint:
    """One node at one address, to be used by many threads."""

    def __init__(self, url: str, policy: Policy) -> None:
        if not url.startswith(("http://", "https://")):
            raise InputError("the address of a node is http://.. or https://..")
        self.name = shown_url(url)
        self.limits = Limits(span=policy.first_span, rows=policy.answer_rows)
        self.takes_batches = True
        self.in_flight = 0
        self.failures = 0
        """Since its last answer."""
        self.rests_until = 0.0
        self.counts: dict[str, int] = {}
        """Requests by method; a message with several counts once, as `batch`."""
        self._url = url
        self._policy = policy
        self._local = threading.local()
        self._lock = threading.Lock()

    def request(self, method: str, params: Sequence[Any]) -> Any:
        """The result. Raises `RefusedError` and `UnansweredError`."""
        answer = self._post(method, _call(1, method, params))
        if not isinstance(answer, dict):
            raise UnansweredError("answers with what is no answer", is_much=True)
        return _result(answer)

    def batch(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        """The results of several requests in one message, in their order; of one that is refused, the
        error. Raises as `request`; `RefusedError` for a node that takes only one at a time.
        """
        message = [_call(place, *call) for place, call in enumerate(calls)]
        answers = self._post("batch", message)
        if isinstance(answers, dict):
            _result(answers)
        if not isinstance(answers, list):
            raise RefusedError("answers several requests with one answer")
        by_id = {answer.get("id"): answer for answer in answers if isinstance(answer, dict)}
        if by_id.keys() != set(range(len(calls))):
            raise UnansweredError(f"answers {len(by_id)} of {len(calls)} requests", is_much=True)
        return [_result_or_refusal(by_id[place]) for place in range(len(calls))]

    def note_answer(self) -> None:
        """It is there."""
        self.failures = 0

    def note_failure(self, error: UnansweredError, draw: float) -> None:
        """It is not; while it is busy it is left alone, for a part `draw` of the time that grows with
        every failure.
        """
        with self._lock:
            self.failures += 1
            if error.is_busy or self.failures > _HASTY:
                policy = self._policy
                most = min(
                    policy.rest_seconds * 2 ** min(self.failures, 16), policy.rest_most_seconds
                )
                wait = max(most * draw, error.wait or 0.0)
                self.rests_until = max(self.rests_until, time.monotonic() + wait)

    # ------------------------------------------------------------------------------------ transport

    def _post(self, name: str, message: Any) -> Any:
        with self._lock:
            self.in_flight += 1
            self.counts[name] = self.counts.get(name, 0) + 1
        try:
            return self._exchanged(message)
        except requests.Timeout:
            raise self._late() from None
        except (requests.RequestException, HTTPError, OSError):
            raise UnansweredError("cannot be reached", is_busy=True) from None
        finally:
            with self._lock:
                self.in_flight -= 1

    def _exchanged(self, message: Any) -> Any:
        until = time.monotonic() + self._policy.answer_seconds
        with self._session.post(
            self._url,
            json=message,
            timeout=self._policy.answer_seconds,
            allow_redirects=False,
            stream=True,
        ) as answer:
            if answer.status_code != requests.codes.ok:
                raise _status(answer)
            text = self._read(answer, until)
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            raise UnansweredError("answers with what is no JSON", is_much=True) from None

    def _read(self, answer: requests.Response, until: float) -> bytes:
        text = bytearray()
        try:
            # What has arrived, not a whole part: a slow sender must not outlast the limit.
            while part := answer.raw.read1(_PART, decode_content=True):
                text += part
                if len(text) > self._policy.answer_bytes:
                    most = self._policy.answer_bytes
                    raise UnansweredError(f"answers with more than {most} bytes", is_much=True)
                if time.monotonic() > until:
                    raise self._late()
        except (requests.RequestException, HTTPError, OSError):
            raise UnansweredError("breaks off its answer", is_much=True) from None
        return bytes(text)

    def _late(self) -> UnansweredError:
        seconds = self._policy.answer_seconds
        return UnansweredError(f"did not answer in {seconds:g} s", is_much=True)

    @property
    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = requests.Session()
            # A proxy of the environment has no business between us and our own machine.
            session.trust_env = not is_here(self._url)
        return session


def _call(place: int, method: str, params: Sequence[Any]) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": place, "method": method, "params": list(params)}


def _result(answer: dict[str, Any]) -> Any:
    error = answer.get("error")
    if error is not None:
        known = error if isinstance(error, dict) else {"message": error}
        text = _plain(known.get("message", ""))
        if known.get("code") in _BUSY_CODES or _BUSY.search(text):
            raise UnansweredError(f"refuses: {text}", is_busy=True)
        raise RefusedError(f"refuses: {text or 'without a reason'}")
    if "result" not in answer:
        raise UnansweredError("answers with what is no answer", is_much=True)
    return answer["result"]


def _result_or_refusal(answer: dict[str, Any]) -> Any:
    try:
        return _result(answer)
    except RefusedError as error:
        return error


def _status(answer: requests.Response) -> UnansweredError | RefusedError:
    status = answer.status_code
    text = f"answers with HTTP status {status}"
    if status in _REFUSING_STATUS:
        return RefusedError(text)
    is_busy = status == _BUSY_STATUS or status >= requests.codes.internal_server_error
    return UnansweredError(
        text,
        is_busy=is_busy,
        is_much=status != _BUSY_STATUS,
        wait=_wait(answer.headers.get("Retry-After")) if is_busy else None,
    )


def _wait(text: str | None) -> float | None:
    """What Retry-After says, in seconds or as a date."""
    if text is None:
        return None
    if text.isascii() and text.isdecimal():
        return float(text)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - time.time())
    except ValueError:
        return None


def _plain(message: object) -> str:
    """One line of a stranger's text, without what would move a terminal's cursor."""
    text = "".join(each if each.isprintable() else " " for each in str(message))
    return " ".join(text.split())[:_WORDS]
