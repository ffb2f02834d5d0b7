"""What a workflow run is about: the event and its payload.

The payload is GitHub's and grows: keys we do not know are ignored. Its texts are untrusted; a comment counts as it
was when the run was triggered, whatever it says by now.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reviewbot.core import forms
from reviewbot.core.errors import ConfigError, UsageError
from reviewbot.github.pull import PullRef, named

REVIEWED = ("opened", "synchronize", "reopened", "ready_for_review")
_PULL = frozenset({"pull_request", "pull_request_target"})
_COMMENT = frozenset({"issue_comment", "pull_request_review_comment"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A comment that may be a command.

    Attributes:
        id: Its number.
        body: Its text when the run was triggered.
        author: Login of who wrote it.
        thread: Number of the first comment of its thread, for a comment on a line; else None.
    """

    id: int
    body: str
    author: str
    thread: int | None = None


@dataclass(frozen=True, slots=True)
class Trigger:
    """What to look at.

    Attributes:
        ref: The pull request.
        comment: The comment that triggered the run, or None.
        draft: Whether it is a draft that nobody asked to review.
        forked: Whether the run may have a token that can only read: the pull request of a fork, or Dependabot's.
    """

    ref: PullRef
    comment: Asked | None = None
    draft: bool = False
    forked: bool = False


class _Model(forms.BaseModel):
    model_config = forms.ConfigDict(frozen=True, extra="ignore")


class _User(_Model):
    login: str
    type: str = "User"


class _Repository(_Model):
    full_name: str


class _Branch(_Model):
    repo: _Repository | None = None


class _Pull(_Model):
    number: int
    draft: bool = False
    head: _Branch = _Branch()


class _Issue(_Model):
    number: int
    pull_request: dict[str, Any] | None = None


class _Comment(_Model):
    id: int
    body: str | None = None
    user: _User | None = None
    in_reply_to_id: int | None = None


class _Event(_Model):
    action: str = ""
    repository: _Repository
    pull_request: _Pull | None = None
    issue: _Issue | None = None
    comment: _Comment | None = None
    sender: _User | None = None


def read(name: str, payload: str, number: int | None = None) -> Trigger | str:
    """Understand an event.

    Args:
        name: ``GITHUB_EVENT_NAME``.
        payload: What stands in the file at ``GITHUB_EVENT_PATH``.
        number: The pull request that the ``pull-request`` input names; it wins over the event's own.

    Returns:
        What to look at, or one sentence why there is nothing to do.

    Raises:
        ConfigError: The payload is not one of GitHub's, or no pull request is named where one must be.
    """
    try:
        event = _Event.model_validate_json(payload)
    except forms.ValidationError as error:
        where, message = forms.first(error, "the file")
        raise ConfigError(f"GITHUB_EVENT_PATH: no payload of GitHub's: {where}: {message}") from error
    if number is not None and name not in _COMMENT:
        return Trigger(_ref(event, number))
    if name in _PULL and event.pull_request:
        return _of_pull(name, event, event.pull_request)
    if name in _COMMENT and event.comment:
        return _of_comment(event, event.comment)
    if name == "workflow_dispatch":
        raise ConfigError("input pull-request: a run started by hand must say which pull request to review")
    return f"Nothing to do for the event {name}: it is not about a pull request."


def _of_pull(name: str, event: _Event, pull: _Pull) -> Trigger | str:
    if event.action not in REVIEWED:
        return f"Nothing to do for {name} ({event.action}): reviews follow {', '.join(REVIEWED)}."
    return Trigger(_ref(event, pull.number), draft=pull.draft, forked=name == "pull_request" and _forked(event, pull))


def _of_comment(event: _Event, comment: _Comment) -> Trigger | str:
    pull = event.pull_request
    if event.action != "created":
        return f"Nothing to do: the comment was {event.action}, and only new comments are commands."
    if pull is None and (event.issue is None or event.issue.pull_request is None):
        return "Nothing to do: the comment is on an issue, not on a pull request."
    if comment.user is None or comment.user.type == "Bot" or comment.user.login.endswith("[bot]"):
        return "Nothing to do: a bot wrote the comment."
    number = pull.number if pull else event.issue.number if event.issue else 0
    asked = Asked(comment.id, comment.body or "", comment.user.login)
    if pull is None:
        return Trigger(_ref(event, number), asked)
    asked = Asked(asked.id, asked.body, asked.author, comment.in_reply_to_id or comment.id)
    return Trigger(_ref(event, number), asked, forked=_forked(event, pull))


def _forked(event: _Event, pull: _Pull) -> bool:
    if event.sender is not None and event.sender.login == "dependabot[bot]":
        return True
    return pull.head.repo is None or pull.head.repo.full_name != event.repository.full_name


def _ref(event: _Event, number: int) -> PullRef:
    try:
        return named(f"{event.repository.full_name}#{number}")
    except UsageError as error:
        raise ConfigError(f"GITHUB_EVENT_PATH: no payload of GitHub's: repository.full_name: {error}") from error
