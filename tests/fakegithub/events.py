"""The payloads that workflows find in their event file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakegithub.looks import issue, issue_comment, pull_request, review_comment
from fakegithub.users import repository, user

if TYPE_CHECKING:
    from fakegithub.world import World

# What webhooks leave out of a pull request.
_BRIEF = frozenset({"mergeable", "rebaseable"})


def payload(world: World, name: str, action: str | None, number: int | None, extra: dict[str, Any]) -> dict[str, Any]:
    """Give the payload of an event.

    Args:
        world: The world.
        name: Such as ``pull_request``.
        action: Such as ``opened``; None where the event has none.
        number: Of the pull request, where there is one.
        extra: ``comment_id`` and ``sender`` are understood, the rest is put in as it is.
    """
    extra = dict(extra)
    comment_id, sender = extra.pop("comment_id", None), extra.pop("sender", None)
    body: dict[str, Any] = {} if action is None else {"action": action}
    if name == "workflow_dispatch":
        body |= {"inputs": {}, "ref": f"refs/heads/{world.default_branch}", "workflow": ".github/workflows/review.yml"}
        sender = sender or world.owner
    else:
        if number is None:
            raise ValueError(f"{name} needs the number of a pull request")
        details, author = _about(world, name, number, comment_id)
        body |= details
        sender = sender or author
    body |= {"repository": repository(world), "sender": user(world, sender)}
    return {**body, **extra}


def _about(world: World, name: str, number: int, comment_id: int | None) -> tuple[dict[str, Any], str]:
    """Give what the event is about, and who did it."""
    pull = world.pulls[number]
    if name == "issue_comment":
        comment = world.comments[comment_id or 0]
        return {"issue": issue(world, pull), "comment": issue_comment(world, comment)}, comment.login
    shown = {key: value for key, value in pull_request(world, pull).items() if key not in _BRIEF}
    if name == "pull_request_review_comment":
        inline = world.review_comments[comment_id or 0]
        return {"comment": review_comment(world, inline), "pull_request": shown}, inline.login
    if name in {"pull_request", "pull_request_target"}:
        return {"number": number, "pull_request": shown}, pull.author
    raise ValueError(f"no such event: {name}")
