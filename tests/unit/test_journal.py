"""What stands in a journal is what was written, all of it and in its order, or it is refused."""

import errno
import fcntl
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jumpstart.deployment import journal
from jumpstart.deployment.journal import Journal
from jumpstart.errors import CheckError, InputError

CONTENT = st.dictionaries(
    st.text(min_size=1).filter(lambda name: name not in ("entry", "seal", "kind", "self")),
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**256), 2**256) | st.text(),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
        max_leaves=4,
    ),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Of a journal of three entries."""
    made = tmp_path / "deployments" / "1337" / "sale" / "journal.jsonl"
    with Journal.opened(made, new=True) as opened:
        opened.append("begin", chainId="1337")
        opened.append("intent", step="apply", number=1)
        opened.append("sent", step="apply", hash="0x01")
    return made


def lines_of(path: Path) -> list[str]:
    return path.read_text().splitlines(keepends=True)


def test_entries_come_back_in_their_order(path: Path) -> None:
    assert [each["entry"] for each in journal.read(path)] == ["begin", "intent", "sent"]
    with Journal.opened(path) as opened:
        assert opened.entries == journal.read(path)


@settings(max_examples=20, deadline=None)
@given(contents=st.lists(CONTENT, min_size=1, max_size=5))
def test_any_content_comes_back_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, contents: list[dict[str, Any]]
) -> None:
    path = tmp_path_factory.mktemp("drawn") / "journal.jsonl"
    with Journal.opened(path, new=True) as opened:
        for content in contents:
            opened.append("drawn", **content)
    assert list(journal.read(path)) == [{"entry": "drawn", **content} for content in contents]


@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_half_a_line_is_dropped_and_the_next_follows_what_is_whole(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Wherever the last write stopped; and when the next process is killed at the same place."""
    path = tmp_path_factory.mktemp("drawn") / "journal.jsonl"
    with Journal.opened(path, new=True) as opened:
        opened.append("begin")
        whole = path.read_bytes()
        opened.append("intent", step="apply")
    cut = data.draw(st.integers(len(whole), path.stat().st_size - 1))
    os.truncate(path, cut)
    assert [each["entry"] for each in journal.read(path)] == ["begin"]
    with Journal.opened(path) as opened:
        assert path.read_bytes() == whole
    with Journal.opened(path) as opened:
        opened.append("intent", step="apply")
    assert [each["entry"] for each in journal.read(path)] == ["begin", "intent"]


def test_a_changed_line_is_refused(path: Path) -> None:
    lines = lines_of(path)
    path.write_text("".join([lines[0], lines[1].replace('"number":1', '"number":2'), lines[2]]))
    with pytest.raises(
        CheckError, match=r"line 2 has the seal \w{64}, .* make \w{64}: the file was"
    ):
        journal.read(path)


@pytest.mark.parametrize("order", [(1, 2), (0, 2), (1, 0, 2), (0, 2, 1), (0, 0, 1, 2)])
def test_a_missing_moved_or_doubled_line_is_refused(path: Path, order: tuple[int, ...]) -> None:
    lines = lines_of(path)
    path.write_text("".join(lines[number] for number in order))
    with pytest.raises(CheckError, match="the file was changed"), Journal.opened(path):
        pass


@pytest.mark.parametrize("line", ["\n", "{}\n", "[]\n", "1\n", '"x"\n', "null\n", "{\n", "\xff\n"])
def test_a_line_that_is_no_entry_is_refused(path: Path, line: str) -> None:
    with path.open("a", encoding="latin-1") as file:
        file.write(line)
    with pytest.raises(CheckError, match="line 4 is no entry of a journal"):
        journal.read(path)


def test_it_is_begun_once(path: Path) -> None:
    with pytest.raises(InputError, match="has begun, resume it"), Journal.opened(path, new=True):
        pass


def test_what_was_never_begun_is_not_resumed(tmp_path: Path) -> None:
    """And no folder is made for it."""
    path = tmp_path / "sale" / "journal.jsonl"
    with pytest.raises(InputError, match="no such deployment to resume"), Journal.opened(path):
        pass
    assert not path.parent.exists()


def test_a_second_process_is_refused(path: Path) -> None:
    with Journal.opened(path):
        with (
            pytest.raises(InputError, match="another process is at this deployment") as refusal,
            Journal.opened(path),
        ):
            pass
        assert refusal.value.exit_status == 2
    with Journal.opened(path):
        pass


def test_a_second_process_does_not_remove_what_the_first_has_not_written_to_yet(
    tmp_path: Path,
) -> None:
    path = tmp_path / "journal.jsonl"
    with Journal.opened(path, new=True) as first:
        with pytest.raises(InputError, match="another process"), Journal.opened(path, new=True):
            pass
        first.append("begin")
    assert [each["entry"] for each in journal.read(path)] == ["begin"]


def test_a_file_that_was_removed_meanwhile_is_not_written_to(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first process ends, and removes it, between the second one's opening and locking."""

    def lock(descriptor: int, how: int) -> None:
        path.unlink()

    monkeypatch.setattr(fcntl, "flock", lock)
    with pytest.raises(InputError, match="another process"), Journal.opened(path):
        pass


def test_nothing_stays_of_one_that_was_never_begun(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    with Journal.opened(path, new=True):
        pass
    assert not path.exists()


@pytest.mark.parametrize("failing", ["write", "short", "fsync"])
def test_what_is_not_on_the_disk_was_not_written(
    path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    """A full disk stops it, and leaves the lines before as they were."""
    before, write = path.read_bytes(), os.write

    def fail(*args: Any) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def half(descriptor: int, data: bytes) -> int:
        return write(descriptor, data[: len(data) // 2])

    with Journal.opened(path) as opened:
        name, act = ("fsync", fail) if failing == "fsync" else ("write", fail)
        monkeypatch.setattr(os, name, half if failing == "short" else act)
        with pytest.raises(InputError, match=r"cannot be written: No space left on device$"):
            opened.append("mined", step="apply")
        assert len(opened.entries) == 3
        monkeypatch.undo()
        assert path.read_bytes() == before
        opened.append("mined", step="apply")
    assert len(journal.read(path)) == 4


def test_it_is_on_the_disk_before_anything_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lines, the file's name, and the names of the folders that were made for it."""
    flushed: list[str] = []
    flush = os.fsync

    def note(descriptor: int) -> None:
        flushed.append(os.readlink(f"/proc/self/fd/{descriptor}"))
        flush(descriptor)

    monkeypatch.setattr(os, "fsync", note)
    path = tmp_path / "deployments" / "1337" / "journal.jsonl"
    with Journal.opened(path, new=True) as opened:
        assert {str(each) for each in (tmp_path, *path.parents[:2])} <= set(flushed)
        del flushed[:]
        opened.append("begin")
        assert flushed == [str(path)]


def test_a_line_is_plain_json_with_its_seal(path: Path) -> None:
    first = json.loads(lines_of(path)[0])
    assert set(first) == {"entry", "chainId", "seal"}
