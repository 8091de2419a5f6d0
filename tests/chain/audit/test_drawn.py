"""Whole sales are consistent: those drawn at random, which run beside the ledger, and those of the demo.

What there is played with the review and the escrow as senders, a delisting and exits, is left out here: no
vote comes before it, and the audit would rightly say so. `test_scenes` has both.
"""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jumpstart.audit.audit import audit
from jumpstart.audit.holdings import recounted
from jumpstart.chain.abi import decode_events
from jumpstart.chain.client import Chain, Contract
from jumpstart.chain.compiler import Artifacts
from jumpstart.chain.node import Kind, LocalNode
from jumpstart.demo.scenarios import Scenario, perform
from tests.chain import test_ledger_agreement as drawn
from tests.chain.audit.test_scenes import audited
from tests.chain.conftest import DRAWN, START
from tests.chain.stage import Stage
from tests.chain.test_ledger_agreement import FORTUNE, Pair, Script, fortune, run_isolated, scripts

__all__ = ["fortune"]  # a fixture


class _Remembered(Pair):
    """The same, audited at its end."""

    def __init__(self, stage: Stage, token: Contract, script: Script) -> None:
        super().__init__(stage, token, script)
        # Only an exit needs it: a coin that came in the same block as another looks like one kept.
        stage.chain.set_balance(self.escrow, 0)


def _audited(
    stage: Stage, token: Contract, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = replace(
        script, voided_in=-1, claims=tuple((who, when, False) for who, when, _ in script.claims)
    )

    def finish(pair: Pair, *others: object) -> None:
        original(pair, *others)  # type: ignore[arg-type]
        audited(pair.trial)

    original = drawn.finish
    with monkeypatch.context() as patch:
        patch.setattr(drawn, "Pair", _Remembered)
        patch.setattr(drawn, "finish", finish)
        run_isolated(stage, token, asked)


@pytest.mark.timeout(300)
def test_drawn_sales_are_consistent(
    stage: Stage, fortune: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    @given(scripts())
    @settings(DRAWN, max_examples=2)
    def run_drawn(script: Script) -> None:
        _audited(stage, fortune, script, monkeypatch)

    run_drawn()


@pytest.fixture(scope="module")
def fortunes(stage: Stage, fortune: Contract) -> list[Contract]:
    """The usual one, and odd ones, that everybody has as much of."""
    people = stage.people
    odd = [
        stage.chain.deploy(name, 2**255, sender=people.project)
        for name in ("NoReturnToken", "QuietToken", "BlockingToken")
    ]
    stage.chain.send_many(
        [
            token.transaction("transfer", each.address, FORTUNE, sender=people.project)
            for token in odd
            for each in (*people.buyers, people.stranger)
        ]
    )
    return [fortune, *odd]


@pytest.mark.deep
@given(script=scripts(), place=st.integers(0, 3))
@settings(DRAWN, max_examples=200)
def test_two_hundred_drawn_sales_are_consistent(
    stage: Stage,
    fortunes: list[Contract],
    monkeypatch: pytest.MonkeyPatch,
    script: Script,
    place: int,
) -> None:
    """Paid in the native coin or in one of four tokens."""
    _audited(stage, fortunes[place], script, monkeypatch)


def test_a_role_that_plays_the_review_is_noticed(stage: Stage) -> None:
    """A sale that is voided without a vote: nothing explains it."""
    trial = stage.publish()
    trial.send("void", sender=stage.as_review())
    findings = audit(trial.chain, trial.address, with_code=False).findings
    assert any("sale event SaleVoided" in each.what for each in findings.all)


@pytest.mark.deep
@pytest.mark.timeout(300)
@pytest.mark.parametrize("scenario", [Scenario.FULL, Scenario.REFUND, Scenario.DELISTED])
def test_every_sale_of_the_demo_is_consistent(
    chain_kind: Kind, artifacts: Artifacts, scenario: Scenario
) -> None:
    with LocalNode(chain_kind, start_time=START) as node:
        chain = Chain.connect(node.url, artifacts=artifacts)
        perform(chain, scenario)
        logs = chain.logs(None, from_block=0, to_block=chain.block_number())
        (listed,) = decode_events(artifacts["Launchpad"].abi, logs, "Listed")
        done = audit(chain, listed.args["sale"], recount=recounted())
    assert done.findings.all == []
    assert done.findings.undone == []
    assert done.holdings == "checked"
    assert len(done.replay.models.ledger.accounts) >= 20
