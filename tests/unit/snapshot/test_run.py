"""The whole snapshot, by the command: what it writes, twice the same, and nothing when it refuses."""

import hashlib
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from jumpstart.cli import main
from jumpstart.holdings import read_holdings, tree_of
from jumpstart.snapshot.shards import read_proof
from jumpstart.tree import Tree
from tests.unit.snapshot.drawn import PEOPLE, TOKEN_TEXT, Cells, write_csv, write_parquet

ONE, TWO, THREE, *_ = PEOPLE
NAMED = f"--account=holding-token={TOKEN_TEXT}"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    small_rows: list[Cells],
) -> Run:
    """Runs the command in a folder with `transfers.parquet`; later options replace earlier ones."""
    monkeypatch.chdir(tmp_path)
    write_parquet(Path("transfers.parquet"), small_rows)

    def run(*options: str) -> tuple[int, str, str]:
        given = {
            "--transfers": "transfers.parquet",
            "--token": TOKEN_TEXT,
            "--blocks": "20,25,30",
            "--statistic": "mean",
            "--out": "out",
            "--memory": "512MB",
        }
        for option in options:
            name, _, value = option.partition("=")
            if value == "-":
                del given[name]
            else:
                given[name] = value
        words = [word for name, value in given.items() for word in (name, value) if word]
        status = main(["snapshot", *words])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


def test_snapshot_is_complete(run: Run) -> None:
    """Table, Parquet, tree, shards, one file for each account, sums and manifest agree."""
    status, out, _ = run("--json=")
    assert status == 0
    told = json.loads(out)
    holdings = read_holdings(Path("out/holdings.csv"))
    assert holdings == {ONE: 80 // 3, TWO: 50, THREE: 70 // 3}
    assert told["root"] == "0x" + tree_of(holdings).root.hex()
    assert (told["accounts"], told["total"], told["transfers"]) == (3, "99", 4)
    assert json.loads(Path("out/tree.json").read_text()) == json.loads(tree_of(holdings).dump())
    assert pq.read_table("out/holdings.parquet").to_pylist()[0] == {
        "account": ONE,
        "holding": "26",
        "coefficient": None,
        "sum": "80",
        "minimum": "0",
    }
    tree = tree_of(holdings)
    for position, (account, holding) in enumerate(holdings.items()):
        single = json.loads(Path(f"out/accounts/{account[:4]}/{account}.json").read_text())
        proof = tree.proof(position)
        assert single["proof"] == ["0x" + node.hex() for node in proof]
        assert read_proof(Path("out"), bytes.fromhex(account[2:])) == (holding, proof)
    manifest = json.loads(Path("out/manifest.json").read_text())
    assert manifest["root"] == told["root"]
    assert manifest["question"]["blocks"][1] == {"number": 25, "hash": None}
    given = hashlib.sha256(Path("transfers.parquet").read_bytes()).hexdigest()
    assert manifest["transfers"]["files"] == [{"name": "transfers.parquet", "sha256": given}]
    written = files_of(Path("out"))
    sums = dict(line.split("  ")[::-1] for line in written["SHA256SUMS"].decode().splitlines())
    assert sums.keys() == written.keys() - {"SHA256SUMS", "manifest.json"}
    for name, digest in (sums | manifest["files"]).items():
        assert hashlib.sha256(written[name]).hexdigest() == digest
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd="out", check=True)


def test_second_run_gives_the_same_bytes(run: Run) -> None:
    """It replaces the first, whose every byte it repeats, with one thread or two."""
    assert run()[0] == 0
    first = files_of(Path("out"))
    Path("out/left-over").write_text("of an older version")
    assert run("--threads=1")[0] == 0
    assert files_of(Path("out")) == first
    assert sorted(file.name for file in Path().iterdir()) == ["out", "transfers.parquet"]


def test_same_transfers_from_csv_are_the_same_holdings(run: Run, small_rows: list[Cells]) -> None:
    """Only what names the input differs."""
    run()
    first = files_of(Path("out"))
    write_csv(Path("t.csv"), small_rows)
    assert run("--transfers=t.csv")[0] == 0
    second = files_of(Path("out"))
    assert {name for name in first if first[name] != second[name]} == {"manifest.json"}


def test_excluded_accounts_are_left_out(run: Run) -> None:
    """By a file with remarks; in any case."""
    Path("exchanges.txt").write_text(f"# exchanges\n{TWO.replace('0x', '0x')}  # the second\n\n")
    status, out, _ = run("--exclude=exchanges.txt", "--no-accounts=")
    assert status == 0
    assert out.splitlines()[1:3] == ["accounts 2", "total 49"]
    assert not Path("out/accounts").exists()
    manifest = json.loads(Path("out/manifest.json").read_text())
    assert manifest["question"]["excluded"] == [TWO]


def test_terms_give_statistic_and_coefficients(run: Run, sales: Path) -> None:
    """Thirty days, five rows; everybody below the first has coefficient 0."""
    blocks = ",".join(map(str, range(1, 31)))
    words = (f"--terms={sales}/em-2019-07.toml", f"--blocks={blocks}", "--statistic=-", NAMED)
    status, _, err = run(*words)
    assert status == 0, err
    table = pq.read_table("out/holdings.parquet").to_pylist()
    assert [row["coefficient"] for row in table] == [0, 0, 0]
    manifest = json.loads(Path("out/manifest.json").read_text())
    assert manifest["question"]["statistic"] == "mean"
    assert manifest["question"]["tiers"][0] == {"threshold": str(500 * 10**18), "coefficient": 1}


