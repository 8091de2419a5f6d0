"""A fetch that is killed anywhere, and started again, ends with the same bytes."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from jumpstart.cli import main
from jumpstart.snapshot.fetch.checkpoint import NAME
from tests.chain.dying import killed
from tests.chain.snapshot.scene import QUICK, History, bytes_of, rows_of

FEW_PARTS = replace(QUICK, first_span=12)


def test_it_comes_to_the_same_end_when_killed_at_any_point(
    history: History, tmp_path: Path
) -> None:
    """Before, in the middle of and after every line, and every name that is given."""
    expected = history.fetch(tmp_path / "expected", policy=FEW_PARTS)
    lines = len((tmp_path / "expected" / NAME).read_text().splitlines())
    assert lines >= 5  # the begin, three parts, the end
    every = range(3 * lines + 2)
    # Where the chain is slow, some of each kind: three kinds stand at a line.
    thinned = every[::4] if history.chain.kind == "ganache" else every
    for number in thinned:
        work = tmp_path / str(number)
        point = killed(partial(history.fetch, work, policy=FEW_PARTS), number)
        assert point is not None
        resumed = history.fetch(work, policy=FEW_PARTS)
        assert bytes_of(resumed) == bytes_of(expected), point
    last = killed(partial(history.fetch, tmp_path / "last", policy=FEW_PARTS), len(every))
    assert last is None
    assert rows_of(expected) == history.rows


def test_it_comes_to_the_same_end_when_killed_again_and_again(
    history: History, tmp_path: Path
) -> None:
    """Each time at the next point of what the one before has left."""
    expected = bytes_of(history.fetch(tmp_path / "expected", policy=FEW_PARTS))
    work = tmp_path / "work"
    points = [killed(lambda: history.fetch(work, policy=FEW_PARTS), 2) for _ in range(6)]
    assert None not in points[:3]
    assert bytes_of(history.fetch(work, policy=FEW_PARTS)) == expected


def test_a_whole_snapshot_that_was_killed_has_the_same_bytes(
    history: History, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the command, in its folder, after a death in the fetch and one behind it."""
    blocks = ",".join(map(str, history.blocks))
    words = ["snapshot", "--rpc", history.chain.url, "--token", history.token.address]
    words += ["--blocks", blocks, "--statistic", "sum", "--memory", "512MB", "--no-accounts"]

    def files(name: str) -> dict[str, bytes]:
        folder = tmp_path / name
        return {str(each.relative_to(folder)): each.read_bytes() for each in folder.rglob("*.*")}

    assert main([*words, "--out", str(tmp_path / "expected")]) == 0
    for point in (4, 9):
        assert killed(lambda: main([*words, "--out", str(tmp_path / "out")]), point) is not None
        assert (tmp_path / "out.fetch" / NAME).exists()
    assert main([*words, "--out", str(tmp_path / "out")]) == 0
    assert files("out") == files("expected")
    assert {each.name for each in tmp_path.iterdir()} >= {"out", "expected"}
    assert not (tmp_path / "out.fetch").exists()


@pytest.mark.parametrize("damage", ["lost", "changed", "files"])
def test_what_the_disk_has_lost_is_fetched_again(
    history: History, tmp_path: Path, damage: str
) -> None:
    """A part, or a finished file, that is not as it was written."""
    work = tmp_path / "work"
    expected = bytes_of(history.fetch(work))
    parts = sorted((work / "parts").iterdir())
    (final,) = (work / "files").iterdir()
    if damage == "lost":
        parts[1].unlink()
        final.unlink()
    elif damage == "changed":
        parts[1].write_bytes(parts[1].read_bytes()[:-9] + b"corrupted")
        final.unlink()
    else:
        final.write_bytes(b"PAR1")
    fetched = history.fetch(work)
    assert bytes_of(fetched) == expected
    assert any("not as it was written" in note for note in fetched.notes) == (damage != "files")
