"""Run: all logs of a contract up to a block, from nodes to Parquet files.

What is fetched is pinned to the hash of its last block. Blocks that the chain replaces meanwhile, or
has replaced since a killed fetch, are seen by their hashes and fetched again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from jumpstart.errors import ChainError, CheckError, InputError
from jumpstart.snapshot.fetch.checkpoint import Checkpoint, LostError
from jumpstart.snapshot.fetch.crew import Crew
from jumpstart.snapshot.fetch.endpoint import Endpoint, RefusedError
from jumpstart.snapshot.fetch.headers import read_header
from jumpstart.snapshot.fetch.inquiry import Inquiry
from jumpstart.snapshot.fetch.logs import Filter
from jumpstart.snapshot.fetch.pool import Pool
from jumpstart.snapshot.fetch.progress import Unwatched, Watch
from jumpstart.snapshot.fetch.tables import Layout

_PARTS_AT_ONCE: Final = 50
_CONNECT_SECONDS: Final = 30.0
_ROUNDS: Final = 8
"""How often a chain may replace blocks while they are fetched, before that is given up."""


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Of which chain: its id, and the hash of its first block where nodes still have it."""

    chain_id: int
    genesis: str | None


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """All rows are in `files`, in the order of the chain, up to block `through`. `block_hashes` are those
    of the blocks that were asked for, and of `through`. `notes` are what a reader should know, in
    sentences.
    """

    files: tuple[Path, ...]
    rows: int
    origin: Origin
    first: int
    through: int
    block_hashes: dict[int, bytes]
    notes: tuple[str, ...]


def connect(pool: Pool) -> Origin:
    """Which chain all nodes are of. Raises `ChainError`, or `CheckError` when they disagree."""
    origins = {node.name: _origin(pool, node) for node in pool.nodes}
    (first, origin), *others = origins.items()
    for name, other in others:
        if other.chain_id != origin.chain_id:
            raise CheckError(
                f"{first} is of chain {origin.chain_id}, {name} of chain {other.chain_id}"
            )
        if None not in (origin.genesis, other.genesis) and other.genesis != origin.genesis:
            raise CheckError(
                f"block 0 has the hash {origin.genesis} by {first}, {other.genesis} by {name}"
            )
    known = (each.genesis for each in origins.values() if each.genesis is not None)
    return Origin(chain_id=origin.chain_id, genesis=next(known, None))


def head_beyond(pool: Pool, block: int) -> int:
    """The last block there is. Raises `InputError` when it is before this one, and stays there."""
    for attempt in range(pool.policy.tries):
        pool.wait(pool.policy.rest_seconds * attempt)  # behind one address can be nodes that lag
        head = max(int(pool.ask("eth_blockNumber", node=node), 16) for node in pool.alive)
        if head >= block:
            return head
    raise InputError(f"block {block} is not there yet: the chain is at {head}")


def fetch_logs(
    pool: Pool,
    wanted: Filter,
    layout: Layout,
    blocks: Sequence[int],
    work: Path,
    *,
    first: int = 0,
    is_given: bool = True,
    doubtful: Sequence[int] = (),
    watch: Watch | None = None,
) -> Fetched:
    """Fetches the wanted logs of blocks `first` to the last of `blocks` into the folder `work`, which
    may have some from before. Not `is_given`: there are none before `first` as far as is known.
    Blocks in `doubtful` are taken from their receipts, and from the last of these on everything is
    fetched again.

    Raises `InputError` for a block that is not there yet and for a folder of another fetch,
    `CheckError` for what nodes say that cannot be true, `ChainError` when they say nothing: what was
    written down by then stays, and the next call goes on from there.
    """
    if first > max(blocks):
        raise InputError(f"block {first} is to be the first, the last is {max(blocks)}")
    run = _Run(
        pool=pool,
        wanted=wanted,
        layout=layout,
        blocks=sorted(set(blocks)),
        work=work,
        first=first,
        is_given=is_given,
        doubtful=doubtful,
        watch=watch or Unwatched(),
    )
    try:
        return run.fetch()
    except OSError as error:
        where = error.filename or work
        raise InputError(f"{where}: cannot be written: {error.strerror or error}") from None


