"""Shards: holdings with their proofs, in files that a static page can fetch without a server.

A shard has all accounts whose address begins with the digits in its name, `proofs/0xab.json`; so many
digits that no shard has more than `SHARD_ACCOUNTS` accounts. `proofs/index.json` says how many digits
to begin with and which names have to be made longer. The same proof stands in a file of each account's
own, `accounts/0xab/0xab...json`.

Bytes are hexadecimal text, amounts decimal text. Same holdings, same bytes.
"""

import hashlib
import json
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path
from typing import Any, Final

from jumpstart.cores import pair
from jumpstart.encodings import WORD
from jumpstart.errors import InputError, located
from jumpstart.files import read_text
from jumpstart.tree import HOLDING_TYPES, Tree, verify

FORMAT: Final = "jumpstart-proofs-v1"

SHARD_ACCOUNTS: Final = 128
"""The most accounts in a shard. With a million of them in all, 128 take 180 KB."""

PROOFS: Final = "proofs"
ACCOUNTS: Final = "accounts"
_DIGITS: Final = "0123456789abcdef"
_SHARED_FROM: Final = 20_000  # accounts; below, starting a process takes longer than it saves
_BATCH: Final = 512  # accounts that are written at a time, or somewhat more

Digest = tuple[str, str]
"""The name of a file in the snapshot, and its SHA-256 in hexadecimal digits."""


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Which shards there are. `digits`: of the shortest names; `split`: the names of at least so
    many digits for which there are sixteen longer ones instead. Names without 0x.
    """

    digits: int
    split: tuple[str, ...]
    shards: tuple[tuple[str, int, int], ...]
    """Of each shard the name, and its first account and the one after its last."""

    @classmethod
    def of(cls, accounts: Sequence[str], most: int = SHARD_ACCOUNTS) -> "Layout":
        """For lower-case accounts in ascending order."""
        split: list[str] = []
        shards: list[tuple[str, int, int]] = []

        def divide(name: str, start: int, stop: int) -> None:
            if stop - start <= most:
                shards.append((name, start, stop))
                return
            split.append(name)
            bounds = [
                start,
                *(bisect_left(accounts, f"0x{name}{digit}", start, stop) for digit in _DIGITS[1:]),
                stop,
            ]
            for digit, (first, end) in zip(_DIGITS, pairwise(bounds), strict=True):
                divide(name + digit, first, end)

        divide("", 0, len(accounts))
        digits = min(len(name) for name, _, _ in shards)
        return cls(
            digits=digits,
            split=tuple(sorted(name for name in split if len(name) >= digits)),
            shards=tuple(shards),
        )


def shard_of(account: str, digits: int, split: Sequence[str]) -> str:
    """The name, without 0x, of the shard that has a lower-case account, if any has."""
    longer = set(split)
    while account[2 : 2 + digits] in longer:
        digits += 1
    return account[2 : 2 + digits]


def write(folder: Path, tree: Tree, layout: Layout, single: bool) -> list[Digest]:
    """Writes the shards of a tree whose values are ascending accounts with their holdings, the
    index, and, if asked for, the file of each account. Returns all files, by name.
    """
    (folder / PROOFS).mkdir()
    if single:
        for first in _DIGITS:
            for second in _DIGITS:
                (folder / ACCOUNTS / f"0x{first}{second}").mkdir(parents=True)
    root = "0x" + tree.root.hex()
    index = {
        "format": FORMAT,
        "root": root,
        "leafEncoding": list(HOLDING_TYPES),
        "accounts": len(tree.values),
        "shards": len(layout.shards),
        "digits": layout.digits,
        "split": list(layout.split),
    }
    written = [_write(folder, f"{PROOFS}/index.json", json.dumps(index, indent=1) + "\n")]
    head = {"folder": str(folder), "root": root, "single": single}
    with pair(alone=len(tree.values) < _SHARED_FROM) as both:
        for answer in both.map(write_batch, _batches(head, tree, layout)):
            written += [(name, digest) for name, digest in json.loads(answer)]
    return sorted(written)


def read_proof(folder: Path, account: bytes) -> tuple[int, tuple[bytes, ...]] | None:
    """The holding of an account and its proof, found as a page finds it; None where the snapshot
    has none.

    Raises `InputError` for a file that is missing or not what it should be, and for a proof that
    does not lead to the root of the index.
    """
    index_path = folder / PROOFS / "index.json"
    text = "0x" + account.hex()
    with _well_formed(index_path):
        index = _object(index_path)
        root = bytes.fromhex(index["root"][2:])
        path = folder / PROOFS / f"0x{shard_of(text, index['digits'], index['split'])}.json"
    with _well_formed(path):
        proofs = _object(path)["proofs"]
        if text not in proofs:
            return None
        holding = proofs[text]["holding"]
        proof = tuple(bytes.fromhex(node[2:]) for node in proofs[text]["proof"])
        is_shown = verify(root, HOLDING_TYPES, (text, holding), proof)
    if not is_shown:
        raise InputError(f"{path}: the proof of {text} does not lead to 0x{root.hex()}")
    return int(holding), proof


@contextmanager
def _well_formed(path: Path) -> Iterator[None]:
    try:
        with located(str(path)):
            yield
    except (AttributeError, KeyError, TypeError) as error:
        raise InputError(f"{path}: not of the format {FORMAT}: {error!r}") from None
    except ValueError as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{path}: not of the format {FORMAT}: {error}") from None


def _batches(head: dict[str, Any], tree: Tree, layout: Layout) -> Iterator[bytes]:
    """The shards, some at a time, with all that `write_batch` needs: a line of JSON, the proofs."""
    proofs = tree.proofs()
    start = 0
    shards: list[tuple[str, int, int]] = []
    for shard in layout.shards:
        shards.append(shard)
        if shard[2] - start < _BATCH and shard is not layout.shards[-1]:
            continue
        stop = shard[2]
        accounts, holdings = (
            zip(*tree.values[start:stop], strict=True) if stop > start else ((), ())
        )
        packed = list(islice(proofs, stop - start))
        yield b"".join(
            [
                json.dumps(
                    head
                    | {
                        "shards": [[name, end - first] for name, first, end in shards],
                        "accounts": accounts,
                        "holdings": holdings,
                        "lengths": list(map(len, packed)),
                    }
                ).encode(),
                b"\n",
                *packed,
            ]
        )
        start = stop
        shards.clear()


def write_batch(batch: bytes) -> bytes:
    """Writes some shards. Gives the digests of the files, in JSON. May be done twice."""
    line, _, proofs = batch.partition(b"\n")
    given = json.loads(line)
    folder, root = Path(given["folder"]), given["root"]
    head = f'{{"format":"{FORMAT}","root":"{root}",'
    entries = zip(given["accounts"], given["holdings"], given["lengths"], strict=True)
    written = []
    at = 0
    for name, count in given["shards"]:
        lines = []
        for account, holding, length in islice(entries, count):
            # One call for all nodes, cut into those of 32 bytes by commas.
            nodes = proofs[at : at + length].hex(",", WORD).replace(",", '","0x')
            at += length
            nodes = f'["0x{nodes}"]' if length else "[]"
            lines.append(f'"{account}":{{"holding":"{holding}","proof":{nodes}}}')
            if given["single"]:
                text = f'{head}"account":"{account}","holding":"{holding}","proof":{nodes}}}\n'
                written.append(_write(folder, f"{ACCOUNTS}/{account[:4]}/{account}.json", text))
        text = f'{head}"proofs":{{{",".join(lines)}}}}}\n'
        written.append(_write(folder, f"{PROOFS}/0x{name}.json", text))
    return json.dumps(written).encode()


def _write(folder: Path, name: str, text: str) -> Digest:
    data = text.encode()
    with open(f"{folder}/{name}", "wb", buffering=0) as file:
        file.write(data)
    return name, hashlib.sha256(data).hexdigest()


def _object(path: Path) -> Any:
    try:
        content = json.loads(read_text(path))
    except json.JSONDecodeError:
        raise InputError("not JSON") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise InputError(f"not of the format {FORMAT}")
    return content
