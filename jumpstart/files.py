"""Files: text read whole, and written whole or not at all. Knows no format."""

import os
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
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        try:
            draft.write_text(text, encoding="utf-8", newline="")
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from None
