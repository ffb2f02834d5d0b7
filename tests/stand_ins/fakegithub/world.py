"""The state of the fake: people, tokens, pull requests and what stands on them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING

from fakegithub.git import Git
from fakegithub.model import Person, Placement, Pull, Token
from fakegithub.rates import Rates

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from fakegithub.diffs import FileDiff
    from fakegithub.model import IssueComment, Review, ReviewComment, Thread

_ROLES = {"none": 0, "read": 1, "triage": 1, "write": 2, "maintain": 2, "admin": 2}
_LEVELS = ("none", "read", "write")
_BEGIN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
REPOSITORY_ID = 3_544_490


class Limits:
    """How large things may get, as numbers a test can change."""

    patch_lines = 3_000
    patch_bytes = 100_000
    patches_total = 1_000_000
    files = 3_000
    diff_files = 300
    diff_lines = 20_000
    compare_files = 300
    tree_entries = 100_000
    contents_bytes = 1_000_000
    text_bytes = 512_000
    body_characters = 65_536
    # What counts within a time: a test may make these times shorter.
    minute = 60.0
    hour = 3600.0
    writes_per_minute: int | None = 80
    writes_per_hour: int | None = 500
    points_per_minute: int | None = 900
    graphql_points_per_minute: int | None = 2_000
    requests = 5_000
    graphql_nodes = 500_000


class World:
    """Everything the fake knows.

    Args:
        folder: The git repository.
        slug: Owner and name.
        default_branch: Name of the default branch.
        first_id: Where ids begin.
    """

    def __init__(self, folder: Path, slug: str, default_branch: str, first_id: int) -> None:
        self.git = Git(folder)
        self.slug = slug
        self.owner, self.name = slug.split("/")
        self.default_branch = default_branch
        self.api = self.web = self.codeload = ""
        self.archives: dict[str, str] = {}
        self.limits = Limits()
        self.people: dict[str, Person] = {}
        self.tokens: dict[str, Token] = {}
        self.pulls: dict[int, Pull] = {}
        self.comments: dict[int, IssueComment] = {}
        self.threads: dict[int, Thread] = {}
        self.review_comments: dict[int, ReviewComment] = {}
        self.reviews: dict[int, Review] = {}
        self._ids = count(first_id)
        self._seconds = count()
        self.rates = Rates(self.limits)

    def next_id(self) -> int:
        """Give an id that nothing has."""
        return next(self._ids)

    def now(self) -> str:
        """Give the time, which goes on by a second at every look."""
        return (_BEGIN + timedelta(seconds=next(self._seconds))).strftime("%Y-%m-%dT%H:%M:%SZ")

    def person(self, login: str) -> Person:
        """Give somebody; who is not known yet may read, and is nobody special."""
        if login not in self.people:
            bot = login.endswith("[bot]")
            number = 41_898_282 if login == "github-actions[bot]" else self.next_id()
            self.people[login] = Person(number, login, "none" if bot else "read", "Bot" if bot else "User")
        return self.people[login]

    def level(self, token: Token, scope: str) -> str:
        """Give what a token may do in a scope: none, read or write."""
        level = _LEVELS.index(token.scopes.get(scope, "none"))
        if token.kind == "user":
            role = _ROLES[self.person(token.login).permission]
            # Who can read can also comment and review.
            level = min(level, 2 if role and scope != "contents" else role)
        return _LEVELS[level]

    def may_resolve(self, token: Token, pull: Pull) -> bool:
        """Tell whether a token may resolve threads."""
        own = token.kind == "user" and pull.author == token.login
        return own or self.level(token, "contents") == "write"

    def head(self, pull: Pull) -> str:
        """Give the newest commit of a pull request."""
        pull.last_head = pull.head_sha or self.git.branch(pull.head) or pull.last_head
        return pull.last_head

    def base_tip(self, pull: Pull) -> str:
        """Give the newest commit of the branch it goes into."""
        pull.last_base = self.git.branch(pull.base) or pull.last_base
        return pull.last_base

    def merge_base(self, pull: Pull, commit: str | None = None) -> str:
        """Give the commit that its diff begins at."""
        return self.git.merge_base(self.base_tip(pull), commit or self.head(pull))

    def base_oid(self, pull: Pull) -> str:
        """Give what GitHub says of the base commit, which lags behind the branch."""
        return pull.base_oid or self.merge_base(pull)

    def commits(self, pull: Pull) -> tuple[str, ...]:
        """Give its commits, oldest first."""
        return self.git.commits(self.base_tip(pull), self.head(pull))

    def files(self, pull: Pull, commit: str | None = None) -> tuple[FileDiff, ...]:
        """Give its diff, at the head or at another commit of it."""
        return self.git.files(self.merge_base(pull, commit), commit or self.head(pull))

    def thread_comments(self, thread: Thread) -> list[ReviewComment]:
        """Give the comments of a thread, oldest first."""
        return [comment for comment in self.review_comments.values() if comment.thread == thread.id]

    def pull_threads(self, number: int) -> list[Thread]:
        """Give the threads of a pull request, oldest first."""
        return [thread for thread in self.threads.values() if thread.pull == number]

    def pending(self, comment: ReviewComment) -> bool:
        """Tell whether a comment waits for its review to be submitted."""
        return self.reviews[comment.review].state == "PENDING"

    def visible(self, comments: Iterable[ReviewComment], login: str | None) -> list[ReviewComment]:
        """Leave out comments that wait for their review, unless they are of that person."""
        return [comment for comment in comments if not self.pending(comment) or comment.login == login]

    def placement(self, thread: Thread) -> Placement:
        """Give where a thread stands in the present diff."""
        pull = self.pulls[thread.pull]
        head, before = self.head(pull), self.merge_base(pull)
        shown = next((file for file in self.files(pull) if file.path == thread.path), None)
        if shown is None:
            return Placement(None, None, None, outdated=True)
        if thread.line is None:
            return Placement(None, None, 1, outdated=False)

        def now(side: str, line: int) -> int | None:
            if side == "LEFT":
                return self.git.moved(thread.before, before, thread.old_path, line)
            return self.git.moved(thread.commit, head, thread.path, line)

        first = thread.line if thread.start_line is None else thread.start_line
        lines = range(first, thread.line + 1) if thread.start_side in {None, thread.side} else [thread.line]
        there = [now(thread.side, line) for line in lines]
        row = shown.row(thread.side, there[-1]) if there[-1] is not None else None
        start = None if thread.start_line is None else now(thread.start_side or thread.side, thread.start_line)
        if row is None or None in there or (thread.start_line is not None and start is None):
            return Placement(None, None, None, outdated=True)
        return Placement(there[-1], start, row.position, outdated=False)
