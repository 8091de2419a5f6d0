"""The demo on a real chain: it ends reconciled, says why if not, and gives the same bytes again."""

import functools
import json
import os
import re
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from jumpstart import drafts
from jumpstart.chain.client import Chain
from jumpstart.chain.compiler import Artifacts
from jumpstart.chain.node import LocalNode
from jumpstart.chain.sale import Sale
from jumpstart.cli import main
from jumpstart.demo.books import Books, SaleBooks
from jumpstart.demo.mirror import Mirror
from jumpstart.demo.rehearsal import rehearse
from jumpstart.demo.scenarios import Scenario, perform
from jumpstart.demo.stage import DRAFT, START
from jumpstart.errors import ChainError, CheckError, ContractRevert, InputError
from jumpstart.powers import POWERS

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
def ran(tmp_path_factory: pytest.TempPathFactory, artifacts: Artifacts) -> Callable[..., Path]:
    """Runs the command for a scenario, once; the folder of its reports."""

    @functools.cache
    def run(scenario: Scenario) -> Path:
        made = tmp_path_factory.mktemp(scenario)
        assert demo(made, "--scenario", scenario) == 0
        return made

    return run


@pytest.fixture
def folder(ran: Callable[..., Path]) -> Path:
    """The reports of a whole life."""
    return ran(Scenario.FULL)


@pytest.fixture
def full(folder: Path) -> Summary:
    """Its summary."""
    return summary_in(folder)


def summary_in(folder: Path) -> Summary:
    """What a run has written."""
    summary: Summary = json.loads((folder / "report.json").read_bytes())
    return summary


def figures(amounts: dict[str, str]) -> dict[str, int]:
    """The sums of a summary as integers."""
    return {name: int(amount) for name, amount in amounts.items()}


def errors_of(summary: Summary) -> set[str]:
    """The custom errors of all who were turned away."""
    return {refusal["error"] for refusal in summary["turnedAway"]}


def texts_of(summary: Summary) -> str:
    """The time line in one text."""
    return "\n".join(each["text"] for each in summary["timeline"])


# ------------------------------------------------------------------------------------ every scenario


SECTIONS = {
    Scenario.FULL: ["Paid as it delivers", "Who exited, and who stayed", "Vesting", "The bond"],
    Scenario.REFUND: ["What was asked for", "Who got what", "The bond"],
    Scenario.REJECTED: ["The review, scorecard by scorecard", "The bond"],
    Scenario.DELISTED: ["The share of each participant", "Who got what", "The bond"],
}


@pytest.mark.parametrize("scenario", list(Scenario))
def test_demo_plays_every_scenario_by_one_command(
    scenario: Scenario, ran: Callable[..., Path]
) -> None:
    """It reconciles, and the page has the sections of its story."""
    summary = summary_in(ran(scenario))
    assert summary["format"] == "jumpstart-demo-v2"
    assert summary["scenario"] == scenario
    assert summary["checks"]
    assert all(check["found"] == check["expected"] for check in summary["checks"])
    page = (ran(scenario) / "report.html").read_text()
    assert page.startswith("<!doctype html>")
    for section in (*SECTIONS[scenario], "Who could do what", "Every sum, reconciled"):
        assert section in page


def test_list_of_powers_is_that_of_the_compiled_contracts(artifacts: Artifacts) -> None:
    """Every function that changes something, of every contract that is no mock; and no other."""
    found = set()
    for artifact in artifacts.values():
        if not artifact.is_deployable or artifact.source.startswith("contracts/mocks/"):
            continue
        for entry in artifact.abi:
            if entry["type"] in ("receive", "fallback"):
                found.add((artifact.name, entry["type"]))
            elif entry["type"] == "function" and entry["stateMutability"] not in ("view", "pure"):
                found.add((artifact.name, entry["name"]))
    assert {(power.contract, power.function) for power in POWERS} == found


# ------------------------------------------------------------------------------------- a whole life


