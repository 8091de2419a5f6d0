"""Files that a participant brings to the page or takes away: receipts, passes, the dossier."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from eth_account.signers.local import LocalAccount
from playwright.sync_api import Browser, Route

from jumpstart.audit.audit import audit
from jumpstart.audit.receipt.figures import verify
from jumpstart.audit.receipt.make import receipt_bytes, receipt_of
from jumpstart.cli import main
from jumpstart.passes import SignedPass
from jumpstart.passes import written as written_pass
from tests.chain.stage import People, Stage, Trial
from tests.web.visit import Answer, Change, Visit, answering, visited
from tests.web.wallet import Wallet

pytestmark = pytest.mark.timeout(180)


def given(visit: Visit, selector: str, name: str, content: bytes) -> None:
    """Gives the page a file."""
    visit.page.set_input_files(
        selector, {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )


# -------------------------------------------------------------------------------------------- receipts


def downloaded(visit: Visit) -> bytes:
    visit.page.click("#make-receipt")
    visit.page.wait_for_selector('#made[data-state="made"]')
    with visit.page.expect_download() as download:
        visit.page.click("#download")
    return Path(download.value.path()).read_bytes()


def test_a_receipt_is_the_one_that_the_audit_makes(
    browser: Browser,
    stage: Stage,
    people: People,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Of each stage, byte for byte but for what only an audit can say; and the command proves it."""
    trial, buyer = stage.open(), people.buyers[2]

    def same(visit: Visit) -> dict[str, Any]:
        found = downloaded(visit)
        done = audit(trial.chain, trial.address, with_code=False)
        expected = receipt_of(done, buyer.address)
        assert found == receipt_bytes({**expected, "audit": None})
        figures = verify(json.loads(found))
        path = tmp_path / "receipt.json"
        path.write_bytes(found)
        assert main(["verify-receipt", str(path), "--block-hash", figures["blockHash"]]) == 0
        assert "proved" in capsys.readouterr().out
        visit.shows("#made", "Every figure follows from the proofs")
        visit.shows("#made", figures["blockHash"])
        return figures

    with visited(browser, trial, tmp_path / "page", Wallet(stage.chain, buyer)) as visit:
        trial.subscribe(buyer, 60_000)
        trial.subscribe(buyer, 5_000)
        trial.subscribe(people.buyers[3], 90_000)
        visit.connect()
        visit.shows("#stage", "subscribed")
        assert same(visit)["stage"] == "subscribed"
        trial.close()
        trial.send("settle", sender=people.stranger)
        trial.vest()
        trial.send("claim", sender=buyer)
        visit.shows("#stage", "claimed")
        figures = same(visit)
        assert figures["taken"] == str(trial.sold(buyer)) != "0"


def test_a_receipt_that_was_changed_is_not_believed(
    browser: Browser, stage: Stage, buyer: LocalAccount, tmp_path: Path
) -> None:
    trial = stage.open()
    trial.subscribe(buyer, 60_000)
    with visited(browser, trial, tmp_path) as visit:
        visit.look(buyer.address)
        visit.shows("#stage", "subscribed")
        found = downloaded(visit)
        given(visit, "#receipt-file", "receipt.json", found)
        visit.shows("#verified", "Every figure follows")
        changed = json.loads(found)
        changed["figures"]["deposit"] = "1"
        given(visit, "#receipt-file", "receipt.json", json.dumps(changed).encode())
        visit.shows("#verified", "deposit")
        visit.shows("#verified", "does not prove what it says")
        given(visit, "#receipt-file", "receipt.json", b"<b>no</b>")
        visit.shows("#verified", "is not valid JSON")
        assert visit.find("#verified b").count() == 0


