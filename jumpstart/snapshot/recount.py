"""Recount: holdings as the terms of a sale have them counted, from the chain of their token.

What a publisher does once, whoever checks it does again: draw the moments, fetch the transfers, add up.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from jumpstart.errors import CheckError
from jumpstart.snapshot.draw import Draw
from jumpstart.snapshot.fetch.policy import Policy
from jumpstart.snapshot.fetch.progress import Watch
from jumpstart.snapshot.fetch.transfers import fetch, provenance
from jumpstart.snapshot.figures import Rule
from jumpstart.snapshot.run import Request
from jumpstart.terms import HoldingsTerms, Tier


def asked(terms: HoldingsTerms, tiers: Sequence[Tier], drawn: Draw) -> Request:
    """What to count by these terms, of transfers that are still to be had. `tiers` are the sale's."""
    return Request(
        files=(),
        token=terms.token,
        blocks=[block.number for block in drawn.blocks],
        rule=Rule.of(terms, tuple(tiers)),
        excluded=frozenset(terms.excluded),
        provenance=drawn.provenance,
    )


def with_transfers(
    request: Request,
    urls: Sequence[str],
    work: Path,
    *,
    first: int | None = None,
    policy: Policy | None = None,
    watch: Watch | None = None,
) -> Request:
    """The same request, of transfers that `fetch` gets from these nodes into `work`.

    Raises as `fetch`, and `CheckError` when a block has another hash than it was drawn with.
    """
    fetched = fetch(
        urls, request.token, request.blocks, work, first=first, policy=policy, watch=watch
    )
    for block, drawn in request.provenance.block_hashes.items():
        found = fetched.block_hashes[block]
        if found != drawn:
            raise CheckError(
                f"block {block} was drawn as 0x{drawn.hex()}, fetched as 0x{found.hex()}"
            )
    return replace(
        request,
        files=fetched.files,
        through=fetched.through,
        provenance=replace(provenance(fetched, first), seeds=request.provenance.seeds),
    )
