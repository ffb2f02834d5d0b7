"""What can go wrong between a client and GitHub, on demand."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fakegithub.http import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

KINDS = frozenset(
    {
        "502",
        "502-after",
        "cut",
        "drip",
        "drip-headers",
        "garbage",
        "reset-before",
        "reset-after",
        "hang",
        "hang-after",
        "html",
        "html-after",
        "secondary-403",
        "secondary-429",
        "primary",
        "other-shape",
        "redirect",
        "status",
        "status-after",
    }
)
SECONDARY = (
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. "
    "If you reach out to GitHub Support for help, please include the request ID."
)
_DOCUMENTATION = "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api"
_PAGE = "<!DOCTYPE html>\n<html><head><title>Unicorn! &middot; GitHub</title></head><body>We are down.</body></html>\n"
_PAGES = {
    "502": Answer(502, text="<html><body><h1>502 Bad Gateway</h1></body></html>", kind="text/html"),
    "garbage": Answer(200, content=bytes(range(256)) * 64, kind="application/x-gzip"),
    "html": Answer(200, text=_PAGE, kind="text/html; charset=utf-8"),
}


@dataclass
class Fault:
    """Something that happens to a request instead of its answer.

    Attributes:
        kind: One of ``KINDS``; those that end in ``-after`` happen after the request was processed. The answer to a
            ``cut`` request breaks off in the middle; that to a ``drip`` comes a byte now and then, without end.
        at: The number of the request it happens to, counted since the start or the last reset.
        match: Whether it happens to a request, by method, path and body.
        times: To how many matching requests it happens.
        seconds: How long it hangs or drips, at most.
        retry_after: What the header ``Retry-After`` of a secondary limit says; None leaves it out.
        status: Of the answer of the kinds ``status`` and ``redirect``.
        location: Where a ``redirect`` leads.
        message: In that answer.
        shape: The JSON of an ``other-shape``, which nobody asked for.
        reset_in: After how many seconds the primary limit ends.
    """

    kind: str
    at: int | None = None
    match: Callable[[str, str, Any], bool] | None = None
    times: int = 1
    seconds: float = 60.0
    retry_after: int | None = 60
    status: int = 500
    message: str = "Server Error"
    location: str = ""
    reset_in: int = 60
    shape: Any = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no such fault: {self.kind}")

    @property
    def processed(self) -> bool:
        """Whether the request has its effect all the same."""
        return self.kind.endswith("-after") or self.kind == "cut"

    def answer(self) -> Answer | None:
        """Give what is answered instead; None where the connection is cut before the answer."""
        if self.kind.startswith(("reset", "hang", "drip")):
            return None
        if (page := _PAGES.get(self.kind.removesuffix("-after"))) is not None:
            return page
        if self.kind == "primary":
            return primary(self.reset_in)
        if self.kind.startswith("secondary"):
            return secondary(int(self.kind.removeprefix("secondary-")), self.retry_after)
        if self.kind in {"other-shape", "redirect"}:
            moved = self.kind == "redirect"
            return (
                Answer(self.status, {"message": "Moved"}, {"location": self.location})
                if moved
                else Answer(200, self.shape)
            )
        return Answer(self.status, {"message": self.message, "documentation_url": "https://docs.github.com/rest"})


def primary(reset_in: int) -> Answer:
    """Give the answer to somebody whose requests of the hour are spent; new ones come in that many seconds."""
    message = "API rate limit exceeded for installation ID 1. If you reach out to GitHub Support for help, wait."
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(time.time()) + reset_in)}
    return Answer(403, {"message": message, "documentation_url": _DOCUMENTATION}, headers)


def secondary(status: int, retry_after: int | None) -> Answer:
    """Give the answer to somebody who writes too much."""
    headers = {} if retry_after is None else {"retry-after": str(retry_after)}
    return Answer(status, {"message": SECONDARY, "documentation_url": f"{_DOCUMENTATION}#secondary"}, headers)


@dataclass
class Faults:
    """The faults to come, and the count of requests they refer to."""

    _waiting: list[Fault] = field(default_factory=list)
    _callbacks: dict[int, list[Callable[[], object]]] = field(default_factory=dict)
    count: int = 0

    def add(self, fault: Fault) -> None:
        """Let it happen."""
        self._waiting.append(fault)

    def after(self, number: int, callback: Callable[[], object]) -> None:
        """Call something when a request was processed, before its answer is sent."""
        self._callbacks.setdefault(number, []).append(callback)

    def reset(self) -> None:
        """Forget all faults and callbacks, and count from 1 again."""
        self._waiting.clear()
        self._callbacks.clear()
        self.count = 0

    def begin(self, method: str, path: str, body: Any) -> tuple[int, Fault | None]:
        """Count a request; give its number and what happens to it."""
        self.count += 1
        for fault in self._waiting:
            if fault.times and (
                fault.at == self.count or (fault.match is not None and fault.match(method, path, body))
            ):
                fault.times -= 1
                return self.count, fault
        return self.count, None

    def due(self, number: int) -> list[Callable[[], object]]:
        """Give who waits for this request."""
        return self._callbacks.pop(number, [])
