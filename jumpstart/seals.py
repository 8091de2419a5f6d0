"""Seals: files of one JSON object a line in which a changed, a missing or a moved line is noticed.

Each line carries the SHA-256 of the seal before it and its own content. What its lines mean, and who may
write them, is for whoever keeps the file.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

FIRST: Final = "0" * 64
"""In place of a seal before the first line."""


def seal_of(before: str, entry: Mapping[str, Any]) -> str:
    """The seal of an entry, in hexadecimal digits, behind one with the seal `before`."""
    return hashlib.sha256(before.encode() + line_of(entry)).hexdigest()


def line_of(entry: Mapping[str, Any]) -> bytes:
    """An entry as it stands in the file: always the same bytes."""
    return json.dumps(entry, separators=(",", ":"), sort_keys=True).encode() + b"\n"


def read_whole(descriptor: int) -> bytes:
    """All of an open file, which stays open."""
    os.lseek(descriptor, 0, os.SEEK_SET)
    with os.fdopen(os.dup(descriptor), "rb") as file:
        return file.read()


def flush_folder(folder: Path) -> None:
    """Has the names in a folder on the disk: a file is there when its name is, too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
