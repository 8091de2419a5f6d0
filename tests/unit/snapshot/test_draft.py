"""A snapshot appears whole or not at all: whoever is killed, and whatever stood there."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from jumpstart.errors import InputError
from jumpstart.snapshot import draft, manifest
from jumpstart.snapshot.draft import begun, check_replaceable, publish
from tests.unit.snapshot.drawn import TOKEN_TEXT, Cells, write_parquet

COMMAND = "from jumpstart.cli import main; import sys; raise SystemExit(main(['snapshot', *sys.argv[1:]]))"


def published(folder: Path, text: str) -> Path:
    folder.mkdir()
    (folder / manifest.NAME).write_text(json.dumps({"format": manifest.FORMAT, "text": text}))
    return folder


@pytest.mark.parametrize("in_one_step", [True, False])
def test_new_folder_stands_where_the_old_one_did(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_one_step: bool
) -> None:
    """Also where the file system cannot exchange two folders."""
    if not in_one_step:
        monkeypatch.setattr(draft, "_exchanged", lambda one, other: False)
    out = tmp_path / "out"
    with begun(out) as folder:
        publish(published(folder / "snapshot", "first"), out)
    with begun(out) as folder:
        publish(published(folder / "snapshot", "second"), out)
        assert "first" in (folder / "snapshot" / manifest.NAME).read_text()
    assert "second" in (out / manifest.NAME).read_text()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_folders_are_exchanged_in_one_step_here(tmp_path: Path) -> None:
    """So that there is a snapshot at every moment."""
    one, other = published(tmp_path / "one", "1"), published(tmp_path / "other", "2")
    assert draft._exchanged(one, other)
    assert "2" in (one / manifest.NAME).read_text()
    assert not draft._exchanged(one, tmp_path / "none")


def test_old_folder_stays_when_the_new_one_cannot_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two steps it is put back."""
    monkeypatch.setattr(draft, "_exchanged", lambda one, other: False)
    out = published(tmp_path / "out", "old")
    with pytest.raises(FileNotFoundError):
        publish(tmp_path / "none", out)
    assert "old" in (out / manifest.NAME).read_text()


def test_second_process_is_refused(tmp_path: Path) -> None:
    """While the first is at it; what it has is left alone."""
    out = tmp_path / "out"
    with begun(out) as folder:
        (folder / "mine").touch()
        with pytest.raises(InputError, match="out: another process is writing it"), begun(out):
            pass
        assert (folder / "mine").exists()
    with begun(out):
        pass


def test_only_snapshots_are_replaced(tmp_path: Path) -> None:
    """A manifest of something else is none of ours; neither is a link that leads nowhere."""
    check_replaceable(tmp_path / "none", [])
    (tmp_path / "empty").mkdir()
    check_replaceable(tmp_path / "empty", [])
    site = tmp_path / "site"
    site.mkdir()
    (site / manifest.NAME).write_text('{"name": "my page", "icons": []}')
    (tmp_path / "link").symlink_to("nowhere")
    (tmp_path / "list").mkdir()
    (tmp_path / "list" / manifest.NAME).write_text("[]")
    for name in ("site", "link", "list"):
        with pytest.raises(InputError, match=f"{name}: exists and is no snapshot"):
            check_replaceable(tmp_path / name, [])


def test_input_inside_is_not_replaced(tmp_path: Path) -> None:
    """It would be gone with the old snapshot."""
    out = published(tmp_path / "out", "old")
    (out / "transfers.parquet").touch()
    check_replaceable(out, [tmp_path / "transfers.parquet"])
    with pytest.raises(InputError, match=r"transfers\.parquet: stands in .*out, which would be"):
        check_replaceable(out, [out / "transfers.parquet"])


@pytest.mark.parametrize("moment", ["adding up", "hashing"])
def test_killed_run_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small_rows: list[Cells], moment: str
) -> None:
    """The next one removes its leavings, and gives the bytes of one that was never killed."""
    write_parquet(tmp_path / "t.parquet", small_rows)
    out = tmp_path / "out"
    words = [sys.executable, "-c", COMMAND, "--transfers", "t.parquet", "--token", TOKEN_TEXT]
    words += ["--blocks", "20,30", "--statistic", "mean", "--memory", "512MB", "--out", "out"]
    published(out, "old")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[3]))
    with subprocess.Popen(words, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as run:
        assert run.stderr is not None
        for line in run.stderr:
            if line.startswith(moment):
                run.kill()
                break
        assert run.wait(60) == -9
    assert [path.name for path in out.iterdir()] == [manifest.NAME]
    assert (tmp_path / ".out.draft").is_dir()
    assert subprocess.run(words, cwd=tmp_path, capture_output=True, timeout=60).returncode == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "t.parquet"]
    assert (
        subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=out).returncode == 0
    )
