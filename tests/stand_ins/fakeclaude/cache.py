"""The prompt cache, accounted for as the real one does."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fakeclaude.prompt import Prompt

# A breakpoint finds what was cached up to so many blocks before it, itself included.
LOOKBACK = 20
_SECONDS = {"5m": 300.0, "1h": 3600.0}


@dataclass(frozen=True)
class Bill:
    """What of a prompt came from the cache, what goes there, and what remains.

    Attributes:
        read: Tokens that were read.
        written: Tokens that will be written, by how long they stay.
        rest: Tokens that are neither.
        covered: How many characters of the texts were read.
    """

    read: int
    written: dict[str, int]
    rest: int
    covered: int

    def usage(self, output: int, thought: int = 0) -> dict[str, Any]:
        """Give it as the interface reports it, with the tokens of the answer."""
        usage: dict[str, Any] = {
            "input_tokens": self.rest,
            "cache_creation_input_tokens": sum(self.written.values()),
            "cache_read_input_tokens": self.read,
            "output_tokens": output,
        }
        if thought:
            usage["output_tokens_details"] = {"thinking_tokens": thought}
        return usage

    @property
    def creation(self) -> dict[str, int]:
        """Give what is written, by how long it stays, as the interface names it."""
        return {f"ephemeral_{ttl}_input_tokens": self.written.get(ttl, 0) for ttl in _SECONDS}


@dataclass
class Cache:
    """What was cached, until when.

    Attributes:
        minimum: How many tokens a prefix must have to be cached.
    """

    minimum: int
    _entries: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def bill(self, prompt: Prompt) -> Bill:
        """Tell what of a prompt is there now; reading keeps it there."""
        with self._lock:
            end = self._longest(prompt)
        read = prompt.sizes[end - 1] if end else 0
        written: dict[str, int] = {}
        done = read
        for place in self._worthy(prompt):
            if prompt.sizes[place] > done:
                ttl = prompt.blocks[place].ttl or "5m"
                written[ttl] = written.get(ttl, 0) + prompt.sizes[place] - done
                done = prompt.sizes[place]
        return Bill(read, written, prompt.total - done, prompt.characters(end))

    def write(self, prompt: Prompt) -> None:
        """Keep a prompt up to each of its breakpoints: to be called when its answer begins."""
        with self._lock:
            for place in self._worthy(prompt):
                until = time.monotonic() + _SECONDS[prompt.blocks[place].ttl or "5m"]
                self._entries[prompt.keys[place]] = max(until, self._entries.get(prompt.keys[place], 0))

    def forget(self) -> None:
        """Lose everything, as after a pause."""
        with self._lock:
            self._entries.clear()

    def _worthy(self, prompt: Prompt) -> list[int]:
        return [place for place in prompt.breakpoints if prompt.sizes[place] >= self.minimum]

    def _longest(self, prompt: Prompt) -> int:
        """Give how many blocks are cached."""
        now = time.monotonic()
        for place in reversed(prompt.breakpoints):
            for candidate in range(place, max(place - LOOKBACK, -1), -1):
                if self._entries.get(prompt.keys[candidate], 0) > now:
                    return candidate + 1
        return 0