def test_a_node_that_proves_something_else_than_it_says_gives_no_receipt(
    browser: Browser, stage: Stage, buyer: LocalAccount, tmp_path: Path
) -> None:
    """Its state is of the block before the subscription, and what it answers is not."""
    trial = stage.open()
    before = stage.chain.block_number()
    trial.subscribe(buyer, 60_000)

    def older(route: Route) -> None:
        text = route.request.post_data or ""
        if "eth_getProof" not in text:
            route.continue_()
            return
        asked = json.loads(text)
        asked["params"][2] = hex(before)
        route.fulfill(response=route.fetch(post_data=json.dumps(asked)))

    with visited(browser, trial, tmp_path) as visit:
        visit.look(buyer.address)
        visit.shows("#stage", "subscribed")
        visit.page.route(visit.rpc + "/**", older)
        visit.page.click("#make-receipt")
        visit.page.wait_for_selector('#made[data-state="failed"]')
        visit.shows("#made", "the proof has no node")
        assert visit.find("#download").count() == 0


def _more_deposited(trial: Trial, buyer: LocalAccount) -> Change:
    """It says that more was paid in than it proves."""
    selector = "0x" + trial.contract.calldata("depositOf", buyer.address)[:4].hex()

    def change(request: Answer, reply: Answer) -> None:
        if request["method"] == "eth_call" and request["params"][0]["data"].startswith(selector):
            reply["result"] = f"0x{int(reply['result'], 16) + 1:064x}"

    return change


def _another_header(trial: Trial, buyer: LocalAccount) -> Change:
    """Its blocks do not come to their hashes."""

    def change(request: Answer, reply: Answer) -> None:
        if request["method"] == "eth_getBlockByNumber":
            reply["result"]["extraData"] = "0x1234"

    return change


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (_more_deposited, "is proved, the node says"),
        (_another_header, "does not come to its hash"),
    ],
)
def test_no_receipt_rests_on_the_word_of_a_node(
    browser: Browser,
    stage: Stage,
    buyer: LocalAccount,
    tmp_path: Path,
    made: Callable[[Trial, LocalAccount], Change],
    said: str,
) -> None:
    trial = stage.open()
    trial.subscribe(buyer, 60_000)
    with visited(browser, trial, tmp_path) as visit:
        visit.page.route(visit.rpc + "/**", answering(made(trial, buyer)))
        visit.look(buyer.address)
        visit.shows("#stage", "subscribed")
        visit.page.click("#make-receipt")
        visit.page.wait_for_selector('#made[data-state="failed"]')
        visit.shows("#made", said)


def test_a_node_that_gives_logs_of_few_blocks_is_asked_more_often(
    browser: Browser, stage: Stage, buyer: LocalAccount, tmp_path: Path
) -> None:
    """It refuses more than 300 blocks at once; the sale has more."""
    trial = stage.open()
    trial.subscribe(buyer, 60_000)
    for _ in range(700):
        stage.chain.request("evm_mine")
    refused: list[int] = []

    def change(request: Answer, reply: Answer) -> None:
        if request["method"] != "eth_getLogs":
            return
        first, last = (int(request["params"][0][each], 16) for each in ("fromBlock", "toBlock"))
        if last - first > 300:
            refused.append(last - first)
            del reply["result"]
            reply["error"] = {"code": -32005, "message": "query exceeds max block range 300"}

    with visited(browser, trial, tmp_path) as visit:
        visit.page.route(visit.rpc + "/**", answering(change))
        visit.look(buyer.address)
        visit.shows("#stage", "subscribed")
        assert verify(json.loads(downloaded(visit)))["stage"] == "subscribed"
    assert refused


# ---------------------------------------------------------------------------------------------- passes


def test_a_pass_is_presented_from_its_file(
    browser: Browser, stage: Stage, people: People, tmp_path: Path
) -> None:
    trial, person = stage.open(), people.unattested
    signed = stage.passed(person)
    with visited(browser, trial, tmp_path, Wallet(stage.chain, person)) as visit:
        visit.connect()
        visit.shows("#pass", "no pass of an accepted attester")
        given(visit, "#pass-file", "pass.json", written_pass(signed).encode())
        assert "Your pass is kept" in visit.finish()
        visit.shows("#pass", "a pass that counts")
        visit.shows("#eligible", "It can subscribe")
        assert visit.find("#pass-file").count() == 0


Spoil = Callable[[SignedPass, Stage], dict[str, Any]]


