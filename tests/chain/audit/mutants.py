"""Contracts with one small change each, planted in place of the real ones.

A mutant is compiled from the sources in memory, with its one change, and its code is put where the real
contract stands: whoever works with that address works with the mutant. The audit is then made without a
look at the code, so that what happened must give it away.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from jumpstart.audit.findings import Kind
from jumpstart.chain import compiler
from jumpstart.chain.abi import constructor_arguments
from jumpstart.chain.compiler import Artifact
from jumpstart.chain.factory import FACTORY
from tests.chain.stage import Stage, Trial

_KEPT = compiler.PROJECT_ROOT / "build" / "artifacts" / "mutants"


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """`before` stands once in `source` and becomes `after`; when `scene` is played, the audit has a
    finding of `kind` whose words contain `what`.
    """

    name: str
    contract: str
    source: str
    before: str
    after: str
    scene: Callable[[Stage], Trial]
    kind: Kind
    what: str


def mutated(mutant: Mutant) -> Artifact:
    """The mutant compiled; kept in build/ for the next time."""
    standard_input = _input_of(mutant)
    text = json.dumps([compiler.SOLC_VERSION, standard_input], sort_keys=True)
    kept = _KEPT / f"{hashlib.sha256(text.encode()).hexdigest()}.json"
    if not kept.exists():
        # The wrapper of the compiler, with sources that are on no disk.
        binary = compiler._binary(compiler.PROJECT_ROOT)
        output = compiler._run(standard_input, binary, compiler.PROJECT_ROOT)
        artifact = compiler._artifacts_of([output])[mutant.contract]
        _keep(kept, json.dumps(compiler._to_json(artifact)))
    return compiler._from_json(json.loads(kept.read_text(encoding="utf-8")))


def plant(stage: Stage, mutant: Mutant) -> None:
    """From now on the mutant stands where its contract did."""
    platform, chain = stage.platform, stage.chain
    launchpad, review = platform.launchpad.address, platform.review.address
    people = stage.people
    arguments: dict[str, tuple[str, tuple[object, ...]]] = {
        "SubscriptionSale": (
            platform.sale_implementation.address,
            (launchpad, review, platform.escrow_implementation.address),
        ),
        "ProceedsEscrow": (platform.escrow_implementation.address, (review,)),
        "ProjectReview": (
            review,
            (
                tuple(vars(stage.rules()).values()),
                launchpad,
                people.chair.address,
                people.guardian.address,
                [],
            ),
        ),
        "VestingVault": (platform.vesting_vault.address, (launchpad,)),
        "PassRegistry": (platform.pass_registry.address, ()),
    }
    address, args = arguments[mutant.contract]
    artifact = mutated(mutant)
    made = artifact.creation_code + constructor_arguments(artifact, *args)
    chain.set_code(address, made)
    runtime = chain.call_raw(address, b"", sender=FACTORY)
    assert runtime != chain.artifacts[mutant.contract].runtime_code
    chain.set_code(address, runtime)


def _input_of(mutant: Mutant) -> dict[str, object]:
    whole = compiler.standard_json_input()
    sources = {name: source["content"] for name, source in whole["sources"].items()}
    assert sources[mutant.source].count(mutant.before) == 1, mutant.name
    sources[mutant.source] = sources[mutant.source].replace(mutant.before, mutant.after)
    own = f"contracts/{mutant.contract}.sol"
    needed = compiler._closure(own, sources)
    selection = {own: {"*": list(compiler._OUTPUTS)}}
    return {
        **whole,
        "sources": {name: {"content": sources[name]} for name in sorted(needed)},
        "settings": {**whole["settings"], "outputSelection": selection},
    }


def _keep(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
