"""`sales`, `saleCount`, `saleOf`: the list of sales, in pages."""

import pytest

from tests.chain.stage import Stage

NOBODY = "0x" + 40 * "0"


@pytest.fixture(scope="module")
def addresses(stage: Stage) -> list[str]:
    """Three sales in the order of their listing, after those that were there."""
    stage.chain.send_many(stage.approval(stage.listing())[:1])  # an application that is not listed
    return [stage.list(minimum=minimum).address for minimum in (1, 2, 3)]


def test_sales_are_listed_in_their_order(stage: Stage, addresses: list[str]) -> None:
    """What was only applied for is not among them."""
    launchpad = stage.platform.launchpad
    count = launchpad.call("saleCount")
    assert list(launchpad.call("sales", count - 3, 3)) == addresses
    assert list(launchpad.call("sales", 0, count))[-3:] == addresses


@pytest.mark.parametrize(
    ("behind", "count", "expected"),
    [(3, 1, slice(0, 1)), (2, 5, slice(1, 3)), (1, 2**256 - 1, slice(2, 3)), (0, 1, slice(0, 0))],
)
def test_a_page_ends_with_the_list(
    stage: Stage, addresses: list[str], behind: int, count: int, expected: slice
) -> None:
    """A page that would begin or end beyond it is shorter."""
    launchpad = stage.platform.launchpad
    first = launchpad.call("saleCount") - behind
    assert list(launchpad.call("sales", first, count)) == addresses[expected]
    assert list(launchpad.call("sales", 2**256 - 1, count)) == []


def test_an_application_that_is_not_listed_has_no_sale(stage: Stage, addresses: list[str]) -> None:
    """Zero, and no block either."""
    launchpad, number = stage.platform.launchpad, stage.next_application
    assert launchpad.call("saleOf", number) == NOBODY
    assert launchpad.call("listingBlockOf", number) == 0
    assert launchpad.call("saleOf", number - 1) == addresses[-1]
