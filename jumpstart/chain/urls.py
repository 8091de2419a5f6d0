"""Addresses of nodes and signers: whether they are of this machine, and how they may be shown."""

from urllib.parse import urlsplit


def is_here(url: str) -> bool:
    """Whether the address is one of this machine."""
    return urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1")


def shown_url(url: str) -> str:
    """The address without what providers put keys into."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname}{port}"
