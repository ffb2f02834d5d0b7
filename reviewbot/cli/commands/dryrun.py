"""Who would have reviewed past changes, and what the checks would have found in them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewbot.core.file_kinds import is_code
from reviewbot.core.review import Grade
from reviewbot.core.telling import Watch
from reviewbot.output.counting import plural, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reviewbot.core.change import ChangeSet
    from reviewbot.core.finding import Finding
    from reviewbot.core.review import Assignment, Routing
    from reviewbot.core.telling import Tell
    from reviewbot.settings.loading import Settings

_PACKAGES = frozenset({"import", "dependency"})
_OTHERWISE = {Grade.FALLBACK: "other Python", Grade.ANY: "any code"}
_MOST_WORDS = 3


@dataclass(slots=True)
class DryRun:
    """What came of routing several changes.

    Attributes:
        changes: How many there were.
        reviewed: Those of which an agent would get a file.
        claimed: Those of which one would get a file by its stack, or by the team's word.
        other: Those that nobody would get although there is code in them.
        unread: Those that would be reviewed and have no Python for the checks.
        by: Agent → of how many it would get a file.
        nobodys: Code files that no agent would get.
        known_by: Agent → what its files were known by, and how often.
    """

    changes: int = 0
    reviewed: int = 0
    claimed: int = 0
    other: int = 0
    unread: int = 0
    by: Counter[str] = field(default_factory=Counter)
    nobodys: dict[str, None] = field(default_factory=dict)
    known_by: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, changes: ChangeSet, routing: Routing) -> None:
        """Count one change."""
        assigned = {path for assignment in routing.assignments for path in assignment.files}
        code = [file.path for file in changes.files if file.added_lines and is_code(file.path)]
        nobodys = dict.fromkeys(path for path in code if path not in assigned)
        self.changes += 1
        self.reviewed += bool(assigned)
        self.claimed += any(assignment.grade not in (Grade.FALLBACK, Grade.ANY) for assignment in routing.assignments)
        self.other += bool(nobodys) and not assigned
        self.unread += bool(assigned) and not any(path.endswith(".py") for path in assigned)
        self.by.update(assignment.agent for assignment in routing.assignments)
        self.nobodys |= nobodys
        for assignment in routing.assignments:
            self.known_by.setdefault(assignment.agent, Counter()).update(_known_by(assignment))

    @property
    def seen(self) -> str:
        """What the agents' files were known by, the agent with the most changes first."""
        return "; ".join(
            f"{', '.join(word for word, _ in self.known_by[agent].most_common(_MOST_WORDS))} ({agent})"
            for agent, _ in self.by.most_common()
        )

    def __str__(self) -> str:
        if not self.changes:
            return "there is no commit after the first one yet to try them on"
        agents = ", ".join(f"{agent} ({count})" for agent, count in self.by.most_common())
        tried = f"{self.reviewed} of the last {self.changes} commits"
        if self.changes == 1:
            tried = "the last commit" if self.reviewed else "not even the last commit"
        parts = [f"{tried} would be reviewed"]
        parts[0] += f", by {agents}" if agents else ""
        without = self.changes - self.reviewed - self.other
        if self.unread:
            parts.append(f"{self.unread} of them by Claude alone, since the checks read only Python")
        if without:
            parts.append(f"{without} {'other has' if without == 1 else 'others have'} no code")
        if self.nobodys:
            first, *more = self.nobodys
            parts.append(f"nobody would look at {first}" + (f" and {plural(len(more), 'other file')}" if more else ""))
        return "; ".join(parts)


def found(past: Iterable[ChangeSet], settings: Settings, tell: Tell) -> list[Finding]:
    """Give what the checks show of each change, as one list.

    Raises:
        ConfigError: A check of the team's own cannot be used.
    """
    from reviewbot.checks import selection
    from reviewbot.review import pipeline

    checks = selection.of(settings)
    reviews = (pipeline.review(changes, settings, lambda: checks, watch=Watch(tell)) for changes in past)
    return [finding for review in reviews for finding in shown(review)]


def _known_by(assignment: Assignment) -> list[str]:
    """Say in a word or some what an agent's files are known by: packages, or else why it is theirs at all."""
    packages = {piece.pattern.partition(".")[0] for piece in assignment.evidence if piece.kind in _PACKAGES}
    return sorted(packages) or [_OTHERWISE.get(assignment.grade, "paths and names")]


def routed(past: Iterable[ChangeSet], choices: Sequence[Settings]) -> list[DryRun]:
    """Route each change, which is read once, as each of the settings want it."""
    runs = [DryRun() for _ in choices]
    for changes in past:
        for run, chosen in zip(runs, choices, strict=True):
            run.add(changes, chosen.assign(changes))
    return runs
