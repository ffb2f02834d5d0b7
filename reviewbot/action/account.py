"""One line of the log for whoever runs the Action for many repositories: what a run was about and what it came to."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from reviewbot.core.finding import Severity
from reviewbot.core.logs import get_logger
from reviewbot.output import counting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviewbot.core.review import Review
    from reviewbot.github.client import Client
    from reviewbot.github.pull import PullRef

log = get_logger()


class Account:
    """What is known of a run so far; what never came to be is left out of the line.

    Args:
        environment: The step's: the run's number and the event.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        run, attempt = environment.get("GITHUB_RUN_ID", ""), environment.get("GITHUB_RUN_ATTEMPT", "")
        self._began = time.monotonic()
        self._client: Client | None = None
        self._known: dict[str, Any] = {
            "id": f"{run}-{attempt}" if attempt else run,
            "on": environment.get("GITHUB_EVENT_NAME", ""),
        }

    @property
    def seconds(self) -> float:
        """How long the run has taken so far."""
        return time.monotonic() - self._began

    def about(self, ref: PullRef, client: Client) -> None:
        """Note the pull request, and who asks GitHub."""
        self._client = client
        self._known |= {"repository": f"{ref.owner}/{ref.repo}", "pull_request": ref.number}

    def reviewed(self, review: Review) -> None:
        """Note what a review came to."""
        shown, usage = counting.shown(review), review.usage
        tokens = usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens
        self._known |= {
            "agents": ",".join(dict.fromkeys(assignment.agent for assignment in review.assignments)),
            "files": len(review.coverage.files),
            **{str(level): sum(finding.severity is level for finding in shown) for level in Severity},
            "failures": len(review.failures),
            "calls": usage.calls,
            "tokens_in": tokens,
            "tokens_out": usage.output_tokens,
            "cost_usd": round(usage.cost_usd, 4),
        }

    def closed(self, outcome: str, code: int) -> None:
        """Write the line.

        Args:
            outcome: The verdict, or `skipped`, or the kind of the error.
            code: The exit code.
        """
        requests = self._client.requests if self._client is not None else 0
        log.info(
            "run", **self._known, requests=requests, seconds=round(self.seconds, 1), outcome=outcome, exit_code=code
        )