@dataclass(kw_only=True)
class _Run:
    pool: Pool
    wanted: Filter
    layout: Layout
    blocks: Sequence[int]
    work: Path
    first: int
    is_given: bool
    doubtful: Sequence[int]
    watch: Watch
    notes: list[str] = field(default_factory=list)

    @property
    def through(self) -> int:
        return self.blocks[-1]

    def fetch(self) -> Fetched:
        origin = connect(self.pool)
        final = self._final()
        question = {
            "chainId": origin.chain_id,
            "genesis": origin.genesis,
            "address": self.wanted.address,
            "topics": [
                list(topic) if isinstance(topic, tuple) else topic for topic in self.wanted.topics
            ],
            "fromBlock": "given" if self.is_given else "found",
            "first": self.first,
        }
        with Checkpoint.opened(self.work, question, self.layout) as checkpoint:
            if self.doubtful and (checkpoint.last or -1) >= self.doubtful[-1]:
                checkpoint.go_back(self.doubtful[-1] - 1)
            for _ in range(_ROUNDS):
                hashes = self._agreed_hashes()
                self._repair(checkpoint, is_whole=False)
                self._fill(checkpoint, final)
                if self._agreed_hashes() != hashes or self._repair(checkpoint, is_whole=True):
                    continue
                try:
                    files = checkpoint.write_files(self.through, hashes[self.through])
                except LostError as lost:
                    self._note(f"{lost.part.name} is not as it was written: it is fetched again")
                    checkpoint.go_back(lost.part.first - 1)
                    continue
                return Fetched(
                    files=tuple(files),
                    rows=_rows_of(files),
                    origin=origin,
                    first=self.first,
                    through=self.through,
                    block_hashes={block: bytes.fromhex(name[2:]) for block, name in hashes.items()},
                    notes=tuple(self.notes),
                )
        raise ChainError(f"blocks up to {self.through} were replaced {_ROUNDS} times meanwhile")

    def _fill(self, checkpoint: Checkpoint, final: int) -> None:
        start = self.first if checkpoint.last is None else checkpoint.last + 1
        if start > self.through:
            return
        inquiry = Inquiry(
            self.pool,
            self.wanted,
            final,
            self._note,
            self.doubtful,
            is_small=self.through - self.first < self.pool.policy.small,
        )
        crew = Crew(
            self.pool,
            inquiry,
            self.layout,
            checkpoint,
            first=start,
            last=self.through,
            final=final,
            watch=self.watch,
        )
        crew.run()
        if inquiry.has_unknown:
            self._note(
                "headers of this chain have fields that their hashes could not be checked by"
            )

    def _repair(self, checkpoint: Checkpoint, *, is_whole: bool) -> bool:
        """Drops what the chain has replaced. Whether there was any. `is_whole`: also where it has come back
        to blocks that it had before, and something else was fetched meanwhile.
        """
        parts = checkpoint.parts
        bad = len(parts)
        # Whoever has a block of the chain has all before it: from the last part back to one that holds.
        while bad and not self._holds(parts[bad - 1].pins[-1:]):
            bad -= 1
        if is_whole:
            for start in range(0, bad, _PARTS_AT_ONCE):
                some = parts[start : min(start + _PARTS_AT_ONCE, bad)]
                if self._holds([pin for part in some for pin in part.pins]):
                    continue
                bad = start + next(i for i, part in enumerate(some) if not self._holds(part.pins))
                break
        if bad == len(parts):
            return False
        kept = parts[bad].first - 1
        self._note(f"blocks after {kept} were replaced by the chain: they are fetched again")
        checkpoint.go_back(kept)
        return True

    def _holds(self, pins: Sequence[tuple[int, str]]) -> bool:
        headers = self.pool.headers([block for block, _ in pins])
        return all(header.hash == pin for header, (_, pin) in zip(headers, pins, strict=True))

    def _agreed_hashes(self) -> dict[int, str]:
        """Of the blocks that were asked for, by every node."""
        policy = self.pool.policy
        for attempt in range(policy.tries):
            known: dict[int, str] = {}
            fault = ""
            for node in self.pool.alive:
                for header in self.pool.headers(self.blocks, node):
                    stated = known.setdefault(header.number, header.hash)
                    if stated != header.hash:
                        fault = (
                            f"block {header.number} has the hash {stated} by {self.pool.alive[0].name}, "
                            f"{header.hash} by {node.name}"
                        )
            if not fault:
                return known
            self.pool.wait(policy.rest_seconds * (attempt + 1))
        raise CheckError(fault)

    def _final(self) -> int:
        """The last block that no node will replace. Not all that a node calls final is: some call their
        head so. Raises for a block that is not there yet.
        """
        head = head_beyond(self.pool, self.through)
        finals = [self._final_of(node) for node in self.pool.alive]
        known = [final for final in finals if final is not None]
        if not known:
            self._note(f"nodes do not say whether block {self.through} is final")
        elif min(known) < self.through:
            self._note(f"block {self.through} is not final yet: the last final one is {min(known)}")
        return min(*known, max(0, head - self.pool.policy.recent), head)

    def _final_of(self, node: Endpoint) -> int | None:
        try:
            answer = self.pool.ask("eth_getBlockByNumber", "finalized", False, node=node)
            return None if answer is None else int(answer["number"], 16)
        except (RefusedError, KeyError, TypeError, ValueError):
            return None

    def _note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)
            self.watch.tell(text)


def _origin(pool: Pool, node: Endpoint) -> Origin:
    try:
        answer: Any = pool.ask("eth_chainId", node=node, within=_CONNECT_SECONDS)
        chain_id = int(answer, 16)
    except (RefusedError, TypeError, ValueError) as error:
        raise ChainError(f"{node.name} does not say which chain it is of: {error}") from None
    try:
        header = read_header(
            pool.ask("eth_getBlockByNumber", "0x0", False, node=node), 0, node.name
        )
    except RefusedError:
        header = None
    return Origin(chain_id=chain_id, genesis=None if header is None else header.hash)


def _rows_of(files: Sequence[Path]) -> int:
    import pyarrow.parquet as pq

    return sum(pq.read_metadata(file).num_rows for file in files)
