"""Reviewing a pull request: from a checkout that has its history, else from GitHub alone."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from reviewbot.changes import git
from reviewbot.checks import deferred
from reviewbot.core.errors import OutdatedError, RepositoryError, ReviewFileError
from reviewbot.core.finding import Placement
from reviewbot.core.seals import Seal
from reviewbot.core.telling import UNWATCHED, Watch
from reviewbot.github import pull as pulls
from reviewbot.github import pull_source
from reviewbot.github.state import difference
from reviewbot.python.suggestion import verified
from reviewbot.review import pipeline
from reviewbot.review.placement import anchored, capped
from reviewbot.settings import loading

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviewbot.changes.repository import Repository
    from reviewbot.core.change import ChangeSet
    from reviewbot.core.finding import Finding
    from reviewbot.core.review import Review
    from reviewbot.github.client import Client
    from reviewbot.github.pull import PullRef, PullRequest
    from reviewbot.llm.judge import Judge
    from reviewbot.settings.config import Config
    from reviewbot.settings.loading import Overrides, Settings

_FINGERPRINT = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True)
class Reviewed:
    """A review and what it was made of."""

    changes: ChangeSet
    settings: Settings
    review: Review
    seal: Seal = field(default_factory=Seal)


@dataclass(frozen=True)
class Asking:
    """How a pull request is reviewed.

    Attributes:
        overrides: What wins over the configuration.
        judging: Gives the model for a configuration, or None for the checks alone.
        config: The configuration file on the base branch, or None for the usual one.
        checkout: A repository that may have the commits; its files are never read, only its git objects.
        name: Name of the summary that remembers the review before.
        full: Whether to review everything as if for the first time.
        watch: Who waits for it, and until when.
        secret: What nobody else knows, to know again what we remembered: the model's key.
    """

    overrides: Overrides
    judging: Callable[[Config], Judge | None] = lambda _: None
    config: str | None = None
    checkout: Repository | None = None
    name: str = "-"
    full: bool = False
    watch: Watch = UNWATCHED
    secret: str = field(default="", repr=False)


def review(client: Client, ref: PullRef, asking: Asking) -> Reviewed:
    """Review a pull request with the configuration and the agents of its base branch.

    Args:
        client: How to ask GitHub.
        ref: The pull request.
        asking: How.

    Raises:
        UsageError: There is no such pull request.
        ConfigError, AgentError: What the base branch says cannot be used.
        GithubError: GitHub cannot be asked.
    """
    asking.watch.tell("reading", f"the pull request {ref}")
    pull = pulls.read(client, ref)
    changes = read(client, pull, asking.config, asking.checkout)
    if changes.base_tree is None:
        raise RepositoryError(f"{ref}: the base branch cannot be read")
    chosen = loading.of_tree(changes.base_tree, asking.config, asking.overrides)
    judge, seal = asking.judging(chosen.config), Seal(str(ref), asking.secret)
    if judge is not None:
        from reviewbot.github import threads
        from reviewbot.llm import last_review

        conversation = threads.read(client, ref)
        state = conversation.state(asking.name)
        judged = {} if asking.full or not chosen.config.incremental else state.judged
        said = conversation.statements
        judge = judge.after(last_review.recall(judged, _differences(changes), seal, said, changes, chosen))
    asking.watch.tell("reading", "")
    made = pipeline.review(changes, chosen, deferred.of(chosen), judge, asking.watch)
    return Reviewed(changes, chosen, replace(made, remarks=(*made.remarks, *chosen.remarks)), seal)


def remembered(reviewed: Reviewed) -> dict[str, Any]:
    """Give what the next review need not ask the model again."""
    if "claude" not in reviewed.review.engines:
        return {}
    from reviewbot.llm import last_review

    return last_review.record(reviewed.review, reviewed.settings, _differences(reviewed.changes), reviewed.seal)


def _differences(changes: ChangeSet) -> dict[str, str]:
    return {file.path: difference(file) for file in changes.files}


def read(client: Client, pull: PullRequest, config: str | None, checkout: Repository | None) -> ChangeSet:
    """Read the change from the checkout where that is complete, else from GitHub.

    Raises:
        GithubError: GitHub cannot be asked.
    """
    if checkout is not None and git.complete(checkout, pull.base, pull.head):
        local = git.of(checkout, pull.base, pull.head)
        return replace(local, source="github", title=pull.title, description=pull.body)
    return pull_source.read(client, pull, git.between, also=[config] if config else [])


def placed_anew(review: Review, changes: ChangeSet, max_comments: int) -> Review:
    """Give a saved review as this change allows it; the file may come from a job that nobody trusts.

    Comments stay inline only on lines of the diff and within the limit, and suggestions are proven again.

    Raises:
        OutdatedError: It is the review of another head.
        ReviewFileError: Its fingerprints are none; they stand in our markers.
    """
    if review.source.head != changes.head:
        raise OutdatedError(
            f"the review is of {review.source.head or 'no commit'}, the pull request is at {changes.head}: review again"
        )
    fingerprints = {finding.fingerprint for finding in review.findings}
    if len(fingerprints) < len(review.findings) or not all(map(_FINGERPRINT.fullmatch, fingerprints)):
        raise ReviewFileError("`findings`: the fingerprints are not those that reviewbot gives")
    return replace(review, findings=tuple(capped([_placed(f, changes) for f in review.findings], max_comments)))


def _placed(finding: Finding, changes: ChangeSet) -> Finding:
    suggestion = finding.suggestion
    file = changes.file(finding.path)
    if suggestion is not None:
        text = file.new_text if file is not None else None
        finding = replace(finding, suggestion=verified(text, suggestion) if text is not None else None)
    return anchored(finding, changes) if finding.placement is Placement.INLINE else finding