def test_full_ends_with_everything_accounted_for(full: Summary) -> None:
    """Supply, deposits, proceeds, locked tokens and bonds, to the unit; the contracts are empty."""
    totals, bonds = figures(full["sale"]["totals"]), full["bonds"]
    assert full["sale"]["outcome"] == "succeeded"
    assert totals["supply"] == (
        totals["tokens"] + totals["returned"] + totals["unsold"] + totals["dustTokens"]
    )
    assert totals["deposits"] == (
        totals["paidBack"] + totals["proceeds"] + totals["fee"] + totals["dustPayment"]
    )
    assert totals["proceeds"] == totals["released"] + totals["exited"] + totals["remainder"]
    assert totals["escrowLeft"] == 0
    assert all(grant["left"] == "0" for grant in full["sale"]["grants"])
    assert bonds["returned"] == bonds["paidIn"]
    assert (bonds["left"], bonds["slashed"]) == ("0", "0")
    assert all(int(buyer["tokens"]) > 0 for buyer in full["sale"]["buyers"])


def test_full_sells_what_was_sold_in_history(full: Summary) -> None:
    """33,600,000 EM for 504,000, on the published day."""
    totals = full["sale"]["totals"]
    assert int(totals["supply"]) == 33_600_000 * 10**18
    assert int(totals["raised"]) == 504_000 * 10**6
    assert full["sale"]["sessions"][0]["start"] == 1_564_545_600


def test_full_turns_people_away_for_every_reason(full: Summary) -> None:
    """Each with the error that the contract has for it."""
    assert errors_of(full) >= {
        "PassRegistry_Expired",
        "PassRegistry_IdentityTaken",
        "PassRegistry_SignatureInvalid",
        "ProceedsEscrow_AlreadyObjected",
        "ProceedsEscrow_NoWeight",
        "ProceedsEscrow_NotAttested",
        "ProceedsEscrow_NothingToCollect",
        "ProceedsEscrow_WrongStatus",
        "ProjectReview_AlreadyVoted",
        "ProjectReview_CommitClosed",
        "ProjectReview_CommitmentWrong",
        "ProjectReview_NotDue",
        "ProjectReview_NothingToReturn",
        "ProjectReview_OnlyApplicant",
        "ProjectReview_OnlyChair",
        "ProjectReview_OnlyReviewer",
        "ProjectReview_Recused",
        "ProjectReview_RevealNotOpen",
        "ProjectReview_RevealOpen",
        "ProjectReview_TermsDiffer",
        "ProjectReview_WrongStatus",
        "SubscriptionSale_BelowMinimum",
        "SubscriptionSale_CapExceeded",
        "SubscriptionSale_Challenged",
        "SubscriptionSale_ClaimOpen",
        "SubscriptionSale_Closed",
        "SubscriptionSale_HoldingTooLow",
        "SubscriptionSale_HoldingsFinal",
        "SubscriptionSale_JurisdictionNotAdmitted",
        "SubscriptionSale_LimitReached",
        "SubscriptionSale_NoPass",
        "SubscriptionSale_NotOpen",
        "SubscriptionSale_NothingSubscribed",
        "SubscriptionSale_NothingToClaim",
        "SubscriptionSale_NothingToCollect",
        "SubscriptionSale_NothingToReturn",
        "SubscriptionSale_OnlyGuardian",
        "SubscriptionSale_OnlyPublisher",
        "SubscriptionSale_ProofInvalid",
        "SubscriptionSale_SessionRunning",
        "SubscriptionSale_SignatureInvalid",
        "SubscriptionSale_WrongStatus",
        "VestingVault_AlreadyRevoked",
        "VestingVault_NothingToRelease",
        "VestingVault_OnlyRevoker",
    }


def test_full_is_approved_by_the_three_who_revealed(full: Summary) -> None:
    """Neither who copied nor who is recused counts or keeps the others waiting."""
    (application,) = full["applications"]
    stages = [card["stage"] for card in application["cards"]]
    assert stages == ["revealed"] * 3 + ["committed, revealed nothing", "recused"]
    floors = [criterion["floor"] for criterion in full["rules"]["criteria"]]
    assert application["approved"]
    assert all(map(int.__ge__, application["medians"], floors))
    assert application["total"] >= full["rules"]["bar"]


