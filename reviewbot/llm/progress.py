"""What a review with a model tells while it runs, on standard error: one live line on a terminal, else plain lines."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

from reviewbot.core.logs import get_logger
from reviewbot.core.text import printable

if TYPE_CHECKING:
    from reviewbot.core.review import Usage
    from reviewbot.llm.budget import Budget
    from reviewbot.llm.job import Job

log = get_logger()


class Progress:
    """Counts bundles.

    Args:
        total: How many there are.
        budget: What was spent so far.
    """

    def __init__(self, total: int, budget: Budget) -> None:
        self._total = total
        self._budget = budget
        self._done = 0
        self._lock = threading.Lock()
        self._live = sys.stderr.isatty()

    def asking(self, what: str, job: Job) -> None:
        """Tell which call begins."""
        if self._live:
            self._rewrite(f"{what} {job.bundle.paths[0]}")
        else:
            log.info("asking", what=what, agent=job.agent.name, **_files(job))

    def done(self, job: Job) -> None:
        """Tell that a bundle is through, whatever came of it."""
        with self._lock:
            self._done += 1
            spent = self._budget.spent
            if self._live:
                self._rewrite(f"done {job.bundle.paths[0]}")
            else:
                log.info(
                    "bundle done",
                    bundle=f"{self._done}/{self._total}",
                    **_files(job),
                    tokens=_tokens(spent),
                    cost_usd=round(spent.cost_usd, 4),
                )

    def end(self) -> None:
        """Leave the terminal's line clean."""
        if self._live:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def _rewrite(self, words: str) -> None:
        spent = self._budget.spent
        text = f"{self._done}/{self._total} bundles, {_tokens(spent):,} tokens, ${spent.cost_usd:.2f}: {words}"
        sys.stderr.write(f"\r\x1b[K{printable(text)[:110]}")
        sys.stderr.flush()


def _tokens(spent: Usage) -> int:
    return spent.input_tokens + spent.cache_read_tokens + spent.cache_write_tokens + spent.output_tokens


def _files(job: Job) -> dict[str, object]:
    paths = job.bundle.paths
    return {"file": printable(paths[0]), "more": len(paths) - 1} if len(paths) > 1 else {"file": printable(paths[0])}
