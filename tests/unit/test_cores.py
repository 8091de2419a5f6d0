"""Work beside one's own."""

import os

import pytest

from jumpstart.cores import beside


def test_both_results_come_back_from_two_processes() -> None:
    """More than a pipe holds at once, too."""
    mine, theirs = beside(lambda: str(os.getpid()).encode() * 100_000, os.getpid)
    assert mine == os.getpid()
    assert theirs is not None
    assert theirs != str(os.getpid()).encode() * 100_000
    assert len(theirs) >= 100_000


def test_failure_of_the_other_is_none() -> None:
    """Its own part is done all the same."""
    assert beside(lambda: b"x" * (1 // 0), lambda: 5) == (5, None)


def test_own_failure_is_raised_when_the_other_has_ended() -> None:
    """No process is left behind."""
    with pytest.raises(ZeroDivisionError):
        beside(lambda: b"x" * 1_000_000, lambda: 1 // 0)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
