"""Turns `contracts/` and `interfaces/` into artifacts, and keeps them until an input changes.

Knows the compiler's settings (they stand here and, for Brownie, in brownie-config.yaml; a test
holds the two together) and how to find every source an import reaches. Refuses to know what the
contracts mean, and never downloads anything.
"""

import fcntl
import hashlib
import json
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any, Final

from jumpstart.errors import CheckError, ToolError

SOLC_VERSION: Final = "0.8.37"
EVM_VERSION: Final = "shanghai"
OPTIMIZER_RUNS: Final = 1_000_000
VIA_IR: Final = True
REMAPPINGS: Final = (
    "@openzeppelin/=node_modules/@openzeppelin/",
    "solady/=node_modules/solady/",
)

PROJECT_ROOT: Final = Path(__file__).resolve().parents[2]

_OWN_FOLDERS = ("contracts", "interfaces")
_OUTPUTS = (
    "abi",
    "metadata",
    "storageLayout",
    "evm.bytecode.object",
    "evm.bytecode.linkReferences",
    "evm.deployedBytecode.object",
    "evm.deployedBytecode.immutableReferences",
    "evm.methodIdentifiers",
)
_FORMAT = 2  # of the cache; raise it when what is kept changes
_KEPT = 4  # cached compilations: switching branches back and forth stays quick
_COMPILERS = 2  # side by side; each takes a few hundred megabytes
_LOCK_SECONDS = 900.0

Report = Callable[[str], None]
Abi = tuple[Mapping[str, Any], ...]


class CompileError(ToolError):
    """The compiler refused the sources; the text is the compiler's own."""


@dataclass(frozen=True, kw_only=True)
class Artifact:
    """One contract, library or interface as compiled. Code is empty for what cannot be deployed."""

    name: str
    source: str
    """Path of the source file from the project's root."""
    abi: Abi
    creation_code: bytes
    runtime_code: bytes
    """As the compiler leaves it: zero where an immutable goes."""
    immutables: tuple[tuple[int, int], ...]
    """(start, length) in bytes of each place in the runtime code that the constructor fills."""
    metadata: str
    storage_layout: Mapping[str, Any]
    selectors: Mapping[str, str]
    """Signature of each external function -> its four bytes in hex, without 0x."""

    @property
    def is_deployable(self) -> bool:
        return bool(self.creation_code)

    def matches(self, code: bytes) -> bool:
        """Whether code found on a chain is this contract's, whatever its immutables are."""
        return len(code) == len(self.runtime_code) and self.without_immutables(
            code
        ) == self.without_immutables(self.runtime_code)

    def without_immutables(self, code: bytes) -> bytes:
        """The code with zeros in the place of every immutable: equal for all deployments."""
        bare = bytearray(code)
        for start, length in self.immutables:
            bare[start : start + length] = bytes(length)
        return bytes(bare)


class Artifacts(Mapping[str, Artifact]):
    """Every contract of the project by its bare name."""

    def __init__(
        self, artifacts: Mapping[str, Artifact], *, input_hash: str, warnings: Iterable[str] = ()
    ) -> None:
        self._artifacts = dict(sorted(artifacts.items()))
        self.warnings = tuple(warnings)
        """What the compiler remarked on the project's own sources, each as it prints it."""
        self.input_hash = input_hash
        """SHA-256 of everything the compiler was given: sources, settings, version."""

    def __getitem__(self, name: str) -> Artifact:
        try:
            return self._artifacts[name]
        except KeyError:
            raise KeyError(
                f"no contract named {name}; there are {', '.join(self._artifacts)}"
            ) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._artifacts)

    def __len__(self) -> int:
        return len(self._artifacts)

    @cached_property
    def errors(self) -> tuple[Mapping[str, Any], ...]:
        """The ABI entries of every custom error of every contract, each once."""
        found = {
            json.dumps(entry, sort_keys=True): entry
            for artifact in self.values()
            for entry in artifact.abi
            if entry["type"] == "error"
        }
        return tuple(found[key] for key in sorted(found))


