"""A server of a site, for one's own machine: static files, and nothing else."""

import gzip
import io
import threading
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from jumpstart.errors import InputError
from jumpstart.site.site import HTML

HOST: Final = "127.0.0.1"

_HEADERS: Final = {
    # Beside the policy in the page itself, which cannot say this.
    "Content-Security-Policy": "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
    "Cache-Control": "no-cache",
}
_TEXTS: Final = {".html", ".js", ".css", ".json"}
_PATIENCE: Final = 30  # seconds for one request


class SiteServer:
    """Serves a folder while the context lasts. `port` 0: any that is free."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        handler = partial(_Handler, directory=str(folder))
        try:
            self._server = ThreadingHTTPServer((HOST, port), handler)
        except (OSError, OverflowError) as error:
            raise InputError(f"--port: {HOST}:{port}: {error}") from None
        self._server.daemon_threads = True
        self.url = f"http://{HOST}:{self._server.server_port}/"

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(SimpleHTTPRequestHandler):
    timeout = _PATIENCE
    server_version = "jumpstart"
    sys_version = ""
    extensions_map = {  # noqa: RUF012 (as the class it extends has it)
        ".html": "text/html; charset=utf-8",
        ".js": "text/javascript; charset=utf-8",
        ".css": "text/css; charset=utf-8",
        ".json": "application/json",
        "": "application/octet-stream",
    }

    def send_head(self) -> Any:
        """As hosts do: compressed, where it is text and whoever asks takes that."""
        path = Path(self.translate_path(self.path))
        path = path / HTML if self.path.partition("?")[0].endswith("/") else path
        is_asked = "gzip" in self.headers.get("Accept-Encoding", "")
        if not (is_asked and path.suffix in _TEXTS and path.is_file()):
            return super().send_head()
        content = gzip.compress(path.read_bytes(), mtime=0)
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Vary", "Accept-Encoding")
        self.end_headers()
        return io.BytesIO(content)

    def end_headers(self) -> None:
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        super().end_headers()

    def list_directory(self, path: Any) -> None:
        self.send_error(404)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the name of the library)
        """Says nothing."""
