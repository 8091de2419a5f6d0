"""A deployment that is killed anywhere comes to the same end, with nothing sent twice."""

import os
import shutil
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal
from typing import Final as Constant

import pytest
from _pytest.mark import ParameterSet
from hypothesis import given, settings
from hypothesis import strategies as st

from jumpstart.chain.client import Chain
from jumpstart.chain.node import LocalNode
from jumpstart.deployment import record
from jumpstart.deployment.journal import Entry, Journal
from jumpstart.deployment.outbox import Policy
from jumpstart.deployment.sale import SaleDeployment
from jumpstart.errors import InputError
from tests.chain.conftest import DRAWN, START
from tests.chain.deployment.scene import AnyDeployment, Scene
from tests.chain.dying import deaths, killed

POLICY: Constant = Policy(poll_seconds=0.005, patience_seconds=20.0)
ENTRIES_A_STEP: Constant = 4  # intent, sent, mined, checked
SIGNERS: Constant = ("key", "wallet")
KINDS: Constant = ("platform", "sale")


def made(scene: Scene, kind: str) -> AnyDeployment:
    return scene.platform_deployment() if kind == "platform" else scene.sale_deployment()


@pytest.fixture(autouse=True)
def _undone(scene: Scene) -> Iterator[None]:
    with scene.undone():
        yield


def left_by(dead: Path, copy: Path) -> bytes:
    """Copies what a killed process left, and returns the journal as one that resumes sees it."""
    shutil.copytree(dead, copy)
    path = copy / record.JOURNAL
    if not path.exists() or not path.stat().st_size:
        return b""
    with Journal.opened(path):
        return path.read_bytes()


@dataclass(frozen=True)
class Case:
    kind: str
    signer: str
    thinned: int = 1
    """Only every so manieth state is resumed, where a chain is slow."""


def cases() -> list[ParameterSet]:
    """Each kind of deployment and each kind of signer; in a deep run with each other."""
    usual = [Case("platform", "key", 6), Case("sale", "wallet", 6)]
    deep = [Case(kind, signer) for kind in KINDS for signer in SIGNERS]
    return [
        *(pytest.param(case, id=f"{case.kind}-{case.signer}") for case in usual),
        *(
            pytest.param(case, id=f"{case.kind}-{case.signer}-all", marks=pytest.mark.deep)
            for case in deep
        ),
    ]


@pytest.mark.parametrize("case", cases())
def test_it_comes_to_the_same_end_when_killed_at_any_point(
    scene: Scene, tmp_path: Path, case: Case
) -> None:
    """Points that leave the same journal and the same chain are resumed once."""
    deployment = made(scene, case.kind)
    expected = scene.undisturbed(deployment, tmp_path / "undisturbed", POLICY)
    thinned = case.thinned if scene.chain.kind == "ganache" else 1
    folder = tmp_path / "killed"
    points, wrong = 0, []
    states: set[tuple[bytes, str]] = set()

    def live() -> None:
        scene.carry_out(deployment, folder, policy=POLICY, signer=case.signer)

    for name in deaths(live):
        points += 1
        copy = tmp_path / str(points)
        state = (left_by(folder, copy), scene.chain.header().hash)
        if state in states:
            continue
        states.add(state)
        if len(states) % thinned:
            continue
        with scene.undone():
            scene.carry_out(deployment, copy, policy=POLICY, signer=case.signer)
            if difference := scene.final(deployment, copy).difference(expected):
                wrong.append(f"killed {name} (point {points}): {difference}")
    assert not wrong, f"{len(wrong)} points: " + "\n".join(wrong[:3])
    assert not scene.final(deployment, folder).difference(expected)
    assert points > 3 * ENTRIES_A_STEP * len(expected.sent)
    assert len(states) > ENTRIES_A_STEP * len(expected.sent)


# ---------------------------------------------------------------------------------------- twice


def killed_again_and_again(
    scene: Scene, folder: Path, deployment: AnyDeployment, signer: str, points: Sequence[int]
) -> None:
    """Each process is killed at its point, counted from its own beginning."""
    expected = scene.undisturbed(deployment, folder / "undisturbed", POLICY)
    place = folder / "killed"

    def live() -> None:
        scene.carry_out(deployment, place, policy=POLICY, signer=signer)

    with scene.undone():
        names = [name for point in points if (name := killed(live, point))]
        if not (place / record.RECORD).exists() or names:
            live()
        difference = scene.final(deployment, place).difference(expected)
    assert not difference, f"killed {', then '.join(names)}: {difference}"


POINTS: Constant = st.lists(st.integers(0, 150), min_size=2, max_size=4)


