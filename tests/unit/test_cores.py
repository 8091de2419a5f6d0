"""Work beside one's own: whatever becomes of the other process, the result is the same."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from jumpstart import cores
from jumpstart.cores import Pair, pair


@pytest.fixture(autouse=True)
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine with one as well."""
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1})


@pytest.fixture
def both(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    """The other process finds this module."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    with pair() as both:
        yield both


def children() -> list[int]:
    """Processes that this one has started and that have not ended."""
    text = Path(f"/proc/self/task/{threading.get_native_id()}/children").read_text()
    return [int(word) for word in text.split()]


def named(batch: bytes) -> bytes:
    """The batch, and who had it. Takes a hundredth of a second."""
    until = time.monotonic() + 0.01
    while time.monotonic() < until:
        pass
    return batch + b" " + str(os.getpid()).encode()


def is_other() -> bool:
    """Whether this is the other process, which loads this module too."""
    return cores._START.encode() in Path("/proc/self/cmdline").read_bytes()


def failing_there(batch: bytes) -> bytes:
    if is_other():
        raise ValueError
    return batch


def doubled(batch: bytes) -> bytes:
    return batch * 2


def failing(batch: bytes) -> bytes:
    if batch == b"7":
        raise ValueError(batch)
    return batch


def stopping_there(batch: bytes) -> bytes:
    if is_other():
        os.kill(os.getpid(), signal.SIGSTOP)
    return batch


def ending_there(batch: bytes) -> bytes:
    if is_other():
        os._exit(0)
    return batch


BATCHES = [str(number).encode() for number in range(60)]


def test_both_processes_take_part_and_answers_are_in_order(both: Pair) -> None:
    """Each batch is done once, by one of the two."""
    answers = [answer.split() for answer in both.map(named, BATCHES)]
    assert [batch for batch, _ in answers] == BATCHES
    assert len({who for _, who in answers}) == 2


def test_batches_that_no_pipe_holds_come_back_whole(both: Pair) -> None:
    """Neither waits for the other to read."""
    large = [bytes([number]) * 3_000_000 for number in range(12)]
    assert both.map(doubled, large) == [doubled(batch) for batch in large]


def test_one_pair_does_several_things(both: Pair) -> None:
    """Also nothing."""
    assert both.map(doubled, []) == []
    assert both.map(failing, BATCHES[:5]) == BATCHES[:5]
    assert both.map(doubled, BATCHES) == [doubled(batch) for batch in BATCHES]


@pytest.mark.parametrize("work", [failing_there, ending_there])
def test_what_the_other_does_not_do_is_done_here(both: Pair, work: cores.Work) -> None:
    """Whether it failed or is gone."""
    assert both.map(work, BATCHES) == BATCHES
    assert both.map(doubled, BATCHES) == [doubled(batch) for batch in BATCHES]


def test_other_that_hangs_is_not_waited_for(both: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is given up after some time without a word."""
    monkeypatch.setattr(cores, "PATIENCE", 0.2)
    assert both.map(stopping_there, BATCHES) == BATCHES


def test_failure_is_raised_wherever_it_happens(both: Pair) -> None:
    """By the work on the batch, or by whoever makes the batches."""
    with pytest.raises(ValueError, match="7"):
        both.map(failing, BATCHES)

    def batches() -> Iterator[bytes]:
        yield b"1"
        raise LookupError

    with pytest.raises(LookupError):
        both.map(doubled, batches())


def test_no_process_is_left_behind() -> None:
    """However the block ends."""
    before = children()

    def fail() -> None:
        with pair() as both:
            both.map(doubled, BATCHES)
            assert len(children()) == len(before) + 1
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert children() == before


def test_other_ends_when_nobody_asks() -> None:
    """Should this process be killed: its end of the pipe is closed then."""
    reading, writing = os.pipe()
    os.close(writing)
    words = [sys.executable, "-P", "-c", cores._START, str(Path(cores.__file__).parents[1])]
    assert subprocess.run(words, stdin=reading, timeout=30).returncode == 0
    os.close(reading)


@pytest.mark.parametrize(
    ("name", "value"),
    [("os.sched_getaffinity", lambda _: {0}), ("sys.executable", "/nowhere/python")],
)
def test_one_process_works_alone(monkeypatch: pytest.MonkeyPatch, name: str, value: object) -> None:
    """On one core, and where no process can be started."""
    monkeypatch.setattr(name, value)
    with pair() as both:
        assert both.map(named, BATCHES[:9]) == [
            batch + b" " + str(os.getpid()).encode() for batch in BATCHES[:9]
        ]
