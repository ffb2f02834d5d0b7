"""The loopback server: bytes in, bytes out."""

from __future__ import annotations

import json
import socket
import struct
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from loopback import Loopback

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Serve = Callable[[str, str, dict[str, str], Any, "Wire"], None]

JSON = "application/json"
# What the interface takes as one request.
LIMIT = 32 * 1024 * 1024
TOO_LARGE = object()


class Wire:
    """The way back to one client.

    Args:
        handler: Of the connection.
    """

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._dripping = False

    def json(self, status: int, body: Any, headers: Mapping[str, str]) -> None:
        """Send an answer in JSON."""
        self.send(status, json.dumps(body).encode(), JSON, headers)

    def send(
        self, status: int, content: bytes, kind: str, headers: Mapping[str, str], *, promised: int | None = None
    ) -> None:
        """Send an answer; a client waits for more if more is promised."""
        length = len(content) if promised is None else promised
        self._head(status, {"content-type": kind, **headers, "content-length": str(length)})
        self._handler.wfile.write(content)
        self._handler.wfile.flush()

    def drip(self) -> None:
        """Send a byte of headers that never end."""
        if not self._dripping:
            self._handler.wfile.write(b"HTTP/1.1 200 OK\r\nx-slow: ")
            self._dripping = True
        self._handler.wfile.write(b"x")
        self._handler.wfile.flush()

    def begin(self, headers: Mapping[str, str]) -> None:
        """Begin an answer that comes in pieces."""
        kind = "text/event-stream; charset=utf-8"
        self._head(200, {"content-type": kind, "cache-control": "no-cache", **headers, "transfer-encoding": "chunked"})
        self._handler.wfile.flush()

    def piece(self, content: bytes) -> None:
        """Send a piece."""
        self._handler.wfile.write(b"%x\r\n%s\r\n" % (len(content), content))
        self._handler.wfile.flush()

    def end(self) -> None:
        """End an answer that comes in pieces, in order."""
        self._handler.wfile.write(b"0\r\n\r\n")
        self._handler.wfile.flush()

    def reset(self) -> None:
        """Close the connection in such a way that the client sees a reset."""
        self._handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def close(self) -> None:
        """Close the connection."""
        handler = self._handler
        handler.connections.discard(handler.connection)
        handler.connection.close()
        handler.close_connection = True

    def _head(self, status: int, headers: Mapping[str, str]) -> None:
        self._handler.send_response(status)
        for name, value in headers.items():
            self._handler.send_header(name, value)
        self._handler.end_headers()


class Handler(BaseHTTPRequestHandler):
    """Answers the requests of one connection."""

    protocol_version = "HTTP/1.1"
    server_version = "cloudflare"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16
    serve: Serve
    connections: set[socket.socket]

    def setup(self) -> None:
        """Remember the connection, to be able to close it."""
        super().setup()
        self.connections.add(self.connection)

    def finish(self) -> None:
        """Forget the connection; the client may be gone already."""
        self.connections.discard(self.connection)
        try:
            super().finish()
        except (OSError, ValueError):
            self.rfile.close()

    def handle_one_request(self) -> None:
        """Answer one request, as long as there is a client."""
        try:
            super().handle_one_request()
        except (ConnectionError, BrokenPipeError):
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Say nothing; there is a journal."""

    def _answer(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        raw = self.rfile.read(length)
        body: Any = None
        if length > LIMIT:
            body = TOO_LARGE
        elif raw:
            try:
                body = json.loads(raw)
            except ValueError:
                body = None
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.serve(self.command, urlsplit(self.path).path, headers, body, Wire(self))

    def do_GET(self) -> None:
        """Answer it."""
        self._answer()

    def do_POST(self) -> None:
        """Answer it."""
        self._answer()


def served(serve: Serve, port: int) -> Loopback:
    """Start a server.

    Args:
        serve: What answers a request: its method, path, headers in lower case, body and the way back.
        port: Where; 0 for any free one.
    """
    connections: set[socket.socket] = set()
    bound = {"serve": staticmethod(serve), "connections": connections}
    return Loopback(type("BoundHandler", (Handler,), bound), connections, port)
