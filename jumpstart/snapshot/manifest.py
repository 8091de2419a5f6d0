"""Manifest: what a snapshot was made of and what it consists of, so that anybody can make it again.

`manifest.json` has the question (token, blocks, statistic, tables, exclusions), the query that
answered it, the versions of what ran it, the SHA-256 of what went in and of what came out. The many
small files are in `SHA256SUMS`, which `sha256sum --check` reads and whose own digest the manifest has.
There is no time and no path in it: same transfers, same versions, same bytes.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from jumpstart.files import write_text
from jumpstart.snapshot.checks import Extent
from jumpstart.snapshot.figures import Rule
from jumpstart.snapshot.shards import Digest
from jumpstart.terms import Tier

FORMAT: Final = "jumpstart-snapshot-v1"
NAME: Final = "manifest.json"
SUMS: Final = "SHA256SUMS"


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """What is known of the snapshot blocks beyond their numbers: their hashes, and by a name of
    whoever drew them, the seeds they were drawn from; and of transfers that were fetched, of which
    chain and blocks they are.
    """

    block_hashes: Mapping[int, bytes] = field(default_factory=dict)
    seeds: Mapping[str, str] = field(default_factory=dict)
    chain: Mapping[str, str | int | None] = field(default_factory=dict)


def question(
    *,
    token: bytes,
    blocks: Iterable[int],
    rule: Rule,
    excluded: Iterable[str],
    through: int | None,
    provenance: Provenance,
) -> dict[str, Any]:
    """The part that says what was asked."""
    return {
        "token": "0x" + token.hex(),
        "blocks": [_block(number, provenance) for number in blocks],
        "seeds": dict(sorted(provenance.seeds.items())),
        "chain": dict(provenance.chain),
        "statistic": str(rule.statistic),
        "tiers": list(map(_tier, rule.tiers)),
        "minimumTiers": list(map(_tier, rule.minimum_tiers)),
        "excluded": list(excluded),
        "through": through,
    }


def source(files: Iterable[tuple[Path, str]], extent: Extent) -> dict[str, Any]:
    """The part that says what the transfers were: files, with their digests, and what was in them."""
    return {
        "files": [{"name": path.name, "sha256": digest} for path, digest in files],
        "rows": extent.rows,
        "firstBlock": extent.first,
        "lastBlock": extent.last,
    }


def versions(engine: str) -> dict[str, str]:
    """Of everything that the bytes depend on."""
    name, number = engine.split()
    packages = ("jumpstart", "ibis-framework", "pyarrow")
    return {package: metadata.version(package) for package in packages} | {name: number}


def write(folder: Path, content: Mapping[str, Any], many: Iterable[Digest]) -> None:
    """Writes `SHA256SUMS` of every file in `folder`, of which `many` are known, and the manifest."""
    known = dict(many)
    alone = sorted(file.name for file in folder.iterdir() if file.is_file())
    top = {name: sha256_of(folder / name) for name in alone}
    sums = sorted((known | top).items())
    write_text(folder / SUMS, "".join(f"{digest}  {name}\n" for name, digest in sums))
    files = top | {SUMS: sha256_of(folder / SUMS)}
    write_text(
        folder / NAME,
        json.dumps({"format": FORMAT, **content, "files": dict(sorted(files.items()))}, indent=2)
        + "\n",
    )


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _block(number: int, provenance: Provenance) -> dict[str, Any]:
    known = provenance.block_hashes.get(number)
    return {"number": number, "hash": None if known is None else "0x" + known.hex()}


def _tier(tier: Tier) -> dict[str, Any]:
    return {"threshold": str(tier.threshold), "coefficient": tier.coefficient}
