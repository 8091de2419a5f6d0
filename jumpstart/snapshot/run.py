"""Run: a whole snapshot, from files of transfers to a folder that can be published.

The folder appears when all of it is there, and replaces only one that a snapshot made.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from jumpstart.errors import InputError, located
from jumpstart.files import write_text
from jumpstart.snapshot import draft, manifest, shards
from jumpstart.snapshot.balances import Form, balances, sql_of
from jumpstart.snapshot.checks import Checks, Extent, check_blocks
from jumpstart.snapshot.engines import DUCKDB, Engine, opened
from jumpstart.snapshot.figures import Rule
from jumpstart.snapshot.manifest import Provenance
from jumpstart.snapshot.transfers import expanded, prepare
from jumpstart.tree import HOLDING_TYPES, Tree

MEMORY: Final = "3GB"
"""What DuckDB may take unless told otherwise; with what Python needs beside it, within 4 GB."""

_LINES: Final = 65_536  # that are written at a time
_ACCOUNT_DIGITS: Final = frozenset("0123456789abcdef")


@dataclass(frozen=True, kw_only=True)
class Request:
    """What to count: the transfers of `token` in `files`, at `blocks`, by `rule`, leaving out
    `excluded`. The transfers are complete up to block `through`, or else to their last one.
    """

    files: Sequence[Path]
    token: bytes
    blocks: Sequence[int]
    rule: Rule
    excluded: frozenset[bytes] = frozenset()
    through: int | None = None
    provenance: Provenance = field(default_factory=Provenance)

    def __post_init__(self) -> None:
        if not self.blocks:
            raise InputError("no snapshot block")
        for before, block in zip(self.blocks, self.blocks[1:], strict=False):
            if block < before:
                raise InputError(f"snapshot blocks must not fall: {block} comes after {before}")
        if self.blocks[0] < 0:
            raise InputError(f"{self.blocks[0]} is no block")
        if len(self.blocks) != self.rule.days:
            raise InputError(
                f"{len(self.blocks)} snapshot blocks, the rule asks for {self.rule.days}"
            )


@dataclass(frozen=True, kw_only=True)
class Machine:
    """What to count with: an engine, as `engines.opened` names it, and what it may take. What does
    not fit into memory goes to `work`, which a cluster must see too; by default, beside the result.
    """

    engine: str = DUCKDB
    memory: str = MEMORY
    threads: int | None = None
    work: Path | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Holding:
    """What is published of an account, and the figures it was made of. Base units."""

    account: str
    holding: int
    coefficient: int | None
    total: int
    least: int


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """A snapshot that was written."""

    root: bytes
    accounts: int
    total: int
    shards: int
    extent: Extent


def holdings_of(
    request: Request, engine: Engine, work: Path, tell: Callable[[str], None]
) -> tuple[list[Holding], Extent, Form]:
    """Every account that holds something by the rule, ascending; what the transfers were; and how
    sums were kept exact.

    Raises `InputError` naming the row for transfers that are not sound.
    """
    tell("reading the transfers")
    transfers = prepare(request.files, work)
    checks = Checks(engine=engine, transfers=transfers, token=request.token)
    tell("checking every row")
    extent = checks.rows()
    check_blocks(request.blocks, extent, request.through)
    form = Form.of(extent, len(request.blocks))
    tell(f"looking for rows that stand twice among {extent.rows}")
    checks.places()
    tell(f"adding up at {len(request.blocks)} blocks")
    excluded = {"0x" + account.hex() for account in request.excluded}
    found = []
    with closing(balances(engine, transfers.table(engine), request.blocks, form)) as counted:
        for balance in counted:
            account = balance.account
            if not _is_account(account):
                counted.close()
                checks.refuse_account(account)
            if balance.least < 0:
                counted.close()
                checks.refuse_balance(account)
            if account in excluded:  # only now: what is wrong with it is wrong with others
                continue
            with located(account):
                holding = request.rule.holding(balance.total, balance.least)
            if holding:
                found.append(
                    Holding(
                        account=account,
                        holding=holding,
                        coefficient=request.rule.coefficient(holding),
                        total=balance.total,
                        least=balance.least,
                    )
                )
    if not found:
        raise InputError("nobody holds anything by this rule")
    transfers.check_unchanged()
    return found, extent, form


def take(
    request: Request,
    out: Path,
    machine: Machine = Machine(),
    *,
    single: bool = True,
    tell: Callable[[str], None] = lambda _: None,
) -> Snapshot:
    """Counts, and writes the folder `out`; `single`: with a file for each account as well.

    Raises `InputError`, with nothing written, for input that is not sound; `ToolError` when the
    engine fails.
    """
    out = out.absolute()
    draft.check_replaceable(out, [*request.files, *([machine.work] if machine.work else [])])
    try:
        with draft.begun(out) as begun, _worked(machine.work or begun) as work:
            return _take(request, out, machine, begun / "snapshot", work, single, tell)
    except OSError as error:
        where = error.filename or out
        raise InputError(f"{where}: cannot be written: {error.strerror or error}") from None


def _take(
    request: Request,
    out: Path,
    machine: Machine,
    folder: Path,
    work: Path,
    single: bool,
    tell: Callable[[str], None],
) -> Snapshot:
    with opened(machine.engine, machine.memory, work, machine.threads) as engine:
        version = engine.version
        found, extent, form = holdings_of(request, engine, work, tell)
    folder.mkdir()
    tell(f"building the tree of {len(found)} holdings")
    tree = _write_tables(folder, found)
    total = sum(one.holding for one in found)
    found.clear()
    tell("writing the proofs")
    write_text(folder / "query.sql", sql_of(request.blocks, form) + "\n")
    layout = shards.Layout.of([account for account, _ in tree.values])
    digests = shards.write(folder, tree, layout, single)
    tell("hashing what was written")
    content = {
        "root": "0x" + tree.root.hex(),
        "accounts": len(tree.values),
        "total": str(total),
        "question": manifest.question(
            token=request.token,
            blocks=request.blocks,
            rule=request.rule,
            excluded=sorted("0x" + account.hex() for account in request.excluded),
            through=request.through,
            provenance=request.provenance,
        ),
        "transfers": manifest.source(
            [(path, manifest.sha256_of(path)) for path in expanded(request.files)], extent
        ),
        "versions": manifest.versions(version),
    }
    manifest.write(folder, content, digests)
    draft.publish(folder, out)
    return Snapshot(
        root=tree.root,
        accounts=len(tree.values),
        total=total,
        shards=len(layout.shards),
        extent=extent,
    )


def _is_account(text: str) -> bool:
    return len(text) == 42 and text[:2] == "0x" and _ACCOUNT_DIGITS.issuperset(text[2:])


@contextmanager
def _worked(parent: Path) -> Iterator[Path]:
    """A folder of our own, so that nothing else there can be taken for ours."""
    parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        prefix="work-", dir=parent, ignore_cleanup_errors=True
    ) as name:
        yield Path(name)


def _write_tables(folder: Path, found: Sequence[Holding]) -> Tree:
    """`holdings.csv`, `holdings.parquet`, `tree.json`."""
    values = [(one.account, str(one.holding)) for one in found]
    _write(folder / "holdings.csv", _lines(values))
    columns = {
        "account": pa.array([one.account for one in found], pa.string()),
        "holding": pa.array([value for _, value in values], pa.string()),
        "coefficient": pa.array([one.coefficient for one in found], pa.uint16()),
        "sum": pa.array([str(one.total) for one in found], pa.string()),
        "minimum": pa.array([str(one.least) for one in found], pa.string()),
    }
    pq.write_table(pa.table(columns), folder / "holdings.parquet", compression="zstd")
    tree = Tree.of(values, HOLDING_TYPES)
    _write(folder / "tree.json", tree.dumped())
    return tree


def _lines(values: Sequence[tuple[str, str]]) -> Iterator[str]:
    yield "account,holding\n"
    for start in range(0, len(values), _LINES):
        yield "".join(
            [f"{account},{holding}\n" for account, holding in values[start : start + _LINES]]
        )


def _write(path: Path, parts: Iterator[str]) -> None:
    with path.open("x", encoding="utf-8", newline="") as file:
        file.writelines(parts)
