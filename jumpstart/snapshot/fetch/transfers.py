"""Transfers: those of one token, from its creation on, as files that a snapshot is counted from."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pyarrow.parquet as pq

from jumpstart.errors import ChainError, CheckError, InputError
from jumpstart.snapshot.fetch.checkpoint import begun_at
from jumpstart.snapshot.fetch.endpoint import RefusedError
from jumpstart.snapshot.fetch.inquiry import Inquiry
from jumpstart.snapshot.fetch.logs import Filter
from jumpstart.snapshot.fetch.policy import Policy
from jumpstart.snapshot.fetch.pool import Pool
from jumpstart.snapshot.fetch.progress import Unwatched, Watch
from jumpstart.snapshot.fetch.run import Fetched, fetch_logs, head_beyond
from jumpstart.snapshot.fetch.state import DifferenceError, check_state
from jumpstart.snapshot.fetch.tables import TRANSFERS
from jumpstart.snapshot.manifest import Provenance

TRANSFER: Final = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
"""keccak256("Transfer(address,address,uint256)")."""

_DOUBTS: Final = 32
"""Blocks that are fetched again because the token's balances say otherwise, before that is given up."""


def fetch(
    urls: Sequence[str],
    token: bytes,
    blocks: Sequence[int],
    work: Path,
    *,
    first: int | None = None,
    policy: Policy | None = None,
    watch: Watch | None = None,
) -> Fetched:
    """The transfers of a token to the last of the snapshot `blocks`, held against its balances there.

    `first` is the first block that is asked for; without it, that of the token's creation where the
    nodes know old states, else block 0. Raises as `fetch_logs`, and `InputError` where there is no
    contract, `CheckError` where transfers and balances do not come to the same.
    """
    watch = watch or Unwatched()
    pool = Pool(urls, policy or Policy())
    address = "0x" + token.hex()
    wanted = Filter(address=address, topics=(TRANSFER,))
    try:
        start = first
        if start is None:
            start = begun_at(work)  # nodes may know less of old states than when it began
        if start is None:
            start = creation(pool, address, max(blocks))
        doubtful: list[int] = []
        while True:
            fetched = fetch_logs(
                pool,
                wanted,
                TRANSFERS,
                blocks,
                work,
                first=start,
                is_given=first is not None,
                doubtful=doubtful,
                watch=watch,
            )
            try:
                notes = check_state(pool, address, fetched, sorted(set(blocks)), watch)
                break
            except DifferenceError as error:
                is_known = error.block in doubtful or len(doubtful) == _DOUBTS
                if is_known or not _lacks(pool, wanted, fetched, error.block):
                    raise CheckError(str(error)) from None
                watch.tell(str(error))
                doubtful.append(error.block)
    finally:
        pool.stop()
    return Fetched(**{**vars(fetched), "notes": (*fetched.notes, *notes)})


def provenance(fetched: Fetched, first: int | None) -> Provenance:
    """What a manifest says of a fetch: nothing that differs between two nodes of the chain. `first` as it
    was given to `fetch`.
    """
    return Provenance(
        block_hashes=fetched.block_hashes,
        chain={
            "chainId": fetched.origin.chain_id,
            "from": first or 0,
            "through": fetched.through,
            "hash": "0x" + fetched.block_hashes[fetched.through].hex(),
        },
    )


def _lacks(pool: Pool, wanted: Filter, fetched: Fetched, block: int) -> bool:
    """Whether a block has other transfers by its receipts than were fetched."""
    proven = Inquiry(pool, wanted, fetched.through).proven(block)
    if proven is None:
        return False
    rows = pq.read_table(list(fetched.files), filters=[("block_number", "=", block)])
    return bool(TRANSFERS.batch(proven).to_pylist() != rows.to_pylist())


def creation(pool: Pool, address: str, through: int) -> int:
    """The block that the contract appeared in; 0 where nodes have no states from before `through`.

    Raises `InputError` where there is none at block `through`, or no such block yet.
    """
    head_beyond(pool, through)
    try:
        if not _has_code(pool, address, through):
            raise InputError(f"there is no contract at {address} in block {through}")
        absent, present = -1, through
        while present - absent > 1:
            middle = (absent + present) // 2
            if _has_code(pool, address, middle):
                present = middle
            else:
                absent = middle
    except RefusedError:
        return 0
    return present


def _has_code(pool: Pool, address: str, block: int) -> bool:
    answer = pool.ask("eth_getCode", address, hex(block))
    if not isinstance(answer, str) or not answer.startswith("0x"):
        raise ChainError(f"eth_getCode at block {block} gives {str(answer)[:80]!r}")
    return answer != "0x"
