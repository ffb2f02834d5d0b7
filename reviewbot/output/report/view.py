"""What the page shows, file by file and finding by finding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewbot.core.agent import violated
from reviewbot.core.finding import Placement
from reviewbot.core.reasons import ReasonKind
from reviewbot.output import counting, grouping
from reviewbot.output.reason_sentences import sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewbot.core.change import ChangeSet
    from reviewbot.core.finding import Finding
    from reviewbot.core.review import FileCoverage, Review
    from reviewbot.output.code_frames import Frames, Row


@dataclass(frozen=True, slots=True)
class Shown:
    """A finding with what is around it.

    Attributes:
        finding: The finding.
        items: Agent and item of each that it violates.
        rows: The lines around it.
        left_out: How many of its own lines are not among them.
        removed: Lines that the suggestion replaces.
        added: Lines that it puts there.
        note: Why it is not inline; empty where it is.
    """

    finding: Finding
    items: tuple[str, ...]
    rows: Sequence[Row]
    left_out: int
    removed: Sequence[str]
    added: Sequence[str]
    note: str


@dataclass(frozen=True, slots=True)
class File:
    """A file of the change, or one that findings name.

    Attributes:
        number: Its place in the change, which is its anchor; -1 for one that is not part of it.
        path: Its path.
        old_path: Its path before, where that differs.
        kind: How it changed.
        added: How many lines were added.
        removed: How many lines were removed.
        coverage: What was done with it; None where the review does not say.
        findings: Those in it, by line.
    """

    number: int
    path: str
    old_path: str
    kind: str
    added: int
    removed: int
    coverage: FileCoverage | None
    findings: tuple[Shown, ...]


def files(review: Review, changes: ChangeSet | None, frames: Frames) -> list[File]:
    """Give all files, in the order of the change; those that only findings name come last."""
    by_path: dict[str, list[Shown]] = {}
    # Details interrupt nobody here either: they are named in one folded line.
    spoken = (finding for finding in counting.shown(review) if finding.placement_reason.kind is not ReasonKind.DETAIL)
    for finding in sorted(spoken, key=lambda finding: (finding.path, finding.start_line)):
        by_path.setdefault(finding.path, []).append(_shown(finding, frames))
    covered = {file.path: file for file in review.coverage.files}
    shown = [
        File(
            number,
            file.path,
            file.old_path or "",
            str(file.kind),
            len(file.added_lines),
            len(file.removed_lines),
            covered.get(file.path),
            tuple(by_path.pop(file.path, ())),
        )
        for number, file in enumerate(changes.files if changes else ())
    ]
    return shown + [
        File(-1, path, "", "", 0, 0, covered.get(path), tuple(several)) for path, several in by_path.items()
    ]


def worst_first(listed: Sequence[File]) -> list[Shown]:
    """Give all findings, the most severe first."""
    findings = [shown for file in listed for shown in file.findings]
    return sorted(
        findings, key=lambda shown: (shown.finding.severity.rank, shown.finding.path, shown.finding.start_line)
    )


def _shown(finding: Finding, frames: Frames) -> Shown:
    rows, left_out = frames.around(finding)
    suggestion = finding.suggestion
    return Shown(
        finding,
        tuple(map(str, violated(finding))),
        rows,
        left_out,
        frames.replaced(finding, suggestion) if suggestion else (),
        suggestion.replacement.split("\n") if suggestion and suggestion.replacement else (),
        "" if finding.placement is Placement.INLINE else sentence(finding.placement_reason),
    )


def choices(shown: Sequence[Shown]) -> dict[str, list[str]]:
    """Give by what findings can be chosen: agents, checks and items that there are."""
    return {
        "agent": sorted({entry.finding.agent for entry in shown}),
        "check": sorted({entry.finding.check for entry in shown}),
        "item": sorted({item for entry in shown for item in entry.items}),
    }


def place(finding: Finding) -> str:
    """Give ``path:3`` or ``path:3-5``."""
    return grouping.place(finding)
