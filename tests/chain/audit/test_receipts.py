"""Receipts of real sales, by the proofs of a real node: every participant has one, whatever became of it."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jumpstart.audit.audit import audit
from jumpstart.audit.receipt.figures import verify
from jumpstart.audit.receipt.make import receipt_bytes, receipt_of
from jumpstart.audit.receipt.page import told
from jumpstart.audit.report import report_of
from jumpstart.chain.client import Chain
from jumpstart.cli import main
from jumpstart.errors import ChainError, ProofError
from tests.chain.audit import scenes
from tests.chain.audit.test_lies import believing
from tests.chain.faulty_node import Answer, FaultyNode
from tests.chain.stage import Stage, Trial
from tests.receipts import verdicts_there

Scene = Callable[[Stage], Trial]


@pytest.mark.parametrize(
    "scene",
    [
        scenes.exits,
        *(
            pytest.param(each, marks=pytest.mark.deep)
            for each in (
                scenes.failed,
                scenes.paused,
                scenes.success,
                scenes.sessions,
                scenes.delisted,
                scenes.expired,
                scenes.native,
            )
        ),
    ],
    ids=lambda scene: scene.__name__,
)
def test_every_account_has_a_receipt_that_proves_itself(stage: Stage, scene: Scene) -> None:
    """Also one that took no part; what is proved is what the audit's models say; and no part of one
    receipt fits another.
    """
    done = audit((trial := scene(stage)).chain, trial.address, with_code=False)
    tokens = json.loads(json.dumps(report_of(done)["tokens"]))
    ledger = done.replay.models.ledger
    stranger = stage.people.stranger.address
    assert ledger.accounts
    receipts = []
    for account in (*ledger.accounts, stranger):
        receipt = json.loads(receipt_bytes(receipt_of(done, account)))
        figures = verify(receipt)
        assert figures["blockHash"] == trial.chain.header().hash
        assert figures["stage"] == ledger.position_of(account).stage.name.lower()
        assert figures["allotted"] == str(ledger.allotment_of(account))
        assert (figures["holding"] is None) == (account == stranger)
        assert told(receipt, tokens)
        receipts.append(receipt)
    assert verdicts_there(receipts) == ["ok"] * len(receipts)
    one, other, *_ = receipts
    mixed = [
        one | {part: other[part]} for part in ("account", "events", "holding", "figures", "block")
    ]
    for each in mixed:
        with pytest.raises(ProofError):
            verify(each)
    assert all(verdict != "ok" for verdict in verdicts_there(mixed))


def test_node_that_proves_another_state_or_none_gets_no_receipt(stage: Stage) -> None:
    trial = scenes.failed(stage)
    done = audit(trial.chain, trial.address, with_code=False)
    account = next(iter(done.replay.models.ledger.accounts))

    def made(chain: Chain) -> None:
        receipt_of(replace(done, subject=replace(done.subject, chain=chain)), account)

    def shortened(request: Answer, result: Any) -> Any:
        if request["method"] != "eth_getProof":
            return result
        return result | {"accountProof": result["accountProof"][:-1]}

    def altered(request: Answer, result: Any) -> Any:
        if request["method"] != "eth_getProof":
            return result
        *first, last = result["accountProof"]
        return result | {"accountProof": [*first, last[:-1] + ("0" if last[-1] != "0" else "1")]}

    for lie in (shortened, altered):
        with believing(trial, lie) as chain, pytest.raises(ProofError, match="has no node"):
            made(chain)
    with FaultyNode(trial.chain.url) as node:
        node.reject("eth_getProof", lambda params: True, message="no such method")
        with pytest.raises(ChainError, match=r"eth_getProof.*no such method"):
            made(Chain.connect(node.url, artifacts=trial.chain.artifacts))


def test_command_writes_the_receipt_beside_the_report(
    stage: Stage, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trial = scenes.exits(stage)
    account = stage.people.buyers[0].address
    words = [
        "audit",
        trial.address,
        "--rpc",
        trial.chain.url,
        "--no-holdings",
        "--account",
        account,
    ]
    assert main([*words, "--out", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    path = tmp_path / f"receipt-{account}.json"
    assert "which cost" in out
    assert path.name in out
    assert main(["verify-receipt", str(path), "--block-hash", trial.chain.header().hash]) == 0
    report = json.loads((tmp_path / "report.json").read_text())
    receipt = json.loads(path.read_text())
    assert receipt["audit"]["verdict"] == report["verdict"]
    assert account in (tmp_path / f"receipt-{account}.html").read_text()
    assert main([*words[:-1], "0x12", "--out", str(tmp_path / "other")]) == 2
    assert not (tmp_path / "other").exists()
