"""An archive of a sale replays without a node, to the same figures; one that was changed does not."""

import csv
import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jumpstart.audit.archive import EVENTS, SALE, SCHEMA, Archive, ArchiveWriter
from jumpstart.audit.audit import audit
from jumpstart.audit.findings import CONSISTENT, DIFFERENT, INCOMPLETE
from jumpstart.audit.report import report_of
from jumpstart.audit.stored import Replayed, replay_archive, result_bytes, write_participants
from jumpstart.audit.subject import Subject
from jumpstart.chain.absent import NodeAbsent
from jumpstart.chain.compiler import Artifacts
from jumpstart.cli import main
from jumpstart.errors import InputError
from jumpstart.hashing import keccak256
from tests.chain.audit import scenes
from tests.chain.audit.test_scenes import Scene
from tests.chain.stage import Stage

CLAIMED = keccak256(b"Claimed(address,uint256,uint256)")
SUBSCRIBE = keccak256(b"subscribe(uint256,uint256,bytes32[])")[:4]

Rows = list[dict[str, Any]]


def archived(stage: Stage, scene: Scene, folder: Path) -> dict[str, Any]:
    """Audits a scene with an archive beside it; the report."""
    trial = scene(stage)
    done = audit(trial.chain, trial.address, with_code=False, export=folder)
    assert done.findings.verdict == CONSISTENT
    assert sorted(each.name for each in folder.iterdir()) == [EVENTS, SALE]
    return report_of(done)


def replayed(folder: Path, artifacts: Artifacts) -> Replayed:
    return replay_archive(Archive(folder), artifacts)


@pytest.mark.parametrize(
    "scene",
    [
        scenes.success,
        pytest.param(scenes.native, marks=pytest.mark.deep),
        pytest.param(scenes.delisted, marks=pytest.mark.deep),
    ],
)
def test_an_archive_replays_to_the_figures_of_the_audit(
    stage: Stage, artifacts: Artifacts, tmp_path: Path, scene: Scene
) -> None:
    report = archived(stage, scene, tmp_path)
    done = replayed(tmp_path, artifacts)
    assert done.findings.all == []
    assert done.findings.verdict == CONSISTENT
    result = json.loads(result_bytes(done))
    for name in (
        "escrow",
        "balances",
        "moved",
        "termsHash",
        "blockHash",
        "time",
        "read",
        "explained",
    ):
        assert result[name] == report[name], name
    for kind in ("event", "transfer", "holding"):
        assert int(result["compared"][kind]) == int(report["compared"][kind]) > 0, kind
    for session in report["sale"]["sessions"]:
        for demand in session["demands"]:
            demand["allotted"] = None  # an archive's replay keeps no subscriptions one by one
    assert result["outcome"] == report["sale"]
    assert result["participants"] == str(len(report["participants"]))
    write_participants(done, tmp_path / "people.csv")
    with (tmp_path / "people.csv").open() as file:
        rows = list(csv.DictReader(file))
    for row, each in zip(rows, report["participants"], strict=True):
        claimable = each.pop("claimable")
        assert row.pop("claimableTokens") == claimable["tokens"]
        assert row.pop("claimableRefund") == claimable["refund"]
        assert row == each


def test_the_command_replays_what_the_audit_has_exported(
    stage: Stage, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trial, folder = scenes.settled(stage), tmp_path / "archive"
    words = ["audit", trial.address, "--rpc", trial.chain.url, "--no-holdings"]
    assert main([*words, "--out", str(tmp_path / "out"), "--export", str(folder)]) == 0
    first = (folder / EVENTS).read_bytes(), (folder / SALE).read_bytes()
    assert main([*words, "--out", str(tmp_path / "out"), "--export", str(folder)]) == 0
    assert ((folder / EVENTS).read_bytes(), (folder / SALE).read_bytes()) == first
    capsys.readouterr()
    assert main(["replay", str(folder), "--out", str(tmp_path / "replayed")]) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[-1] == "the events are consistent"
    assert "not compared  that the chain has these events" in out
    written = (tmp_path / "replayed" / "replay.json").read_bytes()
    assert hashlib.sha256(written).hexdigest() in out
    assert main(["replay", str(folder), "--json"]) == 0
    assert (
        json.loads(capsys.readouterr().out)["archiveSha256"] == json.loads(first[1])["events"][2:]
    )
    assert (folder / "replay.json").read_bytes() == written

    _changed(folder, _a_refund_less)
    assert main(["replay", str(folder)]) == 1
    assert "sale event Claimed of" in capsys.readouterr().out


def test_an_audit_that_cannot_be_done_leaves_no_archive(stage: Stage, tmp_path: Path) -> None:
    trial = stage.publish()
    subject = Subject.found(trial.chain, trial.address)
    with pytest.raises(RuntimeError), ArchiveWriter(tmp_path, subject):
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


# ----------------------------------------------------------------------------------- what was changed


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory, stage: Stage) -> Path:
    folder = tmp_path_factory.mktemp("archive")
    archived(stage, scenes.settled, folder)
    return folder


def _changed(folder: Path, change: Callable[[Rows], object]) -> None:
    """Changes the rows, and all that says how many there are and what they hash to."""
    rows = pq.read_table(folder / EVENTS).to_pylist()
    change(rows)
    pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), folder / EVENTS)
    sale = json.loads((folder / SALE).read_text())
    sale["events"] = "0x" + hashlib.sha256((folder / EVENTS).read_bytes()).hexdigest()
    sale["logs"] = str(len(rows))
    sale["transactions"] = str(len({row["transaction_hash"] for row in rows}))
    (folder / SALE).write_text(json.dumps(sale))


