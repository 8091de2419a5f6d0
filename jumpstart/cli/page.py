"""`jumpstart page`: the page of a sale as files, for any host."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jumpstart.cli.output import Json, emit, emit_json
from jumpstart.cli.senders import ChainId, Rpc, connect, parse_address
from jumpstart.errors import InputError, located
from jumpstart.files import read_text, write_text

if TYPE_CHECKING:
    from jumpstart.chain.sale import Sale
    from jumpstart.site.site import Config

EXAMPLE = "Example: jumpstart page 0x.. --rpc https://node.example --snapshot DIR --out site"

_WALLETS = "wallets"

Snapshot = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR", help="What `jumpstart snapshot` has written: the proofs of the holdings."
    ),
]


def page(
    sale: Annotated[str, typer.Argument(metavar="SALE", help="The address of a sale.")],
    rpc: Rpc,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the files go.")],
    snapshot: Snapshot = None,
    chain_id: ChainId = None,
    as_json: Json = False,
) -> None:
    """Writes the page where participants of a sale look, subscribe and claim with their wallet: an HTML
    file, a script, a style sheet, and the proofs of a snapshot. It can be put up anywhere; it asks
    nobody but the node that is given here, and its own files.

    Prints the SHA-256 of the HTML, which names the hashes of the rest: publish it. Beside it,
    `wallets/` has what wallets with a screen of their own show for each signature (ERC-7730).
    """
    from jumpstart.site.descriptors import descriptors_of
    from jumpstart.site.site import write_site

    found = sale_at(sale, rpc, chain_id)
    config = config_of(found, rpc, snapshot)
    digest = write_site(out, config, snapshot)
    for name, descriptor in descriptors_of(found).items():
        (out / _WALLETS).mkdir(exist_ok=True)
        write_text(out / _WALLETS / name, json.dumps(descriptor, indent=2) + "\n")
    if as_json:
        emit_json({"folder": str(out), "sale": config.sale, "htmlSha256": digest})
    else:
        emit(f"{out / 'index.html'}: SHA-256 {digest}\n")


def sale_at(sale: str, rpc: str, chain_id: int | None) -> "Sale":
    """Raises `InputError` where there is none."""
    from jumpstart.chain.sale import Sale

    return Sale.at(connect(rpc, chain_id), parse_address("SALE", sale))


def config_of(sale: "Sale", rpc: str, snapshot: Path | None) -> "Config":
    """What the page of a sale is about. Raises `InputError` where the proofs are of another root than the
    sale has.
    """
    from jumpstart.site.site import PROOFS, Config

    if snapshot is not None:
        root = "0x" + sale.contract.call("opening").root.hex()
        index = snapshot / PROOFS / "index.json"
        with located(f"--snapshot: {index}"):
            proved = _root_in(read_text(index))
            if int(root, 16) and proved != root:
                raise InputError(f"root {proved}, the sale has {root}")
    return Config(
        sale=sale.address,
        chain_id=sale.chain.chain_id,
        rpc=rpc,
        proofs="" if snapshot is None else PROOFS,
    )


def _root_in(text: str) -> str:
    try:
        root = json.loads(text)["root"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InputError("no index of proofs") from None
    return str(root)
