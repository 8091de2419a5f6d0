"""The commands that talk to a chain: what they do, and that bad input costs one line and sends
nothing.
"""

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account
from eth_account.signers.local import LocalAccount

from jumpstart.chain.client import Chain
from jumpstart.chain.node import LocalNode
from jumpstart.chain.sale import Sale
from jumpstart.cli import main
from jumpstart.times import format_time
from tests.chain import figures
from tests.chain.stage import People, Stage, Trial
from tools.run_brownie import ROOT, environment

PASSWORD = "a password of the tests"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(node: LocalNode, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command against the node; gives its exit status, standard output and error."""

    def run(*words: str, rpc: str = node.url) -> tuple[int, str, str]:
        capsys.readouterr()
        status = main([*words, "--rpc", rpc])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


@pytest.fixture
def unlocked(chain: Chain) -> str:
    """An account that the node signs for. It has coin and no part in any sale.

    The tenth is the last that the node was started with; impersonation adds others, without coin.
    """
    accounts: list[str] = chain.request("eth_accounts")
    return accounts[9]


@pytest.fixture
def keystore(tmp_path: Path) -> Callable[[LocalAccount], list[str]]:
    """Writes somebody's encrypted key and gives the options that use it."""

    def write(account: LocalAccount) -> list[str]:
        key, password = tmp_path / "key.json", tmp_path / "password.txt"
        key.write_text(json.dumps(Account.encrypt(account.key, PASSWORD, iterations=2)))
        password.write_text(f"{PASSWORD}\nwhat stands below is a note\n")
        return ["--keystore", str(key), "--password-file", str(password)]

    return write


# --------------------------------------------------------------------------------------------- settle


def test_settle_settles_what_is_over(run: Run, oversubscribed_sale: Trial, unlocked: str) -> None:
    """And says what came of it."""
    oversubscribed_sale.close()
    status, out, _ = run("settle", oversubscribed_sale.address, "--account", unlocked)
    assert status == 0
    assert "session 1 settled: 300000 base units sold" in out
    assert out.endswith("status of the sale: succeeded\n")
    assert oversubscribed_sale.call("sessionsSettled") == 1


def test_settle_settles_every_session_that_is_over(
    run: Run, two_session_sale: Trial, buyer: LocalAccount, unlocked: str
) -> None:
    """Two at once, and JSON has their figures."""
    two_session_sale.subscribe(buyer, 100_000)
    two_session_sale.close(1)
    _, out, _ = run("settle", two_session_sale.address, "--account", unlocked, "--json")
    found = json.loads(out)
    assert [(each["session"], each["sold"]) for each in found["settled"]] == [
        (1, "100000"),
        (2, "0"),
    ]
    assert (found["status"], found["next"]) == ("succeeded", None)


def test_settle_waits_for_a_session_that_runs(run: Run, open_sale: Trial, unlocked: str) -> None:
    """Nothing is sent, and that is no error: it may be run every hour."""
    height = open_sale.chain.block_number()
    status, out, _ = run("settle", open_sale.address, "--account", unlocked)
    assert (status, open_sale.chain.block_number()) == (0, height)
    assert out.startswith("nothing to settle\nstatus of the sale: running, session 1 until 20")


def test_settle_does_not_wait_once_the_limit_is_reached(
    run: Run, open_sale: Trial, people: People, unlocked: str
) -> None:
    """The window is still open."""
    open_sale.subscribe_all([(each, 375_000) for each in people.buyers[:4]])
    assert run("settle", open_sale.address, "--account", unlocked)[0] == 0
    assert open_sale.call("sessionsSettled") == 1


def test_settle_a_second_time_changes_nothing(run: Run, settled_sale: Trial, unlocked: str) -> None:
    """It says how the sale stands."""
    assert run("settle", settled_sale.address, "--account", unlocked) == (
        0,
        "nothing to settle\nstatus of the sale: succeeded\n",
        "",
    )


def test_settle_too_late_says_what_follows(run: Run, expired_sale: Trial, unlocked: str) -> None:
    """Exit status 1: whoever runs it by the clock must hear of it."""
    status, _, err = run("settle", expired_sale.address, "--account", unlocked)
    assert status == 1
    assert err.startswith("jumpstart: too late: the deadline was ")


# ---------------------------------------------------------------------------------------------- claim


def test_claim_shows_and_takes_tokens_and_refund(
    run: Run, vested_sale: Trial, buyer: LocalAccount, keystore: Callable[..., list[str]]
) -> None:
    """With a key from an encrypted file."""
    tokens, refund = vested_sale.call("claimableOf", buyer.address)
    before = (vested_sale.sold(buyer), vested_sale.paid(buyer))
    status, out, _ = run("claim", vested_sale.address, *keystore(buyer))
    assert status == 0
    assert f"{buyer.address} can take " in out
    assert f"paid to {buyer.address}: gas " in out
    assert vested_sale.sold(buyer) == before[0] + tokens
    assert vested_sale.paid(buyer) == before[1] + refund > before[1]


def test_claim_for_another_pays_the_other(
    run: Run, vested_sale: Trial, buyer: LocalAccount, unlocked: str
) -> None:
    """Whoever sends it."""
    tokens, refund = vested_sale.call("claimableOf", buyer.address)
    before = vested_sale.sold(buyer)
    words = ("claim", vested_sale.address, "--account", unlocked, "--for", buyer.address)
    _, out, _ = run(*words, "--json")
    found = json.loads(out)
    assert (found["account"], found["to"]) == (buyer.address, buyer.address)
    assert (found["tokens"], found["refund"]) == (str(tokens), str(refund))
    assert vested_sale.sold(buyer) == before + tokens


def test_claim_to_another_address_pays_there(
    run: Run,
    vested_sale: Trial,
    buyer: LocalAccount,
    bystander: LocalAccount,
    keystore: Callable[..., list[str]],
) -> None:
    """The owner sends, so that no signature is needed."""
    tokens, _ = vested_sale.call("claimableOf", buyer.address)
    before = vested_sale.sold(bystander)
    status, _, _ = run("claim", vested_sale.address, *keystore(buyer), "--to", bystander.address)
    assert status == 0
    assert vested_sale.sold(bystander) == before + tokens


@pytest.mark.parametrize("state", ["failed_sale", "expired_sale"])
def test_claim_is_a_refund_when_the_sale_failed(
    run: Run,
    state: str,
    request: pytest.FixtureRequest,
    buyer: LocalAccount,
    keystore: Callable[..., list[str]],
) -> None:
    """Soft cap missed, or nobody settled: the whole deposit."""
    trial: Trial = request.getfixturevalue(state)
    deposit, before = trial.call("depositOf", buyer.address), trial.paid(buyer)
    status, out, _ = run("claim", trial.address, *keystore(buyer))
    assert status == 0
    assert "status of the sale: failed" in out
    assert trial.paid(buyer) == before + deposit > before


def test_claim_dry_run_sends_nothing(
    run: Run, vested_sale: Trial, buyer: LocalAccount, unlocked: str
) -> None:
    """And shows the same figures."""
    tokens, refund = vested_sale.call("claimableOf", buyer.address)
    height = vested_sale.chain.block_number()
    words = ("claim", vested_sale.address, "--account", unlocked, "--for", buyer.address)
    _, out, _ = run(*words, "--dry-run", "--json")
    found = json.loads(out)
    assert (found["tokens"], found["refund"]) == (str(tokens), str(refund))
    assert found["transaction"] is found["gas"] is None
    assert vested_sale.chain.block_number() == height


def test_claim_says_why_there_is_nothing(
    run: Run, settled_sale: Trial, buyer: LocalAccount, unlocked: str
) -> None:
    """Exit status 1, and one line."""
    stranger = ("claim", settled_sale.address, "--account", unlocked)
    status, out, err = run(*stranger)
    assert (status, out) == (1, "")
    assert err.startswith("jumpstart: nothing to claim: 0x")
    assert err.endswith(" has not subscribed in this sale\n")

    for_buyer = (*stranger, "--for", buyer.address)
    assert run(*for_buyer)[0] == 0  # the refund
    status, _, err = run(*for_buyer)
    assert status == 1
    assert err.startswith("jumpstart: nothing to claim now: the next tokens vest 20")

    settled_sale.vest()
    assert run(*for_buyer)[0] == 0
    status, _, err = run(*for_buyer)
    assert err == f"jumpstart: nothing to claim: {buyer.address} has taken everything\n"


def test_claim_names_the_next_step_of_vesting(
    run: Run, settled_sale: Trial, buyer: LocalAccount, unlocked: str
) -> None:
    """The start, then the cliff, then each step."""
    words = ("claim", settled_sale.address, "--account", unlocked, "--for", buyer.address)
    vesting, chain = settled_sale.terms.vesting, settled_sale.chain
    second_step = vesting.cliff_seconds + vesting.step_seconds
    for moment, following in ((0, vesting.cliff_seconds), (vesting.cliff_seconds, second_step)):
        chain.mine_at(vesting.start + moment)
        assert run(*words)[0] == 0
        _, _, err = run(*words)
        assert format_time(vesting.start + following) in err


# ------------------------------------------------------------------------------------------ bad input

KEY = "0x" + "ab" * 32


@pytest.mark.parametrize("command", ["settle", "claim"])
@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["{sale}"], "give either --keystore or, on a local test chain, --account"),
        (["{sale}", "--account", "{unlocked}", "--keystore", "k"], "give either --keystore or"),
        (["{sale}", "--account", "0x12"], "--account: '0x12' is not an address"),
        (["{sale}", "--account", "0x" + "1" * 40], "--account: the node has no key of 0x1111"),
        (["{sale}", "--account", KEY], "--account: this looks like a private key"),
        ([KEY, "--account", "{unlocked}"], "SALE: this looks like a private key"),
        (["sale", "--account", "{unlocked}"], "SALE: 'sale' is not an address"),
        (["0x" + "0" * 39 + "9", "--account", "{unlocked}"], "there is no contract at 0x000"),
        (["{token}", "--account", "{unlocked}"], "is no sale of this project"),
        (["{implementation}", "--account", "{unlocked}"], "is no sale of this project"),
        (["{sale}", "--keystore", "missing.json"], "--password-file is needed"),
        (["{sale}", "--keystore", "k", "--password-file", "missing"], "missing: cannot be read"),
        (["{sale}", "--account", "{unlocked}", "--chain-id", "0"], "chain-id"),
        (["{sale}", "--private-key", KEY], "No such option"),
    ],
)
def test_bad_input_is_one_line(
    run: Run,
    open_sale: Trial,
    stage: Stage,
    unlocked: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    words: list[str],
    message: str,
) -> None:
    """Exit status 2, nothing sent, and a key is never repeated."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    known = {
        "sale": open_sale.address,
        "unlocked": unlocked,
        "token": stage.sale_token.address,
        "implementation": stage.platform.sale_implementation.address,
    }
    height = open_sale.chain.block_number()
    status, out, err = run(command, *(word.format(**known) for word in words))
    assert (status, out) == (2, "")
    assert err.startswith("jumpstart: ")
    assert err.count("\n") == 1
    assert message in err
    assert KEY not in err
    assert open_sale.chain.block_number() == height


def test_a_keystore_needs_its_password(
    run: Run, open_sale: Trial, buyer: LocalAccount, keystore: Callable[..., list[str]]
) -> None:
    """The file is named, the password is not."""
    words = keystore(buyer)
    Path(words[3]).write_text("another\n")
    status, _, err = run("settle", open_sale.address, *words)
    assert status == 2
    assert "key.json: no keystore that this password opens" in err
    assert "another" not in err


@pytest.mark.parametrize("command", ["settle", "claim"])
@pytest.mark.parametrize(
    ("rpc", "status", "message"),
    [
        ("http://127.0.0.1:1", 1, "http://127.0.0.1:1 does not answer"),
        ("http://name:secret@127.0.0.1:1/key", 1, "http://127.0.0.1:1 does not answer"),
        ("nonsense", 2, "--rpc: expected an address such as http://127.0.0.1:8545"),
        ("file:///etc/passwd", 2, "--rpc: expected an address such as"),
    ],
)
def test_a_chain_that_does_not_answer_is_named(
    run: Run, command: str, rpc: str, status: int, message: str
) -> None:
    """Without what providers put keys into."""
    found, _, err = run(command, "0x" + "1" * 40, "--account", "0x" + "1" * 40, rpc=rpc)
    assert found == status
    assert message in err
    assert "secret" not in err
    assert err.count("\n") == 1


def test_another_chain_than_the_one_that_is_meant_is_refused(
    run: Run, open_sale: Trial, unlocked: str
) -> None:
    """Before anything is signed."""
    words = ("settle", open_sale.address, "--account", unlocked, "--chain-id", "1")
    status, _, err = run(*words)
    assert status == 1
    assert "is chain 1337, expected chain 1" in err


# --------------------------------------------------------------------------------------------- review


def test_review_prints_the_scorecards(run: Run, stage: Stage, listed_sale: Trial) -> None:
    """Whose, and what they made of the application."""
    review, application = stage.platform.review.address, listed_sale.sale.application
    status, out, _ = run("review", review, str(application))
    assert status == 0
    assert f"application {application} of {stage.people.project.address}: listed" in out
    assert f"{stage.people.reviewer.address}  revealed    80  80  80  80  80  80  80" in out
    assert "weighted total 800000 of 1000000, bar 600000" in out


def test_review_prints_json(run: Run, stage: Stage) -> None:
    """What is only committed has no scores yet."""
    listing, application = stage.listing(), stage.next_application
    stage.chain.send_many(stage.approval(listing)[:2])
    _, out, _ = run("review", stage.platform.review.address, str(application), "--json")
    found = json.loads(out)
    assert (found["status"], found["total"]) == ("applied", 0)
    assert found["termsHash"] == "0x" + listing.terms_hash.hex()
    assert found["bond"] == str(figures.BOND)
    (card,) = found["scorecards"]
    assert (card["reviewer"], card["stage"]) == (stage.people.reviewer.address, "committed")
    assert card["scores"] is None
    assert [each["median"] for each in found["criteria"]] == [0] * 7


def test_review_of_what_was_not_applied_for_is_refused(run: Run, stage: Stage) -> None:
    """With the number and how many there are."""
    count = stage.next_application - 1
    status, out, err = run("review", stage.platform.review.address, str(count + 1))
    assert (status, out) == (2, "")
    assert f"application {count + 1}: there are {count}" in err


def test_claim_for_and_to_exclude_each_other(run: Run, unlocked: str) -> None:
    """Nobody can send another's claim elsewhere."""
    somebody = "0x" + "1" * 40
    words = ("claim", somebody, "--account", unlocked, "--for", somebody, "--to", somebody)
    status, _, err = run(*words)
    assert status == 2
    assert "--for pays that account" in err


