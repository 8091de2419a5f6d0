"""The lottery: of all tickets exactly the published number wins, and anybody can check each.

Tickets are numbered from 0 in the order of the subscriptions. A ticket wins when its image under a
permutation of all the numbers is below the number of winners. A permutation gives no image twice and
misses none, so exactly that many win: no list, no loop over tickets, no second draw. The seed chooses
the permutation; it must not be known while tickets can still be had.

The permutation is a Feistel network on just as many bits as the highest number needs, walked until
the image is a number of a ticket (cycle walking; Black and Rogaway, "Ciphers with Arbitrary Finite
Domains", 2002). Exactly:

- `bits` is the least with `2**bits >= tickets`; of these the low half has `bits // 2`, the high half
  the rest. With one ticket there are no bits, and its image is 0.
- Round `r`, from 0 to 7: the even ones replace the high half by `high ^ F(r, low)`, the odd ones the
  low half by `low ^ F(r, high)`, each cut to the half's bits. `F(r, x)` is
  `keccak256(abi.encode(bytes32 seed, uint256(r << 128 | x)))` read as an integer.
- What comes out, `high << (bits // 2) | low`, goes in again while it is not below `tickets`.

Fewer than half of the numbers are above `tickets`, so a walk takes less than two turns on average.
Knows numbers of tickets. Knows neither who has them, nor what a win is worth, nor where seeds come
from.
"""

from dataclasses import dataclass
from typing import Final

from jumpstart.hashing import keccak256

ROUNDS: Final = 8
"""Two less than where the published analyses of such networks have settled for secrets; here there is
no secret to keep, only a seed that nobody may choose."""


@dataclass(frozen=True, kw_only=True)
class Draw:
    """A lottery of `tickets`, of which `winners` win. `seed` has 32 bytes."""

    seed: bytes
    tickets: int
    winners: int


def image_of(ticket: int, draw: Draw) -> int:
    """Where the permutation puts a ticket, from 0 to the number of tickets less one.

    Raises `ValueError` for a number that is no ticket's.
    """
    if not 0 <= ticket < draw.tickets:
        raise ValueError(f"ticket {ticket} of {draw.tickets}")
    bits = (draw.tickets - 1).bit_length()
    image = ticket
    while True:
        image = _network(image, bits, draw.seed)
        if image < draw.tickets:
            return image


def wins_of(first: int, count: int, draw: Draw) -> int:
    """How many of `count` tickets from `first` on win."""
    return sum(image_of(first + place, draw) < draw.winners for place in range(count))


def _network(value: int, bits: int, seed: bytes) -> int:
    low_bits = bits // 2
    low_mask, high_mask = (1 << low_bits) - 1, (1 << (bits - low_bits)) - 1
    low, high = value & low_mask, value >> low_bits
    for number in range(ROUNDS):
        if number % 2 == 0:
            high ^= _mixed(seed, number, low) & high_mask
        else:
            low ^= _mixed(seed, number, high) & low_mask
    return high << low_bits | low


def _mixed(seed: bytes, number: int, half: int) -> int:
    return int.from_bytes(keccak256(seed + (number << 128 | half).to_bytes(32)))
