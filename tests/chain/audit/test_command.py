"""`jumpstart audit` as people and scripts use it: what it prints and writes, and how it ends."""

import hashlib
import json
from pathlib import Path

import pytest
import rfc8785

from jumpstart.audit.page.render import render
from jumpstart.audit.subject import Subject
from jumpstart.chain.client import Chain
from jumpstart.cli import main
from tests.chain.audit import scenes
from tests.chain.audit.mutants import plant
from tests.chain.audit.test_mutants import MUTANTS
from tests.chain.stage import Stage, Trial


@pytest.fixture
def trial(stage: Stage) -> Trial:
    return scenes.delisted(stage)


def test_a_consistent_sale_ends_with_0_and_a_canonical_report(
    trial: Trial, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [
        "audit",
        trial.address,
        "--rpc",
        trial.chain.url,
        "--no-holdings",
        "--out",
        str(tmp_path),
    ]
    assert main(words) == 0
    out = capsys.readouterr().out
    written = (tmp_path / "report.json").read_bytes()
    report = json.loads(written)
    assert rfc8785.dumps(report) == written
    assert hashlib.sha256(written).hexdigest() in out
    assert "THE ROOT OF THE HOLDINGS WAS NOT CHECKED" in out.splitlines()[-1]
    assert (report["verdict"], report["findings"]) == ("consistent", [])
    assert report["blockHash"] == trial.chain.header().hash
    assert report["sale"]["status"] == "failed"
    assert [each["stage"] for each in report["participants"]].count("refunded") == 1
    assert trial.chain.url not in written.decode()
    assert str(tmp_path) not in written.decode()
    assert main([*words, "--json"]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert summary["reportSha256"] == hashlib.sha256(written).hexdigest()
    page = (tmp_path / "report.html").read_bytes()
    assert summary["pageSha256"] == hashlib.sha256(page).hexdigest()
    assert summary["pageSha256"] in out, "the page of the first time is the same"
    assert page.decode() == render(report)
    powers = {(each["contract"], each["function"]): each for each in report["powers"]}
    assert powers["SubscriptionSale", "pause"]["now"] == "refused: SubscriptionSale_WrongStatus"
    assert powers["ProjectReview", "appointReviewer"]["now"] == "possible"


def test_a_difference_ends_with_1_and_is_named(
    stage: Stage, chain: Chain, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plant(stage, MUTANTS[1])
    address = stage.list().address
    assert (
        main(["audit", address, "--rpc", chain.url, "--no-holdings", "--out", str(tmp_path)]) == 1
    )
    out, err = capsys.readouterr()
    assert "DIFFERS  code of sale implementation" in out
    assert out.splitlines()[-1].startswith("different")
    assert "values differ" in err
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["verdict"] == "different"
    assert report["findings"][0]["what"] in (tmp_path / "report.html").read_text()


def test_what_cannot_be_done_ends_with_2_and_writes_nothing(
    stage: Stage, chain: Chain, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No sale, no contract, a block that is not there, a node that does not answer, a wrong option."""
    sale = stage.list().address
    nobody, token = stage.people.stranger.address, stage.sale_token.address
    for words, said in (
        ([nobody, "--rpc", chain.url], "no contract"),
        ([token, "--rpc", chain.url], "no sale of this project"),
        ([stage.platform.sale_implementation.address, "--rpc", chain.url], "no sale of this"),
        ([sale, "--rpc", chain.url, "--block", "999999"], "the newest block is"),
        ([sale, "--rpc", chain.url, "--from-block", "30"], "begin earlier"),
        ([sale, "--rpc", "http://127.0.0.1:9"], "could not be done|does not answer"),
        ([sale, "--rpc", chain.url, "--block-hash", "0x12"], "hexadecimal digits"),
        (
            [stage.platform.launchpad.address, "--rpc", chain.url, "--application", "4000000"],
            "has not listed",
        ),
    ):
        assert main(["audit", *words, "--out", str(tmp_path / "nothing")]) == 2, words
        err = capsys.readouterr().err
        assert any(each in err for each in said.split("|")), err
    assert not (tmp_path / "nothing").exists()


def test_terms_that_were_promised_are_those_it_is_bound_to(
    trial: Trial, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As `jumpstart terms` prints them; other ones are refused with both hashes."""
    terms, out = tmp_path / "terms.json", tmp_path / "out"
    listing = Subject.found(trial.chain, trial.address).listing
    words = ["audit", trial.address, "--rpc", trial.chain.url, "--no-holdings", "--out", str(out)]
    words += ["--terms", str(terms)]
    promised = {"terms": listing.written()}
    promised["terms"]["sale"]["deal"]["softCap"] = "7"
    wrong = {
        "{": "not JSON",
        "[]": "expected an object",
        '{"terms": {"sale": 1}}': "terms: expected",
    }
    for text, said in wrong.items():
        terms.write_text(text)
        assert main(words) == 2
        assert said in capsys.readouterr().err
    terms.write_text(json.dumps(promised))
    assert main(words) == 2
    said = capsys.readouterr().err
    bound = "0x" + listing.terms_hash.hex()
    assert f"the sale is bound to {bound}" in said
    assert said.count("0x") == 2
    assert not out.exists()
    terms.write_text(json.dumps({"terms": listing.written()}))
    assert main(words) == 0
    terms.write_bytes((out / "report.json").read_bytes())
    assert main(words) == 0
