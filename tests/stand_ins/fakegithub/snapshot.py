"""What people see on a pull request, comparable between two runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakegithub.model import ThreadView
from fakegithub.users import node_id

if TYPE_CHECKING:
    from fakegithub.model import IssueComment, Review, ReviewComment, Thread
    from fakegithub.world import World


def thread_view(world: World, thread: Thread) -> ThreadView:
    """Give a thread as it stands in the present diff."""
    now = world.placement(thread)
    return ThreadView(
        id=thread.id,
        node_id=node_id("PRRT", thread.id),
        path=thread.path,
        side=thread.side,
        line=now.line,
        start_line=now.start_line,
        original_line=thread.line,
        original_start_line=thread.start_line,
        outdated=now.outdated,
        resolved=thread.resolved,
        resolved_by=thread.resolved_by,
        comments=tuple(world.thread_comments(thread)),
    )


def snapshot(world: World, number: int) -> dict[str, Any]:
    """Give the conversation, the threads and the reviews of a pull request."""
    pending = [review for review in world.reviews.values() if review.pull == number and review.state == "PENDING"]
    comments = [c for c in world.review_comments.values() if c.pull == number]
    waiting = {review.id for review in pending}
    threads = []
    for thread in world.pull_threads(number):
        shown = [c for c in world.thread_comments(thread) if c.review not in waiting]
        if shown:
            threads.append(_thread(thread_view(world, thread), shown))
    filled = {comment.review for comment in comments}
    return {
        "comments": [_comment(c) for c in world.comments.values() if c.pull == number],
        "threads": sorted(threads, key=_order),
        "reviews": [
            {"author": one.login, "state": one.state, "body": one.body}
            for one in world.reviews.values()
            if one.pull == number and one.state != "PENDING" and _shown(one, filled)
        ],
        "pending": [
            {
                "author": one.login,
                "body": one.body,
                "comments": sorted(c.body for c in comments if c.review == one.id),
            }
            for one in pending
        ],
    }


def _shown(review: Review, filled: set[int]) -> bool:
    """Tell whether GitHub shows anything of a review."""
    return bool(review.body) or review.id in filled or review.state != "COMMENTED"


def _comment(comment: IssueComment | ReviewComment) -> dict[str, Any]:
    reactions = sorted((one.login, one.content) for one in comment.reactions)
    return {"author": comment.login, "body": comment.body, "reactions": [list(one) for one in reactions]}


def _thread(view: ThreadView, shown: list[ReviewComment]) -> dict[str, Any]:
    return {
        "path": view.path,
        "side": view.side,
        "line": view.line,
        "start_line": view.start_line,
        "outdated": view.outdated,
        "resolved": view.resolved,
        "comments": [_comment(comment) for comment in shown],
    }


def _order(thread: dict[str, Any]) -> tuple[str, str, int, str]:
    return thread["path"], thread["side"], thread["line"] or 0, thread["comments"][0]["body"]
