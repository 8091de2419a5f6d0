"""The agenda: what happens when. After a sale its months, milestones, exits and bonds go on at once,
so each act says its dates, and they are played in the order of time.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from jumpstart.demo.journal import Phase
from jumpstart.demo.play import Play


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What is done at a time, in Unix seconds, and in which phase it stands on the time line."""

    time: int
    phase: Phase
    act: Callable[[Play], None]


def run(play: Play, scenes: Iterable[Scene]) -> None:
    """Plays the scenes in the order of time; those of one time in the order given."""
    for scene in sorted(scenes, key=lambda scene: scene.time):
        play.wait_until(scene.time)
        play.journal.phase = scene.phase
        scene.act(play)
