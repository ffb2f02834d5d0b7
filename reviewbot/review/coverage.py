"""What was done with every file of the change: reviewed, partly reviewed, or skipped and why."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reviewbot.core.reasons import HUNKS, NO_CHECK, WHOLE
from reviewbot.core.review import Coverage, FileCoverage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviewbot.core.change import ChangedFile, ChangeSet
    from reviewbot.core.opinion import Judged
from reviewbot.core.review import Routing


def coverage(changes: ChangeSet, routing: Routing, seen: Mapping[str, str], judged: Judged | None = None) -> Coverage:
    """Give one entry for each changed file, in the order of the diff.

    Args:
        changes: The change.
        routing: Who reviews what.
        seen: Path → :data:`WHOLE`, :data:`HUNKS`, or the reason why the checks could not look at it.
        judged: What the model saw; None where no model was asked.
    """
    reviewers: dict[str, list[str]] = {}
    for assignment in routing.assignments:
        for path in assignment.files:
            reviewers.setdefault(path, []).append(assignment.agent)
    reasons = {file.path: file.reason for file in routing.unassigned}
    return Coverage(
        tuple(
            _with_model(
                _reviewed(
                    file,
                    " and ".join(reviewers[file.path]),
                    seen.get(file.path, NO_CHECK),
                ),
                None if judged is None else judged.files.get(file.path),
            )
            if file.path in reviewers
            else _nobodys(file, reasons[file.path], judged)
            for file in changes.files
        )
    )


def _nobodys(file: ChangedFile, reason: str, judged: Judged | None) -> FileCoverage:
    """Say why nobody reviewed a file, or that the model read it beside an agent's files, where both sides meet."""
    hunks = len(file.hunks)
    if judged is None or file.path not in judged.beside:
        return FileCoverage(file.path, "skipped", reason, hunks)
    read = f"{reason}; the model read it beside the agent's files, for where they meet"
    return FileCoverage(file.path, "partial", read, hunks, hunks, ("claude",))


def _reviewed(file: ChangedFile, agents: str, how: str) -> FileCoverage:
    hunks = len(file.hunks)
    if how == WHOLE:
        return FileCoverage(file.path, "reviewed", f"checks of {agents}, on the whole file", hunks, hunks, ("checks",))
    if how == HUNKS:
        return FileCoverage(file.path, "partial", f"checks of {agents}, on the hunks only", hunks, hunks, ("checks",))
    return FileCoverage(file.path, "skipped", how, hunks)


def _with_model(checked: FileCoverage, judged: str | None) -> FileCoverage:
    """Add what the model made of the file; None where there was nothing in it for a model."""
    if judged is None:
        return checked
    if not judged:
        both = (*checked.engines, "claude")
        if checked.status == "skipped":
            seen = replace(checked, status="reviewed", reason="the model, on its hunks", engines=both)
            return replace(seen, hunks_reviewed=checked.hunks)
        return replace(checked, reason=f"{checked.reason}, and the model", engines=both)
    status = "failed" if "failed" in judged or "broke" in judged or judged == "interrupted" else "partial"
    if checked.status == "skipped":
        return replace(
            checked, status=status if status == "failed" else "skipped", reason=f"not by the model: {judged}"
        )
    return replace(checked, status=status, reason=f"{checked.reason}; not by the model: {judged}")
