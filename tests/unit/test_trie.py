"""Merkle-Patricia trees: what a proof proves, and that nothing else passes for one."""

import pytest
import rlp  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from jumpstart.chain.trie import EMPTY_ROOT, Nodes, proof_of, root_of
from jumpstart.errors import ProofError
from jumpstart.hashing import keccak256

KEYS = st.binary(min_size=1, max_size=4)
TREES = st.dictionaries(KEYS, st.binary(min_size=1, max_size=40), max_size=40)


@given(TREES, KEYS)
def test_a_proof_leads_to_the_value_and_to_the_lack_of_one(
    values: dict[bytes, bytes], stranger: bytes
) -> None:
    root = root_of(values)
    for key in (*values, stranger):
        nodes = Nodes(proof_of(values, key))
        assert nodes.value(root, key) == values.get(key, b"")
        assert nodes.unused == 0


@given(TREES.filter(bool), st.data())
def test_a_proof_with_another_byte_proves_nothing(
    values: dict[bytes, bytes], data: st.DataObject
) -> None:
    root = root_of(values)
    key = data.draw(st.sampled_from(sorted(values)))
    proof = proof_of(values, key)
    row = data.draw(st.integers(0, len(proof) - 1))
    place = data.draw(st.integers(0, len(proof[row]) - 1))
    changed = bytearray(proof[row])
    changed[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(ProofError, match="no node"):
        Nodes([*proof[:row], bytes(changed), *proof[row + 1 :]]).value(root, key)
    with pytest.raises(ProofError, match="no node"):
        Nodes([*proof[:row], *proof[row + 1 :]]).value(root, key)


def test_trees_have_the_roots_that_others_give_them() -> None:
    """Of the tests that all clients share (ethereum/tests, TrieTests/trieanyorder.json)."""
    assert EMPTY_ROOT.hex() == "56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"
    assert root_of({}) == EMPTY_ROOT
    dogs = {b"doe": b"reindeer", b"dog": b"puppy", b"dogglesworth": b"cat"}
    assert root_of(dogs).hex() == "8aad789dff2f538bca5d8ea56e8abe10f4c7ba3a5dea95fea4cd6e7c3a1168d3"
    puppy = {b"do": b"verb", b"horse": b"stallion", b"doge": b"coin", b"dog": b"puppy"}
    assert root_of(puppy).hex() == (
        "5991bb8c6514148a29db676a14ac506cd2cd5775ace63c30a4fe457715e9ac84"
    )


def test_what_is_no_node_is_refused() -> None:
    for node, said in (
        (b"\xff", "cannot be read"),
        (rlp.encode([b"1", b"2", b"3"]), "none of a tree"),
        (rlp.encode(b"word"), "none of a tree"),
        (rlp.encode([b"", b"value"]), "a path that is none"),
        (rlp.encode([b"\x4f", b"value"]), "a path that is none"),
        (rlp.encode([[b"a"], b"value"]), "a list where a value"),
    ):
        with pytest.raises(ProofError, match=said):
            Nodes([node]).value(keccak256(node), b"key")
