"""Statistics of balances, and the coefficients that follow."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jumpstart.errors import InputError
from jumpstart.holdings import (
    better_of,
    coefficient_of,
    mean_down,
    minimum_of,
    read_holdings,
    sum_of,
    tree_of,
    write_holdings,
)
from jumpstart.terms import Tier
from jumpstart.tree import HOLDING_TYPES, verify


def table_of(*rows: tuple[int, int]) -> tuple[Tier, ...]:
    """A coefficient table of (threshold, coefficient)."""
    return tuple(Tier(threshold=threshold, coefficient=c) for threshold, c in rows)


V2 = table_of((500, 1), (1000, 2), (1500, 3), (2000, 4), (2500, 5))

# 2022: 50 as minimum is published as 16, 2,000 as mean as 20; the other rows are assumed.
GARI_MEAN = table_of((10, 4), (50, 8), (100, 12), (500, 16), (1000, 18), (2000, 20))
GARI_MINIMUM = table_of((10, 12), (50, 16), (100, 18), (500, 20))


def test_sum_over_seven_days_of_500_reaches_the_first_row() -> None:
    """Holding 500 daily is 3,500 in the sum, as buying 3,500 on the last day is."""
    assert sum_of([500] * 7) == sum_of([0] * 6 + [3500]) == 3500


def test_mean_of_the_published_example_is_520() -> None:
    """1,000 OKB for 7 days and 100 OKB for 8: mean 520, coefficient 1."""
    mean = mean_down([1000] * 7 + [100] * 8)
    assert mean == 520
    assert coefficient_of(mean, V2) == 1


def test_mean_is_rounded_down() -> None:
    """Less than one base unit is lost, and never gained."""
    assert mean_down([1, 1, 0]) == 0
    assert mean_down([1, 1, 1]) == 1


def test_higher_coefficient_applies_in_the_published_example() -> None:
    """GARI: 50, 2,000 and 3,950 give minimum 50 -> 16 and mean 2,000 -> 20; 20 applies."""
    balances = [50, 2000, 3950]
    assert coefficient_of(minimum_of(balances), GARI_MINIMUM) == 16
    assert coefficient_of(mean_down(balances), GARI_MEAN) == 20
    assert better_of(balances, GARI_MEAN, GARI_MINIMUM) == 2000


def test_steady_holding_is_raised_to_the_threshold_of_its_coefficient() -> None:
    """A minimum of 50 is worth 16, as a mean of 500 is: 500 is what is published."""
    assert better_of([50, 50, 50], GARI_MEAN, GARI_MINIMUM) == 500


def test_minimum_below_its_table_leaves_the_mean() -> None:
    """Who held nothing on one day is judged by the mean alone."""
    assert better_of([0, 0, 30], GARI_MEAN, GARI_MINIMUM) == 10


def test_tables_of_foreign_coefficients_are_refused() -> None:
    """A coefficient that the published table lacks cannot be expressed by any holding."""
    with pytest.raises(InputError, match="coefficient 7 of the minimum"):
        better_of([1], GARI_MEAN, table_of((1, 7)))


@given(st.lists(st.integers(0, 5000), min_size=1, max_size=30))
def test_published_holding_yields_exactly_the_higher_coefficient(balances: list[int]) -> None:
    """One table on chain gives what two tables promise: not less, and not more."""
    promised = max(
        coefficient_of(mean_down(balances), GARI_MEAN),
        coefficient_of(minimum_of(balances), GARI_MINIMUM),
    )
    assert coefficient_of(better_of(balances, GARI_MEAN, GARI_MINIMUM), GARI_MEAN) == promised


@given(st.lists(st.integers(0, 2**128), min_size=1, max_size=40))
def test_statistics_keep_their_order(balances: list[int]) -> None:
    """Minimum, mean and sum enclose each other."""
    count = len(balances)
    assert minimum_of(balances) <= mean_down(balances) <= sum_of(balances)
    assert mean_down(balances) * count <= sum_of(balances) < (mean_down(balances) + 1) * count


def test_holdings_survive_the_file_and_prove_themselves(tmp_path: Path) -> None:
    """What is written is read back in order, and each row is in the tree of all."""
    holdings = {f"0x{n:040x}": n * 10**30 for n in range(5, 0, -1)}
    file = tmp_path / "holdings.csv"
    write_holdings(file, holdings)
    assert file.read_text().startswith(f"account,holding\n0x{5:040x},{5 * 10**30}\n")
    read = read_holdings(file)
    assert list(read.items()) == list(holdings.items())
    tree = tree_of(read)
    for position, (account, holding) in enumerate(holdings.items()):
        row = (account, str(holding))
        assert verify(tree.root, HOLDING_TYPES, row, tree.proof(position))


def test_sample_of_a_real_distribution_is_heavy_tailed(data: Path) -> None:
    """2,000 accounts, of which one in a hundred holds more than half of everything."""
    rows = (data / "holders-sample.csv").read_text().splitlines()[1:]
    amounts = [int(row.split(",")[1]) for row in rows]
    assert len(amounts) == 2000
    assert amounts == sorted(amounts, reverse=True)
    assert 2 * sum(amounts[:20]) > sum(amounts)
