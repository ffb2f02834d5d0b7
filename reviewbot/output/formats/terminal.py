"""The review for people at a terminal; readable without colour, and when piped."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from reviewbot.core import unreviewed
from reviewbot.core.agent import violated
from reviewbot.core.finding import Placement, Severity
from reviewbot.core.review import Status
from reviewbot.core.text import one_line, printable
from reviewbot.output import counting, grouping
from reviewbot.output.code_frames import Frames
from reviewbot.output.reason_sentences import sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewbot.core.change import ChangeSet
    from reviewbot.core.finding import Finding
    from reviewbot.core.review import Assignment, Review

# Wide enough for code on a pipe, where nobody says how wide the reader's window is.
_PIPED_WIDTH = 120
_MOST_EVIDENCE = 3
_MOST_HELD_BACK = 10
_MOST_PATHS = 3
_STYLES = {
    Severity.CRITICAL: "bold white on red",
    Severity.HIGH: "bold red",
    Severity.MEDIUM: "bold yellow",
    Severity.LOW: "cyan",
    Severity.INFO: "dim",
}


def render(review: Review, changes: ChangeSet | None, *, color: bool = False, width: int | None = None) -> str:
    """Give the text.

    Args:
        review: What to show.
        changes: For the lines around a finding; without it the finding's own quote is shown.
        color: Whether to use colour.
        width: Columns; None for the terminal's, or 120 without one.
    """
    out = io.StringIO()
    console = Console(
        file=out,
        force_terminal=color,
        no_color=not color,
        width=width or (None if color else _PIPED_WIDTH),
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    _Page(console, review, Frames(changes)).print()
    # Padding to the right margin is of use to nobody who copies the text.
    return "\n".join(line.rstrip() for line in out.getvalue().split("\n")) if not color else out.getvalue()


class _Page:
    """Writes one review; what comes from outside passes :func:`one_line` or :func:`printable` here."""

    def __init__(self, console: Console, review: Review, frames: Frames) -> None:
        self._console = console
        self._review = review
        self._frames = frames

    def print(self) -> None:
        if not_reviewed := unreviewed.remark(self._review):
            self._line(Text(one_line(not_reviewed), "bold yellow"))
            self._line()
        for assignment in self._review.assignments:
            self._agent(assignment)
        if not self._review.assignments:
            self._abstention()
        for finding in grouping.one_by_one(self._review):
            self._finding(finding)
        self._notes()
        self._details()
        self._ledger()
        self._held_back()
        self._files()
        self._end()

    def _agent(self, assignment: Assignment) -> None:
        files = grouping.reviewed(self._review, assignment)
        head = Text.assemble((one_line(assignment.agent), "bold"), f"  {files}, grade {assignment.grade}")
        self._line(head)
        strongest = grouping.strongest(assignment, _MOST_EVIDENCE)
        for piece in strongest:
            where = f" in {piece.path}" if piece.path else ""
            reason = one_line(f"{piece.weight:+g} {piece.kind} {piece.pattern}{where}")
            self._line(Text(reason, "dim", no_wrap=True, overflow="ellipsis"), indent=2)
        if not strongest and assignment.matches:
            self._line(Text(one_line(sentence(assignment.matches[0].reason)), "dim"), indent=2)
        if grouping.grade(assignment):
            self._line(Text(grouping.grade(assignment), "dim"), indent=2)
        self._line()

    def _abstention(self) -> None:
        self._line(Text("no agent reviews this change", "bold"))
        for reason, files in grouping.unassigned(self._review).items():
            self._line(Text(f"{one_line(reason)}: {_named([file.path for file in files])}"), indent=2)
        self._line()

    def _finding(self, finding: Finding) -> None:
        head = Text.assemble((finding.severity, _STYLES[finding.severity]), "  ", (one_line(finding.title), "bold"))
        self._line(head)
        place = f"{finding.path}:{finding.start_line}"
        note = "" if finding.placement is Placement.INLINE else f"  ({one_line(sentence(finding.placement_reason))})"
        self._line(Text(one_line(place) + note), indent=2)
        self._frame(finding)
        for paragraph in finding.body.split("\n\n"):
            self._line(Text(printable(paragraph)), indent=2)
        self._suggestion(finding)
        items = " and ".join(map(str, violated(finding)))
        self._line(Text(one_line(f"{finding.check} for {items}"), "dim"), indent=2)
        self._line()

    def _frame(self, finding: Finding) -> None:
        rows, left_out = self._frames.around(finding)
        for row in rows:
            text = f"{'>' if row.own else ' '} {row.number or '':>5} | {row.text}"
            self._line(Text(text, "bold" if row.own else "dim", no_wrap=True, overflow="ellipsis"), indent=2)
        if left_out:
            self._line(Text(f"        … {counting.plural(left_out, 'more line')}", "dim"), indent=2)

    def _suggestion(self, finding: Finding) -> None:
        suggestion = finding.suggestion
        if suggestion is None:
            return
        word = "suggestion" if suggestion.verified else "suggestion (unverified: the whole file was not there)"
        self._line(Text(f"{word}:" if suggestion.replacement else f"{word}: delete", "dim"), indent=2)
        removed = self._frames.replaced(finding, suggestion)
        added = printable(suggestion.replacement).split("\n") if suggestion.replacement else []
        for mark, style, lines in (("-", "red", removed), ("+", "green", added)):
            for text in lines:
                # A line that is to be copied must not be broken.
                self._console.print(Text(f"    {mark} {text.expandtabs(4)}", style), soft_wrap=True)

    def _notes(self) -> None:
        for note, alike in grouping.grouped(self._review):
            head = f"  {one_line(note.title)} ({counting.plural(note.count, 'place')})"
            self._line(Text.assemble(("note", "bold"), head))
            self._line(Text(printable(note.body)), indent=2)
            for path, lines in grouping.places(alike).items():
                self._line(Text(one_line(f"{path}:{', '.join(lines)}"), "dim"), indent=4)
            self._line()

    def _details(self) -> None:
        count, lines = grouping.details(self._review)
        if lines:
            self._line(Text(one_line(f"{count}: {'; '.join(lines)}"), "dim"))
            self._line()

    def _ledger(self) -> None:
        for verdict in self._review.ledger:
            if verdict.status is Status.VIOLATED:
                words = one_line(f"{verdict.item}: {verdict.title} ({sentence(verdict.reason)})")
                self._line(Text.assemble(("violated", "bold"), f"  {words}"))
        if self._review.ledger:
            self._line(Text(counting.decided(self._review.ledger)))

    def _held_back(self) -> None:
        held = counting.held_back(self._review)
        if held:
            self._line(Text(f"{counting.plural(len(held), 'finding')} held back:"))
        for finding in held[:_MOST_HELD_BACK]:
            why = sentence(finding.placement_reason)
            words = f"{finding.severity} {grouping.place(finding)} {finding.title}: {why}"
            self._line(Text(one_line(words), "dim"), indent=2)
        if len(held) > _MOST_HELD_BACK:
            self._line(Text(f"and {len(held) - _MOST_HELD_BACK} more; --format json has them all", "dim"), indent=2)

    def _files(self) -> None:
        """Count the files by what was done with them, and name those that nobody looked at."""
        by_reason = grouping.files(self._review)
        totals: dict[str, int] = {}
        for (status, _), files in by_reason.items():
            totals[status] = totals.get(status, 0) + len(files)
        if totals:
            parts = ", ".join(f"{count} {one_line(status)}" for status, count in sorted(totals.items()))
            self._line(Text(f"files: {parts}"))
        unassigned = set() if self._review.assignments else {file.path for file in self._review.unassigned}
        for (status, reason), files in by_reason.items():
            paths = [file.path for file in files if file.path not in unassigned]
            if paths and status not in {"reviewed", "partial"}:
                self._line(Text(f"{one_line(f'{status}, {reason}')}: {_named(paths)}", "dim"), indent=2)

    def _end(self) -> None:
        for remark in self._review.remarks:
            self._line(Text(one_line(remark)))
        for failure in self._review.failures:
            self._line(Text(one_line(f"failed: {failure.stage}: {failure.message}"), "bold red"))
        if cost := counting.cost(self._review.usage):
            self._line(Text(cost))
        count = counting.findings(counting.shown(self._review))
        self._line(Text(f"{count}; verdict: {self._review.verdict.replace('_', ' ')}", "bold"))

    def _line(self, text: Text | None = None, indent: int = 0) -> None:
        if text is None:
            self._console.print()
        elif indent or text.cell_len <= self._console.width:
            self._console.print(Padding(text, (0, 0, 0, indent), expand=False))
        else:
            # Only lines of ours begin at the margin: what goes on is indented.
            first, *rest = text.wrap(self._console, self._console.width - 2)
            self._console.print(first)
            for more in rest:
                self._console.print(Padding(more, (0, 0, 0, 2), expand=False))


def _named(names: Sequence[str]) -> str:
    shown = ", ".join(one_line(name) for name in names[:_MOST_PATHS])
    return shown if len(names) <= _MOST_PATHS else f"{shown} and {len(names) - _MOST_PATHS} more"
