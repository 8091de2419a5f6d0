"""A private local copy of a chain as it stands now: everything may be tried on it.

Knows how to take a copy and to make sure it is one. Refuses to know what is tried on it. The copy
reads from its source what it has not seen yet, and writes nothing there.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from jumpstart.chain.client import LOCAL_GAS_PRICE, BlockHeader, Chain
from jumpstart.chain.compiler import Artifact
from jumpstart.chain.node import Kind, LocalNode, is_installed
from jumpstart.errors import ChainError

SOURCE_SECONDS: Final = 20.0
"""What one answer of a source may take."""


@contextmanager
def copied(
    url: str,
    *,
    artifacts: Mapping[str, Artifact] | None,
    kind: Kind | None = None,
    chain_id: int | None = None,
) -> Iterator[Chain]:
    """A `Chain` on a copy of the chain at `url`, as of its head. It ends with the `with` block.

    Code, storage, balances and nonces of every account are the source's, and so are its chain id
    and its time, from which each block is one second on. Nobody's key is needed: `impersonate`,
    `set_balance`, `mine_at` and `snapshot` work, and nothing of it reaches the source. The copy
    runs the rules of Shanghai, whatever the source's are. By default it is Anvil's, or Ganache's
    where there is no Anvil.

    Raises `ChainError` when the source does not answer, is another chain than `chain_id`, or does
    not give its state away; `ToolError` when no local chain is installed.
    """
    source = Chain.connect(url, chain_id=chain_id, artifacts=artifacts, timeout=SOURCE_SECONDS)
    head = _head_with_state(source)
    node = LocalNode(
        kind or ("anvil" if is_installed("anvil") else "ganache"),
        chain_id=source.chain_id,
        # The accounts that every local chain tool knows may have a history on the source, and be
        # somebody's.
        mnemonic=None,
        accounts=1,
        fork_url=url,
        fork_block=head.number,
    )
    with node:
        copy = Chain.connect(node.url, chain_id=source.chain_id, artifacts=artifacts)
        # Not the copy's own hash of it: Ganache does not know every field that newer blocks have.
        found = source.header(head.number)
        if found.hash != head.hash:
            raise ChainError(
                f"block {head.number} was {head.hash}, and is {found.hash} since it was copied: "
                "try again"
            )
        if copy.kind == "ganache":
            _lower_base_fee(copy)
        yield copy


def _head_with_state(source: Chain) -> BlockHeader:
    """Raises `ChainError` when the state of the head cannot be read, by number, as a copy reads it."""
    head = source.header()
    nobody = "0x" + 20 * "00"
    try:
        source.balance(nobody, head.number)
        source.code(nobody, head.number)
        source.nonce(nobody, head.number)
        source.request("eth_getStorageAt", nobody, "0x0", hex(head.number))
    except ChainError as error:
        raise ChainError(f"no state of block {head.number} to copy: {error}") from error
    return head


def _lower_base_fee(copy: Chain) -> None:
    """Until what a transaction offers on a local chain is enough. Ganache goes on from the fee of
    its source, which each empty block lowers by an eighth (EIP-1559); Anvil has a fee of its own.
    """
    base_fee, blocks = copy.header().base_fee, 0
    while base_fee > LOCAL_GAS_PRICE // 2:
        base_fee, blocks = base_fee * 7 // 8, blocks + 1
    if blocks:
        copy.request("evm_mine", {"blocks": blocks})
