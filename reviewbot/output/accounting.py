"""Who reviewed what, and what became of each checklist item, as lines of text; the short way, or with every reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.core.text import one_line
from reviewbot.output import counting, grouping
from reviewbot.output.reason_sentences import sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.core.review import Assignment, Review

_MOST_EVIDENCE = 3


def account(review: Review, *, verbose: bool = False) -> Iterator[str]:
    """Give the lines, each harmless, those that belong to another one indented."""
    if review.assignments and not verbose:
        agents = (f"{one.agent} ({grouping.reviewed(review, one)})" for one in review.assignments)
        yield one_line(f"reviewed by {', '.join(agents)}; -v says why")
    elif verbose:
        for assignment in review.assignments:
            yield from _routed(review, assignment)
        yield from _items(review)
    if review.ledger:
        yield counting.decided(review.ledger)


def _routed(review: Review, assignment: Assignment) -> Iterator[str]:
    files = grouping.reviewed(review, assignment)
    yield one_line(f"reviewed by {assignment.agent}  {files}, grade {assignment.grade}")
    strongest = grouping.strongest(assignment, _MOST_EVIDENCE)
    for piece in strongest:
        where = f" in {piece.path}" if piece.path else ""
        yield f"  {one_line(f'{piece.weight:+g} {piece.kind} {piece.pattern}{where}')}"
    if not strongest and assignment.matches:
        yield f"  {one_line(sentence(assignment.matches[0].reason))}"
    yield f"  {grouping.grade(assignment)}"


def _items(review: Review) -> Iterator[str]:
    for verdict in review.ledger:
        status, reason = verdict.status.replace("_", " "), sentence(verdict.reason)
        words = f"{status}: {verdict.agent}/{verdict.item}: {verdict.title}"
        yield one_line(f"{words} ({reason})" if reason else words)
