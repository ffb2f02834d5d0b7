"""What the summary folds away: whoever wants to know opens it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.core.reasons import ReasonKind
from reviewbot.core.review import Status
from reviewbot.output import counting, grouping
from reviewbot.output.code_languages import language
from reviewbot.output.markdown import foreign
from reviewbot.output.markdown.places import check, paths, place
from reviewbot.output.markdown.tree import (
    Code,
    Fence,
    Fold,
    Item,
    Listing,
    bullets,
    line,
    paragraph,
    separated,
    strong,
)
from reviewbot.output.reason_sentences import sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewbot.core.finding import Finding, Suggestion
    from reviewbot.core.review import Assignment, ItemVerdict, Review
    from reviewbot.output.markdown.places import Links
    from reviewbot.output.markdown.tree import Block, Paragraph

_MOST_QUOTED = 40
_MOST_LINE = 500


def found(review: Review, links: Links) -> Iterator[Fold]:
    """Give what was found besides what the table has."""
    parts = (*_groups(review, links), _smaller(review, links), _details(review, links))
    yield from (fold for fold in parts if fold.blocks)


def how(review: Review, links: Links, remarks: Sequence[str]) -> Iterator[Fold]:
    """Give, in one fold of folds, how it was reviewed: whoever wants to know opens it.

    Args:
        review: The review.
        links: What to link to.
        remarks: Those that are not shown above.
    """
    held = counting.held_back(review)
    told = [counting.decided(review.ledger)] if review.ledger else []
    told += [f"{counting.plural(len(held), 'finding')} held back"] if held else []
    parts = (
        Fold(line(counting.plural(len(remarks), "remark")), (bullets(map(paragraph, remarks)),) if remarks else ()),
        *_sections(review),
        Fold(line("Held back"), _held_back(held, links)),
        Fold(line("Checklist"), _ledger(review)),
        _files(review),
        _why(review),
    )
    shown = tuple(fold for fold in parts if fold.blocks)
    if len(shown) < 2 and not told:
        yield from shown
    else:
        yield Fold(line("How it was reviewed", *([f": {'; '.join(told)}"] if told else [])), shown)


def of_weight(review: Review) -> list[Finding]:
    """Give what is shown one by one: all but what a list holds."""
    light = {id(finding) for finding in grouping.listed(review)}
    return [finding for finding in grouping.one_by_one(review) if id(finding) not in light]


def where(finding: Finding, links: Links) -> Paragraph:
    """Say where a finding is, and why it has no comment there."""
    why = sentence(finding.placement_reason)
    return paragraph(place(finding, links), *([f" ({why})"] if why else []))


def quoted(finding: Finding) -> Fence:
    """Quote the code of a finding; the rest of very long lines, and of very many, is only counted."""
    lines = [text if len(text) <= _MOST_LINE else f"{text[: _MOST_LINE - 1]}…" for text in finding.evidence.split("\n")]
    more = len(lines) - _MOST_QUOTED
    shown = [*lines[:_MOST_QUOTED], *([f"… and {more} lines more"] if more > 0 else [])]
    return Fence("\n".join(shown), language(finding.path))


def replacement(finding: Finding, suggestion: Suggestion) -> tuple[Block, ...]:
    """Show a suggestion as code, and which lines it is for."""
    first, last = suggestion.start_line, suggestion.end_line
    lines = f"line {first}" if first == last else f"lines {first}-{last}"
    if not suggestion.replacement:
        return (paragraph(f"Delete {lines}."),)
    return (paragraph(f"For {lines}:"), Fence(suggestion.replacement, language(finding.path)))


def _groups(review: Review, links: Links) -> Iterator[Fold]:
    """Say of each convention that is broken in many places what is broken, and where."""
    for note, alike in grouping.grouped(review):
        named = line(f"{note.title}: {counting.plural(note.count, 'place')}")
        named_check = check(alike[0], links) if alike and alike[0].check == note.check else Code(note.check)
        of_check = [paragraph(named_check, f" for {note.agent}/{note.item}")] if note.check else []
        places = [Item(_place_of_group(finding, links)) for finding in sorted(alike, key=grouping.reading_order)]
        listing = [Listing(tuple(places))] if places else []
        yield Fold(named, (*foreign.blocks(note.body), *of_check, *listing))


def _place_of_group(finding: Finding, links: Links) -> tuple[Block, ...]:
    at = paragraph(place(finding, links), " ", Code(finding.fingerprint[:8]))
    suggestion = finding.suggestion
    return (at, *replacement(finding, suggestion)) if suggestion and suggestion.verified else (at,)


def _smaller(review: Review, links: Links) -> Fold:
    """List what the model found and is below medium: nothing of it interrupts anybody."""
    light = grouping.listed(review)
    entries = [
        paragraph(
            *(place(finding, links), " ", Code(finding.fingerprint[:8])),
            f" {counting.severity(finding)}: {finding.title}. {' '.join(finding.body.split())}",
        )
        for finding in light
    ]
    return Fold(line(counting.plural(len(light), "smaller remark")), (bullets(entries),) if entries else ())


def _details(review: Review, links: Links) -> Fold:
    """Name the details, a line for each check; what a check calls them only where it calls all of them so."""
    title, by_check = grouping.details(review)
    entries = []
    for alike in by_check.values():
        one = f" {alike[0].title}" if len({finding.title for finding in alike}) == 1 else ""
        places = [part for f in alike for part in line(", ", place(f, links), " ", Code(f.fingerprint[:8]))]
        entries.append(paragraph(check(alike[0], links), f"{one}{counting.hint(alike[0])}: ", *places[1:]))
    return Fold(line(title), (bullets(entries),) if entries else ())


def _sections(review: Review) -> Iterator[Fold]:
    """Give each agent's sections, in the order of its response format."""
    for agent in dict.fromkeys(section.agent for section in review.sections):
        own = [section for section in review.sections if section.agent == agent]
        blocks = [block for s in own for block in (paragraph(strong(s.title)), *foreign.blocks(s.body))]
        yield Fold(line(f"{', '.join(section.title for section in own)} ({agent})"), tuple(blocks))


