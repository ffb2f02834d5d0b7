"""What can go wrong between a client and Claude, on demand."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import jsonschema

from fakeclaude.journal import MESSAGES
from fakeclaude.refusals import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fakeclaude.words import Ask, Call, Say

# Instead of an answer: an error, a page, or nothing at all.
INSTEAD = frozenset(
    {"429", "500", "529", "status", "502-html", "drip-headers", "html-200", "hang", "redirect", "reset-before"}
)
# In the middle of an answer.
MIDDLE = frozenset({"close-mid", "cut", "drip", "error-event", "pings", "reset-mid", "stall"})
# In the text of an answer.
TEXT = frozenset({"broken-json", "empty", "empty-text", "huge", "other-shape", "text"})
KINDS = INSTEAD | MIDDLE | TEXT

PAGE = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n"
_LIMIT = "This request would exceed your organization's rate limit of 30,000 input tokens per minute."


@dataclass
class Fault:
    """Something that goes wrong with a request that is valid.

    Attributes:
        kind: One of ``KINDS``.
        at: The number of the request it happens to, counted for each path since the start or the last reset.
        match: Whether it happens to a request.
        times: To how many matching requests it happens.
        path: To which call.
        retry_after: What the header ``Retry-After`` says; None leaves it out.
        status: Of the answer of the kinds ``status`` and ``redirect``.
        location: Where a ``redirect`` leads.
        message: In an error.
        keep: How many events are sent before it, counted from the end if negative; None is half of them. Of an
            answer that is not streamed, that many of 100 parts of its bytes.
        seconds: How long it lasts, at most.
        text: Of the kind ``text``.
        size: Characters added by the kind ``huge``.
    """

    kind: str
    at: int | None = None
    match: Callable[[Ask], bool] | None = None
    times: int = 1
    path: str = MESSAGES
    retry_after: float | str | None = None
    status: int = 500
    location: str = ""
    message: str = ""
    keep: int | None = None
    seconds: float = 60.0
    text: str | None = None
    size: int = 1_000_000

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no such fault: {self.kind}")

    def error(self) -> RefusedError:
        """Give the error that it is, or that comes in the middle of a stream."""
        headers = {} if self.retry_after is None else {"retry-after": str(self.retry_after)}
        if self.kind == "429":
            return RefusedError(429, self.message or _LIMIT, headers=headers)
        if self.kind in {"529", "error-event"}:
            return RefusedError(529, self.message or "Overloaded", headers=headers)
        status = 500 if self.kind == "500" else self.status
        return RefusedError(status, self.message or "Internal server error", headers=headers)

    def kept(self, parts: int) -> int:
        """Tell how many of the parts of an answer are sent."""
        if self.keep is None:
            return parts // 2
        return max(self.keep + parts, 0) if self.keep < 0 else min(self.keep, parts)

    def spoil(self, ask: Ask, say: Say) -> Say:
        """Change the text of an answer, or make calls of tools huge or a text; nobody checks it any more."""
        text = say.text or ""
        if say.calls and self.kind == "huge":
            return replace(say, calls=tuple(_huge_call(call, self.size) for call in say.calls), checked=False)
        new = {
            "broken-json": text[: max(len(text) // 2, 1)] if text else "{",
            "empty": None,
            "empty-text": "",
            "other-shape": json.dumps({"unexpected": ["shape"]}),
            "text": self.text,
        }
        spoilt = _huge(ask, text, self.size) if self.kind == "huge" else new[self.kind]
        thinking = () if self.kind == "empty" else say.thinking
        return replace(say, text=spoilt, thinking=thinking, calls=(), checked=False)


@dataclass
class Faults:
    """The faults to come, and the counts of requests they refer to."""

    _waiting: list[Fault] = field(default_factory=list)
    _counts: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, *faults: Fault) -> None:
        """Let them happen."""
        with self._lock:
            self._waiting += faults

    def reset(self) -> None:
        """Forget all faults, and count from 1 again."""
        with self._lock:
            self._waiting.clear()
            self._counts.clear()

    def begin(self, ask: Ask) -> Fault | None:
        """Count a request; give what happens to it."""
        with self._lock:
            count = self._counts[ask.path] = self._counts.get(ask.path, 0) + 1
            for fault in self._waiting:
                meant = fault.at == count or (fault.match is not None and fault.match(ask))
                if fault.times and fault.path == ask.path and meant:
                    fault.times -= 1
                    return fault
        return None


def _huge(ask: Ask, text: str, size: int) -> str:
    """Add to the first string in a JSON text that may be longer; or to the text, if it has none."""
    try:
        value = json.loads(text)
    except ValueError:
        return text + "x" * size
    for holder, place in _strings(value):
        before = holder[place]
        holder[place] = before + "x" * size
        if ask.schema is None or jsonschema.Draft202012Validator(ask.schema).is_valid(value):
            return json.dumps(value)
        holder[place] = before
    return text + " " * size


def _huge_call(call: Call, size: int) -> Call:
    """Add to the first string that a tool is given, if there is one."""
    given = json.loads(json.dumps(call.input))
    for holder, place in _strings(given):
        holder[place] += "x" * size
        break
    return replace(call, input=given)


def _strings(value: Any) -> Iterator[tuple[Any, Any]]:
    places = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for place, inner in list(places):
        if isinstance(inner, str):
            yield value, place
        else:
            yield from _strings(inner)
