"""The factory that most chains have at one address: contracts made by it stand where their code and a
salt alone decide.

It is the deterministic deployment proxy, made by a transaction that names no chain and that nobody
holds the key of, so that it can only ever be this code at this address. Whoever calls it gets the
same contract at the same address, which makes a creation safe to repeat and useless to front-run.
"""

from dataclasses import dataclass
from typing import Any, Final, Self

from jumpstart.chain.abi import creation_code
from jumpstart.chain.addresses import create2_address
from jumpstart.chain.compiler import Artifact

FACTORY: Final = "0x4e59b44847b379578588920cA78FbF26c0B4956C"
FACTORY_CODE: Final = bytes.fromhex(
    "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe036016000816020823780358282"
    "34f58015156039578182fd5b8082525050506014600cf3"
)

FACTORY_MAKER: Final = "0x3fAB184622Dc19b6109349B94811493BF2a45362"
"""Whose only transaction creates the factory. It has to own `FACTORY_COST` first."""
FACTORY_COST: Final = 100_000 * 100 * 10**9
"""Wei: the gas limit of that transaction at its fixed price of 100 gwei."""
FACTORY_TRANSACTION: Final = (
    bytes.fromhex("f8a58085174876e800830186a08080b853604580600e600039806000f350fe")
    + FACTORY_CODE
    + bytes.fromhex("1ba0" + "22" * 32 + "a0" + "22" * 32)
)
"""As signed: its signature was chosen, and the sender follows from it."""

NO_SALT: Final = bytes(32)


@dataclass(frozen=True, kw_only=True)
class Creation:
    """A contract that the factory makes, or has made: `calldata` is what to send it."""

    artifact: Artifact
    args: tuple[Any, ...]
    salt: bytes
    address: str

    @classmethod
    def of(cls, artifact: Artifact, *args: Any, salt: bytes = NO_SALT) -> Self:
        """The creation of a contract with these arguments of its constructor."""
        address = create2_address(FACTORY, salt, creation_code(artifact, *args))
        return cls(artifact=artifact, args=args, salt=salt, address=address)

    @property
    def calldata(self) -> bytes:
        return self.salt + creation_code(self.artifact, *self.args)
