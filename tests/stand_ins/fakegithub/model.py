"""What the fake remembers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass
class Person:
    """Somebody, or a bot; ``permission`` is the role in the repository."""

    id: int
    login: str
    permission: str = "read"
    type: str = "User"
    association: str = "NONE"


@dataclass(frozen=True)
class Token:
    """What a client shows; ``kind`` is ``installation`` (as in Actions) or ``user``."""

    value: str
    login: str
    kind: str
    scopes: Mapping[str, str]


@dataclass
class Pull:
    """A pull request.

    Attributes:
        head: Name of its branch.
        base: Name of the branch it goes into.
        fork: The repository of its branch, where it is another one.
        head_sha: Its newest commit, where it is not to follow the branch.
        base_oid: What GitHub says of the base commit; the merge base where None.
        mergeable: None while GitHub has not found out.
        last_head: Newest commit at the last look; stays when the branch goes.
        last_base: The same of the base branch.
    """

    id: int
    number: int
    head: str
    base: str
    title: str
    body: str | None
    author: str
    draft: bool
    fork: str | None
    created: str
    updated: str
    last_head: str
    last_base: str
    state: str = "open"
    head_sha: str | None = None
    base_oid: str | None = None
    mergeable: bool | None = True
    maintainer_can_modify: bool = False


@dataclass(frozen=True)
class Reaction:
    """A reaction to a comment."""

    id: int
    login: str
    content: str
    created: str


@dataclass
class IssueComment:
    """A comment in the conversation of a pull request."""

    id: int
    pull: int
    login: str
    body: str
    created: str
    updated: str
    edited: str | None = None
    minimized: str | None = None
    reactions: list[Reaction] = field(default_factory=list)


@dataclass
class ReviewComment:
    """A comment in a thread."""

    id: int
    pull: int
    thread: int
    review: int
    login: str
    body: str
    created: str
    updated: str
    in_reply_to: int | None = None
    edited: str | None = None
    minimized: str | None = None
    reactions: list[Reaction] = field(default_factory=list)


@dataclass
class Thread:
    """Comments about some lines of a file, as they were when the first one was written.

    Attributes:
        commit: The commit the lines are of.
        before: The merge base then; lines of the left side are of this commit.
        old_path: The name of the file there.
        position: Place of the last line in the patch.
        hunk: The hunk up to the last line.
        subject: ``line`` or ``file``.
    """

    id: int
    pull: int
    path: str
    old_path: str
    side: str
    line: int | None
    start_line: int | None
    start_side: str | None
    commit: str
    before: str
    position: int
    hunk: str
    subject: str = "line"
    resolved_by: str | None = None

    @property
    def resolved(self) -> bool:
        """Whether somebody resolved it."""
        return self.resolved_by is not None


@dataclass
class Review:
    """A review; ``state`` as in the interface."""

    id: int
    pull: int
    login: str
    state: str
    body: str
    commit: str
    created: str
    submitted: str | None = None
    edited: str | None = None


@dataclass(frozen=True)
class Placement:
    """Where a thread stands in the present diff; ``line`` is None where it is outdated, or about a file."""

    line: int | None
    start_line: int | None
    position: int | None
    outdated: bool


@dataclass(frozen=True)
class ThreadView:
    """A thread as people see it now."""

    id: int
    node_id: str
    path: str
    side: str
    line: int | None
    start_line: int | None
    original_line: int | None
    original_start_line: int | None
    outdated: bool
    resolved: bool
    resolved_by: str | None
    comments: tuple[ReviewComment, ...]
