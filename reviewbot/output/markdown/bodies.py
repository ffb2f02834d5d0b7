"""Review → Markdown for GitHub: the body of a comment, and the summary's first screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.core import unreviewed
from reviewbot.core.agent import violated
from reviewbot.core.change import Side
from reviewbot.core.finding import MODEL, Placement
from reviewbot.output import counting, grouping
from reviewbot.output.markdown import folds, foreign, leaves
from reviewbot.output.markdown.places import NO_LINKS, check, nowhere, paths, place, titled
from reviewbot.output.markdown.tree import (
    Code,
    Fence,
    Fold,
    Heading,
    Paragraph,
    Row,
    Styled,
    Table,
    bullets,
    line,
    paragraph,
    separated,
    strong,
)
from reviewbot.output.verdict_line import headline, verdict_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewbot.core.finding import Finding, Suggestion
    from reviewbot.core.review import Note, Review
    from reviewbot.output.markdown.places import Links
    from reviewbot.output.markdown.tree import Block, Inline

# More rows than this are no overview.
_MOST_ROWS = 15
_MOST_PATHS = 3
_MOST_TITLE = 200
# A remark that is longer than this is read by whoever wants to know.
_MOST_REMARK = 250


def summary(
    review: Review, links: Links = NO_LINKS, *, note: str = "", seconds: float | None = None
) -> tuple[Block, ...]:
    """Give the summary: what it comes to, one table of what was found, what was not looked at, all else folded.

    Args:
        review: What to show.
        links: What to link to.
        note: What else to say at the top, such as which commit was reviewed.
        seconds: How long the run took, where it is to be said: not in a comment, which is written anew only for news.
    """
    short = [remark for remark in review.remarks if len(remark) <= _MOST_REMARK]
    return (
        Heading(2, line(f"Review: {headline(review)}")),
        paragraph(strong(verdict_line(review))),
        paragraph(*_who(review), *([f" {note}"] if note else [])),
        *_left_out(review),
        *_found(review, links),
        *([bullets(map(paragraph, short))] if short else []),
        *_commentless(review, links),
        *folds.found(review, links),
        *folds.how(review, links, [remark for remark in review.remarks if remark not in short]),
        paragraph(counting.cost(review.usage, seconds)),
    )


def comment(finding: Finding, links: Links = NO_LINKS) -> tuple[Block, ...]:
    """Give the body of a comment; a suggestion is one that GitHub can commit only if it was seen to parse."""
    suggestion = finding.suggestion
    return (
        paragraph(strong(f"{counting.severity(finding)}: {finding.title}")),
        *foreign.blocks(finding.body),
        *(_suggestion(finding, suggestion) if suggestion and suggestion.verified else ()),
        Paragraph((Styled("small", _last_line(finding, links)),)),
    )


def _last_line(finding: Finding, links: Links) -> tuple[Inline, ...]:
    """Say what the comment is of, and how to answer."""
    short = finding.fingerprint[:8]
    items = separated((Code(str(item)) for item in violated(finding)), " and ")
    answer = line("wrong? ", Code(f"/dismiss {short} why"))
    ignore = () if finding.check == MODEL else line(" or ", Code(f"# reviewbot: ignore[{finding.check}] why"))
    return (check(finding, links), *line(" for "), *items, *line(" · finding ", Code(short), " · "), *answer, *ignore)


def _suggestion(finding: Finding, suggestion: Suggestion) -> tuple[Block, ...]:
    """Write a suggestion that GitHub can commit where the comment's lines are the ones to replace, else as code."""
    lines = (suggestion.start_line, suggestion.end_line)
    exact = leaves.in_block(suggestion.replacement) == suggestion.replacement
    on_its_lines = lines == (finding.start_line, finding.end_line) and finding.side is Side.RIGHT
    if exact and on_its_lines and finding.placement is not Placement.SUMMARY:
        return (Fence(suggestion.replacement, "suggestion"),)
    return folds.replacement(finding, suggestion)


def _who(review: Review) -> tuple[Inline, ...]:
    """Say who looked at how much of it, and whether a model did."""
    agents = [
        part
        for assignment in review.assignments
        for part in line("; ", strong(assignment.agent), f" reviewed {grouping.reviewed(review, assignment)}")
    ]
    asked = "claude" in review.engines
    how = ", by checks and by Claude." if asked else ", by checks alone: what no check can decide is left to you."
    return line(*agents[1:], how) if agents else ()


def _left_out(review: Review) -> Iterator[Block]:
    if review.failures:
        yield bullets(paragraph(f"{failure.stage}: {failure.message}") for failure in review.failures)
    if not_reviewed := unreviewed.remark(review):
        yield paragraph(not_reviewed)
    if not review.assignments:
        yield paragraph("No agent reviewed this change.")
        yield bullets(
            paragraph(f"{reason}: ", *paths([file.path for file in files], most=_MOST_PATHS))
            for reason, files in grouping.unassigned(review).items()
        )


def _found(review: Review, links: Links) -> Iterator[Block]:
    """Show what was found as a table, the worst first; what is over its length is folded."""
    one_by_one = folds.of_weight(review)
    # A name alone is enough where a link leads to it.
    parts = 2 if links.lines is nowhere else 1
    short = grouping.short_paths((finding.path for finding in one_by_one), parts)
    rows = [(f.severity.rank, _row(f, short, links)) for f in one_by_one]
    groups = [(note, alike) for note, alike in grouping.grouped(review) if alike]
    rows += [(alike[0].severity.rank, _row_of_group(note, alike, links)) for note, alike in groups]
    ordered = [row for _, row in sorted(rows, key=lambda pair: pair[0])]
    if ordered:
        yield _table(ordered[:_MOST_ROWS])
    if more := ordered[_MOST_ROWS:]:
        yield Fold(line(counting.plural(len(more), "more row")), (_table(more),))


def _table(rows: Sequence[Row]) -> Table:
    head = Row(tuple(line(title) for title in ("severity", "what", "where", "id")))
    return Table(head, tuple(rows))


def _row(finding: Finding, short: dict[str, str], links: Links) -> Row:
    where = place(finding, links, shown=f"{short[finding.path]}:{finding.start_line}")
    what = titled(_cut(finding.title), finding, links)
    return Row((line(counting.severity(finding)), what, (where,), (Code(finding.fingerprint[:8]),)))


def _row_of_group(note: Note, alike: Sequence[Finding], links: Links) -> Row:
    files = len({finding.path for finding in alike})
    places = counting.plural(note.count, "place") + (f" in {files} files" if files > 1 else "")
    named = titled(_cut(note.title), alike[0], links)
    return Row((line(counting.severity(alike[0])), named, line(places), line("all below")))


def _cut(title: str) -> str:
    return title if len(title) <= _MOST_TITLE else f"{title[: _MOST_TITLE - 1]}…"


def _commentless(review: Review, links: Links) -> Iterator[Block]:
    """Quote what has no inline comment, each with what a comment would say."""
    parts: list[Block] = []
    findings = [finding for finding in folds.of_weight(review) if finding.placement is not Placement.INLINE]
    for finding in findings:
        parts += [folds.where(finding, links), folds.quoted(finding), *comment(finding, links)]
    if parts:
        count = counting.plural(len(findings), "finding")
        yield Fold(line(f"{count} without a comment on the line"), tuple(parts))
