"""The review as one HTML file that needs nothing else: no script, no font, no image."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from reviewbot.core import unreviewed
from reviewbot.core.agent import violated
from reviewbot.core.finding import Placement
from reviewbot.core.review import Status
from reviewbot.core.text import printable
from reviewbot.output import counting, grouping
from reviewbot.output.code_frames import Frames
from reviewbot.output.markdown.safe import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reviewbot.core.change import ChangeSet
    from reviewbot.core.finding import Finding
    from reviewbot.core.review import Assignment, Review

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --code: #8881; --own: #d4a72c33; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
pre { background: var(--code); padding: .75rem; overflow-x: auto; border-radius: .25rem; }
pre mark { background: var(--own); color: inherit; }
code { font: 0.9em ui-monospace, monospace; overflow-wrap: anywhere; }
h1, h2, h3 { line-height: 1.25; } h3 { font-size: 1.05rem; }
article { border-top: 1px solid var(--line); padding: .5rem 0; }
p { white-space: pre-line; } .place { opacity: .75; }
.critical, .high, .failed { color: #d1242f; } .medium { color: #9a6700; } .low, .info { color: #57606a; }
@media (prefers-color-scheme: dark) { .critical, .high, .failed { color: #ff7b72; } .medium { color: #d29922; }
  .low, .info { color: #8b949e; } }
"""


def render(review: Review, changes: ChangeSet | None = None) -> str:
    """Give the document; everything from outside is escaped."""
    frames = Frames(changes)
    title = _text(grouping.headline(review))
    parts = [
        "<!doctype html>",
        f'<html lang="en"><head><meta charset="utf-8"><title>{title}</title>',
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body>',
        f"<h1>{title}</h1>",
        _list((f"{f.stage}: {f.message}" for f in review.failures), '<h2 class="failed">Failed</h2>'),
        f"<p><strong>{_text(unreviewed.said(review))}</strong></p>" if review.not_reviewed else "",
        *(_agent(review, assignment) for assignment in review.assignments),
        _abstention(review),
        *(_finding(finding, frames) for finding in grouping.one_by_one(review)),
        *_notes(review),
        _list([*review.remarks, *filter(None, [counting.cost(review.usage)])], "<h2>Remarks</h2>"),
        *_folded(review),
        "</body></html>",
    ]
    return "\n".join(part for part in parts if part) + "\n"


def _text(text: str) -> str:
    return escape(printable(text))


def _prose(text: str) -> str:
    """Escape Markdown and show its code spans as code; the rest stays as it is written."""
    return re.sub(r"`([^`\n]+)`", r"<code>\1</code>", _text(text))


def _agent(review: Review, assignment: Assignment) -> str:
    evidence = [f"{piece.weight:+g} {piece.kind} {piece.pattern}" for piece in grouping.strongest(assignment)]
    why = "; ".join(evidence or [match.reason for match in assignment.matches[:1]])
    files = grouping.reviewed(review, assignment)
    head = f"<strong>{_text(assignment.agent)}</strong>: {files}, grade {assignment.grade}. {_text(why)}"
    meaning = f"<p>{_text(grouping.grade(assignment))}</p>" if grouping.grade(assignment) else ""
    sections = "".join(
        f"<h2>{_prose(one_line(section.title))}</h2><p>{_prose(section.body)}</p>"
        for section in review.sections
        if section.agent == assignment.agent
    )
    return f"<p>{head}</p>{meaning}{sections}"


def _abstention(review: Review) -> str:
    if review.assignments:
        return ""
    reasons = (
        f"{reason}: {', '.join(file.path for file in files)}" for reason, files in grouping.unassigned(review).items()
    )
    return f"<p>No agent reviewed this change.</p>{_list(reasons)}"


def _finding(finding: Finding, frames: Frames) -> str:
    note = "" if finding.placement is Placement.INLINE else f" ({finding.placement_reason})"
    paragraphs = "".join(f"<p>{_prose(part)}</p>" for part in finding.body.split("\n\n"))
    items = " and ".join(f"<code>{_text(str(item))}</code>" for item in violated(finding))
    return (
        f'<article id="{_text(finding.fingerprint)}"><h3><span class="{finding.severity}">{finding.severity}</span> '
        f'{_prose(one_line(finding.title))}</h3><p class="place"><code>{_text(grouping.place(finding))}</code>'
        f"{_text(note)}</p>{_frame(finding, frames)}{paragraphs}{_suggestion(finding, frames)}"
        f'<p class="place"><code>{_text(finding.check)}</code> for {items}</p></article>'
    )


def _frame(finding: Finding, frames: Frames) -> str:
    rows, left_out = frames.around(finding)
    lines = []
    for row in rows:
        line = f"{row.number or '':>5} | {_text(row.text)}"
        lines.append(f"<mark>{line}</mark>" if row.own else line)
    if left_out:
        lines.append(f"      … {counting.plural(left_out, 'more line')}")
    return _pre("\n".join(lines))


def _suggestion(finding: Finding, frames: Frames) -> str:
    suggestion = finding.suggestion
    if suggestion is None:
        return ""
    word = "Suggestion" if suggestion.verified else "Suggestion (unverified: the whole file was not there)"
    added = suggestion.replacement.split("\n") if suggestion.replacement else []
    joined = "\n".join(
        [*(f"- {line}" for line in frames.replaced(finding, suggestion)), *(f"+ {line}" for line in added)]
    )
    return f"<p>{word}:</p>{_pre(_text(joined))}"


def _pre(escaped: str) -> str:
    return f"<pre><code>{escaped}</code></pre>"


def _notes(review: Review) -> list[str]:
    parts = []
    for note, alike in grouping.grouped(review):
        head = f"<h3>{_prose(one_line(note.title))} ({counting.plural(note.count, 'place')})</h3>"
        places = (f"{path}:{', '.join(lines)}" for path, lines in grouping.places(alike).items())
        folded = _details(f"{counting.plural(len(alike), 'place')}, by file", places)
        parts.append(f"<article>{head}<p>{_prose(note.body)}</p>{folded}</article>")
    return ["<h2>Said once</h2>", *parts] if parts else []


def _folded(review: Review) -> list[str]:
    held = counting.held_back(review)
    violated = [v for v in review.ledger if v.status is Status.VIOLATED]
    others = grouping.undecided(review.ledger).items()
    files = grouping.files(review).items()
    return [
        _details(*grouping.details(review)),
        _details(
            f"{counting.plural(len(held), 'finding')} held back",
            (f"{f.severity} {grouping.place(f)} {f.title} ({f.placement_reason})" for f in held),
        ),
        _list((f"{v.agent}/{v.item}: {v.title} ({v.reason})" for v in violated), "<h2>Violated</h2>"),
        _details(
            counting.decided(review.ledger),
            (
                f"{len(items)} of {agent} {status}, {reason}: {', '.join(v.item for v in items)}"
                for (agent, status, reason), items in others
            ),
        ),
        _details(
            f"{counting.plural(len(review.coverage.files), 'file')} in the change",
            (f"{status}, {reason}: {', '.join(file.path for file in group)}" for (status, reason), group in files),
        ),
    ]


def _list(lines: Iterable[str], head: str = "") -> str:
    items = "".join(f"<li>{_prose(line)}</li>" for line in lines)
    return f"{head}<ul>{items}</ul>" if items else ""


def _details(title: str, lines: Iterable[str]) -> str:
    body = _list(lines)
    return f"<details><summary>{_text(title)}</summary>{body}</details>" if body else ""
