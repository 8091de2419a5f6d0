"""`jumpstart serve`: the page of a sale, on one's own machine."""

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from jumpstart.cli.page import Snapshot, config_of, sale_at
from jumpstart.cli.senders import ChainId, Rpc
from jumpstart.signals import until_signal, wait

EXAMPLE = "Example: jumpstart serve 0x.. --rpc http://127.0.0.1:8545 --snapshot DIR"


def serve(
    sale: Annotated[str, typer.Argument(metavar="SALE", help="The address of a sale.")],
    rpc: Rpc,
    snapshot: Snapshot = None,
    port: Annotated[
        int, typer.Option(min=0, max=65_535, help="On 127.0.0.1; 0: any that is free.")
    ] = 8550,
    chain_id: ChainId = None,
) -> None:
    """Serves the page of a sale on 127.0.0.1 until SIGINT or SIGTERM, and prints its address. The page is
    the one that `jumpstart page` writes for any host.
    """
    from jumpstart.site.server import SiteServer
    from jumpstart.site.site import write_site

    config = config_of(sale_at(sale, rpc, chain_id), rpc, snapshot)
    with tempfile.TemporaryDirectory() as name, until_signal() as ended:
        folder = Path(name)
        write_site(folder, config, snapshot)
        with SiteServer(folder, port) as server:
            typer.echo(server.url)
            wait(ended)
