"""Code of the change that nothing looked at: which files, what the verdict is then, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.core.change import FileKind
from reviewbot.core.file_kinds import is_code, is_source
from reviewbot.core.finding import Placement
from reviewbot.core.reasons import ReasonKind
from reviewbot.core.review import Verdict
from reviewbot.core.text import NO_CHARACTER, is_read_otherwise

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reviewbot.core.change import ChangedFile, ChangeSet
    from reviewbot.core.finding import Finding
    from reviewbot.core.review import Coverage, FileCoverage, Review

_MOST = 5
# A declaration stands in the first two lines.
_MOST_HEAD = 2_000
# Files of these kinds nothing could look at, as the review was set up.
_OF_NO_USE = frozenset(
    {ReasonKind.UNKNOWN_KIND, ReasonKind.NOBODYS_KIND, ReasonKind.NO_CHECK_OF_KIND, ReasonKind.ONLY_IN_WHOLE_CHANGE}
)
_FAILED = (ReasonKind.OUT_OF_TIME, ReasonKind.MODEL_FAILED, ReasonKind.MODEL_BROKE, ReasonKind.INTERRUPTED)
_NO_TEXT = frozenset({ReasonKind.UNREADABLE, ReasonKind.BINARY})


def unreviewed(changes: ChangeSet, coverage: Coverage) -> tuple[str, ...]:
    """Give the files with code that the change added or altered and that no engine looked at.

    Documentation, lock files, generated files and data are nobody's business, and of deleted code there is nothing
    to look at.
    """
    looked = {file.path for file in coverage.files if _looked_at(file)}
    hidden = set(unreadable(changes))
    return tuple(
        file.path
        for file in changes.files
        if (file.added_lines and is_code(file.path) and file.path not in looked) or file.path in hidden
    )


def unreadable(changes: ChangeSet) -> tuple[str, ...]:
    """Give the files that are code by their names, and whose content or name is no text, or not what it looks like.

    One byte makes a text binary for git and for GitHub, and whoever wants something passed over can add it; and two
    names that differ in such bytes alone are one to us. Images and what else is binary by its name are nobody's
    business; and of deleted code there is nothing to look at.
    """
    return tuple(
        file.path
        for file in changes.files
        if (file.kind is FileKind.BINARY or NO_CHARACTER in file.path or is_misread(file))
        if is_source(file.path) and not _deleted(file)
    )


def is_misread(file: ChangedFile) -> bool:
    """Tell whether a Python file would be run as something else than what it shows."""
    if not file.path.endswith((".py", ".pyw")) or not file.added_lines:
        return False
    shown = (line for hunk in file.hunks for line in hunk.lines if line.new in {1, 2})
    return is_read_otherwise(file.new_text[:_MOST_HEAD] if file.new_text else "\n".join(line.text for line in shown))


def left_out(changes: ChangeSet) -> bool:
    """Tell whether there is code in a change that nobody can look at."""
    return bool(changes.unlisted or unreadable(changes))


def _deleted(file: ChangedFile) -> bool:
    return file.kind is FileKind.DELETED or (file.new_blob is None and file.old_blob is not None)


def verdict(
    findings: Iterable[Finding], not_reviewed: Sequence[str], files: Iterable[FileCoverage], *, incomplete: bool
) -> Verdict:
    """Give what a review comes to.

    Args:
        findings: Placed; those that are held back are none.
        not_reviewed: Code that nothing looked at.
        files: What was done with each file.
        incomplete: Whether something failed or was left out.
    """
    if incomplete:
        return Verdict.INCOMPLETE
    if any(finding.placement is not Placement.HELD_BACK for finding in findings):
        return Verdict.FINDINGS
    return without_findings(not_reviewed, files)


def without_findings(not_reviewed: Sequence[str], files: Iterable[FileCoverage]) -> Verdict:
    """Give the verdict of a review that found nothing: there is none of code that nothing looked at."""
    if not_reviewed and not any(map(_looked_at, files)):
        return Verdict.NOT_REVIEWED
    return Verdict.NO_FINDINGS


def was_possible(review: Review) -> bool:
    """Tell whether something could have looked at code that nothing looked at."""
    return any(
        file.path in review.not_reviewed and file.reason.kind not in _OF_NO_USE for file in review.coverage.files
    )


def remark(review: Review) -> str:
    """Say what was not looked at and what to do about it; empty where there is nothing to say."""
    paths = review.not_reviewed
    if not paths:
        return ""
    assigned = {path for assignment in review.assignments for path in assignment.files}
    hidden = {file.path for file in review.coverage.files if file.reason.kind in _NO_TEXT}.intersection(paths)
    nameless = [path for path in paths if NO_CHARACTER in path]
    advice, them = [], "it" if len(paths) == 1 else "them"
    if nameless:
        advice.append(f"give {_named(nameless)} a name in UTF-8")
    if hidden:
        named = _named([path for path in paths if path in hidden])
        advice.append(f"save {named} as text (UTF-8), or give what is binary a name that says so")
    if any(path not in assigned for path in {*paths} - hidden - {*nameless}):
        advice.append(f"pin an agent to {them} in .reviewbot.yml, or add one for {them} to agents_dir")
    if "claude" not in review.engines and len(hidden) < len(paths):
        advice.append("set ANTHROPIC_API_KEY, since the checks read only Python")
    done = "; and ".join(advice) or "the list of files says why"
    return f"Nothing looked at {_named(paths)}. To have {them} reviewed: {done}."


def _named(paths: Sequence[str]) -> str:
    return ", ".join(paths[:_MOST]) + (f" and {len(paths) - _MOST} more" if len(paths) > _MOST else "")


def looked_at(review: Review, paths: Sequence[str]) -> int:
    """Count those of an agent's files that something looked at; all, where the review does not say."""
    by_path = {file.path: file for file in review.coverage.files}
    return sum(path not in by_path or _looked_at(by_path[path]) for path in paths)


def _looked_at(file: FileCoverage) -> bool:
    return bool(file.engines) or file.status in {"reviewed", "partial"}


def unfinished(review: Review) -> frozenset[str]:
    """Give the files that something failed at, or that there was no time for.

    What the next review finds in them is new to everybody, although nobody has changed them.
    """
    if any(failure.stage == "checks" for failure in review.failures):
        return frozenset(file.path for file in review.coverage.files)
    left = {file.path for file in review.coverage.files if any(map(file.reason.has, _FAILED))}
    untried = (finding.path for finding in review.findings if finding.placement_reason.has(ReasonKind.REFUTING_FAILED))
    return frozenset({*left, *untried})
