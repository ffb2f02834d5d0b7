"""A message goes out: at the pace of its script, with what goes wrong on the way."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fakeclaude.events import PING, events, wire
from fakeclaude.faults import PAGE
from fakeclaude.server import JSON

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from fakeclaude.answer import Message
    from fakeclaude.faults import Fault
    from fakeclaude.server import Wire

_PARTS = 100
_PING_SECONDS = 0.05


@dataclass(frozen=True)
class Player:
    """Sends one answer.

    Attributes:
        way: Back to the client.
        headers: Of the answer.
        ending: Set when nobody waits any longer.
        done: To be called before the last byte.
    """

    way: Wire
    headers: dict[str, str]
    ending: threading.Event
    done: Callable[[], None]

    def instead(self, fault: Fault) -> None:
        """Send what there is instead of an answer."""
        if fault.kind == "drip-headers":
            self._drip(fault, self.way.drip)
        if fault.kind in {"drip-headers", "hang", "reset-before"}:
            if fault.kind == "hang":
                self.ending.wait(fault.seconds)
            self.done()
            self.way.reset()
            return
        self.done()
        if fault.kind == "redirect":
            self.way.send(fault.status, b"", "text/html", {**self.headers, "location": fault.location})
            return
        status = 502 if fault.kind == "502-html" else 200
        self.way.send(status, PAGE.encode(), "text/html; charset=utf-8", self.headers)

    def whole(self, message: Message, fault: Fault | None, spread: float) -> None:
        """Send a message at once, when all of it is there."""
        self.ending.wait(spread)
        content = json.dumps(message.whole()).encode()
        if fault is None:
            self.done()
            self.way.send(200, content, JSON, self.headers)
            return
        part = content[: len(content) * fault.kept(_PARTS) // _PARTS]
        if fault.kind == "cut":
            self.done()
            self.way.send(200, part, JSON, self.headers)
            return
        self.way.send(200, part, JSON, self.headers, promised=len(content))
        if fault.kind in {"drip", "pings", "stall"}:
            self.ending.wait(fault.seconds)
        self._hang_up(fault)

    def stream(self, message: Message, fault: Fault | None, spread: float) -> None:
        """Send a message as events."""
        found = events(message)
        sent = found if fault is None else found[: fault.kept(len(found))]
        self.way.begin(self.headers)
        for number, event in enumerate(sent, 1):
            if fault is None and number == len(sent):
                self.done()
            self.way.piece(wire(event))
            if spread:
                self.ending.wait(spread / len(found))
        if fault is not None:
            self._break(fault)
        if fault is None or fault.kind in {"cut", "error-event", "pings"}:
            self.done()
            self.way.end()
        else:
            self._hang_up(fault)

    def _break(self, fault: Fault) -> None:
        if fault.kind == "error-event":
            self.way.piece(wire(fault.error().body()))
        elif fault.kind == "pings":
            until = time.monotonic() + fault.seconds
            while time.monotonic() < until and not self.ending.wait(_PING_SECONDS):
                self.way.piece(wire(PING))
        elif fault.kind == "drip":
            self._drip(fault, lambda: self.way.piece(b":"))
        elif fault.kind == "stall":
            self.ending.wait(fault.seconds)

    def _drip(self, fault: Fault, byte: Callable[[], None]) -> None:
        """Send a byte now and then, of what never ends."""
        until = time.monotonic() + fault.seconds
        while time.monotonic() < until and not self.ending.wait(_PING_SECONDS):
            byte()

    def _hang_up(self, fault: Fault) -> None:
        self.done()
        if fault.kind == "close-mid":
            self.way.close()
        else:
            self.way.reset()
