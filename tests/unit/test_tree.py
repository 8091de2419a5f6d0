"""Trees are those of OpenZeppelin's library, to the byte."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from eth_abi.abi import encode
from hypothesis import given, settings
from hypothesis import strategies as st

from jumpstart.errors import InputError
from jumpstart.hashing import keccak256
from jumpstart.tree import HOLDING_TYPES, Nodes, Tree, _ascending, _placed, verify


@pytest.fixture(scope="module")
def vectors(data: Path) -> list[dict[str, Any]]:
    """Trees that the library itself has built; tests/data/README.md says how."""
    trees: list[dict[str, Any]] = json.loads((data / "merkle-trees.json").read_text())
    return trees


def test_dump_is_that_of_the_library(vectors: list[dict[str, Any]]) -> None:
    """Same values, same text, for every elementary type and many sizes."""
    assert len(vectors) == 13
    for vector in vectors:
        assert Tree.of(vector["values"], vector["types"]).dump() == vector["dump"]


def test_proofs_are_those_of_the_library(vectors: list[dict[str, Any]]) -> None:
    """Each row has the library's proof, which verifies, and verifies no other row."""
    for vector in vectors:
        types, values = vector["types"], vector["values"]
        tree = Tree.of(values, types)
        for position, value in enumerate(values):
            proof = tree.proof(position)
            assert ["0x" + node.hex() for node in proof] == vector["proofs"][position]
            assert verify(tree.root, types, value, proof)
            assert not verify(tree.root, types, values[position - 1], proof) or len(values) == 1


def row_of(number: int) -> list[str]:
    """A holding that no other number has."""
    return [f"0x{number + 1:040x}", str(10**30 - number)]


@given(st.integers(1, 300))
@settings(max_examples=25)
def test_every_node_is_the_hash_of_its_sorted_children(count: int) -> None:
    """Checked against the definition, node by node and leaf by leaf."""
    values = [row_of(number) for number in range(count)]
    tree = Tree.of(values, HOLDING_TYPES)
    nodes = list(tree.nodes)
    assert len(nodes) == 2 * count - 1
    for index in range(count - 1):
        assert nodes[index] == keccak256(b"".join(sorted(nodes[2 * index + 1 : 2 * index + 3])))
    assert all(a > b for a, b in pairwise(nodes[count - 1 :]))
    for (account, amount), index in zip(values, tree.indices, strict=True):
        encoding = encode(["address", "uint256"], [account, int(amount)])
        assert nodes[index] == keccak256(keccak256(encoding))


@given(st.data())
@settings(max_examples=50)
def test_leaf_is_the_abi_encoding_hashed_twice(data: st.DataObject) -> None:
    """Any mix of types is encoded as eth-abi does it."""
    kinds: dict[str, tuple[Any, Any]] = {
        "uint256": (st.integers(0, 2**256 - 1), str),
        "uint16": (st.integers(0, 2**16 - 1), str),
        "int256": (st.integers(-(2**255), 2**255 - 1), str),
        "int24": (st.integers(-(2**23), 2**23 - 1), str),
        "bool": (st.booleans(), lambda value: str(value).lower()),
        "bytes3": (st.binary(min_size=3, max_size=3), lambda value: "0x" + value.hex()),
        "bytes32": (st.binary(min_size=32, max_size=32), lambda value: "0x" + value.hex()),
        "bytes": (st.binary(max_size=70), lambda value: "0x" + value.hex()),
        "string": (st.text(max_size=40), str),
        "address": (st.binary(min_size=20, max_size=20), lambda value: "0x" + value.hex()),
    }
    types = data.draw(st.lists(st.sampled_from(sorted(kinds)), min_size=1, max_size=5))
    values = [data.draw(kinds[type_][0]) for type_ in types]
    cells = [kinds[type_][1](value) for type_, value in zip(types, values, strict=True)]
    assert Tree.of([cells], types).root == keccak256(keccak256(encode(types, values)))


def test_inner_node_is_no_leaf() -> None:
    """A proof cut short does not show a node of the tree as a value of it."""
    tree = Tree.of([row_of(number) for number in range(4)], HOLDING_TYPES)
    node = "0x" + tree.nodes[1].hex()
    assert not verify(tree.root, ["bytes32"], [node], [tree.nodes[2]])
    assert not verify(tree.root, HOLDING_TYPES, row_of(0), tree.proof(0)[:-1])