def test_an_unlocked_account_is_for_local_chains(
    run: Run, open_sale: Trial, unlocked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A node with a key of value must not be used by mistake."""
    monkeypatch.setattr(Chain, "is_local", False)
    status, _, err = run("settle", open_sale.address, "--account", unlocked)
    assert status == 2
    assert "--account is for local test chains, use --keystore" in err


@pytest.mark.parametrize("command", ["demo", "settle", "claim", "review"])
def test_help_shows_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Of the command itself."""
    assert main([command, "--help"]) == 0
    assert f"Example: jumpstart {command} " in capsys.readouterr().out


# -------------------------------------------------------------------------------------------- scripts


def brownie(port: int, *words: str) -> subprocess.CompletedProcess[str]:
    """One `brownie run` on the chain at that port."""
    return subprocess.run(
        [ROOT / ".venv" / "bin" / "brownie", "run", *words],
        cwd=ROOT,
        env=dict(environment(port)),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.mark.deep
@pytest.mark.timeout(900)
def test_brownie_scripts_deploy_settle_and_play(artifacts: Any) -> None:
    """One after the other on one chain; the record names the sale that is settled."""
    with LocalNode() as node:
        deployed = brownie(node.port, "deploy_sale")
        assert deployed.returncode == 0, deployed.stdout + deployed.stderr
        sale = json.loads((ROOT / "out" / "brownie" / "sale.json").read_text())["sale"]
        assert f"run settle_sale main {sale}" in deployed.stdout

        early = brownie(node.port, "settle_sale", "main", sale)
        assert "0 settled, status of the sale: running" in early.stdout

        chain = Chain.connect(node.url, artifacts=artifacts)
        chain.mine_at(Sale.at(chain, sale).terms.sessions[-1].end)
        settled = brownie(node.port, "settle_sale", "main", sale)
        assert settled.returncode == 0, settled.stdout + settled.stderr
        assert "2 settled, status of the sale: failed" in settled.stdout  # nobody subscribed

        played = brownie(node.port, "run_demo", "main", "refund")
        assert played.returncode == 0, played.stdout + played.stderr
        assert "sums on chain equal the model's" in played.stdout

        refused = brownie(node.port, "settle_sale", "main", "0x" + "0" * 39 + "1")
        assert refused.returncode == 1
        assert "there is no contract at 0x" in refused.stdout + refused.stderr
