"""One way to say how a contract must refuse."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from eth_account.signers.local import LocalAccount
from eth_utils.address import is_address, to_checksum_address

from jumpstart.chain.client import Contract
from jumpstart.errors import ContractRevert


@contextmanager
def reverts(name: str, *args: object) -> Iterator[None]:
    """Passes only when a contract refuses by exactly this error with exactly these arguments.

    Accounts and contracts stand for their address. `unittest.mock.ANY` stands for any one argument.
    """
    with pytest.raises(ContractRevert) as caught:
        yield
    expected = tuple(map(_plain, args))
    assert (caught.value.name, caught.value.args) == (name, expected)


def _plain(value: object) -> object:
    if isinstance(value, (Contract, LocalAccount)):
        return value.address
    return to_checksum_address(value) if isinstance(value, str) and is_address(value) else value
