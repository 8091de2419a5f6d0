"""The command line: what it prints, and that bad input costs one line and changes nothing."""

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pytest
from eth_account import Account

from jumpstart.accounts import checksummed
from jumpstart.allotment.tiered import Subscription, allotment_down, demands_of, settle
from jumpstart.cli import main
from jumpstart.signatures import account_of
from jumpstart.tree import HOLDING_TYPES, Tree

ONE, TWO, THREE = (f"0x{number:040x}" for number in (1, 2, 3))
MIXED = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"

SUBSCRIPTIONS = f"account,subscribed,coefficient\n{ONE},500,1\n{TWO},200,5\n{THREE},0,3\n"
HOLDINGS = f"{ONE},500\n{TWO},200\n{MIXED},0\n"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in an empty folder; gives its exit status, standard output and error."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        status = main(arguments)
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


def assert_refused(run: Run, arguments: tuple[str, ...], message: str) -> None:
    """Exit status 2, one line on standard error that says `message`, and no file that was not
    there before.
    """
    files = {file: file.read_bytes() for file in Path().iterdir()}
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert message in err
    assert err.startswith("jumpstart: ")
    assert err.count("\n") == 1
    assert {file: file.read_bytes() for file in Path().iterdir()} == files


# ------------------------------------------------------------------------------------------ allot


def test_allot_prints_the_allotments_in_the_order_of_the_input(run: Run) -> None:
    """Also those of nothing."""
    Path("s.csv").write_text(SUBSCRIPTIONS)
    status, out, err = run("allot", "s.csv", "--rule", "tiered", "--supply", "300")
    assert (status, err) == (0, "")
    assert out == f"account,allotted\n{ONE},100\n{TWO},200\n{THREE},0\n"


def test_allot_json_has_the_outcome_too(run: Run) -> None:
    """Amounts as decimal text, so that no program rounds them."""
    Path("s.csv").write_text(SUBSCRIPTIONS)
    _, out, _ = run("allot", "s.csv", "--rule", "tiered", "--supply", "300", "--json")
    assert json.loads(out) == {
        "rule": "tiered",
        "supply": "300",
        "fullFrom": 5,
        "remaining": "100",
        "weight": "500",
        "allotted": "300",
        "allotments": [
            {"account": ONE, "allotted": "100"},
            {"account": TWO, "allotted": "200"},
            {"account": THREE, "allotted": "0"},
        ],
    }


def test_allot_writes_the_file_and_nothing_beside_it(run: Run) -> None:
    """The file replaces an older one whole."""
    Path("s.csv").write_text(SUBSCRIPTIONS)
    Path("out.csv").write_text("old" * 1000)
    status, out, err = run(
        "allot", "s.csv", "--rule", "tiered", "--supply", "300", "--out", "out.csv"
    )
    assert (status, out, err) == (0, "", "")
    assert Path("out.csv").read_text() == f"account,allotted\n{ONE},100\n{TWO},200\n{THREE},0\n"
    assert sorted(file.name for file in Path().iterdir()) == ["out.csv", "s.csv"]


def test_allot_of_a_real_distribution_exhausts_the_supply(run: Run, data: Path) -> None:
    """Two thousand holders subscribe what they hold; less than one unit each is left."""
    rows = [row.split(",") for row in (data / "holders-sample.csv").read_text().splitlines()[1:]]
    subscriptions = [
        Subscription(subscribed=int(amount), coefficient=1 + number % 5)
        for number, (_, amount) in enumerate(rows)
    ]
    lines = [
        f"{account},{s.subscribed},{s.coefficient}"
        for (account, _), s in zip(rows, subscriptions, strict=True)
    ]
    Path("s.csv").write_text("\n".join(["account,subscribed,coefficient", *lines]))
    supply = 10**24
    _, out, _ = run("allot", "s.csv", "--rule", "tiered", "--supply", str(supply))
    allotted = [int(line.split(",")[1]) for line in out.splitlines()[1:]]
    outcome = settle(supply, demands_of(subscriptions))
    assert allotted == [allotment_down(s.subscribed, s.coefficient, outcome) for s in subscriptions]
    assert supply - len(rows) < sum(allotted) <= supply