REFUSED = [
    ("address", ["", "0x", "0x12", "1" * 40, "0X" + "1" * 40, "0x" + "1" * 39,
                 "0x" + "1" * 38 + "  "]),
    ("uint256", ["", "-1", "+1", "1.0", "1e3", " 1", "01", "0x1", "1_0", "٣",
                 str(2**256), "1,2", "9" * 79]),
    ("uint8", ["256", "-1"]),
    ("int8", ["128", "-129", "-0", "+1", "--1"]),
    ("bool", ["", "True", "1", "yes"]),
    ("bytes4", ["0x", "0x123456", "0x1234567890", "deadbeef", "0xdeadbee", "0xzzzzzzzz"]),
    ("bytes", ["", "0x1", "12", "0x 12"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("type_", "cell"), [(type_, cell) for type_, cells in REFUSED for cell in cells]
)
def test_value_that_is_not_of_its_type_is_named_with_its_row(type_: str, cell: str) -> None:
    """The library would pad or guess some of these; here they are bad input."""
    good = {"address": "0x" + "1" * 40, "bool": "true", "bytes4": "0x12345678", "bytes": "0x"}
    rows = [[good.get(type_, "7"), "0"], [cell, "1"]]
    with pytest.raises(InputError, match=f"row 2: .* is no {type_}"):
        Tree.of(rows, [type_, "uint8"])


@pytest.mark.parametrize(
    "type_", ["", "uint", "uint0", "uint7", "uint264", "bytes0", "bytes33", "address[]",
              "(uint256)", "uint256 ", "int", "Address", "fixed128x18", "function"]
)  # fmt: skip
def test_unknown_type_is_named(type_: str) -> None:
    """Only elementary types in their canonical spelling."""
    with pytest.raises(InputError, match="is no elementary ABI type"):
        Tree.of([["1"]], [type_])


def test_repeated_row_is_named_with_its_first() -> None:
    """Also when spelled differently: the leaf decides."""
    account = "0x" + "ab" * 20
    rows = [[account, "1"], [account, "2"], ["0x" + "AB" * 20, "1"]]
    with pytest.raises(InputError, match="row 3 repeats row 1"):
        Tree.of(rows, HOLDING_TYPES)


def test_row_of_another_width_is_named() -> None:
    """Both counts are in the message."""
    with pytest.raises(InputError, match="row 2: 3 values, expected 2"):
        Tree.of([row_of(1), [*row_of(2), "3"]], HOLDING_TYPES)


def test_all_proofs_are_those_of_each(vectors: list[dict[str, Any]]) -> None:
    """In the order of the values, and any part of them."""
    for vector in vectors:
        tree = Tree.of(vector["values"], vector["types"])
        proofs = [b"".join(tree.proof(position)) for position in range(len(vector["values"]))]
        assert list(tree.proofs()) == proofs
        assert list(tree.proofs(1, 3)) == proofs[1:3]


MANY = 20_001  # so many that a second process takes part of the work


@pytest.fixture(scope="module")
def many_rows() -> list[list[str]]:
    return [[f"0x{pow(5, number, 2**160 - 47):040x}", str(number)] for number in range(1, MANY + 1)]


def test_many_rows_give_the_tree_that_few_do(
    many_rows: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With two processes and with one, with proofs that verify."""
    shared = Tree.of(many_rows, HOLDING_TYPES)
    monkeypatch.setattr("jumpstart.tree._MANY", MANY + 1)
    alone = Tree.of(many_rows, HOLDING_TYPES)
    assert list(shared.nodes) == list(alone.nodes)
    assert list(shared.indices) == list(alone.indices)
    assert shared.dump() == alone.dump()
    for position, proof in enumerate(shared.proofs()):
        if position % 997 == 0:
            assert proof == b"".join(alone.proof(position))
            assert verify(alone.root, HOLDING_TYPES, many_rows[position], alone.proof(position))
    assert position == MANY - 1


def test_one_process_gives_the_same_tree(
    many_rows: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no other can be started."""
    tree = Tree.of(many_rows, HOLDING_TYPES)
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    assert Tree.of(many_rows, HOLDING_TYPES).nodes.data == tree.nodes.data


def test_leaves_that_begin_alike_are_told_apart() -> None:
    """Hashes nearly never do in their first eight bytes; the order must not rest on it."""
    leaves = [
        bytes(8) + keccak256(bytes([number % 256, number // 256]))[:24] for number in range(MANY)
    ]
    descending, indices = _placed(b"".join(leaves))
    assert list(Nodes(descending)) == sorted(leaves, reverse=True)
    assert [Nodes(descending)[index - MANY + 1] for index in indices] == leaves
    pairs = [a + b for a, b in pairwise([leaf[:16] + leaf[8:24] for leaf in leaves])][: 2 * 8192]
    ordered = b"".join(_ascending(b"".join(pairs)))
    assert [ordered[at : at + 64] for at in range(0, len(ordered), 64)] == [
        b"".join(sorted((pair[:32], pair[32:]))) for pair in pairs
    ]


def test_nodes_are_a_sequence() -> None:
    """Whatever is asked of one."""
    tree = Tree.of([row_of(number) for number in range(5)], HOLDING_TYPES)
    listed = [tree.nodes.data[at : at + 32] for at in range(0, 9 * 32, 32)]
    assert (list(tree.nodes), len(tree.nodes)) == (listed, 9)
    assert (tree.nodes[-1], tree.nodes[2:7:3]) == (listed[-1], listed[2:7:3])
    with pytest.raises(IndexError):
        tree.nodes[9]


@pytest.mark.parametrize("place", [7, MANY - 7])
def test_wrong_row_among_many_is_named(many_rows: list[list[str]], place: int) -> None:
    """Whichever process it falls to."""
    rows = [*many_rows[:place], ["0x1", "5"], *many_rows[place + 1 :]]
    with pytest.raises(InputError, match=f"row {place + 1}: '0x1' is no address"):
        Tree.of(rows, HOLDING_TYPES)
    rows[place] = many_rows[3]
    with pytest.raises(InputError, match=f"row {place + 1} repeats row 4"):
        Tree.of(rows, HOLDING_TYPES)


def test_tree_of_nothing_is_refused() -> None:
    """There is no root of no values."""
    with pytest.raises(InputError, match="at least one row"):
        Tree.of([], HOLDING_TYPES)
