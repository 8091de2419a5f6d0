"""A browser, and the chain of the other tests."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.chain.conftest import (
    _isolation,
    _module_isolation,
    buyer,
    chain,
    chain_kind,
    deployer,
    node,
    people,
    stage,
)

__all__ = [
    "_isolation",
    "_module_isolation",
    "buyer",
    "chain",
    "chain_kind",
    "deployer",
    "node",
    "people",
    "stage",
]

CHROMIUM = "/usr/bin/chromium"
_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=list(_OPTIONS))
        yield started
        started.close()