TIERED = ("allot", "s.csv", "--rule", "tiered", "--supply", "300", "--out", "out.csv")
HEADER = "account,subscribed,coefficient"
SEED = "0x" + "11" * 32


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("", "s.csv: the file is empty"),
        (f"{HEADER}\n", "s.csv: no row below the header"),
        (f"{ONE},5,1\n", "s.csv: line 1: columns "),
        (f"account,subscribed\n{ONE},5\n", "s.csv: line 1: 2 columns, expected 3"),
        (f"{HEADER},note\n{ONE},5,1,x\n", "s.csv: line 1: 4 columns, expected 3"),
        (f"account,coefficient,subscribed\n{ONE},5,1\n", "line 1: columns 'account,coefficient"),
        (f"{HEADER}\n{ONE},5\n", "s.csv: line 2: 2 columns, expected 3"),
        (f"{HEADER}\n{ONE},5,1\n\n", "s.csv: line 3: 0 columns, expected 3"),
        (f"{HEADER}\n{ONE},1.5,1\n", "line 2: subscribed: '1.5' is not a plain decimal integer"),
        (f"{HEADER}\n{ONE},5.0,1\n", "line 2: subscribed: '5.0' is not a plain decimal integer"),
        (f"{HEADER}\n{ONE},1e3,1\n", "line 2: subscribed: '1e3' is not a plain decimal integer"),
        (f"{HEADER}\n{ONE},-5,1\n", "line 2: subscribed: '-5' is not a plain decimal integer"),
        (f"{HEADER}\n{ONE}, 5,1\n", "line 2: subscribed: ' 5' is not a plain decimal integer"),
        (f"{HEADER}\n{ONE},,1\n", "line 2: subscribed: '' is not a plain decimal integer"),
        (f"{HEADER}\n{ONE},{2**112},1\n", f"subscribed: {2**112} is above the most, {2**112 - 1}"),
        (f"{HEADER}\n{ONE},{'9' * 5000},1\n", "subscribed: a figure of 5000 digits"),
        (f"{HEADER}\n{ONE},5,0\n", "line 2: coefficient: 0 is below the least, 1"),
        (f"{HEADER}\n{ONE},5,65535\n", "line 2: coefficient: 65535 is above the most, 65534"),
        (f"{HEADER}\n{ONE},5,1\n{ONE},6,1\n", "line 3: account: 0x"),
        (f"{HEADER}\n0x{'aB' * 20},5,1\n", "line 2: account: 0x"),
        (f"{HEADER}\n0x{'ab' * 20},5,1\n0x{'AB' * 20},6,1\n", "stands in line 2 already"),
        (f"{HEADER}\n{ONE[:-1]},5,1\n", "line 2: account: '0x"),
        (f"{HEADER}\n{MIXED.replace('5aA', '5AA')},5,1\n", f"wrong checksum, expected {MIXED}"),
        (f"{HEADER}\nalice,5,1\n", "line 2: account: 'alice' is not an address"),
        (f'{HEADER}\n{ONE},"5,1\n', "not CSV"),
        (f"\ufeff{HEADER}\n{ONE},5,1\n", "line 1: columns "),
    ],
)
def test_allot_refuses_a_bad_table(run: Run, table: str, message: str) -> None:
    """The line and the column are named, and the output file is not written."""
    Path("s.csv").write_text(table)
    assert_refused(run, TIERED, message)


def test_allot_refuses_what_is_no_text(run: Run) -> None:
    """Bytes that are not UTF-8, a folder, and nothing at all."""
    Path("s.csv").write_bytes(b"\xff\xfe")
    assert_refused(run, TIERED, "s.csv: not UTF-8 text: byte 0")
    Path("s.csv").unlink()
    assert_refused(run, TIERED, "s.csv: cannot be read: No such file")
    assert_refused(run, ("allot", "..", *TIERED[2:]), "..: cannot be read: Is a directory")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--rule", "tiered", "--supply", "0"), "--supply: 0 is below the least, 1"),
        (("--rule", "tiered", "--supply", "-1"), "--supply: '-1' is not a plain decimal integer"),
        (("--rule", "tiered", "--supply", "1.5"), "--supply: '1.5' is not a plain decimal"),
        (("--rule", "tiered", "--supply", "1e6"), "--supply: '1e6' is not a plain decimal"),
        (("--rule", "tiered", "--supply", str(2**112)), "--supply: "),
        (("--rule", "tiered"), "Missing option '--supply'"),
        (("--supply", "300"), "Missing option '--rule'"),
        (
            ("--rule", "first", "--supply", "300"),
            "--rule: 'first' is not available, expected 'tiered', 'weighted' or 'lottery'",
        ),
        (
            ("--rule", "tiered", "--supply", "300", "--cap", "9"),
            "--cap: the rule 'tiered' has none",
        ),
        (("--rule", "weighted", "--supply", "300", "--cap", "0"), "--cap: 0 is below the least, 1"),
        (
            ("--rule", "weighted", "--supply", "3", "--seed", SEED),
            "--seed: the rule 'weighted' has",
        ),
        (("--rule", "lottery", "--supply", "300"), "--seed: a lottery needs one: 32 bytes"),
        (("--rule", "lottery", "--supply", "3", "--seed", "0x12"), "--seed: '0x12' is not 64 hexa"),
        (("--rule", "weighted", "--supply", "3"), "s.csv: line 1: columns "),
        (
            ("--rule", "lottery", "--supply", "3", "--seed", SEED),
            "s.csv: line 1: 3 columns, expected",
        ),
        (("--rule", "tiered", "--supply", "300", "--limit", "9"), "No such option: --limit"),
        (("--rule", "tiered", "--supply", "300", "more"), "unexpected extra argument"),
    ],
)
def test_allot_refuses_bad_options(run: Run, options: tuple[str, ...], message: str) -> None:
    """The option is named."""
    Path("s.csv").write_text(SUBSCRIPTIONS)
    assert_refused(run, ("allot", "s.csv", *options), message)