def _last_claim(rows: Rows) -> int:
    return max(place for place, row in enumerate(rows) if row["topic0"] == CLAIMED)


def _lowered(row: dict[str, Any]) -> None:
    """The last figure of an event."""
    figures = row["data"]
    row["data"] = figures[:-32] + (int.from_bytes(figures[-32:]) - 1).to_bytes(32)


def _a_refund_less(rows: Rows) -> None:
    _lowered(rows[_last_claim(rows)])


def _a_transfer_less(rows: Rows) -> None:
    _lowered(rows[_last_claim(rows) + 1])


def _an_event_hidden(rows: Rows) -> None:
    del rows[_last_claim(rows)]


def _a_holding_more(rows: Rows) -> None:
    """In what a subscription carried: its second word."""
    row = next(each for each in rows if (each["input"] or b"")[:4] == SUBSCRIBE)
    row["input"] = row["input"][:67] + bytes([row["input"][67] ^ 1]) + row["input"][68:]


def _another_sender(rows: Rows) -> None:
    for row in rows:
        if row["address"] == rows[0]["address"]:
            row["from_address"] = bytes(19) + b"\x07"


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (_a_refund_less, "event"),
        (_a_transfer_less, "transfer"),
        (_an_event_hidden, "transfer"),
        (_a_holding_more, "holding"),
        (_another_sender, "role"),
    ],
)
def test_what_was_changed_is_named(
    original: Path,
    artifacts: Artifacts,
    tmp_path: Path,
    change: Callable[[Rows], object],
    kind: str,
) -> None:
    folder = tmp_path / "changed"
    shutil.copytree(original, folder)
    _changed(folder, lambda rows: None)
    assert replayed(folder, artifacts).findings.verdict == CONSISTENT
    _changed(folder, change)
    done = replayed(folder, artifacts)
    assert done.findings.verdict == DIFFERENT
    assert kind in {each.kind for each in done.findings.all}


def _swapped(rows: Rows) -> None:
    rows.append(rows.pop(0))


def _nonsense(rows: Rows) -> None:
    rows[len(rows) // 2]["data"] = b"\x01"


def _without_beginning(rows: Rows) -> None:
    del rows[: len(rows) // 2]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_swapped, "comes after log"),
        (_nonsense, "what cannot be read"),
        (_without_beginning, "nothing of its creation"),
    ],
)
def test_what_is_no_sale_is_refused(
    original: Path,
    artifacts: Artifacts,
    tmp_path: Path,
    change: Callable[[Rows], object],
    words: str,
) -> None:
    folder = tmp_path / "changed"
    shutil.copytree(original, folder)
    _changed(folder, change)
    with pytest.raises(InputError, match=words):
        replayed(folder, artifacts)


def test_files_that_do_not_belong_together_are_refused(original: Path, tmp_path: Path) -> None:
    folder = tmp_path / "changed"

    def refused(words: str) -> None:
        with pytest.raises(InputError, match=words):
            Archive(folder)
        shutil.rmtree(folder)

    refused_by: dict[str, Callable[[], object]] = {
        "cannot be read": lambda: (folder / EVENTS).unlink(),
        "SHA-256 .*, sale.json says": lambda: (folder / EVENTS).write_bytes(b"PAR1"),
        "not JSON": lambda: (folder / SALE).write_text("{"),
        "format: not jumpstart-archive-v1": lambda: (folder / SALE).write_text("{}"),
        "sale.json: rules: bondToken": lambda: _described(folder, bondToken="0x12zz"),
        "not Parquet": lambda: _hashed(folder, b"PAR1, or so it says"),
    }
    for words, spoil in refused_by.items():
        shutil.copytree(original, folder)
        spoil()
        refused(words)
    shutil.copytree(original, folder)
    table = pq.read_table(folder / EVENTS).drop_columns(["data"])
    pq.write_table(table, folder / EVENTS)
    _hashed(folder, (folder / EVENTS).read_bytes())
    refused("expected block_number")


def _described(folder: Path, **rules: str) -> None:
    sale = json.loads((folder / SALE).read_text())
    sale["rules"] |= rules
    (folder / SALE).write_text(json.dumps(sale))


def _hashed(folder: Path, content: bytes) -> None:
    sale = json.loads((folder / SALE).read_text())
    sale["events"] = "0x" + hashlib.sha256(content).hexdigest()
    (folder / SALE).write_text(json.dumps(sale))
    (folder / EVENTS).write_bytes(content)


def test_what_only_a_node_knows_is_not_guessed(
    stage: Stage, artifacts: Artifacts, tmp_path: Path
) -> None:
    """Coins that were forced on a sale and swept: their number is in no transaction."""
    trial = scenes.native(stage)
    chain, buyers = trial.chain, stage.people.buyers[:5]
    trial.vest()
    trial.claim_for_all(*buyers)
    chain.set_balance(trial.address, chain.balance(trial.address) + 1_234)
    chain.mine()
    trial.sweep(buyers)
    audit(trial.chain, trial.address, with_code=False, export=tmp_path)
    done = replayed(tmp_path, artifacts)
    assert done.findings.all == []
    assert done.findings.verdict == INCOMPLETE
    assert "only a node knows" in done.findings.undone[0].why
    with pytest.raises(NodeAbsent):
        done.subject.chain.balance(trial.address)
