"""Places: the line of every key that tomllib sees, in any way of writing TOML down."""

import tomllib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jumpstart.lint.places import Path, Places, written

DOCUMENT = '''\
title = "one" # not = a key
"quoted key" = 1
'single' = 2
a.b . c = 3
date = 1979-05-27 07:32:00Z

[table]
text = """
[not.a.table]
key = "no" \\"""
""""
raw = \'\'\'
[[nor]] this'\'\'\'
list = [ # a comment, with ]
  1, [ "]", "," ],
  { x = 1, y.z = [
    5,
  ] },
]
[ other . "in quotes" ]
k = {}

[[rows]]
name = "first"
[rows.sub]
deep = true
[[rows.sub.more]]
[[rows]]
[[rows.more]]
name = "#"
[table.late]
[x.y]
[x]
'''

LINES: dict[Path, int] = {
    ("title",): 1,
    ("quoted key",): 2,
    ("single",): 3,
    ("a",): 4,
    ("a", "b"): 4,
    ("a", "b", "c"): 4,
    ("date",): 5,
    ("table",): 7,
    ("table", "text"): 8,
    ("table", "raw"): 12,
    ("table", "list"): 14,
    ("table", "list", 0): 15,
    ("table", "list", 1): 15,
    ("table", "list", 1, 0): 15,
    ("table", "list", 1, 1): 15,
    ("table", "list", 2): 16,
    ("table", "list", 2, "x"): 16,
    ("table", "list", 2, "y"): 16,
    ("table", "list", 2, "y", "z"): 16,
    ("table", "list", 2, "y", "z", 0): 17,
    ("other",): 20,
    ("other", "in quotes"): 20,
    ("other", "in quotes", "k"): 21,
    ("rows",): 23,
    ("rows", 0): 23,
    ("rows", 0, "name"): 24,
    ("rows", 0, "sub"): 25,
    ("rows", 0, "sub", "deep"): 26,
    ("rows", 0, "sub", "more"): 27,
    ("rows", 0, "sub", "more", 0): 27,
    ("rows", 1): 28,
    ("rows", 1, "more"): 29,
    ("rows", 1, "more", 0): 29,
    ("rows", 1, "more", 0, "name"): 30,
    ("table", "late"): 31,
    ("x",): 33,
    ("x", "y"): 32,
}


