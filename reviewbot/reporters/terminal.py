"""The review for people at a terminal; readable without colour, and when piped."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from reviewbot import counts
from reviewbot.change import Side
from reviewbot.finding import Placement, Severity
from reviewbot.review import Status
from reviewbot.text import printable

if TYPE_CHECKING:
    from reviewbot.change import ChangeSet
    from reviewbot.finding import Finding
    from reviewbot.review import Assignment, Review

# Wide enough for code on a pipe, where nobody says how wide the reader's window is.
_PIPED_WIDTH = 120
_CONTEXT = 2
_MOST_FRAME = 12
_MOST_EVIDENCE = 3
_MOST_HELD_BACK = 10
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
    _Page(console, review, changes).print()
    # Padding to the right margin is of use to nobody who copies the text.
    return "\n".join(line.rstrip() for line in out.getvalue().split("\n")) if not color else out.getvalue()


class _Page:
    def __init__(self, console: Console, review: Review, changes: ChangeSet | None) -> None:
        self._console = console
        self._review = review
        self._changes = changes

    def print(self) -> None:
        for assignment in self._review.assignments:
            self._agent(assignment)
        for finding in counts.commented(self._review):
            self._finding(finding)
        self._notes()
        self._rest()

    def _agent(self, assignment: Assignment) -> None:
        files = counts.plural(len(assignment.files), "file")
        self._line(Text.assemble((assignment.agent, "bold"), f"  {files}, grade {assignment.grade}"))
        strongest = [piece for piece in assignment.evidence if piece.weight > 0][:_MOST_EVIDENCE]
        for piece in strongest:
            where = f" in {printable(piece.path)}" if piece.path else ""
            self._line(Text(f"{piece.weight:+g} {piece.kind} {piece.pattern}{where}", "dim"), indent=2)
        if not strongest and assignment.matches:
            self._line(Text(assignment.matches[0].reason, "dim"), indent=2)
        self._line()

    def _finding(self, finding: Finding) -> None:
        head = Text.assemble((finding.severity, _STYLES[finding.severity]), "  ", (printable(finding.title), "bold"))
        self._line(head)
        place = f"{printable(finding.path)}:{finding.start_line}"
        note = "" if finding.placement is Placement.INLINE else f"  ({finding.placement_reason})"
        self._line(Text(place + note), indent=2)
        for number, mark, text in self._frame(finding):
            style = "bold" if mark == ">" else "dim"
            row = Text(
                f"{mark} {number:>5} | {printable(text.expandtabs(4))}", style, no_wrap=True, overflow="ellipsis"
            )
            self._line(row, indent=2)
        for paragraph in finding.body.split("\n\n"):
            self._line(Text(printable(paragraph)), indent=2)
        self._suggestion(finding)
        self._line(Text(f"{finding.check} for {finding.agent}/{finding.item}", "dim"), indent=2)
        self._line()

    def _frame(self, finding: Finding) -> list[tuple[int, str, str]]:
        """Give the lines around a finding: number, ``>`` on its own lines, text."""
        lines = self._image(finding.path, finding.side)
        start, end = finding.start_line, min(finding.end_line, finding.start_line + _MOST_FRAME)
        known = [
            (number, ">" if start <= number <= finding.end_line else " ", lines[number])
            for number in range(start - _CONTEXT, end + _CONTEXT + 1)
            if number in lines
        ]
        if any(mark == ">" for _, mark, _ in known):
            return known
        return [(start + at, ">", text) for at, text in enumerate(finding.evidence.split("\n")[:_MOST_FRAME])]

    def _image(self, path: str, side: Side) -> dict[int, str]:
        """Give the known lines of one side of a file, by number."""
        file = self._changes.file(path) if self._changes else None
        if file is None:
            return {}
        whole = file.new_text if side is Side.RIGHT else file.old_text
        if whole is not None:
            return dict(enumerate(whole.split("\n"), start=1))
        numbered = (
            (line.new if side is Side.RIGHT else line.old, line.text) for hunk in file.hunks for line in hunk.lines
        )
        return {number: text for number, text in numbered if number is not None}

    def _suggestion(self, finding: Finding) -> None:
        suggestion = finding.suggestion
        if suggestion is None:
            return
        word = "suggestion" if suggestion.verified else "suggestion (unverified: the whole file was not there)"
        self._line(Text(f"{word}:", "dim"), indent=2)
        lines = self._image(finding.path, Side.RIGHT)
        for number in range(suggestion.start_line, suggestion.end_line + 1):
            if number in lines:
                self._line(Text(f"- {printable(lines[number])}", "red"), indent=4)
        for text in suggestion.replacement.split("\n"):
            self._line(Text(f"+ {printable(text)}", "green"), indent=4)

    def _notes(self) -> None:
        for note in self._review.notes:
            self._line(Text.assemble(("note", "bold"), f"  {note.title} ({counts.plural(note.count, 'place')})"))
            self._line(Text(printable(note.body)), indent=2)
            self._line()

    def _rest(self) -> None:
        review = self._review
        violated = [verdict for verdict in review.ledger if verdict.status is Status.VIOLATED]
        for verdict in violated:
            self._line(Text.assemble(("violated", "bold"), f"  {verdict.item}: {verdict.title} ({verdict.reason})"))
        if review.ledger:
            self._line(Text(counts.decided(review.ledger)))
        self._held_back()
        self._files()
        for remark in review.remarks:
            self._line(Text(printable(remark)))
        for failure in review.failures:
            self._line(Text(f"failed: {failure.stage}: {printable(failure.message)}", "bold red"))
        found = counts.findings(counts.shown(review))
        self._line(Text(f"{found}; verdict: {review.verdict.replace('_', ' ')}", "bold"))

    def _held_back(self) -> None:
        held = counts.held_back(self._review)
        if held:
            self._line(Text(f"{counts.plural(len(held), 'finding')} held back:"))
        for finding in held[:_MOST_HELD_BACK]:
            place = f"{printable(finding.path)}:{finding.start_line}"
            words = f"{finding.severity} {place} {printable(finding.title)}: {finding.placement_reason}"
            self._line(Text(words, "dim"), indent=2)
        if len(held) > _MOST_HELD_BACK:
            self._line(Text(f"and {len(held) - _MOST_HELD_BACK} more; --format json has them all", "dim"), indent=2)

    def _files(self) -> None:
        """Count the files by what was done with them, and name why files were skipped."""
        by_status: dict[str, int] = {}
        reasons: dict[str, list[str]] = {}
        for file in self._review.coverage.files:
            by_status[file.status] = by_status.get(file.status, 0) + 1
            if file.status == "skipped":
                reasons.setdefault(file.reason, []).append(file.path)
        if by_status:
            parts = ", ".join(f"{count} {status}" for status, count in sorted(by_status.items()))
            self._line(Text(f"files: {parts}"))
        for reason, paths in reasons.items():
            named = ", ".join(printable(path) for path in paths[:3])
            more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
            self._line(Text(f"skipped, {reason}: {named}{more}", "dim"), indent=2)

    def _line(self, text: Text | None = None, indent: int = 0) -> None:
        self._console.print(Padding(text, (0, 0, 0, indent)) if text is not None and indent else (text or ""))
