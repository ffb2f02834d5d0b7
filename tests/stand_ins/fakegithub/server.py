"""The loopback server: bytes in, bytes out, and the faults in between."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from fakegithub.http import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from fakegithub.faults import Fault

_NOTHING = object()
# What stands for the host that gives archives.
CODELOAD = "/codeload"


@dataclass(frozen=True)
class Arrival:
    """A request that came in.

    Attributes:
        number: Counted since the fake was made.
        counted: Counted since the faults were reset.
        method: As in HTTP.
        path: Below the base of the interface.
        body: JSON.
        authorization: The header.
        fault: What happens to it.
    """

    number: int
    counted: int
    method: str
    path: str
    body: Any
    authorization: str | None
    fault: Fault | None


class Served:
    """What the handler needs of the fake.

    Attributes:
        prefix: Of all paths of the REST interface.
        graphql: Path of GraphQL.
        answer: Processes a request: method, path, body, headers.
        begin: Counts a request: method, path, body, authorization.
        done: Writes the journal and calls who waits, before the answer is sent.
    """

    def __init__(
        self,
        prefix: str,
        answer: Callable[[str, str, Any, dict[str, str]], Answer],
        begin: Callable[[str, str, Any, str | None], Arrival],
        done: Callable[[Arrival, Answer | None], None],
    ) -> None:
        self.prefix = prefix
        self.graphql = "/api/graphql" if prefix else "/graphql"
        self.answer = answer
        self.begin = begin
        self.done = done
        self.ending = threading.Event()
        self.connections: set[socket.socket] = set()


class Handler(BaseHTTPRequestHandler):
    """Answers the requests of one connection."""

    protocol_version = "HTTP/1.1"
    server_version = "GitHub.com"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16
    served: Served

    def setup(self) -> None:
        """Remember the connection, to be able to close it."""
        super().setup()
        self.served.connections.add(self.connection)

    def finish(self) -> None:
        """Forget the connection; the client may be gone already."""
        self.served.connections.discard(self.connection)
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

    def _serve(self) -> None:
        served = self.served
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        body: Any = None
        if raw:
            try:
                body = json.loads(raw)
            except ValueError:
                body = _NOTHING
        parts = urlsplit(self.path)
        whole = parts.path + (f"?{parts.query}" if parts.query else "")
        path = "/graphql" if parts.path == served.graphql else whole.removeprefix(served.prefix)
        known = path == "/graphql" or whole.startswith((f"{served.prefix}/", f"{CODELOAD}/"))
        shown = None if body is _NOTHING else body
        arrival = served.begin(self.command, path, shown, self.headers.get("authorization"))
        fault = arrival.fault
        answer: Answer | None = None
        if fault is None or fault.processed:
            answer = self._processed(path, body, known=known)
        cut = fault is not None and fault.kind == "cut"
        if fault is not None and not cut:
            answer = fault.answer()
        served.done(arrival, answer)
        if fault is not None and fault.kind.startswith("hang"):
            served.ending.wait(fault.seconds)
        if fault is not None and fault.kind.startswith("drip"):
            self._drip(fault)
        elif answer is None:
            self._cut()
        else:
            self._send(answer, cut=cut)

    def _processed(self, path: str, body: Any, *, known: bool) -> Answer:
        if not known:
            return Answer(404, {"message": "Not Found", "documentation_url": "https://docs.github.com/rest"})
        if body is _NOTHING:
            return Answer(
                400, {"message": "Problems parsing JSON", "documentation_url": "https://docs.github.com/rest"}
            )
        headers = {name.lower(): value for name, value in self.headers.items()}
        return self.served.answer(self.command, path, body, headers)

    def _send(self, answer: Answer, *, cut: bool) -> None:
        if answer.content is not None:
            content = answer.content
        elif answer.text is not None:
            content = answer.text.encode(errors="replace")
        else:
            content = b"" if answer.status == 204 else json.dumps(answer.json).encode()
        self.send_response(answer.status)
        headers = {
            "content-type": answer.kind,
            "x-ratelimit-limit": "5000",
            "x-ratelimit-remaining": "4999",
            "x-ratelimit-reset": str(int(time.time()) + 3600),
            "x-github-request-id": f"FAKE:{id(answer):X}",
            **answer.headers,
        }
        for name, value in headers.items():
            self.send_header(name, value)
        if answer.status != 204:
            self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if cut else content)
        self.wfile.flush()
        if cut:
            self._cut()

    def _drip(self, fault: Fault) -> None:
        """Send a byte now and then: of a header, or of a body, neither of which ends."""
        opened = (
            b"" if fault.kind == "drip-headers" else b"content-type: application/json\r\ncontent-length: 9999\r\n\r\n"
        )
        self.connection.sendall(b"HTTP/1.1 200 OK\r\n" + opened)
        until = time.monotonic() + fault.seconds
        while time.monotonic() < until and not self.served.ending.wait(0.05):
            self.connection.sendall(b" " if opened else b"x")
        self._cut()

    def _cut(self) -> None:
        """Close the connection in such a way that the client sees a reset."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.served.connections.discard(self.connection)
        self.connection.close()
        self.close_connection = True

    def do_GET(self) -> None:
        """Answer it."""
        self._serve()

    def do_POST(self) -> None:
        """Answer it."""
        self._serve()

    def do_PATCH(self) -> None:
        """Answer it."""
        self._serve()

    def do_PUT(self) -> None:
        """Answer it."""
        self._serve()

    def do_DELETE(self) -> None:
        """Answer it."""
        self._serve()