@settings(DRAWN, max_examples=4)
@given(points=POINTS, kind=st.sampled_from(KINDS), signer=st.sampled_from(SIGNERS))
def test_it_comes_to_the_same_end_when_killed_again_and_again(
    scene: Scene,
    tmp_path_factory: pytest.TempPathFactory,
    points: list[int],
    kind: str,
    signer: str,
) -> None:
    """A process that resumes is killed as well, more than once."""
    folder = tmp_path_factory.mktemp("deployment")
    with scene.undone():
        killed_again_and_again(scene, folder, made(scene, kind), signer, points)


@pytest.mark.deep
@settings(DRAWN, max_examples=200, derandomize=False)
@given(points=POINTS, kind=st.sampled_from(KINDS), signer=st.sampled_from(SIGNERS))
def test_it_comes_to_the_same_end_when_killed_again_and_again_anywhere(
    scene: Scene,
    tmp_path_factory: pytest.TempPathFactory,
    points: list[int],
    kind: str,
    signer: str,
) -> None:
    """The same with other draws in every run."""
    folder = tmp_path_factory.mktemp("deployment")
    with scene.undone():
        killed_again_and_again(scene, folder, made(scene, kind), signer, points)


# ---------------------------------------------------------------------------------------- refused


class StopHere(Exception):  # noqa: N818 (no error)
    pass


@pytest.fixture
def begun(scene: Scene, tmp_path: Path) -> Path:
    """The folder of a sale whose process ended when the application was written down."""
    append = Journal.append

    def acting(self: Journal, kind: str, **content: Any) -> Entry:
        entry = append(self, kind, **content)
        if (kind, content.get("step")) == ("intent", "apply"):
            raise StopHere
        return entry

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Journal, "append", acting)
        with pytest.raises(StopHere):
            scene.carry_out(made(scene, "sale"), tmp_path, policy=POLICY)
    return tmp_path


def test_a_second_process_is_refused_while_the_first_is_at_it(scene: Scene, begun: Path) -> None:
    """A real one, which has the journal until it is killed."""
    deployment = made(scene, "sale")
    ready, told = os.pipe()
    first = os.fork()
    if first == 0:
        with Journal.opened(begun / record.JOURNAL):
            os.write(told, b"\n")
            time.sleep(60)
        os._exit(0)
    try:
        assert os.read(ready, 1)
        number = scene.chain.nonce(scene.sender.address)
        with pytest.raises(InputError, match="another process is at this deployment"):
            scene.carry_out(deployment, begun, policy=POLICY)
        assert scene.chain.nonce(scene.sender.address) == number
    finally:
        os.kill(first, signal.SIGKILL)
        os.waitpid(first, 0)
        os.close(ready)
        os.close(told)
    scene.carry_out(deployment, begun, policy=POLICY)
    assert scene.final(deployment, begun).applications == 1


def test_other_terms_are_refused_with_each_difference(scene: Scene, begun: Path) -> None:
    deployment = made(scene, "sale")
    assert isinstance(deployment, SaleDeployment)
    section = deployment.application.model_copy(update={"dossier_uri": "ipfs://other"})
    sale = replace(
        deployment.listing.sale, settle_deadline=deployment.listing.sale.settle_deadline + 1
    )
    changed = replace(
        deployment, application=section, listing=replace(deployment.listing, sale=sale)
    )
    before = (begun / record.JOURNAL).read_bytes()
    with pytest.raises(InputError) as refusal:
        scene.carry_out(changed, begun, policy=POLICY)
    fields = [each.split(":")[0] for each in str(refusal.value).split("; ")[1:]]
    assert fields == [
        "inputs.dossierUri",
        "inputs.terms.sale.settleDeadline",
        "inputs.termsHash",
    ]
    assert refusal.value.exit_status == 2
    assert (begun / record.JOURNAL).read_bytes() == before


def test_another_chain_of_the_same_id_is_refused(
    scene: Scene, begun: Path, chain_kind: Literal["ganache", "anvil"]
) -> None:
    with LocalNode(chain_kind, start_time=START + 1) as node:
        other = Chain.connect(node.url)
        first, second = scene.chain.header(0).hash, other.header(0).hash
        with pytest.raises(InputError, match=f"genesis: begun with {first}, now {second}"):
            scene.carry_out(made(scene, "sale"), begun, policy=POLICY, url=node.url)
        assert other.nonce(scene.sender.address) == 0


def test_another_signer_is_refused(scene: Scene, begun: Path) -> None:
    deployment = replace(made(scene, "sale"), sender=scene.stranger.address)
    words = f"the signer is {scene.sender.address}, expected {scene.stranger.address}"
    with pytest.raises(InputError, match=words):
        scene.carry_out(deployment, begun, policy=POLICY)
