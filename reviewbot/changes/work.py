"""What one works on: the branch since it left the default branch, and what is not committed yet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviewbot.changes import git
from reviewbot.changes.repository import Repository
from reviewbot.changes.trees import RevisionTree

if TYPE_CHECKING:
    from pathlib import Path

    from reviewbot.core.change import ChangeSet


@dataclass(frozen=True, slots=True)
class Work:
    """A change, and what it is made of.

    Attributes:
        changes: From where the branch left the base to the files as they lie there.
        branch: The branch that is checked out; ``HEAD`` where none is.
        base: The branch it is compared with; empty where there is none, and then only what is not committed counts.
        commits: How many commits of the branch the base does not have.
        uncommitted: Paths with uncommitted work, untracked ones too.
    """

    changes: ChangeSet
    branch: str
    base: str
    commits: int
    uncommitted: tuple[str, ...]


def read(folder: Path, base: str | None = None) -> Work:
    """Read the work in a repository.

    Args:
        folder: The repository, or a folder in it.
        base: The branch it would be merged into; None for the default branch.

    Raises:
        RepositoryError: No repository, no such branch, or no common history.
    """
    repository = Repository(folder)
    repository.demand()
    base, paths = base or git.default_branch(repository), git.uncommitted(repository)
    if base is None or not git.has_commits(repository):
        return Work(git.of(repository), "HEAD", "", 0, paths)
    branch = repository.text("rev-parse", "--abbrev-ref", "HEAD")
    merge_base, title, description = git.told(repository, base, "HEAD")
    commits = int(repository.text("rev-list", "--count", f"{merge_base}..HEAD"))
    if not commits:
        return Work(git.of(repository), branch, base, 0, paths)
    tip = repository.commit(base, "--base")
    changes = replace(
        git.since(repository, merge_base),
        base=tip,
        title=title,
        description=description,
        base_tree=RevisionTree(repository, tip),
    )
    return Work(changes, branch, base, commits, paths)
