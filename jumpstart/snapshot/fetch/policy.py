"""Policy: how hard nodes are asked, how long they are waited for, and how much is looked at twice."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Times in seconds."""

    requests: int = 4
    """In flight at each node."""
    answer_seconds: float = 30.0
    """For one whole answer."""
    patience_seconds: float = 300.0
    """For one question, with all that it takes to have it answered."""
    rest_seconds: float = 0.5
    """After a first refusal for being busy; doubled with each further one."""
    rest_most_seconds: float = 30.0
    answer_bytes: int = 128 << 20
    first_span: int = 1_000
    """Blocks that a node is asked for before anything is known of it."""
    answer_rows: int = 5_000
    """Logs that an answer should have at most."""
    part_rows: int = 1 << 16
    """Rows that are written down together, at least; fewer when they come slowly."""
    part_seconds: float = 2.0
    small: int = 4_096
    """Blocks of a fetch whose headers are all read: a small chain is looked at whole."""
    headers_of_range: int | None = 16
    """Of a larger one, so many headers of blocks with logs are read of each range, drawn; None for every
    one.
    """
    recent: int = 256
    """Blocks before the head that may still be replaced, whatever nodes call final."""
    tries: int = 4
    """Of a range whose answers contradict each other or their headers, before it is refused."""