def test_allot_by_weight_gives_what_a_cap_leaves_to_the_others(run: Run) -> None:
    """The published example of ten users, in a file."""
    rows = [
        (f"0x{number:040x}", 10**12, committed)
        for number, committed in enumerate(
            (50_000, 30_000, 7_000, 6_000, 5_000, 5_000, 1_400, 500, 90, 10), 1
        )
    ]
    _write("account,subscribed,weight", rows)
    options = ("--rule", "weighted", "--supply", "100000000", "--cap", "20000000")
    _, out, _ = run("allot", "s.csv", *options)
    assert [int(line.split(",")[1]) for line in out.splitlines()[1:]] == [
        20_000_000, 20_000_000, 16_800_000, 14_400_000, 12_000_000, 12_000_000, 3_360_000, 1_200_000,
        216_000, 24_000,
    ]  # fmt: skip
    _, out, _ = run("allot", "s.csv", *options, "--json")
    told = json.loads(out)
    assert (told["remaining"], told["weight"]) == ("60000000", "25000")
    assert told["allotted"] == "100000000"


def test_allot_by_lottery_lets_exactly_the_published_number_win(run: Run) -> None:
    """Another seed gives other winners; one win an account leaves tickets unsold."""
    rows = [(f"0x{number:040x}", number % 6) for number in range(1, 40)]
    _write("account,tickets", rows)
    options = ("allot", "s.csv", "--rule", "lottery", "--supply", "30")
    won = []
    for seed in (SEED, "0x" + "22" * 32):
        _, out, _ = run(*options, "--seed", seed)
        won.append([int(line.split(",")[1]) for line in out.splitlines()[1:]])
        assert sum(won[-1]) == 30
        assert all(wins <= tickets for wins, (_, tickets) in zip(won[-1], rows, strict=True))
    assert won[0] != won[1]
    _, out, _ = run(*options, "--seed", SEED, "--cap", "1")
    assert [int(line.split(",")[1]) for line in out.splitlines()[1:]] == [
        min(1, wins) for wins in won[0]
    ]
    _, out, _ = run(*options[:-1], "1000", "--seed", SEED, "--json")
    told = json.loads(out)
    assert told["winners"] == told["tickets"] == told["allotted"]


def test_allot_refuses_more_tickets_than_it_can_draw(run: Run) -> None:
    _write("account,tickets", [(ONE, 9_999_999), (TWO, 2)])
    assert_refused(
        run,
        ("allot", "s.csv", "--rule", "lottery", "--supply", "3", "--seed", SEED),
        "s.csv: tickets: 10000001 in all, at most 10000000",
    )


def _write(header: str, rows: Iterable[Sequence[object]]) -> None:
    lines = [header, *(",".join(map(str, row)) for row in rows)]
    Path("s.csv").write_text("\n".join(lines) + "\n")


def test_allot_refuses_a_file_it_cannot_write(run: Run) -> None:
    """A folder that is not there is not made."""
    Path("s.csv").write_text(SUBSCRIPTIONS)
    options = (*TIERED[:-1], "no/out.csv")
    assert_refused(run, options, "no/out.csv: cannot be written: No such file or directory")


