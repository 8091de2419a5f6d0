"""The replay of an archive: the same models over the same events, without a node.

It says whether the events are what the rules make of each other: every figure in every event, every
transfer of a token, and that what moved comes to what all positions say. What contracts answer, what
code they have and whether the chain has these events, an audit of a node says.
"""

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import rfc8785

from jumpstart.audit.archive import Archive
from jumpstart.audit.audit import UNREADABLE, replay_of, require_beginning
from jumpstart.audit.balances import check_sums
from jumpstart.audit.findings import Findings
from jumpstart.audit.parts import balances_of, escrow_of, moved_of, participants_of, sale_of
from jumpstart.audit.replay import Replay
from jumpstart.audit.steps import Reader
from jumpstart.audit.subject import Subject
from jumpstart.chain.compiler import Artifacts
from jumpstart.errors import InputError, JumpstartError
from jumpstart.files import replaced
from jumpstart.writing import plain

FORMAT: Final = "jumpstart-replay-v1"
_LEFT: Final = (
    "that the chain has these events",
    "the code of the contracts",
    "what the contracts answer, hold and store",
    "the root of the holdings",
)
_OFTEN: Final = 100_000  # transactions between two words about it


@dataclass(frozen=True, kw_only=True)
class Replayed:
    """What became of it; `events` and `transactions` as read, `digest` the SHA-256 of the events."""

    subject: Subject
    findings: Findings
    replay: Replay
    events: int
    transactions: int
    digest: bytes


def replay_archive(
    archive: Archive, artifacts: Artifacts, say: Callable[[str], None] = lambda line: None
) -> Replayed:
    """Replays all of it. Memory grows with the participants, not with the events.

    Raises `InputError` where the archive cannot be read, or does not begin where the sale did.
    """
    findings = Findings()
    for what in _LEFT:
        findings.leave(what, "there is no node to ask")
    with _contents_read():
        subject = archive.subject(artifacts)
        replay, reader = replay_of(subject, findings), Reader(subject, findings)
        for mined in archive.transactions():
            replay.play(reader.step(mined))
            if reader.transactions % _OFTEN == 0:
                total = archive.description.transactions
                say(f"{reader.transactions} of {total} transactions replayed")
        require_beginning(replay)
        findings.compare("event", "listing", True, replay.models.is_listed)
        check_sums(subject, replay.models, replay.flows, findings)
    return Replayed(
        subject=subject,
        findings=findings,
        replay=replay,
        events=reader.events,
        transactions=reader.transactions,
        digest=archive.description.events,
    )


def result_bytes(replayed: Replayed) -> bytes:
    """All but the participants, as canonical JSON."""
    subject, findings, replay = replayed.subject, replayed.findings, replayed.replay
    content: dict[str, Any] = {
        "format": FORMAT,
        "verdict": findings.verdict,
        "chainId": subject.chain.chain_id,
        "block": subject.head.number,
        "blockHash": subject.head.hash,
        "time": subject.now,
        "application": subject.application,
        "sale": subject.sale.address,
        "termsHash": subject.listing.terms_hash,
        "archive": replayed.digest,
        "read": {"events": replayed.events, "transactions": replayed.transactions},
        "participants": len(replay.models.ledger.accounts),
        "compared": dict(sorted(findings.compared.items())),
        "outcome": sale_of(replay),
        "escrow": escrow_of(replay),
        "balances": list(balances_of(replay)),
        "moved": list(moved_of(replay)),
        "findings": findings.all,
        "explained": findings.explained,
        "left": findings.left,
        "undone": findings.undone,
    }
    return rfc8785.dumps(plain(content))


def write_participants(replayed: Replayed, path: Path) -> None:
    """A row of CSV for each participant, in the order of addresses: what it has shown, asked for, got,
    and could claim. One row is in memory.

    Raises `InputError` when the file cannot be written.
    """
    with replaced(path) as draft, draft.open("w", encoding="utf-8", newline="") as file:
        writer: csv.DictWriter[str] | None = None
        for row in map(_row, participants_of(replayed.replay)):
            if writer is None:
                writer = csv.DictWriter(file, list(row), lineterminator="\n")
                writer.writeheader()
            writer.writerow(row)


def _row(participant: dict[str, Any]) -> dict[str, Any]:
    claimable = participant.pop("claimable")
    return participant | {
        "claimableTokens": claimable.tokens,
        "claimableRefund": claimable.refund,
    }


@contextmanager
def _contents_read() -> Iterator[None]:
    """Around what reads an archive: contents that mean nothing are an `InputError`."""
    try:
        yield
    except JumpstartError:
        raise
    except UNREADABLE as error:
        raise InputError(
            f"the archive has what cannot be read ({type(error).__name__}: {error})"
        ) from error
