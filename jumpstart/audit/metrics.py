"""What a watch shows to a monitoring system, in the text format of Prometheus.

Amounts are left out: a sample is a floating-point number, and money is not.
"""

from types import TracebackType
from typing import Final, Self, get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, start_http_server

from jumpstart.audit.findings import Kind
from jumpstart.audit.watch import Round
from jumpstart.errors import InputError

_SALE: Final = ("sale", "chain")


class Metrics:
    """Served over HTTP at an address of this machine until it is closed."""

    def __init__(self, sale: str, chain_id: int, host: str, port: int) -> None:
        """Raises `InputError` when nothing can be served there. Port 0: any that is free."""
        registry, labels = CollectorRegistry(), {"sale": sale, "chain": str(chain_id)}

        def gauge(name: str, meaning: str) -> Gauge:
            found: Gauge = Gauge(name, meaning, _SALE, registry=registry).labels(**labels)
            return found

        def counter(name: str, meaning: str) -> Counter:
            found: Counter = Counter(name, meaning, _SALE, registry=registry).labels(**labels)
            return found

        self._up = gauge("jumpstart_audit_up", "1 when the last round could be done")
        self._success = gauge(
            "jumpstart_audit_last_success_timestamp_seconds", "When a round was last done"
        )
        self._block = gauge("jumpstart_audit_block", "Number of the block compared last")
        self._time = gauge("jumpstart_audit_block_timestamp_seconds", "Its time")
        self._participants = gauge("jumpstart_audit_participants", "Accounts that have subscribed")
        self._undone = gauge("jumpstart_audit_undone", "Values that could not be compared")
        self._rounds = counter("jumpstart_audit_rounds", "Rounds that were done")
        self._failures = counter("jumpstart_audit_failures", "Rounds that could not be done")
        self._reorgs = counter("jumpstart_audit_reorgs", "Times that the chain was rolled back")
        self._events = counter("jumpstart_audit_events", "Events replayed")
        self._values = counter("jumpstart_audit_values", "Values compared")
        self._findings = Gauge(
            "jumpstart_audit_findings",
            "Values that differ, by what they belong to",
            (*_SALE, "kind"),
            registry=registry,
        )
        self._labels = labels
        for kind in get_args(Kind):
            self._findings.labels(**labels, kind=kind).set(0)
        try:
            self._server, self._thread = start_http_server(port, addr=host, registry=registry)
        except (OSError, OverflowError) as error:
            raise InputError(f"--metrics: {host}:{port}: {error}") from None

    @property
    def port(self) -> int:
        return int(self._server.server_port)

    def done(self, found: Round, rolled_back: int) -> None:
        """A round was done; so often the chain was rolled back since the last."""
        self._up.set(1)
        self._success.set_to_current_time()
        self._block.set(found.head.number)
        self._time.set(found.head.timestamp)
        self._participants.set(found.participants)
        self._undone.set(len(found.undone))
        self._rounds.inc()
        self._reorgs.inc(rolled_back)
        self._events.inc(found.events)
        self._values.inc(found.compared)
        for kind in get_args(Kind):
            count = sum(each.kind == kind for each in found.different)
            self._findings.labels(**self._labels, kind=kind).set(count)

    def idle(self) -> None:
        """The node answers, and there is no new block."""
        self._up.set(1)
        self._success.set_to_current_time()

    def failed(self) -> None:
        self._up.set(0)
        self._failures.inc()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
