"""Steps: what a deployment consists of. Each is one transaction, and what must be true after it.

A step does not know how it is sent. What it needs of the steps before it (the number of an
application, say) comes in as their results; whether it is done is read from the chain alone, so that
a step somebody else did counts as well.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from jumpstart.chain.client import Chain, Receipt
from jumpstart.errors import ChainError

Results: TypeAlias = Mapping[str, Mapping[str, Any]]
"""By the key of each step that is done, what it made: plain values for JSON."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """A transaction as far as the step decides it, and what of it people are shown: `arguments` with
    units and people by role, `creates` names and addresses.
    """

    to: str
    data: bytes
    value: int = 0
    target: str
    function: str
    arguments: tuple[tuple[str, str], ...] = ()
    creates: tuple[tuple[str, str], ...] = ()


class UnrehearsableError(ChainError):
    """What others have to do cannot be done for them, even on a copy. The text says why."""


class Look(Protocol):
    """Reads what a step is for. None: not true at this block; else the results.

    `receipt` is that of the step's own transaction, where there is one.
    """

    def __call__(
        self, chain: Chain, results: Results, block: int, receipt: Receipt | None
    ) -> Mapping[str, Any] | None: ...


@dataclass(frozen=True, kw_only=True)
class Step:
    """One transaction. It can be sent when the steps in `after` are done, and is not needed when the
    step `serves`, which it only prepares, is done.
    """

    key: str
    title: str
    after: tuple[str, ...] = ()
    serves: str | None = None
    call: Callable[[Results], Call]
    look: Look
    presigned: bytes | None = None
    """The whole transaction, where it is somebody else's and signed."""


@dataclass(frozen=True, kw_only=True)
class Gate:
    """What other people have to do before it goes on. `rehearse` does it on a copy of the chain, or
    raises `UnrehearsableError`.
    """

    key: str
    title: str
    who: str
    after: tuple[str, ...]
    look: Look
    rehearse: Callable[[Chain, Results], None] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Contracted:
    """A contract that is part of what was deployed, and how its code is known."""

    name: str
    """Of the artifact."""
    address: str
    step: str
    """The key of the step that made it."""
    arguments: bytes = b""
    """Of its constructor, encoded; of a clone, what its code ends with."""
    implementation: str | None = None
    """Of a clone."""


class Deployment(Protocol):
    """What is deployed: a platform, or a sale on one."""

    @property
    def kind(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def chain_id(self) -> int: ...

    @property
    def sender(self) -> str: ...

    @property
    def people(self) -> Mapping[str, str]:
        """Addresses to the names that people know them by."""

    @property
    def inputs(self) -> Mapping[str, Any]:
        """All that decides the steps, in plain values for JSON: two deployments with the same inputs
        are the same.
        """

    @property
    def steps(self) -> tuple[Step | Gate, ...]:
        """In an order in which they can be sent one by one."""

    def contracts(self, results: Results) -> tuple[Contracted, ...]:
        """All that stands when every step is done."""
