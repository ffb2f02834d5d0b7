"""What was done with every file of the change: reviewed, partly reviewed, or skipped and why."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reviewbot.core.check import Reach
from reviewbot.core.reasons import Reason, ReasonKind, because
from reviewbot.core.review import Coverage, FileCoverage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviewbot.core.change import ChangedFile, ChangeSet
    from reviewbot.core.opinion import Judged
    from reviewbot.core.review import Routing

# What makes a file failed, rather than seen in part.
_FAILED = {ReasonKind.MODEL_FAILED, ReasonKind.MODEL_BROKE, ReasonKind.INTERRUPTED}


def coverage(
    changes: ChangeSet, routing: Routing, seen: Mapping[str, Reach | Reason], judged: Judged | None = None
) -> Coverage:
    """Give one entry for each changed file, in the order of the diff.

    Args:
        changes: The change.
        routing: Who reviews what.
        seen: Path → how much of it the checks saw, or the reason why they could not look at it.
        judged: What the model saw; None where no model was asked.
    """
    reviewers: dict[str, list[str]] = {}
    for assignment in routing.assignments:
        for path in assignment.files:
            reviewers.setdefault(path, []).append(assignment.agent)
    reasons = {file.path: file.reason for file in routing.unassigned}
    by_model = {} if judged is None else judged.files

    def coverage_of(file: ChangedFile) -> FileCoverage:
        if file.path not in reviewers:
            return _nobodys(file, reasons[file.path], judged)
        how = seen.get(file.path, because(ReasonKind.NO_CHECK_OF_KIND))
        checked = _reviewed(file, " and ".join(reviewers[file.path]), how)
        # Where the model has nothing to read, nothing is said of it.
        return _with_model(checked, by_model[file.path]) if file.path in by_model else checked

    return Coverage(tuple(map(coverage_of, changes.files)))


def _nobodys(file: ChangedFile, reason: Reason, judged: Judged | None) -> FileCoverage:
    """Say why nobody reviewed a file, or that the model read it beside an agent's files, where both sides meet."""
    hunks = len(file.hunks)
    if judged is None or file.path not in judged.beside:
        return FileCoverage(file.path, "skipped", reason, hunks)
    read = because(ReasonKind.READ_BESIDE, reason)
    return FileCoverage(file.path, "partial", read, hunks, hunks, ("claude",))


def _reviewed(file: ChangedFile, agents: str, how: Reach | Reason) -> FileCoverage:
    hunks = len(file.hunks)
    if isinstance(how, Reason):
        return FileCoverage(file.path, "skipped", how, hunks)
    whole = how is Reach.WHOLE
    done = because(ReasonKind.CHECKED_WHOLE if whole else ReasonKind.CHECKED_HUNKS, agents)
    return FileCoverage(file.path, "reviewed" if whole else "partial", done, hunks, hunks, ("checks",))


def _with_model(checked: FileCoverage, unseen: Reason | None) -> FileCoverage:
    """Add what the model made of the file: why it did not see all of it, None where it did."""
    if unseen is None:
        engines = (*checked.engines, "claude")
        if checked.status == "skipped":
            seen = replace(checked, status="reviewed", reason=because(ReasonKind.BY_MODEL), engines=engines)
            return replace(seen, hunks_reviewed=checked.hunks)
        return replace(checked, reason=because(ReasonKind.ALSO_BY_MODEL, checked.reason), engines=engines)
    failed = unseen.kind in _FAILED
    if checked.status == "skipped":
        left = "failed" if failed else "skipped"
        return replace(checked, status=left, reason=because(ReasonKind.NOT_BY_MODEL, unseen))
    reason = because(ReasonKind.NOT_BY_MODEL, checked.reason, unseen)
    return replace(checked, status="failed" if failed else "partial", reason=reason)
