"""Shards: everybody finds a proof in one small file, and it leads to the root."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jumpstart.errors import InputError
from jumpstart.snapshot.shards import Layout, read_proof, shard_of, write
from jumpstart.tree import HOLDING_TYPES, Tree, verify

MANY = 30_000  # enough for the second process to write half


def accounts_of(numbers: set[int]) -> list[str]:
    return sorted(f"0x{number:040x}" for number in numbers)


@given(
    st.sets(st.integers(0, 2**160 - 1) | st.integers(0, 2**12), min_size=1, max_size=120),
    st.integers(1, 20),
)
def test_every_account_is_in_the_shard_that_a_page_looks_into(numbers: set[int], most: int) -> None:
    """No shard is too large, however alike the addresses, and all prefixes have one."""
    accounts = accounts_of(numbers)
    layout = Layout.of(accounts, most)
    spans = {name: accounts[first:end] for name, first, end in layout.shards}
    assert max(map(len, spans.values())) <= most
    assert sorted(account for span in spans.values() for account in span) == accounts
    for account in accounts:
        assert account in spans[shard_of(account, layout.digits, layout.split)]
    for stranger in ("0x" + 40 * "0", "0x" + 40 * "f", f"0x{2**11:040x}"):
        assert shard_of(stranger, layout.digits, layout.split) in spans


@pytest.fixture(scope="module")
def tree() -> Tree:
    accounts = accounts_of({pow(3, number, 2**160 - 47) for number in range(MANY)})
    return Tree.of([(a, str(10**20 + n)) for n, a in enumerate(accounts)], HOLDING_TYPES)


@pytest.fixture(scope="module")
def folder(tree: Tree, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shards")
    layout = Layout.of([account for account, _ in tree.values])
    names = [name for name, _ in write(folder, tree, layout, single=False)]
    assert sorted(names) == sorted(f"proofs/{file.name}" for file in (folder / "proofs").iterdir())
    return folder


def test_proofs_are_those_of_the_tree(tree: Tree, folder: Path) -> None:
    """Found as a page finds them, for accounts from both halves."""
    for position in range(0, MANY, 997):
        account, holding = tree.values[position]
        proof = tree.proof(position)
        assert read_proof(folder, bytes.fromhex(account[2:])) == (int(holding), proof)
        assert verify(tree.root, HOLDING_TYPES, (account, holding), proof)


def test_stranger_has_no_proof(folder: Path) -> None:
    """The shard is there and says so by what it lacks."""
    assert read_proof(folder, bytes(20)) is None


def test_shards_are_small(folder: Path) -> None:
    """A page loads tens of kilobytes, not a tree."""
    assert max(file.stat().st_size for file in (folder / "proofs").iterdir()) < 160_000


def test_changed_proof_is_refused(tree: Tree, tmp_path: Path) -> None:
    """One digit of a holding is enough."""
    small = Tree.of(tree.values[:10], HOLDING_TYPES)
    write(tmp_path, small, Layout.of([account for account, _ in small.values]), single=True)
    account, holding = small.values[3]
    shard = tmp_path / "proofs" / "0x.json"
    single = json.loads((tmp_path / "accounts" / account[:4] / f"{account}.json").read_text())
    assert single == {
        "format": "jumpstart-proofs-v1",
        "root": "0x" + small.root.hex(),
        "account": account,
        "holding": holding,
        "proof": ["0x" + node.hex() for node in small.proof(3)],
    }
    shard.write_text(shard.read_text().replace(f'"{holding}"', f'"{int(holding) + 1}"'))
    with pytest.raises(InputError, match=f"the proof of {account} does not lead to 0x"):
        read_proof(tmp_path, bytes.fromhex(account[2:]))


def test_only_leaf_needs_no_proof(tmp_path: Path) -> None:
    """A tree of one."""
    lonely = Tree.of([("0x" + 40 * "1", "5")], HOLDING_TYPES)
    write(tmp_path, lonely, Layout.of(["0x" + 40 * "1"]), single=True)
    assert read_proof(tmp_path, bytes([0x11]) * 20) == (5, ())


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("index.json", '"digits"', '"length"', "index.json: not of the format jumpstart-proofs-v1"),
        ("index.json", '"root": "0x', '"root": "0xzz', "index.json: not of the format"),
        ("index.json", "{", "[", "index.json: not JSON"),
        ("0x.json", "-v1", "-v2", "0x.json: not of the format jumpstart-proofs-v1"),
        ("0x.json", '"proof":["0x', '"proof":["0x0', "0x.json: not of the format"),
        ("0x.json", '"proof":[', '"proof":[7,', "0x.json: not of the format"),
        ("0x.json", '"holding":"', '"holding":"x', "0x.json: row 1: 'x.*' is no uint256"),
        ("0x.json", '"proofs"', '"entries"', "0x.json: not of the format"),
    ],
)
def test_malformed_file_is_refused(
    tree: Tree, tmp_path: Path, name: str, old: str, new: str, message: str
) -> None:
    """By its name, in one line."""
    small = Tree.of(tree.values[:3], HOLDING_TYPES)
    write(tmp_path, small, Layout.of([account for account, _ in small.values]), single=False)
    file = tmp_path / "proofs" / name
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    with pytest.raises(InputError, match=message):
        read_proof(tmp_path, bytes.fromhex(small.values[0][0][2:]))


def test_second_process_writes_the_same_files(
    tree: Tree, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one alone."""
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    layout = Layout.of([account for account, _ in tree.values])
    write(tmp_path, tree, layout, single=False)
    names = sorted(file.name for file in (folder / "proofs").iterdir())
    assert sorted(file.name for file in (tmp_path / "proofs").iterdir()) == names
    for file in names:
        assert (tmp_path / "proofs" / file).read_bytes() == (folder / "proofs" / file).read_bytes()
