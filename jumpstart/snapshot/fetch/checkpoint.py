"""Checkpoint: what has been fetched, kept in a folder so that a killed fetch goes on where it was.

`checkpoint.jsonl` has one JSON object a line, each sealed with the hash of the seal before it; half a
line at the end, which is what a killed process leaves, is dropped. A part is on the disk before its
line is, and a line before anything is built on it.

    begin   what is fetched, of which chain
    part    these blocks are there: a file of rows (none where there are no rows), and pins
    back    blocks after this one are not: the chain has replaced them, or the disk has lost them
    end     the rows up to a block stand in these files

Knows no chain: whether a pin still holds is asked by who fetches.
"""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jumpstart import seals
from jumpstart.errors import CheckError, InputError
from jumpstart.snapshot.fetch.tables import GROUP_ROWS, Layout, write_files
from jumpstart.snapshot.manifest import sha256_of

NAME: Final = "checkpoint.jsonl"
_PARTS: Final = "parts"
_FILES: Final = "files"
_DRAFT: Final = ".files"


@dataclass(frozen=True, kw_only=True)
class Part:
    """The rows of the blocks `first` to `last`. `pins` are the hashes of blocks that make it of this
    chain: that of the last, and of each that was not final when it was read.
    """

    first: int
    last: int
    rows: int
    sha256: str
    pins: Sequence[tuple[int, str]]

    @property
    def name(self) -> str:
        return f"{self.first:012}-{self.last:012}.parquet"


