"""The demo on a real chain: it ends reconciled, says why if not, and gives the same bytes again."""

import json
import os
import re
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jumpstart.chain.client import Chain
from jumpstart.chain.compiler import Artifacts
from jumpstart.chain.node import LocalNode
from jumpstart.cli import main
from jumpstart.demo.books import Books
from jumpstart.demo.mirror import Mirror
from jumpstart.demo.scenarios import Scenario, perform
from jumpstart.demo.stage import START
from jumpstart.errors import ChainError, CheckError, ContractRevert, InputError

FEW = "12"

Summary = dict[str, Any]


def demo(folder: Path, *words: str) -> int:
    """Runs the command with few buyers; its reports go to the folder."""
    return main(["demo", "--participants", FEW, "--out", str(folder), *words])


def played(artifacts: Artifacts, scenario: Scenario) -> Summary:
    """The summary of a run on a node of its own."""
    with LocalNode(start_time=START) as node:
        chain = Chain.connect(node.url, artifacts=artifacts)
        return perform(chain, scenario, participants=int(FEW))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, artifacts: Artifacts) -> Path:
    """The reports of a sale that succeeded."""
    made = tmp_path_factory.mktemp("demo")
    assert demo(made) == 0
    return made


@pytest.fixture(scope="module")
def sale(folder: Path) -> Summary:
    """Its summary."""
    summary: Summary = json.loads((folder / "report.json").read_bytes())
    return summary


@pytest.fixture(scope="module")
def refund(artifacts: Artifacts) -> Summary:
    """The summary of a sale that failed."""
    return played(artifacts, Scenario.REFUND)


# ----------------------------------------------------------------------------------------- a success


def test_demo_ends_with_everything_accounted_for(sale: Summary) -> None:
    """Supply and deposits, to the unit, and the contract empty."""
    totals = {name: int(amount) for name, amount in sale["totals"].items()}
    assert sale["succeeded"] is True
    assert totals["supply"] == totals["allotted"] + totals["unsold"] + totals["dustTokens"]
    assert totals["deposits"] == (
        totals["paidBack"] + totals["proceeds"] + totals["fee"] + totals["dustPayment"]
    )
    assert all(check["found"] == check["expected"] for check in sale["checks"])
    assert all(int(buyer["tokens"]) > 0 for buyer in sale["buyers"])


def test_demo_sells_what_was_sold_in_history(sale: Summary) -> None:
    """33,600,000 EM for 504,000, on the published day."""
    assert int(sale["totals"]["supply"]) == 33_600_000 * 10**18
    assert int(sale["totals"]["raised"]) == 504_000 * 10**6
    assert sale["sessions"][0]["start"] == 1_564_545_600


def test_demo_turns_people_away_for_every_reason(sale: Summary) -> None:
    """Each with the error that the contract has for it."""
    assert {refusal["error"] for refusal in sale["turnedAway"]} >= {
        "PassRegistry_Expired",
        "PassRegistry_IdentityTaken",
        "PassRegistry_SignatureInvalid",
        "SubscriptionSale_BelowMinimum",
        "SubscriptionSale_CapExceeded",
        "SubscriptionSale_ClaimOpen",
        "SubscriptionSale_Closed",
        "SubscriptionSale_HoldingTooLow",
        "SubscriptionSale_JurisdictionNotAdmitted",
        "SubscriptionSale_LimitReached",
        "SubscriptionSale_NoPass",
        "SubscriptionSale_NotOpen",
        "SubscriptionSale_NothingToClaim",
        "SubscriptionSale_NothingToCollect",
        "SubscriptionSale_OnlyPublisher",
        "SubscriptionSale_ProofInvalid",
        "SubscriptionSale_SessionRunning",
        "SubscriptionSale_SignatureInvalid",
        "SubscriptionSale_WrongStatus",
    }


def test_demo_fills_the_first_session_to_its_limit(sale: Summary) -> None:
    """By a subscription that is accepted in part."""
    first, second = sale["sessions"]
    assert first["subscribed"] == first["limit"]
    assert int(second["subscribed"]) > int(second["supply"])
    assert any("crosses the limit" in each["text"] for each in sale["timeline"])


def test_demo_releases_a_quarter_and_then_every_month(sale: Summary) -> None:
    """Everything after twelve."""
    allotted = int(sale["totals"]["allotted"])
    released = [int(release["tokens"]) for release in sale["releases"]]
    assert len(released) == 13
    assert released == sorted(released)
    assert 0 <= allotted // 4 - released[0] < len(sale["buyers"])
    assert released[-1] == allotted


def test_demo_writes_a_page_and_its_figures(folder: Path) -> None:
    """And nothing else."""
    assert sorted(path.name for path in folder.iterdir()) == ["report.html", "report.json"]
    page = (folder / "report.html").read_text()
    assert page.startswith("<!doctype html>")
    assert "Every sum, reconciled" in page


def test_demo_run_again_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    """No wall clock, no port, no path."""
    assert demo(tmp_path) == 0
    for name in ("report.html", "report.json"):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()


