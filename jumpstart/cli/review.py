"""`jumpstart review`: what the reviewers say of an application."""

from typing import Annotated, Any

import typer

from jumpstart.cli.output import Json, emit, emit_json
from jumpstart.cli.senders import ChainId, Rpc, connect, parse_address
from jumpstart.times import format_time

EXAMPLE = "Example: jumpstart review 0x.. 1 --rpc http://127.0.0.1:8545"


def review(
    address: Annotated[str, typer.Argument(metavar="REVIEW", help="The address of the review.")],
    application: Annotated[int, typer.Argument(metavar="ID", min=1, help="Of the application.")],
    rpc: Rpc,
    chain_id: ChainId = None,
    from_block: Annotated[
        int, typer.Option(min=0, metavar="N", help="Look for its events from this block on.")
    ] = 0,
    as_json: Json = False,
) -> None:
    """Prints an application's status, its scorecards, the medians and what they had to reach.

    Scores that are not revealed are not known to anybody but their reviewer.
    """
    from jumpstart.chain.applications import read_application

    known = parse_address("REVIEW", address)
    chain = connect(rpc, chain_id)
    contract = chain.contract("ProjectReview", known)
    content = read_application(contract, application, from_block=from_block)
    if as_json:
        emit_json(content)
    else:
        emit("".join(f"{line}\n" for line in _lines(content)))


def _lines(content: dict[str, Any]) -> list[str]:
    lines = [
        f"application {content['application']} of {content['applicant']}: {content['status']}",
        f"applied {format_time(content['appliedAt'])}, good until "
        f"{format_time(content['expiresAt'])}",
        f"terms {content['termsHash']}",
        f"dossier {content['dossierHash']} {content['dossierUri']}".rstrip(),
    ]
    for card in content["scorecards"]:
        scores = " ".join(f"{score:>3}" for score in card["scores"] or ())
        lines.append(f"{card['reviewer']}  {card['stage']:<9}  {scores}".rstrip())
    for criterion in content["criteria"]:
        lines.append(
            f"{criterion['name']:<15} median {criterion['median']:>3}, floor {criterion['floor']:>3}, "
            f"weight {criterion['weightBps'] / 100:g} %"
        )
    lines.append(f"weighted total {content['total']} of 1000000, bar {content['bar']}")
    return lines
