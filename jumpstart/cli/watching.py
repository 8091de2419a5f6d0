"""`jumpstart audit --watch`: rounds until a signal ends them."""

import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

import typer

from jumpstart.errors import ChainError, CheckError, InputError, ToolError
from jumpstart.pages.numerals import clock, grouped
from jumpstart.signals import until_signal

if TYPE_CHECKING:
    from jumpstart.audit.metrics import Metrics
    from jumpstart.audit.watch import Round, Watch

_PAUSE_MOST: Final = 60  # seconds between tries of a node that does not answer
_HOST: Final = "127.0.0.1"
_PORTS: Final = 65_535


def follow(watch: "Watch", every: float, metrics: str | None) -> None:
    """Does a round whenever there is a new block, and says what it brought.

    Ends with SIGTERM or SIGINT: raises `CheckError` if anything differed, `ToolError` if the last round
    could not be done.
    """
    from jumpstart.audit.metrics import Metrics

    subject = watch.subject
    with ExitStack() as stack:
        ended = stack.enter_context(until_signal())
        served = None
        if metrics is not None:
            address = subject.sale.address
            served = stack.enter_context(
                Metrics(address, subject.chain.chain_id, *address_of(metrics))
            )
            typer.echo(
                f"metrics at http://{address_of(metrics)[0]}:{served.port}/metrics", err=True
            )
        _Following(watch, every, served, ended).run()


class _Following:
    def __init__(
        self, watch: "Watch", every: float, metrics: "Metrics | None", ended: threading.Event
    ) -> None:
        self._watch, self._every, self._metrics, self._ended = watch, every, metrics, ended
        self._rolled_back = 0
        self._alarms = 0
        self._failed: str | None = None

    def run(self) -> None:
        pause = self._every
        while True:
            pause = min(2 * pause, _PAUSE_MOST) if not self._once() else self._every
            if self._ended.wait(pause):
                break
        if self._alarms:
            raise CheckError(f"{self._alarms} values differed while the sale was followed")
        if self._failed is not None:
            raise ToolError(f"the last round could not be done: {self._failed}")

    def _once(self) -> bool:
        """One round; says whether it could be done."""
        try:
            found = self._watch.round()
        except (ChainError, ToolError) as error:
            if self._failed is None:
                typer.echo(f"NOT DONE  {error}; trying again", err=True)
            self._failed = str(error)
            if self._metrics:
                self._metrics.failed()
            return False
        if self._failed is not None:
            typer.echo("the node answers again", err=True)
            self._failed = None
        if found is None:
            if self._metrics:
                self._metrics.idle()
            return True
        self._tell(found)
        return True

    def _tell(self, found: "Round") -> None:
        rolled_back = self._watch.rolled_back - self._rolled_back
        self._rolled_back = self._watch.rolled_back
        if self._metrics:
            self._metrics.done(found, rolled_back)
        for each in found.alarms:
            typer.echo(f"DIFFERS  {each}", err=True)
        self._alarms += len(found.alarms)
        if not (found.events or found.alarms or rolled_back):
            return
        events = f"{grouped(found.events)} event{'s' if found.events != 1 else ''}"
        verdict = f"{grouped(len(found.different))} differ" if found.different else "all agree"
        again = "; the chain was rolled back" if rolled_back else ""
        undone = f"; {len(found.undone)} could not be compared" if found.undone else ""
        typer.echo(
            f"block {found.head.number}, {clock(found.head.timestamp)}: {events}; of "
            f"{grouped(found.compared)} values {verdict}{undone}{again}"
        )


def address_of(metrics: str) -> tuple[str, int]:
    """HOST:PORT, or a port of this machine alone. Raises `InputError`."""
    host, _, port = metrics.rpartition(":")
    if not port.isascii() or not port.isdigit() or int(port) > _PORTS:
        raise InputError(f"--metrics: {metrics!r} is not PORT or HOST:PORT")
    return host.strip("[]") or _HOST, int(port)
