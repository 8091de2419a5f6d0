"""One chain for the deployments of a module: they need one without a factory, and to themselves."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest

from jumpstart.chain.client import Chain
from jumpstart.chain.compiler import Artifacts
from jumpstart.chain.node import LocalNode
from jumpstart.deployment import record
from tests.chain.conftest import START
from tests.chain.deployment.scene import Scene
from tests.chain.deployment.trouble import Trouble, in_trouble


@pytest.fixture(scope="module")
def scene(chain_kind: Literal["ganache", "anvil"], artifacts: Artifacts) -> Iterator[Scene]:
    with LocalNode(chain_kind, start_time=START) as node:
        yield Scene(Chain.connect(node.url, artifacts=artifacts))


@pytest.fixture(scope="module")
def anvil_scene(artifacts: Artifacts) -> Iterator[Scene]:
    """On Anvil whatever chain the others run on: it can be made to go back, and to forget."""
    with LocalNode("anvil", start_time=START) as node:
        yield Scene(Chain.connect(node.url, artifacts=artifacts))


@pytest.fixture
def sale(anvil_scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Trouble]:
    with in_trouble(anvil_scene, "sale", tmp_path, monkeypatch) as trouble:
        yield trouble


@pytest.fixture
def platform(
    anvil_scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Trouble]:
    with in_trouble(anvil_scene, "platform", tmp_path, monkeypatch) as trouble:
        yield trouble


@pytest.fixture(autouse=True)
def _short_compiler_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read once: every record of a sweep would read all the sources again."""
    text = record.compiler_input()
    monkeypatch.setattr(record, "compiler_input", lambda: text)
