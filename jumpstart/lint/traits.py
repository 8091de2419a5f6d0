"""What a token was found to do that a sale must know of. Knows no chain and asks nothing."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Trait:
    """One behaviour of a token, by its code, such as `fee-on-transfer`."""

    code: str
    holds: bool | None
    """None where it could not be found out; `detail` then says why."""
    detail: str
    """One sentence, with the figures that were seen."""
