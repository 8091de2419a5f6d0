"""`jumpstart verify-page`: whether a page, on a disk or on a host, is what this version makes."""

import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urljoin, urlsplit

import typer

from jumpstart.cli.output import Json, emit, emit_json
from jumpstart.errors import InputError, ToolError

EXAMPLE = "Example: jumpstart verify-page https://sale.example/"

_PATIENCE: Final = 30  # seconds for one file
_MOST: Final = 10_000_000  # bytes of one


def verify_page(
    page: Annotated[
        str, typer.Argument(metavar="DIR|URL", help="A folder, or the address of a page.")
    ],
    as_json: Json = False,
) -> None:
    """Compares every byte of a page with what this version of the package makes for its sale, chain and
    node, and prints which these are. The proofs beside it need no comparison: the page verifies each.

    Exit status 0: it is the page of these sources; 1: a file differs; 2: it could not be read.
    """
    from jumpstart.site.site import verify_site

    config, digest = verify_site(_reader(page))
    found = {
        "sale": config.sale,
        "chainId": config.chain_id,
        "rpc": config.rpc,
        "proofs": config.proofs,
        "htmlSha256": digest,
    }
    if as_json:
        emit_json(found)
    else:
        emit("".join(f"{name}  {value}\n" for name, value in found.items()) + "as built\n")


def _reader(page: str) -> Callable[[str], bytes]:
    if urlsplit(page).scheme in ("http", "https"):
        return lambda name: _fetched(page, name)
    return lambda name: _read(Path(page) / name)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None


def _fetched(page: str, name: str) -> bytes:
    url = urljoin(page, name)
    try:
        with urllib.request.urlopen(url, timeout=_PATIENCE) as response:  # noqa: S310 (checked above)
            content: bytes = response.read(_MOST + 1)
    except (OSError, ValueError) as error:
        raise ToolError(f"{url}: {error}") from None
    if len(content) > _MOST:
        raise ToolError(f"{url}: more than {_MOST} bytes")
    return content
