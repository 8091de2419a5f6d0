"""Draft: a folder that appears whole, or not at all.

It is made beside its place under a name with a dot, by one process at a time, and exchanged for what
stood there in one step. What a killed process left of one is removed by the next.
"""

import ctypes
import fcntl
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from jumpstart.errors import InputError
from jumpstart.snapshot import manifest

_HERE: Final = -100  # AT_FDCWD: paths are from the current folder
_EXCHANGE: Final = 2  # RENAME_EXCHANGE


def check_replaceable(out: Path, kept: Iterable[Path]) -> None:
    """Raises `InputError` when something stands at `out` that no snapshot made, or it has one of the
    `kept` files in it.
    """
    if not os.path.lexists(out):
        return
    if not out.is_dir() or (any(out.iterdir()) and not _is_snapshot(out)):
        raise InputError(f"{out}: exists and is no snapshot, which could be replaced")
    for path in kept:
        if path.resolve().is_relative_to(out.resolve()):
            raise InputError(f"{path}: stands in {out}, which would be replaced")


@contextmanager
def begun(out: Path) -> Iterator[Path]:
    """An empty folder beside `out`, removed in the end. Raises `InputError` when there can be none,
    or another process has it.
    """
    folder = out.with_name(f".{out.name}.draft")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise InputError(f"{out}: cannot be written: {error.strerror}") from None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Who had it may have removed it meanwhile.
            is_ours = folder.exists() and os.path.samestat(os.fstat(descriptor), folder.stat())
        except BlockingIOError:
            is_ours = False
        if not is_ours:
            raise InputError(f"{out}: another process is writing it")
        try:
            _empty(folder)
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(descriptor)


def publish(folder: Path, out: Path) -> None:
    """Moves a folder to `out`. What stood there, if anything did, stands at `folder` then."""
    if not os.path.lexists(out):
        folder.rename(out)
        return
    if not _exchanged(folder, out):  # by this file system: nearly at once, then
        aside = folder.with_name("aside")
        out.rename(aside)
        try:
            folder.rename(out)
        except OSError:
            aside.rename(out)
            raise
        aside.rename(folder)


def _exchanged(one: Path, other: Path) -> bool:
    with suppress(AttributeError, OSError):
        rename = ctypes.CDLL(None).renameat2
        return bool(rename(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0)
    return False


def _is_snapshot(folder: Path) -> bool:
    try:
        content = json.loads((folder / manifest.NAME).read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and content.get("format") == manifest.FORMAT


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
