"""What can be done to a pull request, one request each. None of them approves anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from reviewbot.core.change import Side
from reviewbot.core.errors import RefusedError
from reviewbot.github import marked_bodies
from reviewbot.output.counting import plural
from reviewbot.output.markdown.places import nowhere

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviewbot.core.finding import Finding
    from reviewbot.github.client import Client
    from reviewbot.github.pull import PullRef


class Action(Protocol):
    """A write; equal actions do the same."""

    def do(self, client: Client, ref: PullRef) -> Any:
        """Do it; give GitHub's answer."""

    def __str__(self) -> str:
        """Say what it does, for a dry run."""


@dataclass(frozen=True)
class CreateReview:
    """Post new inline comments, all in one review."""

    head: str
    findings: tuple[Finding, ...]
    page: Callable[[Finding], str] = nowhere

    def do(self, client: Client, ref: PullRef) -> Any:
        """Post it."""
        comments = [_anchored(finding, self.page) for finding in self.findings]
        body = {"commit_id": self.head, "event": "COMMENT", "comments": comments}
        return client.send("POST", f"{ref.path}/pulls/{ref.number}/reviews", body)

    def __str__(self) -> str:
        places = "\n\n".join(
            f"--- {f.path}:{f.start_line}-{f.end_line}\n{marked_bodies.inline(f, self.page)}" for f in self.findings
        )
        return f"post a review with {plural(len(self.findings), 'comment')}\n\n{places}"


@dataclass(frozen=True)
class CreateComment:
    """Post a comment on the pull request."""

    body: str

    def do(self, client: Client, ref: PullRef) -> Any:
        """Post it."""
        return client.send("POST", f"{ref.path}/issues/{ref.number}/comments", {"body": self.body})

    def __str__(self) -> str:
        return f"post a comment\n\n{self.body}"


@dataclass(frozen=True)
class Reply:
    """Answer in a thread."""

    comment: int
    body: str

    def do(self, client: Client, ref: PullRef) -> Any:
        """Post it."""
        path = f"{ref.path}/pulls/{ref.number}/comments/{self.comment}/replies"
        return client.send("POST", path, {"body": self.body})

    def __str__(self) -> str:
        return f"reply to comment {self.comment}\n\n{self.body}"


@dataclass(frozen=True)
class Edit:
    """Replace the text of one of our comments; inline ones are of another kind than those below the pull request."""

    comment: int
    body: str
    inline: bool = False

    def do(self, client: Client, ref: PullRef) -> Any:
        """Replace it."""
        return client.send("PATCH", _comment(ref, self.comment, inline=self.inline), {"body": self.body})

    def __str__(self) -> str:
        return f"edit comment {self.comment}\n\n{self.body}"


@dataclass(frozen=True)
class Delete:
    """Delete one of our comments that stands there twice."""

    comment: int
    inline: bool = False

    def do(self, client: Client, ref: PullRef) -> Any:
        """Delete it, if it is still there."""
        return _unless_gone(client, _comment(ref, self.comment, inline=self.inline))

    def __str__(self) -> str:
        return f"delete comment {self.comment}, which says the same as an older one"


@dataclass(frozen=True)
class DiscardPending:
    """Delete a review of ours that was begun and never submitted."""

    review: int

    def do(self, client: Client, ref: PullRef) -> Any:
        """Delete it, if it is still there."""
        return _unless_gone(client, f"{ref.path}/pulls/{ref.number}/reviews/{self.review}")

    def __str__(self) -> str:
        return f"delete the pending review {self.review}"


@dataclass(frozen=True)
class Resolve:
    """Resolve a thread, or open it again."""

    thread: str
    resolved: bool = True

    def do(self, client: Client, ref: PullRef) -> Any:  # noqa: ARG002 - every action takes both
        """Do it."""
        mutation = "resolveReviewThread" if self.resolved else "unresolveReviewThread"
        query = f"mutation($id: ID!) {{ {mutation}(input: {{threadId: $id}}) {{ thread {{ isResolved }} }} }}"
        return client.graphql(query, id=self.thread)

    def __str__(self) -> str:
        return f"{'resolve' if self.resolved else 'reopen'} the thread {self.thread}"


def _anchored(finding: Finding, page: Callable[[Finding], str]) -> dict[str, Any]:
    """Give a comment of a review; GitHub takes start_line only before line."""
    comment: dict[str, Any] = {
        "path": finding.path,
        "body": marked_bodies.inline(finding, page),
        "line": finding.end_line,
        "side": str(Side(finding.side)),
    }
    if finding.start_line < finding.end_line:
        comment |= {"start_line": finding.start_line, "start_side": str(Side(finding.side))}
    return comment


def _comment(ref: PullRef, comment: int, *, inline: bool) -> str:
    return f"{ref.path}/{'pulls' if inline else 'issues'}/comments/{comment}"


def _unless_gone(client: Client, path: str) -> Any:
    try:
        return client.send("DELETE", path)
    except RefusedError as error:
        if error.status != 404:
            raise
        return None