# ----------------------------------------------------------------------------------------- a failure


def test_refund_pays_everybody_back_in_full(refund: Summary) -> None:
    """Also the project, its tokens."""
    totals = refund["totals"]
    assert refund["succeeded"] is False
    assert totals["paidBack"] == totals["deposits"] != "0"
    assert totals["unsold"] == totals["supply"]
    assert totals["proceeds"] == totals["fee"] == totals["dustPayment"] == "0"
    assert all(buyer["paidIn"] == buyer["paidBack"] for buyer in refund["buyers"])
    assert all(buyer["tokens"] == "0" for buyer in refund["buyers"])


def test_refund_shows_what_happens_when_nobody_settles(refund: Summary) -> None:
    """Tried out before the sale is settled after all."""
    assert "SubscriptionSale_SettlementTooLate" in {each["error"] for each in refund["turnedAway"]}
    assert any("had nobody settled" in each["text"] for each in refund["timeline"])


# ------------------------------------------------------------------------------------------ tampering


def tampered(change: Callable[[Books], Books]) -> Callable[[Mirror, int], Books]:
    """The books of the model with one figure changed."""
    honest = Mirror.books
    return lambda mirror, time: change(honest(mirror, time))


def test_demo_names_a_figure_that_differs_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit status 1."""
    one_more = tampered(lambda books: replace(books, fee=books.fee + 1))
    monkeypatch.setattr(Mirror, "books", one_more)
    assert demo(tmp_path) == 1
    errors = capsys.readouterr().err
    assert re.search(r"^jumpstart: fee to the platform: \d+ on chain, expected \d+$", errors, re.M)
    assert list(tmp_path.iterdir()) == []


def test_refund_names_the_account_whose_money_differs(
    artifacts: Artifacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what of it."""

    def short_of_one(books: Books) -> Books:
        account, entry = next(iter(books.entries.items()))
        return replace(
            books,
            entries={**books.entries, account: replace(entry, paid_back=entry.paid_back - 1)},
        )

    monkeypatch.setattr(Mirror, "books", tampered(short_of_one))
    with pytest.raises(CheckError, match=r"^0x[0-9a-fA-F]{40}, paid back: \d+ on chain, expected"):
        played(artifacts, Scenario.REFUND)


def test_demo_notices_somebody_who_is_not_turned_away(
    artifacts: Artifacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planted: every refusal is taken for another one."""
    real_send = Chain.send

    def renamed(chain: Chain, transaction: Any) -> Any:
        try:
            return real_send(chain, transaction)
        except ContractRevert as refusal:
            raise ContractRevert("SubscriptionSale_Other", *refusal.args) from None

    monkeypatch.setattr(Chain, "send", renamed)
    with pytest.raises(CheckError, match="expected SubscriptionSale_OnlyPublisher"):
        played(artifacts, Scenario.SALE)


# ---------------------------------------------------------------------------------------- the command


def test_demo_json_prints_the_summary_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Progress goes to standard error."""
    assert demo(tmp_path, "--json", "--scenario", "refund") == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == json.loads((tmp_path / "report.json").read_bytes())


def test_demo_keep_leaves_a_chain_that_ends_when_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], artifacts: Artifacts
) -> None:
    """It answers with the sale on it, and is gone soon after the signal."""
    assert demo(tmp_path, "--keep", "--scenario", "refund") == 0
    found = re.search(r"stays at (\S+); end it with: kill (\d+)", capsys.readouterr().out)
    assert found is not None
    url, pid = found[1], int(found[2])
    try:
        chain = Chain.connect(url, chain_id=1337, artifacts=artifacts)
        summary = json.loads((tmp_path / "report.json").read_bytes())
        assert chain.code(summary["addresses"][0]["address"])
        assert url not in (tmp_path / "report.html").read_text()
    finally:
        os.kill(pid, signal.SIGTERM)
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            chain.block_number()
        except ChainError:
            return
        time.sleep(0.05)
    pytest.fail("the chain still answers")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--participants", "11"], "--participants: 11, expected 12 to 2000"),
        (["--participants", "2001"], "--participants: 2001, expected 12 to 2000"),
        (["--participants", "many"], "participants"),
        (["--scenario", "none"], "--scenario: 'none', expected sale or refund"),
        (["--holders", "missing.csv"], "missing.csv: cannot be read as a table of holders"),
        (["--out", "file/below"], "--out: file/below: cannot be made"),
    ],
)
def test_demo_refuses_bad_input_in_one_line(
    words: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Exit status 2, before a chain is started."""
    monkeypatch.chdir(tmp_path)
    Path("file").touch()
    assert main(["demo", *words]) == 2
    complaint = capsys.readouterr().err.splitlines()[-1]
    assert complaint.startswith("jumpstart: ")
    assert message in complaint


def test_a_demo_needs_a_local_chain(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    """It moves time and makes money."""
    monkeypatch.setattr(type(chain), "is_local", False)
    with pytest.raises(InputError, match="local test chains"):
        perform(chain, participants=int(FEW))
