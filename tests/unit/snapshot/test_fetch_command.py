"""What the command asks for before it asks anybody, and how it shows how far it is."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from jumpstart.cli import fetching, main
from jumpstart.cli.fetching import FetchScreen, line
from jumpstart.snapshot.fetch.progress import Progress

HALF = Progress(blocks=500, total=1000, rows=12_345, run_blocks=400, run_rows=10_000, seconds=100.0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((), "--transfers or --rpc: one of them must say where the transfers are"),
        (
            ("--transfers", "t.csv", "--rpc", "http://127.0.0.1:9"),
            "--transfers or --rpc: one of them",
        ),
        (
            ("--rpc", "http://127.0.0.1:9", "--through", "30"),
            "--through: with --rpc it is the last of --blocks",
        ),
        (("--rpc", "localhost:8545"), "--rpc: expected an address such as http://127.0.0.1:8545"),
        (
            ("--rpc", "http://127.0.0.1:9", "--engine", "sqlite"),
            "--engine: 'sqlite' is no engine: expected duckdb, spark-local or spark://..",
        ),
        (
            ("--rpc", "http://127.0.0.1:9", "--memory", "4"),
            "--memory: '4' is no memory such as 4GB or 512MB",
        ),
        *(
            (
                ("--transfers", "t.csv", *option.split()),
                f"{option.split()[0]}: with --transfers nothing is fetched",
            )
            for option in ("--from-block 1", "--requests 2", "--patience 9", "--every-header")
        ),
        (
            ("--rpc", "http://127.0.0.1:9", "--patience", "1"),
            "http://127.0.0.1:9 cannot be reached (eth_blockNumber), for 1 s now",
        ),
    ],
)
def test_bad_input_writes_nothing(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: tuple[str, ...],
    message: str,
) -> None:
    """One line says why."""
    monkeypatch.chdir(tmp_path)
    words = ["snapshot", "--token", "0x" + "7" * 40, "--blocks", "20", "--statistic", "sum"]
    status = main([*words, "--out", "out", *options])
    assert status == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err.splitlines()[-1]
    assert list(tmp_path.iterdir()) == []


def test_a_line_has_rate_and_time_left() -> None:
    """By what this run has done; before it has done anything, how far it is."""
    assert line(HALF) == (
        "500 of 1,000 blocks (50 %), 12,345 transfers, 4 blocks and 100 transfers a second, 0:02:05 left"
    )
    begun = Progress(blocks=500, total=1000, rows=7, run_blocks=0, run_rows=0, seconds=0.0)
    assert line(begun) == "500 of 1,000 blocks (50 %), 7 transfers"


def test_without_a_terminal_there_are_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """One every so often; what a person should know at once, whatever is in it."""
    monkeypatch.setattr(fetching, "LINE_SECONDS", 0.0)
    written = io.StringIO()
    with FetchScreen(Console(file=written, force_terminal=False)) as screen:
        screen.show(HALF)
        screen.tell("block [5] was replaced")
    assert written.getvalue().splitlines() == [f"{line(HALF)} ..", "block [5] was replaced .."]
    monkeypatch.setattr(fetching, "LINE_SECONDS", 60.0)
    quiet = io.StringIO()
    with FetchScreen(Console(file=quiet, force_terminal=False)) as screen:
        screen.show(HALF)
    assert quiet.getvalue() == ""


def test_on_a_terminal_there_is_a_bar() -> None:
    """Which ends where it is."""
    written = io.StringIO()
    with FetchScreen(Console(file=written, force_terminal=True, width=160)) as screen:
        screen.show(HALF)
    assert "500 of 1,000 blocks (50 %)" in written.getvalue()
