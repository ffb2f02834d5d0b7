"""What a review with a model tells while it runs: whoever waits at a terminal, else the log."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from reviewbot.core.logs import get_logger
from reviewbot.core.telling import nobody
from reviewbot.core.text import printable

if TYPE_CHECKING:
    from reviewbot.core.review import Usage
    from reviewbot.core.telling import Tell
    from reviewbot.llm.budget import Budget
    from reviewbot.llm.job import Job

log = get_logger()


class Progress:
    """Counts bundles.

    Args:
        total: How many there are.
        budget: What was spent so far.
        tell: Who waits; where that is nobody the log has a line for each event.
    """

    def __init__(self, total: int, budget: Budget, tell: Tell = nobody) -> None:
        self._total = total
        self._budget = budget
        self._done = 0
        self._lock = threading.Lock()
        self._tell = tell

    def asking(self, what: str, job: Job) -> None:
        """Tell which call begins."""
        self._say(f"{what} {job.bundle.paths[0]}")
        if self._tell is nobody:
            log.info("asking", what=what, agent=job.agent.name, **_files(job))

    def done(self, job: Job) -> None:
        """Tell that a bundle is through, whatever came of it."""
        with self._lock:
            self._done += 1
            spent = self._budget.spent
            self._say(f"done {job.bundle.paths[0]}")
            if self._tell is nobody:
                log.info(
                    "bundle done",
                    bundle=f"{self._done}/{self._total}",
                    **_files(job),
                    tokens=_tokens(spent),
                    cost_usd=round(spent.cost_usd, 4),
                )

    def end(self) -> None:
        """Tell that the model has nothing more to say."""
        self._tell("model", "")

    def _say(self, words: str) -> None:
        spent = self._budget.spent
        done = f"{self._done} of {self._total} bundles done"
        self._tell("model", f"{done}, {_tokens(spent):,} tokens, ${spent.cost_usd:.2f}, {words}")


def _tokens(spent: Usage) -> int:
    return spent.input_tokens + spent.cache_read_tokens + spent.cache_write_tokens + spent.output_tokens


def _files(job: Job) -> dict[str, object]:
    paths = job.bundle.paths
    return {"file": printable(paths[0]), "more": len(paths) - 1} if len(paths) > 1 else {"file": printable(paths[0])}
