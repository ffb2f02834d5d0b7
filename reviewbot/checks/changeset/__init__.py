"""Checks in Python, for what needs the whole change: each module has a ``CHECK`` and a ``run``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewbot.checks.project import Project
    from reviewbot.core.change import ChangedFile, ChangeSet, Side
    from reviewbot.core.finding import Severity, Suggestion


@dataclass(frozen=True, slots=True)
class Draft:
    """What a check found, before it becomes an agent's finding.

    Attributes:
        path: The file.
        start_line: First line, on ``side``.
        end_line: Last line, inclusive.
        title: What is wrong here.
        evidence: The code, quoted.
        side: RIGHT where None.
        symbol: Enclosing class and function.
        severity: Another one than the check's, or None.
        suggestion: What to write instead, or None; it is tried before it is shown.
    """

    path: str
    start_line: int
    end_line: int
    title: str
    evidence: str
    side: Side | None = None
    symbol: str = ""
    severity: Severity | None = None
    suggestion: Suggestion | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What a change-set check sees.

    Attributes:
        changes: The whole change, other agents' files included.
        files: The files assigned to the agent it runs for that are the check's business.
        others: Paths of the change that another agent reviews: another project's, in a monorepo.
        project: What the trees say about the whole project; None without the tree after the change.
    """

    changes: ChangeSet
    files: tuple[ChangedFile, ...]
    others: frozenset[str] = frozenset()
    project: Project | None = None
