"""Jobs in parallel threads that nobody has to wait for: an interrupted review ends with what is done."""

from __future__ import annotations

import queue
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Job = TypeVar("Job")
Outcome = TypeVar("Outcome")

# Enough for a change of some hundred files to take as long as one chain of calls; the API's limits are per minute.
_AT_ONCE = 24


def run_all(work: Callable[[Job], Outcome], jobs: Sequence[Job], at_once: int = _AT_ONCE) -> tuple[list[Outcome], bool]:
    """Do all jobs; give the outcomes in the order of the jobs, and whether somebody interrupted.

    Args:
        work: Does one; it catches what may go wrong with a job.
        jobs: What to do.
        at_once: How many threads there are at most. They are daemons, so that the program can end without them.
    """
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    for number in range(len(jobs)):
        waiting.put(number)
    done: queue.SimpleQueue[tuple[int, Outcome | BaseException]] = queue.SimpleQueue()

    def take() -> None:
        while True:
            try:
                number = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                done.put((number, work(jobs[number])))
            except BaseException as error:  # noqa: BLE001 - it is raised again in the thread that waits
                done.put((number, error))

    for _ in range(min(at_once, len(jobs))):
        threading.Thread(target=take, daemon=True).start()
    outcomes: dict[int, Outcome] = {}
    interrupted = False
    try:
        while len(outcomes) < len(jobs):
            number, outcome = done.get()
            if isinstance(outcome, BaseException):
                raise outcome
            outcomes[number] = outcome
    except KeyboardInterrupt:
        interrupted = True
        _empty(waiting)
    return [outcomes[number] for number in sorted(outcomes)], interrupted


def _empty(waiting: queue.SimpleQueue[int]) -> None:
    """What has not begun is not begun any more."""
    with suppress(queue.Empty):
        while True:
            waiting.get_nowait()
