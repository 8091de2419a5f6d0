"""A published root counted again by somebody who knows the sale's address: to the same root, or to an exit status."""

import json
from pathlib import Path

import pytest

from jumpstart.chain.client import Chain
from jumpstart.cli import main
from jumpstart.snapshot.draw import draw
from jumpstart.snapshot.shards import read_proof
from jumpstart.terms import DAY_SECONDS
from tests.chain import figures
from tests.chain.stage import Stage, Trial

SOME = 10**4


@pytest.fixture
def traded_sale(stage: Stage, chain: Chain) -> Trial:
    """Listed; then buyers hold and trade the token that counts, at all hours, until the draw is over."""
    listing = stage.listing(excluded=(bytes.fromhex(stage.people.project.address[2:]),))
    trial = stage.list(listing.moved(10 * DAY_SECONDS), is_drawn=False)
    terms, token, buyers = trial.sale.listing.holdings, stage.bond_token, stage.people.buyers
    chain.advance_to(terms.days_start - 100)
    for number, buyer in enumerate(buyers):
        token.send("transfer", buyer.address, SOME * (number + 1), sender=stage.people.project)
    for day in range(terms.day_count):
        for part in range(1, 4):
            chain.advance_to(terms.days_start + day * DAY_SECONDS + part * 25_000 + 777 * day)
            one, other = buyers[(day + part) % 8], buyers[(3 * day + part + 1) % 8]
            token.send("transfer", other.address, 1_000 + day * part, sender=one)
    chain.mine_at(terms.draw_time + 1)
    return trial


def held(trial: Trial) -> dict[str, int]:
    """What the token itself says of each buyer at the blocks that were drawn: the mean, rounded down."""
    stage, terms = trial.stage, trial.sale.listing.holdings
    blocks = [block.number for block in draw(terms, stage.chain, stage.chain).blocks]
    return {
        buyer.address.lower(): sum(
            stage.bond_token.call("balanceOf", buyer.address, block=block) for block in blocks
        )
        // len(blocks)
        for buyer in stage.people.buyers
    }


def snapshot(trial: Trial, out: Path, *words: str) -> int:
    url = trial.stage.chain.url
    return main(["snapshot", "--sale", trial.address, "--rpc", url, "--out", str(out), *words])


def test_anybody_counts_the_published_root_again(
    traded_sale: Trial, stage: Stage, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The publisher counts and posts; who counts again is told so, and has the same bytes; a buyer shows the proof."""
    trial, publisher = traded_sale, stage.people.publisher
    assert snapshot(trial, tmp_path / "one", "--json") == 0
    content = json.loads(capsys.readouterr().out)
    assert content["published"] is None
    trial.send("publishHoldings", bytes.fromhex(content["root"][2:]), sender=publisher)

    assert snapshot(trial, tmp_path / "two") == 0
    assert "published, as counted" in capsys.readouterr().out
    names = ("manifest.json", "SHA256SUMS", "holdings.csv", "holdings.parquet", "tree.json")
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), (
            name
        )
    manifest = json.loads((tmp_path / "one" / "manifest.json").read_text())
    drawn = draw(trial.sale.listing.holdings, stage.chain, stage.chain)
    assert manifest["question"]["seeds"] == dict(drawn.provenance.seeds)
    assert [block["hash"] for block in manifest["question"]["blocks"]] == [
        block.hash for block in drawn.blocks
    ]

    counted = dict(
        line.split(",") for line in (tmp_path / "one" / "holdings.csv").read_text().split()[1:]
    )
    expected = held(trial)
    assert expected.items() <= {name: int(amount) for name, amount in counted.items()}.items()
    assert stage.people.project.address.lower() not in counted

    stage.chain.advance_to(trial.terms.sessions[0].start)
    buyer = stage.people.buyers[7]
    found = read_proof(tmp_path / "one", bytes.fromhex(buyer.address[2:]))
    assert found is not None
    holding, proof = found
    stage.present(buyer)
    trial.send("subscribe", figures.MINIMUM, holding, list(proof), sender=buyer)


def test_a_root_that_differs_is_exit_status_1(
    traded_sale: Trial, stage: Stage, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With both roots; the folder is there, for whoever challenges. An audit finds it too."""
    trial, wrong = traded_sale, b"\1" * 32
    trial.send("publishHoldings", wrong, sender=stage.people.publisher)
    assert snapshot(trial, tmp_path / "right") == 1
    err = capsys.readouterr().err
    root = json.loads((tmp_path / "right" / "manifest.json").read_text())["root"]
    assert f"counted {root}, published 0x{wrong.hex()}" in err
    audited = ["audit", trial.address, "--rpc", stage.chain.url, "--out", str(tmp_path / "audit")]
    assert main(audited) == 1
    out = capsys.readouterr().out
    assert f"DIFFERS  root of the holdings: expected {root}, found 0x{wrong.hex()}" in out
    right = bytes.fromhex(root[2:])
    trial.send("publishHoldings", right, sender=stage.people.publisher)
    assert main(audited) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "consistent"


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--token", "0x" + 40 * "1"), "--token: without --blocks the terms say that"),
        (("--blocks", "1,2"), "--sale: with --blocks nothing is drawn"),
        (("--terms", "sale.toml"), "give --blocks, or either --sale or --terms"),
        (("--exclude", "list.txt"), "--exclude: without --blocks the terms say that"),
    ],
)
def test_what_the_terms_say_is_not_said_twice(
    traded_sale: Trial,
    words: tuple[str, ...],
    complaint: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One line, and nothing written."""
    assert snapshot(traded_sale, tmp_path / "out", *words) == 2
    assert complaint in capsys.readouterr().err.splitlines()[-1]
    assert not (tmp_path / "out").exists()
