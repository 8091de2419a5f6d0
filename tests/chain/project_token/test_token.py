"""`ProjectToken`: a fixed supply, no owner, nothing hidden."""

import pytest
from eth_account.signers.local import LocalAccount

from jumpstart.chain.client import Chain, Contract
from jumpstart.chain.compiler import Artifacts
from tests.chain.reverts import reverts
from tests.chain.stage import People

SUPPLY = 21_000_000
PERMIT2 = "0x000000000022D473030F116dDEE9F6B43aC78BA3"


@pytest.fixture
def token(chain: Chain, people: People) -> Contract:
    return chain.deploy(
        "ProjectToken",
        "Eminer",
        "EM",
        4,
        SUPPLY,
        people.treasury.address,
        sender=people.project,
    )


def test_the_whole_supply_exists_from_the_start(token: Contract, people: People) -> None:
    """It is the holder's, and nothing is the deployer's."""
    assert token.call("totalSupply") == SUPPLY
    assert token.call("balanceOf", people.treasury.address) == SUPPLY
    assert token.call("balanceOf", people.project.address) == 0
    assert (token.call("name"), token.call("symbol"), token.call("decimals")) == ("Eminer", "EM", 4)


@pytest.mark.parametrize("decimals", [0, 6, 18, 255])
def test_decimals_are_what_was_asked_for(chain: Chain, people: People, decimals: int) -> None:
    """Any number that fits."""
    other = chain.deploy(
        "ProjectToken", "", "", decimals, 1, people.treasury.address, sender=people.project
    )
    assert other.call("decimals") == decimals
    assert (other.call("name"), other.call("symbol")) == ("", "")


def test_a_long_name_is_kept_whole(chain: Chain, people: People) -> None:
    """Longer than a word."""
    name = "A name that is longer than what fits into one word of storage"
    other = chain.deploy(
        "ProjectToken", name, name, 18, 1, people.treasury.address, sender=people.project
    )
    assert (other.call("name"), other.call("symbol")) == (name, name)


def test_a_transfer_moves_exactly_what_is_sent(
    token: Contract, treasury: LocalAccount, buyer: LocalAccount
) -> None:
    """No fee; and nobody sends more than there is."""
    receipt = token.send("transfer", buyer.address, 100, sender=treasury)
    assert token.call("balanceOf", buyer.address) == 100
    assert token.call("balanceOf", treasury.address) == SUPPLY - 100
    assert dict(token.event(receipt, "Transfer").args) == {
        "from": treasury.address,
        "to": buyer.address,
        "amount": 100,
    }
    with reverts("InsufficientBalance"):
        token.call("transfer", treasury.address, 101, sender=buyer)
    token.call("transfer", treasury.address, 100, sender=buyer)


def test_nobody_has_an_allowance_that_its_owner_did_not_give(
    token: Contract, people: People
) -> None:
    """Not even Permit2, which the library behind it would let in."""
    for spender in (PERMIT2, people.project.address, people.stranger.address):
        assert token.call("allowance", people.treasury.address, spender) == 0
    token.send("approve", people.stranger.address, 5, sender=people.treasury)
    with reverts("InsufficientAllowance"):
        args = (people.treasury.address, people.stranger.address, 6)
        token.call("transferFrom", *args, sender=people.stranger)
    args = (people.treasury.address, people.stranger.address, 5)
    token.send("transferFrom", *args, sender=people.stranger)
    assert token.call("allowance", people.treasury.address, people.stranger.address) == 0


def test_there_is_no_function_but_those_of_erc20_and_permit(artifacts: Artifacts) -> None:
    """No owner, no mint, no pause, no fee."""
    assert set(artifacts["ProjectToken"].selectors) == {
        "DOMAIN_SEPARATOR()",
        "allowance(address,address)",
        "approve(address,uint256)",
        "balanceOf(address)",
        "decimals()",
        "name()",
        "nonces(address)",
        "permit(address,address,uint256,uint256,uint8,bytes32,bytes32)",
        "symbol()",
        "totalSupply()",
        "transfer(address,uint256)",
        "transferFrom(address,address,uint256)",
    }
