"""What contracts hold, by the transfers that brought it; and what nobody has written into them."""

from typing import Final

from eth_utils.address import to_canonical_address

from jumpstart.accounts import checksummed
from jumpstart.chain.client import Contract
from jumpstart.deployment.verification.scene import Scene
from jumpstart.hashing import keccak256

REPLAY: Final = "what participants have done is for the replay of the sale"

_TRANSFER: Final = "0x" + keccak256(b"Transfer(address,address,uint256)").hex()
_TRANSFER_TOPICS: Final = 3
_SLOT_SIZE: Final = 32


def check_balance(
    scene: Scene, label: str, contract: Contract, token: bytes, words: str, first_block: int
) -> None:
    """Compares a balance with all transfers to and from the contract since the block."""
    address = checksummed(token)
    own = "0x" + to_canonical_address(contract.address).rjust(32, b"\0").hex()
    total = 0
    for sign, topics in ((1, [_TRANSFER, None, own]), (-1, [_TRANSFER, own])):
        logs = scene.chain.logs(
            address, from_block=first_block, to_block=scene.head.number, topics=topics
        )
        moved = [int(log["data"], 16) for log in logs if len(log["topics"]) == _TRANSFER_TOPICS]
        total += sign * sum(moved)
    held = scene.balance(address, contract.address)
    what = f"{words} that the {label} holds, by the transfers of {address}"
    scene.checks.compare("balance", what, total, held)


def check_coins(scene: Scene, label: str, contract: Contract, *, has_begun: bool) -> None:
    """The native coin, of which there are no events: none, as long as none can have come."""
    what = f"coins that the {label} holds"
    if has_begun:
        scene.checks.leave(what, REPLAY)
        return
    held = scene.chain.balance(contract.address, scene.head.number)
    scene.checks.compare("balance", what, 0, held)


def check_empty(scene: Scene, label: str, contract: Contract) -> None:
    """That every variable with a place of its own is as it was created: a clone's are all zero."""
    layout = contract.artifact.storage_layout
    last = max(
        int(row["slot"]) + -(-int(layout["types"][row["type"]]["numberOfBytes"]) // _SLOT_SIZE)
        for row in layout["storage"]
    )
    words = scene.chain.storage_many(contract.address, range(last), scene.head.number)
    for slot, word in enumerate(words):
        scene.checks.compare("getter", f"{label}: storage slot {slot}", 0, word)
