"""A chain without a node: for what was read from one earlier. Every question is refused."""

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from jumpstart.chain.client import Chain
from jumpstart.chain.compiler import Artifact
from jumpstart.errors import ChainError


class NodeAbsent(ChainError):  # noqa: N818 (a state, not a fault)
    """There is no node to ask."""


class AbsentChain(Chain):
    """Has the number of its chain and the artifacts, so that contracts on it have names and events."""

    def __init__(self, chain_id: int, *, artifacts: Mapping[str, Artifact]) -> None:
        # Not that of `Chain`, which begins with a question.
        self.url = ""
        self.artifacts = artifacts
        self.chain_id = chain_id

    def learn(self, artifact: Artifact) -> None:
        """Nothing is ever refused by a contract here."""

    def request(self, method: str, *params: Any) -> NoReturn:
        raise NodeAbsent(f"{method}: there is no node to ask")

    def batch(self, requests: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        return [self.request(method, *params) for method, params in requests]