# ------------------------------------------------------------------------------------------- tree


@pytest.mark.parametrize("header", ["", "account,holding\n"])
def test_tree_writes_the_dump_and_prints_the_root(run: Run, header: str) -> None:
    """With a header and without, as text and as JSON."""
    Path("v.csv").write_text(header + HOLDINGS)
    tree = Tree.of([row.split(",") for row in HOLDINGS.splitlines()], HOLDING_TYPES)
    root = "0x" + tree.root.hex()
    command = ("tree", "v.csv", "--types", "address,uint256")
    assert run(*command, "--out", "tree.json") == (0, f"root {root}\nleaves 3\n", "")
    assert Path("tree.json").read_text() == tree.dump()
    status, out, _ = run(*command, "--json")
    assert (status, json.loads(out)) == (0, {"root": root, "leaves": 3})


def test_tree_takes_any_elementary_types(run: Run) -> None:
    """A first row of plain names is data where every name is a value."""
    Path("v.csv").write_text('name,"a, b"\nsecond,true\n')
    _, out, _ = run("tree", "v.csv", "--types", "string,string", "--json")
    tree = Tree.of([["name", "a, b"], ["second", "true"]], ["string", "string"])
    assert json.loads(out) == {"root": "0x" + tree.root.hex(), "leaves": 2}


@pytest.mark.parametrize(
    ("table", "types", "message"),
    [
        ("", "address,uint256", "v.csv: the file is empty"),
        ("account,holding\n", "address,uint256", "v.csv: a tree needs at least one row"),
        (f"{ONE}\n", "address,uint256", "v.csv: line 1: 1 columns, expected 2"),
        (f"{ONE},5,6\n", "address,uint256", "v.csv: line 1: 3 columns, expected 2"),
        (f"{ONE},1.5\n", "address,uint256", "v.csv: row 1: '1.5' is no uint256"),
        (f"a,h\n{ONE},5\n{TWO},-5\n", "address,uint256", "v.csv: row 2: '-5' is no uint256"),
        (f"{ONE},{2**256}\n", "address,uint256", "is no uint256"),
        (f"{ONE[:-1]},5\n", "address,uint256", "line 1: '0x"),
        ("alice,5\n", "address,uint256", "line 1: 'alice' is not an address"),
        (f"{MIXED.replace('5aA', '5AA')},5\n", "address,uint256", f"expected {MIXED}"),
        (f"{ONE},5\n{TWO},5\n{ONE},6\n", "address,uint256", "line 3: 0x"),
        (f"1,{ONE}\n2,{ONE}\n1,{ONE}\n", "uint256,address", "row 3 repeats row 1"),
        (f"{ONE},5\n", "address,uint", "'uint' is no elementary ABI type"),
        (f"{ONE},5\n", "address, uint256", "' uint256' is no elementary ABI type"),
        ("5\n", "", "'' is no elementary ABI type"),
    ],
)
def test_tree_refuses_bad_values(run: Run, table: str, types: str, message: str) -> None:
    """The row is named, and no dump is written."""
    Path("v.csv").write_text(table)
    assert_refused(run, ("tree", "v.csv", "--types", types, "--out", "tree.json"), message)


# ------------------------------------------------------------------------------------------ terms


def test_terms_prints_hash_and_base_units(run: Run, sales: Path) -> None:
    """The same content as text and as JSON."""
    names = ("sale-token", "payment-token", "pass-registry", "attester", "holdings-publisher",
             "proceeds", "treasury", "platform", "holding-token")  # fmt: skip
    options = [f"--account={name}={checksummed(n.to_bytes(20))}" for n, name in enumerate(names, 1)]
    file = str(sales / "em-2019-07.toml")
    status, out, _ = run("terms", file, *options, "--json")
    content = json.loads(out)
    assert status == 0
    assert content["terms"]["sale"]["deal"]["price"] == "3"
    status, out, _ = run("terms", file, *options)
    lines = dict(line.split(maxsplit=1) for line in out.splitlines())
    assert lines["termsHash"] == content["termsHash"]
    assert lines["terms.sale.sessions[1].supply"] == str(16_800_000 * 10**18)
    assert lines["terms.escrow.milestones[3].shareBps"] == "2000"
    assert lines["terms.allocations[0].amount"] == str(210_000_000 * 10**18)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((), "em-2019-07.toml: no address for the accounts named sale-token, payment-token"),
        (("--account", "treasury"), "--account: 'treasury' is not NAME=0x.."),
        (("--account", "treasury=0x1"), "account treasury: '0x1' is not an address"),
    ],
)
def test_terms_refuses_open_names(
    run: Run, sales: Path, options: tuple[str, ...], message: str
) -> None:
    """There is no hash of terms that are not complete."""
    assert_refused(run, ("terms", str(sales / "em-2019-07.toml"), *options), message)


