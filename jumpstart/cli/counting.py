"""What `draw` and `snapshot` share: the terms by which holdings are counted, of a file or of a sale."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jumpstart.cli.deployments import names_of
from jumpstart.cli.senders import connect, parse_address
from jumpstart.errors import ChainError, ToolError, located
from jumpstart.terms import HoldingsTerms, Tier

if TYPE_CHECKING:
    from jumpstart.chain.client import Chain
    from jumpstart.snapshot.draw import Draw
    from jumpstart.snapshot.figures import Rule
    from jumpstart.snapshot.run import Request

SaleAddress = Annotated[
    str | None,
    typer.Option("--sale", metavar="0x..", help="A sale, which says how its holdings are counted."),
]
SaleRpc = Annotated[
    str | None,
    typer.Option(metavar="URL", help="Where the sale's chain answers, if it is not --rpc."),
]
SeedRpc = Annotated[
    str | None,
    typer.Option(
        metavar="URL", help="Where the chain answers whose randomness draws, if it is not --rpc."
    ),
]


@contextmanager
def asking() -> Iterator[None]:
    """Makes of a node that does not answer what could not be done, exit status 2: 1 says that something
    was checked and is wrong.
    """
    try:
        yield
    except ChainError as error:
        raise ToolError(str(error)) from error


@dataclass(frozen=True, kw_only=True)
class Counting:
    """How holdings are counted, and the root that was published: None where there is no sale, or
    nothing is published yet.
    """

    holdings: HoldingsTerms
    tiers: tuple[Tier, ...]
    published: bytes | None = None

    @property
    def rule(self) -> "Rule":
        """How balances become a holding."""
        from jumpstart.snapshot.figures import Rule

        return Rule.of(self.holdings, self.tiers)

    def request(self, rpc: str, seed_rpc: str | None) -> "Request":
        """What to count, once it is drawn."""
        from jumpstart.snapshot.recount import asked

        return asked(self.holdings, self.tiers, self.draw(rpc, seed_rpc))

    def draw(self, rpc: str, seed_rpc: str | None) -> "Draw":
        """The draw, by the nodes of the token's chain and of that whose randomness it is."""
        from jumpstart.snapshot.draw import draw

        chain = node_at("--rpc", rpc)
        return draw(self.holdings, chain, node_at("--seed-rpc", seed_rpc) if seed_rpc else chain)


def counting_of_sale(sale: str, rpc: str) -> Counting:
    """What the terms of a sale say. Raises `InputError` when there is none at the address."""
    from jumpstart.chain.sale import Sale

    found = Sale.at(connect(rpc, None), parse_address("--sale", sale))
    root: bytes = found.contract.call("opening").root
    return Counting(
        holdings=found.listing.holdings,
        tiers=found.terms.tiers,
        published=root if any(root) else None,
    )


def counting_of_draft(file: Path, accounts: Sequence[str] | None, book: Path | None) -> Counting:
    """What a draft says. Raises `InputError` for one that is none or breaks a rule, and for names
    without address; names that have nothing to do with holdings need none.
    """
    from jumpstart.drafts import read
    from jumpstart.hashing import keccak256

    draft = read(file)
    names = names_of(file, accounts, book)
    with located(str(file)):
        holdings = draft.counted(names)
        open_names = [name for name in draft.open_names if name not in names]
        nobody = {name: "0x" + keccak256(name.encode()).hex()[:40] for name in open_names}
        draft.resolve(names | nobody)
    return Counting(holdings=holdings, tiers=tuple(row.tier for row in draft.tiers))


def node_at(option: str, url: str) -> "Chain":
    """The chain at an address, without our contracts. Raises `InputError` for what is no address."""
    from jumpstart.chain.client import Chain
    from jumpstart.chain.urls import check_url

    check_url(option, url)
    return Chain.connect(url)