def paths_of(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every path that leads to something."""
    if path:
        yield path
    if isinstance(value, dict):
        for key, each in value.items():
            yield from paths_of(each, (*path, key))
    elif isinstance(value, list):
        for row, each in enumerate(value):
            yield from paths_of(each, (*path, row))


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_every_way_of_writing_a_key_has_its_line(newline: str) -> None:
    """Strings and comments that look like TOML are none."""
    text = DOCUMENT.replace("\n", newline)
    assert Places(text).lines == LINES
    assert set(LINES) == set(paths_of(tomllib.loads(text)))


def test_what_is_missing_stands_where_it_would_belong() -> None:
    """In the nearest table that is there, or in the first line."""
    places = Places(DOCUMENT)
    assert places.line_of(("table", "gone", "too")) == 7
    assert places.line_of(("rows", 1, "gone")) == 28
    assert places.line_of(("gone",)) == places.line_of(()) == 1


def test_paths_are_written_as_in_a_file() -> None:
    """Indices from 0; a key that needs quotes has them."""
    assert written(("sessions", 0, "start")) == "sessions[0].start"
    assert written(("a", 'b "c" \\', 1, 2)) == r'a."b \"c\" \\"[1][2]'
    assert written(()) == ""


# ------------------------------------------------------------------------------------------ drawn

PIECES = ("=", "[", "]", "{", "}", "#", ",", ".", "'", " ", "0", "[[t]]", "k = 1", "é", "-")
BLANK = st.sampled_from(["", " ", "\t", "  "])


class Writer:
    """Writes a drawn document down, and notes the line of every key that it writes.

    Every key is new, so that nothing is defined twice.
    """

    def __init__(self, draw: Callable[..., Any]) -> None:
        self.draw = draw
        self.text = ""
        self.lines: dict[Path, int] = {}
        self._keys = 0

    @property
    def line(self) -> int:
        return self.text.count("\n") + 1

    def put(self, *pieces: str) -> None:
        for piece in pieces:
            self.text += piece

    def blank(self) -> None:
        self.put(self.draw(BLANK))

    def space(self) -> None:
        """Where an array may break the line."""
        for _ in range(self.draw(st.integers(0, 2))):
            self.put(self.draw(st.sampled_from([" ", "\n", "\r\n", "# ] no, \"'''\n"])))

    def end(self) -> None:
        self.put(self.draw(st.sampled_from(["\n", "\r\n", " # [x] = '\n", '\n\n# """\n'])))

    def note(self, path: Path) -> None:
        self.lines.setdefault(path, self.line)

    def key(self) -> tuple[str, str]:
        """A new key, and one of its spellings."""
        self._keys += 1
        name = f"k{self._keys}"
        odd = name + self.draw(st.sampled_from([" ", ".", "[", '"', "#", "é", "="]))
        drawn: tuple[str, str] = self.draw(
            st.sampled_from(
                [
                    (name, name),
                    (name, f'"{name}"'),
                    (name, f"'{name}'"),
                    (name, f'"\\u006b{self._keys}"'),
                    (odd, '"' + odd.replace('"', '\\"') + '"'),
                    (odd, f"'{odd}'"),
                ]
            )
        )
        return drawn

    def dotted(self, table: Path) -> Path:
        """Keys with points between them, each noted."""
        path = table
        for number in range(self.draw(st.integers(1, 3))):
            if number:
                self.put(".")
            name, spelling = self.key()
            path = (*path, name)
            self.note(path)
            self.blank()
            self.put(spelling)
            self.blank()
        return path

    def pair(self, table: Path, depth: int) -> None:
        path = self.dotted(table)
        self.put("=")
        self.blank()
        self.value(path, depth)

    def value(self, path: Path, depth: int) -> None:
        kinds = ["scalar", "string"] + (["array", "table"] if depth else [])
        match self.draw(st.sampled_from(kinds)):
            case "scalar":
                scalars = [
                    "0",
                    "-1.5e3",
                    "true",
                    "1979-05-27 07:32:00Z",
                    "07:32:00.5",
                    "0xaf",
                    "nan",
                ]
                self.put(self.draw(st.sampled_from(scalars)))
            case "string":
                self.string()
            case "array":
                self.array(path, depth - 1)
            case "table":
                self.table(path, depth - 1)

    def string(self) -> None:
        inside = "".join(self.draw(st.lists(st.sampled_from(PIECES), max_size=5)))
        quote = self.draw(st.sampled_from(['"', "'", '"""', "'''"]))
        if "'" in quote:
            inside = inside.replace("'", "")
        else:
            inside += self.draw(st.sampled_from(["", '\\"', "\\\\", '\\\\\\"']))
        if len(quote) == 3:
            inside = (
                "\n" + inside + self.draw(st.sampled_from(["", "\n", "\r\n[k]\n", quote[0] * 2]))
            )
        self.put(quote, inside, quote)

    def array(self, path: Path, depth: int) -> None:
        self.put("[")
        count = self.draw(st.integers(0, 3))
        for row in range(count):
            self.space()
            self.note((*path, row))
            self.value((*path, row), depth)
            self.space()
            if row < count - 1 or self.draw(st.booleans()):
                self.put(",")
        self.space()
        self.put("]")

    def table(self, path: Path, depth: int) -> None:
        self.put("{")
        for number in range(self.draw(st.integers(0, 2))):
            if number:
                self.put(",")
            self.pair(path, depth)
        self.blank()
        self.put("}")

    def pairs(self, table: Path) -> None:
        for _ in range(self.draw(st.integers(0, 3))):
            self.pair(table, 2)
            self.end()

    def header(
        self, name: str, spelling: str, above: tuple[Path, str], rows: dict[Path, int]
    ) -> None:
        """A table or a row of an array, under one that is there."""
        base, prefix = above
        path = (*base, name)
        is_row = path in rows or self.draw(st.booleans())
        if is_row:
            self.note(path)
            rows[path] = rows.get(path, -1) + 1
            path = (*path, rows[path])
        self.note(path)
        self.put("[[" if is_row else "[", prefix, spelling, "]]" if is_row else "]")
        self.end()
        self.pairs(path)

    def document(self) -> None:
        self.pairs(())
        rows: dict[Path, int] = {}
        for _ in range(self.draw(st.integers(0, 3))):
            name, spelling = self.key()
            for _ in range(self.draw(st.integers(1, 3))):
                self.header(name, spelling, ((), ""), rows)
                if (name,) not in rows:
                    base: Path = (name,)
                else:
                    base = (name, rows[name,])
                if self.draw(st.booleans()):
                    below, its = self.key()
                    self.header(below, its, (base, f"{spelling} . "), rows)
                if (name,) not in rows:
                    break


@given(st.data())
@settings(max_examples=150, deadline=None, derandomize=True, database=None)
def test_drawn_documents_have_every_key_at_its_line(data: st.DataObject) -> None:
    """What tomllib sees is what is found, and nothing else; each where it was written."""
    writer = Writer(data.draw)
    writer.document()
    assert Places(writer.text).lines == writer.lines
    assert set(paths_of(tomllib.loads(writer.text))) == set(writer.lines)
