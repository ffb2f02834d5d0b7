"""An HTTP server on the loopback interface in threads of its own, which ends with all of its connections."""

from __future__ import annotations

import socket
import threading
from http.server import ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection
    from http.server import BaseHTTPRequestHandler


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True
    request_queue_size = 64


class Loopback:
    """A running server.

    Args:
        handler: Answers the requests.
        connections: Those that are open, as the handler keeps them.
        port: Where; 0 for any free one.

    Attributes:
        port: Where.
    """

    def __init__(
        self, handler: type[BaseHTTPRequestHandler], connections: Collection[socket.socket], port: int
    ) -> None:
        self._connections = connections
        self._server = _Server(("127.0.0.1", port), handler)
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End it, with all connections."""
        self._server.shutdown()
        for connection in tuple(self._connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        self._server.server_close()
        self._thread.join()
