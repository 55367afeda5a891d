"""``/metrics`` on a listener of its own, which is open to this machine only."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import socket
from typing import Final

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
LOOPBACK: Final = "127.0.0.1"
_PATIENCE_SECONDS: Final = 10
_OK, _NOT_FOUND = 200, 404


def _handler(page: Callable[[], bytes]) -> type[BaseHTTPRequestHandler]:
    class Answer(BaseHTTPRequestHandler):
        """One request for the page."""

        timeout = _PATIENCE_SECONDS
        server_version, sys_version = "dojang", ""

        def do_GET(self) -> None:
            """The page, or nothing."""
            found = self.path == "/metrics"
            body = page() if found else b""
            self.send_response(_OK if found else _NOT_FOUND)
            self.send_header("Content-Type", MEDIA_TYPE)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
            """Say nothing: who asks for measures is no news."""

    return Answer


@contextmanager
def show_metrics(listener: socket, page: Callable[[], bytes]) -> Iterator[None]:
    """Answer on a listening socket in threads, until the block ends; the socket stays open."""
    server = ThreadingHTTPServer(listener.getsockname()[:2], _handler(page), False)  # noqa: FBT003 - do not bind: the socket is given
    server.daemon_threads = True
    server.socket.close()
    server.socket = listener.dup()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
