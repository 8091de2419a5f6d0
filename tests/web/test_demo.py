"""The demo leaves a page that shows its sale; the commands put one up and verify it."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from jumpstart.cli import main
from jumpstart.site.site import PROOFS
from tests.chain.stage import People, Stage, Trial
from tests.web.visit import Visit, snapshot_of
from tools.page_abi import USED

pytestmark = pytest.mark.timeout(300)


def test_the_demo_leaves_the_page_of_its_sale(
    browser: Browser, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["demo", "--keep", "--scenario", "refund", "--out", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    found = re.search(r"end it with: kill (\d+)\nthe participants' page: (\S+)", out)
    assert found is not None, out
    try:
        assert main(["verify-page", found[2], "--json"]) == 0
        page = browser.new_page(locale="en-GB")
        visit = Visit(page, found[2], json.loads(capsys.readouterr().out)["rpc"])
        visit.open()
        visit.shows("#phase", "The sale has failed")
        page.close()
        assert visit.complaints == []
    finally:
        os.kill(int(found[1]), signal.SIGTERM)
    assert _is_gone(found[2])


def _is_gone(url: str) -> bool:
    """Whether nobody answers there any more, after some seconds at most."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            return True
        time.sleep(0.05)
    return False


def test_a_sale_is_served_until_a_signal(
    browser: Browser, stage: Stage, people: People, tmp_path: Path
) -> None:
    """With the proofs of a snapshot, and only with those of the sale's own root."""
    trial = stage.open()
    snapshot = snapshot_of(trial, tmp_path / "snapshot")
    words = [trial.address, "--rpc", stage.chain.url, "--snapshot", str(snapshot)]
    code = "from jumpstart.cli import main; raise SystemExit(main())"
    with subprocess.Popen(
        [sys.executable, "-c", code, "serve", *words, "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
    ) as served:
        assert served.stdout is not None
        url = served.stdout.readline().strip()
        page = browser.new_page(locale="en-GB")
        visit = Visit(page, url, stage.chain.url)
        visit.open()
        visit.look(people.buyers[2].address)
        visit.shows("#holding", "Its coefficient is 3")
        page.close()
        served.send_signal(signal.SIGINT)
        assert served.wait(20) == 0


def _check_descriptors(folder: Path, trial: Trial) -> None:
    """Everything that a participant signs can be shown by a wallet: each argument with a name, or left out."""
    described: set[str] = set()
    registry = trial.stage.platform.pass_registry
    contracts = {"sale": trial.contract, "escrow": trial.escrow, "registry": registry}
    for name, contract in contracts.items():
        found = json.loads((folder / f"calldata-{name}.json").read_text())
        (deployment,) = found["context"]["contract"]["deployments"]
        assert deployment == {"chainId": trial.chain.chain_id, "address": contract.address}
        for key, form in found["display"]["formats"].items():
            function, _, rest = key.partition("(")
            (entry,) = (each for each in contract.artifact.abi if each.get("name") == function)
            names, wanted = [], []
            for each in entry["inputs"]:
                parts = each.get("components", [])
                members = ",".join(f"{part['type']} {part['name']}" for part in parts)
                wanted.append(f"{f'({members})' if parts else each['type']} {each['name']}")
                names += [f"{each['name']}.{part['name']}" for part in parts] or [each["name"]]
            assert rest == ",".join(wanted) + ")"
            paths = [each["path"] for each in form["fields"]]
            assert sorted([*paths, *form["excluded"]]) == sorted(names)
            assert form["required"] == paths
            described.add(function)
            for field in form["fields"]:
                if field["format"] == "tokenAmount":
                    sold, paid = trial.sale_token.address, trial.sale.payment_token.address
                    assert field["params"]["token"] == (sold if field["path"] == "amount" else paid)
    used = {
        name
        for each in ("SubscriptionSale", "ProceedsEscrow", "PassRegistry")
        for name in USED[f"I{each}"]
    }
    writes = {
        each["name"]
        for contract in contracts.values()
        for each in contract.artifact.abi
        if each["type"] == "function" and each["stateMutability"] not in ("view", "pure")
    }
    assert used & writes <= described
    words = json.loads((folder / "eip712-sale.json").read_text())
    assert words["context"]["eip712"]["domain"]["verifyingContract"] == trial.address
    assert [key.partition("(")[0] for key in words["display"]["formats"]] == ["ClaimTo", "RefundTo"]


def test_a_page_is_written_for_any_host(
    stage: Stage, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trial = stage.open()
    snapshot, site = snapshot_of(trial, tmp_path / "snapshot"), tmp_path / "site"
    words = [trial.address, "--rpc", stage.chain.url, "--snapshot", str(snapshot)]
    assert main(["page", *words, "--out", str(site), "--json"]) == 0
    written = json.loads(capsys.readouterr().out)
    _check_descriptors(site / "wallets", trial)
    assert main(["verify-page", str(site), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["htmlSha256"] == written["htmlSha256"]
    index = snapshot / PROOFS / "index.json"
    index.write_text(json.dumps(json.loads(index.read_text()) | {"root": "0x" + "12" * 32}))
    assert main(["page", *words, "--out", str(tmp_path / "other")]) == 2
    said = capsys.readouterr().err
    assert "0x" + "12" * 32 in said
    assert "0x" + trial.tree.root.hex() in said
    index.write_text("[")
    assert main(["page", *words, "--out", str(tmp_path / "other")]) == 2
    assert main(["page", stage.sale_token.address, *words[1:], "--out", str(tmp_path / "o")]) == 2
    assert not (tmp_path / "other").exists()
