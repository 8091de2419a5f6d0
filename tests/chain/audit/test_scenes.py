"""Sales that went as they should, however they ended: the audit explains every event, value and balance."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from jumpstart.audit.audit import Audit, audit
from jumpstart.audit.findings import CONSISTENT
from jumpstart.audit.page.render import render
from jumpstart.audit.report import digest_of, report_bytes, report_of
from tests.chain.audit import scenes
from tests.chain.stage import Stage, Trial

Scene = Callable[[Stage], Trial]


def challenge_lost(stage: Stage) -> Trial:
    """The holdings fell."""
    return scenes.challenged(stage, stands=False)


SCENES: tuple[Scene, ...] = (
    scenes.success,
    scenes.sessions,
    scenes.failed,
    challenge_lost,
    scenes.exits,
    scenes.locked,
    scenes.unwanted,
)
DEEP_SCENES: tuple[Scene, ...] = (
    scenes.settled,
    scenes.native,
    scenes.expired,
    scenes.delisted,
    scenes.challenged,
    scenes.abandoned,
    scenes.paused,
    scenes.committee,
)


def audited(trial: Trial, *, with_code: bool = False) -> Audit:
    """Audits what happened, without a rebuild unless it is asked for: that costs a second chain."""
    done = audit(trial.chain, trial.address, with_code=with_code)
    assert done.findings.all == []
    assert done.findings.undone == []
    assert done.findings.verdict == CONSISTENT
    page = render(report_of(done))
    assert "agrees, but not everything was" in page
    assert done.subject.head.hash in page
    return done


@pytest.mark.parametrize(
    "scene",
    [*SCENES, *(pytest.param(each, marks=pytest.mark.deep) for each in DEEP_SCENES)],
    ids=lambda scene: scene.__name__,
)
def test_a_sale_that_went_as_it_should_is_consistent(stage: Stage, scene: Scene) -> None:
    done = audited(scene(stage))
    compared = done.findings.compared
    for kind in ("terms", "event", "node", "state", "role", "balance"):
        assert compared[kind], kind


def test_what_the_audit_knows_is_what_happened(stage: Stage) -> None:
    """Not only without a contradiction: the models have really been played."""
    done = audited(scenes.settled(stage), with_code=True)
    models = done.replay.models
    ledger = models.ledger
    assert len(ledger.accounts) == 5
    assert ledger.sold_up == ledger.terms.supply
    assert models.holdings == {
        each.address: stage.holdings[each.address] for each in stage.people.buyers[:5]
    }
    assert done.code == "as rebuilt"
    assert done.holdings == "not checked"
    compared = done.findings.compared
    assert compared["holding"] == 5
    assert compared["transfer"] >= 5 + 4


def test_two_audits_of_a_block_give_the_same_bytes(stage: Stage) -> None:
    """Also when the chain has gone on meanwhile."""
    trial = scenes.delisted(stage)
    block = trial.chain.block_number()
    first = report_bytes(audited(trial))
    trial.chain.mine(2)
    again = report_bytes(audit(trial.chain, trial.address, block=block, with_code=False))
    assert digest_of(first) == digest_of(again)


def test_a_launchpad_and_a_number_name_a_sale(stage: Stage) -> None:
    """And every event of every contract has its place in the replay: one without would be a finding."""
    trial = stage.list()
    launchpad = stage.platform.launchpad.address
    done = audit(trial.chain, launchpad, application=trial.sale.application, with_code=False)
    assert done.subject.sale.address == trial.address
    assert done.findings.all == []
    explained = done.replay.explained
    labels = {
        "sale": "SubscriptionSale",
        "escrow": "ProceedsEscrow",
        "review": "ProjectReview",
        "vault": "VestingVault",
        "launchpad": "Launchpad",
        "registry": "PassRegistry",
    }
    declared = {
        (label, entry["name"])
        for label, contract in labels.items()
        for entry in trial.chain.artifacts[contract].abi
        if entry["type"] == "event"
    }
    # Of the signing domain, which is fixed by a constructor: nothing ever logs it.
    assert declared - explained == {
        ("sale", "EIP712DomainChanged"),
        ("registry", "EIP712DomainChanged"),
    }


def test_the_report_that_tests_of_the_page_read_is_of_this_form(stage: Stage) -> None:
    """Its names, however deep, are those that an audit writes today."""

    def names(value: object, place: str = "") -> set[str]:
        if isinstance(value, dict):
            return {place}.union(*(names(each, f"{place}.{key}") for key, each in value.items()))
        if isinstance(value, list):
            return set().union(*(names(each, f"{place}[]") for each in value))
        return {place}

    kept = json.loads(Path(__file__).parents[2].joinpath("data/audit-report.json").read_text())
    written = json.loads(report_bytes(audited(scenes.exits(stage))))
    assert names(kept) == names(written)