def compile_contracts(root: Path = PROJECT_ROOT, *, report: Report | None = None) -> Artifacts:
    """Compiles the project, or reads what an earlier call kept for exactly these inputs.

    `report` gets one line for each step that takes time. Raises `CompileError` with the compiler's
    message, `ToolError` when the compiler is missing, `CheckError` when two contracts share a name.
    """
    say = report or (lambda line: None)
    standard_input = standard_json_input(root)
    input_hash = _hash_of(standard_input)
    kept = root / "build" / "artifacts" / f"{input_hash}.json"
    artifacts = _read(kept, input_hash)
    if artifacts is not None:
        return artifacts
    kept.parent.mkdir(parents=True, exist_ok=True)
    # Test workers start together: one compiles, the others wait and read.
    with _locked(kept.parent / ".lock", say):
        artifacts = _read(kept, input_hash)
        if artifacts is None:
            found, warnings = _compile(standard_input, root, say)
            artifacts = Artifacts(found, input_hash=input_hash, warnings=warnings)
            _write(kept, artifacts)
    return artifacts


def standard_json_input(root: Path = PROJECT_ROOT) -> dict[str, Any]:
    """The compiler's whole input, every imported source included: what a block explorer
    verifies.
    """
    sources = _sources(root)
    return {
        "language": "Solidity",
        "sources": {name: {"content": text} for name, text in sources.items()},
        "settings": {
            "remappings": list(REMAPPINGS),
            "optimizer": {"enabled": True, "runs": OPTIMIZER_RUNS},
            "evmVersion": EVM_VERSION,
            "viaIR": VIA_IR,
            # Libraries of others are compiled only as far as ours use them.
            "outputSelection": {
                name: {"*": list(_OUTPUTS)} for name in sources if name.startswith(_OWN_FOLDERS)
            },
        },
    }


# ---------------------------------------------------------------------------------------- sources

# A string or a comment is matched too, so that an import inside one is not taken for an import.
_IMPORTS = re.compile(
    r"""
      //[^\n]* | /\*.*?\*/
    | \bimport\b (?:[^;"']*?\bfrom\b)? \s* (?P<quote>["'])(?P<path>[^"']+)(?P=quote)
    | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*'
    """,
    re.VERBOSE | re.DOTALL,
)


def _sources(root: Path) -> dict[str, str]:
    own = sorted(
        path.relative_to(root).as_posix()
        for folder in _OWN_FOLDERS
        for path in (root / folder).rglob("*.sol")
    )
    if not own:
        raise ToolError(f"no contracts in {root}: run this from a checkout of the project")
    found: dict[str, str] = {}
    wanted = own[::-1]
    while wanted:
        name = wanted.pop()
        if name in found:
            continue
        try:
            found[name] = (root / name).read_text(encoding="utf-8")
        except FileNotFoundError:
            hint = "; run 'make setup'" if name.startswith("node_modules/") else ""
            raise CompileError(f"a contract imports {name}, which does not exist{hint}") from None
        wanted.extend(_imports_of(name, found[name]))
    return dict(sorted(found.items()))


def _imports_of(name: str, text: str) -> Iterator[str]:
    for match in _IMPORTS.finditer(text):
        path = match["path"]
        if path is None:
            continue
        if path.startswith("."):
            parts: list[str] = []
            for part in (PurePosixPath(name).parent / path).parts:
                if part == ".." and parts:
                    parts.pop()
                elif part != ".":
                    parts.append(part)
            yield "/".join(parts)
        else:
            yield _remapped(path)


def _remapped(path: str) -> str:
    for remapping in REMAPPINGS:
        prefix, _, target = remapping.partition("=")
        if path.startswith(prefix):
            return target + path.removeprefix(prefix)
    return path


