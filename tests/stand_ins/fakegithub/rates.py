"""How much GitHub takes of whom, as its documentation has it; a window is as long as a test wants.

Primary: so many requests an hour. Secondary: so many writes a minute and an hour, and so many points a minute, of which
a read costs one and a write five. Each window begins with its first request, and what is refused is not counted.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fakegithub.faults import primary, secondary

if TYPE_CHECKING:
    from fakegithub.http import Answer
    from fakegithub.world import Limits


@dataclass
class Window:
    """What was taken since it began."""

    taken: int = 0
    ends: float = 0.0

    def take(self, points: int, most: int | None, seconds: float) -> float | None:
        """Take some; give the seconds until there is more where there is too little."""
        now = time.monotonic()
        if now >= self.ends:
            self.taken, self.ends = 0, now + seconds
        if most is not None and self.taken + points > most:
            return self.ends - now
        self.taken += points
        return None


@dataclass
class Rates:
    """The windows of whoever asks.

    Attributes:
        limits: How much there is.
        met: How many requests were refused.
    """

    limits: Limits
    met: int = 0
    _requests: Window = field(default_factory=Window)
    _rest: Window = field(default_factory=Window)
    _graphql: Window = field(default_factory=Window)
    _writes: Window = field(default_factory=Window)
    _writes_of_hour: Window = field(default_factory=Window)

    def spent(self) -> Answer | None:
        """Count a request; give the answer where those of the hour are spent."""
        limits = self.limits
        wait = self._requests.take(1, limits.requests, limits.hour)
        return self._refused(primary(math.ceil(wait))) if wait is not None else None

    def too_fast(self, *, writes: bool, graphql: bool) -> Answer | None:
        """Count what a request costs; give the answer where that is too much at once."""
        limits, window = self.limits, self._graphql if graphql else self._rest
        most = limits.graphql_points_per_minute if graphql else limits.points_per_minute
        wait = window.take(5 if writes else 1, most, limits.minute)
        if wait is not None:
            return self._refused(secondary(429, math.ceil(wait)))
        wait = self._writes.take(1, limits.writes_per_minute, limits.minute) if writes else None
        if wait is None and writes:
            wait = self._writes_of_hour.take(1, limits.writes_per_hour, limits.hour)
        return self._refused(secondary(403, math.ceil(wait))) if wait is not None else None

    @property
    def headers(self) -> dict[str, str]:
        """What each answer says of the primary limit."""
        left = max(0, self.limits.requests - self._requests.taken)
        reset = math.ceil(time.time() + max(0.0, self._requests.ends - time.monotonic()))
        return {
            "x-ratelimit-limit": str(self.limits.requests),
            "x-ratelimit-remaining": str(left),
            "x-ratelimit-used": str(self._requests.taken),
            "x-ratelimit-reset": str(reset),
            "x-ratelimit-resource": "core",
        }

    def _refused(self, answer: Answer) -> Answer:
        self.met += 1
        return answer
