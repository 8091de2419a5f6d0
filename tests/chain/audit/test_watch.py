"""Following a sale: each round says what an audit from the beginning would, whatever the chain does meanwhile."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from jumpstart.audit.audit import audit
from jumpstart.audit.report import report_bytes
from jumpstart.audit.watch import Round, Watch
from jumpstart.chain.client import Chain
from jumpstart.cli import main
from jumpstart.errors import ChainError
from tests.chain.audit.mutants import plant
from tests.chain.audit.test_mutants import MUTANTS
from tests.chain.conftest import leave_to_anvil
from tests.chain.faulty_node import FaultyNode
from tests.chain.stage import Stage, Trial

PATIENCE = 60  # seconds


def life(trial: Trial, stage: Stage) -> Iterator[str]:
    """A sale, step by step."""
    first, second, third = stage.people.buyers[:3]
    yield "listed"
    trial.open()
    trial.subscribe(first, 200_000)
    yield "one"
    trial.subscribe_all([(second, 150_000), (third, 100_000)])
    trial.chain.mine(2)
    yield "three"
    trial.settle()
    trial.claim_for_all(first, second)
    yield "claimed"
    stage.sale_token.send("transfer", trial.address, 11, sender=stage.people.project)
    yield "a gift"
    trial.collect()
    trial.escrow.send("release", sender=stage.people.stranger)
    yield "released"


def done(watch: Watch) -> Round:
    found = watch.round()
    assert found is not None
    return found


def test_each_round_says_what_an_audit_from_the_beginning_says(stage: Stage) -> None:
    """The models that have gone on are those that have begun again: their reports are the same bytes."""
    leave_to_anvil(stage.chain)
    trial = stage.publish()
    watch = Watch(trial.chain, trial.address, with_code=False)
    for step in life(trial, stage):
        found = done(watch)
        assert not found.different, step
        assert not found.undone, step
        if step in ("three", "claimed", "released"):
            fresh = audit(trial.chain, trial.address, with_code=False)
            assert report_bytes(replace(fresh, replay=watch.replay)) == report_bytes(fresh), step
            assert found.head.hash == fresh.subject.head.hash
        assert watch.round() is None, "there is no new block"
    assert found.participants == 3
    assert watch.rolled_back == 0


def test_chain_that_is_rolled_back_is_followed(stage: Stage) -> None:
    """However deep, and also when the other branch is shorter; nothing of the lost one is left."""
    trial = stage.open()
    watch = Watch(trial.chain, trial.address, with_code=False)
    done(watch)
    for row, blocks in enumerate((0, 3)):
        first, second, third = stage.people.buyers[3 * row : 3 * row + 3]
        snapshot = trial.chain.snapshot()
        trial.subscribe_all([(first, 60_000), (second, 50_000)])
        trial.chain.mine(blocks)
        assert done(watch).participants == row + 2
        trial.chain.revert(snapshot)
        trial.subscribe(third, 70_000 + blocks)
        found = done(watch)
        assert found.different == ()
        assert found.participants == row + 1
    assert watch.rolled_back == 2
    fresh = audit(trial.chain, trial.address, with_code=False)
    assert report_bytes(replace(fresh, replay=watch.replay)) == report_bytes(fresh)


def test_difference_is_an_alarm_once_and_stays_a_difference(stage: Stage) -> None:
    plant(stage, next(each for each in MUTANTS if each.name == "a wrong coefficient"))
    trial = stage.open()
    watch = Watch(trial.chain, trial.address, with_code=False)
    assert done(watch).different == ()
    trial.subscribe(stage.people.buyers[0], 60_000)
    found = done(watch)
    assert any("Subscribed of 0x" in each.what for each in found.alarms)
    assert found.alarms == found.different
    trial.chain.mine(1)
    again = done(watch)
    assert again.alarms == ()
    assert set(again.different) == set(found.different)


def test_node_that_fails_in_the_middle_of_a_round_loses_nothing(stage: Stage) -> None:
    """Whatever it is asked just then: the next round says what would have been said."""
    leave_to_anvil(stage.chain)
    trial = stage.open()
    with FaultyNode(trial.chain.url) as node:
        chain = Chain.connect(node.url, artifacts=trial.chain.artifacts)
        watch = Watch(chain, trial.address, with_code=False)
        done(watch)
        trial.subscribe(stage.people.buyers[0], 60_000)
        for method in ("eth_blockNumber", "eth_getLogs", "eth_getStorageAt", "eth_getBalance"):
            node.refuse(method, "come back later")
            with pytest.raises(ChainError, match="come back later"):
                watch.round()
        with node.dead(), pytest.raises(ChainError):
            watch.round()
        found = done(watch)
        assert (found.different, found.participants) == ((), 1)
        fresh = audit(trial.chain, trial.address, with_code=False)
        assert report_bytes(replace(fresh, replay=watch.replay)) == report_bytes(fresh)


def test_command_follows_until_a_signal_with_metrics_for_others(stage: Stage) -> None:
    """Through a node that is gone for a while, to an end whose status says what there was."""
    trial = stage.open()
    with FaultyNode(trial.chain.url) as node:
        words = ["--rpc", node.url, "--watch", "--every", "0.1", "--metrics", "0", "--no-holdings"]
        code = "from jumpstart.cli import main; raise SystemExit(main())"
        followed = subprocess.Popen(
            [sys.executable, "-c", code, "audit", trial.address, *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            assert followed.stdout is not None
            assert followed.stderr is not None
            said = iter(followed.stderr)
            url = next(each for line in said for each in re.findall(r"http://\S+/metrics", line))
            first = followed.stdout.readline()
            assert re.fullmatch(
                r"block \d+, .* 2027: \d+ events; of [\d,]+ values all agree\n", first
            )
            with node.dead():
                assert "NOT DONE" in next(said)
                assert sample(url, "up") == 0
            assert "answers again" in next(said)
            trial.subscribe(stage.people.buyers[0], 60_000)
            assert ": 1 event; of " in followed.stdout.readline()
            assert sample(url, "participants") == 1
            assert sample(url, "up") == 1
            assert sample(url, "block") == trial.chain.block_number()
            assert sample(url, "findings") == 0
            assert sample(url, "failures_total") >= 1
            followed.send_signal(signal.SIGTERM)
            assert followed.wait(PATIENCE) == 0
        finally:
            followed.kill()
            followed.communicate()


def sample(url: str, name: str) -> float:
    """The sum of a metric, as it is scraped."""
    text = requests.get(url, timeout=PATIENCE).text
    return sum(
        each.value
        for family in text_string_to_metric_families(text)
        for each in family.samples
        if each.name == f"jumpstart_audit_{name}"
    )


@pytest.mark.parametrize(
    "words",
    [
        ["--metrics", "9000"],
        ["--watch", "--metrics", "port"],
        ["--watch", "--metrics", "1.2.3.4:70000"],
        ["--watch", "--block", "3"],
        ["--watch", "--json"],
        ["--watch", "--every", "0"],
        ["--watch", "--export", "archive"],
        ["--watch", "--terms", "nothing.json"],
    ],
)
def test_options_that_do_not_fit_are_refused(
    stage: Stage, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    address = stage.platform.launchpad.address
    assert main(["audit", address, "--rpc", stage.chain.url, *words]) == 2
    assert "--" in capsys.readouterr().err
