"""A site: the page of one sale as files, for any host; and whether files are such a site.

The HTML names sale, chain and node, and the hashes of script and style sheet, so that its own SHA-256
stands for all of it. The proofs beside it need no hash: the page verifies each against the sale's root.
"""

import base64
import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from markupsafe import Markup

from jumpstart.accounts import checksummed, parse_account
from jumpstart.amounts import parse_integer
from jumpstart.chain.urls import check_url
from jumpstart.errors import CheckError, InputError, located
from jumpstart.files import write_text
from jumpstart.pages.environment import environment_of

HTML: Final = "index.html"
BUILT: Final = ("page.css", "page.js", "receipt.js")
"""Of these, `receipt.js` is loaded when somebody asks for a receipt."""

PROOFS: Final = "proofs"

_FOLDER: Final = Path(__file__).parent
_PREFIX: Final = "jumpstart-"


@dataclass(frozen=True, kw_only=True)
class Config:
    """What a page is about. `proofs`: the folder of the proofs beside it; empty: there is none."""

    sale: str
    chain_id: int
    rpc: str
    proofs: str = ""


def html_of(config: Config) -> str:
    """The page's HTML. Same configuration, same bytes."""
    template = environment_of(_FOLDER / "templates").get_template("index.html.j2")
    html: str = template.render(
        config=config,
        node=_origin(config.rpc),
        policy=policy_of(config),
        integrity={name: _integrity(built(name)) for name in BUILT},
        later=Markup(later()),  # noqa: S704 (names and hashes)
    )
    return html


def policy_of(config: Config) -> str:
    """What the page may load and ask: its own files, and the node."""
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src 'self' '{_digest('sha256', later().encode())}'",
            "style-src 'self'",
            "img-src data:",
            f"connect-src 'self' {_origin(config.rpc)}",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types lit-html",
        ]
    )


def later() -> str:
    """The import map: what a script that is loaded later has to hash to."""
    return json.dumps({"integrity": {"./receipt.js": _integrity(built("receipt.js"))}})


def built(name: str) -> bytes:
    """A file that is the same in every site."""
    return (_FOLDER / "built" / name).read_bytes()


def write_site(folder: Path, config: Config, snapshot: Path | None = None) -> str:
    """Writes a site, with the proofs of a snapshot; the SHA-256 of its HTML.

    Raises `InputError` where a file cannot be read or written.
    """
    proofs = None if snapshot is None else snapshot / PROOFS
    if proofs is not None and not (proofs / "index.json").is_file():
        raise InputError(f"--proofs: {proofs / 'index.json'} is not there: no snapshot")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in BUILT:
            (folder / name).write_bytes(built(name))
        if proofs is not None:
            shutil.copytree(proofs, folder / PROOFS, dirs_exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder}: cannot be written: {error.strerror or error}") from None
    html = html_of(config)
    write_text(folder / HTML, html)
    return hashlib.sha256(html.encode()).hexdigest()


def verify_site(read: Callable[[str], bytes]) -> tuple[Config, str]:
    """What a site is about, and the SHA-256 of its HTML. `read` gets a file of it by its name.

    Raises `CheckError` for a file that is not what this version makes of that configuration,
    `InputError` where it names none.
    """
    html = read(HTML)
    with located(HTML):
        config = _configured(html)
    files = {HTML: html_of(config).encode(), **{name: built(name) for name in BUILT}}
    for name, expected in files.items():
        found = html if name == HTML else read(name)
        if found != expected:
            raise CheckError(
                f"{name}: SHA-256 {hashlib.sha256(found).hexdigest()}, this version makes "
                f"{hashlib.sha256(expected).hexdigest()}"
            )
    return config, hashlib.sha256(html).hexdigest()


def _configured(html: bytes) -> Config:
    parser = _Metas()
    parser.feed(html.decode(errors="replace"))
    missing = {"sale", "chain", "rpc", "proofs"} - parser.found.keys()
    if missing:
        raise InputError(f"does not say its {', '.join(sorted(missing))}: no page of a sale")
    with located("sale"):
        sale = checksummed(parse_account(parser.found["sale"]))
    with located("chain"):
        chain_id = parse_integer(parser.found["chain"], least=1)
    check_url("rpc", parser.found["rpc"])
    if parser.found["proofs"] not in ("", PROOFS):
        raise InputError(f"proofs: {parser.found['proofs']!r} is neither empty nor {PROOFS}")
    return Config(
        sale=sale, chain_id=chain_id, rpc=parser.found["rpc"], proofs=parser.found["proofs"]
    )


class _Metas(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        name = named.get("name") or ""
        if tag == "meta" and name.startswith(_PREFIX):
            self.found.setdefault(name.removeprefix(_PREFIX), named.get("content") or "")


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _integrity(content: bytes) -> str:
    return _digest("sha384", content)


def _digest(name: str, content: bytes) -> str:
    return f"{name}-{base64.b64encode(hashlib.new(name, content).digest()).decode()}"
