"""A network is known by its number and its first block, not by the address that answers for it."""

from dataclasses import replace

import pytest

from jumpstart.chain.client import Chain
from jumpstart.chain.node import LocalNode
from jumpstart.errors import ChainError, InputError
from jumpstart.networks import NETWORKS, network_of


def test_every_network_is_another_chain() -> None:
    """And says how long it is waited for, and why."""
    numbers = [network.chain_id for network in NETWORKS.values()]
    assert len(set(numbers)) == len(numbers)
    for name, network in NETWORKS.items():
        assert network.name == name
        assert network.confirmations >= 1
        assert network.why
        if network.genesis is not None:
            assert len(bytes.fromhex(network.genesis[2:])) == 32


def test_a_local_chain_is_known_without_a_name(chain: Chain) -> None:
    found = network_of(chain)
    assert (found.name, found.confirmations) == (chain.kind, 1)


def test_a_name_that_is_in_no_list_is_refused(chain: Chain) -> None:
    with pytest.raises(InputError, match="--network: 'mars' is none of ethereum, "):
        network_of(chain, "mars")


def test_another_number_is_refused(chain: Chain) -> None:
    with pytest.raises(ChainError, match="ethereum is chain 1, the node is chain 1337"):
        network_of(chain, "ethereum")


def test_the_right_number_with_another_first_block_is_refused(chain_kind: str) -> None:
    """Anybody can start a chain with the number 1."""
    with LocalNode(chain_kind, chain_id=1) as node:  # type: ignore[arg-type]
        false = Chain.connect(node.url)
        with pytest.raises(ChainError, match=r"ethereum begins with block 0xd4e567.*, the node's"):
            network_of(false, "ethereum")
        assert network_of(false).name == chain_kind  # not meant to be it


@pytest.fixture
def xlayer(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> Chain:
    """A public node of the chain 196, to all appearance."""
    monkeypatch.setitem(chain.__dict__, "kind", "other")
    monkeypatch.setattr(chain, "chain_id", 196)
    return chain


def test_a_chain_that_took_over_anothers_blocks_is_known_by_its_own_first(
    xlayer: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nodes may have no block 0; without the other the chain is not it."""
    wanted = NETWORKS["xlayer"]
    assert wanted.first > 0
    with pytest.raises(ChainError, match=r"xlayer begins .*, number 42810021: .*has no block"):
        network_of(xlayer)
    ours = xlayer.header(1)
    monkeypatch.setitem(NETWORKS, "xlayer", replace(wanted, first=1))
    with pytest.raises(ChainError, match=f"the node's chain with {ours.hash}"):
        network_of(xlayer)
    monkeypatch.setitem(NETWORKS, "xlayer", replace(wanted, first=1, genesis=ours.hash))
    assert network_of(xlayer).name == "xlayer"


def test_a_chain_that_nobody_knows_gets_the_most_patience(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not local, and in no list."""
    monkeypatch.setitem(chain.__dict__, "kind", "other")
    monkeypatch.setattr(chain, "chain_id", 987_654)
    found = network_of(chain)
    assert (found.name, found.confirmations, found.genesis) == ("chain 987654", 12, None)