def test_terms_exclude_and_options_exclude_more(run: Run, sales: Path, tmp_path: Path) -> None:
    """With the same terms it does not matter who says which blocks: nobody whom they exclude is counted."""
    text = (sales / "em-2019-07.toml").read_text()
    file = tmp_path / "sale.toml"
    file.write_text(text.replace("days = 30\n", f'days = 30\nexcluded = ["{ONE}"]\n'))
    blocks = ",".join(map(str, range(1, 31)))
    words = (f"--terms={file}", f"--blocks={blocks}", "--statistic=-", NAMED)
    status, _, err = run(*words)
    assert status == 0, err
    manifest = json.loads(Path("out/manifest.json").read_text())
    assert manifest["question"]["excluded"] == [ONE]
    assert ONE not in Path("out/holdings.csv").read_text()


def test_terms_that_break_a_rule_are_not_counted_by(run: Run, sales: Path, tmp_path: Path) -> None:
    """A table that falls would be looked up wrongly."""
    file = tmp_path / "sale.toml"
    text = (sales / "em-2019-07.toml").read_text()
    file.write_text(text.replace('holding = "1000 OKB"', 'holding = "499 OKB"'))
    status, _, err = run(f"--terms={file}", "--blocks=1,2,3", "--statistic=-", NAMED)
    assert status == 2
    assert "tier.threshold in row 2" in err.splitlines()[-1]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--token=0x1",), "--token: '0x1' is not an address"),
        (("--token=" + ONE,), f"token_address: {TOKEN_TEXT}, expected {ONE}"),
        (("--blocks=20,x",), "--blocks: 'x' is not a plain decimal integer"),
        (("--blocks=30,20",), "snapshot blocks must not fall: 20 comes after 30"),
        (("--blocks=20,31",), "block 31 is missing: the transfers end with block 30"),
        (("--statistic=median",), "'median' is not one of"),
        (("--statistic=-",), "--statistic or --terms: one of them must say how to count"),
        (("--statistic=better-of",), "--statistic: the statistic better-of needs the two tables"),
        (("--transfers=none.parquet",), "none.parquet: cannot be read"),
        (("--exclude=none.txt",), "none.txt: cannot be read"),
        (("--exclude=bad.txt",), "bad.txt: line 2: 'alice' is not an address"),
        (("--engine=sqlite",), "'sqlite' is no engine: expected duckdb, spark-local or spark://.."),
        (("--memory=much",), "'much' is no memory such as 4GB or 512MB"),
        (("--out=taken",), "taken: exists and is no snapshot, which could be replaced"),
        (("--out=bad.txt",), "bad.txt: exists and is no snapshot"),
        (("--blocks=1,2",), "nobody holds anything by this rule"),
        (("--terms=SALES/em-2019-07.toml", NAMED), "--blocks: 3 blocks, "),
        (("--terms=SALES/em-2019-07.toml", NAMED, "--statistic=sum"), "--statistic: sum, "),
        (("--terms=SALES/em-2019-07.toml",), "no address for the accounts named holding-token"),
        (
            ("--terms=SALES/em-2019-07.toml", "--statistic=-", f"--account=holding-token={ONE}"),
            f"--token: {TOKEN_TEXT}, ",
        ),
        (("--out=/",), "--out: / cannot be replaced"),
        (("--rpc=http://[",), "--rpc: expected an address such as"),
        (("--rpc=http://127.0.0.1:99999",), "--rpc: expected an address such as"),
        (("--threads=257",), "256"),
        (("--memory=99999999999999999999999GB",), "duckdb: "),
    ],
)
def test_bad_input_writes_nothing(
    run: Run, sales: Path, options: tuple[str, ...], message: str
) -> None:
    """Exit status 2; the last line on standard error says why, those before it how far it was."""
    Path("bad.txt").write_text(f"{ONE}\nalice\n")
    Path("taken").mkdir()
    Path("taken/mine").write_text("precious")
    before = files_of(Path())
    status, out, err = run(*(option.replace("SALES", str(sales)) for option in options))
    assert (status, out) == (2, "")
    *progress, line = err.splitlines()
    assert line.startswith("jumpstart: ")
    assert message in line
    assert all(done.endswith(" ..") for done in progress)
    assert files_of(Path()) == before
    assert sorted(file.name for file in Path().iterdir()) == [
        "bad.txt",
        "taken",
        "transfers.parquet",
    ]


def test_help_has_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    """Help is no error."""
    assert main(["snapshot", "--help"]) == 0
    assert "Example: jumpstart snapshot" in capsys.readouterr().out


def test_tree_of_the_snapshot_is_the_trees_own(run: Run) -> None:
    """The dump is that of the same rows through `jumpstart tree`."""
    run()
    rows = [line.split(",") for line in Path("out/holdings.csv").read_text().splitlines()[1:]]
    assert Path("out/tree.json").read_text() == Tree.of(rows, ["address", "uint256"]).dump()
