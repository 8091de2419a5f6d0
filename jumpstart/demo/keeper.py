"""The keeper: a process that holds a local chain until it is told to end, and outlives its parent.

A node of ours ends with the process that started it, so a chain that is to stay needs one of its
own. `python -m jumpstart.demo.keeper START_TIME FOLDER` prints one line of JSON, the chain's `url` and
the address of the `page` that it serves from the folder, and waits for SIGTERM.
"""

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jumpstart.chain.node import LocalNode
from jumpstart.errors import ChainError, JumpstartError
from jumpstart.signals import until_signal, wait
from jumpstart.site.server import SiteServer

_START_SECONDS: Final = 60.0
_END_SECONDS: Final = 10.0


@dataclass(frozen=True, kw_only=True)
class KeptChain:
    """A chain that stays: where it answers, where the page is, and the process to end."""

    url: str
    page: str
    pid: int

    def end(self) -> None:
        """Ends it, for when a run has failed."""
        os.kill(self.pid, signal.SIGTERM)


def keep_chain(start_time: int, folder: Path) -> KeptChain:
    """Starts a keeper, which serves what will be in the folder, and returns once its chain answers. Raises
    `ChainError` when it does not.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "jumpstart.demo.keeper", str(start_time), str(folder.resolve())],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], _START_SECONDS)
    line = process.stdout.readline() if ready else ""
    process.stdout.close()
    if not line:
        process.terminate()
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
        raise ChainError("the chain that was to be kept did not come up")
    process.returncode = 0  # it is nobody's child any more: no warning that it still runs
    said = json.loads(line)
    return KeptChain(url=said["url"], page=said["page"], pid=process.pid)


def main(words: Sequence[str]) -> int:
    """Holds a chain until SIGTERM."""
    try:
        with (
            until_signal() as ended,
            LocalNode(start_time=int(words[0])) as node,
            SiteServer(Path(words[1])) as site,
        ):
            sys.stdout.write(json.dumps({"url": node.url, "page": site.url}) + "\n")
            sys.stdout.flush()
            wait(ended)
    except JumpstartError as error:
        return error.exit_status
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
