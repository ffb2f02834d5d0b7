"""The review for people at a terminal; readable without colour, and when piped.

What it comes to is said first, then the findings by file, what they have in common once, and at the end what was done.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from reviewbot.core import unreviewed
from reviewbot.core.agent import violated
from reviewbot.core.finding import Severity
from reviewbot.core.reasons import ReasonKind
from reviewbot.core.review import Verdict
from reviewbot.core.text import one_line, printable
from reviewbot.output import accounting, counting, grouping
from reviewbot.output.code_frames import Frames
from reviewbot.output.reason_sentences import sentence
from reviewbot.output.verdict_line import headline, verdict_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewbot.core.change import ChangeSet
    from reviewbot.core.finding import Finding
    from reviewbot.core.review import Review
    from reviewbot.output.formats import Manner

# Wide enough for code on a pipe, where nobody says how wide the reader's window is.
_PIPED_WIDTH = 120
_MOST_FINDINGS = 50
_MOST_PLACES = 10
_MOST_PATHS = 3
_MOST_TEXT = 300
_STYLES = {
    Severity.CRITICAL: "bold white on red",
    Severity.HIGH: "bold red",
    Severity.MEDIUM: "bold yellow",
    Severity.LOW: "cyan",
    Severity.INFO: "dim",
}


def render(review: Review, changes: ChangeSet | None, manner: Manner) -> str:
    """Give the text.

    Args:
        review: What to show.
        changes: For the lines around a finding; without it the finding's own quote is shown.
        manner: How.
    """
    out = io.StringIO()
    console = Console(
        file=out,
        force_terminal=manner.color,
        no_color=not manner.color,
        width=manner.width or (None if manner.color else _PIPED_WIDTH),
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    _Page(console, review, Frames(changes), manner).print()
    # Padding to the right margin is of use to nobody who copies the text.
    return out.getvalue() if manner.color else "\n".join(line.rstrip() for line in out.getvalue().split("\n"))


class _Page:
    """Writes one review; what comes from outside passes :func:`one_line` or :func:`printable` here."""

    def __init__(self, console: Console, review: Review, frames: Frames, manner: Manner) -> None:
        self._console = console
        self._review = review
        self._frames = frames
        self._manner = manner
        # Check and explanation → where they stood first.
        self._explained: dict[tuple[str, str], Finding] = {}

    def print(self) -> None:
        if self._is_empty():
            self._line(
                Text(f"{_capital(headline(self._review))}; verdict: {self._review.verdict.replace('_', ' ')}", "bold")
            )
            return
        self._head()
        if not self._review.assignments:
            self._abstention()
        findings = grouping.one_by_one(self._review)
        shown = findings if self._manner.all else findings[:_MOST_FINDINGS]
        for path, of_file in _by_file(shown):
            self._line(Text(f"── {one_line(path)}", "bold"))
            for finding in of_file:
                self._finding(finding)
        if more := len(findings) - len(shown):
            self._line(Text(f"and {more:,} more, none of them worse; --all shows them", "bold"))
            self._line()
        self._hints(shown)
        self._notes()
        self._details()
        self._held_back()
        for line in accounting.account(self._review, verbose=self._manner.verbose):
            self._line(Text(line.strip(), "dim"), indent=len(line) - len(line.lstrip()))
        self._files()
        self._end()

    def _is_empty(self) -> bool:
        """Tell whether there was no change, and nothing is to be said but that."""
        made = self._review
        return not (made.coverage.files or made.findings or made.failures or made.not_reviewed or made.remarks)

    def _head(self) -> None:
        """Say what the review comes to, and what nobody may overlook."""
        unfinished = self._review.verdict in {Verdict.INCOMPLETE, Verdict.NOT_REVIEWED}
        self._line(Text(_capital(headline(self._review)), "bold red" if unfinished else "bold"))
        self._line(Text(verdict_line(self._review)))
        for failure in self._review.failures:
            self._line(Text(one_line(f"failed: {failure.stage}: {failure.message}"), "bold red"))
        if not_reviewed := unreviewed.remark(self._review):
            self._line(Text(one_line(not_reviewed), "bold yellow"))
        self._line()

    def _abstention(self) -> None:
        self._line(Text("no agent reviews this change", "bold"))
        for reason, files in grouping.unassigned(self._review).items():
            self._line(Text(f"{one_line(reason)}: {_named([file.path for file in files])}"), indent=2)
        self._line()

    def _finding(self, finding: Finding) -> None:
        severity = (finding.severity, _STYLES[finding.severity])
        head = Text.assemble(f"{finding.start_line}  ", severity, "  ", (one_line(finding.title), "bold"))
        if finding.is_hint:
            head.append("  (a hint)")
        elif self._manner.verbose and finding.placement_reason.kind is not ReasonKind.IN_DIFF:
            head.append(f"  ({one_line(sentence(finding.placement_reason))})", "dim")
        self._line(head, indent=2)
        first = self._explained.setdefault((finding.check, finding.body), finding)
        self._frame(finding, own=first is not finding)
        if first is finding:
            for paragraph in finding.body.split("\n\n"):
                self._line(Text(printable(paragraph)), indent=4)
        self._suggestion(finding)
        words = f"{finding.check} for {' and '.join(map(str, violated(finding)))}"
        if first is not finding:
            place = "line " if first.path == finding.path else f"{first.path}:"
            words = f"{finding.check}, as in {place}{first.start_line} above"
        self._line(Text(one_line(words), "dim"), indent=4)
        self._line()

    def _hints(self, shown: Sequence[Finding]) -> None:
        """Say once why those shown that are hints are no more than that."""
        hints = [finding for finding in shown if finding.is_hint]
        for reason in dict.fromkeys(map(_why_hint, hints)):
            self._line(Text(one_line(reason), "dim"))
        if hints:
            self._line()

    def _frame(self, finding: Finding, *, own: bool) -> None:
        """Show the lines of a finding, and those around unless only its ``own`` are wanted."""
        rows, left_out = self._frames.around(finding)
        for row in rows:
            if row.own or not own:
                text = f"{'>' if row.own else ' '} {row.number or '':>5} | {row.text}"
                style = "bold" if row.own else "dim"
                self._line(Text(text, style, no_wrap=True, overflow="ellipsis"), indent=4)
        if left_out:
            self._line(Text(f"        … {counting.plural(left_out, 'more line')}", "dim"), indent=4)

    def _suggestion(self, finding: Finding) -> None:
        suggestion = finding.suggestion
        if suggestion is None:
            return
        word = "suggestion" if suggestion.verified else "suggestion (unverified: the whole file was not there)"
        self._line(Text(f"{word}:" if suggestion.replacement else f"{word}: delete", "dim"), indent=4)
        removed = self._frames.replaced(finding, suggestion)
        added = printable(suggestion.replacement).split("\n") if suggestion.replacement else []
        for mark, style, lines in (("-", "red", removed), ("+", "green", added)):
            for text in lines:
                # A line that is to be copied must not be broken.
                self._console.print(Text(f"      {mark} {text.expandtabs(4)}", style), soft_wrap=True)

    def _notes(self) -> None:
        notes = grouping.grouped(self._review)
        if notes:
            self._line(Text("── in several places", "bold"))
        for note, alike in notes:
            severity = alike[0].severity if alike else Severity.INFO
            hint = counting.hint(alike[0]) if alike else ""
            head = f"  {one_line(note.title)} ({counting.plural(note.count, 'place')}){hint}"
            self._line(Text.assemble((severity, _STYLES[severity]), (head, "bold")), indent=2)
            self._line(Text(printable(note.body)), indent=4)
            places = [f"{path}:{', '.join(lines)}" for path, lines in grouping.places(alike).items()]
            self._places(places, "file")
            self._line()

    def _details(self) -> None:
        lines = grouping.detail_lines(self._review)
        if lines:
            self._line(Text(one_line(f"{grouping.details(self._review)[0]}, of little weight:"), "dim"))
            self._places(lines, "check")
            self._line()

    def _places(self, places: Sequence[str], of_what: str) -> None:
        """Name places, a line for each file or check; of very many only the first."""
        if self._manner.all:
            shown, cut = list(places), False
        else:
            shown = [_cut(text) for text in places[:_MOST_PLACES]]
            cut = shown != list(places)
        for text in shown:
            self._line(Text(one_line(text), "dim"), indent=4)
        if more := len(places) - len(shown):
            self._line(Text(f"and {more:,} more {of_what}s; --all shows them", "dim"), indent=4)
        elif cut:
            self._line(Text("--all shows every place", "dim"), indent=4)

    def _held_back(self) -> None:
        """Count by reason what is held back, and name it where that is wanted."""
        by_reason: dict[str, list[Finding]] = {}
        for finding in counting.held_back(self._review):
            by_reason.setdefault(sentence(finding.placement_reason), []).append(finding)
        for reason, findings in by_reason.items():
            more = "" if self._manner.verbose else "; -v names them"
            count = counting.plural(len(findings), "finding")
            self._line(Text(one_line(f"{count} held back: {reason}{more}"), "dim"))
            for finding in findings if self._manner.verbose else ():
                self._line(
                    Text(one_line(f"{finding.severity} {grouping.place(finding)} {finding.title}"), "dim"), indent=2
                )

    def _files(self) -> None:
        """Count the files by what was done with them; name those that failed, and those skipped where wanted."""
        by_reason = grouping.files(self._review)
        totals: dict[str, int] = {}
        for (status, _), files in by_reason.items():
            totals[status] = totals.get(status, 0) + len(files)
        if totals:
            parts = ", ".join(f"{count:,} {one_line(status)}" for status, count in sorted(totals.items()))
            self._line(Text(f"files: {parts}", "dim"))
        unassigned = set() if self._review.assignments else {file.path for file in self._review.unassigned}
        for (status, reason), files in by_reason.items():
            paths = [file.path for file in files if file.path not in unassigned]
            if paths and (status == "failed" or (self._manner.verbose and status == "skipped")):
                self._line(Text(f"{one_line(f'{status}, {reason}')}: {_named(paths)}", "dim"), indent=2)

    def _end(self) -> None:
        for remark in self._review.remarks:
            self._line(Text(one_line(remark)))
        if cost := counting.cost(self._review.usage):
            self._line(Text(cost))
        count = counting.findings(counting.shown(self._review))
        self._line(Text(f"{count}; verdict: {self._review.verdict.replace('_', ' ')}", "bold"))
        if self._manner.watched and (first := grouping.one_by_one(self._review)[:1]):
            check = one_line(first[0].check)
            self._line(Text(f"`reviewbot explain {check}` tells more; `--output r.html` makes a page of it", "dim"))

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


def _why_hint(finding: Finding) -> str:
    reason = finding.placement_reason
    known = reason.kind in {ReasonKind.UNSURE, ReasonKind.UNPROVEN, ReasonKind.HINT}
    return sentence(reason) if known else "a hint: low confidence"


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _by_file(findings: Sequence[Finding]) -> list[tuple[str, list[Finding]]]:
    """Give the findings by file, in the order of its lines; the file with the worst first."""
    files: dict[str, list[Finding]] = {}
    for finding in findings:
        files.setdefault(finding.path, []).append(finding)
    # They come the worst first, and so do their files.
    return [(path, sorted(of_file, key=lambda f: (f.start_line, f.severity.rank))) for path, of_file in files.items()]


def _cut(text: str) -> str:
    """Leave out the places for which there is no room."""
    if len(text) <= _MOST_TEXT:
        return text
    kept = text[:_MOST_TEXT]
    return f"{kept[: max(kept.rfind(', '), kept.rfind('; '))]} …"


def _named(names: Sequence[str]) -> str:
    shown = ", ".join(one_line(name) for name in names[:_MOST_PATHS])
    return shown if len(names) <= _MOST_PATHS else f"{shown} and {len(names) - _MOST_PATHS} more"
