"""Pages as tests read them."""

from html.parser import HTMLParser

from jumpstart.pages.numerals import THIN_SPACE


class Page(HTMLParser):
    """What a page consists of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.headings: list[str] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
        if self._open and self._open[-1] == "h2":
            self.headings.append(data)

    def count(self, tag: str) -> int:
        """How many elements of this name there are."""
        return sum(name == tag for name, _ in self.tags)

    def words(self) -> str:
        """Its text in one line, with ordinary spaces."""
        return " ".join(" ".join(self.texts).replace(THIN_SPACE, " ").split())

    def attributes(self, tag: str, name: str) -> list[str | None]:
        """One attribute of all elements of a name."""
        return [attributes.get(name) for found, attributes in self.tags if found == tag]
