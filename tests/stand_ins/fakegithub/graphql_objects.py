"""GraphQL: pull requests, comments, threads and reviews."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fakegithub.graphql_git import commit_fields
from fakegithub.graphql_paging import connection
from fakegithub.looks import page_url
from fakegithub.users import node_id

if TYPE_CHECKING:
    from fakegithub.model import IssueComment, Review, ReviewComment, Thread, Token
    from fakegithub.world import World


@dataclass(frozen=True)
class Objects:
    """Gives objects as one viewer sees them."""

    world: World
    token: Token

    def actor(self, login: str) -> dict[str, Any]:
        """Give an author; the login of a bot has no suffix here."""
        person = self.world.person(login)
        bot = person.type == "Bot"
        name = login.removesuffix("[bot]")
        return {
            "__typename": "Bot" if bot else "User",
            "id": node_id("BOT" if bot else "U", person.id),
            "databaseId": person.id,
            "login": name,
            "name": name,
            "url": f"{self.world.web}/{'apps/' if bot else ''}{name}",
            "isViewer": login == self.token.login,
        }

    def _common(self, one: IssueComment | ReviewComment | Review, prefix: str) -> dict[str, Any]:
        return {
            "id": node_id(prefix, one.id),
            "databaseId": one.id,
            "fullDatabaseId": one.id,
            "body": one.body,
            "viewerDidAuthor": one.login == self.token.login,
            "author": lambda _info: self.actor(one.login),
            "authorAssociation": self.world.person(one.login).association,
            "createdAt": one.created,
            "lastEditedAt": one.edited,
            "includesCreatedEdit": one.edited is not None,
        }

    def _editable(self, one: IssueComment | ReviewComment) -> dict[str, Any]:
        writes = self.world.level(self.token, "pull_requests") == "write"
        strong = self.token.kind == "installation" or self.world.level(self.token, "contents") == "write"
        may = writes and (strong or one.login == self.token.login)
        return {
            "updatedAt": one.updated,
            "isMinimized": one.minimized is not None,
            "minimizedReason": one.minimized,
            "viewerCanUpdate": may,
            "viewerCanDelete": may,
            "viewerCanMinimize": writes and strong,
        }

    def issue_comment(self, one: IssueComment) -> dict[str, Any]:
        """Give a comment of the conversation."""
        own = {"__typename": "IssueComment", "url": f"{page_url(self.world, one.pull)}#issuecomment-{one.id}"}
        return {**self._common(one, "IC"), **self._editable(one), **own}

    def review(self, one: Review) -> dict[str, Any]:
        """Give a review."""
        every = [c for c in self.world.review_comments.values() if c.review == one.id]
        own = {
            "__typename": "PullRequestReview",
            "state": one.state,
            "url": f"{page_url(self.world, one.pull)}#pullrequestreview-{one.id}",
            "submittedAt": one.submitted,
            "commit": lambda _info: commit_fields(self.world, one.commit),
            "comments": lambda _info, **arguments: self._comments(every, arguments),
        }
        return {**self._common(one, "PRR"), **own}

    def _comments(self, comments: list[ReviewComment], arguments: dict[str, Any]) -> dict[str, Any]:
        shown = self.world.visible(comments, self.token.login)
        return connection("comments", [(c.id, c) for c in shown], self.review_comment, arguments)

    def review_comment(self, one: ReviewComment) -> dict[str, Any]:
        """Give a comment of a thread."""
        world, thread = self.world, self.world.threads[one.thread]
        now = world.placement(thread)
        last = thread.commit if now.outdated else world.head(world.pulls[one.pull])
        root = world.review_comments.get(one.in_reply_to or 0)
        own = {
            "__typename": "PullRequestReviewComment",
            "url": f"{page_url(world, one.pull)}#discussion_r{one.id}",
            "path": thread.path,
            "line": now.line,
            "startLine": now.start_line,
            "originalLine": thread.line,
            "originalStartLine": thread.start_line,
            "diffHunk": thread.hunk,
            "state": "PENDING" if world.pending(one) else "SUBMITTED",
            "outdated": now.outdated,
            "replyTo": lambda _info: self.review_comment(root) if root else None,
            "pullRequestReview": lambda _info: self.review(world.reviews[one.review]),
            "commit": lambda _info: commit_fields(world, last),
            "originalCommit": lambda _info: commit_fields(world, thread.commit),
        }
        return {**self._common(one, "PRRC"), **self._editable(one), **own}

    def thread(self, one: Thread) -> dict[str, Any]:
        """Give a thread as it stands in the present diff."""
        world = self.world
        now = world.placement(one)
        may = world.may_resolve(self.token, world.pulls[one.pull])
        resolver = one.resolved_by
        return {
            "__typename": "PullRequestReviewThread",
            "id": node_id("PRRT", one.id),
            "isResolved": one.resolved,
            "isOutdated": now.outdated,
            "isCollapsed": one.resolved or now.outdated,
            "viewerCanResolve": may and not one.resolved,
            "viewerCanUnresolve": may and one.resolved,
            "viewerCanReply": world.level(self.token, "pull_requests") == "write",
            "path": one.path,
            "line": now.line,
            "startLine": now.start_line,
            "originalLine": one.line,
            "originalStartLine": one.start_line,
            "diffSide": one.side,
            "startDiffSide": one.start_side,
            "subjectType": one.subject.upper(),
            "resolvedBy": (lambda _info: {**self.actor(resolver), "__typename": "User"}) if resolver else None,
            "comments": lambda _info, **arguments: self._comments(world.thread_comments(one), arguments),
        }
