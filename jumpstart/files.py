"""Files: text read whole, and written whole or not at all. Knows no format."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jumpstart.errors import InputError


def read_text(path: Path) -> str:
    """The UTF-8 text of a file. Raises `InputError` when it cannot be read as such."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8 text: byte {error.start}") from None


def write_text(path: Path, text: str) -> None:
    """Replaces a file in one step, so that nobody ever sees half of it.

    Raises `InputError` naming the file when it cannot be written.
    """
    with replaced(path) as draft:
        draft.write_text(text, encoding="utf-8", newline="")


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """The same for what is written bit by bit: a draft, which takes the file's place at the end."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        try:
            yield draft
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from None
