"""A fetch from a good node: every transfer once, in order, the same bytes however it was asked."""

import json
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from jumpstart.chain.blocks import header_hash
from jumpstart.cli import main
from jumpstart.errors import CheckError, InputError
from jumpstart.snapshot.fetch.checkpoint import Checkpoint
from jumpstart.snapshot.fetch.logs import Filter
from jumpstart.snapshot.fetch.pool import Pool
from jumpstart.snapshot.fetch.progress import Progress
from jumpstart.snapshot.fetch.run import fetch_logs
from jumpstart.snapshot.fetch.tables import LOGS, TRANSFERS
from jumpstart.snapshot.fetch.transfers import TRANSFER, provenance
from tests.chain.snapshot.scene import QUICK, History, bytes_of, rows_of


def test_every_transfer_is_fetched_once_in_order(history: History, tmp_path: Path) -> None:
    """From the token's creation, which is found, to the last snapshot block; and pinned to their hashes."""
    fetched = history.fetch(tmp_path / "work")
    assert rows_of(fetched) == history.rows
    assert (fetched.first, fetched.through) == (history.created, history.through)
    assert fetched.rows == len(history.rows)
    for block, name in fetched.block_hashes.items():
        assert "0x" + name.hex() == history.chain.header(block).hash
    assert sorted(fetched.block_hashes) == history.blocks
    known = provenance(fetched, None)
    assert known.chain == {
        "chainId": history.chain.chain_id,
        "from": 0,
        "through": history.through,
        "hash": history.chain.header(history.through).hash,
    }


@pytest.mark.parametrize("span", [1, 3, 1000])
def test_bytes_do_not_depend_on_ranges(history: History, tmp_path: Path, span: int) -> None:
    """Nor on the parts, on how many requests are in flight, or on the number of nodes."""
    expected = bytes_of(history.fetch(tmp_path / "expected"))
    policy = replace(QUICK, first_span=span, requests=1 + span % 4, part_rows=10**6)
    urls = [history.chain.url] if span == 1 else [history.chain.url, history.chain.url + "/"]
    assert bytes_of(history.fetch(tmp_path / "work", *urls, policy=policy)) == expected


def test_a_later_block_extends_the_work_and_an_earlier_one_is_cut_from_it(
    history: History, tmp_path: Path
) -> None:
    """The same folder serves any last block, with the bytes that a new one would have."""
    middle = history.blocks[1]
    early = bytes_of(history.fetch(tmp_path / "early", blocks=[middle]))
    work = tmp_path / "work"
    assert bytes_of(history.fetch(work, blocks=[middle])) == early
    late = history.fetch(work)
    assert rows_of(late) == history.rows
    again = history.fetch(work, blocks=[middle])
    assert bytes_of(again) == early
    assert rows_of(again) == [row for row in history.rows if row[0] <= middle]


def test_first_block_can_be_given(history: History, tmp_path: Path) -> None:
    """Balances then differ from what the rows come to, which is found."""
    with pytest.raises(CheckError, match=r"block \d+: (totalSupply|balanceOf)"):
        history.fetch(tmp_path / "late", first=history.created + 1)
    fetched = history.fetch(tmp_path / "early", first=0)
    assert rows_of(fetched) == history.rows


def test_logs_of_any_contract_are_fetched_as_they_are(history: History, tmp_path: Path) -> None:
    """Which logs, and which rows they become, are independent of how they are fetched."""
    pool = Pool([history.chain.url], QUICK)
    wanted = Filter(address="0x" + history.address.hex(), topics=((TRANSFER, "0x" + "1" * 64),))
    fetched = fetch_logs(pool, wanted, LOGS, [history.through], tmp_path / "work")
    rows = pq.read_table(fetched.files[0]).to_pylist()
    places = [(row["block_number"], row["log_index"], row["transaction_hash"]) for row in rows]
    assert places == [row[:3] for row in history.rows]
    header = history.chain.header(rows[0]["block_number"])
    assert rows[0]["block_hash"] == header.hash
    assert rows[0]["topics"][0] == TRANSFER


def test_headers_of_this_chain_come_to_their_hashes(history: History) -> None:
    """Whatever the node: or no header would be believed."""
    for block in (0, history.created, history.through):
        header = history.chain.request("eth_getBlockByNumber", hex(block), False)
        assert header_hash(header) == header["hash"]