class Checkpoint:
    """An open folder, held by this process alone. Make it with `Checkpoint.opened`."""

    def __init__(self, folder: Path, descriptor: int, layout: Layout) -> None:
        self._folder = folder
        self._descriptor = descriptor
        self._layout = layout
        self._seal = seals.FIRST
        self.parts: list[Part] = []
        self._end: Mapping[str, Any] | None = None

    @classmethod
    @contextmanager
    def opened(cls, folder: Path, question: Mapping[str, Any], layout: Layout) -> Iterator[Self]:
        """The folder, made where there is none; `question` says what is fetched.

        Raises `InputError` when another process has it or it has another question, `CheckError` for a
        line that is not as it was written.
        """
        path = folder / NAME
        try:
            (folder / _PARTS).mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
        except OSError as error:
            raise InputError(f"{path}: cannot be opened: {error.strerror}") from None
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise InputError(f"{folder}: another process is fetching into it") from None
            if not path.exists() or not os.path.samestat(os.fstat(descriptor), path.stat()):
                raise InputError(f"{folder}: another process is fetching into it")
            self = cls(folder, descriptor, layout)
            self._load(path, {"layout": layout.name, **question})
            yield self
        finally:
            os.close(descriptor)

    @property
    def first(self) -> int | None:
        """The first block that is there; None before there is one."""
        return self.parts[0].first if self.parts else None

    @property
    def last(self) -> int | None:
        """The last block that is there; None before there is one."""
        return self.parts[-1].last if self.parts else None

    @property
    def rows(self) -> int:
        return sum(part.rows for part in self.parts)

    def add(
        self, first: int, last: int, batches: Sequence[Any], pins: Sequence[tuple[int, str]]
    ) -> None:
        """Writes the rows of these blocks, and returns once they are on the disk."""
        table = pa.Table.from_batches(batches, schema=self._layout.schema)
        digest = ""
        part = Part(first=first, last=last, rows=table.num_rows, sha256=digest, pins=pins)
        if table.num_rows:
            sink = pa.BufferOutputStream()
            pq.write_table(
                table.combine_chunks(), sink, compression="zstd", row_group_size=GROUP_ROWS
            )
            content = sink.getvalue().to_pybytes()
            self._write_part(part, content)
            part = Part(**{**vars(part), "sha256": hashlib.sha256(content).hexdigest()})
        self._append({"entry": "part", **asdict(part)})
        self.parts.append(part)

    def go_back(self, last: int) -> None:
        """Forgets every part with a block after `last`."""
        self._append({"entry": "back", "last": last})
        self._forget_after(last)
        self._remove_strays()

    def write_files(self, through: int, pin: str) -> list[Path]:
        """Writes the rows up to block `through`, whose hash is `pin`, to Parquet files of fixed sizes, or
        finds them written.

        Raises `LostError` for a part that is not as it was written.
        """
        target = self._folder / _FILES
        name = {"through": through, "pin": pin}
        if self._end is not None and name.items() <= self._end.items():
            paths = [target / each for each in self._end["files"]]
            sums = self._end["files"].values()
            if all(path.is_file() for path in paths) and [*map(sha256_of, paths)] == [*sums]:
                return paths
        draft = self._folder / _DRAFT
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir()
        written = list(write_files(self._batches(through), self._layout, draft))
        sums_by_name = {path.name: sha256_of(path) for path in written}
        shutil.rmtree(target, ignore_errors=True)
        os.rename(draft, target)
        seals.flush_folder(target)
        seals.flush_folder(self._folder)
        self._end = {"entry": "end", **name, "files": sums_by_name}
        self._append(self._end)
        return [target / path.name for path in written]

    # ------------------------------------------------------------------------------------ the lines

    def _load(self, path: Path, question: Mapping[str, Any]) -> None:
        raw = seals.read_whole(self._descriptor)
        whole = raw[: raw.rfind(b"\n") + 1]
        for number, line in enumerate(whole.splitlines(), 1):
            try:
                entry = json.loads(line)
                stated = entry.pop("seal")
            except (ValueError, KeyError, AttributeError, TypeError):
                raise CheckError(f"{path}: line {number} is no entry of a checkpoint") from None
            self._seal = seals.seal_of(self._seal, entry)
            if stated != self._seal:
                raise CheckError(
                    f"{path}: line {number} has the seal {stated}, its content and those before make "
                    f"{self._seal}: the file was changed"
                )
            self._take(entry, path, question)
        if len(whole) < len(raw):
            os.ftruncate(self._descriptor, len(whole))
        if not whole:
            self._append({"entry": "begin", **question})
        self._remove_strays()

    def _take(self, entry: dict[str, Any], path: Path, question: Mapping[str, Any]) -> None:
        match entry.pop("entry"):
            case "begin":
                for name, wanted in question.items():
                    # Not every node has the first block.
                    is_known = name != "genesis" or None not in (wanted, entry.get(name))
                    if is_known and entry.get(name) != wanted:
                        raise InputError(
                            f"{path}: {name} is {entry.get(name)}, expected {wanted}: it is of another fetch"
                        )
            case "part":
                pins = [(block, pin) for block, pin in entry.pop("pins")]
                self.parts.append(Part(**entry, pins=pins))
            case "back":
                self._forget_after(entry["last"])
            case "end":
                self._end = entry

    def _forget_after(self, last: int) -> None:
        self.parts = [part for part in self.parts if part.last <= last]
        if self._end is not None and self._end["through"] > last:
            self._end = None

    def _append(self, entry: Mapping[str, Any]) -> None:
        seal = seals.seal_of(self._seal, entry)
        line = seals.line_of({**entry, "seal": seal})
        try:
            if os.write(self._descriptor, line) != len(line):
                raise OSError(0, "the disk is full")
            os.fsync(self._descriptor)
        except OSError as error:
            raise InputError(
                f"{self._folder / NAME}: cannot be written: {error.strerror}"
            ) from None
        self._seal = seal

    # ------------------------------------------------------------------------------------ the parts

    def _write_part(self, part: Part, content: bytes) -> None:
        path = self._folder / _PARTS / part.name
        try:
            with path.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise InputError(f"{path}: cannot be written: {error.strerror}") from None
        seals.flush_folder(path.parent)

    def _batches(self, through: int) -> Iterator[Any]:
        for part in self.parts:
            if part.first > through or not part.rows:
                continue
            path = self._folder / _PARTS / part.name
            if not path.is_file() or sha256_of(path) != part.sha256:
                raise LostError(part)
            for batch in pq.ParquetFile(path).iter_batches(GROUP_ROWS):
                if part.last <= through:
                    yield batch
                else:
                    yield batch.filter(pc.less_equal(batch.column("block_number"), through))

    def _remove_strays(self) -> None:
        """Files of parts whose lines were never written, or taken back."""
        known = {part.name for part in self.parts if part.rows}
        for path in (self._folder / _PARTS).iterdir():
            if path.name not in known:
                path.unlink()


class LostError(Exception):
    """A part is not there, or not as it was written."""

    def __init__(self, part: Part) -> None:
        super().__init__(part.name)
        self.part = part


def begun_at(folder: Path) -> int | None:
    """The first block of the fetch in a folder; None where there is none."""
    try:
        with (folder / NAME).open("rb") as file:
            first = json.loads(file.readline())["first"]
    except (OSError, ValueError, KeyError, TypeError):
        return None  # what is wrong is said when it is opened
    return first if isinstance(first, int) else None
