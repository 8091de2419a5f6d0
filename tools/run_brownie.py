"""Runs Brownie with what it needs and nothing of the user's: `make brownie ARGS="run deploy"`.

Brownie reads the home directory when it is imported, asks for the compiler by a folder in the
environment, attaches to whatever answers on its port, and kills a chain it started in a way that
leaves its database behind. So the home directory and the compiler are the project's, and the chain
is ours: a node on a free port, ended properly when Brownie is done.
"""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from jumpstart.chain.node import LocalNode
from jumpstart.errors import JumpstartError

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".toolchain" / "brownie-home"
LOCAL_NETWORK = "ganache-cli"
USE_A_CHAIN = {"run", "console", "test"}


def main(words: Sequence[str]) -> int:
    program = ROOT / ".venv" / "bin" / "brownie"
    if not program.exists():
        print("Brownie is not installed: run 'make setup'", file=sys.stderr)
        return 2
    try:
        with ExitStack() as stack:
            port = None
            if words and words[0] in USE_A_CHAIN and network_of(words) == LOCAL_NETWORK:
                port = stack.enter_context(LocalNode("ganache")).port
            return subprocess.call([program, *words], cwd=ROOT, env=environment(port))
    except JumpstartError as error:
        print(error, file=sys.stderr)
        return error.exit_status
    except KeyboardInterrupt:
        return 130


def network_of(words: Sequence[str]) -> str:
    for place, word in enumerate(words):
        if word == "--network" and place + 1 < len(words):
            return words[place + 1]
        if word.startswith("--network="):
            return word.partition("=")[2]
    return LOCAL_NETWORK


def environment(port: int | None) -> Mapping[str, str]:
    """What Brownie must find in its environment, its home directory made."""
    HOME.mkdir(parents=True, exist_ok=True)
    folders = [
        ROOT / ".venv" / "bin",
        ROOT / "node_modules" / ".bin",
        ROOT / ".toolchain" / "node" / "bin",
    ]
    found = {
        **os.environ,
        "HOME": str(HOME),
        "PATH": os.pathsep.join([*map(str, folders), os.environ.get("PATH", os.defpath)]),
        "SOLCX_BINARY_PATH": str(ROOT / ".toolchain" / "solcx"),
    }
    if port is not None:
        found["JUMPSTART_BROWNIE_PORT"] = str(port)
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
