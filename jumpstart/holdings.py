"""Holdings: what an account held over the days of a snapshot, in one figure, and its coefficient.

Balances are base units, one for each day. Knows neither where balances come from nor the sale. A
coefficient of 0 means that the account may not subscribe.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from jumpstart.amounts import parse_integer
from jumpstart.errors import InputError
from jumpstart.files import write_text
from jumpstart.tables import format_rows, read_accounts
from jumpstart.terms import Tier
from jumpstart.tree import HOLDING_TYPES, Tree

_UINT256_MAX: Final = 2**256 - 1


def sum_of(balances: Sequence[int]) -> int:
    """The sum over the days."""
    return sum(balances)


def mean_down(balances: Sequence[int]) -> int:
    """The mean over the days, rounded down."""
    return sum(balances) // len(balances)


def minimum_of(balances: Sequence[int]) -> int:
    """The least over the days."""
    return min(balances)


def better_of(balances: Sequence[int], tiers: Sequence[Tier], minimum_tiers: Sequence[Tier]) -> int:
    """The holding to publish when the mean by `tiers` and the minimum by `minimum_tiers` each give
    a coefficient and the higher applies: looked up in `tiers` alone, it gives that coefficient.

    It is the mean, raised to the threshold of the minimum's coefficient where that is higher.
    Raises `InputError` when that coefficient is not in `tiers`.
    """
    return better_of_figures(mean_down(balances), minimum_of(balances), tiers, minimum_tiers)


def better_of_figures(
    mean: int, minimum: int, tiers: Sequence[Tier], minimum_tiers: Sequence[Tier]
) -> int:
    """`better_of`, where the mean and the minimum are known and the balances are not."""
    promised = coefficient_of(minimum, minimum_tiers)
    thresholds = {0: 0} | {tier.coefficient: tier.threshold for tier in tiers}
    if promised not in thresholds:
        raise InputError(f"coefficient {promised} of the minimum is not in the table of the mean")
    return max(mean, thresholds[promised])


def coefficient_of(holding: int, tiers: Sequence[Tier]) -> int:
    """The coefficient of the highest row whose threshold is reached; 0 below the first."""
    rows = bisect_right(tiers, holding, key=lambda tier: tier.threshold)
    return tiers[rows - 1].coefficient if rows else 0


def tree_of(holdings: Mapping[str, int]) -> Tree:
    """The tree whose root is published. Its values stand in the order of `holdings`."""
    values = [(account, str(holding)) for account, holding in holdings.items()]
    return Tree.of(values, HOLDING_TYPES)


def read_holdings(path: Path) -> dict[str, int]:
    """The table `account,holding`. Raises `InputError` naming the line that is wrong."""
    table = read_accounts(path, {"holding": lambda cell: parse_integer(cell, most=_UINT256_MAX)})
    return {account: holding for account, (holding,) in table.items()}


def write_holdings(path: Path, holdings: Mapping[str, int]) -> None:
    """Writes the table that `read_holdings` reads."""
    write_text(path, format_rows(("account", "holding"), holdings.items()))
