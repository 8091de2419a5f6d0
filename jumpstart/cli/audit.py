"""`jumpstart audit`: a sale replayed from its chain alone, and compared value by value."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jumpstart.cli.counting import SeedRpc, node_at
from jumpstart.cli.output import Json, emit, emit_json
from jumpstart.cli.senders import ChainId, Rpc, connect, parse_address
from jumpstart.errors import ChainError, CheckError, InputError, ToolError, located
from jumpstart.files import read_text

if TYPE_CHECKING:
    from jumpstart.audit.audit import Audit
    from jumpstart.audit.holdings import Recount
    from jumpstart.chain.client import Chain
    from jumpstart.terms import ListingTerms

EXAMPLE = "Example: jumpstart audit 0x.. --rpc http://127.0.0.1:8545"

_REPORT, _PAGE = "report.json", "report.html"
_HASH_DIGITS = 64
_MOST_SHOWN = 40


def audit(
    sale: Annotated[
        str,
        typer.Argument(
            metavar="SALE", help="The address of a sale; with --application, of its launchpad."
        ),
    ],
    rpc: Rpc,
    application: Annotated[
        int | None, typer.Option(min=1, help="The number under which the launchpad has listed it.")
    ] = None,
    block: Annotated[
        int | None,
        typer.Option(min=0, help="Audit as of this block; else the newest that is deep enough."),
    ] = None,
    block_hash: Annotated[
        str | None,
        typer.Option(metavar="0x..", help="What the hash of that block has to be."),
    ] = None,
    confirmations: Annotated[
        int | None, typer.Option(min=0, help="How deep is enough; 12, on a local chain 0.")
    ] = None,
    from_block: Annotated[
        int | None,
        typer.Option(min=0, help="The first block to read; else that of the oldest contract."),
    ] = None,
    terms: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The terms that it has to be bound to: what `jumpstart terms --json` prints, or a "
            "report.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Where report.json and report.html go; else out/audit/SALE."
        ),
    ] = None,
    token_rpc: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="Where the chain of the holdings' token answers, if not --rpc."
        ),
    ] = None,
    seed_rpc: SeedRpc = None,
    holdings: Annotated[
        bool, typer.Option(help="Count the holdings again, from the transfers of their token.")
    ] = True,
    account: Annotated[
        str | None,
        typer.Option(
            metavar="0x..",
            help="Say what this account got and why, and write its receipt, which proves itself.",
        ),
    ] = None,
    export: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Write the events there too, for `jumpstart replay` without a node."
        ),
    ] = None,
    watch: Annotated[
        bool,
        typer.Option(
            "--watch", help="Follow the sale until a signal ends it; say what happens and differs."
        ),
    ] = False,
    every: Annotated[
        float, typer.Option(min=0.1, metavar="SECONDS", help="With --watch: how often to look.")
    ] = 5,
    metrics: Annotated[
        str | None,
        typer.Option(
            metavar="[HOST:]PORT", help="With --watch: serve metrics in Prometheus' format."
        ),
    ] = None,
    chain_id: ChainId = None,
    as_json: Json = False,
) -> None:
    """Replays every event of a sale in an independent model, from its review to its last exit, and
    compares with the contracts: code, roles, terms, every participant's position, every balance.

    Writes report.json and, for people, report.html, whose bytes are the same on every machine, and
    prints the SHA-256 of both. With --account also a receipt, as JSON and as a page that checks itself
    in a browser. Exit status 0 when all agrees, 1 when a value differs (each is
    named), 2 when it could not be done.
    """
    from jumpstart.audit.audit import audit as replay

    address = parse_address("SALE", sale)
    if block_hash is not None:
        require_hash(block_hash)
    promised = None if terms is None else _terms_in(terms)
    participant = None if account is None else parse_address("--account", account)
    if metrics is not None and not watch:
        raise InputError("--metrics: only with --watch")
    if watch:
        for name, value in (
            ("--block", block),
            ("--block-hash", block_hash),
            ("--account", account),
            ("--out", out),
            ("--export", export),
            ("--json", as_json or None),
        ):
            if value is not None:
                raise InputError(f"--watch: not with {name}, which is about one block")
        _watch(
            connect(rpc, chain_id),
            address,
            every,
            metrics,
            application=application,
            confirmations=confirmations,
            origin=from_block,
            terms=promised,
            recount=_recount(token_rpc, seed_rpc) if holdings else None,
        )
        return
    try:
        done = replay(
            connect(rpc, chain_id),
            address,
            application=application,
            block=block,
            block_hash=block_hash,
            confirmations=confirmations,
            origin=from_block,
            terms=promised,
            recount=_recount(token_rpc, seed_rpc) if holdings else None,
            say=lambda line: typer.echo(line, err=True),
            export=export,
        )
        written, told = _written(done, participant)
    except ChainError as error:
        raise ToolError(f"the audit could not be done: {error}") from error
    folder = out or Path("out") / "audit" / done.subject.sale.address
    digests = _write(folder, written)
    if as_json:
        emit_json(_summary(done, digests) | ({"account": told} if told else {}))
    else:
        emit(_text(done, folder, digests, told))
    _conclude(done)


def _watch(chain: "Chain", address: str, every: float, metrics: str | None, **options: Any) -> None:
    from jumpstart.audit.watch import Watch
    from jumpstart.cli.watching import address_of, follow

    if metrics is not None:
        address_of(metrics)
    try:
        found = Watch(chain, address, **options)
    except ChainError as error:
        raise ToolError(f"the sale could not be found: {error}") from error
    follow(found, every, metrics)


def _written(done: "Audit", participant: str | None) -> tuple[dict[str, str], list[str]]:
    """The report, its page and, for a participant, the receipt and its page, by their names; and what
    the receipt tells.
    """
    from jumpstart.audit.page.render import render
    from jumpstart.audit.receipt import page as receipt_page
    from jumpstart.audit.receipt.make import receipt_bytes, receipt_of
    from jumpstart.audit.report import report_bytes

    text = report_bytes(done).decode()
    report = json.loads(text)
    written = {_REPORT: text, _PAGE: render(report)}
    if participant is None:
        return written, []
    receipt = receipt_of(done, participant)
    written[f"receipt-{participant}.json"] = receipt_bytes(receipt).decode()
    written[f"receipt-{participant}.html"] = receipt_page.render(receipt, report["tokens"])
    told = receipt_page.told(receipt, report["tokens"])
    return written, [f"{each.words} {each.calculation}".strip() for each in told]


def _terms_in(path: Path) -> "ListingTerms":
    from jumpstart.terms import ListingTerms
    from jumpstart.writing import unplain

    with located(f"--terms: {path}"):
        try:
            found = json.loads(read_text(path))
        except RecursionError:
            raise InputError("not JSON: nested too deeply") from None
        except json.JSONDecodeError as error:
            raise InputError(f"not JSON: {error}") from None
        if not isinstance(found, dict) or "terms" not in found:
            raise InputError("expected an object with `terms`")
        with located("terms"):
            terms: ListingTerms = unplain(ListingTerms, found["terms"])
    return terms


def _write(folder: Path, written: Mapping[str, str]) -> dict[str, str]:
    """Writes all of it. The SHA-256 of each by its name."""
    from jumpstart.audit.report import digest_of
    from jumpstart.files import write_text

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"--out: {folder}: {error.strerror}") from None
    for name, text in written.items():
        write_text(folder / name, text)
    return {name: digest_of(text.encode()) for name, text in written.items()}


def _recount(token_rpc: str | None, seed_rpc: str | None) -> "Recount":
    from jumpstart.audit.holdings import recounted

    return recounted(
        None if token_rpc is None else node_at("--token-rpc", token_rpc),
        None if seed_rpc is None else node_at("--seed-rpc", seed_rpc),
    )


def _conclude(done: "Audit") -> None:
    """Raises what the exit status stands for."""
    findings = done.findings
    if findings.all:
        raise CheckError(f"{len(findings.all)} of {findings.compared.total()} values differ")
    if findings.undone:
        first = findings.undone[0]
        raise ToolError(
            f"{len(findings.undone)} values could not be compared; {first.what}: {first.why}"
        )


def _summary(done: "Audit", digests: Mapping[str, str]) -> dict[str, object]:
    findings, subject = done.findings, done.subject
    return {
        "verdict": findings.verdict,
        "sale": subject.sale.address,
        "chainId": subject.chain.chain_id,
        "block": subject.head.number,
        "blockHash": subject.head.hash,
        "code": done.code,
        "holdings": done.holdings,
        "compared": dict(sorted(findings.compared.items())),
        "findings": [asdict(each) for each in findings.all],
        "explained": [asdict(each) for each in findings.explained],
        "left": [asdict(each) for each in findings.left],
        "undone": [asdict(each) for each in findings.undone],
        "reportSha256": digests[_REPORT],
        "pageSha256": digests[_PAGE],
        "written": dict(sorted(digests.items())),
    }


def _text(done: "Audit", folder: Path, digests: Mapping[str, str], told: Sequence[str]) -> str:
    findings, subject = done.findings, done.subject
    kinds = ", ".join(f"{count} of {kind}" for kind, count in sorted(findings.compared.items()))
    lines = [
        f"sale {subject.sale.address} of application {subject.application}, "
        f"launchpad {subject.launchpad.address}",
        f"chain {subject.chain.chain_id}, block {subject.head.number}, {subject.head.hash}",
        f"{done.events} events of {done.transactions} transactions replayed; "
        f"{findings.compared.total()} values compared: {kinds}",
    ]
    lines += [f"explained  {each.what}: {each.why}" for each in findings.explained[:_MOST_SHOWN]]
    lines += [f"not compared  {each.what}: {each.why}" for each in findings.left]
    lines += [f"NOT DONE  {each.what}: {each.why}" for each in findings.undone[:_MOST_SHOWN]]
    lines += [f"DIFFERS  {each}" for each in findings.all[:_MOST_SHOWN]]
    more = len(findings.all) - _MOST_SHOWN
    if more > 0:
        lines.append(f"and {more} more differences, in {folder / _REPORT}")
    lines += [f"account  {each}" for each in told]
    lines += [f"{folder / name}: SHA-256 {digest}" for name, digest in digests.items()]
    holdings = (
        "; THE ROOT OF THE HOLDINGS WAS NOT CHECKED" if done.holdings == "not checked" else ""
    )
    lines.append(f"{findings.verdict}{holdings}")
    return "\n".join(lines) + "\n"


def require_hash(text: str) -> None:
    digits = text.removeprefix("0x").lower()
    if len(digits) != _HASH_DIGITS or set(digits) - set("0123456789abcdef"):
        raise InputError(f"--block-hash: {text!r} is not 0x and {_HASH_DIGITS} hexadecimal digits")
