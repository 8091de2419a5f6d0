"""Made-up histories are valid, of the size asked for, and the same for the same seed."""

from pathlib import Path

import pyarrow as pa
import pytest

from jumpstart.errors import InputError
from jumpstart.snapshot.histories import History
from tests.unit.snapshot.model import ZERO, Log, daily_balances


def logs_of(history: History) -> list[Log]:
    rows = pa.Table.from_batches(list(history.batches())).to_pylist()
    return [
        Log(
            block=row["block_number"],
            index=row["log_index"],
            source=row["from_address"],
            target=row["to_address"],
            amount=int(row["value"]),
        )
        for row in rows
    ]


@pytest.mark.parametrize(
    ("transfers", "accounts"), [(2, 1), (50, 25), (3000, 100), (40_000, 9_000)]
)
def test_history_is_valid_and_of_its_size(transfers: int, accounts: int) -> None:
    """No balance is ever negative (the model refuses that), and everybody receives something."""
    logs = logs_of(History(transfers=transfers, accounts=accounts, seed=transfers))
    assert len(logs) == transfers
    places = [(log.block, log.index) for log in logs]
    assert places == sorted(set(places))
    balances = daily_balances(logs, [logs[-1].block])
    distributor = logs[0].target
    assert len(balances.keys() - {ZERO, distributor}) == accounts


def test_history_has_every_kind_of_transfer_and_a_heavy_tail() -> None:
    """Mints, burns, transfers to oneself and of nothing; a hundredth holds more than a third."""
    logs = logs_of(History(transfers=40_000, accounts=9_000, seed=5))
    assert any(log.source == ZERO for log in logs)
    assert any(log.target == ZERO for log in logs)
    assert any(log.source == log.target for log in logs)
    assert any(log.amount == 0 for log in logs)
    assert any(log.amount % 10**9 for log in logs)
    held = sorted(day for (day,) in daily_balances(logs, [logs[-1].block]).values())
    assert 3 * sum(held[-len(held) // 100 :]) > sum(held)


def test_same_seed_gives_the_same_file(tmp_path: Path) -> None:
    """To the byte; another seed gives another one."""
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        History(transfers=3000, accounts=100, seed=seed).write(tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert (tmp_path / "a").read_bytes() != (tmp_path / "c").read_bytes()


@pytest.mark.parametrize(("transfers", "accounts"), [(10, 6), (1, 1), (10, 0), (10**9, 10_000_001)])
def test_impossible_size_is_refused(transfers: int, accounts: int) -> None:
    """Each account needs a first receipt, each step a mint."""
    with pytest.raises(InputError, match=f"{accounts} accounts in {transfers} transfers"):
        History(transfers=transfers, accounts=accounts, seed=1)
