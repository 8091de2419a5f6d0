"""Where each field of a TOML file stands: from its path to its line.

A scanner of TOML 1.0 that follows keys, tables and brackets, and skips values. What a file means,
and whether it is TOML at all, is for `tomllib`: a text that it refuses is not meant for this module.
"""

import json
import re
import tomllib
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

Path: TypeAlias = tuple[str | int, ...]
"""Keys and, in arrays, indices from 0: `("sessions", 0, "start")`."""

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_BLANK: Final = re.compile(r"[ \t]*")
_SPACE: Final = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_PLAIN: Final = re.compile(r"[^,\]}#\r\n]+")
_STRINGS: Final = {
    # By their first quotes, longest first: what stands up to the last ones.
    '"""': re.compile(r'"""(?:[^\\]|\\.)*?"{3,5}(?!")', re.DOTALL),
    "'''": re.compile(r"'''.*?'{3,5}(?!')", re.DOTALL),
    '"': re.compile(r'"(?:[^"\\]|\\.)*"'),
    "'": re.compile(r"'[^']*'"),
}


def written(path: Path) -> str:
    """The path as a person writes it: `sessions[0].start`; the empty one is the file's."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{_key(step)}" for step in path)
    return "".join(steps).removeprefix(".")


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else json.dumps(key, ensure_ascii=False)


class Places:
    """The lines of a TOML text, from 1, by path."""

    def __init__(self, text: str) -> None:
        self.lines: Mapping[Path, int] = _Scanner(text).lines

    def line_of(self, path: Path) -> int:
        """The line of the path, or of the nearest thing around it that is there; else 1."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


class _Scanner:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._ends = [match.start() for match in re.finditer("\n", text)]
        self._rows: dict[Path, int] = {}  # of each array of tables, so far
        self.lines: dict[Path, int] = {}
        self._document()

    # ---------------------------------------------------------------------------------- documents

    def _document(self) -> None:
        table: Path = ()
        while self._skip(_SPACE) < len(self._text):
            if self._sees("["):
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> Path:
        line, is_row = self._line, self._sees("[[")
        self._at += 2 if is_row else 1
        *above, last = self._keys()
        self._at += 2 if is_row else 1
        path: Path = ()
        for key in above:
            path = self._entered((*path, key), line)
        path = (*path, last)
        if is_row:
            self.lines.setdefault(path, line)
            self._rows[path] = self._rows.get(path, -1) + 1
            path = (*path, self._rows[path])
        # Its own header says best where a table is that others have named before.
        self.lines[path] = line
        return path

    def _entered(self, path: Path, line: int) -> Path:
        self.lines.setdefault(path, line)
        return (*path, self._rows[path]) if path in self._rows else path

    # ---------------------------------------------------------------------------------- pairs

    def _pair(self, table: Path) -> None:
        line, path = self._line, table
        for key in self._keys():
            path = (*path, key)
            self.lines.setdefault(path, line)
        self._at += 1  # the sign between key and value
        self._skip(_BLANK)
        self._value(path)

    def _keys(self) -> Iterator[str]:
        keys = [self._one_key()]
        while self._sees("."):
            self._at += 1
            keys.append(self._one_key())
        return iter(keys)

    def _one_key(self) -> str:
        self._skip(_BLANK)
        first = self._at
        if self._sees('"') or self._sees("'"):
            self._skip(_STRINGS[self._text[first]])
            raw = self._text[first : self._at]
            key: str = tomllib.loads(f"key = {raw}")["key"]
        else:
            self._skip(_BARE)
            key = self._text[first : self._at]
        self._skip(_BLANK)
        return key

    # ---------------------------------------------------------------------------------- values

    def _value(self, path: Path) -> None:
        if self._sees("["):
            self._array(path)
        elif self._sees("{"):
            self._inline_table(path)
        else:
            quotes = (quote for quote in _STRINGS if self._sees(quote))
            self._skip(_STRINGS.get(next(quotes, ""), _PLAIN))

    def _array(self, path: Path) -> None:
        self._at += 1
        row = 0
        while self._skip(_SPACE) >= 0 and not self._sees("]"):
            self.lines[*path, row] = self._line
            self._value((*path, row))
            row += 1
            self._skip(_SPACE)
            self._at += self._sees(",")
        self._at += 1

    def _inline_table(self, path: Path) -> None:
        self._at += 1
        while self._skip(_SPACE) >= 0 and not self._sees("}"):
            self._pair(path)
            self._skip(_SPACE)
            self._at += self._sees(",")
        self._at += 1

    # ---------------------------------------------------------------------------------- reading

    @property
    def _line(self) -> int:
        return bisect_left(self._ends, self._at) + 1

    def _sees(self, text: str) -> bool:
        return self._text.startswith(text, self._at)

    def _skip(self, what: re.Pattern[str]) -> int:
        match = what.match(self._text, self._at)
        if match is None:
            raise AssertionError(f"not TOML in line {self._line}")
        self._at = match.end()
        return self._at
