"""Sales of odd tokens, and paid in odd tokens: what still moves as it must is consistent, what does not is named."""

from typing import Any

import pytest

from jumpstart.audit.audit import audit
from jumpstart.audit.findings import DIFFERENT, Finding
from jumpstart.authorisations import Purpose
from tests.chain.audit import scenes
from tests.chain.audit.test_scenes import audited
from tests.chain.reverts import reverts
from tests.chain.stage import TRANSFER_FAILED, Stage, Trial, account, raw

HARMLESS = (
    ("NoReturnToken", "RaceGuardToken"),
    ("RaceGuardToken", "QuietToken"),
    ("PermitlessToken", "NoReturnToken"),
    ("RuledToken", "BlockingToken"),
)
"""Pairs of what is sold and what is paid."""


def sold(name: str, stage: Stage, **changes: Any) -> Trial:
    """Open, of a token of that name."""
    return stage.open(sale_token=raw(stage.odd_token(name)), **changes)


def differences(trial: Trial) -> list[Finding]:
    done = audit(trial.chain, trial.address, with_code=False)
    assert done.findings.verdict == DIFFERENT
    return done.findings.all


@pytest.mark.parametrize(
    ("sale", "payment"),
    [HARMLESS[0], *(pytest.param(*each, marks=pytest.mark.deep) for each in HARMLESS[1:])],
)
def test_tokens_that_are_odd_and_honest_are_consistent(
    stage: Stage, sale: str, payment: str
) -> None:
    """From the funding to the sweep, with gifts: they return nothing, guard approvals, or could do worse and do not."""
    tokens = stage.odd_token(sale), stage.odd_token(payment, paying=True)
    stage.sale_token, before = tokens[0], stage.sale_token
    try:
        trial = scenes.success(stage, sale_token=raw(tokens[0]), payment_token=raw(tokens[1]))
        done = audited(trial)
    finally:
        stage.sale_token = before
    assert done.findings.compared["transfer"] > 10
    assert len(done.findings.explained) == 2, "two gifts of the token that is sold"


def test_whom_a_token_blocks_may_be_paid_elsewhere(stage: Stage) -> None:
    """Others claim as always, and who is blocked names another address."""
    token = stage.odd_token("BlockingToken", paying=True)
    trial = stage.open(payment_token=raw(token))
    trial.oversubscribe()
    trial.settle()
    blocked, other = stage.people.buyers[0], stage.people.buyers[1]
    token.send("setBlocked", blocked.address, True, sender=stage.people.stranger)
    with reverts(TRANSFER_FAILED, b""):
        trial.call("claimFor", blocked.address, sender=stage.people.stranger)
    trial.claim_for_all(other)
    cold, deadline = account("cold"), trial.chain.now() + 3600
    word = trial.word(Purpose.CLAIM, blocked, cold, deadline=deadline)
    trial.send(
        "claimTo", blocked.address, cold.address, deadline, word, sender=stage.people.stranger
    )
    audited(trial)


def test_a_token_that_takes_a_fee_of_what_is_paid_out_is_told_apart(stage: Stage) -> None:
    """The sale has paid what it owes: what the token takes from the receiver is between those two."""
    token = stage.odd_token("FeeToken")
    trial = stage.open(sale_token=raw(token))
    trial.oversubscribe()
    trial.settle()
    token.send("setFeeBps", 100, sender=stage.people.stranger)
    trial.vest()
    trial.claim_for_all(*stage.people.buyers[:5])
    audited(trial)


def test_a_token_that_takes_more_than_it_moves_is_a_difference(stage: Stage) -> None:
    """A fee on top: the sale has less than it owes to those who come last, and nothing was logged."""
    project = stage.people.project
    token = stage.chain.deploy("SometimesFeeToken", 2**200, 1, False, True, sender=project)
    token.send("approve", stage.platform.launchpad.address, 2**256 - 1, sender=project)
    trial = stage.open(sale_token=raw(token))
    trial.oversubscribe()
    trial.settle()
    trial.vest()
    trial.claim_for_all(stage.people.buyers[0])
    (found,) = differences(trial)
    assert (found.kind, found.what) == ("balance", f"{token.address} in the sale")
    assert int(found.found) < int(found.expected)


def test_a_token_that_grows_by_itself_is_a_difference(stage: Stage) -> None:
    """A balance that no transfer explains: what positions come to is not what is there."""
    token = stage.chain.deploy("SharesToken", 2**150, True, sender=stage.people.project)
    stage.hand_out(token)
    trial = stage.open(payment_token=raw(token))
    trial.oversubscribe()
    trial.chain.mine_at(trial.chain.now() + 7200)
    kinds = {(each.kind, each.what) for each in differences(trial)}
    assert ("balance", f"{token.address} in the sale") in kinds


def test_a_token_that_lies_about_what_it_moves_is_a_difference(stage: Stage) -> None:
    """It has logged nothing of what it moved: then nobody can replay it."""
    token = stage.chain.deploy("SilentToken", 2**200, sender=stage.people.project)
    stage.hand_out(token)
    trial = stage.open(payment_token=raw(token))
    trial.oversubscribe()
    found = differences(trial)
    moved = [each.found for each in found if each.kind == "transfer"]
    assert moved == ["nothing"] * 5
