"""Builds a Merkle tree of 100,000 holdings twice: here, and with OpenZeppelin's library in Node.

    python benchmarks/tree.py

Prints whether roots and dumps are the same, and how many times faster `jumpstart.tree` is: the
median of five builds against one build there, both without reading, dumping or starting up.
Exit status 1 when anything differs or the ratio is below 30; 2 when Node or the library is missing.
"""

import json
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from jumpstart.tree import HOLDING_TYPES, Tree

ROWS: Final = 100_000
BUILDS: Final = 5
RATIO_MIN: Final = 30

_NODE: Final = """
const [values, dump] = process.argv.slice(1);
const { StandardMerkleTree } = require("@openzeppelin/merkle-tree");
const { readFileSync, writeFileSync } = require("node:fs");
const rows = JSON.parse(readFileSync(values, "utf8"));
const start = process.hrtime.bigint();
const tree = StandardMerkleTree.of(rows, ["address", "uint256"]);
const nanoseconds = process.hrtime.bigint() - start;
writeFileSync(dump, JSON.stringify(tree.dump()));
console.log(JSON.stringify({ root: tree.root, seconds: Number(nanoseconds) / 1e9 }));
"""


def measure_ours(values: list[list[str]]) -> tuple[Tree, float]:
    """The tree, and the median of the seconds that building it took."""
    seconds = []
    for _ in range(BUILDS):
        start = time.perf_counter()
        tree = Tree.of(values, HOLDING_TYPES)
        seconds.append(time.perf_counter() - start)
    return tree, statistics.median(seconds)


def measure_theirs(values: list[list[str]]) -> tuple[str, str, float]:
    """The library's root and dump, and the seconds that building its tree took."""
    node = shutil.which("node")
    if node is None:
        print("node is not on the path", file=sys.stderr)
        sys.exit(2)
    with tempfile.TemporaryDirectory() as folder:
        given, dump = Path(folder, "values.json"), Path(folder, "dump.json")
        given.write_text(json.dumps(values))
        run = subprocess.run(
            [node, "-e", _NODE, str(given), str(dump)],
            cwd=Path(__file__).parents[1],
            capture_output=True,
            text=True,
        )
        if run.returncode:
            print(run.stderr, file=sys.stderr)
            sys.exit(2)
        answer = json.loads(run.stdout)
        return answer["root"], dump.read_text(), answer["seconds"]


def main() -> int:
    """Runs both, prints the comparison, and returns the exit status."""
    source = random.Random(2019)
    values = [
        ["0x" + source.randbytes(20).hex(), str(source.randrange(10**24))] for _ in range(ROWS)
    ]
    tree, ours = measure_ours(values)
    root, dump, theirs = measure_theirs(values)
    same_root, same_dump = "0x" + tree.root.hex() == root, tree.dump() == dump
    print(f"rows         {ROWS}")
    print(f"root         {'same' if same_root else 'DIFFERENT'}  {root}")
    print(f"dump         {'same' if same_dump else 'DIFFERENT'}  {len(dump)} characters")
    print(f"merkle-tree  {theirs:.2f} s")
    print(f"jumpstart    {ours:.3f} s")
    print(f"ratio        {theirs / ours:.1f}, at least {RATIO_MIN}")
    return 0 if same_root and same_dump and theirs / ours >= RATIO_MIN else 1


if __name__ == "__main__":
    sys.exit(main())
