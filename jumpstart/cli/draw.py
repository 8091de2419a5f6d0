"""`jumpstart draw`: the blocks at which holdings count, from the randomness of a later one."""

from pathlib import Path
from typing import Annotated

import typer

from jumpstart.cli.counting import (
    SaleAddress,
    SaleRpc,
    SeedRpc,
    asking,
    counting_of_draft,
    counting_of_sale,
)
from jumpstart.cli.deployments import AddressBook, Named
from jumpstart.cli.output import Json, emit, emit_json
from jumpstart.cli.senders import Rpc
from jumpstart.errors import InputError
from jumpstart.times import format_time

EXAMPLE = "Example: jumpstart draw --sale 0x.. --rpc http://127.0.0.1:8545"


def draw(
    rpc: Rpc,
    file: Annotated[
        Path | None, typer.Argument(metavar="[TERMS.toml]", help="The terms, or else --sale.")
    ] = None,
    sale: SaleAddress = None,
    sale_rpc: SaleRpc = None,
    seed_rpc: SeedRpc = None,
    account: Named = None,
    accounts: AddressBook = None,
    as_json: Json = False,
) -> None:
    """Shows at which moment of each day balances count, and the block that was the newest then.

    Both follow from the terms and from the randomness of the first block from the time of the draw
    on, so there is nothing to see before. --rpc is a node of the chain that the token is on.
    """
    if (file is None) == (sale is None):
        raise InputError("give either the file of the terms or --sale")
    with asking():
        if sale is not None:
            counting = counting_of_sale(sale, sale_rpc or rpc)
        elif file is not None:
            counting = counting_of_draft(file, account, accounts)
        drawn = counting.draw(rpc, seed_rpc)
    seed = drawn.seed_block
    days = list(zip(drawn.moments, drawn.blocks, strict=True))
    if as_json:
        emit_json(
            {
                "seed": dict(drawn.provenance.seeds),
                "days": [
                    {"moment": moment, "block": block.number, "hash": block.hash}
                    for moment, block in days
                ],
            }
        )
        return
    emit(
        f"randomness 0x{seed.prev_randao:064x}\n"
        f"of block   {seed.number} of chain {drawn.seed_chain_id}, {format_time(seed.timestamp)}, {seed.hash}\n"
        + "".join(
            f"day {day:<3}    {format_time(moment)}  block {block.number}  {block.hash}\n"
            for day, (moment, block) in enumerate(days, 1)
        )
        + f"--blocks   {','.join(str(block.number) for _, block in days)}\n"
    )
