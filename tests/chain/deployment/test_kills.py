"""A deployment that is killed anywhere comes to the same end, with nothing sent twice."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final as Constant

import pytest
from _pytest.mark import ParameterSet
from hypothesis import given, settings
from hypothesis import strategies as st

from jumpstart.deployment import record
from jumpstart.deployment.journal import Journal
from jumpstart.deployment.outbox import Policy
from tests.chain.conftest import DRAWN
from tests.chain.deployment.dying import deaths, killed
from tests.chain.deployment.scene import AnyDeployment, Scene

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
    usual = [Case("platform", "key", 3), Case("sale", "wallet", 3)]
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