def test_full_drops_wrong_holdings_and_returns_the_challenger_its_bond(full: Summary) -> None:
    """Before the sale opens, with the right ones."""
    bonds = full["bonds"]
    assert bonds["challengesReturned"] == bonds["challenged"] == full["rules"]["challengeBond"]
    assert "the list does not stand" in texts_of(full)


def test_full_fills_the_first_session_to_its_limit(full: Summary) -> None:
    """By a subscription that is accepted in part."""
    first, second = full["sale"]["sessions"]
    assert first["subscribed"] == first["limit"]
    assert int(second["subscribed"]) > int(second["supply"])
    assert "crosses the limit" in texts_of(full)


def test_full_pays_by_milestone_until_one_is_missed(full: Summary) -> None:
    """Met; vetoed by a fifth of all tokens and met on other evidence; missed; not reached."""
    delivery, totals = full["sale"]["delivery"], figures(full["sale"]["totals"])
    states = [milestone["state"] for milestone in delivery["milestones"]]
    assert states == ["released", "released", "missed", "not reached"]
    vetoed, accepted = delivery["milestones"][1]["attestations"]
    assert vetoed["vetoedAt"]
    assert int(vetoed["objected"]) * 10_000 >= totals["sold"] * delivery["objectionBps"]
    assert accepted["vetoedAt"] is None
    assert accepted["evidenceHash"] != vetoed["evidenceHash"]
    released = [each["amount"] for each in delivery["flows"] if each["kind"] == "released"]
    assert list(map(int, released)) == [totals["proceeds"] // 5] * 3


def test_full_pays_who_exits_the_matching_share(full: Summary) -> None:
    """Of what was not released; one of them had never claimed, and one is paid elsewhere."""
    delivery, totals = full["sale"]["delivery"], figures(full["sale"]["totals"])
    exits = delivery["exits"]
    unreleased = totals["proceeds"] - totals["released"]
    assert len(exits) >= 3
    for each in exits:
        assert int(each["paid"]) == unreleased * int(each["returned"]) // totals["sold"]
    assert sum(each["refund"] != "0" for each in exits) == 1
    assert sum(each["to"] != each["account"] for each in exits) == 1
    assert len(exits) < len(full["sale"]["buyers"])


def test_full_returns_the_bond_in_twelve_parts(full: Summary) -> None:
    """Thirty days apart."""
    returns = full["bonds"]["returns"]
    times = [each["time"] for each in returns]
    assert len(returns) == 12
    assert {later - earlier for earlier, later in pairwise(times)} == {30 * 86_400}


def test_full_revokes_one_grant_and_never_what_has_vested(full: Summary) -> None:
    """A third had vested by then."""
    team, treasury = (figures_of(grant) for grant in full["sale"]["grants"])
    assert team["released"] + team["returned"] == team["amount"]
    assert team["released"] * 3 == team["amount"]
    assert treasury["released"] == treasury["amount"]


def figures_of(grant: dict[str, Any]) -> dict[str, int]:
    """The amounts of a grant."""
    return {name: int(grant[name]) for name in ("amount", "released", "returned")}


def test_full_releases_a_quarter_and_then_every_month(full: Summary) -> None:
    """In the end everything that was not returned."""
    totals = figures(full["sale"]["totals"])
    claimed = [int(each["tokens"]) for each in full["sale"]["claimed"]]
    assert len(claimed) == 13
    assert claimed == sorted(claimed)
    assert claimed[0] < totals["allotted"] // 4  # one claims nothing
    assert claimed[-1] == totals["allotted"] - totals["returned"]


def test_demo_writes_a_page_and_its_figures(folder: Path) -> None:
    """And nothing else."""
    assert sorted(path.name for path in folder.iterdir()) == ["report.html", "report.json"]


def test_demo_run_again_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    """No wall clock, no port, no path."""
    assert demo(tmp_path) == 0
    for name in ("report.html", "report.json"):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()


# ----------------------------------------------------------------------------------------- a failure


@pytest.fixture
def refund(ran: Callable[..., Path]) -> Summary:
    """The summary of a sale that failed."""
    return summary_in(ran(Scenario.REFUND))


def test_refund_pays_everybody_back_in_full(refund: Summary) -> None:
    """Also the project, its tokens and its bond."""
    sale = refund["sale"]
    totals = sale["totals"]
    assert sale["outcome"] == "failed"
    assert totals["paidBack"] == totals["deposits"] != "0"
    assert totals["unsold"] == totals["supply"]
    assert totals["proceeds"] == totals["fee"] == totals["dustPayment"] == "0"
    assert all(buyer["paidIn"] == buyer["paidBack"] for buyer in sale["buyers"])
    assert all(buyer["tokens"] == "0" for buyer in sale["buyers"])
    assert refund["bonds"]["returned"] == refund["bonds"]["paidIn"]


def test_refund_shows_what_happens_when_nobody_settles(refund: Summary) -> None:
    """Tried out before the sale is settled after all."""
    assert "SubscriptionSale_SettlementTooLate" in errors_of(refund)
    assert "had nobody settled" in texts_of(refund)


# ------------------------------------------------------------------------------------- never listed


def test_rejected_lists_nothing_and_returns_both_bonds(ran: Callable[..., Path]) -> None:
    """One falls on a floor though its total is above the bar, the other on silence."""
    summary = summary_in(ran(Scenario.REJECTED))
    by_floor, by_silence = summary["applications"]
    assert summary["sale"] is None
    assert {by_floor["status"], by_silence["status"]} == {"rejected"}
    assert by_floor["total"] > summary["rules"]["bar"]
    assert by_silence["decidedAt"] is None
    assert errors_of(summary) == {
        "ProjectReview_WrongStatus",
        "ProjectReview_NothingToReturn",
    }
    assert summary["bonds"]["returned"] == summary["bonds"]["paidIn"] != "0"


# ----------------------------------------------------------------------------------------- delisted


def test_delisted_refunds_everybody_and_shares_the_bond(ran: Callable[..., Path]) -> None:
    """By weight, exactly; what had come due of the bond stays the project's."""
    summary = summary_in(ran(Scenario.DELISTED))
    sale, bonds = summary["sale"], summary["bonds"]
    assert sale["outcome"] == "delisted"
    assert [session["isSettled"] for session in sale["sessions"]] == [True, False]
    assert sale["totals"]["paidBack"] == sale["totals"]["deposits"] != "0"
    assert sale["totals"]["unsold"] == sale["totals"]["supply"]
    assert all(buyer["paidIn"] == buyer["paidBack"] for buyer in sale["buyers"])

    paid, slashed = int(bonds["paidIn"]), int(bonds["slashed"])
    assert (int(bonds["returned"]), slashed) == (paid // 12, paid - paid // 12)
    assert slashed == int(bonds["shared"]) + int(bonds["leftToShare"])
    assert 0 <= int(bonds["leftToShare"]) < 2 * len(bonds["shares"])
    weights = {each["name"]: int(each["weight"]) for each in bonds["shares"]}
    assert set(weights) == {buyer["name"] for buyer in sale["buyers"]}
    total = sum(weights.values())
    for each in bonds["shares"]:
        assert abs(int(each["amount"]) - slashed * weights[each["name"]] // total) <= 1


# ------------------------------------------------------------------------------------------ tampering


def tampered(change: Callable[[SaleBooks], SaleBooks]) -> Callable[[Mirror, int], Books]:
    """The books of the model with one figure of the sale changed."""
    honest = Mirror.books

    def books(mirror: Mirror, time: int) -> Books:
        true = honest(mirror, time)
        assert true.sale is not None
        return replace(true, sale=change(true.sale))

    return books


def test_demo_names_a_figure_that_differs_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit status 1."""
    one_more = tampered(lambda sale: replace(sale, fee=sale.fee + 1))
    monkeypatch.setattr(Mirror, "books", one_more)
    assert demo(tmp_path, "--scenario", "refund") == 1
    errors = capsys.readouterr().err
    assert re.search(r"^jumpstart: fee to the platform: \d+ on chain, expected \d+$", errors, re.M)
    assert list(tmp_path.iterdir()) == []


def test_refund_names_the_account_whose_money_differs(
    artifacts: Artifacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what of it."""

    def short_of_one(sale: SaleBooks) -> SaleBooks:
        account, entry = next(iter(sale.entries.items()))
        changed = replace(entry, paid_back=entry.paid_back - 1)
        return replace(sale, entries={**sale.entries, account: changed})

    monkeypatch.setattr(Mirror, "books", tampered(short_of_one))
    with pytest.raises(CheckError, match=r"^0x[0-9a-fA-F]{40}, paid back: \d+ on chain, expected"):
        played(artifacts, Scenario.REFUND)


def test_report_shows_the_figures_of_the_chain(
    artifacts: Artifacts, full: Summary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planted: the model's figures are wrong, and nobody compares. The report does not change."""

    def wrong(sale: SaleBooks) -> SaleBooks:
        exits = {
            account: replace(each, paid=each.paid + 1, kept=each.kept + 1)
            for account, each in sale.escrow.exits.items()
        }
        entries = {
            account: replace(each, paid_in=each.paid_in + 1, tokens=each.tokens + 1)
            for account, each in sale.entries.items()
        }
        escrow = replace(sale.escrow, exits=exits, releases=(), remainder=1)
        return replace(sale, entries=entries, escrow=escrow, fee=1, proceeds=1)

    monkeypatch.setattr(Mirror, "books", tampered(wrong))
    monkeypatch.setattr("jumpstart.demo.play.reconcile", lambda chain, model: [])
    summary = played(artifacts, Scenario.FULL)
    assert summary["sale"] == full["sale"]
    assert summary["bonds"] == full["bonds"]


def test_demo_notices_somebody_who_is_not_turned_away(
    artifacts: Artifacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planted: every refusal is taken for another one."""
    real_send = Chain.send

    def renamed(chain: Chain, transaction: Any) -> Any:
        try:
            return real_send(chain, transaction)
        except ContractRevert as refusal:
            raise ContractRevert("ProjectReview_Other", *refusal.args) from None

    monkeypatch.setattr(Chain, "send", renamed)
    with pytest.raises(CheckError, match="expected ProjectReview_OnlyChair"):
        played(artifacts, Scenario.FULL)


# ---------------------------------------------------------------------------------------- the command


def test_demo_json_prints_the_summary_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Progress goes to standard error."""
    assert demo(tmp_path, "--json", "--scenario", "rejected") == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == json.loads((tmp_path / "report.json").read_bytes())


def test_demo_keep_leaves_a_chain_that_ends_when_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], artifacts: Artifacts
) -> None:
    """It answers with the contracts on it, and is gone soon after the signal."""
    assert demo(tmp_path, "--keep", "--scenario", "rejected") == 0
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
        (
            ["--scenario", "none"],
            "--scenario: 'none', expected one of full, refund, rejected, delisted",
        ),
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


def test_rehearsal_lists_a_reviewed_sale_by_the_accounts_of_the_node(chain: Chain) -> None:
    """The first applies, the last reviews; the terms are those of the file, moved to the days ahead."""
    accounts: list[str] = chain.request("eth_accounts")
    draft = drafts.read(DRAFT)
    sale = rehearse(chain, draft, accounts[:9])
    assert Sale.at(chain, sale.address).listing == sale.listing
    assert sale.sale_token.call("balanceOf", sale.address) == sale.terms.supply
    assert sale.terms.sessions[0].start > chain.now() + 2 * sale.terms.parties.challenge_seconds


def test_a_rehearsal_needs_an_account_for_every_part(chain: Chain) -> None:
    """Seven names, the project and the reviewer."""
    accounts: list[str] = chain.request("eth_accounts")
    with pytest.raises(InputError, match="8 accounts, the terms need 9"):
        rehearse(chain, drafts.read(DRAFT), accounts[:8])


def test_a_demo_needs_a_local_chain(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    """It moves time and makes money."""
    monkeypatch.setattr(type(chain), "is_local", False)
    with pytest.raises(InputError, match="local test chains"):
        perform(chain, participants=int(FEW))
