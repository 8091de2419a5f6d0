"""Lots: the demo's choices, the same on every machine. Knows a seed, not what is chosen."""

import hashlib
from collections.abc import Sequence
from typing import Final, TypeVar

Choice = TypeVar("Choice")

_BYTES: Final = 16  # so many more than any bound that the bias cannot be seen


class Lots:
    """An endless row of integers out of one seed."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._drawn = 0

    def below(self, bound: int) -> int:
        """The next integer from 0 to `bound - 1`."""
        self._drawn += 1
        digest = hashlib.sha256(f"{self._seed}/{self._drawn}".encode()).digest()
        return int.from_bytes(digest[:_BYTES]) % bound

    def between(self, least: int, most: int) -> int:
        """The next integer from `least` to `most`, both included."""
        return least + self.below(most - least + 1)

    def one_of(self, choices: Sequence[Choice]) -> Choice:
        """One of the choices, each as likely as the others."""
        return choices[self.below(len(choices))]