# ------------------------------------------------------------------------------------------- pass

KEY = (11).to_bytes(32)


@pytest.fixture
def attest(tmp_path: Path) -> list[str]:
    """The command that signs a pass, its files beside it."""
    keystore = Account.encrypt(KEY, "secret", kdf="pbkdf2", iterations=2)
    (tmp_path / "key.json").write_text(json.dumps(keystore))
    (tmp_path / "password.txt").write_text("secret\n")
    (tmp_path / "blinding.hex").write_text("0x" + "07" * 32 + "\n")
    (tmp_path / "document.txt").write_text("FR passport 12AB34567\n")
    options = {
        "keystore": "key.json", "password-file": "password.txt", "blinding-key": "blinding.hex",
        "document": "document.txt", "account": ONE, "jurisdiction": "FR", "level": "2",
        "issued": "2030-01-01T00:00:00Z", "expires": "2031-01-01T00:00:00Z", "registry": TWO,
        "chain-id": "1337", "out": "pass.json",
    }  # fmt: skip
    return ["pass", "attest", *(f"--{name}={value}" for name, value in options.items())]


def test_attested_pass_verifies(run: Run, attest: list[str]) -> None:
    """What one command signs the other accepts, and shows."""
    assert run(*attest) == (0, "", "")
    status, out, _ = run("pass", "verify", "pass.json", "--json")
    assert status == 0
    assert json.loads(out) == {
        "attester": checksummed(account_of(KEY)),
        "account": ONE,
        "jurisdiction": "FR",
        "level": 2,
        "issued": "2030-01-01T00:00:00Z",
        "expires": "2031-01-01T00:00:00Z",
        "registry": TWO,
        "chainId": 1337,
    }
    status, out, _ = run("pass", "verify", "pass.json")
    assert status == 0
    assert "jurisdiction  FR\n" in out


def test_changed_pass_fails_verification(run: Run, attest: list[str]) -> None:
    """Checked and wrong is exit status 1, with one line."""
    run(*attest)
    text = Path("pass.json").read_text()
    Path("pass.json").write_text(text.replace('"level": 2', '"level": 3'))
    status, out, err = run("pass", "verify", "pass.json")
    assert (status, out) == (1, "")
    assert err.startswith("jumpstart: signed by 0x")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--account=0x1", "--account: '0x1' is not an address"),
        ("--registry=0x1", "--registry: '0x1' is not an address"),
        ("--jurisdiction=UK", "--jurisdiction: 'UK' is no ISO 3166-1 alpha-2 code"),
        ("--level=0", "'--level'"),
        ("--chain-id=x", "'--chain-id'"),
        ("--expires=2031-01-01", "--expires: 2031-01-01 00:00:00 has no zone"),
        ("--expires=2030-01-01T00:00:00Z", "expires at 1893456000, issued at 1893456000"),
        ("--password-file=document.txt", "key.json: no keystore that this password opens"),
        ("--blinding-key=document.txt", "a blinding key is pairs of hexadecimal digits"),
        ("--document=none.txt", "none.txt: cannot be read"),
    ],
)
def test_attest_refuses_bad_options(run: Run, attest: list[str], option: str, message: str) -> None:
    """Nothing is signed, nothing is written."""
    assert_refused(run, (*attest, option), message)


# -------------------------------------------------------------------------------------- the whole


@pytest.mark.parametrize(
    "command", [("allot",), ("tree",), ("terms",), ("pass", "attest"), ("pass", "verify")]
)
def test_every_command_has_help_with_an_example(run: Run, command: tuple[str, ...]) -> None:
    """Help is no error."""
    status, out, err = run(*command, "--help")
    assert (status, err) == (0, "")
    assert f"Example: jumpstart {' '.join(command)}" in " ".join(out.split())


@pytest.mark.parametrize("arguments", [(), ("sell",), ("--verbose",), ("pass",), ("pass", "sell")])
def test_unknown_command_is_refused(run: Run, arguments: tuple[str, ...]) -> None:
    """One line, like any bad input."""
    assert_refused(run, arguments, "jumpstart --help")
