"""The audit of a sale, from its address and a node alone.

Everything is read at one block, whose hash stands in the report. Three ends: all agrees; something
differs, and each value is named; or it could not be done. A node that does not answer, or answers what
cannot be read, is the last: never a sale that is in order.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from eth_abi.exceptions import DecodingError

from jumpstart.audit.archive import ArchiveWriter
from jumpstart.audit.balances import check_balances
from jumpstart.audit.code import check_code, check_terms
from jumpstart.audit.coins import check_coins
from jumpstart.audit.escrow import EscrowEvents
from jumpstart.audit.findings import Findings
from jumpstart.audit.history import History
from jumpstart.audit.holdings import Recount, check_holdings
from jumpstart.audit.journal import Journal
from jumpstart.audit.passes import PassEvents
from jumpstart.audit.powers import PowerNow, powers_now
from jumpstart.audit.replay import Replay
from jumpstart.audit.review import ReviewEvents
from jumpstart.audit.roles import RoleEvents
from jumpstart.audit.sale import SaleEvents
from jumpstart.audit.state import check_state
from jumpstart.audit.steps import Mined, Reader, Step
from jumpstart.audit.subject import Subject
from jumpstart.audit.vault import VaultEvents
from jumpstart.chain.client import Chain
from jumpstart.errors import ChainError, InputError, JumpstartError
from jumpstart.terms import ListingTerms

_CHECKED, _DIFFERENT, _UNCHECKED = "as rebuilt", "different", "not checked"
_NOT_ASKED: Final = "it was not asked for"

UNREADABLE: Final = (
    LookupError,
    TypeError,
    AttributeError,
    ValueError,
    OverflowError,
    DecodingError,
)
"""What reading an answer that means nothing ends in."""

Say = Callable[[str], None]
Watch = Callable[[Step, Replay], None]
Keep = Callable[[Mined], None]


@dataclass(frozen=True, kw_only=True)
class Audit:
    """What became of it. `code` and `holdings` in words, `events` and `transactions` as read."""

    subject: Subject
    findings: Findings
    replay: Replay
    history: History
    powers: list[PowerNow]
    code: str
    holdings: str
    events: int
    transactions: int


def audit(
    chain: Chain,
    address: str,
    *,
    application: int | None = None,
    block: int | None = None,
    block_hash: str | None = None,
    confirmations: int | None = None,
    origin: int | None = None,
    terms: ListingTerms | None = None,
    with_code: bool = True,
    recount: Recount | None = None,
    say: Say = lambda line: None,
    watch: Watch = lambda step, replay: None,
    export: Path | None = None,
) -> Audit:
    """Audits the sale at an address or, with `application`, the one its launchpad there has listed.

    `block`: by default the newest with enough confirmations; `block_hash` is what its hash has to
    be. `origin`: the first block to look at, by default that of the oldest contract. `terms`: those
    that the sale has to be bound to, by default the published ones. `recount` counts the holdings
    again; without it their root is not checked. `watch` is told of each transaction when it has been
    replayed. `export` is a folder that gets an archive of the events.

    Raises `InputError` where there is no sale, `ChainError` where the node does not answer, answers
    what cannot be read, or rolls the block back meanwhile; `ToolError` where nothing can be rebuilt.
    """
    with answers_read():
        subject = Subject.found(
            chain,
            address,
            application=application,
            block=block,
            confirmations=confirmations,
            origin=origin,
            terms=terms,
        )
        with _archive(export, subject) as keep:
            return _audited(subject, block_hash, recount, say, watch, keep, with_code=with_code)


def replay_of(subject: Subject, findings: Findings) -> Replay:
    """One in which every event of every contract has its place; nothing is played yet."""
    replay = Replay(subject, findings)
    SaleEvents(replay)
    RoleEvents(replay)
    ReviewEvents(replay, EscrowEvents(replay))
    VaultEvents(replay)
    PassEvents(replay)
    return replay


def _audited(
    subject: Subject,
    block_hash: str | None,
    recount: Recount | None,
    say: Say,
    watch: Watch,
    keep: Keep,
    *,
    with_code: bool,
) -> Audit:
    findings = Findings()
    if block_hash is not None:
        findings.compare(
            "node", f"hash of block {subject.head.number}", block_hash.lower(), subject.head.hash
        )
    check_terms(subject, findings)
    code = _UNCHECKED
    if with_code:
        say("rebuilding the code")
        code = _CHECKED if check_code(subject, findings) else _DIFFERENT
    else:
        findings.leave("code", _NOT_ASKED)
    replay = replay_of(subject, findings)
    reader, history = Reader(subject, findings), History()
    for mined in Journal(subject, findings, say).transactions():
        keep(mined)
        step = reader.step(mined)
        replay.play(step)
        history.record(step, replay)
        watch(step, replay)
    say(f"{reader.events} events of {reader.transactions} transactions replayed")
    require_beginning(replay)
    findings.compare("event", "listing", True, replay.models.is_listed)
    say("comparing the state")
    check_state(replay, has_right_code=code == _CHECKED)
    check_balances(subject, replay.models, replay.flows, findings)
    check_coins(subject, replay.flows, findings)
    say("counting the holdings again")
    holdings = check_holdings(subject, replay.models, findings, recount)
    powers = powers_now(replay)
    require_head(subject)
    return Audit(
        subject=subject,
        findings=findings,
        replay=replay,
        history=history,
        powers=powers,
        code=code,
        holdings=holdings,
        events=reader.events,
        transactions=reader.transactions,
    )


@contextmanager
def _archive(folder: Path | None, subject: Subject) -> Iterator[Keep]:
    """What keeps transactions; the archive is there when the audit is done."""
    if folder is None:
        yield lambda mined: None
        return
    with ArchiveWriter(folder, subject) as writer:
        yield writer.add
        writer.close()


@contextmanager
def answers_read() -> Iterator[None]:
    """Around what reads a node's answers: one that cannot be read is a `ChainError`."""
    try:
        yield
    except JumpstartError:
        raise
    except UNREADABLE as error:
        raise ChainError(
            f"the node answers what cannot be read ({type(error).__name__}: {error})"
        ) from error


def require_beginning(replay: Replay) -> None:
    """That the first events were among those replayed. Raises `InputError`."""
    if not replay.models.committee.chair:
        raise InputError(
            f"the review of the sale says nothing of its creation from block {replay.subject.origin} "
            "on: begin earlier"
        )


def require_head(subject: Subject) -> None:
    """That the block is still the one that everything was read at. Raises `ChainError`."""
    found = subject.chain.header(subject.head.number).hash
    if found != subject.head.hash:
        raise ChainError(
            f"block {subject.head.number} was {subject.head.hash} and is {found}: the chain was "
            "rolled back meanwhile; audit again"
        )