def test_progress_ends_with_everything(history: History, tmp_path: Path) -> None:
    """Blocks and rows, and how long it will take."""
    shown: list[Progress] = []

    class Watching:
        def tell(self, text: str) -> None:
            pass

        def show(self, progress: Progress) -> None:
            shown.append(progress)

    history.fetch(tmp_path / "work", watch=Watching())
    last = shown[-1]
    assert last.blocks == last.total == history.through - history.created + 1
    assert last.rows == last.run_rows == len(history.rows)
    assert last.seconds_left == 0


@pytest.mark.parametrize(
    ("blocks", "first", "message"),
    [
        ([10**6], None, r"^block 1000000 is not there yet: the chain is at \d+$"),
        ([1], None, r"^there is no contract at 0x[0-9a-f]{40} in block 1$"),
        ([5], 6, r"^block 6 is to be the first, the last is 5$"),
    ],
)
def test_bad_input_leaves_nothing(
    history: History, tmp_path: Path, blocks: list[int], first: int | None, message: str
) -> None:
    """Not even a folder."""
    with pytest.raises(InputError, match=message):
        history.fetch(tmp_path / "work", blocks=blocks, first=first)
    assert not (tmp_path / "work").exists()


def test_work_of_another_fetch_is_refused(history: History, tmp_path: Path) -> None:
    """Another token, another first block; and one that a process has."""
    work = tmp_path / "work"
    history.fetch(work, first=0)
    with pytest.raises(InputError, match="first is 0, expected 1: it is of another fetch"):
        history.fetch(work, first=1)
    with pytest.raises(InputError, match="fromBlock is given, expected found"):
        history.fetch(work)
    other = history.chain.deploy(
        "ProjectToken", "Other", "OTH", 18, 1, history.holder.address, sender=history.holder
    )
    stranger = replace(history, token=other)
    with pytest.raises(InputError, match="address is 0x"):
        stranger.fetch(work, first=0, blocks=[history.chain.block_number()])
    question = {"chainId": history.chain.chain_id, "first": 0, "fromBlock": "given"}
    with (
        Checkpoint.opened(work, question, TRANSFERS),
        pytest.raises(InputError, match="another process is fetching into it"),
    ):
        history.fetch(work, first=0)


def test_a_checkpoint_that_was_changed_is_refused(history: History, tmp_path: Path) -> None:
    """Its lines are sealed."""
    work = tmp_path / "work"
    history.fetch(work)
    text = (work / "checkpoint.jsonl").read_text()
    (work / "checkpoint.jsonl").write_text(text.replace('"chainId":1337', '"chainId":1338'))
    with pytest.raises(CheckError, match=r"line 1 has the seal .* the file was changed"):
        history.fetch(work)


def test_the_command_fetches_and_counts(
    history: History, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As it counts the same rows from a file; a second run gives the same bytes."""
    blocks = ",".join(map(str, history.blocks))
    out, work = tmp_path / "out", tmp_path / "work"
    words = ["snapshot", "--rpc", history.chain.url, "--token", history.token.address]
    words += ["--blocks", blocks, "--statistic", "mean", "--out", str(out), "--json"]
    words += ["--memory", "512MB", "--no-accounts"]
    assert main(words) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["transfers"] == len(history.rows)
    assert not (tmp_path / "out.fetch").exists()
    first = {file.name: file.read_bytes() for file in out.iterdir() if file.is_file()}
    manifest = json.loads(first["manifest.json"])
    assert manifest["question"]["chain"]["through"] == history.through
    assert [block["hash"] for block in manifest["question"]["blocks"]] == [
        history.chain.header(block).hash for block in history.blocks
    ]
    assert main([*words, "--work", str(work)]) == 0
    assert first == {file.name: file.read_bytes() for file in out.iterdir() if file.is_file()}
    words[1:3] = ["--transfers", str(work / "fetch" / "files")]
    assert main([*words, "--through", str(history.through)]) == 0
    counted = {file.name: file.read_bytes() for file in out.iterdir() if file.is_file()}
    assert {name for name in first if first[name] != counted[name]} == {"manifest.json"}
