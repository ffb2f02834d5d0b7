"""The review as one HTML file that needs nothing else: no script, no font, no image."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from reviewbot import counts
from reviewbot.finding import Placement
from reviewbot.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reviewbot.change import ChangeSet
    from reviewbot.finding import Finding
    from reviewbot.review import Assignment, Review

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --code: #8881; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
pre { background: var(--code); padding: .75rem; overflow-x: auto; border-radius: .25rem; }
code { font: 0.9em ui-monospace, monospace; }
article { border-top: 1px solid var(--line); padding: .5rem 0; }
.place { opacity: .75; }
.critical, .high { color: #d1242f; } .medium { color: #9a6700; } .low, .info { color: #57606a; }
@media (prefers-color-scheme: dark) { .critical, .high { color: #ff7b72; } .medium { color: #d29922; }
  .low, .info { color: #8b949e; } }
"""


def render(review: Review, changes: ChangeSet | None = None) -> str:  # noqa: ARG001 - every reporter takes both
    """Give the document; everything from outside is escaped."""
    title = f"Review: {counts.findings(counts.shown(review))}"
    parts = [
        "<!doctype html>",
        f'<html lang="en"><head><meta charset="utf-8"><title>{_text(title)}</title>',
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body>',
        f"<h1>{_text(title)}</h1>",
        _list((f"{f.stage}: {f.message}" for f in review.failures), "<h2>Failed</h2>"),
        *(_agent(assignment) for assignment in review.assignments),
        *(_finding(finding) for finding in counts.shown(review)),
        _list((f"{note.title} ({note.count}): {note.body}" for note in review.notes), "<h2>Said once</h2>"),
        _list(review.remarks, "<h2>Remarks</h2>"),
        _details(
            f"{counts.plural(len(counts.held_back(review)), 'finding')} held back",
            (f"{f.path}:{f.start_line} {f.title}: {f.placement_reason}" for f in counts.held_back(review)),
        ),
        _details(
            counts.decided(review.ledger),
            (f"{v.status.replace('_', ' ')} {v.agent}/{v.item}: {v.title} ({v.reason})" for v in review.ledger),
        ),
        _details(
            f"{counts.plural(len(review.coverage.files), 'file')} in the change",
            (f"{file.path}: {file.status}, {file.reason}" for file in review.coverage.files),
        ),
        "</body></html>",
    ]
    return "\n".join(part for part in parts if part) + "\n"


def _text(text: str) -> str:
    return escape(printable(text))


def _agent(assignment: Assignment) -> str:
    why = ", ".join(f"{piece.kind} {piece.pattern}" for piece in assignment.evidence[:3])
    files = counts.plural(len(assignment.files), "file")
    return f"<p><strong>{_text(assignment.agent)}</strong>: {files}, grade {assignment.grade}. {_text(why)}</p>"


def _finding(finding: Finding) -> str:
    note = "" if finding.placement is Placement.INLINE else f" ({finding.placement_reason})"
    paragraphs = "".join(f"<p>{_text(part)}</p>" for part in finding.body.split("\n\n"))
    suggestion = ""
    if finding.suggestion is not None:
        word = "Suggestion" if finding.suggestion.verified else "Suggestion (unverified)"
        suggestion = f"<p>{word}:</p><pre><code>{_text(finding.suggestion.replacement)}</code></pre>"
    return (
        f'<article id="{_text(finding.fingerprint)}"><h2><span class="{finding.severity}">{finding.severity}</span> '
        f'{_text(finding.title)}</h2><p class="place"><code>{_text(finding.path)}:{finding.start_line}</code>'
        f"{_text(note)}</p><pre><code>{_text(finding.evidence)}</code></pre>{paragraphs}{suggestion}"
        f'<p class="place"><code>{_text(finding.check)}</code> for <code>{_text(finding.agent)}/'
        f"{_text(finding.item)}</code></p></article>"
    )


def _list(lines: Iterable[str], head: str) -> str:
    items = "".join(f"<li>{_text(line)}</li>" for line in lines)
    return f"{head}<ul>{items}</ul>" if items else ""


def _details(title: str, lines: Iterable[str]) -> str:
    body = _list(lines, "")
    return f"<details><summary>{_text(title)}</summary>{body}</details>" if body else ""
