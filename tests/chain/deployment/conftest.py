"""One chain for the deployments of a module: they need one without a factory, and to themselves."""

from collections.abc import Iterator
from typing import Literal

import pytest

from jumpstart.chain.client import Chain
from jumpstart.chain.compiler import Artifacts
from jumpstart.chain.node import LocalNode
from jumpstart.deployment import record
from tests.chain.conftest import START
from tests.chain.deployment.scene import Scene


@pytest.fixture(scope="module")
def scene(chain_kind: Literal["ganache", "anvil"], artifacts: Artifacts) -> Iterator[Scene]:
    with LocalNode(chain_kind, start_time=START) as node:
        yield Scene(Chain.connect(node.url, artifacts=artifacts))


@pytest.fixture(autouse=True)
def _short_compiler_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read once: every record of a sweep would read all the sources again."""
    text = record.compiler_input()
    monkeypatch.setattr(record, "compiler_input", lambda: text)
