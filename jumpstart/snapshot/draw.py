"""Draw: the moments at which balances count, one of each day, and the blocks they fall to.

They follow from the terms and from the randomness of one block, which nobody knew while the days
lasted (`interfaces/Terms.sol`, `HoldingsTerms`). Headers are all it takes: anybody with a node of the
two chains draws the same. What trust is left stands in `docs/adr/0017-moments-drawn-afterwards.md`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from jumpstart.chain.client import BlockHeader, Chain, header_of
from jumpstart.chain.timeline import Timeline
from jumpstart.errors import CheckError, InputError, located
from jumpstart.hashing import keccak256
from jumpstart.snapshot.fetch.headers import read_header
from jumpstart.snapshot.manifest import Provenance
from jumpstart.terms import DAY_SECONDS, RANDOMNESS_LEAST, HoldingsTerms
from jumpstart.times import format_time


@dataclass(frozen=True, kw_only=True)
class Draw:
    """The block whose randomness drew, and for each day the moment, in Unix seconds, and the block
    after which balances count.
    """

    seed_chain_id: int
    seed_block: BlockHeader
    moments: tuple[int, ...]
    blocks: tuple[BlockHeader, ...]

    @property
    def provenance(self) -> Provenance:
        """What a manifest says of it."""
        seed = self.seed_block
        return Provenance(
            block_hashes={block.number: bytes.fromhex(block.hash[2:]) for block in self.blocks},
            seeds={
                "chainId": str(self.seed_chain_id),
                "block": str(seed.number),
                "hash": seed.hash,
                "randomness": f"0x{seed.prev_randao:064x}",
                "moments": ",".join(map(str, self.moments)),
            },
        )


def moments_of(terms: HoldingsTerms, randomness: int) -> tuple[int, ...]:
    """The moment of each day, in Unix seconds, that this block randomness draws."""
    head = randomness.to_bytes(32) + terms.chain_id.to_bytes(32) + terms.token.rjust(32, b"\0")
    return tuple(
        terms.days_start
        + day * DAY_SECONDS
        + int.from_bytes(keccak256(head + day.to_bytes(32))) % DAY_SECONDS
        for day in range(terms.day_count)
    )


def draw(terms: HoldingsTerms, chain: Chain, seed_chain: Chain) -> Draw:
    """The draw of these terms, by the headers of the token's chain and of that whose randomness it is.

    Raises `InputError` for a node of another chain, before the draw, for a chain that begins after
    the first day, and for one whose blocks have no randomness; `CheckError` for headers that do not
    come to their hashes, or not after each other.
    """
    _check_chain("the token", chain, terms.chain_id)
    _check_chain("the randomness", seed_chain, terms.seed_chain_id)
    with located("the draw"):
        timeline = Timeline(seed_chain)
        number = timeline.oldest_from(terms.draw_time).number
        before = timeline.newest_at(terms.days_end)
        ((_, seed),) = _neighbours(seed_chain, [(number - 1, terms.draw_time - 1)])
        if (
            seed.prev_randao < RANDOMNESS_LEAST
            or seed.prev_randao == before.prev_randao
            or seed.difficulty
        ):
            raise InputError(
                f"blocks of chain {seed_chain.chain_id} have no randomness: block {before.number} has "
                f"{before.prev_randao:#x}, block {seed.number} has {seed.prev_randao:#x} and a "
                f"difficulty of {seed.difficulty}"
            )
    moments = moments_of(terms, seed.prev_randao)
    if terms.chain_id != terms.seed_chain_id:
        timeline = Timeline(chain)
    places = []
    for day, moment in enumerate(moments, 1):
        with located(f"day {day}"):
            places.append((timeline.newest_at(moment).number, moment))
    blocks = tuple(block for block, _ in _neighbours(chain, places))
    return Draw(
        seed_chain_id=terms.seed_chain_id,
        seed_block=seed,
        moments=moments,
        blocks=blocks,
    )


def _neighbours(
    chain: Chain, places: Sequence[tuple[int, int]]
) -> list[tuple[BlockHeader, BlockHeader]]:
    """Each of these blocks, and the one after it: their hashes are made again, the second names the
    first, and the given time is between them. Raises `CheckError` for a node that says otherwise.
    """
    name = f"chain {chain.chain_id}"
    numbers = [each for number, _ in places for each in (number, number + 1)]
    answers = chain.batch([("eth_getBlockByNumber", (hex(number), False)) for number in numbers])
    for number, answer in zip(numbers, answers, strict=True):
        if read_header(answer, number, name) is None:
            raise CheckError(f"{name}: block {number} was there, and is not any more")
    pairs = list(zip(map(header_of, answers[::2]), map(header_of, answers[1::2]), strict=True))
    for (block, after), (_, time) in zip(pairs, places, strict=True):
        if after.parent_hash != block.hash:
            raise CheckError(
                f"{name}: block {block.number} has the hash {block.hash}, the next one names "
                f"{after.parent_hash}"
            )
        if not block.timestamp <= time < after.timestamp:
            raise CheckError(
                f"{name}: block {block.number} is not the newest at {format_time(time)}"
            )
    return pairs


def _check_chain(what: str, chain: Chain, chain_id: int) -> None:
    if chain.chain_id != chain_id:
        raise InputError(f"{what} is of chain {chain_id}, the node of chain {chain.chain_id}")
