"""The compiler's input: the one the record names, the one beside the record, and that of this checkout."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jumpstart.chain.compiler import EVM_VERSION, OPTIMIZER_RUNS, SOLC_VERSION, VIA_IR
from jumpstart.deployment.record import COMPILER_INPUT, compiler_input
from jumpstart.deployment.verification.checks import NOTHING, Checks
from jumpstart.errors import InputError
from jumpstart.files import read_text


def settings() -> dict[str, Any]:
    """What the record says of the compiler, as it is here."""
    return {
        "version": SOLC_VERSION,
        "evmVersion": EVM_VERSION,
        "optimizerRuns": OPTIMIZER_RUNS,
        "viaIR": VIA_IR,
        "inputSha256": _sha256(compiler_input()),
    }


def check_source(record: Mapping[str, Any], folder: Path, checks: Checks) -> None:
    """The input beside the record is what the record names and what this checkout has."""
    present = compiler_input()
    try:
        beside = read_text(folder / COMPILER_INPUT)
    except InputError as error:
        checks.fail("source", COMPILER_INPUT, "the file beside the record", str(error))
        return
    compiler = record["compiler"]
    named = compiler.get("inputSha256", NOTHING) if isinstance(compiler, Mapping) else NOTHING
    checks.compare("source", f"{COMPILER_INPUT}: SHA-256", named, _sha256(beside))
    changed = _changed(beside, present) if beside != present else ""
    checks.compare(
        "source",
        "sources of this checkout: SHA-256 of the compiler's input",
        _sha256(beside),
        _sha256(present),
        note=f"not as in {COMPILER_INPUT}: {changed}" if changed else "",
    )


def _changed(beside: str, present: str) -> str:
    """What differs between two inputs, by the names of sources and settings."""
    try:
        one, other = json.loads(beside), json.loads(present)
        sources = one["sources"], other["sources"]
        names = sorted(
            name
            for name in {*sources[0], *sources[1]}
            if sources[0].get(name) != sources[1].get(name)
        )
        rest = [name for name in sorted({*one, *other}) if name != "sources"]
        names += [name for name in rest if one.get(name) != other.get(name)]
    except (ValueError, TypeError, KeyError, AttributeError):
        return "it is no input of a compiler"
    most = 5
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more if names else "its form alone"


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
