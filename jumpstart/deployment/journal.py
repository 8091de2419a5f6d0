"""The write-ahead journal: what is about to be done stands on the disk before it is done.

One JSON object a line. Each line carries a seal, the SHA-256 of the seal before it and its own
content, so that a changed, a missing or a moved line is noticed; half a line at the end, which is
what a killed process leaves, was never acted upon and is dropped. Knows no chain.

    begin    what is deployed, by whom, on which chain
    intent   a transaction as it will be sent, signed, with its number
    sent     a node has taken it
    mined    it is in this block              gone      it is no longer
    failed   it was mined, and refused        replaced  another one took its number
    checked  what it was for is true          found     it was true without us
    passed   what other people had to do is done
    end      everything is checked, the record is written
"""

import errno
import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self, TypeAlias

from jumpstart import seals
from jumpstart.errors import CheckError, InputError

Entry: TypeAlias = Mapping[str, Any]


class Journal:
    """An open journal, held by this process alone. Make it with `Journal.opened`."""

    def __init__(self, path: Path, descriptor: int, entries: list[Entry], seal: str) -> None:
        self.path = path
        self._descriptor = descriptor
        self._entries = entries
        self._seal = seal

    @classmethod
    @contextmanager
    def opened(cls, path: Path, *, new: bool = False) -> Iterator[Self]:
        """The journal in a file; with `new` there must be none yet.

        Raises `InputError` when there is one, none, or another process has it, `CheckError` for a
        line that is not as it was written.
        """
        flags = os.O_RDWR | os.O_APPEND | (os.O_CREAT if new else 0)
        try:
            if new:
                _make_folder(path.parent)
            descriptor = os.open(path, flags, 0o644)
        except FileNotFoundError:
            raise InputError(f"{path}: there is no such deployment to resume") from None
        except OSError as error:
            raise InputError(f"{path}: cannot be opened: {error.strerror}") from None
        is_ours = False
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise InputError(f"{path}: another process is at this deployment") from None
            # Who had it may have removed it meanwhile: what is written to it then is on no disk.
            if not path.exists() or not os.path.samestat(os.fstat(descriptor), path.stat()):
                raise InputError(f"{path}: another process is at this deployment")
            is_ours = True
            raw = seals.read_whole(descriptor)
            entries, seal, length = _parsed(path, raw)
            if new and entries:
                raise InputError(f"{path}: this deployment has begun, resume it")
            if length < len(raw):
                os.ftruncate(descriptor, length)
            seals.flush_folder(path.parent)
            yield cls(path, descriptor, entries, seal)
        finally:
            if new and is_ours and os.fstat(descriptor).st_size == 0:
                path.unlink(missing_ok=True)  # nothing was begun
            os.close(descriptor)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All entries, in their order."""
        return tuple(self._entries)

    def append(self, kind: str, **content: Any) -> Entry:
        """Writes an entry, and returns once it is on the disk. Raises `InputError` when it is not."""
        entry = {"entry": kind, **content}
        seal = seals.seal_of(self._seal, entry)
        line = seals.line_of({**entry, "seal": seal})
        before = os.fstat(self._descriptor).st_size
        try:
            if os.write(self._descriptor, line) != len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(self._descriptor)
        except OSError as error:
            with suppress(OSError):
                os.ftruncate(self._descriptor, before)
            raise InputError(f"{self.path}: cannot be written: {error.strerror}") from None
        self._entries.append(entry)
        self._seal = seal
        return entry


def read(path: Path) -> tuple[Entry, ...]:
    """The entries of a journal that another process may be writing. Raises as `Journal.opened`."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    return tuple(_parsed(path, raw)[0])


def _make_folder(folder: Path) -> None:
    """Makes a folder and those above it, and has their names on the disk."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for each in missing:
        seals.flush_folder(each.parent)


def _parsed(path: Path, raw: bytes) -> tuple[list[Entry], str, int]:
    """Entries, the last seal, and how many bytes they take."""
    whole = raw[: raw.rfind(b"\n") + 1]
    entries: list[Entry] = []
    seal = seals.FIRST
    for number, line in enumerate(whole.splitlines(), 1):
        try:
            entry = json.loads(line)
            found = entry.pop("seal")
        except (ValueError, KeyError, AttributeError, TypeError):
            raise CheckError(f"{path}: line {number} is no entry of a journal") from None
        seal = seals.seal_of(seal, entry)
        if found != seal:
            raise CheckError(
                f"{path}: line {number} has the seal {found}, its content and those before "
                f"make {seal}: the file was changed"
            )
        entries.append(entry)
    return entries, seal, len(whole)
