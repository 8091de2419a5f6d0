"""Safes on a chain: whose they are, and the hash that each of them expects of its owners.

Knows the released Safe contracts by their code. Refuses whatever only answers like one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Self

from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError
from eth_utils.address import to_canonical_address, to_checksum_address

from jumpstart.chain.abi import selector_of
from jumpstart.chain.client import Chain
from jumpstart.errors import ChainError, CheckError, InputError
from jumpstart.hashing import keccak256
from jumpstart.safe import MULTI_SEND, Call, SafeTransaction, transaction_of

# Keccak-256 of the code on chain; of singletons as Safe's list of deployments gives it.
_PROXIES: Final = frozenset(
    map(
        bytes.fromhex,
        (
            "aea7d4252f6245f301e540cfbee27d3a88de543af8e49c5c62405d5499fab7e5",  # 1.1.1
            "b89c1b3bdf2cf8827818646bce9a8f6e372885f8c55e5c07acbd307cb133b000",  # 1.3.0
            "d7d408ebcd99b2b70be43e20253d6d92a8ea8fab29bd3be7f55b10032331fb4c",  # 1.4.1
            "4e381985ca68b3e5d27b4425fa581c19cf33146d3f887a3cfca96f55528ea46f",  # 1.5.0
        ),
    )
)
_SINGLETONS: Final = {
    bytes.fromhex("56b8be58b5ad629a621593a2e5e5e8e9a28408dc06e95597497b303902772e45"): "1.1.1",
    bytes.fromhex("bba688fbdb21ad2bb58bc320638b43d94e7d100f6f3ebaab0a4e4de6304b1c2e"): "1.3.0",
    bytes.fromhex("21842597390c4c6e3c1239e434a682b054bd9548eee5e9b1d6a4482731023c0f"): "1.3.0",
    bytes.fromhex("1fe2df852ba3299d6534ef416eefa406e56ced995bca886ab7a553e6d0c5e1c4"): "1.4.1",
    bytes.fromhex("b1f926978a0f44a2c0ec8fe822418ae969bd8c3f18d61e5103100339894f81ff"): "1.4.1",
    bytes.fromhex("dda019cbd7c867a533a2a86e5c53434fdc50b13122b5a5ddb4a8df61b31c20f2"): "1.5.0",
    bytes.fromhex("180193227186ccb85316c94db1f0d156ed932b14712cfaac78901899178572dc"): "1.5.0",
}
_MULTI_SENDS: Final = frozenset(
    map(
        bytes.fromhex,
        (
            "a9865ac2d9c7a1591619b188c4d88167b50df6cc0c5327fcbd1c8c75f7c066ad",  # 1.3.0
            "ecd5bd14a08c5d2122379900b2f272bdf107a7e92423c10dd5fe3254386c9939",  # 1.4.1
            "cdbdcec38d2f1c7d961b0029ff8416b7e86e9974d6f0e9c9580c7d17fcfb6663",  # 1.5.0
        ),
    )
)
_SINGLETON_SLOT: Final = 0
_HASHED: Final = (
    "address", "uint256", "bytes", "uint8", "uint256", "uint256", "uint256", "address", "address",
    "uint256",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Safe:
    """A multisig wallet as it was at one block. Addresses have their checksum."""

    chain: Chain = field(repr=False)
    address: str
    version: str
    owners: tuple[str, ...]
    threshold: int
    nonce: int

    @classmethod
    def at(cls, chain: Chain, address: str) -> Self:
        """The Safe at an address. Raises `InputError` when what stands there is no released one."""
        block = chain.block_number()
        code = chain.code(address, block)
        if not code:
            raise InputError(f"there is no contract at {address} on chain {chain.chain_id}")
        if keccak256(code) not in _PROXIES:
            raise InputError(f"the contract at {address} is no Safe: its code is another's")
        singleton = f"0x{chain.storage(address, _SINGLETON_SLOT, block) % 2**160:040x}"
        version = _SINGLETONS.get(keccak256(chain.code(singleton, block)))
        if version is None:
            raise InputError(
                f"the Safe at {address} runs the code at {to_checksum_address(singleton)}, "
                f"which is none of {', '.join(dict.fromkeys(_SINGLETONS.values()))}"
            )
        threshold: int = _asked(chain, address, "getThreshold()", "uint256", block)
        if not threshold:
            raise InputError(f"the Safe at {address} was not set up: it has no owners")
        return cls(
            chain=chain,
            address=to_checksum_address(address),
            version=version,
            owners=tuple(
                map(
                    to_checksum_address,
                    _asked(chain, address, "getOwners()", "address[]", block),
                )
            ),
            threshold=threshold,
            nonce=_asked(chain, address, "nonce()", "uint256", block),
        )

    def transaction(
        self, calls: Sequence[Call], *, nonce: int | None = None, multi_send: str | None = None
    ) -> SafeTransaction:
        """What the owners sign for these calls, at the Safe's next number unless told another.

        Several calls go through `MultiSendCallOnly`: at `multi_send`, or else at the first of the
        known addresses where this chain has it. Raises `InputError` where it is not, and for a
        number that is used up; `CheckError` when the Safe itself hashes otherwise.
        """
        number = self.nonce if nonce is None else nonce
        if number < self.nonce:
            raise InputError(f"nonce {number} of the Safe is used up, the next is {self.nonce}")
        transaction = transaction_of(
            calls,
            chain_id=self.chain.chain_id,
            safe=to_canonical_address(self.address),
            version=self.version,
            nonce=number,
            multi_send=None if len(calls) == 1 else self._multi_send(multi_send),
        )
        if (found := self._hash_of(transaction)) != transaction.safe_tx_hash:
            raise CheckError(
                f"safeTxHash: the Safe at {self.address} says 0x{found.hex()}, "
                f"expected 0x{transaction.safe_tx_hash.hex()}"
            )
        return transaction

    def _multi_send(self, address: str | None) -> bytes:
        known = MULTI_SEND[self.version] if address is None else (to_canonical_address(address),)
        for each in known:
            if keccak256(self.chain.code(to_checksum_address(each))) in _MULTI_SENDS:
                return each
        raise InputError(
            f"chain {self.chain.chain_id} has no MultiSendCallOnly at "
            f"{' or '.join(map(to_checksum_address, known))}: write one file for each call"
        )

    def _hash_of(self, asked: SafeTransaction) -> bytes:
        nobody = "0x" + bytes(20).hex()
        words: tuple[Any, ...] = (
            asked.to, asked.value, asked.data, asked.operation, 0, 0, 0, nobody, nobody, asked.nonce,
        )  # fmt: skip
        signature = f"getTransactionHash({','.join(_HASHED)})"
        found: bytes = _asked(
            self.chain, self.address, signature, "bytes32", "latest", encode(_HASHED, words)
        )
        return found


def _asked(
    chain: Chain, address: str, signature: str, kind: str, block: Any, arguments: bytes = b""
) -> Any:
    answer = chain.call_raw(address, selector_of(signature) + arguments, block=block)
    try:
        (value,) = decode([kind], answer)
    except DecodingError:
        raise ChainError(f"the Safe at {address} does not answer {signature}") from None
    return value
