"""Jobs in parallel threads that nobody has to wait for: an interrupted review ends with what is done."""

from __future__ import annotations

import queue
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Generic, TypeVar

from reviewbot.core.deadline import NEVER, Deadline

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Job = TypeVar("Job")
Outcome = TypeVar("Outcome")

# Enough for a change of some hundred files to take as long as one chain of calls; the API's limits are per minute.
AT_ONCE = 24


class Running(Generic[Job, Outcome]):
    """Jobs under way.

    Args:
        work: Does one; it catches what may go wrong with a job.
        jobs: What to do.
        at_once: How many threads there are at most. They are daemons, so that the program can end without them.
    """

    def __init__(self, work: Callable[[Job], Outcome], jobs: Sequence[Job], at_once: int = AT_ONCE) -> None:
        self._work = work
        self._jobs = jobs
        self._waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[tuple[int, Outcome | BaseException]] = queue.SimpleQueue()
        for number in range(len(jobs)):
            self._waiting.put(number)
        for _ in range(min(at_once, len(jobs))):
            threading.Thread(target=self._take, daemon=True).start()

    def outcomes(self, until: Deadline = NEVER) -> tuple[list[Outcome], bool]:
        """Wait for all, or until the time is over; give the outcomes in order, and whether somebody interrupted."""
        outcomes: dict[int, Outcome] = {}
        interrupted = False
        try:
            while len(outcomes) < len(self._jobs):
                left = until.left
                number, outcome = self._done.get(timeout=None if left is None else max(0.0, left))
                if isinstance(outcome, BaseException):
                    raise outcome
                outcomes[number] = outcome
        except queue.Empty:
            _empty(self._waiting)
        except KeyboardInterrupt:
            interrupted = True
            _empty(self._waiting)
        return [outcomes[number] for number in sorted(outcomes)], interrupted

    def _take(self) -> None:
        while True:
            try:
                number = self._waiting.get_nowait()
            except queue.Empty:
                return
            try:
                self._done.put((number, self._work(self._jobs[number])))
            except BaseException as error:  # noqa: BLE001 - it is raised again in the thread that waits
                self._done.put((number, error))


def _empty(waiting: queue.SimpleQueue[int]) -> None:
    """What has not begun is not begun any more."""
    with suppress(queue.Empty):
        while True:
            waiting.get_nowait()
