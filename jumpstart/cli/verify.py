"""`jumpstart verify`: a record against the chain and the sources, value by value."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from jumpstart.cli.output import Json, emit, emit_json
from jumpstart.cli.senders import Rpc, connect
from jumpstart.errors import CheckError

EXAMPLE = "Example: jumpstart verify deployments/1/my-sale/record.json --rpc http://127.0.0.1:8545"


def verify(
    record: Annotated[Path, typer.Argument(metavar="RECORD", help="The record of a deployment.")],
    rpc: Rpc,
    as_json: Json = False,
) -> None:
    """Rebuilds every contract from the sources and compares code, getters, roles, transactions and
    events with the record and the chain.

    Exit status 1 when anything differs: each value is named, with what was expected and found. It
    also says what it did not compare, and why.
    """
    from jumpstart.deployment.verification.verify import verify as compare

    verdict = compare(record, connect(rpc, None))
    compared = len(verdict.checks)
    differences = verdict.differences
    if as_json:
        emit_json(
            {
                "title": verdict.title,
                "kind": verdict.kind,
                "chainId": verdict.chain_id,
                "block": verdict.block,
                "blockHash": verdict.block_hash,
                "consistent": not differences,
                "compared": dict(sorted(verdict.compared.items())),
                "differences": [asdict(each) for each in differences],
                "since": verdict.later,
                "left": [asdict(each) for each in verdict.left],
            }
        )
    else:
        kinds = ", ".join(f"{count} of {kind}" for kind, count in sorted(verdict.compared.items()))
        emit(f"{compared} values compared at block {verdict.block}: {kinds}\n")
        reasons: dict[str, list[str]] = {}
        for left in verdict.left:
            reasons.setdefault(left.why, []).append(left.what)
        for why, names in reasons.items():
            emit(f"not compared, {why}: {', '.join(names)}\n")
        for name, count in verdict.later.items():
            emit(f"since the deployment: {count} {name}\n")
        emit("".join(f"DIFFERS  {each}\n" for each in differences))
    if differences:
        raise CheckError(f"{len(differences)} of {compared} values differ")