def _hash_of(standard_input: Mapping[str, Any]) -> str:
    text = json.dumps([_FORMAT, SOLC_VERSION, standard_input], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


# ---------------------------------------------------------------------------------------- compiling


def _compile(
    standard_input: dict[str, Any], root: Path, say: Report
) -> tuple[dict[str, Artifact], list[str]]:
    own = [name for name in standard_input["sources"] if name.startswith(_OWN_FOLDERS)]
    others = len(standard_input["sources"]) - len(own)
    say(f"compiling {len(own)} sources and {others} they import with solc {SOLC_VERSION}")
    started = time.monotonic()
    shares = _shares(standard_input, min(_COMPILERS, os.cpu_count() or 1))
    binary = _binary(root)
    with ThreadPoolExecutor(len(shares)) as pool:
        outputs = list(pool.map(lambda share: _run(share, binary, root), shares))
    artifacts = _artifacts_of(outputs)
    # Each process reads every source, so each remarks the same.
    warnings = [
        remark["formattedMessage"].strip()
        for remark in outputs[0].get("errors", ())
        if remark.get("sourceLocation", {}).get("file", "").startswith(_OWN_FOLDERS)
    ]
    for warning in warnings:
        say(warning)
    say(f"compiled {len(artifacts)} contracts in {time.monotonic() - started:.1f} s")
    return artifacts, warnings


def _shares(standard_input: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """The same input several times, each asking for the code of other contracts.

    All have every source: with fewer of them the compiler may order the same code differently.
    """
    selection = standard_input["settings"]["outputSelection"]
    sources = {name: source["content"] for name, source in standard_input["sources"].items()}
    shares: list[dict[str, Any]] = [{} for _ in range(count)]
    sizes = [0] * count
    weights = {
        name: sum(len(sources[each]) for each in _closure(name, sources)) for name in selection
    }
    for name in sorted(selection, key=lambda name: (-weights[name], name)):
        least = sizes.index(min(sizes))
        shares[least][name] = selection[name]
        sizes[least] += weights[name]
    return [
        {**standard_input, "settings": {**standard_input["settings"], "outputSelection": share}}
        for share in shares
        if share
    ]


def _closure(name: str, sources: Mapping[str, str]) -> set[str]:
    found: set[str] = set()
    wanted = [name]
    while wanted:
        each = wanted.pop()
        if each not in found:
            found.add(each)
            wanted.extend(_imports_of(each, sources[each]))
    return found


def _run(standard_input: dict[str, Any], binary: Path, root: Path) -> Mapping[str, Any]:
    # solcx writes to the home directory unless told otherwise before it is asked for anything.
    os.environ.setdefault("SOLCX_BINARY_PATH", str(root / ".toolchain" / "solcx"))
    import solcx  # slow to load, and needed only when something changed
    from solcx.exceptions import SolcError

    try:
        output: Mapping[str, Any] = solcx.compile_standard(standard_input, solc_binary=binary)
    except SolcError as error:
        raise CompileError(_message_of(error)) from None
    except (OSError, ValueError) as error:
        raise ToolError(f"the compiler failed: {error}") from error
    unforeseen = sorted(set(output.get("sources", ())) - set(standard_input["sources"]))
    if unforeseen:
        raise ToolError(
            f"the compiler read {unforeseen[0]}, which the cache would not notice changing"
        )
    return output


def _binary(root: Path) -> Path:
    folders = [".toolchain/solcx"]
    if os.environ.get("JUMPSTART_NATIVE_SOLC") == "1":
        folders.insert(0, ".toolchain/solcx-native")  # there only if set-up could fetch it
    for folder in folders:
        binary = root / folder / f"solc-v{SOLC_VERSION}"
        if binary.exists():
            return binary
    raise ToolError("the Solidity compiler is not installed: run 'make setup'")


def _message_of(error: Exception) -> str:
    """The compiler's own words: `SolcError` wraps them in the whole input when the process itself
    failed.
    """
    message: str = getattr(error, "message", "") or str(error)
    stderr: str = getattr(error, "stderr_data", "") or ""
    details: object = getattr(error, "error_dict", None)
    return message.strip() if details else (stderr.strip() or message.strip())


def _artifacts_of(outputs: Iterable[Mapping[str, Any]]) -> dict[str, Artifact]:
    artifacts: dict[str, Artifact] = {}
    contracts = [found for output in outputs for found in output["contracts"].items()]
    for source, by_name in sorted(contracts, key=lambda found: found[0]):
        for name, output in by_name.items():
            if name in artifacts:
                raise CheckError(
                    f"two contracts are named {name}: {artifacts[name].source} and {source}"
                )
            artifacts[name] = _artifact_of(name, source, output)
    return artifacts


def _artifact_of(name: str, source: str, output: Mapping[str, Any]) -> Artifact:
    creation, runtime = output["evm"]["bytecode"], output["evm"]["deployedBytecode"]
    if creation.get("linkReferences"):
        raise CheckError(f"{name} links to an external library, which this project does not do")
    places = runtime.get("immutableReferences") or {}
    return Artifact(
        name=name,
        source=source,
        abi=tuple(output["abi"]),
        creation_code=bytes.fromhex(creation["object"]),
        runtime_code=bytes.fromhex(runtime["object"]),
        immutables=tuple(
            sorted(
                (place["start"], place["length"]) for group in places.values() for place in group
            )
        ),
        metadata=output["metadata"],
        storage_layout=output.get("storageLayout") or {},
        selectors=output["evm"].get("methodIdentifiers") or {},
    )


# ---------------------------------------------------------------------------------------- keeping


def _read(kept: Path, input_hash: str) -> Artifacts | None:
    try:
        found = json.loads(kept.read_text(encoding="utf-8"))
        os.utime(kept)  # the oldest are removed first
    except (FileNotFoundError, ValueError):
        return None
    return Artifacts(
        {entry["name"]: _from_json(entry) for entry in found["contracts"]},
        input_hash=input_hash,
        warnings=found["warnings"],
    )


def _write(kept: Path, artifacts: Artifacts) -> None:
    text = json.dumps(
        {
            "warnings": artifacts.warnings,
            "contracts": [_to_json(artifact) for artifact in artifacts.values()],
        }
    )
    # Renamed into place, so that a reader sees the whole file or none.
    unfinished = kept.with_suffix(f".{os.getpid()}.tmp")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(kept)
    newest_first = sorted(
        kept.parent.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True
    )
    for old in newest_first[_KEPT:]:
        old.unlink(missing_ok=True)


def _to_json(artifact: Artifact) -> dict[str, Any]:
    return {
        **vars(artifact),
        "creation_code": artifact.creation_code.hex(),
        "runtime_code": artifact.runtime_code.hex(),
    }


def _from_json(entry: Mapping[str, Any]) -> Artifact:
    return Artifact(
        **{
            **entry,
            "abi": tuple(entry["abi"]),
            "creation_code": bytes.fromhex(entry["creation_code"]),
            "runtime_code": bytes.fromhex(entry["runtime_code"]),
            "immutables": tuple((start, length) for start, length in entry["immutables"]),
        }
    )


@contextmanager
def _locked(path: Path, say: Report) -> Iterator[None]:
    until = time.monotonic() + _LOCK_SECONDS
    waiting = False
    with path.open("w") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise ToolError(f"another process has held {path} for too long") from None
            if not waiting:
                say("waiting for another process that compiles")
                waiting = True
            time.sleep(0.1)
        yield


if __name__ == "__main__":
    import sys

    try:
        compile_contracts(report=lambda line: print(line, flush=True))  # noqa: T201
    except (CheckError, ToolError) as problem:
        sys.exit(str(problem))
