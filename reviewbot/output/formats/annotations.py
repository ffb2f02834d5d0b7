"""GitHub workflow commands: annotations on the lines of the diff.

Format and escaping: "Workflow commands for GitHub Actions" in GitHub's documentation, and
actions/toolkit, packages/core/src/command.ts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.core.change import Side
from reviewbot.core.finding import Severity
from reviewbot.core.text import printable
from reviewbot.output import counting, grouping
from reviewbot.output.reason_sentences import sentence

if TYPE_CHECKING:
    from reviewbot.core.change import ChangeSet
    from reviewbot.core.finding import Finding
    from reviewbot.core.review import Review

_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "notice",
    Severity.INFO: "notice",
}


def render(review: Review, changes: ChangeSet | None = None) -> str:  # noqa: ARG001 - every reporter takes both
    """Give one command a line: failures, findings, notes at their first place, and the count of everything."""
    lines = [_command("error", f"{f.stage}: {f.message}", title="reviewbot") for f in review.failures]
    lines += [
        _command(_level(f), f"{f.title}\n\n{f.body}", **_place(f), title=f"{counting.severity(f)}: {f.check}")
        for f in grouping.one_by_one(review)
    ]
    for note, alike in grouping.grouped(review):
        listed = [f"{path}:{', '.join(numbers)}" for path, numbers in grouping.places(alike).items()]
        level = _level(alike[0]) if alike else "notice"
        place = _place(alike[0]) if alike else {}
        count = counting.plural(note.count, "place")
        lines.append(
            _command(level, "\n".join([note.title, "", note.body, *listed]), **place, title=f"{note.item}: {count}")
        )
    lines.append(_command("notice", _total(review), title="reviewbot"))
    return "\n".join(lines) + "\n"


def _level(finding: Finding) -> str:
    return "notice" if finding.is_hint else _LEVELS[finding.severity]


def _total(review: Review) -> str:
    held = counting.held_back(review)
    parts = [f"{counting.findings(counting.shown(review))}; {counting.decided(review.ledger)}"]
    if held:
        parts.append(f"{counting.plural(len(held), 'finding')} held back")
    parts.append(f"verdict: {review.verdict.replace('_', ' ')}")
    listed = (f"held back: {grouping.place(f)} {f.title}: {sentence(f.placement_reason)}" for f in held)
    details = (f"detail: {detail}" for detail in grouping.detail_lines(review))
    return "\n".join(["; ".join(parts), *details, *listed, *review.remarks])


def _place(finding: Finding) -> dict[str, str]:
    """Annotations point into the head; removed lines are not there any more."""
    if finding.side is Side.LEFT:
        return {"file": finding.path}
    return {"file": finding.path, "line": str(finding.start_line), "endLine": str(finding.end_line)}


def _command(level: str, message: str, **properties: str) -> str:
    named = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{level} {named}::{_data(message)}"


def _data(text: str) -> str:
    """Escape a message, so that nothing in it can end the line or begin another command."""
    return printable(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
