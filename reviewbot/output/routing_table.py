"""The routing as a table for people and as JSON for programs, the losing agents' evidence included."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.core.printing import inert
from reviewbot.core.text import one_line
from reviewbot.output.counting import plural
from reviewbot.output.formats.json import document
from reviewbot.output.reason_sentences import as_data, sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewbot.core.review import Candidate, Evidence, FileMatch, Routing


def as_json(routing: Routing) -> str:
    """Give the routing as a JSON document with the keys of the review's ``assignments`` and ``unassigned``."""
    return document(as_data(routing))


def as_text(routing: Routing) -> str:
    """Give a table: each agent with its files, and below each file the evidence for and against."""
    lines: list[str] = []
    for assignment in routing.assignments:
        files = plural(len(assignment.files), "file")
        lines.append(f"{assignment.agent}  grade {assignment.grade}  score {assignment.score:g}  {files}")
        for match in assignment.matches:
            lines += _file(match)
        lines.append("")
    if routing.unassigned:
        lines.append(f"no agent  {plural(len(routing.unassigned), 'file')}")
        for file in routing.unassigned:
            lines.append(f"  {one_line(file.path)}: {sentence(file.reason)}")
            lines += _losers(file.losers, file.path)
        lines.append("")
    return inert("\n".join(lines))


def _file(match: FileMatch) -> list[str]:
    lines = [f"  {one_line(match.path)}  {match.score:g}  {sentence(match.reason)}"]
    return lines + _evidence(match.evidence, "      ", match.path) + _losers(match.losers, match.path)


def _losers(losers: Sequence[Candidate], own: str) -> list[str]:
    lines = []
    for loser in losers:
        lines.append(f"      lost: {loser.agent}  {loser.score:g}  {sentence(loser.reason)}")
        lines += _evidence(loser.evidence, "          ", own)
    return lines


def _evidence(evidence: Sequence[Evidence], indent: str, own: str) -> list[str]:
    """Give a line for each piece; where it was found is said unless it is the file itself."""
    width = max((len(piece.kind) for piece in evidence), default=0)
    return [
        f"{indent}{piece.weight:+5g}  {piece.kind:<{width}}  {piece.pattern}"
        f"{'  (identity)' if piece.identity else ''}{f'  in {one_line(piece.path)}' if piece.path != own else ''}"
        for piece in evidence
    ]
