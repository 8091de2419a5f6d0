"""Networks by name: what tells one chain from another, and how long to wait on it. No endpoints.

A genesis hash stands here only if it was found alike in the sources of at least two independent
clients or libraries, unless a comment says otherwise. All of these chains run Shanghai or later.
"""

from dataclasses import dataclass
from typing import Final

from jumpstart.chain.client import Chain
from jumpstart.errors import ChainError, InputError


@dataclass(frozen=True, kw_only=True)
class Network:
    """A chain, and how a deployment behaves on it. Without a `genesis` any first block will do: local
    chains are made anew each time. `why` is the reason for the `confirmations`.
    """

    name: str
    chain_id: int
    genesis: str | None
    """Hash of block `first`."""
    coin: str
    block_seconds: float
    confirmations: int
    why: str
    first: int = 0
    """The first block of the chain as it runs today, where it took over another's blocks."""


_FINAL: Final = "two epochs are final; a re-org of more than a few blocks has not been seen"
_SEQUENCED: Final = "one sequencer orders blocks; some are waited for in case it restarts"

NETWORKS: Final = {
    network.name: network
    for network in (
        Network(
            name="ethereum",
            chain_id=1,
            genesis="0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3",
            coin="ETH",
            block_seconds=12,
            confirmations=12,
            why=_FINAL,
        ),
        Network(
            name="sepolia",
            chain_id=11_155_111,
            genesis="0x25a5cc106eea7138acab33231d7160d69cb777ee0c2c553fcddf5138993e6dd9",
            coin="ETH",
            block_seconds=12,
            confirmations=3,
            why="a test network",
        ),
        Network(
            name="hoodi",
            chain_id=560_048,
            genesis="0xbbe312868b376a3001692a646dd2d7d1e4406380dfd86b98aa8a34d1557c971b",
            coin="ETH",
            block_seconds=12,
            confirmations=3,
            why="a test network",
        ),
        Network(
            name="base",
            chain_id=8453,
            genesis="0xf712aa9241cc24369b143cf6dce85f0902a9731e70d66818a3a5845b296c73dd",
            coin="ETH",
            block_seconds=2,
            confirmations=10,
            why=_SEQUENCED,
        ),
        Network(
            name="base-sepolia",
            chain_id=84_532,
            genesis="0x0dcc9e089e30b90ddfc55be9a37dd15bc551aeee999d2e2b51414c54eaf934e4",
            coin="ETH",
            block_seconds=2,
            confirmations=3,
            why="a test network",
        ),
        # Block 0 of the chain of 2021, not the block from which its present software goes on.
        Network(
            name="optimism",
            chain_id=10,
            genesis="0x7ca38a1916c42007829c55e69d3e9a73265554b586a499015373241b8a3fa48b",
            coin="ETH",
            block_seconds=2,
            confirmations=10,
            why=_SEQUENCED,
        ),
        Network(
            name="optimism-sepolia",
            chain_id=11_155_420,
            genesis="0x102de6ffb001480cc9b8b548fd05c34cd4f46ae4aa91759393db90ea0409887d",
            coin="ETH",
            block_seconds=2,
            confirmations=3,
            why="a test network",
        ),
        # Nodes hold the blocks before `first` elsewhere or not at all. The hash stands alike in its
        # rollup's configuration and in its execution client, both the operator's own.
        Network(
            name="xlayer",
            chain_id=196,
            genesis="0xdc33d8c0ec9de14fc2c21bd6077309a0a856df22821bd092a2513426e096a789",
            coin="OKB",
            block_seconds=1,
            confirmations=20,
            why=_SEQUENCED,
            first=42_810_021,
        ),
        Network(
            name="arbitrum",
            chain_id=42_161,
            genesis="0x7ee576b35482195fc49205cec9af72ce14f003b9ae69f6ba0faef4514be8b442",
            coin="ETH",
            block_seconds=0.25,
            confirmations=40,
            why=_SEQUENCED,
        ),
        Network(
            name="gnosis",
            chain_id=100,
            genesis="0x4f1dd23188aab3a76b463e4af801b52b1248ef073c648cbdc4c9333d3da79756",
            coin="xDAI",
            block_seconds=5,
            confirmations=20,
            why=_FINAL,
        ),
        Network(
            name="polygon",
            chain_id=137,
            genesis="0xa9c28ce2141b56c474f1dc504bee9b01eb1bd7d1a507580d5519d4437a97de1b",
            coin="POL",
            block_seconds=2,
            confirmations=128,
            why="re-orgs of more than a hundred blocks have happened",
        ),
        Network(
            name="bnb",
            chain_id=56,
            genesis="0x0d21840abff46b96c84b2ac9e10e4f5cdaeb5693cb665db62a2f3b02d2d57b5b",
            coin="BNB",
            block_seconds=0.75,
            confirmations=15,
            why="two thirds of the validators have built on it by then",
        ),
        Network(
            name="ganache",
            chain_id=1337,
            genesis=None,
            coin="ETH",
            block_seconds=0,
            confirmations=1,
            why="nobody else is on it",
        ),
        Network(
            name="anvil",
            chain_id=31_337,
            genesis=None,
            coin="ETH",
            block_seconds=0,
            confirmations=1,
            why="nobody else is on it",
        ),
    )
}

_UNKNOWN_SECONDS: Final = 12.0
_UNKNOWN_CONFIRMATIONS: Final = 12


def network_of(chain: Chain, name: str | None = None) -> Network:
    """The network that a node is on. With a `name` it must be that one; without, a chain that is not
    in the list gets the patience of the slowest, and a local test chain none.

    Raises `InputError` for a name that is not in the list, `ChainError` when the chain id or the
    first block is another network's.
    """
    if name is not None and name not in NETWORKS:
        raise InputError(f"--network: {name!r} is none of {', '.join(NETWORKS)}")
    by_id = {network.chain_id: network for network in NETWORKS.values()}
    wanted = NETWORKS[name] if name is not None else by_id.get(chain.chain_id)
    if chain.is_local:
        # A copy of a public chain has its id and its first block, and is local all the same.
        local = NETWORKS["anvil" if chain.kind == "anvil" else "ganache"]
        if name is None or wanted is None or wanted.genesis is None:
            return local
    if wanted is None:
        return Network(
            name=f"chain {chain.chain_id}",
            chain_id=chain.chain_id,
            genesis=None,
            coin="coin",
            block_seconds=_UNKNOWN_SECONDS,
            confirmations=_UNKNOWN_CONFIRMATIONS,
            why="nothing is known of it",
        )
    if chain.chain_id != wanted.chain_id:
        raise ChainError(
            f"{wanted.name} is chain {wanted.chain_id}, the node is chain {chain.chain_id}"
        )
    if wanted.genesis is not None:
        _check_genesis(chain, wanted)
    return wanted


def _check_genesis(chain: Chain, wanted: Network) -> None:
    try:
        genesis = chain.header(wanted.first).hash
    except ChainError as error:
        raise ChainError(
            f"{wanted.name} begins with block {wanted.genesis}, number {wanted.first}: {error}"
        ) from None
    if genesis != wanted.genesis:
        raise ChainError(
            f"{wanted.name} begins with block {wanted.genesis}, the node's chain with {genesis}"
        )
