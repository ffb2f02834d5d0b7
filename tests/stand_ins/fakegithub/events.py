"""The payloads that workflows find in their event file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakegithub.looks import issue, issue_comment, pull_request, review_comment
from fakegithub.users import repository, user

if TYPE_CHECKING:
    from fakegithub.world import World

# What the events for comments leave out of a pull request.
_COUNTED = frozenset({"mergeable", "rebaseable", "mergeable_state", "merged", "merged_by", "maintainer_can_modify"}) | {
    "comments",
    "review_comments",
    "commits",
    "additions",
    "deletions",
    "changed_files",
}


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
        details, author = _about(world, name, action, number, comment_id)
        body |= details
        sender = sender or author
    body |= {"repository": repository(world), "sender": user(world, sender)}
    shown = body.get("pull_request", {})
    for place in (body["repository"], *(shown[side]["repo"] for side in ("head", "base") if side in shown)):
        if place is not None:
            place["custom_properties"] = {}
    return {**body, **extra}


def _about(
    world: World, name: str, action: str | None, number: int, comment_id: int | None
) -> tuple[dict[str, Any], str]:
    """Give what the event is about, and who did it."""
    pull = world.pulls[number]
    if name == "issue_comment":
        comment = world.comments[comment_id or 0]
        about = {key: value for key, value in issue(world, pull).items() if key != "closed_by"}
        return {"issue": about, "comment": issue_comment(world, comment)}, comment.login
    shown = pull_request(world, pull)
    if name == "pull_request_review_comment":
        inline = world.review_comments[comment_id or 0]
        brief = {key: value for key, value in shown.items() if key not in _COUNTED}
        return {"comment": review_comment(world, inline), "pull_request": brief}, inline.login
    if name in {"pull_request", "pull_request_target"}:
        moved = {"before": shown["base"]["sha"], "after": shown["head"]["sha"]} if action == "synchronize" else {}
        # GitHub finds out later whether it can be merged.
        later = {"mergeable": None, "rebaseable": None, "mergeable_state": "unknown"}
        return {"number": number, "pull_request": {**shown, **later}, **moved}, pull.author
    raise ValueError(f"no such event: {name}")
