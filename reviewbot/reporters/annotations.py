"""GitHub workflow commands: annotations on the lines of the diff.

Format and escaping: "Workflow commands for GitHub Actions" in GitHub's documentation, and
actions/toolkit, packages/core/src/command.ts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot import counts
from reviewbot.finding import Severity
from reviewbot.text import printable

if TYPE_CHECKING:
    from reviewbot.change import ChangeSet
    from reviewbot.finding import Finding
    from reviewbot.review import Review

_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "notice",
    Severity.INFO: "notice",
}


def render(review: Review, changes: ChangeSet | None = None) -> str:  # noqa: ARG001 - every reporter takes both
    """Give one command a line; failures, and what was found, as errors and notices."""
    lines = [f"::error title=reviewbot::{_data(f'{f.stage}: {f.message}')}" for f in review.failures]
    lines += [_finding(finding) for finding in counts.shown(review)]
    total = f"{counts.findings(counts.shown(review))}; {counts.decided(review.ledger)}"
    held = counts.held_back(review)
    if held:
        total += f"; {counts.plural(len(held), 'finding')} held back"
    lines.append(f"::notice title=reviewbot::{_data(total)}")
    return "\n".join(lines) + "\n"


def _finding(finding: Finding) -> str:
    properties = {
        "file": finding.path,
        "line": str(finding.start_line),
        "endLine": str(finding.end_line),
        "title": f"{finding.severity}: {finding.check}",
    }
    named = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    message = _data(f"{finding.title}\n\n{finding.body}")
    return f"::{_LEVELS[finding.severity]} {named}::{message}"


def _data(text: str) -> str:
    """Escape a message, so that nothing in it can end the line or begin another command."""
    return printable(text.replace("\r", "")).replace("%", "%25").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
