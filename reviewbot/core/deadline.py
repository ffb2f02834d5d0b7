"""How long something may take: the whole run, and one piece of work that only ends when others let it."""

from __future__ import annotations

import queue
import re
import threading
import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")

_TIME = re.compile(r"([0-9]{1,6})([smh]?)")
_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}


class Deadline:
    """When a run has to come to its end; whoever takes long looks at it, and names what is left undone.

    Args:
        seconds: From now; None for never.
        clock: Seconds since some moment; tests pass their own.
    """

    def __init__(self, seconds: float | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self._clock = clock
        self._began = clock()

    @property
    def left(self) -> float | None:
        """Seconds that are left, negative where it is past; None for any number."""
        return None if self.seconds is None else self._began + self.seconds - self._clock()

    @property
    def closing(self) -> bool:
        """Whether so little is left, a tenth, that nothing is begun which takes minutes."""
        return self.seconds is not None and self.left is not None and self.left <= self.seconds / 10

    @property
    def over(self) -> bool:
        """Whether nothing new is begun."""
        return self.left is not None and self.left <= 0


NEVER = Deadline()


def seconds_of(text: str) -> float | None:
    """Read a time as people write it: ``90``, ``90s``, ``15m``, ``1h``; None for 0, which is no limit.

    Raises:
        ValueError: It is none.
    """
    match = _TIME.fullmatch(text)
    if match is None:
        raise ValueError(f"`{text}` is no time such as 90s or 15m")
    return int(match[1]) * _UNITS[match[2]] or None


def within(seconds: float, work: Callable[[], Result]) -> Result:
    """Do what waits for others, as a server that may send a byte now and then; give the result.

    Nothing can end it from outside, so it gets a thread of its own, which is left to itself when the time is over.

    Args:
        seconds: How long it may take.
        work: What to do.

    Raises:
        TimeoutError: It took longer.
        BaseException: Whatever the work raises.
    """
    done: queue.SimpleQueue[tuple[Result | None, BaseException | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            done.put((work(), None))
        except BaseException as error:  # noqa: BLE001 - it is raised again in the thread that waits
            done.put((None, error))

    threading.Thread(target=run, daemon=True).start()
    try:
        result, error = done.get(timeout=max(0.0, seconds))
    except queue.Empty:
        raise TimeoutError(f"it took longer than {seconds:g} seconds") from None
    if error is not None:
        raise error
    return result  # type: ignore[return-value]  # the work's own None is one
