"""The record of a deployment: what stands where, of which code, made by which transactions.

Made from journal and chain when every step is checked; the same bytes for the same input and the same
chain. Beside it lies the compiler's whole input, which the code was built from.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from jumpstart.chain.client import Chain
from jumpstart.chain.compiler import (
    EVM_VERSION,
    OPTIMIZER_RUNS,
    SOLC_VERSION,
    VIA_IR,
    standard_json_input,
)
from jumpstart.deployment.journal import Journal
from jumpstart.deployment.state import State
from jumpstart.deployment.steps import Deployment, Gate
from jumpstart.errors import CheckError, InputError, located
from jumpstart.files import read_text, write_text
from jumpstart.hashing import keccak256

RECORD: Final = "record.json"
JOURNAL: Final = "journal.jsonl"
COMPILER_INPUT: Final = "compiler-input.json"

_FIELDS: Final = (
    *("kind", "title", "chainId", "genesis", "inputs"),
    *("compiler", "contracts", "steps", "gates"),
)


def record_of(deployment: Deployment, chain: Chain, state: State) -> dict[str, Any]:
    """The record, for JSON. Raises `CheckError` where there is no code that ought to be there."""
    assert state.begin is not None
    results = state.results
    return {
        "kind": deployment.kind,
        "title": deployment.title,
        "chainId": chain.chain_id,
        "genesis": state.begin["genesis"],
        "inputs": dict(deployment.inputs),
        "compiler": {
            "version": SOLC_VERSION,
            "evmVersion": EVM_VERSION,
            "optimizerRuns": OPTIMIZER_RUNS,
            "viaIR": VIA_IR,
            "inputSha256": hashlib.sha256(compiler_input().encode()).hexdigest(),
        },
        "contracts": [
            {
                "name": each.name,
                "address": each.address,
                "codeHash": _code_hash(chain, each.name, each.address),
                **(
                    {"constructorArguments": "0x" + each.arguments.hex()}
                    if each.implementation is None
                    else {
                        "implementation": each.implementation,
                        "cloneArguments": "0x" + each.arguments.hex(),
                    }
                ),
                **_made_by(state, each.step),
            }
            for each in deployment.contracts(results)
        ],
        "steps": [
            {
                "step": step.key,
                **_made_by(state, step.key),
                "results": dict(sorted(results[step.key].items())),
            }
            for step in deployment.steps
        ],
        "gates": [step.key for step in deployment.steps if isinstance(step, Gate)],
    }


def keep(deployment: Deployment, chain: Chain, journal: Journal, folder: Path) -> Path:
    """Writes the record of a deployment whose steps are all checked, and ends its journal.

    Returns the record's path.
    """
    state = State.of(journal.entries)
    path = write(record_of(deployment, chain, state), folder)
    if not state.is_ended:
        journal.append("end")
    return path


def write(record: Mapping[str, Any], folder: Path) -> Path:
    """Writes the record, and beside it the compiler's input. Returns the record's path."""
    write_text(folder / COMPILER_INPUT, compiler_input())
    write_text(folder / RECORD, json.dumps(record, indent=2, ensure_ascii=False) + "\n")
    return folder / RECORD


def read(path: Path) -> dict[str, Any]:
    """A record. Raises `InputError` for what is none."""
    with located(str(path)):
        text = read_text(path)
        try:
            record = json.loads(text)
        except ValueError as error:
            raise InputError(f"not JSON: {error}") from None
        missing = [
            field for field in _FIELDS if not isinstance(record, dict) or field not in record
        ]
        if missing:
            raise InputError(f"no record of a deployment: it has no {missing[0]}")
        return dict(record)


def compiler_input() -> str:
    """The compiler's input, as it is written down."""
    return json.dumps(standard_json_input(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _code_hash(chain: Chain, name: str, address: str) -> str:
    code = chain.code(address)
    if not code:
        raise CheckError(f"{name}: there is no code at {address}")
    return "0x" + keccak256(code).hex()


def _made_by(state: State, step: str) -> dict[str, Any]:
    """The transaction of a step; all null where it was somebody else's, or nobody's."""
    mined = state[step].mined
    return {
        "transaction": mined.hash if mined else None,
        "block": mined.block if mined else None,
        "gasUsed": mined.gas_used if mined else None,
    }