def _of(signed: SignedPass) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(written_pass(signed))
    return found


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda signed, _: _of(signed) | {"chainId": 9}, "is for chain 9"),
        (lambda signed, stage: _of(signed) | {"registry": stage.sale_token.address}, "registry"),
        (
            lambda signed, stage: _of(signed) | {"attester": stage.people.stranger.address},
            "does not accept passes of",
        ),
        (lambda signed, _: _of(signed) | {"signature": "0x12"}, "is no pass"),
        (lambda signed, _: {"format": "<img>"}, "is no pass"),
        (lambda signed, stage: _of(stage.passed(stage.people.stranger)), "your account is"),
    ],
)
def test_a_pass_of_something_else_is_not_sent(
    browser: Browser, stage: Stage, people: People, tmp_path: Path, spoil: Spoil, said: str
) -> None:
    trial, person = stage.open(), people.unattested
    wallet = Wallet(stage.chain, person)
    content = spoil(stage.passed(person), stage)
    with visited(browser, trial, tmp_path, wallet) as visit:
        visit.connect()
        given(visit, "#pass-file", "pass.json", json.dumps(content).encode())
        visit.shows("#pass-bad", said)
        assert visit.find("#confirm").count() == 0


def test_a_pass_that_nobody_signed_is_refused_with_a_sentence(
    browser: Browser, stage: Stage, people: People, tmp_path: Path
) -> None:
    trial, person = stage.open(), people.unattested
    content = _of(stage.passed(person))
    content["attestation"]["level"] = 200
    with visited(browser, trial, tmp_path, Wallet(stage.chain, person)) as visit:
        visit.connect()
        given(visit, "#pass-file", "pass.json", json.dumps(content).encode())
        visit.reach("refused")
        visit.shows("#refusal", "The attester has not signed this pass")


# --------------------------------------------------------------------------------------------- dossier

HOSTILE = "<script>document.title='owned'</script>\u202egnp.exe\u200b\n<b>bold</b>\tend\n"


def test_a_dossier_is_text_and_is_the_one_that_was_reviewed(
    browser: Browser, stage: Stage, tmp_path: Path
) -> None:
    """HTML and marks that turn the direction of text, in its address and in itself."""
    content = HOSTILE.encode()
    uri = "javascript:alert(1)//\u202e<img src=x onerror=document.title='owned'>"
    trial = stage.publish(dossier=(uri, hashlib.sha256(content).digest()))
    with visited(browser, trial, tmp_path) as visit:
        visit.shows("#dossier-at", "javascript:alert(1)//<img src=x")
        given(visit, "#dossier-file", "dossier\u202e.txt", content)
        visit.shows("#dossier-check", "dossier.txt is the dossier that was reviewed")
        visit.shows("#dossier-check pre", "<script>document.title='owned'</script>gnp.exe")
        assert "<b>bold</b>    end" in visit.page.inner_text("#dossier-check pre")
        given(visit, "#dossier-file", "other.txt", content + b" ")
        visit.shows("#dossier-check", "other.txt is not the dossier that was reviewed")
        assert visit.find("#dossier-check pre").count() == 0
        assert "\u202e" not in visit.page.content()
        assert "owned" not in visit.page.title()
        assert visit.page.locator("img, a[href^=javascript], #content script").count() == 0


def test_a_node_that_looks_at_a_part_of_the_chain_only_does_not_tell_where_it_is(
    browser: Browser, stage: Stage, tmp_path: Path
) -> None:
    trial = stage.publish(dossier=("ipfs://dossier", bytes(31) + b"\x01"))

    def limited(request: Answer, reply: Answer) -> None:
        if request["method"] == "eth_getLogs" and request["params"][0]["fromBlock"] == "0x0":
            del reply["result"]
            reply["error"] = {"code": -32005, "message": "query exceeds max block range 1000"}

    with visited(browser, trial, tmp_path) as visit:
        visit.shows("#dossier-at", "ipfs://dossier")
        visit.page.route(visit.rpc + "/**", answering(limited))
        visit.page.reload()
        visit.shows("#dossier-at", "this node does not tell")
        visit.shows("#phase", "have not begun")
