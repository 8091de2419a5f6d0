"""Addresses of nodes and signers: whether they are of this machine, and how they may be shown."""

from urllib.parse import urlsplit

from jumpstart.errors import InputError


def is_here(url: str) -> bool:
    """Whether the address is one of this machine."""
    return urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1")


def shown_url(url: str) -> str:
    """The address without what providers put keys into."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname}{port}"


def check_url(option: str, url: str) -> None:
    """Raises `InputError`, naming the option, for what is no address of a node."""
    try:
        parts = urlsplit(url)
        is_good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port out of range, brackets that do not close
        is_good = False
    if not is_good:
        raise InputError(f"{option}: expected an address such as http://127.0.0.1:8545")
