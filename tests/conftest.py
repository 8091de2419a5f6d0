"""What every kind of test shares. Nothing here starts a chain or a compiler until a test asks."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from jumpstart.chain.compiler import Artifacts


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--chain",
        choices=("ganache", "anvil"),
        default="ganache",
        help="the local chain that the chain tests run on",
    )


@pytest.fixture(scope="session")
def artifacts() -> "Artifacts":
    """Every contract, compiled once and then read from build/."""
    from jumpstart.chain.compiler import compile_contracts

    return compile_contracts()