def _held_back(held: Sequence[Finding], links: Links) -> tuple[Block, ...]:
    entries = [
        paragraph(
            *(place(finding, links), " ", Code(finding.fingerprint[:8])),
            f" {counting.severity(finding)}: {finding.title} ({sentence(finding.placement_reason)})",
        )
        for finding in held
    ]
    return (bullets(entries),) if entries else ()


def _ledger(review: Review) -> tuple[Block, ...]:
    entries = [
        paragraph(strong("violated"), " ", Code(f"{verdict.agent}/{verdict.item}"), f": {verdict.title}")
        for verdict in review.ledger
        if verdict.status is Status.VIOLATED
    ]
    undecided: dict[tuple[str, str, str], list[ItemVerdict]] = {}
    for verdict in review.ledger:
        if verdict.status is not Status.VIOLATED:
            # Which checks were silent stands in the review file; here it would be a line for each item.
            silent = verdict.reason.kind is ReasonKind.UNDECIDED
            why = "whose checks found nothing, which decides nothing" if silent else sentence(verdict.reason)
            key = (verdict.agent, verdict.status.replace("_", " "), why or "no reason given")
            undecided.setdefault(key, []).append(verdict)
    for (agent, status, why), verdicts in undecided.items():
        items = separated(Code(verdict.item) for verdict in verdicts)
        entries.append(paragraph(f"{len(verdicts)} of ", Code(agent), f" {status}, {why}: ", *items))
    return (bullets(entries),) if entries else ()


def _files(review: Review) -> Fold:
    entries = []
    for (status, why), files in grouping.files(review).items():
        looked = sum(file.hunks_reviewed for file in files)
        hunks = f"{looked} of {counting.plural(sum(file.hunks for file in files), 'hunk')}"
        entries.append(paragraph(f"{status}, {why} ({hunks}): ", *paths([file.path for file in files])))
    title = f"{counting.plural(len(review.coverage.files), 'file')} in the change"
    return Fold(line(title), (bullets(entries),) if entries else ())


def _why(review: Review) -> Fold:
    """Say of each agent why it was chosen, and what follows from its grade."""
    entries = [Item(_evidence(assignment)) for assignment in review.assignments]
    several = len(review.assignments) > 1
    title = "Why these agents" if several else "Why this agent"
    return Fold(line(title), (Listing(tuple(entries)),) if entries else ())


def _evidence(assignment: Assignment) -> tuple[Block, ...]:
    head = paragraph(strong(assignment.agent), f", grade {assignment.grade}: {grouping.grade(assignment)}")
    entries = []
    for piece in grouping.strongest(assignment):
        at = line(", in ", Code(piece.path)) if piece.path else ()
        entries.append(paragraph(f"{piece.kind} ", Code(piece.pattern), f" ({piece.weight:+g}", *at, ")"))
    if not entries:
        entries = [paragraph(sentence(match.reason)) for match in assignment.matches[:1]]
    return (head, bullets(entries)) if entries else (head,)
