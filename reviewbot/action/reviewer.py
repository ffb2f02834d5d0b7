"""Reviews one pull request: the review is posted, and shown to the runner."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from reviewbot.changes.repository import Repository
from reviewbot.core import files, unreviewed
from reviewbot.core.deadline import NEVER, Deadline
from reviewbot.core.errors import GithubError, OutdatedError, RefusedError
from reviewbot.core.finding import Placement, Severity
from reviewbot.core.reasons import ReasonKind, because
from reviewbot.core.review import Failure, Verdict
from reviewbot.core.telling import Watch
from reviewbot.github.poster import Poster
from reviewbot.output import counting, formats
from reviewbot.output.markdown import bodies
from reviewbot.output.markdown.places import Links
from reviewbot.output.verdict_line import headline
from reviewbot.review import engines, pull_request
from reviewbot.review.outcome import exit_code

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewbot.action.inputs import Inputs
    from reviewbot.action.runner import Runner
    from reviewbot.core.review import Review
    from reviewbot.github.client import Client
    from reviewbot.github.decisions import Rules
    from reviewbot.github.events import Trigger
    from reviewbot.review.pull_request import Reviewed

REVIEW_FILE = "reviewbot-review.json"


class Reviewer:
    """Reviews one pull request.

    Args:
        runner: Where outputs go.
        client: How to talk to GitHub.
        inputs: What the workflow asks for.
        trigger: What it is about.
        rules: How to post.
        until: When the run has to be done.
    """

    def __init__(
        self, runner: Runner, client: Client, inputs: Inputs, trigger: Trigger, rules: Rules, until: Deadline = NEVER
    ) -> None:
        self._until = until
        self.runner = runner
        self.client = client
        self.inputs = inputs
        self.trigger = trigger
        self.rules = replace(rules, name=_name(inputs.overrides.agent))

    def review(self, *, full: bool = False, agent: str | None = None) -> int:
        """Review, post, and give the exit code.

        Args:
            full: Whether to comment as if for the first time.
            agent: The agent that reviews every file, for this once.

        Raises:
            ReviewbotError: There is no review, or it could not be posted.
        """
        overrides = replace(self.inputs.overrides, agent=(agent,)) if agent else self.inputs.overrides
        for last in (False, True):
            asking = pull_request.Asking(
                overrides,
                lambda config: engines.of(config, self.inputs.claude, until=self._until),
                self.inputs.config,
                self._checkout(),
                self.rules.name,
                full,
                watch=Watch(until=self._until),
                secret=self.inputs.claude.get("ANTHROPIC_API_KEY", ""),
            )
            reviewed = pull_request.review(self.client, self.trigger.ref, asking)
            incremental = reviewed.settings.config.incremental and not full
            judged = pull_request.remembered(reviewed)
            try:
                return self._post(reviewed, replace(self.rules, incremental=incremental, judged=judged))
            except OutdatedError as error:
                if last:
                    raise
                self.runner.say(f"{error}; starting over")
        raise AssertionError("the second turn returns or raises")

    def _checkout(self) -> Repository | None:
        """Give the workspace, which the runner says is this job's, and which never belongs to a container's root."""
        workspace = self.runner.workspace
        return Repository(workspace, foreign=True) if workspace is not None else None

    def _post(self, reviewed: Reviewed, rules: Rules) -> int:
        """Post, and show it to the runner; a token that cannot write leaves the job summary and annotations."""
        review, url = reviewed.review, ""
        asked = self.trigger.comment is not None or self.inputs.pull_request is not None
        poster = Poster(self.client, self.trigger.ref)
        failure: GithubError | None = None
        try:
            if review.assignments or review.failures or asked or poster.has_spoken(rules):
                posted = poster.post(review, reviewed.changes, rules)
                review, url = posted.review, posted.summary_url
            else:
                self.runner.say("no agent reviews this change, so nothing is posted; the job summary says why")
        except OutdatedError:
            raise
        except RefusedError as error:
            if not (error.status == 403 and self.trigger.forked):
                failure = error
            self.runner.say(f"nothing can be posted with this token: {error}")
        except GithubError as error:
            failure = error
        if failure is not None:
            failures = (*review.failures, Failure("posting", str(failure)))
            review = replace(review, failures=failures, verdict=Verdict.INCOMPLETE)
        self._show(review, reviewed, url)
        return exit_code(review, reviewed.settings.config)

    def _show(self, review: Review, reviewed: Reviewed, url: str) -> None:
        self.runner.account.reviewed(review)
        shown = counting.shown(review)
        what = unreviewed.remark(review) if review.verdict is Verdict.NOT_REVIEWED else headline(review)
        numbers = {str(level): str(sum(f.severity is level for f in shown)) for level in Severity}
        file = self._save(review, reviewed)
        self.runner.output(
            verdict=str(review.verdict),
            **numbers,
            cost_usd=f"{review.usage.cost_usd:.4f}",
            review_file=file,
            summary_url=url,
        )
        told, links = review if url else _unposted(review), Links(page=self.rules.page)
        self.runner.summary(bodies.summary(told, links, seconds=self.runner.account.seconds))
        if not url:
            self.runner.commands(formats.render("annotations", review, reviewed.changes))
        for failed in review.failures:
            self.runner.say(f"failed: {failed.stage}: {failed.message}")
        self.runner.say(f"{self.trigger.ref}: {what}{f', see {url}' if url else ''}")

    def _save(self, review: Review, reviewed: Reviewed) -> str:
        """Write the review for later steps; give its path relative to the workspace."""
        if self.runner.workspace is None:
            return ""
        text = formats.render("json", review, reviewed.changes)
        try:
            files.write(self.runner.workspace, PurePath(REVIEW_FILE), text)
        except OSError as error:
            self.runner.say(f"{REVIEW_FILE}: cannot be written: {error.strerror}")
            return ""
        return REVIEW_FILE


def _unposted(review: Review) -> Review:
    """Give a review for the job summary alone, which then has to say what the comments would have said."""
    reason = because(ReasonKind.NOT_POSTED)
    return replace(
        review,
        findings=tuple(
            replace(finding, placement=Placement.SUMMARY, placement_reason=reason)
            if finding.placement is Placement.INLINE
            else finding
            for finding in review.findings
        ),
    )


def _name(agents: Sequence[str]) -> str:
    """Give the name of the summary: a workflow that forces agents keeps its own."""
    return re.sub(r"[^A-Za-z0-9._-]", "-", "+".join(agents)) or "-"
