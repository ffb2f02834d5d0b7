"""Review → Markdown for GitHub: the summary's body and the comments' bodies.

Text from outside (paths, code, a model's words) is made harmless: it can mention nobody, link
nowhere, load no image and open no HTML.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot import counts
from reviewbot.finding import Placement
from reviewbot.review import Status
from reviewbot.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reviewbot.finding import Finding
    from reviewbot.review import Assignment, Review

_CODE = re.compile(r"(`+)(?:(?!`).|\n(?!\n))+?\1(?!`)|^(`{3,})[^\n]*\n.*?^\2`*[ \t]*$", re.MULTILINE | re.DOTALL)
_ZERO_WIDTH = "\u200b"
_MOST_EVIDENCE = 3


def summary(review: Review) -> str:
    """Give the summary: what failed, who reviewed and why, the sections, what is not inline, and the ledger folded."""
    parts = [f"## Review: {counts.findings(counts.shown(review))}"]
    if review.failures:
        parts.append("**Incomplete: something failed, so this review does not speak for the whole change.**")
        parts.append(_bullets(f"{failure.stage}: {harmless(failure.message)}" for failure in review.failures))
    for assignment in review.assignments:
        parts += _agent(review, assignment)
    if not review.assignments:
        parts.append("No agent reviewed this change.")
    parts += [*_notes(review), *_only_here(review), *_remarks(review), *_folded(review)]
    return "\n\n".join(part for part in parts if part) + "\n"


def comment(finding: Finding) -> str:
    """Give the body of an inline comment; a suggestion as a block that GitHub can commit, if it was seen to parse."""
    parts = [f"**{finding.severity}: {harmless(finding.title)}**", harmless(finding.body)]
    suggestion = finding.suggestion
    if suggestion is not None and suggestion.verified:
        same = (suggestion.start_line, suggestion.end_line) == (finding.start_line, finding.end_line)
        where = "" if same else f"For lines {suggestion.start_line}-{suggestion.end_line}:\n\n"
        parts.append(where + fenced(suggestion.replacement, "suggestion" if same else "python"))
    parts.append(f"<sub>{code(finding.check)} for {code(f'{finding.agent}/{finding.item}')}</sub>")
    return "\n\n".join(part for part in parts if part)


def fenced(text: str, language: str = "") -> str:
    """Give a code block whose fence is longer than any run of backticks inside."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{printable(text)}\n{fence}"


def code(text: str) -> str:
    """Give a code span on one line, whatever backticks are in it."""
    line = printable(" ".join(text.split()))
    longest = max((len(run) for run in re.findall(r"`+", line)), default=0)
    if not longest:
        return f"`{line}`"
    fence = "`" * (longest + 1)
    return f"{fence} {line} {fence}"


def harmless(text: str) -> str:
    """Neutralise, outside code, what would mention, link, embed or open HTML on GitHub."""
    result = []
    end = 0
    for match in _CODE.finditer(text):
        result += [_neutral(text[end : match.start()]), printable(match.group())]
        end = match.end()
    return "".join([*result, _neutral(text[end:])])


def _neutral(text: str) -> str:
    text = printable(text).replace("&", "&amp;").replace("<", "&lt;")
    text = re.sub(r"([@#])(?=\w)", rf"\1{_ZERO_WIDTH}", text)
    text = text.replace("![", "!\\[").replace("](", "]\\(").replace("][", "]\\[")
    text = re.sub(r"(?i)\b(https?|ftp)://", rf"\1:{_ZERO_WIDTH}//", text)
    text = re.sub(r"(?i)\bwww\.", f"www{_ZERO_WIDTH}.", text)
    # A lone backtick would open code together with one that stands later in our own text.
    return text.replace("`", "\\`")


def _cell(text: str) -> str:
    return harmless(" ".join(text.split())).replace("|", "\\|")


def _bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _place(finding: Finding) -> str:
    lines = str(finding.start_line)
    if finding.end_line > finding.start_line:
        lines += f"-{finding.end_line}"
    return code(f"{finding.path}:{lines}")


def _agent(review: Review, assignment: Assignment) -> list[str]:
    strongest = [piece for piece in assignment.evidence if piece.weight > 0][:_MOST_EVIDENCE]
    why = ", ".join(f"{piece.kind} {code(piece.pattern)} ({piece.weight:+g})" for piece in strongest)
    line = f"**{assignment.agent}** reviewed {counts.plural(len(assignment.files), 'file')}, grade {assignment.grade}"
    parts = [f"{line}: {why}." if why else f"{line}."]
    parts += [
        f"### {harmless(section.title)}\n\n{harmless(section.body)}"
        for section in review.sections
        if section.agent == assignment.agent
    ]
    own = [finding for finding in counts.commented(review) if finding.agent == assignment.agent]
    if own:
        rows = (f"| {finding.severity} | {_place(finding)} | {_cell(finding.title)} |" for finding in own)
        parts.append("\n".join(["| severity | where | what |", "|---|---|---|", *rows]))
    return parts


def _notes(review: Review) -> list[str]:
    if not review.notes:
        return []
    lines = (f"**{harmless(note.title)}** ({note.count}) {harmless(note.body)}" for note in review.notes)
    return ["### Said once", _bullets(lines)]


def _only_here(review: Review) -> list[str]:
    """Quote what has no inline comment."""
    alone = [finding for finding in counts.commented(review) if finding.placement is Placement.SUMMARY]
    if not alone:
        return []
    parts = ["### Not inline"]
    for finding in alone:
        parts.append(f"{_place(finding)} ({finding.placement_reason})\n\n{fenced(finding.evidence, 'python')}")
        parts.append(comment(finding))
    return parts


def _remarks(review: Review) -> list[str]:
    return [_bullets(harmless(remark) for remark in review.remarks)] if review.remarks else []


def _folded(review: Review) -> list[str]:
    held = counts.held_back(review)
    return [
        _details(
            f"{counts.plural(len(held), 'finding')} held back",
            [f"{_place(finding)} {harmless(finding.title)}: {harmless(finding.placement_reason)}" for finding in held],
        ),
        _details(
            counts.decided(review.ledger),
            [
                f"{'**violated**' if verdict.status is Status.VIOLATED else verdict.status.replace('_', ' ')} "
                f"{code(f'{verdict.agent}/{verdict.item}')}: {harmless(verdict.reason)}"
                for verdict in review.ledger
            ],
        ),
        _details(
            f"{counts.plural(len(review.coverage.files), 'file')} in the change",
            [f"{code(file.path)} {file.status}: {harmless(file.reason)}" for file in review.coverage.files],
        ),
    ]


def _details(title: str, lines: Sequence[str]) -> str:
    return f"<details><summary>{title}</summary>\n\n{_bullets(lines)}\n\n</details>" if lines else ""
