"""What was done with every file of the change: reviewed, partly reviewed, or skipped and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.review import Coverage, FileCoverage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviewbot.change import ChangedFile, ChangeSet
    from reviewbot.review import Routing

WHOLE = "whole"
HUNKS = "hunks"


def coverage(changes: ChangeSet, routing: Routing, seen: Mapping[str, str]) -> Coverage:
    """Give one entry for each changed file, in the order of the diff.

    Args:
        changes: The change.
        routing: Who reviews what.
        seen: Path → :data:`WHOLE`, :data:`HUNKS`, or the reason why the checks could not look at it.
    """
    reviewer = {path: assignment.agent for assignment in routing.assignments for path in assignment.files}
    reasons = {file.path: file.reason for file in routing.unassigned}
    return Coverage(
        tuple(
            _reviewed(file, reviewer[file.path], seen.get(file.path, "no check looks at files of this kind"))
            if file.path in reviewer
            else FileCoverage(file.path, "skipped", reasons[file.path], len(file.hunks))
            for file in changes.files
        )
    )


def _reviewed(file: ChangedFile, agent: str, how: str) -> FileCoverage:
    hunks = len(file.hunks)
    if how == WHOLE:
        return FileCoverage(file.path, "reviewed", f"checks of {agent}, on the whole file", hunks, hunks)
    if how == HUNKS:
        return FileCoverage(file.path, "partial", f"checks of {agent}, on the hunks only", hunks, hunks)
    return FileCoverage(file.path, "skipped", how, hunks)
